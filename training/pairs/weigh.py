"""Fit `weighing.json`: python -m training.pairs.weigh --texts FOLDER --held FILES --judged PAIRS.jsonl --out transforms/compare/weights.

There are two tables: for pairs that are judged alone and for those that are linked as one claim. What was not judged stays as it is.

The weights are fitted on our own held-out pairs, edits of them, and with --labelled on real pairs held out. The offsets, one number a
label, are then moved so that few pairs that say the same are called different: on `--judged` pairs (set, a, b, label), on which no weight
is fitted.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from training.pairs.corpus import facts, lines, rows
from training.pairs.edits import made, proper_names
from training.pairs.light import light
from transforms.compare.evidence import gist
from transforms.compare.pairs import EVIDENCE, HEADS, RELATIONS, STANCES, pair_model
from transforms.compare.places import impossible
from transforms.compare.statement import read
from transforms.compare.weighing import Pairs, features, votes
from transforms.compare.weighing import weights as shipped

# Least and largest step of the search for offsets, in logarithms.
STEPS = (1.0, 0.5, 0.25, 0.1)
# What each false alarm beyond the most costs.
COST = 6.0


@dataclass(frozen=True)
class Purpose:
    """How the table of one kind of pairs is fitted."""

    of: Pairs
    # Inverse strength of the penalty on weights; of evidence brought to one spread where it `is_scaled`.
    freedom: float
    is_scaled: bool
    # Most false alarms on pairs that say the same, by set, and what macro-F1 counts on natural pairs.
    alarms: Mapping[str, float]
    natural: float


# Linked clauses have words in common by their link, and false links besides: what was fitted for pairs alone called 53 of the demo's
# links another actor, hardly one of them rightly.
PURPOSES = (
    Purpose("alone", 0.03, True, {"natural": 0.055, "edits": 0.032}, 1.5),
    Purpose("linked", 0.3, False, {"natural": 0.08, "edits": 0.035}, 1.0),
)
DIFFERENT = frozenset(RELATIONS) - {"same", "other"}


def seen(a: str, b: str, of: Pairs) -> list[float]:
    """What speaks for each relation."""
    x, y = read(a), read(b)
    found = features(x, y, votes(x, y), of)
    assert found is not None, "the weights of the pair model are absent"
    return found


def masked(a: str, b: str) -> list[float]:
    """What is added to the logarithms of relations that the texts hold no place for."""
    none = impossible(read(a), read(b))
    return [-50.0 * (label in none) for label in RELATIONS]


def logarithms(found: Sequence[dict[str, Any]], weights: Any, of: Pairs) -> Any:
    """Weighed evidence without offsets: (pairs, relations)."""
    return np.stack([np.array(seen(row["a"], row["b"], of)) @ weights.T + np.array(masked(row["a"], row["b"])) for row in found])


def held_out(folder: Path, names: Sequence[str]) -> list[tuple[str, str, str]]:
    """(a, b, label) of the held-out files, edits of their pairs that say the same, and near copies."""
    pairs = [row for name in names if name.startswith("w") for row in rows(folder, name)]
    pool, chance = proper_names([row["a"] for row in pairs]), random.Random(3)
    edits = [one for row in pairs if row["label"] == "same" for one in made(row["a"], row["b"], pool, chance)]
    copies = [(light(row["a"], chance), light(row["a"], chance), "same") for row in pairs]
    events = [row for name in names if name.startswith("facts") for row in rows(folder, name)]
    told = [(one.a, one.b, RELATIONS[one.relation]) for one in facts(events, pool, chance)]
    return [(row["a"], row["b"], row["label"]) for row in pairs] + edits + copies + told


def f1(gold: Sequence[str], found: Sequence[str], labels: Sequence[str]) -> float:
    """Mean F1 of the labels that occur."""
    scores = []
    for label in sorted(set(labels) & set(gold)):
        right = sum(g == f == label for g, f in zip(gold, found, strict=True))
        scores.append(2 * right / (sum(g == label for g in gold) + sum(f == label for f in found)))
    return sum(scores) / len(scores)


def relation_score(purpose: Purpose, name: str, gold: Sequence[str], found: Sequence[str]) -> float:
    """Macro-F1 and the F1 of any difference against same, less what false alarms cost."""
    both = [(g in DIFFERENT, f in DIFFERENT) for g, f in zip(gold, found, strict=True) if g != "other"]
    right = sum(g and f for g, f in both)
    differs = 2 * right / max(1, sum(g for g, _ in both) + sum(f for _, f in both))
    alarms = sum(g == "same" and f in DIFFERENT for g, f in zip(gold, found, strict=True)) / max(1, gold.count("same"))
    weight = purpose.natural if name == "natural" else 1.0
    return weight * f1(gold, found, RELATIONS) + differs - COST * max(0.0, alarms - purpose.alarms.get(name, 1.0))


def search(start: Sequence[float], score: Callable[[Any], float]) -> list[float]:
    """Offsets by moving one after the other for as long as the score rises."""
    best = np.array(start, float)
    top = score(best)
    for step in STEPS:
        moved = True
        while moved:
            moved = False
            for at in range(len(best)):
                for sign in (step, -step):
                    trial = best.copy()
                    trial[at] += sign
                    if (value := score(trial)) > top + 1e-6:
                        best, top, moved = trial, value, True
    return [round(float(one - best[0]), 3) for one in best]


def offsets(sums: Sequence[tuple[str, Any, Sequence[str]]], labels: Sequence[str], start: Sequence[float], judge: Any) -> list[float]:
    """The offsets of one head. sums: (set, logarithms (pairs, labels), gold)."""

    def score(trial: Any) -> float:
        return float(sum(judge(name, gold, [labels[at] for at in (logs + trial).argmax(1)]) for name, logs, gold in sums))

    return search(start, score)


def by_set(judged: Sequence[dict[str, Any]], sets: Sequence[str]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The judged pairs of each set."""
    return [(name, found) for name in sets if (found := [row for row in judged if row["set"] == name])]


