"""What leaves the warehouse: texts as the outlet of each allows, at any depth; claims as schema.org says them."""

from __future__ import annotations

import json
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from common.errors import Misconfigured
from warehouse.export import claims, licences, marts, rows
from warehouse.jsonld import claim
from warehouse.licence import EXCERPT_LENGTH, Licences, excerpt

LONG = "Twelve people were injured when the dam broke. " * 10


@pytest.mark.parametrize(
    ("licence", "sentence", "words"), [("full", LONG, [LONG, "x"]), ("excerpt", excerpt(LONG), [excerpt(LONG), "x"]), ("none", None, [])]
)
def test_a_text_leaves_as_its_outlet_allows(licence: Any, sentence: str | None, words: list[str]) -> None:
    row = {"outlet_id": "a", "sentence": LONG, "added": [LONG, "x"], "url": "https://a.example/" + "x" * 300, "score": 0.5, "reason": None}
    found = Licences({"a": licence}).row(row)
    assert (found["sentence"], found["added"]) == (sentence, words)
    assert {name: found[name] for name in ("url", "score", "reason")} == {name: row[name] for name in ("url", "score", "reason")}


def test_an_outlet_that_nobody_described_is_cut() -> None:
    assert len(Licences({}).row({"outlet_id": "a", "headline": LONG})["headline"]) <= EXCERPT_LENGTH
    assert len(Licences({"b": "full"}).row({"sentence": LONG})["sentence"]) <= EXCERPT_LENGTH  # no outlet in the row


def test_two_sides_of_a_row_have_their_own_licences() -> None:
    row = {"outlet_a": "a", "sentence_a": "A said so.", "outlet_b": "b", "sentence_b": "B denies it."}
    found = Licences({"a": "none"}).row(row)
    assert (found["sentence_a"], found["sentence_b"]) == (None, "B denies it.")


def test_cells_of_a_report_have_their_own_licences() -> None:
    cells = [{"outlet_id": "a", "sentence": "A said so."}, {"outlet_id": "b", "sentence": "B denies it."}]
    found = Licences({"a": "none"}).row({"claim_id": "1", "cells": cells, "claim": "So."})
    assert [cell["sentence"] for cell in found["cells"]] == [None, "B denies it."]


def test_a_claim_in_the_words_of_an_outlet_that_keeps_them_has_none() -> None:
    allowed = Licences({}, {"1"})
    assert [allowed.row({"claim_id": number, "claim": "So."})["claim"] for number in "12"] == [None, "So."]


@hypothesis_settings(max_examples=50, deadline=None, derandomize=True)
@given(text=st.text(max_size=500))
def test_an_excerpt_is_the_beginning_of_the_text(text: str) -> None:
    found = excerpt(text)
    assert len(found) <= EXCERPT_LENGTH
    assert found == text or (found.endswith("…") and text.startswith(found[:-1]))
    assert excerpt(found) == found


def test_every_mart_goes_out_in_the_same_order(story: duckdb.DuckDBPyConnection) -> None:
    assert len(marts(story)) >= 12
    for name in marts(story):
        schema, batches = rows(story, name, Licences({}))
        found = [row for batch in batches for row in batch.to_pylist()]
        assert len(found) == story.execute(f"SELECT count(*) FROM marts.{name}").fetchall()[0][0]
        assert found == [row for batch in rows(story, f"marts.{name}", Licences({}))[1] for row in batch.to_pylist()]
        assert all(list(row) == schema.names for row in found)


def test_nothing_of_an_outlet_that_says_none_goes_out(story: duckdb.DuckDBPyConnection, dam: Any) -> None:
    """Wire's words name both claims; only herald prints them too."""
    inside = licences(story, {"wire": "none", "herald": "none", "ledger": "none"})
    for name in marts(story):
        told = json.dumps([row for batch in rows(story, name, inside)[1] for row in batch.to_pylist()], default=str)
        for words in ("12 people", "Heavy rain", "In the valley 15", "15 people were", "says wire"):
            assert words not in told.replace("12 -> 15 people", ""), (name, words)
    assert "Nobody was injured" in json.dumps(next(iter(rows(story, "claim_sentence", inside)[1])).to_pylist(), default=str)
    assert [row["claim"] for row in claims(story, inside)] == [None, None]


def test_one_story_alone(story: duckdb.DuckDBPyConnection, dam: Any) -> None:
    assert len(next(iter(rows(story, "corroboration", Licences({}), dam.story_id)[1]))) == 2
    assert list(rows(story, "corroboration", Licences({}), dam.articles["wire"])[1]) == []
    with pytest.raises(Misconfigured, match="no column story_id"):
        rows(story, "outlet_profile", Licences({}), dam.story_id)
    with pytest.raises(Misconfigured, match="there are all_disagreements"):
        rows(story, 'story"; DROP SCHEMA marts; --', Licences({}))


def test_a_claim_as_linked_data(story: duckdb.DuckDBPyConnection, dam: Any) -> None:
    found = {row["claim"]: claim(row) for row in claims(story, Licences({}))}
    node = found["12 people were injured"]
    assert (node["@type"], node["text"], node["review"]) == ("Claim", "12 people were injured", [])
    assert node["isPartOf"]["@id"] == f"urn:uuid:{dam.story_id}"
    first, second = node["appearance"]  # who states another number, or denies it, makes another claim
    assert node["firstAppearance"] == first
    assert first == {
        "@type": "NewsArticle",
        "@id": "https://wire.example/dam",
        "url": "https://wire.example/dam",
        "headline": "Dam breaks, says wire",
        "datePublished": "2018-09-20T12:00:00Z",
        "publisher": {"@type": "NewsMediaOrganization", "@id": "https://wire.example/", "name": "Wire", "url": "https://wire.example/"},
        "hasPart": {"@type": "Quotation", "text": "12 people were injured"},
    }
    assert second["publisher"]["name"] == "Herald"


@pytest.mark.parametrize(("kind", "expected"), [("person", "Person"), ("group", "Organization"), ("document", "Thing"), (None, "Thing")])
def test_a_speaker_is_the_author(kind: str | None, expected: str) -> None:
    row = {"claim_id": "1", "story_id": "2", "claim": None, "speaker": "Ann", "speaker_kind": kind, "appearances": []}
    assert claim(row)["author"] == {"@type": expected, "name": "Ann"}
    assert "text" not in claim(row)
