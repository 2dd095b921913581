"""The pool with real child processes: order, limits, deaths, no process left behind."""

from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from common.errors import Broken
from common.ids import key
from common.settings import Settings
from ingest.records import Capture, Hint, OutletProfile, Page
from transforms import pool, worker
from transforms.pipeline import Reading
from transforms.pool import Limits, read_pages, transform_pages
from transforms.records import Transformed

NOW = datetime(2024, 5, 6, tzinfo=UTC)
OUTLETS = {"x": OutletProfile(outlet_id="x", name="X", home="https://x.example/")}
TEXT = "The council voted on Monday night to keep the line open until the spring, the mayor said after the meeting. " * 3
# Takes about half a second of CPU, other extractors several: many small elements, just under the limit of tags.
HEAVY = ("<h1>Heavy</h1>" + ("<div><p>" + "A paragraph of some words, it is. " * 9 + "</p></div>") * 9_500).encode()
PYTHON = sys.executable
ONE = Limits(workers=1, min_words=10)


def page(number: int, body: bytes | None = None, outlet: str = "x") -> Page:
    url = f"https://x.example/{number}"
    html = f"<title>Story number {number}</title><h1>Story number {number}</h1><p>{TEXT}</p>".encode() if body is None else body
    hint, ident = Hint(source="feed"), key("capture", url)
    return Page(
        capture=Capture(
            capture_id=ident,
            batch_key="b",
            outlet_id=outlet,
            url=url,
            final_url=url,
            captured_at=NOW,
            first_seen_at=NOW,
            outcome="fetched",
            hint=hint,
        ),
        body=html,
    )


def outcome(made: Transformed) -> str:
    return made.version.headline if made.version else f"{made.rejection.reason}: {made.rejection.detail}" if made.rejection else "nothing"


def children() -> list[psutil.Process]:
    """Living workers of this process; one that ends while it is looked at is none."""
    found = []
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if "transforms.worker" in " ".join(child.cmdline()):
                found.append(child)
    return found


# The real worker around a reader without parsers: the body says what becomes of the page. It starts in a fraction of the time.
LIGHT = f"""#!{sys.executable}
import os, signal, sys
sys.argv = ["worker", *sys.argv[-2:]]
from transforms import pipeline, worker

def burn():
    while True:
        pass

FATES = {{
    b"hang": signal.pause, b"burn": burn, b"grow": lambda: bytes(1 << 33), b"exit": lambda: os._exit(3),
    b"crash": lambda: os.kill(os.getpid(), signal.SIGSEGV), b"chat": lambda: os.write(1, b"what a library prints"),
}}

def transform(page, outlet, *, min_words, recall=None, claims="rules"):
    FATES.get(page.body, list)()
    return pipeline.Transformed(rejection=pipeline.rejection(page.capture, "extract", "light", str(os.getpid()), "filtered"))

pipeline.transform = transform
worker.warm_up = str
worker.main()
"""


