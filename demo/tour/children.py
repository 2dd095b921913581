"""The tour's child processes: started with logs, watched, and all ended with it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from common.errors import Broken, RetryLater

# `consilience up` promises to end within 20 s; the tour ends when its children have.
GRACE_S = 20.0
# Pause between two looks at whatever is waited for.
LOOK_EVERY_S = 1.0
# Lines of a log that explain a child's death.
TAIL_LINES = 6

T = TypeVar("T")


class Children:
    """A family of processes, each the leader of its own session, so that Ctrl-C reaches the tour alone and it ends them in order."""

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        self.logs, self.environment = logs, dict(environment)
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: list[str]) -> None:
        """Start a child; its output goes to `logs/NAME.log`, anew each time."""
        self.logs.mkdir(parents=True, exist_ok=True)
        with self.log(name).open("wb") as stream:
            self.running[name] = subprocess.Popen(
                command, env=self.environment, stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.STDOUT, start_new_session=True
            )

    def log(self, name: str) -> Path:
        """Where a child's output goes."""
        return self.logs / f"{name}.log"

    def check(self) -> None:
        """Raise `Broken` with the end of its log if a child has died."""
        for name, child in self.running.items():
            if child.poll() is not None:
                lines = self.log(name).read_text("utf-8", "replace").strip().splitlines()[-TAIL_LINES:]
                raise Broken(f"the {name} ended (status {child.returncode}):\n" + "\n".join(lines) + f"\nWhole log: {self.log(name)}")

    def wait(self, look: Callable[[], T | None], limit_s: float, why: Callable[[], str]) -> T:
        """Look until there is something.

        Raises:
            Broken: a child died meanwhile.
            RetryLater: nothing came within `limit_s` seconds; the message is `why()`.
        """
        end = time.monotonic() + limit_s
        while (seen := look()) is None:
            self.check()
            if time.monotonic() > end:
                raise RetryLater(f"{why()}\nWaited {limit_s:.0f} s. Logs: {self.logs}")
            time.sleep(LOOK_EVERY_S)
        return seen

    def end(self) -> list[str]:
        """End all, the youngest first asked; names of those that had to be killed."""
        for child in reversed(self.running.values()):
            child.terminate()
        deadline, killed = time.monotonic() + GRACE_S, []
        for name, child in self.running.items():
            try:
                child.wait(timeout=max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                killed.append(name)
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        return killed
