"""Words and subwords: longest pieces from the left, accents and case dropped, offsets kept."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.claims.wordpiece import UNKNOWN, Vocabulary, bare
from transforms.graphs import VOCABULARY

SHIPPED = Vocabulary(VOCABULARY)
PIECES = Path(__file__).with_name("claims_pieces.txt").read_text("utf-8").splitlines()


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    path = tmp_path_factory.mktemp("words") / "vocab.txt"
    path.write_text("\n".join(PIECES) + "\n", "utf-8")
    return Vocabulary(path)


def read(vocabulary: Vocabulary, text: str) -> list[tuple[str, list[str]]]:
    """Each word as printed and its pieces."""
    names = dict(enumerate(PIECES)) | {UNKNOWN: "?"}
    return [(text[a:b], [names[i] for i in ids]) for (a, b), ids in vocabulary.words(text, 0, len(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the floods", [("the", ["the"]), ("floods", ["flood", "##s"])]),
        ("Flooded, the", [("Flooded", ["flood", "##ed"]), (",", [","]), ("the", ["the"])]),
        ("floway", [("floway", ["flo", "##way"])]),
        ("Café", [("Café", ["cafe"])]),
        ("Cafe\u0301", [("Cafe\u0301", ["cafe"])]),
        ("sun", [("sun", ["?"])]),
        ("flood's", [("flood", ["flood"]), ("'", ["'"]), ("s", ["s"])]),
        ("中文", [("中", ["中"]), ("文", ["文"])]),
        ("£18", [("£18", ["£", "##1", "##8"])]),
        ("a_b", [("a", ["a"]), ("_", ["_"]), ("b", ["b"])]),
        ("the\u200b floods", [("the\u200b", ["the"]), ("floods", ["flood", "##s"])]),
        ("\u200b the", [("the", ["the"])]),
        ("", []),
        (" \n\t ", []),
    ],
)
def test_words_and_their_pieces(vocabulary: Vocabulary, text: str, expected: list[tuple[str, list[str]]]) -> None:
    assert read(vocabulary, text) == expected


def test_a_word_without_end_is_unknown(vocabulary: Vocabulary) -> None:
    assert read(vocabulary, "s" * 5000) == [("s" * 5000, ["?"])]


def test_only_the_stretch_asked_for_is_read(vocabulary: Vocabulary) -> None:
    assert [span for span, _ in vocabulary.words("the floods the", 4, 10)] == [(4, 10)]


@given(st.text(max_size=60))
@settings(max_examples=80, deadline=None)
def test_words_lie_in_order_and_hold_no_space(text: str) -> None:
    found = [span for span, _ in SHIPPED.words(text, 0, len(text))]
    assert all(a < b for a, b in found)
    assert all(x[1] <= y[0] for x, y in pairwise(found))
    assert not any(c.isspace() for a, b in found for c in text[a:b])
    left = "".join(text[b:a] for b, a in zip([0, *(b for _, b in found)], [*(a for a, _ in found), len(text)], strict=True))
    assert bare("".join(left.split())) == ""


def test_the_shipped_vocabulary_is_whole() -> None:
    assert len(SHIPPED.ids) == 30522
    assert (SHIPPED.ids["[CLS]"], SHIPPED.ids["[SEP]"], SHIPPED.ids["[UNK]"]) == (101, 102, UNKNOWN)
    assert VOCABULARY.stat().st_size < 300_000
