"""`stack.json`: what a supervisor has started, so that another command, or the next supervisor, can find it; and its lock."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from cli.stack.secrets import write_private
from common.errors import Misconfigured

Phase = Literal["starting", "ready", "stopping"]


@dataclass(frozen=True)
class Known:
    """A process that outlives a name: the number alone may have been given to another one since."""

    name: str
    pid: int
    started: float = field(metadata={"unit": "seconds since the epoch"})


@dataclass(frozen=True)
class Record:
    """One stack: its mark, its supervisor, its components."""

    stack_id: str
    phase: Phase
    url: str
    supervisor: Known
    components: tuple[Known, ...] = ()


def path(data_dir: Path) -> Path:
    """Where the record of a data folder lies."""
    return data_dir / "stack.json"


def write(data_dir: Path, record: Record) -> None:
    """Replace the record in one step."""
    write_private(path(data_dir), json.dumps(asdict(record), indent=2))


def read(data_dir: Path) -> Record | None:
    """The record, or None where there is none or it can't be read (it is only a help to find processes again)."""
    try:
        found = json.loads(path(data_dir).read_text("utf-8"))
        components = tuple(Known(**each) for each in found.pop("components"))
        return Record(**found | {"supervisor": Known(**found["supervisor"]), "components": components})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def forget(data_dir: Path) -> None:
    """Remove the record: everything in it has ended."""
    path(data_dir).unlink(missing_ok=True)


@contextmanager
def lock(data_dir: Path) -> Iterator[None]:
    """Hold the data folder; the kernel lets go of it when this process ends, however it ends.

    Raises:
        Misconfigured: another supervisor holds it.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(data_dir / "stack.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            running = read(data_dir)
            who = f" ({running.url}, process {running.supervisor.pid})" if running else ""
            raise Misconfigured(f"a stack is already running on {data_dir}{who}; `consilience down` ends it.") from error
        yield
    finally:
        os.close(descriptor)


def is_held(data_dir: Path) -> bool:
    """Whether a supervisor lives."""
    if not data_dir.is_dir():
        return False
    try:
        with lock(data_dir):
            return False
    except Misconfigured:
        return True
