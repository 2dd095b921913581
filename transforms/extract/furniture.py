"""Trims of the chosen blocks: what templates print around the paragraphs goes out, and into a field where it has one."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.records import Recall
from transforms.extract.blocks import Block
from transforms.extract.bylines import FIRST_LINES, PRINTED, undated
from transforms.extract.lexicon import lexicon
from transforms.extract.lines import (
    HEADINGS,
    LONGEST_NOTE,
    NoteKind,
    furniture_of,
    is_bio,
    is_byline,
    is_closing,
    is_dated,
    is_furniture,
    is_label,
    is_signature,
    note_of,
)
from transforms.extract.prints import recurs
from transforms.extract.signals import Signals, shown
from transforms.extract.text import folded

# Kicker, headline, standfirst, byline, date and share line stand within the first few blocks.
TOP = 8
# Between headline and byline stand a section and a standfirst at most; a date further down signs a text.
LEAD = 3
# A block holds a headline and little else (a kicker) up to this many times its length.
HEADLINE_ROOM = 1.7
# A closing heading counts only behind this share of the text: earlier, it is a subheading.
CLOSING_FROM = 0.6
# What little follows it behind this share is no text, however it looks.
TAIL_FROM = 0.85
# Author bios and signatures stand in the last few blocks.
BOTTOM = 4
# Shorter texts may well be said twice; a longer one inside another is a pull quote, a whole one a copy for phones.
PULL_QUOTE = 40
# What stands so often is no copy but a refrain: the ingredients of every recipe of a list.
REFRAIN = 4
# Comparing every block with all others is for articles, not for megabytes.
MOST_COMPARED = 2000
# "Editor's note" may stand before a note as a label.
LONGEST_LABEL = 20
MAY_REPEAT = HEADINGS | {"li"}
# Reasons that follow from the place of a block alone: who knows more of the page may overrule them.
BY_PLACE = frozenset({"head", "label", "standfirst", "closing", "repeated", "bare"})
NOTE_ELEMENTS = (
    "[class*='correction' i], [class*='editors-note' i], [class*='editor-note' i], [class*='update-note' i], [class*='korrektur' i]"
)


@dataclass(frozen=True)
class Known:
    """What the page's other parts have already given: such texts need not stand in the body."""

    headlines: list[str] = field(default_factory=list)
    standfirst: str | None = None
    description: str | None = None
    authors: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    sites: list[str] = field(default_factory=list)
    links: frozenset[str] = frozenset()
    recall: Recall | None = None


@dataclass(frozen=True)
class Trimmed:
    """Paragraphs that stay, and what left for a field of its own; `reasons` has one entry a block, None where it stayed."""

    paragraphs: list[str]
    notes: list[str]
    signature: str | None = None
    standfirst: str | None = None
    updates: list[str] = field(default_factory=list)
    byline: str | None = None
    reasons: list[str | None] = field(default_factory=list)

    @property
    def remembers(self) -> bool:
        """The memory of the outlet took something away."""
        return "recurs" in self.reasons


class Sheet:
    """The blocks that are left, and why each other one went."""

    def __init__(self, found: list[Block]) -> None:
        self.found = found
        self.left = list(found)
        self.why: dict[int, str] = {}

    def keep(self, kept: list[Block], reason: str) -> None:
        """Go on with these of the blocks that were left."""
        staying = {id(block) for block in kept}
        for block in self.left:
            if id(block) not in staying:
                self.why.setdefault(id(block), reason)
        self.left = kept

    def drop(self, reasons: list[str | None]) -> None:
        """Leave out the blocks that have a reason to go."""
        self.why |= {id(block): reason for block, reason in zip(self.left, reasons, strict=True) if reason}
        self.left = [block for block, reason in zip(self.left, reasons, strict=True) if not reason]


def trim(found: list[Block], known: Known) -> Trimmed:
    """Apply every trim, in reading order."""
    sheet = Sheet([Block(block.tag, block.text) for block in found])  # copies: a block is told from its equal by its identity
    lead = cut(sheet, known)
    signed = [block.text for block in sheet.found[-2 * BOTTOM :] if id(block) in sheet.why and is_signature(block.text)]
    return Trimmed(
        paragraphs=[block.text for block in sheet.left],
        notes=noted(found, "correction"),
        updates=noted(found, "update"),
        signature=signed[-1] if signed else None,
        standfirst=next((block.text for block in lead if not is_label(block)), None),
        byline=next((block.text for block in found[:TOP] if is_byline(block.text, known.authors)), None),
        reasons=[sheet.why.get(id(block)) for block in sheet.found],
    )


def noted(found: list[Block], kind: NoteKind) -> list[str]:
    """The notes of a kind, each once."""
    return list(dict.fromkeys(block.text for block in found if note_of(block.text) == kind))


def cut(sheet: Sheet, known: Known) -> list[Block]:
    """Leave out what is no text; returns what stood between headline and byline."""
    captions = {folded(text) for text in known.captions}
    titles = [key for text in known.headlines if (key := folded(text))]
    ended = without_tail(sheet.left)
    sheet.keep(ended, "tail" if size(ended) >= TAIL_FROM * size(sheet.left) else "closing")
    sheet.drop([note_of(block.text) or ("caption" if folded(block.text) in captions else None) for block in sheet.left])
    lead = without_head(sheet, titles, known)
    sheet.drop(["recurs" if again else None for again in recurs(sheet.left, known.recall)])
    sheet.drop(bottom(sheet.left, known))
    sheet.keep(unrepeated(sheet.left), "repeated")
    return lead


