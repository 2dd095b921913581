"""`consilience up`: starts the parts in order, keeps them alive, ends them all."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from types import FrameType

from cli.stack import environment, migration, postgres, processes, record, restart, secrets
from cli.stack.api import Api
from common import logs
from common.errors import Broken, RetryLater
from common.settings import Settings

Say = Callable[[str], None]

# The scheduler comes last: it starts tasks at once, and a task that finds no API server fails.
EARLY = {"api-server": ["api-server"], "dag-processor": ["dag-processor"], "triggerer": ["triggerer", "--skip-serve-logs"]}
LATE = {"scheduler": ["scheduler", "--skip-serve-logs"]}
# All parts share this computer's disk, so nobody has to serve logs to another (--skip-serve-logs saves 270 MB).

POOL, POOL_SLOTS = "warehouse", 1
POOL_TEXT = "DuckDB takes one writing process at a time."

# Start-up takes 30-40 s on two idle cores; a computer that is ten times slower is in trouble.
READY_WITHIN_S = 420.0
LOOK_EVERY_S = 0.5
WATCH_EVERY_S = 1.0
# Together with AFTER_KILL_S twice and 2 s for PostgreSQL these stay below the promised 20 s.
GRACE_S, API_GRACE_S = 7.0, 3.0
# What a killed supervisor left has nothing to finish: its tasks can't report to anybody any more.
ORPHAN_GRACE_S = 3.0


class Supervisor:
    """One stack on one data folder; `run()` returns when it was told to stop and nothing of it is left."""

    def __init__(self, settings: Settings, say: Say) -> None:
        self.settings, self.say = settings, say
        self.home = settings.airflow_home.absolute()
        self.stack_id = uuid.uuid4().hex
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.deaths: dict[str, list[float]] = {}
        self.variables: dict[str, str] = {}
        self.heed_signals: Callable[[], None] = lambda: None
        self.record = record.Record(self.stack_id, "starting", environment.base_url(settings), processes.known("supervisor", os.getpid()))
        self.log = logs.get(stack=self.stack_id[:8])

    def run(self) -> None:
        """Start everything and watch it until SIGINT, SIGTERM or SIGHUP.

        Raises:
            Misconfigured: another stack runs here, the port is taken, the database is unusable.
            Broken: a component keeps dying, or the parts did not become healthy in time.
        """
        with stopping_on_signals() as self.heed_signals, record.lock(self.settings.data_dir):
            recover(self.settings, self.say)
            processes.require_port(self.settings.airflow_host, self.settings.airflow_port)
            kept = secrets.keep(self.home)
            sign_in = secrets.write_sign_in(self.home, kept, self.record.url)
            with postgres.databases(self.settings) as urls:
                self.say("database is running")
                self.variables = environment.local(
                    self.settings, kept, airflow_url=urls.airflow_url, state_url=urls.state_url, stack_id=self.stack_id
                )
                try:
                    self._note("starting")
                    self._start(urls.airflow_url, kept.password)
                    self.say(f"Airflow is ready: {self.record.url}  (sign in as {secrets.USER}, password in {sign_in})")
                    self._watch()
                finally:
                    self._end()

    def _note(self, phase: record.Phase) -> None:
        alive = ((name, child.pid) for name, child in self.children.items() if child.poll() is None)
        self.record = replace(self.record, phase=phase, components=tuple(processes.known(name, pid) for name, pid in alive))
        record.write(self.settings.data_dir, self.record)

    def _start(self, airflow_url: str, password: str) -> None:
        if migration.migrate(self.variables, airflow_url, self.home):
            self.say("database is migrated")
        self._spawn(EARLY)
        with Api(self.record.url, password) as api:
            self._until(lambda: bool(api.health()), "the API server to answer")
            self._spawn(LATE)
            self._until(lambda: set(api.health().values()) == {"healthy"}, "all four components to be healthy")
            api.create_pool(POOL, POOL_SLOTS, POOL_TEXT)
            self._unpause(api)
        self._note("ready")

    def _spawn(self, commands: dict[str, list[str]]) -> None:
        for name, arguments in commands.items():
            self.children[name] = processes.spawn(name, arguments, self.variables, self.home)
        self._note("starting")

    def _until(self, condition: Callable[[], bool], what: str) -> None:
        began = time.monotonic()
        while not condition():
            self.heed_signals()
            self._revive()
            if time.monotonic() - began > READY_WITHIN_S:
                raise Broken(f"waited {READY_WITHIN_S:.0f} s for {what}; see {self.home / 'logs'}.")
            time.sleep(LOOK_EVERY_S)
        self.say(f"waited for {what}: done")

    def _unpause(self, api: Api) -> None:
        """Unpause the DAGs that are new here; what a person has paused since stays paused. Consumers of assets go first."""
        wanted = {path.stem.removesuffix("_dag") for path in environment.DAGS.glob("*_dag.py")}
        broken: list[str] = []

        def all_read() -> bool:
            broken[:] = [error["filename"] for error in api.import_errors()]
            return wanted <= set(api.dags()) or bool(broken)

        self._until(all_read, "the DAGs to be read")
        for name in broken:
            self.say(f"DAG file {name} can't be read; the UI shows why")
        memory = self.home / "unpaused.json"
        before = set(json.loads(memory.read_text("utf-8"))) if memory.exists() else set()
        found = api.dags()
        for dag_id in sorted(set(found) - before, key=lambda name: ("Asset" not in str(found[name]["timetable_summary"]), name)):
            api.unpause(dag_id)
        secrets.write_private(memory, json.dumps(sorted(before | set(found))))

    def _watch(self) -> None:
        while True:
            time.sleep(WATCH_EVERY_S)
            self.heed_signals()
            if self._revive():
                self._note("ready")

    def _revive(self) -> bool:
        """Start again what has died; True when something had."""
        dead = [name for name, child in self.children.items() if child.poll() is not None]
        for name in dead:
            now, past = time.monotonic(), self.deaths.setdefault(name, [])
            past.append(now)
            wait = restart.wait_before(past, now)
            if wait is None:
                raise Broken(f"{name} keeps dying; see {self.home / 'logs' / (name + '.log')}.")
            self.log.warning("component_died", component=name, status=self.children[name].returncode, restart_in_s=wait)
            self.say(f"{name} died (status {self.children[name].returncode}); starting it again")
            time.sleep(wait)
            self.children[name] = processes.spawn(name, (EARLY | LATE)[name], self.variables, self.home)
        return bool(dead)

    def _end(self) -> None:
        """End all: first those who report to the API server, then it, then whatever still carries our mark."""
        self.say("ending")
        self._note("stopping")
        api = self.children.get("api-server")
        everybody = {process.pid: process for process in [*processes.family(self.record.components), *processes.marked(self.stack_id)]}
        processes.end((process for pid, process in everybody.items() if api is None or pid != api.pid), grace_s=GRACE_S)
        left = processes.end(processes.marked(self.stack_id), grace_s=API_GRACE_S)
        for child in self.children.values():
            with suppress(subprocess.TimeoutExpired):
                child.wait(timeout=0)
        if left:
            self.say(f"could not end {', '.join(str(process.pid) for process in left)}")
        else:
            record.forget(self.settings.data_dir)


def recover(settings: Settings, say: Say) -> None:
    """End what a killed supervisor has left behind; its PostgreSQL is taken over by the next one."""
    found = record.read(settings.data_dir)
    if found is None:
        return
    orphans = {process.pid: process for process in [*processes.family(found.components), *processes.marked(found.stack_id)]}
    if orphans:
        say(f"ending {len(orphans)} processes that an earlier stack has left behind")
        if processes.end(orphans.values(), grace_s=ORPHAN_GRACE_S):
            raise RetryLater("some processes of an earlier stack do not end; try again, or restart the computer.")
    record.forget(settings.data_dir)


@contextmanager
def stopping_on_signals() -> Iterator[Callable[[], None]]:
    """SIGINT, SIGTERM and SIGHUP raise KeyboardInterrupt once and end the block in silence; further ones do not disturb the ending.

    Python drops an exception that hits a destructor or a weak reference's callback: long steps call what is yielded, which raises again.
    """
    chosen = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    asked: list[int] = []

    def heed() -> None:
        if asked:
            raise KeyboardInterrupt

    def interrupt(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        for each in chosen:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {each: signal.signal(each, interrupt) for each in chosen}
    try:
        with suppress(KeyboardInterrupt):
            yield heed
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
