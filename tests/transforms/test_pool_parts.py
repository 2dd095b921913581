"""Parts of the pool without processes: verdicts, replacement, order and errors with children that are made up; the worker's frames."""

from __future__ import annotations

import gc
import io
import resource
import signal
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.records import Capture, Page, Recall
from tests.transforms.test_pool import OUTLETS, page
from transforms import pool, worker
from transforms.pipeline import Explained, Reading, rejection
from transforms.pool import Child, Limits, Pool, run, transform_pages
from transforms.records import Transformed

AT = datetime(2024, 5, 1, tzinfo=UTC)


class Made(Child):
    """A child without a process: its answers are given, None is its death with the status."""

    born = 0

    def __init__(self, answers: list[bytes | None], status: int = 0, *, overdue: bool = False) -> None:
        Made.born += 1
        self.answers, self.status, self.overdue, self.pages = answers, status, overdue, 0
        self.asked: list[tuple[bytes, ...] | None] = []
        self.stopped: list[float] = []
        self.process: Any = type("Process", (), {"kill": lambda _: None})()

    def within(self, seconds: float, frames: tuple[bytes, ...] | None) -> bytes | None:
        self.asked.append(frames)
        return self.answers.pop(0)

    def stop(self, *, grace_s: float = 0.0) -> int:
        self.stopped.append(grace_s)
        return self.status


def told(text: str) -> bytes:
    """An answer that carries a text."""
    return Transformed(rejection=rejection(page(1).capture, "extract", "light", text, "filtered")).model_dump_json().encode()


def pooled(monkeypatch: pytest.MonkeyPatch, *children: Made, workers: int = 1) -> Pool[Transformed]:
    """A pool whose children are these, in the order of their start."""
    waiting = list(children)
    monkeypatch.setattr(pool, "Child", lambda *_: waiting.pop(0))
    return Pool(OUTLETS, Limits(workers=workers, wall_s=7, cpu_s=5, memory_mb=600), "transform", Transformed)


def reason(made: Transformed) -> tuple[str, str | None]:
    assert made.rejection is not None
    return made.rejection.reason, made.rejection.detail


@pytest.mark.parametrize(
    ("status", "overdue", "expected"),
    [
        (-signal.SIGKILL, True, ("page_timeout", "took longer than 7 s")),
        (-signal.SIGXCPU, False, ("page_timeout", "took more than 5 s of CPU")),
        (worker.OUT_OF_MEMORY, False, ("page_memory", "needed more than 600 MiB")),
        (-signal.SIGKILL, False, ("page_rejected", "broke its reader: SIGKILL")),
        (-signal.SIGABRT, False, ("page_rejected", "broke its reader: SIGABRT")),
        (1, False, ("page_rejected", "broke its reader: exit status 1")),
        (0, False, ("page_rejected", "broke its reader: exit status 0")),
    ],
)
def test_every_death_has_its_verdict_and_costs_one_page(
    monkeypatch: pytest.MonkeyPatch, status: int, overdue: bool, expected: tuple[str, str]
) -> None:
    dead, next_one = Made([None], status, overdue=overdue), Made([told("second")])
    made = pooled(monkeypatch, dead, next_one)
    first, second = made.read(page(1)), made.read(page(2))
    assert (reason(first), reason(second)) == (expected, ("light", "second"))
    assert dead.stopped == [pool.EXIT_S], "a child that died is given time to say why"
    assert made.children == {next_one}


def test_a_child_gets_the_job_and_the_body_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    child = Made([told("a"), told("b")])
    made = pooled(monkeypatch, child)
    recall = Recall(learned_at=AT, prints=["abc"])
    made.read(page(1, b"\x00 body \xff"), recall)
    made.read(page(2))
    (head, body), (other, _) = (frames for frames in child.asked if frames)
    job = worker.Job.model_validate_json(head)
    assert (body, job.capture, job.outlet, job.recall) == (b"\x00 body \xff", page(1).capture, OUTLETS["x"], recall)
    assert (job.task, job.cpu_s, job.claims) == ("transform", 5, "rules")
    assert worker.Job.model_validate_json(other).recall is None


def test_an_unknown_outlet_starts_no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    made = pooled(monkeypatch)
    assert reason(made.read(page(1, outlet="gone")))[0] == "outlet_unknown"
    assert made.children == set()


def test_an_answer_of_no_sense_is_an_error_and_the_child_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    child = Made([b"no json", told("next")])
    made = pooled(monkeypatch, child)
    with pytest.raises(ValueError, match="JSON"):
        made.read(page(1))
    assert reason(made.read(page(2))) == ("light", "next")


def test_a_child_that_does_not_start_leaves_its_place_free(monkeypatch: pytest.MonkeyPatch) -> None:
    made = pooled(monkeypatch, Made([told("later")]))
    start = pool.Child
    monkeypatch.setattr(pool, "Child", lambda *_: (_ for _ in ()).throw(OSError("no processes left")))
    with pytest.raises(OSError, match="no processes left"):
        made.read(page(1))
    monkeypatch.setattr(pool, "Child", start)
    assert reason(made.read(page(2))) == ("light", "later")


