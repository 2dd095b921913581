"""Variants of the gold pages with a few of their paragraphs, some without names in the markup: short texts are rare in the bench."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from training.extract.pages import Sample
from transforms.extract.features import features
from transforms.extract.segments import Cut

# Paragraphs that are left of a text, and the share of the other segments that are left.
FEWEST, MOST = 2, 8
OTHERS = (0.15, 0.6)
# Share of variants without names.
BARE = 0.4
WEIGHT = 0.5


def shortened(sample: Sample, seed: int) -> Sample | None:
    """One variant; None where the page is short already."""
    random = np.random.RandomState(seed)
    kept = chosen(sample.labels >= 0.5, random)
    if kept is None:
        return None
    cut = thinned(sample.page.cut, kept, bare=random.rand() < BARE)
    names, rows, page = features(cut, sample.known, sample.told if random.rand() < 0.5 else "", sample.kind)
    return replace(
        sample, rows=rows, page=page, names=names, labels=sample.labels[kept], weights=sample.weights[kept] * WEIGHT,
        sizes=sample.sizes[kept], texts=[words for words, stays in zip(sample.texts, kept, strict=True) if stays], corpus="short",
    )  # fmt: skip


def chosen(positive: NDArray[np.bool_], random: np.random.RandomState) -> NDArray[np.bool_] | None:
    """A run of the text's segments at its start or end, and some of the rest in runs."""
    at = np.flatnonzero(positive)
    if len(at) <= MOST:
        return None
    count = random.randint(FEWEST, MOST + 1)
    start = random.randint(0, len(at) - count + 1)
    kept = np.zeros(len(positive), bool)
    kept[at[start : start + count]] = True
    runs = np.repeat(random.rand(len(positive) // 5 + 1), 5)[: len(positive)]
    kept |= ~positive & (runs < random.uniform(*OTHERS))
    near = [number for number in (at[start] - 1, at[start] - 2, at[start] - 3, at[start + count - 1] + 1) if 0 <= number < len(positive)]
    kept[[number for number in near if not positive[number]]] = True
    return kept


def thinned(cut: Cut, kept: NDArray[np.bool_], *, bare: bool) -> Cut:
    """The page with these segments alone."""
    before = np.concatenate([[0], np.cumsum(kept)])
    elements = [replace(one, first=int(before[one.first]), last=int(before[one.last])) for one in cut.elements]
    if bare:
        elements = [replace(one, names="", hint=0, near=0, all=0) for one in elements]
    return Cut(elements, [segment for segment, stays in zip(cut.segments, kept, strict=True) if stays])
