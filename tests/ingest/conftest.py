"""A real web site on this computer, settings that may talk to it, and real state databases."""

from __future__ import annotations

import asyncio
import contextlib
import http.server
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from common.settings import Settings
from ingest.discover import window
from ingest.discover.walk import Walk
from ingest.manners.visit import Visitor
from ingest.outlets import load_outlets
from ingest.rhythm import polls
from ingest.rhythm.pace import Pace
from ingest.state import open_state

POSTGRES = "postgresql+psycopg2://postgres@127.0.0.1:5432/test"
NOW = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)


@dataclass
class Reply:
    """What the site answers at a path."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: Callable | None = None


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        site = self.server.site
        site.requests.append((self.path, dict(self.headers)))
        reply = site.pages.get(self.path, Reply(b"nothing here", 404))
        reply = reply(self) if callable(reply) else reply
        if reply.raw:
            reply.raw(self)
            self.close_connection = True
            return
        matches = self.headers.get("If-None-Match") and self.headers.get("If-None-Match") == reply.headers.get("ETag")
        status, body = (304, b"") if matches else (reply.status, reply.body)
        self.send_response(status)
        for name, value in ({"Content-Type": "text/html", "Content-Length": str(len(body))} | reply.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Site(http.server.ThreadingHTTPServer):
    """Paths -> replies; `requests` is what came in."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.site, self.pages, self.requests = self, {}, []
        self.base = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_):
        pass  # clients hang up on purpose here

    def put(self, path, body="", status=200, **headers):
        data = body if isinstance(body, bytes) else body.encode()
        self.pages[path] = Reply(data, status, {name.replace("_", "-"): value for name, value in headers.items()})

    def paths(self):
        return [path for path, _headers in self.requests]

    def feed(self, path, items, **headers):
        """An RSS feed of (path, datetime or None)."""
        entries = "".join(
            f"<item><title>On {p}</title><link>{self.base}{p}</link>"
            + (f"<pubDate>{d:%a, %d %b %Y %H:%M:%S} +0000</pubDate>" if d else "")
            + "</item>"
            for p, d in items
        )
        self.put(
            path, f'<rss version="2.0"><channel><title>News</title>{entries}</channel></rss>', Content_Type="application/rss+xml", **headers
        )

    def sitemap(self, path, entries, kind="urlset", **headers):
        """A sitemap (or `kind="sitemapindex"`) of (path, lastmod or None)."""
        leaf = "url" if kind == "urlset" else "sitemap"
        inner = "".join(f"<{leaf}><loc>{self.base}{p}</loc>" + (f"<lastmod>{m}</lastmod>" if m else "") + f"</{leaf}>" for p, m in entries)
        xml = f'<?xml version="1.0"?><{kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</{kind}>'
        self.put(path, xml, Content_Type="application/xml", **headers)

    def close(self):
        self.shutdown()
        self.server_close()


@contextlib.contextmanager
def serving():
    site = Site()
    thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.close()
        thread.join()


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as one:
        yield one


@pytest.fixture
def other_site() -> Iterator[Site]:
    with serving() as one:
        yield one


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "outlets").mkdir()
    return Settings(
        _env_file=None,
        data_dir=tmp_path / "data",
        outlets_dir=tmp_path / "outlets",
        allow_networks=["127.0.0.0/8"],
        allow_ports=[],
        host_delay_s=0.0,
        fetch_deadline_s=2.0,
        lookback_days=7,
        poll_max_s=0.0,
    )


@pytest.fixture
def add_outlet(settings: Settings) -> Callable[..., None]:
    """Write an outlet file: `add_outlet("paper", site, "feeds: [...]")` with {base} for the site's address."""

    def add(outlet_id, site, *lines):
        head = f"id: {outlet_id}\nname: {outlet_id.title()}\nhome: {site.base}/\n"
        (settings.outlets_dir / f"{outlet_id}.yaml").write_text(head + "\n".join(lines).replace("{base}", site.base) + "\n")

    return add


