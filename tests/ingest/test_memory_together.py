"""Memory and what recurs, taken together: how batches are cut makes no difference, snapshots never change, outlets stay apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.settings import Settings
from ingest.memory import MOST_PAGES, Lesson, Memories, kept_pages, learn, learned_dates, memory_at
from ingest.records import OutletMemory, PageBlocks, Recurring
from ingest.recurring import (
    GROWTH,
    KEPT_FOR,
    LEAST_PAGES,
    LINE_SHARE,
    MOST_RECURRING,
    PARAGRAPH,
    PARAGRAPH_SHARE,
    is_furniture,
    next_memory,
)
from ingest.state import MEMORY, PAGE_BLOCKS, open_state
from tests.ingest.test_memory import capture
from tests.ingest.test_recurring import NOW, block, page

HOUR = timedelta(hours=1)
ROWS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 5), st.sampled_from(["a", "b", "ab", ""])), max_size=20)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = open_state(Settings(state_url=f"sqlite:///{tmp_path}/state.db"))
    yield engine
    engine.dispose()


def made(rows: list[tuple[int, int, str]]) -> list[PageBlocks]:
    """Captures: number of the page, hours, its blocks; two captures of a page at one time are the same."""
    found = {(number, hours): page(number, *map(block, words), seen_at=NOW + hours * HOUR) for number, hours, words in rows}
    return list(found.values())


def kept(engine: sa.Engine, outlet_id: str = "x") -> list[PageBlocks]:
    with engine.connect() as connection:
        return kept_pages(connection, outlet_id)


def forget(engine: sa.Engine) -> None:
    """Begin anew: an example of hypothesis must not see the one before."""
    with engine.begin() as connection:
        connection.execute(sa.delete(PAGE_BLOCKS))
        connection.execute(sa.delete(MEMORY))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, st.integers(1, 5))
def test_how_batches_are_cut_makes_no_difference_to_the_pages_kept(engine: sa.Engine, rows: list[tuple[int, int, str]], size: int) -> None:
    pages = made(rows)
    forget(engine)
    learn(engine, pages, NOW + 9 * HOUR)
    at_once = kept(engine)
    forget(engine)
    for at in range(0, len(pages), size):
        learn(engine, pages[at : at + size], NOW + 9 * HOUR)
    assert kept(engine) == at_once
    newest = {one.page_id: max(other.seen_at for other in pages if other.page_id == one.page_id) for one in pages}
    assert {one.page_id: one.seen_at for one in at_once} == newest


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROWS, min_size=1, max_size=4))
def test_what_was_remembered_once_is_read_back_for_ever(engine: sa.Engine, batches: list[list[tuple[int, int, str]]]) -> None:
    forget(engine)
    told: dict[datetime, OutletMemory | None] = {}
    for number, rows in enumerate(batches):
        at = NOW + number * KEPT_FOR
        learn(engine, made(rows), at)
        told[at] = memory_at(engine, "x", at)
        assert {then: memory_at(engine, "x", then) for then in told} == told
    assert learned_dates(engine, "x") == sorted({one.learned_at for one in told.values() if one})


def test_outlets_are_remembered_apart(engine: sa.Engine) -> None:
    mine = [page(n, block("a")) for n in range(4)]
    other = [one.model_copy(update={"outlet_id": "y", "blocks": [block("b")]}) for one in mine]
    assert learn(engine, [*mine, *other], NOW) == ["x", "y"]
    memories = Memories(engine)
    found = [memories.of(capture(NOW, outlet)) for outlet in ("x", "y", "z")]
    assert [recall.prints if recall else None for recall in found] == [["a"], ["b"], None]


def test_an_outlet_s_flood_of_pages_takes_nothing_from_another(engine: sa.Engine) -> None:
    learn(engine, [page(n, block("a")).model_copy(update={"outlet_id": "y"}) for n in range(3)], NOW)
    learn(engine, [page(n, block("b"), seen_at=NOW + HOUR) for n in range(MOST_PAGES + 5)], NOW + HOUR)
    assert (len(kept(engine)), len(kept(engine, "y"))) == (MOST_PAGES, 3)


def test_no_pages_teach_nothing(engine: sa.Engine) -> None:
    assert learn(engine, [], NOW) == []
    assert (kept(engine), learned_dates(engine, "x"), memory_at(engine, "x", NOW)) == ([], [], None)


def test_a_layout_that_went_is_forgotten_when_its_pages_are(engine: sa.Engine) -> None:
    learn(engine, [page(n, block("old")) for n in range(20)], NOW)
    fresh = [page(1000 + n, block("new"), seen_at=NOW + KEPT_FOR) for n in range(MOST_PAGES)]
    learn(engine, fresh, NOW + KEPT_FOR)
    memories = Memories(engine)
    before, after = memories.of(capture(NOW)), memories.of(capture(NOW + KEPT_FOR))
    assert (before and before.prints, after and after.prints) == (["old"], ["new"])


def test_a_lesson_of_several_outlets_gives_each_its_newest() -> None:
    lesson = Lesson()
    for outlet in "xy":
        for hours in (1, 3, 2):
            lesson.add(page(7, block(str(hours)), seen_at=NOW + hours * HOUR).model_copy(update={"outlet_id": outlet}))
    assert [(one.outlet_id, one.blocks[0].print) for one in lesson.pages()] == [("x", "3"), ("y", "3")]


@pytest.mark.parametrize(
    ("length", "met", "pages", "is_so"),
    [
        (PARAGRAPH, LEAST_PAGES, LEAST_PAGES, True),
        (PARAGRAPH, LEAST_PAGES - 1, LEAST_PAGES - 1, False),
        (PARAGRAPH, 4, 200, True),
        (PARAGRAPH, 3, 200, False),
        (PARAGRAPH + 1, LEAST_PAGES, 20, True),
        (PARAGRAPH + 1, LEAST_PAGES, 21, False),
        (PARAGRAPH + 1, 30, 200, True),
        (PARAGRAPH + 1, 29, 200, False),
    ],
)
def test_lines_and_paragraphs_have_shares_of_their_own(length: int, met: int, pages: int, is_so: bool) -> None:
    assert is_furniture(Recurring(print="a", text="A", length=length, pages=met), pages) is is_so
    assert LINE_SHARE < PARAGRAPH_SHARE


@given(st.integers(1, 400), st.integers(1, 400), st.integers(1, 400))
def test_what_is_met_more_often_stays_furniture(length: int, met: int, pages: int) -> None:
    one, more = (Recurring(print="a", text="A", length=length, pages=number) for number in (met, met + 1))
    assert is_furniture(more, pages) or not is_furniture(one, pages)
    assert is_furniture(one, pages) or not is_furniture(one, pages + 1)


@pytest.mark.parametrize(("count", "is_kept"), [(GROWTH * LEAST_PAGES - 1, False), (GROWTH * LEAST_PAGES, True)])
def test_a_young_memory_is_replaced_from_twice_as_many_pages_on(count: int, is_kept: bool) -> None:
    last = next_memory("x", [page(n, block("a")) for n in range(LEAST_PAGES)], None, NOW)
    fresh = next_memory("x", [page(n, block("a"), block("b")) for n in range(count)], last, NOW + HOUR)
    assert (fresh is not None) is is_kept
    assert fresh is None or ({one.print for one in fresh.recurring}, fresh.pages) == ({"a", "b"}, count)


def test_a_memory_goes_to_json_and_back_whole(engine: sa.Engine) -> None:
    pages = [page(n, block("Größe", 12, is_heading=True), *(block(f"b{i}") for i in range(MOST_RECURRING))) for n in range(3)]
    learn(engine, pages, NOW)
    found = memory_at(engine, "x", NOW)
    assert found is not None
    assert found == next_memory("x", pages, None, NOW)
    assert OutletMemory.model_validate_json(found.model_dump_json()) == found
    assert len(found.recurring) == MOST_RECURRING
