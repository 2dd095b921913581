"""Every kind of source behind one interface: which sources a batch asks, and what an answer of one of them names."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from common.settings import Settings
from ingest.discover import archive_address, feed_bounds, links, sections, sitemaps, wayback
from ingest.discover.domains import belongs
from ingest.discover.links import usable
from ingest.discover.probe import read_any_feed
from ingest.discover.records import Listing
from ingest.discover.window import Window
from ingest.outlets import Outlet
from ingest.web.fetch import Answer

SourceKind = Literal["feed", "sitemap", "section", "archive_page", "cdx"]
# Sources that only batches of past days ask.
ARCHIVES = frozenset({"archive_page", "cdx"})


# Bytes of an answer that are read. A cut feed, page of links or XML sitemap keeps what was whole before the cut; a gzip file of a sitemap
# with 50 000 entries has 5 MB. The protocol allows 50 MB to a plain one, of which each would be held twice in memory.
_CUT_AT: dict[str, int] = {
    "feed": feed_bounds.MAX_BYTES,
    "sitemap": 24 * 1024 * 1024,
    "section": links.MAX_BYTES,
    "archive_page": links.MAX_BYTES,
}
# One entry of a Link header (RFC 8288 section 3) with its relations, and how much of the header is read.
_LINK = re.compile(r"""<([^<>]{1,2000})>[^,<]{0,500}?;\s{0,9}rel\s{0,9}=\s{0,9}"?([\w\s:/.-]{1,200})""", re.IGNORECASE)
MAX_LINK_CHARS = 8000


@dataclass(frozen=True)
class Source:
    """One address to ask, and how its answer is read."""

    kind: SourceKind
    url: str


def of_outlet(outlet: Outlet, window: Window, settings: Settings | None = None) -> list[Source]:
    """The sources that a batch of this window asks, in order; each once.

    All ask feeds and sitemaps; live runs the section pages as well, a backfill the archive pages of its day and the Internet Archive
    (at `settings.wayback_base`; without settings the real one).
    """
    found = [Source("feed", url) for url in outlet.feeds] + [Source("sitemap", url) for url in outlet.sitemaps]
    found += [Source("section", one.url) for one in outlet.sections] if window.undated else _of_archive(outlet, window.days.first, settings)
    return list(dict.fromkeys(found))


def _of_archive(outlet: Outlet, day: date, settings: Settings | None) -> list[Source]:
    base = settings.wayback_base if settings else str(Settings.model_fields["wayback_base"].default)
    found = [Source("archive_page", archive_address.address(one.url, day)) for one in outlet.archive_pages]
    return found + [Source("cdx", url) for url in (wayback.searches(outlet, day, base) if outlet.wayback else [])]


def delay_s(source: Source, outlet: Outlet) -> float | None:
    """Least seconds between two requests for a source: the outlet's own, or what the Internet Archive bears."""
    return max(outlet.delay_s or 0.0, wayback.DELAY_S) if source.kind == "cdx" else outlet.delay_s


def cut_at(source: Source) -> int | None:
    """Bytes after which the answer may be cut without harm (`Visitor.get(cut_at=…)`); None: it is needed whole."""
    return _CUT_AT.get(source.kind)


def _feed(_source: Source, answer: Answer, _outlet: Outlet) -> Listing:
    return read_any_feed(answer)


def _sitemap(_source: Source, answer: Answer, outlet: Outlet) -> Listing:
    found = sitemaps.parse_sitemap(answer.body, answer.final_url)
    pages = [page for page in found.pages if belongs(outlet, page.url, answer.final_url)]
    return replace(found, pages=pages, children=[child for child in found.children if belongs(outlet, child.url, answer.final_url)])


def _section(source: Source, answer: Answer, outlet: Outlet) -> Listing:
    return sections.read_section(answer.body, source.url, answer.final_url, outlet)


def _archive_page(source: Source, answer: Answer, outlet: Outlet) -> Listing:
    return sections.read_archive_page(answer.body, source.url, answer.final_url, outlet)


def _cdx(source: Source, answer: Answer, outlet: Outlet) -> Listing:
    return wayback.read_captures(answer.body, source.url, outlet)


_READERS: dict[SourceKind, Callable[[Source, Answer, Outlet], Listing]] = {
    "feed": _feed,
    "sitemap": _sitemap,
    "section": _section,
    "archive_page": _archive_page,
    "cdx": _cdx,
}


def read(source: Source, answer: Answer, outlet: Outlet) -> Listing:
    """What the answer of a source names; of all but feeds only what lies on the outlet's own hosts.

    Raises:
        Quarantined: the answer is no source of this kind (FetchRefused: it unpacks to too much).
        FetchDelayed: it is damaged in a way that may pass, e.g. a gzip cut short.
    """
    return _with_headers(_READERS[source.kind](source, answer, outlet), answer)


def _with_headers(found: Listing, answer: Answer) -> Listing:
    """Hub and topic that the answer's Link headers name come before those in its body (W3C WebSub section 4)."""
    named: dict[str, str] = {}
    for text in (value for name, value in answer.headers if name.lower() == "link"):
        for target, rels in _LINK.findall(text[:MAX_LINK_CHARS]):
            for rel in rels.lower().split():
                named.setdefault(rel, target)
    hub, own = (next(usable([named[rel]], answer.final_url), None) if rel in named else None for rel in ("hub", "self"))
    return replace(found, hub=hub, self_url=own or found.self_url) if hub else found
