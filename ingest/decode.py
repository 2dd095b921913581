"""Content decoding with a bound: what comes out never exceeds the limit, whatever goes in."""

from __future__ import annotations

import zlib

from common.errors import FetchDelayed, FetchRefused

# What we ask for; both are in the standard library and can be unpacked piece by piece with a bound.
ACCEPT_ENCODING = "gzip, deflate"
# Honest servers apply one coding, misconfigured proxies two; more is an attack.
MAX_CODINGS = 2
# RFC 1952 section 2.3.1: ID1 and ID2.
GZIP_MAGIC = b"\x1f\x8b"
# A damaged answer may come out well next time.
DAMAGED_RETRY_S = 300.0


class _Inflater:
    """One gzip or deflate layer; gzip may have several members (RFC 1952 section 2.2)."""

    def __init__(self, coding: str, limit: int) -> None:
        self.coding, self.left = coding, limit
        self.inner: zlib._Decompress | None = None
        self.held, self.ended, self.padded = b"", False, False

    def _open(self, data: bytes) -> zlib._Decompress:
        if self.coding == "gzip":
            return zlib.decompressobj(31)
        # RFC 9110 section 8.4.1.2: deflate is zlib; some servers send it bare. The first byte tells (RFC 1950 section 2.2: CM = 8).
        return zlib.decompressobj(15 if data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0 else -15)

    def _begin(self, data: bytes) -> None:
        """Open the next member; what is none is padding, which we ignore like other gzip readers, with all that follows."""
        self.padded = self.ended and (self.coding != "gzip" or data[:2] != GZIP_MAGIC)
        if not self.padded:
            self.inner = self._open(data)

    def feed(self, data: bytes) -> bytes:
        """Unpack; stops when the limit is reached (`left` is then 0). A member begins when its first two bytes are there."""
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
        return b"".join(out)

    @property
    def complete(self) -> bool:
        """Whether no member is open, and no first byte waits for its second."""
        return self.inner is None and (self.ended or not self.held)


class Decoder:
    """Undoes a Content-Encoding header piece by piece, up to `limit` decoded bytes; `full` tells that more would have come."""

    def __init__(self, content_encoding: str, limit: int) -> None:
        """Prepare the layers.

        Raises:
            FetchRefused: a coding that we did not ask for, or too many.
        """
        names = [name.strip().lower().removeprefix("x-") for name in content_encoding.split(",")]
        names = [name for name in names if name not in {"", "identity", "none"}]
        if len(names) > MAX_CODINGS or set(names) - {"gzip", "deflate"}:
            raise FetchRefused(f"content coding {content_encoding[:80]!r} is not one we asked for")
        # one byte above the limit tells a body that just fits from one that does not
        self.layers = [_Inflater(name, limit + 1) for name in reversed(names)]
        self.limit, self.taken, self.full = limit, 0, False

    def feed(self, data: bytes) -> bytes:
        """Decoded bytes of the next piece.

        Raises:
            FetchDelayed: the data is damaged.
        """
        try:
            for layer in self.layers:
                data = layer.feed(data)
        except zlib.error as error:
            raise FetchDelayed(f"damaged content coding: {error}", after_s=DAMAGED_RETRY_S) from error
        self.full = self.full or self.taken + len(data) > self.limit or any(layer.left <= 0 for layer in self.layers)
        kept = data[: self.limit - self.taken]
        self.taken += len(kept)
        return kept

    def finish(self) -> None:
        """Check that the stream was whole.

        Raises:
            FetchDelayed: it was cut.
        """
        if any(not layer.complete for layer in self.layers):
            raise FetchDelayed("the coded body is cut short", after_s=DAMAGED_RETRY_S)


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
        raise FetchRefused(f"unpacks to more than {limit} bytes")
    decoder.finish()
    return plain
