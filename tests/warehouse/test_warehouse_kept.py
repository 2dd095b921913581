"""What is kept and what goes out: quarantine by filters, licences at any depth, claims as linked data, past states in any client."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import duckdb
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from common.errors import Misconfigured
from warehouse import dictionary
from warehouse.comments import literal, of_column, of_object
from warehouse.export import claims, licences, marts, rows
from warehouse.jsonld import appearance, claim
from warehouse.licence import EXCERPT_LENGTH, SHARED, SIDES, TEXTS, Licences, excerpt
from warehouse.quarantine import Held, held, the_one
from warehouse.sql import HERE, naive

# --- quarantine ---


def fail(desk: Any, make: Any, number: int, **other: Any) -> UUID:
    """One capture in quarantine, `number` minutes after noon; returns its id."""
    capture = make.capture(f"{other.pop('outlet', 'herald')}/{number}", number, outcome=other.pop("outcome", "fetched"))
    desk.put([capture], [], [])
    row = {
        "batch_key": other.get("batch", "b1"),
        "capture_id": capture.capture_id,
        "outlet_id": capture.outlet_id,
        "url": capture.url,
        "disposition": "quarantined",
        "stage": other.get("stage", "extract"),
        "reason": other.get("reason", "out_of_memory"),
        "detail": "made by a test",
        "code_version": "test/1",
        "recorded_at": naive(make.at(other.get("recorded", number))),
    }
    names = ", ".join(row)
    desk.con.execute(f"INSERT INTO ops.rejection ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values()))
    return capture.capture_id  # type: ignore[no-any-return]


def paths(found: list[Held]) -> list[str]:
    return [str(row.url).rsplit("/", 1)[1] for row in found]


def test_the_newest_failure_stands_first(desk: Any, make: Any) -> None:
    for number in (2, 3, 1):
        fail(desk, make, number)
    assert paths(held(desk.con)) == ["3", "2", "1"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["3", "2", "1"]),
        ({"outlet": "herald"}, ["3", "1"]),
        ({"outlet": "ledger"}, ["2"]),
        ({"reason": "fetch_refused"}, ["3"]),
        ({"stage": "fetch"}, ["3"]),
        ({"stage": "fetch", "outlet": "ledger"}, []),
        ({"outlet": "' OR 1=1 --"}, []),
        ({"begins": "%"}, []),
    ],
)
def test_what_is_asked_for(desk: Any, make: Any, asked: dict[str, str], expected: list[str]) -> None:
    fail(desk, make, 1)
    fail(desk, make, 2, outlet="ledger")
    fail(desk, make, 3, stage="fetch", reason="fetch_refused", outcome="failed")
    assert paths(held(desk.con, **asked)) == expected


def test_a_capture_that_failed_twice_is_one_row_the_newest(desk: Any, make: Any) -> None:
    fail(desk, make, 1, reason="out_of_memory")
    (before,) = held(desk.con)
    desk.con.execute(
        "INSERT INTO ops.rejection SELECT * REPLACE ('crash' AS reason, recorded_at + INTERVAL 1 HOUR AS recorded_at, 'b2' AS batch_key) "
        "FROM ops.rejection"
    )
    (row,) = held(desk.con)
    assert (row.capture_id, row.reason, row.batch_key) == (before.capture_id, "crash", "b2")


@pytest.mark.parametrize(("outcome", "expected"), [("fetched", True), ("failed", False), ("gone", False), ("not_modified", False)])
def test_only_what_the_archive_holds_can_be_read_again(desk: Any, make: Any, outcome: str, expected: bool) -> None:
    fail(desk, make, 1, outcome=outcome)
    (row,) = held(desk.con)
    assert row.is_replayable is expected
    assert not row.model_copy(update={"is_resolved": True}).is_replayable


def test_an_id_may_be_given_by_its_beginning_in_any_case(desk: Any, make: Any) -> None:
    whole = str(fail(desk, make, 1))
    fail(desk, make, 2)
    assert str(the_one(desk.con, whole).capture_id) == whole
    assert str(the_one(desk.con, whole[:13].upper()).capture_id) == whole


@pytest.mark.parametrize(("begins", "told"), [("", "several captures"), ("no such id", "nothing in quarantine")])
def test_no_id_or_several_are_told(desk: Any, make: Any, begins: str, told: str) -> None:
    fail(desk, make, 1)
    fail(desk, make, 2)
    with pytest.raises(Misconfigured, match=told):
        the_one(desk.con, begins)


# --- licences ---

WORD = "Twelve people were hurt. "
NAMES = st.sampled_from([*sorted(TEXTS), "url", "score", "kind"])
CELLS = st.dictionaries(NAMES, st.sampled_from([WORD, WORD * 20, None]), max_size=5)


@hypothesis_settings(max_examples=40, derandomize=True)
@given(st.lists(CELLS, max_size=3), st.sampled_from(["full", "excerpt", "none", None]))
def test_licences_touch_texts_only_and_change_no_row_that_they_are_given(cells: list[dict[str, Any]], licence: Any) -> None:
    row = {"outlet_id": "a", "cells": [{"outlet_id": "a", **cell} for cell in cells], "n": 1}
    before = copy.deepcopy(row)
    found = Licences({"a": licence} if licence else {}).row(row)
    assert row == before
    for cell, shown in zip(row["cells"], found["cells"], strict=True):  # type: ignore[call-overload]
        assert list(shown) == list(cell)
        for name, value in cell.items():
            if name not in TEXTS or licence == "full":
                assert shown[name] == value
            else:
                assert shown[name] == (None if licence == "none" or value is None else excerpt(value))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("short", "short"),
        ("x" * EXCERPT_LENGTH, "x" * EXCERPT_LENGTH),
        ("x" * (EXCERPT_LENGTH + 1), "x" * (EXCERPT_LENGTH - 1) + "…"),
        ("a " + "x" * EXCERPT_LENGTH, "a…"),
        ("会" * 300, "会" * (EXCERPT_LENGTH - 1) + "…"),
    ],
)
def test_an_excerpt_ends_between_words_where_there_are_any(text: str, expected: str) -> None:
    assert excerpt(text) == expected


@pytest.mark.parametrize("side", sorted(SIDES))
def test_a_side_without_its_outlet_is_cut(side: str) -> None:
    assert len(Licences({"a": "full"}).row({side: WORD * 20})[side]) <= EXCERPT_LENGTH
    assert Licences({"a": "full"}).row({side: WORD * 20, SIDES[side]: "a"})[side] == WORD * 20


@pytest.mark.parametrize("name", sorted(SHARED))
def test_words_of_several_outlets_are_never_whole(name: str) -> None:
    row = {name: WORD * 20, SHARED[name]: UUID(int=1)}
    assert Licences({"a": "full"}).row(row)[name] == excerpt(WORD * 20)
    assert Licences({}, {str(UUID(int=1))}).row(row)[name] is None


def test_every_column_of_words_in_a_mart_has_a_licence(story: duckdb.DuckDBPyConnection) -> None:
    """A mart that prints an outlet's sentence under a new name would let it out whole."""
    sentence = "12 people were injured"
    inside = licences(story, dict.fromkeys(["wire", "herald", "ledger", "post", "mirror", "standpoint"], "none"))
    for name in marts(story):
        told = json.dumps([row for batch in rows(story, name, inside)[1] for row in batch.to_pylist()], default=str)
        assert sentence not in told, name


