"""Whom sources mean, in cases that reading public news brought up: relatives, clitics, posts, couples, headings, papers."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from transforms.claims import attribute
from transforms.claims.dates import dates
from transforms.claims.finder import segment
from transforms.claims.names import Cast

NOON = datetime(2018, 9, 20, 12, tzinfo=UTC)  # a Thursday


def speakers(text: str) -> list[str | None]:
    return [item.speaker.name for item in attribute(text, published=NOON, language="en")]


def names(text: str) -> list[str]:
    cast = Cast(segment(text, "en").sentences)
    return [mention.entity.name for row in cast.mentions for mention in row]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Browns DL Sheldon Rich spoke.", ["Sheldon Rich"]),
        ("Harbour FM reporter Ada Brandt spoke.", ["Harbour FM", "Ada Brandt"]),
        ("He told USA Today so.", ["USA Today"]),
        ("He told the Evening Gazette so.", ["Evening Gazette"]),
        ("He came on Monday Evening.", []),
        ("DOCTORS DISTANCE THEMSELVES FROM HIM. The clinic is shut.", []),
        ("Brandt Wants Another Bridge Soon, Minister Says\n\nHe wants another one soon.", []),
        ("President Ada Brandt met Omar Vell in Dorra on Monday.", ["Ada Brandt", "Omar Vell", "Dorra"]),
        ("Everything Brandt does is everything he likes. We like Brandt.", ["Brandt", "Brandt"]),
    ],
    ids=["a post", "a reporter", "capitals before", "the before", "a time", "a heading", "a headline", "short words", "an opener"],
)
def test_names(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Troops stay in Korea. It rained in South Korea.", ["South Korea", "Korea", "South Korea"]),
        ("Troops stay in Korea.", ["Korea"]),
    ],
    ids=["told below", "only the other one told"],
)
def test_a_quarter_of_the_sky_in_a_headline_is_part_of_a_name(body: str, expected: list[str]) -> None:
    assert names(f"Brandt Wants Another Bridge Soon, South Korea Says\n\nHe wants another one soon. {body}") == expected


def test_a_surname_is_the_one_who_is_not_called_by_first_name() -> None:
    text = "Mila Drent wore blue. Karl Drent came late. Mila smiled. Drent said it rained."
    assert speakers(text) == ["Karl Drent"]


def test_a_pronoun_goes_on_meaning_whom_it_meant() -> None:
    gap = " The rain went on over the valley." * 8
    assert speakers(f"Ada Brandt said it rained. She said it froze.{gap} She said it would end.") == ["Ada Brandt"] * 3


def test_a_name_inside_a_quotation_is_no_first_choice_for_a_pronoun() -> None:
    text = "Minister Karl Drent came. “I heard it from Omar Vell and Jan Lunt,” he said."
    assert speakers(text) == ["Karl Drent"]


def test_a_government_spokesman_does_not_speak_for_the_firm_named_last() -> None:
    text = "Orva Water, the grid company, was fined. “That is enough,” the government spokesman said."
    assert speakers(text) == ["government"]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("It will not be like Tuesday’s storm.", "2018-09-18"),
        ("They will meet on Tuesday.", "2018-09-25"),
        ("They will hold Friday’s game.", "2018-09-21"),
    ],
)
def test_a_possessive_weekday_is_the_nearer_one(text: str, iso: str) -> None:
    assert [found.iso for found in dates(text, NOON.date())] == [iso]


@pytest.mark.parametrize(
    ("day", "iso"),
    [
        (date(2018, 9, 17), "2018-09-15/2018-09-16"),
        (date(2018, 9, 18), "2018-09-15/2018-09-16"),
        (date(2018, 9, 19), "2018-09-22/2018-09-23"),
        (date(2018, 9, 22), "2018-09-22/2018-09-23"),
    ],
)
def test_early_in_the_week_this_weekend_is_the_one_just_over(day: date, iso: str) -> None:
    assert [found.iso for found in dates("The storms of this weekend", day)] == [iso]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Ada Brandt said at yesterday’s meeting that it rained.", date(2018, 9, 19)),
        ("During today’s briefing, Ada Brandt said it rained.", date(2018, 9, 20)),
        ("Weighing in on Tuesday’s fight on Wednesday, Ada Brandt said it was fair.", date(2018, 9, 19)),
        ("Asked about Tuesday’s fight, Ada Brandt said it was fair.", None),
    ],
)
def test_the_day_of_the_words_is_not_the_day_that_they_are_about(text: str, day: date | None) -> None:
    assert [item.said_on for item in attribute(text, published=NOON, language="en")] == [day]


def test_who_passed_the_words_on() -> None:
    (item,) = attribute("“We lost,” Ada Brandt said, via Ian Moss of the Gazette.", language="en")
    assert item.chain == ("Ian Moss", "Ada Brandt")


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("“Why us?” Ada Brandt said.", "questions"),
        ("“Why us? It rained,” Ada Brandt said.", "asserts"),
        ("Ada Brandt said nobody asks why?", "asserts"),
    ],
)
def test_a_quoted_question_is_a_question(text: str, polarity: str) -> None:
    assert [item.polarity for item in attribute(text, language="en")] == [polarity]


@pytest.mark.parametrize(
    ("source", "speaker"),
    [
        ("A study by the Northern Institute", "Northern Institute"),
        ("Research conducted by Ann Lee", "Ann Lee"),
        ("A report on the Northern Institute", "report on the Northern Institute"),
        ("A report", "report"),
    ],
)
def test_who_wrote_a_document_speaks(source: str, speaker: str) -> None:
    (item,) = attribute(f"{source} said that the river had risen.", language="en")
    assert item.speaker.name is not None
    assert item.speaker.name.removeprefix("A ") == speaker
