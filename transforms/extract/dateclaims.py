"""The places of a page that claim when it was published, in order of trust.

The order was measured on news pages of some 180 publishers: JSON-LD first (right day .98), metas, the URL, microdata, <time>, inline data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from selectolax.lexbor import LexborNode

from transforms.extract import jsonld
from transforms.extract.signals import Signals, shown

URL_DAY = re.compile(
    r"[/-]((?:19|20)\d\d)([/-])(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])(?=\D|$)"
    r"|/((?:19|20)\d\d)-(0[1-9]|1[0-2])/(0[1-9]|[12]\d|3[01])(?=/)"
    r"|/((?:19|20)\d\d)()(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)"
)
INLINE = re.compile(
    r"\\?[\"'](date_?published|published_?(?:at|date)|publi(?:sh|cation)_?(?:date|time)|article_published_time|first_?published(?:_?at|_?date)?"
    r"|pubdate|datetimepublished|first_publish_date)\\?[\"']"
    r"\s*:\s*\\?[\"']([^\"'\\]{8,40})\\?[\"']",
    re.IGNORECASE,
)
PUBLISHED_METAS = (
    "article:published_time", "article:published:time", "article:published", "article:published_date", "og:article:published_time",
    "og:published_time", "og:pubdate", "article:post_date", "datepublished", "date_published", "pubdate", "publishdate",
    "publish_date", "publish-date",
    "published_time", "publication_date", "publicationdate", "date.published",
    "originalpublicationdate", "parsely-pub-date", "sailthru.date", "bt:pubdate",
    "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "dcterms.date", "dc.date", "dc.created", "article.published",
    "article.created", "cxenseparse:recs:publishtime", "cxense-parse:recs:publishtime", "vr:published_time", "rnews:datepublished",
    "displaydate", "article_date_original", "citation_publication_date", "citation_date", "iso-8601-publish-date", "pdate", "ptime",
    "shareaholic:article_published_time", "weibo:article:create_at", "mediator_published_time", "created", "datecreated", "date",
)  # fmt: skip
MODIFIED_METAS = (
    "article:modified_time", "article:modified:time", "og:updated_time", "article:modified", "article:updated", "datemodified",
    "date_modified", "last-modified", "lastmod", "dcterms.modified", "dc.date.modified", "cxenseparse:recs:modifiedtime",
)  # fmt: skip
PUBLICATION_ELEMENTS = (
    ("microdata:datePublished", "[itemprop~='datePublished']"),
    ("time:pubdate", "time[pubdate], time.published, time.entry-date, abbr.published"),
)
# <time> elements in one of these, at most so far up, come before others.
PARTS, HIGHEST_PART = frozenset({"article", "main", "header"}), 20
# So many <time> elements are looked at for that.
MOST_TIMES = 50
# Teasers of other articles carry dates too, further down.
FIRST_ELEMENTS = 3


def claims(signals: Signals) -> Iterator[tuple[str, str]]:
    """(evidence, raw) in order of trust; what a person wrote into the outlet's rules comes first."""
    if signals.rules and signals.rules.published:
        yield from elements(signals, "rules:published", signals.rules.published)
    yield from linked(signals, "datePublished", "dateCreated", "uploadDate")
    yield from stated(signals, PUBLISHED_METAS)
    yield from in_url(signals)
    for evidence, selector in PUBLICATION_ELEMENTS:
        yield from elements(signals, evidence, selector)
    yield from inline(signals)
    yield from times(signals)


def in_url(signals: Signals) -> Iterator[tuple[str, str]]:
    """The day in the page's address."""
    if match := URL_DAY.search(signals.url):
        yield "url", "-".join(part for part in match.groups() if part and part.isdigit())


def linked(signals: Signals, *names: str) -> Iterator[tuple[str, str]]:
    """Values of the JSON-LD articles under these names."""
    return (("jsonld:" + name, raw) for name in names for node in signals.articles for raw in jsonld.strings(node.get(name)))


def stated(signals: Signals, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Values of these metas."""
    return (("meta:" + name, raw) for name in names for raw in signals.meta.get(name, ()))


def inline(signals: Signals) -> Iterator[tuple[str, str]]:
    """Publication times in the data of the page's own scripts."""
    for node in signals.tree.css("script:not([src])"):
        text = node.text()
        if "pub" in text or "Pub" in text:
            yield from (("inline:" + name, raw) for name, raw in INLINE.findall(text))


def times(signals: Signals) -> Iterator[tuple[str, str]]:
    """<time> elements, those in the article's parts first (a selector with a part before it takes quadratic time on nested elements)."""
    found = signals.tree.css("time")[:MOST_TIMES]
    inside = [node for node in found if in_part(node)]
    yield from told("time", [*inside[:FIRST_ELEMENTS], *found[:FIRST_ELEMENTS]])


def in_part(node: LexborNode) -> bool:
    """The element stands in an article, a main part or a header."""
    place = node.parent
    for _ in range(HIGHEST_PART):
        if place is None or place.tag in PARTS:
            break
        place = place.parent
    return place is not None and place.tag in PARTS


def elements(signals: Signals, evidence: str, selector: str) -> Iterator[tuple[str, str]]:
    """Times of the first elements that match."""
    return told(evidence, signals.tree.css(selector)[:FIRST_ELEMENTS])


def told(evidence: str, nodes: Iterable[LexborNode]) -> Iterator[tuple[str, str]]:
    """Times that elements tell: attribute before text."""
    for node in nodes:
        attributes = node.attributes
        if raw := attributes.get("datetime") or attributes.get("content") or attributes.get("title") or shown(node):
            yield evidence, raw
