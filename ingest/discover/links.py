"""Links of an HTML page: what a section, a front page or an archive page of an outlet names."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning

from common import urls
from common.errors import FetchRefused, Quarantined
from ingest.discover.dates import day_in_url
from ingest.discover.domains import belongs
from ingest.outlets import ArchivePage, Outlet, Section

# Bytes and tags of a page of links that are read: a BeautifulSoup tree takes about 20 µs and 1 kB a tag.
MAX_BYTES, MAX_TAGS = 3 * 1024 * 1024, 60_000
# Links of one page that are kept; the largest daily archives name some hundreds.
MAX_LINKS = 2000
# Words of a slug and digits of a number by which the address of an article is told from that of a section.
SLUG_WORDS, NUMBER_DIGITS = 4, 5
_NUMBER = re.compile(rf"\d{{{NUMBER_DIGITS},}}")
# Files that are no pages, by the end of the path.
_FILES = re.compile(r"\.(jpe?g|png|gif|webp|svg|ico|pdf|mp[34]|m3u8|css|js|json|xml|rss|atom|zip|gz|docx?|xlsx?)$", re.IGNORECASE)


def soup_of(body: bytes, url: str) -> BeautifulSoup:
    """The page as a tree of bounded size.

    Raises:
        Quarantined: the parser gives up.
    """
    body = body[:MAX_BYTES]
    if body.count(b"<") > MAX_TAGS:
        body = body[: [found.start() for found in re.finditer(b"<", body)][MAX_TAGS]]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)  # whoever answers with an address only has no page
            return BeautifulSoup(body, "lxml")
    except (ValueError, RecursionError, AssertionError) as error:  # bs4 reports what lxml refuses as ValueError (ParserRejectedMarkup)
        raise Quarantined(f"{url} can't be read as HTML: {error}"[:300], url=url) from error


def looks_like_article(url: str) -> bool:
    """Whether the address alone says article: a date, a slug of several words, or a long number; no file, no home page."""
    parts = urlsplit(url)
    if _FILES.search(parts.path):
        return False
    last = parts.path.rstrip("/").rpartition("/")[2].partition(".")[0]
    is_slug = len([word for word in re.split(r"[-_]", last) if word]) >= SLUG_WORDS
    return bool(last or parts.query) and (is_slug or day_in_url(url) is not None or bool(_NUMBER.search(last + " " + parts.query)))


def base_of(soup: BeautifulSoup, url: str) -> str:
    """What relative links are relative to: the page's base element, else its address."""
    bases = soup.select("base[href]", limit=1)
    try:
        return str(urls.parse(str(bases[0]["href"]), url).href) if bases else url
    except FetchRefused:
        return url


def _hrefs(soup: BeautifulSoup, selector: str | None) -> Iterator[str]:
    """Addresses of the links: the chosen elements themselves, or the links within them."""
    chosen: Iterable[Any] = soup.select(selector) if selector else soup.find_all("a", href=True)
    for element in chosen:
        own = [element] if element.name == "a" else element.find_all("a", href=True)
        yield from (str(link["href"]) for link in own if link.get("href"))


def _is_wanted(url: str, rule: Section | ArchivePage, outlet: Outlet) -> bool:
    if any(re.search(pattern, url) for pattern in rule.exclude):
        return False
    if rule.include:
        return any(re.search(pattern, url) for pattern in rule.include)
    return bool(rule.links or outlet.include) or looks_like_article(url)


def usable(hrefs: Iterable[str], base: str) -> Iterator[str]:
    """Canonical addresses of the hrefs that are any."""
    for href in hrefs:
        try:
            yield urls.canonical(href, base)
        except FetchRefused:
            continue  # mailto:, javascript: and the like


def page_links(soup: BeautifulSoup, rule: Section | ArchivePage, url: str, outlet: Outlet) -> list[str]:
    """Links of a page that its rule chooses, on the outlet's own hosts, each once, in their order.

    Without a selector and patterns, those whose address looks like an article's.
    """
    own = urls.canonical(url)
    found: dict[str, None] = {}
    for link in usable(_hrefs(soup, rule.links), base_of(soup, url)):
        if link != own and belongs(outlet, link, url) and _is_wanted(link, rule, outlet):
            found[link] = None
            if len(found) >= MAX_LINKS:
                break
    return list(found)
