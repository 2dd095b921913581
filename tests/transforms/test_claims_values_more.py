"""Numbers and dates: more forms, German and English, with their spans, bounds, and what they must not be taken for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.claims.dates import dates, month_shift, nearest_year, shifted, weekday, weekend
from transforms.claims.numbers import amount, bound, numbers, what

THURSDAY = date(2018, 9, 20)


@pytest.mark.parametrize(
    ("text", "words", "value"),
    [
        ("it cost $4.5 million in all", "$4.5 million", 4_500_000),
        ("it cost 4.5 million dollars in all", "4.5 million dollars", 4_500_000),
        ("it rose 27 percent in all", "27 percent", 27),
        ("it rose by 3.5% in all", "3.5%", 3.5),
        ("twenty-five tonnes of grain", "twenty-five tonnes", 25),
        ("a 42-year-old man", "42-year", 42),
        ("some 11,000 homes", "11,000", 11_000),
        ("ten thousand homes", "ten thousand", 10_000),
        ("1.5 billion people", "1.5 billion people", 1_500_000_000),
    ],
)
def test_the_span_holds_sign_scale_and_unit(text: str, words: str, value: float) -> None:
    (found,) = numbers(text)
    assert (text[found.start : found.end], found.value) == (words, value)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("at least ", "at_least"),
        ("At least ", "at_least"),
        ("more than ", "at_least"),
        ("over ", "at_least"),
        ("no fewer than ", "at_least"),
        ("at most ", "at_most"),
        ("up to ", "at_most"),
        ("fewer than ", "at_most"),
        ("less than ", "at_most"),
        ("about ", "about"),
        ("around ", "about"),
        ("nearly ", "about"),
        ("almost ", "about"),
        ("roughly ", "about"),
        ("some ", "about"),
        ("mindestens ", "at_least"),
        ("mehr als ", "at_least"),
        ("höchstens ", "at_most"),
        ("bis zu ", "at_most"),
        ("rund ", "about"),
        ("etwa ", "about"),
        ("knapp ", "about"),
        ("the ", "exact"),
        ("", "exact"),
        ("handsome ", "exact"),
        ("moreover ", "exact"),
    ],
)
def test_the_words_before_a_number_bound_it(before: str, expected: str) -> None:
    assert bound(f"{before}40 homes", len(before)) == expected


@pytest.mark.parametrize(
    ("word", "scale", "code", "expected"),
    [
        ("1,234", "", "en", 1234),
        ("1.5", " million", "en", 1_500_000),
        ("1.234", "", "de", 1234),
        ("1,5", " Millionen", "de", 1_500_000),
        ("twenty-five", "", "en", 25),
        ("two", " hundred", "en", 200),
        ("two", " hundred thousand", "en", 200_000),
        ("zwölf", "", "de", 12),
        ("0.1", "", "en", 0.1),
    ],
)
def test_amounts_in_base_units(word: str, scale: str, code: str, expected: float) -> None:
    assert amount(word, scale, code) == expected


@pytest.mark.parametrize(
    ("tail", "unit", "expected"),
    [
        (" homes burned", None, "homes"),
        (" old wooden homes burned", None, "homes"),
        (" of the homes", None, "homes"),
        (" people fled", "person", "people"),
        (" of voters", "%", "voters"),
        (" of growth", "%", "growth"),
        (" growth", "%", None),
        (", homes burned", None, None),
        (". Homes burned", None, None),
        (" were hurt", None, None),
        (" police came", None, "police"),
        ("", None, None),
    ],
)
def test_what_is_counted(tail: str, unit: str | None, expected: str | None) -> None:
    assert what(f"40{tail}", 2, unit) == expected


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("between 60 and 70 homes", [(60, 70)]),
        ("from 60 to 70 homes", [(60, 70)]),
        ("60-70 homes", [(60, 70)]),
        ("60 and 70 homes", [(60, None), (70, None)]),
        ("won 2-1", []),
        ("the 2018-19 season", []),
        ("call 555-1234", []),
        ("3-5 percent", [(3, 5)]),
        ("70 to 60 votes", [(70, None), (60, None)]),
        ("3 to 5 million homes", [(3_000_000, 5_000_000)]),
        ("$3-5 million", [(3_000_000, 5_000_000)]),
        ("two or three homes", [(2, None), (3, None)]),
        ("two to three homes", [(2, 3)]),
    ],
)
def test_ranges_scores_and_lists(text: str, pairs: list[tuple[float, float | None]]) -> None:
    assert [(n.value, n.upper) for n in numbers(text)] == pairs


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("zwischen 60 und 70 Häuser", [(60, 70, None)]),
        ("60 bis 70 Häuser", [(60, 70, None)]),
        ("3 bis 5 Prozent", [(3, 5, "%")]),
        ("2 bis 3 Millionen Euro", [(2_000_000, 3_000_000, "EUR")]),
        ("60 und 70 Häuser", [(60, None, None), (70, None, None)]),
    ],
)
def test_german_ranges(text: str, pairs: list[tuple[float, float | None, str | None]]) -> None:
    assert [(n.value, n.upper, n.unit) for n in numbers(text, "de")] == pairs


@pytest.mark.parametrize(
    "text",
    [
        "the 3rd place",
        "at 9:45",
        "at 9 p.m.",
        "route A40",
        "model X-200b2",
        "one day he left",
        "nobody but one",
        "a second man",
        "1234567890123456789",
        "of 214 Mill St., after",
        "lives at 9 Old Harbour Road",
        "of 3170 W. County Road 600S",
        "the two were on the ground",
        "when the three, he said, left",
    ],
)
def test_no_quantities(text: str) -> None:
    assert [n for n in numbers(text) if n.value not in {1}] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a four-game streak", [(4, None, "game")]),
        ("a twelve-seat majority", [(12, None, "seat")]),
        ("a two-sided coin", []),
        ("the 30m vessel’s hull", [(30, "m", None)]),
        ("a 100m race", [(100, "m", None)]),
        ("the 30m people there", [(30_000_000, "person", "people")]),
        ("the 30m ships there", [(30_000_000, None, "ships")]),
        ("the $30m vessel", [(30_000_000, "USD", None)]),
        ("30m more", [(30_000_000, None, None)]),
        ("5 Wall Street banks", [(5, None, "banks")]),
        ("the two ships were lost", [(2, None, "ships")]),
    ],
)
def test_what_a_number_stands_for(text: str, found: list[tuple[float, str | None, str | None]]) -> None:
    assert [(n.value, n.unit, n.what) for n in numbers(text)] == found


@pytest.mark.parametrize("text", ["um 9 Uhr", "um 9.30 Uhr", "am 3. Oktober", "der 2. Platz"])
def test_no_german_quantities(text: str) -> None:
    assert numbers(text, "de", [d.span for d in dates(text, THURSDAY)]) == []


@given(st.integers(0, 999_999_999))
def test_grouped_digits_come_back_in_both_languages(number: int) -> None:
    english = f"{number:,}"
    assert [n.value for n in numbers(f"{english} trees")] == [number]
    german = english.replace(",", ".")
    assert [n.value for n in numbers(f"{german} Bäume", "de")] == [number]


@given(st.integers(1, 500), st.integers(1, 500))
def test_a_range_runs_upwards(low: int, more: int) -> None:
    (found,) = numbers(f"between {low} and {low + more} trees")
    assert (found.value, found.upper, found.bound) == (low, low + more, "range")


@pytest.mark.parametrize(
    ("text", "words", "iso"),
    [
        ("until 18 September.", "18 September", "2018-09-18"),
        ("on 3 Oct. at noon", "3 Oct.", "2018-10-03"),
        ("in Sept. at noon", "Sept.", "2018-09"),
        ("until May.", "May", "2018-05"),
        ("since March", "March", "2018-03"),
        ("since November", "November", "2017-11"),
        ("bis Mai.", "Mai", "2018-05"),
        ("seit November", "November", "2017-11"),
        ("on Sept. 18, 2017, he", "Sept. 18, 2017", "2017-09-18"),
        ("on the 2nd of May 2017", "2nd of May 2017", "2017-05-02"),
        ("in the year 1998", "1998", "1998"),
        ("am 2. Mai 2017 kam", "2. Mai 2017", "2017-05-02"),
        ("it was 2018-01-31 then", "2018-01-31", "2018-01-31"),
    ],
)
def test_the_span_of_a_date(text: str, words: str, iso: str) -> None:
    (found,) = dates(text, THURSDAY)
    assert (text[slice(*found.span)], found.iso) == (words, iso)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("He expects rain on Friday", "2018-09-21"),
        ("Rain is expected on Friday", "2018-09-21"),
        ("He plans to go on Friday", "2018-09-21"),
        ("He hopes to go on Friday", "2018-09-21"),
        ("He went on Friday", "2018-09-14"),
        ("He will go. He went on Friday", "2018-09-14"),
        ("He must pay by Friday", "2018-09-21"),
        ("Es wird am Freitag regnen", "2018-09-21"),
        ("Er wird am Freitag kommen", "2018-09-21"),
        ("kommenden Freitag", "2018-09-21"),
        ("vergangenen Freitag", "2018-09-14"),
        ("next year", "2019"),
        ("this year", "2018"),
        ("this week", "2018-W38"),
        ("next weekend", "2018-09-29/2018-09-30"),
        ("nächste Woche", "2018-W39"),
        ("diesen Monat", "2018-09"),
        ("two months ago", "2018-07"),
        ("a week ago", "2018-W37"),
        ("vor einem Jahr", "2017"),
        ("vor zwei Wochen", "2018-W36"),
        ("tonight", "2018-09-20"),
        ("heute", "2018-09-20"),
        ("am Freitagabend", "2018-09-14"),
        ("on Fridays", "2018-09-14"),
    ],
)
def test_days_near_publication(text: str, iso: str) -> None:
    assert [found.iso for found in dates(text, THURSDAY)] == [iso]


@pytest.mark.parametrize(
    "text",
    [
        "31 February 2018",
        "2018-13-01",
        "you may 3 times",
        "he marched in",
        "the sat dish",
        "guten Morgen",
        "model 2018b",
        "2018-2019 season x",
    ],
)
def test_no_dates(text: str) -> None:
    assert all(len(found.iso) == 4 for found in dates(text, THURSDAY))


@pytest.mark.parametrize(
    ("month", "published", "year"),
    [
        (1, date(2018, 9, 20), 2019),
        (4, date(2018, 9, 20), 2018),
        (12, date(2018, 1, 5), 2017),
        (7, date(2018, 1, 5), 2018),
        (9, THURSDAY, 2018),
    ],
)
def test_a_month_without_a_year_is_the_nearest_one(month: int, published: date, year: int) -> None:
    assert nearest_year(month, published) == year


@given(st.dates(date(1950, 1, 1), date(2060, 1, 1)), st.integers(0, 6))
def test_weekdays_lie_within_a_week(published: date, wanted: int) -> None:
    back, ahead, later = (weekday(published, wanted, direction) for direction in (0, 1, 2))
    assert back.weekday() == ahead.weekday() == later.weekday() == wanted
    assert timedelta(0) <= published - back < timedelta(7)
    assert timedelta(0) < ahead - published <= timedelta(7)
    assert later.isocalendar()[1] == (published + timedelta(7)).isocalendar()[1]


@given(st.dates(date(1950, 1, 1), date(2060, 1, 1)), st.integers(-36, 36))
def test_months_shift_and_come_back(published: date, step: int) -> None:
    there = month_shift(published, step)
    first = date.fromisoformat(f"{there}-01")
    assert month_shift(first, -step) == f"{published:%Y-%m}"


@given(st.dates(date(1950, 1, 1), date(2060, 1, 1)), st.integers(-5, 5))
def test_a_weekend_is_saturday_and_sunday(published: date, step: int) -> None:
    saturday, sunday = (date.fromisoformat(day) for day in weekend(published, step).split("/"))
    assert (saturday.weekday(), sunday.weekday(), sunday - saturday) == (5, 6, timedelta(1))


@given(st.dates(date(1950, 1, 1), date(2060, 1, 1)))
def test_the_week_of_publication_is_its_iso_week(published: date) -> None:
    assert shifted("week", published, 0) == f"{published:%G-W%V}"


def test_a_time_before_year_one_is_no_date() -> None:
    assert dates("990 years ago, last month, 40 months ago", date(1, 1, 5)) == []
