"""Fit the weights of `transforms.compare.reach` on claim matrices read by hand, and judge them on events left out.

    python -m training.matching.fit [--gold GOLD.jsonl --articles ARTICLES.jsonl.xz] [--events FOLDER] [--words]
    python -m training.matching.fit --links LABELLED.jsonl

Formats are those of the matrix judge (a gold event has articles and claims, whose cells hold a status and spans) and of `events`. A pair of
clauses of two articles is labelled where a claim of the gold touches one of them: 1 if one claim touches both. --words leaves the models
out. The second fits what the likelihood and the pair model's reading count, on links read one by one (training.pairs.links), since a gold
lists notable claims, which others state more often than what stands beside them.
"""

from __future__ import annotations

import argparse
import json
import lzma
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from training.matching.events import CARRY, SAME_PLACE, Row, events, shared
from training.pairs.corpus import lines
from transforms.claims import find_mentions
from transforms.compare import reach, told
from transforms.compare.agreement import sentence_start
from transforms.compare.claims import saying
from transforms.compare.pairs import bearing
from transforms.compare.reach import Reaching, likelihood
from transforms.compare.steps import version
from transforms.compare.told import Told
from transforms.odds import odds

# Inverse strength of the penalty: of .03 to 1 none differs in the third decimal.
PENALTY = 0.1

Example = tuple[list[float], list[float] | None, int]


def touched(event: Row, article: str, span: tuple[int, int]) -> set[int]:
    """Claims of the gold that stand at a place."""
    cells = [(at, claim["cells"].get(article, {})) for at, claim in enumerate(event["claims"])]
    return {at for at, cell in cells if cell.get("status") in CARRY and shared([list(span)], cell["spans"]) >= SAME_PLACE}


def claimed(event: Row, texts: dict[str, Row]) -> tuple[Told, dict[UUID, dict[int, set[int]]]]:
    """What an event tells, and by article the claims of the gold that each clause carries."""
    versions = {one["id"]: version(texts[one["id"]]) for one in event["articles"]}
    mentions = [(name, one) for name, text in versions.items() for one in find_mentions(text, "model")]
    story = Told.of([saying(one) for _, one in mentions])
    found: dict[UUID, dict[int, set[int]]] = {}
    for at, clause in enumerate(story.clauses):
        for article, sentences in story.at.items():
            if clause.sentence in sentences:
                name, one = mentions[sentences[clause.sentence][0]]
                start = sentence_start(versions[name].body, one.content.start, one.sentence) or 0
                place = (start + clause.place[0], start + clause.place[1])
                found.setdefault(article, {})[at] = touched(event, name, place)
    return story, found


def examples(event: Row, texts: dict[str, Row], *, read: bool) -> Iterator[Example]:
    """What two clauses share, what the pair model adds for doubtful ones, and the label, of every labelled pair of one event."""
    story, carried = claimed(event, texts)
    asked = Reaching(story)
    for home, clauses in carried.items():
        for at, claims in clauses.items():
            for article, others in carried.items():
                if article == home or story.clauses[at].sentence in story.at[article]:
                    continue
                for other in asked.nearest(at, article):
                    if claims or others[other]:
                        shares = asked.features(at, other, article)
                        known = odds(likelihood(shares))
                        bears = bearing(story.clauses[at].text, story.texts[story.clauses[other].sentence]) if read else None
                        yield list(shares.values()), None if bears is None else [known, odds(bears)], int(bool(claims & others[other]))


def fitted(x: NDArray[np.float64], y: NDArray[np.int64], home: NDArray[np.int64]) -> tuple[list[float], float, float]:
    """Weights, offset, and the average precision on events left out."""
    scale = x.std(axis=0) + 1e-9
    guessed = np.zeros(len(y))
    for event in sorted(set(home.tolist())):
        model = LogisticRegression(C=PENALTY).fit(x[home != event] / scale, y[home != event])
        guessed[home == event] = model.decision_function(x[home == event] / scale)
    model = LogisticRegression(C=PENALTY).fit(x / scale, y)
    return (model.coef_[0] / scale).round(3).tolist(), float(model.intercept_[0].round(2)), float(average_precision_score(y, guessed))


def read_links(found: list[Row]) -> None:
    """Print the weights of likelihood and reading, and of the likelihood alone, on labelled links, the sure ones for more."""
    y, sure = np.array([one["states"] for one in found]), np.array([one["sure"] for one in found])
    likely = np.array([[odds(one["likely"])] for one in found])
    bears = [bearing(one["clause"], one["other"]) for one in found]
    read = np.array([one is not None for one in bears])
    both = np.concatenate([likely[read], [[odds(one)] for one in bears if one is not None]], axis=1)
    for name, x, rows in (("likelihood and reading", both, read), ("likelihood alone", likely, np.full(len(y), True))):
        model = LogisticRegression().fit(x, y[rows], sample_weight=sure[rows])
        precision = average_precision_score(y[rows], model.decision_function(x))
        print(f"{name}: {model.coef_[0].round(2).tolist()}, {model.intercept_[0].round(2)}; average precision {precision:.3f}")


def main() -> None:
    """Print the average precision on events left out, and the weights from all."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("gold", "articles", "events", "links"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--words", action="store_true")
    given = parser.parse_args()
    if given.links:
        read_links(lines(given.links))
        return
    if given.words:
        told.clause_encoder = lambda: None  # type: ignore[attr-defined]
    found: list[tuple[Row, list[Row]]] = events(given.events) if given.events else []
    if given.gold:
        with lzma.open(given.articles, "rt") as rows:
            texts = {one["id"]: one for one in map(json.loads, rows)}
        golds = [json.loads(line) for line in given.gold.read_text("utf-8").splitlines()]
        found += [(gold, [texts[one["id"]] for one in gold["articles"]]) for gold in golds]
    made = [list(examples(gold, {one["id"]: one for one in articles}, read=not given.words)) for gold, articles in found]
    pairs = [(event, *one) for event, of_event in enumerate(made) for one in of_event]
    home, y = np.array([row[0] for row in pairs]), np.array([row[3] for row in pairs])
    weights, offset, precision = fitted(np.array([row[1] for row in pairs]), y, home)
    print(f"{len(y)} pairs, {y.sum()} the same; average precision on events left out {precision:.3f}")
    print(dict(zip(reach.WEIGHTS, weights, strict=True)), "offset", offset)
    read = np.array([row[2] is not None for row in pairs])
    if read.any():
        weights, offset, precision = fitted(np.array([row[2] for row in pairs if row[2] is not None]), y[read], home[read])
        print(f"likeness and model {weights}, bias {offset}, average precision {precision:.3f}")


if __name__ == "__main__":
    main()
