"""The words of `lexicons/*.yaml`, compiled once."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from transforms.extract.beginnings import LENGTH, Heads, beginnings
from transforms.extract.openings import Openings, branches
from transforms.extract.text import folded

FOLDER = Path(__file__).with_name("lexicons")
# Kinds that are looked for at the start of every line.
KINDS = ("furniture", "prompt", "closing", "correction", "update", "credit", "byline", "signature", "supplied", "signed_bio")
# What may follow a whole line of a kind.
ENDS = {"furniture": r"\W*$", "closing": r"\W*$"}


@dataclass(frozen=True)
class Lexicon:
    """Patterns over one line of text; all but signatures and signed bios ignore case. common.yaml says what each is for."""

    byline: re.Pattern[str]
    no_name: re.Pattern[str]
    furniture: Openings
    prompt: Openings
    pitch: dict[str, re.Pattern[str]]
    closing: Openings
    correction: re.Pattern[str]
    update: re.Pattern[str]
    locked: re.Pattern[str]
    bio: re.Pattern[str]
    signed_bio: re.Pattern[str]
    signature: re.Pattern[str]
    supplied: re.Pattern[str]
    credit: re.Pattern[str]
    agencies: dict[str, str]
    selectors: str
    captions: str
    heads: Heads
    loose: dict[str, re.Pattern[str]]

    def begins(self, kind: str, text: str) -> bool:
        """The line begins with a pattern of the kind; the first letters tell most lines from all but `loose` ones."""
        if self.heads.may(text[:LENGTH]) & self.heads.bit[kind] and getattr(self, kind).match(text):
            return True
        return kind in self.loose and self.loose[kind].match(text) is not None

    def pitches(self, text: str) -> bool:
        """The outlet talks to its reader: a word that such talk has (quick to look for), and the talk around it."""
        line = text.casefold()
        return any(word in line and pattern.search(text) is not None for word, pattern in self.pitch.items())


def union(patterns: list[str], *, start: str = "^", end: str = "", flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    """One pattern out of many."""
    return re.compile(start + "(?:" + "|".join(patterns) + ")" + end, flags)


def joined() -> tuple[dict[str, list[str]], dict[str, list[str]], dict[str, list[str]]]:
    """(patterns by key, pitches by word, agencies) of all files, in the order of their names."""
    patterns: dict[str, list[str]] = defaultdict(list)
    pitches: dict[str, list[str]] = defaultdict(list)
    agencies: dict[str, list[str]] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        data: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
        agencies |= data.pop("agencies", {})
        for word, found in data.pop("pitch", {}).items():
            pitches[word.casefold()].extend(found)
        for key, found in data.items():
            patterns[key].extend(found)
    return patterns, pitches, agencies


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon of this version."""
    data, pitches, agencies = joined()
    pieces = {kind: [branch for pattern in data[kind] for branch in branches(pattern)] for kind in KINDS}
    tight = {kind: [piece for piece in found if "" not in beginnings(piece)] for kind, found in pieces.items()}
    loose = {kind: [piece for piece in found if piece not in tight[kind]] for kind, found in pieces.items()}
    return Lexicon(
        byline=union(data["byline"], end=r"(?:[:：／＝\s]|(?<=[\u3040-\u9fff])/)\s*"),
        no_name=union(data["no_name"], start=r"\b", end=r"\b"),
        furniture=Openings(data["furniture"], end=ENDS["furniture"]),
        prompt=Openings(data["prompt"]),
        pitch={word: union(found, start="") for word, found in pitches.items()},
        closing=Openings(data["closing"], end=ENDS["closing"]),
        correction=union(data["correction"], start=r"\b"),
        update=union(data["update"], start=r"\b"),
        locked=union(data["locked"], start=""),
        bio=union(data["bio"]),
        signed_bio=union(data["signed_bio"], flags=re.NOFLAG),
        supplied=union(data["supplied"]),
        signature=union(data["signature"], start="", flags=re.NOFLAG),
        credit=union(data["credit"]),
        agencies={folded(alias): name for name, aliases in agencies.items() for alias in [name, *aliases]},
        selectors=", ".join(data["selectors"]),
        captions=", ".join(data["captions"]),
        heads=Heads(tight),
        loose={kind: union(found, start="", end=ENDS.get(kind, "")) for kind, found in loose.items() if found},
    )
