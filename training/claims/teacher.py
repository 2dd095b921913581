"""What a deeper tagger tells a smaller one (Hinton and others, 2015; Jiao and others, 2020): label scores and the states of its layers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from training.claims.corpus import Row, batches
from training.claims.graph import weights
from training.claims.network import Tagger, like
from training.claims.tensors import at_words, tensors

BATCH = 6144  # subwords of one batch without gradients


@dataclass(frozen=True, slots=True)
class Lesson:
    """Of one window: scores (words, labels) and states (layers, words, width), in half precision."""

    scores: Tensor
    states: Tensor


def teacher_of(folder: Path) -> Tagger:
    """The tagger that a folder of shipped files holds."""
    return like(weights(folder)).eval()


def lessons_of(teacher: Tagger, rows: list[Row], kept: list[int]) -> dict[int, Lesson]:
    """Lessons by `id` of the row; `kept`: the layers whose states the smaller tagger's layers shall give."""
    found = {}
    for batch in batches(rows, BATCH, 0):
        ids, features, mask, firsts, _, _ = tensors(batch)
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            states = teacher.states(ids, features, mask)
            scores = at_words(teacher.head(states[-1]), firsts).half()
        layers = torch.stack([at_words(states[k], firsts).half() for k in kept], 1)
        for k, row in enumerate(batch):
            words = len(row.labels)
            found[id(row)] = Lesson(scores[k, :words].clone(), layers[k, :, :words].clone())
    return found


def missed(scores: Tensor, states: list[Tensor], lessons: list[Lesson], mask: Tensor) -> tuple[Tensor, Tensor]:
    """Per word: divergence from the teacher's label probabilities, and squared distance to its states as a share of their length.

    scores: (batch, words, labels); states: per layer (batch, words, width); mask: (batch, words).
    """
    told = torch.cat([lesson.scores for lesson in lessons]).float()
    layers = torch.cat([lesson.states for lesson in lessons], 1).float()
    ours = torch.log_softmax(scores[mask], -1)
    apart = nn.functional.kl_div(ours, torch.log_softmax(told, -1), log_target=True, reduction="batchmean")
    off = [((mine[mask].float() - theirs) ** 2).sum() / (theirs**2).sum() for mine, theirs in zip(states, layers, strict=True)]
    return apart, torch.stack(off).mean()
