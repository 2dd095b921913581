"""Articles per CPU second of the tagger and of the rules, as a ratio in one run; memory and loading time of the tagger.

Usage: python benchmarks/claims.py FILE.jsonl ... (lines with `text`; machines are noisy, so read the ratio, not the seconds)
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from transforms.claims import attribute
from transforms.claims.tagger import tagger

WORDS = 750  # of an article, to which the rates are scaled
ROUNDS = 3  # the fastest of three: the others were disturbed


def rate(texts: list[str], method: str) -> float:
    """Articles of 750 words per CPU second."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        for text in texts:
            attribute(text, language="en", method="model" if method == "model" else "rules")
        best = min(best, time.process_time() - began)
    return sum(len(text.split()) for text in texts) / WORDS / best


def main() -> None:
    texts = [json.loads(line)["text"] for name in sys.argv[1:] for line in Path(name).read_text("utf-8").splitlines() if line.strip()]
    began = time.process_time()
    assert tagger() is not None
    print(f"loading      {time.process_time() - began:6.2f} CPU s")
    figures = {method: rate(texts, method) for method in ("rules", "model")}
    for method, figure in figures.items():
        print(f"{method:12} {figure:6.1f} articles/CPU s  {figures['rules'] / figure:5.1f} x the CPU of rules")
    print(f"memory       {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f} MiB, {len(texts)} articles")


if __name__ == "__main__":
    main()
