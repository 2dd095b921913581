"""Whether two sentences count people of other fates: of one speaker and one disaster, the dead are not the missing."""

from __future__ import annotations

from functools import lru_cache

from transforms.compare.figures import PEOPLE, STATE
from transforms.compare.statement import read
from transforms.compare.words import term, terms, words

# Sentences that are remembered: those of some busy stories, 2 MB.
CACHED = 8192


@lru_cache(maxsize=CACHED)
def fates(sentence: str) -> frozenset[str]:
    """What became of the people that a sentence counts.

    >>> fates("The governor said that 31 people could not be found.")
    frozenset({'missing'})
    """
    return frozenset(state for figure in read(sentence).figures for state in figure.states)


@lru_cache(maxsize=CACHED)
def named(sentence: str) -> frozenset[str]:
    """Stems of the capitalised words behind the first one."""
    return frozenset(stem for word in words(sentence)[1:] if word[0].isupper() and (stem := term(word)))


@lru_cache(maxsize=CACHED)
def told(sentence: str) -> frozenset[str]:
    """Stems that are no numbers and tell nothing of the people counted."""
    return frozenset(stem for stem in terms(sentence) if not stem[0].isdigit() and stem not in PEOPLE and stem not in STATE)


def other_people(a: str, b: str) -> bool:
    """Both count people, none of one fate, and share nothing besides but names: two claims, however alike they are worded.

    Of nine such pairs that looked alike in 138 events read by hand, none stated one thing.
    """
    x, y = fates(a), fates(b)
    return bool(x and y) and not x & y and not (told(a) & told(b)) - named(a) - named(b)
