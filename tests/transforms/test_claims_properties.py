"""Properties that hold for any text: offsets, ids, determinism, independence of paragraphs, bounded work."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from unittest.mock import patch
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common import ids
from transforms.claims import METHOD, Attribution, attribute, find_mentions
from transforms.claims.clauses import Reader
from transforms.claims.finder import segment
from transforms.claims.german import GermanReader
from transforms.claims.statements import merged, touches
from transforms.records import ArticleVersion, ClaimMention

NOW = datetime(2018, 9, 20, 14, 0, tzinfo=UTC)
LANGUAGES = st.sampled_from([None, "en", "de", "fr", "es", "it", "pt", "nl"])
CUES = [
    "said",
    "told",
    "denied",
    "asked",
    "according to",
    "laut",
    "sagte",
    "teilte",
    "mit",
    "a dit",
    "dijo",
    "ha detto",
    "disse",
    "reportedly",
]
WORDS = [
    "Ada",
    "Lee",
    "May",
    "the",
    "mayor",
    "he",
    "sie",
    "dit-il",
    "that",
    "dass",
    "que",
    "to",
    "12",
    "3,5",
    "million",
    "%",
    "Monday",
    "in May",
]
MARKS = [
    "“",
    "”",
    "„",
    "«",
    "»",
    '"',
    "''",
    "‘",
    "’",
    ",",
    ".",
    ":",
    "?",
    "…",
    "—",
    "(",
    ")",
    "\n",
    "\n\n",
    "\u00a0",
    "\u200b",
    "é",
    "ß",
    "𝔸",
    "👍🏽",
    "\x00",
]
SALAD = st.lists(st.sampled_from([*CUES, *WORDS, *MARKS]), max_size=90).map(" ".join)
GLUED = st.lists(st.sampled_from([*CUES, *WORDS, *MARKS]), max_size=60).map("".join)
TEXTS = st.one_of(st.text(max_size=200), SALAD, GLUED)

PARAGRAPHS = [
    "“It is late,” Mayor Ada Lee said on Monday.",
    "Otto Vehl said that 12 people had fled.",
    "Otto Vehl denied the claim.",
    "According to Maud Ferrand, the road will open by June.",
    "The Santrell Institute warned that the dam might break.",
    "The bridge at Karsk was closed on Tuesday after a storm.",
]


def version(body: str, language: str | None = None) -> ArticleVersion:
    """A version with this body."""
    return ArticleVersion(
        version_id=ids.key("version", body),
        article_id=ids.key("article", "https://a.example/p"),
        capture_id=ids.key("capture", "p"),
        batch_key="live/1",
        content_sha256=ids.sha256(body),
        headline="A headline",
        body=body,
        language=language,
        word_count=len(body.split()),
        published_at=NOW,
        first_seen_at=NOW,
        captured_at=NOW,
        extractor="test/1",
        code_version="test",
    )


def told(text: str) -> list[tuple[str | None, str | None, tuple[str, ...], str, str]]:
    """What is found, in words instead of offsets."""
    return [
        (a.speaker.name, text[slice(*a.cue)] if a.cue else None, tuple(text[slice(*p)] for p in a.content), a.polarity, a.certainty)
        for a in attribute(text, published=NOW, statements=True)
    ]


@settings(max_examples=200, deadline=None)
@given(TEXTS, LANGUAGES)
def test_any_text_passes_in_any_language(text: str, language: str | None) -> None:
    for item in attribute(text, published=NOW, language=language, statements=True):
        spans = [*item.content, *(span for span in (item.source, item.cue, item.sentence) if span)]
        assert all(0 <= a < b <= len(text) for a, b in spans)
        assert list(item.content) == sorted(item.content)
        assert (item.quote_type == "statement") == (item.source is None and item.cue is None)
        assert item.sentence[0] <= item.content[0][0]
        assert item.content[-1][1] <= item.sentence[1]


@settings(max_examples=100, deadline=None)
@given(TEXTS, LANGUAGES)
def test_the_slices_of_a_record_are_its_words(text: str, language: str | None) -> None:
    for m in find_mentions(version(text, language)):
        pieces = [(m.content.start, m.content.end), *m.content.extra]
        assert m.text == " … ".join(text[a:b] for a, b in pieces)
        assert m.sentence in text
        assert all(text[n.start : n.end].strip() for n in m.numbers)
        assert m.version_id == ids.key("version", text)
        assert m.method == METHOD


@settings(max_examples=60, deadline=None)
@given(SALAD)
def test_a_chain_ends_with_its_own_speaker_and_begins_with_its_parents(text: str) -> None:
    found = attribute(text, published=NOW)
    for item in found:
        assert bool(item.chain) == (item.parent is not None)
        if item.parent is not None:
            parent = found[item.parent]
            assert item.chain[-1] == item.speaker.name
            assert item.chain[:-1] == (parent.chain or (parent.speaker.name,))


@settings(max_examples=60, deadline=None)
@given(st.permutations(PARAGRAPHS))
def test_paragraphs_that_name_everybody_in_full_may_stand_in_any_order(parts: list[str]) -> None:
    together = told("\n\n".join(parts))
    assert sorted(together, key=str) == sorted((found for part in parts for found in told(part)), key=str)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=5, unique=True), st.sampled_from(["", "\n\n", "  \n"]))
def test_space_around_a_text_shifts_offsets_only(parts: list[str], space: str) -> None:
    text = "\n\n".join(parts)
    assert told(space + text + space) == told(text)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=5, unique=True))
def test_a_plain_paragraph_behind_changes_nothing_before_it(parts: list[str]) -> None:
    text = "\n\n".join(parts)
    assert told(f"{text}\n\nIt rained.")[: len(told(text))] == told(text)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)).map(lambda t: (t[0], t[0] + t[1])), max_size=12))
def test_merged_ranges_cover_the_same_places(ranges: list[tuple[int, int]]) -> None:
    found = merged(ranges)
    assert {i for a, b in found for i in range(a, b)} == {i for a, b in ranges for i in range(a, b)}
    assert all(a[1] < b[0] for a, b in pairwise(found))


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([], False),
        ([(0, 3)], False),
        ([(0, 5)], True),
        ([(5, 6)], True),
        ([(9, 12)], True),
        ([(16, 18)], False),
        ([(0, 2), (20, 22)], False),
    ],
)
def test_ranges_that_touch_a_sentence(ranges: list[tuple[int, int]], expected: bool) -> None:
    text = "It. Was so late."
    sentence = segment(text, "en").sentences[1]
    assert (sentence.start, sentence.end) == (4, 16)
    assert touches(ranges, sentence) is expected


# --- records ---


STORY = "“It is late,” Mayor Ada Lee said. “I told Otto Vehl that 12 people fled,” she added.\n\nThe bridge at Karsk was closed on Tuesday."


def mentions(body: str = STORY) -> list[ClaimMention]:
    """The records of a body."""
    return find_mentions(version(body))


def test_records_stand_in_the_order_of_their_contents() -> None:
    starts = [m.content.start for m in mentions()]
    assert starts == sorted(starts)
    assert len(starts) == 3  # two quotations and the outlet's own sentence


def test_an_id_depends_on_the_version_and_the_place_only() -> None:
    first = mentions()[0]
    source = first.source.start if first.source else -1
    assert first.mention_id == ids.key("mention", str(first.version_id), first.content.start, first.content.end, source, first.quote_type)
    assert {m.mention_id for m in mentions()}.isdisjoint({m.mention_id for m in mentions(STORY + " ")})


def test_ids_do_not_depend_on_the_day_of_publication() -> None:
    later = version(STORY).model_copy(update={"published_at": None})
    assert [m.mention_id for m in find_mentions(later)] == [m.mention_id for m in mentions()]


def test_first_sight_stands_in_for_an_unknown_publication() -> None:
    plain = version("Mayor Ada Lee said on Tuesday that it was late.")
    (found,) = find_mentions(plain.model_copy(update={"published_at": None}))
    assert str(found.said_on) == "2018-09-18"


def test_one_speaker_has_one_entity_whatever_the_case() -> None:
    found = mentions("MAYOR Ada Lee said no bus came.\n\nAda Lee said no tram came.")
    assert {m.speaker_entity_id for m in found} == {ids.key("entity", "ada lee")}


def test_an_unknown_speaker_has_neither_name_nor_confidence() -> None:
    (found,) = mentions("He said no bus came.")
    assert (found.speaker, found.speaker_entity_id, found.speaker_confidence, found.speaker_kind) == (None, None, None, None)


def test_an_empty_body_has_no_mentions() -> None:
    assert mentions("") == []
    assert mentions(" \n\n ") == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("The bridge at Karsk was closed on Tuesday.", ["The bridge at Karsk was closed on Tuesday."]),
        ("The bridge was closed for 12 days.", ["The bridge was closed for 12 days."]),
        ("It was very late and cold.", []),
        (
            "It was late and cold and dark and nobody in the town came to see it.",
            ["It was late and cold and dark and nobody in the town came to see it."],
        ),
        ("A bridge, a road, a town in Karsk.", []),
        ("Was the bridge at Karsk closed on Tuesday?", []),
        ("“The bridge at Karsk was closed on Tuesday.”", []),
        ("Ada Lee said the bridge at Karsk was closed.", ["the bridge at Karsk was closed"]),
        ("Die Brücke in Karsk wurde am Dienstag gesperrt.", ["Die Brücke in Karsk wurde am Dienstag gesperrt."]),
        ("Das Lager in Karsk brannte zwei Tage lang.", ["Das Lager in Karsk brannte zwei Tage lang."]),
        ("Prices rose 3 percent in May.", ["Prices rose 3 percent in May."]),
        ("The following list is long:", []),
    ],
)
def test_the_outlets_own_sentences(body: str, expected: list[str]) -> None:
    assert [m.text for m in mentions(body)] == expected


def test_a_statement_has_no_speaker_and_asserts() -> None:
    (found,) = mentions("The bridge at Karsk was not closed on Tuesday.")
    assert (found.quote_type, found.speaker, found.polarity, found.certainty, found.is_negated) == (
        "statement",
        None,
        "asserts",
        "certain",
        True,
    )
    assert [d.iso for d in found.dates] == ["2018-09-18"]


def test_every_id_is_a_name_based_uuid() -> None:
    assert all(isinstance(m.mention_id, UUID) and m.mention_id.version == 5 for m in mentions())


# --- paragraphs that only quote ---


@pytest.mark.parametrize(
    ("behind", "speakers"),
    [
        ("“We stay.”", ["Ada Lee", "Ada Lee"]),
        ("“We stay.”\n\n“We wait.”", ["Ada Lee", "Ada Lee", "Ada Lee"]),
        ("“We stay.” It rained.", ["Ada Lee"]),
        ("It rained.\n\n“We stay.”", ["Ada Lee"]),
        ("“We stay.”\n\nIt rained.\n\n“We wait.”", ["Ada Lee", "Ada Lee"]),
        ("“We stay,” Otto Vehl said.", ["Ada Lee", "Otto Vehl"]),
        ("“We stay", ["Ada Lee"]),
    ],
)
def test_a_paragraph_that_is_only_a_quotation_follows_the_speaker_before_it(behind: str, speakers: list[str]) -> None:
    text = f"Mayor Ada Lee said it was late.\n\n{behind}"
    assert [a.speaker.name for a in attribute(text, language="en")] == speakers


def test_such_a_paragraph_is_less_sure_than_one_with_a_tag() -> None:
    tagged, alone = attribute("Mayor Ada Lee denied the claim.\n\n“We stay.”")
    assert (alone.polarity, alone.quote_type) == ("asserts", "direct")
    assert alone.confidence < 0.95
    assert tagged.polarity == "denies"


# --- work ---


def readings(text: str, reader: type[Reader] | type[GermanReader], language: str) -> int:
    """How many times a sentence is read."""
    with patch.object(reader, "read", autospec=True, side_effect=reader.read) as counted:
        attribute(text, language=language)
    return counted.call_count


@pytest.mark.parametrize("copies", [5, 50, 500])
def test_each_sentence_is_read_once(copies: int) -> None:
    assert readings("Ada Lee said it was late. " * copies, Reader, "en") == copies
    assert readings("Ada Brandt sagte, es sei spät. " * copies, GermanReader, "de") == copies


@pytest.mark.parametrize(
    "unit",
    [
        "“He said “she said ",
        "said that he said that ",
        "«a dit «a dit ",
        "according to according to ",
        "(Lee (Lee ",
        "Lee, the mayor, of, the ",
    ],
)
def test_hostile_repetition_yields_at_most_as_many_links_as_words(unit: str) -> None:
    text = unit * 400
    found: list[Attribution] = attribute(text)
    assert len(found) <= len(text.split())
    assert sum(len(a.content) for a in found) <= 4 * len(text.split())


@pytest.mark.parametrize("unit", ["Ada Lee met Otto Vehl. ", "May said no. ", "The union said so. ", "She said so. "])
def test_attributions_grow_in_step_with_the_text(unit: str) -> None:
    few, many = (len(attribute(unit * copies, language="en")) for copies in (20, 80))
    assert many == 4 * few
