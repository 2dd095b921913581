"""Numbers in words: what two words make one number, what they do not, scales of other countries, ratios."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.claims.lexicon import read
from transforms.claims.numbers import numbers

TENS = [word for word, number in read("values")["cardinals"].items() if number in range(20, 100, 10)][:8]
DIGITS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def found(text: str, language: str = "en") -> list[tuple[float, str | None, str | None]]:
    """Value, unit and noun of every number."""
    return [(n.value, n.unit, n.what) for n in numbers(text, language)]


@pytest.mark.parametrize("joint", ["-", " "])
@pytest.mark.parametrize("ten", TENS)
@pytest.mark.parametrize("digit", DIGITS)
def test_tens_and_digits_are_one_number(ten: str, digit: str, joint: str) -> None:
    text = f"{ten}{joint}{digit} ships"
    (number,) = numbers(text)
    assert number.value == (TENS.index(ten) + 2) * 10 + DIGITS.index(digit) + 1
    assert (text[number.start : number.end], number.what) == (f"{ten}{joint}{digit}", "ships")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a two-year deal", [(2, "year", None)]),
        ("an eight-hour shift", [(8, "hour", None)]),
        ("a ten percent rise", [(10, "%", None)]),
        ("two five-year terms", [(2, None, "terms"), (5, "year", None)]),
        ("five six-day weeks", [(5, None, "weeks"), (6, "day", None)]),
        ("a thirty kilometre road", [(30, None, "kilometre")]),
        ("a half million jobs", [(500_000, None, "jobs")]),
    ],
)
def test_words_side_by_side_are_not_added(text: str, expected: list[tuple[float, str | None, str | None]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a hundred and fifty ships", [(150, None, "ships")]),
        ("two hundred and six ships", [(206, None, "ships")]),
        ("a hundred and forty-two homes", [(142, None, "homes")]),
        ("a hundred and fifty thousand people", [(150_000, "person", "people")]),
        ("two thousand and six dollars", [(2006, "USD", None)]),
        ("a hundred and 50 others", [(100, None, None), (50, None, "others")]),
        ("100 and fifty others", [(100, None, None), (50, None, "others")]),
        ("a hundred people and fifty ships", [(100, "person", "people"), (50, None, "ships")]),
        ("a hundred and two hundred homes", [(100, None, None), (200, None, "homes")]),
        ("a million and fifty homes", [(1_000_000, None, None), (50, None, "homes")]),
    ],
)
def test_what_stands_behind_a_hundred_is_added(text: str, expected: list[tuple[float, str | None, str | None]]) -> None:
    assert found(text) == expected


def test_between_two_numbers_lies_a_range() -> None:
    (number,) = numbers("between a hundred and two hundred homes")
    assert (number.value, number.upper, number.bound) == (100, 200, "range")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two and a half million people", (2_500_000, "person", "people")),
        ("one and a half hours", (1.5, "hour", None)),
        ("three and a half percent", (3.5, "%", None)),
        ("half an hour", None),
    ],
)
def test_halves(text: str, expected: tuple[float, str | None, str | None] | None) -> None:
    assert found(text) == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rs 500 crore", (5_000_000_000, "INR", None)),
        ("₹2.5 lakh", (250_000, "INR", None)),
        ("3 lakh people", (300_000, "person", "people")),
        ("twenty crore voters", (200_000_000, None, "voters")),
    ],
)
def test_indian_scales(text: str, expected: tuple[float, str | None, str | None]) -> None:
    assert found(text) == [expected]


@pytest.mark.parametrize("word", ["mm", "millimetres", "millimeters"])
def test_rain_is_told_in_millimetres(word: str) -> None:
    assert found(f"80 {word} of rain") == [(80, "mm", "rain")]
    assert found(f"80{' ' if len(word) > 2 else ''}{word} fell") == [(80, "mm", None)]


@pytest.mark.parametrize("text", ["one in five voters", "One in 20 homes", "one out of three workers", "one-in-four chance"])
def test_a_ratio_counts_nobody(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("text", ["one ship in 20 ports", "in five towns", "someone in five towns"])
def test_what_only_looks_like_a_ratio(text: str) -> None:
    assert len(found(text)) == 1


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("zwei Dutzend Menschen", "de", (24, "person", "people")),
        ("1,2 Millionen Menschen", "de", (1_200_000, "person", "people")),
        ("1.250 Häuser", "de", (1250, None, "häuser")),
        ("1.000.000 de euros", "es", (1_000_000, None, "euros")),
        ("12,5 euros", "fr", (12.5, "EUR", None)),
        ("1,250 homes", "en", (1250, None, "homes")),
        ("１２ people", "en", (12, "person", "people")),
        ("٣ people", "en", (3, "person", "people")),
    ],
)
def test_digits_are_read_as_the_language_writes_them(text: str, language: str, expected: tuple[float, str | None, str | None]) -> None:
    assert found(text, language) == [expected]


@given(
    st.lists(
        st.sampled_from(["a", "two", "twenty", "hundred", "and", "half", "one", "in", "-", "5", "million", "people", "%"]), max_size=12
    )
)
@settings(max_examples=60)
def test_any_words_give_numbers_in_order_inside_the_text(words: list[str]) -> None:
    text = " ".join(words).replace(" - ", "-")
    spans = [(n.start, n.end) for n in numbers(text)]
    assert spans == sorted(spans)
    assert all(0 <= a < b <= len(text) for a, b in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


@pytest.mark.parametrize("unit", ["a hundred and ", "two and a half ", "twenty-", "1,000,", "one in ", "between "])
def test_repetition_takes_linear_work(unit: str) -> None:
    assert len(numbers(unit * 2000)) <= 4000
