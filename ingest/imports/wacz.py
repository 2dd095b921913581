"""WACZ (Web Archive Collection Zipped 1.1): the WARC files in it, each unpacked into a file of its own for as long as it is read."""

from __future__ import annotations

import lzma
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ingest.store.warc_read import Damage

# Bytes that all WARC files together may unpack to, as a multiple of the collection: they are packed already, plain ones shrink to a tenth.
MAX_RATIO, FREE_BYTES = 50, 64 * 1024 * 1024
# Files in a collection that are looked at; browsers' archives have one or some, crawls of a year some hundreds.
MAX_MEMBERS = 10_000
CHUNK = 1024 * 1024
ENDINGS = (".warc", ".warc.gz")
# What zipfile raises on damaged, encrypted or unknown collections and members.
_FAULTS = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, RuntimeError, NotImplementedError, ValueError)


def is_wacz(path: Path) -> bool:
    """Whether the name is that of a collection."""
    return path.name.lower().endswith(".wacz")


def _unpack(source: IO[bytes], target: IO[bytes], left: int) -> int:
    """Copy a member; returns how many bytes may still come.

    Raises:
        ValueError: it is larger than what is left.
    """
    while piece := source.read(CHUNK):
        left -= len(piece)
        if left < 0:
            raise ValueError("it unpacks to more than a collection of this size may hold")
        target.write(piece)
    target.flush()
    return left


def _unpacked(collection: zipfile.ZipFile, member: zipfile.ZipInfo, file: IO[bytes], left: int, damage: Damage) -> int | None:
    """Unpack one member; returns how many bytes may still come, None where it is damaged or too large."""
    try:
        with collection.open(member) as source:
            return _unpack(source, file, left)
    except _FAULTS as error:
        damage.note(member.filename[:200], f"can't be unpacked: {error}"[:300])
        return None


def warc_files(path: Path, damage: Damage) -> Iterator[Path]:
    """Each WARC file of the collection, one after the other; the file is gone when the next is asked for.

    Names within the collection are never used as paths. What can't be unpacked is told to `damage`, the others go on.
    """
    left = path.stat().st_size * MAX_RATIO + FREE_BYTES
    try:
        collection = zipfile.ZipFile(path)
    except _FAULTS as error:
        damage.note("file", f"no zip file: {error}")
        return
    with collection:
        for member in [one for one in collection.infolist()[:MAX_MEMBERS] if one.filename.lower().endswith(ENDINGS)]:
            with tempfile.NamedTemporaryFile(prefix="consilience-", suffix=".warc.gz") as file:
                rest = _unpacked(collection, member, file, left, damage)
                if rest is not None:
                    left = rest
                    yield Path(file.name)
