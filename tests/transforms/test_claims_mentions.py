"""Mentions: records with ids, the outlet's own sentences, and properties that hold for any text."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from common import ids
from transforms.claims import METHOD, attribute, find_mentions
from transforms.claims.text import MAX_TOKENS, paragraphs, quotations, sentences
from transforms.claims.verbs import MAX_HITS
from transforms.records import ArticleVersion

NOW = datetime(2018, 9, 20, 14, 0, tzinfo=UTC)

BODY = """South Korean President Moon Jae-in met North Korean leader Kim Jong-un in Pyongyang on Wednesday.

“Chairman Kim told me that he wants peace,” Moon said on Thursday. “We will meet again before 2021.”

Moon denied that at least 12 sites had been built. The two men walked in a park for three hours.

What comes next? Nobody knows."""


def version(body: str) -> ArticleVersion:
    """A version of an article with this body."""
    return ArticleVersion(
        version_id=ids.key("version", body),
        article_id=ids.key("article", "https://a.example/1"),
        capture_id=ids.key("capture", "1"),
        batch_key="live/1",
        content_sha256=ids.sha256(body),
        headline="A headline that says nothing",
        body=body,
        word_count=len(body.split()),
        published_at=NOW,
        first_seen_at=NOW,
        captured_at=NOW,
        extractor="test/1",
        code_version="test",
    )


def test_a_story_from_end_to_end() -> None:
    found = find_mentions(version(BODY))
    assert [(m.quote_type, m.speaker) for m in found] == [
        ("statement", None),
        ("direct", "Moon Jae-in"),
        ("direct", "Kim Jong-un"),
        ("indirect", "Moon Jae-in"),
        ("statement", None),
    ]


def test_the_parts_of_a_record() -> None:
    made = find_mentions(version(BODY))
    direct = made[1]
    assert direct.source is not None
    assert direct.cue is not None
    assert BODY[direct.source.start : direct.source.end] == "Moon"
    assert BODY[direct.cue.start : direct.cue.end] == "said"
    assert direct.text == "“Chairman Kim told me that he wants peace,” … “We will meet again before 2021.”"
    assert [BODY[a:b] for a, b in direct.content.extra] == ["“We will meet again before 2021.”"]
    assert direct.sentence.startswith("“Chairman Kim")
    assert str(direct.said_on) == "2018-09-20"
    assert [d.iso for d in direct.dates] == ["2021"]
    assert direct.speaker_entity_id == ids.key("entity", "moon jae-in")
    assert direct.speaker_kind == "person"
    assert direct.method == METHOD


def test_a_chain_names_its_parent() -> None:
    outer, inner = find_mentions(version(BODY))[1:3]
    assert inner.parent_id == outer.mention_id
    assert inner.chain == ["Moon Jae-in", "Kim Jong-un"]
    assert outer.parent_id is None


def test_numbers_are_those_of_the_content() -> None:
    denied = find_mentions(version(BODY))[3]
    assert denied.polarity == "denies"
    assert [(n.value, n.bound, n.what) for n in denied.numbers] == [(12, "at_least", "sites")]
    assert BODY[denied.numbers[0].start : denied.numbers[0].end] == "12"


def test_ids_follow_from_the_places() -> None:
    first = find_mentions(version(BODY))[0]
    expected = ids.key("mention", str(ids.key("version", BODY)), first.content.start, first.content.end, -1, "statement")
    assert first.mention_id == expected


def test_statements_are_finite_sentences_of_the_outlet() -> None:
    body = "The dam at Karsk broke at dawn on Monday.\n\nA short note.\n\nWhat will Karsk do now?\n\n“We went up the hill with 12 goats.”"
    assert [m.text for m in find_mentions(version(body))] == ["The dam at Karsk broke at dawn on Monday."]


def test_the_filter_leaves_statements_out() -> None:
    assert {a.quote_type for a in attribute(BODY)} == {"direct", "indirect"}
    assert [a.quote_type for a in attribute(BODY, statements=True)].count("statement") == 2


ENGLISH = [
    "Moon",
    "said",
    "that",
    "he",
    "denied",
    "according to",
    "12",
    "million",
    "on Monday",
    "the",
    "president",
    "who",
    "and",
    "told",
    "is",
    "to",
]
GERMAN = ["sagte", "laut", "der", "Polizei", "teilte", "mit", "dass", "Kim Jong-un", "by", "adding", "expected"]
MARKS = ["“", "”", '"', "’", "„", ",", ".", "\n\n", "?", "(", ")", "—", ":"]
WORDS = st.sampled_from([*ENGLISH, *GERMAN, *MARKS])
TEXTS = st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=80).map(" ".join))


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_offsets_lie_inside_and_in_order(text: str) -> None:
    found = attribute(text, published=NOW, statements=True)
    assert [a.content[0][0] for a in found] == sorted(a.content[0][0] for a in found)
    for item in found:
        spans = [*item.content, *(span for span in (item.source, item.cue, item.sentence) if span)]
        assert all(0 <= start < end <= len(text) for start, end in spans)
        assert list(item.content) == sorted(item.content)
        assert item.parent is None or found[item.parent].content[0][0] <= item.content[0][0]
        assert all(any(a <= n.start and n.end <= b for a, b in item.content) for n in item.numbers)
        assert 0 <= item.confidence <= 1


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_mentions_are_unique_and_repeatable(text: str) -> None:
    first, second = find_mentions(version(text)), find_mentions(version(text))
    assert first == second
    assert len({m.mention_id for m in first}) == len(first)
    known = {m.mention_id for m in first}
    assert all(m.parent_id is None or m.parent_id in known for m in first)
    assert all(m.text.split(" … ")[0] == text[m.content.start : m.content.end] for m in first if " … " not in text)


def test_hostile_text_is_cut_into_bounded_pieces() -> None:
    text = "He said that she said " * 4000
    parts = paragraphs(text)
    found = sentences(text, parts, quotations(text, parts))
    assert max(len(s.tokens) for s in found) <= MAX_TOKENS + 1
    assert len(attribute(text)) <= MAX_HITS * len(found)


def test_work_grows_in_step_with_the_text() -> None:
    """Attributions of a repeated unit are counted, not timed: each copy adds the same number."""
    unit = "“It is shut,” Mayor Ada Brandt said. She said it was late.\n\n"
    counts = [len(attribute(unit * copies)) for copies in (10, 20, 40)]
    assert counts == [20, 40, 80]


def test_long_runs_of_marks_and_digits_pass() -> None:
    for piece in ("“", '"', "'", "1,", "a.", "(", "-", "million ", "Bank of ", "May 5 ", "\n", " "):
        assert isinstance(attribute(piece * 20_000), list)