@pytest.fixture
def light(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    script = tmp_path / "light"
    script.write_text(LIGHT)
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    return script


def reasons(made: Iterable[Transformed]) -> list[str]:
    return [one.rejection.reason if one.rejection else "read" for one in made]


def test_every_page_has_its_answer_in_order() -> None:
    pages = (page(n, b"" if n % 3 == 0 else None) for n in range(20))
    made = list(transform_pages(pages, OUTLETS, Limits(workers=1, min_words=10)))
    assert [outcome(one).split(":")[0] for one in made] == ["page_rejected" if n % 3 == 0 else f"Story number {n}" for n in range(20)]
    assert made[1].version is not None
    assert children() == []


def test_no_pages_start_no_process() -> None:
    assert list(transform_pages([], OUTLETS, ONE)) == []
    assert children() == []


@pytest.mark.usefixtures("light")
def test_a_page_that_burns_cpu_is_stopped() -> None:
    (made,) = transform_pages([page(1, b"burn")], OUTLETS, Limits(workers=1, cpu_s=1, min_words=10))
    assert outcome(made) == "page_timeout: took more than 1 s of CPU"


def test_the_heaviest_page_is_read_within_the_usual_limits() -> None:
    (heavy,) = read_pages([page(1, HEAVY)], OUTLETS, ONE)
    assert heavy.page
    assert heavy.page.headline == "Heavy"


def test_a_page_that_needs_too_much_memory_is_stopped() -> None:
    (made,) = transform_pages([page(1, bytes(20_000_000))], OUTLETS, Limits(workers=1, memory_mb=100, min_words=10))
    assert outcome(made) == "page_memory: needed more than 100 MiB"


@pytest.mark.usefixtures("light")
@pytest.mark.parametrize(
    ("fate", "verdict"),
    [
        (b"hang", "page_timeout: took longer than 1 s"),
        (b"grow", "page_memory: needed more than 1024 MiB"),
        (b"exit", "page_rejected: broke its reader: exit status 3"),
        (b"crash", "page_rejected: broke its reader: SIGSEGV"),
    ],
)
def test_a_page_that_breaks_its_process_costs_only_itself(fate: bytes, verdict: str) -> None:
    made = list(transform_pages([page(1), page(2, fate), page(3)], OUTLETS, Limits(workers=1, wall_s=1, min_words=10)))
    assert reasons(made) == ["light", verdict.split(":", maxsplit=1)[0], "light"]
    assert outcome(made[1]) == verdict
    assert outcome(made[0]) != outcome(made[2]), "the third page needs a fresh process"
    rejection = made[1].rejection
    assert rejection
    assert (rejection.stage, rejection.disposition, rejection.capture_id) == ("extract", "quarantined", page(2).capture.capture_id)
    assert children() == []


@pytest.mark.usefixtures("light")
def test_the_order_is_kept_over_deaths_in_several_workers() -> None:
    fates = {3: b"crash", 4: b"exit", 11: b"crash", 18: b"exit"}
    made = list(transform_pages((page(n, fates.get(n)) for n in range(20)), OUTLETS, Limits(workers=2)))
    assert [one.rejection.url if one.rejection else "" for one in made] == [page(n).capture.url for n in range(20)]
    assert [n for n, reason in enumerate(reasons(made)) if reason == "page_rejected"] == sorted(fates)


@pytest.mark.usefixtures("light")
def test_what_a_library_prints_does_not_get_between_the_frames() -> None:
    assert reasons(transform_pages([page(1, b"chat"), page(2), page(3, b"chat")], OUTLETS, ONE)) == ["light"] * 3


@pytest.mark.usefixtures("light")
def test_a_worker_reads_many_pages() -> None:
    one = {outcome(made) for made in transform_pages((page(n) for n in range(9)), OUTLETS, ONE)}
    assert len(one) == 1


@pytest.mark.usefixtures("light")
def test_few_pages_are_held_at_once() -> None:
    drawn = count()
    results = transform_pages((page(next(drawn)) for _ in range(200)), OUTLETS, ONE)
    next(results)
    assert next(drawn) <= pool.HELD_PER_WORKER + 1
    results.close()  # type: ignore[attr-defined]
    assert children() == []


@pytest.mark.usefixtures("light")
def test_a_caller_that_goes_away_does_not_wait_for_a_hanging_page() -> None:
    results = transform_pages([page(1), page(2, b"hang"), page(3), page(4), page(5)], OUTLETS, Limits(workers=1, wall_s=300))
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert children() == []


@pytest.mark.usefixtures("light")
def test_a_worker_is_replaced_after_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "PAGES_PER_WORKER", 2)
    first, second, third = (outcome(made) for made in transform_pages((page(n) for n in range(3)), OUTLETS, ONE))
    assert first == second != third


def test_a_page_of_an_unknown_outlet_is_quarantined() -> None:
    made = list(transform_pages([page(1, outlet="gone")], OUTLETS, ONE))
    assert outcome(made[0]) == "outlet_unknown: there is no outlet gone"


@pytest.mark.usefixtures("light")
def test_a_fault_of_the_source_ends_the_workers_too() -> None:
    def pages() -> Iterator[Page]:
        yield from (page(n) for n in range(9))
        raise OSError("damaged WARC")

    with pytest.raises(OSError, match="damaged"):
        list(transform_pages(pages(), OUTLETS, ONE))
    assert children() == []


