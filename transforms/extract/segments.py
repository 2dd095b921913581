"""A parsed page cut into segments: runs of text under one block element, each with its place in the tree."""

from __future__ import annotations

from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from transforms.extract.blocks import BLOCK, MARKS, SENTENCE_END
from transforms.extract.hints import hints
from transforms.extract.text import clean

# Elements whose text people do not read as text.
UNREAD = frozenset(
    {
        *("script", "style", "noscript", "template", "iframe", "svg", "select", "textarea", "head", "title", "object"),
        *("audio", "video", "canvas", "math", "option"),
    }
)
# Elements that say something about all that is inside them; one bit each.
PLACES = (
    *("article", "main", "aside", "nav", "header", "footer", "figure", "figcaption", "ul", "ol", "table", "form", "blockquote"),
    *("section", "a", "button", "details", "dialog", "li", "p", "h1", "h2", "h3"),
)
PLACE_BIT = {tag: 1 << number for number, tag in enumerate(PLACES)}
# Elements inside a line: their names say little of the place, and they are many.
INLINE = frozenset(
    {
        *("a", "abbr", "acronym", "b", "big", "cite", "code", "em", "font", "i", "img", "input", "label", "mark", "picture", "q", "s"),
        *("small", "source", "span", "strong", "sub", "sup", "time", "u", "wbr"),
    }
)
# What the walk does with a node.
TEXT, BREAK, SKIPPED, INLINE_ELEMENT, OUTER = range(1, 6)
KINDS = {"-text": TEXT, "br": BREAK} | dict.fromkeys(UNREAD, SKIPPED) | dict.fromkeys(INLINE, INLINE_ELEMENT)
NAMED_BY = frozenset({"class", "id", "role", "itemprop", "data-testid", "data-component", "data-type"})
HIDING = frozenset({"hidden", "aria-hidden", "style"})
# The richest of some 370 pages had 1 400 segments in 9 200 elements; the walk ends at these bounds, and the page stays under a second.
MOST_SEGMENTS, MOST_ELEMENTS = 3000, 12_000
# Characters of one segment that are kept: more is no paragraph.
LONGEST_SEGMENT = 100_000


@dataclass(slots=True)
class Element:
    """One element that is not inside a line; numbers of segments say what is inside it."""

    number: int
    parent: int
    tag: str
    names: str
    depth: int
    hint: int
    near: int
    all: int
    places: int
    hidden: bool
    first: int
    last: int = 0


@dataclass(slots=True)
class Segment:
    """One paragraph, heading, list item or line; `linked` and `marked` are characters inside links and bold or italic elements."""

    tag: str
    text: str
    element: int
    linked: int
    links: int
    marked: int
    inner: int
    broken: bool


@dataclass
class Cut:
    """The page's elements and segments in document order."""

    elements: list[Element] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)


