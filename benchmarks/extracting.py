"""CPU of extraction as a ratio to trafilatura's standard record of the same pages, turn about in one process.

Usage: python benchmarks/extracting.py BENCH [--corpus fundus,aeb] [--pages 50] [--rounds 2]
BENCH is a folder of <corpus>.jsonl.xz, a page a line with "html" and "url". Machines are noisy: read the ratios, not the milliseconds.
"""

from __future__ import annotations

import argparse
import json
import lzma
import resource
import time
from collections.abc import Callable
from pathlib import Path

from common.errors import PageRejected
from transforms.extract import extract


def pages(bench: Path, corpus: str, count: int) -> list[tuple[bytes, str]]:
    """Bytes and URL of every so many-th page."""
    with lzma.open(bench / f"{corpus}.jsonl.xz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [(row["html"].encode("utf-8", "replace"), row["url"]) for row in rows[:: max(1, len(rows) // count)]]


def cpu(step: Callable[[bytes, str], object], page: tuple[bytes, str]) -> float:
    """CPU seconds of one page."""
    began = time.process_time()
    step(*page)
    return time.process_time() - began


def ours(body: bytes, url: str) -> None:
    try:
        extract(body, url)
    except PageRejected:
        return


def theirs(body: bytes, url: str) -> None:
    import trafilatura

    trafilatura.bare_extraction(body, url=url, with_metadata=True, include_comments=False)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("bench", type=Path)
    asked.add_argument("--corpus", default="fundus,aeb,wcxb")
    asked.add_argument("--pages", type=int, default=50)
    asked.add_argument("--rounds", type=int, default=2, help="the fastest round of each page counts")
    options = asked.parse_args()
    for corpus in options.corpus.split(","):
        chosen = pages(options.bench, corpus, options.pages)
        for page in chosen[:5]:
            ours(*page), theirs(*page)
        rounds = [[(cpu(ours, page), cpu(theirs, page)) for page in chosen] for _ in range(options.rounds)]
        best = [tuple(map(min, zip(*found, strict=True))) for found in zip(*rounds, strict=True)]
        mine, other = (1000 * sum(found[side] for found in best) / len(best) for side in (0, 1))
        slowest = 1000 * max(found[0] for found in best)
        print(f"{corpus:10} {mine:6.1f} ms/page, trafilatura {other:6.1f} ms: {other / mine:4.2f} x as fast; slowest page {slowest:.0f} ms")
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB, trafilatura included")


if __name__ == "__main__":
    main()
