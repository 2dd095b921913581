"""Who is named: small words inside names, titles, ranks and bodies, homonyms; and days and polarity at the edges of their rules."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.claims.attributions import attribute
from transforms.claims.dates import dates

LEAP = date(2020, 2, 29)  # a Saturday


def speakers(text: str, language: str = "en") -> list[tuple[str | None, str | None]]:
    """Name and kind of every speaker."""
    return [(item.speaker.name, item.speaker.kind) for item in attribute(text, language=language)]


# --- names ---


@pytest.mark.parametrize(
    "name",
    [
        "Ann Lee",
        "Jean-Luc Dupont",
        "Kim Jong-un",
        "Marta von Heide",
        "Marta von der Heide",
        "Pieter van den Berg",
        "Luisa de la Cruz",
        "Rosa de los Santos",
        "Carla da Silva",
        "Omar bin Saleh",
        "José Núñez",
        "Anna-Maria O’Brien",
        "Ann Q. Lee",
        "Łukasz Żuk",
    ],
)
def test_a_name_is_kept_whole(name: str) -> None:
    assert speakers(f"It is late, said {name}, a nurse.") == [(name, "person")]
    assert speakers(f"The nurse {name} said it was late.") == [(name, "person")]


def test_a_name_with_two_small_words_is_known_by_its_last_one() -> None:
    text = "Marta von der Heide said it was late. Later von der Heide said it was dark. “It is cold,” Heide added."
    assert {name for name, _ in speakers(text)} == {"Marta von der Heide"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Marta von der Heide sagte, es sei spät.", "Marta von der Heide"),
        ("Anna Holt von der Feuerwehr sagte, es sei spät.", "Anna Holt"),
        ("Anna Holt sagte, es sei spät.", "Anna Holt"),
    ],
)
def test_in_german_the_small_words_may_lead_to_a_body(text: str, name: str) -> None:
    assert speakers(text, "de") == [(name, "person")]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("Former Prime Minister Ann Lee", "Ann Lee"),
        ("U.S. President Ann Lee", "Ann Lee"),
        ("MP Ann Lee", "Ann Lee"),
        ("Sgt Ann Lee", "Ann Lee"),
        ("Prof. Dr. Ann van der Berg", "Ann van der Berg"),
        ("Ms Lee", "Lee"),
        ("Pope Pius", "Pius"),
        ("Ann Lee, 42,", "Ann Lee"),
        ("Ann Lee (42)", "Ann Lee"),
        ("Ann Lee, who was mayor until 2015,", "Ann Lee"),
        ("Ann Lee of the Larch Institute", "Ann Lee"),
        ("Ann Lee and Tom Ray", "Ann Lee"),
    ],
)
def test_titles_ages_and_clauses_are_no_part_of_a_name(source: str, name: str) -> None:
    assert speakers(f"{source} said it was late.") == [(name, "person")]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("NATO", "NATO"),
        ("The BBC", "BBC"),
        ("The Dorra Times", "Dorra Times"),
        ("Larch Capital Ltd", "Larch Capital Ltd"),
        ("Dorra University", "Dorra University"),
        ("Lee’s office", "Lee’s office"),
        ("The Ministry of Health", "Ministry of Health"),
    ],
)
def test_bodies_are_no_persons(source: str, name: str) -> None:
    assert speakers(f"{source} said it was late.") == [(name, "organisation")]


@pytest.mark.parametrize("source", ["Everyone", "Somebody", "Others", "Officials", "Witnesses", "Two officials"])
def test_a_capital_at_the_start_of_a_sentence_makes_no_body(source: str) -> None:
    assert speakers(f"{source} said it was late.") == [(source, "unnamed")]


@pytest.mark.parametrize("source", ["I", "They", "He", "It"])
def test_a_pronoun_without_anybody_before_it_names_nobody(source: str) -> None:
    assert speakers(f"{source} said it was late.") == [(None, None)]


def test_two_bearers_of_a_surname_are_told_apart_by_title() -> None:
    text = "Mr. Tom Ray and Mrs. Ann Ray fled. Mrs. Ray said it was late. Mr. Ray denied it."
    assert [name for name, _ in speakers(text)] == ["Ann Ray", "Tom Ray"]


@given(
    st.sampled_from(["Ann", "Tom", "Marta", "Omar"]),
    st.sampled_from(["Lee", "Ray", "Brandt", "Okafor"]),
    st.sampled_from(["", "van der ", "de "]),
)
@settings(max_examples=30)
def test_a_surname_alone_means_the_one_who_was_named(given_name: str, surname: str, small: str) -> None:
    name = f"{given_name} {small}{surname}"
    text = f"{name} left the town. “It is late,” {surname} said."
    assert speakers(text) == [(name, "person")]


# --- days ---


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("yesterday", "2020-02-28"),
        ("tomorrow", "2020-03-01"),
        ("next Monday", "2020-03-02"),
        ("last Saturday", "2020-02-22"),
        ("this Saturday", "2020-02-29"),
        ("Monday of next week", "2020-03-02"),
        ("12 days ago", "2020-02-17"),
        ("two weeks ago", "2020-W07"),
        ("a month ago", "2020-01"),
        ("10 months ago", "2019-04"),
        ("a year ago", "2019"),
        ("next year", "2021"),
        ("this weekend", "2020-02-29/2020-03-01"),
        ("last weekend", "2020-02-22/2020-02-23"),
        ("since June", "2019-06"),
        ("by June", "2020-06"),
        ("31 December", "2019-12-31"),
        ("1 January", "2020-01-01"),
        ("29 February", "2020-02-29"),
        ("on Sept. 3, 1999", "1999-09-03"),
        ("the day before yesterday", "2020-02-27"),
        ("am 4. Juli 1999", "1999-07-04"),
        ("seit Juli", "2019-07"),
        ("letztes Wochenende", "2020-02-22/2020-02-23"),
        ("vor drei Wochen", "2020-W06"),
        ("übermorgen", "2020-03-02"),
    ],
)
def test_days_around_the_end_of_a_leap_february(text: str, iso: str) -> None:
    assert [found.iso for found in dates(text, LEAP)] == [iso]


@pytest.mark.parametrize(
    "text",
    [
        "February 29, 2019",
        "31 April 2020",
        "2020-02-30",
        "2020-13-01",
        "0 May 2020",
        "the 1990s",
        "2019-20",
        "$2019",
        "2019 people",
        "am Morgen",
        "may go",
        "in mar",
    ],
)
def test_what_is_no_day(text: str) -> None:
    assert dates(text, LEAP) == []


@pytest.mark.parametrize(("text", "ahead"), [("He will speak on Monday", True), ("He spoke on Monday", False), ("until Monday", True)])
def test_a_weekday_lies_ahead_only_where_the_words_do(text: str, ahead: bool) -> None:
    (found,) = dates(text, LEAP)
    assert (found.iso > LEAP.isoformat()) is ahead
    assert found.past < LEAP.isoformat()


@given(st.dates(date(1990, 1, 1), date(2060, 12, 31)), st.integers(1, 300))
@settings(max_examples=40)
def test_days_ago_are_counted_in_the_calendar(published: date, days: int) -> None:
    (found,) = dates(f"{days} days ago", published)
    assert date.fromisoformat(found.iso) == date.fromordinal(published.toordinal() - days)


@given(st.dates(date(1990, 1, 1), date(2060, 12, 31)))
@settings(max_examples=40)
def test_a_printed_day_is_read_whatever_its_form_and_the_day_of_publication(day: date) -> None:
    forms = [day.isoformat(), f"{day:%B} {day.day}, {day.year}", f"{day.day} {day:%B} {day.year}", f"{day.day} {day:%b} {day.year}"]
    for form in forms:
        assert [found.iso for found in dates(f"on {form} it", LEAP)] == [day.isoformat()]
        assert dates(f"on {form} it", None) == dates(f"on {form} it", LEAP)


def test_a_day_of_speech_is_the_one_beside_the_cue() -> None:
    at = datetime(2020, 2, 29, tzinfo=UTC)
    (item,) = attribute("Ann Lee said on Friday that the bridge would open on Monday.", published=at, language="en")
    assert item.said_on == date(2020, 2, 28)
    assert [day.iso for day in item.dates] == ["2020-03-02"]
