"""Links of the learned tagger in the form of the rules: cue words looked up in the lexicon, quotation marks taken in, confidence set."""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from transforms.claims.clauses import ACCORDING
from transforms.claims.decoding import Tag
from transforms.claims.finder import Document
from transforms.claims.lexicon import Cue, english
from transforms.claims.linker import Group, Layout, colons, linked
from transforms.claims.links import Link
from transforms.claims.openquotes import reunited
from transforms.claims.phrases import NEGATIONS
from transforms.claims.regroup import regrouped
from transforms.claims.tagger import WEIGHTS, Tagger
from transforms.claims.text import Range, Sentence, Token
from transforms.claims.verbs import Hit, find_hits, follows
from transforms.odds import logistic, odds

# A cue that the lexicon does not hold: feelings and acts ("loves", "drew questions about"); or a mark ("LEE: …"), which stands for "said".
OTHER = Cue("other", "", "fixed", "c", 0.8, "other", "certain", inverts=True, posts=True, hearer=False)
MARK = replace(OTHER, name="say", polarity="asserts")
STATES = re.compile(r"that\b|[“\"]", re.DOTALL)  # a content that is told, whatever the word that tells it
ODDS = "calibration.json"
IN_MEDIUM = (
    r"(?:in|during|via|at|on) (?:an?|the|his|her|their|its)\b(?:[^,\n]{0,40}? )?"
    r"(?:articles?|blog|briefing|call|column|conference|email|essay|filing|hearing|interview|letter|memo|note|post|release|report|speech|statement|tweet)\b"
)
MEDIUM = re.compile(rf",? {IN_MEDIUM}.*", re.DOTALL)
# Where and when it was said, no part of what was said: "In a research note on Monday, Lee said …".
ASIDE = re.compile(rf"{IN_MEDIUM}[^,\n]{{0,24}}", re.IGNORECASE)
LINE_BREAK = re.compile(r"\s*\n\s*")
AUXILIARY_REACH = 3  # tokens left of a cue among which its negation stands: "did not say"


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights of a logistic regression on log odds; fitted on held-out articles, see training/claims/calibrate.py."""

    bias: float
    cue: float
    content: float
    source: float
    sourceless: float
    inherited: float

    def confidence(self, group: Group) -> float:
        """Probability that a reader finds the same source and content."""
        weights = (self.bias, self.cue, self.content, self.source, self.sourceless, self.inherited)
        total = sum(w * x for w, x in zip(weights, traits(group), strict=True))
        return round(logistic(total), 3)


def traits(group: Group) -> list[float]:
    """What the confidence of a group depends on, in the order of the weights."""
    source = odds(max(tag.sure for tag in group.sources)) if group.sources else 0.0
    content = odds(min(tag.sure for tag in group.contents))
    return [1.0, odds(group.cue.sure), content, source, float(not group.sources), float(group.inherited)]


@lru_cache(maxsize=2)
def calibration(folder: Path = WEIGHTS) -> Calibration:
    """The weights that lie beside a tagger's."""
    return Calibration(**json.loads((folder / ODDS).read_text("utf-8")))


def learned_links(document: Document, tagger: Tagger) -> list[Link]:
    """Every link that the tagger finds, in the order of their cues."""
    layout = Layout(
        [s.start for s in document.sentences],
        [m.end() for m in re.finditer("\n", document.text)],
        [(q.start, q.end) for q in document.quotes],
    )
    groups = regrouped(linked(colons(document.text, tagger.tags(document.text)), layout), document.text, layout)
    groups = reunited(groups, document.text, document.quotes)
    return [link_of(document, layout, group, calibration(tagger.folder)) for group in groups]


def link_of(document: Document, layout: Layout, group: Group, trust: Calibration) -> Link:
    """One group as a link."""
    number = max(0, bisect_right(layout.sentences, group.cue.start) - 1)
    cue, negated = meaning(document.sentences[number], group.cue)
    words = document.text[group.contents[0].start - 1 : group.contents[0].end].lstrip()
    if cue.polarity == "other" and STATES.match(words):
        cue = replace(cue, polarity="asserts")
    told = [tag for tag in group.contents if not ASIDE.fullmatch(document.text, tag.start, tag.end)] or group.contents
    pieces = tuple(piece for tag in told for piece in pieces_of(document, group.cue, tag))
    return Link(
        cue,
        (group.cue.start, group.cue.end),
        source_of(document.text, group),
        tuple(sorted(pieces)),
        negated=negated,
        inherited=group.inherited,
        left=pieces[0][0] < group.cue.start,
        sentence=number,
        sure=trust.confidence(group),
    )


