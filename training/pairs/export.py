"""The pair model as a graph of 8-bit integers: python -m training.pairs.export --weights W.pt --out transforms/compare/weights."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

from training.claims.export import OPSET, Attention
from training.pairs.network import PairModel, pooled
from transforms.compare.marks import KINDS, MOST_SUBWORDS


class Slim(nn.Module):
    """The model for one pair without padding, with its word table in 8-bit integers, one scale a row."""

    def __init__(self, model: PairModel) -> None:
        super().__init__()
        table = model.words.weight.detach()
        scale = table.abs().amax(1, keepdim=True).clamp_min(1e-8) / 127
        self.register_buffer("table", (table / scale).round().to(torch.int8))
        self.register_buffer("scale", scale)
        self.register_buffer("places", model.positions.weight.detach()[:MOST_SUBWORDS].clone())
        self.model = model

    def forward(self, ids: Tensor, marks: Tensor) -> Tensor:
        """ids, marks: (1, subwords). Returns (1, outputs)."""
        m = self.model
        words = self.table[ids].float() * self.scale[ids]
        x = m.norm(words + self.places[: ids.shape[1]] + m.features(marks))
        for layer in m.layers:
            x = layer.norm1(x + layer.out(Attention.apply(layer.query(x), layer.key(x), layer.value(x))))
            x = layer.norm2(x + layer.down(nn.functional.gelu(layer.up(x))))
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
    with tempfile.TemporaryDirectory() as folder:
        plain, ready = Path(folder) / "plain.onnx", Path(folder) / "ready.onnx"
        axes = {name: {1: "subwords"} for name in ("ids", "marks")}
        names = {"input_names": ["ids", "marks"], "output_names": ["scores"], "dynamic_axes": axes}
        example = (torch.full((1, 8), 1000), torch.tensor([[0, 0, 0, 0, KINDS, KINDS, KINDS, KINDS]]))
        torch.onnx.export(Slim(model).eval(), example, str(plain), opset_version=OPSET, dynamo=False, **names)
        quant_pre_process(str(plain), str(ready), skip_symbolic_shape=True)
        # 7-bit weights: processors without VNNI saturate on 8.
        target = str(asked.out / "pairs.onnx")
        quantize_dynamic(
            str(ready), target, op_types_to_quantize=["MatMul", "Gemm"], per_channel=True, reduce_range=True, weight_type=QuantType.QInt8
        )


if __name__ == "__main__":
    main()
