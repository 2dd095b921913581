"""Words of a text and their subwords, as BERT's uncased vocabulary wants them (Devlin and others, 2019; Schuster and Nakajima, 2012)."""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import lru_cache
from pathlib import Path

from transforms.claims.text import Range

UNKNOWN = 100  # id of a word that has no subwords
MAX_LETTERS = 100  # a longer word is unknown, as in training
CACHED = 50_000  # words whose subwords are remembered: the vocabulary of some thousand articles, about 10 MB
# Chinese characters, each of which is a word (CJK unified ideographs and their first extension).
IDEOGRAPHS = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"


class Vocabulary:
    """Subword ids by their spelling, from a file with one subword a line."""

    def __init__(self, path: Path) -> None:
        self.ids = {word: number for number, word in enumerate(path.read_text("utf-8").splitlines())}
        self.pieces = lru_cache(maxsize=CACHED)(self.cut)

    def words(self, text: str, start: int, end: int) -> list[tuple[Range, tuple[int, ...]]]:
        """Offsets and subword ids of each word and mark in text[start:end]; what holds no visible character is left out."""
        found = []
        for match in pattern().finditer(text, start, end):
            ids = self.pieces(match.group())
            if ids:
                found.append((match.span(), ids))
        return found

    def cut(self, word: str) -> tuple[int, ...]:
        """The longest subwords from the left."""
        plain = bare(word)
        if not plain:
            return ()
        if len(plain) > MAX_LETTERS:
            return (UNKNOWN,)
        ids: list[int] = []
        at = 0
        while at < len(plain):
            mark = "##" if at else ""
            end = next((k for k in range(len(plain), at, -1) if mark + plain[at:k] in self.ids), None)
            if end is None:
                return (UNKNOWN,)
            ids.append(self.ids[mark + plain[at:end]])
            at = end
        return tuple(ids)


def bare(word: str) -> str:
    """Small letters without accents and control characters."""
    if word.isascii() and word.isprintable():
        return word.lower()
    kept = "".join(c for c in word if unicodedata.category(c)[0] != "C" and c != "\ufffd")
    return "".join(c for c in unicodedata.normalize("NFD", kept) if unicodedata.category(c) != "Mn").lower()


@lru_cache(maxsize=1)
def pattern() -> re.Pattern[str]:
    """A punctuation mark or ideograph alone, or a run of anything else that is no white space."""
    marks = "".join(chr(i) for i in range(128, min(sys.maxunicode, 0xFFFF)) if unicodedata.category(chr(i))[0] == "P")
    alone = rf"!-/:-@\[-`{{-~{re.escape(marks)}{IDEOGRAPHS}"
    return re.compile(rf"[{alone}]|[^\s{alone}]+")


@lru_cache(maxsize=2)
def vocabulary(path: Path) -> Vocabulary:
    """The vocabulary of a file, read once for all models that ask."""
    return Vocabulary(path)
