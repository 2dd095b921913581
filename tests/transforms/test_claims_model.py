"""The shipped tagger on texts of our own that it was not trained on: what it finds, and that it is small, steady and bounded."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from common.ids import key, sha256
from transforms.claims import attribute, find_mentions
from transforms.claims.model import FAST, LEARNED
from transforms.claims.tagger import GRAPH, WEIGHTS, Tagger, tagger
from transforms.graphs import WORDS
from transforms.records import ArticleVersion

FOLDER = Path(__file__).parent / "claims_golden"
ALL = [case for path in sorted(FOLDER.glob("*.yaml")) for case in yaml.safe_load(path.read_text("utf-8"))]
# The other half went into training (training/claims/corpus.py).
UNSEEN = [case for case in ALL[1::2] if case.get("language", "en") == "en"]
# Least shares of the attributions of the unseen articles that are found, and of those found that a reader finds too.
LEAST_FOUND, LEAST_RIGHT = 0.85, 0.8
ALL_TAGGERS = 31_000_000  # bytes of all files of both taggers; one alone stays below 25 MB
MEMORY_MIB = 300


def read(case: dict[str, Any]) -> set[tuple[str, str]]:
    """(speaker, first word of the content) of each attribution that the model finds outside others."""
    text = case["text"].strip()
    noon = datetime.combine(case["published"], time(12), UTC)
    found = attribute(text, published=noon, language="en", method="model")
    return {(item.speaker.name or "", first(text[item.content[0][0] : item.content[0][1]])) for item in found if not item.chain}


def first(words: str) -> str:
    """The first words without marks."""
    return " ".join(words.strip('“”" ').split()[:3]).strip(',.”"')


def test_most_attributions_of_unseen_articles_are_found_with_their_speaker() -> None:
    gold = hits = made = 0
    for case in UNSEEN:
        found = read(case)
        expected = {(entry["speaker"] or "", first(entry["content"][0])) for entry in case["expected"] if not entry.get("chain")}
        gold, made, hits = gold + len(expected), made + len(found), hits + len(found & expected)
    assert hits >= LEAST_FOUND * gold, (hits, gold)
    assert hits >= LEAST_RIGHT * made, (hits, made)


def test_it_reads_what_rules_have_no_word_for() -> None:
    text = "Critics were left fuming about the new rules. The mayor shrugged off talk of a crisis as “noise”."
    found = attribute(text, language="en", method="model")
    assert any(item.method == LEARNED for item in found)


def test_the_fast_tagger_is_another_and_says_so() -> None:
    text = "Critics were left fuming about the new rules, the mayor said on Monday."
    fast = [item for item in attribute(text, language="en", method="fast") if item.method == FAST]
    assert [text[slice(*item.source)] for item in fast if item.source][-1] == "the mayor"
    quick, whole = tagger("fast"), tagger()
    assert quick is not whole
    assert quick is tagger("fast")


def test_the_files_are_small() -> None:
    assert sum(path.stat().st_size for folder in (WEIGHTS, WORDS) for path in folder.rglob("*")) <= ALL_TAGGERS


def test_the_same_text_gives_the_same_tags_in_any_company() -> None:
    texts = [case["text"] for case in UNSEEN[:4]]
    model = Tagger(WEIGHTS)
    alone = [model.tags(text) for text in texts]
    assert [Tagger(WEIGHTS).tags(text) for text in reversed(texts)] == alone[::-1]


def test_paragraphs_of_other_windows_do_not_disturb() -> None:
    text = "\n\n".join(case["text"].strip() for case in UNSEEN)
    found = attribute(text, language="en", method="model")
    assert len(found) >= 0.85 * sum(len(read(case)) for case in UNSEEN)
    assert all(0 <= a < b <= len(text) for item in found for a, b in item.content)


@pytest.mark.parametrize("text", ["", " \n ", "\u200b", "\x00", "”“”", "a" * 3000, "“" * 400, ":" * 300, "said " * 500])
def test_odd_texts_break_nothing(text: str) -> None:
    assert isinstance(attribute(text, language="en", method="model"), list)


@given(st.lists(st.sampled_from(["Lee", "said", "“", "”", "it rained", ".", "\n", ",", "that", "“We", "fled”", ":", "He"]), max_size=40))
@settings(max_examples=25)
def test_any_order_of_words_gives_contents_inside_the_text(words: list[str]) -> None:
    text = " ".join(words)
    for item in attribute(text, language="en", method="model"):
        assert all(0 <= a < b <= len(text) for a, b in (*item.content, *([item.source] if item.source else [])))
        assert 0 <= item.confidence <= 1


def test_a_long_text_takes_bounded_memory_and_loading_little_time() -> None:
    """In a process of its own: 40,000 words, resident memory at the end and CPU seconds of loading."""
    program = """
import time, psutil
began = time.process_time()
from transforms.claims.tagger import tagger
model = tagger()
loaded = time.process_time() - began
list(model.found(__import__("itertools").islice(pieces(), 40)))
print(loaded, psutil.Process().memory_info().rss / 2**20)
"""
    windows = "from transforms.claims.windows import encoded, windows\ndef pieces(): return windows(encoded(TEXT, model.vocabulary))\n"
    text = 'TEXT = "The mayor of Dorra said that the river rose again on Monday. " * 4000\n'
    run = [sys.executable, "-c", text + windows + program]
    done = subprocess.run(run, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    loaded, memory = map(float, done.stdout.split())
    assert memory < MEMORY_MIB
    assert loaded < 5  # under 1 s on a quiet machine


def test_a_missing_file_means_no_tagger(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tagger.cache_clear()
    monkeypatch.setattr("transforms.claims.tagger.WEIGHTS", tmp_path)
    assert tagger() is None
    assert tagger("fast") is None
    tagger.cache_clear()


def test_a_broken_file_is_told_and_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / GRAPH).write_bytes(b"no graph")
    with pytest.raises(Exception, match=r"(?i)protobuf|load model"):
        Tagger(tmp_path)


def test_mentions_carry_the_method() -> None:
    body = "The mayor of Dorra said on Monday that the river had risen by 40 centimetres."
    body += "\n\nThe police shut the bridge over the Orve after 40 lorries had crossed it."
    at = datetime(2018, 9, 20, 12, tzinfo=UTC)
    version = ArticleVersion(
        version_id=key("version", "a"),
        article_id=key("article", "a"),
        capture_id=key("article", "a"),
        batch_key="files/test",
        content_sha256=sha256(body),
        headline="River rises",
        body=body,
        word_count=len(body.split()),
        language="en",
        published_at=at,
        first_seen_at=at,
        captured_at=at,
        extractor="test",
        code_version="test",
    )
    mentions = find_mentions(version, "model")
    assert [(m.quote_type, m.method) for m in mentions] == [("indirect", LEARNED), ("statement", "rules/2")]
    assert mentions == find_mentions(version, "model")
