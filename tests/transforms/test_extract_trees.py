"""Trees from plain data give what walking them gives."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from training.extract.export import forest, tree
from transforms.extract.selector import FILE, model
from transforms.extract.trees import CHUNK, LEAVES, LOWEST, SPLITS, Forest

Node = dict[str, object]
NUMBERS = st.floats(-4, 4, width=32)
FEATURES = 3


def leaf(value: float) -> Node:
    return {"leaf_value": value}


def split(feature: int, threshold: float, left: Node, right: Node) -> Node:
    return {"split_feature": feature, "threshold": threshold, "decision_type": "<=", "left_child": left, "right_child": right}


TREES = st.recursive(
    st.builds(leaf, NUMBERS), lambda inner: st.builds(split, st.integers(0, FEATURES - 1), NUMBERS, inner, inner), max_leaves=LEAVES
)


class Booster:
    """What the export asks of LightGBM."""

    def __init__(self, *trees: Node) -> None:
        self.trees = trees

    def dump_model(self) -> dict[str, object]:
        return {"tree_info": [{"tree_structure": one} for one in self.trees]}


def walked(node: Node, row: np.ndarray[tuple[int], np.dtype[np.float32]]) -> float:
    while "leaf_value" not in node:
        side = "left_child" if row[int(str(node["split_feature"]))] <= np.float32(float(f"{node['threshold']:.7g}")) else "right_child"
        node = node[side]  # type: ignore[assignment]
    return float(str(node["leaf_value"]))


@given(st.lists(TREES, min_size=1, max_size=4), arrays.arrays(np.float32, (5, FEATURES), elements=NUMBERS))
def test_scores_are_those_of_a_walk(trees: list[Node], rows: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> None:
    made = forest([Booster(*trees)], ["a", "b", "c"])
    found = Forest.from_data(json.loads(json.dumps(made)))
    columns = rows[:, ["abc".index(name) for name in found.names]] if found.names else np.zeros((5, 1), np.float32)
    wanted = [sum(walked(one, row) for one in trees) for row in rows]
    assert found.log_odds(columns) == pytest.approx(wanted, abs=1e-3)


def test_several_boosters_are_a_mean() -> None:
    made = Forest.from_data(forest([Booster(leaf(1.0)), Booster(leaf(3.0))], []))
    assert made.log_odds(np.zeros((2, 1), np.float32)) == pytest.approx([2.0, 2.0])


def test_many_rows_are_scored_in_parts() -> None:
    made = Forest.from_data(forest([Booster(split(0, 0.0, leaf(-1.0), leaf(1.0)))], ["a"]))
    rows = np.linspace(-1, 1, 2 * CHUNK + 7, dtype=np.float32).reshape(-1, 1)
    scores = made.scores(rows)
    assert len(scores) == len(rows)
    assert scores[0] == pytest.approx(1 / (1 + np.e))
    assert list(scores) == sorted(scores)
    assert len(made.scores(rows[:0])) == 0


def test_lowest_bits() -> None:
    assert [LOWEST[value] for value in (1, 2, 3, 8, 12, 0x8000)] == [0, 1, 0, 3, 2, 15]


def test_leaves_are_struck_off_from_the_left() -> None:
    _, _, masks, values = tree(split(0, 0.0, split(1, 0.0, leaf(1.0), leaf(2.0)), leaf(3.0)))
    assert values == [1.0, 2.0, 3.0]
    assert masks == [0xFFFC, 0xFFFE]


def test_the_model_file_is_small_and_plain() -> None:
    assert FILE.stat().st_size < 1_000_000
    data = json.loads(FILE.read_text())
    assert set(data) == {"threshold", "first", "second"}
    assert all(len(one[0]) <= SPLITS for stage in ("first", "second") for one in data[stage]["trees"])


def test_the_model_is_loaded_once() -> None:
    assert model() is model()
    assert 0.3 < model().threshold < 0.7
