"""Sitemaps (sitemaps.org protocol 0.9) with news extension and indexes, read piece by piece without entities or network."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

from lxml import etree

from common import urls
from common.errors import FetchRefused, Quarantined
from ingest.decode import gunzip
from ingest.discover.dates import day_in_url, instant, w3c
from ingest.discover.feeds import MAX_TITLE_CHARS
from ingest.discover.records import Child, Discovered, Listing
from ingest.records import Hint

# The protocol's own limits for one file.
MAX_BYTES = 50 * 1024 * 1024
MAX_ENTRIES = 50_000
# The root of a sitemap stands near its beginning; an empty one is told from another kind of file by it.
ROOTS, HEAD_BYTES = (b"<urlset", b"<sitemapindex"), 4096
# Elements that hold one address with its facts.
_ENTRIES = ("{*}url", "{*}sitemap")


def _name(element: Any) -> str:
    return str(etree.QName(element).localname)


def _facts(element: Any) -> dict[str, str]:
    """Text of the leaves below an entry by local name, the first of each."""
    found: dict[str, str] = {}
    for leaf in element.iter(etree.Element):
        if leaf.text and leaf.text.strip() and _name(leaf) not in found and not _is_image(leaf):
            found[_name(leaf)] = leaf.text.strip()
    return found


def _is_image(leaf: Any) -> bool:
    """Image and video extensions use names like loc and title again."""
    return any(word in str(etree.QName(leaf).namespace or "") for word in ("sitemap-image", "sitemap-video"))


def _entries(body: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    # nothing outside the file is read: no entities, no DTD, no network; lxml's own bounds on depth and text size stay on
    safe = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
    reader = etree.iterparse(io.BytesIO(body), events=("end",), tag=_ENTRIES, recover=True, **safe)
    for _event, element in reader:
        yield _name(element), _facts(element)
        element.clear()
        while element.getprevious() is not None:  # lxml keeps read siblings until they are removed
            del element.getparent()[0]


def _page(url: str, facts: dict[str, str], sitemap_day: date | None) -> Discovered:
    """Date: the news extension's, else the day in the address, else the day of a daily sitemap, else lastmod (which revisions move)."""
    published, changed = w3c(facts.get("publication_date")), w3c(facts.get("lastmod"))
    day = day_in_url(url)
    of_day = day.first if day else sitemap_day
    dated = published or (instant(of_day) if of_day else changed)
    title = facts.get("title", "")[:MAX_TITLE_CHARS] or None
    return Discovered(url, Hint(source="news_sitemap" if published else "sitemap", title=title, published_at=published), dated, changed)


def _targets(plain: bytes, url: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Kind, address and facts of the entries; one with an unusable address does not spoil the others."""
    for kind, facts in islice(_entries(plain), MAX_ENTRIES):
        if "loc" not in facts:
            continue
        try:
            target = urls.canonical(facts["loc"], url)
        except FetchRefused:
            continue
        yield kind, target, facts


def parse_sitemap(body: bytes, url: str) -> Listing:
    """Pages and child sitemaps of one file, gzip or plain; of a damaged file those before the damage.

    Raises:
        Quarantined: it is no sitemap, or damaged before its first entry.
        FetchRefused: it unpacks to more than the protocol allows.
        FetchDelayed: its gzip is damaged.
    """
    plain = gunzip(body, MAX_BYTES)
    day, damage = day_in_url(url), ""
    found = Listing()
    try:
        for kind, target, facts in _targets(plain, url):
            if kind == "sitemap":
                found.children.append(Child(target, w3c(facts.get("lastmod"))))
            else:
                found.pages.append(_page(target, facts, day.first if day else None))
    except etree.XMLSyntaxError as error:
        damage = f" ({error})"
    is_empty = not found.pages and not found.children
    if is_empty and (damage or not any(root in plain[:HEAD_BYTES] for root in ROOTS)):
        raise Quarantined(f"{url} is not a sitemap{damage}; correct the address under sitemaps", url=url)
    return found
