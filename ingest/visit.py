"""A polite visit: robots.txt asked, one request at a time at a host, its delay kept, across all processes."""

from __future__ import annotations

import asyncio
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import sqlalchemy as sa

from common import clock, logs, urls
from common.errors import FetchDelayed, FetchRefused
from common.settings import Settings
from ingest import hosts, politeness, robots
from ingest.fetch import GONE, Answer, Fetcher, Kind, Validators

# Added to the deadline of a fetch: time to write the state down before another process may think that we died.
LEASE_MARGIN_S = 5.0
# Longest wait for other processes at the same host; then the URL waits in the frontier instead of holding the task.
PATIENCE_S = 120.0
# How often a process looks whether another one has given its turn back: often enough to waste little time, rarely enough for the database.
LOOK_AGAIN_S = 0.2
# Wait after robots.txt could not be read (RFC 9309 section 2.3.1.4: then nothing may be fetched).
ROBOTS_RETRY_S = 600.0
# 4xx answers to robots.txt mean that there are no rules (RFC 9309 section 2.3.1.3); 429 asks to wait and counts as unreachable.
_NO_RULES = range(400, 500)


class Visitor:
    """Fetches on behalf of all outlets of a task; use as `async with`."""

    def __init__(self, settings: Settings, engine: sa.Engine) -> None:
        self.settings, self.engine = settings, engine
        self.fetcher = Fetcher(settings)
        self.owner = str(uuid.uuid4())
        self.turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.rule_locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.rules: dict[str, robots.Robots] = {}

    async def __aenter__(self) -> Visitor:
        return self

    async def __aexit__(self, *_: object) -> None:
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
        """Fetch a URL with manners; `delay_s` is the outlet's own delay.

        Raises:
            FetchDelayed: the host is blocked, busy, failing, or its robots.txt can't be read.
            FetchRefused: robots.txt disallows, or as in `Fetcher.fetch`.
        """

        @asynccontextmanager
        async def turn(target: str) -> AsyncIterator[None]:
            found = await self._rules_of(target)
            if not found.allows(target):
                raise FetchRefused("robots.txt disallows it", url=target)
            async with self._turn(target, politeness.request_delay_s(self.settings.host_delay_s, delay_s, found.crawl_delay_s)):
                yield

        return await self.fetcher.fetch(url, kind=kind, validators=validators, turn=turn, cut_at=cut_at)

    @asynccontextmanager
    async def _turn(self, url: str, delay_s: float) -> AsyncIterator[None]:
        """One request's turn at a host; failures are counted, so that a host in trouble is left alone."""
        origin = urls.origin(url)
        async with self.turns[origin]:
            await self._wait_for_lease(origin, delay_s)
            try:
                yield
            except FetchDelayed as error:
                asked = error.where.get("asked_s")
                hosts.failed(self.engine, origin, clock.now(), None if asked is None else float(asked))
                raise
            else:
                hosts.succeeded(self.engine, origin)
            finally:
                hosts.give_back(self.engine, origin, self.owner, clock.now(), delay_s)

    async def _wait_for_lease(self, origin: str, delay_s: float) -> None:
        patience = clock.now() + timedelta(seconds=PATIENCE_S + delay_s)
        while True:
            state, now = hosts.look(self.engine, origin), clock.now()
            if state.blocked_until and state.blocked_until > now:
                raise FetchDelayed(f"{origin} is left alone for now", after_s=(state.blocked_until - now).total_seconds(), blocked=1)
            if hosts.take_lease(self.engine, origin, self.owner, now, self.settings.fetch_deadline_s + LEASE_MARGIN_S):
                return
            if now > patience:
                raise FetchDelayed(f"{origin} is visited by another process", after_s=PATIENCE_S, blocked=1)
            until_due = (state.next_request_at - now).total_seconds() if state.next_request_at else 0.0
            await asyncio.sleep(min(until_due, delay_s) if until_due > 0 and delay_s > 0 else LOOK_AGAIN_S)

    async def _rules_of(self, url: str) -> robots.Robots:
        """The rules of the URL's origin, from memory, from the state or from the host.

        Raises:
            FetchDelayed: robots.txt is unreachable, so everything is disallowed for now.
        """
        origin = urls.origin(url)
        async with self.rule_locks[origin]:
            if origin not in self.rules:
                state = hosts.look(self.engine, origin)
                text = state.robots if state.robots is not None and robots.is_fresh(state.robots_at, clock.now()) else None
                if text is None:
                    text = await self._ask_robots(origin)
                    hosts.keep_robots(self.engine, origin, text, clock.now())
                self.rules[origin] = robots.Robots(text, self.settings.user_agent)
            return self.rules[origin]

    async def _ask_robots(self, origin: str) -> str:
        """Fetch robots.txt (RFC 9309 section 2.3.1).

        Raises:
            FetchDelayed: 429, 5xx, time-out, broken connection, a redirect to where we may not go.
        """

        @asynccontextmanager
        async def turn(target: str) -> AsyncIterator[None]:
            async with self._turn(target, self.settings.host_delay_s):
                yield

        try:
            answer = await self.fetcher.fetch(f"{origin}/robots.txt", kind="robots", turn=turn, cut_at=robots.MAX_BYTES)
        except FetchRefused as error:
            if error.where.get("status") in _NO_RULES:
                return ""
            raise FetchDelayed(f"robots.txt can't be read: {error}", after_s=ROBOTS_RETRY_S, url=origin) from error
        except FetchDelayed as error:
            logs.get(origin=origin).info("robots_unreachable", error=str(error))
            raise FetchDelayed(f"robots.txt is unreachable: {error}", after_s=max(error.after_s, ROBOTS_RETRY_S), url=origin) from error
        return "" if answer.status in GONE else robots.decode(answer.body)
