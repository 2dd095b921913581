"""Labels for pages without a gold text: trafilatura and a first model, where they agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from training.extract.pages import Sample, aligned, tokens
from transforms.extract import fallback, furniture, signals

# Share of words, in the pages' two readings, from which a page is believed; fewer words are no article.
AGREEMENT, FEWEST = 0.8, 80
# A mean vote farther from one half than this is a label.
SURE = 0.25


def votes(sample: Sample) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Share of each segment that trafilatura keeps: with this package's trims, and with favor_precision."""
    import trafilatura

    found = signals.read(sample.html, sample.url)
    trimmed = "\n".join(furniture.trim(fallback.chosen(found), sample.known).paragraphs)
    precise = trafilatura.extract(sample.html, include_comments=False, favor_precision=True) or ""
    return aligned(sample.texts, tokens(trimmed)), aligned(sample.texts, tokens(precise))


def taught(sample: Sample, scores: NDArray[np.float64]) -> None:
    """Label what the gold leaves open."""
    trimmed, precise = votes(sample)
    soft = 0.5 * scores + 0.25 * trimmed + 0.25 * precise
    mine, other = scores >= 0.5, trimmed >= 0.5
    both = 2 * (sample.sizes * (mine & other)).sum() / max(1, (sample.sizes * mine).sum() + (sample.sizes * other).sum())
    if both < AGREEMENT or sample.sizes[mine].sum() < FEWEST:
        return
    is_open = (sample.weights == 0) & (np.abs(soft - 0.5) > SURE)
    sample.labels[is_open] = np.where(soft > 0.5, np.maximum(soft, 0.9), np.minimum(soft, 0.1))[is_open]
    sample.weights[is_open] = 0.5
