"""The table of a scorer for both methods: python -m training.claims.evaluate --gold dev.jsonl.gz --scorer score.py [--method rules]."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from training.claims.calibrate import scorer
from transforms.claims import Attribution, attribute


def rendered(item: Attribution) -> dict[str, Any]:
    """One attribution in the form of the scorer."""
    return {
        "source": {"spans": [item.source]} if item.source else None,
        "cue": {"spans": [item.cue]} if item.cue else None,
        "content": {"spans": item.content},
        "speaker": item.speaker.name,
        "polarity": item.polarity,
    }


def main() -> None:
    """Print the table, with the confidence at `--least` as threshold."""
    ask = argparse.ArgumentParser()
    for name in ("gold", "scorer"):
        ask.add_argument(f"--{name}", type=Path, required=True)
    ask.add_argument("--method", choices=["model", "rules"], default="model")
    ask.add_argument("--least", type=float, default=0.0)
    asked = ask.parse_args()
    bench = scorer(asked.scorer)
    gold = list(bench.read(asked.gold))
    made = []
    for row in gold:
        found = attribute(row["text"], language="en", method=asked.method)
        made.append({"id": row["id"], "attributions": [rendered(item) for item in found if item.confidence >= asked.least]})
    print(bench.table(bench.score(gold, made)))


if __name__ == "__main__":
    main()
