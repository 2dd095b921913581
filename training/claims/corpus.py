"""Training rows: windows of whole paragraphs with a role label per word, from articles with attributions."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from transforms.claims.windows import LABELS, Piece, encoded, windows
from transforms.claims.wordpiece import Vocabulary

Range = tuple[int, int]
WORD = re.compile(r"\w")
# Roles in the order in which they take a word that several attributions claim (rare: annotators gave a word one role).
ROLES = ("content", "source", "cue")
INLINE = re.compile(r"\[(S|Q|C)(\d*)\s|\]")


@dataclass(frozen=True, slots=True)
class Row:
    """One window: its pieces (subwords, features) and one label per word."""

    piece: Piece
    labels: list[int]


def articles(path: Path) -> list[dict[str, Any]]:
    """Articles of a JSONL file, packed or not: `text` and `attributions` with source, cue and content spans."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def ranges(span: dict[str, Any] | None) -> list[Range]:
    """The pieces of a span of the corpus."""
    if not span:
        return []
    return [(a, b) for a, b in span["spans"]] if span.get("spans") else [(span["start"], span["end"])]


def trimmed(text: str, span: Range) -> Range | None:
    """Without punctuation at the edges, about which annotators differ."""
    a, b = span
    while a < b and not WORD.match(text[a]):
        a += 1
    while b > a and not WORD.match(text[b - 1]):
        b -= 1
    return (a, b) if b > a else None


def spans(text: str, attributions: Iterable[dict[str, Any]]) -> Iterator[tuple[int, int, str]]:
    """(start, end, label without prefix) of every part of every attribution, contents first."""
    rows = list(attributions)
    for role in ROLES:
        for row in rows:
            cue = ranges(row.get("cue"))
            for part in ranges(row.get(role)):
                cut = trimmed(text, part)
                if cut:
                    yield (*cut, name_of(role, cut, cue))


def name_of(role: str, part: Range, cue: list[Range]) -> str:
    """The label: a role, and on which side the nearest part of the cue lies."""
    if role == "cue":
        return "CUE"
    short = "SRC" if role == "source" else "CNT"
    if not cue:
        return short + ("<" if role == "content" else ">")
    nearest = min(cue, key=lambda c: min(abs(c[0] - part[1]), abs(part[0] - c[1])))
    return short + (">" if nearest[0] >= part[0] else "<")


def labelled(text: str, attributions: Iterable[dict[str, Any]], vocabulary: Vocabulary) -> Iterator[Row]:
    """Every window of a text with its labels; a span that goes on over a line break keeps its I label."""
    role, owner = [""] * len(text), [-1] * len(text)
    for number, (a, b, name) in enumerate(spans(text, attributions)):
        role[a:b], owner[a:b] = [name] * (b - a), [number] * (b - a)
    last = -1
    for piece in windows(encoded(text, vocabulary)):
        labels = []
        for a, _ in piece.words:
            here = owner[a]
            prefix = "I-" if here == last else "B-"
            labels.append(LABELS.index(prefix + role[a]) if here >= 0 else 0)
            last = here
        yield Row(piece, labels)


def inline(text: str) -> tuple[str, list[dict[str, Any]]]:
    """A text with marks "[S1 the mayor] [Q1 said] [C1 that …]" as plain text and attributions by number."""
    plain, at, open_spans = "", 0, []
    found: dict[str, dict[str, list[Range]]] = {}
    for match in INLINE.finditer(text):
        plain += text[at : match.start()]
        at = match.end()
        if match.group() == "]":
            kind, number, start = open_spans.pop()
            role = {"S": "source", "Q": "cue", "C": "content"}[kind]
            for one in number or "0":
                found.setdefault(one, {}).setdefault(role, []).append((start, len(plain)))
        else:
            open_spans.append((match.group(1), match.group(2), len(plain)))
    return plain + text[at:], [{role: {"spans": parts} for role, parts in row.items()} for row in found.values()]


def written(folder: Path) -> list[dict[str, Any]]:
    """Articles of our own with inline marks, one file a topic, articles parted by a line `---`."""
    found = []
    for path in sorted(folder.glob("*.txt")):
        for text in path.read_text("utf-8").split("\n---\n"):
            plain, attributions = inline(text.strip())
            found.append({"id": path.stem, "text": plain, "attributions": attributions})
    return found


def golden(folder: Path) -> list[dict[str, Any]]:
    """Every second English case of the golden files of the tests (the others stay unseen); nested attributions are left out."""
    cases = [case for path in sorted(folder.glob("*.yaml")) for case in yaml.safe_load(path.read_text("utf-8"))]
    return [located(case) for case in cases[::2] if case.get("language", "en") == "en"]


def located(case: dict[str, Any]) -> dict[str, Any]:
    """Offsets of the words that a golden case names, each part sought from the last one's sentence on."""
    text, found, at = case["text"].strip(), [], 0
    for entry in case["expected"]:
        if entry.get("chain"):
            continue
        first = text.find(entry["content"][0], at)
        at = max(first, 0)
        near = max(text.rfind("\n", 0, at), 0)
        row: dict[str, Any] = {"content": {"spans": [(k, k + len(c)) for c in entry["content"] if (k := text.find(c, near)) >= 0]}}
        for role in ("cue", "source"):
            words = entry.get(role)
            spots = [m.span() for m in re.finditer(rf"\b{re.escape(words)}\b", text)] if words else []
            outside = [s for s in spots if all(s[1] <= a or s[0] >= b for a, b in row["content"]["spans"])]
            goal = row["cue"]["spans"][0][0] if role == "source" and row.get("cue") else at
            row[role] = {"spans": [min(outside, key=lambda s: abs(s[0] - goal))]} if outside else None
        found.append(row)
    return {"id": case["name"], "text": text, "attributions": found}


def batches(rows: list[Row], size: int, seed: int) -> list[list[Row]]:
    """Batches of windows of like length (at most `size` subwords with padding), in random order."""
    shuffler = random.Random(seed)
    order = sorted(rows, key=lambda row: len(row.piece.ids) + shuffler.random() * 24)
    found: list[list[Row]] = [[]]
    for row in order:
        if found[-1] and (len(found[-1]) + 1) * len(row.piece.ids) > size:
            found.append([])
        found[-1].append(row)
    shuffler.shuffle(found)
    return found
