"""Pairs per CPU second of the rules alone and of rules and pair model together, as a ratio in one run; memory and loading time.

Usage: python benchmarks/relations.py [FILE.jsonl ...] (lines with `a` and `b`; without files, the pairs that the model was trained with)
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from transforms.compare.pairs import pair_model
from transforms.compare.relation import read, relate
from transforms.compare.statement import Statement
from transforms.compare.weighing import votes

OURS = Path(__file__).parent.parent / "training" / "pairs" / "texts" / "w1-01.jsonl"
ROUNDS = 3  # the fastest of three: the others were disturbed


def cost(pairs: list[tuple[str, str]], judge: Callable[[Statement, Statement], object]) -> float:
    """CPU milliseconds a pair, reading included."""
    best = float("inf")
    for _ in range(ROUNDS):
        if model := pair_model():
            model.ordered.cache_clear()
            model.reader.read.cache_clear()
        began = time.process_time()
        for a, b in pairs:
            judge(read(a), read(b))
        best = min(best, time.process_time() - began)
    return best / len(pairs) * 1000


def main() -> None:
    files = [Path(name) for name in sys.argv[1:]] or [OURS]
    rows = [json.loads(line) for name in files for line in name.read_text("utf-8").splitlines() if line.strip()]
    pairs = [(row["a"], row["b"]) for row in rows]
    began = time.process_time()
    assert pair_model() is not None
    print(f"loading      {time.process_time() - began:6.2f} CPU s")
    rules, both = cost(pairs, votes), cost(pairs, relate)
    print(f"rules        {rules:6.2f} ms a pair")
    print(f"rules, model {both:6.2f} ms a pair  {both / rules:5.1f} x the rules")
    print(f"memory       {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f} MiB, {len(pairs)} pairs")


if __name__ == "__main__":
    main()
