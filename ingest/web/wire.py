"""One HTTP/1.1 connection to a checked address: h11 reads it, and bounds hold below the parser on all that comes in."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import h11

from common.errors import FetchDelayed, FetchRefused
from ingest.web.address import Network, checked
from ingest.web.mend import mended
from ingest.web.verdict import passing

# Bytes of a status line with its headers, or of a chunk's size line; browsers take 256 KiB, news sites send up to 20.
MAX_HEAD_BYTES = 64 * 1024
# Bytes before the body begins, interim answers and pieces of the body in the same packets included.
MAX_LEAD_BYTES = 1024 * 1024
# Interim (1xx) answers before the final one: 103 and a few 102 are honest (RFC 9110 section 15.2 sets no bound).
MAX_INTERIM = 32
# Times that the head of one answer is mended, as further pieces of it come in.
MAX_MENDS = 8
# Bytes that may wait for us before the other side has to wait (TCP's own flow control).
HIGH_WATER = 256 * 1024
# Addresses of one name that are tried: two families and one more. Each but the last gets so long; a dead one shows within 3 s or never.
MAX_ADDRESSES, CONNECT_S = 3, 5.0
# A TLS handshake takes two or three round trips; a port that speaks something else never ends it.
HANDSHAKE_S = 5.0


class Inbox(asyncio.Protocol):
    """What has come in over one connection, piece by piece."""

    def __init__(self) -> None:
        self.pieces: deque[bytes] = deque()
        self.held, self.ended = 0, False
        self.fault: Exception | None = None
        self.transport: asyncio.Transport
        self.awaited: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Part of asyncio.Protocol."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Part of asyncio.Protocol."""
        self.pieces.append(data)
        self.held += len(data)
        if self.held > HIGH_WATER:
            self.transport.pause_reading()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Part of asyncio.Protocol; an end of the stream comes here too."""
        self.ended, self.fault = True, exc
        self._wake()

    def _wake(self) -> None:
        if self.awaited is not None and not self.awaited.done():
            self.awaited.set_result(None)

    async def read(self) -> bytes:
        """The next piece, nothing at the end.

        Raises:
            OSError: the connection broke.
        """
        while not self.pieces and not self.ended:
            self.awaited = asyncio.get_running_loop().create_future()
            await self.awaited
        if not self.pieces:
            if self.fault:
                raise self.fault
            return b""
        data = self.pieces.popleft()
        if self.held > HIGH_WATER >= self.held - len(data):
            self.transport.resume_reading()
        self.held -= len(data)
        return data


@dataclass(frozen=True)
class Origin:
    """Where a connection leads."""

    host: str
    port: int
    is_tls: bool


def _reader() -> h11.Connection:
    return h11.Connection(our_role=h11.CLIENT, max_incomplete_event_size=MAX_HEAD_BYTES)


class Link:
    """A connection; one exchange at a time: `ask`, then `piece` until the end, then `again` before the next `ask`."""

    def __init__(self, origin: Origin, peer: str, inbox: Inbox) -> None:
        self.origin, self.peer, self.inbox = origin, peer, inbox
        self.http = _reader()
        self.request: h11.Request | None = None
        self.lead, self.mends = list[bytes](), 0
        self.taken, self.bound, self.in_body = 0, MAX_LEAD_BYTES, False
        self.served = 0

    async def _event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        """The next event of the answer.

        Raises:
            FetchDelayed: protocol, truncated, tls.
            FetchRefused: header_too_large, too_large.
        """
        try:
            while (event := self.http.next_event()) is h11.NEED_DATA:
                data = await self.inbox.read()
                self.taken += len(data)
                self._check_bound()
                if not self.in_body:
                    self.lead.append(data)
                self.http.receive_data(data)
        except h11.RemoteProtocolError as error:
            if self._mend():
                return await self._event()
            raise self._misread(error) from error
        except ssl.SSLError as error:
            raise passing("tls", f"{type(error).__name__}: {error}") from error
        except OSError as error:
            raise passing("truncated" if self.in_body else "protocol", f"{type(error).__name__}: {error}") from error
        return event

    def _misread(self, error: h11.RemoteProtocolError) -> FetchRefused | FetchDelayed:
        """What the fetch has to say of an answer that h11 can't read."""
        if error.error_status_hint == 431 and not self.in_body:  # h11: the head outgrew its bound
            return FetchRefused(f"headers of more than {MAX_HEAD_BYTES} bytes", fault="header_too_large")
        is_cut = self.in_body and self.inbox.ended and not self.inbox.pieces
        return passing("truncated" if is_cut else "protocol", f"{type(error).__name__}: {error}")

    def _mend(self) -> bool:
        """Begin the head anew where it only lacks grammar; false where it lacks more."""
        lead = None if self.in_body or self.mends >= MAX_MENDS or self.request is None else mended(b"".join(self.lead))
        if lead is None or self.request is None:
            return False
        self.http, self.lead, self.mends = _reader(), [lead], self.mends + 1
        self.http.send(self.request)
        self.http.send(h11.EndOfMessage())
        self.http.receive_data(lead)
        return True

    def _check_bound(self) -> None:
        if self.taken <= self.bound:
            return
        fault = "too_large" if self.in_body else "header_too_large"
        raise FetchRefused(f"more than {self.bound} bytes on the wire", fault=fault)

    async def ask(self, target: str, headers: Sequence[tuple[str, str]]) -> h11.Response:
        """Send a GET and read the head of the final answer.

        Raises:
            FetchDelayed: protocol, tls, truncated.
            FetchRefused: header_too_large.
        """
        self.taken, self.bound, self.in_body = 0, MAX_LEAD_BYTES, False
        self.request = h11.Request(method="GET", target=target, headers=list(headers))
        self.lead, self.mends = [], 0
        sent = self.http.send(self.request)
        end = self.http.send(h11.EndOfMessage())
        self.inbox.transport.write((sent or b"") + (end or b""))
        for _ in range(MAX_INTERIM + 1):
            event = await self._event()
            if isinstance(event, h11.Response):
                self.in_body, self.lead = True, []
                return event
            if not isinstance(event, h11.InformationalResponse):
                break
        raise passing("protocol", "no final answer")

    async def piece(self) -> bytes | None:
        """The next bytes of the body, content coding untouched; None after the last. `expect` bounds them.

        Raises:
            FetchDelayed: truncated, protocol, tls.
            FetchRefused: too_large.
        """
        event = await self._event()
        return event.data if isinstance(event, h11.Data) else None

    def expect(self, more: int) -> None:
        """Take at most so many further bytes from the wire for this answer."""
        self.bound = self.taken + more

    def skip(self) -> None:
        """Pass over a body that is not wanted, as far as it has come already."""
        try:
            while isinstance(self.http.next_event(), h11.Data):
                pass
        except h11.RemoteProtocolError:
            return  # `is_clean` tells

    @property
    def is_clean(self) -> bool:
        """Whether the exchange is over and nothing came that nobody asked for: such bytes would pass for the next answer."""
        quiet = not self.inbox.ended and not self.inbox.pieces and not self.http.trailing_data[0]
        return quiet and self.http.our_state is self.http.their_state is h11.DONE

    def again(self) -> None:
        """Make ready for the next exchange."""
        self.http.start_next_cycle()
        self.served += 1

    def close(self) -> None:
        """Let go at once; nothing of ours is under way."""
        self.inbox.transport.abort()


