"""Train the pair model: python -m training.pairs.train --texts training/pairs/texts --encoder model.safetensors … --out W.pt."""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from training.matching.events import events
from training.pairs.corpus import NONE, Example, alone, examples, lines, relations, stances
from training.pairs.large import LargeModel
from training.pairs.matrices import pairs
from training.pairs.network import PairModel
from transforms.claims.wordpiece import Vocabulary
from transforms.compare.marks import KINDS, Reader
from transforms.compare.pairs import HEADS

BATCH = 32
RATE = 1.2e-4  # small encoders take more than the usual 3e-5
NEW = 6  # times the rate for the marks and the heads, which begin from nothing
DECAY = 0.02
WARM_UP = 0.08
ARTICLES = 1_500  # of FNC-1 in one epoch: more would crowd out the statements
MATRICES = 2  # times that pairs of matrices are shown in an epoch: they are few, and what the model is asked most
KNOWN, HEAT = 0.3, 1.5  # beside what a larger model tells a label counts less; the usual softening of both distributions
LABELLED = 2  # times that pairs of real sentences are shown in an epoch: all else is written by us, and cleaner than the news
SMOOTHING = 0.05  # labels of one reader: the last twentieth is doubt
HALVED = torch.backends.mkldnn.is_available() and torch.ops.mkldnn._is_mkldnn_bf16_supported()  # elsewhere bfloat16 takes 13 times as long
Encoded = tuple[list[int], list[int], Example]


def encoded(reader: Reader, found: Sequence[Example]) -> list[Encoded]:
    """Subwords and marks of each example."""
    return [(*reader.pair(one.a, one.b), one) for one in found]


def batches(found: Sequence[Encoded], seed: int) -> list[list[Encoded]]:
    """Batches of about one length, in random order."""
    chance = random.Random(seed)
    ordered = sorted(found, key=lambda one: len(one[0]) + chance.random() * 8)
    plan = [ordered[at : at + BATCH] for at in range(0, len(ordered), BATCH)]
    chance.shuffle(plan)
    return plan


def tensors(batch: Sequence[Encoded]) -> tuple[Tensor, Tensor, Tensor]:
    """Ids, marks and mask: (batch, subwords)."""
    longest = max(len(ids) for ids, _, _ in batch)
    ids = torch.tensor([one + [0] * (longest - len(one)) for one, _, _ in batch])
    marks = torch.tensor([one + [KINDS] * (longest - len(one)) for _, one, _ in batch])
    return ids, marks, (ids != 0).float()


def loss(scores: Tensor, batch: Sequence[Encoded]) -> Tensor:
    """Cross-entropy of every head over the examples whose output is known, and what is missed of what a larger model told."""
    total = torch.zeros(())
    for name, head in zip(("relation", "evidence", "stance"), HEADS, strict=True):
        gold = torch.tensor([getattr(one, name) for _, _, one in batch])
        known = gold != NONE
        if known.any():
            weights = torch.tensor([KNOWN if one.told else 1.0 for _, _, one in batch])[known]
            apart = nn.functional.cross_entropy(scores[known, head], gold[known], label_smoothing=SMOOTHING, reduction="none")
            total = total + (weights * apart).sum() / len(batch)
    return total + missed(scores, [one for _, _, one in batch])


def missed(scores: Tensor, batch: Sequence[Example]) -> Tensor:
    """Divergence from what a larger model told of relation and evidence, each where a label tells it, both without any."""
    total = torch.zeros(())
    for name, head in zip(("relation", "evidence"), HEADS, strict=False):
        at = [n for n, one in enumerate(batch) if one.told and (getattr(one, name) != NONE or one.relation == one.evidence == NONE)]
        if at:
            ours = torch.log_softmax(scores[at, head] / HEAT, -1)
            theirs = torch.log_softmax(torch.tensor([batch[n].told for n in at])[:, head] / HEAT, -1)
            total = total + nn.functional.kl_div(ours, theirs, log_target=True, reduction="sum") * HEAT**2 / len(batch)
    return total


def groups(model: nn.Module, rate: float) -> list[dict[str, object]]:
    """Parameters with their rates; the word table stays as published, so that rare words keep their meaning."""
    model.words.weight.requires_grad = False
    new = [*model.features.parameters(), *model.pool.parameters(), *model.head.parameters()]
    taken = {id(one) for one in new} | {id(model.words.weight)}
    return [
        {"params": [one for one in model.parameters() if one.requires_grad and id(one) not in taken], "lr": rate},
        {"params": new, "lr": rate * NEW},
    ]


