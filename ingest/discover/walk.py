"""Asks an outlet's feeds and sitemaps and hands on what they name; a source that fails is noted, the others go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import sqlalchemy as sa

from common import clock, logs
from common.errors import ConsilienceError, Quarantined, RetryLater
from ingest import frontier
from ingest.discover import feeds, sitemaps
from ingest.discover.records import Discovered
from ingest.discover.window import Window
from ingest.fetch import Answer, Validators
from ingest.outlets import Outlet
from ingest.visit import Visitor

# An index names files that name pages; one more level is seen at a few outlets, deeper ones are loops.
MAX_DEPTH = 3
# Sitemaps of one outlet in one run: at a second each a run stays below two minutes; a day of an archive needs three.
MAX_SITEMAPS = 100


@dataclass
class Found:
    """What a walk brought: pages of the window, how many each source names in all, why sources failed."""

    pages: list[Discovered] = field(default_factory=list)
    named: dict[str, int] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)


def belongs(outlet: Outlet, url: str, source: str) -> bool:
    """Whether a sitemap may speak for a URL: same host as itself or the home page, or below one of them (sitemaps.org: location)."""
    host = urlsplit(url).hostname or ""
    homes = {(urlsplit(one).hostname or "").removeprefix("www.") for one in (outlet.home, source)}
    return any(host.removeprefix("www.") == home or host.endswith(f".{home}") for home in homes)


class Walk:
    """One outlet's discovery for one batch."""

    def __init__(self, visitor: Visitor, engine: sa.Engine, outlet: Outlet, window: Window, *, conditional: bool) -> None:
        """`conditional`: ask only for what changed since the last time (live); an archive run needs the whole answer."""
        self.visitor, self.engine, self.outlet, self.window, self.conditional = visitor, engine, outlet, window, conditional
        self.found = Found()
        self.kept: dict[str, Validators] = {}
        self.below: list[str] = []

    async def run(self) -> Found:
        """Ask every source once; pages outside the window or the outlet's patterns are left out."""
        for url in self.outlet.feeds:
            await self._guarded(url, self._feed)
        asked: set[str] = set()
        level = list(self.outlet.sitemaps)
        for _depth in range(MAX_DEPTH):
            level = [url for url in dict.fromkeys(level) if url not in asked][: MAX_SITEMAPS - len(asked)]
            asked |= set(level)
            self.below = []
            for url in level:
                await self._guarded(url, self._sitemap)
            level = self.below
        return self.found

    def remember(self) -> None:
        """Store the validators, once the pages are safely in the frontier.

        Only those of files that name pages: an index may stay the same while the sitemaps below it change.
        """
        for url, validators in self.kept.items() if self.conditional else ():
            frontier.note_source(self.engine, self.outlet.id, url, clock.now(), kept=validators, error=None)

    async def _guarded(self, url: str, read: Callable[[Answer], list[Discovered]]) -> None:
        try:
            answer = await self._ask(url)
            pages = [] if answer.status == 304 else read(answer)
        except (Quarantined, RetryLater) as error:
            self._failed(url, error)
            return
        self.found.named[url] = len(pages)
        self.found.pages += [page for page in pages if self.window.takes(page.dated_at) and self.outlet.wants(page.url)]
        if answer.status != 304:
            self.kept[url] = answer.validators if pages else Validators()

    def _known(self, url: str) -> Validators:
        return frontier.source_validators(self.engine, self.outlet.id, url)

    async def _ask(self, url: str) -> Answer:
        """Fetch a source.

        Raises:
            Quarantined: it is gone or refused.
            RetryLater: it may answer later.
        """
        validators = self._known(url) if self.conditional else None
        cut_at = feeds.MAX_BYTES if url in self.outlet.feeds else None
        answer = await self.visitor.get(url, kind="source", delay_s=self.outlet.delay_s, validators=validators, cut_at=cut_at)
        if answer.status not in {200, 203, 304}:
            raise Quarantined(f"{url} answers {answer.status}; correct or remove the address", url=url)
        return answer

    def _feed(self, answer: Answer) -> list[Discovered]:
        return feeds.parse_feed(answer.body, answer.final_url, answer.header("content-type"))

    def _sitemap(self, answer: Answer) -> list[Discovered]:
        read = sitemaps.parse_sitemap(answer.body, answer.final_url)
        self.below += [
            child.url
            for child in read.children
            if self.window.opens(child.url, child.lastmod) and belongs(self.outlet, child.url, answer.final_url)
        ]
        return [page for page in read.pages if belongs(self.outlet, page.url, answer.final_url)]

    def _failed(self, url: str, error: ConsilienceError) -> None:
        logs.get(outlet=self.outlet.id, url=url).warning("source_failed", reason=error.reason, detail=str(error))
        self.found.failures[url] = str(error)
        frontier.note_source(self.engine, self.outlet.id, url, clock.now(), kept=None, error=f"{error.reason}: {error}"[:1000])
