from __future__ import annotations

import asyncio
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
from cli import fetch_read
from common import ids
from common.errors import PageRejected
from common.settings import Settings
from ingest.web.verdict import FAULTS

ROOT = Path(__file__).parents[2]
WORDS = "<p>The council of the valley met on Tuesday and agreed to repair the old bridge before the winter floods arrive.</p>" * 6
ARTICLE = f"<!DOCTYPE html><html lang=en><title>Bridge to be repaired</title><article><h1>Bridge to be repaired</h1>{WORDS}</article>"
FEED = "<rss version='2.0'><channel><item><title>One</title><link>{base}/1</link></item><item><title>Two</title></item></channel></rss>"
JSON_FEED = '{"version": "https://jsonfeed.org/version/1.1", "items": [{"url": "{base}/1", "title": "J"}]}'
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def sitemap(*addresses, index=False):
    root, leaf = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    return f'<{root} xmlns="{SITEMAP}">' + "".join(f"<{leaf}><loc>{one}</loc></{leaf}>" for one in addresses) + f"</{root}>"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        status, kind, body = self.server.pages.get(self.path, (404, "text/html", b""))
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
        data = body if isinstance(body, bytes) else body.replace("{base}", self.server.base).encode()
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@pytest.fixture
def site():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.base, server.asked = f"http://127.0.0.1:{server.server_port}", []
    server.pages = {
        "/article": (200, "text/html; charset=utf-8", ARTICLE),
        "/a": (200, "text/html; charset=iso-8859-1", "<p>caf\xe9".encode("cp1252")),
        "/gone": (410, "text/html", b""),
        "/busy": (503, "text/html", ARTICLE),
        "/secret": (403, "text/html", ARTICLE),
        "/pdf": (200, "text/html", b"%PDF-1.7"),
        "/image": (200, "image/png", b"\x89PNG"),
        "/soft": (200, "text/html", "<title>Page not found</title><h1>Sorry</h1><p>We looked everywhere.</p>"),
        "/bot": (200, "text/html", "<title>Just a moment...</title><p>Checking your browser.</p>"),
        "/feed": (200, "text/xml", FEED), "/feed.json": (200, "application/feed+json", JSON_FEED),
        "/map": (200, "application/xml", sitemap("{base}/1", "http://elsewhere.example/2")),
        "/index": (200, "application/xml", sitemap("{base}/map", "{base}/index", "{base}/lost", "http://10.0.0.1/x", index=True)),
    }  # fmt: skip
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def open_settings():
    return Settings(_env_file=None, allow_networks=["127.0.0.0/8"], allow_ports=[], fetch_deadline_s=20)


def filtered(settings, *lines, kind="page", robots=True):
    out = io.StringIO()
    asyncio.run(module.run(settings, lines, out.write, kind, robots=robots))
    return [json.loads(line) for line in out.getvalue().splitlines()]


def one_of(settings, url, kind="page", **more):
    (one,) = filtered(settings, json.dumps({"id": 7, "url": url}), kind=kind, **more)
    return one


def test_a_page_with_its_text(site, open_settings):
    one = one_of(open_settings, f"{site.base}/a")
    body = site.pages["/a"][2]
    assert one.pop("seconds") >= 0
    assert one == {
        "id": 7,
        "status": "ok",
        "error_class": "",
        "bytes": len(body),
        "final_url": f"{site.base}/a",
        "sha256": ids.sha256(body),
        "kind": "page",
        "text": "<p>café",
    }


def test_an_article_is_read_in_a_child_process(site, open_settings):
    first, second = filtered(
        open_settings, *(json.dumps({"id": name, "url": site.base + name}) for name in ("/article", "/a")), kind="auto"
    )
    assert (first["status"], first["kind"], first["title"]) == ("ok", "article", "Bridge to be repaired")
    assert "repair the old bridge" in first["text"]
    assert "<p>" not in first["text"]
    assert first["raw"] == ARTICLE
    assert (second["status"], second["text"]) == ("ok", "café")


@pytest.mark.parametrize("kind", ["auto", "feed"])
def test_titles_of_a_feed(site, open_settings, kind):
    one = one_of(open_settings, f"{site.base}/feed", kind)
    assert (one["kind"], one["text"], one["urls"]) == ("feed", "One\nTwo", [f"{site.base}/1"])
    one = one_of(open_settings, f"{site.base}/feed.json", kind)
    assert (one["kind"], one["text"], one["urls"]) == ("feed", "J", [f"{site.base}/1"])


