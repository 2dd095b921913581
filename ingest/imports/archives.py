"""WARC files of many outlets, as CC-NEWS has them, and WACZ collections: the pages of our outlets -> one sealed batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from common import clock, ids, logs
from common.errors import FetchRefused, LandingDamaged, Misconfigured
from common.settings import Settings
from ingest.discover.domains import Owners, identity
from ingest.imports import files, wacz
from ingest.outlets import Outlet, chosen, load_outlets
from ingest.run import sole_worker
from ingest.store import captures, warc_pages
from ingest.store.warc_read import Damage, Record, records
from ingest.web.download import download
from ingest.web.fetch import Answer

# Bytes of all outlets together that wait to be committed: with fifty outlets at sixteen megabytes each memory would not stay flat.
WAITING_BYTES = 64 * 1024 * 1024
KINDS = (".warc", ".warc.gz", ".wacz")

Progress = Callable[[str, int], None]


@dataclass
class Taken:
    """What archives gave: pages of each outlet, answers of other sites that were passed over, damage by file."""

    batch_key: str
    pages: Counter[str] = field(default_factory=Counter)
    strangers: int = 0
    damaged: dict[str, Damage] = field(default_factory=dict)

    @property
    def damaged_records(self) -> int:
        """Records and pieces between them that could not be read."""
        return sum(one.count for one in self.damaged.values())


def _silent(_event: str, _number: int) -> None:
    return None


def _present(settings: Settings, source: str, on_progress: Progress) -> tuple[Path, bool]:
    """The archive on disk, and whether it was downloaded for this.

    Raises:
        Misconfigured: no such file, or no archive by its name.
        FetchRefused, FetchDelayed: it can't be downloaded.
    """
    is_web = source.startswith(("http://", "https://"))
    if not source.partition("?")[0].lower().endswith(KINDS):
        raise Misconfigured(f"{source}: give .warc, .warc.gz or .wacz", path=source)
    if is_web:
        return download(settings, source, lambda count: on_progress("downloaded", count)), True
    if not Path(source).is_file():
        raise Misconfigured(f"{source}: no such file", path=source)
    return Path(source), False


def _warcs(path: Path, damage: Damage) -> Iterator[Path]:
    return wacz.warc_files(path, damage) if wacz.is_wacz(path) else iter([path])


def _records(path: Path, damage: Damage) -> Iterator[Record]:
    try:
        with path.open("rb") as stream:
            yield from records(stream, damage)
    except OSError as error:
        damage.note("file", str(error))


def _piece(record: Record, outlet: Outlet, url: str) -> files.Piece | None:
    """The page in a record, if it is one.

    Raises:
        LandingDamaged: the record is damaged.
    """
    found = warc_pages.saved(record)
    if found is None or found.status not in {None, 200} or not found.content_type.lower().startswith(files.PAGE_TYPES):
        return None
    url = identity(outlet, url)
    reply = Answer(url, url, found.status, found.reason, found.headers, found.body, found.captured_at) if found.status else None
    return files.Piece(url, found.body, found.content_type, found.captured_at, reply)


class _Sorting:
    """Records of archives to the outlets that they are of."""

    def __init__(self, settings: Settings, taken: Taken, outlets: Sequence[Outlet]) -> None:
        self.settings, self.taken, self.owners, self.now = settings, taken, Owners(outlets), clock.now()
        self.intakes: dict[str, files.Intake] = {}

    def intake(self, outlet: Outlet) -> files.Intake:
        if outlet.id not in self.intakes:
            self.intakes[outlet.id] = files.Intake(self.settings, files.Taking(self.taken.batch_key), outlet)
        return self.intakes[outlet.id]

    def take(self, number: int, record: Record, damage: Damage) -> None:
        if record.kind not in {"response", "resource"}:
            return
        url = record.headers.get("warc-target-uri", "").strip("<>")
        outlet = self.owners.of(url)
        if outlet is None:
            self.taken.strangers += 1
            return
        try:
            piece = _piece(record, outlet, url)
        except LandingDamaged as error:
            damage.note(f"record {number}", str(error))
        except FetchRefused:
            return  # its address is none
        else:
            if piece is not None:
                self.intake(outlet).take(piece, None, self.now)
                self._relieve()

    def _relieve(self) -> None:
        if sum(len(one.writer.data) for one in self.intakes.values()) > WAITING_BYTES:
            self.commit()

    def commit(self) -> None:
        for intake in self.intakes.values():
            intake.writer.commit()

    def finish(self, outlets: Sequence[Outlet]) -> None:
        """Tell the damage in the batch (a file's stands with the first outlet), commit all, count."""
        for path, damage in self.taken.damaged.items():
            told = files.Taking(self.taken.batch_key)
            self.intake(outlets[0]).writer.add(files.damage_told(path, damage, told, outlets[0], self.now))
        self.commit()
        _count(self.settings, self.taken, outlets)


def _count(settings: Settings, taken: Taken, outlets: Sequence[Outlet]) -> None:
    """Pages of the batch, outlet by outlet, so that not all lines are in memory at once."""
    for outlet in outlets:
        if count := sum(one.outcome == "fetched" for one in captures.read_index(settings, taken.batch_key, outlet.id)):
            taken.pages[outlet.id] = count


def _outlets(settings: Settings, outlet_ids: list[str] | None) -> list[Outlet]:
    found = chosen(load_outlets(settings.outlets_dir), outlet_ids)
    if not found:
        raise Misconfigured("there is no enabled outlet whose pages could be picked; name outlets with --outlet")
    return found


def take_archives(
    settings: Settings, sources: Iterable[str], outlet_ids: list[str] | None = None, on_progress: Progress = _silent
) -> Taken:
    """Pick the pages of outlets out of archives (paths or addresses): of the outlets named, else of all enabled ones.

    The key of the batch follows from the files and the outlets: the same call again goes on where a killed one ended, and takes
    nothing twice. `on_progress` hears of `downloaded` bytes and `read` records.

    Raises:
        Misconfigured: no such file, outlet or kind of file.
        FetchRefused, FetchDelayed: an archive can't be downloaded.
        RetryLater: another process takes the same.
    """
    outlets = _outlets(settings, outlet_ids)
    present = [_present(settings, source, on_progress) for source in sources]
    mark = ids.sha256("\n".join(sorted([*(files.file_sha256(path) for path, _ in present), *(one.id for one in outlets)])))[:16]
    taken = Taken(f"files/archives-{mark}")
    with sole_worker(captures.batch_dir(settings, taken.batch_key), "archives"):
        if captures.is_sealed(settings, taken.batch_key):
            _count(settings, taken, outlets)
        else:
            _take_all(settings, [path for path, _ in present], outlets, taken, on_progress)
            captures.seal(settings, taken.batch_key)
    for path, is_ours in present:
        if is_ours:
            path.unlink(missing_ok=True)
    return taken


def _take_all(settings: Settings, paths: list[Path], outlets: list[Outlet], taken: Taken, on_progress: Progress) -> None:
    sorting = _Sorting(settings, taken, outlets)
    for path in paths:
        damage = Damage()
        for warc in _warcs(path, damage):
            for number, record in enumerate(_records(warc, damage), 1):
                sorting.take(number, record, damage)
                on_progress("read", number)
        if damage.count:
            taken.damaged[str(path)] = damage
            logs.get(path=str(path)).error("file_damaged", count=damage.count, notes=damage.notes)
    sorting.finish(outlets)
