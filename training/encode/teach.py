"""Teach the encoder of clauses: those of one story shall lie to each other as a larger encoder, all-mpnet-base-v2, has them lie.

    python -m training.encode.teach ARCHIVE.jsonl[.xz] … --events FOLDER --skip … --larger FOLDER --encoder model.safetensors \
        --out RUN/clauses.pt [--minutes 23]

An archive holds {"story", "title", "text"} a line; nothing is labelled. Progress goes to stderr.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import MPNetModel

from training.claims.network import Tagger
from training.pairs.large import renumbered
from training.pairs.loose import by_event, sentences
from transforms.claims.windows import CLS, SEP
from transforms.claims.wordpiece import vocabulary
from transforms.compare.clauses import clauses
from transforms.compare.likeness import FEW
from transforms.encode.encoder import MOST_SUBWORDS, inside, located
from transforms.graphs import VOCABULARY

# Sentences of a story that are read by the larger encoder, and of those how many make one step: what two cores do in half a second.
OF_A_STORY, OF_A_STEP = 90, 40
# The rate after so many steps, and the share of it that is left in the end, to which it falls evenly: the loss fell without a rise.
RATE, WARM_UP, LAST = 1.2e-4, 40, 0.02
# How sharply the nearest clauses count before the others, and what the three parts of the loss count.
SHARP, NEAR, RAW = 0.1, 10.0, 2.0


class Read(NamedTuple):
    """A sentence in subwords, and which of them each of its clauses has; none of those behind the last that is read."""

    ids: list[int]
    rows: list[list[int]]


def told(articles: Sequence[dict[str, Any]], chance: random.Random) -> list[str]:
    """Some distinct sentences of a story."""
    found = sorted({text for _, text in sentences(articles)})
    return chance.sample(found, min(OF_A_STORY, len(found)))


def reading(text: str) -> Read:
    """A sentence as the encoder reads it."""
    read = located(vocabulary(VOCABULARY), text, MOST_SUBWORDS - 2)
    return Read([CLS, *(one for one, _ in read), SEP], inside(read, clauses(text)))


def padded(reads: Sequence[Read]) -> tuple[Tensor, Tensor]:
    """ids and mask, (sentences, subwords)."""
    wide = max(len(one.ids) for one in reads)
    rows = [one.ids + [0] * (wide - len(one.ids)) for one in reads]
    return torch.tensor(rows), torch.tensor([[1.0] * len(one.ids) + [0.0] * (wide - len(one.ids)) for one in reads])


def means(states: Tensor, reads: Sequence[Read]) -> Tensor:
    """Unit vectors of each sentence and its clauses, one below the other: (vectors, width). states: (sentences, subwords, width)."""
    found = []
    for state, read in zip(states.float(), reads, strict=True):
        whole = state[: len(read.ids)].mean(0)
        found += [whole, *(state[rows].mean(0) if rows else whole for rows in read.rows)]
    return functional.normalize(torch.stack(found), dim=1)


def of_larger(model: MPNetModel, reads: Sequence[Read]) -> Tensor:
    """What the larger encoder makes of sentences."""
    ids, mask = padded(reads)
    return means(model(renumbered(ids, mask), attention_mask=mask).last_hidden_state, reads)


def of_smaller(model: Tagger, reads: Sequence[Read]) -> Tensor:
    """What the encoder that learns makes of sentences."""
    ids, mask = padded(reads)
    with torch.autocast("cpu", torch.bfloat16):
        states = model.states(ids, torch.zeros_like(ids), mask)[-1]
    return means(states, reads)


def apart(vectors: Tensor) -> Tensor:
    """As `apart_from_mean` of the comparison."""
    return functional.normalize(vectors - vectors.mean(0) * (len(vectors) / (len(vectors) + FEW)), dim=1)


def loss(mine: Tensor, theirs: Tensor) -> Tensor:
    """How far the cosines of every two vectors are from those of the larger encoder, and the order of the nearest from its order."""
    one, off = torch.eye(len(mine), dtype=torch.bool), ~torch.eye(len(mine), dtype=torch.bool)
    a, b = (apart(vectors) @ apart(vectors).T for vectors in (mine, theirs))
    raw = (mine @ mine.T - theirs @ theirs.T)[off].square().mean()
    ranks = [(near / SHARP).masked_fill(one, -1e4) for near in (a, b)]
    order = functional.kl_div(functional.log_softmax(ranks[0], 1), functional.softmax(ranks[1], 1), reduction="batchmean")
    return NEAR * (a - b)[off].square().mean() + RAW * raw + order


def taught(folder: Path, stories: Sequence[list[Read]]) -> Iterator[list[Tensor]]:
    """The vectors that the larger encoder gives, by story and sentence."""
    model = MPNetModel.from_pretrained(folder, add_pooling_layer=False).eval().to(torch.bfloat16)
    for number, reads in enumerate(stories):
        with torch.inference_mode():
            yield [of_larger(model, [one]).half() for one in reads]
        sys.stderr.write(f"\rread {number + 1} of {len(stories)} stories")


def learn(model: Tagger, stories: Sequence[list[Read]], theirs: Sequence[list[Tensor]], seconds: float, chance: random.Random) -> None:
    """Steps over one story each, drawn by its sentences, until the time is over."""
    parts = [part for part in model.parameters() if part.requires_grad]
    steps, began, step = torch.optim.AdamW(parts, lr=RATE, weight_decay=0.01), time.monotonic(), 0
    while (gone := (time.monotonic() - began) / seconds) < 1:
        for group in steps.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / WARM_UP) * max(LAST, 1 - gone)
        (at,) = chance.choices(range(len(stories)), list(map(len, stories)))
        chosen = chance.sample(range(len(stories[at])), min(OF_A_STEP, len(stories[at])))
        mine = of_smaller(model, [stories[at][one] for one in chosen])
        steps.zero_grad()
        far = loss(mine, torch.cat([theirs[at][one].float() for one in chosen]))
        far.backward()
        nn.utils.clip_grad_norm_(parts, 1.0)
        steps.step()
        step += 1
        sys.stderr.write(f"\rstep {step}, loss {far.item():.3f} ")


def main() -> None:
    """Write the weights."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("archives", type=Path, nargs="*")
    for name in ("events", "larger", "encoder", "out"):
        ask.add_argument(f"--{name}", type=Path)
    ask.add_argument("--skip", nargs="*", default=[], help="events to leave out, without ending")
    ask.add_argument("--minutes", type=float, default=23)
    asked = ask.parse_args()
    chance = random.Random(3)
    drawn = [told(articles, chance) for articles in by_event(asked.archives, asked.events, asked.skip)]
    stories = [list(map(reading, texts)) for texts in drawn if len(texts) > 1]
    model = Tagger()
    model.load_encoder(asked.encoder, list(range(6)))
    model.words.weight.requires_grad_(False)  # the table of words is shared by all graphs
    learn(model.eval(), stories, list(taught(asked.larger, stories)), 60 * asked.minutes, chance)
    torch.save(model.state_dict(), asked.out)


if __name__ == "__main__":
    main()
