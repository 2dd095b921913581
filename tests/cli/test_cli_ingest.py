from __future__ import annotations

import http.server
import json
import logging
import sys
import threading
import types
from datetime import UTC, datetime

import pytest
import structlog
import typer
from typer.testing import CliRunner

from cli import ingest, outlets
from common import ids
from common.errors import Misconfigured
from common.settings import load
from ingest.store import warc
from ingest.store.captures import read_index, sealed_batches
from ingest.web.fetch import Answer


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        now = datetime.now(UTC)
        base = f"http://127.0.0.1:{self.server.server_port}"
        feed = f"<rss version='2.0'><channel><item><link>{base}/1</link><pubDate>{now:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
        feed += f"<item><link>{base}/2018/09/20/2</link></item></channel></rss>"
        front = "<html lang=en><title>The Paper</title><link rel=alternate type='application/rss+xml' href='/feed'>"
        body = {"/": front, "/feed": feed, "/1": "<p>one", "/2018/09/20/2": "<p>two", "/html": "<html>no feed</html>"}.get(
            self.path, ""
        ).encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def base():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def run(tmp_path, monkeypatch, base):
    """Run the command in a place of its own with one outlet."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "outlets").mkdir()
    outlet = f"id: paper\nname: The Paper\nhome: {base}/\ncountry: GB\nfeeds: ['{base}/feed']\n"
    (tmp_path / "outlets" / "paper.yaml").write_text(outlet)
    for name, value in {
        "ALLOW_NETWORKS": '["127.0.0.0/8"]',
        "ALLOW_PORTS": "[]",
        "HOST_DELAY_S": "0",
        "OUTLETS_DIR": "outlets",
        "DATA_DIR": "data",
    }.items():
        monkeypatch.setenv(f"CONSILIENCE_{name}", value)
    app = typer.Typer()
    outlets.register(app)
    ingest.register(app)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL)
    )  # the program logs to stderr, the default is stdout
    yield lambda *arguments: CliRunner().invoke(app, list(arguments), catch_exceptions=True)
    structlog.reset_defaults()


@pytest.fixture
def loads(monkeypatch):
    """A stand-in for the floor above, which is tested with its own tests; notes what it was asked for."""
    asked = []
    stages = types.ModuleType("warehouse.stages")

    def run_pending(settings, on_progress):
        on_progress("load", "batch")
        asked.append("run_pending")
        return {"loaded": len(sealed_batches(settings))}

    stages.run_pending = run_pending
    monkeypatch.setitem(sys.modules, "warehouse.stages", stages)
    return asked


def test_outlets_are_listed(run):
    (one,) = json.loads(run("outlets", "list", "--json").stdout)
    assert (one["id"], one["name"], one["enabled"], one["feeds"], one["sitemaps"]) == ("paper", "The Paper", True, 1, 0)
    assert "paper" in run("outlets", "list").stdout


def test_an_empty_folder_lists_nothing(run, tmp_path):
    (tmp_path / "outlets" / "paper.yaml").unlink()
    assert json.loads(run("outlets", "list", "--json").stdout) == []
    assert run("outlets", "list").exit_code == 0


def test_checking_files_asks_nobody(run):
    assert json.loads(run("outlets", "check", "--json").stdout) == [{"outlet": "paper", "file": "fine", "golden pages": 0, "problem": None}]


def test_a_faulty_file_is_told_with_its_line(run, tmp_path):
    path = tmp_path / "outlets" / "paper.yaml"
    path.write_text(path.read_text().replace("feeds:", "feed:"))
    result = run("outlets", "check")
    assert isinstance(result.exception, Misconfigured)
    assert "paper.yaml:5: feed: unknown key; did you mean 'feeds'?" in str(result.exception)


def test_checking_an_outlet_asks_its_sources(run, base, tmp_path):
    (row,) = json.loads(run("outlets", "check", "--outlet", "paper", "--json").stdout)
    assert (row["outlet"], row["kind"], row["source"], row["status"], row["pages"]) == ("paper", "feed", f"{base}/feed", 200, 2)
    assert (row["newest"][:4], row["problem"]) == (f"{datetime.now(UTC):%Y}", None)
    path = tmp_path / "outlets" / "paper.yaml"
    path.write_text(path.read_text().replace("/feed", "/html"))
    result = run("outlets", "check", "--outlet", "paper", "--json")
    assert result.exit_code == 1
    assert "is not a feed" in result.stdout


def test_a_round_without_airflow(run, base, loads):
    result = run("ingest", "run", "--json")
    (row,) = json.loads(result.stdout)
    assert (row["fetched"], row["loaded"]) == (1, 1)
    assert loads == ["run_pending"]
    assert [one.url for one in read_index(load(), row["batch"])] == [f"{base}/1"]


def test_without_loading(run, loads):
    assert run("ingest", "run", "--no-load").exit_code == 0
    assert loads == []
    assert len(sealed_batches(load())) == 1


def test_a_past_day_and_the_same_day_again(run, base):
    (first,) = json.loads(run("ingest", "run", "--day", "2018-09-20", "--no-load", "--json").stdout)
    (again,) = json.loads(run("ingest", "run", "--day", "2018-09-20", "--no-load", "--json").stdout)
    assert first["batch"] == "archive/2018-09-20"
    assert again["batch"].startswith("archive/2018-09-20/")
    assert [one.url for one in read_index(load(), first["batch"])] == [f"{base}/2018/09/20/2"]
    assert read_index(load(), again["batch"]) == []


def test_a_recheck_round(run):
    run("ingest", "run", "--no-load")
    (row,) = json.loads(run("ingest", "run", "--recheck", "--no-load", "--json").stdout)
    assert row["batch"].startswith("recheck/")


def test_day_and_recheck_exclude_each_other(run):
    assert run("ingest", "run", "--recheck", "--day", "2018-09-20").exit_code == 2


@pytest.mark.parametrize("arguments", [["--day", "20.9.2018"], ["--nonsense"]])
def test_wrong_options_are_told(run, arguments):
    assert run("ingest", "run", *arguments).exit_code == 2


def test_an_unknown_outlet_is_told(run):
    assert "did you mean 'paper'" in str(run("ingest", "run", "--outlet", "papr").exception)


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("2018-09-20", datetime(2018, 9, 20, 12, tzinfo=UTC)),
        ("2018-09-20T08:15:00", datetime(2018, 9, 20, 8, 15, tzinfo=UTC)),
        (None, None),
    ],
)
def test_files(run, loads, tmp_path, published, expected):
    (tmp_path / "dump.txt").write_text("Headline\n\nBody")
    when = ["--published", published] if published else []
    (row,) = json.loads(run("ingest", "files", "dump.txt", "--outlet", "paper", *when, "--json").stdout)
    (one,) = read_index(load(), row["batch"])
    assert (one.outlet_id, one.hint.published_at) == ("paper", expected)
    assert (row["fetched"], loads) == (1, ["run_pending"])


def test_a_site_is_discovered(run, base, tmp_path):
    result = run("outlets", "discover", f"{base}/", "--dry-run")
    assert result.exit_code == 0
    assert "# Written by `consilience outlets discover`" in result.stdout
    assert not (tmp_path / "outlets" / "127.yaml").exists()
    (row,) = json.loads(run("outlets", "discover", f"{base}/", "--json").stdout)
    assert (row["outlet"], row["kind"], row["source"], row["pages"]) == ("127", "feed", f"{base}/feed", 2)
    assert {one["id"]: one["enabled"] for one in json.loads(run("outlets", "list", "--json").stdout)} == {"127": False, "paper": True}
    again = run("outlets", "discover", f"{base}/")
    assert isinstance(again.exception, Misconfigured)
    assert "--force" in str(again.exception)
    assert run("outlets", "discover", f"{base}/", "--force").exit_code == 0


@pytest.mark.parametrize(("text", "name"), [("url\n{0}/1\nbad\n{0}/2018/09/20/2\n", "a.csv"), ('{{"url": "{0}/1"}}\n{{}}\n', "a.jsonl")])
def test_a_list_of_addresses(run, base, loads, tmp_path, text, name):
    (tmp_path / name).write_text(text.format(base))
    result = run("ingest", "urls", name, "--outlet", "paper", "--json")
    (row,) = json.loads(result.stdout)
    assert (row["addresses"], row["bad_lines"], row["fetched"]) == (row["fetched"], 1, 2 if name == "a.csv" else 1)
    assert f"{name}:" in result.stderr
    assert loads == ["run_pending"]


def test_a_list_longer_than_a_run_is_fetched_to_its_end(run, base, monkeypatch, tmp_path):
    monkeypatch.setenv("CONSILIENCE_URLS_PER_RUN", "2")
    (tmp_path / "a.txt").write_text("".join(f"{base}/1?n={number}\n" for number in range(5)))
    (row,) = json.loads(run("ingest", "urls", "a.txt", "--outlet", "paper", "--no-load", "--json").stdout)
    assert row["addresses"] == row.get("fetched", 0) + row.get("failed", 0) + row.get("gone", 0) == 5


def test_an_archive_of_many_sites(run, base, loads, tmp_path):
    members = b""
    for url in (f"{base}/old", "https://stranger.example/x"):
        answer = Answer(url, url, 200, "OK", [("Content-Type", "text/html")], b"<p>old", datetime(2018, 9, 20, tzinfo=UTC))
        members += b"".join(warc.response_members(answer, ids.key("c", url)))
    (tmp_path / "a.warc.gz").write_bytes(members)
    (row,) = json.loads(run("ingest", "warc", "a.warc.gz", "--json").stdout)
    assert {name: row[name] for name in ("fetched", "paper", "passed_over", "damaged")} == {
        "fetched": 1, "paper": 1, "passed_over": 1, "damaged": 0,
    }  # fmt: skip
    assert [one.url for one in read_index(load(), row["batch"])] == [f"{base}/old"]
    assert isinstance(run("ingest", "warc", "nowhere.warc.gz").exception, Misconfigured)


def test_missing_files_are_told(run):
    result = run("ingest", "files", "nowhere.txt", "--outlet", "paper")
    assert result.exit_code == 2


@pytest.mark.parametrize("group", ["outlets", "ingest"])
def test_help_tells_what_there_is(run, group):
    assert run(group, "--help").exit_code == 0
    assert ("check" if group == "outlets" else "files") in run(group, "--help").stdout
