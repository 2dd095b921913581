"""Batches on disk: WARC segments with their reading indexes, and the manifest that seals a batch.

A batch folder holds, for each outlet, numbered segments `OUTLET-0001.warc.gz` + `OUTLET-0001.jsonl`. The index file is the commit
point: it is renamed into place after its WARC file; a WARC file without an index does not exist for readers.
"""

from __future__ import annotations

import os
import re
import string
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from common import clock, ids, logs
from common.errors import Broken, LandingDamaged
from common.settings import Settings
from ingest.records import BatchManifest, Capture, Page
from ingest.store import reindex, warc, warc_pages

MANIFEST = "manifest.json"
_SAFE = frozenset(string.ascii_lowercase + string.digits + "-")
# Some file systems do not tell capitals from small letters, so capitals are coded, but for the T of a time: there the small one is.
_TIME_T = re.compile(r"(?<=[0-9])[Tt](?=[0-9])")
# Keys have slashes and colons in the middle; these two stay readable, everything else becomes _XX.
_READABLE = {"/": "+", ":": "."}
# Longest file name that every file system takes is 255 bytes.
_MAX_SLUG = 200
# Captures and bytes after which a segment is committed: what a kill makes us fetch again stays small.
SEGMENT_CAPTURES, SEGMENT_BYTES = 50, 16 * 1024 * 1024


def _coded(char: str, is_safe: bool) -> str:
    return char if is_safe else _READABLE.get(char) or "".join(f"_{byte:02X}" for byte in char.encode())


def batch_slug(batch_key: str) -> str:
    """Folder name of a batch: safe on every file system, different for different keys, readable.

    >>> batch_slug("2026-11-23T10:15"), batch_slug("archive/2018-09-20")
    ('2026-11-23T10.15', 'archive+2018-09-20')
    """
    times = {found.start() for found in _TIME_T.finditer(batch_key)}
    coded = "".join(_coded(c, c == "T" if at in times else c in _SAFE) for at, c in enumerate(batch_key))
    if coded.startswith((".", "-")):
        coded = ("_3A" if coded[0] == "." else "_2D") + coded[1:]
    return coded if 0 < len(coded) <= _MAX_SLUG else f"{coded[:100]}__{ids.sha256(batch_key)}"


def batch_dir(settings: Settings, batch_key: str) -> Path:
    """Folder of a batch."""
    return settings.captures_dir / batch_slug(batch_key)


def write_durably(path: Path, data: bytes | bytearray) -> None:
    """Write a file so that it is there whole or not at all, also after a crash: tmp, fsync, rename, fsync of the folder."""
    tmp = path.with_name(f".{path.name}.tmp")
    with tmp.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    tmp.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _mended(path: Path, sha256: str | None) -> bytes | None:
    """A sealed index that was lost or changed, from its WARC file; None unless it is the one that was sealed, byte for byte."""
    lines = reindex.index_lines(path.with_suffix(".warc.gz")) if sha256 else b""
    if ids.sha256(lines) != sha256:
        return None
    write_durably(path, lines)
    logs.get(path=str(path)).error("index_mended", detail="the reading index was not the one that was sealed")
    return lines


def _read_lines(path: Path, sha256: str | None) -> list[Capture]:
    try:
        data = path.read_bytes() if path.is_file() else b""
        if sha256 not in {None, ids.sha256(data)}:
            data = _mended(path, sha256) or data
        found = [Capture.model_validate_json(line) for line in data.splitlines()]
    except (OSError, ValidationError) as error:
        raise Broken(f"{path}: reading index can't be read: {error}", path=str(path)) from error
    if sha256 not in {None, ids.sha256(data)}:
        raise Broken(f"{path}: reading index is not the one that was sealed", path=str(path))
    return found


def _manifest(path: Path) -> BatchManifest:
    try:
        return BatchManifest.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise Broken(f"{path}: manifest can't be read: {error}", path=str(path)) from error


def _sealed_sums(settings: Settings, batch_key: str, outlet_id: str | None) -> dict[str, str] | None:
    """SHA-256 by name of the indexes that a sealed batch has; None while it is open, and for batches of older versions."""
    path = batch_dir(settings, batch_key) / MANIFEST
    sums = _manifest(path).indexes if path.is_file() else None
    return sums if sums is None else {name: sha256 for name, sha256 in sums.items() if _is_index(name, outlet_id)}


def _is_index(name: str, outlet_id: str | None) -> bool:
    return re.fullmatch(rf"{'[^.].*' if outlet_id is None else re.escape(outlet_id)}-\d{{4,}}\.jsonl", name) is not None


def _number(path: Path) -> int:
    return int(path.stem.rpartition("-")[2])


def _in_order(paths: Iterable[Path]) -> list[Path]:
    return sorted(paths, key=lambda path: (path.stem.rpartition("-")[0], _number(path)))


def segments(settings: Settings, batch_key: str, outlet_id: str | None = None) -> list[Path]:
    """Committed reading indexes of a batch, in order."""
    return _in_order(path for path in batch_dir(settings, batch_key).glob("*.jsonl") if _is_index(path.name, outlet_id))


def each_capture(settings: Settings, batch_key: str, outlet_id: str | None = None) -> Iterator[Capture]:
    """Every URL of the batch (of one outlet, if named) with its outcome, in the order of capture per outlet; one segment is held at a time.

    An index of a sealed batch that was lost or changed is made again from its WARC file.

    Raises:
        Broken: an index file is damaged, or not as it was when the batch was sealed, and can't be mended.
    """
    paths, sums = segments(settings, batch_key, outlet_id), _sealed_sums(settings, batch_key, outlet_id)
    if sums is not None:
        if added := {path.name for path in paths} - sums.keys():
            raise Broken(f"{batch_dir(settings, batch_key) / min(added)}: reading index came after the batch was sealed")
        paths = _in_order(batch_dir(settings, batch_key) / name for name in sums)
    for path in paths:
        yield from _read_lines(path, sums[path.name] if sums else None)