def head(judged: Sequence[dict[str, Any]], sets: Sequence[str], labels: Sequence[str], part: slice) -> list[float]:
    """Offsets of evidence or stance: highest macro-F1; none where nothing was judged."""
    model = pair_model()
    assert model is not None
    sums = []
    for name, found in by_set(judged, sets):
        chances = [model.ordered(row["a"], gist(row["a"], row.get("title", ""), row["b"]))[part] for row in found]
        sums.append((name, np.log(np.maximum(np.array(chances), 1e-9)), [row["label"] for row in found]))
    return offsets(sums, labels, [0.0] * len(labels), lambda _name, gold, found: f1(gold, found, labels)) if sums else []


def table(pairs: Sequence[tuple[str, str, str]], judged: Sequence[dict[str, Any]], purpose: Purpose) -> dict[str, Any]:
    """Weights fitted on pairs (a, b, label), and offsets chosen on the judged ones."""
    x = np.array([seen(a, b, purpose.of) for a, b, _ in pairs])
    spread = np.maximum(x.std(0), 1e-9) if purpose.is_scaled else np.ones(x.shape[1])
    fitted = LogisticRegression(C=purpose.freedom, max_iter=2000).fit(x / spread, [RELATIONS.index(label) for _, _, label in pairs])
    weights = fitted.coef_ / spread
    sums = [
        (name, logarithms(found, weights, purpose.of), [row["label"] for row in found])
        for name, found in by_set(judged, ("natural", "edits"))
    ]
    moved = offsets(sums, RELATIONS, fitted.intercept_.tolist(), partial(relation_score, purpose))
    return {"weights": np.round(weights, 3).tolist(), "offsets": moved}


def main() -> None:
    """Write weighing.json."""
    ask = argparse.ArgumentParser()
    for name in ("texts", "judged", "out"):
        ask.add_argument(f"--{name}", type=Path, required=True)
    ask.add_argument("--held", nargs="*", default=[])
    ask.add_argument("--labelled", type=Path, help="real pairs that no model learned from: training.pairs.labels --held")
    ask.add_argument("--only", choices=[one.of for one in PURPOSES], help="fit this table, leave the other one")
    asked = ask.parse_args()
    pairs = held_out(asked.texts, asked.held) + [(row["a"], row["b"], row["label"]) for row in lines(asked.labelled)]
    judged = lines(asked.judged)
    new: dict[str, Any] = {
        **{one.of: table(pairs, judged, one) for one in PURPOSES if asked.only in {None, one.of}},
        "evidence": head(judged, ("healthver", "covidfact"), EVIDENCE, HEADS[1]),
        "stance": head(judged, ("emergent", "fnc"), STANCES, HEADS[2]),
    }
    kept = {name: new.get(name) or known for name, known in shipped().items()}
    (asked.out / "weighing.json").write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
