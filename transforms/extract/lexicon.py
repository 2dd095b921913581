"""The words of `lexicons/*.yaml`, compiled once."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from transforms.extract.beginnings import Beginnings, Kind
from transforms.extract.text import REMEMBERED, folded

FOLDER = Path(__file__).with_name("lexicons")
WHOLE_LINE = r"\W*$"
BEFORE_NAME = r"(?:[:：／＝\s]|(?<=[\u3040-\u9fff])/)\s*"


@dataclass(frozen=True)
class Lexicon:
    """Patterns over one line of text; all but signatures and signed bios ignore case. common.yaml says what each is for.

    `begins` tells of most kinds whether a line begins so; the others are also looked for elsewhere in a line.
    """

    byline: re.Pattern[str]
    no_name: re.Pattern[str]
    pitch: dict[str, re.Pattern[str]]
    correction: re.Pattern[str]
    locked: re.Pattern[str]
    bio: re.Pattern[str]
    supplied: re.Pattern[str]
    credit: re.Pattern[str]
    agencies: dict[str, str]
    selectors: str
    captions: str
    begins: Beginnings


@lru_cache(maxsize=REMEMBERED)
def pitches(text: str) -> bool:
    """The outlet talks to its reader: a word that such talk has (quick to look for), and the talk around it."""
    line = text.casefold()
    return any(pattern.search(text) is not None for word, pattern in lexicon().pitch.items() if word in line)


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
    return Lexicon(
        byline=union(data["byline"], end=BEFORE_NAME),
        no_name=union(data["no_name"], start=r"\b", end=r"\b"),
        pitch={word: union(found, start="") for word, found in pitches.items()},
        correction=union(data["correction"], start=r"\b"),
        locked=union(data["locked"], start=""),
        bio=union(data["bio"]),
        supplied=union(data["supplied"]),
        credit=union(data["credit"]),
        agencies={folded(alias): name for name, aliases in agencies.items() for alias in [name, *aliases]},
        selectors=", ".join(data["selectors"]),
        captions=", ".join(data["captions"]),
        begins=Beginnings(
            {
                "furniture": Kind(data["furniture"], end=WHOLE_LINE),
                "prompt": Kind(data["prompt"]),
                "closing": Kind(data["closing"], end=WHOLE_LINE),
                "correction": Kind(data["correction"], start=r"\b"),
                "update": Kind(data["update"], start=r"\b"),
                "byline": Kind(data["byline"], end=BEFORE_NAME),
                "credit": Kind(data["credit"]),
                "supplied": Kind(data["supplied"]),
                "signature": Kind(data["signature"], flags=re.NOFLAG),
                "signed_bio": Kind(data["signed_bio"], flags=re.NOFLAG),
            }
        ),
    )
