"""One fetch: a total deadline, redirects followed by us, checked addresses, bounded bodies. A plain value comes back."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import monotonic
from typing import Literal

import httpcore

from common import clock, urls
from common.errors import FetchDelayed, FetchRefused
from common.settings import Settings
from ingest.address import PinnedBackend
from ingest.decode import ACCEPT_ENCODING, Decoder
from ingest.politeness import BACKOFF_BASE_S, retry_after_s

# RFC 9110 section 15.4 leaves the number to us; RFC 9309 section 2.3.1.2 says at least five for robots.txt.
MAX_REDIRECTS = 5
# Statuses that send us elsewhere (RFC 9110 section 15.4).
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Statuses after which the same request may succeed (RFC 9110 sections 15.5.9, 15.6; RFC 6585 section 4; RFC 8470 section 5.2).
TEMPORARY = frozenset({408, 425, 429})
# The page is no more (RFC 9110 sections 15.5.5 and 15.5.11).
GONE = frozenset({404, 410})
# An idle connection is kept so long; a delay of one or two seconds then reuses it.
KEEP_ALIVE_S = 5.0
# The address line of one request; longer ones are attacks or loops (RFC 9110 section 4.1 asks for at least 8000).
MAX_URL_CHARS = 8000

Kind = Literal["page", "source", "robots"]
Turn = Callable[[str], AbstractAsyncContextManager[None]]

ACCEPT: dict[Kind, str] = {
    "page": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
    "source": "application/rss+xml,application/atom+xml,application/xml;q=0.9,text/xml;q=0.9,*/*;q=0.5",
    "robots": "text/plain,*/*;q=0.5",
}
# Media types that can't be an article; octet-stream and a missing type are judged by their first bytes.
NOT_A_PAGE = ("image/", "video/", "audio/", "font/", "application/pdf", "application/zip", "application/msword", "application/vnd.")
# First bytes of PDF, ELF, PNG, GIF, JPEG, ZIP, gzip, MP4-less RIFF, OGG: binaries that are served as HTML by mistake.
BINARY_MAGIC = (b"%PDF", b"\x7fELF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"\x1f\x8b", b"RIFF", b"OggS")


@dataclass(frozen=True)
class Validators:
    """What makes a request conditional (RFC 9110 section 13.1)."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        """If-None-Match and If-Modified-Since, as far as known."""
        found = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in found.items() if value}


@dataclass(frozen=True)
class Answer:
    """What came back: status 2xx with a body, 304, 404 or 410."""

    url: str
    final_url: str
    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes
    captured_at: datetime
    cut: bool = False
    request_headers: dict[str, str] = field(default_factory=dict)

    def header(self, name: str) -> str | None:
        """First value of a header, by its name in any case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def validators(self) -> Validators:
        """For the next request; part of a 304 as well (RFC 9110 section 15.4.5)."""
        return Validators(self.header("etag"), self.header("last-modified"))


def check_target(url: str, allow_ports: list[int]) -> str:
    """The URL in its normal form, when its text allows a fetch.

    Raises:
        FetchRefused: no http(s) URL, a port that is not allowed, too long.
    """
    parsed = urls.parse(url)
    parsed.hash = parsed.username = parsed.password = ""
    port = int(parsed.port or (443 if parsed.protocol == "https:" else 80))
    if allow_ports and port not in allow_ports:
        raise FetchRefused(f"port {port} is not among CONSILIENCE_ALLOW_PORTS", url=url[:200])
    if len(parsed.href) > MAX_URL_CHARS:
        raise FetchRefused(f"URL of {len(parsed.href)} characters", url=url[:200])
    return str(parsed.href)


def check_page(content_type: str | None, body: bytes) -> None:
    """Whether an answer can be an article at all.

    Raises:
        FetchRefused: its media type or its first bytes say otherwise.
    """
    media = (content_type or "").partition(";")[0].strip().lower()
    if media.startswith(NOT_A_PAGE):
        raise FetchRefused(f"media type {media} is not a page")
    if body.lstrip()[:8].startswith(BINARY_MAGIC):
        raise FetchRefused("the body is a binary file, not a page")


def check_status(answer: Answer, conditional: bool) -> None:
    """Let through what a caller can use: 200, 203, 304 to a conditional request, redirects, 404, 410.

    Raises:
        FetchDelayed: 408, 425, 429, 5xx.
        FetchRefused: any other status.
    """
    status = answer.status
    if status in TEMPORARY or status >= 500:
        asked = retry_after_s(answer.header("retry-after"), answer.captured_at)
        wait = BACKOFF_BASE_S if asked is None else asked
        raise FetchDelayed(f"status {status}", after_s=wait, asked_s=asked, url=answer.url, status=status)
    usable = status in {200, 203} | GONE | REDIRECTS or (status == 304 and conditional)
    if not usable:
        raise FetchRefused(f"status {status}", url=answer.url, status=status)


