"""Training rows: marks to spans, spans to labels with directions, golden cases by halves, batches."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from training.claims.corpus import articles, batches, golden, inline, labelled, located, ranges, spans, written
from transforms.claims.windows import LABELS
from transforms.claims.wordpiece import Vocabulary
from transforms.graphs import VOCABULARY as SHIPPED

ROOT = Path(__file__).parents[2]
VOCABULARY = Vocabulary(SHIPPED)


def labels(marks: str) -> list[tuple[str, str]]:
    """Each labelled word of a marked text with its label."""
    text, found = inline(marks)
    rows = list(labelled(text, found, VOCABULARY))
    pairs = [(text[a:b], LABELS[label]) for row in rows for (a, b), label in zip(row.piece.words, row.labels, strict=True)]
    return [(word, label) for word, label in pairs if label != "O"]


def test_marks_become_spans_by_number() -> None:
    text, found = inline("[S12 Lee] [Q1 said] [C1 it rained] and [Q2 added] [C2 that it froze].")
    assert text == "Lee said it rained and added that it froze."
    assert [{role: [text[a:b] for a, b in part["spans"]] for role, part in row.items()} for row in found] == [
        {"source": ["Lee"], "cue": ["said"], "content": ["it rained"]},
        {"source": ["Lee"], "cue": ["added"], "content": ["that it froze"]},
    ]


def test_labels_tell_on_which_side_the_cue_stands() -> None:
    assert labels("“[C1 It rained],” [S1 Lee] [Q1 said]. “[C1 A lot].”") == [
        ("It", "B-CNT>"),
        ("rained", "I-CNT>"),
        ("Lee", "B-SRC>"),
        ("said", "B-CUE"),
        ("A", "B-CNT<"),
        ("lot", "I-CNT<"),
    ]


def test_a_content_goes_on_over_a_line_break() -> None:
    assert [label for _, label in labels("[S1 Lee] [Q1 said] [C1 it rained\n\nand froze].")] == [
        "B-SRC>",
        "B-CUE",
        *["B-CNT<"],
        *["I-CNT<"] * 3,
    ]


def test_a_cue_that_is_a_mark_gives_directions_without_a_label() -> None:
    assert labels("[S1 LEE][Q1 :] [C1 Never].") == [("LEE", "B-SRC>"), ("Never", "B-CNT<")]


def test_marks_at_the_edges_of_a_span_are_left_out() -> None:
    assert labels("[S1 Lee,] [Q1 said] [C1 “it rained.”]")[-2:] == [("it", "B-CNT<"), ("rained", "I-CNT<")]


@pytest.mark.parametrize(
    ("span", "expected"),
    [(None, []), ({"start": 2, "end": 5}, [(2, 5)]), ({"spans": [[1, 2], [4, 6]]}, [(1, 2), (4, 6)])],
)
def test_every_form_of_a_span(span: dict[str, object] | None, expected: list[tuple[int, int]]) -> None:
    assert ranges(span) == expected


def test_a_word_that_two_roles_claim_is_the_cues() -> None:
    rows = [{"source": {"start": 0, "end": 8}, "cue": {"start": 4, "end": 8}, "content": None}]
    assert [name for _, _, name in spans("Lee said it", rows)] == ["SRC>", "CUE"]


@pytest.mark.parametrize("packed", [False, True])
def test_articles_are_read_packed_or_not(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / ("a.jsonl.gz" if packed else "a.jsonl")
    line = json.dumps({"text": "It rained.", "attributions": []}) + "\n\n"
    path.write_bytes(gzip.compress(line.encode()) if packed else line.encode())
    assert articles(path) == [{"text": "It rained.", "attributions": []}]


def test_our_own_texts_are_whole() -> None:
    found = written(ROOT / "training" / "claims" / "texts")
    assert len(found) >= 30
    for article in found:
        assert not set("[]") & set(article["text"].replace("[sic]", ""))
        for row in article["attributions"]:
            assert row.keys() <= {"source", "cue", "content"}


def test_every_second_golden_case_is_left_for_tests() -> None:
    folder = ROOT / "tests" / "transforms" / "claims_golden"
    found = golden(folder)
    assert 10 <= len(found) <= 40
    assert all(row["content"]["spans"] for case in found for row in case["attributions"])


def test_words_of_a_golden_case_are_found_beside_their_content() -> None:
    case = {
        "name": "a",
        "text": "Lee said it rained. May said it froze.",
        "expected": [
            {"source": "Lee", "cue": "said", "content": ["it rained"]},
            {"source": "May", "cue": "said", "content": ["it froze"]},
            {"source": "Kim", "cue": "said", "content": ["it"], "chain": ["Lee", "Kim"]},
        ],
    }
    found = located(case)["attributions"]
    assert [row["cue"]["spans"] for row in found] == [[(4, 8)], [(24, 28)]]


def test_batches_hold_every_row_once_and_keep_their_size() -> None:
    rows = [row for n in range(1, 40) for row in labelled("the river rose " * n, [], VOCABULARY)]
    made = batches(rows, 300, seed=1)
    assert sorted(map(id, (row for batch in made for row in batch))) == sorted(map(id, rows))
    assert all(len(batch) == 1 or len(batch) * max(len(r.piece.ids) for r in batch) <= 330 for batch in made)
    assert [list(map(id, b)) for b in batches(rows, 300, seed=1)] == [list(map(id, b)) for b in made]
