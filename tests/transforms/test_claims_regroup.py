"""Contents that the nearest cue took although another one of the paragraph has said them."""

from __future__ import annotations

import re

import pytest

from transforms.claims.decoding import Tag
from transforms.claims.finder import segment
from transforms.claims.linker import Group, Layout
from transforms.claims.regroup import regrouped

MARKED = re.compile(r"<(\w)(\d) ([^>]*)>")
ROLES = {"s": "SRC", "c": "CUE", "t": "CNT"}


def contents(marked: str) -> list[tuple[str, list[str], list[str]]]:
    """Cue, sources and contents of each group; the text is marked like "<t1 “No,”> <s1 Lee> <c1 said>" with the number of the group."""
    found, text, at = [], "", 0
    for match in MARKED.finditer(marked):
        text += marked[at : match.start()]
        words = match[3].strip("“”")
        start = len(text) + match[3].index(words)
        found.append((match[2], Tag(ROLES[match[1]], "", start, start + len(words), 1.0)))
        text, at = text + match[3], match.end()
    text += marked[at:]
    groups = {number: Group(tag) for number, tag in found if tag.role == "CUE"}
    for number, tag in found:
        if tag.role != "CUE":
            (groups[number].sources if tag.role == "SRC" else groups[number].contents).append(tag)
    document = segment(text, "en")
    lines = [m.end() for m in re.finditer("\n", text)]
    layout = Layout([s.start for s in document.sentences], lines, [(q.start, q.end) for q in document.quotes])
    ordered = sorted(groups.values(), key=lambda g: g.cue.start)
    return [(printed(text, [g.cue])[0], printed(text, g.sources), printed(text, g.contents)) for g in regrouped(ordered, text, layout)]


def printed(text: str, tags: list[Tag]) -> list[str]:
    """The tags as printed."""
    return [text[t.start : t.end] for t in tags]


@pytest.mark.parametrize(
    ("marked", "first", "second"),
    [
        ("<t1 “No,”> <s1 Lee> <c1 said>, <c2 citing> <t2 the cost>. <t2 “It is too much.”>", ["No,", "It is too much."], ["the cost"]),
        ("<t1 “No,”> <s1 Lee> <c1 said>. <s2 He> <c2 named> <t2 no day>. <t2 “It is too much.”>", ["No,", "It is too much."], ["no day"]),
        (
            "<t1 “No,”> <s1 Lee> <c1 said>, <c2 adding> <t2 that it is late>. <t2 “It is late.”>",
            ["No,"],
            ["that it is late", "It is late."],
        ),
        ("<t1 “No,”> <s1 Lee> <c1 said>. <s2 He> <c2 said> <t2 it was late>. <t2 “Too late.”>", ["No,"], ["it was late", "Too late."]),
        ("<t1 “No,”> <s1 Lee> <c1 said>.\n<s2 He> <c2 named> <t2 no day>. <t2 “It is late.”>", ["No,"], ["no day", "It is late."]),
        ("<t1 It is late>, <s1 Lee> <c1 said>. <s2 He> <c2 named> <t2 no day>. <t2 “Late.”>", ["It is late"], ["no day", "Late."]),
        ("<t1 “No,”> <s1 Lee> <c1 said>, <c2 citing> <t2 the cost> and <t2 “the time”>.", ["No,"], ["the cost", "the time"]),
    ],
)
def test_a_quotation_goes_on_with_the_speech_before(marked: str, first: list[str], second: list[str]) -> None:
    assert [found[2] for found in contents(marked)] == [first, second]


def test_a_quotation_after_a_colon_is_of_the_one_who_is_named() -> None:
    found = contents("<s1 Ann Lee> <c1 scolded> him: <t2 “No,”> <s2 she> <c2 said>. <t2 “Never.”>")
    assert found == [("scolded", ["Ann Lee"], ["No,"]), ("said", ["she"], ["Never."])]


@pytest.mark.parametrize(
    ("marked", "sources"),
    [
        ("<s1 Ann Lee> <c1 scolded> him: <t2 “No,”> <s2 she> <c2 said>.", ["Ann Lee"]),
        ("<s1 Ann Lee> <c1 scolded> him: <t2 “No,”> <s2 Otto Brandt> <c2 said>.", ["Otto Brandt"]),
        ("<s1 Ann Lee> <c1 scolded> him. <t2 “No,”> <s2 she> <c2 said>.", ["she"]),
        ("<s1 Ann Lee> <c1 scolded> <t1 him>: <t2 “No,”> <s2 she> <c2 said>.", ["she"]),
    ],
)
def test_the_named_one_of_the_pair_is_the_source(marked: str, sources: list[str]) -> None:
    assert contents(marked)[1][1] == sources


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("<t1 “No?”> <s1 she> <c1 said>, <t1 but he had gone>.", ["No?"]),
        ("<t1 “No?”> <s1 she> <c1 said>, <t1 but “never” again>.", ["No?"]),
        ("<t1 “No,”> <s1 she> <c1 said>, <t1 “but never.”>", ["No,", "but never."]),
        ("<t1 It is late>, <s1 she> <c1 said>, <t1 but not too late>.", ["It is late", "but not too late"]),
        ("<s1 She> <c1 said>, <t1 but he had gone>.", ["but he had gone"]),
    ],
)
def test_what_the_outlet_tells_behind_a_tag_is_not_said(marked: str, expected: list[str]) -> None:
    assert contents(marked)[0][2] == expected


def test_a_cue_of_two_verbs_is_two_cues() -> None:
    found = contents("<t1 “No,”> <s1 Lee> <c1 sang to him before asking> her, <t1 “Where to?”>")
    assert found == [("sang to him", ["Lee"], ["No,"]), ("asking", ["Lee"], ["Where to?"])]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("<t1 It was late>, <s1 Lee> <c1 said>: <t1 “Go.”>", [["It was late"], ["Go."]]),
        ("<t1 An hour later>, <s1 Lee> <c1 said>: <t1 “Go.”>", [["Go."]]),
        ("<t1 Regarding what was late>, <s1 Lee> <c1 said>: <t1 “Go.”>", [["Go."]]),
        ("<t1 It was late>, with <s1 Lee> <c1 yelling>: <t1 “Go.”>", [["Go."]]),
        ("<t1 It was late>, <s1 Lee> <c1 said>. <t1 “Go.”>", [["It was late", "Go."]]),
        ("<t1 “It was late,”> <s1 Lee> <c1 said>: <t1 “Go.”>", [["It was late,", "Go."]]),
        ("<s1 Lee> <c1 said>: <t1 “Go.”>", [["Go."]]),
    ],
)
def test_a_quotation_behind_a_colon_stands_alone(marked: str, expected: list[list[str]]) -> None:
    assert [found[2] for found in contents(marked)] == expected


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("As <s1 Lee> <c1 put> <t1 it in a letter, “too late.”>", ["too late.”"]),
        ("As <s1 Lee> <c1 put> <t1 it in a letter>.", ["it in a letter"]),
        ("As <s1 Lee> <c1 told> <t1 it in a letter, “too late.”>", ["it in a letter, “too late."]),
    ],
)
def test_what_is_put_so_is_the_quotation(marked: str, expected: list[str]) -> None:
    assert [c.rstrip("”") for c in contents(marked)[0][2]] == [c.rstrip("”") for c in expected]
