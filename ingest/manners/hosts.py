"""The rows behind manners: lease, delay, back-off and robots.txt of each host, shared by all processes. One transaction a function."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from common import ids
from ingest.manners.robots import Copy
from ingest.state import HOST, insert_new

# A process that waits for a host renews its wish with every look; the wish of one that died ends after this, some looks later.
WISH_S = 5.0


@dataclass(frozen=True)
class HostState:
    """Whose turn it is at a host."""

    lease_owner: str | None = None
    lease_until: datetime | None = None
    next_request_at: datetime | None = None
    blocked_until: datetime | None = None
    failures: int = 0
    wanted_by: str | None = None


def host_of(origin: str) -> str:
    """The unit of politeness: an origin, with plain and encrypted HTTP on their usual ports counting as one host.

    >>> host_of("http://a.example"), host_of("http://a.example:8080")
    ('https://a.example', 'http://a.example:8080')
    """
    is_plain = origin.startswith("http://") and ":" not in origin[7:].rpartition("]")[2]
    return f"https{origin[4:]}" if is_plain else origin


def _is(origin: str) -> sa.ColumnElement[bool]:
    return HOST.c.origin_id == str(ids.key("origin", origin))


def _meet(connection: sa.Connection, origin: str) -> None:
    """Make the row of an origin that is met for the first time."""
    insert_new(connection, HOST, [{"origin_id": str(ids.key("origin", origin)), "origin": origin, "failures": 0}])


def look(engine: sa.Engine, host: str) -> HostState:
    """The state of a host as it stands in the database."""
    with engine.begin() as connection:
        return _state(connection, host)


def _state(connection: sa.Connection, host: str) -> HostState:
    columns = [HOST.c[name] for name in HostState.__dataclass_fields__]
    row = connection.execute(sa.select(*columns).where(_is(host))).one_or_none()
    return HostState(*row) if row else HostState()


def take(engine: sa.Engine, host: str, owner: str, now: datetime, lease_s: float, delay_s: float) -> tuple[bool, HostState]:
    """Take or renew the lease of a host for `lease_s`; one statement decides, so only one process wins.

    It is had when nobody else holds it or waits for it, its delay is over and it is not blocked. The row then says that nobody
    else may ask before the latest end of the lease and the delay after it: true whenever the owner dies. Who is refused leaves
    the wish to be next, unless somebody else has. Returns whether it was had, and the row.
    """
    is_ours = HOST.c.lease_owner == owner
    free = sa.or_(HOST.c.lease_owner.is_(None), is_ours, HOST.c.lease_until < now)
    due = sa.or_(HOST.c.next_request_at.is_(None), is_ours, HOST.c.next_request_at <= now)
    unblocked = sa.or_(HOST.c.blocked_until.is_(None), HOST.c.blocked_until <= now)
    unwanted = sa.or_(HOST.c.wanted_by.is_(None), HOST.c.wanted_by == owner, HOST.c.wanted_until < now)
    end = now + timedelta(seconds=lease_s)
    held = {"lease_owner": owner, "lease_until": end, "next_request_at": end + timedelta(seconds=delay_s)}
    wish = {"wanted_by": owner, "wanted_until": now + timedelta(seconds=WISH_S)}
    not_ours = sa.or_(HOST.c.lease_owner.is_(None), HOST.c.lease_owner != owner)
    with engine.begin() as connection:
        _meet(connection, host)
        take_it = sa.update(HOST).where(_is(host), free, due, unblocked, unwanted)
        won = connection.execute(take_it.values(held | {"wanted_by": None, "wanted_until": None})).rowcount == 1
        if not won:
            connection.execute(sa.update(HOST).where(_is(host), unblocked, unwanted, not_ours).values(wish))
        return won, _state(connection, host)


def give_back(engine: sa.Engine, host: str, owner: str, next_request_at: datetime) -> None:
    """End a lease of ours; others may ask from `next_request_at` on. Does nothing when the lease went to somebody else meanwhile."""
    values = {"lease_owner": None, "lease_until": None, "next_request_at": next_request_at}
    with engine.begin() as connection:
        connection.execute(sa.update(HOST).where(_is(host), HOST.c.lease_owner == owner).values(values))


def failed(engine: sa.Engine, host: str, failures: int, blocked_until: datetime | None) -> None:
    """Store the failures in a row, and until when the host is left alone; a later time that stands there stays."""
    with engine.begin() as connection:
        connection.execute(sa.update(HOST).where(_is(host)).values(failures=failures))
        if blocked_until is not None:
            earlier = sa.or_(HOST.c.blocked_until.is_(None), HOST.c.blocked_until < blocked_until)
            connection.execute(sa.update(HOST).where(_is(host), earlier).values(blocked_until=blocked_until))


def succeeded(engine: sa.Engine, host: str, owner: str) -> None:
    """The host answers its owner: forget its failures."""
    with engine.begin() as connection:
        ours = sa.update(HOST).where(_is(host), HOST.c.lease_owner == owner)
        connection.execute(ours.values(failures=0, blocked_until=None))


def robots_copy(engine: sa.Engine, origin: str) -> Copy:
    """What is known of the robots.txt of an origin."""
    columns = (HOST.c.robots, HOST.c.robots_at, HOST.c.robots_down_since, HOST.c.robots_retry_at)
    with engine.begin() as connection:
        row = connection.execute(sa.select(*columns).where(_is(origin))).one_or_none()
    return Copy(*row) if row else Copy()


def keep_robots(engine: sa.Engine, origin: str, copy: Copy) -> None:
    """Remember what is known of the robots.txt of an origin."""
    values = {"robots": copy.text, "robots_at": copy.read_at, "robots_down_since": copy.down_since, "robots_retry_at": copy.retry_at}
    with engine.begin() as connection:
        _meet(connection, origin)
        connection.execute(sa.update(HOST).where(_is(origin)).values(values))
