"""Events with tagged claims as matrices, and the pairs of sentences that come out of them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from training.matching import events as module
from training.matching.events import Row, cell, event, events, untagged
from training.pairs.matrices import label, pairs, sentences

FERRY = """story: made-ferry
claims:
- {id: 1, claim: "A ferry sank.", kind: fact}
- {id: 2, claim: "Four people died.", kind: number, b: "differs number: five v four"}
- {id: 3, claim: "The master was drunk.", kind: accusation, speaker: "a witness", b: "contradicts: the operator denies it"}
---
=== a | Dispatch | 2024-05-14 | Ferry sinks
[[1,2]]A ferry sank off Tolvik and four people died.[[/1,2]] [[3]]A witness said the master was drunk.[[/3]] More rain is expected.
=== b | Chronicle | 2024-05-14 | Five dead
[[2]]Five people died in the accident off Tolvik.[[/2]]
[[3]]The operator denied that its master was drunk.[[/3]]
"""
OWN = Path(module.__file__).parent / "own" / "events"


@pytest.fixture
def ferry(tmp_path: Path) -> tuple[Row, list[Row]]:
    path = tmp_path / "1-ferry.txt"
    path.write_text(FERRY, "utf-8")
    return event(path)


def test_tags_become_spans_of_the_text_without_them() -> None:
    text, spans = untagged("[[1,2]]It sank.[[/1,2]] Rain. [[2]]Four died.[[/2]]")
    assert text == "It sank. Rain. Four died."
    assert {number: [text[a:b] for a, b in found] for number, found in spans.items()} == {1: ["It sank."], 2: ["It sank.", "Four died."]}


def test_an_event_is_read_as_a_matrix(ferry: tuple[Row, list[Row]]) -> None:
    gold, articles = ferry
    status = [[one["cells"][f"made-ferry_{letter}"]["status"] for letter in "ab"] for one in gold["claims"]]
    assert status == [["states", "silent"], ["states", "differs"], ["attributes", "contradicts"]]
    assert gold["claims"][1]["cells"]["made-ferry_b"]["differs_in"] == "number"
    assert [one["title"] for one in articles] == ["Ferry sinks", "Five dead"]
    for claim in gold["claims"]:
        for one in articles:
            assert all(0 <= a < b <= len(one["text"]) for a, b in claim["cells"][one["id"]]["spans"])


@pytest.mark.parametrize(
    ("note", "status", "differs_in"),
    [("differs date: May v June", "differs", "date"), ("attributes: the mayor", "attributes", None), ("unknown: x", "unknown", None)],
)
def test_notes_say_what_a_cell_is(note: str, status: str, differs_in: str | None) -> None:
    found = cell({"a": note}, "a", [[0, 5]])
    assert (found["status"], found["differs_in"]) == (status, differs_in)


def test_sentences_carry_the_claims_that_cover_them(ferry: tuple[Row, list[Row]]) -> None:
    found = [(article[-1], text, sorted(cells)) for article, text, cells in sentences(*ferry)]
    assert found == [
        ("a", "A ferry sank off Tolvik and four people died.", [0, 1]),
        ("a", "A witness said the master was drunk.", [2]),
        ("b", "Five people died in the accident off Tolvik.", [1]),
        ("b", "The operator denied that its master was drunk.", [2]),
    ]


def test_pairs_are_of_one_claim_or_near_ones_of_two(ferry: tuple[Row, list[Row]]) -> None:
    found = {(one["a"][:9], one["b"][:9]): one["label"] for one in pairs(*ferry)}
    assert found[("A ferry s", "Five peop")] == "number"
    assert found[("A witness", "The opera")] == "contradicts"
    assert sorted(found.values()).count("other") == 2


def test_a_contradiction_comes_before_another_difference() -> None:
    same, number, against = (
        {"status": status, "differs_in": kind} for status, kind in (("states", None), ("differs", "number"), ("contradicts", None))
    )
    assert label({1: same, 2: same}, {1: number, 2: against}) == "contradicts"
    assert label({1: same, 2: same}, {1: number}) == "number"
    assert label({1: same}, {1: same}) == "same"


@pytest.mark.parametrize("path", sorted(OWN.glob("*.txt")), ids=lambda path: path.stem)
def test_our_own_events_are_whole(path: Path) -> None:
    gold, articles = event(path)
    assert len(articles) == 3
    assert all(any(cell["spans"] for cell in claim["cells"].values()) for claim in gold["claims"]), "a claim that nobody carries"
    assert not any("[[" in one["text"] for one in articles)


def test_the_command_writes_both_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "1-ferry.txt").write_text(FERRY, "utf-8")
    monkeypatch.setattr(sys, "argv", ["events", str(tmp_path), "--out", str(tmp_path)])
    module.main()
    (gold,) = map(json.loads, (tmp_path / "gold.jsonl").read_text("utf-8").splitlines())
    assert gold == events(tmp_path)[0][0]
    assert events(tmp_path, ["1-ferry"]) == []
    assert len((tmp_path / "articles.jsonl").read_text("utf-8").splitlines()) == 2
