"""Content decoding with a bound: what comes out never exceeds the limit, whatever goes in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, cast

from isal import isal_zlib
from isal.igzip_lib import IsalError

from common.errors import FetchRefused
from ingest.web.verdict import passing

# What we ask for; all can be unpacked piece by piece with a bound.
ACCEPT_ENCODING = "gzip, deflate, br, zstd"
# Honest servers apply one coding, misconfigured proxies two; more is an attack.
MAX_CODINGS = 2
# RFC 1952 section 2.3.1: ID1 and ID2.
GZIP_MAGIC = b"\x1f\x8b"
# RFC 9659 section 3: a decoder for the content coding must take windows of 8 MB, and nothing larger may be sent.
ZSTD_WINDOW_BYTES = 8 * 1024 * 1024
# RFC 8878 section 3.1.1.2: a block of 4 bytes may unpack to 128 KiB, and the library has no bound of its own. So many bytes at once
# overshoot the limit by 8 MiB at most, and an honest page still takes only some hundred calls.
ZSTD_STEP_BYTES = 256
# Pages pack 4 to 10 times; a body that outgrows the limit and packs more than this is called a bomb.
BOMB_RATIO = 20


class Layer(Protocol):
    """One coding being undone.

    `left` is how many bytes may still come out, 0 means that more would have come; `unread` counts the bytes of the last piece
    that were not looked at for that reason.
    """

    left: int
    unread: int

    def feed(self, data: bytes) -> bytes:
        """Unpack the next piece."""

    @property
    def complete(self) -> bool:
        """Whether the stream has come to its end."""


class _Inflater:
    """One gzip or deflate layer; gzip may have several members (RFC 1952 section 2.2)."""

    def __init__(self, coding: str, limit: int) -> None:
        self.coding, self.left, self.unread = coding, limit, 0
        self.inner: Any = None
        self.held, self.ended, self.padded = b"", False, False

    def _open(self, data: bytes) -> Any:
        if self.coding == "gzip":
            return isal_zlib.decompressobj(31)
        # RFC 9110 section 8.4.1.2: deflate is zlib; some servers send it bare. The first byte tells (RFC 1950 section 2.2: CM = 8).
        return isal_zlib.decompressobj(15 if data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0 else -15)

    def _begin(self, data: bytes) -> None:
        """Open the next member; what is none is padding, which we ignore like other gzip readers, with all that follows."""
        self.padded = self.ended and (self.coding != "gzip" or data[:2] != GZIP_MAGIC)
        if not self.padded:
            self.inner = self._open(data)

    def feed(self, data: bytes) -> bytes:
        """Unpack; a member begins when its first two bytes are there."""
        out: list[bytes] = []
        data, self.held = self.held + data, b""
        while data and self.left > 0 and not self.padded:
            if self.inner is None and len(data) < len(GZIP_MAGIC):
                self.held = data
                break
            if self.inner is None:
                self._begin(data)
                continue
            piece = self.inner.decompress(data, self.left)
            out.append(piece)
            self.left -= len(piece)
            data = self.inner.unconsumed_tail
            if self.inner.eof:
                data, self.inner, self.ended = self.inner.unused_data, None, True
        self.unread = len(data) if self.left <= 0 else 0
        return b"".join(out)

    @property
    def complete(self) -> bool:
        """Whether no member is open, and no first byte waits for its second."""
        return self.inner is None and (self.ended or not self.held)


class _Brotli:
    """One brotli layer (RFC 7932): a single stream, nothing after it."""

    def __init__(self, limit: int) -> None:
        import brotli  # type: ignore[import-untyped]

        self.left, self.inner, self.begun, self.unread = limit, brotli.Decompressor(), False, 0

    def feed(self, data: bytes) -> bytes:
        """Unpack; what the decoder still holds back comes with the next calls."""
        out: list[bytes] = []
        self.begun = self.begun or bool(data)
        while self.left > 0:
            piece = self.inner.process(data, output_buffer_limit=self.left)
            out.append(piece)
            self.left, data = max(self.left - len(piece), 0), b""
            if self.inner.can_accept_more_data():
                break
        return b"".join(out)

    @property
    def complete(self) -> bool:
        """Whether the last metablock was read; no bytes at all are an empty body."""
        return not self.begun or bool(self.inner.is_finished())


class _Zstd:
    """One zstd layer (RFC 8878): frames and skippable frames, one after the other."""

    def __init__(self, limit: int) -> None:
        import zstandard

        self.left, self.unread, self.opener = limit, 0, zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW_BYTES)
        self.inner: Any = None

    def feed(self, data: bytes) -> bytes:
        """Unpack step by step, so that the bound holds between the steps."""
        out: list[bytes] = []
        for start in range(0, len(data), ZSTD_STEP_BYTES):
            step = data[start : start + ZSTD_STEP_BYTES]
            while step and self.left > 0:
                self.inner = self.inner or self.opener.decompressobj()
                out.append(self.inner.decompress(step))
                self.left = max(self.left - len(out[-1]), 0)
                step = b""
                if self.inner.eof:
                    step, self.inner = self.inner.unused_data, None
            if self.left <= 0:
                self.unread = len(data) - start - ZSTD_STEP_BYTES
                break
        return b"".join(out)

    @property
    def complete(self) -> bool:
        """Whether no frame is open."""
        return self.inner is None


OPENERS: dict[str, Callable[[int], Layer]] = {
    "gzip": lambda limit: _Inflater("gzip", limit),
    "deflate": lambda limit: _Inflater("deflate", limit),
    "br": _Brotli,
    "zstd": _Zstd,
}


def _damage(names: list[str]) -> tuple[type[Exception], ...]:
    """What the libraries of these codings raise on damaged data."""
    found: list[type[Exception]] = [cast("type[Exception]", IsalError)]
    if "br" in names:
        import brotli

        found.append(brotli.error)
    if "zstd" in names:
        import zstandard

        found.append(zstandard.ZstdError)
    return tuple(found)


class Decoder:
    """Undoes a Content-Encoding header piece by piece, up to `limit` decoded bytes; `full` tells that more would have come."""

    def __init__(self, content_encoding: str, limit: int) -> None:
        """Prepare the layers.

        Raises:
            FetchRefused: a coding that we did not ask for (bad_encoding), or too many (decompress_bomb).
        """
        names = [name.strip().lower().removeprefix("x-") for name in content_encoding.split(",")]
        names = [name for name in names if name not in {"", "identity", "none"}]
        refused = f"content coding {content_encoding[:80]!r} is not one we asked for"
        if set(names) - set(OPENERS):
            raise FetchRefused(refused, fault="bad_encoding")
        if len(names) > MAX_CODINGS:
            raise FetchRefused(refused, fault="decompress_bomb")
        # one byte above the limit tells a body that just fits from one that does not
        self.layers = [OPENERS[name](limit + 1) for name in reversed(names)]
        self.damage = _damage(names)
        self.limit, self.fed, self.taken, self.full = limit, 0, 0, False

    def feed(self, data: bytes) -> bytes:
        """Decoded bytes of the next piece.

        Raises:
            FetchDelayed: the data is damaged (corrupt).
        """
        self.fed += len(data)
        try:
            for layer in self.layers:
                data = layer.feed(data)
        except self.damage as error:
            raise passing("corrupt", f"damaged content coding: {error}") from error
        self.full = self.full or self.taken + len(data) > self.limit or any(layer.left <= 0 for layer in self.layers)
        kept = data[: self.limit - self.taken]
        self.taken += len(kept)
        return kept

    @property
    def overflow(self) -> FetchRefused:
        """Why a body that is `full` is refused."""
        is_bomb = bool(self.layers) and self.limit > BOMB_RATIO * (self.fed - self.layers[0].unread)
        return FetchRefused(f"body of more than {self.limit} bytes", fault="decompress_bomb" if is_bomb else "too_large")

    def finish(self) -> None:
        """Check that the stream was whole.

        Raises:
            FetchDelayed: it was cut (truncated).
        """
        if any(not layer.complete for layer in self.layers):
            raise passing("truncated", "the coded body is cut short")


def gunzip(data: bytes, limit: int) -> bytes:
    """Unpack a gzip file (a `sitemap.xml.gz`); data that is not gzip comes back as it is.

    Raises:
        FetchRefused: larger than `limit` bytes.
        FetchDelayed: damaged or cut.
    """
    if data[:2] != GZIP_MAGIC:
        return data
    decoder = Decoder("gzip", limit)
    plain = decoder.feed(data)
    if decoder.full:
        raise FetchRefused(f"unpacks to more than {limit} bytes", fault=decoder.overflow.fault)
    decoder.finish()
    return plain
