"""Who asks which hub, and what is told of it: several outlets, several feeds, hubs that fail beside hubs that do not."""

from __future__ import annotations

import http.server
import threading
from datetime import timedelta
from urllib.parse import parse_qs

import pytest

from common.errors import Misconfigured
from ingest.push import renewal, subscriptions, websub
from ingest.state import open_state
from tests.ingest.conftest import NOW


class Desk(http.server.BaseHTTPRequestHandler):
    """A hub that notes what it is asked and verifies nothing; /no refuses."""

    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.forms.append({name.removeprefix("hub."): value for name, (value,) in form.items()})
        self.send_response(422 if self.path == "/no" else 202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def desk():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Desk) as server:
        server.forms, server.base = [], f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def ours(settings, still):
    """Settings with an address of ours, at a time that stands still."""
    assert still.now == NOW
    return settings.model_copy(update={"push_public_url": "https://us.example/push"})


@pytest.fixture
def feed(site):
    def put(path, hub=None, topic=None, **headers):
        links = [f'<{url}>; rel="{rel}"' for rel, url in (("hub", hub), ("self", topic)) if url]
        site.feed(path, [("/1", None)], **({"Link": ", ".join(links)} if links else {}), **headers)

    return put


@pytest.fixture
def state(ours):
    engine = open_state(ours)
    yield engine
    engine.dispose()


def test_outlets_that_share_a_feed_are_each_asked_for_and_told(ours, site, add_outlet, feed, desk):
    feed("/feed", f"{desk.base}/yes")
    add_outlet("one", site, 'feeds: ["{base}/feed"]', "include: [/one/]")
    add_outlet("two", site, 'feeds: ["{base}/feed"]', "include: [/two/]")
    told = renewal.subscribe(ours)
    assert [(row["outlet"], row["outcome"]) for row in told] == [("one", "asked"), ("two", "asked")]
    assert len({form["callback"] for form in desk.forms}) == 2


def test_feeds_with_one_topic_are_asked_for_once(ours, site, add_outlet, feed, desk):
    for path in ("/a", "/b"):
        feed(path, f"{desk.base}/yes", f"{site.base}/all")
    add_outlet("one", site, 'feeds: ["{base}/a", "{base}/b"]')
    told = renewal.subscribe(ours)
    assert [row["outcome"] for row in told] == ["asked", "asked"]
    assert [form["topic"] for form in desk.forms] == [f"{site.base}/all"]


def test_a_hub_that_refuses_does_not_touch_the_others(ours, site, add_outlet, feed, desk):
    feed("/a", f"{desk.base}/no")
    feed("/b", f"{desk.base}/yes")
    feed("/c")
    site.put("/d", "nothing", 500)
    add_outlet("one", site, 'feeds: ["{base}/a", "{base}/b", "{base}/c", "{base}/d"]')
    told = {row["feed"].removeprefix(site.base): row for row in renewal.subscribe(ours)}
    assert {path: row["outcome"] for path, row in told.items()} == {"/a": "failed", "/b": "asked", "/c": "no hub", "/d": "unreadable"}
    assert "422" in told["/a"]["detail"]
    assert told["/b"]["detail"] is told["/c"]["detail"] is None
    assert told["/d"]["topic"] is None


@pytest.mark.parametrize("hub", ["http://10.0.0.1/hub", "http://[::1]:1/hub"])
def test_a_feed_that_names_a_hub_inside_is_told_and_nobody_is_asked(ours, site, add_outlet, feed, desk, hub):
    feed("/feed", hub)
    add_outlet("one", site, 'feeds: ["{base}/feed"]')
    (told,) = renewal.subscribe(ours)
    assert told["outcome"] == "failed"
    assert desk.forms == []


