"""From label scores of words to spans: the best path that the label scheme allows, and how sure each span is.

A linear-chain conditional random field (Lafferty and others, 2001): Viterbi for the path, forward-backward for the probabilities.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from transforms.claims.text import Range
from transforms.claims.windows import LABELS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Scores = NDArray[np.float32]

# Score of a step that the scheme does not know, as in training: far below what sums over a window reach.
FORBIDDEN = -1e4
OUTSIDE = LABELS.index("O")
INNER = frozenset(number for number, label in enumerate(LABELS) if label.startswith("I-"))
# The smallest normal number of double precision: sums are kept at least so high, so that nothing is divided by zero.
TINY = 2.2250738585072014e-308
# Words after which sums are scaled to one: a word may take e^-170 of them, and double precision holds e^-708.
SCALED = 4


@dataclass(frozen=True, slots=True)
class Tag:
    """A span of one role. `towards`: on which side its cue stands, empty for a cue. `sure`: mean probability of its words' labels."""

    role: str
    towards: str
    start: int
    end: int
    sure: float
    words: int = 1
    opens: bool = True


def follows(before: str, label: str) -> bool:
    """An inner label needs a first or inner label of its role before it.

    >>> follows("B-CUE", "I-CUE"), follows("O", "I-CUE"), follows("I-CUE", "B-CNT<")
    (True, False, True)
    """
    return not label.startswith("I-") or (before != "O" and before[2:] == label[2:])


def closed_steps() -> Scores:
    """(labels, labels): 0 where the second may follow the first, else FORBIDDEN."""
    import numpy as np

    return np.array([[0.0 if follows(a, b) else FORBIDDEN for b in LABELS] for a in LABELS], dtype=np.float32)


def padded(batch: Sequence[Scores]) -> tuple[Scores, NDArray[np.int64]]:
    """Windows of unequal length as one array (windows, words, labels), and their lengths."""
    import numpy as np

    lengths = np.array([len(scores) for scores in batch])
    wide = np.zeros((len(batch), int(lengths.max()), len(LABELS)), dtype=np.float32)
    for row, scores in enumerate(batch):
        wide[row, : len(scores)] = scores
    return wide, lengths


def best_paths(batch: Sequence[Scores], steps: Scores) -> list[list[int]]:
    """The best label path of each window (Viterbi). `batch`: scores (words, labels); `steps`: (labels, labels)."""
    import numpy as np

    wide, lengths = padded(batch)
    totals = np.empty_like(wide)
    totals[:, 0] = now = wide[:, 0]
    back = np.zeros(wide.shape, dtype=np.int64)
    between = steps[:, None, :]
    for i in range(1, wide.shape[1]):
        every = now.T[:, :, None] + between  # the label before comes first: along a short last axis a maximum takes three times as long
        back[:, i] = every.argmax(0)
        totals[:, i] = now = every.max(0) + wide[:, i]
    return [backwards(back[k, :n].tolist(), int(totals[k, n - 1].argmax())) for k, n in enumerate(lengths)]


def backwards(back: list[list[int]], last: int) -> list[int]:
    """The path that ends with label `last`; `back`: per word the label before each label."""
    path = [last]
    for choice in reversed(back[1:]):
        path.append(choice[path[-1]])
    return path[::-1]


def marginals(batch: Sequence[Scores], steps: Scores) -> list[NDArray[np.float64]]:
    """Probability of each label at each word of each window: forwards and, over the windows turned round, backwards in one pass."""
    import numpy as np

    wide, lengths = padded(batch)
    table = np.exp(steps.astype(np.float64))
    tables = np.stack([table, table.T])
    here = np.exp(wide - wide.max(2, keepdims=True), dtype=np.float64)
    turned = np.maximum(lengths[:, None] - 1 - np.arange(wide.shape[1]), 0)[:, :, None]
    both = np.stack([here, np.take_along_axis(here, turned, 1)])
    ahead, behind = np.empty_like(here), np.ones_like(here)
    now = normed(both[:, :, 0])
    ahead[:, 0] = now[0]
    for i in range(1, wide.shape[1]):
        came = now @ tables
        now = came * both[:, :, i]
        if i % SCALED == 0:
            now = normed(now)
        ahead[:, i], behind[:, i] = now[0], came[1]
    found = normed(normed(ahead) * normed(np.take_along_axis(behind, turned, 1)))
    return [found[k, :n] for k, n in enumerate(lengths)]


def normed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scaled so that the last axis adds up to one."""
    found: NDArray[np.float64] = values / values.sum(-1, keepdims=True).clip(TINY)
    return found


def tags_of(words: Sequence[Range], path: Sequence[int], sure: NDArray[np.float64]) -> Iterator[Tag]:
    """The spans of one window, in order. `opens` False: the first goes on from the window before."""
    at = 0
    while at < len(path):
        if path[at] == OUTSIDE:
            at += 1
            continue
        begin = at
        at += 1
        while at < len(path) and path[at] in INNER:
            at += 1
        name = LABELS[path[begin]]
        means = mean([float(sure[k, path[k]]) for k in range(begin, at)])
        yield Tag(name[2:5], name[5:], words[begin][0], words[at - 1][1], means, at - begin, opens=name.startswith("B-"))


def mean(values: list[float]) -> float:
    """Running mean."""
    found = 0.0
    for count, value in enumerate(values, 1):
        found += (value - found) / count
    return found


def joined(tags: Iterator[Tag]) -> Iterator[Tag]:
    """Spans that go on over the border of two windows made one."""
    last: Tag | None = None
    for tag in tags:
        if last and not tag.opens and (last.role, last.towards) == (tag.role, tag.towards):
            words = last.words + tag.words
            sure = (last.sure * last.words + tag.sure * tag.words) / words
            last = replace(last, end=tag.end, sure=sure, words=words)
            continue
        if last:
            yield last
        last = tag
    if last:
        yield last
