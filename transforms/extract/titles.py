"""Standfirst, section, tags, description: the short texts around an article."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from transforms.extract import jsonld
from transforms.extract.signals import Signals, Told, shown
from transforms.extract.text import clean, folded, unescaped

STANDFIRST = (
    "[itemprop='alternativeHeadline'], [class*='standfirst' i], [class*='article__subtitle'], [class*='article-subtitle'],"
    "[class*='subheadline' i],"
    "[class*='sub-headline' i], [class*='article-dek' i], [class~='dek'], [class~='deck'], [class*='article__dek'],"
    "[class*='article-summary' i], [class*='article__summary'],"
    "[class*='chapo' i], [class*='vorspann' i], h1 + h2, h1 + p.subtitle, h2.subtitle, p.subtitle, .sottotitolo, .entradilla, .bajada"
)
# Italic words inside the text are many; a standfirst is among the first elements.
MOST_PLACES = 200
LONG_PARAGRAPH = 100
# So many elements lie between a headline and its article at most.
DEEPEST_HEADLINE = 30
# Letters are at least this part of an element's text: the rest is blanks, marks and indentation.
MOST_BLANK = 4
# A section is a word or three; longer texts are sentences.
LONGEST_SECTION = 40
# More keywords are an index of the page, not what it is about.
MOST_TAGS = 30


def standfirst(signals: Signals) -> str | None:
    """The summary line that the page prints under its headline: by its class, or the description where it stands apart from the text."""
    for node in beside_headline(signals).css(STANDFIRST)[:5]:
        text = shown(node)
        if 20 <= len(text) <= 600 and node.css_first("p + p, li + li, h3") is None:
            return text
    described = folded(description(signals) or "")
    places = signals.tree.css("p, h2, h3, i, em") if described else []
    return next((shown(node) for node in places[:MOST_PLACES] if is_text(node, described) and stands_apart(node)), None)


def beside_headline(signals: Signals) -> LexborNode | LexborHTMLParser:
    """The article or main part of the page that holds its first h1, or the whole page: each selector walks through all of it."""
    place = signals.tree.css_first("h1")
    for _ in range(DEEPEST_HEADLINE):
        if place is None or place.tag in {"article", "main"}:
            break
        place = place.parent
    return place if place is not None and place.tag in {"article", "main"} else signals.tree


def is_text(node: LexborNode, wanted: str) -> bool:
    """The element's text is this, folded; the length tells most others without reading them."""
    text = node.text()
    return len(wanted) <= len(text) <= MOST_BLANK * len(wanted) and folded(text) == wanted


def stands_apart(node: LexborNode) -> bool:
    """No long paragraph is a neighbour of the element, or it is set in italics."""
    neighbours = [other for other in (node.parent.iter() if node.parent else ()) if other.tag == "p" and other.mem_id != node.mem_id]
    return node.tag in {"i", "em"} or not any(len(other.text()) >= LONG_PARAGRAPH for other in neighbours)


def description(signals: Signals) -> str | None:
    """The summary that metadata give; often the first paragraph, or cut."""
    described = [
        *signals.content("og:description", "description", "twitter:description"),
        jsonld.first(signals.article, "description") or "",
    ]
    return next((text for text in described if text), None)


def section(signals: Signals) -> Told | None:
    """Section or desk."""
    short = (told for told in sections(signals) if len(told.text) <= LONGEST_SECTION and "://" not in told.text)
    return next((Told(name, told.source) for told in short if (name := clean(told.text))), None)


def sections(signals: Signals) -> Iterator[Told]:
    """Names that may be the section, best place first."""
    yield from signals.desks
    yield from (Told(text, "microdata:articleSection") for text in signals.texts("[itemprop='articleSection']", "a[rel~='category']"))
    yield from (Told(name, "jsonld:breadcrumb") for trail in signals.trails for name in trail[1:2])
    printed = signals.texts("[class*='breadcrumb' i] li:nth-child(2) a", ".kicker a", ".section-name")
    yield from (Told(text, "breadcrumb") for text in printed)
    if signals.hint and signals.hint.section:
        yield Told(signals.hint.section, "hint:section")


def tags(signals: Signals) -> list[str]:
    """Keywords given by the outlet, in order, each once."""
    found = [text for node in signals.articles[:1] for text in jsonld.strings(node.get("keywords"))]
    found += signals.content("article:tag", "news_keywords", "keywords", "parsely-tags")
    names = (clean(name) for text in found for name in re.split(r"[,;|]", unescaped(text)))
    kept: dict[str, str] = {}
    for name in names:
        if name and len(name) <= LONGEST_SECTION:
            kept.setdefault(folded(name), name)
    return list(kept.values())[:MOST_TAGS]
