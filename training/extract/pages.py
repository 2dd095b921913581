"""The pages of the bench as segments with numbers and labels."""

from __future__ import annotations

import bisect
import json
import lzma
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from transforms.extract import body, page, signals
from transforms.extract.features import Page, features
from transforms.extract.furniture import Known
from transforms.extract.segments import segments
from transforms.extract.text import folded

CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
TOKEN = re.compile(rf"[{CJK}]|[^\W{CJK}]+")

# (first token, end, share of the segment that stands there)
Option = tuple[int, int, float]
# Places of one segment that are looked at; share of its 4-grams that is a place too; tokens of a segment that may stand out of order.
MOST_PLACES, PARTLY, LONG = 40, 0.3, 12
# Golds that segments reach less well than this teach nothing; two golds of one page within this F1 are both right.
WORST, SAME = 0.6, 0.02


def tokens(text: str) -> list[str]:
    return TOKEN.findall(text)


@dataclass
class Sample:
    """One page: numbers (n, features), labels in 0..1, weights (0 where the gold does not say)."""

    ident: str
    corpus: str
    site: str
    rows: NDArray[np.float32]
    labels: NDArray[np.float32]
    weights: NDArray[np.float32]
    sizes: NDArray[np.float32]
    page: Page
    known: Known
    url: str
    gold: dict[str, Any]
    html: str
    names: list[str]
    texts: list[list[str]]
    told: str
    kind: int


def load(bench: Path, corpora: tuple[str, ...]) -> list[dict[str, Any]]:
    rows = []
    for corpus in corpora:
        with lzma.open(bench / f"{corpus}.jsonl.xz", "rt", encoding="utf-8") as lines:
            rows += [json.loads(line) | {"corpus": corpus} for line in lines]
    return rows


def places(needle: list[str], index: dict[str, list[int]], gold: list[str]) -> list[int]:
    """Where the needle stands in the gold."""
    size = len(needle)
    rare = min(range(min(size, 6)), key=lambda k: len(index.get(needle[k], ())))
    return [at - rare for at in index.get(needle[rare], ()) if at >= rare and gold[at - rare : at - rare + size] == needle]


def aligned(texts: list[list[str]], gold: list[str]) -> NDArray[np.float32]:
    """Share of each segment's tokens that the gold holds at its place in reading order.

    The heaviest chain of places in reading order; long segments that stand in the gold out of order count too, once.
    """
    options = found_in(texts, gold)
    labels = np.zeros(len(texts), np.float32)
    for number, part in heaviest(options, [len(words) for words in texts]):
        labels[number] = part
    taken = {tuple(texts[number]) for number in np.flatnonzero(labels)}
    for number, found in enumerate(options):
        if labels[number] == 0 and found and len(texts[number]) >= LONG and tuple(texts[number]) not in taken:
            labels[number] = found[0][2]
    return labels


def found_in(texts: list[list[str]], gold: list[str]) -> list[list[Option]]:
    """Where each segment stands in the gold, whole, or by its 4-grams."""
    index: dict[str, list[int]] = {}
    for number, token in enumerate(gold):
        index.setdefault(token, []).append(number)
    first: dict[tuple[str, ...], int] = {}
    for at in range(max(0, len(gold) - 3)):
        first.setdefault(tuple(gold[at : at + 4]), at)
    options: list[list[Option]] = []
    for words in texts:
        found = [(at, at + len(words), 1.0) for at in places(words, index, gold)[:MOST_PLACES]] if words else []
        if not found and len(words) >= 2 * 4:
            own = [tuple(words[at : at + 4]) for at in range(len(words) - 3)]
            hits = sorted(first[gram] for gram in own if gram in first)
            if len(hits) >= PARTLY * len(own):
                found = [(hits[len(hits) // 2], hits[len(hits) // 2] + 1, len(hits) / len(own))]
        options.append(found)
    return options


def heaviest(options: list[list[Option]], sizes: list[int]) -> list[tuple[int, float]]:
    """(segment, share) of the chain with most tokens; short segments prefer the place next to what went before."""
    best: list[tuple[int, float, Any]] = [(-1, 0.0, None)]  # (end, weight, link), both rising
    for number, found in enumerate(options):
        fresh = []
        for at, end, part in found:
            last = best[bisect.bisect_right(best, at, key=lambda entry: entry[0]) - 1]
            gap = min(1.0, max(0, at - last[0]) / 50) if sizes[number] < 5 else 0.0
            fresh.append((end, last[1] + (part - 0.9 * gap) * sizes[number], (number, part, last[2])))
        for entry in fresh:
            place = bisect.bisect_right(best, entry[0], key=lambda other: other[0])
            if entry[1] > best[place - 1][1]:
                best.insert(place, entry)
                while place + 1 < len(best) and best[place + 1][1] <= entry[1]:
                    del best[place + 1]
    chain, link = [], best[-1][2]
    while link is not None:
        chain.append((link[0], link[1]))
        link = link[2]
    return chain


def f1(texts: list[list[str]], kept: NDArray[np.bool_], gold: list[str]) -> float:
    mine = [t for words, k in zip(texts, kept, strict=True) if k for t in words]
    a = Counter(tuple(mine[i : i + 4]) for i in range(max(1, len(mine) - 3)))
    b = Counter(tuple(gold[i : i + 4]) for i in range(max(1, len(gold) - 3)))
    both = sum((a & b).values())
    return 2 * both / max(1, a.total() + b.total())


def labelled(gold: dict[str, Any], texts: list[list[str]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(labels, weights) of the segments; weight 0 where the gold says nothing, or its versions differ."""
    if not gold.get("body"):
        return by_parts(gold, texts)
    found = [aligned(texts, tokens(text)) for text in gold["body"]]
    scores = [f1(texts, part >= 0.5, tokens(text)) for part, text in zip(found, gold["body"], strict=True)]
    labels = found[int(np.argmax(scores))]
    weights = np.full(len(texts), float(max(scores) >= WORST), np.float32)
    for other, score in zip(found, scores, strict=True):
        if score > max(scores) - SAME:
            weights[(other >= 0.5) != (labels >= 0.5)] = 0
    return labels, weights


def by_parts(gold: dict[str, Any], texts: list[list[str]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The same from parts that must and must not stand in the body."""
    labels, weights = np.zeros(len(texts), np.float32), np.zeros(len(texts), np.float32)
    squeezed = [" ".join(words) for words in texts]
    for value, parts in ((1.0, gold.get("with") or ()), (0.0, gold.get("without") or ())):
        for wanted in filter(None, (" ".join(tokens(part)) for part in parts)):
            for number, text in enumerate(squeezed):
                if wanted in text or (value and len(text) > 20 and text in wanted):
                    labels[number], weights[number] = value, float(len(wanted) > 5 or text == wanted)
    return labels, weights


def sample(row: dict[str, Any]) -> Sample | None:
    text = row["html"]
    found = signals.read(text, row["url"])
    if found.tree.body is None:
        return None
    known = page.known_of(found)
    cut = segments(found.tree.body)
    if not cut.segments:
        return None
    told, kind = folded(body.told(found)), body.kind(found)
    names, rows, made = features(cut, known, told, kind)
    texts = [tokens(segment.text) for segment in cut.segments]
    labels, weights = labelled(row["gold"], texts)
    sizes = np.array([len(words) for words in texts], np.float32)
    return Sample(
        row["id"],
        row["corpus"],
        row["group"],
        rows,
        labels,
        weights,
        sizes,
        made,
        known,
        row["url"],
        row["gold"],
        text,
        names,
        texts,
        told,
        kind,
    )