def read_index(settings: Settings, batch_key: str, outlet_id: str | None = None) -> list[Capture]:
    """As `each_capture`, all at once."""
    return list(each_capture(settings, batch_key, outlet_id))


def _body(stream: BinaryIO, capture: Capture) -> bytes:
    body = warc_pages.read_body(stream, capture.warc_offset or 0)
    if ids.sha256(body) != capture.sha256:
        raise LandingDamaged("the body is not the one that was captured")
    return body


def _page(settings: Settings, capture: Capture) -> Page:
    try:
        with (settings.captures_dir / (capture.warc_file or "")).open("rb") as stream:
            return Page(capture=capture, body=_body(stream, capture))
    except (OSError, LandingDamaged) as error:
        logs.get(batch=capture.batch_key, url=capture.url).error("capture_damaged", detail=str(error))
        told = {"outcome": "failed", "reason": LandingDamaged("").reason, "detail": str(error)}
        return Page(capture=capture.model_copy(update=told), body=b"")


def read_pages(settings: Settings, batch_key: str) -> Iterator[Page]:
    """The fetched pages of a batch with their bodies.

    A capture whose WARC record is damaged comes with outcome `failed`, reason `landing_damaged` and an empty body, so that
    it can be quarantined while the others go on.

    Raises:
        Broken: an index file is damaged.
    """
    for capture in each_capture(settings, batch_key):
        if capture.outcome == "fetched":
            yield _page(settings, capture)


def seal(settings: Settings, batch_key: str) -> BatchManifest:
    """Write the manifest; after it the batch is immutable. A sealed batch keeps the manifest it has.

    Raises:
        Broken: an index file or the manifest is damaged.
    """
    path = batch_dir(settings, batch_key) / MANIFEST
    if path.is_file():
        return _manifest(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    indexes = {index.name: ids.sha256(index.read_bytes()) for index in segments(settings, batch_key)}
    count = sum(1 for _capture in each_capture(settings, batch_key))
    manifest = BatchManifest(batch_key=batch_key, captures=count, made_at=clock.now(), indexes=indexes)
    write_durably(path, manifest.model_dump_json(indent=1).encode())
    return manifest


def is_sealed(settings: Settings, batch_key: str) -> bool:
    """Whether the batch has its manifest."""
    return (batch_dir(settings, batch_key) / MANIFEST).is_file()


def sealed_batches(settings: Settings) -> list[BatchManifest]:
    """Batches whose manifest exists, oldest first.

    Raises:
        Broken: a manifest is damaged.
    """
    found = map(_manifest, settings.captures_dir.glob(f"*/{MANIFEST}"))
    return sorted(found, key=lambda manifest: (manifest.made_at, manifest.batch_key))


class SegmentWriter:
    """Gathers captures of one outlet in one batch and commits them as one segment; the only writer of the outlet in the batch."""

    def __init__(self, settings: Settings, batch_key: str, outlet_id: str) -> None:
        self.settings, self.batch_key, self.outlet_id = settings, batch_key, outlet_id
        self.folder = batch_dir(settings, batch_key)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.number = max(map(_number, segments(settings, batch_key, outlet_id)), default=0) + 1
        self._sweep()
        self.data = bytearray()
        self.captures: list[Capture] = []
        self.lines: list[str] = []

    @property
    def name(self) -> str:
        """File name of the segment without its ending."""
        return f"{self.outlet_id}-{self.number:04d}"

    @property
    def warc_file(self) -> str:
        """Path of the WARC file, relative to the captures folder."""
        return f"{self.folder.name}/{self.name}.warc.gz"

    @property
    def is_full(self) -> bool:
        """Whether it is time to commit."""
        return len(self.captures) >= SEGMENT_CAPTURES or len(self.data) >= SEGMENT_BYTES

    def _sweep(self) -> None:
        """Remove what a killed writer left: unfinished files, a WARC file without its index."""
        for path in (self.folder / f"{self.name}.warc.gz", *(self.folder / f".{self.name}{end}.tmp" for end in (".warc.gz", ".jsonl"))):
            path.unlink(missing_ok=True)

    def add(self, capture: Capture, members: Sequence[bytes] = (), *, fault: str | None = None) -> Capture:
        """Take a capture with its WARC members, the one that the index points at first; returns it with its place.

        A metadata record is added; `fault` is the class of the fault of a capture that failed.
        """
        if not self.data:
            self.data += warc.info_member(f"{self.name}.warc.gz", clock.now(), self.batch_key)
        if members:
            capture = capture.model_copy(update={"warc_file": self.warc_file, "warc_offset": len(self.data)})
        line = capture.model_dump_json()
        for member in members:
            self.data += member
        self.data += warc.metadata_member(capture, line, fault=fault)
        self.captures.append(capture)
        self.lines.append(line)
        return capture

    def commit(self) -> list[Capture]:
        """Write WARC, then index, durably. Returns what was committed; a second call returns nothing."""
        if not self.captures:
            return []
        write_durably(self.folder / f"{self.name}.warc.gz", self.data)
        write_durably(self.folder / f"{self.name}.jsonl", "".join(f"{line}\n" for line in self.lines).encode())
        done, self.captures, self.lines, self.data = self.captures, [], [], bytearray()
        self.number += 1
        return done
