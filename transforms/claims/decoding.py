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
    total = wide[:, 0]
    back = np.zeros((wide.shape[1], len(batch), len(LABELS)), dtype=np.int64)
    stays = np.broadcast_to(np.arange(len(LABELS)), total.shape)
    for i in range(1, wide.shape[1]):
        every = total[:, :, None] + steps
        on = (lengths > i)[:, None]
        back[i] = np.where(on, every.argmax(1), stays)
        total = np.where(on, every.max(1) + wide[:, i], total)
    at = total.argmax(1)
    paths = [at]
    for i in range(wide.shape[1] - 1, 0, -1):
        at = back[i][np.arange(len(batch)), at]
        paths.append(at)
    rows = np.stack(paths[::-1], 1)
    return [[int(x) for x in rows[k, :n]] for k, n in enumerate(lengths)]


def marginals(batch: Sequence[Scores], steps: Scores) -> list[Scores]:
    """Probability of each label at each word of each window (forward-backward)."""
    import numpy as np

    wide, lengths = padded(batch)
    table = np.exp(steps)
    here = np.exp(wide - wide.max(2, keepdims=True))
    ahead, behind = np.zeros_like(wide), np.ones_like(wide)
    ahead[:, 0] = normed(here[:, 0])
    for i in range(1, wide.shape[1]):
        ahead[:, i] = normed((ahead[:, i - 1] @ table) * here[:, i])
    for i in range(wide.shape[1] - 2, -1, -1):
        on = (lengths > i + 1)[:, None]
        behind[:, i] = np.where(on, normed((behind[:, i + 1] * here[:, i + 1]) @ table.T), 1.0)
    found = normed(ahead * behind)
    return [found[k, :n] for k, n in enumerate(lengths)]


def normed(values: Scores) -> Scores:
    """Scaled so that the last axis adds up to one."""
    return values / np_max(values.sum(-1, keepdims=True))


def np_max(values: Scores) -> Scores:
    """At least the smallest normal number, so that nothing is divided by zero."""
    import numpy as np

    return np.maximum(values, np.finfo(np.float32).tiny)


def tags_of(words: Sequence[Range], path: Sequence[int], sure: Scores) -> Iterator[Tag]:
    """The spans of one window, in order. `opens` False: the first goes on from the window before."""
    open_: Tag | None = None
    for word, label, row in zip(words, path, sure, strict=True):
        name = LABELS[label]
        if open_ and name.startswith("I-"):
            open_ = grown(open_, word, float(row[label]))
            continue
        if open_:
            yield open_
        open_ = None if name == "O" else Tag(name[2:5], name[5:], *word, float(row[label]), opens=name.startswith("B-"))
    if open_:
        yield open_


def grown(tag: Tag, word: Range, sure: float) -> Tag:
    """With one more word."""
    return replace(tag, end=word[1], sure=tag.sure + (sure - tag.sure) / (tag.words + 1), words=tag.words + 1)


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
