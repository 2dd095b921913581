"""The cookbook is what its queries print of the demo's edition, which is the same at every making."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from demo import cookbook, edition_file
from warehouse.connect import open_read_only


@pytest.fixture(scope="module")
def news(edition_folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_read_only(edition_folder / "published" / "news.duckdb") as con:
        yield con


def test_the_cookbook_is_up_to_date(news: duckdb.DuckDBPyConnection) -> None:
    assert cookbook.PAGE.read_text("utf-8") == cookbook.page(news), "run `python -m demo.cookbook`"


def test_every_question_has_an_answer(news: duckdb.DuckDBPyConnection) -> None:
    found = cookbook.recipes()
    assert len(found) >= 25
    assert [recipe.question for recipe in found if len(list(cookbook.answer(news, recipe.sql))) < 3] == []
    assert all(recipe.question.endswith("?") for recipe in found)
    assert {recipe.chapter for recipe in found} == set(cookbook.CHAPTERS.values())


def test_every_article_of_the_edition_is_there_with_all_its_texts(news: duckdb.DuckDBPyConnection) -> None:
    printed = list(edition_file.pages())
    assert news.execute("SELECT count(*) FROM core.capture").fetchall() == [(len(printed),)]
    assert news.execute("SELECT count(*) FROM ops.rejection").fetchall() == [(0,)]
    assert news.execute("SELECT count(*) FROM core.version_history WHERE valid_to IS NOT NULL").fetchall()[0][0] >= 6
    assert [page.body for page in edition_file.pages()] == [page.body for page in printed]


def test_words_of_two_languages_are_found_in_their_forms(news: duckdb.DuckDBPyConnection) -> None:
    german = news.execute("SELECT DISTINCT outlet_id FROM search('Fähren language:de')").fetchall()
    assert german == [("tagesbote",)]
    assert news.execute("SELECT count(*) > 3 FROM search('injure')").fetchall() == [(True,)]


@pytest.mark.parametrize(
    ("value", "printed"), [(None, ""), (["a", 1], "a, 1"), ("a|b\n c", "a\\|b c"), ("x" * 71, "x" * 69 + "…"), (0, "0")]
)
def test_values_stay_in_their_cells(value: object, printed: str) -> None:
    assert cookbook.cell(value) == printed


def test_a_file_names_its_chapter_and_begins_with_its_question(tmp_path: Path) -> None:
    (tmp_path / "51_x.sql").write_text("-- Why?\nSELECT 1;\n")
    assert cookbook.recipes(tmp_path) == [cookbook.Recipe("Search", "Why?", "SELECT 1;")]
