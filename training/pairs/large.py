"""A larger pair model, from which the small one learns: the encoder of all-mpnet-base-v2 (Song and others, 2020)."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import MPNetModel

from training.claims.network import FORBIDDEN
from training.pairs.network import BLUR, pooled
from transforms.claims.windows import CLS, SEP
from transforms.compare.marks import MARKS
from transforms.compare.pairs import COLUMNS

WIDTH, UNITS = 768, 384
# MPNet's vocabulary is BERT's behind four words of its own, of which these begin a text, fill a batch and end a text.
SHIFT, BEGIN, FILL, END = 4, 0, 1, 2
FIRST_PLACE = 2  # its table of positions begins with two that no word takes


def renumbered(ids: Tensor, mask: Tensor) -> Tensor:
    """MPNet's ids of subwords with BERT's, both (batch, subwords); mask 1 for real subwords."""
    own = torch.where(mask > 0, ids + SHIFT, FILL)
    return torch.where(ids == CLS, BEGIN, torch.where(ids == SEP, END, own))


class LargeModel(nn.Module):
    """The encoder of all-mpnet-base-v2 with the marks and heads of `PairModel`. The lowest `frozen` layers stay as published."""

    def __init__(self, folder: Path, frozen: int = 0) -> None:
        super().__init__()
        # Without chance inside the layers: drawing it takes a third of a step, and an example is seen once.
        encoder = MPNetModel.from_pretrained(folder, add_pooling_layer=False, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
        self.words, self.positions = encoder.embeddings.word_embeddings, encoder.embeddings.position_embeddings
        self.norm, self.encoder = encoder.embeddings.LayerNorm, encoder.encoder
        self.features = nn.Embedding(MARKS, WIDTH)
        nn.init.normal_(self.features.weight, std=BLUR)
        self.drop = nn.Dropout(0.1)
        self.pool, self.head = nn.Linear(3 * WIDTH, UNITS), nn.Linear(UNITS, len(COLUMNS))
        for part in [self.positions, *self.encoder.layer[:frozen]] if frozen else []:
            part.requires_grad_(False)

    def forward(self, ids: Tensor, marks: Tensor, mask: Tensor) -> Tensor:
        """All (batch, subwords), ids of BERT; mask 1 for real subwords. Returns (batch, outputs)."""
        own = renumbered(ids, mask)
        places = torch.arange(ids.shape[1]) + FIRST_PLACE
        x = self.drop(self.norm(self.words(own) + self.positions(places) + self.features(marks)))
        bias = (1.0 - mask[:, None, None, :]) * FORBIDDEN
        distances = self.encoder.compute_position_bias(x)
        for layer in self.encoder.layer:
            x = layer(x, bias, distances)[0]
        return self.head(self.drop(nn.functional.gelu(self.pool(pooled(x, marks, mask)))))
