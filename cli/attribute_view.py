"""An article with its attributions as one page without scripts: spans in colours, a numbered arrow from each source to its content."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from transforms.claims.model import Attribution

PAGES = Path(__file__).parent / "pages"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of one paragraph: its class names, and the numbers of attributions whose arrows leave before it or arrive at it."""

    text: str
    classes: str
    leaves: list[int]
    arrives: list[int]


@dataclass(frozen=True, slots=True)
class Span:
    """One span of the attribution of that number."""

    role: str
    number: int
    start: int
    end: int
    leads: bool = False


def page(text: str, found: Sequence[Attribution], *, title: str, language: str = "en") -> str:
    """The HTML of a text and its attributions."""
    pages = Environment(loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined)
    template = pages.get_template("attributions.html")
    lines = paragraphs(text)
    return template.render(title=title, language=language, paragraphs=[parts(text, line, found) for line in lines], rows=found)


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Lines that hold more than white space."""
    found, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            found.append((at, at + len(line)))
        at += len(line) + 1
    return found


def parts(text: str, line: tuple[int, int], found: Sequence[Attribution]) -> list[Part]:
    """A paragraph cut wherever a span begins or ends."""
    here = [span for span in spans(found) if span.start < line[1] and line[0] < span.end]
    cuts = {*line, *(min(max(x, line[0]), line[1]) for span in here for x in (span.start, span.end))}
    return [part(text, cut, here) for cut in pairwise(sorted(cuts))]


def part(text: str, cut: tuple[int, int], here: list[Span]) -> Part:
    """The stretch between two cuts."""
    inside = [span for span in here if span.start <= cut[0] and cut[1] <= span.end]
    begun = [span for span in inside if span.start == cut[0]]
    leaves = [span.number for span in begun if span.role == "source"]
    arrives = [span.number for span in begun if span.role == "content" and span.leads]
    return Part(text[slice(*cut)], classes([span.role for span in inside]), leaves, arrives)


def spans(found: Sequence[Attribution]) -> Iterator[Span]:
    """Every span of every attribution, numbered from one; `leads`: the first piece of its content."""
    for number, item in enumerate(found, 1):
        yield from (Span("content", number, *piece, leads=piece == item.content[0]) for piece in item.content)
        yield from (Span(role, number, *span) for role, span in (("source", item.source), ("cue", item.cue)) if span)


def classes(names: list[str]) -> str:
    """Class names of a stretch: the innermost role, and `nested` where contents lie in one another."""
    if not names:
        return ""
    role = next((name for name in ("cue", "source") if name in names), "content")
    return role + " nested" if len(names) > 1 else role
