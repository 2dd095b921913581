"""Which texts of an archive state a claim: words, pieces of words, vectors, and what the first finds say of the others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.compare import match
from transforms.compare.match import FEEDBACK_WEIGHT, LEXICAL, MOST_RANKED, Archive, Index, pieces, plain, rank
from transforms.compare.words import terms

TEXTS = ["The dam at Karsk broke", "A dam was built at Lund", "Snow fell in the north", "Karsk mourns"]


def axis(at: int) -> np.ndarray:
    unit: np.ndarray = np.eye(6, dtype=np.float32)[at]
    return unit


def names(found: list[tuple[str, float]]) -> list[str]:
    return [name for name, _ in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Look https://a.example/x?y=1 here", "Look here"),
        ("pic.twitter.com/Ab1 gone", "gone"),
        ("#FloodInKarsk is @the_mayor", "Flood In Karsk is the mayor"),
        ("nothing to do", "nothing to do"),
        ("", ""),
    ],
)
def test_addresses_go_and_tags_are_words(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_pieces_are_four_letters_with_the_ends_of_the_word_marked() -> None:
    assert pieces("Dams") == ["^dam", "dams", "ams$"]
    assert pieces("a") == ["^a$"]
    assert pieces("") == []


def test_words_alone_rank_rare_words_short_texts_and_small_names_first() -> None:
    archive = Archive(["d", "c", "b", "a"], ["fire in tolmar", "fire " + "and smoke over the harbour " * 20, "rain", "rain"])
    assert names(archive.find("fire tolmar")) == ["d", "c"]
    assert names(archive.find("rain")) == ["a", "b"]
    assert archive.find("snow") == archive.find("") == []
    assert Archive([], []).find("rain") == []


def test_no_more_than_fifty_are_named() -> None:
    archive = Archive([f"{at:03}" for at in range(80)], ["rain"] * 80)
    assert names(archive.find("rain")) == [f"{at:03}" for at in range(MOST_RANKED)]
    assert names(archive.find("rain", most=2)) == ["000", "001"]


def test_a_vector_finds_what_shares_no_word() -> None:
    archive = Archive(list("abcd"), TEXTS, np.stack([axis(0), axis(1), axis(2), axis(3)]))
    found = archive.find("winter weather", axis(2))
    assert found[0][0] == "c"
    assert len(found) == len(TEXTS)


def test_the_first_finds_speak_for_others_like_them() -> None:
    near = (axis(0) + axis(4)) / np.sqrt(2)
    archive = Archive(list("abcd"), ["one", "two", "three", "four"], np.stack([near, axis(4), axis(2), axis(3)]))
    assert names(archive.find("query", axis(0)))[:2] == ["a", "b"]
    moved = archive.towards(axis(0), np.zeros(4))
    assert np.isclose(np.linalg.norm(moved), 1.0)
    assert 0 < moved[4] < FEEDBACK_WEIGHT


def test_scores_of_words_are_shares_of_the_best() -> None:
    index = Index(TEXTS, terms)
    scores = index.scores("dam Karsk")
    assert scores.max() == 1.0
    assert scores[0] == 1.0
    assert 0 < scores[1] < 1.0
    assert scores[2] == 0.0
    assert index.scores("").tolist() == [0.0] * 4
    assert LEXICAL < 1


@given(st.permutations(range(4)))
def test_the_order_of_the_archive_does_not_matter(order: list[int]) -> None:
    vectors = np.stack([axis(at) for at in range(4)])
    calm = Archive(list("abcd"), TEXTS, vectors).find("the dam at Karsk", axis(1))
    mixed = Archive(["abcd"[at] for at in order], [TEXTS[at] for at in order], vectors[order]).find("the dam at Karsk", axis(1))
    assert calm == mixed


def test_ranking_without_an_encoder_is_by_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(match, "encoder", lambda: None)
    found = rank(dict(zip("abcd", TEXTS, strict=True)), {"q": "#KarskDam", "none": "volcano"})
    assert found == {"q": ["a", "d", "b"], "none": []}


def test_ranking_with_the_encoder_finds_a_paraphrase() -> None:
    documents = {"a": "Officials deny that the bridge is closed", "b": "A cat won the race", "c": "Stocks fell sharply on Monday"}
    assert rank(documents, {"q": "share prices plunged"})["q"][0] == "c"
