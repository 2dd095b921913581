"""Bodies and what belongs to a person: long names, campaigns, aides, authors of documents, outlets."""

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


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("It was the Institute for School Reform again.", "Institute for School Reform"),
        ("It was the Center for Media and Public Affairs again.", "Center for Media and Public Affairs"),
        ("It was the Council on Foreign Trade again.", "Council on Foreign Trade"),
        ("It was the Campaign to Mend Our Dikes (CMOD) again.", "Campaign to Mend Our Dikes"),
    ],
)
def test_names_of_bodies_tell_what_they_are_for(text: str, name: str) -> None:
    assert cast(text)[0] == (name, "organisation")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The Karsk Council on Wednesday said it was late.", "Karsk Council"),
        ("The Karsk Council for Ann Lee was late.", "Karsk Council"),
        ("He took the Orva Bridge to Our Town (CMOD) again.", "Orva Bridge"),
        ("It was the Orva Institute for later (OI) again.", "Orva Institute"),
    ],
)
def test_names_of_bodies_end_before_days_people_and_other_brackets(text: str, name: str) -> None:
    assert name in [found for found, _ in cast(text)]


def test_the_short_form_of_a_long_name() -> None:
    text = "The Campaign to Mend Our Dikes (CMOD) met. CMOD said the dikes would break."
    assert speakers(text) == ["Campaign to Mend Our Dikes"]


PAIR = "Mayor Ann Lee met Senator Otto Brandt in Karsk. "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Brandt campaign said it was late.", ["Brandt campaign"]),
        ("Brandt’s campaign said it was late.", ["Brandt campaign"]),
        ("Otto Brandt's campaign said it was late.", ["Brandt campaign"]),
        ("Her campaign said it was late.", ["Lee campaign"]),
        ("His campaign said it was late. The campaign said it would pay.", ["Brandt campaign", "Brandt campaign"]),
        ("The Lee administration said it was late. The administration said it would pay.", ["Lee administration", "Lee administration"]),
        ("Her team said it was late.", ["Lee’s team"]),
        ("Brandt aides said it was late.", ["Brandt aides"]),
        ("A top Ann Lee adviser said it was late.", ["A top Ann Lee adviser"]),
        ("Brandt himself said it was late.", ["Otto Brandt"]),
        ("Brandt, a friend of the Lee campaign, said it was late.", ["Otto Brandt"]),
        ("Its campaign said it was late.", ["Its campaign"]),
    ],
)
def test_what_belongs_to_a_person_is_another(text: str, expected: list[str]) -> None:
    assert speakers(PAIR + text) == expected


def test_a_campaign_of_nobody_known_stays_as_printed() -> None:
    assert speakers("Her campaign said it was late.") == ["Her campaign"]


def test_an_administration_is_no_firm_that_was_named_last() -> None:
    assert speakers("Orva Water closed the plant. The administration said it was late.") == ["administration"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A report from the Karsk Institute said it was late.", ["Karsk Institute"]),
        ("A survey released last year by the Karsk Institute found that it was late.", ["Karsk Institute"]),
        ("Polls from the Swedish vote said it was late.", ["Polls from the Swedish vote"]),
        ("The report, which is from the Karsk Institute, said it was late.", ["report, which is from the Karsk Institute"]),
    ],
)
def test_who_wrote_or_sent_a_document(text: str, expected: list[str]) -> None:
    assert speakers(f"They met in Sweden. {text}") == expected


def test_bodies_in_a_relative_clause_are_others() -> None:
    text = "The Orva Alliance met. The alliance, which includes two big unions and the Karsk Institute, said it was late."
    assert speakers(text) == ["Orva Alliance"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Null Hedge said it was late. The website said it would be later.", ["Null Hedge", "Null Hedge"]),
        ("Ann Lee said it was late. The website said it would be later.", ["Ann Lee", "website"]),
        ("The new website said it would be later.", ["new website"]),
    ],
)
def test_an_outlet_that_spoke_last(text: str, expected: list[str]) -> None:
    assert speakers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Orva Water made a loss. Company management said it was late.", ["Orva Water"]),
        ("Orva Water made a loss. Prison management said it was late.", ["Prison management"]),
        ("They met. Management said it was late.", ["Management"]),
    ],
)
def test_management_is_the_firm(text: str, expected: list[str]) -> None:
    assert speakers(text) == expected


def test_a_surname_that_is_a_given_name_tells_no_gender() -> None:
    text = "Amelie Joseph has a daughter. “No,” said Joseph. She said it was late."
    assert speakers(text) == ["Amelie Joseph", "Amelie Joseph"]


def test_a_name_behind_a_closing_mark_opens_no_sentence() -> None:
    assert speakers("They came. “It is late,” Zenka said.") == ["Zenka"]


def test_a_country_before_an_office_has_none() -> None:
    text = "The Karsk Times backed her. The former mayor and U.S. senator spoke. It said she was right."
    assert speakers(text) == ["Karsk Times"]


def test_a_body_named_for_an_office_does_not_hold_it() -> None:
    text = "They met at the Bishop Noll Institute. The local bishop said it was late."
    assert speakers(text) == ["local bishop"]