@pytest.mark.parametrize("kind", ["auto", "sitemap"])
def test_urls_of_a_sitemap_and_of_those_it_names_on_its_own_host(site, open_settings, kind):
    one = one_of(open_settings, f"{site.base}/map", kind)
    assert (one["kind"], one["text"], one["is_partial"]) == ("sitemap", f"{site.base}/1", False)
    site.asked.clear()
    one = one_of(open_settings, f"{site.base}/index", kind)
    assert (one["text"], one["is_partial"]) == (f"{site.base}/1", True)
    assert site.asked == ["/robots.txt", "/index", "/map", "/lost"]


def test_a_sitemap_without_end_is_left_at_the_bound(site, open_settings, monkeypatch):
    monkeypatch.setattr(fetch_read, "MAX_FILES", 5)
    fresh = iter(range(1000))

    class Endless(dict):
        def get(self, path, other):
            links = [f"{{base}}/{next(fresh)}" for _ in range(10)]
            return (404, "", b"") if path == "/robots.txt" else (200, "application/xml", sitemap(*links, index=True))

    site.pages = Endless()
    assert one_of(open_settings, f"{site.base}/s", "auto")["is_partial"]
    assert len(site.asked) == 1 + 5


@pytest.mark.parametrize(
    ("path", "status", "fault"),
    [
        ("/gone", "rejected", "gone"), ("/none", "rejected", "gone"), ("/soft", "rejected", "gone"), ("/pdf", "rejected", "not_html"),
        ("/image", "rejected", "content_type"), ("/secret", "rejected", "http_4xx"), ("/busy", "error", "http_5xx"),
        ("/bot", "error", "blocked"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["page", "auto"])
def test_what_is_no_page_is_told(site, open_settings, path, status, fault, kind):
    one = one_of(open_settings, site.base + path, kind)
    assert (one["status"], one["error_class"], one["id"], one["bytes"]) == (status, fault, 7, 0)
    assert fault in FAULTS
    assert "text" not in one


@pytest.mark.parametrize("kind", ["feed", "sitemap"])
def test_a_page_is_no_source(site, open_settings, kind):
    assert one_of(open_settings, f"{site.base}/article", kind)["status"] == "rejected"


def test_a_page_above_the_limit_is_refused_also_where_its_kind_is_not_known(site, open_settings):
    small = open_settings.model_copy(update={"fetch_max_bytes": 100})
    assert one_of(small, f"{site.base}/article", "auto")["error_class"] == "too_large"


def test_robots_txt_is_asked_first_and_once(site, open_settings):
    site.pages["/robots.txt"] = (200, "text/plain", "User-agent: *\nDisallow: /a\n")
    lines = [json.dumps({"id": n, "url": site.base + path}) for n, path in enumerate(["/a", "/pdf", "/a"])]
    assert [one["error_class"] for one in filtered(open_settings, *lines)] == ["robots", "not_html", "robots"]
    assert site.asked == ["/robots.txt", "/pdf"]
    assert [one["status"] for one in filtered(open_settings, *lines, robots=False)] == ["ok", "rejected", "ok"]


@pytest.mark.parametrize("status", [500, 503, 429])
def test_robots_txt_that_can_not_be_read_disallows_all(site, open_settings, status):
    site.pages["/robots.txt"] = (status, "text/plain", "User-agent: *\nDisallow:\n")
    one = one_of(open_settings, f"{site.base}/a")
    assert (one["status"], one["error_class"]) == ("error", "robots")
    assert site.asked == ["/robots.txt"]


def test_a_robots_txt_that_never_comes_disallows_all_within_the_deadline(site, open_settings):
    class Stalling(dict):
        def get(self, path, other):
            release.wait(30)
            return other

    release, site.pages = threading.Event(), Stalling()
    try:
        lines = [json.dumps({"id": n, "url": f"{site.base}/a"}) for n in range(2)]
        found = filtered(open_settings.model_copy(update={"fetch_deadline_s": 1.0}), *lines)
    finally:
        release.set()
    assert [one["error_class"] for one in found] == ["robots", "robots"]
    assert site.asked == ["/robots.txt"]


def test_a_missing_robots_txt_allows_all(site, open_settings):
    site.pages["/robots.txt"] = (403, "text/plain", "User-agent: *\nDisallow: /\n")
    assert one_of(open_settings, f"{site.base}/a")["status"] == "ok"


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://127.0.0.1/", "ssrf"), ("file:///etc/passwd", "bad_scheme"), ("http://[::1]:80/", "ssrf"), ("words", "bad_url"),
        ("", "bad_url"), ("http://1.1.1.1:22/", "bad_port"), ("http://user@1.1.1.1/", "bad_url"), ("http://nas.local/", "ssrf"),
    ],
)  # fmt: skip
def test_addresses_that_are_not_fetched(url, fault):
    one = one_of(Settings(_env_file=None), url, "auto")
    assert (one["status"], one["error_class"]) == ("rejected", fault)