def test_unknown_outlets_refuse_nothing(story: duckdb.DuckDBPyConnection) -> None:
    assert licences(story, {"nobody": "none"}).refused == frozenset()
    assert licences(story, {"wire": "full"}).refused == frozenset()
    assert len(licences(story, {"wire": "none"}).refused) >= 2


# --- linked data ---

CELL = {
    "outlet_id": "wire", "outlet": "Wire", "home": "https://wire.example/", "url": "https://wire.example/1", "headline": "Dam",
    "sentence": "It broke.", "published_at": datetime(2018, 9, 20, 12), "status": "says",  # noqa: DTZ001
}  # fmt: skip
ROW = {"claim_id": "1", "story_id": "2", "claim": "It broke.", "speaker": None, "speaker_kind": None, "kind": "statement"}


@pytest.mark.parametrize(
    ("change", "missing"),
    [({"sentence": None}, "hasPart"), ({"published_at": None}, "datePublished"), ({"headline": None}, "headline")],
)
def test_what_is_unknown_is_left_out(change: dict[str, Any], missing: str) -> None:
    assert missing in appearance(CELL)
    assert missing not in appearance({**CELL, **change})
    assert "null" not in json.dumps(appearance({**CELL, **change}))


def test_a_claim_without_appearance_or_words_is_still_a_claim() -> None:
    node = claim({**ROW, "claim": None, "appearances": []})
    assert (node["@type"], node["@id"], node["appearance"], node["review"]) == ("Claim", "urn:uuid:1", [], [])
    assert not {"firstAppearance", "author", "text"} & set(node)


