"""The clean-up of a chosen fragment with BeautifulSoup: HTML in, paragraphs out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bs4 import BeautifulSoup, NavigableString, PageElement, Tag

from transforms.extract.text import clean

BLOCK = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "dd", "details", "div", "dl", "dt", "fieldset", "figure", "footer"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "summary", "ul"),
        *("table", "tbody", "td", "th", "thead", "tr"),
    }
)
SKIPPED = frozenset(
    {
        *("script", "style", "noscript", "template", "figcaption", "iframe", "button", "form", "select", "textarea", "svg"),
        *("audio", "video", "object", "nav", "head", "title"),
    }
)
# Elements that set a line apart on pages without headings.
MARKS = frozenset({"b", "strong", "i", "em", "font", "big"})
# A single <br> ends a paragraph only after the end of a sentence; old pages also break lines inside sentences.
SENTENCE_END = (".", "!", "?", "…", ":", '"', "”", "“", "»", "。", "！", "？", "」", "』", "।", "؟", "۔")


class Block(NamedTuple):
    """One paragraph, heading or list item."""

    tag: str
    text: str


class Gatherer:
    """Collects running text and cuts it where a block element begins or ends."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.parts: list[str] = []
        self.tags = ["p"]
        self.is_marked = False

    def cut(self) -> None:
        """End the paragraph."""
        if text := clean("".join(self.parts)):
            self.blocks.append(Block(self.tags[-1], text))
        self.parts = []

    def line_break(self) -> None:
        """A <br>: the end of a paragraph, or white space inside a sentence; a line that ends in marked words is a line of its own."""
        so_far = "".join(self.parts).rstrip()
        if self.is_marked or so_far.endswith(SENTENCE_END) or (self.parts and self.parts[-1] == "\n"):
            self.cut()
        else:
            self.parts.append("\n")

    def begin(self, name: str) -> None:
        """An element starts."""
        if name == "br":
            self.line_break()
        elif name in BLOCK:
            self.cut()
            self.tags.append(name)
        self.is_marked = False

    def end(self, name: str) -> None:
        """An element ends."""
        if name in BLOCK:
            self.cut()
            self.tags.pop()
        self.is_marked = name in MARKS

    def add(self, text: str) -> None:
        """Running text."""
        self.parts.append(text)
        self.is_marked = self.is_marked and not text.strip()


def steps(root: Tag) -> Iterator[tuple[PageElement, bool]]:
    """Depth-first walk without recursion (pages nest thousands deep): (element, is its end)."""
    stack: list[tuple[PageElement, bool]] = [(root, False)]
    while stack:
        element, ended = stack.pop()
        yield element, ended
        if isinstance(element, Tag) and not ended:
            stack.append((element, True))
            if element.name not in SKIPPED:
                stack.extend((child, False) for child in reversed(element.contents))


def gather(root: Tag) -> list[Block]:
    """Blocks of an element in document order."""
    gatherer = Gatherer()
    for element, ended in steps(root):
        if isinstance(element, Tag):
            gatherer.end(element.name) if ended else gatherer.begin(element.name)
        elif type(element) is NavigableString:
            gatherer.add(str(element))
    gatherer.cut()
    return gatherer.blocks


def blocks(fragment: str, remove: list[str] | None = None) -> list[Block]:
    """Paragraphs of an HTML fragment; `remove` are CSS selectors that the outlet's rules name."""
    soup = BeautifulSoup(fragment, "lxml")
    for selector in remove or []:
        for element in soup.select(selector):
            element.decompose()
    return gather(soup)
