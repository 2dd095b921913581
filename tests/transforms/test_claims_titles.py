"""Titles and crossheads in capitals name nobody by themselves; and whom pronouns mean inside a sentence."""

from __future__ import annotations

import pytest

from transforms.claims import attribute
from transforms.claims.finder import segment
from transforms.claims.names import Cast


def speakers(text: str) -> list[str | None]:
    """Speakers in text order."""
    return [a.speaker.name for a in attribute(text)]


def cast(text: str) -> list[tuple[str, str]]:
    """Everybody who is named, with the kind."""
    return [(e.name, e.kind) for e in Cast(segment(text, "en").sentences).entities]


BODY = "\n\nMayor Ann Lee said on Monday that she defends the bridge under pressure. Nobody spoke of claims against it."


@pytest.mark.parametrize(
    "title",
    [
        "Ann Lee Defends Herself Against Claims.",
        "Ann Lee Just Said What Many Have Thought",
        "Ann Lee Under Pressure Against Claims!",
        "Lee Has Spoken",
    ],
)
def test_a_title_gives_no_longer_name(title: str) -> None:
    assert ("Ann Lee", "person") in cast(title + BODY)
    assert not any(name.startswith("Ann Lee ") for name, _ in cast(title + BODY))


def test_names_of_the_text_are_known_in_its_title() -> None:
    sentences = segment("Ann Lee Defends Bridge Against Claims." + BODY, "en").sentences
    found = Cast(sentences).mentions[0]
    assert [(m.start, m.end, m.entity.name) for m in found] == [(0, len("Ann Lee"), "Ann Lee")]


def test_a_sentence_of_names_is_no_title() -> None:
    assert ("Otto Brandt", "person") in cast("Mayor Ann Lee met Otto Brandt and Karl Holt on Monday.")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The senate is full. It was Senate Republicans again.", ("Senate Republicans", "organisation")),
        ("A security act was late. It was the old Security Act.", ("Security Act", "organisation")),
        ("They met Karl Brown, who is brown.", ("Karl Brown", "person")),
    ],
)
def test_groups_and_things_are_no_persons(text: str, kind: tuple[str, str]) -> None:
    assert kind in cast(text)


def test_two_words_in_capitals_are_a_heading_where_one_is_common() -> None:
    assert cast("It was FULL TEXT of a full text.") == []
    assert cast("It was ANN LEE again.") == [("ANN LEE", "person")]


def test_a_country_is_no_town_that_begins_with_its_name() -> None:
    assert speakers("They met in Mexico City. On Monday Mexico said it was late.") == ["Mexico"]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Otto Brandt left. Karl Holt annoyed them when he said it was late.", "Karl Holt"),
        ("Otto Brandt left. He met Karl Holt before he said it was late.", "Otto Brandt"),
        ("Otto Brandt left. After Karl Holt’s speech, he said it was late.", "Otto Brandt"),
    ],
)
def test_a_pronoun_of_a_dependent_clause_means_the_subject(text: str, speaker: str) -> None:
    assert speakers(text)[-1] == speaker


@pytest.mark.parametrize("title", ["Ann Lee Backs Brandt", "Ann Lee Stuns Karsk"])
def test_a_whole_name_is_cut_off_before_the_verb_of_a_title(title: str) -> None:
    assert ("Ann Lee", "person") in cast(f"{title}.\n\nThey saw Ann Lee again.")
    assert (title, "person") not in cast(f"{title}.\n\nThey saw Ann Lee again.")


def test_a_longer_name_that_never_stands_shorter_stays() -> None:
    assert cast("They saw Ann Lee Holt again.") == [("Ann Lee Holt", "person")]


def test_a_body_is_no_governor() -> None:
    text = "The governor of the Karsk Bank, Ann Lee, met the Orva Council, a governor, again. The governor said it was late."
    assert speakers(text) == ["Ann Lee"]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Senator Otto Brandt met a crowd. The pope said it was late.", "pope"),
        ("Senator Otto Brandt met a crowd. The senator said it was late.", "Otto Brandt"),
        ("Senator Otto Brandt met a crowd. The candidate said it was late.", "Otto Brandt"),
        ("Otto Brandt met a crowd. The pope said it was late.", "Otto Brandt"),
    ],
)
def test_who_holds_one_office_is_not_guessed_to_hold_another(text: str, speaker: str) -> None:
    assert speakers(text) == [speaker]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“No,” Zenka said. “Never,” he said.", ["Zenka", "Zenka"]),
        ("“No,” Sweden said. “Never,” he said.", ["Sweden", None]),
        ("“No,” ABC said. “Never,” he said.", ["ABC", None]),
        ("Otto Brandt came. “No,” Zenka said. “Never,” he said.", ["Zenka", "Otto Brandt"]),
    ],
)
def test_a_name_of_one_word_is_a_person_where_no_other_fits(text: str, expected: list[str | None]) -> None:
    assert speakers(text) == expected
