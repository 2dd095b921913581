"""One parse of the page, and everything that its metadata claims, gathered once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ingest.records import Hint, OutletProfile, OutletRules
from transforms.extract import jsonld
from transforms.extract.text import clean, folded, unescaped

NAMES = ("property", "name", "itemprop", "http-equiv")
# Shorter links are names and menu words, which other rules know.
SHORTEST_LINK = 16
# Lines with byline and date are short, and follow the headline soon.
LONGEST_LINE, FIRST_LINES = 160, 40
LINES, MOST_LINES = "h1, h2, p, div:not(:has(div, p)), span, td, li, small, font, address, time", 2000

# Tags and characters that trafilatura and htmldate read in half a second; the largest of some 370 pages had 9 200 and 2.2 million.
MOST_AFFORDABLE, LARGEST_AFFORDABLE = 12_000, 3_000_000


@dataclass(frozen=True)
class Signals:
    """What extraction reads from; `url` is where the page was fetched, `rules` are the outlet's that hold for it."""

    tree: LexborHTMLParser
    url: str
    outlet: OutletProfile | None = None
    rules: OutletRules | None = None
    hint: Hint | None = None
    meta: dict[str, list[str]] = field(default_factory=dict)
    tags: int = 0
    size: int = 0
    known: dict[str, list[str]] = field(default_factory=dict)

    @cached_property
    def nodes(self) -> list[jsonld.Node]:
        """Every JSON-LD object."""
        scripts = (jsonld.loads(node.text()) for node in self.tree.css("script[type*='ld+json' i]"))
        return [node for value in scripts for node in jsonld.nodes(value)]

    @cached_property
    def articles(self) -> list[jsonld.Node]:
        """JSON-LD articles, the page's own first."""
        headlines = [*self.content("og:title", "twitter:title"), *self.texts("h1"), *self.texts("title")]
        by_id = {str(node["@id"]): node for node in self.nodes if "@id" in node and len(node) > 2}
        found = jsonld.articles(self.nodes, headlines)
        return [{name: jsonld.resolve(value, by_id) for name, value in node.items()} for node in found]

    @cached_property
    def site_name(self) -> str | None:
        """Name of the site as it calls itself."""
        publisher = jsonld.first(self.article, "publisher")
        named = self.content("og:site_name", "application-name", "apple-mobile-web-app-title", "al:android:app_name")
        return next((name for name in [*named, publisher] if name and "://" not in name), None)

    @cached_property
    def links(self) -> frozenset[str]:
        """Folded texts of the elements that are one link and nothing else."""
        return frozenset(folded(node.text()) for node in self.tree.css("p > a, li > a, div > a") if is_alone(node))

    @cached_property
    def near_headline(self) -> list[str]:
        """Short lines of the page from its headline on."""
        lines: list[str] = []
        titled = self.tree.css_first("h1") is None
        for node in self.tree.css(LINES)[:MOST_LINES]:
            text = shown(node)
            if node.tag == "h1":
                lines, titled = [], True
            elif text and len(text) <= LONGEST_LINE:
                lines.append(text)
            if titled and len(lines) >= FIRST_LINES:
                break
        return lines[:FIRST_LINES]

    @property
    def is_affordable(self) -> bool:
        """Small enough to be read by other libraries too within a second."""
        return self.tags <= MOST_AFFORDABLE and self.size <= LARGEST_AFFORDABLE

    @property
    def article(self) -> jsonld.Node:
        """The page's own JSON-LD article, or an empty one."""
        return self.articles[0] if self.articles else {}

    def content(self, *names: str) -> list[str]:
        """Contents of the metas with these names, in the order of the names."""
        return [value for name in names for value in self.meta.get(name, ())]

    def texts(self, *selectors: str) -> Iterator[str]:
        """Non-empty texts of the elements that match, in the order of the selectors."""
        for selector in selectors:
            if selector not in self.known:
                self.known[selector] = [text for node in self.tree.css(selector) if (text := shown(node))]
            yield from self.known[selector]


def is_alone(link: LexborNode) -> bool:
    """The link is all the text of its parent, and long enough to be a headline."""
    text = link.text(strip=True)
    return len(text) >= SHORTEST_LINK and link.parent is not None and link.parent.text(strip=True) == text


def shown(node: LexborNode) -> str:
    """The text of an element as one line; elements inside are kept apart by a blank where they are blocks or cells."""
    return clean(node.text(separator=" ") if node.css_first("p, div, br, li, td, h2") else node.text())


def metas(tree: LexborHTMLParser) -> dict[str, list[str]]:
    """Contents of <meta>, by lower-case property, name and itemprop."""
    found: dict[str, list[str]] = {}
    for node in tree.css("meta[content]"):
        value = unescaped(node.attributes.get("content") or "")
        for name in {(node.attributes.get(attribute) or "").strip().lower() for attribute in NAMES} - {""}:
            if value:
                found.setdefault(name, []).append(value)
    return found


def read(text: str, url: str, outlet: OutletProfile | None = None, rules: OutletRules | None = None, hint: Hint | None = None) -> Signals:
    """Parse once."""
    tree = LexborHTMLParser(text)
    return Signals(tree=tree, url=url, outlet=outlet, rules=rules, hint=hint, meta=metas(tree), tags=text.count("<"), size=len(text))
