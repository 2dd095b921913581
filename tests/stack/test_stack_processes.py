from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.stack import processes, record, restart
from cli.stack.environment import MARK
from common.errors import Misconfigured

Sleeper = Callable[..., subprocess.Popen[str]]


def test_a_number_that_was_given_anew_is_not_taken_for_the_old_process(sleeper: Sleeper) -> None:
    child = sleeper()
    who = processes.known("x", child.pid)
    found = processes.find(who)
    assert found
    assert found.pid == child.pid
    assert processes.find(replace(who, started=who.started - 60)) is None
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert processes.find(who) is None  # a zombie has ended
    child.wait()
    assert processes.find(who) is None


def test_family_has_descendants_and_marked_finds_orphans(sleeper: Sleeper) -> None:
    child = sleeper({MARK: "test-stack"}, fork=True)
    who = processes.known("x", child.pid)
    pids = {process.pid for process in processes.family([who])}
    assert len(pids) == 2
    assert {process.pid for process in processes.marked("test-stack")} == pids
    child.kill()
    child.wait()
    assert processes.family([who]) == []
    (orphan,) = processes.marked("test-stack")
    assert orphan.pid in pids
    assert processes.marked("another") == []
    assert processes.end([orphan], grace_s=5) == []


def test_end_asks_first_and_kills_the_stubborn_in_time(sleeper: Sleeper) -> None:
    polite, stubborn = sleeper(), sleeper(ignoring=True)
    began = time.monotonic()
    asked = [psutil.Process(polite.pid), psutil.Process(stubborn.pid)]
    assert processes.end(asked, grace_s=3) == []
    assert 3 <= time.monotonic() - began < 3 + processes.AFTER_KILL_S
    assert [process.wait() for process in asked] == [-15, -9]


def test_spawned_process_leads_its_session_and_writes_its_log(tmp_path: Path) -> None:
    (tmp_path / "airflow").mkdir()
    (tmp_path / "airflow" / "__init__.py").touch()
    (tmp_path / "airflow" / "__main__.py").write_text("import os, sys; print(os.getsid(0) == os.getpid(), sys.argv[1:], os.environ['X'])")
    log = tmp_path / "logs" / "part.log"
    log.parent.mkdir()
    log.write_bytes(b"x" * (processes.LOG_BYTES + 1))
    assert processes.spawn("part", ["a", "b"], {"X": "y"}, tmp_path).wait() == 0
    assert log.read_text() == "True ['a', 'b'] y\n"
    assert log.with_suffix(".log.1").stat().st_size > processes.LOG_BYTES


def test_a_free_port_is_fine_and_a_taken_one_names_its_holder() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(Misconfigured, match=rf"port {port} is taken by .+ \(process {os.getpid()}\).+CONSILIENCE_AIRFLOW_PORT"):
            processes.require_port("127.0.0.1", port)
    processes.require_port("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_told() -> None:
    with pytest.raises(Misconfigured, match="CONSILIENCE_AIRFLOW_HOST"):
        processes.require_port("192.0.2.1", 8080)  # RFC 5737: never anybody's


def test_record_survives_a_round_trip(tmp_path: Path) -> None:
    me = processes.known("supervisor", os.getpid())
    made = record.Record("id", "ready", "http://x", me, (me, replace(me, name="scheduler")))
    record.write(tmp_path, made)
    assert record.read(tmp_path) == made
    record.forget(tmp_path)
    record.forget(tmp_path)
    assert record.read(tmp_path) is None


@pytest.mark.parametrize("damage", ["", "[]", "{}", '{"components": [{"pid": 1}]}', '{"components": [], "supervisor": null}'])
def test_a_damaged_record_is_none(tmp_path: Path, damage: str) -> None:
    record.path(tmp_path).write_text(damage)
    assert record.read(tmp_path) is None


def test_lock_is_held_once_and_falls_with_its_process(tmp_path: Path) -> None:
    assert not record.is_held(tmp_path / "nowhere")
    script = "import sys, time; from pathlib import Path; from cli.stack import record\n"
    script += "with record.lock(Path(sys.argv[1])): print('held', flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        other.stdout.readline()
        assert record.is_held(tmp_path)
        owner = record.Known("supervisor", 7, 0.0)
        record.write(tmp_path, record.Record("id", "ready", "http://x", owner))
        with pytest.raises(Misconfigured, match=r"already running on .+ \(http://x, process 7\)"), record.lock(tmp_path):
            pass
        other.kill()
    assert not record.is_held(tmp_path)
    with record.lock(tmp_path):
        pass


@given(st.lists(st.floats(0, 10_000), min_size=1, max_size=30))
def test_restart_waits_longer_each_time_and_gives_up(deaths: list[float]) -> None:
    deaths.sort()
    now = deaths[-1]
    recent = [death for death in deaths if now - death <= restart.WINDOW_S]
    wait = restart.wait_before(deaths, now)
    if len(recent) > restart.MOST_DEATHS:
        assert wait is None
    else:
        assert wait is not None
        assert restart.FIRST_WAIT_S <= wait <= 16
        assert wait == restart.wait_before(recent, now)
