"""Loading: the account of every batch is right, again is nothing new, order does not matter, a killed load heals."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from common.settings import Settings
from warehouse.landing import discard, folder, verify, write_landing
from warehouse.load import load
from warehouse.sql import set_variables
from warehouse.verify import run_check, run_checks

ROOT = Path(__file__).parents[2]
TABLES = (
    "core.outlet",
    "core.capture",
    "core.article",
    "core.article_version",
    "core.claim_mention",
    "ops.disposition",
    "ops.rejection",
    "ops.batch",
)


def sizes(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    return {name: con.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0] for name in TABLES}


def faults(con: duckdb.DuckDBPyConnection) -> list[str]:
    return [f"{result.name}: {result.sample}" for result in run_checks(con) if result.violations]


def current(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return con.execute("SELECT canonical_url, body, first_seen_at FROM core.current_version ORDER BY 1").fetchall()


def test_every_capture_is_accounted_for(loader: Any, make: Any, con: duckdb.DuckDBPyConnection) -> None:
    captures = [
        make.capture("herald/1"),
        make.capture("herald/2"),
        make.capture("herald/imprint"),
        make.capture("herald/gone", outcome="gone"),
        make.capture("herald/broken", outcome="failed", reason="fetch_refused", detail="too large"),
        make.capture("herald/same", outcome="not_modified"),
        make.capture("herald/forgotten"),
    ]
    rows = [make.row(captures[0], "One.", says="One"), make.row(captures[1], "Two."), make.rejection(captures[2])]
    counts = loader("b1", captures, rows)
    assert counts == {"captures": 7, "loaded": 2, "unchanged": 1, "duplicate": 0, "filtered": 2, "quarantined": 2}
    reasons = con.execute("SELECT stage, reason, disposition FROM ops.rejection ORDER BY reason").fetchall()
    assert reasons == [
        ("fetch", "fetch_refused", "quarantined"),
        ("fetch", "gone", "filtered"),
        ("extract", "no_article", "filtered"),
        ("transform", "no_record", "quarantined"),
    ]
    assert faults(con) == []


def test_loading_twice_changes_nothing(loader: Any, make: Any, con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    captures = [make.capture("herald/1"), make.capture("herald/2")]
    rows = [make.row(captures[0], "One.", says="One"), make.row(captures[1], "Two.")]
    counts = loader("b1", captures, rows, outlets=[make.outlet("herald")])
    before = sizes(con)
    path = folder(settings, "b1")
    assert load(con, verify(path), path, make.noon) == counts
    assert sizes(con) == before


def test_the_same_text_in_a_later_batch_is_unchanged(loader: Any, make: Any, con: duckdb.DuckDBPyConnection) -> None:
    first, again = make.capture("herald/1"), make.capture("herald/1", 15, batch="b2")
    loader("b1", [first], [make.row(first, "One.", says="One")])
    con.execute("DELETE FROM ops.stale_article")
    before = sizes(con)
    assert loader("b2", [again], [make.row(again, "One.", says="One")])["unchanged"] == 1
    after = sizes(con)
    assert {name for name in TABLES if after[name] != before[name]} == {"core.capture", "ops.disposition", "ops.batch"}
    assert con.execute("FROM ops.stale_article").fetchall() == []  # nothing to compare again


def test_one_article_under_two_addresses_is_a_duplicate(loader: Any, make: Any, con: duckdb.DuckDBPyConnection) -> None:
    amp, page = make.capture("herald/1/amp", 0), make.capture("herald/1", 1)
    rows = [make.row(amp, "One. Exit", canonical=page.url), make.row(page, "One.")]
    assert loader("b1", [amp, page], rows) == {"captures": 2, "loaded": 1, "unchanged": 0, "duplicate": 1, "filtered": 0, "quarantined": 0}
    assert [body for _, body, _ in current(con)] == ["One."]  # the canonical address speaks, although it came second
    assert faults(con) == []


def test_two_texts_of_one_address_in_one_batch_are_two_versions(loader: Any, make: Any, con: duckdb.DuckDBPyConnection) -> None:
    captures = [make.capture("herald/1", minutes, batch="files/x") for minutes in (0, 5, 9)]
    rows = [make.row(c, text) for c, text in zip(captures, ["12 hurt.", "15 hurt.", "15 hurt."], strict=True)]
    assert loader("files/x", captures, rows) | {"captures": 3} == {
        "captures": 3, "loaded": 2, "unchanged": 0, "duplicate": 1, "filtered": 0, "quarantined": 0,
    }  # fmt: skip
    assert [body for _, body, _ in current(con)] == ["15 hurt."]


def test_an_old_text_that_arrives_late_is_not_current(loader: Any, make: Any, con: duckdb.DuckDBPyConnection) -> None:
    new, old = make.capture("herald/1", 60), make.capture("herald/1", -60, batch="files/archive")
    loader("b1", [new], [make.row(new, "15 hurt.")])
    loader("files/archive", [old], [make.row(old, "12 hurt.")])
    ((_, body, first_seen_at),) = current(con)
    assert body == "15 hurt."
    assert first_seen_at == make.at(-60).replace(tzinfo=None)  # the least first sight wins


def test_a_text_that_comes_back_is_current_again(loader: Any, make: Any, con: duckdb.DuckDBPyConnection) -> None:
    for number, text in enumerate(["12 hurt.", "15 hurt.", "12 hurt."]):
        capture = make.capture("herald/1", number * 15, batch=f"b{number}")
        con.execute("DELETE FROM ops.stale_article")
        loader(f"b{number}", [capture], [make.row(capture, text)])
    assert [body for _, body, _ in current(con)] == ["12 hurt."]
    assert len(con.execute("FROM core.article_version").fetchall()) == 2
    assert len(con.execute("FROM ops.stale_article").fetchall()) == 1  # nothing was loaded, yet the story reads otherwise


def test_reprocessing_with_other_code_replaces_what_was_read(loader: Any, make: Any, con: duckdb.DuckDBPyConnection) -> None:
    capture = make.capture("herald/1")
    loader("b1", [capture], [make.row(capture, "One. Share this!", says="One")])
    cleaner = make.row(capture, "One.", says="One", extractor="test/2", code_version="test/2")
    assert loader("reprocess/1", [capture], [cleaner])["loaded"] == 1
    assert con.execute("SELECT body, extractor, batch_key FROM core.article_version").fetchall() == [("One.", "test/2", "b1")]
    assert len(con.execute("FROM core.claim_mention").fetchall()) == 1
    assert faults(con) == []


def test_reprocessing_that_reads_the_same_text_mends_the_row_once(loader: Any, make: Any, con: duckdb.DuckDBPyConnection) -> None:
    capture = make.capture("herald/1")
    loader("b1", [capture], [make.row(capture, "One. Two.", says="One")])
    mended = make.row(capture, "One. Two.", says="Two", section="World")
    assert loader("b2", [capture], [mended])["unchanged"] == 1  # an ordinary batch with the same code leaves it
    assert loader("reprocess/1", [capture], [mended])["loaded"] == 1
    assert con.execute("SELECT section, text FROM core.current_version JOIN core.claim_mention USING (version_id)").fetchall() == [
        ("World", "Two")
    ]
    assert loader("reprocess/2", [capture], [mended])["unchanged"] == 1


def test_reprocessing_that_rejects_the_page_removes_the_article(loader: Any, make: Any, con: duckdb.DuckDBPyConnection) -> None:
    capture = make.capture("herald/imprint")
    loader("b1", [capture], [make.row(capture, "Imprint.", says="Imprint")])
    assert loader("reprocess/1", [capture], [make.rejection(capture)])["filtered"] == 1
    assert current(con) == []
    assert faults(con) == []


def test_a_landing_made_anew_replaces_the_account(loader: Any, make: Any, con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    captures = [make.capture("herald/1"), make.capture("herald/2")]
    loader("b1", captures, [make.row(captures[0], "One.")])
    discard(settings, "b1")
    counts = loader("b1", captures, [make.row(c, "Text.") for c in captures])
    assert (counts["loaded"], counts["quarantined"]) == (2, 0)
    assert sizes(con)["ops.batch"] == 1
    assert faults(con) == []


@pytest.mark.parametrize("chunk_size", [1, 3, 100])
def test_chunks_give_the_same_as_one_piece(loader: Any, make: Any, con: duckdb.DuckDBPyConnection, chunk_size: int) -> None:
    captures = [make.capture(f"herald/{n % 4}", n) for n in range(7)] + [make.capture("herald/x", outcome="gone")]
    rows = [make.row(c, f"Text {n % 4}.", says="Text") for n, c in enumerate(captures[:7])]
    counts = loader("b1", captures, rows, chunk_size=chunk_size)
    assert counts == {"captures": 8, "loaded": 4, "unchanged": 0, "duplicate": 3, "filtered": 1, "quarantined": 0}
    assert faults(con) == []


def test_an_empty_batch_is_a_batch(loader: Any, con: duckdb.DuckDBPyConnection) -> None:
    assert loader("b1", [], [])["captures"] == 0
    assert con.execute("SELECT batch_key FROM ops.batch").fetchall() == [("b1",)]


@hypothesis_settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    visits=st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 2), st.sampled_from(["fetched", "fetched", "gone", "failed", "not_modified"])),
        min_size=1,
        max_size=8,
    ),
    seed=st.integers(0, 10**6),
)
def test_any_order_of_batches_gives_the_same_articles(
    visits: list[tuple[int, int, str]], seed: int, make: Any, tmp_path_factory: pytest.TempPathFactory, empty_file: Path
) -> None:
    batches: dict[str, list[Any]] = {}
    for minute, (page, text, outcome) in enumerate(visits):
        batches.setdefault(f"b{minute // 4}", []).append(
            (make.capture(f"herald/{page}", minute, batch=f"b{minute // 4}", outcome=outcome), text)
        )
    order = list(batches)
    shuffled = random.Random(seed).sample(order, len(order))
    assert history(order, batches, make, tmp_path_factory, empty_file) == history(shuffled, batches, make, tmp_path_factory, empty_file)


def history(order: list[str], batches: dict[str, list[Any]], make: Any, factory: pytest.TempPathFactory, empty_file: Path) -> list[Any]:
    """Load the batches in this order; the articles with all their versions afterwards."""
    import shutil

    data = factory.mktemp("order")
    own = Settings(data_dir=data)
    shutil.copy(empty_file, data / "w.duckdb")
    with duckdb.connect(str(data / "w.duckdb")) as con:
        for batch in order:
            captures = [capture for capture, _ in batches[batch]]
            rows = [make.row(c, f"Text {text}.", says="Text") for c, text in batches[batch] if c.outcome == "fetched"]
            write_landing(own, batch, captures, rows)
            counts = load(con, verify(folder(own, batch)), folder(own, batch), make.noon)
            assert counts["captures"] == len(captures) == sum(counts.values()) - counts["captures"]
        assert faults(con) == []
        return con.execute(
            "SELECT a.canonical_url, a.first_seen_at, v.version_id, v.capture_id, v.captured_at, v.last_captured_at, "
            "v.version_id IN (SELECT version_id FROM core.current_version) "
            "FROM core.article a JOIN core.article_version v USING (article_id) ORDER BY ALL"
        ).fetchall()


@pytest.mark.parametrize(
    ("check", "damage"),
    [
        ("invariant", "UPDATE ops.batch SET loaded = loaded + 1"),
        ("invariant", "DELETE FROM ops.disposition"),
        ("unique_keys", "INSERT INTO core.article FROM core.article"),
        ("unique_keys", "INSERT INTO core.claim_mention FROM core.claim_mention"),
        ("references", "DELETE FROM core.article_version"),
        ("references", "DELETE FROM core.claim_mention"),
        ("references", "DELETE FROM core.story"),
        ("ranges", "UPDATE core.agreement SET label = 'true'"),
        ("ranges", "UPDATE core.claim_mention SET confidence = 1.1"),
        ("spans_of_batch", "UPDATE core.claim_mention SET text = 'something else'"),
    ],
)
def test_each_check_finds_its_damage(story: duckdb.DuckDBPyConnection, check: str, damage: str) -> None:
    set_variables(story, batch_key="b1")
    assert faults(story) == []
    story.execute(damage)
    assert run_check(story, ROOT / "warehouse" / "checks" / f"{check}.sql").violations > 0


def test_of_a_mention_that_stands_twice_the_surest_is_kept(loader: Any, make: Any, con: duckdb.DuckDBPyConnection) -> None:
    captures = [make.capture(f"herald/{n}") for n in range(2)]
    rows = [make.row(c, f"{n} fell. It rained.", says=f"{n} fell") for n, c in enumerate(captures)]
    (mention,) = rows[0].mentions
    doubled = [mention.model_copy(update={"confidence": sure, "speaker": who}) for sure, who in ((0.2, "Ann"), (0.9, "Bob"), (0.5, "Cid"))]
    loader("b1", captures, [rows[0].model_copy(update={"mentions": doubled}), rows[1]], chunk_size=1)
    found = con.execute("SELECT confidence, speaker FROM core.claim_mention WHERE mention_id = ?", [mention.mention_id]).fetchall()
    assert found == [(0.9, "Bob")]
    assert con.execute("SELECT count(*) FROM core.claim_mention").fetchall() == [(2,)]
