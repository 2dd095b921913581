"""Stems: forms of a word meet, other languages and odd words stay as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from transforms.stems import ALGORITHMS, LONGEST_WORD, stem, stems


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", ["summit", "summits"]),
        ("en", ["injure", "injured", "injuring"]),
        ("de", ["haus", "häuser", "hauses", "häusern"]),
        ("de", ["verhandlung", "verhandlungen"]),
        ("fr", ["négociation", "négociations"]),
    ],
)
def test_forms_of_a_word_share_their_stem(language: str, forms: list[str]) -> None:
    assert len({stem(form, language) for form in forms}) == 1


@pytest.mark.parametrize(
    ("word", "language"), [("summits", ""), ("summits", "xx"), ("summits", "zh"), ("f16s", "en"), ("s" * (LONGEST_WORD + 1), "en")]
)
def test_what_has_no_rule_is_its_own_stem(word: str, language: str) -> None:
    assert stem(word, language) == word


def test_each_word_is_stemmed_in_its_own_language() -> None:
    assert stems(["die", "häuser", "houses"], ["de", "de", "en"]) == ["die", "haus", "hous"]


@pytest.mark.parametrize("language", sorted(ALGORITHMS))
def test_every_language_has_its_algorithm(language: str) -> None:
    assert stem("international", language)


@hypothesis_settings(max_examples=50, deadline=None, derandomize=True)
@given(word=st.text(min_size=1, max_size=20), language=st.sampled_from(["en", "de", ""]))
def test_a_stem_is_never_empty_and_the_same_again(word: str, language: str) -> None:
    assert stem(word, language)
    assert stem(word, language) == stem(word, language)
