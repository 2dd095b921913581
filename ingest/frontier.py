"""The frontier: every URL that was ever named, what is due, what a batch has claimed, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from common import ids
from ingest import politeness
from ingest.discover.records import Discovered
from ingest.fetch import Validators
from ingest.records import Capture, Hint, Original
from ingest.state import SOURCE, URL, insert_new

# A batch that died lets go of its URLs after this; longer than any task runs, shorter than people wait.
CLAIM = timedelta(hours=2)
# Identifiers in one statement; SQLite takes 32766 parameters, PostgreSQL's psycopg2 gets slow beyond thousands.
CHUNK = 500


@dataclass(frozen=True)
class Due:
    """A URL to be fetched now."""

    url: str
    hint: Hint
    first_seen_at: datetime
    dated_at: datetime | None
    attempts: int
    validators: Validators
    body_sha256: str | None
    original: Original | None = None


def _id(url: str) -> str:
    return str(ids.key("url", url))


def _chunks(found: Sequence[str]) -> Iterable[Sequence[str]]:
    return (found[start : start + CHUNK] for start in range(0, len(found), CHUNK))


def offer(engine: sa.Engine, outlet_id: str, found: Iterable[Discovered], now: datetime) -> list[str]:
    """Note pages that a source named; known URLs stay as they are. Returns the URLs in order, each once."""
    by_url: dict[str, Discovered] = {}
    for one in found:
        by_url.setdefault(one.url, one)
    rows = [
        {
            "url_id": _id(one.url),
            "url": one.url,
            "outlet_id": outlet_id,
            "status": "due",
            "first_seen_at": now,
            "hint": one.hint.model_dump_json(),
            "dated_at": one.dated_at,
            "attempts": 0,
            "next_due_at": now,
        }
        for one in by_url.values()
    ]
    with engine.begin() as connection:
        insert_new(connection, URL, rows)
    return list(by_url)


def claim(engine: sa.Engine, batch: str, outlet_id: str, status: str, now: datetime, limit: int, only: Sequence[str] | None = None) -> None:
    """Take due URLs of an outlet for a batch, newest first; URLs of another live claim are left to it.

    `only` restricts the choice to these URLs. What the batch has claimed before stays claimed and counts towards `limit`.
    """
    mine = sa.and_(URL.c.outlet_id == outlet_id, URL.c.claimed_by == batch, URL.c.status == status)
    free = sa.or_(URL.c.claimed_by.is_(None), URL.c.claimed_until < now)
    due = sa.and_(URL.c.outlet_id == outlet_id, URL.c.status == status, URL.c.next_due_at <= now, free)
    order = (URL.c.attempts, URL.c.dated_at.desc().nulls_last(), URL.c.url_id)
    scopes = [due] if only is None else [sa.and_(due, URL.c.url_id.in_([_id(url) for url in chunk])) for chunk in _chunks(only)]
    values = {"claimed_by": batch, "claimed_until": now + CLAIM}
    with engine.begin() as connection:
        held = connection.execute(sa.update(URL).where(mine).values(claimed_until=now + CLAIM)).rowcount
        for scope in scopes:
            chosen = sa.select(URL.c.url_id).where(scope).order_by(*order).limit(max(limit - held, 0)).with_for_update(skip_locked=True)
            taken = connection.execute(chosen).scalars().all()
            held += len(taken)
            for chunk in _chunks(taken):
                connection.execute(sa.update(URL).where(URL.c.url_id.in_(chunk)).values(values))


def claimed(engine: sa.Engine, batch: str, outlet_id: str, now: datetime) -> list[Due]:
    """What a batch still has to fetch for an outlet, newest first."""
    wanted = sa.and_(URL.c.claimed_by == batch, URL.c.outlet_id == outlet_id, URL.c.next_due_at <= now)
    query = sa.select(URL).where(wanted).order_by(URL.c.attempts, URL.c.dated_at.desc().nulls_last(), URL.c.url_id)
    with engine.begin() as connection:
        rows = connection.execute(query).all()
    return [
        Due(
            row.url,
            Hint.model_validate_json(row.hint),
            row.first_seen_at,
            row.dated_at,
            row.attempts,
            Validators(row.etag, row.last_modified),
            row.body_sha256,
            Original.model_validate_json(row.original) if row.original else None,
        )
        for row in rows
    ]


def release(engine: sa.Engine, batch: str, outlet_id: str) -> None:
    """Let go of what a batch did not come to; the next batch of the outlet takes it."""
    mine = sa.and_(URL.c.claimed_by == batch, URL.c.outlet_id == outlet_id)
    with engine.begin() as connection:
        connection.execute(sa.update(URL).where(mine).values(claimed_by=None, claimed_until=None))


def _fate(capture: Capture, dated: datetime | None, ladder_s: Sequence[int], validators: Validators | None) -> dict[str, Any]:
    """New column values of a captured URL."""
    values: dict[str, Any] = {
        "attempts": 0,
        "claimed_by": None,
        "claimed_until": None,
        "captured_batch": capture.batch_key,
        "captured_at": capture.captured_at,
    }
    if capture.outcome == "gone" or (capture.outcome == "failed" and capture.hint.source != "recheck"):
        return values | {"status": "dead", "next_due_at": None}
    if capture.outcome == "fetched":
        original = Original(record_id=capture.capture_id, captured_at=capture.captured_at, url=capture.final_url)
        values |= {"body_sha256": capture.sha256, "original": original.model_dump_json()}
    if validators is not None:
        values |= {"etag": validators.etag, "last_modified": validators.last_modified}
    return values | {
        "status": "done",
        "next_due_at": politeness.next_recheck(capture.first_seen_at, dated, capture.captured_at, ladder_s),
    }


def settle(engine: sa.Engine, captures: Sequence[Capture], ladder_s: Sequence[int], validators: dict[UUID, Validators]) -> None:
    """Note what became of URLs, after their captures were committed. Doing it again changes nothing.

    `validators` holds those of answers by capture id; after a crash they are unknown, and the next recheck compares the body.
    """
    with engine.begin() as connection:
        for capture in captures:
            is_new = sa.or_(URL.c.captured_at.is_(None), URL.c.captured_at < capture.captured_at)
            this = sa.and_(URL.c.url_id == _id(capture.url), is_new)
            dated = connection.execute(sa.select(URL.c.dated_at).where(this)).scalar()
            values = _fate(capture, dated, ladder_s, validators.get(capture.capture_id))
            connection.execute(sa.update(URL).where(this).values(values))


def postpone(engine: sa.Engine, url: str, until: datetime, *, counts: bool) -> None:
    """Set a new due time after a failure that may pass; `counts` unless the URL itself was not tried."""
    values: dict[str, Any] = {"next_due_at": until, "claimed_by": None, "claimed_until": None}
    if counts:
        values["attempts"] = URL.c.attempts + 1
    with engine.begin() as connection:
        connection.execute(sa.update(URL).where(URL.c.url_id == _id(url)).values(values))


def source_validators(engine: sa.Engine, outlet_id: str, url: str) -> Validators:
    """Validators of a feed or sitemap, empty where it was never read."""
    query = sa.select(SOURCE.c.etag, SOURCE.c.last_modified).where(SOURCE.c.source_id == str(ids.key("source", outlet_id, url)))
    with engine.begin() as connection:
        row = connection.execute(query).one_or_none()
    return Validators(row.etag, row.last_modified) if row else Validators()


def note_source(engine: sa.Engine, outlet_id: str, url: str, now: datetime, *, kept: Validators | None, error: str | None) -> None:
    """Note that a feed or sitemap was asked. `kept`: validators to store (None leaves them); `error`: why it failed."""
    source_id = str(ids.key("source", outlet_id, url))
    values: dict[str, Any] = {"asked_at": now, "last_error": error, "failures": SOURCE.c.failures + 1 if error else 0}
    if kept is not None:
        values |= {"etag": kept.etag, "last_modified": kept.last_modified}
    with engine.begin() as connection:
        insert_new(connection, SOURCE, [{"source_id": source_id, "outlet_id": outlet_id, "url": url, "asked_at": now, "failures": 0}])
        connection.execute(sa.update(SOURCE).where(SOURCE.c.source_id == source_id).values(values))
