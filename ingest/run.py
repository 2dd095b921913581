"""One outlet in one batch: discover, claim, fetch, commit, settle. Killed at any point and started again, nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import fcntl
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Literal

import sqlalchemy as sa

from common import clock, logs, urls
from common.errors import FetchRefused, Misconfigured, Quarantined, RetryLater
from common.settings import Settings
from ingest import frontier, settling
from ingest.discover import wayback, window
from ingest.discover.walk import Walk
from ingest.frontier import Due
from ingest.manners.visit import Visitor
from ingest.outlets import Outlet
from ingest.records import Capture
from ingest.rhythm import signals
from ingest.rhythm.pace import Pace
from ingest.settling import Gleaned
from ingest.store import captures
from ingest.store.keep import Keeper
from ingest.web import verdict
from ingest.web.fetch import Answer

# Seconds of fetching of one outlet in one batch; below the quarter of an hour of the ingest schedule. The rest waits in the frontier.
RUN_S = 600.0

# Redirects that say that a page has moved for good (RFC 9110 sections 15.4.2 and 15.4.9).
PERMANENT = frozenset({301, 308})

BatchKind = Literal["live", "archive", "recheck", "push"]
Progress = Callable[[str, str, int], None]


def kind_of(batch_key: str) -> BatchKind:
    """Kind of a batch that fetches: what stands before the first slash, live without one.

    Raises:
        Misconfigured: a key of another kind.
    """
    prefix, slash, _rest = batch_key.partition("/")
    if not slash:
        return "live"
    for kind in ("archive", "recheck", "push"):
        if prefix == kind:
            return kind
    raise Misconfigured(f"batch key {batch_key!r}: ingest knows archive/DAY, recheck/…, push/… and keys without a slash (live)")


def day_of(batch_key: str) -> date:
    """Day of an archive batch: `archive/2018-09-20`, or with more behind it for a further run of that day.

    Raises:
        Misconfigured: there is no ISO day.
    """
    try:
        return date.fromisoformat(batch_key.split("/")[1])
    except ValueError as error:
        raise Misconfigured(f"batch key {batch_key!r}: after archive/ stands a day such as 2018-09-20") from error


@contextmanager
def sole_worker(folder: Path, outlet_id: str) -> Iterator[None]:
    """Hold the outlet of a batch for this process; the lock ends with the process, however it ends.

    Raises:
        RetryLater: another process works on it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f".{outlet_id}.lock").open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RetryLater(f"{outlet_id}: another process works on this batch", outlet=outlet_id) from error
        yield


@dataclass(frozen=True)
class Work:
    """What all outlets of a task share. `everything`: ask every source, due or not."""

    settings: Settings
    engine: sa.Engine
    visitor: Visitor
    batch_key: str
    on_progress: Progress
    everything: bool = False

    @property
    def pace(self) -> Pace:
        """The rhythm of the settings."""
        return Pace(self.settings.poll_base_s, self.settings.poll_min_s, self.settings.poll_max_s)


