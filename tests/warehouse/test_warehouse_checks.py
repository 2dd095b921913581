"""Fault injection on the SQL checks: one wrong row of each kind in a sound warehouse, and the check that must tell of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from common.errors import Broken
from warehouse.sql import HERE, set_variables
from warehouse.verify import COUNTED, SHOWN, CheckResult, demand, run_check, run_checks

FAULTS = {
    "UPDATE core.article_version SET last_captured_at = captured_at - INTERVAL 1 DAY": ("ranges", "version times"),
    "UPDATE core.article_version SET headline = '', word_count = 0": ("ranges", "empty headline and body"),
    "UPDATE core.claim_mention SET confidence = 1.5": ("ranges", "mention confidence"),
    "UPDATE core.claim_mention SET quote_type = 'rumour'": ("ranges", "quote type"),
    "UPDATE core.claim_mention SET content = {'start': 5, 'end': 5, 'extra': []}": ("ranges", "mention span"),
    "UPDATE core.copy_pair SET a = b, b = a": ("ranges", "copy pair order"),
    "UPDATE core.copy_pair SET containment = 1.01": ("ranges", "copy pair order"),
    "UPDATE core.copy_group SET role = 'thief'": ("ranges", "copy role"),
    "UPDATE core.agreement SET label = 'perhaps'": ("ranges", "label"),
    "UPDATE core.agreement SET mention_b = mention_a": ("ranges", "label"),
    "UPDATE core.silence SET silence = 'loud'": ("ranges", "silence"),
    "UPDATE core.story SET first_published_at = last_published_at + INTERVAL 1 SECOND": ("ranges", "story times"),
    "UPDATE ops.disposition SET disposition = 'lost'": ("ranges", "disposition"),
    "UPDATE core.capture SET version_id = uuid()": ("references", "capture without its version"),
    "UPDATE core.claim_mention SET article_id = uuid()": ("references", "mention of another article"),
    "UPDATE core.claim_mention SET version_id = uuid()": ("references", "mention without version"),
    "UPDATE core.article_version SET capture_id = uuid()": ("references", "version without capture"),
    "DELETE FROM core.article_version": ("references", "article without version"),
    "DELETE FROM core.article": ("references", "version without article"),
    "DELETE FROM core.story": ("references", "claim without story"),
    "DELETE FROM core.story_article": ("references", "story without member"),
    "DELETE FROM core.claim": ("references", "link without claim"),
    "DELETE FROM core.claim_link": ("references", "agreement without mention"),
    "UPDATE ops.disposition SET capture_id = uuid()": ("references", "disposition without capture"),
    "INSERT INTO core.story FROM core.story": ("unique_keys", "core.story"),
    "INSERT INTO core.claim FROM core.claim": ("unique_keys", "core.claim"),
    "INSERT INTO core.claim_link FROM core.claim_link": ("unique_keys", "core.claim_link"),
    "INSERT INTO core.copy_pair FROM core.copy_pair": ("unique_keys", "core.copy_pair"),
    "INSERT INTO core.silence FROM core.silence": ("unique_keys", "core.silence"),
    "INSERT INTO core.outlet FROM core.outlet": ("unique_keys", "core.outlet"),
    "INSERT INTO ops.batch FROM ops.batch": ("unique_keys", "ops.batch"),
    "UPDATE core.article SET canonical_url = 'https://wire.example/dam'": ("unique_keys", "core.article url"),
    "UPDATE ops.batch SET captures = captures + 1": ("invariant", "sum"),
    "UPDATE ops.batch SET loaded = loaded - 1, filtered = filtered + 1": ("invariant", "reasons"),
    "DELETE FROM ops.disposition": ("invariant", "rows"),
    "DELETE FROM core.search_document": ("search_index", "not indexed"),
    "INSERT INTO core.search_document FROM core.search_document": ("search_index", "twice"),
}


def found(con: duckdb.DuckDBPyConnection, name: str) -> CheckResult:
    """What one check says."""
    return run_check(con, HERE / "checks" / f"{name}.sql")


def test_a_sound_warehouse_passes_every_check(story: duckdb.DuckDBPyConnection) -> None:
    results = run_checks(story)
    assert {result.name for result in results} == {path.stem for path in (HERE / "checks").glob("*.sql")}
    assert [result for result in results if result.violations] == []
    demand(results)


@pytest.mark.parametrize("change", FAULTS, ids=[" ".join(name) for name in FAULTS.values()])
def test_each_kind_of_fault_is_found_and_stops_the_publication(story: duckdb.DuckDBPyConnection, change: str) -> None:
    name, fault = FAULTS[change]
    story.execute(change)
    rows = story.sql((HERE / "checks" / f"{name}.sql").read_text("utf-8")).fetchall()
    assert fault in {value for row in rows for value in row if isinstance(value, str)}
    with pytest.raises(Broken, match=name):
        demand([found(story, name)])


def test_every_check_has_a_fault_here() -> None:
    proven = {name for name, _ in FAULTS.values()} | {"spans_of_batch"}
    assert proven == {path.stem for path in (HERE / "checks").glob("*.sql")}


@pytest.mark.parametrize(
    ("change", "violations"),
    [
        ("text = text", 0),
        ("text = text || '!'", 1),
        ("content = {'start': content.start + 1, 'end': content.\"end\" + 1, 'extra': []}", 1),
        ("content = {'start': 0, 'end': 100000, 'extra': []}", 1),
    ],
)
def test_words_must_stand_where_their_mention_says(story: duckdb.DuckDBPyConnection, dam: Any, change: str, violations: int) -> None:
    story.execute(f"UPDATE core.claim_mention SET {change} WHERE mention_id = ?", [dam.mention_id("ledger")])
    set_variables(story, batch_key="b1")
    assert found(story, "spans_of_batch").violations == violations
    set_variables(story, batch_key="another")
    assert found(story, "spans_of_batch").violations == 0


def test_articles_that_wait_for_comparison_may_have_rows_of_their_old_text(story: duckdb.DuckDBPyConnection) -> None:
    story.execute("INSERT INTO ops.stale_article SELECT article_id, TIMESTAMP '2018-09-20' FROM core.article")
    story.execute("DELETE FROM core.claim_link")
    assert found(story, "references").violations == 0


def test_a_broken_table_is_not_counted_to_its_end(story: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    (tmp_path / "many.sql").write_text("SELECT 'row' AS fault, range FROM range(1000000)")
    (result,) = run_checks(story, tmp_path)
    assert (result.name, result.violations, result.severity) == ("many", COUNTED, "error")
    assert result.sample == "; ".join(f"row {number}" for number in range(SHOWN))


def test_no_check_is_no_failure(story: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    assert run_checks(story, tmp_path) == []
    demand([])


def test_all_failures_are_told_at_once() -> None:
    with pytest.raises(Broken, match=r"ranges: 2 rows, e\.g\. x y; references: 1 rows") as raised:
        demand([CheckResult("ranges", 2, "x y"), CheckResult("fine", 0, None), CheckResult("references", 1, "z")])
    assert "fine" not in str(raised.value)
