"""The weights of a shipped graph of 8-bit integers back as numbers, so that a smaller tagger can learn from it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from transforms.graphs import SHARED, WORDS


def weights(folder: Path) -> dict[str, Tensor]:
    """State of a `Tagger`, with steps of its random field, from a folder with tagger.onnx and steps.csv."""
    graph = onnx.load(folder / "tagger.onnx").graph
    values = {one.name: numpy_helper.to_array(one) for one in graph.initializer if one.name not in SHARED}
    values |= {name: np.load(WORDS / f"{name}.npy") for name in SHARED}
    made = {name: node for node in graph.node for name in node.output}
    state = {name.removeprefix("model."): value for name, value in values.items() if name.startswith("model.")}
    state["words.weight"] = values["table"] * values["scale"]
    for node in graph.node:
        bias = next((name for name in node.input if name.startswith("model.") and name.endswith(".bias")), None)
        if node.op_type == "Add" and bias:
            product = next(name for name in node.input if name != bias)
            state[bias.removeprefix("model.").removesuffix("bias") + "weight"] = matrix(product, made, values)
    state["crf.steps"] = np.loadtxt(folder / "steps.csv", delimiter=",")
    return {name: torch.tensor(np.asarray(value, dtype=np.float32)) for name, value in state.items()}


def matrix(product: str, made: dict[str, onnx.NodeProto], values: dict[str, np.ndarray]) -> np.ndarray:
    """The weight (outputs, inputs) behind a product: Mul(Cast(MatMulInteger(x, W)), scale of x * scale of W)."""
    scaled = made[product]
    whole, scales = (made[name] for name in scaled.input)
    name = made[whole.input[0]].input[1]
    assert name.endswith("_quantized")
    scale = next(values[one] for one in scales.input if one in values)
    return (values[name].astype(np.float32) * scale).T
