"""Train the block selector: `python -m training.extract BENCH [--cv FOLDS] [--out model.json]`.

BENCH is a folder with fundus, aeb, wcxb, trafeval and htmldate as .jsonl.xz (see CARD.md). Needs lightgbm, which the product does not.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.extract import evaluate
from training.extract.export import forest
from training.extract.pages import Sample, load, sample
from training.extract.rebuild import rebuilt
from training.extract.shorten import shortened
from training.extract.stages import Params, first_fit, fitted, folds
from training.extract.teacher import taught
from transforms.extract.selector import FILE

CORPORA = ("fundus", "aeb", "wcxb", "trafeval", "htmldate")
GOLD = ("fundus", "aeb", "wcxb")
THRESHOLD = 0.45


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("bench", type=Path)
    asked.add_argument("--cv", type=int, default=0, help="folds by site; 0: none")
    asked.add_argument("--out", type=Path, default=FILE)
    asked.add_argument("--keep", type=Path, help="folder for the scores of the cross-validation")
    options = asked.parse_args()
    pages = [made for row in load(options.bench, CORPORA) if (made := sample(row))]
    teach(pages)
    if options.cv:
        validate(pages, options.cv, options.keep)
    stages = fitted(with_variants(pages), Params())
    data = {
        "threshold": THRESHOLD,
        "first": forest(stages.first, stages.names),
        "second": forest(stages.second, stages.all_names),
    }
    options.out.write_text(json.dumps(data, separators=(",", ":")) + "\n", "utf-8")
    print(f"{options.out}: {options.out.stat().st_size} bytes")


def with_variants(pages: list[Sample]) -> list[Sample]:
    """The pages and two variants of each that has a gold text."""
    gold = [(number, page) for number, page in enumerate(pages) if page.corpus in GOLD]
    made = [variant(page, number) for number, page in gold for variant in (shortened, rebuilt)]
    return [*pages, *(page for page in made if page)]


def teach(pages: list[Sample]) -> None:
    """Label the pages without a gold text."""
    gold = [page for page in pages if page.corpus in GOLD]
    first = first_fit(gold, Params())
    for page in pages:
        if page.corpus not in GOLD:
            taught(page, np.asarray(np.mean([booster.predict(page.rows) for booster in first], axis=0)))


def validate(pages: list[Sample], count: int, keep: Path | None) -> None:
    """Grouped cross-validation; prints a line for each threshold."""
    numbers = folds([page.site for page in pages], count)
    scores: list[NDArray[np.float64]] = [np.zeros(0)] * len(pages)
    for fold in range(count):
        stages = fitted(with_variants([page for page, number in zip(pages, numbers, strict=True) if number != fold]), Params())
        for at, number in enumerate(numbers):
            if number == fold:
                scores[at] = stages.scores(pages[at])
    if keep:
        np.savez(
            keep / "cv.npz", allow_pickle=False, **{f"{page.corpus}/{page.ident}": found for page, found in zip(pages, scores, strict=True)}
        )
    for threshold in (0.4, 0.5, 0.6):
        print(f"threshold {threshold}: {evaluate.line(pages, scores, threshold)}", flush=True)


if __name__ == "__main__":
    main()
