"""Windows as padded tensors."""

from __future__ import annotations

import torch
from torch import Tensor

from training.claims.corpus import Row


def tensors(batch: list[Row]) -> tuple[Tensor, ...]:
    """ids, features, mask (batch, subwords); firsts, labels, mask of words (batch, words)."""
    wide, long = max(len(r.piece.ids) for r in batch), max(len(r.labels) for r in batch)

    def padded(lists: list[list[int]], size: int) -> Tensor:
        return torch.tensor([x + [0] * (size - len(x)) for x in lists])

    ids = padded([r.piece.ids for r in batch], wide)
    mask = padded([[1] * len(r.piece.ids) for r in batch], wide)
    kept = padded([[1] * len(r.labels) for r in batch], long).bool()
    features, firsts = padded([r.piece.features for r in batch], wide), padded([r.piece.firsts for r in batch], long)
    return ids, features, mask, firsts, padded([r.labels for r in batch], long), kept


def at_words(values: Tensor, firsts: Tensor) -> Tensor:
    """(batch, subwords, n) at the first subword of every word, in full precision: (batch, words, n)."""
    return values.float().gather(1, firsts[:, :, None].expand(-1, -1, values.shape[2]))
