"""What becomes of URLs after their captures were committed: new state, next reading, and what it teaches of the outlet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from ingest.frontier import CHUNK, lot, url_id
from ingest.records import Capture, Original
from ingest.rhythm import ladder, polls
from ingest.rhythm.ladder import Habits
from ingest.state import URL, insert_new
from ingest.web.fetch import Validators

# Why a page was read that had been captured before; its failure leaves what we have.
AGAIN = frozenset({"recheck", "changed"})
# Most pages whose reading-again is reconsidered at once.
MOST_RECONSIDERED = 5000
# Its columns are those of the rows that it is given, which come by the hundred: building a statement for each cost more than fetching it.
_UPDATE = sa.update(URL).where(URL.c.url_id == sa.bindparam("this"))


@dataclass
class Gleaned:
    """What run.py knows of captures beyond their index line, by capture id; lost in a crash, and done without then."""

    validators: dict[UUID, Validators] = field(default_factory=dict)
    texts: dict[UUID, str] = field(default_factory=dict)
    titles: dict[UUID, str] = field(default_factory=dict)
    moved: dict[UUID, str] = field(default_factory=dict)


def _is_change(capture: Capture, row: sa.Row[Any], gleaned: Gleaned) -> bool:
    """Whether the page says something else than at its last capture."""
    text = gleaned.texts.get(capture.capture_id)
    return capture.outcome == "fetched" and row.body_sha256 is not None and (text is None or text != row.text_sha256)


def _content(capture: Capture, row: sa.Row[Any], gleaned: Gleaned) -> dict[str, Any]:
    """Columns that tell of the body."""
    values: dict[str, Any] = {}
    if capture.outcome == "fetched":
        original = Original(record_id=capture.capture_id, captured_at=capture.captured_at, url=capture.final_url)
        values |= {"body_sha256": capture.sha256, "original": original.model_dump_json(), "titles": gleaned.titles.get(capture.capture_id)}
        text = gleaned.texts.get(capture.capture_id)
        values |= {"churn": row.churn + 1 if text is not None and text == row.text_sha256 else 0}
        values |= {} if text is None else {"text_sha256": text}
    validators = gleaned.validators.get(capture.capture_id)
    if validators is not None:
        values |= {"etag": validators.etag, "last_modified": validators.last_modified}
    return values


def _next(capture: Capture, row: sa.Row[Any], ladder_s: Sequence[int], habits: Habits, churn: int) -> datetime | None:
    first, now = capture.first_seen_at, capture.captured_at
    dated = row.changed_at is not None
    return ladder.next_read(first, row.dated_at, now, ladder_s, habits, is_dated=dated, lot=lot(row.url_id), churn=churn)


def _fate(capture: Capture, row: sa.Row[Any], ladder_s: Sequence[int], habits: Habits, gleaned: Gleaned) -> dict[str, Any]:
    """New column values of a captured URL."""
    free: dict[str, Any] = {"attempts": 0, "claimed_by": None, "claimed_until": None, "why": None}
    values = free | {"captured_batch": capture.batch_key, "captured_at": capture.captured_at}
    if capture.outcome == "gone" or (capture.outcome == "failed" and capture.hint.source not in AGAIN):
        return values | {"status": "dead", "next_due_at": None}
    values |= _content(capture, row, gleaned)
    if row.body_sha256 is not None and capture.outcome != "failed":
        values["false_signals"] = 0 if _is_change(capture, row, gleaned) else row.false_signals + bool(_sign(row))
    return values | {"status": "done", "next_due_at": _next(capture, row, ladder_s, habits, values.get("churn", row.churn))}


def _sign(row: sa.Row[Any]) -> tuple[str, str] | None:
    """The sign of change that had the page read, with the key of its source."""
    sign, colon, key = (row.why or "").partition(":")
    return (sign, key) if colon else None


def _learn(connection: sa.Connection, capture: Capture, row: sa.Row[Any], gleaned: Gleaned) -> bool:
    """Count what a reading-again taught; returns whether its sources should have announced the change and did not."""
    if row.body_sha256 is None or capture.outcome not in {"fetched", "not_modified"}:
        return False
    is_change, sign = _is_change(capture, row, gleaned), _sign(row)
    if sign:
        if sign[0] == "lastmod":
            polls.signalled(connection, capture.outlet_id, sign[1], is_true=is_change)
            polls.learn(connection, capture.outlet_id, announced=is_change)
        return False
    is_missed = is_change and row.changed_at is not None
    polls.learn(connection, capture.outlet_id, rereads=1, changed=is_change, missed=is_missed)
    return is_missed


def _move(connection: sa.Connection, capture: Capture, row: sa.Row[Any], values: dict[str, Any], target: str) -> None:
    """The identity moves: the new address is captured, the old one points to it and is not read again."""
    new = {"url_id": url_id(target), "url": target, "outlet_id": capture.outlet_id, "first_seen_at": capture.first_seen_at}
    new |= {"hint": row.hint, "dated_at": row.dated_at, "changed_at": row.changed_at, "seen": row.seen}
    insert_new(connection, URL, [new | values])
    fresh = sa.or_(URL.c.captured_at.is_(None), URL.c.captured_at < capture.captured_at)
    connection.execute(sa.update(URL).where(URL.c.url_id == new["url_id"], fresh).values(values))
    connection.execute(sa.update(URL).where(URL.c.url_id == row.url_id).values(moved_to=target, next_due_at=None))


def _rows(connection: sa.Connection, captures: Sequence[Capture]) -> dict[str, sa.Row[Any]]:
    """The rows of captured URLs, by id."""
    wanted = sa.select(URL).where(URL.c.url_id.in_([url_id(one.url) for one in captures]))
    return {row.url_id: row for row in connection.execute(wanted)}


def _write(connection: sa.Connection, updates: dict[tuple[str, ...], list[dict[str, Any]]]) -> None:
    """Update rows, those with the same columns in one statement."""
    for columns in list(updates):
        connection.execute(_UPDATE, updates.pop(columns))


def _settle_some(
    connection: sa.Connection, captures: Sequence[Capture], ladder_s: Sequence[int], habits: dict[str, Habits], gleaned: Gleaned
) -> int:
    """Settle the first captures, up to one whose row those before it have changed; returns how many."""
    rows = _rows(connection, captures)
    updates: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    settled = set[str]()
    for number, capture in enumerate(captures):
        key = url_id(capture.url)
        if key in settled:
            _write(connection, updates)
            return number
        row = rows.get(key)
        if row is None or (row.captured_at is not None and row.captured_at >= capture.captured_at):
            continue
        settled.add(key)
        values = _fate(capture, row, ladder_s, habits[capture.outlet_id], gleaned)
        if _learn(connection, capture, row, gleaned):
            values["why"] = "missed"
        updates.setdefault(tuple(sorted(values)), []).append(values | {"this": key})
        target = gleaned.moved.get(capture.capture_id)
        if target and target != capture.url:
            _write(connection, updates)
            _move(connection, capture, row, values, target)
            return number + 1
    _write(connection, updates)
    return len(captures)


def settle(engine: sa.Engine, captures: Sequence[Capture], ladder_s: Sequence[int], gleaned: Gleaned) -> None:
    """Note what became of URLs, after their captures were committed. Doing it again changes nothing."""
    habits = {outlet: polls.habits(engine, outlet) for outlet in {one.outlet_id for one in captures}}
    done = 0
    while done < len(captures):
        with engine.begin() as connection:
            done += _settle_some(connection, captures[done : done + CHUNK], ladder_s, habits, gleaned)


def reconsider(engine: sa.Engine, outlet_id: str, ladder_s: Sequence[int], now: datetime) -> None:
    """Take from the pages that are due for reading again those that need it no more by what is known today."""
    habits = polls.habits(engine, outlet_id)
    due = sa.and_(URL.c.outlet_id == outlet_id, URL.c.status == "done", URL.c.next_due_at <= now, URL.c.claimed_by.is_(None))
    with engine.begin() as connection:
        for row in connection.execute(sa.select(URL).where(due).limit(MOST_RECONSIDERED)).all():
            dated, last = row.changed_at is not None, row.captured_at or row.first_seen_at
            args = (row.first_seen_at, row.dated_at, last, ladder_s, habits)
            new = ladder.next_read(*args, is_dated=dated, lot=lot(row.url_id), churn=row.churn)
            if new is None or new > now:
                connection.execute(sa.update(URL).where(URL.c.url_id == row.url_id).values(next_due_at=new))
