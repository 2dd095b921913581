"""What stands at a URL, read: the text of an article, the titles of a feed, the URLs of a sitemap."""

from __future__ import annotations

import signal
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from common import clock, ids
from common.errors import FetchRefused, PageRejected, Quarantined, RetryLater
from common.settings import Settings
from common.urls import canonical
from ingest.records import Capture, Hint, OutletProfile, Page
from ingest.web import sniff, walls
from ingest.web.fetch import Answer

if TYPE_CHECKING:
    from ingest.discover.records import Child, Discovered, Listing
    from transforms.pipeline import Reading
    from transforms.pool import Pool

As = Literal["auto", "article", "page", "feed", "sitemap"]
Get = Callable[[str], Awaitable[Answer]]
Row = dict[str, Any]

# Characters of text in one output line, so that a page of many megabytes does not flood the pipe.
MAX_TEXT_CHARS = 1_000_000
# Levels of sitemap indexes, and files in all: an outlet's archive of ten years has 120 monthly ones; loops and fan-outs end here.
MAX_DEPTH, MAX_FILES = 3, 150
# URLs in one output line; the protocol's own limit of one file.
MAX_URLS = 50_000
# Stands for the outlet: no rules, times without an offset are UTC.
NO_OUTLET = OutletProfile(outlet_id="-", name="", home="")
# Least seconds that are left for reading a page, however long it took to come.
LEAST_READING_S = 2.0


def clean(text: str) -> str:
    """Text that any JSON reader takes: no lone surrogates, not too long."""
    return text[:MAX_TEXT_CHARS].encode("utf-8", "replace").decode()


def decoded(answer: Answer) -> str:
    """The body as text."""
    from transforms.extract.decode import decode

    return clean(decode(answer.body, answer.header("content-type")))


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """End what takes longer, by a signal to this thread (Python's alarm; only the main thread of a process can have it).

    Raises:
        PageRejected: it took longer; page_timeout.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def expire(*_: object) -> None:
        raise PageRejected(f"took longer than {seconds:.1f} s to read", fault="page_timeout")

    before = signal.signal(signal.SIGALRM, expire)
    # again every second, should a library have swallowed the first
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def feed(answer: Answer) -> Row:
    """Titles and links of a feed's entries, also of those that lack one of the two.

    Raises:
        Quarantined: it is no feed.
    """
    from ingest.discover import jsonfeed

    if jsonfeed.looks_like_one(answer.body):
        pages = jsonfeed.read_json_feed(answer.body, answer.final_url).pages
        return {"text": "\n".join(page.hint.title or "" for page in pages), "urls": [page.url for page in pages]}
    from ingest.discover.feeds import MAX_TITLE_CHARS, parsed

    version, _channel, entries = parsed(answer.body, answer.final_url, answer.header("content-type"))
    if not version and not entries:
        raise Quarantined("it is not a feed", fault="not_feed", url=answer.final_url)
    titles = [" ".join(str(entry.get("title") or "").split())[:MAX_TITLE_CHARS] for entry in entries]
    return {"text": clean("\n".join(titles)), "urls": [clean(str(entry["link"])) for entry in entries if entry.get("link")]}


@dataclass
class Sitemaps:
    """A sitemap with the files that it names, as far as they lie on its own host, until `until` (monotonic seconds)."""

    get: Get
    until: float

    async def read(self, first: Answer) -> Row:
        """URLs of all files; `is_partial` where a bound or a fault left some out.

        Raises:
            Quarantined: the first file is no sitemap.
        """
        found: dict[str, None] = {}
        todo, seen, is_partial = [(first.final_url, 1)], {first.url, first.final_url}, first.cut
        for number, (url, depth) in enumerate(todo):
            if self._is_enough(number, len(found)):
                is_partial = True
                break
            try:
                listing = await self._listing(url, first)
            except (Quarantined, RetryLater):
                if number == 0:
                    raise
                is_partial = True
                continue
            found |= dict.fromkeys(_own(listing.pages, first.final_url))
            children = [child for child in _own(listing.children, first.final_url) if child not in seen]
            seen |= set(children)
            if depth < MAX_DEPTH:
                todo += [(child, depth + 1) for child in children]
            elif children:
                is_partial = True
        return {"text": clean("\n".join(list(found)[:MAX_URLS])), "is_partial": is_partial}

    def _is_enough(self, files: int, urls: int) -> bool:
        """Whether a bound on files, time or URLs is reached."""
        return files >= MAX_FILES or monotonic() > self.until or urls >= MAX_URLS

    async def _listing(self, url: str, first: Answer) -> Listing:
        """What one file lists; the first has come already."""
        from ingest.discover.sitemaps import parse_sitemap

        answer = first if url == first.final_url else await self.get(url)
        with within(max(self.until - monotonic(), LEAST_READING_S)):
            return parse_sitemap(answer.body, answer.final_url)


def _own(entries: Iterable[Discovered | Child], source: str) -> list[str]:
    """The URLs among a sitemap's entries that it may speak for."""
    return [entry.url for entry in entries if _is_own(entry.url, source)]


