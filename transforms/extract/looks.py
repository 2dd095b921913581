"""What one segment looks like by itself, as numbers: its letters, its marks, and what the trims think of its words."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transforms.extract import captions, furniture, lines
from transforms.extract.blocks import Block
from transforms.extract.furniture import Known
from transforms.extract.letters import Counts
from transforms.extract.lexicon import lexicon
from transforms.extract.segments import Cut, Segment
from transforms.extract.text import folded

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

STOPS = re.compile(r"[.!?…。！？؟।](?=[\s\"”’»)\]]|$)|[。！？]")
SENTENCE_ENDS, COLONS, QUERIES = frozenset(lines.SENTENCE_END), frozenset(":："), frozenset("?？")
QUOTES = frozenset("\"'“„«»‘‚「『")
# Lexicon patterns are for short lines; long ones are paragraphs whatever they begin with.
LONGEST_TRIED = 300
# A credit in brackets at the end of a caption is no longer than this.
LONGEST_CREDIT, CREDIT_ENDS = 90, (")", "]", ").", "].")
# Folded texts of so many letters are the same where one holds the other.
LONG_KEY = 30
# Menu items: fewer blanks than this, and so much of it linked.
IDLE_WORDS, IDLE_LINKED = 3, 0.9
OWN = (
    "chars", "words", "linked", "links", "marked", "inner", "commas", "stops", "ends", "colon", "digits", "capitals", "lower",
    "first_lower", "quote", "symbols", "query", "wide",
    "furniture", "prompt", "credit", "note", "closing", "byline", "signature", "dated", "bio", "label", "by_author",
    "title", "summary", "caption", "lone_link", "linked_data", "copies", "copied",
)  # fmt: skip
# Where the columns behind the numbers of links begin, and those about words.
LINKS, WORDS = OWN.index("marked"), OWN.index("furniture")
NOTHING, NOTES, SIGNATURES = frozenset[str](), frozenset({"correction", "update"}), frozenset({"signature", "supplied"})


@dataclass(frozen=True)
class Parts:
    """The page's other parts, folded once."""

    known: Known
    titles: list[str]
    about: list[str]
    authors: list[tuple[str, int]]
    captions: frozenset[str]
    named: list[str]
    told: str

    @classmethod
    def of(cls, known: Known, told: str) -> Parts:
        """`told` is the folded JSON-LD body."""
        return cls(
            known,
            list(dict.fromkeys(key for text in known.headlines if (key := folded(text)))),
            [key for text in (known.standfirst, known.description) if text and (key := folded(text))],
            [(folded(name), len(name)) for name in known.authors],
            frozenset(map(folded, known.captions)),
            [*known.authors, *known.sites],
            told,
        )


def is_idle(chars: Doubles, linked: Doubles, blanks: Doubles) -> NDArray[np.bool_]:
    """Menu items: a few words, all of them a link. There are hundreds, and none is ever kept."""
    return np.asarray((linked > IDLE_LINKED * chars) & (blanks < IDLE_WORDS), dtype=np.bool_)


def shape(found: list[Segment]) -> list[NDArray[np.generic]]:
    """The numbers of segments that need no words, in the order of `OWN`, from `marked` to `wide`."""
    texts = [segment.text for segment in found]
    count, size = Counts(texts), np.array(list(map(len, texts)), dtype=np.float64)
    last, first = [text[-1] for text in texts], [text[0] for text in texts]
    return [
        np.minimum(1.0, np.array([segment.marked for segment in found]) / size),
        np.array([segment.inner for segment in found]),
        np.array([commas(text) for text in texts]),
        count.stops,
        np.array([mark in SENTENCE_ENDS for mark in last]),
        np.array([mark in COLONS for mark in last]),
        count.digits / count.sample,
        count.capitals / count.sample,
        count.lower_words / (count.blanks + 1),
        np.array([letter.islower() for letter in first]),
        np.array([letter in QUOTES for letter in first]),
        count.symbols,
        np.array([mark in QUERIES for mark in last]),
        count.unspaced / count.sample,
    ]


