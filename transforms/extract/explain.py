"""Why each block of a page is, or is not, a part of its text: what `consilience extract --explain` shows."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

from ingest.records import Hint, OutletProfile, Recall
from transforms.extract import captions, furniture, headlines, page, people, signals
from transforms.extract.blocks import Block, blocks
from transforms.extract.body import candidates
from transforms.extract.decode import decode
from transforms.extract.lines import furniture_of, note_of
from transforms.extract.records import Decision
from transforms.extract.text import folded

# Reasons in words. What is missing here is said as it is.
WORDS = {
    "bare": "a heading over nothing at the end",
    "bio": "about the author or the outlet",
    "byline": "the byline",
    "caption": "a picture's caption",
    "closing": "follows a line that closes the text",
    "correction": "a correction or editor's note",
    "date": "a date line",
    "furniture": "a line that newspapers print around texts",
    "head": "stands above the headline",
    "headline": "the headline again",
    "label": "a label above the text",
    "link": "a link to another page",
    "pitch": "talks to the reader",
    "prompt": "leads away from the text",
    "recurs": "recurs on other pages of the outlet",
    "repeated": "stands in the text twice",
    "signature": "says who supplied the text",
    "standfirst": "the standfirst",
    "update": "an update note",
    "unchosen": "not chosen",
}


def explain(
    body: bytes,
    url: str,
    *,
    content_type: str | None = None,
    outlet: OutletProfile | None = None,
    hint: Hint | None = None,
    captured_at: datetime | None = None,
    recall: Recall | None = None,
) -> list[Decision]:
    """A decision for every block of the page, in its order.

    Raises:
        PageRejected: nothing in it can be decoded.
    """
    text = decode(body, content_type)
    if (content_type or "").lower().startswith("text/plain"):
        return of_lines([Block("p", line) for part in text.splitlines() if (line := part.strip())])
    rules = page.valid_rules(outlet, (hint.published_at if hint else None) or captured_at)
    found = signals.read(text, url, outlet, rules, hint)
    known = page.known_parts(found, captions.captions(found), headlines.headline(found).text, people.credited_on(found).authors, recall)
    chosen = candidates(found)
    return decided(matched(blocks(text), chosen), chosen, known)


def of_lines(lines: list[Block]) -> list[Decision]:
    """A plain-text dump is chosen whole."""
    return decided([Judged(line, kept=True) for line in lines], lines, furniture.Known())


@dataclass(frozen=True)
class Judged:
    """A block of the page after the selector, before the trims."""

    block: Block
    kept: bool
    score: float | None = None


def matched(everything: list[Block], chosen: list[Block]) -> list[Judged]:
    """The blocks of the page, kept where they are among the chosen, in order; a chosen block that the page's elements lack comes last."""
    left = Counter(folded(block.text) for block in chosen)
    judged = []
    for block in everything:
        key = folded(block.text)
        if key:
            judged.append(Judged(block, kept=left[key] > 0))
            left[key] -= 1
    here = {folded(one.block.text) for one in judged if one.kept}
    return judged + [Judged(block, kept=True) for block in chosen if folded(block.text) not in here]


def decided(judged: list[Judged], chosen: list[Block], known: furniture.Known) -> list[Decision]:
    """What the trims leave of what the selector chose."""
    reasons: dict[str, list[str | None]] = defaultdict(list)
    for block, reason in zip(chosen, furniture.trim(chosen, known).reasons, strict=True):
        reasons[folded(block.text)].append(reason)
    decisions = []
    for one in judged:
        reason = reasons[folded(one.block.text)].pop(0) if one.kept else unchosen(one.block, known)
        decisions.append(Decision(text=one.block.text, tag=one.block.tag, kept=reason is None, reason=reason, score=one.score))
    return decisions


def unchosen(block: Block, known: furniture.Known) -> str:
    """Why a block that was not chosen is none of the text, as far as lexicons and the page's other parts tell."""
    caption = "caption" if folded(block.text) in {folded(text) for text in known.captions} else None
    titles = [folded(text) for text in known.headlines if folded(text)]
    return caption or furniture_of(block) or note_of(block.text) or furniture.repeats(block, titles, known) or "unchosen"
