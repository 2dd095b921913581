"""Pages that a source shows: new ones enter the frontier, known ones become due again when the source tells a change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ingest.discover.records import Discovered
from ingest.frontier import chunks, lot, new_row, url_id
from ingest.rhythm import polls, signals
from ingest.rhythm.pace import SourceState
from ingest.rhythm.signals import KEY_CHARS, Known
from ingest.state import URL, insert_new

# Of a source whose dates of change are doubted, one page in so many is still believed: it may have been mended.
PROBED = 1 / 20
# A page may have moved again after it had moved; a longer chain is a mistake, and its last known address is asked.
MOST_MOVES = 3
_COLUMNS = (
    *(URL.c.url_id, URL.c.url, URL.c.status, URL.c.first_seen_at, URL.c.captured_at, URL.c.changed_at),
    *(URL.c.seen, URL.c.titles, URL.c.false_signals, URL.c.moved_to, URL.c.why),
)


@dataclass
class Noticed:
    """What a poll has brought: URLs in order, each once; how many were new to the source; how many nobody had named so."""

    urls: list[str] = field(default_factory=list)
    listed: int = 0
    brought: int = 0


@dataclass
class _Changes:
    """Statements to come."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)
    due: list[dict[str, Any]] = field(default_factory=list)
    forgiven: int = 0


def _rows(connection: sa.Connection, urls: Sequence[str]) -> dict[str, sa.Row[Any]]:
    found: dict[str, sa.Row[Any]] = {}
    for chunk in chunks([url_id(url) for url in urls]):
        found |= {row.url: row for row in connection.execute(sa.select(*_COLUMNS).where(URL.c.url_id.in_(chunk)))}
    return found


def _resolved(connection: sa.Connection, pages: Iterable[Discovered]) -> tuple[dict[str, tuple[Discovered, str]], dict[str, sa.Row[Any]]]:
    """Pages by the address that counts today, each with the one that the source shows; and the rows that are known of them."""
    by_url: dict[str, tuple[Discovered, str]] = {}
    for page in pages:
        by_url.setdefault(page.url, (page, page.url))
    rows = _rows(connection, list(by_url))
    for _move in range(MOST_MOVES):
        moved = {url: row.moved_to for url, row in rows.items() if row.moved_to and url in by_url}
        if not moved:
            break
        for url, target in moved.items():
            by_url.setdefault(target, by_url.pop(url))
        rows |= _rows(connection, [target for target in moved.values() if target not in rows])
    return by_url, rows


def _known(row: sa.Row[Any]) -> Known:
    views = signals.load(row.seen)
    return Known(row.status, row.first_seen_at, row.captured_at, row.changed_at, views, row.titles, row.false_signals)


def _trusted(key: str, known: dict[str, Known], by_url: dict[str, tuple[Discovered, str]]) -> bool:
    """Whether the dates of change of this poll can be meant."""
    again = [(one.views[key].changed_at, by_url[url][0].changed_at) for url, one in known.items() if key in one.views and url in by_url]
    dated = [(before, now) for before, now in again if before and now]
    return not signals.is_mass(sum(before != now for before, now in dated), len(dated))


def _see(row: sa.Row[Any], known: Known, key: str, page: Discovered, now: datetime, changes: _Changes, *, trusts: bool) -> tuple[int, int]:
    """Judge one known page; returns what it adds to `listed` and `brought`."""
    sight = signals.sight(known, key, page, now, trusts_dates=trusts)
    if not sight.is_new:
        return 0, 0
    changed_at = max((at for at in (known.changed_at, page.changed_at) if at), default=None)
    is_late = (
        row.why == "missed" and changed_at and known.changed_at and known.captured_at and known.changed_at < changed_at <= known.captured_at
    )
    changes.forgiven += bool(is_late)
    told = {"id": row.url_id, "seen_": signals.dump(sight.views), "changed_": changed_at, "why_": None if is_late else row.why}
    if sight.sign is None:
        changes.seen.append(told)
        return 1, 0
    changes.due.append(told | {"why_": f"{sight.sign}:{key}", "due_": sight.due_at})
    return 1, 1


def _write(connection: sa.Connection, outlet_id: str, changes: _Changes) -> None:
    insert_new(connection, URL, changes.rows)
    this = URL.c.url_id == sa.bindparam("id")
    seen: dict[str, Any] = {"seen": sa.bindparam("seen_"), "changed_at": sa.bindparam("changed_"), "why": sa.bindparam("why_")}
    due: dict[str, Any] = {"status": "due", "next_due_at": sa.bindparam("due_"), "attempts": 0}
    if changes.seen:
        connection.execute(sa.update(URL).where(this).values(seen), changes.seen)
    if changes.due:
        connection.execute(sa.update(URL).where(this).values(seen | due), changes.due)
    for _ in range(changes.forgiven):  # what a reading-again had found was announced after all, only later
        polls.learn(connection, outlet_id, announced=1, missed=-1)


def notice(engine: sa.Engine, outlet_id: str, source: SourceState, pages: Iterable[Discovered], now: datetime) -> Noticed:
    """Note the pages that a source shows. Doing it again changes nothing more."""
    key = source.source_id[:KEY_CHARS]
    noticed, changes = Noticed(), _Changes()
    doubted = signals.is_doubted(source.true_signals, source.false_signals)
    with engine.begin() as connection:
        by_url, rows = _resolved(connection, pages)
        known = {url: _known(row) for url, row in rows.items()}
        trusts = _trusted(key, known, by_url)
        for url, (page, _shown) in by_url.items():
            if url in rows:
                believed = trusts and (not doubted or lot(rows[url].url_id) < PROBED)
                listed, brought = _see(rows[url], known[url], key, page, now, changes, trusts=believed)
            else:
                view = signals.dump({key: signals.view_of(page)})
                changes.rows.append(new_row(page, outlet_id, now) | {"seen": view, "changed_at": page.changed_at})
                listed = brought = 1
            noticed.listed, noticed.brought = noticed.listed + listed, noticed.brought + brought
        _write(connection, outlet_id, changes)
    noticed.urls = list(dict.fromkeys(shown for _page, shown in by_url.values()))
    return noticed
