"""The memory of outlets in the state database: the newest pages of each, and dated snapshots of what recurred on them."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from ingest.records import Capture, OutletMemory, PageBlocks, Recall
from ingest.recurring import next_memory
from ingest.state import MEMORY, PAGE_BLOCKS, insert_new

# Pages of an outlet that are looked back on: a day or three of a newspaper, so that a new layout is known soon and an old one forgotten.
MOST_PAGES = 200


class Memories:
    """Snapshots for reading pages; each is loaded once."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.dates: dict[str, list[datetime]] = {}
        self.recalls: dict[tuple[str, datetime], Recall] = {}

    def of(self, capture: Capture) -> Recall | None:
        """What was remembered of the outlet when the page was first seen.

        Later memories change nothing, so that reading again gives the same, and that no version of an article differs from the one before
        only because more is remembered by now.
        """
        outlet_id, at = capture.outlet_id, min(capture.first_seen_at, capture.captured_at)
        if outlet_id not in self.dates:
            self.dates[outlet_id] = learned_dates(self.engine, outlet_id)
        place = bisect_right(self.dates[outlet_id], at)
        if place == 0:
            return None
        key = (outlet_id, self.dates[outlet_id][place - 1])
        if key not in self.recalls:
            found = memory_at(self.engine, *key)
            assert found is not None  # rows are never removed
            self.recalls[key] = found.recall()
        return self.recalls[key]


class Lesson:
    """What the pages of a batch teach, as far as it may be kept: a batch may have more pages than memory."""

    def __init__(self) -> None:
        self.newest: dict[str, dict[str, PageBlocks]] = defaultdict(dict)

    def add(self, page: PageBlocks) -> None:
        """Take a page in, in the place of an older capture of it or of the oldest page."""
        found = self.newest[page.outlet_id]
        if page.page_id not in found or found[page.page_id].seen_at <= page.seen_at:
            found[page.page_id] = page
        if len(found) > MOST_PAGES:
            del found[min(found, key=lambda page_id: (found[page_id].seen_at, page_id))]

    def pages(self) -> list[PageBlocks]:
        """The pages that were kept."""
        return [page for found in self.newest.values() for page in found.values()]


def learned_dates(engine: sa.Engine, outlet_id: str) -> list[datetime]:
    """When the memories of an outlet were learned, oldest first."""
    with engine.connect() as connection:
        query = sa.select(MEMORY.c.learned_at).where(MEMORY.c.outlet_id == outlet_id).order_by(MEMORY.c.learned_at)
        return list(connection.scalars(query))


def memory_at(engine: sa.Engine, outlet_id: str, at: datetime) -> OutletMemory | None:
    """The newest memory of an outlet that was learned by then."""
    query = sa.select(MEMORY.c.content).where(MEMORY.c.outlet_id == outlet_id, MEMORY.c.learned_at <= at)
    with engine.connect() as connection:
        text = connection.scalar(query.order_by(MEMORY.c.learned_at.desc()).limit(1))
    return None if text is None else OutletMemory.model_validate_json(text)


def learn(engine: sa.Engine, pages: Iterable[PageBlocks], now: datetime) -> list[str]:
    """Take pages into account; returns the outlets that got a new memory. The same pages again change nothing."""
    by_outlet: dict[str, list[PageBlocks]] = defaultdict(list)
    for page in pages:
        by_outlet[page.outlet_id].append(page)
    learned = []
    for outlet_id, found in sorted(by_outlet.items()):
        with engine.begin() as connection:
            keep_pages(connection, outlet_id, found)
            last = last_memory(connection, outlet_id)
            fresh = next_memory(outlet_id, kept_pages(connection, outlet_id), last, now)
            if fresh is not None and (last is None or fresh.learned_at > last.learned_at):
                row = {"outlet_id": outlet_id, "learned_at": now, "pages": fresh.pages, "content": fresh.model_dump_json()}
                insert_new(connection, MEMORY, [row])
                learned.append(outlet_id)
    return learned


def keep_pages(connection: sa.Connection, outlet_id: str, pages: Sequence[PageBlocks]) -> None:
    """Keep the newest capture of each page, and the newest pages."""
    mine = PAGE_BLOCKS.c.outlet_id == outlet_id
    known = {row.page_id: row.seen_at for row in connection.execute(sa.select(PAGE_BLOCKS.c.page_id, PAGE_BLOCKS.c.seen_at).where(mine))}
    newest = {page.page_id: page for page in sorted(pages, key=lambda page: page.seen_at)}
    fresh = [page for page in newest.values() if page.page_id not in known or page.seen_at > known[page.page_id]]
    seen = known | {page.page_id: page.seen_at for page in fresh}
    staying = set(sorted(seen, key=lambda page_id: (seen[page_id], page_id), reverse=True)[:MOST_PAGES])
    leaving = [page_id for page_id in known if page_id not in staying or (page_id in newest and newest[page_id] in fresh)]
    if leaving:
        connection.execute(sa.delete(PAGE_BLOCKS).where(mine, PAGE_BLOCKS.c.page_id.in_(leaving)))
    rows = [
        {"outlet_id": outlet_id, "page_id": page.page_id, "seen_at": page.seen_at, "content": page.model_dump_json()}
        for page in fresh
        if page.page_id in staying
    ]
    insert_new(connection, PAGE_BLOCKS, rows)


def kept_pages(connection: sa.Connection, outlet_id: str) -> list[PageBlocks]:
    """The newest pages of an outlet."""
    query = sa.select(PAGE_BLOCKS.c.content).where(PAGE_BLOCKS.c.outlet_id == outlet_id).order_by(PAGE_BLOCKS.c.page_id)
    return [PageBlocks.model_validate_json(text) for text in connection.scalars(query)]


def last_memory(connection: sa.Connection, outlet_id: str) -> OutletMemory | None:
    """The newest memory of an outlet."""
    query = sa.select(MEMORY.c.content).where(MEMORY.c.outlet_id == outlet_id).order_by(MEMORY.c.learned_at.desc()).limit(1)
    text = connection.scalar(query)
    return None if text is None else OutletMemory.model_validate_json(text)