def train(model: nn.Module, drawn: Callable[[int], Sequence[Encoded]], epochs: int, rate: float, out: Path) -> None:
    """Fit the model and keep it after every epoch; the rate rises, then falls to nothing."""
    optimiser = torch.optim.AdamW(groups(model, rate), weight_decay=DECAY, fused=True)
    rates = [float(group["lr"]) for group in optimiser.param_groups]
    began = time.process_time()
    for epoch in range(epochs):
        model.train()
        plan, seen = batches(drawn(epoch), epoch), 0.0
        for done, batch in enumerate(plan):
            share = (epoch + done / len(plan)) / epochs
            pace = min(share / WARM_UP, (1 - share) / (1 - WARM_UP))
            for group, full in zip(optimiser.param_groups, rates, strict=True):
                group["lr"] = full * max(pace, 0.002)
            ids, marks, mask = tensors(batch)
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=HALVED):
                scores = model(ids, marks, mask)
            value = loss(scores.float(), batch)
            optimiser.zero_grad()
            value.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            seen += value.item()
        torch.save(model.state_dict(), out)
        print(f"epoch {epoch} loss {seen / len(plan):.4f} {time.process_time() - began:.0f} CPU s", flush=True)


def sources(ask: argparse.ArgumentParser) -> None:
    """What examples are drawn from."""
    for name in ("texts", "encoder", "vocabulary", "out"):
        ask.add_argument(f"--{name}", type=Path, required=True)
    ask.add_argument("--stances", type=Path, help="FNC-1 as JSON lines: claim, title, text, label")
    ask.add_argument("--matrices", type=Path, help="folder of events with tagged claims, as training/matching/own/events")
    ask.add_argument("--labelled", type=Path, help="pairs of real sentences, from training.pairs.labels: a, b, label")
    ask.add_argument("--skip", nargs="*", default=[], help="files of our own pairs and events to hold out, without ending")
    ask.add_argument("--most", type=int, help="examples of an epoch beside labelled ones, by chance; all by default")
    ask.add_argument("--seed", type=int, default=7)


def drawn_by(asked: argparse.Namespace, told: Sequence[Example] = ()) -> Callable[[int], list[Example]]:
    """Draws the examples of an epoch; `told` ones stand in place of our own pairs."""
    articles, labelled = lines(asked.stances), lines(asked.labelled)
    matched = [pair for gold, texts in events(asked.matrices, asked.skip) for pair in pairs(gold, texts)] if asked.matrices else []

    def drawn(epoch: int) -> list[Example]:
        chance = random.Random(f"{asked.seed} {epoch}")
        found = examples(asked.texts, chance, asked.skip)
        if told:
            found = [*told, *(one for one in found if one.stance != NONE)]
        else:
            found += [one for _ in range(MATRICES) for one in relations(matched, chance)]
        found += stances(chance.sample(articles, min(len(articles), ARTICLES)))
        kept = chance.sample(found, min(len(found), asked.most or len(found)))
        kept += [one for _ in range(LABELLED) for one in alone(labelled, chance)]
        print(f"{len(kept)} examples, drawn from {len(found)}", flush=True)
        return kept

    return drawn


def main() -> None:
    """Write the weights."""
    ask = argparse.ArgumentParser()
    sources(ask)
    ask.add_argument("--told", type=Path, help="what training.pairs.tell wrote, in place of our own pairs")
    ask.add_argument("--large", type=int, metavar="FROZEN", help="train a larger model, whose encoder is a folder; its lowest layers stay")
    ask.add_argument("--epochs", type=int, default=4)
    ask.add_argument("--rate", type=float, default=RATE)
    ask.add_argument("--threads", type=int, default=1)
    ask.add_argument("--begin", type=Path, help="weights to go on from, in place of the published encoder")
    asked = ask.parse_args()
    torch.manual_seed(asked.seed)
    torch.set_num_threads(asked.threads)
    reader = Reader(Vocabulary(asked.vocabulary))
    drawn = drawn_by(asked, [Example(**row | {"told": tuple(row["told"])}) for row in lines(asked.told)])
    model = begun(asked)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    train(model, lambda epoch: encoded(reader, drawn(epoch)), asked.epochs, asked.rate, asked.out)


def begun(asked: argparse.Namespace) -> nn.Module:
    """The model as its training begins."""
    if asked.large is not None:
        model: nn.Module = LargeModel(asked.encoder, asked.large)
    else:
        model = PairModel()
        model.load_encoder(asked.encoder)
        for layer in model.layers if asked.told else []:
            layer.drop.p = 0.0  # what is told is no accident to be guarded against, and chance costs a third of a step
    if asked.begin:
        model.load_state_dict(torch.load(asked.begin, weights_only=True))
    return model


if __name__ == "__main__":
    main()
