"""The callback that hubs talk to: a small ASGI application that says yes only to what we asked for and takes only what is signed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from common import clock, logs
from common.errors import ConsilienceError, Quarantined, RetryLater
from common.settings import Settings
from ingest.discover import feeds, sources, window
from ingest.discover.records import Discovered
from ingest.discover.sources import Source
from ingest.discover.window import Window
from ingest.outlets import Outlet
from ingest.push import renewal, subscriptions, websub
from ingest.push.inbox import SOURCE
from ingest.push.subscriptions import Row
from ingest.rhythm import polls, sightings
from ingest.rhythm.pace import SourceState
from ingest.state import open_state
from ingest.web.fetch import Answer

# Bytes of a delivery, as of a feed that we ask for ourselves.
MAX_BYTES = feeds.MAX_BYTES
# Seconds for the bytes of a delivery: a hub sends at once, a slow sender only holds our memory.
BODY_S = 30.0
# Deliveries that are read at once: a feed takes up to a second of CPU, and ten times its size in memory.
AT_ONCE = 2
# Seconds between two looks for leases that end: short beside the shortest lease that is believed (300 s).
LOOK_S = 30.0

# Seconds after a delivery in which further ones join it: hubs send the feeds of one publisher together, and a run costs seconds of CPU.
LINGER_S = 5.0
# The form of our tokens: 32 bytes in base64url. What looks otherwise is not looked up.
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")

NOT_FOUND, GONE, ACCEPTED, TOO_LARGE, TOO_SLOW, LATER = 404, 410, 202, 413, 408, 503


def pages_of(row: Row, outlet: Outlet, content_type: str | None, body: bytes, days: Window) -> list[Discovered]:
    """Pages of a delivered feed that the outlet wants and that are of these days, as live ingest would take them; named as pushed.

    Raises:
        Quarantined: the content is no feed.
    """
    headers = [("Content-Type", content_type)] if content_type else []
    answer = Answer(row.topic, row.topic, 200, "OK", headers, body, clock.now())
    named = sources.read(Source("feed", row.topic), answer, outlet).pages
    wanted = [one for one in named if days.takes(one.dated_at) and outlet.wants(one.url)]
    return [replace(one, hint=one.hint.model_copy(update={"source": SOURCE})) for one in wanted]


async def _body(request: Request) -> bytes | None:
    """The whole body; None where it is larger than `MAX_BYTES`."""
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > MAX_BYTES:
            return None
        pieces.append(piece)
    return b"".join(pieces)


class Receiver:
    """What the two methods of the callback do."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.engine = settings, open_state(settings)
        self.reading, self.brought = asyncio.Semaphore(AT_ONCE), asyncio.Event()

    async def verify(self, request: Request) -> Response:
        """GET: the hub asks whether we meant it, or says that it will not send (sections 5.2, 5.3)."""
        row = await self._row(request)
        if row is None:
            return Response(status_code=NOT_FOUND)
        now = clock.now()
        answer = websub.judge(request.query_params.multi_items(), row.known(self.settings.push_lease_s), now)
        log = logs.get(outlet=row.outlet_id, topic=row.topic)
        match answer:
            case websub.Verified():
                await run_in_threadpool(subscriptions.verified, self.engine, row, answer, now)
                log.info("hub_verified", mode=answer.mode, lease_s=answer.lease_s)
                return PlainTextResponse(answer.challenge, headers={"X-Content-Type-Options": "nosniff"})
            case websub.Denied():
                await run_in_threadpool(subscriptions.denied, self.engine, row, answer.reason, now)
                log.warning("hub_denied", detail=answer.reason)
                return Response(status_code=200)
        log.warning("hub_verification_refused")
        return Response(status_code=NOT_FOUND)

    async def deliver(self, request: Request) -> Response:
        """POST: new content of the topic (section 7). What is not signed is answered like the rest, and ignored."""
        row = await self._row(request)
        if row is None:
            return Response(status_code=GONE)  # the hub may end the subscription
        try:
            async with asyncio.timeout(BODY_S):
                body = await _body(request)
        except (TimeoutError, ClientDisconnect):
            return Response(status_code=TOO_SLOW)
        if body is None:
            await run_in_threadpool(subscriptions.failed, self.engine, row, f"a delivery of more than {MAX_BYTES} bytes")
            return Response(status_code=TOO_LARGE)
        if not websub.is_signed(request.headers.get("x-hub-signature"), row.secret, body):
            await run_in_threadpool(subscriptions.ignored, self.engine, row)
            logs.get(outlet=row.outlet_id, topic=row.topic).warning("delivery_ignored", detail="no valid signature")
            return Response(status_code=ACCEPTED)
        outlet = (await run_in_threadpool(renewal.served_outlets, self.settings)).get(row.outlet_id)
        if outlet is None:
            return Response(status_code=GONE)  # its file was removed or switched off
        async with self.reading:
            await run_in_threadpool(self._take, row, outlet, request.headers.get("content-type"), body)
        self.brought.set()
        return Response(status_code=ACCEPTED)

    async def _row(self, request: Request) -> Row | None:
        token = str(request.path_params["token"])
        return await run_in_threadpool(subscriptions.by_token, self.engine, token) if TOKEN.fullmatch(token) else None

    def _take(self, row: Row, outlet: Outlet, content_type: str | None, body: bytes) -> None:
        """Put the pages of a delivery into the frontier; they are durable when this returns.

        Raises:
            RetryLater, OperationalError: they can't be kept now; the hub sends again.
        """
        log, now = logs.get(outlet=row.outlet_id, topic=row.topic), clock.now()
        try:
            pages = pages_of(row, outlet, content_type, body, window.live(now, self.settings.lookback_days))
        except Quarantined as error:
            subscriptions.delivered(self.engine, row, 0, now, f"{error.reason}: {error}")
            log.warning("delivery_unreadable", detail=str(error))
            return
        # the view of the feed that is polled: a page that it shows changed is read again, a page that both show is one
        source_id = polls.source_id(row.outlet_id, row.topic)
        source = polls.load(self.engine, row.outlet_id).get(source_id) or SourceState(source_id, row.topic, "feed")
        sightings.notice(self.engine, row.outlet_id, source, pages, now)
        subscriptions.delivered(self.engine, row, len(pages), now)
        log.info("delivered", pages=len(pages))

    async def renew_for_ever(self) -> None:
        """Renew leases until cancelled; trouble is told and the next look comes."""
        while True:
            try:
                await asyncio.to_thread(renewal.renew, self.settings)
            except (ConsilienceError, sa.exc.SQLAlchemyError) as error:
                logs.get().warning("renewal_failed", detail=str(error))
            await asyncio.sleep(LOOK_S)

    async def wake_for_ever(self, wake: Callable[[], object]) -> None:
        """Call `wake` after deliveries until cancelled: once for all that come within `LINGER_S`, and again for what comes later."""
        while True:
            await self.brought.wait()
            await asyncio.sleep(LINGER_S)
            self.brought.clear()
            await asyncio.to_thread(wake)


async def _later(_request: Request, error: Exception) -> Response:
    """The pages could not be kept: the hub shall send them again."""
    logs.get().error("delivery_failed", detail=f"{type(error).__name__}: {error}"[:300])
    return Response(status_code=LATER, headers={"Retry-After": "60"})


async def _alive(_request: Request) -> Response:
    return PlainTextResponse("ok")


def application(settings: Settings, wake: Callable[[], object] | None = None) -> Starlette:
    """The ASGI application; it renews leases while it runs, and calls `wake` after deliveries.

    Raises:
        Misconfigured: the state can't be opened.
    """
    receiver = Receiver(settings)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(receiver.renew_for_ever())]
        if wake is not None:
            tasks.append(asyncio.create_task(receiver.wake_for_ever(wake)))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            receiver.engine.dispose()

    routes = [
        Route("/websub/{token}", receiver.verify, methods=["GET"]),
        Route("/websub/{token}", receiver.deliver, methods=["POST"]),
        Route("/health", _alive, methods=["GET"]),
    ]
    handlers = {ConsilienceError: _later, RetryLater: _later, sa.exc.SQLAlchemyError: _later}
    return Starlette(routes=routes, exception_handlers=handlers, lifespan=lifespan)
