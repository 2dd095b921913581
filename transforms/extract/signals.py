"""One parse of the page, and everything that its metadata claims, gathered once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ingest.records import Hint, OutletProfile, OutletRules
from transforms.extract import jsonld
from transforms.extract.nearby import lines_after, lines_before
from transforms.extract.text import clean, folded, overlap, unescaped

NAMES = ("property", "name", "itemprop", "http-equiv")
# Shorter links are names and menu words, which other rules know.
SHORTEST_LINK = 16
# What is looked for by a selector stands among its first elements; nested ones repeat each other's text.
MOST_TEXTS = 50
# Elements nest and hold each other's text: no more is read around links in all.
MOST_AROUND = 1_000_000
# Lines with byline and date are short, and follow the headline soon.
LONGEST_LINE, FIRST_LINES = 160, 40
# Elements whose text is not one line: what stands inside is kept apart by a blank.
BLOCKS = "p, div, br, li, td, h2"
# More h1 elements are a list of teasers; longer ones wrap a whole page header.
MOST_TOPS, LONGEST_HEADLINE = 20, 300


class Told(NamedTuple):
    """A value and where the page tells it: `jsonld:headline`, `meta:og:title`, `h1`."""

    text: str
    source: str


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
    known: dict[str, list[str]] = field(default_factory=dict)  # texts by selector, read once
    seen: dict[str, list[LexborNode]] = field(default_factory=dict)  # elements that several readers ask for, by what they hold

    @cached_property
    def nodes(self) -> list[jsonld.Node]:
        """Every JSON-LD object."""
        scripts = (jsonld.loads(node.text()) for node in self.tree.css("script[type*='ld+json' i]"))
        return [node for value in scripts for node in jsonld.nodes(value)]

    @cached_property
    def articles(self) -> list[jsonld.Node]:
        """JSON-LD articles, the page's own first."""
        headlines = [*self.content("og:title", "twitter:title"), *self.tops, *self.window]
        by_id = {str(node["@id"]): node for node in self.nodes if "@id" in node and len(node) > 2}
        found = jsonld.articles(self.nodes, headlines)
        return [{name: jsonld.resolve(value, by_id) for name, value in node.items()} for node in found]

    @cached_property
    def tops(self) -> list[str]:
        """Texts of the h1 elements, in order."""
        return [text for node in self.tree.css("h1")[:MOST_TOPS] if (text := shown(node)) and len(text) <= LONGEST_HEADLINE]

    @cached_property
    def window(self) -> list[str]:
        """The title of the window: the first that the page gives, its head before the titles of drawings."""
        found = (root.css_first("title") for root in (self.tree.head, self.tree) if root is not None)
        return [text for node in found if node is not None and (text := shown(node))][:1]

    @cached_property
    def site_name(self) -> Told | None:
        """Name of the site as it calls itself."""
        named = self.told("og:site_name", "application-name", "apple-mobile-web-app-title", "al:android:app_name")
        if publisher := jsonld.first(self.article, "publisher"):
            named.append(Told(publisher, "jsonld:publisher"))
        return next((name for name in named if "://" not in name.text), None)

    @cached_property
    def site_keys(self) -> frozenset[str]:
        """Folded names of the site: as it calls itself, as the outlet's file does, its host and the labels of that."""
        host = (urlsplit(self.url).hostname or "").removeprefix("www.")
        named = [self.site_name.text if self.site_name else None, self.outlet.name if self.outlet else None, host, *host.split(".")[:-1]]
        return frozenset(key for name in named if name and (key := folded(name)) and not key.isdigit())

    @cached_property
    def desks(self) -> list[Told]:
        """Sections that the metadata name."""
        named = self.told("article:section", "articlesection", "section", "cxenseparse:recs:category", "parsely-section")
        linked = (text for node in self.articles for text in jsonld.strings(node.get("articleSection")))
        return [*named, *(Told(unescaped(text), "jsonld:articleSection") for text in linked)]

    @cached_property
    def trails(self) -> list[list[str]]:
        """Names along the JSON-LD breadcrumbs."""
        return [jsonld.strings(node.get("itemListElement")) for node in self.nodes if "BreadcrumbList" in jsonld.types(node)]

    @cached_property
    def sections(self) -> frozenset[str]:
        """Folded names of the sections that the page stands in."""
        crumbs = (name for trail in self.trails for name in trail[1:3])
        return frozenset(map(folded, [*(desk.text for desk in self.desks), *crumbs]))

    @cached_property
    def links(self) -> frozenset[str]:
        """Folded texts of the elements that are one link and nothing else."""
        return frozenset(map(folded, alone(self.tree.css("p > a, li > a, div > a"))))

    @cached_property
    def start(self) -> LexborNode | None:
        """The printed headline: the h1 that is most like the page's title, or else the top of the page."""
        wanted = next(iter([*self.content("og:title"), *self.window]), "")
        return max(self.tree.css("h1")[:MOST_TOPS], key=lambda node: overlap(node.text(), wanted), default=self.tree.head)

    @cached_property
    def below_headline(self) -> list[str]:
        """Short lines after the headline."""
        return lines_after(self.start, FIRST_LINES, LONGEST_LINE) if self.start is not None else []

    @cached_property
    def above_headline(self) -> list[str]:
        """Short lines before the headline in its own block."""
        return lines_before(self.start, FIRST_LINES, LONGEST_LINE) if self.start is not None and self.start.tag == "h1" else []

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

    def told(self, *names: str) -> list[Told]:
        """The same with their sources."""
        return [Told(value, "meta:" + name) for name in names for value in self.meta.get(name, ())]

    def texts(self, *selectors: str) -> Iterator[str]:
        """Non-empty texts of the first elements that match, in the order of the selectors."""
        for selector in selectors:
            if selector not in self.known:
                self.known[selector] = [text for node in self.tree.css(selector)[:MOST_TEXTS] if (text := shown(node))]
            yield from self.known[selector]


def alone(links: list[LexborNode]) -> Iterator[str]:
    """Texts of the links that are all the text of their parent, and long enough to be a headline."""
    siblings = Counter(node.parent.mem_id for node in links if node.parent is not None)
    read = 0
    for node in links:
        # an element of several links is none of them; its text is not read once for each
        if node.parent is None or siblings[node.parent.mem_id] > 1 or len(text := node.text(strip=True)) < SHORTEST_LINK:
            continue
        around = node.parent.text(strip=True)
        read += len(around)
        if around == text:
            yield text
        if read > MOST_AROUND:
            return


def shown(node: LexborNode) -> str:
    """The text of an element as one line; elements inside are kept apart by a blank where they are blocks or cells."""
    return clean(node.text(separator=" ") if node.css_first(BLOCKS) else node.text())


def metas(tree: LexborHTMLParser) -> dict[str, list[str]]:
    """Contents of <meta>, by lower-case property, name and itemprop."""
    found: dict[str, list[str]] = {}
    for node in tree.css("meta[content]"):
        attributes = node.attributes
        if value := unescaped(attributes.get("content") or ""):
            for name in {(attributes.get(attribute) or "").strip().lower() for attribute in NAMES} - {""}:
                found.setdefault(name, []).append(value)
    return found


def read(text: str, url: str, outlet: OutletProfile | None = None, rules: OutletRules | None = None, hint: Hint | None = None) -> Signals:
    """Parse once."""
    tree = LexborHTMLParser(text)
    return Signals(tree=tree, url=url, outlet=outlet, rules=rules, hint=hint, meta=metas(tree), tags=text.count("<"), size=len(text))
