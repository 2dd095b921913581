"""Gradient-boosted trees from a plain data file, scored with numpy alone.

Every split of every tree is tested at once; each failed test strikes the leaves of its left branch off a bit vector of the tree, and the
lowest bit that is left is the leaf (QuickScorer, Lucchese et al., SIGIR 2015).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Bits of a 16-bit vector; trees are trained with no more leaves.
LEAVES = 16
SPLITS = LEAVES - 1
ALL, ONE = np.uint16(0xFFFF), np.uint16(1)
# Rows that are scored at once: the arrays in between stay under 1 MB.
CHUNK = 512


def lowest_bits() -> NDArray[np.uint8]:
    """Number of the lowest bit that is set, for every 16-bit value."""
    values = np.arange(1 << LEAVES, dtype=np.uint32)
    found = np.zeros(1 << LEAVES, dtype=np.uint8)
    for bit in reversed(range(LEAVES)):
        found[(values >> bit & 1) == 1] = bit
    return found


LOWEST = lowest_bits()


@dataclass(frozen=True)
class Forest:
    """Trees of one stage.

    feature, threshold, mask: (SPLITS, trees), a row's value at most the threshold keeps every leaf; leaves: (trees, LEAVES), log-odds.
    """

    names: list[str]
    feature: NDArray[np.int64]
    threshold: NDArray[np.float32]
    mask: NDArray[np.uint16]
    leaves: NDArray[np.float32]

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Forest:
        """Out of the model file: `trees` holds [features, thresholds, masks, values] of each tree."""
        trees = data["trees"]
        feature = np.zeros((len(trees), SPLITS), np.int64)
        threshold = np.full((len(trees), SPLITS), np.inf, np.float32)
        mask = np.full((len(trees), SPLITS), ALL, np.uint16)
        leaves = np.zeros((len(trees), LEAVES), np.float32)
        for number, (features, thresholds, masks, values) in enumerate(trees):
            feature[number, : len(features)] = features
            threshold[number, : len(features)] = thresholds
            mask[number, : len(features)] = masks
            leaves[number, : len(values)] = values
        return cls(list(data["names"]), feature.T.copy(), threshold.T.copy(), mask.T.copy(), leaves)

    def scores(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probability of each row, (n,); the rows' columns are those of `names`."""
        parts = [self.log_odds(rows[at : at + CHUNK]) for at in range(0, len(rows), CHUNK)]
        return 1 / (1 + np.exp(-np.concatenate(parts))) if parts else np.zeros(0)

    def log_odds(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Sum of the trees' leaves, (n,)."""
        columns = np.ascontiguousarray(rows.T)
        left = np.full((len(self.leaves), len(rows)), ALL)
        for feature, threshold, mask in zip(self.feature, self.threshold, self.mask, strict=True):  # in turn: all at once leaves the cache
            failed = columns.take(feature, axis=0) > threshold[:, None]
            left &= (failed.astype(np.uint16) - ONE) | mask[:, None]  # 0 - 1 has every bit
        leaf = LOWEST.take(left) + np.arange(len(self.leaves))[:, None] * LEAVES
        return np.asarray(self.leaves.take(leaf).sum(axis=0, dtype=np.float64))
