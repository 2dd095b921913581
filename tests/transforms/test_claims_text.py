"""Segmentation: offsets, sentences, quotations of every shape."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.claims.text import paragraphs, quotations, sentences, tokenise

SPEECH = frozenset({"said", "asked"})


def cut(text: str) -> list[str]:
    """The sentences of a text, as words."""
    parts = paragraphs(text)
    return [text[s.start : s.end] for s in sentences(text, parts, quotations(text, parts), SPEECH)]


def quoted(text: str) -> list[str]:
    """What stands in quotation marks."""
    return [text[slice(*q.inner)] for q in quotations(text, paragraphs(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The dam broke. Nobody was hurt.", ["The dam broke.", "Nobody was hurt."]),
        ("Mr. Lee met Gen. Ortiz. They spoke.", ["Mr. Lee met Gen. Ortiz.", "They spoke."]),
        ("The U.S. envoy left. He was late.", ["The U.S. envoy left.", "He was late."]),
        ("They moved to the U.S. The others stayed.", ["They moved to the U.S.", "The others stayed."]),
        ("J. R. Brandt came on Sept. 20 at noon.", ["J. R. Brandt came on Sept. 20 at noon."]),
        ("It broke at 3 a.m. Rescue crews came.", ["It broke at 3 a.m.", "Rescue crews came."]),
        ("It broke at 3 a.m. Monday in rain.", ["It broke at 3 a.m. Monday in rain."]),
        ("Polls close at 8 p.m. Eastern on Tuesday.", ["Polls close at 8 p.m. Eastern on Tuesday."]),
        ("Polls close at 8 p.m. New York time today.", ["Polls close at 8 p.m. New York time today."]),
        ("Polls close at 8 p.m. GMT on Tuesday.", ["Polls close at 8 p.m. GMT on Tuesday."]),
        ("Costs rose 3.5 percent. Prices fell.", ["Costs rose 3.5 percent.", "Prices fell."]),
        ("“We go. We stay,” Lee said. The end.", ["“We go. We stay,” Lee said.", "The end."]),
        ("“Do we go?” Lee asked. The end.", ["“Do we go?” Lee asked.", "The end."]),
        ("“We go!” he said.", ["“We go!” he said."]),
        ("“We go.” The crowd left.", ["“We go.”", "The crowd left."]),
        ("One line\nAnother line", ["One line", "Another line"]),
        ("Am 12. März kam er. Es war kalt.", ["Am 12. März kam er.", "Es war kalt."]),
        ("Das sind z.B. 3 Fälle. Mehr nicht.", ["Das sind z.B. 3 Fälle.", "Mehr nicht."]),
        ("", []),
        (" \n \n", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('He said "go" and "stay".', ["go", "stay"]),
        ("He said “go” twice.", ["go"]),
        ("Er sagte „geh“ und »bleib«.", ["geh", "bleib"]),
        ("Il a dit « venez ».", [" venez "]),
        ("He said ''go'' and ``stay''.", ["go", "stay"]),
        ("She said: ‘The workers’ hall is closed.’", ["The workers’ hall is closed."]),
        ("It's Lee's dog, isn't it?", []),
        ("She said 'go now' to him.", ["go now"]),
        ("He called it “a 'mere' detail”.", ["a 'mere' detail"]),
        ("A 6” pipe burst.", []),
        ("“Never closed", ["Never closed"]),
        ("“First part.\n\n“Second part,” he said.", ["First part.", "Second part,"]),
    ],
)
def test_quotations(text: str, expected: list[str]) -> None:
    assert quoted(text) == expected


def test_a_reopened_quotation_continues_the_one_before() -> None:
    text = "“First part.\n\n“Second part,” he said. “Third.”"
    found = quotations(text, paragraphs(text))
    assert [(q.closed, q.continues) for q in found] == [(False, False), (True, True), (True, False)]


def test_an_unclosed_quotation_ends_with_its_paragraph() -> None:
    text = "“It never ends.\n\nThe mayor left."
    (found,) = quotations(text, paragraphs(text))
    assert text[found.start : found.end] == "“It never ends."


def test_tokens_know_their_quotation() -> None:
    text = "Lee said “go now” twice."
    parts = paragraphs(text)
    tokens, _ = tokenise(text, *parts[0], quotations(text, parts), 0)
    assert [t.text for t in tokens if t.quoted] == ["go", "now"]
    assert [t.text for t in tokens if t.mark] == ["“", "”"]


def test_a_sentence_without_end_is_cut() -> None:
    assert len(cut("word " * 1000)) > 2


@given(st.text(alphabet="aB .,!?\"“”„«»'‘’\n3-", max_size=200))
def test_segmentation_loses_no_word(text: str) -> None:
    parts = paragraphs(text)
    quotes = quotations(text, parts)
    found = sentences(text, parts, quotes)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(a.end <= b.start for a, b in pairwise(quotes))
    covered = {i for s in found for t in s.tokens for i in range(t.start, t.end)}
    assert covered == {i for i, character in enumerate(text) if not character.isspace()}