@asynccontextmanager
async def no_turn(_url: str) -> AsyncIterator[None]:
    """For callers that have no manners to keep (the filter, tests)."""
    yield


class Fetcher:
    """Fetches URLs over one connection pool; use as `async with`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.pool = httpcore.AsyncConnectionPool(keepalive_expiry=KEEP_ALIVE_S, network_backend=PinnedBackend(settings.allow_networks))

    async def __aenter__(self) -> Fetcher:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.pool.aclose()

    async def fetch(
        self, url: str, *, kind: Kind = "page", validators: Validators | None = None, turn: Turn = no_turn, cut_at: int | None = None
    ) -> Answer:
        """Fetch a URL and follow its redirects; each hop is checked anew and waits for its `turn`, which does not count as fetching time.

        `cut_at` keeps so many bytes of a longer body instead of refusing it.

        Raises:
            FetchDelayed: deadline, connection trouble, 408, 425, 429, 5xx, damaged body.
            FetchRefused: address, port, status, size, media type, redirect loop.
        """
        conditional = (validators or Validators()).headers()
        target, seen, left = check_target(url, self.settings.allow_ports), set[str](), self.settings.fetch_deadline_s
        for _hop in range(MAX_REDIRECTS + 1):
            seen.add(target)
            async with turn(target):
                began = monotonic()
                answer = await self._bounded(target, kind, conditional, left, cut_at)
                left -= monotonic() - began
            if answer.status not in REDIRECTS:
                return replace(answer, url=url)
            target = check_target(str(urls.parse(_location(answer), base=target).href), self.settings.allow_ports)
            if target in seen:
                raise FetchRefused("redirect loop", url=url)
        raise FetchRefused(f"more than {MAX_REDIRECTS} redirects", url=url)

    async def _bounded(self, url: str, kind: Kind, conditional: dict[str, str], left_s: float, cut_at: int | None) -> Answer:
        try:
            async with asyncio.timeout(max(left_s, 0)):
                return await self._once(url, kind, conditional, cut_at)
        except (TimeoutError, httpcore.TimeoutException) as error:
            message = f"no whole answer within {self.settings.fetch_deadline_s:g} s"
            raise FetchDelayed(message, after_s=BACKOFF_BASE_S, url=url) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
            raise FetchDelayed(f"{type(error).__name__}: {error}"[:300], after_s=BACKOFF_BASE_S, url=url) from error

    async def _once(self, url: str, kind: Kind, conditional: dict[str, str], cut_at: int | None) -> Answer:
        asked = {
            "Host": str(urls.parse(url).host),
            "User-Agent": self.settings.user_agent,
            "Accept": ACCEPT[kind],
            "Accept-Encoding": ACCEPT_ENCODING,
            **conditional,
        }
        async with self.pool.stream("GET", url, headers=list(asked.items())) as response:
            headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers]
            phrase = response.extensions.get("reason_phrase", b"").decode("latin-1")
            answer = Answer(url, url, response.status, phrase, headers, b"", clock.now(), request_headers=asked)
            check_status(answer, bool(conditional))
            if answer.status not in {200, 203}:
                return answer
            if kind == "page":
                check_page(answer.header("content-type"), b"")
            body, cut = await self._body(response, answer, cut_at)
        if kind == "page":
            check_page(None, body)
        return replace(answer, body=body, cut=cut, captured_at=clock.now())

    async def _body(self, response: httpcore.Response, answer: Answer, cut_at: int | None) -> tuple[bytes, bool]:
        codings = ",".join(value for name, value in answer.headers if name.lower() == "content-encoding")
        decoder = Decoder(codings, self.settings.fetch_max_bytes if cut_at is None else cut_at)
        pieces = []
        async for raw in response.aiter_stream():
            pieces.append(decoder.feed(raw))
            if decoder.full and cut_at is None:
                raise FetchRefused(f"body of more than {decoder.limit} bytes", url=answer.url)
            if decoder.full:
                return b"".join(pieces), True
        decoder.finish()
        return b"".join(pieces), False


def _location(answer: Answer) -> str:
    """Target of a redirect; bytes beyond ASCII are UTF-8 in practice.

    Raises:
        FetchRefused: there is none.
    """
    value = answer.header("location")
    if not value:
        raise FetchRefused(f"status {answer.status} without Location", url=answer.url)
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return value
