"""The real supervisor with real processes and a real PostgreSQL; only Airflow is played by `fake_airflow.py`."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from typing import Any

import psutil
import pytest

from cli.stack import record

# What the supervisor promises.
ENDED_WITHIN_S = 20.0


def calls(stack: Any) -> list[list[Any]]:
    return [json.loads(line) for line in (stack.home / "calls.jsonl").read_text("utf-8").splitlines()]


def end(stack: Any, child: subprocess.Popen[str], number: signal.Signals = signal.SIGTERM) -> str:
    began = time.monotonic()
    child.send_signal(number)
    output, _ = child.communicate(timeout=ENDED_WITHIN_S)
    assert time.monotonic() - began < ENDED_WITHIN_S
    assert child.returncode == 0
    assert stack.processes() == []
    assert record.read(stack.data) is None
    return output


def pid_of(stack: Any, name: str) -> int | None:
    found = record.read(stack.data)
    return next((each.pid for each in found.components if each.name == name), None) if found else None


def test_taken_port_names_holder_and_setting(stack: Any) -> None:
    with socket.create_server(("127.0.0.1", stack.port)):
        refused = subprocess.run(stack.command("up"), env=stack.variables, capture_output=True, text=True)
    assert refused.returncode != 0
    assert f"port {stack.port} is taken" in refused.stderr
    assert f"(process {os.getpid()})" in refused.stderr
    assert "CONSILIENCE_AIRFLOW_PORT" in refused.stderr
    assert not (stack.data / "postgres").exists()


def test_up_opens_in_order_and_ends_even_the_stubborn(stack: Any) -> None:
    stack.variables["STUBBORN"] = "1"
    child = stack.ready()
    del stack.variables["STUBBORN"]
    task = int((stack.home / "task.pid").read_text())
    credentials = json.loads((stack.home / "credentials.json").read_text())
    shown = subprocess.run(stack.command("status", "--json"), env=stack.variables, capture_output=True, text=True, check=True)
    output = end(stack, child, signal.SIGINT)

    assert credentials["url"] == f"http://127.0.0.1:{stack.port}"
    assert credentials["url"] in output
    assert str(stack.home / "credentials.json") in output
    assert credentials["password"] not in output
    assert not psutil.pid_exists(task)  # it had a group of its own and ignored TERM

    made = [call for call in calls(stack) if call[1] != "/auth/token"]
    assert all(len(alive) == 3 for *_, alive in made)  # nothing is opened before all are healthy
    assert made[0][:2] == ["POST", "/api/v2/pools"]
    assert json.loads(made[0][2]) | {"description": ""} == {"name": "warehouse", "slots": 1, "description": ""}
    unpaused = [path.rsplit("/", 1)[1] for method, path, *_ in made if method == "PATCH"]
    assert unpaused[0] == "transform"  # consumers of assets go first
    assert sorted(unpaused) == ["backfill", "ingest", "maintenance", "push", "recheck", "reprocess", "transform", "warehouse"]

    status = json.loads(shown.stdout)
    assert status["phase"] == "ready"
    assert {part["name"]: part["status"] for part in status["components"]} == dict.fromkeys(
        ("api-server", "scheduler", "dag-processor", "triggerer"), "healthy"
    )
    assert status["runs"] == {"ingest": {"success": 1}}


def test_next_up_reuses_the_data_and_leaves_pauses_alone(stack: Any) -> None:
    before = (stack.home / "secrets.json").read_text()
    child = stack.ready()
    first = pid_of(stack, "triggerer")
    assert first
    psutil.Process(first).kill()
    stack.wait_until(lambda: pid_of(stack, "triggerer") not in {first, None}, "a new triggerer")
    assert "triggerer died (status -9)" in end(stack, child, signal.SIGHUP)
    assert (stack.home / "secrets.json").read_text() == before
    assert (stack.home / "migrations").read_text() == "migrated\n"
    assert not [call for call in calls(stack) if call[0] == "PATCH"]


def test_second_up_beside_the_first_is_refused_and_down_ends_the_first(stack: Any) -> None:
    child = stack.ready()
    second = subprocess.run(stack.command("up"), env=stack.variables, capture_output=True, text=True)
    assert second.returncode != 0
    assert "already running" in second.stderr
    assert str(child.pid) in second.stderr
    down = subprocess.run(stack.command("down"), env=stack.variables, capture_output=True, text=True)
    assert (down.returncode, down.stdout.splitlines()[-1]) == (0, "everything has ended")
    child.wait(timeout=5)
    assert stack.processes() == []


def test_killed_supervisor_is_recovered_by_the_next_up(stack: Any) -> None:
    child = stack.ready()
    orphans = {process.pid for process in stack.processes()} - {child.pid}
    child.kill()
    child.wait()
    assert len([pid for pid in orphans if psutil.pid_exists(pid)]) >= 6  # four components, a task, PostgreSQL
    output = end(stack, stack.ready())
    assert "an earlier stack has left behind" in output
    assert not [pid for pid in orphans if psutil.pid_exists(pid)]


def test_down_ends_what_a_killed_supervisor_left(stack: Any) -> None:
    child = stack.ready()
    child.kill()
    child.wait()
    down = subprocess.run(stack.command("down"), env=stack.variables, capture_output=True, text=True)
    assert (down.returncode, down.stdout.splitlines()[-1]) == (0, "no stack is running")
    assert stack.processes() == []


def test_signal_while_starting_ends_everything(stack: Any) -> None:
    child = stack.up()
    stack.wait_until(lambda: pid_of(stack, "api-server"), "the first components")
    end(stack, child)


@pytest.mark.parametrize("command", ["status", "down"])
def test_without_a_stack(stack: Any, command: str) -> None:
    found = subprocess.run(stack.command(command), env=stack.variables, capture_output=True, text=True)
    assert found.returncode == 0
    assert {"status": "stack: down", "down": "no stack is running"}[command] in found.stdout
