"""Contents that the nearest cue took although they belong to another one of the same paragraph."""

from __future__ import annotations

import re
from dataclasses import replace

from transforms.claims.actors import speaks
from transforms.claims.decoding import Tag
from transforms.claims.linker import Group, Layout, between
from transforms.claims.phrases import PREPOSITIONS
from transforms.claims.statements import finite

NEAR = 6  # cues before one among which the speech is looked for that a quotation goes on with
PRONOUNS = frozenset({"he", "she", "they", "it"})
LEAD_IN = 40  # characters between a cue and the colon that opens its quotation: "scolded him: “"
COLON = re.compile(r"[^.!?:;“”\"\n]*:\s*[“\"'‘]*")
TWO_VERBS = re.compile(r"(\S.*?)\s+before\s+(\w+ing\b.*)")
NARRATED = re.compile(r",\s+(?:but|and|as|while|then)\b")


def regrouped(groups: list[Group], text: str, layout: Layout) -> list[Group]:
    """The groups with such contents moved; those that a cue loses to nobody go."""
    for at, group in enumerate(groups):
        resumed(groups[max(0, at - NEAR) : at], group, text, layout)
        if at:
            introduced(groups[at - 1], group, text)
        group.contents = spoken(group, text, layout)
    return [part for group in groups for part in parted(idiom(group, text, layout), text, layout)]


def parted(group: Group, text: str, layout: Layout) -> list[Group]:
    """One group, or two where its cue holds two verbs or a colon begins a quotation of its own."""
    before = [tag for tag in group.contents if tag.end <= group.cue.start]
    after = [tag for tag in group.contents if tag not in before]
    if not before or not after:
        return [group]
    verbs = TWO_VERBS.fullmatch(text, group.cue.start, group.cue.end)
    if verbs:
        first, second = replace(group.cue, end=verbs.end(1)), replace(group.cue, start=verbs.start(2))
        return [Group(first, group.sources, before), Group(second, group.sources, after, inherited=True)]
    if layout.quoted(before[-1]) or not layout.quoted(after[0]) or not leads(group.cue, after[0], text):
        return [group]
    own = [tag for tag in before if states(text, tag, group)]
    return [*([Group(group.cue, group.sources, own)] if own else []), replace(group, contents=after)]


def states(text: str, tag: Tag, group: Group) -> bool:
    """A clause right before its speaker, "It is late, Lee said: “Go.”"; not "An hour later, Lee said: “Go.”"."""
    words = text[tag.start : tag.end].split()
    clause = any(finite(word.lower()) for word in words[1:]) and words[0].lower() not in PREPOSITIONS and not words[0].endswith("ing")
    nearest = min([group.cue.start, *(source.start for source in group.sources if source.start > tag.end)])
    return clause and text[tag.end : nearest].strip() == ","


def idiom(group: Group, text: str, layout: Layout) -> Group:
    """For "as Lee put it in a letter, “too late”" what is put so: the quotation."""
    first = group.contents[0] if len(group.contents) == 1 else None
    if first is None or text[group.cue.start : group.cue.end] not in {"put", "puts"} or not text.startswith("it ", first.start):
        return group
    at = next((a for a, _ in layout.quotes if first.start < a < first.end), None)
    return replace(group, contents=[replace(first, start=at + 1)]) if at else group


def resumed(before: list[Group], group: Group, text: str, layout: Layout) -> None:
    """A quotation behind reported words goes on with the speech before: “No,” Lee said. She named no day. “Never.” is all hers."""
    told = [tag for tag in group.contents if not layout.quoted(tag)]
    stray = [tag for tag in group.contents if layout.quoted(tag) and told and apart(told[-1], tag, layout)]
    owner = next((g for g in reversed(before) if g.contents and layout.quoted(g.contents[0])), None)
    if (
        not stray
        or owner is None
        or goes_on(owner, group, text, layout)
        or len(told) + len(stray) < len(group.contents)
        or between(layout.lines, owner.cue.start, stray[-1].start)
    ):
        return
    group.contents = told
    owner.contents = sorted([*owner.contents, *stray], key=lambda t: t.start)


def goes_on(owner: Group, group: Group, text: str, layout: Layout) -> bool:
    """The nearer cue tells more of the same speech: "adding that …", or a verb of saying in a sentence of its own."""
    word = text[group.cue.start : group.cue.end].split(maxsplit=1)[0].lower()
    return word == "adding" or (between(layout.sentences, owner.cue.start, group.cue.start) > 0 and speaks(word))


def apart(told: Tag, tag: Tag, layout: Layout) -> bool:
    """In a later sentence."""
    return told.end <= tag.start and between(layout.sentences, told.end, tag.start) > 0


def introduced(before: Group, group: Group, text: str) -> None:
    """For "Lee scolded him: “No,” she said. “Never.”": the first quotation is hers who is named; an only one gets her as source."""
    quoted = next((t for t in group.contents if t.start > before.cue.end and t.end <= group.cue.start), None)
    if before.contents or not before.sources or quoted is None or not leads(before.cue, quoted, text):
        return
    if len(group.contents) > 1:
        before.contents = [quoted]
        group.contents = [tag for tag in group.contents if tag is not quoted]
    elif all(text[tag.start : tag.end].lower() in PRONOUNS for tag in group.sources):
        group.sources = before.sources


def leads(cue: Tag, quoted: Tag, text: str) -> bool:
    """Nothing but a few words and a colon stands between a cue and a quotation."""
    return quoted.start - cue.end <= LEAD_IN and COLON.fullmatch(text, cue.end, quoted.start) is not None


def spoken(group: Group, text: str, layout: Layout) -> list[Tag]:
    """Contents without what the outlet tells behind a quotation and its tag: “No,” she said, but he had left."""
    first = group.contents[0] if group.contents else None
    if first is None or first.end > group.cue.start or not layout.quoted(first):
        return group.contents
    behind = NARRATED.match(text, group.cue.end)
    return [t for t in group.contents if layout.quoted(t) or not behind or not behind.start() < t.start < behind.end()]
