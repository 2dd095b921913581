"""What is kept of sources between two polls, and of an outlet's habits: rows to plain values and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from common import ids
from ingest.rhythm.ladder import Habits
from ingest.rhythm.pace import SourceState
from ingest.rhythm.signals import KEY_CHARS
from ingest.state import HABIT, SOURCE, URL, insert_new
from ingest.web.fetch import Validators

# How much of the past remains after each event: the last fifty count.
FADES = 0.98
# Columns whose names are those of the state.
_PLAIN = tuple(one.name for one in fields(SourceState) if one.name not in {"validators"})


def source_id(outlet_id: str, url: str) -> str:
    """Key of a source."""
    return str(ids.key("source", outlet_id, url))


def _state(row: sa.Row[Any]) -> SourceState:
    values = {name: getattr(row, name) for name in _PLAIN}
    values["kind"] = values["kind"] or "unknown"
    return SourceState(validators=Validators(row.etag, row.last_modified), **values)


def load(engine: sa.Engine, outlet_id: str) -> dict[str, SourceState]:
    """The sources of an outlet that were ever asked or named, by id."""
    with engine.begin() as connection:
        rows = connection.execute(sa.select(SOURCE).where(SOURCE.c.outlet_id == outlet_id)).all()
    return {row.source_id: _state(row) for row in rows}


def failing(engine: sa.Engine) -> list[tuple[str, SourceState]]:
    """Sources that failed at their last try, with their outlets, the longest failing first."""
    query = sa.select(SOURCE).where(SOURCE.c.failures > 0).order_by(SOURCE.c.failures.desc(), SOURCE.c.outlet_id, SOURCE.c.url)
    with engine.begin() as connection:
        return [(row.outlet_id, _state(row)) for row in connection.execute(query)]


def note(engine: sa.Engine, outlet_id: str, states: Iterable[SourceState], now: datetime) -> None:
    """Keep states; counts of signals are left to `signalled`. Called when the pages of an answer are safely in the frontier."""
    with engine.begin() as connection:
        for state in states:
            values = {name: getattr(state, name) for name in _PLAIN if name not in {"true_signals", "false_signals"}}
            values |= {"etag": state.validators.etag, "last_modified": state.validators.last_modified, "outlet_id": outlet_id}
            values["asked_at"] = state.asked_at or now
            insert_new(connection, SOURCE, [values])
            connection.execute(sa.update(SOURCE).where(SOURCE.c.source_id == state.source_id).values(values))


def habits(engine: sa.Engine, outlet_id: str) -> Habits:
    """What the pages of an outlet have taught."""
    query = sa.select(HABIT.c.rereads, HABIT.c.changed, HABIT.c.announced, HABIT.c.missed).where(HABIT.c.outlet_id == outlet_id)
    dated = sa.select(SOURCE.c.source_id).where(SOURCE.c.outlet_id == outlet_id, SOURCE.c.dates.is_(True)).limit(1)
    with engine.begin() as connection:
        row = connection.execute(query).one_or_none()
        is_dated = connection.execute(dated).one_or_none() is not None
    return Habits(row.rereads, row.changed, row.announced, row.missed, is_dated) if row else Habits(is_dated=is_dated)


def learn(connection: sa.Connection, outlet_id: str, **more: float) -> None:
    """Add to the counts of an outlet's habits; counts that are named together with `rereads` fade together."""
    insert_new(connection, HABIT, [{"outlet_id": outlet_id}])
    values = {name: HABIT.c[name] * FADES + float(amount) for name, amount in more.items()}
    connection.execute(sa.update(HABIT).where(HABIT.c.outlet_id == outlet_id).values(values))


def signalled(connection: sa.Connection, outlet_id: str, key: str, *, is_true: bool) -> None:
    """Note at a source whether a change that it announced was one; `key` is the beginning of its id."""
    which = sa.and_(SOURCE.c.outlet_id == outlet_id, sa.func.substr(SOURCE.c.source_id, 1, KEY_CHARS) == key)
    values = {
        "true_signals": SOURCE.c.true_signals * FADES + float(is_true),
        "false_signals": SOURCE.c.false_signals * FADES + float(not is_true),
    }
    connection.execute(sa.update(SOURCE).where(which).values(values))


def with_work(
    engine: sa.Engine, sources: Mapping[str, Sequence[str]] | None, status: str, batch: str, now: datetime, outlet_ids: Sequence[str]
) -> set[str]:
    """Outlets of `outlet_ids` that have something to do: pages of this status that are due or claimed by the batch, or a source.

    `sources`: ids of the sources that each outlet file names; None where the batch asks none.
    """
    due = sa.or_(sa.and_(URL.c.status == status, URL.c.next_due_at <= now), URL.c.claimed_by == batch)
    with engine.begin() as connection:
        found = set(connection.execute(sa.select(URL.c.outlet_id).where(URL.c.outlet_id.in_(outlet_ids), due).distinct()).scalars())
        if sources is None:
            return found
        own = sa.or_(SOURCE.c.parent_id.is_(None), SOURCE.c.next_due_at <= now)
        columns = (SOURCE.c.outlet_id, SOURCE.c.source_id, SOURCE.c.parent_id, SOURCE.c.next_due_at)
        rows = connection.execute(sa.select(*columns).where(SOURCE.c.outlet_id.in_(outlet_ids), own)).all()
    known = {row.source_id: row.next_due_at for row in rows}
    found |= {row.outlet_id for row in rows if row.parent_id}
    waiting = {outlet for outlet, named in sources.items() if any((known.get(one) or now) <= now for one in named)}
    return found | waiting
