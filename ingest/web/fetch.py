"""One fetch: a total deadline, redirects followed by us, checked addresses, bounded bodies. A plain value comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import monotonic
from typing import Literal

import h11
from ada_url import URL

from common import clock, urls
from common.errors import ConsilienceError, FetchDelayed, FetchRefused
from common.settings import Settings
from ingest.manners.politeness import BACKOFF_BASE_S, retry_after_s
from ingest.web import walls
from ingest.web.decode import ACCEPT_ENCODING, Decoder
from ingest.web.links import Links, origin_of
from ingest.web.sniff import check_page, check_type
from ingest.web.target import check_target, follow
from ingest.web.verdict import passing
from ingest.web.wire import Link

# RFC 9110 section 15.4 leaves the number to us; RFC 9309 section 2.3.1.2 says at least five for robots.txt.
MAX_REDIRECTS = 5
# Statuses that send us elsewhere (RFC 9110 section 15.4).
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Statuses after which the same request may succeed (RFC 9110 sections 15.5.9, 15.6; RFC 6585 section 4; RFC 8470 section 5.2).
TEMPORARY = frozenset({408, 425, 429})
# The page is no more (RFC 9110 sections 15.5.5 and 15.5.11).
GONE = frozenset({404, 410})
# Statuses with a page in the body.
WHOLE = frozenset({200, 203})
# What may come over the wire for one body: an honest coding never makes it longer, chunk lines and small chunks may double it.
WIRE_FACTOR, WIRE_SLACK = 2, 1024 * 1024

Kind = Literal["page", "source", "robots", "any"]
Turn = Callable[[str], AbstractAsyncContextManager[None]]

ACCEPT: dict[Kind, str] = {
    "page": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
    "source": "application/rss+xml,application/atom+xml,application/xml;q=0.9,text/xml;q=0.9,*/*;q=0.5",
    "robots": "text/plain,*/*;q=0.5",
    "any": "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/xml;q=0.9,*/*;q=0.5",
}


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
    # address that answered; statuses and targets of the redirects on the way, in order
    peer: str | None = None
    hops: tuple[tuple[int, str], ...] = ()

    def header(self, name: str) -> str | None:
        """First value of a header, by its name in any case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def validators(self) -> Validators:
        """For the next request; part of a 304 as well (RFC 9110 section 15.4.5)."""
        return Validators(self.header("etag"), self.header("last-modified"))


def check_status(answer: Answer, conditional: bool) -> None:
    """Let through what a caller can use: 200, 203, 304 to a conditional request, redirects, 404, 410.

    Raises:
        FetchDelayed: 408, 425, 429, 5xx (rate_limited, http_4xx, http_5xx), the challenge of a bot wall (blocked).
        FetchRefused: any other status (http_4xx, protocol).
    """
    status = answer.status
    where: dict[str, str | int | float | None] = {"url": answer.url, "status": status}
    if walls.is_challenge(status, answer.headers):
        raise passing("blocked", f"status {status}: a bot wall asks for a browser", **where)
    if status in TEMPORARY or status >= 500:
        asked = retry_after_s(answer.header("retry-after"), answer.captured_at)
        wait = BACKOFF_BASE_S if asked is None else asked
        fault = "http_5xx" if status >= 500 else "rate_limited" if status == 429 else "http_4xx"
        raise FetchDelayed(f"status {status}", after_s=wait, asked_s=asked, fault=fault, **where)
    usable = status in WHOLE | GONE | REDIRECTS or (status == 304 and conditional)
    if not usable:
        raise FetchRefused(f"status {status}", fault="http_4xx" if status >= 400 else "protocol", **where)


@asynccontextmanager
async def no_turn(_url: str) -> AsyncIterator[None]:
    """For callers that have no manners to keep (the filter, tests)."""
    yield


