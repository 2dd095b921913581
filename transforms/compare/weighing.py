"""What model and rules say of a pair, weighed into one probability a label by a logistic regression whose weights are plain data."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from transforms.compare.cues import is_negated, opposed
from transforms.compare.pairs import RELATIONS, pair_model
from transforms.compare.places import strange
from transforms.compare.rules import CHECKS
from transforms.compare.statement import Statement, Verdict, mutual, overlap

WEIGHTS = Path(__file__).parent / "weights" / "weighing.json"
# Logarithms of probabilities below e^-6 say nothing more.
LEAST = -6.0
Pairs = Literal["alone", "linked"]
KINDS = ("number", "date", "actor", "certainty", "contradicts")


def votes(a: Statement, b: Statement) -> dict[str, Verdict]:
    """The differences that rules find, by label, the first of each."""
    found: dict[str, Verdict] = {}
    for check in CHECKS:
        if verdict := check(a, b):
            found.setdefault(verdict.label, verdict)
    return found


def features(a: Statement, b: Statement, found: Mapping[str, Verdict], of: Pairs) -> list[float] | None:
    """What speaks for each label: the model's logarithms, the rules' votes, the words in common, and of pairs judged alone `signs`.

    None where the model is absent.
    """
    model = pair_model()
    if model is None:
        return None
    logs = [max(LEAST, math.log(max(float(score), 1e-9))) for score in model.scores([(a.text, b.text)])[0][: len(RELATIONS)]]
    told = signs(a, b) if of == "alone" else []
    return [*logs, *(float(kind in found) for kind in KINDS), overlap(a, b), mutual(a, b), *told]


def signs(a: Statement, b: Statement) -> list[float]:
    """Whether there is a word against its opposite, a "not" on one side, a name on each that the other lacks.

    They tell much of two texts that were put side by side; linked clauses, which are often worded quite differently, have them by chance.
    """
    crossed = all(any(strange(*pair)) for pair in ((a, b), (b, a)))
    return [float(opposed(a, b) is not None), float(is_negated(a) != is_negated(b)), float(crossed)]


@lru_cache(maxsize=1)
def weights() -> Any:
    """{"alone", "linked": {"weights": a row for each relation, "offsets": a number for each}, "evidence", "stance": offsets}."""
    return json.loads(WEIGHTS.read_text("utf-8"))


def weigh(found: Sequence[float], of: Pairs, impossible: Collection[str] = ()) -> dict[str, float]:
    """The probability of each relation, given the `features` of such a pair; 0 where it is impossible."""
    table = weights()[of]
    sums = [
        offset + sum(w * x for w, x in zip(row, found, strict=True)) for row, offset in zip(table["weights"], table["offsets"], strict=True)
    ]
    top = max(sums)
    powers = [math.exp(one - top) * (label not in impossible) for label, one in zip(RELATIONS, sums, strict=True)]
    return {label: power / sum(powers) for label, power in zip(RELATIONS, powers, strict=True)}


def choose(head: str, labels: Sequence[str], chances: Sequence[float]) -> str:
    """The label of a head whose logarithm with its offset is highest; the first on a tie."""
    sums = [math.log(max(float(chance), 1e-9)) + offset for chance, offset in zip(chances, weights()[head], strict=True)]
    return labels[sums.index(max(sums))]
