"""Which texts of an archive state a claim: words and pieces of words by BM25, joined with the meaning of the whole sentence.

Words find names and numbers, pieces find hashtags, compounds and misspelt names, vectors find paraphrases. The first finds then speak for
others like them (Rocchio's feedback), which brings in the headlines that tell the same in other words.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from transforms.compare.words import fold, terms, words
from transforms.encode import encoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Vectors = NDArray[np.float32]

# BM25 (Robertson and Zaragoza 2009): saturation of repeated words and weight of the text's length, at the recommended values.
K1, B = 1.2, 0.75
MOST_RANKED = 50
# Letters of a piece: what most spellings of one name share.
PIECE = 4
# Weight of words and pieces together against a cosine of 1; of .2, .3 and .4 the middle ranked best on two collections.
LEXICAL = 0.3
# So many first finds speak for others, with half the weight of the query: more of them drift to the topic.
FEEDBACK, FEEDBACK_WEIGHT = 3, 0.5
# Addresses say nothing; a hashtag or account name is words without spaces.
ADDRESS = re.compile(r"https?://\S+|\S*pic\.twitter\.com/\S+|\bt\.co/\S+")
TAG = re.compile(r"[#@](\w+)")
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|_")


def plain(text: str) -> str:
    """The text without addresses, tags as words.

    >>> plain("So wrong! #FactCheck https://t.co/x1")
    'So wrong! Fact Check'
    """
    return " ".join(TAG.sub(lambda tag: CAMEL.sub(" ", tag[1]), ADDRESS.sub(" ", text)).split())


def pieces(text: str) -> list[str]:
    """Every four letters in a row of each word, its ends marked."""
    marked = (f"^{fold(word)}$" for word in words(text))
    return [word[at : at + PIECE] for word in marked for at in range(max(1, len(word) - PIECE + 1))]


class Index:
    """BM25 over one way of cutting texts."""

    def __init__(self, texts: Sequence[str], cut: Callable[[str], list[str]]) -> None:
        import numpy as np

        self.cut, self.count = cut, len(texts)
        bags = [Counter(cut(text)) for text in texts]
        lengths = [bag.total() for bag in bags]
        mean = sum(lengths) / max(1, len(lengths)) or 1.0
        found: dict[str, tuple[list[int], list[float]]] = {}
        for place, (bag, length) in enumerate(zip(bags, lengths, strict=True)):
            for token, count in bag.items():
                where, weights = found.setdefault(token, ([], []))
                where.append(place)
                weights.append(count * (K1 + 1) / (count + K1 * (1 - B + B * length / mean)))
        self.postings = {token: (np.array(where), np.array(weights)) for token, (where, weights) in found.items()}

    def scores(self, query: str) -> Array:
        """Score of each text as a share of the best one's, 0..1."""
        import numpy as np

        total = np.zeros(self.count)
        for token in sorted(set(self.cut(query))):
            if posting := self.postings.get(token):
                where, weights = posting
                total[where] += math.log(1 + (self.count - len(where) + 0.5) / (len(where) + 0.5)) * weights
        return total / top if (top := total.max(initial=0.0)) > 0 else total


class Archive:
    """Texts that can be searched for a claim."""

    def __init__(self, names: Sequence[str], texts: Sequence[str], vectors: Vectors | None = None) -> None:
        """`vectors`: unit vectors of the texts, (texts, 384); None ranks by words and pieces alone."""
        order = sorted(range(len(names)), key=lambda at: names[at])  # so that ties go to the smaller name
        self.names = [names[at] for at in order]
        ordered = [texts[at] for at in order]
        self.words, self.pieces = Index(ordered, terms), Index(ordered, pieces)
        self.vectors = None if vectors is None else vectors[order]

    def find(self, query: str, vector: Vectors | None = None, most: int = MOST_RANKED) -> list[tuple[str, float]]:
        """The best texts for a query and their scores, best first, the smaller name first on a tie."""
        import numpy as np

        lexical = LEXICAL * (self.words.scores(query) + self.pieces.scores(query)) / 2
        if self.vectors is None or vector is None:
            word = self.words.scores(query)  # a piece alone is no reason to name a text
            score, least = np.where(word > 0, lexical, 0.0), 0.0
        else:
            score, least = lexical + self.vectors @ self.towards(vector, lexical), -math.inf
        best = np.argsort(-np.round(score, 6), kind="stable")[:most]
        return [(self.names[at], float(score[at])) for at in best if score[at] > least]

    def towards(self, vector: Vectors, lexical: Array) -> Vectors:
        """The query's vector moved towards its first finds, of length 1."""
        import numpy as np

        assert self.vectors is not None
        score = lexical + self.vectors @ vector
        first = np.argsort(-np.round(score, 6), kind="stable")[:FEEDBACK]
        moved = vector + FEEDBACK_WEIGHT * self.vectors[first].mean(axis=0) if len(first) else vector
        unit: Vectors = moved / np.linalg.norm(moved)
        return unit


def rank(documents: Mapping[str, str], queries: Mapping[str, str]) -> dict[str, list[str]]:
    """For each query the names of the documents that state it, at most 50, best first."""
    model = encoder()
    names = list(documents)
    texts = [plain(documents[name]) for name in names]
    archive = Archive(names, texts, model.vectors(texts) if model else None)
    asked = {name: plain(text) for name, text in queries.items()}
    return {name: [found for found, _ in archive.find(text, model.vector(text) if model else None)] for name, text in asked.items()}
