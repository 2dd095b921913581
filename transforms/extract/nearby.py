"""The printed lines that follow an element, in the order of the page, read only as far as they are needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice, takewhile

from selectolax.lexbor import LexborNode

from transforms.extract.text import clean

# Elements that begin a line of their own, so that text before and after them is not one line.
BREAKING = frozenset(
    {
        *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "section", "table", "tbody", "td", "th"),
        *("thead", "time", "tr", "ul"),
    }
)
SILENT = frozenset({"script", "style", "noscript", "template", "svg", "select", "iframe"})

# Byline and date follow the headline within a few hundred elements.
MOST_PLACES = 2000
# A headline's own block is so many elements up at most, and holds so many letters of raw text besides it.
HIGHEST_BLOCK, LARGEST_BLOCK = 3, 800
# More inline elements inside each other are no typography.
DEEPEST_INLINE = 20


def after(node: LexborNode) -> Iterator[LexborNode]:
    """Elements and texts after an element, outer before inner."""
    place: LexborNode | None = node
    while place is not None:
        place = place.next or climbed(place)
        while place is not None and place.tag not in SILENT:
            yield place
            if place.child is None:
                break
            place = place.child


def climbed(node: LexborNode) -> LexborNode | None:
    """What follows the nearest ancestor that has something after it."""
    place = node.parent
    while place is not None and place.next is None:
        place = place.parent
    return place.next if place is not None else None


def lines_after(node: LexborNode, most: int, longest: int) -> list[str]:
    """Up to `most` lines that follow an element, none longer than `longest`; a line of several pieces is followed by its pieces."""
    return lines(islice(after(node), MOST_PLACES), most, longest)


def lines_before(node: LexborNode, most: int, longest: int) -> list[str]:
    """The same of the lines before an element in its own block: the widest around it that holds little besides."""
    block = node
    for _ in range(HIGHEST_BLOCK):
        if block.parent is None or block.parent.tag in {"body", "html"} or len(block.parent.text()) > LARGEST_BLOCK:
            break
        block = block.parent
    return lines(takewhile(lambda place: place.mem_id != node.mem_id, block.traverse(include_text=True)), most, longest)


def lines(places: Iterable[LexborNode], most: int, longest: int) -> list[str]:
    """Lines of some elements and texts in the order of the page."""
    found: list[str] = []
    for pieces in runs(places):
        whole = clean(" ".join(pieces))
        texts = [whole, *(clean(piece) for piece in pieces)] if len(pieces) > 1 else [whole]
        found += [text for text in texts if 0 < len(text) <= longest]
        if len(found) >= most:
            break
    return found[:most]


def runs(places: Iterable[LexborNode]) -> Iterator[list[str]]:
    """Texts of one line together."""
    pieces: list[str] = []
    line = None
    for place in places:
        if place.tag == "-text" and (text := place.text(deep=False)).strip():
            if (here := line_of(place)) != line and pieces:
                yield pieces
                pieces = []
            line = here
            pieces.append(text)
        elif place.tag in BREAKING and pieces:
            yield pieces
            pieces = []
    if pieces:
        yield pieces


def line_of(text: LexborNode) -> int:
    """The element that a text's line belongs to: its nearest ancestor that breaks lines."""
    place = text.parent
    for _ in range(DEEPEST_INLINE):
        if place is None or place.tag in BREAKING or place.parent is None:
            break
        place = place.parent
    return place.mem_id if place is not None else 0
