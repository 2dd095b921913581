"""The pair model: a BERT encoder that reads two texts at once, with an embedding of marks and three heads."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from training.claims.network import FORBIDDEN, POSITIONS, WIDTH, Layer
from transforms.compare.marks import KINDS, MARKS
from transforms.compare.pairs import COLUMNS

BLUR = 0.01  # spread of the marks' rows at the start, a fifth of the encoder's own rows


class PairModel(nn.Module):
    """Subword ids and marks of a pair -> scores of all heads."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(30522, WIDTH)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.features = nn.Embedding(MARKS, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, 1e-12)
        self.drop = nn.Dropout(0.1)
        self.layers = nn.ModuleList(Layer() for _ in range(6))
        self.pool = nn.Linear(3 * WIDTH, WIDTH)
        self.head = nn.Linear(WIDTH, len(COLUMNS))

    def forward(self, ids: Tensor, marks: Tensor, mask: Tensor) -> Tensor:
        """All (batch, subwords); mask 1 for real subwords. Returns (batch, outputs)."""
        places = torch.arange(ids.shape[1])
        x = self.drop(self.norm(self.words(ids) + self.positions(places) + self.features(marks)))
        bias = (1.0 - mask[:, None, None, :]) * FORBIDDEN
        for layer in self.layers:
            x = layer(x, bias)
        return self.head(self.drop(nn.functional.gelu(self.pool(pooled(x, marks, mask)))))

    def load_encoder(self, path: Path) -> None:
        """Weights of the published sentence encoder; a mark begins as its text's token type."""
        w = load_file(path)
        state = {"words.weight": w["embeddings.word_embeddings.weight"], "positions.weight": w["embeddings.position_embeddings.weight"]}
        types = w["embeddings.token_type_embeddings.weight"].repeat_interleave(KINDS, 0)
        state["features.weight"] = types + BLUR * torch.randn(types.shape)
        state |= {f"norm.{p}": w[f"embeddings.LayerNorm.{p}"] for p in ("weight", "bias")}
        names = {"query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value"}
        names |= {"out": "attention.output.dense", "norm1": "attention.output.LayerNorm", "up": "intermediate.dense"}
        names |= {"down": "output.dense", "norm2": "output.LayerNorm"}
        for at in range(6):
            for short, long in names.items():
                for p in ("weight", "bias"):
                    state[f"layers.{at}.{short}.{p}"] = w[f"encoder.layer.{at}.{long}.{p}"]
        self.load_state_dict(state, strict=False)


def pooled(x: Tensor, marks: Tensor, mask: Tensor) -> Tensor:
    """The first subword's vector, and how the means of both texts differ and agree: (batch, 3 * width)."""
    second = (marks >= KINDS).to(x.dtype) * mask.to(x.dtype)
    first = mask.to(x.dtype) - second
    u, v = ((x * one[:, :, None]).sum(1) / one.sum(1, keepdim=True).clamp_min(1) for one in (first, second))
    return torch.cat([x[:, 0], (u - v).abs(), u * v], -1)
