"""Texts over time: versions and what changed in them, and random sequences of batches with their comparison after each."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from common.settings import Settings
from transforms.compare import compare
from transforms.records import Comparison
from warehouse import compact
from warehouse.connect import open_private
from warehouse.landing import discard, folder, verify, write_landing
from warehouse.load import load
from warehouse.verify import run_checks
from warehouse.window import compare_stale


@pytest.fixture
def tell(desk: Any, make: Any) -> Any:
    """Puts the texts of one page, a quarter of an hour apart, as its versions."""

    def put(*texts: str, page: str = "herald/dam", **first: Any) -> list[Any]:
        captures = [make.capture(page, 15 * n) for n in range(len(texts))]
        rows = [make.row(c, text, says=text, **(first if n == 0 else {})) for n, (c, text) in enumerate(zip(captures, texts, strict=True))]
        desk.put(captures, rows, [])
        desk.con.execute("DELETE FROM core.article WHERE rowid NOT IN (SELECT min(rowid) FROM core.article GROUP BY article_id)")
        return rows

    return put


def test_each_version_stands_beside_the_one_before(desk: Any, tell: Any) -> None:
    tell("12 hurt.", "15 hurt.", "17 hurt.")
    found = desk.rows("SELECT removed, added, is_headline_changed, word_count_before, word_count FROM marts.version_changes")
    assert found == [(["15 hurt."], ["17 hurt."], False, 2, 2), (["12 hurt."], ["15 hurt."], False, 2, 2)]  # newest first


def test_a_headline_alone_is_a_change(desk: Any, tell: Any) -> None:
    tell("12 hurt.", "12 hurt.", headline="Dam holds")
    assert desk.rows("SELECT headline_before, headline, is_headline_changed, removed, added FROM marts.version_changes") == [
        ("Dam holds", "Headline", True, [], [])
    ]


def test_one_version_is_no_change(desk: Any, tell: Any) -> None:
    tell("12 hurt.")
    assert desk.rows("FROM marts.version_changes") == []
    assert desk.rows("SELECT revisions, revised_articles FROM marts.outlet_profile") == []


def test_revisions_are_counted_by_outlet(desk: Any, tell: Any, make: Any) -> None:
    desk.put([], [], [make.outlet("herald"), make.outlet("post")])
    tell("12 hurt.", "15 hurt.", "17 hurt.")
    tell("Rain.", "Snow.", page="herald/rain")
    tell("Calm.", page="post/calm")
    assert desk.rows("SELECT outlet_id, articles, revisions, revised_articles FROM marts.outlet_profile") == [
        ("herald", 2, 3, 2), ("post", 1, 0, 0),
    ]  # fmt: skip


def test_the_current_version_is_the_last_one(desk: Any, tell: Any, make: Any) -> None:
    tell("12 hurt.", "15 hurt.")
    assert desk.rows("SELECT body, captured_at, first_seen_at FROM core.current_version") == [
        ("15 hurt.", make.at(15).replace(tzinfo=None), make.at(0).replace(tzinfo=None))
    ]


def test_an_undated_article_is_dated_by_first_sight(desk: Any, tell: Any, make: Any) -> None:
    tell("12 hurt.", published_at=None)
    assert desk.rows("SELECT published_at, dated_at FROM core.current_version") == [(None, make.at(0).replace(tzinfo=None))]


TEXTS = [
    "The dam above Karsk broke at dawn and 12 people were injured.",
    "The dam above Karsk broke at dawn and 15 people were injured.",
    "Nobody was injured when the dam above Karsk broke at dawn, the operator said.",
]
VISITS = st.lists(
    st.tuples(
        st.sampled_from(["herald/dam", "post/dam", "wire/dam"]),
        st.integers(0, 2),
        st.sampled_from(["fetched", "fetched", "fetched", "rejected", "gone", "failed", "not_modified"]),
    ),
    min_size=1,
    max_size=5,
)


@hypothesis_settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(VISITS, min_size=1, max_size=3))
def test_checks_hold_after_every_batch_and_its_comparison(
    batches: list[Any], make: Any, tmp_path_factory: pytest.TempPathFactory, empty_file: Any
) -> None:
    settings = Settings(data_dir=tmp_path_factory.mktemp("sequence"))
    shutil.copy(empty_file, settings.data_dir / "w.duckdb")
    with duckdb.connect(str(settings.data_dir / "w.duckdb"), config={"threads": 1}) as con:
        for number, visits in enumerate(batches):
            counts = bring(settings, con, make, f"b{number}", visits)
            assert counts["captures"] == len(visits) == sum(counts.values()) - counts["captures"]
            compare_stale(con, compare, window_days=4)
            assert [(r.name, r.sample) for r in run_checks(con) if r.violations] == []
            assert con.execute("FROM ops.stale_article").fetchall() == []
        # the comparison that grew batch by batch is the one that is made at once
        grown = compared_rows(con)
        con.execute("INSERT INTO ops.stale_article SELECT article_id, dated_at FROM core.current_version")
        compare_stale(con, compare, window_days=4)
        assert compared_rows(con) == grown


def bring(settings: Settings, con: duckdb.DuckDBPyConnection, make: Any, batch: str, visits: list[Any]) -> dict[str, int]:
    minutes = 60 * int(batch[1:])
    captures = [
        make.capture(page, minutes + n, batch=batch, outcome="fetched" if outcome == "rejected" else outcome)
        for n, (page, _, outcome) in enumerate(visits)
    ]
    rows = [
        make.rejection(c) if outcome == "rejected" else make.row(c, TEXTS[text], says=TEXTS[text][4:40], headline="Dam breaks at Karsk")
        for c, (_, text, outcome) in zip(captures, visits, strict=True)
        if c.outcome == "fetched"
    ]
    write_landing(settings, batch, captures, rows)
    return load(con, verify(folder(settings, batch)), folder(settings, batch), make.noon)


def compared_rows(con: duckdb.DuckDBPyConnection) -> list[list[tuple[Any, ...]]]:
    tables = ("story", "story_article", "copy_pair", "copy_group", "claim", "claim_link", "agreement", "silence")
    return [con.execute(f"FROM core.{table} ORDER BY ALL").fetchall() for table in tables]


def test_a_batch_landed_anew_with_fewer_captures_forgets_the_others_account(
    loader: Any, make: Any, con: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    captures = [make.capture(f"herald/{n}") for n in range(3)]
    loader("b1", captures, [make.row(c, "Text.") for c in captures])
    discard(settings, "b1")
    assert loader("b1", captures[:2], [make.row(c, "Text.") for c in captures[:2]])["captures"] == 2
    assert con.execute("SELECT count(*) FROM ops.disposition").fetchall() == [(2,)]
    assert [r.sample for r in run_checks(con) if r.violations] == []


def test_slices_far_apart_are_compared_apart(loader: Any, make: Any, con: duckdb.DuckDBPyConnection) -> None:
    seen: list[int] = []

    def count(articles: Any, mentions: Any, *, window_days: int) -> Comparison:
        seen.append(len(articles))
        return Comparison(method="count/1")

    captures = [make.capture(f"herald/{n}") for n in range(4)]
    days = [0, 1, 30, 60]
    loader("b1", captures, [make.row(c, "Text.", published_at=make.noon + timedelta(days=d)) for c, d in zip(captures, days, strict=True)])
    assert compare_stale(con, count, window_days=4) == 4
    assert seen == [2, 1, 1]


def test_compaction_keeps_rows_macros_and_comments(compared: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    asked = (
        "SELECT outlet_id, score FROM search('dam injured')",
        "SELECT claim, witnesses FROM marts.story_report((SELECT story_id FROM core.story))",
        "SELECT schema_name, table_name, column_name, comment FROM duckdb_columns() WHERE comment IS NOT NULL ORDER BY ALL",
        "SELECT function_name, comment FROM duckdb_functions() WHERE function_type = 'table_macro' AND NOT internal ORDER BY ALL",
        "FROM core.article_version ORDER BY ALL",
    )
    before = [compared.execute(sql).fetchall() for sql in asked]
    compared.close()
    assert compact.compact(settings, least_share=0.0, least_size=0)
    with open_private(settings) as con:
        assert [con.execute(sql).fetchall() for sql in asked] == before
        assert all(before)
