"""Pages that lie on disk: saved HTML, plain-text dumps, WARC files -> a sealed batch like any other.

A saved page takes the address that it names itself (rel=canonical or og:url) where that is the outlet's own; otherwise, and for
text dumps, it gets a stable made-up one below the outlet's home: `HOME/file/SHA256`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from itertools import chain
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from common import clock, ids, urls
from common.errors import Broken, FetchRefused, LandingDamaged, Misconfigured
from common.logs import get
from common.settings import Settings
from ingest.discover.domains import belongs
from ingest.outlets import Outlet, chosen, load_outlets
from ingest.records import Capture, Hint
from ingest.run import sole_worker
from ingest.store import captures, warc, warc_pages
from ingest.store.warc_read import Damage
from ingest.web.fetch import Answer

HTML, TEXT = frozenset({".html", ".htm", ".xhtml"}), frozenset({".txt"})
WARC = (".warc", ".warc.gz", ".warc.lz4", ".warc.zst")
# Media types of records that may be articles.
PAGE_TYPES = ("text/html", "application/xhtml", "text/plain")
# A date without a time stands at noon UTC: the same calendar day in every zone from -12 to +11 hours.
NOON = time(12, tzinfo=UTC)


@dataclass(frozen=True)
class Piece:
    """One page from a file; `answer` where the file holds an HTTP response."""

    url: str
    body: bytes
    content_type: str
    captured_at: datetime
    answer: Answer | None = None


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*") if one.is_file() and _is_known(one))
        elif not path.is_file():
            raise Misconfigured(f"{path}: no such file", path=str(path))
        elif not _is_known(path):
            raise Misconfigured(f"{path}: give .html, .txt or .warc files (.gz, .lz4, .zst)", path=str(path))
        else:
            yield path


def _is_known(path: Path) -> bool:
    return path.suffix.lower() in HTML | TEXT or path.name.lower().endswith(WARC)


def named_address(body: bytes, outlet: Outlet) -> str | None:
    """The address that a saved page names as its own, if it is on the outlet's site."""
    tree = LexborHTMLParser(body)
    for selector, attribute in (("link[rel=canonical]", "href"), ("meta[property='og:url']", "content")):
        node = tree.css_first(selector)
        try:
            url = urls.canonical((node.attributes.get(attribute) or "") if node else "", outlet.home if node else None)
        except FetchRefused:
            continue  # absent or no web address
        if belongs(outlet, url, outlet.home):
            return url
    return None


def _single(path: Path, outlet: Outlet, now: datetime) -> Piece:
    body = path.read_bytes()
    made_up = urls.canonical(f"file/{ids.sha256(body)}", urls.origin(outlet.home) + "/")
    if path.suffix.lower() in TEXT:
        return Piece(made_up, body, "text/plain; charset=utf-8", now)
    return Piece(named_address(body, outlet) or made_up, body, "text/html", now)


def _of_warc(path: Path, damage: Damage) -> Iterator[Piece]:
    """Pages of a WARC file: what is no web page is passed over, what is damaged is told."""
    for found in warc_pages.pages(path, damage):
        if not found.content_type.lower().startswith(PAGE_TYPES):
            continue
        try:
            url = urls.canonical(found.url)
        except FetchRefused:
            continue  # dns: and other records that are no pages
        reply = Answer(url, url, found.status, found.reason, found.headers, found.body, found.captured_at) if found.status else None
        yield Piece(url, found.body, found.content_type, found.captured_at, reply)


@dataclass
class Taking:
    """What files gave: a batch, its pages, and the damage in each WARC file that had some."""

    batch_key: str
    pages: int = 0
    damaged: dict[str, Damage] = field(default_factory=dict)

    @property
    def damaged_records(self) -> int:
        """Records and pieces between them that could not be read."""
        return sum(one.count for one in self.damaged.values())


def _of_file(path: Path, outlet: Outlet, now: datetime, damage: Damage) -> Iterator[Piece]:
    if path.name.lower().endswith(WARC):
        yield from _of_warc(path, damage)
    elif path.stat().st_size > warc_pages.MAX_BODY:
        damage.note("file", f"more than {warc_pages.MAX_BODY} bytes are no page")
    else:
        yield _single(path, outlet, now)


def _pieces(paths: Iterable[Path], outlet: Outlet, now: datetime, taking: Taking) -> Iterator[Piece]:
    for path in paths:
        damage = Damage()
        yield from _of_file(path, outlet, now, damage)
        if damage.count:
            taking.damaged[str(path)] = damage
            get(path=str(path)).error("file_damaged", count=damage.count, notes=damage.notes)


def _capture(piece: Piece, batch_key: str, outlet: Outlet, published: datetime | None, now: datetime) -> Capture:
    sha256 = ids.sha256(piece.body)
    return Capture(
        capture_id=ids.key("capture", batch_key, piece.url, piece.captured_at.isoformat(), sha256),
        batch_key=batch_key,
        outlet_id=outlet.id,
        url=piece.url,
        final_url=piece.url,
        captured_at=piece.captured_at,
        first_seen_at=min(now, piece.captured_at),
        outcome="fetched",
        status=piece.answer.status if piece.answer else None,
        content_type=piece.content_type,
        sha256=sha256,
        hint=Hint(source="file", published_at=published),
    )


