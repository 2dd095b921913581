"""The robots.txt of every host that a process visits: from memory, from the state, or asked for; what follows when it can't be read."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable

import sqlalchemy as sa

from common import clock, logs
from common.errors import FetchDelayed, FetchRefused
from ingest.manners import hosts, politeness, robots
from ingest.manners.robots import Copy, Robots
from ingest.manners.turns import Locks

# Rules of all hosts together that stay in memory: 10 MB or so, thousands of usual files, one or two hostile ones.
MAX_RULES = 50_000
# Faults of the host itself: its pages would end in the same, so they are told instead of `robots`.
OWN_FAULTS = frozenset({"dns", "tls", "ssrf", "bad_url", "bad_scheme", "bad_port"})


class RuleBook:
    """Rules by origin; `ask` fetches the text of an origin's robots.txt and raises as `Visitor.ask_robots` says."""

    def __init__(self, engine: sa.Engine, user_agent: str, ask: Callable[[str], Awaitable[str]]) -> None:
        self.engine, self.user_agent, self.ask = engine, user_agent, ask
        self.known: OrderedDict[str, tuple[Copy, Robots]] = OrderedDict()
        self.locks, self.weight = Locks(), 0

    async def of(self, origin: str) -> Robots:
        """The rules of an origin.

        Raises:
            FetchDelayed: robots.txt is unreachable, so everything is disallowed for now (RFC 9309 section 2.3.1.4).
            FetchRefused: the origin may not be talked to at all.
        """
        if (known := self._fresh(origin)) is not None:
            return known
        async with self.locks.of(origin):  # who waited for another's question needs none
            return self._fresh(origin) or self._keep(origin, await self._read(origin))

    def _fresh(self, origin: str) -> Robots | None:
        known = self.known.get(origin)
        if known is None or known[0].usable(clock.now()) is None:
            return None
        self.known.move_to_end(origin)
        return known[1]

    def _keep(self, origin: str, copy: Copy) -> Robots:
        rules = Robots(copy.usable(clock.now()) or "", self.user_agent)
        self.weight += 1 + len(rules.rules) - self._drop(self.known.pop(origin, None))
        self.known[origin] = copy, rules
        while self.weight > MAX_RULES and len(self.known) > 1:
            self.weight -= self._drop(self.known.popitem(last=False)[1])
        return rules

    @staticmethod
    def _drop(known: tuple[Copy, Robots] | None) -> int:
        """The weight of what is let go."""
        return 1 + len(known[1].rules) if known else 0

    async def _read(self, origin: str) -> Copy:
        """A usable copy from the state or from the host."""
        copy = hosts.robots_copy(self.engine, origin)
        if copy.usable(clock.now()) is not None:
            return copy
        if (wait_s := copy.wait_s(clock.now())) > 0:
            raise FetchDelayed(f"robots.txt of {origin} is unreachable", after_s=wait_s, blocked=1, fault="robots", url=origin)
        try:
            text = await self.ask(origin)
        except FetchDelayed as error:
            return self._unreachable(origin, copy, error)
        read = Copy(text, clock.now())
        hosts.keep_robots(self.engine, origin, read)
        return read

    def _unreachable(self, origin: str, copy: Copy, error: FetchDelayed) -> Copy:
        """Remember that robots.txt could not be read, so that the next page does not ask for it again.

        Raises:
            FetchDelayed: unless it has been so for a month.
        """
        if error.where.get("blocked"):  # nothing was sent
            raise error
        now = clock.now()
        copy = copy.failed(now, politeness.asked_by(error)[0])
        hosts.keep_robots(self.engine, origin, copy)
        logs.get(origin=origin).info("robots_unreachable", error=str(error), since=str(copy.down_since))
        if copy.usable(now) is not None:
            return copy
        told = {"fault": error.where["fault"]} if error.where.get("fault") in OWN_FAULTS else {"fault": "robots", "blocked": 1}
        raise FetchDelayed(f"robots.txt is unreachable: {error}", after_s=copy.wait_s(now), url=origin, **told) from error


def refusal(error: FetchRefused, hops: int) -> FetchRefused | FetchDelayed | None:
    """What a refused robots.txt means after so many hops; None: there are no rules.

    Where the host itself may not be talked to, that is told. More redirects than we follow count as absent
    (RFC 9309 section 2.3.1.2); a redirect to where we may not go, or a body that can't be read, as unreachable.
    """
    status, fault = error.where.get("status"), error.where.get("fault")
    if fault == "redirect_loop" or (isinstance(status, int) and robots.means(status) == "none"):
        return None
    if hops == 0 and fault in OWN_FAULTS:
        return error
    return FetchDelayed(f"robots.txt can't be read: {error}", after_s=robots.RETRY_S, fault="robots", url=error.where.get("url"))
