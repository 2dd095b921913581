"""What a larger model tells the small one (Hinton and others, 2015): its outputs for our own pairs and for pairs that nobody labelled.

    python -m training.pairs.tell --weights W.pt --encoder all-mpnet-base-v2 --pairs PAIRS.jsonl --out TOLD.jsonl …

--pairs: lines {"a", "b"}; the other arguments are those of `train`, which reads the lines of `Example` that are written.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import torch
from torch import nn

from training.pairs.corpus import NONE, Example, lines, write_lines
from training.pairs.large import LargeModel
from training.pairs.train import Encoded, drawn_by, encoded, sources, tensors
from transforms.claims.wordpiece import Vocabulary
from transforms.compare.marks import Reader

BATCH = 48  # pairs read at once


def tell(model: nn.Module, found: Sequence[Encoded]) -> list[Example]:
    """The examples with the model's outputs, in the order of their lengths."""
    ordered, told = sorted(found, key=lambda one: len(one[0])), []
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for at in range(0, len(ordered), BATCH):
            batch = ordered[at : at + BATCH]
            scores = model(*tensors(batch)).float().tolist()
            told += [Example(**asdict(one) | {"told": tuple(row)}) for (_, _, one), row in zip(batch, scores, strict=True)]
    return told


def main() -> None:
    """Write what the larger model tells."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sources(ask)
    for name in ("weights", "pairs"):
        ask.add_argument(f"--{name}", type=Path, required=True)
    asked = ask.parse_args()
    own = [one for one in drawn_by(asked)(0) if one.stance == NONE]
    model = LargeModel(asked.encoder)
    model.load_state_dict(torch.load(asked.weights, weights_only=True))
    told = tell(
        model.eval(), encoded(Reader(Vocabulary(asked.vocabulary)), own + [Example(row["a"], row["b"]) for row in lines(asked.pairs)])
    )
    write_lines(asked.out, map(asdict, told))


if __name__ == "__main__":
    main()
