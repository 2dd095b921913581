"""The sentence encoder: unit vectors, likeness in meaning, and vectors that depend on nothing but their text."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.encode import WIDTH, clause_encoder, encoder
from transforms.encode.encoder import MOST_SUBWORDS, Encoder

encoder_module = sys.modules["transforms.encode.encoder"]

STRIKE = "Train drivers walked out on Monday over pay."
WALKOUT = "A walkout by rail staff demanding higher wages began at the start of the week."
BAKERY = "The bakery sells forty kinds of bread."


@pytest.fixture(scope="module", params=[encoder, clause_encoder], ids=["texts", "clauses"])
def loaded(request: pytest.FixtureRequest) -> Encoder:
    found = request.param()
    assert isinstance(found, Encoder)
    return found


def test_a_text_is_a_vector_of_length_one(loaded: Encoder) -> None:
    vectors = loaded.vectors([STRIKE, BAKERY])
    assert vectors.shape == (2, WIDTH)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_one_meaning_in_other_words_lies_closer_than_another_topic(loaded: Encoder) -> None:
    strike, walkout, bakery = loaded.vectors([STRIKE, WALKOUT, BAKERY])
    assert strike @ walkout > 0.4 > strike @ bakery


def test_no_texts_make_no_vectors(loaded: Encoder) -> None:
    assert loaded.vectors([]).shape == (0, WIDTH)


@pytest.mark.parametrize("text", ["", " \n\t", "\ud800", "\x00", "漢字", "…", "a" * 5000, "\u200b\u200b"])
def test_texts_without_plain_words_still_have_a_vector(loaded: Encoder, text: str) -> None:
    assert np.isfinite(loaded.encode(text)).all()


def test_only_the_first_subwords_count(loaded: Encoder) -> None:
    head = "word " * MOST_SUBWORDS
    assert np.array_equal(loaded.encode(head), loaded.encode(head + BAKERY))


def test_spelling_in_capitals_or_with_accents_makes_no_difference(loaded: Encoder) -> None:
    assert np.array_equal(loaded.encode("Café Zürich"), loaded.encode("cafe ZURICH"))


@settings(max_examples=25)
@given(st.lists(st.text(max_size=60), max_size=4))
def test_a_vector_does_not_depend_on_the_texts_beside_it(loaded: Encoder, texts: list[str]) -> None:
    together = loaded.vectors([*texts, STRIKE])
    assert np.array_equal(together[-1], loaded.encode(STRIKE))
    assert all(np.array_equal(together[at], loaded.encode(text)) for at, text in enumerate(texts))


def test_an_absent_file_means_no_encoder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(encoder_module, "WEIGHTS", tmp_path)
    assert encoder.__wrapped__() is None
    assert clause_encoder.__wrapped__() is None


def test_the_two_encoders_are_not_one() -> None:
    texts, clauses = encoder(), clause_encoder()
    assert texts is not None
    assert clauses is not None
    assert texts.encode(STRIKE) @ clauses.encode(STRIKE) < 0.99  # 8-bit arithmetic alone differs by .008


def test_parts_are_the_whole_and_each_place_read_within_it(loaded: Encoder) -> None:
    text = "The union called a strike, and the bakery sold out of bread."
    cut = text.index("and")
    whole, strike, bread = loaded.parts(text, ((0, cut), (cut, len(text))))
    assert np.array_equal(whole, loaded.encode(text))
    assert np.allclose(np.linalg.norm([strike, bread], axis=1), 1, atol=1e-5)
    alone = loaded.encode(text[cut:])
    assert bread @ alone > strike @ alone
    assert not np.array_equal(bread, alone)  # it has met the words before it


def test_a_place_behind_what_is_read_has_the_vector_of_the_whole(loaded: Encoder) -> None:
    text = "word " * MOST_SUBWORDS + BAKERY
    whole, beyond = loaded.parts(text, ((len(text) - len(BAKERY), len(text)),))
    assert np.array_equal(whole, beyond)
    assert loaded.parts("", ()).shape == (1, WIDTH)
