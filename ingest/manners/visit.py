"""A polite visit: robots.txt asked, one request at a time at a host, its delay kept, across all processes."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy as sa

from common import urls
from common.errors import FetchDelayed, FetchRefused
from common.settings import Settings
from ingest.manners import hosts, politeness, robots
from ingest.manners.rulebook import RuleBook, refusal
from ingest.manners.turns import Pause, Terms, Turns
from ingest.web.fetch import Answer, Fetcher, Kind, Validators

# Added to the deadline of a fetch: time to write the state down before another process may think that we died.
LEASE_MARGIN_S = 5.0
# Seconds for which a host is ours before we look whether others wait: one transaction in ten seconds costs little, and nobody waits long.
# Where fetches are short, slices are too, so that the lease of a dead process is.
SLICE_S, SLICE_SHARE = 10.0, 0.5
# How often a process looks whether another one has given its turn back: often enough to waste little time, rarely enough for the database.
LOOK_AGAIN_S = 0.5


class Visitor:
    """Fetches on behalf of all outlets of a task; use as `async with`."""

    def __init__(self, settings: Settings, engine: sa.Engine, *, pause: Pause = asyncio.sleep) -> None:
        """`pause` waits; tests turn a clock instead."""
        self.settings, self.engine = settings, engine
        self.fetcher = Fetcher(settings)
        deadline_s = settings.fetch_deadline_s
        terms = Terms(deadline_s + LEASE_MARGIN_S, min(SLICE_S, deadline_s * SLICE_SHARE), LOOK_AGAIN_S)
        self.turns = Turns(engine, str(uuid.uuid4()), terms, pause)
        self.rules = RuleBook(engine, settings.user_agent, self.ask_robots)

    async def __aenter__(self) -> Visitor:
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            self.turns.close()
        finally:
            await self.fetcher.__aexit__()

    async def get(
        self,
        url: str,
        *,
        kind: Kind = "page",
        delay_s: float | None = None,
        validators: Validators | None = None,
        cut_at: int | None = None,
    ) -> Answer:
        """Fetch a URL with manners; `delay_s` is the outlet's own delay. Each redirect asks the robots.txt of its own host.

        Raises:
            FetchDelayed: the host is blocked, busy, failing, or its robots.txt can't be read.
            FetchRefused: robots.txt disallows, or as in `Fetcher.fetch`.
        """

        @asynccontextmanager
        async def turn(target: str) -> AsyncIterator[None]:
            parsed = urls.parse(target)
            origin = str(parsed.origin)
            found = await self.rules.of(origin)
            if not found.permits(str(parsed.pathname), str(parsed.search)):
                raise FetchRefused("robots.txt disallows it", url=target, fault="robots")
            delay = politeness.request_delay_s(self.settings.host_delay_s, delay_s, found.crawl_delay_s)
            async with self.turns.turn(hosts.host_of(origin), delay):
                yield

        return await self.fetcher.fetch(url, kind=kind, validators=validators, turn=turn, cut_at=cut_at)

    async def ask_robots(self, origin: str) -> str:
        """Fetch the text of a robots.txt; empty where there is none (RFC 9309 section 2.3.1).

        Raises:
            FetchDelayed: 429, 5xx, time-out, broken connection, a redirect to where we may not go.
            FetchRefused: the origin itself may not be talked to.
        """
        hops = 0

        @asynccontextmanager
        async def turn(target: str) -> AsyncIterator[None]:
            nonlocal hops
            async with self.turns.turn(hosts.host_of(urls.origin(target)), self.settings.host_delay_s):
                yield
            hops += 1

        try:
            answer = await self.fetcher.fetch(f"{origin}/robots.txt", kind="robots", turn=turn, cut_at=robots.MAX_BYTES)
        except FetchRefused as error:
            if (told := refusal(error, hops)) is not None:
                raise told from error
            return ""
        except FetchDelayed as error:
            if robots.means(int(error.where.get("status", 0))) == "none":
                return ""
            raise
        return robots.decode(answer.body) if robots.means(answer.status) == "rules" else ""
