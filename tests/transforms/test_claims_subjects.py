"""Sources that the grammar of a sentence tells and the tagger does not."""

from __future__ import annotations

import pytest

from transforms.claims.finder import segment
from transforms.claims.learned import OTHER
from transforms.claims.links import Link
from transforms.claims.subjects import with_subjects


def link(text: str, cue: str, content: str, source: str | None = None, sure: float | None = 0.5) -> Link:
    """A link of the tagger, by its words."""
    a, b = text.index(cue), text.index(content)
    start = text.index(source) if source else 0
    span = (start, start + len(source)) if source else None
    return Link(OTHER, (a, a + len(cue)), span, ((b, b + len(content)),), sure=sure)


def source(text: str, *links: Link) -> str | None:
    """The source of the first link with the others beside it."""
    found = with_subjects(segment(text, "en"), list(links))[0].source
    return text[slice(*found)] if found else None


@pytest.mark.parametrize(
    ("opening", "expected"),
    [("Noting", "Ann Lee"), ("After noting", "Ann Lee"), ("But in noting", "Ann Lee"), ("The men noting", None), ("“Noting", None)],
)
def test_a_participle_opens_the_sentence_of_its_subject(opening: str, expected: str | None) -> None:
    text = f"{opening} the delay, Ann Lee asked for more time."
    assert (
        source(text, link(text, "noting" if "noting" in text else "Noting", "the delay"), link(text, "asked", "for more time", "Ann Lee"))
        == expected
    )


@pytest.mark.parametrize(
    ("text", "cue", "content", "expected"),
    [
        ("The song was written by Otto Brandt after the war.", "was written", "The song", "Otto Brandt"),
        ("Asked by Otto Brandt whether it was late, she left.", "Asked", "whether it was late", "Otto Brandt"),
        ("It was asked whether it was late.", "was asked", "whether it was late", None),
        ("It was written by.", "was written", "It", None),
        ("Ann Lee, the mayor of Karsk, came to talk about roads.", "came to talk about", "roads", "Ann Lee, the mayor of Karsk"),
        ("Ann Lee, the mayor of Karsk, appeared to like it.", "appeared", "to like it", None),
        ("Ann Lee, the mayor of Karsk, known for her songs.", "known for", "her songs", None),
        ("He came to talk about roads.", "came to talk about", "roads", None),
        ("The road, she hoped, was dry.", "hoped", "was dry", None),
    ],
)
def test_agents_and_appositions(text: str, cue: str, content: str, expected: str | None) -> None:
    assert source(text, link(text, cue, content)) == expected


@pytest.mark.parametrize(
    ("text", "cue", "expected"),
    [
        ("Ann Lee, who opposed the bridge, said it was late.", "said", "Ann Lee"),
        ("Ann Lee, the mayor, who opposed the bridge, said it was late.", "said", "Ann Lee, the mayor"),
        ("In the interview, Ann Lee, who opposed the bridge, said it was late.", "said", "Ann Lee"),
        ("It was Ann Lee, who, on Monday, said it was late.", "said", "who"),
        ("It was Ann Lee, who said it was late.", "said", "who"),
        ("Those who came by boat, said it was late.", "said", "who"),
    ],
)
def test_behind_a_clause_of_who_the_name_speaks(text: str, cue: str, expected: str) -> None:
    assert source(text, link(text, cue, "it was late", "who")) == expected


def test_the_source_is_no_part_of_the_content() -> None:
    text = "The song was written by Otto Brandt."
    assert source(text, link(text, "was written", "by Otto Brandt")) is None


def test_links_of_rules_and_cues_in_quotations_stay() -> None:
    text = "“The song was written by Otto Brandt,” she said."
    assert source(text, link(text, "was written", "The song")) is None
    assert source(text[1:], link(text[1:], "was written", "The song", sure=None)) is None
