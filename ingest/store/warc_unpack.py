"""WARC files in LZ4 or Zstandard frames: unpacked as a whole; what comes behind damage is lost, for their frames can't be told apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Any, BinaryIO

from fastwarc.stream_io import Lz4Reader, ZstdReader

# First bytes of an LZ4 frame, of a Zstandard frame and of the dictionary that may stand before it (RFC 8878 sections 3.1.1, 3.1.2).
LZ4, ZSTD, DICTIONARY = b"\x04\x22\x4d\x18", b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18"
_READERS: dict[bytes, Callable[[BinaryIO], Any]] = {LZ4: Lz4Reader, ZSTD: ZstdReader, DICTIONARY: ZstdReader}
# Bytes unpacked at a time; so much is lost before damage.
PIECE = 4096


def is_packed(beginning: bytes) -> bool:
    """Whether a file begins like one of these."""
    return beginning[:4] in _READERS


def unpack(stream: BinaryIO, into: IO[bytes], limit: int) -> str | None:
    """Unpack a file into another, up to a limit of bytes; tells what was wrong with it, None if nothing."""
    stream.seek(0)
    reader = _READERS[stream.read(4)]
    stream.seek(0)
    try:
        with reader(stream) as plain:
            while piece := plain.read(PIECE):
                if into.tell() + len(piece) > limit:
                    return f"unpacks to more than {limit} bytes; the rest was not read"
                into.write(piece)
    except (OSError, ValueError, EOFError, RuntimeError) as error:
        return f"damaged frames: {error}"
    return None
