"""Stage 2: what the first scores of a segment's neighbours, containers and likes say about it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from transforms.extract import furniture
from transforms.extract.blocks import Block
from transforms.extract.features import Page, Reals, Table, shifted
from transforms.extract.furniture import Known

Scores = NDArray[np.float64]

OFFSETS = (-4, -3, -2, -1, 1, 2, 3, 4)
LEVELS = 5
WINDOWS = (3, 8)
# The first scores count as chosen from here on.
CHOSEN = 0.5
# What the trims are asked about: everything that may still be chosen.
POSSIBLE = 0.35
FAR = 30


def context(page: Page, scores: Scores, known: Known) -> Table:
    """The columns of stage 2 besides those of stage 1."""
    table = Table()
    table.add("score", scores)
    for offset in OFFSETS:
        table.add(f"score{offset:+d}", shifted(scores, offset, -1))
    add_around(page, scores, table)
    add_runs(page, scores, table)
    add_trims(page, scores, known, table)
    return table


def mean(part: Reals, whole: Reals) -> Scores:
    """Part / whole, 0 where there is nothing."""
    return np.asarray(part / np.maximum(whole, 1), dtype=np.float64)


def running(values: Scores) -> Scores:
    """Sums of all before, (n + 1,)."""
    return np.concatenate([[0.0], np.cumsum(values)])


def add_around(page: Page, scores: Scores, table: Table) -> None:
    """Mean scores, by characters, of the containers, of the group and of the next segments, with and without the segment itself."""
    size, weighted = page.chars, page.chars * scores
    sums, sizes, total = page.inside(weighted), page.inside(size), max(1.0, float(weighted.sum()))
    for level in range(LEVELS):
        at = page.up(level)
        table.add(f"around{level}", mean(sums[at], sizes[at]))
        table.add(f"around{level}_share", sums[at] / total)
        table.add(f"around{level}_others", mean(sums[at] - weighted, sizes[at] - size))
    group = page.group
    chosen, whole = np.bincount(group, weights=weighted)[group], np.bincount(group, weights=size)[group]
    table.add("likes", mean(chosen, whole))
    table.add("likes_others", mean(chosen - weighted, whole - size))
    table.add("likes_count", np.bincount(group, weights=scores)[group] / np.bincount(group)[group])
    sums, sizes, numbers = running(weighted), running(size), np.arange(page.count)
    for width in WINDOWS:
        low, high = np.maximum(numbers - width, 0), np.minimum(numbers + width + 1, page.count)
        table.add(f"near{width}", mean(sums[high] - sums[low] - weighted, sizes[high] - sizes[low] - size))
        table.add(f"after{width}", mean(sums[high] - sums[numbers + 1], sizes[high] - sizes[numbers + 1]))
        table.add(f"before{width}", mean(sums[numbers] - sums[low], sizes[numbers] - sizes[low]))


def add_runs(page: Page, scores: Scores, table: Table) -> None:
    """How much of what seems chosen lies before and after, and how far the next of it is."""
    chosen = scores >= CHOSEN
    sums, numbers = running(page.chars * scores * chosen), np.arange(page.count)
    total = max(1.0, float(sums[-1]))
    table.add("chosen_before", sums[:-1] / total)
    table.add("chosen_after", (sums[-1] - sums[1:]) / total)
    where = np.concatenate([[-99], np.flatnonzero(chosen), [page.count + 99]])
    table.add("since_chosen", np.minimum(numbers - where[np.searchsorted(where, numbers, side="left") - 1], FAR))
    table.add("until_chosen", np.minimum(where[np.searchsorted(where, numbers, side="right")] - numbers, FAR))
    table.add("page_chosen", np.full(page.count, sums[-1]))
    table.add("page_count", np.full(page.count, chosen.sum()))


def add_trims(page: Page, scores: Scores, known: Known, table: Table) -> None:
    """What the trims would do with it, and with the segments beside it."""
    verdicts = trims(page, np.flatnonzero(scores >= POSSIBLE), known)
    table.add("trim", verdicts)
    table.add("trim+1", shifted(verdicts, 1, -1))
    table.add("trim-1", shifted(verdicts, -1, -1))


def trims(page: Page, chosen: NDArray[np.int64], known: Known) -> Scores:
    """1 where the trims keep a chosen segment, 0 where they drop it, -1 for all others."""
    found = np.full(page.count, -1.0)
    segments = page.cut.segments
    left = furniture.trim([Block(segments[number].tag, segments[number].text) for number in chosen], known).paragraphs
    at = 0
    for number in chosen:
        kept = at < len(left) and segments[number].text == left[at]
        found[number] = float(kept)
        at += kept
    return found
