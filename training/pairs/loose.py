"""Pairs of sentences that nobody labelled, of two articles on one event: python -m training.pairs.loose ARTICLES.jsonl … --out PAIRS.jsonl.

An archive holds {story, title, text} a line, with .xz or without; --events takes our own events besides.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from training.matching.events import events
from training.pairs.corpus import write_lines
from transforms.compare.evidence import dice
from transforms.compare.words import terms

BREAK = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"“‘])|\n+")
WORDS = range(6, 46)  # of a sentence: shorter ones are remarks, longer ones tables
MOST = 700  # sentences of one event
LEAST, COPY = 0.15, 0.9  # share of words in common: below both are on two things and all such pairs are alike, above one is a copy
NEAR, NEXT = 3, 8  # of a sentence's nearest ones in other articles, one of the first so many is taken, and half the time one of the others
EACH = 260  # pairs of one event

Sentence = tuple[int, str]  # article, words


def sentences(articles: Sequence[dict[str, Any]]) -> list[Sentence]:
    """Distinct sentences of each article."""
    found: dict[Sentence, None] = {}
    for at, one in enumerate(articles):
        for piece in BREAK.split(f"{one['title']}\n{one['text']}"):
            if len(words := piece.split()) in WORDS:
                found[at, " ".join(words)] = None
    return list(found)


def pairs(told: Sequence[Sentence], chance: random.Random) -> Iterator[tuple[str, str]]:
    """Sentences of two articles that share words, in any order."""
    told = chance.sample(told, min(len(told), MOST))
    content = [Counter(terms(words)) for _, words in told]
    for x, (article, words) in enumerate(told):
        alike = {y: dice(content[x], content[y]) for y, (other, _) in enumerate(told) if other != article}
        near = sorted((y for y, likeness in alike.items() if LEAST <= likeness <= COPY), key=lambda y: -alike[y])
        for part in (near[:NEAR], near[NEAR:NEXT] if chance.random() < 1 / 2 else []):
            if part:
                a, b = chance.sample([words, told[chance.choice(part)][1]], 2)
                yield a, b


def by_event(archives: Sequence[Path], folder: Path | None, skipped: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
    """Articles of one event at a time."""
    for archive in archives:
        found = defaultdict(list)
        with (lzma.open if archive.suffix == ".xz" else open)(archive, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                found[row["story"]].append(row)
        yield from found.values()
    yield from (articles for _, articles in (events(folder, skipped) if folder else []))


def main() -> None:
    """Write the pairs."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("archives", type=Path, nargs="*")
    ask.add_argument("--events", type=Path)
    ask.add_argument("--skip", nargs="*", default=[], help="events to leave out, without ending")
    ask.add_argument("--out", type=Path, required=True)
    asked = ask.parse_args()
    chance, kept = random.Random(5), set()
    for articles in by_event(asked.archives, asked.events, asked.skip):
        if len(told := sentences(articles)) > 1:
            kept.update(list(pairs(told, chance))[:EACH])
    rows = chance.sample(sorted(kept), len(kept))
    write_lines(asked.out, ({"a": a, "b": b} for a, b in rows))


if __name__ == "__main__":
    main()