class OutletRun:
    """The run of one outlet."""

    def __init__(self, work: Work, outlet: Outlet) -> None:
        self.work, self.outlet = work, outlet
        self.kind = kind_of(work.batch_key)
        self.counts: Counter[str] = Counter()
        self.moved: set[str] = set()
        self.log = logs.get(outlet=outlet.id, batch=work.batch_key)

    async def run(self) -> Counter[str]:
        """Do the work; returns the outcomes of the whole batch for this outlet, with what was postponed now."""
        work = self.work
        with sole_worker(captures.batch_dir(work.settings, work.batch_key), self.outlet.id):
            self.keeper = Keeper(work.settings, work.batch_key, self.outlet.id, is_recheck=self.kind == "recheck")
            self.gleaned = Gleaned(validators=self.keeper.validators, texts=self.keeper.texts)
            self._settle(captures.read_index(work.settings, work.batch_key, self.outlet.id))
            await self._gather()
            await self._fetch_all()
            frontier.release(work.engine, work.batch_key, self.outlet.id)
        self.counts.update(one.outcome for one in captures.each_capture(work.settings, work.batch_key, self.outlet.id))
        self.log.info("outlet_done", **self.counts)
        return self.counts

    async def _gather(self) -> None:
        """Find pages and claim what is due for this batch."""
        work, only, status = self.work, None, "done" if self.kind == "recheck" else "due"
        if self.kind in {"live", "archive"}:
            only = await self._discover()
        if self.kind == "recheck":
            settling.reconsider(work.engine, self.outlet.id, work.settings.recheck_ladder_s, clock.now())
        limit, now = work.settings.urls_per_run, clock.now()
        frontier.claim(work.engine, work.batch_key, self.outlet.id, status, now, limit, only if self.kind == "archive" else None)

    async def _discover(self) -> list[str]:
        is_live, work = self.kind == "live", self.work
        days = window.live(clock.now(), work.settings.lookback_days) if is_live else window.archive(day_of(work.batch_key))
        walk = Walk(work.visitor, work.engine, self.outlet, days, work.pace, conditional=is_live, everything=work.everything)
        found = await walk.run()
        named = list(dict.fromkeys(page.url for page in found.pages))
        self.counts["discovered"] += len(named)
        self.counts["sources_failed"] += len(found.failures)
        return named

    async def _fetch_all(self) -> None:
        """Fetch what is claimed: one page after the other at a host, the hosts of an outlet side by side."""
        todo = frontier.claimed(self.work.engine, self.work.batch_key, self.outlet.id, clock.now())
        self.work.on_progress(self.outlet.id, "todo", len(todo))
        by_host: defaultdict[str, list[Due]] = defaultdict(list)
        for due in todo:
            by_host[urls.origin(due.url)].append(due)
        began = monotonic()
        results = await asyncio.gather(*(self._fetch_host(pages, began) for pages in by_host.values()), return_exceptions=True)
        self._settle(self.keeper.commit())
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def _fetch_host(self, todo: list[Due], began: float) -> None:
        for number, due in enumerate(todo):
            if monotonic() - began > RUN_S:
                self.log.info("out_of_time", left=len(todo) - number)
                return
            if due.url not in self.moved:  # a redirect has brought this page just now
                await self._fetch(due)
            self.work.on_progress(self.outlet.id, "done", 1)
            if self.keeper.is_full:
                self._settle(self.keeper.commit())

    async def _fetch(self, due: Due) -> None:
        validators = due.validators if due.body_sha256 else None
        address, delay_s = wayback.where(due.url, due.hint, self.outlet.delay_s, again=due.body_sha256 is not None)
        try:
            answer = wayback.as_original(await self.work.visitor.get(address, delay_s=delay_s, validators=validators), due.url)
        except (RetryLater, Quarantined) as error:
            self._judge(due, error)
        else:
            self._keep(due, answer)

    def _judge(self, due: Due, error: RetryLater | Quarantined) -> None:
        """Try again later, or give up; a host that is left alone does not count as a try of the URL."""
        counts = not error.where.get("blocked")
        found = verdict.of(error, due.attempts, clock.now())
        if found.at is None:
            given_up = f"given up after {due.attempts + counts} tries: " if isinstance(error, RetryLater) else ""
            self.keeper.fail(due, error.reason, f"{given_up}{error}", fault=error.fault)
            return
        frontier.postpone(self.work.engine, due.url, found.at, counts=counts)
        self.counts["postponed"] += 1
        self.log.info("postponed", url=due.url, until=found.at.isoformat(), detail=str(error))

    def _keep(self, due: Due, answer: Answer) -> None:
        capture = self.keeper.keep(due, answer)
        if capture.outcome == "fetched" and (titles := signals.page_titles(answer.body)):
            self.gleaned.titles[capture.capture_id] = titles
        target = _canonical(answer.final_url)
        is_for_good = answer.hops and all(status in PERMANENT for status, _target in answer.hops)
        if is_for_good and target and target != due.url and self.outlet.wants(target):
            self.gleaned.moved[capture.capture_id] = target
            self.moved.add(target)

    def _settle(self, done: list[Capture]) -> None:
        settling.settle(self.work.engine, done, self.work.settings.recheck_ladder_s, self.gleaned)
        self.gleaned.titles.clear()
        self.gleaned.moved.clear()


def _canonical(url: str) -> str | None:
    try:
        return urls.canonical(url)
    except FetchRefused:
        return None
