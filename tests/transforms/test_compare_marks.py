"""How the pair model reads two texts: subwords in order, marks for what the other text lacks, a fair share of room for both."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.claims.windows import CLS, SEP
from transforms.claims.wordpiece import Vocabulary
from transforms.compare.marks import (
    CONTENT,
    GRAMMAR,
    KINDS,
    MARKS,
    MOST_SUBWORDS,
    NAME,
    OPEN,
    SETTLED,
    SHARED,
    Reader,
)
from transforms.graphs import VOCABULARY

READER = Reader(Vocabulary(VOCABULARY))


def kinds(a: str, b: str) -> dict[str, int]:
    """The mark of each word of `a`, by its spelling; of several subwords the first."""
    _, marks = READER.pair(a, b)
    at, found = 1, {}
    for word in READER.read(a).words:
        found[a[word.start : word.end]] = marks[at]
        at += len(word.pieces)
    return found


def test_a_pair_is_framed_and_its_second_text_has_marks_of_its_own() -> None:
    ids, marks = READER.pair("Ferries stopped.", "Trains ran.")
    assert (ids[0], ids[-1], ids.count(SEP)) == (CLS, SEP, 2)
    border = ids.index(SEP) + 1
    assert all(mark < KINDS for mark in marks[:border])
    assert all(KINDS <= mark < MARKS for mark in marks[border:])


def test_words_that_the_other_text_has_in_another_form_are_shared() -> None:
    found = kinds("Inspectors closed the bridges.", "An inspector is closing a bridge.")
    assert {found[word] for word in ("Inspectors", "closed", "bridges", ".")} == {SHARED}
    assert found["the"] == GRAMMAR


def test_a_word_that_the_other_text_lacks_is_told_from_a_name() -> None:
    found = kinds("Yesterday Okafor resigned.", "Yesterday the treasurer left.")
    assert (found["Okafor"], found["resigned"]) == (NAME, CONTENT)


@pytest.mark.parametrize(
    ("a", "b", "figure", "mark"),
    [
        ("It cost 114 million euros.", "It cost 114.3 million euros.", "114", SETTLED),
        ("It cost 114 million euros.", "It cost 141 million euros.", "114", OPEN),
        ("Twelve people were hurt.", "The crash hurt 12 people.", "Twelve", SETTLED),
        ("The fire burned 68 miles of fence.", "The fire burned 110 km of fence.", "68", SETTLED),
        ("Twelve people were hurt.", "The crash hurt several people.", "Twelve", OPEN),
    ],
)
def test_a_figure_is_settled_where_the_other_text_has_one_that_can_hold_with_it(a: str, b: str, figure: str, mark: int) -> None:
    assert kinds(a, b)[figure] == mark


def test_two_long_texts_share_the_room() -> None:
    a, b = "harbour " * 200, "station " * 200
    ids, _ = READER.pair(a, b)
    assert len(ids) == MOST_SUBWORDS
    border = ids.index(SEP)
    assert abs((border - 1) - (len(ids) - border - 2)) <= 1


def test_a_short_text_leaves_its_room_to_the_other() -> None:
    ids, _ = READER.pair("harbour " * 200, "A station.")
    assert len(ids) == MOST_SUBWORDS
    assert ids[-4:-1] == READER.pair("A station.", "x")[0][1:4]


TEXTS = st.text(max_size=300) | st.lists(
    st.sampled_from(["the", "mayor", "Baar", "said", "12", "buses", "3.5", "%", "on", "4", "May", "did", "not", "run", "."]), max_size=120
).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS)
def test_any_pair_fits_and_its_marks_are_known(a: str, b: str) -> None:
    ids, marks = READER.pair(a, b)
    assert len(ids) == len(marks) <= MOST_SUBWORDS
    assert ids.count(SEP) >= 2
    assert set(marks) <= set(range(MARKS))


@settings(max_examples=30, deadline=None)
@given(TEXTS)
def test_a_text_beside_itself_lacks_nothing(text: str) -> None:
    _, marks = READER.pair(text, text)
    assert {mark % KINDS for mark in marks} <= {SHARED, SETTLED}