def without_head(sheet: Sheet, titles: list[str], known: Known) -> list[Block]:
    """Leave out what the page's head repeats, and all furniture; returns what stood between headline and byline."""
    start = headline_end(sheet.left, titles)
    lead = above_byline(sheet.left[start : start + TOP], known) if start else []
    sheet.keep(sheet.left[start:], "head")
    sheet.keep(sheet.left[len(lead) :], "standfirst")
    sheet.drop([furniture_of(block, known.links) for block in sheet.left])
    sheet.drop([repeats(block, titles, known) if number < TOP else None for number, block in enumerate(sheet.left)])
    top = sheet.left[:TOP]
    first = next((number for number, block in enumerate(top) if not is_label(block)), 0)
    sheet.keep(sheet.left[first:], "label")
    sheet.keep([block for block in sheet.left if folded(block.text) not in titles], "headline")
    return lead


def headline_end(found: list[Block], titles: list[str]) -> int:
    """Number of the block after the printed headline; 0 where it is not printed, or where text stands before it."""
    start = max((number + 1 for number, block in enumerate(found[:TOP]) if holds_title(block, titles)), default=0)
    return start if all(is_label(block) or is_furniture(block) for block in found[: max(0, start - 1)]) else 0


def above_byline(head: list[Block], known: Known) -> list[Block]:
    """What stands between headline and byline or date: a standfirst, never the text."""
    for number, block in enumerate(head[:LEAD]):
        if is_byline(block.text, known.authors) or is_dated(block.text):
            return head[:number]
    return []


def holds_title(block: Block, titles: list[str]) -> bool:
    """The block prints the headline, perhaps with a kicker before it."""
    key = folded(block.text)
    return any(len(title) <= len(key) <= HEADLINE_ROOM * len(title) and title in key for title in titles)


def repeats(block: Block, titles: list[str], known: Known) -> str | None:
    """Which part of the head the block is once more; a description counts only as a heading, it may be the first paragraph."""
    key = folded(block.text)
    if holds_title(block, titles):
        return "headline"
    if key in {folded(known.standfirst or ""), folded(known.description or "") if block.tag in HEADINGS else ""}:
        return "standfirst"
    if is_byline(block.text, known.authors):
        return "byline"
    return "date" if is_dated(block.text) else None


def printed_byline(signals: Signals, authors: list[str]) -> str | None:
    """The byline as the page prints it near its headline, without a date that stands in the same line."""
    lines = [undated(line) for line in signals.below_headline[:FIRST_LINES]] if authors else []
    lines += [found[1] for line in lines if (found := PRINTED.search(line))]
    return next((line for line in lines if is_byline(line, authors)), None)


def printed_notes(signals: Signals) -> list[str]:
    """Notes that the page prints outside its text; an element for notes needs no opening word."""
    found = []
    for node in signals.tree.css(NOTE_ELEMENTS):
        text = shown(node)
        if len(text) <= LONGEST_NOTE and (match := lexicon().correction.search(text)) and match.start() <= LONGEST_LABEL:
            found.append(text[match.start() :])
    return found


def size(found: list[Block]) -> int:
    """Characters."""
    return sum(len(block.text) for block in found)


def without_tail(found: list[Block]) -> list[Block]:
    """Cut at a closing line (related articles, comments) in the last part of the text."""
    total, before = size(found), 0
    for number, block in enumerate(found):
        if before >= CLOSING_FROM * total and is_closing(block.text):
            return found[:number]
        before += len(block.text)
    return found


def bottom(found: list[Block], known: Known) -> list[str | None]:
    """For each block why it goes: author bios, words about the site, signatures and headings over nothing in the last blocks."""
    reasons: list[str | None] = [None] * len(found)
    for number in range(len(found) - 1, max(-1, len(found) - BOTTOM - 1), -1):
        reasons[number] = ending(found[number], known)
        if reasons[number] is None and not is_label(found[number]):
            break
    return reasons


def ending(block: Block, known: Known) -> str | None:
    """What a block at the end of a text is, if not a part of it."""
    if is_signature(block.text):
        return "signature"
    if is_byline(block.text, known.authors):
        return "byline"
    if is_bio(block.text, [*known.authors, *known.sites]):
        return "bio"
    return "bare" if block.tag in HEADINGS else None


def is_copy(key: str, keys: list[str], seen: set[str], everything: str) -> bool:
    """The text stood before and is no refrain, or stands inside another one."""
    count = keys.count(key)
    return key in seen and count < REFRAIN if count > 1 else everything.count(key) > 1


def unrepeated(found: list[Block]) -> list[Block]:
    """Without long paragraphs that stand a second time, whole or as a pull quote; lists and headings may say one thing twice."""
    keys = [folded(block.text) for block in found]
    everything = "\n".join(keys) if len(keys) <= MOST_COMPARED else ""
    kept, seen = [], set[str]()
    for block, key in zip(found, keys, strict=True):
        if len(key) <= PULL_QUOTE or block.tag in MAY_REPEAT or not is_copy(key, keys, seen, everything):
            kept.append(block)
        seen.add(key)
    return kept
