"""Two texts as the pair model reads them: subwords of both, each with a mark that tells whether the other text has the word too."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from transforms.claims.dates import dates as find_dates
from transforms.claims.numbers import numbers as find_numbers
from transforms.claims.text import Range
from transforms.claims.windows import CLS, SEP
from transforms.claims.wordpiece import Vocabulary
from transforms.compare.figures import Figure, compatible, figures
from transforms.compare.words import STOP, fold, term

# Subwords of a pair, the three marks included: what the model was trained with. Two long sentences of news need about 90, some 120.
MOST_SUBWORDS = 128
# Texts whose words are remembered: a claim is compared with many.
CACHED = 4096

# What the other text has of a word: its stem; nothing, of a grammar word, a content word, a name; a value that both can hold, or none.
SHARED, GRAMMAR, CONTENT, NAME, SETTLED, OPEN = range(6)
KINDS = 6
MARKS = 2 * KINDS


@dataclass(frozen=True)
class Word:
    """A word or mark: its subwords, what it is compared by (empty for a punctuation mark), its kind if the other text lacks it."""

    pieces: tuple[int, ...]
    key: str
    alone: int
    start: int
    end: int


@dataclass(frozen=True)
class Reading:
    """One text: its words, and its quantities."""

    words: tuple[Word, ...]
    figures: tuple[Figure, ...]


def word(text: str, place: Range, pieces: tuple[int, ...]) -> Word:
    """One word as it is compared."""
    start, end = place
    plain = text[start:end]
    low = fold(plain)
    if not any(c.isalnum() for c in plain):
        return Word(pieces, "", SHARED, start, end)
    if low in STOP:
        return Word(pieces, low, GRAMMAR, start, end)
    return Word(pieces, term(plain) or low, NAME if plain[0].isupper() else CONTENT, start, end)


class Reader:
    """Reads texts with one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.read = lru_cache(maxsize=CACHED)(self.reading)

    def reading(self, text: str) -> Reading:
        """The words of one text."""
        words = tuple(word(text, place, pieces) for place, pieces in self.vocabulary.words(text, 0, len(text)))
        values = find_numbers(text, "en", [one.span for one in find_dates(text, None)])
        return Reading(words, tuple(figures(text, values)))

    def pair(self, a: str, b: str, most: int = MOST_SUBWORDS) -> tuple[list[int], list[int]]:
        """Subword ids and marks of [first] a [last] b [last]; the longer text is cut first."""
        x, y = self.read(a), self.read(b)
        left, right = marked(x, y), marked(y, x)
        half = (most - 3) // 2
        room = max(half, most - 3 - len(right))
        left = left[:room]
        right = right[: most - 3 - len(left)]
        ids = [CLS, *(piece for piece, _ in left), SEP, *(piece for piece, _ in right), SEP]
        marks = [0, *(kind for _, kind in left), 0, *(KINDS + kind for _, kind in right), KINDS]
        return ids, marks


def marked(one: Reading, other: Reading) -> list[tuple[int, int]]:
    """Each subword of a text with its kind."""
    keys = {word.key for word in other.words}
    spans = [(figure, settled(figure, other)) for figure in one.figures]
    found: list[tuple[int, int]] = []
    for here in one.words:
        value = next((kind for at, kind in spans if at.start <= here.start and here.end <= at.end), None)
        kind = SHARED if here.key in keys or not here.key else here.alone
        found.extend((piece, kind if value is None else value) for piece in here.pieces)
    return found


def settled(figure: Figure, other: Reading) -> int:
    """Whether the other text has a figure in the same unit that can hold together with this one."""
    return SETTLED if any(figure.kind == one.kind and compatible(figure, one) for one in other.figures) else OPEN


def phrases(one: Reading, other: Reading) -> list[Range]:
    """The stretches of a text whose content words the other lacks, in order; single grammar words between them do not part them."""
    keys = {word.key for word in other.words}
    lacking = [word for word in one.words if word.key and word.key not in keys and word.alone != GRAMMAR]
    runs: list[Range] = []
    for before, after in pairwise([None, *lacking]):
        if before and runs and after and after.start - before.end <= 1:
            runs[-1] = (runs[-1][0], after.end)
        elif after:
            runs.append((after.start, after.end))
    return runs
