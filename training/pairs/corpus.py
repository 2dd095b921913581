"""Examples for the pair model: our own pairs, edits of them, and the stances of FNC-1."""

from __future__ import annotations

import json
import random
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from training.pairs.edits import Names, contradiction, made, number, proper_names
from training.pairs.light import light
from transforms.compare.evidence import gist
from transforms.compare.pairs import EVIDENCE, RELATIONS, STANCES

NONE = -1
# What a relation says of the first text as a claim and the second as evidence.
AS_EVIDENCE = {"same": "supports", "number": "denies", "date": "denies", "actor": "denies", "contradicts": "denies", "other": "neutral"}


# Of the pairs of one event's other facts, so many for each fact: without them the model takes every pair of one event for one claim.
NEIGHBOURS = 1
# Share of the edits of a fact's pairs in one epoch: its own variants matter more.
FACT_EDITED = 0.2

# Share of near copies that come with one fact changed as well: a model that sees only such ones takes every near copy for changed.
COPIES_EDITED = 0.45
# Shares of the possible edits and near copies in one epoch; every epoch draws anew.
EDITED, COPIED = 0.4, 0.6


@dataclass(frozen=True)
class Example:
    """Two texts and the right output of each head, NONE where it is not known; `told`: what a larger model's outputs are."""

    a: str
    b: str
    relation: int = NONE
    evidence: int = NONE
    stance: int = NONE
    told: tuple[float, ...] = ()


def rows(folder: Path, prefix: str, skipped: Collection[str] = ()) -> list[dict[str, Any]]:
    """The lines of all files of a kind, by name of file, `skipped` ones left out."""
    paths = [path for path in sorted(folder.glob(f"{prefix}*.jsonl")) if path.stem not in skipped]
    return [row for path in paths for row in lines(path)]


def lines(file: Path | None) -> list[Any]:
    """The lines of a JSON Lines file, empty ones left out; none without a file."""
    return [json.loads(line) for line in file.read_text("utf-8").splitlines() if line] if file else []


def write_lines(file: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Write a JSON Lines file."""
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


def relation(a: str, b: str, label: str) -> Example:
    """A pair of statements."""
    evidence = EVIDENCE.index(AS_EVIDENCE[label]) if label in AS_EVIDENCE else NONE
    return Example(a, b, relation=RELATIONS.index(label), evidence=evidence)


def relations(pairs: Sequence[dict[str, Any]], chance: random.Random) -> Iterator[Example]:
    """Each pair in one of its orders."""
    for one in pairs:
        a, b = chance.sample([one["a"], one["b"]], 2)
        yield relation(a, b, one["label"])


def alone(pairs: Sequence[dict[str, Any]], chance: random.Random) -> Iterator[Example]:
    """Pairs that share one statement among others, so that neither supports all of the other: their relation alone."""
    for one in relations(pairs, chance):
        yield replace(one, evidence=NONE)


def edited(pairs: Sequence[dict[str, Any]], names: Names, chance: random.Random) -> Iterator[Example]:
    """Edits of pairs that say the same, and near copies of single texts, most of which say the same as in the news."""
    for one in pairs:
        if one["label"] == "same":
            yield from (relation(*found) for found in made(one["a"], one["b"], names, chance) if chance.random() < EDITED)
        if chance.random() < COPIED:
            text = one[chance.choice("ab")]
            x, y = light(text, chance), light(text, chance)
            yield relation(x, y, "same")
            found = list(made(x, y, names, chance))
            if found and chance.random() < COPIES_EDITED:
                yield relation(*chance.choice(found))


def facts(events: Sequence[dict[str, Any]], names: Names, chance: random.Random) -> Iterator[Example]:
    """Pairs of what outlets say of one event: of a fact in other words, with one facet changed, next to it, and of two facts."""
    for event in events:
        for fact in event["facts"]:
            for label, variants in fact.items():
                a, b = fact_pair(fact["same"], variants, label, chance)
                yield relation(a, b, label)
            one, other = chance.sample(fact["same"], 2)
            yield relation(one, other, "same")
            yield from (relation(*found) for found in made(one, other, names, chance) if chance.random() < FACT_EDITED)
            others = [each for each in event["facts"] if each is not fact]
            for near in chance.sample(others, min(NEIGHBOURS, len(others))):
                yield relation(chance.choice(statements(fact)), chance.choice(statements(near)), "other")


def fact_pair(same: Sequence[str], variants: Sequence[str], label: str, chance: random.Random) -> list[str]:
    """Two statements of a fact that relate so, in any order."""
    pair = chance.sample(same, 2) if label == "same" else [chance.choice(same), chance.choice(variants)]
    return chance.sample(pair, 2)


def statements(fact: dict[str, list[str]]) -> list[str]:
    """All that is stated around one fact."""
    return [text for variants in fact.values() for text in variants]


def unfolded(kind: str, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Claims with evidence ("verify") or articles ("stance") as flat rows, from lines that group them."""
    if kind == "verify":
        return [
            {"claim": claim, "evidence": row["evidence"], "label": label}
            for row in rows
            for label in EVIDENCE
            for claim in row.get(label, ())
        ]
    return [{"claim": row["claim"], **article} for row in rows for article in row["articles"]]


def evidence(pairs: Sequence[dict[str, Any]], chance: random.Random) -> Iterator[Example]:
    """Claims with evidence; a supported claim with one fact changed is denied."""
    for one in pairs:
        claim, text = one["claim"], one["evidence"]
        yield Example(claim, text, evidence=EVIDENCE.index(one["label"]))
        if one["label"] == "supports":
            for edit in (number, contradiction):
                changed = edit(text if edit is number else claim, claim, chance)
                if changed:
                    yield Example(changed, text, evidence=EVIDENCE.index("denies"))


def stances(pairs: Sequence[dict[str, Any]]) -> Iterator[Example]:
    """Claims with the headline and telling sentences of an article, and with its headline alone."""
    for one in pairs:
        yield Example(one["claim"], gist(one["claim"], one["title"], one["text"]), stance=STANCES.index(one["label"]))
        if one["title"]:
            yield Example(one["claim"], one["title"], stance=STANCES.index(one["label"]))


def near(pairs: Sequence[dict[str, Any]], chance: random.Random) -> Iterator[Example]:
    """Texts of two pairs that were not written for each other."""
    for one in pairs:
        other = chance.choice(pairs)
        if other is not one:
            yield relation(one["a"], other["b"], "other")


def examples(folder: Path, chance: random.Random, skipped: Collection[str] = ()) -> list[Example]:
    """One epoch of everything of our own."""
    pairs = rows(folder, "w", skipped)
    events = rows(folder, "facts", skipped)
    claims = rows(folder, "verify", skipped) + unfolded("verify", rows(folder, "claims", skipped))
    articles = rows(folder, "stance", skipped) + unfolded("stance", rows(folder, "rumours", skipped))
    told = [text for event in events for fact in event["facts"] for text in fact["same"]]
    names = proper_names([one[side] for one in pairs for side in ("a", "b")] + told)
    return [
        *relations(pairs, chance),
        *facts(events, names, chance),
        *edited(pairs, names, chance),
        *near(chance.sample(pairs, len(pairs) // 6), chance),
        *evidence(claims, chance),
        *stances(articles),
    ]
