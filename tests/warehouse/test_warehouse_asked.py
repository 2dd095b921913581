"""The published file as people ask it: the queries of the guide, search with odd words, a door that opens nothing else."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from common import clock
from common.settings import Settings
from warehouse import indexing
from warehouse.connect import open_private, open_published
from warehouse.publish import publish_copy

ROOT = Path(__file__).parents[2]
FENCED = re.compile(r"```sql\n(.*?)```", re.DOTALL)
ON_THE_COMMAND_LINE = re.compile(r"consilience sql \"([^\"…]+)\"")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, compared_file: Path) -> Settings:
    """The dam story, published."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("asked"), warehouse_threads=1)
    settings.warehouse_file.parent.mkdir(parents=True)
    shutil.copy(compared_file, settings.warehouse_file)
    with open_private(settings) as con:
        publish_copy(con, settings, clock.now())
    return settings


@pytest.fixture(scope="module")
def news(published: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(published) as con:
        yield con


def documented() -> list[str]:
    """Every query in the documentation, one a statement."""
    queries = []
    for page in sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]):
        text = page.read_text("utf-8")
        queries += [part for block in FENCED.findall(text) for part in block.split(";") if part.strip()]
        queries += ON_THE_COMMAND_LINE.findall(text)
    return queries


def test_there_are_queries_in_the_documentation() -> None:
    assert len(documented()) >= 5
    assert any("story_report" in query for query in documented())


@pytest.mark.parametrize("query", documented(), ids=lambda query: " ".join(query.split())[-40:])
def test_every_documented_query_runs(news: duckdb.DuckDBPyConnection, query: str) -> None:
    assert news.execute(query).description
    news.execute(query).fetchall()


def test_the_guide_says_how_to_read_offsets(news: duckdb.DuckDBPyConnection) -> None:
    assert 'substring(body, start + 1, "end" - start)' in (ROOT / "docs/how-to/query.md").read_text("utf-8")
    found = news.execute(
        'SELECT substring(body, content.start + 1, content."end" - content.start), text '
        "FROM core.claim_mention JOIN core.current_version USING (version_id)"
    ).fetchall()
    assert len(found) == 6
    assert all(cut == text for cut, text in found)


@pytest.mark.parametrize(
    "sql",
    [
        "COPY core.article TO '/tmp/articles.csv'",
        "COPY core.article FROM '/tmp/articles.csv'",
        "EXPORT DATABASE '/tmp/export'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "ATTACH ':memory:' AS other; ATTACH '/tmp/x.duckdb'",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM read_parquet('/tmp/*.parquet')",
        "SELECT * FROM read_json('https://example.org/x.json')",
        "SELECT * FROM glob('/etc/*')",
        "FROM '/etc/passwd.csv'",
        "SET lock_configuration = false",
        "SET GLOBAL memory_limit = '90%'",
        "RESET enable_external_access",
        "PRAGMA temp_directory = '/tmp/elsewhere'",
        "CREATE SCHEMA mine",
        "CREATE TABLE core.mine AS SELECT 1",
        "CREATE OR REPLACE VIEW marts.story AS SELECT 1",
        "COMMENT ON TABLE core.article IS 'mine'",
        "UPDATE core.agreement SET label = 'same'",
        "CHECKPOINT; DROP SCHEMA marts CASCADE",
    ],
)
def test_the_door_opens_nothing_else(news: duckdb.DuckDBPyConnection, sql: str) -> None:
    before = news.execute("SELECT count(*) FROM duckdb_views()").fetchall()
    with pytest.raises(duckdb.Error):
        news.execute(sql).fetchall()
    assert news.execute("SELECT count(*) FROM duckdb_views()").fetchall() == before


def test_what_is_only_for_the_session_is_allowed(news: duckdb.DuckDBPyConnection) -> None:
    news.execute("CREATE TEMP TABLE mine AS FROM marts.story")
    assert news.execute("SELECT count(*) FROM mine").fetchall() == [(1,)]
    news.execute("DROP TABLE mine")


def hits(desk: Any, words: str) -> list[str]:
    return [outlet for (outlet,) in desk.rows("SELECT outlet_id FROM search(?)", words)]


@pytest.fixture
def library(desk: Any, make: Any) -> Any:
    """Five texts whose order for a word is known by eye."""
    texts = {
        "often": ("Notes", "Storm after storm after storm hit the harbour."),
        "once": ("Notes", "A storm hit the harbour."),
        "title": ("Storm", "The harbour was hit."),
        "longer": ("Notes", "The stormy harbour calmed down 100% of all pre-war_days; O'Brien said \\o/."),
        "german": ("Überschwemmung", "Größe, Straße und 3,5 Millionen Euro. 你好 мир."),
    }
    captures = [make.capture(f"{name}/x") for name in texts]
    rows = [make.row(c, body, headline=headline) for c, (headline, body) in zip(captures, texts.values(), strict=True)]
    desk.put(captures, rows, [make.outlet(name) for name in texts])
    indexing.index_missing(desk.con)
    return desk


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("storm", ["title", "often", "once"]),  # headline, then frequency
        ("storm*", ["title", "often", "once", "longer"]),  # then the beginning of a longer word
        ("STORM harbour", ["title", "often", "once"]),
        ("storm storm", ["title", "often", "once"]),
        ("stormy", ["longer"]),
        ("storm absent", []),
        ("100%", ["longer"]),
        ("o'brien", ["longer"]),
        ("pre-war_days", ["longer"]),
        ("größe", ["german"]),
        ("GRÖSSE", ["german"]),
        ("überschw", ["german"]),
        ("мир 你好", ["german"]),
        ("3,5 millionen", ["german"]),
        ("%", []),
        ("_", []),
        ("", []),
        ("'; DROP TABLE core.article; --", []),
    ],
)
def test_search_orders_and_takes_words_as_words(library: Any, words: str, expected: list[str]) -> None:
    assert hits(library, words) == expected


