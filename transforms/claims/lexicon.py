"""Cue words, loaded from the TOML files beside this module and inflected once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from transforms.records import Certainty, Polarity

FOLDER = Path(__file__).parent / "lexicons"
VOWELS = "aeiou"


@dataclass(frozen=True, slots=True)
class Cue:
    """What a cue word does. `kind`: base, s, past, participle, ing, fixed; `frames` as told in lexicons/en.toml."""

    name: str
    lemma: str
    kind: str
    frames: str
    weight: float
    polarity: Polarity
    certainty: Certainty
    inverts: bool
    posts: bool
    hearer: bool


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Cues by first word; each entry is (further words, cue), longest first. `speech`: single words that may follow a quotation."""

    cues: Mapping[str, list[tuple[tuple[str, ...], Cue]]]
    adjuncts: frozenset[str]
    unsourced: frozenset[str]
    speech: frozenset[str]


@lru_cache(maxsize=8)
def read(language: str) -> dict[str, Any]:
    """One lexicon file as plain data."""
    return tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))


def wordlist(name: str) -> frozenset[str]:
    """One list of closed-class words of lexicons/grammar.toml."""
    return frozenset(read("grammar")[name].split())


@lru_cache(maxsize=8)
def english() -> Lexicon:
    """The English lexicon."""
    data = read("en")
    table: dict[str, list[tuple[tuple[str, ...], Cue]]] = {}
    for group in data["class"] + data["phrase"]:
        for words, cue in forms(group, data["irregular"]):
            table.setdefault(words[0], []).append((words[1:], cue))
    for found in table.values():
        found.sort(key=lambda item: -len(item[0]))
    speech = frozenset(word for word, found in table.items() if any(not rest and cue.posts for rest, cue in found))
    return Lexicon(table, frozenset(data["adjuncts"]["words"]), frozenset(data["unsourced"]["words"]), speech)


def forms(group: Mapping[str, Any], irregular: Mapping[str, list[str]]) -> Iterator[tuple[tuple[str, ...], Cue]]:
    """Every form of every verb of one class."""
    for lemma in group["verbs"]:
        verb, *rest = lemma.split()
        for kind, form in inflect(verb, irregular):
            yield (form, *rest), cue_of(group, lemma, kind)
    for phrase in group.get("fixed", []):
        yield tuple(phrase.split()), cue_of(group, phrase, "fixed")


def cue_of(group: Mapping[str, Any], lemma: str, kind: str) -> Cue:
    """A cue with the properties of its class."""
    return Cue(
        name=group["name"],
        lemma=lemma,
        kind=kind,
        frames=group.get("frames", "cq"),
        weight=group["weight"],
        polarity=group.get("polarity", "asserts"),
        certainty=group.get("certainty", "certain"),
        inverts=group.get("inverts", False),
        posts=group.get("posts", False),
        hearer=group.get("hearer", False),
    )


def inflect(verb: str, irregular: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    """(kind, form) of an English verb; doubled consonants are listed among the irregular ones.

    >>> inflect("deny", {})
    [('base', 'deny'), ('s', 'denies'), ('past', 'denied'), ('ing', 'denying')]
    """
    final_y = verb.endswith("y") and verb[-2] not in VOWELS
    third = verb[:-1] + "ies" if final_y else verb + "es" if verb.endswith(("s", "sh", "ch", "x", "o")) else verb + "s"
    plain_past = verb[:-1] + "ied" if final_y else verb + "d" if verb.endswith("e") else verb + "ed"
    past, participle = irregular.get(verb, [plain_past, plain_past])
    stem = past[:-2] if past.endswith(verb[-1] * 2 + "ed") and verb[-1] not in VOWELS else verb
    gerund = verb[:-1] + "ing" if verb.endswith("e") and not verb.endswith("ee") else stem + "ing"
    kinds = [("base", verb), ("s", third), ("past", past), ("ing", gerund)]
    return kinds if participle == past else [*kinds, ("participle", participle)]
