"""German constructions word by word: subjects, objects, separable verbs, sources behind a preposition, the subjunctive."""

from __future__ import annotations

import pytest

from transforms.claims import attribute


def told(text: str) -> list[tuple[str | None, str, str]]:
    """(source, cue, content) as printed."""
    return [
        (
            text[slice(*a.source)] if a.source else None,
            text[slice(*a.cue)] if a.cue else "",
            " / ".join(text[slice(*piece)] for piece in a.content),
        )
        for a in attribute(text, language="de")
    ]


@pytest.mark.parametrize(
    ("text", "source", "cue", "content"),
    [
        ("„Es ist spät“, sagte Mia Sander der Zeitung.", "Mia Sander", "sagte", "„Es ist spät“"),
        ("„Es ist spät“, sagte Mia Sander der Nachrichtenagentur dpa.", "Mia Sander", "sagte", "„Es ist spät“"),
        ("„Es ist spät“, sagte der Sprecher der Stadt.", "der Sprecher der Stadt", "sagte", "„Es ist spät“"),
        ("„Es ist spät“, betonte sie.", "sie", "betonte", "„Es ist spät“"),
        ("„Es ist spät“, sagte Mia Sander, „und kalt.“", "Mia Sander", "sagte", "„Es ist spät“ / „und kalt.“"),
        ("Mia Sander erklärte: „Es ist spät.“", "Mia Sander", "erklärte", "„Es ist spät.“"),
        ("Mia Sander behauptet, es sei spät.", "Mia Sander", "behauptet", "es sei spät"),
        ("Die Stadt räumte ein, dass es spät sei.", "Die Stadt", "räumte", "dass es spät sei"),
        ("Die Stadt gab bekannt, dass es spät sei.", "Die Stadt", "gab", "dass es spät sei"),
        ("Die Stadt lehnte den Antrag ab.", "Die Stadt", "lehnte", "den Antrag"),
        ("Die Stadt sagte Hilfe zu.", "Die Stadt", "sagte", "Hilfe"),
        ("Am Montag teilte die Polizei mit, dass es spät sei.", "die Polizei", "teilte", "dass es spät sei"),
        ("Laut Polizei ist es spät.", "Polizei", "Laut", "ist es spät"),
        ("Es ist laut Polizei spät.", "Polizei", "laut", "Es ist / spät"),
        ("Nach Angaben von Mia Sander ist es spät.", "Mia Sander", "Nach Angaben von", "ist es spät"),
        ("Nach seinen Angaben ist es spät.", "seinen", "Nach seinen Angaben", "ist es spät"),
        ("Dem Bericht zufolge ist es spät.", "Dem Bericht", "zufolge", "ist es spät"),
        ("Es ist spät, so Mia Sander.", "Mia Sander", "so", "Es ist spät"),
        ("Es ist spät, wie die Polizei bestätigte.", "die Polizei", "bestätigte", "Es ist spät"),
        ("Wie die Polizei mitteilte, ist es spät.", "die Polizei", "mitteilte", "ist es spät"),
        ("Mia Sander fragte, warum es spät sei.", "Mia Sander", "fragte", "warum es spät sei"),
        ("Mia Sander hofft, dass es nicht regnet.", "Mia Sander", "hofft", "dass es nicht regnet"),
    ],
)
def test_constructions(text: str, source: str, cue: str, content: str) -> None:
    assert told(text) == [(source, cue, content)]


@pytest.mark.parametrize(
    "text",
    [
        "Die Brücke ist seit Montag gesperrt.",
        "Sie sagte nichts.",
        "So viele Menschen kamen.",
        "Das Fest war laut und lang.",
        "Die Angaben fehlten.",
        "„Der Hafen“ heißt der Film.",
    ],
)
def test_nobody_says_anything(text: str) -> None:
    assert [entry for entry in told(text) if entry[2] not in {"nichts", "der Film"}] == []


@pytest.mark.parametrize(
    ("text", "polarity", "certainty"),
    [
        ("Mia Sander bestritt, dass es spät sei.", "denies", "certain"),
        ("Mia Sander behauptete, es sei spät.", "asserts", "alleged"),
        ("Mia Sander erwartet, dass es regnet.", "expects", "hedged"),
        ("Mia Sander glaubt, dass es regnet.", "asserts", "hedged"),
        ("Mia Sander versprach, dass es besser werde.", "promises", "planned"),
        ("Mia Sander fragte, ob es regne.", "questions", "certain"),
        ("Mia Sander fordert, dass es besser wird.", "demands", "certain"),
        ("Mia Sander sagte, es könnte regnen.", "asserts", "hedged"),
        ("Mia Sander sagte, man sollte warten.", "demands", "certain"),
        ("Mia Sander sagte, die Stadt plant eine Brücke.", "asserts", "planned"),
    ],
)
def test_polarity_and_certainty(text: str, polarity: str, certainty: str) -> None:
    (found,) = attribute(text, language="de")
    assert (found.polarity, found.certainty) == (polarity, certainty)


@pytest.mark.parametrize(
    ("behind", "contents"),
    [
        ("Sie hoffe auf Hilfe.", ["Sie hoffe auf Hilfe"]),
        ("Es gebe keine Hilfe. Man müsse warten.", ["Es gebe keine Hilfe", "Man müsse warten"]),
        ("Sie hofft auf Hilfe.", []),
        ("Der Regen fiel. Sie hoffe auf Hilfe.", []),
        ("Die alte Brücke war zu.", []),
        ("\n\nSie hoffe auf Hilfe.", []),
    ],
)
def test_the_subjunctive_goes_on_with_the_last_speaker(behind: str, contents: list[str]) -> None:
    text = f"Mia Sander sagte, es sei spät. {behind}"
    first, *more = attribute(text, language="de")
    assert first.speaker.name == "Mia Sander"
    assert [text[slice(*a.content[0])] for a in more if a.cue and text[slice(*a.cue)] != "hofft"] == contents
    assert all(a.speaker.name == "Mia Sander" and a.confidence < first.confidence for a in more if a.source == first.source)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Mia Sander sagte, 1.200 Menschen fehlten.", [(1200, "person")]),
        ("Mia Sander sagte, es koste 2,5 Millionen Euro.", [(2_500_000, "EUR")]),
        ("Mia Sander sagte, um 9 Uhr sei Schluss.", []),
        ("Mia Sander sagte, 3 bis 5 Prozent fehlten.", [(3, "%")]),
    ],
)
def test_numbers_in_german_contents(text: str, numbers: list[tuple[float, str | None]]) -> None:
    (found,) = attribute(text, language="de")
    assert [(n.value, n.unit) for n in found.numbers] == numbers


def test_the_cue_of_a_separable_verb_is_its_finite_part() -> None:
    text = "Die Polizei teilte am Montag in Karsk mit, dass es spät sei."
    assert told(text) == [("Die Polizei", "teilte", "dass es spät sei")]
