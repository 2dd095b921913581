"""Transcripts, interviews and signed quotations: words whose speaker stands beside them without a verb."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.claims import attribute
from transforms.claims.finder import segment
from transforms.claims.turns import turns

TALK = """The two met in a studio in Brennaw on Monday.

HOST: Mayor, why did the dam fail?

MAYOR LEE: It did not fail. It was not finished.

We had asked for money for years.

HOST: Who refused it?

MAYOR LEE: The ministry.

The talk was shown in the evening."""


def found(text: str) -> list[tuple[str, list[str]]]:
    """Speaker and pieces of content of every turn, as printed."""
    return [
        (text[slice(*link.source or (0, 0))], [text[a:b] for a, b in link.content]) for link in turns(text, segment(text, "en").sentences)
    ]


def test_turns_go_on_up_to_the_next() -> None:
    assert found(TALK) == [
        ("HOST", ["Mayor, why did the dam fail?"]),
        ("MAYOR LEE", ["It did not fail. It was not finished.", "We had asked for money for years."]),
        ("HOST", ["Who refused it?"]),
        ("MAYOR LEE", ["The ministry."]),
    ]


def test_turns_in_quotation_marks_take_in_only_quoted_paragraphs() -> None:
    text = '"LEE: Never.\n\n"Not once.\n\nHe coughed.\n\n"HOST: Why?\n\n"LEE: I was abroad."'
    assert found(text) == [("LEE", ["Never.", '"Not once.']), ("HOST", ["Why?"]), ("LEE", ['I was abroad."'])]


def test_questions_and_answers() -> None:
    text = "Q: Why here?\n\nA: It is dry.\n\nQ: And cheap?\n\nA: That too."
    assert [speaker for speaker, _ in found(text)] == ["Q", "A", "Q", "A"]


@pytest.mark.parametrize(
    "text",
    [
        "UPDATE: The road is open.\n\nThe bridge is shut.",
        "UPDATE: The road is open.\n\nUPDATE: The bridge is shut.\n\nUPDATE: All is well.",
        "LEE: Never.\n\nHOST: Why?",
        "The sign read: stop.\n\nIt also read: go.\n\nIn the end: nothing.",
        "",
    ],
    ids=["a heading", "one heading thrice", "two turns", "no names", "nothing"],
)
def test_what_is_no_conversation(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“The water came at night.” ― Ann Lee", [("Ann Lee", ["“The water came at night.”"])]),
        ("“The water came at night.”— Ann Lee of Dorra.", [("Ann Lee of Dorra", ["“The water came at night.”"])]),
        ('"The water came at night." - Ann Lee', [("Ann Lee", ['"The water came at night."'])]),
        ("“The water came at night” - and it stayed", []),
        ("“The water came,” he said. “At night.” It stayed", []),
        ("“The water came at night.” ― A woman who had lived there for more than forty years", []),
    ],
)
def test_signed_quotations(text: str, expected: list[tuple[str, list[str]]]) -> None:
    assert found(text) == expected


def test_turns_become_attributions_with_their_speakers() -> None:
    items = attribute(TALK, language="en")
    assert [(i.speaker.name, i.polarity) for i in items] == [
        ("HOST", "questions"),
        ("MAYOR LEE", "asserts"),
        ("HOST", "questions"),
        ("MAYOR LEE", "asserts"),
    ]


def test_a_signed_quotation_becomes_a_direct_attribution() -> None:
    (item,) = attribute("The readers wrote in.\n\n“The water came at night.” ― Ann Lee", language="en")
    assert (item.speaker.name, item.quote_type, item.polarity) == ("Ann Lee", "direct", "asserts")


@given(st.text(alphabet='AB: “”―\n".ab', max_size=200))
def test_no_text_breaks_it_and_contents_lie_in_the_text(text: str) -> None:
    for link in turns(text, segment(text, "en").sentences):
        assert link.source is not None
        assert all(0 <= a < b <= len(text) for a, b in (link.source, link.cue_span, *link.content))
