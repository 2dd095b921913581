"""Which method reads a text: the learned tagger where the language has one, else the rules; and what both add up to."""

from __future__ import annotations

from dataclasses import replace

from transforms.claims.clauses import HEARSAY
from transforms.claims.descriptions import dateline_end
from transforms.claims.finder import Document, find, worth_telling
from transforms.claims.learned import learned_links
from transforms.claims.links import Link
from transforms.claims.statements import finite
from transforms.claims.subjects import with_subjects
from transforms.claims.tagger import tagger
from transforms.claims.text import Range
from transforms.claims.turns import turns
from transforms.records import ClaimsMethod

# Weight of a cue from which on the rules may add a link of their own: "said" and "according to".
SURE = 0.95
# The same for a tag behind what is said: "…, the prosecutor claims".
BEHIND = 0.8
FRAY = 3  # characters by which two ends of one content may differ: marks
MODELLED = frozenset({"en"})  # languages that the tagger has learned


def links_by(document: Document, method: ClaimsMethod) -> list[Link]:
    """Every link of a document, in no order."""
    rules = find(document)
    model = tagger(method) if method != "rules" and document.language in MODELLED else None
    found = with_subjects(document, combined(document.text, learned_links(document, model), rules)) if model else rules
    found = undated(document, found)
    spoken = turns(document.text, document.sentences)
    return [*spoken, *(link for link in found if not any(clashes(link, turn) for turn in spoken))] if spoken else found


def undated(document: Document, found: list[Link]) -> list[Link]:
    """Contents without the dateline before the text: "KARSK, May 2 - The dam broke, police said"."""
    tokens = document.sentences[0].tokens if document.sentences else []
    last = dateline_end(tokens)
    return [behind(link, tokens[last].start) for link in found] if 0 < last < len(tokens) else found


def behind(link: Link, start: int) -> Link:
    """The link with what its content says from an offset on."""
    if link.content[0][0] >= start:
        return link
    pieces = tuple((max(a, start), b) for a, b in link.content if b > start)
    return replace(link, content=pieces) if pieces else link


def clashes(link: Link, turn: Link) -> bool:
    """Shares words with a turn of a conversation and does not lie inside it."""
    spans = [turn.cue_span, *turn.content]
    touching = any(touch(a, b) for a in (link.cue_span, *link.content) for b in spans)
    return touching and not within(link, turn)


def combined(text: str, learned: list[Link], rules: list[Link]) -> list[Link]:
    """The tagger's links, with sources that only rules found, and with what rules find inside or beside their contents.

    Inside: speech within speech, which the tagger was not taught. Beside: quotations and plain "said" that it missed.
    """
    found = [whole(text, sourced(link, rules), rules) for link in learned]
    return [*found, *(link for link in rules if nested(text, link, found) or missed(link, found))]


def nested(text: str, link: Link, found: list[Link]) -> bool:
    """Told by a sure cue inside a content of the tagger, with more than a few words."""
    return link.source is not None and worth_telling(text, link) and any(within(link, outer) for outer in found)


def sourced(link: Link, rules: list[Link]) -> Link:
    """With the source that the rules tell for the same cue, where the tagger found none; with their content too, if its own holds that."""
    if link.source is not None:
        return link
    same = next((rule for rule in rules if rule.source and not rule.inherited and touch(rule.cue_span, link.cue_span)), None)
    if same is None or same.source is None:
        return link
    apart = not any(touch(same.source, piece) for piece in link.content)
    return replace(link, source=same.source, content=link.content if apart else same.content)


def whole(text: str, link: Link, rules: list[Link]) -> Link:
    """A content before its cue that begins with a verb, with the subject that the rules find: "The mayor, Lee, signed it"."""
    same = next((rule for rule in rules if rule.left and link.left and touch(rule.cue_span, link.cue_span)), None)
    if same is None or len(same.content) > 1 or len(link.content) > 1:
        return link
    (a, b), (x, y) = same.content[0], link.content[0]
    verb = finite(text[x:y].split(maxsplit=1)[0])
    return replace(link, content=same.content) if verb and a < x < b and abs(b - y) <= FRAY else link


def missed(link: Link, found: list[Link]) -> bool:
    """A sure link of the rules that shares no words with any of the tagger."""
    spans = [link.cue_span, *link.content]
    sure = link.cue.weight >= (BEHIND if link.left else SURE) and link.source is not None and not link.inherited
    return (sure or link.cue is HEARSAY) and not any(
        touch(a, b) for other in found for a in spans for b in (other.cue_span, *other.content)
    )


def touch(a: Range, b: Range) -> bool:
    """Two ranges share a character."""
    return a[0] < b[1] and b[0] < a[1]


def within(link: Link, outer: Link) -> bool:
    """All of a link lies inside another's content."""
    if link.source is None or not inside(link.cue_span, outer):
        return False
    return inside(link.source, outer) and all(inside(span, outer) for span in link.content)


def inside(span: Range, outer: Link) -> bool:
    """A range lies in one piece of a content."""
    start, end = span
    for a, b in outer.content:  # noqa: SIM110 - `any` takes four times as long, and every link meets every other
        if a <= start and end <= b:
            return True
    return False
