"""One newsroom and one real stack for all end-to-end tests, as a newcomer starts them: two processes, nothing patched."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import httpx
import psutil
import pytest

from cli.stack.api import Api
from common.settings import Settings

ROOT = Path(__file__).parents[2]
# What a busy two-core computer may need for one step; a step that needs it all has failed.
PATIENCE_S = 300.0
HOUSES = 10
T = TypeVar("T")


def free_ports(count: int) -> int:
    """First of so many free ports in a row."""
    for first in range(18_000, 30_000, count):
        probes = [socket.socket() for _ in range(count)]
        try:
            for number, probe in enumerate(probes):
                probe.bind(("127.0.0.1", first + number))
            return first
        except OSError:
            continue
        finally:
            for probe in probes:
                probe.close()
    raise AssertionError("no free ports")


class World:
    """The newsroom, the stack, and what can be asked of both."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        first = free_ports(HOUSES + 2)
        self.news_port, self.port = first, first + HOUSES + 1
        self.settings = Settings(_env_file=None, data_dir=self.data, outlets_dir=folder / "outlets")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "CONSILIENCE_"))}
        self.variables = clean | {
            "CONSILIENCE_DATA_DIR": str(self.data),
            "CONSILIENCE_OUTLETS_DIR": str(folder / "outlets"),
            "CONSILIENCE_AIRFLOW_PORT": str(self.port),
            "CONSILIENCE_ALLOW_NETWORKS": '["127.0.0.0/8"]',
            "CONSILIENCE_ALLOW_PORTS": "[]",
            "CONSILIENCE_INGEST_CRON": "* * * * *",
            "CONSILIENCE_RECHECK_CRON": "0 0 1 1 *",  # the tests start it by hand
            "CONSILIENCE_PUSH_CRON": "0 0 1 1 *",  # events wake it
            "CONSILIENCE_POLL_MAX_S": "1",  # the newsroom's clock jumps: every source in every slot
            "CONSILIENCE_RECHECK_LADDER_S": "[90, 172800]",
            "CONSILIENCE_HOST_DELAY_S": "0.02",
            "CONSILIENCE_OUTLETS_PER_GROUP": "5",
        }
        self.children: list[subprocess.Popen[bytes]] = []
        self.open = ExitStack()
        self.news = self.open.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{self.news_port}", timeout=30))

    def start(self) -> None:
        outlets = str(self.settings.outlets_dir)
        self._spawn("newsroom", sys.executable, "-m", "demo.newsroom", "--port", str(self.news_port), "--outlets", outlets)
        self.until(lambda: len(list(self.settings.outlets_dir.glob("*.yaml"))) == HOUSES, "the newsroom")
        self.began = time.monotonic()
        self.stack = self._spawn("up", *self.command("up"))
        self.until(lambda: "is ready" in self.log("up"), "the stack")
        self.ready_s = time.monotonic() - self.began
        self.credentials = json.loads((self.data / "airflow" / "credentials.json").read_text())
        self.api = self.open.enter_context(Api(self.credentials["url"], self.credentials["password"]))

    def command(self, *arguments: str) -> list[str]:
        return [str(Path(sys.executable).with_name("consilience")), *arguments]

    def run(self, *arguments: str) -> str:
        done = subprocess.run(self.command(*arguments), cwd=ROOT, env=self.variables, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _spawn(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("wb") as stream:
            child = subprocess.Popen(command, cwd=ROOT, env=self.variables, stdout=stream, stderr=subprocess.STDOUT, start_new_session=True)
        self.children.append(child)
        return child

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def until(self, look: Callable[[], T], what: str | Callable[[], str], pause_s: float = 0.5) -> T:
        deadline = time.monotonic() + PATIENCE_S
        while not (seen := look()):
            assert all(child.poll() is None for child in self.children), self.log("up")
            assert time.monotonic() < deadline, f"waited for {what if isinstance(what, str) else what()}"
            time.sleep(pause_s)
        return seen

    # the newsroom

    def truth(self) -> dict[str, Any]:
        return self.news.get("/__demo/truth").raise_for_status().json()

    def advance(self, minutes: int) -> None:
        self.news.post("/__demo/advance", params={"minutes": minutes}).raise_for_status()

    # the published warehouse, as a reader sees it

    def ask(self, query: str, values: list[str] | None = None) -> list[tuple[Any, ...]]:
        if not self.settings.published_file.exists():
            return []
        with duckdb.connect(str(self.settings.published_file.resolve()), read_only=True) as con:
            return con.execute(query, values or []).fetchall()

    def counts(self) -> tuple[int, ...]:
        tables = ("article", "article_version", "claim_mention")
        return tuple(self.ask(f"SELECT count(*) FROM core.{table}")[0][0] for table in tables)

    # Airflow

    def dag_runs(self, dag_id: str = "~") -> list[dict[str, Any]]:
        return list(self.api.pages(f"/dags/{dag_id}/dagRuns", "dag_runs"))

    def trigger(self, dag_id: str, **body: Any) -> dict[str, Any]:
        """Start a run by hand and wait until it has ended."""
        run_id = self.api.call("POST", f"/dags/{dag_id}/dagRuns", json={"logical_date": None, **body})["dag_run_id"]

        def ended() -> dict[str, Any] | None:
            run = self.api.call("GET", f"/dags/{dag_id}/dagRuns/{run_id}")
            return run if run["state"] in {"success", "failed"} else None

        return self.until(ended, f"{dag_id} {run_id}")

    def idle(self) -> bool:
        """Nothing runs or waits in Airflow, but for the slot of `ingest` that has just begun."""
        return not [run for run in self.dag_runs() if run["state"] in {"running", "queued"} and run["dag_id"] != "ingest"]

    def backfill(self, first: dt.date, last: dt.date, behaviour: str) -> dict[str, Any]:
        days = {"from_date": f"{first}T00:00:00Z", "to_date": f"{last}T00:00:00Z"}
        body = {"dag_id": "backfill", **days, "max_active_runs": 3, "reprocess_behavior": behaviour}
        made = self.api.call("POST", "/backfills", json=body)
        return self.until(lambda: (found := self.api.call("GET", f"/backfills/{made['id']}"))["completed_at"] and found, "the backfill")

    # processes

    def listening(self) -> set[str]:
        """Addresses on which the stack's processes listen; one that ends meanwhile has none."""
        found: set[str] = set()
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):
                found |= {known.laddr.ip for known in process.net_connections("tcp") if known.status == psutil.CONN_LISTEN}
        return found

    def memory(self) -> int:
        """Proportional set size of the whole stack, bytes; a process that ends meanwhile counts as none."""
        total = 0
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):
                total += process.memory_full_info().pss
        return total

    def processes(self) -> list[psutil.Process]:
        """Every living process that belongs to the stack, by data folder or environment."""
        found = []
        for process in psutil.process_iter():
            try:
                belongs = str(self.data) in " ".join(process.cmdline()) or process.environ().get("AIRFLOW_HOME", "").startswith(
                    str(self.data)
                )
                if belongs and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def end(self) -> None:
        for child in reversed(self.children):
            child.terminate()
            child.wait(timeout=60)
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.open.close()


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    folder = Path(tempfile.mkdtemp(prefix="cns-e2e-"))  # short: unix sockets
    made = World(folder)
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("terminated"))  # a test run that is cut off must not leave a stack behind
    try:
        made.start()
        yield made
    finally:
        made.end()
    if not os.environ.get("KEEP_E2E"):
        shutil.rmtree(folder)
