"""Body F1 and exact bodies of scored pages, by the aggregation of the public benchmark (mean precision and mean recall over pages)."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from training.extract.pages import Sample

GRAM = 4


def grams(words: list[str]) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[at : at + GRAM]) for at in range(max(1, len(words) - GRAM + 1)))


def page_score(page: Sample, kept: NDArray[np.bool_], golds: list[list[str]]) -> tuple[float, float, float, bool]:
    """(F1, precision, recall, is exact) against the closest gold."""
    mine = [word for words, chosen in zip(page.texts, kept, strict=True) if chosen for word in words]
    found, best = grams(mine), (0.0, 0.0, 0.0)
    for gold in golds:
        wanted = grams(gold)
        both = (found & wanted).total()
        f1 = 2 * both / max(1, found.total() + wanted.total())
        best = max(best, (f1, both / max(1, found.total()), both / max(1, wanted.total())))
    return *best, mine in golds


def line(pages: list[Sample], scores: list[NDArray[np.float64]], threshold: float) -> str:
    """Figures of each corpus with gold bodies."""
    from training.extract.pages import tokens

    told = []
    for corpus in ("fundus", "aeb", "wcxb"):
        rows = [
            page_score(page, found >= threshold, [tokens(text) for text in page.gold["body"]])
            for page, found in zip(pages, scores, strict=True)
            if page.corpus == corpus
        ]
        precision, recall = np.mean([row[1] for row in rows]), np.mean([row[2] for row in rows])
        told.append(f"{corpus} F1 {2 * precision * recall / (precision + recall):.4f} exact {np.mean([row[3] for row in rows]):.3f}")
    return ", ".join(told)
