"""Words whose speaker stands beside them without a verb: turns of a conversation ("LEE: Never."), signed quotations ("“No.” ― Ann Lee")."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from transforms.claims.lexicon import Cue
from transforms.claims.links import Link
from transforms.claims.text import Range, Sentence, paragraphs

SAYS = Cue("say", "", "fixed", "q", 0.95, "asserts", "certain", inverts=False, posts=False, hearer=False)
# A speaker in capitals, with title or brackets; or one letter of "Q: … A: …".
TURN = re.compile(
    r"[\"“”']?(?P<name>[QA]|(?:[^\W\d_a-zß]{2,}|[^\W\d_a-zß]\.)(?:[ .’'\-][^\W\d_a-zß]+){0,4}\.?)(?: \([^)\n]{1,40}\))?:\s+(?=\S)"
)
SIGNED = re.compile(
    r"(?P<words>[“”\"][^\n]{8,}[“”\"])\s{0,3}(?P<mark>[―—–-])\s{0,3}(?P<name>[^\W\d_a-zß](?:[^\n.,:;!?“”\"―—–]|(?<=\b[^\W\d_a-zß])\.){2,48})[.\s]*"
)
MIN_TURNS = 3  # fewer are headings ("UPDATE: …"), no conversation
MIN_SPEAKERS = 2
MAX_NAME_WORDS = 6
QUOTES = '"“”'


@dataclass(frozen=True, slots=True)
class Turn:
    """The speaker and the mark behind it; where the words begin; the paragraph by number."""

    name: Range
    mark: Range
    start: int
    paragraph: int


def turns(text: str, sentences: list[Sentence]) -> list[Link]:
    """Every turn and every signed quotation of a text, in order."""
    parts = paragraphs(text)
    starts = [sentence.start for sentence in sentences]
    found = [*spoken(text, parts, starts), *signed(text, parts, starts)]
    return sorted(found, key=lambda link: link.content)


def signed(text: str, parts: list[Range], starts: list[int]) -> Iterator[Link]:
    """Paragraphs that are a quotation with a name behind it."""
    for start, end in parts:
        match = SIGNED.fullmatch(text, start, end)
        if match and len(match["name"].split()) <= MAX_NAME_WORDS:
            a, b = match.span("name")
            yield link_of(match.span("mark"), (a, b - len(match["name"]) + len(match["name"].rstrip())), (match.span("words"),), starts)


def spoken(text: str, parts: list[Range], starts: list[int]) -> Iterator[Link]:
    """The turns of a conversation; the words of one go on up to the next, over paragraphs that are quoted too or lie between two turns."""
    found = [turn for number, part in enumerate(parts) if (turn := turn_at(text, part, number))]
    names = {text[slice(*turn.name)] for turn in found}
    if len(found) < MIN_TURNS or len(names) < MIN_SPEAKERS:
        return
    for turn, after in zip(found, [*found[1:], None], strict=True):
        stop = after.paragraph if after else len(parts)
        quoted = text[parts[turn.paragraph][0]] in QUOTES
        more = [part for part in parts[turn.paragraph + 1 : stop] if (text[part[0]] in QUOTES if quoted else after is not None)]
        yield link_of(turn.mark, turn.name, ((turn.start, parts[turn.paragraph][1]), *more), starts)


def turn_at(text: str, part: Range, number: int) -> Turn | None:
    """The turn that a paragraph begins with."""
    match = TURN.match(text, *part)
    if match is None:
        return None
    colon = text.rindex(":", part[0], match.end())
    return Turn(match.span("name"), (colon, colon + 1), match.end(), number)


def link_of(mark: Range, source: Range, content: tuple[Range, ...], starts: list[int]) -> Link:
    """A link with the mark as cue, in the sentence where that stands."""
    return Link(SAYS, mark, source, content, left=content[0][0] < mark[0], sentence=max(0, bisect_right(starts, mark[0]) - 1))
