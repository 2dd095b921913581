"""Links from tags: the nearest cue on the labelled side, shared sources, lone marks as cues, contents that have lost their cue."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.claims_marked import marked
from transforms.claims.decoding import Tag
from transforms.claims.finder import segment
from transforms.claims.linker import LINE, REACH, SENTENCE, Group, Layout, colons, linked
from transforms.claims.openquotes import reunited


def layout(text: str) -> Layout:
    document = segment(text, "en")
    lines = [m.end() for m in re.finditer("\n", text)]
    return Layout([s.start for s in document.sentences], lines, [(q.start, q.end) for q in document.quotes])


def printed(text: str, groups: list[Group]) -> list[tuple[str, str, str]]:
    """Source, cue and content of each group in the words of the text."""

    def words(tags: list[Tag]) -> str:
        return " | ".join(text[t.start : t.end] for t in tags)

    return [(words(g.sources), text[g.cue.start : g.cue.end], words(g.contents)) for g in groups if g.contents]


def links(marks: str) -> list[tuple[str, str, str]]:
    text, tags = marked(marks)
    return printed(text, linked(colons(text, tags), layout(text)))


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ("[S> Lee] [Q said] [C< it rained].", [("Lee", "said", "it rained")]),
        ("[C> It rained], [Q said] [S< Lee].", [("Lee", "said", "It rained")]),
        ("“[C> It rained],” [S> Lee] [Q said]. “[C< And how].”", [("Lee", "said", "It rained | And how")]),
        (
            "[S> Lee] [Q said] [C< it rained] and [Q added] [C< that it froze].",
            [("Lee", "said", "it rained"), ("Lee", "added", "that it froze")],
        ),
        (
            "[S> Lee] [Q said] [C< it rained]. [S> May] [Q denied] [C< it].",
            [("Lee", "said", "it rained"), ("May", "denied", "it")],
        ),
        ("It [Q was reported] [C< that it rained].", [("", "was reported", "that it rained")]),
        ("[Q According to] [S< Lee], [C< it rained].", [("Lee", "According to", "it rained")]),
        ("[S> Lee] [Q nodded]. The rain went on.", []),
    ],
    ids=["plain", "inverted", "around", "shared", "two sentences", "no source", "according", "no content"],
)
def test_links(marks: str, expected: list[tuple[str, str, str]]) -> None:
    assert links(marks) == expected


def test_a_source_is_not_shared_over_a_full_stop() -> None:
    assert links("[S> Lee] [Q said] [C< it rained]. It [Q was reported] [C< that it froze].")[1][0] == ""


def test_a_source_of_the_sentence_before_speaks_only_in_quotations() -> None:
    assert links("[S> Lee] left. That came after [Q reports] [C< that it rained].") == [("", "reports", "that it rained")]
    assert links("So [S> Lee] left. Then [Q came]: “[C< It rained].”") == [("Lee", "came", "It rained")]


def test_a_source_is_not_shared_from_far_off() -> None:
    far = "in the long valley behind the hills " * 10
    assert links(f"[S> Lee] [Q said] [C< it rained] {far} and [Q added] [C< that it froze].")[1][0] == ""


def test_the_wrong_side_is_taken_only_where_the_right_one_is_empty() -> None:
    assert links("[S> Lee] [Q said] [C> it rained].") == [("Lee", "said", "it rained")]
    assert links("[S> Lee] [Q said] [C> it rained]. So [S> May] [Q thought].") == [("May", "thought", "it rained")]


def test_a_span_out_of_reach_belongs_to_nobody() -> None:
    assert links("[S> Lee] [Q said]." + " word" * REACH + " [C< it rained].") == []


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ("[S> LEE]: [C< Never].", [("LEE", ":", "Never")]),
        ("“[C> Never].” ― [S< Ann Lee]", [("Ann Lee", "―", "Never")]),
        ("[S> Poll] - [C< Most want rain]", [("Poll", "-", "Most want rain")]),
        ("[S> LEE] of [C< Never].", []),
        ("[S> LEE]; [C< Never].", []),
        ("[C> Never]: [S> LEE]", []),
        ("[S> LEE]: “ ‘ “ [C< Never].", []),
    ],
    ids=["colon", "dash", "hyphen", "a word", "no such mark", "sides", "too far"],
)
def test_a_lone_mark_between_source_and_content_is_their_cue(marks: str, expected: list[tuple[str, str, str]]) -> None:
    assert links(marks) == expected


def test_distance_counts_sentences_and_lines() -> None:
    text = "One. Two.\nThree."
    plan = layout(text)
    assert plan.cost((0, 3), (3, 4)) == 0
    assert plan.cost((0, 3), (5, 8)) == 2 + SENTENCE
    assert plan.cost((5, 8), (10, 15)) == 2 + SENTENCE + LINE
    assert plan.cost((10, 15), (5, 8)) == 2 + SENTENCE + LINE


def test_a_further_content_in_another_paragraph_has_lost_its_own_cue() -> None:
    found = links("“[C> Here he is],” [S> she] [Q said]. “[C< Look].”\n\nLee walked in, and [C< all would be well].")
    assert found == [("she", "said", "Here he is | Look")]


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ("[C> It rained], [S> Lee] [Q said]. [C< It froze].", "It rained"),
        ("“[C> It rained],” [S> Lee] [Q said]. [C< It froze].", "It rained | It froze"),
        ("[C> It rained], [S> Lee] [Q said], [C< and it froze].", "It rained | and it froze"),
        ("“[C> It rained],” [S> Lee] [Q said]. He coughed. He sat down again. “[C< It froze].”", "It rained | It froze"),
        ("“[C> It rained],” [S> Lee] [Q said]. He coughed. He sat down again. [C< It froze].", "It rained"),
    ],
)
def test_how_far_a_further_content_may_lie_depends_on_quotation_marks(marks: str, expected: str) -> None:
    assert [content for _, _, content in links(marks)] == [expected]


def test_the_only_content_may_stand_in_another_paragraph() -> None:
    assert links("[S> Lee] [Q had this to say]:\n\n“[C< It rained].”") == [("Lee", "had this to say", "It rained")]


# --- quotations over several paragraphs ---


def speech(marks: str) -> list[tuple[str, str, str]]:
    text, tags = marked(marks)
    document = segment(text, "en")
    return printed(text, reunited(linked(tags, layout(text)), text, document.quotes))


def test_paragraphs_that_are_opened_again_belong_to_the_tag_behind_them() -> None:
    marks = "[S> Lee] [Q said] [C< it rained].\n\n“[C< We saw it.]\n\n“[C> We fled],” [S> the mayor] [Q added]."
    assert speech(marks) == [("Lee", "said", "it rained"), ("the mayor", "added", "We saw it. | We fled,")]


def test_paragraphs_that_are_opened_again_belong_to_the_tag_before_them() -> None:
    marks = "[S> Lee] [Q said]: “[C< We saw it.]\n\n“We fled.\n\n“[C> Nobody came].” [S> May] [Q laughed] [C< out loud]."
    assert speech(marks)[0] == ("Lee", "said", "We saw it. | We fled. | Nobody came.")


def test_a_tag_in_the_middle_holds_the_whole_speech() -> None:
    marks = "“[C> We saw it],” [S> Lee] [Q said]. “We fled.\n\n“[C> Nobody came].”\n\n[S> May] [Q denied] [C< it]."
    assert speech(marks) == [("Lee", "said", "We saw it | We fled. | Nobody came."), ("May", "denied", "it")]


def test_a_tag_that_leads_in_with_a_colon_holds_the_speech() -> None:
    marks = "[S> Lee] [Q had this to say]:\n\n“[C< We saw it.]\n\n“We fled.”"
    assert speech(marks) == [("Lee", "had this to say", "We saw it. | We fled.")]


def test_a_speech_without_a_tag_stays_as_it_was() -> None:
    assert speech("“We saw it.\n\n“We fled.”\n\n[S> May] [Q denied] [C< it].") == [("May", "denied", "it")]


def test_two_closed_quotations_are_no_speech() -> None:
    marks = "“[C> We saw it],” [S> Lee] [Q said].\n\n“[C> We fled],” [S> May] [Q said]."
    assert speech(marks) == [("Lee", "said", "We saw it"), ("May", "said", "We fled")]


ROLE = st.sampled_from(["SRC", "CUE", "CNT"])
TAGS = st.lists(st.tuples(ROLE, st.sampled_from("<>"), st.integers(1, 40), st.integers(1, 12)), max_size=12)


@given(TAGS)
def test_no_tag_is_lost_to_two_cues_or_invented(drawn: list[tuple[str, str, int, int]]) -> None:
    tags, at = [], 0
    for role, side, gap, size in drawn:
        tags.append(Tag(role, "" if role == "CUE" else side, at + gap, at + gap + size, 0.9))
        at += gap + size
    groups = linked(tags, Layout([0], []))
    contents = [tag for group in groups for tag in group.contents]
    assert len(contents) == len(set(contents))
    assert set(contents) <= {tag for tag in tags if tag.role == "CNT"}
    assert [group.cue for group in groups] == [tag for tag in tags if tag.role == "CUE"]
