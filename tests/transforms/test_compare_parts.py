"""The parts below the comparison: vectors, ranking, likeness, evidence, the wider search before silence, distinct claims."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.ids import key
from transforms.compare.claims import distinct, most_frequent
from transforms.compare.evidence import cover, likeness
from transforms.compare.evidence import stance_by_words as stance
from transforms.compare.evidence import verify_by_words as verify
from transforms.compare.silence import LEAST_WORDS, may_carry, readable, sentences
from transforms.compare.vectors import alike, inverse_frequency, normalised
from transforms.records import ComparableArticle

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
bags = st.lists(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 5), max_size=5), max_size=8)


@given(bags, st.sampled_from([0.01, 0.3, 0.8]))
def test_alike_finds_exactly_the_pairs_that_a_full_comparison_finds(found: list[dict[str, float]], floor: float) -> None:
    vectors = [normalised(bag) for bag in found]
    joined = dict(alike(vectors, floor))
    for j in range(len(vectors)):
        for i in range(j):
            score = sum(weight * vectors[j].get(term, 0.0) for term, weight in vectors[i].items())
            if abs(score - floor) > 1e-9:
                assert ((i, j) in joined) == (score >= floor)


def test_a_rare_term_weighs_more_and_a_common_one_still_counts() -> None:
    idf = inverse_frequency([{"fire": 1, "tolmar": 1}, {"fire": 1}, {"fire": 2}])
    assert idf["tolmar"] > idf["fire"] >= 1.0


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_is_symmetric_and_a_share(a: str, b: str) -> None:
    assert likeness(a, b) == likeness(b, a)
    assert 0.0 <= likeness(a, b) <= 1.0
    assert 0.0 <= cover(a, b) <= 1.0


@pytest.mark.parametrize(("claim", "text"), [("", ""), ("the", "of"), ("Rain fell", "")])
def test_an_empty_text_supports_nothing(claim: str, text: str) -> None:
    assert verify(claim, text) == "neutral"
    assert stance(claim, "", text) == "unrelated"


def test_of_claims_only_those_that_no_other_holds_are_kept() -> None:
    sets = [frozenset(one) for one in ({1}, {1, 2}, {1, 2}, {3}, {2, 4}, {5, 6}, {6})]
    assert distinct(sets) == [1, 3, 4, 5]
    assert distinct([]) == []


def test_the_most_frequent_name_the_first_in_the_alphabet_on_a_tie() -> None:
    assert most_frequent(["Lund", "Brandt", "Lund"]) == "Lund"
    assert most_frequent(["Lund", "Brandt"]) == "Brandt"
    assert most_frequent([]) is None


def text(words: int, **more: object) -> ComparableArticle:
    given_ = {
        "article_id": key("article", "a"),
        "outlet_id": "a",
        "published_at": NOON,
        "headline": "h",
        "body": "word " * words,
        "language": "en",
    }
    return ComparableArticle.model_validate(given_ | more)


@pytest.mark.parametrize(
    ("article", "language", "expected"),
    [
        (text(LEAST_WORDS), "en", True),
        (text(LEAST_WORDS - 1), "en", False),
        (text(500, is_truncated=True), "en", False),
        (text(500), "de", False),
        (text(500), None, True),
        (text(500, language=None), "de", True),
    ],
)
def test_silence_is_only_told_of_whole_long_texts_in_the_claims_language(article: ComparableArticle, language: str, expected: bool) -> None:
    assert readable(article, language) is expected


def test_the_wider_search_looks_at_sentences_and_at_two_in_a_row() -> None:
    body = "The spillway was too small. Experts had warned of it in 2021.\n\nRain fell."
    claim = frozenset(["spillway", "small", "expert", "warn"])
    found = sentences(body)
    assert len(found) == 5
    assert may_carry(claim, found, {})
    assert not may_carry(claim, found[2:3], {})
    assert may_carry(frozenset(["rain"]), found, {})


def test_a_heavy_word_decides_whether_a_sentence_may_carry_a_claim() -> None:
    claim, sentence = frozenset(["spillway", "water"]), [frozenset(["spillway"])]
    assert may_carry(claim, sentence, {"spillway": 5.0, "water": 1.0})
    assert not may_carry(claim, sentence, {"spillway": 1.0, "water": 5.0})
