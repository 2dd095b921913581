from __future__ import annotations

import http.server
import io
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cli import fetch as module
from common import ids
from common.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = {
    "/a": (200, "text/html; charset=iso-8859-1", "<p>caf\xe9".encode("cp1252")),
    "/gone": (410, "text/html", b""),
    "/pdf": (200, "text/html", b"%PDF-1.7"),
}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        status, kind, body = PAGES.get(self.path, (404, "text/html", b""))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def base():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def open_settings():
    return Settings(_env_file=None, allow_networks=["127.0.0.0/8"], allow_ports=[], fetch_deadline_s=2)


def filtered(settings, *lines):
    out = io.StringIO()
    module.run(settings, lines, out.write)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_page_with_its_text(base, open_settings):
    (one,) = filtered(open_settings, json.dumps({"id": 7, "url": f"{base}/a"}))
    body = PAGES["/a"][2]
    assert one.pop("seconds") >= 0
    assert one == {
        "id": 7,
        "status": "ok",
        "error_class": "",
        "bytes": len(body),
        "final_url": f"{base}/a",
        "sha256": ids.sha256(body),
        "text": "<p>café",
    }


@pytest.mark.parametrize(
    ("path", "status", "error_class"), [("/gone", "error", "gone"), ("/pdf", "rejected", "fetch_refused"), ("/none", "error", "gone")]
)
def test_what_is_no_page_is_told(base, open_settings, path, status, error_class):
    (one,) = filtered(open_settings, json.dumps({"id": "x", "url": base + path}))
    assert (one["status"], one["error_class"], one["id"], one["bytes"]) == (status, error_class, "x", 0)


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "file:///etc/passwd", "http://[::1]:80/", "words", ""])
def test_addresses_that_are_not_fetched(url):
    (one,) = filtered(Settings(_env_file=None), json.dumps({"id": 1, "url": url}))
    assert (one["status"], one["error_class"]) == ("rejected", "fetch_refused")


@pytest.mark.parametrize("line", ["{", "[]", '"x"', "{}", "null", '{"id": 3}'])
def test_a_bad_line_gives_an_error_and_not_a_stop(base, open_settings, line):
    bad, good = filtered(open_settings, line, json.dumps({"id": 2, "url": f"{base}/a"}))
    assert "error" in bad
    assert good["status"] == "ok"


def test_a_page_that_breaks_the_reader_gives_an_error_and_not_a_stop(base, open_settings, monkeypatch):
    def breaks(*_):
        raise LookupError("no such codec")

    monkeypatch.setattr("transforms.extract.decode.decode", breaks)
    (one,) = filtered(open_settings, json.dumps({"id": 2, "url": f"{base}/a"}))
    assert (one["status"], one["error_class"], one["error"]) == ("error", "uncaught:LookupError", "no such codec")


def test_empty_lines_are_passed_over(open_settings):
    assert filtered(open_settings, "\n", "  ") == []


def test_the_command_reads_the_deadline_of_the_caller(base, monkeypatch):
    monkeypatch.setenv("CONSILIENCE_ALLOW_NETWORKS", '["127.0.0.0/8"]')
    monkeypatch.setenv("CONSILIENCE_ALLOW_PORTS", "[]")
    monkeypatch.setenv("BENCH_DEADLINE_S", "3")
    seen = []
    inner = module.answer_line
    monkeypatch.setattr(module, "answer_line", lambda settings, line: seen.append(settings.fetch_deadline_s) or inner(settings, line))
    app = typer.Typer()
    app.callback()(lambda: None)
    module.register(app)
    result = CliRunner().invoke(app, ["fetch"], input=json.dumps({"id": 1, "url": f"{base}/a"}) + "\n")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["status"] == "ok"
    assert seen == [pytest.approx(2.7)]


def test_it_runs_as_a_module(base):
    lines = "".join(json.dumps({"id": n, "url": f"{base}/a"}) + "\n" for n in range(2))
    allowed = {"CONSILIENCE_ALLOW_NETWORKS": '["127.0.0.0/8"]', "CONSILIENCE_ALLOW_PORTS": "[]"}
    done = subprocess.run(
        [sys.executable, "-m", "cli.fetch"], input=lines, capture_output=True, text=True, timeout=60, cwd=ROOT, env=os.environ | allowed
    )
    assert [json.loads(line)["status"] for line in done.stdout.splitlines()] == ["ok", "ok"], done.stderr
