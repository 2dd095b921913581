"""A process that reads pages one after the other; `transforms.pool` starts it, limits it and survives it.

Protocol, on stdin and stdout: frames of a four-byte big-endian length and so many bytes. A job is two frames (Job as JSON, the body
as it is), an answer one (Transformed or Reading as JSON). The first frame of a worker is empty and says that it is ready. End of input
ends the worker.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import resource
import signal
import struct
import sys
from typing import IO, BinaryIO, Literal

from common import logs
from ingest.records import Capture, Model, OutletProfile, Page, Recall
from transforms.records import ClaimsMethod

LENGTH = struct.Struct(">I")
# Exit status of a worker that ran out of memory and can't be trusted with another page.
OUT_OF_MEMORY = 70
# Linux prctl(2): signal that a process gets when its parent dies.
PR_SET_PDEATHSIG = 1
# A page that leads through every library: no metadata, so that its date has to be searched for.
WARM_URL = "https://consilience.invalid/"
WARM_TEXT = "A page that is read by nobody else, said its author. " * 9
WARM_PAGE = f"<link rel=canonical href={WARM_URL}><h1>Warm up</h1><p>1 May 2020</p><p>{WARM_TEXT}</p>".encode()
# Objects between collections: a page makes some 20 000 that no collection frees, and looking at them costs a twentieth of its time.
COLLECTED = (50_000, 10, 10)
# transform: the whole record; read: extraction alone; explain: extraction with the reasons.
Task = Literal["transform", "read", "explain"]


class Job(Model):
    """What a worker needs besides the body."""

    capture: Capture
    outlet: OutletProfile
    task: Task
    min_words: int
    cpu_s: int
    claims: ClaimsMethod = "rules"
    recall: Recall | None = None


def send(stream: IO[bytes], payload: bytes) -> None:
    """Write one frame."""
    stream.write(LENGTH.pack(len(payload)))
    stream.write(payload)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes | None:
    """Read one frame; None at the end of input, also in the middle of a frame."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    size = LENGTH.unpack(head)[0]
    payload = stream.read(size)
    return payload if len(payload) == size else None


def die_with_parent() -> None:
    """Ask the kernel (Linux) to kill this process when its parent dies; elsewhere the end of input does, at the next page."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def limit_memory(megabytes: int) -> None:
    """Bound the address space."""
    size = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size, size))


def limit_cpu(seconds: int) -> None:
    """Let the kernel kill this process `seconds` of CPU from now (RLIMIT_CPU counts from its start)."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime) + 1 + seconds, hard))


def warm_up(task: Task) -> None:
    """Load what a first page would otherwise pay for out of its own limits."""
    import trafilatura  # noqa: F401 one page in twenty-five asks it

    from transforms.extract import extract

    if task == "transform":
        import transforms.claims  # noqa: F401
    extract(WARM_PAGE, WARM_URL)


def answer(job: Job, body: bytes) -> bytes:
    """Read one page under its CPU limit."""
    from transforms import pipeline

    limit_cpu(job.cpu_s)
    page = Page(capture=job.capture, body=body)
    if job.task == "transform":
        made = pipeline.transform(page, job.outlet, min_words=job.min_words, claims=job.claims, recall=job.recall)
        return made.model_dump_json().encode()
    read = pipeline.read if job.task == "read" else pipeline.explain
    return read(page, job.outlet, job.recall).model_dump_json().encode()


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Answer jobs until the input ends."""
    send(sink, b"")
    while (head := receive(source)) is not None and (body := receive(source)) is not None:
        send(sink, answer(Job.model_validate_json(head), body))


def main() -> None:
    """Entry point: `python -m transforms.worker MEGABYTES TASK`."""
    die_with_parent()
    faulthandler.enable()
    logs.configure()
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the frames
    try:
        warm_up("read" if sys.argv[2:] == ["read"] else "transform")
        limit_memory(int(sys.argv[1]))
        gc.freeze()
        gc.set_threshold(*COLLECTED)
        serve(sys.stdin.buffer, sink)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except (BrokenPipeError, KeyboardInterrupt):
        os._exit(0)


if __name__ == "__main__":
    main()
