"""Quotations over several paragraphs, each re-opened without being closed before: one speech, which belongs to the tag beside it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from transforms.claims.decoding import Tag
from transforms.claims.linker import Group
from transforms.claims.text import Quotation, Range

LEAD = 200  # characters before a speech in which a tag with a colon introduces it


def speeches(quotes: Sequence[Quotation]) -> Iterator[list[Quotation]]:
    """Runs of two or more quotations of which each continues the one before."""
    run: list[Quotation] = []
    for quote in quotes:
        if run and not quote.continues:
            if len(run) > 1:
                yield run
            run = []
        run.append(quote)
    if len(run) > 1:
        yield run


def reunited(groups: list[Group], text: str, quotes: Sequence[Quotation]) -> list[Group]:
    """The groups with each speech whole, in the hands of one cue; a cue that loses its content goes."""
    for speech in speeches(quotes):
        owner = owner_of(groups, text, speech)
        if owner is None:
            continue
        span = (speech[0].start, speech[-1].end)
        sure = owner_sure(groups, span)
        for group in groups:
            group.contents = [tag for tag in group.contents if not span[0] <= tag.start < span[1]]
        owner.contents += [Tag("CNT", "", *quote.inner, sure) for quote in speech]
        owner.contents.sort(key=lambda tag: tag.start)
    return [group for group in groups if group.contents]


def owner_of(groups: list[Group], text: str, speech: list[Quotation]) -> Group | None:
    """The cue in the paragraphs of a speech, outside its quotation marks; else one that leads in to it and holds its beginning."""
    low = text.rfind("\n", 0, speech[0].start) + 1
    high = text.find("\n", speech[-1].end)
    high = len(text) if high < 0 else high
    outside = [group for group in groups if low <= group.cue.start < high and not within(speech, group.cue.start)]
    if outside:
        return min(outside, key=lambda group: distance(group, speech))
    before = [g for g in groups if speech[0].start - LEAD <= g.cue.start < low and any(touches(tag, speech[0]) for tag in g.contents)]
    return before[-1] if before else None


def distance(group: Group, speech: list[Quotation]) -> int:
    """Characters between a cue and the nearest end of a quotation of the speech; a source must stand there too."""
    apart = min(min(abs(group.cue.start - quote.end), abs(quote.start - group.cue.end)) for quote in speech)
    return apart + (0 if group.sources else LEAD)


def within(speech: list[Quotation], at: int) -> bool:
    """Inside one of the quotations."""
    number = bisect_right(speech, at, key=lambda quote: quote.end)
    return number < len(speech) and speech[number].start <= at


def touches(tag: Tag, quote: Quotation) -> bool:
    """Share a character."""
    return tag.start < quote.end and quote.start < tag.end


def owner_sure(groups: list[Group], span: Range) -> float:
    """How sure the tagger was of the parts of a speech: their mean, or even odds where it saw none."""
    parts = [tag.sure for group in groups for tag in group.contents if span[0] <= tag.start < span[1]]
    return sum(parts) / len(parts) if parts else 0.5