async def connect(origin: Origin, tls: ssl.SSLContext | None, allow_networks: Sequence[Network]) -> Link:
    """Open a connection to the first checked address that answers.

    Raises:
        FetchDelayed: dns, protocol (no connection), timeout, tls.
        FetchRefused: ssrf.
    """
    loop, failure = asyncio.get_running_loop(), passing("protocol", "no address")
    addresses = (await checked(origin.host, origin.port, allow_networks))[:MAX_ADDRESSES]
    for address in addresses:
        patience = None if address == addresses[-1] else CONNECT_S
        try:
            async with asyncio.timeout(patience):
                _, inbox = await loop.create_connection(
                    Inbox,
                    address,
                    origin.port,
                    ssl=tls,
                    server_hostname=origin.host if origin.is_tls else None,
                    ssl_handshake_timeout=HANDSHAKE_S if origin.is_tls else None,
                )
            return Link(origin, address, inbox)
        except ssl.SSLError as error:
            raise passing("tls", f"{origin.host}: {type(error).__name__}: {error}") from error
        except TimeoutError:
            if patience is None:  # not our patience but that of the whole fetch
                raise
            failure = passing("timeout", f"{origin.host}: {address} does not take connections")
        except OSError as error:
            is_tls = origin.is_tls and isinstance(error, ConnectionResetError | ConnectionAbortedError)
            failure = passing("tls" if is_tls else "protocol", f"{origin.host}: {error}")
    raise failure
