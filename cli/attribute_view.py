"""An article with its attributions as one page without scripts: spans in colours, a numbered arrow from each source to its content."""

from __future__ import annotations

from collections.abc import Sequence
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
    spans = [(role, number, *span) for number, item in enumerate(found, 1) for role, span in roles(item)]
    here = [span for span in spans if span[2] < line[1] and line[0] < span[3]]
    cuts = sorted({line[0], line[1], *(min(max(x, line[0]), line[1]) for span in here for x in span[2:])})
    made = []
    for a, b in pairwise(cuts):
        inside = [span for span in here if span[2] <= a and b <= span[3]]
        leaves = [number for role, number, start, _ in inside if role == "source" and start == a]
        arrives = [number for role, number, start, _ in inside if role == "content" and start == a == found[number - 1].content[0][0]]
        made.append(Part(text[a:b], classes([role for role, *_ in inside]), leaves, arrives))
    return made


def roles(item: Attribution) -> list[tuple[str, tuple[int, int]]]:
    """The spans of an attribution with the names of their roles."""
    found = [("content", piece) for piece in item.content]
    return found + [(role, span) for role, span in (("source", item.source), ("cue", item.cue)) if span]


def classes(names: list[str]) -> str:
    """Class names of a stretch: the innermost role, and `nested` where contents lie in one another."""
    if not names:
        return ""
    role = next((name for name in ("cue", "source") if name in names), "content")
    return role + " nested" if len(names) > 1 else role