@pytest.mark.parametrize("program", ["/bin/false", "/bin/true", "/bin/echo"])
def test_workers_that_do_not_start_are_a_broken_installation(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(sys, "executable", program)
    with pytest.raises(Broken, match="does not start"):
        list(transform_pages([page(1)], OUTLETS, ONE))


def test_a_worker_that_never_gets_ready_is_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "asleep"
    script.write_text(f"#!{sys.executable}\nimport signal\nsignal.pause()\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    monkeypatch.setattr(pool, "START_S", 0.1)
    with pytest.raises(Broken, match="does not start"):
        list(transform_pages([page(1)], OUTLETS, ONE))
    assert children() == []


def test_workers_die_with_their_parent(tmp_path: Path, light: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        f"import sys\nsys.executable = {str(light)!r}\nfrom transforms.pool import Child, Limits\n"
        "child = Child(Limits())\nprint(child.process.pid, flush=True)\nsys.stdin.read()\n"
    )
    environment = os.environ | {"PYTHONPATH": str(pool.ROOT)}
    with subprocess.Popen([PYTHON, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout
        orphan = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    gone, alive = psutil.wait_procs([orphan], timeout=10)
    assert (len(gone), alive) == (1, [])


def test_limits_come_from_the_settings() -> None:
    chosen = Settings(page_workers=3, page_wall_s=4, page_cpu_s=5, page_memory_mb=600, min_words=7, claims="rules")
    assert Limits.from_settings(chosen) == Limits(workers=3, wall_s=4, cpu_s=5, memory_mb=600, min_words=7, claims="rules")


def test_frames() -> None:
    stream = io.BytesIO()
    for payload in (b"", b"abc", bytes(100_000)):
        worker.send(stream, payload)
    stream.seek(0)
    assert [worker.receive(stream) for _ in range(4)] == [b"", b"abc", bytes(100_000), None]
    assert worker.receive(io.BytesIO(b"\0\0\0\5abc")) is None
    assert worker.receive(io.BytesIO(b"\0\0")) is None


@given(st.lists(st.binary(max_size=300), max_size=6), st.integers(0, 2000))
def test_frames_come_back_and_a_cut_stream_gives_the_whole_ones_only(payloads: list[bytes], cut: int) -> None:
    stream = io.BytesIO()
    for payload in payloads:
        worker.send(stream, payload)
    whole = stream.getvalue()
    stream = io.BytesIO(whole[:cut])
    found = list(iter(lambda: worker.receive(stream), None))
    assert found == payloads[: len(found)]
    assert sum(len(payload) + worker.LENGTH.size for payload in found) <= cut
    assert len(found) == len(payloads) or cut < len(whole)


def jobs(*numbers: int, task: worker.Task = "transform", cut: int | None = None) -> io.BytesIO:
    stream = io.BytesIO()
    for number in numbers:
        job = worker.Job(capture=page(number).capture, outlet=OUTLETS["x"], task=task, min_words=10, cpu_s=1_000)
        for payload in (job.model_dump_json().encode(), page(number).body):
            worker.send(stream, payload)
    return io.BytesIO(stream.getvalue()[:cut])


def answers(source: io.BytesIO) -> list[bytes]:
    sink = io.BytesIO()
    worker.serve(source, sink)
    sink.seek(0)
    return list(iter(lambda: worker.receive(sink), None))


def test_a_worker_answers_jobs_until_its_input_ends() -> None:
    ready, *made = answers(jobs(1, 2, 3))
    assert ready == b""
    assert [outcome(Transformed.model_validate_json(one)) for one in made] == [f"Story number {n}" for n in (1, 2, 3)]


def test_a_worker_that_is_asked_to_read_only_reads() -> None:
    _, made = answers(jobs(7, task="read"))
    found = Reading.model_validate_json(made).page
    assert found
    assert found.headline == "Story number 7"


@pytest.mark.parametrize("cut", [0, 2, 4, 50, -1, -100])
def test_a_job_that_is_cut_is_not_begun(cut: int) -> None:
    assert answers(jobs(1, cut=cut)) == [b""]


@pytest.mark.parametrize("head", [b"", b"{}", b"no json", b'{"capture": 1}'])
def test_a_job_that_is_no_job_ends_the_worker(head: bytes) -> None:
    stream = io.BytesIO()
    worker.send(stream, head)
    worker.send(stream, b"body")
    stream.seek(0)
    with pytest.raises(ValidationError):
        worker.serve(stream, io.BytesIO())


def test_the_cpu_limit_counts_from_the_page_on() -> None:
    before = resource.getrlimit(resource.RLIMIT_CPU)
    used = resource.getrusage(resource.RUSAGE_SELF)
    try:
        worker.limit_cpu(5_000)
        soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, before)
    assert 5_000 <= soft - (used.ru_utime + used.ru_stime) <= 5_002
    assert hard == before[1]