def _members(piece: Piece, capture: Capture) -> tuple[bytes, ...]:
    """The WARC record of a piece; there was no request of ours."""
    if piece.answer:
        return warc.response_members(piece.answer, capture.capture_id, capture.sha256)[:1]
    return (warc.resource_member(piece.url, capture.capture_id, piece.captured_at, piece.content_type, piece.body),)


def damage_told(path: str, damage: Damage, taking: Taking, outlet: Outlet, now: datetime) -> Capture:
    """The damage of a file as a capture that failed, so that it stands in the quarantine with its file and places."""
    url = urls.canonical(f"file/{ids.sha256(path)}", urls.origin(outlet.home) + "/")
    return Capture(
        capture_id=ids.key("capture", taking.batch_key, url, now.isoformat()),
        batch_key=taking.batch_key,
        outlet_id=outlet.id,
        url=url,
        final_url=url,
        captured_at=now,
        first_seen_at=now,
        outcome="failed",
        reason=LandingDamaged("").reason,
        detail=f"{path}: {damage.count} damaged: {'; '.join(damage.notes)}",
        hint=Hint(source="file"),
    )


def _instant(published: date | datetime | None) -> datetime | None:
    if isinstance(published, datetime):
        return published if published.tzinfo else published.replace(tzinfo=UTC)
    return datetime.combine(published, NOON) if published else None


def _batch_key(settings: Settings, paths: list[Path], outlet: Outlet, published: datetime | None, now: datetime) -> str:
    """A key of its own for each call; what was taken in by halves before a crash goes on under the key that it has."""
    told = [file_sha256(path) for path in paths]
    mark = ids.sha256("\n".join([outlet.id, str(published), *sorted(told)]))[:12]
    for folder in sorted(settings.captures_dir.glob(f"files+*-{mark}")):
        if not (folder / captures.MANIFEST).is_file():
            return folder.name.replace("+", "/", 1)
    key = f"files/{now:%Y%m%dT%H%M%S}-{mark}"
    if captures.is_sealed(settings, key):
        raise Broken(f"batch {key} exists already; the same files were ingested in this second")
    return key


def file_sha256(path: Path) -> str:
    """Hex SHA-256 of a file, read in pieces.

    Raises:
        Misconfigured: it can't be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Misconfigured(f"{path} can't be read: {error}", path=str(path)) from error


def _mark(capture: Capture) -> tuple[str, datetime | None, str | None]:
    """What makes a page of a batch the same as another; only an archived answer has a time of its own."""
    return capture.url, capture.captured_at if capture.status else None, capture.sha256


class Intake:
    """Pieces into the captures of a batch, each once, committed in segments so that memory stays flat."""

    def __init__(self, settings: Settings, taking: Taking, outlet: Outlet) -> None:
        self.outlet, self.taking = outlet, taking
        self.writer = captures.SegmentWriter(settings, taking.batch_key, outlet.id)
        known = captures.read_index(settings, taking.batch_key)
        self.seen = set(map(_mark, known))
        self.taking.pages = len(known)

    def take(self, piece: Piece, published: datetime | None, now: datetime) -> None:
        """Keep a piece, unless the batch has it."""
        capture = _capture(piece, self.taking.batch_key, self.outlet, published, now)
        if _mark(capture) in self.seen:
            return
        self.seen.add(_mark(capture))
        self.taking.pages += 1
        self.writer.add(capture, _members(piece, capture))
        if self.writer.is_full:
            self.writer.commit()


def take_files(settings: Settings, paths: Iterable[Path], outlet_id: str, published: date | datetime | None) -> Taking:
    """Keep pages from files as a sealed batch `files/STAMP-HASH`; tells what was taken and what was damaged.

    `published` is given to every page as its hint; a date without a time counts as noon UTC. Damage in a WARC file costs the records
    that it hit; it is kept as a failed capture, which becomes a row of the quarantine.

    Raises:
        Misconfigured: no such file, outlet or kind of file; nothing to read in them.
        Broken: the same files were taken in this second.
        RetryLater: another process takes them right now.
    """
    outlet, now = chosen(load_outlets(settings.outlets_dir), [outlet_id])[0], clock.now()
    found, moment = list(_files(paths)), _instant(published)
    taking = Taking(_batch_key(settings, found, outlet, moment, now))
    pieces = _pieces(found, outlet, now, taking)
    first = next(pieces, None)
    if first is None:
        damaged = f"; {taking.damaged_records} damaged records were passed over" if taking.damaged else ""
        raise Misconfigured(f"there is no page in these files; give .html, .txt or .warc files (.gz, .lz4, .zst) with pages{damaged}")
    with sole_worker(captures.batch_dir(settings, taking.batch_key), outlet.id):
        intake = Intake(settings, taking, outlet)
        for piece in chain([first], pieces):
            intake.take(piece, moment, now)
        for path, damage in taking.damaged.items():
            intake.writer.add(damage_told(path, damage, taking, outlet, now))
        intake.writer.commit()
        captures.seal(settings, taking.batch_key)
    return taking


def ingest_files(settings: Settings, paths: Iterable[Path], outlet_id: str, published: date | datetime | None) -> str:
    """As `take_files`; returns the key of the batch."""
    return take_files(settings, paths, outlet_id, published).batch_key
