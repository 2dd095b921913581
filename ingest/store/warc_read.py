"""WARC files, read (ISO 28500:2017, and 1.0 and 0.1x before it): what is readable comes out, damage is skipped, counted and told.

Compressed files are read member by member. After damage reading goes on at the next gzip member that yields a WARC record; in files
without compression, at the next line that opens one. A record whose own bytes are sound is never given up for its neighbours.
"""

from __future__ import annotations

import base64
import hashlib
import re
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, BinaryIO

from common.errors import LandingDamaged
from ingest.store import warc_unpack

# RFC 1952 section 2.3.1: ID1, ID2, CM = deflate. The three upper bits of the byte behind are reserved and must be zero.
MAGIC = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]")
# Bytes of one record that are held in memory; pages are smaller than this by far, and what is larger is no page.
MAX_RECORD = 64 * 1024 * 1024
# Unpacked bytes of one run of members; only a file that was packed as a whole, against the standard, comes near it. Held on disk.
MAX_RUN = 1024 * 1024 * 1024
# Header of one record; Common Crawl's longest are about 10 kB.
MAX_HEADER = 64 * 1024
# Bytes read or unpacked at a time; the first piece of a member holds most members whole.
PIECE, FIRST_PIECE = 256 * 1024, 16 * 1024
# Work on members and records that turned out to be none, in bytes: a multiple of the file, so that honest damage is always worked through
# and a file made of false beginnings ends. A short look at one costs as much as unpacking this many bytes.
WASTE_FACTOR, WASTE_FREE, LOOK_COST = 16, 64 * 1024 * 1024, 4096
# Longest thing that is searched for ("WARC/1.10" and a line end), so that it is also found across two pieces.
OVERLAP = 16
# Damages that are told one by one; the rest is only counted.
MAX_NOTES = 20

NO_RECORD, GIVEN_UP = "no WARC record", "too much damage; the rest was not read"
_START = re.compile(rb"WARC/\d\.\d{1,2}\r?\n")
_END = re.compile(rb"\r?\n\r?\n")
_TRAILER = re.compile(rb"[\r\n]{0,4}WARC/")
_DIGEST = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "md5": hashlib.md5, "sha512": hashlib.sha512}


@dataclass(frozen=True)
class Record:
    """One WARC record; header names in lower case."""

    kind: str
    headers: dict[str, str]
    block: bytes


@dataclass
class Damage:
    """What could not be read of a file: how many records or pieces between them, and where the first ones lie."""

    count: int = 0
    oversized: int = 0
    notes: list[str] = field(default_factory=list)

    def note(self, place: str, what: str) -> None:
        """Count one."""
        self.count += 1
        if len(self.notes) < MAX_NOTES:
            self.notes.append(f"{place}: {what}")


class Blob:
    """Bytes of a file by position; a failing disk reads as the end of the file."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.size = stream.seek(0, 2)

    def at(self, position: int, length: int) -> bytes:
        """Up to `length` bytes from a position."""
        try:
            self.stream.seek(position)
            return self.stream.read(length)
        except OSError:
            return b""

    def find(self, wanted: re.Pattern[bytes], position: int) -> int:
        """Where a pattern of at most `OVERLAP` bytes comes next, the size if nowhere; what is near is found by a short look."""
        size = LOOK_COST
        while len(piece := self.at(position, size)) > 0:
            if found := wanted.search(piece):
                return position + found.start()
            if len(piece) <= OVERLAP:
                break
            position, size = position + len(piece) - OVERLAP, min(size * 4, PIECE)
        return self.size


def _headers(text: bytes) -> dict[str, str] | None:
    """Named fields (section 4), continuation lines joined; None unless they say what record it is and how long."""
    found: dict[str, str] = {}
    name = ""
    for line in text.decode("utf-8", "replace").split("\n")[1:]:
        if line[:1] in {" ", "\t"} and name:
            found[name] += " " + line.strip()
            continue
        name, _colon, value = line.partition(":")
        name = name.strip().lower()
        found.setdefault(name, value.strip())
    is_whole = found.get("warc-type") and re.fullmatch(r"[0-9]{1,15}", found.get("content-length", ""))
    return found if is_whole else None


def _contradicts(block: bytes, labelled: str | None) -> bool:
    """Whether a digest header speaks against a block; one that we can't read says nothing."""
    label, _colon, value = (labelled or "").partition(":")
    algorithm = _DIGEST.get(label.strip().lower().replace("-", ""))
    if algorithm is None:
        return False
    summed, value = algorithm(block, usedforsecurity=False).digest(), value.strip().lower()
    coded = base64.b32encode(summed).decode().lower()
    spellings = {summed.hex(), coded, coded.rstrip("=")}
    return len(value) in map(len, spellings) and value not in spellings


