"""Sources that the tagger misses or cuts short, by grammar: openings with a participle, passives, appositions, "who"."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace

from transforms.claims.finder import Document
from transforms.claims.lexicon import english, wordlist
from transforms.claims.links import Link, span_of
from transforms.claims.phrases import APPOSITION_STARTS, AUXILIARIES, BE, insertion, left_phrase, right_phrase
from transforms.claims.text import Range, Token

LEADS_IN = wordlist("leads_in")  # before a participle that opens a sentence: "After thanking them, Lee said …"
AGENT_STOPS = frozenset({"to", "for", "as", "after", "before", "of", "in", "on", "at", "if", "whether", "who", "that"})
RELATIVE = frozenset({"who", "which"})
FINITE_STARTS = AUXILIARIES | wordlist("past_forms")
SEEMS = frozenset({"appear", "appears", "appeared", "seem", "seems", "seemed"})  # to nobody in particular
FINITE = frozenset({"past", "s", "base"})


def with_subjects(document: Document, links: list[Link]) -> list[Link]:
    """The links, those of the tagger with the source that the grammar tells."""
    beside: dict[int, list[Link]] = {}
    for link in links:
        beside.setdefault(link.sentence, []).append(link)
    return [with_subject(document, link, beside[link.sentence]) if link.sure is not None else link for link in links]


def with_subject(document: Document, link: Link, links: list[Link]) -> Link:
    """One link with its source found or made whole; `links`: those of its sentence."""
    tokens = document.sentences[link.sentence].tokens
    first = bisect_left(tokens, link.cue_span[0] + 1, key=lambda t: t.end)
    stop = bisect_left(tokens, link.cue_span[1], key=lambda t: t.start)
    visible = [t.quote < 0 for t in tokens]
    if first >= len(tokens) or not visible[first]:
        return link
    if link.source is not None:
        whole = antecedent(tokens, visible, link.source, first)
        return replace(link, source=whole) if whole else link
    found = of_main_clause(tokens, first, link, links) or agent(tokens, visible, stop) or apposed(tokens, visible, first, stop)
    apart = found and not any(found[0] < b and a < found[1] for a, b in link.content)
    return replace(link, source=found) if apart else link


def of_main_clause(tokens: list[Token], first: int, link: Link, links: list[Link]) -> Range | None:
    """As in "Noting that it was late, Lee asked …": the source of the next cue of the sentence."""
    if not tokens[first].low.endswith("ing") or not all(t.low in LEADS_IN or t.mark for t in tokens[:first]):
        return None
    later = [other.source for other in links if other.source and other.source[0] >= link.content[-1][1]]
    return min(later, default=None)


def agent(tokens: list[Token], visible: list[bool], stop: int) -> Range | None:
    """As in "was written by Lee": who stands behind the "by"."""
    if stop >= len(tokens) or tokens[stop].low != "by":
        return None
    found = right_phrase(tokens, visible, stop + 1, AGENT_STOPS)
    return span_of(tokens, *found) if found else None


def apposed(tokens: list[Token], visible: list[bool], first: int, stop: int) -> Range | None:
    """As in "Lee, the mayor, came to talk about it": what stands before the insertion that a comma closes."""
    finite = any(not rest and cue.kind in FINITE for rest, cue in english().cues.get(tokens[first].low, ()))
    sourceless = any(t.low in BE or t.low in SEEMS for t in tokens[first:stop])
    if not first or tokens[first - 1].text != "," or not (finite or tokens[first].low in FINITE_STARTS) or sourceless:
        return None
    found = left_phrase(tokens, visible, first)
    return span_of(tokens, *found) if found else None


def antecedent(tokens: list[Token], visible: list[bool], source: Range, first: int) -> Range | None:
    """For "Lee, who opposed it, said so" the name: the clause of "who" ends with the comma before the cue."""
    at = bisect_left(tokens, source[0], key=lambda t: t.start)
    relative = 0 < at < first - 1 and tokens[at].low in RELATIVE and tokens[at].end == source[1]
    if not relative or tokens[at - 1].text != "," or tokens[at + 1].text == "," or tokens[first - 1].text != ",":
        return None
    opened = insertion(tokens, visible, at - 1, 0)
    described = opened is not None and tokens[opened + 1].low in APPOSITION_STARTS
    found = left_phrase(tokens, visible, at if described else at - 1)
    return span_of(tokens, *found) if found else None
