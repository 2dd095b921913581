"""Passages that two texts have in common: runs of words, exact but for case, accents and marks, with their places in both bodies."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from transforms.compare.words import TOKEN, fold

# Eight words in a row are hardly ever shared by chance, and stand between two edits of a reprint.
RUN = 8
# A quotation stays inside its paragraph, whose closing mark is left out where the next one goes on; 1200 characters bound the damage of
# a mark that is never closed. Curly and straight marks are mixed on the web. ``…'' is how corpora write it.
QUOTATION = re.compile(
    r"“[^”\"\n]{0,1200}(?:[”\"]|(?=\n+“))|„[^“”\n]{0,1200}[“”]|«[^»\n]{0,1200}»|»[^«\n]{0,1200}«"
    r"|\"[^\"”\n]{0,1200}[\"”]|``(?:(?!''|``)[^\n]){0,1200}''"
)

Gram = tuple[str, ...]


@dataclass(frozen=True)
class Passage:
    """A run of words in two texts, as offsets of both bodies."""

    a: tuple[int, int]
    b: tuple[int, int]


@dataclass(frozen=True)
class Text:
    """A body cut into words."""

    body: str

    @cached_property
    def places(self) -> list[tuple[int, int]]:
        """Offsets of each word."""
        return [match.span() for match in TOKEN.finditer(self.body)]

    @cached_property
    def words(self) -> list[str]:
        """The words, folded."""
        return [fold(self.body[start:end]) for start, end in self.places]

    @cached_property
    def own(self) -> bytes:
        """1 for each word outside quotation marks, which are the outlet's own words."""
        mask, quotations = bytearray(b"\1" * len(self.places)), [match.span() for match in QUOTATION.finditer(self.body)]
        at = 0
        for number, (start, _) in enumerate(self.places):
            while at < len(quotations) and quotations[at][1] <= start:
                at += 1
            mask[number] = not (at < len(quotations) and quotations[at][0] <= start)
        return bytes(mask)

    @cached_property
    def grams(self) -> dict[Gram, list[int]]:
        """Where each run of RUN words begins."""
        found: dict[Gram, list[int]] = defaultdict(list)
        for at in range(len(self.words) - RUN + 1):
            found[tuple(self.words[at : at + RUN])].append(at)
        return dict(found)


def covered(text: Text, other: Text) -> int:
    """How many of the text's own words stand in runs that the other text has too, quoted there or not."""
    mask = bytearray(len(text.words))
    for gram, places in text.grams.items():
        if gram in other.grams:
            for at in places:
                mask[at : at + RUN] = b"\1" * RUN
    return sum(a & b for a, b in zip(mask, text.own, strict=True))


def passages(a: Text, b: Text) -> list[Passage]:
    """The common runs in order of a, each as long as it goes; of several places in b, the one that goes on from the run before."""
    found: list[tuple[int, int, int]] = []  # first word in a, first word in b, words
    for at in range(len(a.words) - RUN + 1):
        there = b.grams.get(tuple(a.words[at : at + RUN]))
        if not there:
            continue
        if found:
            start, other, length = found[-1]
            if start + length - RUN + 1 == at and other + length - RUN + 1 in there:
                found[-1] = (start, other, length + 1)
                continue
        found.append((at, there[0], RUN))
    return [Passage(stretch(a, x, n), stretch(b, y, n)) for x, y, n in found]


def stretch(text: Text, first: int, count: int) -> tuple[int, int]:
    """Offsets of `count` words from the first one on."""
    return text.places[first][0], text.places[first + count - 1][1]