def _is_own(url: str, source: str) -> bool:
    """Whether a sitemap may speak for a URL: same host, or below it (sitemaps.org: location)."""
    home, host = ((urlsplit(one).hostname or "").removeprefix("www.") for one in (source, url))
    return host == home or host.endswith(f".{home}")


class Articles:
    """Reads articles in a child process with limits, started with the first page and kept for the next; use as `with`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.pool: Pool[Reading] | None = None

    def __enter__(self) -> Articles:
        return self

    def __exit__(self, *_: object) -> None:
        if self.pool is not None:
            self.pool.close()

    def read(self, answer: Answer, until: float) -> Row:
        """Title and text of an article.

        Raises:
            PageRejected: there is none, or the page broke or outlasted its reader.
        """
        from transforms.pipeline import Reading
        from transforms.pool import Limits, Pool

        limits = Limits.from_settings(self.settings)
        if self.pool is None:
            self.pool = Pool({NO_OUTLET.outlet_id: NO_OUTLET}, replace(limits, workers=1), "read", Reading)
        left = max(until - monotonic(), LEAST_READING_S)
        self.pool.limits = replace(limits, workers=1, wall_s=min(limits.wall_s, left))
        found = self.pool.read(Page(capture=capture_of(answer), body=answer.body))
        if found.page is None:
            told = found.rejection
            raise PageRejected(told.detail if told else "no article", fault=told.reason if told else "page_rejected", url=answer.final_url)
        if not found.page.body.strip():
            raise PageRejected("the page holds no article text", fault="no_article", url=answer.final_url)
        return {"title": clean(found.page.headline), "text": clean(found.page.body)}


def capture_of(answer: Answer) -> Capture:
    """The capture that extraction asks for."""
    return Capture(
        capture_id=ids.key("capture", "cli", answer.url),
        batch_key="cli",
        outlet_id=NO_OUTLET.outlet_id,
        url=canonical(answer.url),
        final_url=answer.final_url,
        captured_at=answer.captured_at,
        first_seen_at=clock.now(),
        outcome="fetched",
        status=answer.status,
        content_type=answer.header("content-type"),
        hint=Hint(source="file"),
    )


def check_page(answer: Answer) -> None:
    """Refuse what is no page to read.

    Raises:
        FetchRefused: cut, wrong type, binary, a wall, a soft 404.
        FetchDelayed: a bot wall, or an empty page.
    """
    if answer.cut:
        raise FetchRefused(f"body of more than {len(answer.body)} bytes", fault="too_large", url=answer.url)
    sniff.check_page(answer.header("content-type"), answer.body)
    walls.check(answer.url, answer.final_url, answer.body)


async def read(answer: Answer, kind: As, articles: Articles, get: Get, until: float) -> Row:
    """What an answer holds, as asked for or as it shows itself.

    Raises:
        Quarantined: it is not what was asked for, or can't be read.
        FetchDelayed: it is damaged, or stands behind a bot wall.
    """
    found = sniff.what(answer.header("content-type"), answer.body) if kind == "auto" else kind
    if found == "feed":
        with within(max(until - monotonic(), LEAST_READING_S)):
            return {"kind": "feed", **feed(answer)}
    if found == "sitemap":
        return {"kind": "sitemap", **await Sitemaps(get, until).read(answer)}
    check_page(answer)
    if kind == "page":
        return {"kind": "page", "text": decoded(answer)}
    return {"kind": "article", **articles.read(answer, until), "raw": decoded(answer)}
