"""Links of clauses and sentences: drawn by likelihood, labelled apart from their words, and met again by a digest."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import pytest

from training.pairs import links as module
from training.pairs.links import EDGES, LABELS, Link, added, digest, joined, links, page, sampled

FERRY = "The ferry Saint Alma ran aground off Velm on Monday. The mayor thanked the fishermen of the town for their help."
ALMA = "Rescuers brought 214 people ashore after a ferry ran aground near Velm, the coastguard said."


def article(name: str, text: str) -> dict[str, str]:
    return {"id": name, "outlet": name, "published": "2018-09-20", "title": "Ferry aground", "text": text, "story": "ferry"}


def link(number: int, likely: float = 0.5) -> Link:
    return {
        "clause": f"ferry {number} sank",
        "sentence": f"The ferry {number} sank.",
        "other": f"Ferry {number} is lost.",
        "likely": likely,
    }


def test_a_clause_meets_the_likeliest_sentence_of_each_other_article() -> None:
    found = list(links([article("a", FERRY), article("b", ALMA)]))
    assert {one["other"] for one in found if one["sentence"].startswith("The ferry")} == {ALMA}
    assert all(one["clause"] in one["sentence"] and one["sentence"] != one["other"] and 0 < one["likely"] < 1 for one in found)
    assert list(links([article("a", FERRY)])) == []


def test_so_many_of_each_stretch_are_drawn_and_each_pair_of_sentences_once() -> None:
    found = [link(n, likely) for n, likely in enumerate((0.05, 0.15, 0.15, 0.15, 0.9, 0.9))] + [link(5, 0.9)]
    drawn = sampled(found, 2, random.Random(1))
    assert sorted(one["likely"] for one in drawn) == [0.15, 0.15, 0.9, 0.9]
    assert len({one["sentence"] for one in drawn}) == 4
    assert EDGES[0] > 0.05


def test_an_endless_pair_is_left_out() -> None:
    long = link(1) | {"other": "word " * module.LONGEST}
    assert sampled([long], 5, random.Random(1)) == []


def test_labels_meet_their_links_again() -> None:
    found = [link(n) for n in range(3)]
    table = list(added(["0 y 3", "2 n 1"], found))
    assert [(one["clause"], one["states"], one["sure"]) for one in joined(table, found)] == [
        ("ferry 0 sank", True, 3),
        ("ferry 2 sank", False, 1),
    ]
    assert digest(found[0]) != digest(found[0] | {"clause": "sank"})


@pytest.mark.parametrize("line", ["0 yes 3", "0 y 4", "0 n 0"])
def test_another_label_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="y or n, and 1, 2 or 3"):
        list(added([line], [link(0)]))


def test_the_table_holds_each_link_once_with_a_known_label() -> None:
    rows = [line.split("\t") for line in LABELS.read_text("utf-8").splitlines()]
    assert len(rows) > 7_000
    assert len({name for name, _, _ in rows}) == len(rows)
    assert {label for _, label, _ in rows} == {"y", "n"}
    assert {sure for _, _, sure in rows} == {"1", "2", "3"}


def test_drawn_read_added_and_joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive, drawn, read = tmp_path / "a.jsonl", tmp_path / "drawn.jsonl", tmp_path / "read.txt"
    archive.write_text("\n".join(json.dumps(article(name, text)) for name, text in (("a", FERRY), ("b", ALMA))), "utf-8")
    run(monkeypatch, archive, "--out", drawn, "--read", read)
    assert read.read_text("utf-8").startswith(page(0, json.loads(drawn.read_text("utf-8").splitlines()[0])))
    labels, new, out = tmp_path / "labels.tsv", tmp_path / "new.tsv", tmp_path / "out.jsonl"
    labels.write_text("", "utf-8")
    new.write_text("0\ty\t3\n", "utf-8")
    run(monkeypatch, "--links", drawn, "--labels", labels, "--add", new)
    run(monkeypatch, "--links", drawn, "--labels", labels, "--out", out)
    assert [json.loads(line)["states"] for line in out.read_text("utf-8").splitlines()] == [True]


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> None:
    monkeypatch.setattr(sys, "argv", ["links", *map(str, words)])
    module.main()
