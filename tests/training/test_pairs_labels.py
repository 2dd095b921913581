"""Labels of real pairs lie apart from their words, and meet them again by a digest."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from training.pairs import labels
from training.pairs.labels import HELD, LABELS, added, digest, joined
from transforms.compare.pairs import RELATIONS

PAIRS = [{"a": f"Ferry {n} sank off Velm.", "b": f"A ferry, the {n}, went down near Velm."} for n in range(64)]


def test_a_digest_does_not_depend_on_the_order_of_a_pair() -> None:
    assert digest("one", "two") == digest("two", "one") != digest("one", "three")


def test_added_labels_meet_their_pairs_again_and_an_eighth_is_held_out() -> None:
    table = list(added([f"{n} same 3" for n in range(len(PAIRS))], PAIRS))
    kept, held = list(joined(table, PAIRS)), list(joined(table, PAIRS, held=True))
    assert {one["label"] for one in kept + held} == {"same"}
    assert sorted(one["a"] for one in kept + held) == sorted(one["a"] for one in PAIRS)
    assert all(digest(one["a"], one["b"]).startswith(HELD) for one in held)
    assert 0 < len(held) < len(kept) / 3


def test_unsure_labels_and_pairs_without_label_are_left_out() -> None:
    table = list(added(["0 same 1", "1 number 2"], PAIRS))
    found = [*joined(table, PAIRS), *joined(table, PAIRS, held=True)]
    assert found == [PAIRS[1] | {"label": "number"}]


@pytest.mark.parametrize("line", ["0 similar 3", "0 same 4", "0 same 12"])
def test_a_wrong_label_says_what_may_be_written(line: str) -> None:
    with pytest.raises(ValueError, match="one of same, number, date") as raised:
        list(added([line], PAIRS))
    assert line in str(raised.value)


def test_the_command_adds_and_joins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs, read, table, out = (tmp_path / name for name in ("pairs.jsonl", "read.txt", "labels.tsv", "out.jsonl"))
    pairs.write_text("".join(json.dumps(one) + "\n" for one in PAIRS), "utf-8")
    read.write_text("".join(f"{n} date 2\n" for n in range(len(PAIRS))), "utf-8")
    arguments = ["--labels", table, "--pairs", pairs, "--add", read, "--out", out]
    monkeypatch.setattr(sys, "argv", ["labels", *map(str, arguments)])
    labels.main()
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert rows
    assert all(row["label"] == "date" for row in rows)
    assert len(table.read_text("utf-8").splitlines()) == len(PAIRS)


def test_every_label_in_the_repository_is_one_of_the_model_and_every_pair_is_labelled_once() -> None:
    rows = [line.split("\t") for line in LABELS.read_text("utf-8").splitlines()]
    assert {label for _, label, _ in rows} <= set(RELATIONS)
    assert {sure for *_, sure in rows} <= {"1", "2", "3"}
    assert len({name for name, *_ in rows}) == len(rows)
