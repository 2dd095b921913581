"""Subscribe to the hubs that outlets' feeds name, and renew before leases end."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from common import clock, logs, urls
from common.errors import ConsilienceError, FetchDelayed, FetchRefused, Misconfigured, Quarantined, RetryLater
from common.settings import Settings
from ingest.discover import sources
from ingest.discover.sources import Source
from ingest.manners.visit import Visitor
from ingest.outlets import Outlet, chosen, load_outlets
from ingest.push import hub, links, subscriptions, websub
from ingest.push.subscriptions import Row
from ingest.state import open_state
from ingest.web.fetch import Answer

# Hubs asked at once: one that hangs must not hold up the leases of the others.
AT_ONCE = 4


@dataclass(frozen=True)
class Announced:
    """What a feed says of a hub; `error` where the feed can't be read."""

    outlet_id: str
    feed: str
    topic: str | None = None
    hub: str | None = None
    error: str | None = None


def announced(outlet: Outlet, feed: str, answer: Answer) -> Announced:
    """Hub and topic of a feed: from its Link headers, else from the feed itself (section 4); its own address where it names none.

    Raises:
        Quarantined: it is no feed, or gone.
    """
    if answer.status not in {200, 203}:
        raise Quarantined(f"{feed} answers {answer.status}; correct or remove the address", url=feed)
    in_header = list(links.parse((value for name, value in answer.headers if name.lower() == "link"), answer.final_url))
    hub_url, topic = links.first(in_header, "hub"), links.first(in_header, "self")
    if hub_url is None or topic is None:
        listing = sources.read(Source("feed", feed), answer, outlet)
        hub_url, topic = hub_url or listing.hub, topic or listing.self_url
    return Announced(outlet.id, feed, topic or answer.final_url, hub_url)


async def _look(visitor: Visitor, outlet: Outlet, feed: str) -> Announced:
    try:
        answer = await visitor.get(feed, kind="source", delay_s=outlet.delay_s, cut_at=sources.cut_at(Source("feed", feed)))
        return announced(outlet, feed, answer)
    except (Quarantined, RetryLater) as error:
        return Announced(outlet.id, feed, error=str(error))


async def _look_all(settings: Settings, engine: sa.Engine, outlets: Sequence[Outlet]) -> list[Announced]:
    async with Visitor(settings, engine) as visitor:
        return await asyncio.gather(*(_look(visitor, outlet, feed) for outlet in outlets for feed in outlet.feeds))


async def _ask(settings: Settings, engine: sa.Engine, row: Row, mode: websub.Mode) -> str:
    """Ask one hub; returns what came of it: asked, failed, or left (another process asks)."""
    if not subscriptions.ask(engine, row, mode, clock.now()):
        return "left"
    form = websub.request_form(mode, callback=row.callback, topic=row.topic, secret=row.secret, lease_s=settings.push_lease_s)
    log = logs.get(outlet=row.outlet_id, topic=row.topic, hub=row.hub)
    try:
        reply = await hub.post(settings, row.hub, form)
    except (FetchDelayed, FetchRefused) as error:
        problem = f"{error.reason}: {error}"
    else:
        if reply.accepted:
            log.info("hub_asked", mode=mode)
            return "asked"
        problem = f"the hub answers {reply.status}: {reply.text}"
    subscriptions.failed(engine, row, problem)
    log.warning("hub_failed", mode=mode, detail=problem)
    return "failed"


async def _ask_all(settings: Settings, engine: sa.Engine, rows: Iterable[Row], mode: websub.Mode) -> Counter[str]:
    free = asyncio.Semaphore(AT_ONCE)

    async def one(row: Row) -> str:
        async with free:
            return await _ask(settings, engine, row, mode)

    counts: Counter[str] = Counter(asked=0, failed=0)
    counts.update(await asyncio.gather(*map(one, rows)))
    return counts


