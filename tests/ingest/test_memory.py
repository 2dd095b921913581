"""The memory of outlets in the state database: pages count once, snapshots never change, reading back finds the one of then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from common import ids
from common.settings import Settings
from ingest.memory import MOST_PAGES, Lesson, Memories, kept_pages, learn, learned_dates, memory_at
from ingest.records import Capture, Hint, PageBlocks
from ingest.state import open_state
from tests.ingest.test_recurring import NOW, block, page

HOUR = timedelta(hours=1)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    engine = open_state(Settings(state_url=f"sqlite:///{tmp_path}/state.db"))
    yield engine
    engine.dispose()


def pages(count: int, word: str = "a", start: int = 0, seen_at: datetime = NOW) -> list[PageBlocks]:
    return [page(n, block(word), block(f"own{n}"), seen_at=seen_at) for n in range(start, start + count)]


def kept(engine: sa.Engine) -> list[PageBlocks]:
    with engine.connect() as connection:
        return kept_pages(connection, "x")


def capture(at: datetime, outlet_id: str = "x", captured_at: datetime | None = None) -> Capture:
    return Capture(
        capture_id=ids.key("capture", "m"), batch_key="b", outlet_id=outlet_id, url="https://x.example/", final_url="https://x.example/",
        captured_at=captured_at or at, first_seen_at=at, outcome="fetched", hint=Hint(source="feed"),
    )  # fmt: skip


def test_pages_teach_and_a_memory_holds_from_then_on(engine: sa.Engine) -> None:
    assert learn(engine, pages(2), NOW + HOUR) == []
    assert learn(engine, pages(2, start=2), NOW + 2 * HOUR) == ["x"]
    assert learned_dates(engine, "x") == [NOW + 2 * HOUR]
    memories = Memories(engine)
    assert memories.of(capture(NOW + 2 * HOUR - timedelta(seconds=1))) is None
    recall = memories.of(capture(NOW + 2 * HOUR))
    assert recall is not None
    assert recall.prints == ["a"]
    assert memories.of(capture(NOW + 9 * HOUR, "other")) is None


def test_the_same_batch_again_counts_nothing_twice(engine: sa.Engine) -> None:
    for _ in range(5):
        assert learn(engine, pages(2), NOW + HOUR) == []
    assert len(kept(engine)) == 2


def test_a_newer_capture_of_a_page_takes_its_place_and_an_older_one_does_not(engine: sa.Engine) -> None:
    learn(engine, [page(1, block("a"))], NOW)
    learn(engine, [page(1, block("b"), seen_at=NOW + HOUR)], NOW + HOUR)
    learn(engine, [page(1, block("c"), seen_at=NOW - HOUR)], NOW + 2 * HOUR)
    assert [[one.print for one in found.blocks] for found in kept(engine)] == [["b"]]


def test_the_newest_pages_are_kept(engine: sa.Engine) -> None:
    learn(engine, [page(n, block("a"), seen_at=NOW + n * timedelta(minutes=1)) for n in range(MOST_PAGES + 20)], NOW)
    learn(engine, [page(9999, block("a"), seen_at=NOW - HOUR)], NOW)
    found = kept(engine)
    assert len(found) == MOST_PAGES
    assert min(one.seen_at for one in found) == NOW + timedelta(minutes=20)


def test_pages_of_before_are_read_with_the_memory_of_before(engine: sa.Engine) -> None:
    learn(engine, pages(3, "a"), NOW)
    first = memory_at(engine, "x", NOW)
    learn(engine, pages(9, "b", 10, NOW + HOUR), NOW + HOUR)
    assert learned_dates(engine, "x") == [NOW, NOW + HOUR]
    assert memory_at(engine, "x", NOW + HOUR - timedelta(seconds=1)) == first
    assert memory_at(engine, "x", NOW - HOUR) is None
    memories = Memories(engine)
    before, after = memories.of(capture(NOW)), memories.of(capture(NOW + HOUR))
    assert (before and before.prints, after and set(after.prints)) == (["a"], {"a", "b"})


def test_later_versions_of_an_article_are_read_with_the_memory_of_its_first(engine: sa.Engine) -> None:
    learn(engine, pages(3, "a"), NOW)
    learn(engine, pages(9, "b", 10, NOW + HOUR), NOW + HOUR)
    later = Memories(engine).of(capture(NOW, captured_at=NOW + 9 * HOUR))
    assert later is not None
    assert later.prints == ["a"]
    # a file may tell a capture older than its first sight
    assert Memories(engine).of(capture(NOW + HOUR, captured_at=NOW - HOUR)) is None


def test_a_snapshot_is_loaded_once_for_a_batch(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    learn(engine, pages(3), NOW)
    memories = Memories(engine)
    assert memories.of(capture(NOW)) is not None
    monkeypatch.setattr(engine, "connect", lambda: pytest.fail("asked again"))
    assert memories.of(capture(NOW + HOUR)) is memories.of(capture(NOW + 2 * HOUR))


def test_a_clock_that_goes_back_changes_no_snapshot(engine: sa.Engine) -> None:
    learn(engine, pages(3), NOW + HOUR)
    assert learn(engine, pages(20, "b", 10), NOW) == []
    assert learned_dates(engine, "x") == [NOW + HOUR]


def test_a_kill_between_pages_and_memory_leaves_neither(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("ingest.memory.next_memory", killed)
        with pytest.raises(KeyboardInterrupt):
            learn(engine, pages(3), NOW)
    assert (kept(engine), learned_dates(engine, "x")) == ([], [])
    assert learn(engine, pages(3), NOW) == ["x"]


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, MOST_PAGES + 40), st.integers(0, 3)), max_size=300))
def test_a_lesson_keeps_the_newest_capture_of_the_newest_pages(rows: list[tuple[int, int]]) -> None:
    lesson, newest = Lesson(), dict[str, datetime]()
    for number, hours in rows:
        lesson.add(page(number, seen_at=NOW + hours * HOUR))
        newest[f"p{number}"] = max(newest.get(f"p{number}", NOW), NOW + hours * HOUR)
    found = {one.page_id: one.seen_at for one in lesson.pages()}
    assert len(found) == min(len(newest), MOST_PAGES)
    assert min(found.values(), default=NOW) >= (sorted(newest.values(), reverse=True) or [NOW])[:MOST_PAGES][-1]
