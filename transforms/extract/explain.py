"""Why each block of a page is, or is not, a part of its text: what `consilience extract --explain` shows."""

from __future__ import annotations

from datetime import datetime

from ingest.records import Hint, OutletProfile, Recall
from transforms.extract import furniture, page, signals
from transforms.extract.blocks import Block
from transforms.extract.body import LEARNED
from transforms.extract.body import Decision as Chosen
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
    "tail": "follows a line that closes the text, at its very end",
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
    known = page.known_of(found, recall)
    chosen = page.choice(found, known)
    return [told(first, last, known) for first, last in zip(chosen.made, chosen.final, strict=True)]


def told(first: Chosen, last: Chosen, known: furniture.Known) -> Decision:
    """The selector's decision before and after the trims."""
    block, scored = last.block, last.score if last.reason in LEARNED or first.reason in LEARNED else None
    reason = None if last.kept else last.reason if first.kept else unchosen(block, known)
    return Decision(text=block.text, tag=block.tag, kept=last.kept, reason=reason, score=scored)


def of_lines(lines: list[Block]) -> list[Decision]:
    """A plain-text dump is chosen whole."""
    known = furniture.Known()
    reasons = furniture.trim(lines, known).reasons
    return [Decision(text=line.text, tag=line.tag, kept=why is None, reason=why) for line, why in zip(lines, reasons, strict=True)]


def unchosen(block: Block, known: furniture.Known) -> str:
    """Why a block that was not chosen is none of the text, as far as lexicons and the page's other parts tell."""
    caption = "caption" if folded(block.text) in {folded(text) for text in known.captions} else None
    titles = [folded(text) for text in known.headlines if folded(text)]
    return caption or furniture_of(block) or note_of(block.text) or furniture.repeats(block, titles, known) or "unchosen"