def commas(text: str) -> int:
    """Commas of all scripts."""
    return text.count(",") + (0 if text.isascii() else text.count("、") + text.count("،"))


def verdicts(segment: Segment, key: str, parts: Parts) -> list[float]:
    """What the trims think of it: the columns of `OWN` from `furniture` to `linked_data`."""
    text, size = segment.text, len(segment.text)
    tried, short = size <= LONGEST_TRIED, size <= lines.LONGEST_BYLINE
    begins = lexicon().begins.kinds_of(text) if tried else NOTHING
    return [
        not key or "furniture" in begins,
        "prompt" in begins,
        tried and ("credit" in begins or ends_in_credit(text)),
        not NOTES.isdisjoint(begins) if tried else lines.note_of(text) is not None,
        *(by_line(text, begins) if short else (0.0,) * 4),
        lines.is_bio(text, parts.named),
        lines.is_label(Block(segment.tag, text)),
        sum(length for name, length in parts.authors if name in key) / size if short else 0.0,
        titled(key, parts.titles) if tried else 0.0,
        *elsewhere(key, parts),
    ]


def by_line(text: str, begins: frozenset[str]) -> list[float]:
    """What a short line is: closing, byline, signature, date."""
    return ["closing" in begins, "byline" in begins, not SIGNATURES.isdisjoint(begins), lines.is_dated(text)]


def elsewhere(key: str, parts: Parts) -> list[float]:
    """Whether the page says it elsewhere: summary, captions, links, its data."""
    told = float(key in parts.told) if parts.told else -1.0
    return [summarised(key, parts.about), key in parts.captions, key in parts.known.links, told]


def summarised(key: str, about: list[str]) -> bool:
    """The text is the page's summary, or holds it, or is held by it."""
    return key in about or (len(key) > LONG_KEY and any(key in other or other in key for other in about))


def ends_in_credit(text: str) -> bool:
    """The last brackets name a photographer or an agency, as in captions."""
    match = captions.BRACKETS.search(text[-LONGEST_CREDIT:]) if text.endswith(CREDIT_ENDS) else None
    return match is not None and captions.is_credit(match[1])


def titled(key: str, titles: list[str]) -> float:
    """2 where the text is a headline of the page, 1 where it holds one and little else."""
    if key in titles:
        return 2.0
    return float(any(len(title) <= len(key) <= furniture.HEADLINE_ROOM * len(title) and title in key for title in titles))


def own_rows(cut: Cut, known: Known, told: str) -> Floats:
    """The numbers of every segment by itself, (n, len(OWN)); of menu items only the first few."""
    rows = np.zeros((len(OWN), len(cut.segments)), dtype=np.float32)
    size = np.array([len(segment.text) for segment in cut.segments], dtype=np.float64)
    linked = np.array([segment.linked for segment in cut.segments], dtype=np.float64)
    blanks = np.array([segment.text.count(" ") for segment in cut.segments], dtype=np.float64)
    idle = is_idle(size, linked, blanks)
    rows[:LINKS] = size, blanks + 1, np.where(idle, 1.0, np.minimum(1.0, linked / size)), [segment.links for segment in cut.segments]
    at = np.flatnonzero(~idle)
    if len(at):
        found = [cut.segments[number] for number in at]
        keys, parts, seen = [folded(segment.text) for segment in found], Parts.of(known, told), Counter[str]()
        for number, column in enumerate(shape(found), LINKS):
            rows[number, at] = column
        rows[WORDS:-2, at] = np.array([verdicts(segment, key, parts) for segment, key in zip(found, keys, strict=True)], np.float32).T
        before = []
        for key in keys:
            before.append(seen[key])
            seen[key] += 1
        rows[-2, at] = [seen[key] for key in keys]
        rows[-1, at] = before
    return rows.T
