"""Fit the stored confidence: python -m training.claims.calibrate --gold dev.jsonl.gz --scorer score.py --out weights/calibration.json.

Logistic regression on the log odds of cue, content and source, with articles kept together in cross-validation; prints the reliability
diagram and the expected calibration error (Guo and others, 2017) of the held-out folds, and the threshold that gives a wanted precision.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from transforms.claims import learned
from transforms.claims.attributions import attribute
from transforms.claims.learned import Calibration, traits
from transforms.claims.linker import Group
from transforms.records import ClaimsMethod

FOLDS, BINS, RIDGE, ROUNDS = 6, 10, 1.0, 60
WANTED = 0.75  # precision of the precision mode


def scorer(path: Path) -> Any:
    """The scorer of the bench as a module."""
    spec = importlib.util.spec_from_file_location("claims_scorer", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["claims_scorer"] = module
    spec.loader.exec_module(module)
    return module


class Seen(Calibration):
    """Keeps the traits of each group and gives their number as confidence."""

    rows: list[list[float]] = []

    def confidence(self, group: Group) -> float:
        """A number under which the traits are found again."""
        self.rows.append(traits(group))
        return float(len(self.rows))


def examples(gold: list[dict[str, Any]], bench: Any, method: ClaimsMethod) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(traits, right or wrong, article) of every attribution that the tagger finds."""
    seen = Seen(*([0.0] * len(fields(Calibration))))
    learned.calibration = lambda _folder: seen
    numbers, right, article = [], [], []
    for k, row in enumerate(gold):
        found = [a for a in attribute(row["text"], language="en", method=method) if a.confidence >= 1]
        pred = [{"content": {"spans": a.content}, "source": {"spans": [a.source]} if a.source else None} for a in found]
        hits = matched(bench, row, pred)
        numbers += [int(a.confidence) - 1 for a in found]
        right += [k2 in hits for k2 in range(len(found))]
        article += [k] * len(found)
    return np.array(seen.rows)[numbers], np.array(right, dtype=float), np.array(article)


def matched(bench: Any, row: dict[str, Any], pred: list[dict[str, Any]]) -> set[int]:
    """Indexes of predictions that link like a gold attribution."""
    tokens = bench.words(row["text"])
    index = bench.char_index(row["text"], tokens)

    def words(item: dict[str, Any], role: str) -> frozenset[int]:
        return bench.wordset(item.get(role), tokens, index)

    gold = row["attributions"]

    def agrees(g: int, p: int) -> bool:
        source, other = words(gold[g], "source"), words(pred[p], "source")
        if not source:
            return not other
        head = bench.wordset([gold[g]["source"]["head"]], tokens, index) if gold[g]["source"].get("head") else frozenset([max(source)])
        return head <= other and len(other & source) * 2 >= len(other)

    pairs = bench.greedy([words(a, "content") for a in gold], [words(a, "content") for a in pred], agrees)
    return {p for _, p in pairs}


def fit(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Weights of a logistic regression with a small ridge (Newton's method)."""
    w = np.zeros(x.shape[1])
    for _ in range(ROUNDS):
        p = 1 / (1 + np.exp(-x @ w))
        slope = x.T @ (y - p) - RIDGE * w
        bend = (x * (p * (1 - p))[:, None]).T @ x + RIDGE * np.eye(len(w))
        w = w + np.linalg.solve(bend, slope)
    return w


def report(p: np.ndarray, y: np.ndarray, golds: int) -> float:
    """Print the reliability diagram and the precision mode; returns the expected calibration error."""
    error = 0.0
    for low in np.linspace(0, 1, BINS, endpoint=False):
        here = (p >= low) & (p < low + 1 / BINS)
        if here.any():
            print(f"{low:.1f}-{low + 1 / BINS:.1f}  n {here.sum():4d}  said {p[here].mean():.3f}  right {y[here].mean():.3f}")
            error += here.mean() * abs(p[here].mean() - y[here].mean())
    order = np.argsort(-p)
    precision = y[order].cumsum() / np.arange(1, len(y) + 1)
    last = int(np.nonzero(precision >= WANTED)[0].max(initial=0))
    recall = y[order][: last + 1].sum() / golds
    print(f"ECE {error:.3f}; precision {precision[last]:.3f} at recall {recall:.3f}, threshold {p[order][last]:.3f}")
    return error


def main() -> None:
    """Fit, cross-validate, write the weights."""
    ask = argparse.ArgumentParser()
    for name in ("gold", "scorer", "out"):
        ask.add_argument(f"--{name}", type=Path, required=True)
    ask.add_argument("--method", choices=["model", "fast"], default="model")
    asked = ask.parse_args()
    bench = scorer(asked.scorer)
    gold = list(bench.read(asked.gold))
    x, y, article = examples(gold, bench, asked.method)
    held_out = np.zeros(len(y))
    for fold in range(FOLDS):
        test = article % FOLDS == fold
        held_out[test] = 1 / (1 + np.exp(-x[test] @ fit(x[~test], y[~test])))
    report(held_out, y, sum(len(row["attributions"]) for row in gold))
    weights = Calibration(*(round(float(w), 4) for w in fit(x, y)))
    asked.out.write_text(json.dumps(asdict(weights), indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
