"""What recurs on the pages of an outlet is furniture: which blocks do, and when a new memory is worth keeping. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from ingest.records import BlockPrint, OutletMemory, PageBlocks, Recurring

# The same words under three different headlines are no accident any more.
LEAST_PAGES = 3
# Share of the pages that must have a block. Lines are furniture soon; whole paragraphs also stand in several articles of one running
# story, which repeat what happened before, so they must be on a good part of all pages.
LINE_SHARE, PARAGRAPH_SHARE = 0.02, 0.15
# Longer blocks are paragraphs (characters).
PARAGRAPH = 160
# Blocks that one memory holds, the most frequent: an outlet has a few dozen.
MOST_RECURRING = 300
# A new memory is kept when the last one is a day old, or was learned from half as many pages.
KEPT_FOR = timedelta(days=1)
GROWTH = 2


def recurring(pages: Iterable[PageBlocks]) -> tuple[int, list[Recurring]]:
    """(pages with different headlines, blocks that recur on them), the most frequent first.

    Versions and copies of an article have one headline, so they count once.
    """
    headlines: set[str] = set()
    met: dict[str, set[str]] = defaultdict(set)
    shown: dict[str, BlockPrint] = {}
    for page in sorted(pages, key=lambda page: (page.seen_at, page.page_id)):
        headlines.add(page.headline)
        for block in page.blocks:
            met[block.print].add(page.headline)
            shown[block.print] = block
    found = [Recurring(**shown[name].model_dump(), pages=len(titles)) for name, titles in met.items()]
    kept = [one for one in found if is_furniture(one, len(headlines))]
    return len(headlines), sorted(kept, key=lambda one: (-one.pages, one.print))[:MOST_RECURRING]


def is_furniture(block: Recurring, pages: int) -> bool:
    """Whether a block recurs often enough for its length."""
    share = PARAGRAPH_SHARE if block.length > PARAGRAPH else LINE_SHARE
    return block.pages >= max(LEAST_PAGES, share * pages)


def next_memory(outlet_id: str, pages: list[PageBlocks], last: OutletMemory | None, now: datetime) -> OutletMemory | None:
    """The memory to keep from now on; None where there is nothing to remember, nothing new, or the last one is young."""
    count, found = recurring(pages)
    if last is None:
        return OutletMemory(outlet_id=outlet_id, learned_at=now, pages=count, recurring=found) if found else None
    is_due = now - last.learned_at >= KEPT_FOR or count >= GROWTH * last.pages
    if not is_due or [one.print for one in found] == [one.print for one in last.recurring]:
        return None
    return OutletMemory(outlet_id=outlet_id, learned_at=now, pages=count, recurring=found)
