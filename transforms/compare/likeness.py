"""How likely two sentences of one story state the same thing: nine things that they share, weighed by a logistic regression."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from transforms.compare.vectors import inverse_frequency
from transforms.compare.words import STOP, TOKEN, fold, terms
from transforms.odds import logistic

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

# Weights of the features, by a logistic regression over pairs of sentences of twelve real events of three outlets, read by hand
# (13,900 pairs, 390 of which state the same). The second set is for a house without the encoder.
WEIGHTS = {
    "meaning": 2.07,
    "letters": 10.6,
    "lead": 2.16,
    "rarest": 2.81,
    "second": 1.05,
    "numbers": 0.79,
    "names": 0.031,
    "quoted": 0.52,
    "length": -0.96,
}
BIAS = -4.05
WORDS_ONLY = {
    "letters": 13.3,
    "lead": 2.39,
    "rarest": 2.75,
    "second": 1.23,
    "numbers": 0.88,
    "names": 0.05,
    "quoted": 0.54,
    "length": -0.99,
}
WORDS_ONLY_BIAS = -4.11

GRAM = 4  # letters of a gram: long enough to be telling, short enough to meet in other forms of a word
QUOTED = re.compile(r"[“„«\"]([^“”„«»\"]+)")
NOT_WORD = re.compile(r"\W+")
# So many sentences make the mean of a story half known: of two sentences on one thing the mean is what they say, not their topic.
FEW = 10
# Decimals that likenesses are rounded to, so that the order of additions inside a matrix product decides nothing.
DECIMALS = 4


def grams(text: str) -> Counter[str]:
    """Counts of the letter 4-grams of a text in lower case, marks read as spaces."""
    plain = NOT_WORD.sub(" ", text.casefold())
    return Counter(plain[at : at + GRAM] for at in range(max(1, len(plain) - GRAM + 1)))


def names(text: str) -> frozenset[str]:
    """Capitalised words, folded."""
    return frozenset(fold(word) for word in TOKEN.findall(text) if word[0].isupper() and word.casefold() not in STOP and len(word) > 2)


def quoted(text: str) -> frozenset[str]:
    """Content stems inside quotation marks."""
    return frozenset(stem for part in QUOTED.findall(text) for stem in terms(part))


def cosines(bags: Sequence[Mapping[str, float]], idf: Mapping[str, float]) -> Matrix:
    """Cosines of tf-idf vectors: (n, n). Terms of one text only lengthen it and need no column."""
    import numpy as np

    seen = Counter(term for bag in bags for term in bag)
    column = {term: at for at, term in enumerate(sorted(term for term, count in seen.items() if count > 1))}
    rows = np.zeros((len(bags), len(column)), np.float32)
    for row, bag in zip(rows, bags, strict=True):
        weighed = {term: (1 + math.log(count)) * idf[term] for term, count in bag.items()}
        length = math.sqrt(sum(weight * weight for weight in weighed.values())) or 1.0
        for term, weight in weighed.items():
            if term in column:
                row[column[term]] = weight / length
    found: Matrix = rows @ rows.T
    return found


def apart_from_mean(vectors: Matrix) -> Matrix:
    """Unit vectors from which the mean of the story is taken, since all of it is on one thing: (n, width)."""
    import numpy as np

    apart = vectors - vectors.mean(axis=0) * (len(vectors) / (len(vectors) + FEW))
    lengths = np.linalg.norm(apart, axis=1, keepdims=True)
    found: Matrix = apart / np.where(lengths > 0, lengths, 1)
    return found


class Likeness:
    """The distinct sentences of one story, and what any two of them share."""

    def __init__(self, texts: Sequence[str], measured: Sequence[Collection[str]] = (), vectors: Matrix | None = None) -> None:
        """Sentences with what is known of each.

        Args:
            texts: The distinct sentences.
            measured: For each sentence tokens of what its numbers count, so that 12 who died and 15 dead share a word.
            vectors: Unit vectors of the sentences, (sentences, width); None where there is no encoder.
        """
        import numpy as np

        self.texts = list(texts)
        bags = [Counter([*terms(text), *told]) for text, told in zip(texts, measured or [()] * len(texts), strict=True)]
        self.stems = [frozenset(bag) for bag in bags]
        self.counts = [sum(bag.values()) for bag in bags]
        self.idf = inverse_frequency([{stem: float(count) for stem, count in bag.items()} for bag in bags])
        self.rarest = max(self.idf.values(), default=1.0)
        by_words = cosines(bags, self.idf)
        apart = None if vectors is None else apart_from_mean(vectors)
        self.meaning = None if apart is None else np.round(apart @ apart.T, DECIMALS)
        self.near: Matrix = np.round(by_words if self.meaning is None else (by_words + self.meaning) / 2, DECIMALS)
        self.weights, self.bias = (WEIGHTS, BIAS) if self.meaning is not None else (WORDS_ONLY, WORDS_ONLY_BIAS)

    @cached_property
    def letters(self) -> Matrix:
        """Cosines of letter 4-grams: other forms of a word meet, and misspelt ones: (n, n)."""
        import numpy as np

        bags = [grams(text) for text in self.texts]
        return np.round(cosines(bags, inverse_frequency(bags)), DECIMALS)

    @cached_property
    def names(self) -> list[frozenset[str]]:
        """Names in each sentence."""
        return [names(text) for text in self.texts]

    @cached_property
    def name_idf(self) -> dict[str, float]:
        """How rare a name is in the story."""
        return inverse_frequency([dict.fromkeys(found, 1.0) for found in self.names])

    @cached_property
    def quoted(self) -> list[frozenset[str]]:
        """What each sentence quotes."""
        return [quoted(text) for text in self.texts]

    def features(self, a: int, b: int, lead: float) -> dict[str, float]:
        """What two sentences share.

        Args:
            a: Number of a sentence.
            b: Number of the other.
            lead: By how much they are nearer to each other than to the next sentence of the other's article, the smaller of both ways.
        """
        shared = self.stems[a] & self.stems[b]
        alike = any(not stem[0].isdigit() for stem in shared)  # "12 people" and "12 trains" share nothing
        rare = sorted((self.idf[stem] / self.rarest for stem in shared if alike), reverse=True)
        said = self.quoted[a] & self.quoted[b]
        return {
            "meaning": 0.0 if self.meaning is None else float(self.meaning[a, b]),
            "letters": float(self.letters[a, b]),
            "lead": lead,
            "rarest": rare[0] if rare else 0.0,
            "second": rare[1] if len(rare) > 1 else 0.0,
            "numbers": float(sum(stem[0].isdigit() for stem in shared)),
            "names": sum(self.name_idf[name] for name in sorted(self.names[a] & self.names[b])),
            "quoted": len(said) / max(1, min(len(self.quoted[a]), len(self.quoted[b]))),
            "length": math.log1p(min(self.counts[a], self.counts[b])),
        }

    def probability(self, a: int, b: int, lead: float) -> float:
        """How likely both state the same thing, 0..1."""
        found = self.features(a, b, lead)
        return round(logistic(self.bias + sum(weight * found[name] for name, weight in self.weights.items())), DECIMALS)
