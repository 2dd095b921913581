"""Word stems for the search: "summits" and "summit" are one, as are "Häuser" and "Haus". Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from snowballstemmer.basestemmer import BaseStemmer

# ISO 639-1 code -> Snowball algorithm; texts in other languages are searched by their words as they stand.
ALGORITHMS = {
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}
# Characters of the longest word that is stemmed: German compounds of news stay below 40; beyond are addresses and base64.
LONGEST_WORD = 64
# Words that a process remembers, about 40 MB when full: more than a segment has, since the words of one segment come in no useful order.
# A stem costs 30 to 65 µs.
REMEMBERED = 1 << 18


@cache
def _stemmer(language: str) -> BaseStemmer | None:
    import snowballstemmer

    return snowballstemmer.stemmer(ALGORITHMS[language]) if language in ALGORITHMS else None


@lru_cache(maxsize=REMEMBERED)
def stem(word: str, language: str) -> str:
    """The Snowball stem of a small-letter word (Porter 2001); a word of another language, or with a digit, is its own stem.

    >>> stem("summits", "en"), stem("überschwemmungen", "de"), stem("summits", "")
    ('summit', 'uberschwemm', 'summits')
    """
    stemmer = _stemmer(language)
    if stemmer is None or len(word) > LONGEST_WORD or not word.isalpha():
        return word
    return stemmer.stemWord(word) or word


def stems(words: Sequence[str], languages: Sequence[str]) -> list[str]:
    """The stem of each word in the language beside it."""
    return [stem(word, language) for word, language in zip(words, languages, strict=True)]
