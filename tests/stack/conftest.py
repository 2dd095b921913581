from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]
# Waiting for real processes on a busy computer; a test that needs it all has failed.
PATIENCE_S = 60.0


def wait_until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"waited for {what}"
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def short_dir() -> Iterator[Path]:
    """Unix sockets take 107 characters; pytest's own folders can be longer."""
    folder = Path(tempfile.mkdtemp(prefix="cns"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


class Stack:
    """`consilience up` as a process of its own, with the stand-in for Airflow."""

    def __init__(self, data: Path, port: int) -> None:
        self.data, self.port = data, port
        self.home = data / "airflow"
        (self.home / "airflow").mkdir(parents=True)
        (self.home / "airflow" / "__init__.py").touch()
        shutil.copy(Path(__file__).with_name("fake_airflow.py"), self.home / "airflow" / "__main__.py")
        self.started: list[subprocess.Popen[str]] = []
        self.variables = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("CONSILIENCE_", "AIRFLOW"))},
            "CONSILIENCE_DATA_DIR": str(data),
            "CONSILIENCE_OUTLETS_DIR": str(data / "outlets"),
            "CONSILIENCE_AIRFLOW_PORT": str(port),
        }

    def command(self, *arguments: str) -> list[str]:
        script = "import typer; from cli.stack import register; a = typer.Typer(pretty_exceptions_enable=False); register(a); a()"
        return [sys.executable, "-c", script, *arguments]

    def up(self) -> subprocess.Popen[str]:
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "start_new_session": True}
        child = subprocess.Popen(self.command("up"), cwd=ROOT, env=self.variables, **options)
        self.started.append(child)
        return child

    def ready(self) -> subprocess.Popen[str]:
        child = self.up()
        wait_until(lambda: self.phase_of(child.pid) == "ready" or child.poll() is not None, "the stack to be ready")
        assert child.poll() is None, child.stdout and child.stdout.read()
        return child

    def wait_until(self, condition: Callable[[], object], what: str) -> None:
        wait_until(condition, what)

    def phase_of(self, supervisor: int) -> str | None:
        from cli.stack import record

        found = record.read(self.data)
        return found.phase if found and found.supervisor.pid == supervisor else None

    def processes(self) -> list[psutil.Process]:
        """Whoever mentions the data folder: components, their children, PostgreSQL."""
        found = []
        for process in psutil.process_iter(["cmdline", "pid"]):
            try:
                mentions = str(self.data) in " ".join(process.cmdline()) or process.environ().get("AIRFLOW_HOME") == str(self.home)
            except psutil.Error:
                continue
            if mentions and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        return found

    def clean(self) -> None:
        while self.started:
            child = self.started.pop()
            child.kill()
            child.wait()
            assert child.stdout
            child.stdout.close()
        for process in self.processes():
            process.kill()
        (self.home / "calls.jsonl").unlink(missing_ok=True)


@pytest.fixture(scope="module")
def data_of_a_stack(short_dir: Path) -> Stack:
    """One data folder for all tests of a module: making a PostgreSQL anew takes the longest, and using one again is the rule."""
    return Stack(short_dir / "data", free_port())


@pytest.fixture
def stack(data_of_a_stack: Stack) -> Iterator[Stack]:
    yield data_of_a_stack
    data_of_a_stack.clean()


@pytest.fixture
def sleeper() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts processes that sleep; `ignoring=True` makes one that only KILL ends."""
    started: list[subprocess.Popen[str]] = []

    def start(environment: dict[str, str] | None = None, *, ignoring: bool = False, fork: bool = False) -> subprocess.Popen[str]:
        script = "import os, signal, time\n"
        script += "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" if ignoring else ""
        script += "child = os.fork()\nif child == 0: os.setsid()\n" if fork else ""
        script += "print(os.getpid(), flush=True)\ntime.sleep(600)"
        variables = {**os.environ, **(environment or {})}
        child = subprocess.Popen([sys.executable, "-c", script], env=variables, stdout=subprocess.PIPE, text=True)
        started.append(child)
        assert child.stdout
        for _ in range(2 if fork else 1):
            child.stdout.readline()
        return child

    yield start
    for child in started:
        for process in [*psutil.Process(child.pid).children(recursive=True)] if child.poll() is None else []:
            process.send_signal(signal.SIGKILL)
        child.kill()
        child.wait()
        assert child.stdout
        child.stdout.close()
