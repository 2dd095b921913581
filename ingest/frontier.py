"""The frontier: every URL that was ever named, what is due, what a batch has claimed, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from common import ids
from ingest.discover.records import Discovered
from ingest.records import Hint, Original
from ingest.state import URL, insert_new
from ingest.web.fetch import Validators

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


def url_id(url: str) -> str:
    """Key of a URL's row."""
    return str(ids.key("url", url))


def lot(identifier: str) -> float:
    """A number from 0 to 1 that a URL's key draws, always the same."""
    return int(identifier[:8], 16) / 2**32


def chunks(found: Sequence[str]) -> Iterable[Sequence[str]]:
    """Parts that fit into one statement."""
    return (found[start : start + CHUNK] for start in range(0, len(found), CHUNK))


def new_row(page: Discovered, outlet_id: str, now: datetime) -> dict[str, Any]:
    """The row of a page that is met for the first time."""
    return {
        "url_id": url_id(page.url),
        "url": page.url,
        "outlet_id": outlet_id,
        "status": "due",
        "first_seen_at": now,
        "hint": page.hint.model_dump_json(),
        "dated_at": page.dated_at,
        "attempts": 0,
        "next_due_at": now,
    }


def offer(engine: sa.Engine, outlet_id: str, found: Iterable[Discovered], now: datetime) -> list[str]:
    """Note pages that a source named; known URLs stay as they are. Returns the URLs in order, each once."""
    by_url: dict[str, Discovered] = {}
    for one in found:
        by_url.setdefault(one.url, one)
    rows = [new_row(one, outlet_id, now) for one in by_url.values()]
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
    scopes = [due] if only is None else [sa.and_(due, URL.c.url_id.in_([url_id(url) for url in chunk])) for chunk in chunks(only)]
    values = {"claimed_by": batch, "claimed_until": now + CLAIM}
    with engine.begin() as connection:
        held = connection.execute(sa.update(URL).where(mine).values(claimed_until=now + CLAIM)).rowcount
        for scope in scopes:
            chosen = sa.select(URL.c.url_id).where(scope).order_by(*order).limit(max(limit - held, 0)).with_for_update(skip_locked=True)
            taken = connection.execute(chosen).scalars().all()
            held += len(taken)
            for chunk in chunks(taken):
                connection.execute(sa.update(URL).where(URL.c.url_id.in_(chunk)).values(values))


def _hint(row: sa.Row[Any]) -> Hint:
    """What discovery knew of a page; a page that a source tells to have changed says so."""
    found = Hint.model_validate_json(row.hint)
    return found.model_copy(update={"source": "changed"}) if ":" in (row.why or "") else found


def claimed(engine: sa.Engine, batch: str, outlet_id: str, now: datetime) -> list[Due]:
    """What a batch still has to fetch for an outlet, newest first."""
    wanted = sa.and_(URL.c.claimed_by == batch, URL.c.outlet_id == outlet_id, URL.c.next_due_at <= now)
    query = sa.select(URL).where(wanted).order_by(URL.c.attempts, URL.c.dated_at.desc().nulls_last(), URL.c.url_id)
    with engine.begin() as connection:
        rows = connection.execute(query).all()
    return [
        Due(
            row.url,
            _hint(row),
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


def postpone(engine: sa.Engine, url: str, until: datetime, *, counts: bool) -> None:
    """Set a new due time after a failure that may pass; `counts` unless the URL itself was not tried."""
    values: dict[str, Any] = {"next_due_at": until, "claimed_by": None, "claimed_until": None}
    if counts:
        values["attempts"] = URL.c.attempts + 1
    with engine.begin() as connection:
        connection.execute(sa.update(URL).where(URL.c.url_id == url_id(url)).values(values))
