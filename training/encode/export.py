"""A sentence encoder as a graph of 8-bit integers.

python -m training.encode.export --encoder model.safetensors --out FOLDER/encoder.onnx
python -m training.encode.export --weights RUN/clauses.pt --out FOLDER/clauses.onnx
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import Tensor

from training.claims.export import Compact, through, write
from training.claims.network import Tagger


class SentenceEncoder(Compact):
    """Subword ids of one text -> its unit vector, and the last layer of which it is the mean."""

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """ids: (1, subwords). Returns (1, width) and (1, subwords, width)."""
        m = self.model
        x = m.norm(self.words(ids) + m.positions(torch.arange(ids.shape[1])) + m.features(torch.zeros_like(ids)))
        x = through(m.layers, x)
        mean = x.mean(1)
        return mean / mean.norm(dim=1, keepdim=True).clamp_min(1e-9), x


def main() -> None:
    """Write the graph."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--encoder", type=Path, help="model.safetensors of all-MiniLM-L6-v2")
    ask.add_argument("--weights", type=Path, help="what training.encode.teach wrote, in place of it")
    ask.add_argument("--out", type=Path, required=True)
    asked = ask.parse_args()
    model = Tagger()
    if asked.weights:
        model.load_state_dict(torch.load(asked.weights))
    else:
        model.load_encoder(asked.encoder, list(range(6)))
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    axes = {"ids": {1: "subwords"}, "states": {1: "subwords"}}
    names = {"input_names": ["ids"], "output_names": ["vector", "states"], "dynamic_axes": axes}
    write(SentenceEncoder(model), (torch.full((1, 7), 1000),), names, asked.out)


if __name__ == "__main__":
    main()