def _trailer(blob: Blob, position: int) -> int | None:
    """Position behind the two line ends that close a record (section 4.1); lenient where the next record or the end stands at once."""
    after = blob.at(position, 16)
    if after.startswith(b"\r\n\r\n"):
        return position + 4
    if not after.strip(b"\r\n"):
        return position + len(after)
    if found := _TRAILER.match(after):
        return position + found.end() - len(b"WARC/")
    return None


def _budget(blob: Blob) -> int:
    return WASTE_FACTOR * blob.size + WASTE_FREE


@dataclass
class _Plain:
    """Records of unpacked bytes; `base` is where they lie in the file, `proven` that a checksum covers them."""

    blob: Blob
    damage: Damage
    base: int = 0
    proven: bool = False

    def __post_init__(self) -> None:
        self.budget = _budget(self.blob)

    def records(self) -> Iterator[Record]:
        """Every sound record."""
        position, size, lost = 0, self.blob.size, False
        while position < size:
            start = position
            record, position, fault = self._one(start)
            if fault:
                if not (lost and fault == NO_RECORD):  # a false beginning in what is lost already
                    self.damage.note(f"byte {self.base + start}", fault)
                self.budget -= LOOK_COST
                if self.budget < 0:
                    self.damage.note(f"byte {self.base + start}", GIVEN_UP)
                    return
                position = self.blob.find(_START, start + 1)
            elif record:
                yield record
            lost = bool(fault)

    def _header(self, start: int) -> tuple[dict[str, str], int] | None:
        """Named fields of the record that opens at a position, and where its block begins; None if none opens there."""
        text = self.blob.at(start, LOOK_COST)
        if not _START.match(text):
            return None
        if (other := text.find(b"\nWARC/")) >= 0:  # what begins behind it is another record
            text = text[: other + 1]
        elif not _END.search(text):
            text = self.blob.at(start, MAX_HEADER)
            self.budget -= len(text)
        end = _END.search(text)
        if end is None or _START.search(text, 1, end.start()):
            return None
        headers = _headers(text[: end.start()])
        return (headers, start + end.end()) if headers else None

    def _one(self, start: int) -> tuple[Record | None, int, str]:
        """The record at a position (None if it is too large to be held), the position behind it, and what is wrong with it."""
        header = self._header(start)
        if header is None:
            return None, start, NO_RECORD
        headers, begin = header
        length = int(headers["content-length"])
        behind = _trailer(self.blob, begin + length) if begin + length <= self.blob.size else None
        if behind is None:
            return None, start, "a record that is cut, or not as long as it says"
        if length > MAX_RECORD:
            self.damage.oversized += 1
            return None, behind, ""
        block = self.blob.at(begin, length)
        if not self.proven and _contradicts(block, headers.get("warc-block-digest")):
            self.budget -= length
            return None, start, "a record whose digest differs"
        return Record(headers["warc-type"].lower(), headers, block), behind, ""