def public_url(settings: Settings) -> str:
    """Where hubs reach us.

    Raises:
        Misconfigured: it is not set, or is no http(s) address.
    """
    if not settings.push_public_url:
        raise Misconfigured(
            "hubs need an address of ours: set CONSILIENCE_PUSH_PUBLIC_URL or give --public-url, e.g. https://news.example.org/push; "
            "`consilience push serve` has to answer there"
        )
    try:
        return str(urls.parse(settings.push_public_url).href).rstrip("/")
    except ConsilienceError as error:
        raise Misconfigured(f"CONSILIENCE_PUSH_PUBLIC_URL: {error}") from error


def subscribe(settings: Settings, outlet_ids: list[str] | None = None) -> list[dict[str, str | None]]:
    """Look for hubs in the feeds of the enabled outlets (or of those named) and ask them to send.

    Returns a row a feed: outlet, feed, topic, hub, outcome (asked, failed, no hub, unreadable), detail. The hub verifies at our callback
    afterwards, so `consilience push serve` has to be running.

    Raises:
        Misconfigured: no public address, an outlet that does not exist, a faulty outlet file.
    """
    base, outlets = public_url(settings), chosen(load_outlets(settings.outlets_dir), outlet_ids)
    engine = open_state(settings)
    try:
        found = asyncio.run(_look_all(settings, engine, outlets))
        rows = {}
        for one in found:
            if one.topic and one.hub:
                rows[one.outlet_id, one.feed] = subscriptions.add(engine, one.outlet_id, one.topic, one.hub, base, clock.now())
        asyncio.run(_ask_all(settings, engine, {row.subscription_id: row for row in rows.values()}.values(), "subscribe"))
        after = {row.subscription_id: row for row in subscriptions.every(engine)}
        asked = {key: after.get(row.subscription_id) for key, row in rows.items()}
        return [_told(one, asked.get((one.outlet_id, one.feed))) for one in found]
    finally:
        engine.dispose()


def _told(found: Announced, row: Row | None) -> dict[str, str | None]:
    outcome = "unreadable" if found.error else "no hub" if row is None else "failed" if row.last_error else "asked"
    detail = found.error or (row.last_error if row else None)
    return {"outlet": found.outlet_id, "feed": found.feed, "topic": found.topic, "hub": found.hub, "outcome": outcome, "detail": detail}


def unsubscribe(settings: Settings, outlet_ids: list[str]) -> dict[str, int]:
    """Ask the hubs of some outlets to send no more; a subscription goes when its hub has verified that, or now where no lease runs.

    Returns counts: asked, failed, removed.
    """
    engine, now = open_state(settings), clock.now()
    try:
        rows = subscriptions.every(engine, outlet_ids)
        running = [row for row in rows if row.lease_until and row.lease_until > now]
        over = [row for row in rows if row not in running]
        for row in over:
            subscriptions.remove(engine, row)
        return {**asyncio.run(_ask_all(settings, engine, running, "unsubscribe")), "removed": len(over)}
    finally:
        engine.dispose()


def served_outlets(settings: Settings) -> dict[str, Outlet]:
    """The enabled outlets by id: those whose feeds are taken from hubs.

    Raises:
        Misconfigured: an outlet file is faulty.
    """
    return {outlet.id: outlet for outlet in chosen(load_outlets(settings.outlets_dir), None)}


def renew(settings: Settings) -> dict[str, int]:
    """Ask the hubs whose leases end soon, or that did not answer well before. Returns counts: asked, failed.

    The lease of an outlet that is switched off or has no file any more is left to end.

    Raises:
        Misconfigured: an outlet file is faulty, or the state can't be opened.
    """
    outlets, engine = served_outlets(settings), open_state(settings)
    try:
        rows = [row for row in subscriptions.due(engine, clock.now()) if row.outlet_id in outlets]
        return dict(asyncio.run(_ask_all(settings, engine, rows, "subscribe")))
    finally:
        engine.dispose()
