"""Windows of the tagger: whole paragraphs, features of quotation marks and capitals, offsets of words, bounds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.claims.windows import CLS, FEATURES, MAX_SUBWORDS, MAX_WORD, PLAIN, SEP, SHAPES, Piece, encoded, shape, windows
from transforms.claims.wordpiece import Vocabulary
from transforms.graphs import VOCABULARY as SHIPPED

VOCABULARY = Vocabulary(SHIPPED)


def pieces(text: str) -> list[Piece]:
    return list(windows(encoded(text, VOCABULARY)))


def states(text: str) -> list[tuple[str, int]]:
    """Each word with its state in quotations."""
    return [(text[slice(*w.span)], w.feature // SHAPES) for words in encoded(text, VOCABULARY) for w in words]


def test_paragraphs_share_a_window_with_a_separator_behind_each() -> None:
    text = "It rained.\n\nThe river rose."
    (piece,) = pieces(text)
    assert piece.ids[0] == CLS
    assert [i for i, x in enumerate(piece.ids) if x == SEP] == [4, len(piece.ids) - 1]
    assert [text[a:b] for a, b in piece.words] == ["It", "rained", ".", "The", "river", "rose", "."]
    assert len(piece.firsts) == len(piece.words)
    assert len(piece.ids) == len(piece.features)


def test_a_paragraph_that_does_not_fit_any_more_begins_a_window() -> None:
    text = "\n".join(["the river rose again " * 20] * 6)
    found = pieces(text)
    assert len(found) == 3
    assert all(len(piece.ids) <= MAX_SUBWORDS + 1 for piece in found)
    assert [len(piece.words) for piece in found] == [160, 160, 160]


def test_a_paragraph_longer_than_a_window_is_cut_between_words() -> None:
    found = pieces("river " * 1000)
    assert sum(len(piece.words) for piece in found) == 1000
    assert all(len(piece.ids) <= MAX_SUBWORDS + 1 for piece in found)


def test_a_word_of_many_pieces_is_cut_short() -> None:
    (piece,) = pieces("xqzxqzxqzxqzxqzxqzxqz river")
    assert piece.firsts[1] - piece.firsts[0] <= MAX_WORD


@pytest.mark.parametrize(("text", "count"), [("", 0), (" \n\n ", 0), ("\u200b", 0), ("a", 1)])
def test_a_text_without_words_has_no_window(text: str, count: int) -> None:
    assert len(pieces(text)) == count


def test_states_tell_outside_inside_and_the_marks() -> None:
    assert states("He said “no” twice") == [("He", 0), ("said", 0), ("“", 2), ("no", 1), ("”", 3), ("twice", 0)]


def test_a_straight_mark_opens_and_closes_like_a_curly_one() -> None:
    assert [s for _, s in states('He said "no" twice')] == [s for _, s in states("He said “no” twice")]


def test_the_tagger_sees_the_same_subwords_for_any_kind_of_mark() -> None:
    curly, straight = pieces("“It’s over” – he said"), pieces('"It\'s over" - he said')
    assert [p.ids for p in curly] == [p.ids for p in straight]
    assert [p.features for p in curly] == [p.features for p in straight]


def test_an_unclosed_quotation_ends_with_its_paragraph() -> None:
    assert states("“We left\nThey stayed") == [("“", 2), ("We", 1), ("left", 1), ("They", 0), ("stayed", 0)]


@pytest.mark.parametrize(("word", "kind"), [("river", 0), ("River", 1), ("A", 1), ("NATO", 2), ("2018", 3), ("“", 4), ("McCall", 1)])
def test_shapes_of_words(word: str, kind: int) -> None:
    assert shape(word) == kind


def test_plain_marks_keep_offsets() -> None:
    text = "“a” ‘b’ – «c» \u00a0"
    assert len(text.translate(PLAIN)) == len(text)


@given(st.text(alphabet="ab “”\"'\n.A9é", max_size=400))
@settings(max_examples=60, deadline=None)
def test_windows_hold_every_word_once_and_in_order(text: str) -> None:
    found = pieces(text)
    words = [span for piece in found for span in piece.words]
    assert words == [span for start, end in [(0, len(text))] for span, _ in VOCABULARY.words(text.translate(PLAIN), start, end)]
    for piece in found:
        assert len(piece.ids) == len(piece.features) <= MAX_SUBWORDS + 1
        assert all(0 <= f < FEATURES for f in piece.features)
        assert [piece.ids[i] not in (CLS, SEP) for i in piece.firsts] == [True] * len(piece.firsts)
