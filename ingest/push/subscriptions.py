"""What we know of our subscriptions at hubs: rows, and the steps from one state to the next. Each step may be done twice."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from common import ids
from ingest.push import websub
from ingest.push.tables import SUBSCRIPTION as S
from ingest.state import insert_new

# Bytes of randomness in a callback's token and in a signature's key: beyond guessing, and within the 200 bytes of section 5.1.
RANDOM_BYTES = 32
# Characters of a failure that a row keeps.
ERROR_CHARS = 500


@dataclass(frozen=True)
class Row:
    """One subscription; `secret`, `token` and `callback` are for the hub and for nobody else."""

    subscription_id: str
    outlet_id: str
    topic: str
    hub: str
    callback: str
    token: str
    secret: str
    state: str
    pending_mode: websub.Mode | None
    pending_until: datetime | None
    lease_until: datetime | None
    next_try_at: datetime | None
    tries: int
    last_error: str | None
    delivered_at: datetime | None
    deliveries: int
    pages: int
    ignored: int

    def __repr__(self) -> str:
        """Without what is secret: rows end up in logs and tracebacks."""
        return f"Row({self.outlet_id!r}, {self.topic!r}, {self.hub!r}, {self.state!r})"

    def known(self, asked_lease_s: int) -> websub.Subscription:
        """The part that decisions need."""
        return websub.Subscription(self.topic, self.state, self.pending_mode, self.pending_until, asked_lease_s)


def _plain(text: str) -> str:
    """What a hub says, without what a terminal or PostgreSQL could stumble over."""
    return "".join(character for character in text if character.isprintable())[:ERROR_CHARS]


def _rows(engine: sa.Engine, *where: sa.ColumnElement[bool]) -> list[Row]:
    with engine.begin() as connection:
        found = connection.execute(sa.select(S).where(*where).order_by(S.c.outlet_id, S.c.topic)).mappings().all()
    return [Row(**row) for row in found]


def every(engine: sa.Engine, outlet_ids: Sequence[str] | None = None) -> list[Row]:
    """All of them, or those of some outlets."""
    return _rows(engine, *([] if outlet_ids is None else [S.c.outlet_id.in_(list(outlet_ids))]))


def by_token(engine: sa.Engine, token: str) -> Row | None:
    """The subscription that a callback address belongs to."""
    return next(iter(_rows(engine, S.c.token == token)), None)


def due(engine: sa.Engine, now: datetime) -> list[Row]:
    """Those whose hub is to be asked now."""
    return _rows(engine, S.c.next_try_at <= now)


def _update(engine: sa.Engine, row: Row, values: dict[str, Any], *where: sa.ColumnElement[bool]) -> bool:
    with engine.begin() as connection:
        done = connection.execute(sa.update(S).where(S.c.subscription_id == row.subscription_id, *where).values(**values))
    return done.rowcount == 1


def add(engine: sa.Engine, outlet_id: str, topic: str, hub: str, public_url: str, now: datetime) -> Row:
    """A subscription to be asked for now; the one that there is keeps its callback unless hub or our address have changed."""
    subscription_id, token = str(ids.key("subscription", outlet_id, topic)), secrets.token_urlsafe(RANDOM_BYTES)
    base = public_url.rstrip("/")
    fresh = {
        "hub": hub,
        "callback": f"{base}/websub/{token}",
        "token": token,
        "secret": secrets.token_urlsafe(RANDOM_BYTES),
        "state": "pending",
        "lease_until": None,
        "next_try_at": now,
        "tries": 0,
        "last_error": None,
    }
    counts = dict.fromkeys(("deliveries", "pages", "ignored"), 0)
    named = {"subscription_id": subscription_id, "outlet_id": outlet_id, "topic": topic}
    with engine.begin() as connection:
        insert_new(connection, S, [named | fresh | counts])
    (row,) = _rows(engine, S.c.subscription_id == subscription_id)
    if row.hub != hub or not row.callback.startswith(f"{base}/websub/"):
        _update(engine, row, fresh)
    else:
        _update(engine, row, {"next_try_at": now, "tries": 0})
    return _rows(engine, S.c.subscription_id == subscription_id)[0]


def ask(engine: sa.Engine, row: Row, mode: websub.Mode, now: datetime) -> bool:
    """Note that the hub is being asked, before it is: it may verify at once. False: another process has just asked it.

    Whatever becomes of the request, the next try is set; a wish to leave is not repeated, the lease ends by itself.
    """
    values = {
        "pending_mode": mode,
        "pending_until": now + websub.PENDING,
        "next_try_at": websub.retry_at(now, row.tries + 1) if mode == "subscribe" else None,
        "tries": row.tries + 1,
        "last_error": None,
    }
    return _update(engine, row, values, S.c.tries == row.tries, S.c.next_try_at == row.next_try_at)


def failed(engine: sa.Engine, row: Row, error: str) -> None:
    """Note why a request or a delivery failed."""
    _update(engine, row, {"last_error": _plain(error)})


def remove(engine: sa.Engine, row: Row) -> None:
    """Forget a subscription; its callback answers 410 from now on."""
    with engine.begin() as connection:
        connection.execute(sa.delete(S).where(S.c.subscription_id == row.subscription_id))


def verified(engine: sa.Engine, row: Row, answer: websub.Verified, now: datetime) -> None:
    """The hub has verified our request: the lease runs, or the subscription is no more."""
    if answer.lease_s is None:
        remove(engine, row)
        return
    _update(
        engine,
        row,
        {
            "state": "active",
            "pending_mode": None,
            "pending_until": None,
            "lease_until": now + timedelta(seconds=answer.lease_s),
            "next_try_at": websub.renew_at(now, answer.lease_s),
            "tries": 0,
            "last_error": None,
        },
    )


def denied(engine: sa.Engine, row: Row, reason: str, now: datetime) -> None:
    """The hub will not send; it is asked again after a day, because reasons pass (a quota, a topic it had not read)."""
    values = {
        "state": "denied",
        "pending_mode": None,
        "pending_until": None,
        "lease_until": None,
        "next_try_at": websub.retry_at(now, 100),
        "last_error": _plain(f"denied: {reason}"),
    }
    _update(engine, row, values)


def delivered(engine: sa.Engine, row: Row, pages: int, now: datetime, error: str | None = None) -> None:
    """Count a delivery with a valid signature; `error`: why its content could not be used."""
    values = {
        "delivered_at": now,
        "deliveries": S.c.deliveries + 1,
        "pages": S.c.pages + pages,
        "last_error": error and _plain(error),
    }
    _update(engine, row, values)


def ignored(engine: sa.Engine, row: Row) -> None:
    """Count a delivery without a valid signature."""
    _update(engine, row, {"ignored": S.c.ignored + 1})
