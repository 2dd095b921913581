"""Train the tagger: python -m training.claims.train --corpus train.jsonl.gz --own texts/ --encoder model.safetensors --out FOLDER."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import torch
from torch import Tensor

from training.claims.corpus import Row, articles, batches, golden, labelled, written
from training.claims.network import Tagger
from transforms.claims.wordpiece import Vocabulary

RATE, HEAD_RATE, DECAY, WARM_UP = 2.5e-4, 2.5e-3, 0.01, 0.06
BATCH = 3072  # subwords of one batch, padding counted


def rows_of(texts: list[dict], vocabulary: Vocabulary) -> list[Row]:
    """Windows of all articles."""
    return [row for text in texts for row in labelled(text["text"], text["attributions"], vocabulary)]


def tensors(batch: list[Row]) -> tuple[Tensor, ...]:
    """ids, features, mask (batch, subwords); firsts, labels, mask of words (batch, words)."""
    wide, long = max(len(r.piece.ids) for r in batch), max(len(r.labels) for r in batch)

    def padded(lists: list[list[int]], size: int) -> Tensor:
        return torch.tensor([x + [0] * (size - len(x)) for x in lists])

    ids = padded([r.piece.ids for r in batch], wide)
    mask = padded([[1] * len(r.piece.ids) for r in batch], wide)
    kept = padded([[1] * len(r.labels) for r in batch], long).bool()
    features, firsts = padded([r.piece.features for r in batch], wide), padded([r.piece.firsts for r in batch], long)
    return ids, features, mask, firsts, padded([r.labels for r in batch], long), kept


def word_scores(model: Tagger, ids: Tensor, features: Tensor, mask: Tensor, firsts: Tensor) -> Tensor:
    """Scores of the first subword of every word, in full precision."""
    with torch.autocast("cpu", torch.bfloat16):
        scores = model(ids, features, mask)
    return scores.float().gather(1, firsts[:, :, None].expand(-1, -1, scores.shape[2]))


def groups(model: Tagger) -> list[dict]:
    """The encoder at a low rate, what is new at a high one; word embeddings stay as they are."""
    model.words.weight.requires_grad_(requires_grad=False)
    new = [*model.head.parameters(), *model.crf.parameters(), *model.features.parameters()]
    known = {id(p) for p in new}
    old = [p for p in model.parameters() if p.requires_grad and id(p) not in known]
    return [{"params": old, "lr": RATE}, {"params": new, "lr": HEAD_RATE}]


def main() -> None:
    """Train, and store the weights after every epoch."""
    ask = argparse.ArgumentParser()
    for name in ("corpus", "own", "golden", "encoder", "vocabulary", "out"):
        ask.add_argument(f"--{name}", type=Path, required=True)
    ask.add_argument("--layers", default="0,1,2,3,4,5")
    ask.add_argument("--epochs", type=int, default=3)
    ask.add_argument("--minutes", type=float, default=1e9, help="let the rate reach zero after so long at the latest")
    ask.add_argument("--own-times", type=int, default=3, help="how often own texts are shown in an epoch")
    ask.add_argument("--limit", type=int)
    asked = ask.parse_args()
    torch.manual_seed(1)
    vocabulary = Vocabulary(asked.vocabulary)
    kept = [int(x) for x in asked.layers.split(",")]
    model = Tagger(len(kept))
    model.load_encoder(asked.encoder, kept)
    optimiser = torch.optim.AdamW(groups(model), weight_decay=DECAY)
    rates = [g["lr"] for g in optimiser.param_groups]
    base = rows_of(articles(asked.corpus)[: asked.limit], vocabulary)
    began, step = time.time(), 0
    asked.out.mkdir(parents=True, exist_ok=True)
    saved = began
    for epoch in range(asked.epochs):
        model.train()
        plan = batches(base + rows_of(written(asked.own) + golden(asked.golden), vocabulary) * asked.own_times, BATCH, epoch)
        seen = 0.0
        for done, batch in enumerate(plan, 1):
            share = max((epoch + done / len(plan)) / asked.epochs, (time.time() - began) / 60 / asked.minutes)
            if share >= 1 and epoch + done / len(plan) < asked.epochs:
                break
            pace = min(share / WARM_UP, (1 - share) / (1 - WARM_UP))
            for group, rate in zip(optimiser.param_groups, rates, strict=True):
                group["lr"] = rate * max(pace, 0.002)
            ids, features, mask, firsts, labels, on = tensors(batch)
            loss = model.crf.loss(word_scores(model, ids, features, mask, firsts), labels, on)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            step += 1
            seen = loss.item() if not seen else 0.97 * seen + 0.03 * loss.item()
            if step % 10 == 0:
                print(
                    f"epoch {epoch} step {done}/{len(plan)} loss {seen:.4f} {time.time() - began:.0f} s",
                    flush=True,
                )
            if time.time() - saved > 420:
                saved = time.time()
                torch.save(model.state_dict(), asked.out / "latest.pt")
        torch.save(model.state_dict(), asked.out / f"epoch{epoch}.pt")
    torch.save(model.state_dict(), asked.out / "final.pt")


if __name__ == "__main__":
    main()