def source_of(text: str, group: Group) -> Range | None:
    """The part of a source that is nearest to the cue; behind it without the medium: "said Lee in a report"."""
    if not group.sources:
        return None
    best = min(group.sources, key=lambda t: min(abs(t.end - group.cue.start), abs(t.start - group.cue.end)))
    words = text[best.start : best.end]
    medium = MEDIUM.search(words) if best.start > group.cue.start else None
    return best.start, best.start + (medium.start() if medium else len(words))


# --- contents ---


def quoted(document: Document, span: Range) -> Range:
    """With the quotation marks right at its ends."""
    start, end = span
    first = at_or_before(document, start)
    if first is not None and bare(document.text, document.quotes[first].start, start):
        start = document.quotes[first].start
    last = at_or_before(document, end - 1)
    if last is not None and bare(document.text, end, document.quotes[last].end):
        end = document.quotes[last].end
    return start, max(end, span[1])


def at_or_before(document: Document, offset: int) -> int | None:
    """The quotation that begins at or before an offset, the nearest."""
    found = bisect_right(document.quotes, offset, key=lambda q: q.start) - 1
    return found if found >= 0 else None


def bare(text: str, start: int, end: int) -> bool:
    """Nothing but marks and white space lies there, and not much of it."""
    return start < end <= start + MARKS and not any(c.isalnum() for c in text[start:end])


MARKS = 6  # characters between a content and its quotation mark: `.”`


def pieces_of(document: Document, cue: Tag, tag: Tag) -> list[Range]:
    """A content by paragraphs; of one before its cue that is not quoted the last alone: what stands above it is a heading."""
    pieces = paragraphs_of(document, quoted(document, (tag.start, tag.end)))
    first = at_or_before(document, tag.start)
    in_quotation = first is not None and tag.start < document.quotes[first].end
    return pieces if in_quotation or tag.start > cue.start else pieces[-1:]


def paragraphs_of(document: Document, span: Range) -> list[Range]:
    """A content cut at line breaks."""
    pieces, at = [], span[0]
    for gap in LINE_BREAK.finditer(document.text, *span):
        if gap.start() > at:
            pieces.append((at, gap.start()))
        at = gap.end()
    return [*pieces, (at, span[1])] if at < span[1] else pieces


# --- cues ---


def meaning(sentence: Sentence, tag: Tag) -> tuple[Cue, bool]:
    """What the cue word does, and whether it is negated."""
    tokens = sentence.tokens
    hits = find_hits(tokens, [True] * len(tokens), english())
    if "according" in sentence_words(tokens, tag):
        return ACCORDING, False
    inside = [hit for hit in hits if overlaps(tokens, hit, tag)]
    if inside:
        return reading(inside[-1], len(sentence_words(tokens, tag))), inside[-1].negated
    at = bisect_left(tokens, tag.start, key=lambda t: t.start)
    stop = bisect_left(tokens, tag.end, key=lambda t: t.start)
    negated = any(t.low in NEGATIONS for t in tokens[max(0, at - AUXILIARY_REACH) : stop])
    return next((cue for i in range(at, stop) for cue in named(tokens, i)), MARK if unlettered(tokens[at:stop]) else OTHER), negated


def sentence_words(tokens: list[Token], tag: Tag) -> list[str]:
    """The words of a tag in small letters."""
    return [t.low for t in tokens if t.start < tag.end and tag.start < t.end]


def unlettered(tokens: list[Token]) -> bool:
    """No word at all."""
    return not any(t.text[0].isalnum() for t in tokens)


def reading(hit: Hit, words: int) -> Cue:
    """The reading that is no longer than the tag: "said" is no "said of"."""
    return next((cue for cue in hit.cues if len(cue.lemma.split()) <= words), hit.cues[-1])


def overlaps(tokens: list[Token], hit: Hit, tag: Tag) -> bool:
    """Do a cue of the lexicon and a tag share a word?"""
    return tokens[hit.start].start < tag.end and tag.start < tokens[hit.end - 1].end


def named(tokens: list[Token], i: int) -> list[Cue]:
    """Readings of a word that is no verb here, as of "claims" in "his claims that"."""
    return [cue for rest, cue in english().cues.get(tokens[i].low, ()) if follows(tokens, i + 1, rest)]
