"""Reads pages in child processes with limits; a page that crashes, hangs or eats its process costs only itself.

Children are started with subprocess, never forked from here: the caller may be a forked Airflow task with threads and locks of its own.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Timer
from typing import Generic, TypeVar

from common import logs
from common.errors import Broken
from common.settings import Settings
from ingest.records import Capture, OutletProfile, Page, Recall
from transforms.pipeline import Explained, Reading, rejection
from transforms.records import ClaimsMethod, Transformed
from transforms.worker import OUT_OF_MEMORY, Job, Task, receive, send

# Pages that are held at once for each worker: enough to keep it busy behind a slow page; a page may be 10 MiB.
HELD_PER_WORKER = 4
# A worker is replaced after so many pages, so that what libraries cache and leak stays small against its memory limit.
PAGES_PER_WORKER = 300
# A worker whose pipe has closed is given so long to end by itself, so that its own exit status tells why.
EXIT_S = 5.0
# Loading the libraries takes 1-3 s; a machine that needs longer than this is broken or overloaded beyond use.
START_S = 120.0
# Numerical libraries reserve address space for every thread, and pages are read by one.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
Made = TypeVar("Made", Transformed, Reading, Explained)
Recalls = Callable[[Capture], Recall | None]
ROOT = Path(__file__).resolve().parents[1]


def nothing(_capture: Capture) -> Recall | None:
    """No memory."""
    return None


@dataclass(frozen=True)
class Limits:
    """What a page may cost before it is quarantined."""

    workers: int = 2
    wall_s: float = 20.0
    cpu_s: int = 15
    memory_mb: int = 1024
    min_words: int = 40
    claims: ClaimsMethod = "rules"

    @classmethod
    def from_settings(cls, settings: Settings) -> Limits:
        """The limits of CONSILIENCE_PAGE_* and CONSILIENCE_MIN_WORDS, and how CONSILIENCE_CLAIMS are found."""
        s = settings
        return cls(s.page_workers, s.page_wall_s, s.page_cpu_s, s.page_memory_mb, s.min_words, s.claims)


class Child:
    """One worker process and the pipe to it."""

    def __init__(self, limits: Limits, task: Task = "transform") -> None:
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "transforms.worker", str(limits.memory_mb), task],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | ONE_THREAD | {"PYTHONPATH": path},
        )
        self.pages = 0
        self.overdue = False
        if self.within(START_S, None) is None:
            self.stop()
            raise Broken("the page reader does not start; run `python -m transforms.worker 1024` to see why")

    def within(self, seconds: float, frames: tuple[bytes, ...] | None) -> bytes | None:
        """Send frames and wait for the answer; the process is killed when the time is over. None: it is dead."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.overdue = False
        timer = Timer(seconds, self.expire)
        timer.daemon = True
        timer.start()
        try:
            for frame in frames or ():
                send(self.process.stdin, frame)
            return receive(self.process.stdout)
        except OSError:
            return None
        finally:
            timer.cancel()

    def expire(self) -> None:
        """The time of a page is over."""
        self.overdue = True
        self.process.kill()

    def stop(self, *, grace_s: float = 0.0) -> int:
        """End the process; its exit status, negative for a signal."""
        try:
            status = self.process.wait(grace_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            with suppress(OSError):  # bytes that a dead child did not take
                if stream:
                    stream.close()
        return status


class Pool(Generic[Made]):
    """Workers that are idle, and what happens to a page; `made` is the class of the answers to `task`."""

    def __init__(self, outlets: Mapping[str, OutletProfile], limits: Limits, task: Task, made: type[Made]) -> None:
        self.outlets = outlets
        self.limits = limits
        self.task: Task = task
        self.made: type[Made] = made
        self.idle: SimpleQueue[Child | None] = SimpleQueue()
        self.children: set[Child] = set()
        for _ in range(limits.workers):
            self.idle.put(None)

    def read(self, page: Page, recall: Recall | None = None) -> Made:
        """One page to its record, or to a rejection that says what became of its process."""
        capture = page.capture
        outlet = self.outlets.get(capture.outlet_id)
        if outlet is None:
            return self.made(rejection=rejection(capture, "extract", "outlet_unknown", f"there is no outlet {capture.outlet_id}"))
        limits = self.limits
        job = Job(
            capture=capture,
            outlet=outlet,
            task=self.task,
            min_words=limits.min_words,
            cpu_s=limits.cpu_s,
            claims=limits.claims,
            recall=recall,
        )
        child = self.idle.get()
        try:
            child = child or self.start()
            answer = child.within(self.limits.wall_s, (job.model_dump_json().encode(), page.body))
            if answer is not None:
                child = self.used(child)
                return self.made.model_validate_json(answer)
            reason, detail = self.verdict(child)
            child = None
        finally:
            self.idle.put(child)
        logs.get(outlet=outlet.outlet_id).warning("page reader died", url=capture.url, reason=reason, detail=detail)
        return self.made(rejection=rejection(capture, "extract", reason, detail))

    def start(self) -> Child:
        """A fresh worker."""
        child = Child(self.limits, self.task)
        self.children.add(child)
        return child

    def used(self, child: Child) -> Child | None:
        """The worker, unless it has read its share of pages."""
        child.pages += 1
        if child.pages < PAGES_PER_WORKER:
            return child
        self.retire(child)
        return None

    def retire(self, child: Child, *, grace_s: float = 0.0) -> int:
        """End a worker."""
        self.children.discard(child)
        return child.stop(grace_s=grace_s)

    def verdict(self, child: Child) -> tuple[str, str]:
        """(reason, detail) of a worker's death."""
        status = self.retire(child, grace_s=EXIT_S)
        if child.overdue:
            return "page_timeout", f"took longer than {self.limits.wall_s:g} s"
        if status == -signal.SIGXCPU:
            return "page_timeout", f"took more than {self.limits.cpu_s} s of CPU"
        if status == OUT_OF_MEMORY:
            return "page_memory", f"needed more than {self.limits.memory_mb} MiB"
        name = signal.Signals(-status).name if status < 0 else f"exit status {status}"
        return "page_rejected", f"broke its reader: {name}"

    def close(self) -> None:
        """End every worker, also those that are reading."""
        for child in list(self.children):
            child.process.kill()
            self.retire(child)


def transform_pages(
    pages: Iterable[Page], outlets: Mapping[str, OutletProfile], limits: Limits, recalls: Recalls = nothing
) -> Iterator[Transformed]:
    """Records and rejections, one a page, in the order of the pages; few pages are held at once.

    `recalls` gives what was remembered of a page's outlet when it was first seen; it is asked in the caller's thread.

    Raises:
        Broken: a worker can't be started at all.
    """
    return run(Pool(outlets, limits, "transform", Transformed), pages, recalls)


def read_pages(pages: Iterable[Page], outlets: Mapping[str, OutletProfile], limits: Limits) -> Iterator[Reading]:
    """The same for extraction alone."""
    return run(Pool(outlets, limits, "read", Reading), pages)


def run(pool: Pool[Made], pages: Iterable[Page], recalls: Recalls = nothing) -> Iterator[Made]:
    """Feed the pool, keep the order, leave no process behind."""
    held: deque[Future[Made]] = deque()
    threads = ThreadPoolExecutor(pool.limits.workers, thread_name_prefix="pages")
    try:
        for page in pages:
            held.append(threads.submit(pool.read, page, recalls(page.capture)))
            if len(held) >= HELD_PER_WORKER * pool.limits.workers:
                yield held.popleft().result()
        while held:
            yield held.popleft().result()
    finally:
        for future in held:
            future.cancel()
        pool.close()
        threads.shutdown()
