"""Decoding: the best allowed path and its probabilities against enumeration, spans of words, spans over window borders."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.claims.decoding import FORBIDDEN, Tag, best_paths, closed_steps, follows, joined, marginals, tags_of
from transforms.claims.windows import LABELS

SMALL = st.floats(-3, 3, width=32)
STEPS = closed_steps()
OTHERS = [Tag("CNT", ">", 11, 14, 0.5, opens=False), Tag("CNT", "<", 11, 14, 0.5), Tag("SRC", "<", 11, 14, 0.5, opens=False)]


def windows(most: int = 3) -> st.SearchStrategy[list[np.ndarray]]:
    """A few windows of one to three words with scores."""
    row = st.lists(SMALL, min_size=len(LABELS), max_size=len(LABELS))
    window = st.lists(row, min_size=1, max_size=most).map(lambda rows: np.array(rows, dtype=np.float32))
    return st.lists(window, min_size=1, max_size=3)


def paths(scores: np.ndarray) -> list[tuple[float, tuple[int, ...]]]:
    """Every path of a window with its score."""
    return [
        (float(sum(scores[i, k] for i, k in enumerate(path)) + sum(STEPS[a, b] for a, b in pairwise(path))), path)
        for path in product(range(len(LABELS)), repeat=len(scores))
    ]


def test_the_scheme_has_a_first_and_an_inner_label_for_each_role_and_side() -> None:
    assert len(LABELS) == 11
    assert LABELS[0] == "O"
    assert {label[:2] for label in LABELS[1:]} == {"B-", "I-"}


@pytest.mark.parametrize(
    ("before", "label", "allowed"),
    [
        ("O", "O", True),
        ("O", "B-CUE", True),
        ("O", "I-CUE", False),
        ("B-CNT<", "I-CNT<", True),
        ("I-CNT<", "I-CNT<", True),
        ("I-CNT>", "I-CNT<", False),
        ("B-SRC>", "I-CUE", False),
        ("I-CUE", "B-CUE", True),
    ],
)
def test_an_inner_label_needs_its_role_before_it(before: str, label: str, allowed: bool) -> None:
    assert follows(before, label) is allowed
    assert bool(closed_steps()[LABELS.index(before), LABELS.index(label)] == 0) is allowed


@settings(max_examples=25, deadline=None)
@given(windows())
def test_the_best_path_is_the_best_of_all(batch: list[np.ndarray]) -> None:
    for scores, path in zip(batch, best_paths(batch, STEPS), strict=True):
        every = paths(scores)
        best = max(score for score, _ in every)
        assert {p: s for s, p in every}[tuple(path)] == pytest.approx(best, abs=1e-4)


@settings(max_examples=25, deadline=None)
@given(windows(2))
def test_probabilities_are_sums_over_all_paths(batch: list[np.ndarray]) -> None:
    for scores, found in zip(batch, marginals(batch, STEPS), strict=True):
        weights = [(np.exp(score), path) for score, path in paths(scores)]
        total = sum(weight for weight, _ in weights)
        for i in range(len(scores)):
            for label in range(len(LABELS)):
                share = sum(weight for weight, path in weights if path[i] == label) / total
                assert found[i, label] == pytest.approx(share, abs=1e-3)


@settings(max_examples=20, deadline=None)
@given(windows(6))
def test_a_path_never_breaks_the_scheme_and_windows_do_not_disturb_each_other(batch: list[np.ndarray]) -> None:
    together = best_paths(batch, STEPS)
    assert together == [best_paths([scores], STEPS)[0] for scores in batch]
    assert all(follows(LABELS[a], LABELS[b]) for path in together for a, b in pairwise(path))


def test_long_windows_keep_their_probabilities_finite() -> None:
    scores = np.full((400, len(LABELS)), -50.0, dtype=np.float32)
    scores[:, 3] = 50
    found = marginals([scores], STEPS)[0]
    assert np.isfinite(found).all()
    assert found.sum(1) == pytest.approx(np.ones(400), abs=1e-4)
    assert FORBIDDEN < -1000


def spans(labels: list[str], sure: float = 0.5) -> list[Tag]:
    """Tags of words of two letters, three characters apart."""
    numbers = [LABELS.index(label) for label in labels]
    words = [(3 * i, 3 * i + 2) for i in range(len(labels))]
    return list(tags_of(words, numbers, np.full((len(labels), len(LABELS)), sure, dtype=np.float32)))


def test_words_of_one_span_are_one_tag() -> None:
    found = spans(["B-SRC>", "I-SRC>", "B-CUE", "O", "B-CNT<", "I-CNT<", "I-CNT<"])
    assert [(t.role, t.towards, t.start, t.end, t.words) for t in found] == [
        ("SRC", ">", 0, 5, 2),
        ("CUE", "", 6, 8, 1),
        ("CNT", "<", 12, 20, 3),
    ]
    assert {t.sure for t in found} == {0.5}


def test_two_spans_of_one_role_side_by_side_stay_two() -> None:
    assert [(t.start, t.end) for t in spans(["B-CNT<", "I-CNT<", "B-CNT<"])] == [(0, 5), (6, 8)]


def test_how_sure_a_span_is_is_the_mean_of_its_words() -> None:
    table = np.zeros((2, len(LABELS)), dtype=np.float32)
    table[0, 1], table[1, 2] = 1.0, 0.5
    assert next(tags_of([(0, 1), (2, 3)], [1, 2], table)).sure == pytest.approx(0.75)


def test_a_span_goes_on_over_the_border_of_two_windows() -> None:
    first = Tag("CNT", "<", 0, 9, 0.9, words=3)
    more = Tag("CNT", "<", 11, 14, 0.5, words=1, opens=False)
    other = Tag("CUE", "", 15, 18, 0.9)
    (one, two) = joined(iter([first, more, other]))
    assert (one.start, one.end, one.words, one.sure) == (0, 14, 4, pytest.approx(0.8))
    assert two == other


@pytest.mark.parametrize("more", OTHERS)
def test_another_role_or_a_first_word_begins_a_span_of_its_own(more: Tag) -> None:
    assert len(list(joined(iter([Tag("CNT", "<", 0, 9, 0.9), more])))) == 2


def test_no_word_gives_no_tag() -> None:
    assert spans([]) == []
    assert list(joined(iter([]))) == []
