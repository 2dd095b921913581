"""A reading index made again from its WARC file: each metadata record holds the line of its capture."""

from __future__ import annotations

from pathlib import Path

from ingest.store.warc_read import Damage, records

_LINE = b"\r\ncapture: "


def index_lines(archive: Path) -> bytes:
    """The reading index that belongs to a WARC file of ours; nothing where it can't be read, or is older than these records."""
    try:
        with archive.open("rb") as stream:
            blocks = [one.block for one in records(stream, Damage()) if one.kind == "metadata"]
    except OSError:
        return b""
    return b"".join(block.partition(_LINE)[2].partition(b"\r\n")[0] + b"\n" for block in blocks if _LINE in block)
