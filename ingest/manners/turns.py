"""Whose turn it is at a host: a lease taken once, renewed while this process is busy there, given back when it is not.

What must hold, with any number of processes over one state database, whenever one of them dies:

1. Never two requests to a host at once. A request goes out only within a slice, and the lease outlives the slice by the longest
   request; only one process holds a lease, and within the process one request waits for the other.
2. The delay between two requests is kept across processes. Within a process the time of the next request is kept in memory;
   meanwhile the row says "not before the end of the lease and the delay after it", which is late enough whenever the process
   dies. The exact time is written when the lease is given back.
3. Nobody asks before the end of a Retry-After or of a back-off: both are written before the turn ends.
4. A lease ends by itself when its process has died, and a process that waits is served when the slice is over: it leaves its
   wish in the row, and a wish keeps the owner from renewing.

So a busy host costs one transaction a slice, and one for each failure, instead of several for each request.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

import sqlalchemy as sa

from common import clock
from common.errors import ConsilienceError, FetchDelayed
from ingest.manners import hosts, politeness

# Longest wait for other processes at the same host; then the URL waits in the frontier instead of holding the task.
PATIENCE_S = 120.0
# A host that was not asked for so long after its slice, although it was due, is given back; so often we look for such hosts.
IDLE_S = 1.0

Pause = Callable[[float], Awaitable[object]]


@dataclass(frozen=True)
class Terms:
    """Durations in seconds: the longest request, a slice, between two looks at a host that another process holds, and the longest wait.

    Without `patience_s` a turn waits two minutes and the delay of the host.
    """

    request_s: float
    slice_s: float
    look_again_s: float
    patience_s: float | None = None


@dataclass
class Hold:
    """A lease that we hold: no request begins at or after `renew_at`, none before `next_at`; the row covers delays up to `delay_s`."""

    renew_at: datetime
    next_at: datetime
    delay_s: float
    failures: int
    busy: bool = False


class Locks:
    """One lock a key, for as long as somebody needs it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, key: str) -> asyncio.Lock:
        """The lock of a key."""
        return self._locks.setdefault(key, asyncio.Lock())


class Turns:
    """The leases of one process."""

    def __init__(self, engine: sa.Engine, owner: str, terms: Terms, pause: Pause = asyncio.sleep) -> None:
        self.engine, self.owner, self.terms, self.pause = engine, owner, terms, pause
        self.holds: dict[str, Hold] = {}
        self.locks = Locks()
        self.tidied_at = clock.now()

    @asynccontextmanager
    async def turn(self, host: str, delay_s: float) -> AsyncIterator[None]:
        """One request's turn at a host, `delay_s` before the next; how it ends tells how the host is.

        Raises:
            FetchDelayed: the host is left alone for now, or others are at it for too long; nothing was sent.
        """
        async with self.locks.of(host):
            hold = await self._ready(host, delay_s)
            hold.busy, told = True, False
            try:
                yield
                told = self._learn(host, hold, None, delay_s)
            except ConsilienceError as error:
                told = self._learn(host, hold, error, delay_s)
                raise
            finally:
                if not told:  # cancelled, or a bug: nothing is known of the host, but a request may have gone out
                    self._end(hold, delay_s)
                self._tidy(host)

    def close(self) -> None:
        """Give everything back."""
        for host in list(self.holds):
            self._give_back(host)

    async def _ready(self, host: str, delay_s: float) -> Hold:
        """Wait until the host is ours and its delay is over."""
        waited, most = 0.0, self.terms.patience_s if self.terms.patience_s is not None else PATIENCE_S + delay_s
        while True:
            hold, wait_s = self._try(host, delay_s)
            if hold and wait_s <= 0:
                return hold
            if waited + wait_s > most:
                message = f"{host} asks for {wait_s:g} s between requests" if hold else f"{host} is visited by another process"
                raise FetchDelayed(message, after_s=wait_s if hold else most, blocked=1)
            await self.pause(wait_s)
            waited += wait_s

    def _try(self, host: str, delay_s: float) -> tuple[Hold | None, float]:
        """Our lease, if there is one now, and the seconds after which to try again (0: go)."""
        now, hold = clock.now(), self.holds.get(host)
        if hold is None or now >= hold.renew_at or delay_s > hold.delay_s:
            hold = self._take(host, delay_s, now, hold)
        if hold is not None:
            # never longer than the delay: a clock that was set back must not stop us for hours
            return hold, min((hold.next_at - now).total_seconds(), max(delay_s, hold.delay_s))
        return None, self.terms.look_again_s

    def _take(self, host: str, delay_s: float, now: datetime, hold: Hold | None) -> Hold | None:
        """Take the lease, or renew `hold`; one that may not be renewed is given back.

        Raises:
            FetchDelayed: the host is left alone for now.
        """
        longest = max(delay_s, hold.delay_s if hold else 0.0)
        had, state = hosts.take(self.engine, host, self.owner, now, self.terms.slice_s + self.terms.request_s, longest)
        if had:
            next_at = hold.next_at if hold else now
            self.holds[host] = Hold(now + timedelta(seconds=self.terms.slice_s), next_at, longest, state.failures)
            return self.holds[host]
        if hold is not None:
            self._give_back(host)
        if state.blocked_until and state.blocked_until > now:
            raise FetchDelayed(f"{host} is left alone for now", after_s=(state.blocked_until - now).total_seconds(), blocked=1)
        return None

    def _end(self, hold: Hold, delay_s: float) -> None:
        hold.busy, hold.next_at = False, clock.now() + timedelta(seconds=delay_s)

    def _learn(self, host: str, hold: Hold, error: ConsilienceError | None, delay_s: float) -> bool:
        """End a turn: count failures in a row; what others must know is written at once."""
        self._end(hold, delay_s)
        sign = politeness.sign_of(error)
        if sign == "alive" and hold.failures:
            hosts.succeeded(self.engine, host, self.owner)
            hold.failures = 0
        if error is not None and sign == "trouble":
            hold.failures += 1
            until = politeness.blocked_until(clock.now(), hold.failures, *politeness.asked_by(error))
            hosts.failed(self.engine, host, hold.failures, until)
            if until is not None:
                self._give_back(host)
        return True

    def _tidy(self, host: str) -> None:
        """Give back what others may need: this host when its next request lies beyond a slice, and all that are not used any more."""
        now = clock.now()
        hold = self.holds.get(host)
        if hold and (hold.next_at - now).total_seconds() >= self.terms.slice_s:
            self._give_back(host)
        if (now - self.tidied_at).total_seconds() < IDLE_S:
            return
        self.tidied_at = now
        for one, other in list(self.holds.items()):
            if not other.busy and now >= max(other.renew_at, other.next_at) + timedelta(seconds=IDLE_S):
                self._give_back(one)

    def _give_back(self, host: str) -> None:
        hold = self.holds.pop(host)
        hosts.give_back(self.engine, host, self.owner, hold.next_at)