@contextlib.contextmanager
def postgres_schema():
    """A schema of its own in the local PostgreSQL; yields the URL."""
    admin = sa.create_engine(POSTGRES, connect_args={"connect_timeout": 3})
    name = f"t_{uuid.uuid4().hex}"
    try:
        with admin.begin() as connection:
            connection.execute(sa.text(f"CREATE SCHEMA {name}"))
    except sa.exc.OperationalError:
        admin.dispose()
        pytest.skip("no PostgreSQL at 127.0.0.1:5432/test")
    try:
        yield f"{POSTGRES}?options=-csearch_path%3D{name}"
    finally:
        with admin.begin() as connection:
            connection.execute(sa.text(f"DROP SCHEMA {name} CASCADE"))
        admin.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def state_url(request, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'state.db'}"
        return
    with postgres_schema() as url:
        yield url


@pytest.fixture
def engine(settings: Settings, state_url: str) -> Iterator[sa.Engine]:
    opened = open_state(settings.model_copy(update={"state_url": SecretStr(state_url)}))
    yield opened
    opened.dispose()


@pytest.fixture
def on_state(settings: Settings, state_url: str) -> Settings:
    """Settings whose state lies in SQLite or PostgreSQL, one test each."""
    return settings.model_copy(update={"state_url": SecretStr(state_url)})


class StillClock:
    """Time that passes only when somebody waits: `common.clock.now` and a `pause` for whoever would sleep."""

    def __init__(self):
        self.now, self.waits = NOW, []

    def __call__(self):
        return self.now

    def pass_by(self, seconds):
        self.now += timedelta(seconds=seconds)

    async def pause(self, seconds):
        self.waits.append(seconds)
        self.pass_by(seconds)
        await asyncio.sleep(0)


@pytest.fixture
def still(monkeypatch) -> StillClock:
    clock = StillClock()
    monkeypatch.setattr("common.clock.now", clock)
    return clock


@pytest.fixture
def now() -> datetime:
    return NOW


class Slots:
    """Walks of one outlet, slot by slot: `slots(minutes, *lines)` returns the paths that were asked, without robots.txt."""

    PACE = Pace(base_s=3600.0, min_s=300.0, max_s=86_400.0)

    def __init__(self, settings, site, add_outlet, monkeypatch):
        self.settings, self.site, self.add_outlet, self.monkeypatch = settings, site, add_outlet, monkeypatch
        self.engine = open_state(settings)
        self.calm = settings.model_copy(update={"fetch_deadline_s": 5.0})

    def __call__(self, minutes, *lines, everything=False, conditional=True, keeps=True):
        self.add_outlet("paper", self.site, *lines)
        now = NOW + timedelta(minutes=minutes)
        self.monkeypatch.setattr("common.clock.now", lambda: now)
        asked = len(self.site.requests)
        days = window.live(now, self.settings.lookback_days) if conditional else window.archive(now.date())
        asyncio.run(self.walk(days, conditional=conditional, everything=everything, keeps=keeps))
        return [path for path in self.site.paths()[asked:] if path != "/robots.txt"]

    async def walk(self, days, **how):
        (outlet,) = load_outlets(self.settings.outlets_dir)
        async with Visitor(self.calm, self.engine) as visitor:
            self.found = await Walk(visitor, self.engine, outlet, days, self.PACE, **how).run()

    def states(self):
        return polls.load(self.engine, "paper")

    def state(self, path):
        return self.states()[polls.source_id("paper", f"{self.site.base}{path}")]

    def paths(self):
        """Pages that the last walk found."""
        return {page.url.removeprefix(self.site.base) for page in self.found.pages}


@pytest.fixture
def slot(settings, site, add_outlet, monkeypatch) -> Iterator[Slots]:
    made = Slots(settings, site, add_outlet, monkeypatch)
    yield made
    made.engine.dispose()
