"""Pairs of sentences out of claim matrices: of one claim, with what they differ in, and near ones of two claims."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from training.matching.events import CARRY, SAME_PLACE, Row, shared
from transforms.claims.finder import segment
from transforms.compare.evidence import likeness

# Pairs on two claims for each pair on one: the nearest ones of an event, which are hard to tell.
NEAR = 1.2
# Shorter sentences state too little.
LEAST_WORDS = 5

Sentence = tuple[str, str, dict[int, Row]]


def sentences(gold: Row, articles: Sequence[Row]) -> Iterator[Sentence]:
    """(article, sentence, cells of the claims that it carries by number)."""
    for article in articles:
        text = article["text"]
        cells = {at: claim["cells"][article["id"]] for at, claim in enumerate(gold["claims"])}
        for one in segment(text, "en").sentences:
            span = [[one.start, one.end]]
            carried = {at: cell for at, cell in cells.items() if cell["status"] in CARRY and shared(span, cell["spans"]) >= SAME_PLACE}
            if len(text[one.start : one.end].split()) >= LEAST_WORDS:
                yield article["id"], text[one.start : one.end].strip(), carried


def label(a: dict[int, Row], b: dict[int, Row]) -> str:
    """How two sentences relate that carry a claim together: what any claim of both differs in, a contradiction before all else."""
    cells = [cell for at in sorted(set(a) & set(b)) for cell in (a[at], b[at])]
    if any(cell["status"] == "contradicts" for cell in cells):
        return "contradicts"
    return next((str(cell["differs_in"]) for cell in cells if cell["status"] == "differs" and cell["differs_in"]), "same")


def pairs(gold: Row, articles: Sequence[Row]) -> list[dict[str, Any]]:
    """{a, b, label} of one event, sentences of two articles each."""
    told = [(x, y) for x, y in combinations(sentences(gold, articles), 2) if x[0] != y[0] and x[1] != y[1]]
    one = [{"a": x[1], "b": y[1], "label": label(x[2], y[2])} for x, y in told if set(x[2]) & set(y[2])]
    two = [(likeness(x[1], y[1]), x[1], y[1]) for x, y in told if (x[2] or y[2]) and not set(x[2]) & set(y[2])]
    return one + [{"a": a, "b": b, "label": "other"} for _, a, b in sorted(two, reverse=True)[: int(NEAR * len(one))]]
