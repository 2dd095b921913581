"""The weights of the shipped graph, to go on from: python -m training.pairs.restore --graph pairs.onnx --encoder E.safetensors --out W.pt.

What was rounded to integers comes back rounded, which an epoch of training makes good; the word table is the published one.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from training.pairs.network import PairModel

PLACE = re.compile(r"/(?P<part>[a-z]+)(?:_(?P<layer>\d+))?/(?:Gemm_)?MatMul_quant")


def weight_of(node: str) -> str:
    """The name that the model has for the weights of a node: the exporter numbers the layers from the second on."""
    found = PLACE.fullmatch(node)
    if found is None:
        raise ValueError(f"{node} is no product of this model's layers: export the graph with training.pairs.export")
    return f"{found['part']}.weight" if found["part"] in {"pool", "head"} else f"layers.{found['layer'] or 0}.{found['part']}.weight"


def restored(encoder: Path, path: Path) -> PairModel:
    """The model of a graph of integers; word table and later positions are the encoder's.

    Raises:
        ValueError: the graph is not one of training.pairs.export.
    """
    graph = onnx.load(path).graph
    stored = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    state = {name.removeprefix("model."): torch.tensor(array) for name, array in stored.items() if name.startswith("model.")}
    state = {name: tensor for name, tensor in state.items() if "Transposed" not in name}
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            _, weights, _, zeros = node.input
            scale = stored[weights.replace("_quantized", "_scale")]
            array = (stored[weights].astype(np.float32) - stored[zeros].astype(np.float32)) * scale
            state[weight_of(node.name)] = torch.tensor(array.T.copy())
    model = PairModel()
    model.load_encoder(encoder)
    model.load_state_dict(state, strict=False)
    with torch.no_grad():
        model.positions.weight[: len(stored["places"])] = torch.tensor(stored["places"])
    return model


def main() -> None:
    """Write the weights."""
    ask = argparse.ArgumentParser()
    for name in ("graph", "encoder", "out"):
        ask.add_argument(f"--{name}", type=Path, required=True)
    asked = ask.parse_args()
    torch.save(restored(asked.encoder, asked.graph).state_dict(), asked.out)


if __name__ == "__main__":
    main()