class Fetcher:
    """Fetches URLs over connections of its own; use as `async with`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.links = Links(settings.allow_networks)

    async def __aenter__(self) -> Fetcher:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.links.close()

    async def fetch(
        self, url: str, *, kind: Kind = "page", validators: Validators | None = None, turn: Turn = no_turn, cut_at: int | None = None
    ) -> Answer:
        """Fetch a URL and follow its redirects; each hop is checked anew and waits for its `turn`, which does not count as fetching time.

        `cut_at` keeps so many bytes of a longer body instead of refusing it.

        Raises:
            FetchDelayed: deadline, connection trouble, 408, 425, 429, 5xx, damaged body, bot wall; `where["fault"]` tells which.
            FetchRefused: address, port, status, size, media type, redirect loop, login or consent wall, soft 404; likewise.
        """
        conditional = (validators or Validators()).headers()
        ports, networks, left = self.settings.allow_ports, self.settings.allow_networks, self.settings.fetch_deadline_s
        target, hops = check_target(url, ports, networks), list[tuple[int, str]]()
        seen = {target}
        while True:
            async with turn(target):
                began = monotonic()
                answer = await self._bounded(target, kind, conditional, left, cut_at)
                left -= monotonic() - began
                if answer.status not in REDIRECTS:
                    return self._judged(replace(answer, url=url, hops=tuple(hops)), kind)
            target = follow(target, _location(answer), ports, networks)
            hops.append((answer.status, target))
            if target in seen:
                raise FetchRefused("redirect loop", url=url, fault="redirect_loop")
            if len(hops) > MAX_REDIRECTS:
                raise FetchRefused(f"more than {MAX_REDIRECTS} redirects", url=url, fault="redirect_loop")
            seen.add(target)

    def _judged(self, answer: Answer, kind: Kind) -> Answer:
        """The answer, unless its page says that it is none.

        Raises:
            FetchDelayed: a bot wall (blocked).
            FetchRefused: a login or consent wall (blocked), a soft 404 (gone).
        """
        if kind == "page" and answer.status in WHOLE:
            walls.check(answer.url, answer.final_url, answer.body)
        return answer

    async def _bounded(self, url: str, kind: Kind, conditional: dict[str, str], left_s: float, cut_at: int | None) -> Answer:
        try:
            async with asyncio.timeout(max(left_s, 0)):
                return await self._once(url, kind, conditional, cut_at)
        except TimeoutError as error:
            raise passing("timeout", f"no whole answer within {self.settings.fetch_deadline_s:g} s", url=url) from error
        except ConsilienceError as error:
            error.where.setdefault("url", url)
            raise

    async def _once(self, url: str, kind: Kind, conditional: dict[str, str], cut_at: int | None) -> Answer:
        parsed = urls.parse(url)
        asked = {
            "Host": str(parsed.host),
            "User-Agent": self.settings.user_agent,
            "Accept": ACCEPT[kind],
            "Accept-Encoding": ACCEPT_ENCODING,
            **conditional,
        }
        link, response = await self._ask(parsed, asked)
        try:
            answer = _headed(url, response, asked, link.peer)
            check_status(answer, bool(conditional))
            if answer.status not in WHOLE:
                return answer
            return await self._whole(link, answer, kind, cut_at)
        finally:
            self.links.give_back(link)

    async def _ask(self, parsed: URL, headers: dict[str, str]) -> tuple[Link, h11.Response]:
        """Send the request; once more over a fresh connection, where a kept one had been closed meanwhile (RFC 9112 section 9.3.1)."""
        origin, target = origin_of(parsed), str(parsed.pathname) + str(parsed.search)
        for fresh in (False, True):
            link = await self.links.open(origin, fresh=fresh)
            is_kept = link.served > 0
            try:
                return link, await link.ask(target, list(headers.items()))
            except FetchDelayed:
                link.close()
                if not is_kept or link.taken:
                    raise
            except BaseException:  # reason: also a cancelled fetch must not leave its connection open
                link.close()
                raise
        raise passing("protocol", "no answer over two connections")

    async def _whole(self, link: Link, answer: Answer, kind: Kind, cut_at: int | None) -> Answer:
        if kind in {"page", "any"}:
            check_type(answer.header("content-type"), sources=kind == "any")
        body, cut = await self._body(link, answer, cut_at, cut_bombs=kind != "any")
        if kind == "page":
            check_page(None, body)
        return replace(answer, body=body, cut=cut, captured_at=clock.now())

    async def _body(self, link: Link, answer: Answer, cut_at: int | None, *, cut_bombs: bool) -> tuple[bytes, bool]:
        codings = ",".join(value for name, value in answer.headers if name.lower() == "content-encoding")
        limit = self.settings.fetch_max_bytes if cut_at is None else cut_at
        decoder, pieces = Decoder(codings, limit), list[bytes]()
        link.expect(WIRE_FACTOR * limit + WIRE_SLACK)
        while (raw := await link.piece()) is not None:
            pieces.append(decoder.feed(raw))
            if decoder.full:
                overflow = decoder.overflow
                if cut_at is None or (overflow.fault == "decompress_bomb" and not cut_bombs):
                    raise overflow
                return b"".join(pieces), True
        decoder.finish()
        return b"".join(pieces), False


def _headed(url: str, response: h11.Response, asked: dict[str, str], peer: str) -> Answer:
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw_items()]
    reason = bytes(response.reason).decode("latin-1")
    return Answer(url, url, response.status_code, reason, headers, b"", clock.now(), request_headers=asked, peer=peer)


def _location(answer: Answer) -> str:
    """Target of a redirect; bytes beyond ASCII are UTF-8 in practice.

    Raises:
        FetchRefused: there is none.
    """
    value = answer.header("location")
    if not value:
        raise FetchRefused(f"status {answer.status} without Location", url=answer.url, fault="protocol")
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return value
