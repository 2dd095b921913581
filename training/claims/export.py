"""Weights to a graph of 8-bit integers: python -m training.claims.export --weights W.pt --out FOLDER."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

from training.claims.graph import weights
from training.claims.network import HEADS, WIDTH, like
from transforms.graphs import SHARED, WORDS

OPSET = 20


class Attention(torch.autograd.Function):
    """Attention of all heads as one node of the graph, which the runtime computes in blocks."""

    @staticmethod
    def forward(_ctx: Any, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """All (1, subwords, width)."""
        heads = [x.unflatten(-1, (HEADS, WIDTH // HEADS)).transpose(1, 2) for x in (query, key, value)]
        return nn.functional.scaled_dot_product_attention(*heads).transpose(1, 2).flatten(-2)

    @staticmethod
    def symbolic(g: Any, query: Any, key: Any, value: Any) -> Any:
        """The node."""
        return g.op("com.microsoft::MultiHeadAttention", query, key, value, num_heads_i=HEADS).setType(query.type())


class Compact(nn.Module):
    """A model whose word table is in 8-bit integers, one scale a row; `graph.py` finds it by its name."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        table = model.words.weight.detach()
        scale = table.abs().amax(1, keepdim=True).clamp_min(1e-8) / 127
        self.register_buffer("table", (table / scale).round().to(torch.int8))
        self.register_buffer("scale", scale)
        self.model = model

    def words(self, ids: Tensor) -> Tensor:
        """ids: (1, subwords). Returns (1, subwords, width)."""
        return self.table[ids].float() * self.scale[ids]


def through(layers: Iterable[nn.Module], x: Tensor) -> Tensor:
    """What the layers make of x, (1, subwords, width), without padding."""
    for layer in layers:
        x = state(layer, x, x)
    return x


def state(layer: Any, asking: Tensor, x: Tensor) -> Tensor:
    """What one layer makes of the subwords that ask, (1, asking, width), by looking at all of x, (1, subwords, width)."""
    mixed = Attention.apply(layer.query(asking), layer.key(x), layer.value(x))
    met = layer.norm1(asking + layer.out(mixed))
    return layer.norm2(met + layer.down(nn.functional.gelu(layer.up(met))))


class Slim(Compact):
    """The tagger for one window without padding; its last layer is worked out for the first subword of each word alone."""

    def forward(self, ids: Tensor, features: Tensor, firsts: Tensor) -> Tensor:
        """ids, features: (1, subwords); firsts: (1, words), places of subwords. Returns (1, words, labels)."""
        m = self.model
        places = torch.arange(ids.shape[1])
        x = m.norm(self.words(ids) + m.positions(places) + m.features(features))
        x = through(m.layers[:-1], x)
        return m.head(state(m.layers[-1], x[:, firsts[0]], x))


def write(
    slim: nn.Module, example: tuple[Tensor, ...], names: dict[str, Any], target: Path, *, full: bool = False, reduced: bool = True
) -> None:
    """Write a model as a graph; `names` of its inputs, outputs and axes.

    Args:
        slim: The model as it is run.
        example: Inputs to trace it with.
        names: Arguments of `torch.onnx.export`.
        target: File to write.
        full: Leave the layers in full precision.
        reduced: 7-bit weights: processors without VNNI saturate on 8.
    """
    with tempfile.TemporaryDirectory() as folder:
        plain, ready = Path(folder) / "plain.onnx", Path(folder) / "ready.onnx"
        torch.onnx.export(slim.eval(), example, str(plain), opset_version=OPSET, dynamo=False, **names)
        quant_pre_process(str(plain), str(ready), skip_symbolic_shape=True)
        if full:
            shutil.copy(ready, target)
        else:
            kinds = ["MatMul", "Gemm"]
            quantize_dynamic(
                str(ready), str(target), op_types_to_quantize=kinds, per_channel=True, reduce_range=reduced, weight_type=QuantType.QInt8
            )
    share(target)


def share(target: Path) -> None:
    """Make inputs of the vectors of words, which all graphs share.

    Raises:
        ValueError: they are not those of `transforms/words`: the word table was trained, which no model here does.
    """
    graph = onnx.load(target)
    for tensor in [one for one in graph.graph.initializer if one.name in SHARED]:
        if not np.array_equal(numpy_helper.to_array(tensor), np.load(WORDS / f"{tensor.name}.npy")):
            raise ValueError(f"{tensor.name} of {target} is not the one in {WORDS}")
        graph.graph.input.append(helper.make_tensor_value_info(tensor.name, tensor.data_type, list(tensor.dims)))
        graph.graph.initializer.remove(tensor)
    target.write_bytes(graph.SerializeToString())


def main() -> None:
    """Write tagger.onnx and steps.csv."""
    ask = argparse.ArgumentParser()
    ask.add_argument("--weights", type=Path, required=True, help="a file of `train`, or a folder with a shipped graph to write anew")
    ask.add_argument("--out", type=Path, required=True)
    ask.add_argument("--float", action="store_true", help="leave the layers in full precision")
    ask.add_argument("--reduce-range", action="store_true", help="7-bit weights, for processors without VNNI")
    asked = ask.parse_args()
    state = weights(asked.weights) if asked.weights.is_dir() else torch.load(asked.weights, weights_only=True)
    asked.out.mkdir(parents=True, exist_ok=True)
    example = (torch.full((1, 7), 1000), torch.zeros(1, 7, dtype=torch.int64), torch.tensor([[1, 2, 5]]))
    axes = {"ids": {1: "subwords"}, "features": {1: "subwords"}, "firsts": {1: "words"}, "scores": {1: "words"}}
    names = {"input_names": ["ids", "features", "firsts"], "output_names": ["scores"], "dynamic_axes": axes}
    write(Slim(like(state)), example, names, asked.out / "tagger.onnx", full=asked.float, reduced=asked.reduce_range)
    np.savetxt(asked.out / "steps.csv", state["crf.steps"].numpy(), fmt="%.4f", delimiter=",")


if __name__ == "__main__":
    main()
