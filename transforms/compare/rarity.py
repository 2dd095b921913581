"""How rare a word is in English at large, so that the weight of a word never depends on which other articles are compared with it."""

from __future__ import annotations

import math
from functools import lru_cache

from transforms.compare.words import term
from transforms.graphs import VOCABULARY

# The uncased BERT vocabulary lists its words from the most to the least frequent one in a large corpus of books and an encyclopaedia. Lines
# before the first word: special tokens, unused places and single characters.
BEFORE_WORDS = 1988
# Rank of a word that the vocabulary (30,522 lines) lacks: names mostly, rarer than all that it lists.
UNLISTED = 40_000
# By Zipf's law the log of the rank is the idf up to a constant. Its third power parts names from everyday words: of 1, 2 and 3 it let
# the threshold of stories vary most without loss.
POWER = 3


@lru_cache(maxsize=1)
def ranks() -> dict[str, int]:
    """Place of each stem: that of its most frequent form."""
    found: dict[str, int] = {}
    for place, word in enumerate(VOCABULARY.read_text("utf-8").splitlines()):
        if word[0].isalnum() and (stem := term(word)):
            found.setdefault(stem, place)
    return found


@lru_cache(maxsize=100_000)
def rarity(stem: str) -> float:
    """Weight of a stem, about 1 for the commonest words up to 1200 for one that the vocabulary lacks."""
    return math.log(max(2, ranks().get(stem, UNLISTED) - BEFORE_WORDS)) ** POWER