@pytest.mark.parametrize("line", ["{", "[]", '"x"', "{}", "null", '{"id": 3}', "[" * 100_000])
def test_a_bad_line_gives_an_error_and_not_a_stop(site, open_settings, line):
    bad, good = filtered(open_settings, line, json.dumps({"id": 2, "url": f"{site.base}/a"}))
    assert bad["error_class"] == "bad_line"
    assert good["status"] == "ok"


def test_a_page_that_breaks_the_reader_gives_an_error_and_not_a_stop(site, open_settings, monkeypatch):
    def breaks(*_):
        raise LookupError("no such codec")

    monkeypatch.setattr("transforms.extract.decode.decode", breaks)
    one = one_of(open_settings, f"{site.base}/a")
    assert (one["status"], one["error_class"], one["error"]) == ("error", "uncaught:LookupError", "no such codec")


def test_an_article_that_outlasts_its_reader_is_rejected_with_the_reason(site, open_settings, monkeypatch):
    def outlasts(*_):
        raise PageRejected("took longer than 1 s", fault="page_timeout")

    monkeypatch.setattr(fetch_read.Articles, "read", outlasts)
    one = one_of(open_settings, f"{site.base}/article", "auto")
    assert (one["status"], one["error_class"]) == ("rejected", "page_timeout")


def test_a_feed_that_outlasts_its_reader_is_rejected_and_the_next_line_is_read(site, open_settings, monkeypatch):
    monkeypatch.setattr(fetch_read, "LEAST_READING_S", 0.2)
    inner = fetch_read.feed

    def outlasts(answer):
        while answer.final_url.endswith("/feed"):
            pass
        return inner(answer)

    monkeypatch.setattr(fetch_read, "feed", outlasts)
    quick = open_settings.model_copy(update={"fetch_deadline_s": 1.0})
    first, second = filtered(quick, *(json.dumps({"id": name, "url": site.base + name}) for name in ("/feed", "/feed.json")), kind="feed")
    assert (first["status"], first["error_class"]) == ("rejected", "page_timeout")
    assert (second["status"], second["text"]) == ("ok", "J")


def test_a_reader_in_another_thread_has_no_alarm():
    seen = []

    def read():
        with fetch_read.within(0.0001):
            seen.append(1)

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    assert seen == [1]


def test_empty_lines_are_passed_over(open_settings):
    assert filtered(open_settings, "\n", "  ") == []


def test_the_command_reads_the_deadline_of_the_caller(site, monkeypatch):
    monkeypatch.setenv("CONSILIENCE_ALLOW_NETWORKS", '["127.0.0.0/8"]')
    monkeypatch.setenv("CONSILIENCE_ALLOW_PORTS", "[]")
    monkeypatch.setenv("BENCH_DEADLINE_S", "30")
    seen = []
    inner = module.Filter
    monkeypatch.setattr(module, "Filter", lambda settings, *a, **k: seen.append(settings.fetch_deadline_s) or inner(settings, *a, **k))
    app = typer.Typer()
    app.callback()(lambda: None)
    module.register(app)
    result = CliRunner().invoke(app, ["fetch", "--as", "page", "--no-robots"], input=json.dumps({"id": 1, "url": f"{site.base}/a"}) + "\n")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["status"] == "ok"
    assert seen == [pytest.approx(27)]
    assert site.asked == ["/a"]


def test_it_runs_as_a_module(site):
    lines = "".join(json.dumps({"id": n, "url": f"{site.base}/feed"}) + "\n" for n in range(2))
    allowed = {"CONSILIENCE_ALLOW_NETWORKS": '["127.0.0.0/8"]', "CONSILIENCE_ALLOW_PORTS": "[]"}
    done = subprocess.run(
        [sys.executable, "-m", "cli.fetch"], input=lines, capture_output=True, text=True, timeout=100, cwd=ROOT, env=os.environ | allowed
    )
    assert [json.loads(line)["status"] for line in done.stdout.splitlines()] == ["ok", "ok"], done.stderr
