"""German attributions: inverted, separable, prefixed, reported speech."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from transforms.claims import attribute
from transforms.claims.finder import segment

ADA = "Ada Brandt"


@pytest.mark.parametrize(
    ("text", "speaker", "content", "quote_type", "polarity"),
    [
        ("„Wir helfen allen“, sagte Bürgermeisterin Ada Brandt am Dienstag.", ADA, "„Wir helfen allen“", "direct", "asserts"),
        ("Bürgermeisterin Ada Brandt sagte: „Wir helfen allen.“", ADA, "„Wir helfen allen.“", "direct", "asserts"),
        ("»Wir helfen allen«, sagte die Ärztin Ada Brandt.", ADA, "»Wir helfen allen«", "direct", "asserts"),
        ("Die Brücke sei gesperrt, sagte Bürgermeisterin Ada Brandt.", ADA, "Die Brücke sei gesperrt", "indirect", "asserts"),
        ("Bürgermeisterin Ada Brandt sagte, die Brücke sei gesperrt.", ADA, "die Brücke sei gesperrt", "indirect", "asserts"),
        ("Am Montag sagte Ada Brandt, die Brücke bleibe gesperrt.", ADA, "die Brücke bleibe gesperrt", "indirect", "asserts"),
        ("Die Polizei teilte am Montag mit, dass zwölf Menschen fehlten.", "Polizei", "dass zwölf Menschen fehlten", "indirect", "asserts"),
        ("Laut der Feuerwehr brannte das Lager.", "Feuerwehr", "brannte das Lager", "indirect", "asserts"),
        ("Nach Angaben der Polizei fehlten zwölf Menschen.", "Polizei", "fehlten zwölf Menschen", "indirect", "asserts"),
        ("Der Polizei zufolge fehlten zwölf Menschen.", "Polizei", "fehlten zwölf Menschen", "indirect", "asserts"),
        ("Das Lager brannte, wie die Feuerwehr mitteilte.", "Feuerwehr", "Das Lager brannte", "indirect", "asserts"),
        ("Die Reederei wies den Vorwurf zurück, sie habe gespart.", "Reederei", "sie habe gespart", "indirect", "denies"),
        ("Der Betreiber bestritt, dass die Brücke gesperrt sei.", "Betreiber", "dass die Brücke gesperrt sei", "indirect", "denies"),
        ("Ada Brandt kündigte eine Untersuchung an.", ADA, "eine Untersuchung", "indirect", "promises"),
        ("Die Gewerkschaft fordert mehr Lohn für die Fahrer.", "Gewerkschaft", "mehr Lohn für die Fahrer", "indirect", "demands"),
        (
            "Die Hilfsorganisation Rote Laterne warnte, das Wasser werde knapp.",
            "Rote Laterne",
            "das Wasser werde knapp",
            "indirect",
            "asserts",
        ),
    ],
)
def test_constructions(text: str, speaker: str, content: str, quote_type: str, polarity: str) -> None:
    (found,) = attribute(text, language="de")
    words = " / ".join(text[slice(*piece)] for piece in found.content)
    assert (found.speaker.name, words, found.quote_type, found.polarity) == (speaker, content, quote_type, polarity)


def test_the_sentence_before_is_meant_by_das() -> None:
    text = "Die Brücke ist gesperrt. Das teilte Ada Brandt mit."
    (found,) = attribute(text, language="de")
    assert [text[slice(*piece)] for piece in found.content] == ["Die Brücke ist gesperrt."]
    assert found.speaker.name == ADA


def test_reported_speech_goes_on_in_the_subjunctive() -> None:
    text = "Ada Brandt sagte, die Brücke sei gesperrt. Sie werde im Mai geöffnet. Viele Menschen warten."
    first, second = attribute(text, language="de")
    assert (first.speaker.name, second.speaker.name) == (ADA, ADA)
    assert [text[slice(*piece)] for piece in second.content] == ["Sie werde im Mai geöffnet"]


def test_pronouns() -> None:
    text = "Bürgermeisterin Ada Brandt kam. „Wir sind spät“, sagte sie. „Ich auch“, sagte er."
    assert [a.speaker.name for a in attribute(text, language="de")] == [ADA, None]


def test_numbers_and_days_are_read_the_german_way() -> None:
    text = "Die Polizei teilte am Montag mit, dass rund 1.200 Menschen fehlten."
    (found,) = attribute(text, published=datetime(2018, 9, 20, tzinfo=UTC), language="de")
    assert [n.value for n in found.numbers] == [1200]
    assert found.said_on == date(2018, 9, 17)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Die Polizei sperrte die Brücke und rief die Feuerwehr.", "de"),
        ("The police closed the bridge and called for help.", "en"),
        ("", "en"),
    ],
)
def test_language_is_seen_from_the_words(text: str, language: str) -> None:
    assert segment(text).language == language
