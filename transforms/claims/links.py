"""The link: one cue with its source and content, and small helpers that make one from tokens."""

from __future__ import annotations

from dataclasses import dataclass, replace

from transforms.claims.lexicon import Cue
from transforms.claims.text import Range, Token


@dataclass(frozen=True, slots=True)
class Link:
    """One attribution in a sentence, in offsets. `inherited`: source taken over from an earlier cue; `left`: content left of the cue.

    `sure`: probability that it is right, where the learned tagger found it.
    """

    cue: Cue
    cue_span: Range
    source: Range | None
    content: tuple[Range, ...]
    negated: bool = False
    inherited: bool = False
    left: bool = False
    sentence: int = 0
    sure: float | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Cue and source as token indexes of a sentence."""

    tokens: list[Token]
    cue: tuple[int, int]
    source: tuple[int, int] | None


def is_word(token: Token) -> bool:
    """Letters or digits, not punctuation."""
    return token.text[0].isalnum()


def span_of(tokens: list[Token], a: int, b: int) -> Range:
    """Token indexes [a, b) as offsets, without punctuation at the edges that is no quotation mark or part of a value."""
    while b - 1 > a and not is_word(tokens[b - 1]) and not tokens[b - 1].mark and tokens[b - 1].text not in ".!?%)":
        b -= 1
    while a < b - 1 and tokens[a].text in ",;:—–":
        a += 1
    return tokens[a].start, tokens[b - 1].end


def sentence_end(tokens: list[Token]) -> int:
    """One past the last word or quotation mark: the full stop is no part of a content."""
    end = len(tokens)
    while end > 0 and not is_word(tokens[end - 1]) and not tokens[end - 1].mark and tokens[end - 1].text not in "%)":
        end -= 1
    return end


def link_of(cue: Cue, place: Place, pieces: list[Range], *, negated: bool = False, inherited: bool = False, left: bool = False) -> Link:
    """A link from token indexes of cue and source and offsets of the content."""
    source = span_of(place.tokens, *place.source) if place.source else None
    return Link(cue, span_of(place.tokens, *place.cue), source, tuple(pieces), negated, inherited, left)


def relocate(link: Link, sentence: int) -> Link:
    """The link with the number of its sentence."""
    return replace(link, sentence=sentence)
