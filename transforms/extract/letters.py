"""Counts of letters and marks in many texts at once: one table over code points instead of a pattern for each text."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Characters of a text that letters are counted in; ends of sentences are counted in more.
SAMPLE, LONGEST_COUNTED = 160, 2000
STOP, WIDE_STOP, BEHIND, CAPITAL, LOWER, LETTER, DIGIT, SYMBOL, UNSPACED, BLANK = (1 << number for number in range(10))
# Code points from here on count as the last one, which is no character.
LAST = 0xFFFF
# Between two texts: ends a sentence as white space does.
BETWEEN = "\n"
NAMED = {
    STOP: ".!?…。！？؟।", WIDE_STOP: "。！？", BEHIND: f" {BETWEEN}\"”’»)]", SYMBOL: "|•·©@#→›»▶►", BLANK: " ",
}  # fmt: skip
RANGES = {
    CAPITAL: (("A", "Z"), ("À", "Ö"), ("Ø", "Þ"), ("А", "Я")),
    LOWER: (("a", "z"), ("ß", "ö"), ("ø", "ÿ"), ("а", "я")),
    DIGIT: (("0", "9"),),
    UNSPACED: (("\u0e00", "\u0e7f"), ("\u3040", "\u30ff"), ("\u3400", "\u4dbf"), ("\u4e00", "\u9fff")),
}


def table() -> NDArray[np.uint16]:
    """Bits of every code point."""
    found = np.zeros(LAST + 1, np.uint16)
    found[[letter.isalpha() or (letter.isalnum() and not letter.isdecimal()) for letter in map(chr, range(LAST + 1))]] = LETTER
    for bit, letters in NAMED.items():
        found[list(map(ord, letters))] |= bit
    for bit, pairs in RANGES.items():
        for first, last in pairs:
            found[ord(first) : ord(last) + 1] |= bit
    return found


TABLE = table()


class Counts:
    """Counts in the first `SAMPLE` characters of each text, and of ends of sentences, (n,) each; no text is empty."""

    def __init__(self, texts: list[str]) -> None:
        cut = [text[:LONGEST_COUNTED] + BETWEEN for text in texts]
        sizes = np.array(list(map(len, cut)), dtype=np.int64)
        starts = np.cumsum(sizes) - sizes
        codes = np.frombuffer("".join(cut).encode("utf-32-le", "surrogatepass"), np.uint32)
        bits = TABLE[np.minimum(codes, LAST)]
        place = np.arange(len(bits)) - np.repeat(starts, sizes)
        self.starts, self.sample = starts, np.minimum(sizes - 1, SAMPLE)
        behind = np.append(bits[1:] & BEHIND, 0) > 0
        self.stops = self.total(((bits & STOP > 0) & behind) | (bits & WIDE_STOP > 0))
        bits[place >= SAMPLE] = 0
        before = np.append(0, bits[:-1] & LETTER)
        self.lower_words = self.total((bits & LOWER > 0) & (before == 0))
        self.capitals, self.digits, self.symbols, self.unspaced, self.blanks = (
            self.total(bits & bit > 0) for bit in (CAPITAL, DIGIT, SYMBOL, UNSPACED, BLANK)
        )

    def total(self, marked: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many characters of each text are marked."""
        return np.asarray(np.add.reduceat(marked.astype(np.int64), self.starts), dtype=np.int64)
