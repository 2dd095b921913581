"""From tagged spans to attributions: each source and each content goes to the nearest cue on the side that its label tells."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from transforms.claims.decoding import Tag
from transforms.claims.text import Range

# What separates a span from a cue, in characters: a full stop counts as 60, a line break as 300, another cue in between as 150.
SENTENCE, LINE, CUE_BETWEEN = 60, 300, 150
# How far a further content may lie from the rest, by how many of the two are quoted: in the sentence; in the next one; in the paragraph.
FURTHER = (50, 100, 250)
# A cue on the other side than the label tells is taken only where it is so much nearer.
WRONG_SIDE = 1000
REACH = 6000  # of a content: the longest quotation over several paragraphs; of a source it is REACH / 10
MARKS = frozenset(":-–—―|")
MAX_MARK = 5  # characters between speaker and words of a transcript
CANDIDATES = 4  # cues on one side that are compared
MAX_SHARED = 300  # characters to the left within which a cue takes over another's source


@dataclass(slots=True)
class Group:
    """One cue with what belongs to it."""

    cue: Tag
    sources: list[Tag] = field(default_factory=list)
    contents: list[Tag] = field(default_factory=list)
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """Starts of sentences and of lines in a text, and its quotations, in order."""

    sentences: Sequence[int]
    lines: Sequence[int]
    quotes: Sequence[Range] = ()

    def quoted(self, tag: Tag) -> bool:
        """The tag begins in a quotation."""
        found = bisect_left(self.quotes, (tag.start + 1, 0)) - 1
        return found >= 0 and tag.start < self.quotes[found][1]

    def cost(self, a: Range, b: Range) -> int:
        """How far two spans are apart."""
        low, high = min(a[1], b[1]), max(a[0], b[0])
        if high <= low:
            return 0
        return high - low + SENTENCE * between(self.sentences, low, high) + LINE * between(self.lines, low, high)


def between(starts: Sequence[int], low: int, high: int) -> int:
    """How many of the ordered offsets lie in (low, high]."""
    return bisect_left(starts, high + 1) - bisect_left(starts, low + 1)


def colons(text: str, tags: Sequence[Tag]) -> list[Tag]:
    """The tags with a cue for each mark that stands alone between source and content: `LEE: I never said that.`, `“Never.” ― Ann Lee`."""
    found: list[Tag] = []
    for tag in tags:
        last = found[-1] if found else None
        pair = last and {last.role, tag.role} == {"SRC", "CNT"} and (last.towards, tag.towards) == (">", "<")
        if last and pair and 0 < tag.start - last.end <= MAX_MARK:
            gap = text[last.end : tag.start]
            at = next((k for k, c in enumerate(gap, last.end) if c in MARKS), None)
            if at is not None and not any(c.isalnum() for c in gap):
                found.append(Tag("CUE", "", at, at + 1, min(last.sure, tag.sure)))
        found.append(tag)
    return found


def linked(tags: Sequence[Tag], layout: Layout) -> list[Group]:
    """Every cue with what belongs to it, in text order; some have no content."""
    groups = [Group(tag) for tag in tags if tag.role == "CUE"]
    starts = [group.cue.start for group in groups]
    for tag in tags:
        if tag.role == "CUE":
            continue
        reach = REACH if tag.role == "CNT" else REACH // 10
        group = nearest(tag, groups, starts, layout, reach)
        if group:
            (group.contents if tag.role == "CNT" else group.sources).append(tag)
    for group in groups:
        group.sources = beside(group, layout)
    shared(groups, layout)
    for group in groups:
        group.contents = near(group, layout)
    return groups


def beside(group: Group, layout: Layout) -> list[Tag]:
    """Sources without those of another sentence than the cue, unless it reports a quotation: they have lost a cue of their own."""
    if any(layout.quoted(tag) for tag in group.contents):
        return group.sources
    return [one for one in group.sources if not between(layout.sentences, *sorted((one.start, group.cue.start)))]


def near(group: Group, layout: Layout) -> list[Tag]:
    """Contents without further ones that have lost a cue of their own: in another paragraph, or farther off and not quoted."""
    kept: list[Tag] = []
    for tag in sorted(group.contents, key=lambda t: layout.cost((t.start, t.end), (group.cue.start, group.cue.end))):
        reach = FURTHER[layout.quoted(tag) + (bool(kept) and layout.quoted(kept[0]))]
        spans = [group.cue, *group.sources, *kept]
        if not kept or any(layout.cost((tag.start, tag.end), (s.start, s.end)) <= reach for s in spans):
            kept.append(tag)
    return sorted(kept, key=lambda t: t.start)


def nearest(tag: Tag, groups: list[Group], starts: list[int], layout: Layout, reach: int) -> Group | None:
    """The cue that a span belongs to."""
    at = bisect_left(starts, tag.start)
    best: tuple[int, Group] | None = None
    for side, order in ((">", groups[at : at + CANDIDATES]), ("<", groups[max(0, at - CANDIDATES) : at][::-1])):
        for rank, group in enumerate(order):
            cost = layout.cost((tag.start, tag.end), (group.cue.start, group.cue.end)) + CUE_BETWEEN * rank
            cost += WRONG_SIDE if side != tag.towards else 0
            if cost < reach and (best is None or cost < best[0]):
                best = (cost, group)
    return best[1] if best else None


def shared(groups: list[Group], layout: Layout) -> None:
    """A cue without a source takes over the source of the cue before it in the sentence: "He said … and added …"."""
    for before, group in pairwise(groups):
        if group.sources or not before.sources:
            continue
        source = before.sources[0]
        near = source.end <= group.cue.start <= source.end + MAX_SHARED
        if near and not between(layout.sentences, source.start, group.cue.start):
            group.sources, group.inherited = before.sources, True
