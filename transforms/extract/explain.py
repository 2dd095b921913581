"""Why each block of a page is, or is not, a part of its text: what `consilience extract --explain` shows."""

from __future__ import annotations

from collections import Counter
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
    "bottom": "a signature, bio or bare heading at the end",
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
    chosen = candidates(found)
    known = page.known_parts(found, captions.captions(found), headlines.headline(found).text, people.credited_on(found).authors, recall)
    return decided(blocks(text), chosen, furniture.trim(chosen, known).reasons, known)


def of_lines(lines: list[Block]) -> list[Decision]:
    """A plain-text dump is chosen whole."""
    known = furniture.Known()
    return decided(lines, lines, furniture.trim(lines, known).reasons, known)


def decided(everything: list[Block], chosen: list[Block], reasons: list[str | None], known: furniture.Known) -> list[Decision]:
    """Match the blocks of the page with those that were chosen, in order; a chosen block that the page's elements lack comes last."""
    fates: dict[str, list[str | None]] = {}
    for block, reason in zip(chosen, reasons, strict=True):
        fates.setdefault(folded(block.text), []).append(reason)
    taken = Counter[str]()
    decisions = []
    for block in everything:
        key = folded(block.text)
        if not key:
            continue
        met = fates.get(key, [])
        reason = met[taken[key]] if taken[key] < len(met) else unchosen(block, known)
        taken[key] += 1
        decisions.append(Decision(text=block.text, tag=block.tag, kept=reason is None, reason=reason))
    rest = [(block, why) for block, why in zip(chosen, reasons, strict=True) if (key := folded(block.text)) and not taken[key]]
    return decisions + [Decision(text=block.text, tag=block.tag, kept=why is None, reason=why) for block, why in rest]


def unchosen(block: Block, known: furniture.Known) -> str:
    """Why a block that was not chosen is none of the text, as far as lexicons and the page's other parts tell."""
    caption = "caption" if folded(block.text) in {folded(text) for text in known.captions} else None
    titles = [folded(text) for text in known.headlines if folded(text)]
    return caption or furniture_of(block) or note_of(block.text) or furniture.repeats(block, titles, known) or "unchosen"
