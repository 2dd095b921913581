"""Numbers and dates in contents: tables of forms."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.claims.dates import dates
from transforms.claims.numbers import numbers

THURSDAY = date(2018, 9, 20)


@pytest.mark.parametrize(
    ("text", "value", "unit", "bound", "what"),
    [
        ("12 people were killed", 12, "person", "exact", "people"),
        ("at least 12 people", 12, "person", "at_least", "people"),
        ("more than 3,000 jobs", 3000, None, "at_least", "jobs"),
        ("up to 20 ships", 20, None, "at_most", "ships"),
        ("no fewer than 20 ships", 20, None, "at_least", "ships"),
        ("nearly 200 ballistic missiles", 200, None, "about", "missiles"),
        ("some 11,000 households", 11_000, None, "about", "households"),
        ("twelve other residents", 12, None, "exact", "residents"),
        ("twenty-five tonnes of grain", 25, "t", "exact", "grain"),
        ("a hundred people", 100, "person", "exact", "people"),
        ("two hundred thousand homes", 200_000, None, "exact", "homes"),
        ("half a million jobs", 500_000, None, "exact", "jobs"),
        ("a dozen eggs", 12, None, "exact", "eggs"),
        ("two dozen eggs", 24, None, "exact", "eggs"),
        ("$4.5 million", 4_500_000, "USD", "exact", None),
        ("about $4.5bn", 4_500_000_000, "USD", "about", None),
        ("£20", 20, "GBP", "exact", None),
        ("€1.5 billion", 1_500_000_000, "EUR", "exact", None),
        ("RM6,162,000", 6_162_000, "MYR", "exact", None),
        ("640,000 crowns", 640_000, "crown", "exact", None),
        ("27 percent", 27, "%", "exact", None),
        ("27 per cent of voters", 27, "%", "exact", "voters"),
        ("3.5% growth", 3.5, "%", "exact", None),
        ("30 kilometres", 30, "km", "exact", None),
        ("a 42-year-old man", 42, "year", "exact", None),
        ("three months", 3, "month", "exact", None),
        ("one million trees", 1_000_000, None, "exact", "trees"),
    ],
)
def test_english_numbers(text: str, value: float, unit: str | None, bound: str, what: str | None) -> None:
    (found,) = numbers(text)
    assert (found.value, found.unit, found.bound, found.what) == (value, unit, bound, what)


@pytest.mark.parametrize(
    ("text", "value", "unit", "bound"),
    [
        ("mindestens zwölf Menschen", 12, "person", "at_least"),
        ("rund 11.000 Haushalte", 11_000, None, "about"),
        ("1.234,5 Millionen Euro", 1_234_500_000, "EUR", "exact"),
        ("3,5 Prozent", 3.5, "%", "exact"),
        ("2400 Menschen", 2400, "person", "exact"),
        ("bis zu 20 Mio. Euro", 20_000_000, "EUR", "at_most"),
        ("mehr als drei Wochen", 3, "week", "at_least"),
        ("20 Kilometer", 20, "km", "exact"),
    ],
)
def test_german_numbers(text: str, value: float, unit: str | None, bound: str) -> None:
    (found,) = numbers(text, "de")
    assert (found.value, found.unit, found.bound) == (value, unit, bound)


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("between 60 and 70 homes", 60, 70, None),
        ("60 to 70 homes", 60, 70, None),
        ("60–70 percent", 60, 70, "%"),
        ("0.6% to 0.7%", 0.6, 0.7, "%"),
        ("$2 to $3 billion", 2_000_000_000, 3_000_000_000, "USD"),
    ],
)
def test_ranges(text: str, low: float, high: float, unit: str | None) -> None:
    (found,) = numbers(text)
    assert (found.value, found.upper, found.unit, found.bound) == (low, high, unit, "range")


def test_a_list_is_no_range() -> None:
    assert [(n.value, n.upper) for n in numbers("two dead and 12 hurt, 40 and 50 others")] == [
        (2, None),
        (12, None),
        (40, None),
        (50, None),
    ]


@pytest.mark.parametrize(
    "text", ["one of them", "a man", "the 20th", "at 10:30", "3 a.m.", "Boeing737", "an hour ago he", "12345678901234567890123"]
)
def test_what_is_no_number(text: str) -> None:
    assert numbers(text) == []


def test_dates_are_no_numbers() -> None:
    text = "On Sept. 20, 2018 it had 12 ships"
    assert [n.value for n in numbers(text, "en", [d.span for d in dates(text, THURSDAY)])] == [12]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2018-09-18", "2018-09-18"),
        ("Sept. 18, 2017", "2017-09-18"),
        ("September 18", "2018-09-18"),
        ("18 September 2017", "2017-09-18"),
        ("18th of September", "2018-09-18"),
        ("September 2017", "2017-09"),
        ("in May", "2018-05"),
        ("by January", "2019-01"),
        ("since January", "2018-01"),
        ("December 30", "2018-12-30"),
        ("by 2021", "2021"),
        ("on Thursday", "2018-09-20"),
        ("on Wednesday", "2018-09-19"),
        ("on Friday", "2018-09-14"),
        ("will meet on Friday", "2018-09-21"),
        ("Thursday of next week", "2018-09-27"),
        ("last Thursday", "2018-09-13"),
        ("next Tuesday", "2018-09-25"),
        ("yesterday", "2018-09-19"),
        ("today", "2018-09-20"),
        ("tomorrow", "2018-09-21"),
        ("this morning", "2018-09-20"),
        ("last month", "2018-08"),
        ("next month", "2018-10"),
        ("last year", "2017"),
        ("last week", "2018-W37"),
        ("last weekend", "2018-09-15/2018-09-16"),
        ("three days ago", "2018-09-17"),
        ("two years ago", "2016"),
        ("am Montag", "2018-09-17"),
        ("gestern", "2018-09-19"),
        ("morgen", "2018-09-21"),
        ("vor drei Tagen", "2018-09-17"),
        ("im vergangenen Monat", "2018-08"),
        ("letzte Woche", "2018-W37"),
        ("20. September", "2018-09-20"),
        ("3. Oktober 2017", "2017-10-03"),
        ("im März", "2018-03"),
    ],
)
def test_dates(text: str, iso: str) -> None:
    assert [found.iso for found in dates(text, THURSDAY)] == [iso]


@pytest.mark.parametrize(
    "text", ["he may 5 go", "she may", "a march on the town", "am Morgen", "31 June", "2,018 people", "2018 people", "Maybe", "the sun sat"]
)
def test_what_is_no_date(text: str) -> None:
    assert dates(text, THURSDAY) == []


def test_a_weekday_of_speech_lies_behind() -> None:
    (found,) = dates("will speak on Friday", THURSDAY)
    assert (found.iso, found.past) == ("2018-09-21", "2018-09-14")


def test_relative_dates_need_a_day_of_publication() -> None:
    assert dates("yesterday, on Monday, last month, in May, May 5", None) == []
    assert [d.iso for d in dates("in 2021 and on 3 May 2020", None)] == ["2021", "2020-05-03"]


@given(st.text(alphabet="0123456789.,-–$% milonth MaySept.dvorundayk", max_size=120), st.dates())
def test_values_lie_in_order_and_never_raise(text: str, published: date) -> None:
    for found in (numbers(text), numbers(text, "de"), dates(text, published)):
        spans = [(x.start, x.end) for x in found]
        assert spans == sorted(spans)
        assert all(0 <= start < end <= len(text) for start, end in spans)
