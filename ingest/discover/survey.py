"""Asks a site, politely, what it has: for `outlets discover` and `outlets check`. Nothing is kept but what host manners need."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from common import clock, urls
from common.errors import Misconfigured, Quarantined, RetryLater
from common.settings import Settings
from ingest.discover import find, links, sources, window
from ingest.discover.find import About, Probed
from ingest.discover.links import soup_of
from ingest.discover.sources import Source, SourceKind
from ingest.manners.visit import Visitor
from ingest.outlets import Outlet, Section, load_outlet
from ingest.state import open_state
from ingest.web.fetch import Answer

# Largest robots.txt that is read (RFC 9309 section 2.5).
ROBOTS_BYTES = 512 * 1024
# Feeds and sitemaps that a new outlet file names; more make each round longer and bring the same pages.
MAX_NAMED = 8
# Days after which the newest page of a source is told as old.
OLD_DAYS = 30
ONE_DAY = timedelta(days=1)
_OK = frozenset({200, 203})
_Result = TypeVar("_Result")


@dataclass
class Survey:
    """What a site has."""

    home: str
    said: About
    feeds: list[Probed] = field(default_factory=list)
    sitemaps: list[Probed] = field(default_factory=list)
    refused: list[Probed] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The outlet file."""
        return find.outlet_yaml(find.outlet_id(self.home), self.home, self.said, self.feeds, self.sitemaps, clock.now())


class _Asker:
    """Probes addresses of one outlet, each once."""

    def __init__(self, visitor: Visitor, outlet: Outlet) -> None:
        self.visitor, self.outlet = visitor, outlet

    async def get(self, url: str, cut_at: int | None = None, delay_s: float | None = None) -> Answer:
        """Fetch a source.

        Raises:
            Quarantined, RetryLater: it can't be had.
        """
        answer = await self.visitor.get(url, kind="source", delay_s=delay_s, cut_at=cut_at)
        if answer.status not in _OK:
            raise Quarantined(f"answers {answer.status}; correct or remove the address", url=url, status=answer.status)
        return answer

    async def probe(self, kind: SourceKind, url: str) -> Probed:
        """What an address is worth as a source of this kind."""
        source = Source(kind, url)
        try:
            answer = await self.get(url, sources.cut_at(source), sources.delay_s(source, self.outlet))
            found = sources.read(source, answer, self.outlet)
        except (Quarantined, RetryLater) as error:
            status = error.where.get("status")
            return Probed(kind, url, int(status) if status is not None else None, problem=str(error), failed=True)
        return find.judged(kind, url, answer.status, found)

    async def robots(self, home: str) -> list[str]:
        """Sitemaps that robots.txt names; none where it can't be had."""
        try:
            answer = await self.get(f"{urls.origin(home)}/robots.txt", ROBOTS_BYTES)
        except (Quarantined, RetryLater):
            return []
        return find.robots_sitemaps(answer.body, home)

    async def some(self, kind: SourceKind, named: list[str], guessed: list[str], refused: list[Probed]) -> list[Probed]:
        """Those that are sources: of the named ones all, of the guessed ones the first, if no named one is any."""
        found = list[Probed]()
        for url in dict.fromkeys([*named, *guessed]):
            if len(found) >= MAX_NAMED or (found and url not in named):
                break
            one = await self.probe(kind, url)
            is_any = one.pages > 0 or one.children > 0
            if is_any:
                found.append(one)
            elif url in named:
                refused.append(one)
        return found


def _with_visitor(settings: Settings, work: Callable[[Visitor], Awaitable[_Result]]) -> _Result:
    async def run() -> _Result:
        async with Visitor(settings, engine) as visitor:
            return await work(visitor)

    engine = open_state(settings)
    try:
        return asyncio.run(run())
    finally:
        engine.dispose()


def discover(settings: Settings, site: str) -> Survey:
    """Look at a site's home page, robots.txt, announced and well-known addresses.

    Raises:
        FetchRefused: it is no web address, or its home page may not be read or is none.
        FetchDelayed: it does not answer now.
    """
    asked = find.home_of(site)

    async def work(visitor: Visitor) -> Survey:
        answer = await _Asker(visitor, _stranger(asked)).get(asked, links.MAX_BYTES)
        soup, home = soup_of(answer.body, answer.final_url), urls.canonical(answer.final_url)
        asker, found = _Asker(visitor, _stranger(home)), Survey(home, find.about(soup))
        sitemaps = (await asker.robots(home))[: find.MAX_CANDIDATES]
        found.feeds = await asker.some("feed", find.feed_candidates(soup, home), find.well_known(home, find.FEED_PATHS), found.refused)
        found.sitemaps = await asker.some("sitemap", sitemaps, find.well_known(home, find.SITEMAP_PATHS), found.refused)
        return found

    return _with_visitor(settings, work)


def _stranger(home: str) -> Outlet:
    """An outlet of which no more is known than its home page."""
    return Outlet(id="stranger", name="stranger", home=home, sections=[Section(url=home)])


def write_outlet(folder: Path, survey: Survey, *, force: bool = False) -> Path:
    """Write the outlet file of a survey, when it can be read back; an existing one only with `force`.

    Raises:
        Misconfigured: it exists, or the folder does not.
    """
    path = folder / f"{find.outlet_id(survey.home)}.yaml"
    if not folder.is_dir():
        raise Misconfigured(f"{folder}: no such folder of outlet files; set CONSILIENCE_OUTLETS_DIR or create it", path=str(folder))
    if path.exists() and not force:
        raise Misconfigured(f"{path} exists; --force overwrites it, --dry-run prints what was found", path=str(path))
    trial = folder / f".{path.stem}" / path.name
    trial.parent.mkdir(exist_ok=True)
    try:
        trial.write_text(survey.text, encoding="utf-8")
        load_outlet(trial)
        trial.replace(path)
    finally:
        trial.unlink(missing_ok=True)
        trial.parent.rmdir()
    return path


def check(settings: Settings, outlet: Outlet) -> list[Probed]:
    """Ask each source of an outlet once; and tell what its robots.txt names beside them.

    Archive pages are asked for yesterday; the Internet Archive is not asked.
    """

    async def work(visitor: Visitor) -> list[Probed]:
        asker = _Asker(visitor, outlet)
        wanted = dict.fromkeys([*sources.of_outlet(outlet, live), *sources.of_outlet(outlet, past, settings)])
        rows = [_aged(await asker.probe(one.kind, one.url)) for one in wanted if one.kind != "cdx"]
        missing = [url for url in await asker.robots(outlet.home) if url not in outlet.sitemaps]
        return rows + [Probed("sitemap", url, problem="robots.txt names it, the outlet file does not; add it there") for url in missing]

    now = clock.now()
    live, past = window.live(now, settings.lookback_days), window.archive((now - ONE_DAY).date())
    return _with_visitor(settings, work)


def _aged(one: Probed) -> Probed:
    is_old = one.problem is None and one.newest is not None and one.newest < clock.now() - ONE_DAY * OLD_DAYS
    return replace(one, problem=f"its newest page is older than {OLD_DAYS} days; is it still filled?") if is_old else one