class Cutter:
    """Walks the tree once; open elements are on a stack."""

    def __init__(self) -> None:
        self.cut = Cut()
        self.stack: list[str] = []
        self.outer: list[Element] = []
        self.home: list[Element] = []
        self.parts: list[str] = []
        self.in_links = self.in_marks = 0
        self.linked = self.links = self.marked = self.inner = 0
        self.is_marked = self.broken = False

    def flush(self) -> None:
        """End the segment."""
        if self.parts:
            if text := clean("".join(self.parts)[:LONGEST_SEGMENT]):
                home = self.home[-1]
                self.cut.segments.append(
                    Segment(home.tag, text, home.number, self.linked, self.links, self.marked, self.inner, self.broken)
                )
            self.parts = []
            self.linked = self.links = self.marked = self.inner = 0
            self.broken = False

    def line_break(self) -> None:
        """A <br>: the end of a paragraph, or white space inside a sentence."""
        so_far = "".join(self.parts[-3:]).rstrip()
        if self.is_marked or so_far.endswith(SENTENCE_END) or (self.parts and self.parts[-1] == "\n"):
            self.flush()
            self.broken = True
        else:
            self.parts.append("\n")

    def open_inline(self, tag: str) -> None:
        """An element inside a line starts."""
        if tag == "a":
            self.in_links += 1
            self.links += 1
        elif tag in MARKS:
            self.in_marks += 1
        self.is_marked = False

    def outer_element(self, node: LexborNode, tag: str) -> bool:
        """An element that is not inside a line starts; whether the bounds are reached, and it is left out."""
        self.is_marked = False
        if tag in BLOCK:
            self.flush()
        if len(self.cut.segments) >= MOST_SEGMENTS or len(self.cut.elements) >= MOST_ELEMENTS:
            return True
        element = self.element(node.attributes, tag)
        self.cut.elements.append(element)
        self.outer.append(element)
        if tag in BLOCK:
            self.home.append(element)
        return False

    def element(self, attributes: dict[str, str | None], tag: str) -> Element:
        """Its place in the tree and what its names hint at."""
        names, bits, hidden = "", 0, False
        if attributes:
            names = " ".join([value for name, value in attributes.items() if value and name in NAMED_BY])
            bits = hints(names) if names else 0
            hidden = not HIDING.isdisjoint(attributes) and is_hidden(attributes)
        place = PLACE_BIT.get(tag, 0) | (PLACE_BIT["a"] if self.in_links else 0)
        number, first = len(self.cut.elements), len(self.cut.segments)
        if not self.outer:
            return Element(number, -1, tag, names, 0, bits, bits, bits, place, hidden, first)
        up = self.outer[-1]
        near = bits | up.hint | self.outer[-2].hint if len(self.outer) > 1 else bits | up.hint
        return Element(
            number, up.number, tag, names, up.depth + 1, bits, near, bits | up.all, place | up.places, hidden or up.hidden, first
        )

    def close(self) -> None:
        """The innermost element ends."""
        tag = self.stack.pop()
        if tag in INLINE:
            self.in_links -= tag == "a"
            self.is_marked = tag in MARKS
            self.in_marks -= self.is_marked
        else:
            if tag in BLOCK:
                self.flush()
                self.home.pop()
            self.outer.pop().last = len(self.cut.segments)
            self.is_marked = False

    def text(self, content: str) -> None:
        """Running text."""
        self.parts.append(content)
        if size := len(content.strip()):
            self.is_marked = False
            self.linked += size if self.in_links else 0
            self.marked += size if self.in_marks else 0
            self.inner += 1

    def enter(self, node: LexborNode, tag: str, kind: int) -> bool:
        """An element starts; whether the bounds are reached, and it is left out."""
        if kind == INLINE_ELEMENT:
            self.open_inline(tag)
        elif self.outer_element(node, tag):
            return True
        self.stack.append(tag)
        return False

    def walk(self, root: LexborNode) -> Cut:
        """Cut everything inside the root; `after` holds what follows each open element: to ask nodes for their parents is slow."""
        node: LexborNode | None = root
        after: list[LexborNode | None] = []
        while node is not None or after:
            if node is None:
                self.close()
                node = after.pop()
                continue
            tag = node.tag or ""
            kind = kind_of(tag)
            if kind >= INLINE_ELEMENT:
                if self.enter(node, tag, kind):
                    break
                after.append(node.next if after else None)
                node = node.first_child
                continue
            if kind == TEXT:
                self.text(node.text_content or "")
            elif kind == BREAK:
                self.line_break()
            node = node.next
        while self.stack:
            self.close()
        return self.cut


def kind_of(tag: str) -> int:
    """What the walk does with a node of this name."""
    return KINDS.get(tag) or (SKIPPED if tag[:1] in "-!_" else OUTER)


def is_hidden(attributes: dict[str, str | None]) -> bool:
    """Markup says that the element is not shown."""
    style = (attributes.get("style") or "").replace(" ", "").lower()
    return "hidden" in attributes or attributes.get("aria-hidden") == "true" or "display:none" in style


def segments(root: LexborNode) -> Cut:
    """Segments and elements of a tree."""
    return Cutter().walk(root)
