"""`consilience outlets` at a real site on this computer: what is told, what is written, and the exit code."""

from __future__ import annotations

import http.server
import json
import logging
import threading
from datetime import UTC, datetime

import pytest
import structlog
import typer
from typer.testing import CliRunner

from cli import outlets
from common.errors import FetchRefused, Misconfigured


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        body = self.server.pages.get(self.path, b"")
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def site():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        base = server.base = f"http://127.0.0.1:{server.server_port}"
        item = f"<item><link>{base}/1</link><pubDate>{datetime.now(UTC):%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
        front = b"<html lang=en><title>The Paper</title><a href='/feed'>RSS</a><a href='/dead/rss'>RSS</a>"
        server.asked = []
        server.pages = {"/": front, "/feed": f"<rss version='2.0'><channel>{item}</channel></rss>".encode(), "/html": b"<html>"}
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "outlets").mkdir()
    return tmp_path / "outlets"


@pytest.fixture
def run(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    own = {"ALLOW_NETWORKS": '["127.0.0.0/8"]', "ALLOW_PORTS": "[]", "HOST_DELAY_S": "0", "OUTLETS_DIR": str(folder), "DATA_DIR": "data"}
    for name, value in own.items():
        monkeypatch.setenv(f"CONSILIENCE_{name}", value)
    app = typer.Typer()
    outlets.register(app)
    app.callback()(lambda: None)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield lambda *arguments: CliRunner().invoke(app, ["outlets", *arguments])
    structlog.reset_defaults()


@pytest.fixture
def write(folder, site):
    def run(name, *lines):
        (folder / f"{name}.yaml").write_text(f"id: {name}\nname: {name.title()}\nhome: {site.base}/\n" + "\n".join(lines) + "\n")

    return run


def rows(result):
    return json.loads(result.stdout)


def test_a_dry_run_prints_a_file_and_writes_none(run, folder, site):
    result = run("discover", site.base, "--dry-run")
    assert result.exit_code == 0
    assert f'  - "{site.base}/feed"   # 1 pages' in result.stdout
    assert "enabled: false" in result.stdout
    assert list(folder.iterdir()) == []


def test_a_dry_run_as_json_tells_what_was_refused_too(run, folder, site):
    found = {row["source"].removeprefix(site.base): row for row in rows(run("discover", site.base, "--dry-run", "--json"))}
    assert (found["/feed"]["status"], found["/feed"]["pages"], found["/feed"]["problem"]) == (200, 1, None)
    assert (found["/dead/rss"]["status"], found["/dead/rss"]["pages"]) == (404, 0)
    assert list(folder.iterdir()) == []


def test_what_was_discovered_is_not_overwritten_unless_asked_for(run, folder, site):
    assert run("discover", site.base).exit_code == 0
    (path,) = folder.iterdir()
    path.write_text("mine")
    refused = run("discover", site.base)
    assert isinstance(refused.exception, Misconfigured)
    assert path.read_text() == "mine"
    assert run("discover", site.base, "--force").exit_code == 0
    assert "The Paper" in path.read_text()


def test_what_was_discovered_is_listed_as_switched_off(run, site):
    run("discover", site.base)
    (row,) = rows(run("list", "--json"))
    assert (row["name"], row["language"], row["enabled"], row["feeds"], row["sitemaps"]) == ("The Paper", "en", False, 1, 0)
    assert "1 feeds" in run("list").stdout


@pytest.mark.parametrize("named", ["ftp://a.example", "http://", "http://10.0.0.1/"])
def test_what_may_not_be_asked_is_told_and_nothing_is_written(run, folder, named):
    assert isinstance(run("discover", named).exception, FetchRefused)
    assert list(folder.iterdir()) == []


def test_one_source_that_fails_among_others_shows_in_the_exit_code(run, write, site):
    write("good", f"feeds: ['{site.base}/feed']")
    write("mixed", f"feeds: ['{site.base}/feed', '{site.base}/html', '{site.base}/gone']")
    assert run("check", "--outlet", "good").exit_code == 0
    result = run("check", "--outlet", "good", "--outlet", "mixed", "--json")
    assert result.exit_code == 1
    told = [(row["outlet"], row["source"].removeprefix(site.base), row["problem"] is None) for row in rows(result)]
    assert told == [("good", "/feed", True), ("mixed", "/feed", True), ("mixed", "/html", False), ("mixed", "/gone", False)]


def test_an_odd_source_is_told_and_is_no_failure(run, write, site):
    site.pages["/robots.txt"] = f"Sitemap: {site.base}/map.xml\n".encode()
    write("good", f"feeds: ['{site.base}/feed']")
    result = run("check", "--outlet", "good", "--json")
    assert result.exit_code == 0
    assert "add it there" in rows(result)[1]["problem"]
    assert "/map.xml" not in site.asked


def test_an_outlet_that_is_switched_off_can_be_checked(run, write, site):
    write("idle", f"feeds: ['{site.base}/feed']", "enabled: false")
    assert [row["pages"] for row in rows(run("check", "--outlet", "idle", "--json"))] == [1]


def test_an_unknown_outlet_is_told_before_anybody_is_asked(run, write, site):
    write("good", f"feeds: ['{site.base}/feed']")
    assert isinstance(run("check", "--outlet", "good", "--outlet", "goood").exception, Misconfigured)
    assert site.asked == []


def test_checking_keeps_no_page(run, write, site, tmp_path):
    write("good", f"feeds: ['{site.base}/feed']")
    run("check", "--outlet", "good")
    assert "/1" not in site.asked
    assert not list((tmp_path / "data").rglob("*.warc*"))
