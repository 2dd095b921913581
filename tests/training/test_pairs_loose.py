"""Unlabelled pairs for the larger model: of two articles, alike and no copies."""

from __future__ import annotations

import json
import random
from pathlib import Path

from training.pairs.loose import by_event, pairs, sentences

FLOOD = (
    "The river Lahn rose by three metres in Velm on Monday night. Short one. Ferries between both banks stopped at noon, the mayor said."
)
DAM = "In Velm the river Lahn rose by almost three metres. The old mill at the dam was closed to all visitors."


def article(text: str, title: str = "The river Lahn floods the town of Velm") -> dict[str, str]:
    return {"story": "flood", "title": title, "text": text}


def test_sentences_are_those_of_a_usual_length_and_keep_their_article() -> None:
    found = sentences([article(FLOOD), article(DAM, title="")])
    assert [at for at, _ in found] == [0, 0, 0, 1, 1]
    assert (0, "Short one.") not in found


def test_a_pair_shares_words_across_articles_and_is_no_copy() -> None:
    told = sentences([article(FLOOD), article(FLOOD + " " + DAM)])
    article_of = {words: {at for at, other in told if other == words} for _, words in told}
    found = list(pairs(told, random.Random(1)))
    assert found
    for a, b in found:
        assert a != b
        assert article_of[a] | article_of[b] == {0, 1}
        assert set(a.lower().split()) & set(b.lower().split())


def test_events_come_out_of_archives_one_by_one(tmp_path: Path) -> None:
    file = tmp_path / "archive.jsonl"
    rows = [article(FLOOD), article(DAM) | {"story": "dam"}, article(DAM)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert [[row["text"] for row in event] for event in by_event([file], None, [])] == [[FLOOD, DAM], [DAM]]
