"""Asset events of Airflow's REST API become pages in the frontier.

Airflow keeps every event in its database, whether or not a run was made for it, while the runs that it makes may leave events out
(several events become one run; a paused DAG gets none). So the events themselves are read, from a little before the last one that
we know, and a run is only the wake-up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from common import clock, logs
from common.errors import Quarantined
from common.settings import Settings
from ingest.push.inbox import Inbox
from ingest.push.messages import parse
from ingest.push.tables import EVENT
from ingest.state import insert_new

# An event shows when its transaction ends, maybe after a younger one; no transaction of Airflow takes as long as this.
OVERLAP = timedelta(hours=1)
# Events read at once: each may name thousands of pages.
PAGE = 200


@dataclass(frozen=True)
class Event:
    """One asset event."""

    number: int
    happened_at: datetime
    content: object

    @property
    def key(self) -> str:
        """Identity; the time is part of it because numbers begin anew with a new Airflow database."""
        return f"{self.number}@{self.happened_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"


# Events not older than an instant, the oldest first, at most so many.
Ask = Callable[[datetime, int], Sequence[Event]]


def _known(engine: sa.Engine) -> tuple[datetime, set[str]]:
    """From when on to ask, and which events from then on are taken."""
    with engine.begin() as connection:
        newest = connection.execute(sa.select(EVENT.c.happened_at).order_by(EVENT.c.happened_at.desc()).limit(1)).scalar()
        since = newest - OVERLAP if newest else datetime(2000, 1, 1, tzinfo=UTC)
        return since, set(connection.execute(sa.select(EVENT.c.event_key).where(EVENT.c.happened_at >= since)).scalars())


def _remember(engine: sa.Engine, events: Sequence[Event]) -> None:
    """Note events as taken, and forget those that nobody asks for any more."""
    now = clock.now()
    rows = [{"event_key": one.key, "happened_at": one.happened_at, "taken_at": now} for one in events]
    with engine.begin() as connection:
        insert_new(connection, EVENT, rows)
        newest = connection.execute(sa.select(sa.func.max(EVENT.c.happened_at))).scalar()
        if newest is not None:
            connection.execute(sa.delete(EVENT).where(EVENT.c.happened_at < newest - OVERLAP))


def _put(inbox: Inbox, events: Sequence[Event]) -> Counter[str]:
    offers, counts = [], Counter(events=len(events), malformed=0)
    for event in events:
        try:
            offers.append(parse(event.content))
        except Quarantined as error:
            counts["malformed"] += 1
            logs.get(event=event.number).warning("push_event_malformed", detail=str(error))
    return counts + inbox.put(offers)


def take(settings: Settings, ask: Ask) -> dict[str, int]:
    """Put the pages of all events that are new into the frontier; an event is noted as taken once its pages are durable.

    Returns counts: events, malformed (events), unknown (events of no outlet), offered (pages), refused (addresses).

    Raises:
        Misconfigured: an outlet file is faulty, or the state can't be opened.
    """
    total: Counter[str] = Counter(events=0, malformed=0, unknown=0, offered=0, refused=0)
    with Inbox(settings) as inbox:
        since, known = _known(inbox.engine)
        size = PAGE
        while True:
            page = ask(since, size)
            if new := [event for event in page if event.key not in known]:
                total.update(_put(inbox, new))
                _remember(inbox.engine, new)
                known |= {event.key for event in new}
            if len(page) < size:
                return dict(total)
            # many events of one instant must not make us ask for the same page for ever
            size = PAGE if page[-1].happened_at > since else size * 2
            since = page[-1].happened_at
