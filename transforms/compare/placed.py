"""Mentions with their outlet and time, and which clauses of its sentence a mention tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from transforms.claims.text import Range
from transforms.records import ClaimMention

# What joins the pieces of a discontinuous content.
GAP = " … "


@dataclass(frozen=True)
class Placed:
    """A mention with what the comparison needs of its article."""

    mention: ClaimMention
    outlet_id: str
    published_at: datetime
    story_id: UUID

    @cached_property
    def order(self) -> tuple[datetime, str, int, str]:
        """Earliest article first, then place in the text."""
        return (self.published_at, str(self.mention.article_id), self.mention.content.start, str(self.mention.mention_id))


def contents(mention: ClaimMention) -> tuple[Range, ...]:
    """The places in its sentence of what a mention tells; one that is not found there is left out."""
    places: list[Range] = []
    for piece in mention.text.split(GAP) if mention.content.extra else [mention.text]:
        at = mention.sentence.find(piece, places[-1][1] if places else 0)
        places += [(at, at + len(piece))] if at >= 0 else []
    return tuple(places)


def is_told(mention: ClaimMention, place: Range) -> bool:
    """Whether a place of its sentence shares a character with what a mention tells; where that is not found, it does."""
    places = contents(mention)
    return not places or any(meet(place, one) for one in places)


def meet(a: Range, b: Range) -> bool:
    """Whether two places share a character."""
    return a[0] < b[1] and b[0] < a[1]


def has_number(mention: ClaimMention, place: Range) -> bool:
    """Whether a place of its sentence states a quantity; all of a mention is asked where its content has several pieces."""
    places = contents(mention)
    if len(places) != 1:
        return bool(mention.numbers)
    shift = places[0][0] - mention.content.start
    return any(place[0] <= one.start + shift < place[1] for one in mention.numbers)


def bearers(placed: Sequence[Placed], at: Sequence[int], place: Range) -> list[int]:
    """Of the mentions of one sentence those that tell a place of it; the first where none does."""
    return [one for one in at if is_told(placed[one].mention, place)] or list(at[:1])
