"""Finds the feeds and sitemaps of a site that nobody has described yet: pure reading of its home page, robots.txt and answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from bs4 import BeautifulSoup

from common import urls
from common.errors import FetchRefused
from ingest.discover.links import base_of, usable
from ingest.discover.probe import is_same_site
from ingest.discover.records import Listing

# Where feeds and sitemaps lie when nothing names them, the likeliest first (WordPress, Drupal, common habits).
FEED_PATHS = ("/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json")
SITEMAP_PATHS = ("/sitemap.xml", "/sitemap_index.xml", "/news-sitemap.xml", "/sitemap-news.xml")
# Media types by which a page's head announces feeds.
FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"})
# Candidates of one kind that are asked: a page of links to feeds names dozens, of which a person wants a choice.
MAX_CANDIDATES = 20
# Longest name that is taken from a page.
MAX_NAME_CHARS = 80
_FEED_WORD = re.compile(r"(^|[/._=-])(rss2?|atom|feeds?|rdf)([/._=?-]|$)", re.IGNORECASE)
_SITEMAP_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S{1,2000})", re.IGNORECASE | re.MULTILINE)
# Pages about feeds are no feeds; comment feeds name no articles.
_NO_FEED = re.compile(r"comments?/feed|/comments|[?&]replytocom|\.(html?|php|aspx?)$", re.IGNORECASE)


@dataclass(frozen=True)
class About:
    """What a home page says of its outlet."""

    name: str | None
    language: str | None


@dataclass(frozen=True)
class Probed:
    """What one address turned out to be; `problem` tells why it is no use (`failed`), or what is odd about it."""

    kind: str
    url: str
    status: int | None = None
    pages: int = 0
    children: int = 0
    newest: datetime | None = None
    problem: str | None = None
    failed: bool = False


def home_of(text: str) -> str:
    """The home page that somebody means by `example.org` or `https://example.org/`.

    Raises:
        FetchRefused: it is no web address.
    """
    return str(urls.parse(text if "://" in text else f"https://{text}").href)


def about(soup: BeautifulSoup) -> About:
    """Name (og:site_name, else the last or first part of the title) and language of a home page."""
    named = [str(one.get("content") or "") for one in soup.select("meta[property='og:site_name'], meta[name='application-name']")]
    title = soup.select("title", limit=1)
    named += [re.split(r"\s+[|–—:-]\s+", title[0].get_text())[0]] if title else []
    names = [" ".join(one.split())[:MAX_NAME_CHARS] for one in named]
    html = soup.select("html[lang]", limit=1)
    language = str(html[0]["lang"]).strip().lower()[:2] if html else ""
    return About(next((one for one in names if one), None), language if re.fullmatch(r"[a-z]{2}", language) else None)


def _announced(soup: BeautifulSoup) -> Iterator[str]:
    for link in soup.select("link[rel~=alternate][href]"):
        if str(link.get("type") or "").partition(";")[0].strip().lower() in FEED_TYPES:
            yield str(link["href"])


def _anchors(soup: BeautifulSoup) -> Iterator[str]:
    return (str(link["href"]) for link in soup.select("a[href]") if _FEED_WORD.search(urlsplit_safe(str(link["href"]))))


def urlsplit_safe(href: str) -> str:
    """Host, path and query of a link, nothing where it is broken."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return ""
    return f"{parts.netloc}{parts.path}?{parts.query}"


def feed_candidates(soup: BeautifulSoup, home: str) -> list[str]:
    """Addresses that may be feeds: announced ones (wherever they lie), links that look like one, well-known places."""
    base = base_of(soup, home)
    announced = [url for url in usable(_announced(soup), base) if not _NO_FEED.search(url)]
    linked = [url for url in usable(_anchors(soup), base) if is_same_site(url, home) and not _NO_FEED.search(url)]
    return list(dict.fromkeys([*announced, *linked]))[:MAX_CANDIDATES]


def well_known(home: str, paths: Iterable[str]) -> list[str]:
    """Addresses of paths at the site."""
    return [urls.canonical(path, urls.origin(home) + "/") for path in paths]


def robots_sitemaps(robots: bytes, home: str) -> list[str]:
    """Sitemaps that robots.txt names (sitemaps.org: submitting by robots.txt), wherever they lie."""
    found = []
    for named in _SITEMAP_LINE.findall(robots[: 512 * 1024].decode("utf-8", "replace")):
        try:
            found.append(urls.canonical(named, urls.origin(home) + "/"))
        except FetchRefused:
            continue
    return list(dict.fromkeys(found))


def judged(kind: str, url: str, status: int, listing: Listing) -> Probed:
    """What a source that could be read is worth."""
    dates = [page.dated_at for page in listing.pages if page.dated_at]
    problem = None
    if not listing.pages and not listing.children:
        problem = "names nothing now; look again later"
    elif listing.pages and not dates:
        problem = "its pages have no dates: live runs take them all, backfills none"
    return Probed(kind, url, status, len(listing.pages), len(listing.children), max(dates, default=None), problem)


def outlet_id(home: str) -> str:
    """A short name from the host: its longest label that is no `www` and no top-level domain.

    >>> outlet_id("https://www.my-paper.co.uk/")
    'my-paper'
    """
    labels = [label for label in (urlsplit(home).hostname or "").split(".") if label not in {"www", "m", "amp"}]
    longest = max(labels[:-1] or labels, key=len, default="outlet")
    plain = re.sub(r"[^a-z0-9-]+", "-", longest.lower()).strip("-")[:60]
    return plain or "outlet"


def _scalar(text: str) -> str:
    """Text in YAML, always in quotes: NO, 1.0 and # are words here; what can't be printed is escaped."""
    return '"' + "".join(_escaped(sign) for sign in text) + '"'


def _escaped(sign: str) -> str:
    if sign in '"\\':
        return f"\\{sign}"
    return sign if sign.isprintable() else f"\\U{ord(sign):08X}"


def _listed(key: str, found: list[Probed]) -> list[str]:
    if not found:
        return [f"# {key}: []   # none was found"]
    return [f"{key}:", *(f"  - {_scalar(one.url)}   # {_worth(one)}" for one in found)]


def _worth(one: Probed) -> str:
    what = f"{one.children} sitemaps" if one.children else f"{one.pages} pages"
    return what + (f", newest {one.newest:%Y-%m-%d}" if one.newest else "")


def outlet_yaml(name_id: str, home: str, said: About, feeds: list[Probed], sitemaps: list[Probed], today: datetime) -> str:
    """The text of an outlet file, with what a person has to look at."""
    lines = [
        f"# Written by `consilience outlets discover` on {today:%Y-%m-%d}. Read the publisher's terms, look at each line, then enable it.",
        f"id: {_scalar(name_id)}",
        f"name: {_scalar(said.name or name_id)}",
        f"home: {_scalar(home)}",
        "enabled: false                # true: scheduled runs read it",
        "# country: GB                 # ISO 3166-1, of the publisher",
        f"language: {_scalar(said.language)}" if said.language else "# language: en                # ISO 639-1",
        "# timezone: Europe/London     # for dates that are printed without an offset",
        *_listed("feeds", feeds),
        *_listed("sitemaps", sitemaps),
        *([] if feeds or sitemaps else ["sections:                     # neither feed nor sitemap was found", f"  - {_scalar(home)}"]),
        "# delay_s: 2                  # least seconds between two requests; a longer Crawl-delay of robots.txt wins",
        '# exclude: ["/video/"]        # no URL that one of these regular expressions finds',
    ]
    return "\n".join(lines) + "\n"
