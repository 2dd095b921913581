"""Whose turn it is at a host: leases, delays, back-off and robots.txt, one row an origin, shared by all processes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from common import ids
from ingest import politeness
from ingest.state import HOST, insert_new


@dataclass(frozen=True)
class HostState:
    """The row of one origin."""

    lease_until: datetime | None
    next_request_at: datetime | None
    blocked_until: datetime | None
    failures: int
    robots: str | None
    robots_at: datetime | None


def _is(origin: str) -> sa.ColumnElement[bool]:
    return HOST.c.origin_id == str(ids.key("origin", origin))


def look(engine: sa.Engine, origin: str) -> HostState:
    """The state of an origin; its row is made when it is met for the first time."""
    columns = [HOST.c[name] for name in HostState.__dataclass_fields__]
    with engine.begin() as connection:
        row = connection.execute(sa.select(*columns).where(_is(origin))).one_or_none()
        if row is None:
            insert_new(connection, HOST, [{"origin_id": str(ids.key("origin", origin)), "origin": origin, "failures": 0}])
            row = connection.execute(sa.select(*columns).where(_is(origin))).one()
    return HostState(*row)


def take_lease(engine: sa.Engine, origin: str, owner: str, now: datetime, lease_s: float) -> bool:
    """Try to take the turn: true when nobody holds it, the delay is over and the host is not blocked. One statement, so only one wins."""
    free = sa.or_(HOST.c.lease_until.is_(None), HOST.c.lease_until < now, HOST.c.lease_owner == owner)
    due = sa.or_(HOST.c.next_request_at.is_(None), HOST.c.next_request_at <= now)
    open_ = sa.or_(HOST.c.blocked_until.is_(None), HOST.c.blocked_until <= now)
    lease = {"lease_owner": owner, "lease_until": now + timedelta(seconds=lease_s)}
    with engine.begin() as connection:
        return connection.execute(sa.update(HOST).where(_is(origin), free, due, open_).values(lease)).rowcount == 1


def give_back(engine: sa.Engine, origin: str, owner: str, now: datetime, delay_s: float) -> None:
    """End the turn; the next request may go out after the delay."""
    values = {"lease_owner": None, "lease_until": None, "next_request_at": now + timedelta(seconds=delay_s)}
    with engine.begin() as connection:
        connection.execute(sa.update(HOST).where(_is(origin), HOST.c.lease_owner == owner).values(values))


def succeeded(engine: sa.Engine, origin: str) -> None:
    """The host answers: forget its failures."""
    with engine.begin() as connection:
        connection.execute(sa.update(HOST).where(_is(origin), HOST.c.failures > 0).values(failures=0, blocked_until=None))


def failed(engine: sa.Engine, origin: str, now: datetime, asked_s: float | None) -> None:
    """The host failed or asked us to wait (`asked_s`): count it, and leave the host alone when it is due."""
    with engine.begin() as connection:
        failures = connection.execute(sa.select(HOST.c.failures).where(_is(origin))).scalar_one() + 1
        until = politeness.blocked_until(now, failures, asked_s)
        connection.execute(sa.update(HOST).where(_is(origin)).values(failures=failures, blocked_until=until))


def keep_robots(engine: sa.Engine, origin: str, text: str, now: datetime) -> None:
    """Remember robots.txt of an origin; empty text where there is none."""
    with engine.begin() as connection:
        connection.execute(sa.update(HOST).where(_is(origin)).values(robots=text, robots_at=now))