def test_no_verdict_of_ours_is_in_a_claim(story: duckdb.DuckDBPyConnection) -> None:
    for row in claims(story, Licences({})):
        told = json.dumps(claim(row))
        assert claim(row)["review"] == []
        assert not any(word in told for word in ("Rating", "ClaimReview", "confidence", "contradicts"))


def test_claims_of_another_story_are_none(story: duckdb.DuckDBPyConnection, dam: Any) -> None:
    assert len(list(claims(story, Licences({}), dam.story_id))) == 2
    assert list(claims(story, Licences({}), UUID(int=1))) == []


# --- past states, from any client ---


@pytest.mark.parametrize(("minutes", "known"), [(-1, 0), (0, 1), (2, 3), (5, 6), (5000, 6)])
def test_what_we_knew_at_an_instant(story: duckdb.DuckDBPyConnection, make: Any, minutes: float, known: int) -> None:
    rows_then = story.execute("SELECT count(*) FROM marts.known_at(?)", [naive(make.at(minutes))]).fetchall()
    assert rows_then == [(known,)]


def test_an_instant_may_be_a_text_or_a_day(story: duckdb.DuckDBPyConnection) -> None:
    for instant in ("2018-09-21", "2018-09-20 23:59", "2018-09-21T00:00:00"):
        assert story.execute("SELECT count(*) FROM as_of(?)", [instant]).fetchall() == [(6,)]
    with pytest.raises(duckdb.ConversionException):
        story.execute("SELECT count(*) FROM as_of('yesterday')").fetchall()


def test_the_present_is_the_state_of_now(story: duckdb.DuckDBPyConnection) -> None:
    late = naive(datetime.now(UTC) + timedelta(days=1))
    present = story.execute("SELECT version_id FROM core.current_version ORDER BY 1").fetchall()
    assert story.execute("SELECT version_id FROM marts.known_at(?) ORDER BY 1", [late]).fetchall() == present


# --- queries and words about tables ---

QUERIES = sorted((HERE / "queries").glob("*.sql"))


@pytest.mark.parametrize("path", QUERIES, ids=[path.stem for path in QUERIES])
def test_a_query_begins_with_its_question_and_has_one_statement(path: Any) -> None:
    question, sql = path.read_text("utf-8").split("\n", 1)
    assert question.startswith("-- ")
    assert question.endswith("?")
    assert len(duckdb.extract_statements(sql)) == 1
    assert duckdb.extract_statements(sql)[0].type == duckdb.StatementType.SELECT


@pytest.mark.parametrize("path", QUERIES, ids=[path.stem for path in QUERIES])
def test_a_query_answers_an_empty_warehouse_too(desk: Any, path: Any) -> None:
    result = desk.con.execute(path.read_text("utf-8"))
    assert result.description
    assert len(result.fetchall()) <= 20


def test_cells_of_the_dictionary_keep_the_table_whole() -> None:
    assert dictionary.row("a|b", None, "c") == "| a\\|b |  | c |"
    assert literal("it's; --") == "'it''s; --'"


def test_every_table_and_column_is_explained(desk: Any) -> None:
    for schema, name, kind, comment in desk.rows(dictionary.RELATIONS):
        assert comment, (kind, schema, name)
        assert of_object(f"{schema}.{name}") == comment
        for column, _, words in desk.rows(dictionary.COLUMNS, schema, name):
            assert words, (name, column)
            assert of_column(f"{schema}.{name}", column) == words


def test_the_picture_shows_each_reference_once(desk: Any) -> None:
    lines = dictionary.picture(desk.con)
    assert (lines[:2], lines[-1]) == (["```mermaid", "erDiagram"], "```")
    assert len(lines) == len(set(lines))
    assert "    outlet ||--o{ capture : outlet_id" in lines
    assert not any("outlet ||--o{ outlet " in line for line in lines)
