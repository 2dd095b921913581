"""The learned scores of a page's segments: the model file and its two stages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from transforms.extract.context import context
from transforms.extract.features import Page, features
from transforms.extract.furniture import Known
from transforms.extract.segments import Cut
from transforms.extract.trees import Forest

# Written by `python -m training.extract`; see training/extract/CARD.md.
# Segments with a lower first score are not looked at again.
HOPELESS = 0.01
FILE = Path(__file__).with_name("model.json")


@dataclass(frozen=True)
class Model:
    """Both stages, and the score from which a segment belongs to the article."""

    first: Forest
    second: Forest
    threshold: float


@dataclass(frozen=True)
class Scored:
    """A page with the score of each segment, (n,)."""

    page: Page
    scores: NDArray[np.float64]


@lru_cache(maxsize=1)
def model() -> Model:
    """The model of this version."""
    data = json.loads(FILE.read_text("utf-8"))
    return Model(Forest.from_data(data["first"]), Forest.from_data(data["second"]), data["threshold"])


def scored(cut: Cut, known: Known, told: str = "", kind: int = 0) -> Scored:
    """Scores of the segments; `told` is the folded JSON-LD body, `kind` what the page says it is (see `body.kind`)."""
    names, rows, page = features(cut, known, told, kind)
    chosen = model()
    scores = np.zeros(page.count)
    scores[page.active] = chosen.first.scores(columns(chosen.first, names, rows, page.active))
    more = context(page, scores, known)
    open_ = scores >= HOPELESS
    both = np.concatenate([rows.T, more.done().T]).T
    scores[open_] = chosen.second.scores(columns(chosen.second, [*names, *more.names], both, open_))
    return Scored(page, scores)


def columns(forest: Forest, names: list[str], rows: NDArray[np.float32], which: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The columns that a forest asks for, in its order, of some rows."""
    at = {name: number for number, name in enumerate(names)}
    return np.asarray(rows.T[np.ix_(np.array([at[name] for name in forest.names]), which)].T, dtype=np.float32)
