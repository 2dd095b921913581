"""Every kind of source behind one interface: which sources a batch asks, and what an answer of one of them names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from ingest.discover import feeds, jsonfeed, sitemaps
from ingest.discover.domains import belongs
from ingest.discover.records import Listing
from ingest.discover.window import Window
from ingest.fetch import Answer
from ingest.outlets import Outlet

SourceKind = Literal["feed", "sitemap", "section", "archive_page", "cdx"]


@dataclass(frozen=True)
class Source:
    """One address to ask, and how its answer is read."""

    kind: SourceKind
    url: str


def of_outlet(outlet: Outlet, _window: Window) -> list[Source]:
    """The sources that a batch of this window asks, in order; each once."""
    found = [Source("feed", url) for url in outlet.feeds] + [Source("sitemap", url) for url in outlet.sitemaps]
    return list(dict.fromkeys(found))


def cut_at(source: Source) -> int | None:
    """Bytes after which the answer may be cut without harm (`Visitor.get(cut_at=…)`); None: it is needed whole."""
    return feeds.MAX_BYTES if source.kind == "feed" else None


def _feed(answer: Answer, _outlet: Outlet) -> Listing:
    if jsonfeed.looks_like_one(answer.body):
        return jsonfeed.read_json_feed(answer.body, answer.final_url)
    return feeds.read_feed(answer.body, answer.final_url, answer.header("content-type"))


def _sitemap(answer: Answer, outlet: Outlet) -> Listing:
    return _own(sitemaps.parse_sitemap(answer.body, answer.final_url), outlet, answer.final_url)


def _own(found: Listing, outlet: Outlet, source: str) -> Listing:
    """Only what lies on the outlet's hosts."""
    pages = [page for page in found.pages if belongs(outlet, page.url, source)]
    return replace(found, pages=pages, children=[child for child in found.children if belongs(outlet, child.url, source)])


_READERS: dict[SourceKind, Callable[[Answer, Outlet], Listing]] = {"feed": _feed, "sitemap": _sitemap}


def read(source: Source, answer: Answer, outlet: Outlet) -> Listing:
    """What the answer of a source names; of sitemaps only what lies on the outlet's own hosts.

    Raises:
        Quarantined: the answer is no source of this kind (FetchRefused: it unpacks to too much).
        FetchDelayed: it is damaged in a way that may pass, e.g. a gzip cut short.
    """
    return _READERS[source.kind](answer, outlet)
