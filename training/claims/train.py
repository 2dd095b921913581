"""Train the tagger, from an encoder or a deeper tagger: python -m training.claims.train --corpus train.jsonl.gz … --out FOLDER."""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from training.claims.corpus import Row, articles, batches, golden, labelled, written
from training.claims.graph import weights
from training.claims.network import INNER, Tagger
from training.claims.teacher import Lesson, lessons_of, missed, teacher_of
from training.claims.tensors import at_words, tensors
from transforms.claims.wordpiece import Vocabulary

RATE, HEAD_RATE, DECAY, WARM_UP = 2.5e-4, 2.5e-3, 0.01, 0.06
BATCH = 3072  # subwords of one batch, padding counted
# Parts of a smaller tagger's loss: the corpus' labels, the teacher's label probabilities, the states of its layers.
GOLD, TOLD, STATES = 0.3, 1.0, 1.0


@dataclass(slots=True)
class School:
    """What is trained, on what."""

    model: Tagger
    base: list[Row]
    own: list[Row]
    lessons: dict[int, Lesson] = field(default_factory=dict)


def rows_of(texts: list[dict], vocabulary: Vocabulary) -> list[Row]:
    """Windows of all articles."""
    return [row for text in texts for row in labelled(text["text"], text["attributions"], vocabulary)]


def school_of(asked: argparse.Namespace) -> School:
    """Model and rows; with a teacher its weights and lessons."""
    vocabulary = Vocabulary(asked.vocabulary)
    kept = [int(x) for x in asked.layers.split(",")]
    base = rows_of(articles(asked.corpus)[: asked.limit], vocabulary)
    own = rows_of(written(asked.own) + golden(asked.golden), vocabulary)
    model = Tagger(len(kept), asked.inner)
    if not asked.teacher:
        model.load_encoder(asked.encoder, kept)
        return School(model, base, own)
    model.take(weights(asked.teacher), kept)
    return School(model, base, own, lessons_of(teacher_of(asked.teacher), base + own, kept))


def loss_of(school: School, batch: list[Row]) -> Tensor:
    """Of the corpus' labels; with lessons, of what the teacher tells too."""
    ids, features, mask, firsts, labels, on = tensors(batch)
    with torch.autocast("cpu", torch.bfloat16):
        states = school.model.states(ids, features, mask)
        scores = at_words(school.model.head(states[-1]), firsts)
    gold = school.model.crf.loss(scores, labels, on)
    if not school.lessons:
        return gold
    apart, off = missed(scores, [at_words(x, firsts) for x in states], [school.lessons[id(row)] for row in batch], on)
    return GOLD * gold + TOLD * apart + STATES * off


def groups(model: Tagger, *, taught: bool) -> list[dict]:
    """The encoder at a low rate, what is new at a high one (`taught`: nothing is); word embeddings stay as they are."""
    model.words.weight.requires_grad_(requires_grad=False)
    new = [*model.head.parameters(), *model.crf.parameters(), *model.features.parameters()]
    known = {id(p) for p in new}
    old = [p for p in model.parameters() if p.requires_grad and id(p) not in known]
    return [{"params": old, "lr": RATE}, {"params": new, "lr": RATE if taught else HEAD_RATE}]


def train(school: School, asked: argparse.Namespace) -> None:
    """All epochs; the rate rises, then falls to zero. Weights are stored after every epoch."""
    optimiser = torch.optim.AdamW(groups(school.model, taught=bool(school.lessons)), weight_decay=DECAY)
    rates = [g["lr"] for g in optimiser.param_groups]
    began, seen = time.time(), 0.0
    school.model.train()
    for epoch in range(asked.epochs):
        plan = batches(school.base + school.own * asked.own_times, BATCH, epoch)
        for done, batch in enumerate(plan, 1):
            share = max((epoch + done / len(plan)) / asked.epochs, (time.time() - began) / 60 / asked.minutes)
            if share >= 1 and epoch + done / len(plan) < asked.epochs:
                break
            pace = min(share / WARM_UP, (1 - share) / (1 - WARM_UP))
            for group, rate in zip(optimiser.param_groups, rates, strict=True):
                group["lr"] = rate * max(pace, 0.002)
            loss = loss_of(school, batch)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(school.model.parameters(), 1.0)
            optimiser.step()
            seen = 0.97 * seen + 0.03 * loss.item() if seen else loss.item()
            if done % 10 == 0:
                print(f"epoch {epoch} step {done}/{len(plan)} loss {seen:.4f} CPU {time.process_time():.0f} s", flush=True)
        torch.save(school.model.state_dict(), asked.out / f"epoch{epoch}.pt")
    torch.save(school.model.state_dict(), asked.out / "final.pt")


def main() -> None:
    """Read the arguments and train."""
    ask = argparse.ArgumentParser()
    for name in ("corpus", "own", "golden", "vocabulary", "out"):
        ask.add_argument(f"--{name}", type=Path, required=True)
    start = ask.add_mutually_exclusive_group(required=True)
    start.add_argument("--encoder", type=Path, help="a MiniLM file in safetensors")
    start.add_argument("--teacher", type=Path, help="a folder with a deeper tagger: tagger.onnx, steps.csv")
    ask.add_argument("--layers", default="0,1,2,3,4,5", help="those that are kept of the encoder or the teacher")
    ask.add_argument("--inner", type=int, default=INNER, help="units that are kept of those inside each layer of a teacher")
    ask.add_argument("--epochs", type=int, default=3)
    ask.add_argument("--minutes", type=float, default=1e9, help="let the rate reach zero after so long at the latest")
    ask.add_argument("--own-times", type=int, default=3, help="how often own texts are shown in an epoch")
    ask.add_argument("--limit", type=int)
    asked = ask.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(1)  # the result depends on the order of sums
    asked.out.mkdir(parents=True, exist_ok=True)
    train(school_of(asked), asked)


if __name__ == "__main__":
    main()
