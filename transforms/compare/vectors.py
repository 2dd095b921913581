"""Sparse tf-idf vectors and the pairs among them that are alike, through postings: only texts that share a telling term ever meet."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

Vector = dict[str, float]
Pair = tuple[int, int]


def inverse_frequency(bags: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Smoothed idf, ln((1 + n) / (1 + df)) + 1: a term that stands everywhere still counts a little, so one lone story holds together."""
    frequency = Counter(term for bag in bags for term in bag)
    return {term: math.log((1 + len(bags)) / (1 + count)) + 1 for term, count in frequency.items()}


def normalised(vector: Mapping[str, float]) -> Vector:
    """Scaled to length 1; an empty vector stays empty."""
    length = math.sqrt(sum(weight * weight for weight in vector.values()))
    return {term: weight / length for term, weight in vector.items()} if length else {}


def alike(vectors: Sequence[Vector], floor: float) -> Iterator[tuple[Pair, float]]:
    """Pairs (i < j) whose cosine reaches `floor`, by a join of postings."""
    postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for j, vector in enumerate(vectors):
        scores: dict[int, float] = defaultdict(float)
        for term, weight in vector.items():
            for i, other in postings[term]:
                scores[i] += weight * other
            postings[term].append((j, weight))
        yield from (((i, j), score) for i, score in scores.items() if score >= floor)
