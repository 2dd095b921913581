"""What DAG tasks and the command line call. Every function may be called again after it was killed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress

from common import clock, urls
from common.errors import FetchRefused
from common.settings import Settings
from ingest import captures, frontier
from ingest.discover import window
from ingest.discover.records import Discovered
from ingest.discover.walk import Found, Walk
from ingest.outlets import Outlet, chosen, load_outlets
from ingest.records import BatchManifest, Hint
from ingest.run import OutletRun, Progress, Work, kind_of
from ingest.state import open_state
from ingest.visit import Visitor


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
    return Counter(one.outcome for outlet in outlets for one in captures.read_index(settings, batch_key, outlet.id))


async def _ingest(settings: Settings, batch_key: str, outlets: list[Outlet], on_progress: Progress) -> Counter[str]:
    engine = open_state(settings)
    try:
        async with Visitor(settings, engine) as visitor:
            work = Work(settings, engine, visitor, batch_key, on_progress)
            results = await asyncio.gather(*(OutletRun(work, outlet).run() for outlet in outlets), return_exceptions=True)
    finally:
        engine.dispose()
    total: Counter[str] = Counter()
    for result in results:
        if isinstance(result, BaseException):
            raise result  # the other outlets have finished; the retry of the task does only what is left
        total.update(result)
    return total


def ingest_group(settings: Settings, batch_key: str, outlet_ids: list[str], on_progress: Progress = _silent) -> dict[str, int]:
    """Discover, fetch and keep the pages of some outlets for a batch; hosts are visited side by side, each politely.

    The kind of the batch follows from its key: `archive/DAY`, `recheck/…`, `push/…`, else live. `on_progress(outlet, "todo" | "done", n)`.
    Returns counts: discovered, fetched, not_modified, gone, failed (the whole batch), postponed, sources_failed (this call).

    Raises:
        Misconfigured: an outlet does not exist, or the key is of another kind.
        RetryLater: another process works on one of the outlets in this batch.
    """
    kind_of(batch_key)
    outlets = chosen(load_outlets(settings.outlets_dir), outlet_ids)
    if captures.is_sealed(settings, batch_key):
        return dict(_counts_of(settings, batch_key, outlets))
    return dict(asyncio.run(_ingest(settings, batch_key, outlets, on_progress)))


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
            return await Walk(visitor, engine, outlet, window.live(clock.now(), settings.lookback_days), conditional=False).run()

    engine = open_state(settings)
    try:
        return asyncio.run(ask())
    finally:
        engine.dispose()
