"""Which articles are compared when something changed, and that their rows are made anew, not added to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from transforms.records import Comparison, CopyGroup, Story, StoryMember
from warehouse.window import compare_stale, slices

DAY = 24 * 60


class Recorder:
    """Puts articles whose headline ends alike into one story; remembers what it was given."""

    def __init__(self) -> None:
        self.seen: list[list[str]] = []

    def __call__(self, articles: Any, mentions: Any, *, window_days: int) -> Comparison:
        self.seen.append(sorted(article.headline for article in articles))
        first: dict[str, Any] = {}
        for article in sorted(articles, key=lambda a: (a.published_at, a.article_id)):
            first.setdefault(article.headline.split()[-1], article)
        members = [StoryMember(article_id=a.article_id, story_id=first[a.headline.split()[-1]].article_id) for a in articles]
        return Comparison(
            groups=[CopyGroup(article_id=a.article_id, copy_group_id=a.article_id, role="own") for a in articles],
            stories=[
                Story(story_id=a.article_id, title=t, first_published_at=a.published_at, last_published_at=a.published_at)
                for t, a in first.items()
            ],
            members=members,
            method="recorder/1",
        )


def publish_days(loader: Any, make: Any, batch: str, days: dict[str, float]) -> None:
    captures = [make.capture(f"herald/{name.replace(' ', '-')}", 0, batch=batch) for name in days]
    rows = [
        make.row(c, f"Body of {name}.", headline=name, published_at=make.at(day * DAY))
        for c, (name, day) in zip(captures, days.items(), strict=True)
    ]
    loader(batch, captures, rows)


def test_only_the_window_around_the_change_is_read(loader: Any, make: Any, con: duckdb.DuckDBPyConnection) -> None:
    compare = Recorder()
    publish_days(loader, make, "b1", {"a dam": 0, "b wall": 3, "c fire": 9, "d vote": 30})
    assert compare_stale(con, compare, window_days=4) == 4
    # c lies 9 days after a: a stretch of its own, whose window of 4 days reaches nobody else
    assert compare.seen == [["a dam", "b wall"], ["c fire"], ["d vote"]]
    compare.seen.clear()
    publish_days(loader, make, "b2", {"e bridge": 12})
    compare_stale(con, compare, window_days=4)
    assert compare.seen == [["c fire", "e bridge"]]
    compare.seen.clear()
    assert compare_stale(con, compare, window_days=4) == 0
    assert compare.seen == []


def test_a_story_that_reaches_into_the_window_comes_whole(loader: Any, make: Any, con: duckdb.DuckDBPyConnection) -> None:
    compare = Recorder()
    publish_days(loader, make, "b1", {"one dam": 0, "two dam": 3, "three dam": 6})
    compare_stale(con, compare, window_days=4)
    compare.seen.clear()
    publish_days(loader, make, "b2", {"four dam": 9})
    compare_stale(con, compare, window_days=4)
    assert compare.seen == [["four dam", "one dam", "three dam", "two dam"]]
    assert con.execute("SELECT count(*), count(DISTINCT story_id) FROM core.story_article").fetchall() == [(4, 1)]
    assert con.execute("SELECT count(*) FROM core.story").fetchall() == [(1,)]


def test_an_article_that_is_gone_leaves_its_story(loader: Any, make: Any, con: duckdb.DuckDBPyConnection) -> None:
    compare = Recorder()
    publish_days(loader, make, "b1", {"one dam": 0, "two dam": 1})
    compare_stale(con, compare, window_days=4)
    capture = make.capture("herald/one-dam", 0, batch="b1")
    loader("reprocess/1", [capture], [make.rejection(capture)])
    compare_stale(con, compare, window_days=4)
    assert con.execute("SELECT count(*) FROM core.story_article").fetchall() == [(1,)]
    assert con.execute("SELECT title FROM core.story").fetchall() == [("dam",)]


def test_a_comparison_that_fails_is_made_by_the_next_run(loader: Any, make: Any, con: duckdb.DuckDBPyConnection) -> None:
    def broken(*_: Any, **__: Any) -> Comparison:
        raise RuntimeError("killed")

    publish_days(loader, make, "b1", {"one dam": 0})
    with pytest.raises(RuntimeError):
        compare_stale(con, broken, window_days=4)
    assert compare_stale(con, Recorder(), window_days=4) == 1


def test_comparing_again_gives_the_same_rows(compared: duckdb.DuckDBPyConnection, dam: Any) -> None:
    tables = ("story", "story_article", "copy_pair", "copy_group", "claim", "claim_link", "agreement", "silence")
    before = [compared.execute(f"FROM core.{table} ORDER BY ALL").fetchall() for table in tables]
    compared.execute("INSERT INTO ops.stale_article SELECT article_id, dated_at FROM core.current_version")
    assert compare_stale(compared, dam.compare, window_days=4) == 6
    assert [compared.execute(f"FROM core.{table} ORDER BY ALL").fetchall() for table in tables] == before


def test_what_comparison_is_given(compared: duckdb.DuckDBPyConnection, dam: Any, make: Any) -> None:
    given_articles: list[Any] = []
    given_mentions: list[Any] = []

    def look(articles: Any, mentions: Any, *, window_days: int) -> Comparison:
        given_articles.extend(articles)
        given_mentions.extend(mentions)
        return Comparison(method="look/1")

    compared.execute("INSERT INTO ops.stale_article SELECT article_id, dated_at FROM core.current_version LIMIT 1")
    compare_stale(compared, look, window_days=4)
    wire = next(article for article in given_articles if article.outlet_id == "wire")
    assert (wire.is_agency, wire.published_at, wire.body) == (True, make.noon, dam.texts["wire"][0])
    assert [article.is_truncated for article in given_articles if article.outlet_id == "standpoint"] == [True]
    assert {m.mention_id: m for m in given_mentions} == {m.mention_id: m for row in dam.rows.values() for m in row.mentions}


@hypothesis_settings(max_examples=40, derandomize=True, deadline=None)
@given(st.lists(st.integers(0, 400), max_size=40), st.integers(0, 30))
def test_slices_cover_every_instant_once_and_stay_short(days: list[int], longest: int) -> None:
    instants = [datetime(2018, 1, 1) + timedelta(days=day) for day in sorted(set(days))]  # noqa: DTZ001 as DuckDB gives them
    found = slices(instants, timedelta(days=longest))
    assert all(last - first <= timedelta(days=longest) for first, last in found)
    assert [sum(first <= at <= last for first, last in found) for at in instants] == [1] * len(instants)
