"""Who is meant: names, titles, roles, pronouns, bodies, unnamed people, speech inside speech."""

from __future__ import annotations

import pytest

from transforms.claims import attribute


def speakers(text: str) -> list[str | None]:
    """Speakers in text order."""
    return [a.speaker.name for a in attribute(text)]


SUMMIT = "South Korean President Moon Jae-in met the North Korean leader, Kim Jong-un, and U.S. President Donald Trump. "


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("Moon", "Moon Jae-in"),
        ("The South Korean president", "Moon Jae-in"),
        ("The South Korean leader", "Moon Jae-in"),
        ("The president of South Korea", "Moon Jae-in"),
        ("The North Korean leader", "Kim Jong-un"),
        ("Kim Jong Un", "Kim Jong-un"),
        ("Chairman Kim", "Kim Jong-un"),
        ("The American president", "Donald Trump"),
        ("Mr Trump", "Donald Trump"),
    ],
)
def test_names_and_roles(source: str, name: str) -> None:
    assert speakers(f"{SUMMIT}{source} said the talks had gone well.") == [name]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ferrand said it was paid. Prosecutor Maud Ferrand said more.", ["Maud Ferrand", "Maud Ferrand"]),
        ("Chief executive Stefan Rusk of Orva Water said it was safe.", ["Stefan Rusk"]),
        ("Orva’s chief executive, Stefan Rusk, said it was safe.", ["Stefan Rusk"]),
        ("Rusk’s lawyer, Esther Kwan, said he was ill.", ["Esther Kwan"]),
        ("Secretary of State Mike Pompeo said talks would go on.", ["Mike Pompeo"]),
        ("U.S. Secretary of State Mike Pompeo said talks would go on.", ["Mike Pompeo"]),
        ("Mail Sports Insider Jason La Canfora said he was out.", ["Jason La Canfora"]),
        ("The grid company Velnet said the power was off.", ["Velnet"]),
        ("The Bureau of Fisheries and Water said the reef was dead.", ["Bureau of Fisheries and Water"]),
        ("A spokesman for Orva Water said it was safe.", ["Orva Water"]),
        ("Orva Water said it was safe. Its spokeswoman said no more.", ["Orva Water", "Orva Water"]),
        ("The Santrell Institute said it worked. The institute said so.", ["Santrell Institute", "Santrell Institute"]),
        ("Amber Lines owns the ship. The company said it was safe.", ["Amber Lines"]),
        ("The finance ministry said taxes rise. The ministry said so.", ["finance ministry", "finance ministry"]),
        ("Ildefonso Lopez Villar came. Mr Lopez Villar said it was late.", ["Ildefonso Lopez Villar"]),
    ],
)
def test_people_and_bodies(text: str, expected: list[str]) -> None:
    assert speakers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ada Brandt met Otto Vehl. She said the pumps had failed.", "Ada Brandt"),
        ("Ada Brandt met Otto Vehl. He said the pumps had failed.", "Otto Vehl"),
        ("Mayor Ada Brandt said it rained. She said the pumps had failed.", "Ada Brandt"),
        ("Ada Brandt, the mayor of Karsk, met Otto Vehl. The mayor said the pumps had failed.", "Ada Brandt"),
        ("The governor said the dam broke. Governor Petra Halvik said more.", "Petra Halvik"),
        ("Nobody came. He said the pumps had failed.", None),
        ("I said the pumps had failed.", None),
    ],
)
def test_pronouns(text: str, expected: str | None) -> None:
    assert expected in speakers(text) if expected else speakers(text) == [None]


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("Witnesses said the dam had cracked.", "Witnesses", "unnamed"),
        ("Three people with knowledge of the matter said talks go on.", "Three people with knowledge of the matter", "unnamed"),
        ("A report said the steel was thin.", "A report", "document"),
        ("The indictment said the steel was thin.", "indictment", "document"),
        ("The coastguard said the ship sank.", "coastguard", "organisation"),
        ("Mayor Lena Ortiz said the ship sank.", "Lena Ortiz", "person"),
        ("The National Civil Protection Agency said 20 were missing.", "National Civil Protection Agency", "organisation"),
    ],
)
def test_kinds(text: str, name: str, kind: str) -> None:
    (found,) = attribute(text)
    assert (found.speaker.name, found.speaker.kind) == (name, kind)


def test_a_full_name_is_surer_than_a_pronoun() -> None:
    full, pronoun = attribute("Mayor Ada Brandt said it rained. She said the pumps had failed.")
    assert full.speaker.confidence > pronoun.speaker.confidence > 0


def test_speech_inside_a_quotation() -> None:
    text = "North Korean leader Kim Jong-un met President Moon Jae-in. “Chairman Kim told me that he wants peace,” Moon said."
    outer, inner = attribute(text)
    assert (outer.speaker.name, outer.chain, outer.parent) == ("Moon Jae-in", (), None)
    assert (inner.speaker.name, inner.chain, inner.parent) == ("Kim Jong-un", ("Moon Jae-in", "Kim Jong-un"), 0)
    assert [text[slice(*piece)] for piece in inner.content] == ["that he wants peace"]


def test_speech_inside_indirect_speech() -> None:
    outer, inner = attribute("Moon Jae-in said that Kim Jong-un had told him he wanted a second summit.")
    assert outer.speaker.name == "Moon Jae-in"
    assert inner.chain == ("Moon Jae-in", "Kim Jong-un")
    assert inner.parent == 0


def test_speech_inside_what_somebody_is_said_to_have_said() -> None:
    found = attribute("Moon Jae-in met Kim Jong-un. According to Moon, Kim told him that the summit should be soon.")
    assert [a.chain for a in found] == [(), ("Moon Jae-in", "Kim Jong-un")]


def test_a_wish_inside_indirect_speech_ends_before_the_tag() -> None:
    text = "Kim Jong-un wants to meet the envoy soon, President Moon Jae-in said Thursday."
    outer, inner = attribute(text)
    assert outer.speaker.name == "Moon Jae-in"
    assert [text[slice(*piece)] for piece in inner.content] == ["to meet the envoy soon"]
    assert inner.chain == ("Moon Jae-in", "Kim Jong-un")


def test_a_speaker_is_not_nested_in_himself() -> None:
    assert len(attribute("“I said that we were late,” Moon Jae-in said.")) == 1


def test_nobody_gets_the_name_of_a_heading() -> None:
    found = attribute("CONGRESS HAS ASKED HIM\n\nMayor Ada Brandt came. She said the pumps had failed.")
    assert [a.speaker.name for a in found] == ["Ada Brandt"]