class _Members:
    """The gzip members of a file, joined to runs: a member that opens a record, and those directly behind that open none."""

    def __init__(self, blob: Blob, damage: Damage) -> None:
        self.blob, self.damage = blob, damage
        self.budget = _budget(blob)

    def _is_start(self, position: int) -> bool:
        """Whether a gzip member seems to begin here; costs little."""
        return MAGIC.match(self.blob.at(position, 4)) is not None

    def opens_record(self, position: int) -> bool:
        """Whether a member begins here whose first bytes are those of a record."""
        self.budget -= LOOK_COST
        try:
            return zlib.decompressobj(31).decompress(self.blob.at(position, 1024), 16).startswith(b"WARC/")
        except zlib.error:
            return False

    def unpack(self, position: int, into: IO[bytes]) -> int:
        """Unpack the member at a position; returns the position behind it, or -1 if it is damaged."""
        inflater, done, size = zlib.decompressobj(31), 0, FIRST_PIECE
        while raw := self.blob.at(position, size):
            position, size = position + len(raw), PIECE
            while raw and not inflater.eof:
                try:
                    plain = inflater.decompress(raw, PIECE)
                except zlib.error:
                    self.budget -= done + size
                    return -1
                raw, done = inflater.unconsumed_tail, done + len(plain)
                if into.tell() < MAX_RUN:
                    into.write(plain)
            if inflater.eof:
                return position - len(inflater.unused_data)
        self.budget -= done + size
        return -1

    def _join(self, position: int, run: IO[bytes], *, opens: bool) -> int:
        """Unpack the member at a position onto a run; returns where it ends, or -1 if it is damage: noted, the run as before."""
        held = run.tell()
        if not opens and not (held and self._is_start(position)):
            self.damage.note(f"byte {position}", "bytes that are no gzip member with a WARC record")
            return -1
        behind = self.unpack(position, run)
        if behind < 0:
            self.damage.note(f"byte {position}", "a damaged gzip member")
            run.truncate(held)
            run.seek(held)
        return behind

    def runs(self) -> Iterator[tuple[int, Blob]]:
        """Each run with its place in the file."""
        began, position, run = 0, 0, _scratch()
        try:
            while position < self.blob.size:
                opens = self._is_start(position) and self.opens_record(position)
                if opens and run.tell():
                    yield began, Blob(run)
                    run = _scratch()
                began = began if run.tell() else position
                behind = self._join(position, run, opens=opens)
                position = behind if behind >= 0 else self.resume(position + 1)
                if behind < 0 and run.tell():
                    yield began, Blob(run)
                    run = _scratch()
            if run.tell():
                yield began, Blob(run)
        finally:
            run.close()

    def resume(self, position: int) -> int:
        """Where the next member with a record begins."""
        while (position := self.blob.find(MAGIC, position)) < self.blob.size:
            if self.budget < 0:
                self.damage.note(f"byte {position}", GIVEN_UP)
                break
            if self.opens_record(position):
                return position
            position += 1
        return self.blob.size


def _scratch() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=MAX_RECORD)


def _unpacked(stream: BinaryIO, damage: Damage) -> Iterator[Record]:
    with _scratch() as plain:
        if fault := warc_unpack.unpack(stream, plain, MAX_RUN):
            damage.note("file", fault)
        yield from _Plain(Blob(plain), damage).records()


def records(stream: BinaryIO, damage: Damage) -> Iterator[Record]:
    """Every sound record of a WARC file: in gzip members, packed as a whole (gzip, LZ4, Zstandard), or plain; `damage` is told the rest."""
    blob = Blob(stream)
    if warc_unpack.is_packed(blob.at(0, 4)):
        yield from _unpacked(stream, damage)
        return
    members = _Members(blob, damage)
    if not members.opens_record(0) and members.resume(0) >= blob.find(_START, 0):
        yield from _Plain(blob, damage).records()
        return
    for began, run in members.runs():
        with run.stream:
            yield from _Plain(run, damage, began, proven=True).records()


def record_at(stream: BinaryIO, offset: int) -> Record:
    """The record at an offset of a file that is compressed by members.

    Raises:
        LandingDamaged: there is no sound record.
    """
    damage, blob = Damage(), Blob(stream)
    with _scratch() as run:
        behind = _Members(blob, damage).unpack(offset, run)
        found = next(_Plain(Blob(run), damage, offset, proven=True).records(), None) if behind >= 0 else None
    if found is None:
        raise LandingDamaged(f"no readable WARC record at offset {offset}")
    return found
