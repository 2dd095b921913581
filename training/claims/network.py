"""The tagger: a BERT encoder with a feature embedding, a linear head and a linear-chain CRF over words."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from transforms.claims.windows import FEATURES, LABELS

WIDTH, HEADS, INNER, POSITIONS = 384, 12, 1536, 512
FORBIDDEN = -1e4  # score of a step that the scheme does not know


class Layer(nn.Module):
    """One post-norm transformer layer as in BERT; `inner`: units between its last two products."""

    def __init__(self, inner: int = INNER) -> None:
        super().__init__()
        self.query, self.key, self.value, self.out = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH, 1e-12), nn.LayerNorm(WIDTH, 1e-12)
        self.up, self.down = nn.Linear(WIDTH, inner), nn.Linear(inner, WIDTH)
        self.drop = nn.Dropout(0.1)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """x: (batch, subwords, width); bias: (batch, 1, 1, subwords), 0 or very low."""
        heads = [part(x).unflatten(-1, (HEADS, WIDTH // HEADS)).transpose(1, 2) for part in (self.query, self.key, self.value)]
        scores = heads[0] @ heads[1].transpose(-1, -2) / math.sqrt(WIDTH // HEADS)
        weights = torch.softmax(scores + bias, -1)
        mixed = (weights @ heads[2]).transpose(1, 2).flatten(-2)
        x = self.norm1(x + self.drop(self.out(mixed)))
        return self.norm2(x + self.drop(self.down(nn.functional.gelu(self.up(x)))))


class Tagger(nn.Module):
    """Subword ids and features -> label scores per subword."""

    def __init__(self, depth: int = 6, inner: int = INNER) -> None:
        super().__init__()
        self.words = nn.Embedding(30522, WIDTH)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.features = nn.Embedding(FEATURES, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, 1e-12)
        self.drop = nn.Dropout(0.1)
        self.layers = nn.ModuleList(Layer(inner) for _ in range(depth))
        self.head = nn.Linear(WIDTH, len(LABELS))
        self.crf = Crf()

    def states(self, ids: Tensor, features: Tensor, mask: Tensor) -> list[Tensor]:
        """What each layer gives, (batch, subwords, width). All inputs (batch, subwords); mask 1 for real subwords."""
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.drop(self.norm(self.words(ids) + self.positions(places) + self.features(features)))
        bias = (1.0 - mask[:, None, None, :].to(x.dtype)) * FORBIDDEN
        found = []
        for layer in self.layers:
            x = layer(x, bias)
            found.append(x)
        return found

    def forward(self, ids: Tensor, features: Tensor, mask: Tensor) -> Tensor:
        """Label scores (batch, subwords, labels)."""
        return self.head(self.states(ids, features, mask)[-1])

    def take(self, teacher: dict[str, Tensor], kept: list[int]) -> None:
        """Weights of a deeper tagger; `kept`: which of its layers. Of the units of a wider one those with the greatest weights."""
        state = {name: value for name, value in teacher.items() if not name.startswith("layers.")}
        for mine, theirs in enumerate(kept):
            start = f"layers.{theirs}."
            state |= {f"layers.{mine}.{name[len(start) :]}": value for name, value in teacher.items() if name.startswith(start)}
            narrow(state, f"layers.{mine}.", self.layers[mine].up.out_features)
        self.load_state_dict(state, strict=False)

    def load_encoder(self, path: Path, kept: list[int]) -> None:
        """Weights of a sentence-transformers MiniLM file; `kept`: which of its layers."""
        w = load_file(path)
        state = {"words.weight": w["embeddings.word_embeddings.weight"], "positions.weight": w["embeddings.position_embeddings.weight"]}
        state["features.weight"] = w["embeddings.token_type_embeddings.weight"][:1].repeat(FEATURES, 1)
        state |= {f"norm.{p}": w[f"embeddings.LayerNorm.{p}"] for p in ("weight", "bias")}
        names = {"query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value"}
        names |= {"out": "attention.output.dense", "norm1": "attention.output.LayerNorm", "up": "intermediate.dense"}
        names |= {"down": "output.dense", "norm2": "output.LayerNorm"}
        for mine, theirs in enumerate(kept):
            for short, long in names.items():
                for p in ("weight", "bias"):
                    state[f"layers.{mine}.{short}.{p}"] = w[f"encoder.layer.{theirs}.{long}.{p}"]
        self.load_state_dict(state, strict=False)


def like(state: dict[str, Tensor]) -> Tagger:
    """A tagger of the size of these weights, with them."""
    depth = 1 + max(int(name.split(".")[1]) for name in state if name.startswith("layers."))
    model = Tagger(depth, len(state["layers.0.up.bias"]))
    model.load_state_dict(state, strict=False)
    return model


def narrow(state: dict[str, Tensor], layer: str, inner: int) -> None:
    """Keep `inner` of the units of a layer: those whose weights into and out of them are greatest, in their order."""
    up, down = state[f"{layer}up.weight"], state[f"{layer}down.weight"]
    units = (up.norm(dim=1) * down.norm(dim=0)).topk(inner).indices.sort().values
    for part in ("weight", "bias"):
        state[f"{layer}up.{part}"] = state[f"{layer}up.{part}"][units]
    state[f"{layer}down.weight"] = down[:, units]


class Crf(nn.Module):
    """Scores of neighbouring labels; steps that the scheme does not know are closed."""

    def __init__(self) -> None:
        super().__init__()
        n = len(LABELS)
        self.steps = nn.Parameter(torch.zeros(n, n))
        closed = [[0.0 if follows(a, b) else FORBIDDEN for b in LABELS] for a in LABELS]
        self.register_buffer("closed", torch.tensor(closed))

    def loss(self, scores: Tensor, labels: Tensor, mask: Tensor) -> Tensor:
        """Negative log likelihood per word. scores: (batch, words, labels), labels and mask: (batch, words)."""
        table = self.steps + self.closed
        total, gold = scores[:, 0], scores[:, 0].gather(1, labels[:, :1])[:, 0]
        for i in range(1, scores.shape[1]):
            on = mask[:, i]
            new = torch.logsumexp(total[:, :, None] + table, 1) + scores[:, i]
            total = torch.where(on[:, None], new, total)
            step = table[labels[:, i - 1], labels[:, i]] + scores[:, i].gather(1, labels[:, i : i + 1])[:, 0]
            gold = gold + torch.where(on, step, torch.zeros_like(step))
        return (torch.logsumexp(total, 1) - gold).sum() / mask.sum()


def follows(before: str, label: str) -> bool:
    """An inner label needs a first or inner label of its role before it."""
    return not label.startswith("I-") or (before != "O" and before[2:] == label[2:])
