"""Fitting of both stages; stage 2 learns from stage-1 scores of pages whose sites stage 1 had not seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.extract.pages import Sample
from transforms.extract.context import context
from transforms.extract.selector import HOPELESS

# Weight of a page by its corpus: the labels of the last two are mostly a teacher's.
PAGE_WEIGHT = {"trafeval": 0.6, "htmldate": 0.5, "short": 0.5, "rebuilt": 0.3}


@dataclass(frozen=True)
class Params:
    """What is tuned; chosen by grouped cross-validation, differences between neighbours are within noise."""

    rounds: int = 110
    seeds: tuple[int, ...] = (1, 2)
    inner: int = 4
    trees: dict[str, Any] = field(
        default_factory=lambda: {
            "objective": "cross_entropy", "learning_rate": 0.1, "num_leaves": 16, "max_depth": 6, "min_data_in_leaf": 15, "max_bin": 63,
            "min_sum_hessian_in_leaf": 2, "lambda_l2": 5, "feature_fraction": 0.3, "bagging_fraction": 0.7, "bagging_freq": 1,
            "verbose": -1, "num_threads": 1, "deterministic": True, "force_row_wise": True,
        }
    )  # fmt: skip


@dataclass
class Stages:
    """Boosters of both stages with their columns."""

    first: list[Any]
    second: list[Any]
    names: list[str]
    all_names: list[str]

    def scores(self, page: Sample) -> NDArray[np.float64]:
        first = first_scores(self.first, page)
        return np.where(first >= HOPELESS, predicted(self.second, with_context(page, first)[1]), first)


def folds(sites: list[str], count: int, seed: int = 0) -> list[int]:
    """A fold for each page; pages of a site share one."""
    order = sorted(set(sites))
    np.random.RandomState(seed).shuffle(order)
    place = {site: number % count for number, site in enumerate(order)}
    return [place[site] for site in sites]


def weights(page: Sample) -> NDArray[np.float64]:
    """Weights of the segments: longer ones count more, pages count alike."""
    raw = page.weights * (np.sqrt(page.sizes) + 0.5)
    total = raw.sum()
    return np.asarray(raw * (PAGE_WEIGHT.get(page.corpus, 1.0) * 30 / max(1.0, total**0.5)) if total else raw)


def chosen_rows(page: Sample) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """(rows that are learnt from, their weights); menu items are never scored."""
    kept = page.page.active & (page.weights > 0)
    return kept, weights(page)[kept]


def fit(pages: list[Sample], rows: list[NDArray[np.float32]], params: Params) -> list[Any]:
    """One booster a seed."""
    import lightgbm

    chosen = [chosen_rows(page) for page in pages]
    x = np.concatenate([part[kept] for part, (kept, _) in zip(rows, chosen, strict=True)])
    y = np.concatenate([page.labels[kept] for page, (kept, _) in zip(pages, chosen, strict=True)])
    w = np.concatenate([weight for _, weight in chosen])
    return [lightgbm.train(params.trees | {"seed": seed}, lightgbm.Dataset(x, y, weight=w), params.rounds) for seed in params.seeds]


def first_fit(pages: list[Sample], params: Params) -> list[Any]:
    return fit(pages, [page.rows for page in pages], params)


def predicted(boosters: list[Any], rows: NDArray[np.float32]) -> NDArray[np.float64]:
    """Mean log-odds as probabilities, as the product scores them."""
    raw = np.mean([booster.predict(rows, raw_score=True, num_threads=1) for booster in boosters], axis=0)
    return np.asarray(1 / (1 + np.exp(-raw)))


def first_scores(boosters: list[Any], page: Sample) -> NDArray[np.float64]:
    """Stage 1 as the product scores it."""
    return np.where(page.page.active, predicted(boosters, page.rows), 0.0)


def with_context(page: Sample, scores: NDArray[np.float64]) -> tuple[list[str], NDArray[np.float32]]:
    table = context(page.page, scores, page.known)
    return [*page.names, *table.names], np.column_stack([page.rows, table.done()])


def fitted(pages: list[Sample], params: Params) -> Stages:
    """Both stages."""
    inner = folds([page.site for page in pages], params.inner, seed=7)
    scores: list[NDArray[np.float64]] = [np.zeros(0)] * len(pages)
    for fold in range(params.inner):
        boosters = first_fit([page for page, number in zip(pages, inner, strict=True) if number != fold], params)
        for at, number in enumerate(inner):
            if number == fold:
                scores[at] = first_scores(boosters, pages[at])
    made = [with_context(page, found) for page, found in zip(pages, scores, strict=True)]
    second = fit(pages, [rows for _, rows in made], params)
    return Stages(first_fit(pages, params), second, pages[0].names, made[0][0])
