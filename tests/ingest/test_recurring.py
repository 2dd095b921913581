"""What recurs: pages with different headlines count, lines sooner than paragraphs; a new memory only where it pays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.records import BlockPrint, OutletMemory, PageBlocks
from ingest.recurring import KEPT_FOR, LEAST_PAGES, LINE_SHARE, MOST_RECURRING, PARAGRAPH, next_memory, recurring

NOW = datetime(2020, 5, 4, tzinfo=UTC)


def block(name: str, length: int = 30, *, is_heading: bool = False) -> BlockPrint:
    return BlockPrint(print=name, text=f"Text of {name}", length=length, is_heading=is_heading)


def page(number: int, *blocks: BlockPrint, headline: str | None = None, seen_at: datetime = NOW) -> PageBlocks:
    return PageBlocks(outlet_id="x", page_id=f"p{number}", headline=headline or f"h{number}", seen_at=seen_at, blocks=list(blocks))


def names(pages: list[PageBlocks]) -> list[str]:
    return [one.print for one in recurring(pages)[1]]


def test_a_line_on_three_pages_is_furniture_on_two_it_is_not() -> None:
    pages = [page(n, block("prompt"), block(f"own{n}"), *([block("pair")] if n < 2 else [])) for n in range(3)]
    count, found = recurring(pages)
    assert count == 3
    assert [(one.print, one.pages, one.text) for one in found] == [("prompt", 3, "Text of prompt")]


def test_copies_under_one_headline_count_once() -> None:
    assert names([page(n, block("a"), headline="same") for n in range(9)]) == []
    assert names([page(n, block("a"), headline=f"title {n % 2}") for n in range(9)]) == []


def test_a_paragraph_of_a_running_story_is_no_furniture_but_one_that_most_pages_have_is() -> None:
    story = [page(n, block("background", PARAGRAPH + 1), block("share"), block("about", 400)) for n in range(5)]
    others = [page(n, block("share"), block("about", 400)) for n in range(5, 60)]
    assert set(names(story + others)) == {"share", "about"}


def test_a_line_must_be_on_a_share_of_many_pages() -> None:
    pages = [page(n, *([block("rare")] if n < LEAST_PAGES else [])) for n in range(200)]
    assert names(pages) == []
    enough = int(LINE_SHARE * 200)
    assert names([page(n, *([block("line")] if n < enough else [])) for n in range(200)]) == ["line"]


def test_the_newest_text_is_shown_and_the_number_of_blocks_is_bounded() -> None:
    old, new = block("a"), BlockPrint(print="a", text="Now so", length=30)
    pages = [page(n, old, seen_at=NOW - timedelta(days=1)) for n in range(3)] + [page(9, new)]
    assert recurring(pages)[1][0].text == "Now so"
    assert len(names([page(n, *(block(f"b{i}") for i in range(MOST_RECURRING + 9))) for n in range(3)])) == MOST_RECURRING


@given(st.lists(st.tuples(st.integers(0, 8), st.lists(st.sampled_from("abcde"), max_size=4)), max_size=25), st.randoms())
def test_the_order_of_pages_makes_no_difference(rows: list[tuple[int, list[str]]], random: object) -> None:
    pages = [page(i, *(block(name) for name in dict.fromkeys(blocks)), headline=f"t{title}") for i, (title, blocks) in enumerate(rows)]
    shuffled = list(pages)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert recurring(pages) == recurring(shuffled)
    for one in recurring(pages)[1]:
        assert one.pages == len({p.headline for p in pages if one.print in {b.print for b in p.blocks}}) >= LEAST_PAGES


def test_the_first_memory_is_kept_as_soon_as_something_recurs() -> None:
    assert next_memory("x", [page(n, block("a")) for n in range(2)], None, NOW) is None
    first = next_memory("x", [page(n, block("a")) for n in range(3)], None, NOW)
    assert first == OutletMemory(outlet_id="x", learned_at=NOW, pages=3, recurring=recurring([page(n, block("a")) for n in range(3)])[1])


@pytest.mark.parametrize(
    ("pages", "age", "words", "is_kept"),
    [
        (4, timedelta(hours=1), "ab", False),  # young, few new pages
        (6, timedelta(hours=1), "ab", True),  # from twice as many pages
        (4, KEPT_FOR, "ab", True),  # a day old
        (4, KEPT_FOR, "a", False),  # nothing new
        (9, KEPT_FOR, "a", False),
        (4, KEPT_FOR, "", True),  # what was furniture is none any more
    ],
)
def test_another_memory_is_kept_when_it_pays(pages: int, age: timedelta, words: str, *, is_kept: bool) -> None:
    last = next_memory("x", [page(n, block("a")) for n in range(3)], None, NOW)
    fresh = next_memory("x", [page(n, *map(block, words)) for n in range(pages)], last, NOW + age)
    assert (fresh is not None) is is_kept


def test_a_memory_tells_readers_what_is_everywhere() -> None:
    pages = [page(n, block("all"), *([block("some")] if n < 4 else [])) for n in range(10)]
    memory = next_memory("x", pages, None, NOW)
    assert memory is not None
    recall = memory.recall()
    assert (recall.learned_at, set(recall.prints), recall.everywhere) == (NOW, {"all", "some"}, ["all"])
