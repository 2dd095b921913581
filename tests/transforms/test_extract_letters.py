"""Counting letters of many texts at once, and telling names by their first letters: both say what the patterns say."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.extract.hints import BIT, CAMEL, KINDS, hint
from transforms.extract.letters import LONGEST_COUNTED, SAMPLE, Counts

PATTERNS = {
    "capitals": re.compile(r"[A-ZÀ-ÖØ-ÞА-Я]"),
    "lower_words": re.compile(r"(?<![^\W\d_])[a-zß-öø-ÿа-я]"),
    "digits": re.compile(r"[0-9]"),
    "unspaced": re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]"),
    "symbols": re.compile(r"[|•·©@#→›»▶►]"),
    "blanks": re.compile(" "),
}
STOPS = re.compile(r"[.!?…。！？؟।](?=[\s\"”’»)\]]|$)|[。！？]")
LINES = st.text(st.sampled_from("aZäÖ9 .!?”»)。！。漢ไк Яß_|©€١ı😀"), min_size=1, max_size=40)


@given(st.lists(LINES, min_size=1, max_size=6), st.integers(1, 80))
def test_counts_are_those_of_patterns(lines: list[str], times: int) -> None:
    texts = [line * times for line in lines]
    counts = Counts(texts)
    for name, pattern in PATTERNS.items():
        assert getattr(counts, name).tolist() == [len(pattern.findall(text[:SAMPLE])) for text in texts], name
    assert counts.stops.tolist() == [len(STOPS.findall(text[:LONGEST_COUNTED])) for text in texts]
    assert counts.sample.tolist() == [len(text[:SAMPLE]) for text in texts]


def test_a_text_ends_no_sentence_of_its_neighbour() -> None:
    counts = Counts(["The rope is new.", "”And long", "3.5", "."])
    assert counts.stops.tolist() == [1, 0, 0, 1]
    assert counts.lower_words.tolist() == [3, 1, 0, 0]


WORDS = [
    "article",
    "Body",
    "newsletter",
    "ad",
    "ads",
    "share",
    "promote",
    "footage",
    "foot",
    "nav",
    "tags",
    "hed",
    "abo",
    "xy",
    "-",
    "_",
    "2",
]


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map("".join))
def test_hints_are_those_of_all_patterns(name: str) -> None:
    text = CAMEL.sub("-", name).lower()
    assert hint(name) == sum(BIT[kind] for kind, words in KINDS.items() if re.search(words, text))


@pytest.mark.parametrize(
    ("name", "kinds"), [("articleBody", {"body", "article", "content"}), ("top-ad", {"ad"}), ("ad-slot", {"ad", "card"}), ("zz", set())]
)
def test_some_names(name: str, kinds: set[str]) -> None:
    assert {kind for kind, bit in BIT.items() if hint(name) & bit} == kinds
