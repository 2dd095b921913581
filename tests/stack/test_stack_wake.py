"""Waking a DAG, against a real HTTP server that answers as Airflow does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from cli.stack import record
from cli.stack.wake import wake
from common.settings import Settings


class Airflow(BaseHTTPRequestHandler):
    queued, asked = 0, list[tuple[str, Any]]()

    def reply(self, status: int, found: Any) -> None:
        body = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.reply(200, {"dag_runs": [], "total_entries": Airflow.queued})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/auth/token":
            self.reply(201 if body["password"] == "right" else 401, {"access_token": "good"})
        else:
            Airflow.asked.append((self.path, body))
            self.reply(200, {})

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """A data folder whose stack runs and has left its sign-in there."""
    Airflow.queued, Airflow.asked = 0, []
    found = Settings(_env_file=None, data_dir=tmp_path)
    found.airflow_home.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), Airflow) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        about = {"username": "admin", "password": "right", "url": f"http://127.0.0.1:{server.server_port}"}
        (found.airflow_home / "credentials.json").write_text(json.dumps(about))
        with record.lock(tmp_path):
            yield found
        server.shutdown()
        thread.join()


def test_a_run_is_asked_for(settings: Settings) -> None:
    assert wake(settings, "push")
    assert Airflow.asked == [("/api/v2/dags/push/dagRuns", {"logical_date": None})]


def test_a_run_that_waits_already_is_enough(settings: Settings) -> None:
    Airflow.queued = 1
    assert wake(settings, "push")
    assert Airflow.asked == []


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"url": "http://127.0.0.1:9", "password": "right"}', '{"url": "URL", "password": "wrong"}']
)
def test_trouble_is_left_to_the_next_slot(settings: Settings, content: str) -> None:
    path = settings.airflow_home / "credentials.json"
    path.write_text(content.replace("URL", json.loads(path.read_text())["url"]))
    assert not wake(settings, "push")
    assert Airflow.asked == []


def test_without_a_running_stack_nobody_is_asked(tmp_path: Path) -> None:
    alone = Settings(_env_file=None, data_dir=tmp_path)
    assert not wake(alone, "push")
    alone.airflow_home.mkdir()
    (alone.airflow_home / "credentials.json").write_text('{"url": "http://127.0.0.1:9", "password": "right"}')
    assert not wake(alone, "push")
