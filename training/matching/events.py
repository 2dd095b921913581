"""Events that we wrote, with the claims tagged in the texts, as the claim matrices and articles of the matrix judge.

    python -m training.matching.events FOLDER --out FOLDER

A file has a header (`story:`, `claims:` with what a cell differs in), a line `---`, and the articles: `=== a | OUTLET | DAY | TITLE`, then
the text, in which `[[3,4]]…[[/3,4]]` carries the claims 3 and 4.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import yaml

Row = dict[str, Any]

CARRY = {"states", "attributes", "differs", "contradicts"}
# Share of the shorter side's characters from which spans are the same place, as the judge has it.
SAME_PLACE = 0.5
TAG = re.compile(r"\[\[(/?)([\d, ]+)\]\]")
NOTE = re.compile(r"(states|attributes|differs|contradicts|unknown)(?: (number|date|actor|certainty))?\b:? ?(.*)", re.DOTALL)


def shared(a: list[list[int]], b: list[list[int]]) -> float:
    """Share of the shorter side that both cover."""
    common = sum(max(0, min(e, y) - max(s, x)) for s, e in a for x, y in b)
    return common / max(1, min(sum(e - s for s, e in a), sum(e - s for s, e in b)))


def untagged(marked: str) -> tuple[str, dict[int, list[list[int]]]]:
    """The text without its tags, and the spans of each claim in it."""
    text, spans, opened, last = "", {}, 0, 0
    for found in TAG.finditer(marked):
        text += marked[last : found.start()]
        last = found.end()
        if not found[1]:
            opened = len(text)
            continue
        for number in map(int, found[2].split(",")):
            spans.setdefault(number, []).append([opened, len(text)])
    return text + marked[last:], spans


def cell(claim: Row, letter: str, spans: list[list[int]]) -> Row:
    """What one article makes of a claim."""
    if not spans:
        return {"status": "silent", "spans": [], "differs_in": None}
    found = NOTE.match(str(claim.get(letter) or ""))
    plain = "attributes" if claim.get("speaker") else "states"
    return {"status": found[1] if found else plain, "spans": spans, "differs_in": found[2] if found else None}


def articles(body: str, story: str) -> Iterator[tuple[str, Row, dict[int, list[list[int]]]]]:
    """(letter, article, spans of each claim) of every article below the header."""
    for part in body.split("=== ")[1:]:
        head, _, marked = part.partition("\n")
        letter, outlet, day, title = (word.strip() for word in head.split("|", 3))
        text, spans = untagged(marked.strip())
        yield letter, {"id": f"{story}_{letter}", "outlet": outlet, "published": day, "title": title, "text": text}, spans


def event(path: Path) -> tuple[Row, list[Row]]:
    """The matrix of one event and its articles."""
    header, _, body = path.read_text("utf-8").partition("\n---\n")
    told = yaml.safe_load(header)
    found = list(articles(body, told["story"]))
    claims = [
        {key: claim.get(key) for key in ("claim", "kind", "speaker")}
        | {"cells": {one["id"]: cell(claim, letter, spans.get(int(claim["id"]), [])) for letter, one, spans in found}}
        for claim in told["claims"]
    ]
    known = [{"id": one["id"], "outlet": one["outlet"], "sha1": hashlib.sha1(one["text"].encode()).hexdigest()} for _, one, _ in found]
    return {"story": told["story"], "articles": known, "claims": claims}, [one for _, one, _ in found]


def events(folder: Path, skipped: Collection[str] = ()) -> list[tuple[Row, list[Row]]]:
    """The events of a folder, by name of file, `skipped` ones (named without ending) left out."""
    return [event(path) for path in sorted(folder.glob("*.txt")) if path.stem not in skipped]


def main() -> None:
    """Write gold.jsonl and articles.jsonl."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("folder", type=Path)
    ask.add_argument("--out", type=Path, required=True)
    asked = ask.parse_args()
    found = events(asked.folder)
    asked.out.mkdir(parents=True, exist_ok=True)
    for name, rows in (("gold", [gold for gold, _ in found]), ("articles", [one for _, made in found for one in made])):
        (asked.out / f"{name}.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


if __name__ == "__main__":
    main()
