"""Fit the weights of `transforms.compare.likeness` on claim matrices read by hand, and judge them on events left out.

    python -m training.matching.fit [--gold GOLD.jsonl --articles ARTICLES.jsonl.xz] [--events FOLDER] [--words]

Formats are those of the matrix judge (a gold event has articles and claims, whose cells hold a status and spans) and of `events`. A pair of
sentences of two articles is labelled where a claim of the gold touches one of them: 1 if one claim touches both. --words leaves the encoder
out.
"""

from __future__ import annotations

import argparse
import json
import lzma
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from training.matching.events import CARRY, SAME_PLACE, Row, events, shared
from transforms.claims import find_mentions
from transforms.compare import likeness
from transforms.compare.figures import measures
from transforms.compare.reach import Told
from transforms.compare.steps import around, version

# Inverse strength of the penalty: of .03 to 1 none differs in the third decimal.
PENALTY = 0.1


def touched(event: Row, article: str, span: tuple[int, int]) -> set[int]:
    """Claims of the gold that stand at a place."""
    cells = [(at, claim["cells"].get(article, {})) for at, claim in enumerate(event["claims"])]
    return {at for at, cell in cells if cell.get("status") in CARRY and shared([list(span)], cell["spans"]) >= SAME_PLACE}


def examples(event: Row, texts: dict[str, Row]) -> Iterator[tuple[list[float], int]]:
    """Features and label of every labelled pair of one event."""
    seen: dict[tuple[str, str], set[int]] = {}
    counted: dict[tuple[str, str], set[str]] = {}
    for one in event["articles"]:
        found = version(texts[one["id"]])
        for mention in find_mentions(found, "model"):
            at = around(found.body, mention.content.start, mention.content.end, mention.sentence)
            seen.setdefault((one["id"], mention.sentence), set()).update(touched(event, one["id"], at))
            counted.setdefault((one["id"], mention.sentence), set()).update(measures(mention.numbers))
    told = Told.of([(article, (sentence,), sentence, counted[article, sentence]) for article, sentence in seen])  # type: ignore[misc]
    places = list(seen)
    number = {text: at for at, text in enumerate(told.texts)}
    for at, (article, sentence) in enumerate(places):
        for other, text in places[at + 1 :]:
            if article != other and (seen[article, sentence] or seen[other, text]):
                a, b = number[sentence], number[text]
                lead = min(told.lead(a, b, other), told.lead(b, a, article))  # type: ignore[arg-type]
                yield list(told.likeness.features(a, b, lead).values()), int(bool(seen[article, sentence] & seen[other, text]))


def main() -> None:
    """Print the average precision on events left out, and the weights from all."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("gold", "articles", "events"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--words", action="store_true")
    given = parser.parse_args()
    if given.words:
        likeness.encoder = lambda: None  # type: ignore[assignment]
    made = [list(examples(gold, {one["id"]: one for one in articles})) for gold, articles in (events(given.events) if given.events else [])]
    if given.gold:
        with lzma.open(given.articles, "rt") as lines:
            texts = {one["id"]: one for one in map(json.loads, lines)}
        made += [list(examples(json.loads(line), texts)) for line in given.gold.read_text("utf-8").splitlines()]
    x = np.array([features for event in made for features, _ in event])
    y = np.array([label for event in made for _, label in event])
    home = np.repeat(np.arange(len(made)), [len(event) for event in made])
    scale = x.std(axis=0) + 1e-9
    guessed = np.zeros(len(y))
    for event in range(len(made)):
        model = LogisticRegression(C=PENALTY).fit(x[home != event] / scale, y[home != event])
        guessed[home == event] = model.decision_function(x[home == event] / scale)
    print(f"{len(y)} pairs, {y.sum()} the same; average precision on events left out {average_precision_score(y, guessed):.3f}")
    model = LogisticRegression(C=PENALTY).fit(x / scale, y)
    print(dict(zip(likeness.WEIGHTS, (model.coef_[0] / scale).round(3).tolist(), strict=True)), "bias", model.intercept_.round(2).tolist())


if __name__ == "__main__":
    main()
