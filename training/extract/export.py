"""LightGBM trees as plain data: the splits of each tree and the leaves that a failed test strikes off."""

from __future__ import annotations

from typing import Any

LEAVES = 16


def tree(root: dict[str, Any]) -> tuple[list[int], list[float], list[int], list[float]]:
    """(features, thresholds, masks, values) of one tree; leaves are numbered from left to right."""
    features: list[int] = []
    thresholds: list[float] = []
    masks: list[int] = []
    values: list[float] = []

    def visit(node: dict[str, Any]) -> int:
        """Bits of the leaves under a node."""
        if "leaf_value" in node:
            values.append(float(f"{node['leaf_value']:.5g}"))
            return 1 << (len(values) - 1)
        assert node["decision_type"] == "<="
        here = len(features)
        features.append(node["split_feature"])
        thresholds.append(float(f"{node['threshold']:.7g}"))
        masks.append(0)
        left = visit(node["left_child"])
        masks[here] = 0xFFFF & ~left
        return left | visit(node["right_child"])

    visit(root)
    assert len(values) <= LEAVES
    return features, thresholds, masks, values


def forest(boosters: list[Any], names: list[str]) -> dict[str, Any]:
    """Several boosters as one mean of log-odds; only the features that they use are named."""
    trees = [tree(info["tree_structure"]) for booster in boosters for info in booster.dump_model()["tree_info"]]
    used = sorted({number for features, *_ in trees for number in features})
    at = {number: place for place, number in enumerate(used)}
    return {
        "names": [names[number] for number in used],
        "trees": [
            [[at[number] for number in features], thresholds, masks, [float(f"{value / len(boosters):.5g}") for value in values]]
            for features, thresholds, masks, values in trees
        ],
    }
