"""robots.txt for the fetch filter: asked once per host and process, kept in memory (the pipeline keeps it in the state)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

from common import urls
from common.errors import FetchDelayed, FetchRefused
from ingest.manners import robots
from ingest.web.fetch import GONE, Fetcher
from ingest.web.verdict import RETRIED

# Part of the time for a URL that its robots.txt may take; a slower one is unreachable, and the page would get no time anyway.
ROBOTS_SHARE = 0.7
# Faults of the host itself: its pages would end in the same, so they are told instead of `robots`.
OWN_FAULTS = frozenset({"dns", "tls", "ssrf", "bad_url", "bad_scheme", "bad_port"})


async def ask(fetcher: Fetcher, origin: str) -> str:
    """Text of an origin's robots.txt, empty where there is none (RFC 9309 section 2.3.1).

    Raises:
        FetchDelayed: unreachable, so nothing may be fetched for now.
        FetchRefused: the origin may not be talked to at all.
    """
    try:
        answer = await fetcher.fetch(f"{origin}/robots.txt", kind="robots", cut_at=robots.MAX_BYTES)
    except (FetchDelayed, FetchRefused) as error:
        status = error.where.get("status")
        is_absent = error.fault == "redirect_loop" or (isinstance(status, int) and robots.means(status) == "none")
        if isinstance(error, FetchRefused) and is_absent:
            return ""
        if error.fault in OWN_FAULTS and error.where.get("url") == f"{origin}/robots.txt":
            raise
        after_s = error.after_s if isinstance(error, FetchDelayed) else robots.RETRY_S
        raise FetchDelayed(f"robots.txt is unreachable: {error}", after_s=after_s, fault="robots", url=origin) from error
    return "" if answer.status in GONE else robots.decode(answer.body)


class Rules:
    """The rules of all hosts of a run, and their Crawl-delay."""

    def __init__(self, fetcher: Fetcher) -> None:
        self.fetcher = fetcher
        self.known: dict[str, robots.Robots] = {}
        self.down: dict[str, tuple[FetchDelayed, float]] = {}
        self.next_at: dict[str, float] = {}

    async def _of(self, origin: str) -> robots.Robots:
        if origin not in self.known:
            error, until = self.down.get(origin, (None, 0.0))
            if error is not None and monotonic() < until:
                raise error
            try:
                self.known[origin] = robots.Robots(await self._ask(origin), self.fetcher.settings.user_agent)
            except FetchDelayed as failure:
                self.down[origin] = failure, monotonic() + failure.after_s
                raise
        return self.known[origin]

    async def _ask(self, origin: str) -> str:
        try:
            async with asyncio.timeout(ROBOTS_SHARE * self.fetcher.settings.fetch_deadline_s):
                return await ask(self.fetcher, origin)
        except TimeoutError as error:
            raise FetchDelayed("robots.txt is too slow", after_s=RETRIED["timeout"], fault="robots", url=origin) from error

    @asynccontextmanager
    async def turn(self, url: str) -> AsyncIterator[None]:
        """Let a request out when robots.txt allows it, and not before the host's Crawl-delay is over.

        Raises:
            FetchRefused: robots.txt disallows it.
            FetchDelayed: robots.txt is unreachable.
        """
        origin = urls.origin(url)
        rules = await self._of(origin)
        if not rules.allows(url):
            raise FetchRefused("robots.txt disallows it", url=url, fault="robots")
        await asyncio.sleep(max(self.next_at.get(origin, 0.0) - monotonic(), 0.0))
        try:
            yield
        finally:
            self.next_at[origin] = monotonic() + (rules.crawl_delay_s or 0.0)
