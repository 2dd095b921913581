"""One outlet in one batch: discover, claim, fetch, commit, settle. Killed at any point and started again, nothing is lost or doubled."""

from __future__ import annotations

import fcntl
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from time import monotonic
from typing import Literal
from uuid import UUID

import sqlalchemy as sa

from common import clock, ids, logs
from common.errors import FetchDelayed, Misconfigured, Quarantined, RetryLater
from common.settings import Settings
from ingest import captures, frontier, politeness, warc
from ingest.discover import window
from ingest.discover.walk import Walk
from ingest.fetch import GONE, Answer, Validators
from ingest.frontier import Due
from ingest.outlets import Outlet
from ingest.records import Capture, Outcome
from ingest.visit import Visitor

# Captures, bytes and seconds after which a segment is committed: what a kill makes us fetch again stays small.
SEGMENT_CAPTURES, SEGMENT_BYTES, SEGMENT_S = 50, 16 * 1024 * 1024, 60.0
# Seconds of fetching of one outlet in one batch; below the quarter of an hour of the ingest schedule. The rest waits in the frontier.
RUN_S = 600.0

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
    """What all outlets of a task share."""

    settings: Settings
    engine: sa.Engine
    visitor: Visitor
    batch_key: str
    on_progress: Progress


class OutletRun:
    """The run of one outlet."""

    def __init__(self, work: Work, outlet: Outlet) -> None:
        self.work, self.outlet = work, outlet
        self.kind = kind_of(work.batch_key)
        self.counts: Counter[str] = Counter()
        self.validators: dict[UUID, Validators] = {}
        self.log = logs.get(outlet=outlet.id, batch=work.batch_key)

    async def run(self) -> Counter[str]:
        """Do the work; returns the outcomes of the whole batch for this outlet, with what was postponed now."""
        work = self.work
        with sole_worker(captures.batch_dir(work.settings, work.batch_key), self.outlet.id):
            self.writer = captures.SegmentWriter(work.settings, work.batch_key, self.outlet.id)
            self._settle(captures.read_index(work.settings, work.batch_key, self.outlet.id))
            await self._gather()
            await self._fetch_all()
            frontier.release(work.engine, work.batch_key, self.outlet.id)
        self.counts.update(one.outcome for one in captures.read_index(work.settings, work.batch_key, self.outlet.id))
        self.log.info("outlet_done", **self.counts)
        return self.counts

    async def _gather(self) -> None:
        """Find pages and claim what is due for this batch."""
        only, status = None, "done" if self.kind == "recheck" else "due"
        if self.kind in {"live", "archive"}:
            only = await self._discover()
        limit, now = self.work.settings.urls_per_run, clock.now()
        frontier.claim(self.work.engine, self.work.batch_key, self.outlet.id, status, now, limit, only if self.kind == "archive" else None)

    async def _discover(self) -> list[str]:
        is_live, work = self.kind == "live", self.work
        days = window.live(clock.now(), work.settings.lookback_days) if is_live else window.archive(day_of(work.batch_key))
        walk = Walk(work.visitor, work.engine, self.outlet, days, conditional=is_live)
        found = await walk.run()
        named = frontier.offer(work.engine, self.outlet.id, found.pages, clock.now())
        walk.remember()
        self.counts["discovered"] += len(named)
        self.counts["sources_failed"] += len(found.failures)
        return named

    async def _fetch_all(self) -> None:
        todo = frontier.claimed(self.work.engine, self.work.batch_key, self.outlet.id, clock.now())
        self.work.on_progress(self.outlet.id, "todo", len(todo))
        began = committed = monotonic()
        for due in todo:
            if monotonic() - began > RUN_S:
                self.log.info("out_of_time", left=len(todo))
                break
            await self._fetch(due)
            self.work.on_progress(self.outlet.id, "done", 1)
            is_full = len(self.writer.captures) >= SEGMENT_CAPTURES or len(self.writer.data) >= SEGMENT_BYTES
            if is_full or monotonic() - committed > SEGMENT_S:
                self._settle(self.writer.commit())
                committed = monotonic()
        self._settle(self.writer.commit())

    async def _fetch(self, due: Due) -> None:
        validators = due.validators if self.kind == "recheck" else None
        try:
            answer = await self.work.visitor.get(due.url, delay_s=self.outlet.delay_s, validators=validators)
        except FetchDelayed as error:
            self._postpone(due, error)
        except Quarantined as error:
            self.writer.add(self._capture(due, "failed", reason=error.reason, detail=str(error)))
        else:
            self._keep(due, answer)

    def _postpone(self, due: Due, error: FetchDelayed) -> None:
        """Try again later, or give up after the last try; a host that is left alone does not count as a try of the URL."""
        counts = not error.where.get("blocked")
        attempts = due.attempts + counts
        if attempts >= politeness.MAX_ATTEMPTS:
            self.writer.add(self._capture(due, "failed", reason=error.reason, detail=f"given up after {attempts} tries: {error}"))
            return
        wait = max(error.after_s, politeness.url_backoff_s(attempts) if counts else 0.0)
        frontier.postpone(self.work.engine, due.url, clock.now() + timedelta(seconds=wait), counts=counts)
        self.counts["postponed"] += 1
        self.log.info("postponed", url=due.url, wait_s=round(wait), detail=str(error))

    def _keep(self, due: Due, answer: Answer) -> None:
        sha256 = ids.sha256(answer.body)
        if answer.status in GONE:
            self.writer.add(self._capture(due, "gone", answer))
            return
        if answer.status == 304 or (self.kind == "recheck" and sha256 == due.body_sha256):
            capture = self.writer.add(self._capture(due, "not_modified", answer, sha256=due.body_sha256))
        else:
            capture = self._capture(due, "fetched", answer, sha256=sha256)
            self.writer.add(capture, warc.response_members(answer, capture.capture_id))
        self.validators[capture.capture_id] = answer.validators

    def _capture(
        self,
        due: Due,
        outcome: Outcome,
        answer: Answer | None = None,
        *,
        sha256: str | None = None,
        reason: str | None = None,
        detail: str | None = None,
    ) -> Capture:
        moment = answer.captured_at if answer else clock.now()
        return Capture(
            capture_id=ids.key("capture", self.work.batch_key, due.url, moment.isoformat()),
            batch_key=self.work.batch_key,
            outlet_id=self.outlet.id,
            url=due.url,
            final_url=answer.final_url if answer else due.url,
            captured_at=moment,
            first_seen_at=due.first_seen_at,
            outcome=outcome,
            status=answer.status if answer else None,
            content_type=answer.header("content-type") if answer else None,
            hint=due.hint.model_copy(update={"source": "recheck"}) if self.kind == "recheck" else due.hint,
            sha256=sha256,
            reason=reason,
            detail=detail,
        )

    def _settle(self, done: list[Capture]) -> None:
        frontier.settle(self.work.engine, done, self.work.settings.recheck_ladder_s, self.validators)
