"""The words of `lexicon.yaml`, compiled once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from transforms.extract.text import folded

FILE = Path(__file__).with_name("lexicon.yaml")


@dataclass(frozen=True)
class Lexicon:
    """Patterns over one line of text; all but signatures ignore case."""

    byline: re.Pattern[str]
    no_name: re.Pattern[str]
    furniture: re.Pattern[str]
    prompt: re.Pattern[str]
    closing: re.Pattern[str]
    note: re.Pattern[str]
    bio: re.Pattern[str]
    signature: re.Pattern[str]
    supplied: re.Pattern[str]
    credit: re.Pattern[str]
    agencies: dict[str, str]
    selectors: str
    captions: str


def union(patterns: list[str], *, start: str = "^", end: str = "") -> re.Pattern[str]:
    """One pattern out of many."""
    return re.compile(start + "(?:" + "|".join(patterns) + ")" + end, re.IGNORECASE)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon of this version."""
    data: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    return Lexicon(
        byline=union(data["byline"], end=r"[:\s]\s*"),
        no_name=union(data["no_name"], start=r"\b", end=r"\b"),
        furniture=union(data["furniture"], end=r"\W*$"),
        prompt=union(data["prompt"]),
        closing=union(data["closing"], end=r"\W*$"),
        note=union(data["note"], start=r"\b"),
        bio=union(data["bio"]),
        supplied=union(data["supplied"]),
        signature=re.compile("|".join(f"(?:{pattern})" for pattern in data["signature"])),
        credit=union(data["credit"]),
        agencies={folded(alias): name for name, aliases in data["agencies"].items() for alias in [name, *aliases]},
        selectors=", ".join(data["selectors"]),
        captions=", ".join(data["captions"]),
    )