def test_the_excerpt_shows_the_word_where_it_stands(desk: Any, make: Any) -> None:
    capture = make.capture("herald/1")
    desk.put([capture], [make.row(capture, "before " * 100 + "\n\nneedle\n" + "after " * 100)], [])
    indexing.index_missing(desk.con)
    ((excerpt,),) = desk.rows("SELECT excerpt FROM search('needle')")
    assert "before needle after" in excerpt
    assert len(excerpt) <= 180


def test_a_rare_word_weighs_more_than_a_common_one(desk: Any, make: Any) -> None:
    captures = [make.capture(f"o{n}/x") for n in range(12)]
    bodies = ["common common common rare", "common rare rare", *["common text"] * 10]
    desk.put(captures, [make.row(c, body) for c, body in zip(captures, bodies, strict=True)], [])
    indexing.index_missing(desk.con)
    assert hits(desk, "common rare") == ["o1", "o0"]


@hypothesis_settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(alphabet="adejmnru %_'\\\"", max_size=6) | st.text(max_size=12))
@example(words="\x00")
@example(words="[a-z]+(?i)\\p{L}{99}")
def test_any_words_give_an_answer_that_holds_them(news: duckdb.DuckDBPyConnection, words: str) -> None:
    asked = [term for term in re.split(r"[\W_]+", words.lower()) if term]
    for headline, url in news.execute("SELECT headline, url FROM search(?)", [words]).fetchall():
        ((body,),) = news.execute("SELECT body FROM core.current_version WHERE canonical_url = ?", [url]).fetchall()
        assert all(term in f"{headline} {body}".lower() for term in asked)


def test_what_is_sorted_stays_sorted_under_a_limit(news: duckdb.DuckDBPyConnection) -> None:
    for view in (
        "marts.disagreements",
        "marts.story",
        "marts.single_source",
        "marts.claim_timeline",
        "marts.outlet_profile",
        "ops.outlet_health",
    ):
        whole = news.execute(f"FROM {view}").fetchall()
        assert news.execute(f"FROM {view} LIMIT 2").fetchall() == whole[:2], view
        assert len(whole) == len({str(row) for row in whole}), view


# --- search: what holds of any query ---

ASKED = st.lists(
    st.sampled_from(["dam", "Rain", "people", '"12 people"', "-rain", "headline:dam", "dam*", "-outlet:post", "after:2018-09-20"]),
    min_size=1,
    max_size=4,
)


def answers(con: duckdb.DuckDBPyConnection, query: str, macro: str = "search") -> list[tuple[Any, ...]]:
    """Article and score of every hit."""
    return con.execute(f"SELECT article_id, score FROM marts.{macro}(?)", [query]).fetchall()


@hypothesis_settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ASKED)
def test_an_answer_is_in_order_and_has_each_article_once(news: duckdb.DuckDBPyConnection, words: list[str]) -> None:
    found = answers(news, " ".join(words))
    assert len({article for article, _ in found}) == len(found)
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)


@hypothesis_settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ASKED)
def test_another_word_never_widens_an_answer(news: duckdb.DuckDBPyConnection, words: list[str]) -> None:
    wide = {article for article, _ in answers(news, "dam " + " ".join(words[1:]))}
    narrow = {article for article, _ in answers(news, "dam " + " ".join(words[1:]) + " injured")}
    assert narrow <= wide


@hypothesis_settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["dam", "rain", "people", "mayor", "nobody"]), min_size=1, max_size=3, unique=True))
def test_who_has_all_words_has_any_of_them(news: duckdb.DuckDBPyConnection, words: list[str]) -> None:
    query = " ".join(words)
    assert {article for article, _ in answers(news, query)} <= {article for article, _ in answers(news, query, "search_any")}


@pytest.mark.parametrize("query", ["dam", "DAM", "  dam  ", "dam dam", "dAm.", "dam\n"])
def test_how_a_word_is_typed_changes_no_answer(news: duckdb.DuckDBPyConnection, query: str) -> None:
    assert answers(news, query) == answers(news, "dam") != []


@pytest.mark.parametrize(
    "query", ["'; DROP TABLE core.article; --", "%", "_", "dam' OR '1'='1", "\\", "(", "[", "a" * 5000, "-" * 300, '"' * 301]
)
def test_no_query_is_code(news: duckdb.DuckDBPyConnection, query: str) -> None:
    answers(news, query)
    assert news.execute("SELECT count(*) FROM core.article").fetchall() != [(0,)]
