"""The pair model as a graph of 8-bit integers: python -m training.pairs.export --weights W.pt --out transforms/compare/weights."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import Tensor, nn

from training.claims.export import Compact, through, write
from training.pairs.network import PairModel, pooled
from transforms.compare.marks import KINDS, MOST_SUBWORDS


class Slim(Compact):
    """The model for one pair without padding."""

    def __init__(self, model: PairModel) -> None:
        super().__init__(model)
        self.register_buffer("places", model.positions.weight.detach()[:MOST_SUBWORDS].clone())

    def forward(self, ids: Tensor, marks: Tensor) -> Tensor:
        """ids, marks: (1, subwords). Returns (1, outputs)."""
        m = self.model
        x = m.norm(self.words(ids) + self.places[: ids.shape[1]] + m.features(marks))
        x = through(m.layers, x)
        return m.head(nn.functional.gelu(m.pool(pooled(x, marks, torch.ones_like(ids)))))


def main() -> None:
    """Write pairs.onnx."""
    ask = argparse.ArgumentParser()
    ask.add_argument("--weights", type=Path, required=True)
    ask.add_argument("--out", type=Path, required=True)
    asked = ask.parse_args()
    model = PairModel()
    model.load_state_dict(torch.load(asked.weights, weights_only=True))
    asked.out.mkdir(parents=True, exist_ok=True)
    axes = {name: {1: "subwords"} for name in ("ids", "marks")}
    names = {"input_names": ["ids", "marks"], "output_names": ["scores"], "dynamic_axes": axes}
    example = (torch.full((1, 8), 1000), torch.tensor([[0, 0, 0, 0, KINDS, KINDS, KINDS, KINDS]]))
    write(Slim(model), example, names, asked.out / "pairs.onnx")


if __name__ == "__main__":
    main()