@pytest.mark.parametrize("share", [1, 2, 3])
def test_each_child_reads_its_share(monkeypatch: pytest.MonkeyPatch, share: int) -> None:
    monkeypatch.setattr(pool, "PAGES_PER_WORKER", share)
    children = [Made([told(f"{number}") for _ in range(share)]) for number in range(6)]
    made = pooled(monkeypatch, *children)
    assert [reason(made.read(page(n)))[1] for n in range(6)] == [str(n // share) for n in range(6)]
    assert [len(child.stopped) for child in children[: 6 // share]] == [1] * (6 // share)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.booleans(), max_size=14), st.integers(1, 3))
def test_answers_come_in_the_order_of_the_pages_whoever_dies(deaths: list[bool], workers: int) -> None:
    class Reader(Pool[Transformed]):
        def read(self, page: Page, recall: Recall | None = None) -> Transformed:
            number = int(page.capture.url.rsplit("/", 1)[1])
            return Transformed(rejection=rejection(page.capture, "extract", "dead" if deaths[number] else "read", str(number)))

    made = list(run(Reader(OUTLETS, Limits(workers=workers), "transform", Transformed), (page(n) for n in range(len(deaths)))))
    assert [reason(one) for one in made] == [("dead" if is_dead else "read", str(n)) for n, is_dead in enumerate(deaths)]


def test_the_memory_is_asked_for_each_page_in_order_and_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(pool, "Child", lambda *_: Made([told("x")] * 5))

    def recalls(capture: Capture) -> Recall | None:
        asked.append(capture.url)
        return None

    made = transform_pages((page(n) for n in range(5)), OUTLETS, Limits(workers=1), recalls)
    assert asked == [], "nothing is done before the first answer is asked for"
    assert len(list(made)) == 5
    assert asked == [page(n).capture.url for n in range(5)]


def test_a_fault_of_the_memory_ends_the_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    child = Made([told("x")] * 9)
    monkeypatch.setattr(pool, "Child", lambda *_: child)

    def recalls(capture: Capture) -> Recall | None:
        if capture.url == page(6).capture.url:
            raise OSError("database gone")
        return None

    with pytest.raises(OSError, match="database gone"):
        list(transform_pages((page(n) for n in range(9)), OUTLETS, Limits(workers=1), recalls))
    assert child.stopped, "the child was ended"


def test_a_process_that_takes_no_bytes_is_dead_not_an_error() -> None:
    child = Child.__new__(Child)
    child.process = subprocess.Popen(["/bin/true"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child.process.wait()
    assert child.within(60, (b"head", bytes(1 << 20))) is None
    assert not child.overdue
    assert child.stop() == 0


# --- the worker ---


@pytest.mark.parametrize("size", [0, 1, 3, 4, 255, 256, 65_536])
def test_a_frame_is_its_length_and_its_bytes(size: int) -> None:
    stream = io.BytesIO()
    worker.send(stream, b"x" * size)
    assert stream.getvalue() == size.to_bytes(4, "big") + b"x" * size


@pytest.fixture
def unlimited() -> Iterator[None]:
    """What a worker changes of its process is put back."""
    before, threshold = resource.getrlimit(resource.RLIMIT_CPU), gc.get_threshold()
    yield
    resource.setrlimit(resource.RLIMIT_CPU, before)
    gc.set_threshold(*threshold)


@pytest.mark.usefixtures("unlimited")
@pytest.mark.parametrize(("task", "made"), [("transform", Transformed), ("read", Reading), ("explain", Explained)])
def test_each_task_has_answers_of_its_class(task: worker.Task, made: type[Transformed | Reading | Explained]) -> None:
    one = page(3)
    job = worker.Job(capture=one.capture, outlet=OUTLETS["x"], task=task, min_words=10, cpu_s=1_000)
    answer = worker.answer(job, one.body)
    assert made.model_validate_json(answer).model_dump_json().encode() == answer
    assert answer == worker.answer(job, one.body), "the same bytes give the same answer"


@pytest.mark.usefixtures("unlimited")
@pytest.mark.parametrize("task", ["transform", "read", "explain"])
def test_a_page_without_an_article_is_an_answer_too(task: worker.Task) -> None:
    one = page(3, b"")
    job = worker.Job(capture=one.capture, outlet=OUTLETS["x"], task=task, min_words=10, cpu_s=1_000)
    assert b"page_rejected" in worker.answer(job, one.body)


@pytest.mark.usefixtures("unlimited")
def test_the_fewest_words_are_the_job_s() -> None:
    one = page(3)
    few, many = (
        worker.answer(worker.Job(capture=one.capture, outlet=OUTLETS["x"], task="transform", min_words=words, cpu_s=1_000), one.body)
        for words in (10, 500)
    )
    assert Transformed.model_validate_json(few).version is not None
    rejected = Transformed.model_validate_json(many).rejection
    assert rejected is not None
    assert rejected.disposition == "filtered"
