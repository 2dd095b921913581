"""A text as windows of whole paragraphs for the tagger: subwords, features and the offsets of words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from transforms.claims.text import Quotation, Range, paragraphs, quotations
from transforms.claims.wordpiece import CACHED, Vocabulary

# O, and first and inner words of each role. `>`: the cue stands to the right, `<`: to the left.
ROLES = ("SRC>", "SRC<", "CUE", "CNT>", "CNT<")
LABELS = ("O", *(prefix + role for role in ROLES for prefix in ("B-", "I-")))
CLS, SEP = 101, 102  # of the BERT vocabulary
# Of one window: attention costs the square of it, and 240 (all but 17 of 17,349 paragraphs of PolNeAR fit) find no more than 192.
MAX_SUBWORDS = 192
MAX_WORD = 8  # subwords of one word that are read; more is no word
SHAPES = 5
FEATURES = 4 * SHAPES
# One character each, so that offsets stay: the tagger sees typewriter marks only, and the feature tells which opens.
PLAIN = str.maketrans({**dict.fromkeys("“”„‟«»", '"'), **dict.fromkeys("‘’‚‛´`", "'"), **dict.fromkeys("–—―", "-"), "\u00a0": " "})


@dataclass(slots=True)
class Piece:
    """One window: subword ids and features (with CLS and SEP), and per word its first subword and its offsets."""

    ids: list[int] = field(default_factory=lambda: [CLS])
    features: list[int] = field(default_factory=lambda: [0])
    firsts: list[int] = field(default_factory=list)
    words: list[Range] = field(default_factory=list)

    def add(self, words: list[Word]) -> None:
        """Take in words behind those it has, and close them with a SEP."""
        self.firsts += list(accumulate([len(word.ids) for word in words], initial=len(self.ids)))[:-1]
        self.words += [word.span for word in words]
        for word in words:
            self.ids += word.ids
            self.features += (word.feature,) * len(word.ids)
        self.ids.append(SEP)
        self.features.append(0)


class Word(NamedTuple):
    """One word or punctuation mark: offsets, subword ids, feature."""

    span: Range
    ids: tuple[int, ...]
    feature: int


def encoded(text: str, vocabulary: Vocabulary) -> Iterator[list[Word]]:
    """The words of each paragraph, in order."""
    parts = paragraphs(text)
    quotes = quotations(text, parts)
    plain = text.translate(PLAIN)
    at = 0
    for start, end in parts:
        words = []
        for span, ids in vocabulary.words(plain, start, end):
            a, b = span
            while at < len(quotes) and quotes[at].end <= a:
                at += 1
            state = state_of(a, quotes[at]) if at < len(quotes) else 0
            words.append(Word(span, ids[:MAX_WORD], state * SHAPES + shape(text[a:b])))
        yield words


def state_of(at: int, quote: Quotation) -> int:
    """0 outside a quotation, 1 inside, 2 its opening mark, 3 its closing one."""
    if at < quote.start:
        return 0
    return 2 if at < quote.inner[0] else 3 if at >= quote.inner[1] else 1


@lru_cache(maxsize=CACHED)
def shape(word: str) -> int:
    """Small letters, capital first, all capitals, digits, other: what an uncased vocabulary does not tell."""
    if not word[0].isalnum():
        return 4
    if word[0].isdigit():
        return 3
    if word.islower():
        return 0
    return 2 if len(word) > 1 and word.isupper() else 1


def windows(parts: Iterable[list[Word]]) -> Iterator[Piece]:
    """Whole paragraphs packed up to the size of a window; a longer paragraph is cut between words."""
    piece = Piece()
    for words in parts:
        for size, some in cut(words):
            if piece.words and len(piece.ids) + size >= MAX_SUBWORDS:
                yield piece
                piece = Piece()
            piece.add(some)
    if piece.words:
        yield piece


def cut(words: list[Word]) -> Iterator[tuple[int, list[Word]]]:
    """The words of a paragraph, as many at once as a window holds, and how many subwords they have."""
    sizes = [len(word.ids) for word in words]
    if 1 + sum(sizes) < MAX_SUBWORDS:
        yield sum(sizes), words
        return
    begin, size = 0, 0
    for at, one in enumerate(sizes):
        if 1 + size + one >= MAX_SUBWORDS:
            yield size, words[begin:at]
            begin, size = at, 0
        size += one
    yield size, words[begin:]
