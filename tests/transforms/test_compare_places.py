"""Where two statements differ: the words on both sides that make a difference of a kind, and how it is told."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.compare.cues import ANY_HEDGE, DENIAL
from transforms.compare.places import PLACES, canonical, differing, impossible, place
from transforms.compare.rules import day as day_rule
from transforms.compare.statement import of_saying, read

GIVEN = [
    ("number", "The flood killed 12 people.", "Some 31 people died in the flood.", "12 people", "31 people"),
    ("number", "Profit rose 4 percent to $3 million.", "Profit climbed 7 percent to $3 million.", "4 percent", "7 percent"),
    ("date", "The vote is on March 3.", "Voters go to the polls on 10 March.", "March 3", "10 March"),
    ("date", "The mine closed on Tuesday.", "On Thursday the mine was shut.", "Tuesday", "Thursday"),
    ("date", "He was jailed in 1998.", "He went to jail in 1996.", "1998", "1996"),
    ("date", "The talks resume at 9 a.m.", "Talks start again at 11 a.m.", "9 a.m.", "11 a.m."),
    ("certainty", "The firm reportedly bribed judges.", "The firm bribed judges.", "reportedly", "bribed"),
    ("certainty", "The dam broke.", "The dam may have broken.", "dam", "may"),
    ("contradicts", "The minister did not sign the order.", "The minister signed the order.", "not", "signed"),
    ("contradicts", "Shares rose in Oslo on Monday.", "Shares fell in Oslo on Monday.", "rose", "fell"),
    ("actor", "The prize went to Ines Okafor.", "The prize went to Lucian Baar.", "Ines Okafor", "Lucian Baar"),
    ("actor", "A 33-year-old woman died.", "A 33-year-old man died.", "woman", "man"),
]


@pytest.mark.parametrize(("label", "a", "b", "left", "right"), GIVEN)
def test_a_difference_is_shown_at_its_words(label: str, a: str, b: str, left: str, right: str) -> None:
    x, y, reason = place(label, read(a), read(b))
    assert (a[slice(*x)], b[slice(*y)]) == (left, right)
    assert left in reason or right in reason


@pytest.mark.parametrize(("label", "a", "b", "left", "right"), GIVEN)
def test_the_place_does_not_depend_on_the_order(label: str, a: str, b: str, left: str, right: str) -> None:
    x, y, _ = place(label, read(b), read(a))
    assert (b[slice(*x)], a[slice(*y)]) == (right, left)


def test_dates_that_were_resolved_are_told_as_days() -> None:
    a, b = (read(text, published=date(2026, 3, 4)) for text in ("The strike began yesterday.", "The strike began on Monday."))
    assert place("date", a, b) == ((17, 26), (20, 26), "2026-03-03 -> 2026-03-02")


def test_without_a_place_of_the_kind_the_words_that_differ_are_shown() -> None:
    a, b = read("The premier pledged a new railway."), read("The premier promised a new motorway.")
    x, y, reason = place("number", a, b)
    assert (a.text[slice(*x)], b.text[slice(*y)]) in {("pledged", "promised"), ("railway", "motorway")}
    assert "->" in reason


def test_texts_without_common_words_differ_as_a_whole() -> None:
    a, b = read("Rain."), read("")
    assert differing(a, b) == (a.whole, b.whole, "the statements differ")


@pytest.mark.parametrize(("one", "other"), [("Oct. 3rd", "3 October"), ("4 of May", "May 4"), ("9 a.m.", "9 A.M")])
def test_spellings_of_one_date_are_one(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


WORDS = "the mayor Baar Ines Okafor said 12 15 buses on Monday Tuesday 4 March 1998 may not run reportedly rose fell ."
SENTENCES = st.lists(st.sampled_from(WORDS.split(" ")), max_size=25).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(PLACES)), SENTENCES, SENTENCES)
def test_places_lie_within_their_texts(label: str, a: str, b: str) -> None:
    x, y, reason = place(label, read(a), read(b))
    assert 0 <= x[0] <= x[1] <= len(a)
    assert 0 <= y[0] <= y[1] <= len(b)
    assert reason


@pytest.mark.parametrize(
    ("a", "b", "comparable"),
    [
        ("At least 12 people died in Karsk.", "Rescue crews have recovered 15 bodies in Karsk.", True),
        ("Twelve people died in Karsk.", "Nineteen people are missing in Karsk.", False),
        ("The fire cost 31 million crowns.", "Damage from the fire is put at 25 million crowns.", True),
        ("Two banks are in talks.", "The talks may cost 610 branches of the banks.", False),
        ("The dam killed 12 people in Karsk.", "Some 2,400 left their homes in Karsk.", False),
    ],
)
def test_numbers_differ_only_where_they_may_count_one_thing(a: str, b: str, comparable: bool) -> None:
    assert ("number" not in impossible(read(a), read(b))) == comparable


@pytest.mark.parametrize(
    ("text", "day", "expected"),
    [
        ("The minister said on Thursday that the dam will open.", "Thursday", True),
        ("The minister told reporters late on Thursday that the dam will open.", "Thursday", True),
        ("The minister announced on Thursday that the dam will open.", "Thursday", True),
        ("The minister announced on Thursday the closure of the dam.", "Thursday", False),
        ("The dam will open on Thursday, the minister said.", "Thursday", False),
        ("Thursday was the day.", "Thursday", False),
    ],
)
def test_the_day_of_saying_so(text: str, day: str, expected: bool) -> None:
    at = text.index(day)
    assert of_saying(text, at, at + len(day)) is expected


def test_days_of_saying_so_are_no_difference() -> None:
    a = read("Kessel said on Thursday that the dam will open.", published=date(2018, 9, 20))
    b = read("Kessel said on Wednesday that the dam will open.", published=date(2018, 9, 20))
    assert len(a.dates) == len(b.dates) == 1
    assert day_rule(a, b) is None
    assert "date" in impossible(a, b)


@pytest.mark.parametrize(
    ("text", "expected"), [("Renn denied it.", False), ("Renn denied that.", False), ("Renn denied that it broke.", True)]
)
def test_a_denial_says_what_it_denies(text: str, expected: bool) -> None:
    assert bool(DENIAL.search(text)) is expected


def test_what_could_not_be_done_is_told_flatly() -> None:
    able, unable = read("The number could be confirmed by the office."), read("The number could not be confirmed by the office.")
    assert not ANY_HEDGE.search(unable.text)
    assert ANY_HEDGE.search(able.text)


def test_a_question_is_as_open_as_whether() -> None:
    asked, said = read("Were the gates opened too late?"), read("Her office examines whether the gates were opened too late.")
    assert "certainty" in impossible(asked, said)
    assert "certainty" not in impossible(read("The gates were opened too late."), said)
