"""Tagger and rules together, link by link: what each adds, whose word counts; speeches over paragraphs; gaps between spans."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.claims.clauses import ACCORDING, HEARSAY
from transforms.claims.decoding import Tag, joined
from transforms.claims.finder import TOLD_CHARACTERS, segment
from transforms.claims.learned import MARK, OTHER, quoted
from transforms.claims.lexicon import Cue
from transforms.claims.linker import Group, Layout, between, near
from transforms.claims.links import Link
from transforms.claims.methods import BEHIND, SURE, clashes, combined, missed, nested, sourced, touch, whole, within
from transforms.claims.openquotes import distance, owner_sure, reunited, speeches
from transforms.claims.openquotes import within as inside_speech
from transforms.claims.statements import clause
from transforms.claims.text import Quotation, Range

SAY = replace(OTHER, name="say", polarity="asserts", weight=0.95)


def link(cue: Range, *content: Range, source: Range | None = (0, 3), by: Cue = SAY, **other: object) -> Link:
    """A link by offsets; its source stands first in the text unless told."""
    return Link(by, cue, source, content, **other)  # type: ignore[arg-type]


# --- whose word counts ---


def test_a_source_of_the_rules_fills_a_gap_only() -> None:
    rules = [link((10, 14), (20, 40), source=(5, 9))]
    assert sourced(link((10, 14), (20, 40), source=None), rules).source == (5, 9)
    assert sourced(link((10, 14), (20, 40), source=(0, 4)), rules).source == (0, 4)


@pytest.mark.parametrize(
    "rule",
    [
        link((50, 54), (60, 80), source=(5, 9)),
        link((10, 14), (20, 40), source=None),
        link((10, 14), (20, 40), source=(5, 9), inherited=True),
    ],
    ids=["another cue", "no source", "a source that was taken over"],
)
def test_what_fills_no_gap(rule: Link) -> None:
    bare = link((10, 14), (20, 40), source=None)
    assert sourced(bare, [rule]) == bare


def test_a_source_that_lies_in_the_content_brings_its_own_content() -> None:
    found = sourced(link((10, 14), (0, 9), source=None), [link((10, 14), (20, 40), source=(5, 9))])
    assert (found.source, found.content) == ((5, 9), ((20, 40),))


@pytest.mark.parametrize(
    ("weight", "left", "other", "expected"),
    [
        (SURE, False, {}, True),
        (SURE - 0.01, False, {}, False),
        (BEHIND, True, {}, True),
        (BEHIND - 0.01, True, {}, False),
        (SURE, False, {"source": None}, False),
        (SURE, False, {"inherited": True}, False),
    ],
)
def test_only_a_sure_link_of_the_rules_is_added(weight: float, left: bool, other: dict[str, object], expected: bool) -> None:
    made = replace(link((4, 8), (9, 40), by=replace(SAY, weight=weight), left=left), **other)  # type: ignore[arg-type]
    assert missed(made, []) is expected


def test_hearsay_needs_no_source() -> None:
    assert missed(link((4, 8), (9, 40), source=None, by=HEARSAY), [])


@pytest.mark.parametrize(("other", "expected"), [((41, 45), True), ((8, 9), True), ((39, 60), False), ((7, 8), False)])
def test_a_link_that_shares_a_character_with_the_tagger_is_not_added(other: Range, expected: bool) -> None:
    assert missed(link((4, 8), (9, 40)), [link((100, 104), other)]) is expected


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (link((24, 28), (30, 30 + TOLD_CHARACTERS), source=(20, 23)), True),
        (link((24, 28), (30, 29 + TOLD_CHARACTERS), source=(20, 23)), False),
        (link((24, 28), (30, 60), source=(20, 23), by=replace(SAY, weight=0.5)), False),
        (link((24, 28), (30, 60), source=(2, 5)), False),
        (link((24, 28), (30, 120), source=(20, 23)), False),
        (link((24, 28), (30, 60), source=None), False),
    ],
    ids=["told", "a few words", "a weak cue", "a source outside", "goes beyond", "no source"],
)
def test_speech_within_speech(made: Link, expected: bool) -> None:
    text = "Officials told the city that the board said that the dam, which was built in haste, had been unsafe for many years before."
    assert nested(text, made, [link((10, 14), (15, 100))]) is expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("that the dam had been unsafe", True),
        ("to leave the town at once", True),
        ("why nobody looked at it", True),
        ("“the worst of all summers”", True),
        ("the bridge was closed on Monday", True),
        ("Bakers live in fear of the frost", True),
        ("hateful things time and again", False),
        ("an openness to working with the council", False),
        ("hateful things, being a man of few manners", False),
        ("In my first meeting with him in 2011", False),
        ("Concern over the bridge", False),
    ],
)
def test_speech_within_speech_states_something(told: str, expected: bool) -> None:
    assert clause(told) is expected


def test_what_lies_in_two_pieces_of_a_content_lies_in_neither() -> None:
    outer = link((10, 14), (15, 40), (60, 90))
    assert within(link((24, 28), (30, 38), source=(20, 23)), outer)
    assert not within(link((24, 28), (30, 65), source=(20, 23)), outer)
    assert not within(link((24, 28), (62, 95), source=(20, 23)), outer)


def test_a_turn_of_a_conversation_holds_what_lies_inside_it_only() -> None:
    turn = link((4, 5), (6, 60))
    assert not clashes(link((20, 24), (25, 50), source=(16, 19)), turn)
    assert clashes(link((20, 24), (25, 70), source=(16, 19)), turn)
    assert not clashes(link((70, 74), (75, 90), source=(61, 64)), turn)


def test_a_content_that_begins_with_its_verb_gets_its_subject() -> None:
    text = "The mayor, Ann Lee, signed the bill, the clerk said."
    at, cue = text.index("signed"), (text.index("said"), text.index("said") + 4)
    cut = link(cue, (at, at + 15), left=True)
    rule = link(cue, (0, at + 15), left=True)
    assert whole(text, cut, [rule]).content == rule.content
    assert whole(text, replace(cut, left=False), [rule]).content == cut.content
    assert whole(text, cut, [replace(rule, content=((0, at + 25),))]).content == cut.content
    assert whole(text, cut, []) == cut


def test_everything_of_the_tagger_is_kept_in_its_order() -> None:
    text = "x" * 200
    learned = [link((10, 14), (15, 40)), link((50, 54), (55, 90))]
    assert combined(text, learned, []) == learned
    rules = [link((100, 104), (105, 140)), link((12, 16), (20, 30))]
    assert combined(text, learned, rules) == [*learned, rules[0]]
    assert combined(text, [], rules) == rules


@given(st.tuples(*[st.integers(0, 9)] * 4))
def test_touching_is_mutual_and_means_a_common_character(ends: tuple[int, int, int, int]) -> None:
    a, b = (min(ends[:2]), max(ends[:2]) + 1), (min(ends[2:]), max(ends[2:]) + 1)
    assert touch(a, b) is touch(b, a) is bool(set(range(*a)) & set(range(*b)))


def test_the_mark_stands_for_said_and_according_asserts() -> None:
    assert (MARK.name, MARK.polarity, MARK.lemma) == ("say", "asserts", "")
    assert ACCORDING.polarity == "asserts"
    assert OTHER.polarity == "other"


# --- quotation marks ---


@pytest.mark.parametrize(
    ("text", "span", "expected"),
    [
        ("“It rained,” he said", (1, 10), (0, 12)),
        ("“It rained.” he said", (1, 11), (0, 12)),
        ("“It rained a lot.” he said", (1, 10), (0, 10)),
        ("He said “it rained”", (3, 18), (3, 19)),
        ("It rained, he said", (0, 9), (0, 9)),
        ("“A” and “B” he said", (9, 10), (8, 11)),
        ("“It rained", (1, 10), (0, 10)),
    ],
)
def test_marks_at_the_ends_are_taken_in(text: str, span: Range, expected: Range) -> None:
    assert quoted(segment(text, "en"), span) == expected


# --- speeches over paragraphs ---

SPEECH = "“One.\n\n“Two.\n\n“Three,” Lee said."


def test_a_run_of_reopened_quotations_is_one_speech() -> None:
    (speech,) = speeches(segment(SPEECH, "en").quotes)
    assert [SPEECH[q.start : q.end] for q in speech] == ["“One.", "“Two.", "“Three,”"]


@pytest.mark.parametrize("text", ["", "“One.”\n\n“Two.”", "“One.", "He said “one” and “two”."])
def test_what_is_no_speech(text: str) -> None:
    assert list(speeches(segment(text, "en").quotes)) == []


def test_two_speeches_stay_apart() -> None:
    text = SPEECH + "\n\nIt rained.\n\n" + SPEECH
    assert [len(speech) for speech in speeches(segment(text, "en").quotes)] == [3, 3]


def group(cue: Range, *contents: Range, sure: float = 0.8, source: Range | None = None) -> Group:
    """A cue with its contents."""
    sources = [Tag("SRC", ">", *source, sure)] if source else []
    return Group(Tag("CUE", "", *cue, sure), sources, [Tag("CNT", ">", *span, sure) for span in contents])


def test_a_cue_that_loses_its_words_to_a_speech_goes() -> None:
    at = SPEECH.index("said")
    owner, thief = group((at, at + 4), (15, 22), source=(at - 4, at - 1)), group((8, 11), (1, 5))
    (left,) = reunited([thief, owner], SPEECH, segment(SPEECH, "en").quotes)
    assert left.cue == owner.cue
    assert [SPEECH[t.start : t.end] for t in left.contents] == ["One.", "Two.", "Three,"]


def test_how_sure_a_speech_is() -> None:
    groups = [group((30, 34), (0, 5), sure=0.6), group((40, 44), (7, 9), sure=0.8)]
    assert owner_sure(groups, (0, 20)) == pytest.approx(0.7)
    assert owner_sure(groups, (50, 60)) == 0.5


def test_a_cue_with_a_source_is_nearer() -> None:
    speech = [Quotation(0, 10, (1, 9), closed=False), Quotation(12, 20, (13, 19), closed=True, continues=True)]
    assert distance(group((25, 29), source=(21, 24)), speech) < distance(group((21, 24)), speech)


@pytest.mark.parametrize(("at", "expected"), [(0, True), (9, True), (10, False), (11, False), (12, True), (19, True), (20, False)])
def test_inside_a_speech(at: int, expected: bool) -> None:
    speech = [Quotation(0, 10, (1, 9), closed=False), Quotation(12, 20, (13, 19), closed=True, continues=True)]
    assert inside_speech(speech, at) is expected


# --- distances ---


@pytest.mark.parametrize(
    ("a", "b", "cost"),
    [((0, 4), (4, 8), 0), ((0, 4), (2, 8), 0), ((0, 4), (5, 8), 1), ((5, 8), (0, 4), 1), ((0, 4), (14, 18), 70), ((0, 4), (34, 38), 450)],
)
def test_what_lies_between_two_spans_costs(a: Range, b: Range, cost: int) -> None:
    assert Layout([0, 10, 30], [30]).cost(a, b) == cost


@given(st.lists(st.integers(0, 30), max_size=8).map(sorted), st.integers(0, 30), st.integers(0, 30))
def test_between_counts_what_is_above_and_up_to(starts: list[int], low: int, more: int) -> None:
    assert between(starts, low, low + more) == sum(low < x <= low + more for x in starts)


def test_contents_are_kept_in_the_order_of_the_text() -> None:
    near_by = group((10, 14), (15, 20), (0, 9))
    assert [t.start for t in near(near_by, Layout([0], []))] == [0, 15]
    far = group((10, 14), (15, 20), (400, 420))
    assert [t.start for t in near(far, Layout([0], []))] == [15]


# --- spans over the border of two windows ---

ROLES = st.sampled_from([("CUE", ""), ("SRC", ">"), ("CNT", "<")])


@given(st.lists(st.tuples(ROLES, st.integers(1, 4), st.booleans()), max_size=10))
@settings(max_examples=60)
def test_joining_loses_no_word_and_keeps_the_ends(drawn: list[tuple[tuple[str, str], int, bool]]) -> None:
    tags = [Tag(role, side, 10 * i, 10 * i + 9, 0.5, words, opens) for i, ((role, side), words, opens) in enumerate(drawn)]
    found = list(joined(iter(tags)))
    assert sum(tag.words for tag in found) == sum(tag.words for tag in tags)
    assert len(found) <= len(tags)
    assert [t.end for t in found][-1:] == [t.end for t in tags][-1:]
    assert all(tag.sure == pytest.approx(0.5) for tag in found)
