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
from transforms.extract.lexicon import lexicon
from transforms.extract.segments import Cut, Segment
from transforms.extract.text import folded

Floats = NDArray[np.float32]

STOPS = re.compile(r"[.!?…。！？؟।](?=[\s\"”’»)\]]|$)|[。！？]")
CAPITAL = re.compile(r"[A-ZÀ-ÖØ-ÞА-Я]")
LOWER_WORD = re.compile(r"(?<![^\W\d_])[a-zß-öø-ÿа-я]")
DIGIT = re.compile(r"[0-9]")
UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
SYMBOLS = re.compile(r"[|•·©@#→›»▶►]")
# Lexicon patterns are for short lines; long ones are paragraphs whatever they begin with.
LONGEST_TRIED = 300
# Characters that letters are counted in, and ends of sentences.
SAMPLE, LONGEST_COUNTED = 160, 2000
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


@dataclass(frozen=True)
class Parts:
    """The page's other parts, folded once."""

    known: Known
    titles: list[str]
    about: list[str]
    authors: list[tuple[str, int]]
    captions: frozenset[str]
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
            told,
        )


def is_idle(segment: Segment) -> bool:
    """A menu item: a few words, all of them a link. There are hundreds, and none is ever kept."""
    return segment.linked > IDLE_LINKED * len(segment.text) and segment.text.count(" ") < IDLE_WORDS


def idle(segment: Segment) -> list[float]:
    """The row of a menu item."""
    return [len(segment.text), segment.text.count(" ") + 1, 1.0, segment.links] + [0.0] * (len(OWN) - 4)


def own(segment: Segment, parts: Parts, seen: Counter[str]) -> list[float]:
    """Numbers of one segment by itself; `seen` counts the texts so far."""
    text = segment.text
    size, key, head = len(text), folded(text), text[:SAMPLE]
    sample, words = len(head), text.count(" ") + 1
    row = [
        size, words, min(1.0, segment.linked / size), segment.links, min(1.0, segment.marked / size), segment.inner,
        text.count(",") + text.count("、") + text.count("،"), len(STOPS.findall(text[:LONGEST_COUNTED])),
        text.endswith(lines.SENTENCE_END), text.endswith((":", "：")), len(DIGIT.findall(head)) / sample,
        len(CAPITAL.findall(head)) / sample, len(LOWER_WORD.findall(head)) / (head.count(" ") + 1), text[0].islower(),
        text[0] in "\"'“„«»‘‚「『", len(SYMBOLS.findall(head)), text.endswith(("?", "？")), len(UNSPACED.findall(head)) / sample,
        *verdicts(Block(segment.tag, text), key, parts),
        -1.0 if not parts.told else float(key in parts.told), 0.0, float(seen[key]),
    ]  # fmt: skip
    seen[key] += 1
    return row


def verdicts(block: Block, key: str, parts: Parts) -> list[float]:
    """What the trims think of it."""
    text, known, words = block.text, parts.known, lexicon()
    size = len(text)
    tried, short = size <= LONGEST_TRIED, size <= lines.LONGEST_BYLINE
    return [
        not key or (tried and words.begins("furniture", text)),
        *(by_words(text) if tried else (0.0,) * 2),
        size <= lines.LONGEST_NOTE and lines.note_of(text) is not None,
        *(by_line(text) if short else (0.0,) * 4),
        lines.is_bio(text, [*known.authors, *known.sites]),
        lines.is_label(block),
        sum(length for name, length in parts.authors if name in key) / size if short else 0.0,
        titled(key, parts.titles) if tried else 0.0,
        summarised(key, parts.about),
        key in parts.captions,
        key in known.links,
    ]


def by_words(text: str) -> list[float]:
    """The lexicon of a text that is no paragraph: prompt, credit."""
    return [lexicon().begins("prompt", text), lexicon().begins("credit", text) or ends_in_credit(text)]


def by_line(text: str) -> list[float]:
    """The lexicon of a short line: closing, byline, signature, date."""
    line = lexicon()
    return [line.begins("closing", text), line.begins("byline", text), lines.is_signature(text), lines.is_dated(text)]


def summarised(key: str, about: list[str]) -> bool:
    """The text is the page's summary, or holds it, or is held by it."""
    return any(key == other or (len(key) > LONG_KEY and (key in other or other in key)) for other in about)


def ends_in_credit(text: str) -> bool:
    """The last brackets name a photographer or an agency, as in captions."""
    match = captions.BRACKETS.search(text[-LONGEST_CREDIT:]) if text.endswith(CREDIT_ENDS) else None
    return match is not None and captions.is_credit(match[1])


def titled(key: str, titles: list[str]) -> float:
    """2 where the text is a headline of the page, 1 where it holds one and little else."""
    if key in titles:
        return 2.0
    return float(any(title in key and len(key) <= furniture.HEADLINE_ROOM * len(title) for title in titles))


def own_rows(cut: Cut, known: Known, told: str) -> Floats:
    """`own` of every segment, (n, len(OWN))."""
    seen: Counter[str] = Counter()
    parts = Parts.of(known, told)
    found = [idle(segment) if is_idle(segment) else own(segment, parts, seen) for segment in cut.segments]
    rows = np.array(found, dtype=np.float32)
    rows[:, OWN.index("copies")] = [0 if is_idle(segment) else seen[folded(segment.text)] for segment in cut.segments]
    return rows
