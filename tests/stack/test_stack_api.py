"""The client against a real HTTP server that answers as Airflow does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from cli.stack.api import PAGE, Api, statuses, tally
from common.errors import RetryLater

ITEMS = [{"dag_id": f"dag{number}", "state": "success"} for number in range(PAGE + 30)]


class Airflow(BaseHTTPRequestHandler):
    """Two pages of runs; a pool that exists; a password."""

    def reply(self, status: int, found: Any) -> None:
        body = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def body(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        if url.path == "/api/v2/monitor/health":
            self.reply(200, {"scheduler": {"status": "healthy"}, "triggerer": {"status": None}})
        elif self.headers.get("Authorization") != "Bearer good":
            self.reply(401, {})
        elif url.path == "/api/v2/dags/~/dagRuns" and "updated_at_gte" in query:
            start = int(query["offset"][0])
            self.reply(200, {"dag_runs": ITEMS[start : start + int(query["limit"][0])], "total_entries": len(ITEMS)})
        else:
            self.reply(500, {"detail": "broken"})

    def do_POST(self) -> None:
        body = self.body()
        if self.path == "/auth/token":
            self.reply(201 if body["password"] == "right" else 401, {"access_token": "good"})
        else:
            self.reply(409, {})

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Airflow) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_health_needs_no_password_and_knows_silence(url: str) -> None:
    with Api(url, "wrong") as api:
        assert api.health() == {"metadatabase": "unhealthy", "scheduler": "healthy", "dag_processor": "unhealthy", "triggerer": "unhealthy"}
    with Api("http://127.0.0.1:1", "x") as api:
        assert api.health() == {}


def test_runs_are_counted_over_all_pages(url: str) -> None:
    with Api(url, "right") as api:
        counted = api.runs_since(datetime(2026, 1, 1, tzinfo=UTC))
    assert len(counted) == len(ITEMS)
    assert set(map(str, counted.values())) == {"{'success': 1}"}


def test_a_pool_that_exists_is_fine_and_other_errors_are_told(url: str) -> None:
    with Api(url, "right") as api:
        api.create_pool("warehouse", 1, "why")
        with pytest.raises(RetryLater, match="answered 500 to GET /importErrors"):
            api.import_errors()
        with pytest.raises(RetryLater, match="answered 409"):
            api.call("POST", "/pools", json={})


def test_sign_in_refused_or_nobody_there(url: str) -> None:
    with Api(url, "wrong") as api, pytest.raises(RetryLater, match="refused the sign-in: 401"):
        api.dags()
    with Api("http://127.0.0.1:1", "x") as api, pytest.raises(RetryLater, match="does not answer"):
        api.dags()


def test_statuses_and_tally() -> None:
    assert set(statuses({}).values()) == {"unhealthy"}
    assert tally(iter([("b", "running"), ("a", "success"), ("b", "failed"), ("b", "running")])) == {
        "a": {"success": 1},
        "b": {"failed": 1, "running": 2},
    }
