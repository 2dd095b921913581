"""Section pages, front pages and archive pages as sources: their links are the pages."""

from __future__ import annotations

from bs4 import BeautifulSoup

from ingest.discover import archive_address
from ingest.discover.dates import day_in_url, instant
from ingest.discover.domains import belongs
from ingest.discover.links import base_of, page_links, soup_of, usable
from ingest.discover.records import Child, Discovered, Listing
from ingest.outlets import ArchivePage, Outlet, Section
from ingest.records import Hint


def read_section(body: bytes, asked: str, url: str, outlet: Outlet) -> Listing:
    """Articles that a section page links to; `asked` is its address in the outlet file, `url` where it was found.

    Raises:
        Quarantined: it can't be read.
    """
    rule = next((one for one in outlet.sections if one.url == asked), Section(url=asked))
    links = page_links(soup_of(body, url), rule, url, outlet)
    return Listing([_page(link, "section", None) for link in links])


def read_archive_page(body: bytes, asked: str, url: str, outlet: Outlet) -> Listing:
    """Articles that the archive page of a day links to, and its next page.

    An article whose address tells no day has the day of the page; on the page of a month or a year, its last day.

    Raises:
        Quarantined: it can't be read.
    """
    rules = ((rule, archive_address.days_of(rule.url, asked)) for rule in outlet.archive_pages)
    rule, days = next(((rule, days) for rule, days in rules if days), (None, None))
    if rule is None or days is None:
        return Listing()
    soup = soup_of(body, url)
    pages = [_page(link, "archive_page", days) for link in page_links(soup, rule, url, outlet)]
    return Listing(pages, _next(soup, rule, days, url, outlet))


def _page(url: str, source: str, days: archive_address.Days | None) -> Discovered:
    day = day_in_url(url)
    moment = instant(day.first) if day else instant(days[1]) if days else None
    return Discovered(url, Hint(source=source), moment)


def _next(soup: BeautifulSoup, rule: ArchivePage, days: archive_address.Days, url: str, outlet: Outlet) -> list[Child]:
    """The next page of the same days; a link to other days is none."""
    hrefs = [str(one["href"]) for one in soup.select(rule.next) if one.get("href")] if rule.next else []
    found = [link for link in usable(hrefs, base_of(soup, url)) if belongs(outlet, link, url)]
    return [Child(link) for link in found[:1] if archive_address.days_of(rule.url, link) == days]
