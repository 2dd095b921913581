"""CPU per page of each step, as a ratio to trafilatura's standard extraction of the same pages in the same run.

Usage: CONSILIENCE_DATA_DIR=data/demo CONSILIENCE_OUTLETS_DIR=data/demo/outlets python benchmarks/pages.py
(the captures of a demo or of your own; machines are noisy, so read the ratios, not the milliseconds)
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from common.settings import settings
from ingest.outlets import load_outlets
from ingest.store.captures import read_pages, sealed_batches
from transforms.claims import find_mentions
from transforms.extract import extract
from transforms.pipeline import transform

ROUNDS = 3  # the fastest of three: the others were disturbed


def cpu_ms(step: Callable[[Any], object], inputs: list[Any]) -> float:
    """Least CPU milliseconds per input over the rounds, after one warm-up."""
    step(inputs[0])
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        for one in inputs:
            step(one)
        best = min(best, time.process_time() - began)
    return 1000 * best / len(inputs)


def main() -> None:
    import trafilatura

    outlets = {outlet.id: outlet.profile() for outlet in load_outlets(settings().outlets_dir)}
    pages = [page for batch in sealed_batches(settings()) for page in read_pages(settings(), batch.batch_key)]
    made = [transform(page, outlets[page.capture.outlet_id], min_words=0) for page in pages]
    versions = [one.version for one in made if one.version]
    steps: list[tuple[str, Callable[[Any], object], list[Any]]] = [
        ("trafilatura (baseline)", lambda page: trafilatura.bare_extraction(page.body, url=page.capture.url), pages),
        ("extract", lambda page: extract(page.body, page.capture.url, outlet=outlets[page.capture.outlet_id]), pages),
        ("find_mentions", find_mentions, versions),
    ]
    figures = {name: cpu_ms(step, inputs) for name, step, inputs in steps}
    baseline = figures["trafilatura (baseline)"]
    for name, figure in figures.items():
        print(f"{name:24} {figure:8.2f} ms/page {figure / baseline:6.2f} x")
    print(f"{len(pages)} pages, {len(versions)} articles")


if __name__ == "__main__":
    main()