def test_only_the_outlets_that_are_named_or_enabled_are_looked_at(ours, site, add_outlet, feed, desk):
    feed("/feed", f"{desk.base}/yes")
    add_outlet("idle", site, 'feeds: ["{base}/feed"]', "enabled: false")
    add_outlet("one", site, 'feeds: ["{base}/feed"]')
    add_outlet("two", site, 'feeds: ["{base}/feed"]')
    assert [row["outlet"] for row in renewal.subscribe(ours)] == ["one", "two"]
    assert [row["outlet"] for row in renewal.subscribe(ours, ["two"])] == ["two"]
    with pytest.raises(Misconfigured, match="no outlet"):
        renewal.subscribe(ours, ["three"])


def test_renewing_asks_what_is_due_and_each_only_once(ours, site, add_outlet, desk, state, still):
    add_outlet("one", site, 'feeds: ["{base}/feed"]')
    for number, late in enumerate([-1, 0, 1]):
        subscriptions.add(
            state, "one", f"https://t.example/{number}", f"{desk.base}/yes", "https://us.example", NOW + timedelta(seconds=late)
        )
    assert renewal.renew(ours) == {"asked": 2, "failed": 0}
    assert renewal.renew(ours) == {"asked": 0, "failed": 0}
    still.pass_by(1)
    assert renewal.renew(ours) == {"asked": 1, "failed": 0}
    assert sorted(form["topic"][-1] for form in desk.forms) == ["0", "1", "2"]


def test_more_hubs_than_are_asked_at_once_are_all_asked(ours, site, add_outlet, desk, state):
    add_outlet("one", site, 'feeds: ["{base}/feed"]')
    for number in range(renewal.AT_ONCE * 3):
        path = "/no" if number % 3 == 0 else "/yes"
        subscriptions.add(state, "one", f"https://t.example/{number}", desk.base + path, "https://us.example", NOW)
    assert renewal.renew(ours) == {"asked": renewal.AT_ONCE * 2, "failed": renewal.AT_ONCE}
    assert sum(bool(row.last_error) for row in subscriptions.every(state)) == renewal.AT_ONCE


@pytest.mark.parametrize("line", ["enabled: false", None])
def test_the_lease_of_an_outlet_that_is_off_or_gone_is_left_to_end(ours, site, add_outlet, desk, state, line):
    add_outlet("one", site, 'feeds: ["{base}/feed"]')
    if line:
        add_outlet("two", site, 'feeds: ["{base}/feed"]', line)
    for outlet in ("one", "two"):
        subscriptions.add(state, outlet, "https://t.example/", f"{desk.base}/yes", "https://us.example", NOW)
    assert renewal.renew(ours)["asked"] == 1
    assert [row.tries for row in subscriptions.every(state)] == [1, 0]


def test_leaving_asks_where_a_lease_runs_and_forgets_the_rest(ours, desk, state, still):
    for number, lease in enumerate([None, 600, 3600]):
        row = subscriptions.add(state, "one", f"https://t.example/{number}", f"{desk.base}/yes", "https://us.example", NOW)
        if lease:
            subscriptions.verified(state, row, websub.Verified("x", "subscribe", lease), NOW)
    kept = subscriptions.add(state, "two", "https://t.example/", f"{desk.base}/yes", "https://us.example", NOW)
    still.pass_by(600)
    assert renewal.unsubscribe(ours, ["one"]) == {"asked": 1, "failed": 0, "removed": 2}
    assert [(form["mode"], form["topic"]) for form in desk.forms] == [("unsubscribe", "https://t.example/2")]
    assert [row.topic for row in subscriptions.every(state)] == ["https://t.example/2", kept.topic]


def test_a_request_names_us_the_topic_and_the_lease_that_is_wanted(ours, site, add_outlet, feed, desk, state):
    feed("/feed", f"{desk.base}/yes")
    add_outlet("one", site, 'feeds: ["{base}/feed"]')
    renewal.subscribe(ours.model_copy(update={"push_lease_s": 4321}))
    (row,) = subscriptions.every(state)
    expected = {"callback": row.callback, "mode": "subscribe", "topic": f"{site.base}/feed", "lease_seconds": "4321", "secret": row.secret}
    assert desk.forms == [expected]
