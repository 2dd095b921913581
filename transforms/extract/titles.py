"""Headline, standfirst, section, tags, site name: the short texts around an article."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from transforms.extract import jsonld
from transforms.extract.signals import Signals, shown
from transforms.extract.text import clean, folded, overlap

SEPARATOR = re.compile(r"\s+(?:[|•·»«:–—-]|::|//)\s+|\s*\|\s*")
EDGES = " \t|•·»«:–—/-"
# A headline of fewer letters is a section name or a logo ("News"), unless nothing else is there.
SHORTEST_HEADLINE = 8
# h1 and og:title are the same headline, perhaps shortened, from this share of common words on.
SAME_HEADLINE = 0.5
# Longer h1 elements wrap a whole page header.
LONGEST_HEADLINE = 300
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
# Names of sites up to this length hide in other words.
SHORTEST_SITE = 3
# A section is a word or three; longer texts are sentences.
LONGEST_SECTION = 40
# More keywords are an index of the page, not what it is about.
MOST_TAGS = 30


def site_name(signals: Signals) -> str | None:
    """Name of the site as it calls itself."""
    return signals.site_name


def without_site(title: str, signals: Signals) -> str:
    """Cut the site's name (and a section before it) off the end, or off the start, of a title."""
    names = site_keys(signals)
    pieces = SEPARATOR.split(title)
    while len(pieces) > 1 and is_site(pieces[-1], names):
        title = title[: title.rfind(pieces.pop())].rstrip(EDGES)
    for start in (pieces[0], title.split(": ")[0]):
        if len(start) < len(title) and is_site(start, names):
            return title[len(start) :].lstrip(EDGES)
    return title


def site_keys(signals: Signals) -> set[str]:
    """Folded names of the site: as it calls itself, as the outlet's file does, the labels of its host."""
    labels = (urlsplit(signals.url).hostname or "").removeprefix("www.").split(".")[:-1]
    named = [site_name(signals), signals.outlet.name if signals.outlet else None, *labels]
    return {key for name in named if name and (key := folded(name)) and not key.isdigit()}


def is_site(part: str, names: set[str]) -> bool:
    """The piece of a title is the site's name, or mostly that, or is a part of it; names of three letters must be equal."""
    key = folded(part)
    if not key or len(key) > LONGEST_SECTION:
        return False
    whole = [name for name in names if len(name) > SHORTEST_SITE]
    return key in names or any((name in key and len(key) <= 2 * len(name)) or (key in name and len(key) > SHORTEST_SITE) for name in whole)


def headline(signals: Signals) -> str:
    """The headline: the outlet's rule, then metadata, then the h1 closest to the page's title, the title."""
    if signals.rules and signals.rules.headline and (ruled := next(signals.texts(signals.rules.headline), None)):
        return ruled
    social = [without_site(text, signals) for text in signals.content("og:title", "twitter:title", "dc.title", "title", "headline")]
    if linked := linked_headline(signals):
        return linked if not social or folded(linked) in folded(social[0]) else social[0]
    return printed_headline(signals, social)


def printed_headline(signals: Signals, social: list[str]) -> str:
    """The h1 closest to the page's title, else the title that metadata or the window give."""
    title = [without_site(text, signals) for text in signals.texts("head title", "title")]
    tops = [text for text in signals.texts("[itemprop~='headline']", "article h1", "main h1", "h1") if len(text) <= LONGEST_HEADLINE]
    candidates = [*near(tops, (social or title or [""])[0]), *social, *tops, *title]
    return next((text for text in candidates if len(text) >= SHORTEST_HEADLINE), next(iter(candidates), ""))


def linked_headline(signals: Signals) -> str | None:
    """Headline of the JSON-LD article; the name of a bare page is none."""
    found = jsonld.first(signals.article, "headline")
    if found is None and signals.articles and "WebPage" not in jsonld.types(signals.article):
        return jsonld.first(signals.article, "name")
    return found


def near(tops: list[str], wanted: str) -> list[str]:
    """The h1 that is the page's title in other words, if there is one."""
    best = max(tops, key=lambda text: overlap(text, wanted), default="")
    same = not wanted or overlap(best, wanted) >= SAME_HEADLINE or folded(best) in folded(wanted)
    return [best] if best and same else []


def variants(signals: Signals) -> list[str]:
    """Every form in which the page gives its headline: templates print one and announce another."""
    found = [*signals.content("og:title", "twitter:title"), *signals.texts("h1", "head title")]
    linked = jsonld.first(signals.article, "headline")
    cut = [without_site(text, signals) for text in found]
    return [text for text in [*cut, *found, linked or ""] if SHORTEST_HEADLINE <= len(text) <= LONGEST_HEADLINE]


def standfirst(signals: Signals) -> str | None:
    """The summary line that the page prints under its headline: by its class, or the description where it stands apart from the text."""
    for node in signals.tree.css(STANDFIRST)[:5]:
        text = shown(node)
        if 20 <= len(text) <= 600 and node.css_first("p + p, li + li, h3") is None:
            return text
    described = folded(description(signals) or "")
    places = signals.tree.css("p, h2, h3, i, em") if described else []
    return next((text for node in places[:MOST_PLACES] if folded(text := shown(node)) == described and stands_apart(node)), None)


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


def section(signals: Signals) -> str | None:
    """Section or desk."""
    crumbs = [jsonld.strings(node.get("itemListElement")) for node in signals.nodes if "BreadcrumbList" in jsonld.types(node)]
    found = [
        *signals.content("article:section", "articlesection", "section", "cxenseparse:recs:category", "parsely-section"),
        *[text for node in signals.articles for text in jsonld.strings(node.get("articleSection"))],
        *signals.texts("[itemprop='articleSection']", "a[rel~='category']"),
        *[name for trail in crumbs for name in trail[1:2]],
        *signals.texts("[class*='breadcrumb' i] li:nth-child(2) a", ".kicker a", ".section-name"),
        signals.hint.section if signals.hint and signals.hint.section else "",
    ]
    return next((clean(text) for text in found if text and len(text) <= LONGEST_SECTION and "://" not in text), None)


def tags(signals: Signals) -> list[str]:
    """Keywords given by the outlet, in order, each once."""
    found = [text for node in signals.articles[:1] for text in jsonld.strings(node.get("keywords"))]
    found += signals.content("article:tag", "news_keywords", "keywords", "parsely-tags")
    names = (clean(name) for text in found for name in re.split(r"[,;|]", text))
    kept: dict[str, str] = {}
    for name in names:
        if name and len(name) <= LONGEST_SECTION:
            kept.setdefault(folded(name), name)
    return list(kept.values())[:MOST_TAGS]
