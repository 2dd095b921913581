"""Past states: what the outlets said at an instant, and what we knew of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

HISTORY = "SELECT v.body, h.valid_from, h.valid_to, h.known_from, h.known_to FROM core.version_history h JOIN core.article_version v "
ORDERED = HISTORY + "USING (version_id) ORDER BY h.known_from"


class Newsroom:
    """One article whose text changes; times are minutes after noon."""

    def __init__(self, desk: Any, make: Any) -> None:
        self.desk, self.make = desk, make

    def naive(self, minutes: float | None) -> datetime | None:
        return None if minutes is None else self.make.at(minutes).replace(tzinfo=None)

    def read(self, texts: list[tuple[float, str]], **version: Any) -> None:
        """Captures of one page, in order; the same text again is the same version."""
        captures = [self.make.capture("herald/1", minutes, batch=f"b{minutes}") for minutes, _ in texts]
        rows: dict[str, Any] = {}
        for capture, (_, text) in zip(captures, texts, strict=True):
            rows.setdefault(text, self.make.row(capture, text, says=text, **version))
        self.desk.put(captures, list(rows.values()), [self.make.outlet("herald")])
        self.desk.con.execute("DELETE FROM core.article")
        self.desk.con.execute(
            "INSERT INTO core.article BY NAME SELECT DISTINCT article_id, 'herald' AS outlet_id, "
            "'https://herald.example/1' AS canonical_url, TIMESTAMP '2018-09-20 12:00' AS first_seen_at FROM core.article_version"
        )
        for capture, (_, text) in zip(captures, texts, strict=True):
            self.desk.con.execute(
                "UPDATE core.capture SET version_id = ? WHERE capture_id = ?", [rows[text].version.version_id, capture.capture_id]
            )

    def history(self) -> list[tuple[Any, ...]]:
        return self.desk.rows(ORDERED)

    def at(self, macro: str, minutes: float) -> list[str]:
        sql = f"SELECT v.body FROM marts.{macro}(?) JOIN core.article_version v USING (version_id)"
        return [body for (body,) in self.desk.rows(sql, self.naive(minutes))]


@pytest.fixture
def newsroom(desk: Any, make: Any) -> Newsroom:
    return Newsroom(desk, make)


def test_a_first_text_stands_since_its_publication_and_is_known_since_its_capture(newsroom: Newsroom) -> None:
    newsroom.read([(20, "Twelve hurt.")], published_at=newsroom.make.at(0))
    assert newsroom.history() == [("Twelve hurt.", newsroom.naive(0), None, newsroom.naive(20), None)]
    assert (newsroom.at("as_of", 5), newsroom.at("known_at", 5)) == (["Twelve hurt."], [])
    assert newsroom.at("known_at", 20) == ["Twelve hurt."]
    assert newsroom.at("as_of", -1) == []


@pytest.mark.parametrize(
    "published", [{"published_at": None}, {"published_is_day": True}, {"published_at": datetime(2031, 1, 1, tzinfo=UTC)}]
)
def test_without_a_usable_publication_time_it_stands_since_the_capture(newsroom: Newsroom, published: dict[str, Any]) -> None:
    newsroom.read([(20, "Twelve hurt.")], **published)
    assert newsroom.history()[0][1] == newsroom.naive(20)


@pytest.mark.parametrize(
    ("modified", "since"),
    [(15, 15), (5, 30), (31, 30), (None, 30)],  # between the captures; before the one that shows the old text; in the future; not told
)
def test_a_later_text_stands_since_the_outlet_says_so_if_that_can_be(newsroom: Newsroom, modified: float | None, since: float) -> None:
    told = newsroom.make.at(modified) if modified is not None else None
    newsroom.read([(10, "Twelve hurt."), (30, "Fifteen hurt.")], modified_at=told)
    assert [row[1] for row in newsroom.history()][1] == newsroom.naive(since)
    assert newsroom.at("as_of", since - 1) == ["Twelve hurt."]
    assert newsroom.at("as_of", since) == ["Fifteen hurt."]
    assert newsroom.at("known_at", 29) == ["Twelve hurt."]


def test_a_text_that_comes_back_has_two_spans(newsroom: Newsroom) -> None:
    newsroom.read([(0, "A"), (10, "B"), (20, "A"), (30, "A")])
    at = newsroom.naive
    assert [(body, known_from, known_to) for body, _, _, known_from, known_to in newsroom.history()] == [
        ("A", at(0), at(10)),
        ("B", at(10), at(20)),
        ("A", at(20), None),
    ]


def test_a_removal_ends_the_last_text(newsroom: Newsroom) -> None:
    newsroom.read([(0, "A"), (10, "B")])
    newsroom.desk.con.execute("UPDATE core.article SET removed_at = ?", [newsroom.naive(50)])
    assert newsroom.history()[1][2] == newsroom.naive(50)
    assert (newsroom.at("as_of", 49), newsroom.at("as_of", 50)) == (["B"], [])


def test_who_said_what_then(newsroom: Newsroom) -> None:
    newsroom.read([(0, "Twelve hurt."), (10, "Fifteen hurt.")])
    assert newsroom.desk.rows("SELECT words FROM marts.said_as_of('2018-09-20 12:05')") == [("Twelve hurt.",)]
    assert newsroom.desk.rows("SELECT headline FROM as_of('2018-09-20 12:05')") == [("Headline",)]


def test_corroboration_grows_with_what_was_captured(story: duckdb.DuckDBPyConnection) -> None:
    """Wire was captured at noon, herald one minute later, then ledger (15) and post (nobody)."""
    sql = "SELECT witness_count, outlets, differing_outlets FROM marts.claims_known_at(?) WHERE kind = 'number'"
    found = [story.execute(sql, [f"2018-09-20 {at}"]).fetchall() for at in ("11:59", "12:00", "12:01", "12:02", "12:03")]
    assert found == [[], [(1, 1, 0)], [(1, 2, 0)], [(1, 3, 1)], [(1, 4, 2)]]
    now = story.execute("SELECT claim_id, witness_count, outlets, differing_outlets FROM marts.corroboration ORDER BY 1").fetchall()
    late = story.execute(
        "SELECT claim_id, witness_count, outlets, differing_outlets FROM marts.claims_known_at('2031-01-01') ORDER BY 1"
    ).fetchall()
    assert late == now


@hypothesis_settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.sampled_from("AB"), min_size=1, max_size=6))
def test_at_every_instant_an_article_has_one_text(newsroom: Newsroom, texts: list[str]) -> None:
    con = newsroom.desk.con
    for table in ("capture", "article_version", "claim_mention", "outlet"):
        con.execute(f"DELETE FROM core.{table}")
    newsroom.read([(n * 10, text) for n, text in enumerate(texts)])
    for n, text in enumerate(texts):
        assert newsroom.at("as_of", n * 10) == newsroom.at("known_at", n * 10 + 9) == [text]


def test_views_call_window_functions_as_older_clients_read_them(shared: duckdb.DuckDBPyConnection) -> None:
    """DuckDB 2.0 writes lead(x, 1, y) in a way that 1.2 to 1.5 refuse: "LEAD needs 1 parameter"; seen in published files."""
    views = shared.execute("SELECT view_name, sql FROM duckdb_views() WHERE NOT internal").fetchall()
    assert len(views) > 15
    assert [name for name, sql in views if re.search(r"(?i)\b(lead|lag)\([^()]*,", sql)] == []
