"""The sentence encoder as a graph of 8-bit integers: python -m training.encode.export --encoder model.safetensors --out FOLDER."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

from training.claims.export import OPSET, Attention
from training.claims.network import Tagger


class SentenceEncoder(nn.Module):
    """Subword ids of one text -> its unit vector; the word table in 8-bit integers, one scale a row."""

    def __init__(self, model: Tagger) -> None:
        super().__init__()
        table = model.words.weight.detach()
        scale = table.abs().amax(1, keepdim=True).clamp_min(1e-8) / 127
        self.register_buffer("table", (table / scale).round().to(torch.int8))
        self.register_buffer("scale", scale)
        self.model = model

    def forward(self, ids: Tensor) -> Tensor:
        """ids: (1, subwords). Returns (1, width)."""
        m = self.model
        words = self.table[ids].float() * self.scale[ids]
        x = m.norm(words + m.positions(torch.arange(ids.shape[1])) + m.features(torch.zeros_like(ids)))
        for layer in m.layers:
            x = layer.norm1(x + layer.out(Attention.apply(layer.query(x), layer.key(x), layer.value(x))))
            x = layer.norm2(x + layer.down(nn.functional.gelu(layer.up(x))))
        mean = x.mean(1)
        return mean / mean.norm(dim=1, keepdim=True).clamp_min(1e-9)


def main() -> None:
    """Write encoder.onnx."""
    ask = argparse.ArgumentParser()
    ask.add_argument("--encoder", type=Path, required=True, help="model.safetensors of all-MiniLM-L6-v2")
    ask.add_argument("--out", type=Path, required=True)
    asked = ask.parse_args()
    model = Tagger()
    model.load_encoder(asked.encoder, list(range(6)))
    asked.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        plain, ready = Path(folder) / "plain.onnx", Path(folder) / "ready.onnx"
        names = {"input_names": ["ids"], "output_names": ["vector"], "dynamic_axes": {"ids": {1: "subwords"}}}
        slim = SentenceEncoder(model).eval()
        torch.onnx.export(slim, (torch.full((1, 7), 1000),), str(plain), opset_version=OPSET, dynamo=False, **names)
        quant_pre_process(str(plain), str(ready), skip_symbolic_shape=True)
        # 7-bit weights: processors without VNNI saturate on 8.
        target = str(asked.out / "encoder.onnx")
        quantize_dynamic(
            str(ready), target, op_types_to_quantize=["MatMul", "Gemm"], per_channel=True, reduce_range=True, weight_type=QuantType.QInt8
        )


if __name__ == "__main__":
    main()
