"""What DAG tasks and the command line call. Every function may be called again after it was killed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

import sqlalchemy as sa

from common import clock, urls
from common.errors import FetchRefused
from common.settings import Settings
from ingest import frontier
from ingest.discover import sources, window
from ingest.discover.records import Discovered
from ingest.discover.walk import Found, Walk
from ingest.manners.visit import Visitor
from ingest.outlets import Outlet, chosen, load_outlets
from ingest.records import BatchManifest, Hint
from ingest.rhythm import polls
from ingest.rhythm.pace import Pace
from ingest.run import OutletRun, Progress, Work, day_of, kind_of
from ingest.state import open_state
from ingest.store import captures

# Days back that the nightly batch of the day before may reach when it starts late.
RECENT = timedelta(days=2)


def outlet_groups(settings: Settings, outlet_ids: list[str] | None = None) -> list[list[str]]:
    """Ids of the enabled outlets (or of those named) in groups of `outlets_per_group`, one mapped task each.

    Raises:
        Misconfigured: an outlet file is faulty, or a named outlet does not exist.
    """
    found = [outlet.id for outlet in chosen(load_outlets(settings.outlets_dir), outlet_ids)]
    return [found[start : start + settings.outlets_per_group] for start in range(0, len(found), settings.outlets_per_group)]


def _silent(_outlet_id: str, _event: str, _number: int) -> None:
    return None


def _counts_of(settings: Settings, batch_key: str, outlets: list[Outlet]) -> Counter[str]:
    return Counter(one.outcome for outlet in outlets for one in captures.each_capture(settings, batch_key, outlet.id))


def _with_work(settings: Settings, engine: sa.Engine, batch_key: str, outlets: list[Outlet]) -> list[Outlet]:
    """Outlets that have something to do in a live or recheck batch, by one look at the state; the others cost nothing."""
    kind, now = kind_of(batch_key), clock.now()
    if kind not in {"live", "recheck"}:
        return outlets
    named = None
    if kind == "live":
        days = window.live(now, settings.lookback_days)
        named = {one.id: [polls.source_id(one.id, source.url) for source in sources.of_outlet(one, days)] for one in outlets}
    status = "due" if kind == "live" else "done"
    busy = polls.with_work(engine, named, status, batch_key, now, [one.id for one in outlets])
    return [one for one in outlets if one.id in busy]


async def _ingest(settings: Settings, batch_key: str, outlets: list[Outlet], on_progress: Progress, everything: bool) -> Counter[str]:
    engine = open_state(settings)
    try:
        busy = outlets if everything else _with_work(settings, engine, batch_key, outlets)
        async with Visitor(settings, engine) as visitor:
            work = Work(settings, engine, visitor, batch_key, on_progress, everything)
            results = await asyncio.gather(*(OutletRun(work, outlet).run() for outlet in busy), return_exceptions=True)
    finally:
        engine.dispose()
    idle = [outlet for outlet in outlets if outlet not in busy]
    total = _counts_of(settings, batch_key, idle)
    for result in results:
        if isinstance(result, BaseException):
            raise result  # the other outlets have finished; the retry of the task does only what is left
        total.update(result)
    return total


def _asks_everything(batch_key: str) -> bool:
    """Whether a batch whose caller leaves it open asks every source: that of a past day does.

    That of a day within reach of live ingest, such as the nightly one for the day before, asks only what live ingest does not: archive
    pages and the Wayback Machine.
    """
    return kind_of(batch_key) == "archive" and clock.now().date() - day_of(batch_key) > RECENT


def ingest_group(
    settings: Settings, batch_key: str, outlet_ids: list[str], on_progress: Progress = _silent, *, everything: bool | None = None
) -> dict[str, int]:
    """Discover, fetch and keep the pages of some outlets for a batch; hosts are visited side by side, each politely.

    The kind of the batch follows from its key: `archive/DAY`, `recheck/…`, `push/…`, else live. `on_progress(outlet, "todo" | "done", n)`.
    `everything`: ask all sources now, due or not (a run that somebody starts by hand); None: as the kind of the batch needs.
    Returns counts: discovered, fetched, not_modified, gone, failed (the whole batch), postponed, sources_failed (this call).

    Raises:
        Misconfigured: an outlet does not exist, or the key is of another kind.
        RetryLater: another process works on one of the outlets in this batch.
    """
    kind_of(batch_key)
    outlets = chosen(load_outlets(settings.outlets_dir), outlet_ids)
    if captures.is_sealed(settings, batch_key):
        return dict(_counts_of(settings, batch_key, outlets))
    asks_all = _asks_everything(batch_key) if everything is None else everything
    return dict(asyncio.run(_ingest(settings, batch_key, outlets, on_progress, asks_all)))


def seal_batch(settings: Settings, batch_key: str) -> BatchManifest:
    """Write manifest.json; after it the batch is immutable.

    Raises:
        Broken: a reading index is damaged.
    """
    return captures.seal(settings, batch_key)


def offer_urls(settings: Settings, outlet_id: str, addresses: Iterable[str], source: str = "push") -> list[str]:
    """Put pages into the frontier of an outlet; the next `push/…` or live batch fetches them. Returns those that are usable URLs.

    Raises:
        Misconfigured: the outlet does not exist.
    """
    outlet = chosen(load_outlets(settings.outlets_dir), [outlet_id])[0]
    found = []
    for address in addresses:
        with suppress(FetchRefused):  # not a URL: what comes from outside may be anything
            found.append(Discovered(urls.canonical(address), Hint(source=source)))
    engine = open_state(settings)
    try:
        return frontier.offer(engine, outlet.id, [one for one in found if outlet.wants(one.url)], clock.now())
    finally:
        engine.dispose()


def ask_sources(settings: Settings, outlet: Outlet) -> Found:
    """Ask every source of an outlet once, as a live run would, and keep nothing but what host manners need."""

    async def ask() -> Found:
        async with Visitor(settings, engine) as visitor:
            days, pace = window.live(clock.now(), settings.lookback_days), Pace(0.0, 0.0, 0.0)
            return await Walk(visitor, engine, outlet, days, pace, conditional=False, everything=True, keeps=False).run()

    engine = open_state(settings)
    try:
        return asyncio.run(ask())
    finally:
        engine.dispose()
