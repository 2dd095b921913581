"""One feed or one sitemap with all below it, without an outlet: for `consilience fetch`, `outlets discover` and `outlets check`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import monotonic
from urllib.parse import urlsplit

from common.errors import Quarantined, RetryLater
from ingest.discover import feeds, jsonfeed, sitemaps
from ingest.discover.records import Discovered, Listing
from ingest.fetch import Answer

# Levels of indexes, and files in all: an outlet's index names files that name pages; what goes on for ever is a trap.
MAX_DEPTH, MAX_FILES = 3, 50
# Pages in all; beyond it a caller that looks once has seen enough.
MAX_PAGES = 200_000

Fetch = Callable[[str], Awaitable[Answer]]


def read_any_feed(answer: Answer) -> Listing:
    """Entries of a feed, RSS, Atom, RDF or JSON.

    Raises:
        Quarantined: it is no feed.
    """
    if jsonfeed.looks_like_one(answer.body):
        return jsonfeed.read_json_feed(answer.body, answer.final_url)
    return feeds.read_feed(answer.body, answer.final_url, answer.header("content-type"))


def entry_titles(answer: Answer) -> list[str]:
    """Titles of the entries of a feed, in its order.

    Raises:
        Quarantined: it is no feed.
    """
    return [page.hint.title or "" for page in read_any_feed(answer).pages]


def is_same_site(url: str, other: str) -> bool:
    """Whether a sitemap may lead from one address to another: the same host, with or without www, or one below it."""
    host, home = ((urlsplit(one).hostname or "").removeprefix("www.") for one in (url, other))
    return bool(home) and (host == home or host.endswith(f".{home}"))


async def crawl_sitemap(fetch: Fetch, url: str, deadline_s: float) -> list[Discovered]:
    """Pages that a sitemap and the sitemaps below it on its own site name; what fails below is left out, loops are found.

    `fetch` gets an address and keeps its own bounds. Ends after `deadline_s` seconds, `MAX_FILES` files or `MAX_DEPTH` levels with what
    was found.

    Raises:
        Quarantined, RetryLater: the first file can't be had or is no sitemap.
    """
    ends, seen, pages, level = monotonic() + deadline_s, {url}, list[Discovered](), [url]
    for depth in range(MAX_DEPTH):
        below: list[str] = []
        for one in level:
            if monotonic() > ends or len(pages) >= MAX_PAGES:
                return pages[:MAX_PAGES]
            try:
                answer = await fetch(one)
                found = sitemaps.parse_sitemap(answer.body, answer.final_url)
            except (Quarantined, RetryLater):
                if depth == 0:
                    raise
                continue  # the others may be well
            pages += [page for page in found.pages if is_same_site(page.url, url)]
            below += [child.url for child in found.children if is_same_site(child.url, url)]
        level = [one for one in dict.fromkeys(below) if one not in seen][: MAX_FILES - len(seen)]
        seen |= set(level)
    return pages[:MAX_PAGES]
