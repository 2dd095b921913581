"""Choosing the part of a page that is the article: the outlet's rule, else the learned scores, guarded where they are unsure."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from selectolax.lexbor import LexborNode

from transforms.extract import fallback, furniture, jsonld
from transforms.extract.blocks import Block, blocks
from transforms.extract.furniture import Known
from transforms.extract.lines import is_byline, is_closing, is_dated, is_signature, note_of
from transforms.extract.looks import STOPS, ends_in_credit
from transforms.extract.segments import segments
from transforms.extract.selector import Scored, model, scored
from transforms.extract.signals import Signals
from transforms.extract.text import folded

# Less text than this (characters) is no article yet: the other methods are asked.
ENOUGH = 200
# Share of the chosen characters that the scores expect to be wrong about; above it, trafilatura has a vote: one page in twenty-five of the
# development corpora. In grouped cross-validation it lifts the body F1 of news pages from .971 to .972, of older ones from .968 to .971, of
# blogs from .949 to .954. From .13 on, three times as many pages ask, for the same: .973, .970, .954, and parts of German pages .914
# instead of .917.
UNSURE = 0.2
# Weight of that vote: what trafilatura keeps needs a score of .09 only, what it drops one of .91.
VOTE = 0.45
# A segment that the trims would drop for its place alone stays with a score of so much: their rules know less of the page
# (cross-validation). Between headline and text the trims are right nearly always.
TRUSTED, TRUSTED_ON_TOP = 0.7, 0.85
# A line without a sentence that ends in a credit in brackets.
LONGEST_CAPTION = 160
LEARNED = frozenset({"score", "vote"})
# What the trims drop for such reasons may stay.
OVERRULED = furniture.BY_PLACE | {"link"}
# Words that say what a page is, from the strongest.
KINDS = ((4, ("News", "LiveBlog", "Report")), (3, ("Blog",)), (2, ("Article",)))


class Decision(NamedTuple):
    """One block of a page: its score from 0 to 1, whether it is kept, and why."""

    block: Block
    score: float
    kept: bool
    reason: str


def decisions(signals: Signals, known: Known) -> list[Decision]:
    """A decision for each block of the page in reading order; where the page has a rule or nothing but data, for the blocks of those."""
    if (ruled := by_rule(signals)) and size(ruled) >= ENOUGH:
        return kept(ruled, "rule")
    made = learned(signals, known)
    if sum(len(one.block.text) for one in made if one.kept) >= ENOUGH:
        return made
    other = max((ruled, *fallback.methods(signals)), key=size)
    mine = [one.block for one in made if one.kept]
    return kept(other, "fallback") if size(other) > size(mine) else made


def kept(found: list[Block], reason: str) -> list[Decision]:
    """Blocks that a method chose without scores."""
    return [Decision(block, 1.0, True, reason) for block in found]


def size(found: list[Block]) -> int:
    """Characters."""
    return sum(len(block.text) for block in found)


def by_rule(signals: Signals) -> list[Block]:
    """By the outlet's CSS rule."""
    if not signals.rules or not signals.rules.body:
        return []
    nodes = signals.tree.css(signals.rules.body)
    return blocks("".join(node.html or "" for node in nodes), signals.rules.remove)


def learned(signals: Signals, known: Known) -> list[Decision]:
    """By the model; trafilatura votes where it is unsure."""
    root = without(signals, signals.rules.remove) if signals.rules and signals.rules.remove else signals.tree.body
    cut = segments(root) if root is not None else None
    if cut is None or not cut.segments:
        return []
    made = scored(cut, known, folded(told(signals)), kind(signals))
    scores, reason = made.scores, "score"
    if doubt(made) > UNSURE and signals.is_affordable:
        scores, reason = (1 - VOTE) * scores + VOTE * fallback.votes(signals, cut.segments), "vote"
    limit = model().threshold
    return [
        decided(Block(segment.tag, segment.text), float(score), limit, reason) for segment, score in zip(cut.segments, scores, strict=True)
    ]


def decided(block: Block, score: float, limit: float, reason: str) -> Decision:
    """Kept from the limit on, unless it is a caption that is marked by nothing but its credit."""
    if score < limit:
        return Decision(block, score, kept=False, reason=reason)
    before = block.text.rpartition(" (")[0]
    is_caption = len(block.text) <= LONGEST_CAPTION and ends_in_credit(block.text) and not STOPS.search(before)
    return Decision(block, score, not is_caption, "credit" if is_caption else reason)


def without(signals: Signals, selectors: list[str]) -> LexborNode | None:
    """The page without what the outlet's rules name."""
    tree = signals.tree.clone()
    for selector in selectors:
        for node in tree.css(selector):
            node.decompose()
    return tree.body


def doubt(made: Scored) -> float:
    """Characters that are probably on the wrong side, as a share of those chosen; 1 where too little is chosen."""
    scores, chars = made.scores, made.page.chars
    chosen: NDArray[np.float64] = chars[scores >= 0.5]
    return float(np.minimum(scores, 1 - scores) @ chars / chosen.sum()) if chosen.sum() >= ENOUGH else 1.0


def shown(made: list[Decision], known: Known) -> list[bool]:
    """Which blocks the trims see: what is kept, what stands between headline and text, and lines that sign it or note a change.

    The trims drop such lines, and give them fields of their own.
    """
    seen = [one.kept for one in made]
    if True not in seen:
        return seen
    first, last = seen.index(True), len(seen) - 1 - seen[::-1].index(True)
    titles = set(map(folded, known.headlines))
    top = next((at for at in range(first, max(-1, first - furniture.TOP), -1) if folded(made[at].block.text) in titles), first)
    seen[top:first] = [True] * (first - top)
    for at in range(first, min(len(made), first + furniture.LEAD + 1)):
        text = made[at].block.text
        seen[at] = seen[at] or is_byline(text, known.authors) or is_dated(text)
    seen[first:last] = [is_kept or is_closing(made[at].block.text) for at, is_kept in enumerate(seen[first:last], first)]
    for at in range(last + 1, min(len(made), last + 1 + furniture.BOTTOM)):
        block = made[at].block
        seen[at] = is_signature(block.text) or note_of(block.text) is not None
    return seen


def settled(made: list[Decision], seen: list[bool], reasons: list[str | None]) -> list[Decision]:
    """The decisions after the trims, which saw some of the blocks and have a reason for each that they drop.

    What they drop for its place alone stays where its score is high.
    """
    found, told, count = [], iter(reasons), 0
    for one, is_seen in zip(made, seen, strict=True):
        reason = next(told) if is_seen else None
        count += one.kept
        limit = TRUSTED if count > furniture.TOP else TRUSTED_ON_TOP
        is_trusted = reason in OVERRULED and one.reason in LEARNED and one.score >= limit
        found.append(one._replace(kept=False, reason=reason) if one.kept and reason and not is_trusted else one)
    return found


def told(signals: Signals) -> str:
    """The text in JSON-LD."""
    return next((text for node in signals.articles for text in jsonld.strings(node.get("articleBody"))), "")


def kind(signals: Signals) -> int:
    """What the page says it is: 4 news, 3 a blog post, 2 some article in JSON-LD, 1 an article in metadata, 0 nothing."""
    types = jsonld.types(signals.article)
    for number, words in KINDS:
        if any(word in name for name in types for word in words):
            return number
    return int("article" in signals.content("og:type"))
