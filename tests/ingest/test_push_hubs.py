"""WebSub with a real hub: from a feed that names it to pages that wait, over real HTTP on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import ipaddress
import json
import socket
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from common import clock
from common.errors import FetchDelayed, FetchRefused, Misconfigured
from ingest.push import hub as hubs
from ingest.push import receiver, renewal, subscriptions
from ingest.push.inbox import waiting_outlets
from ingest.records import Hint
from ingest.rhythm import sightings
from ingest.stage import ingest_group
from ingest.state import URL, open_state

_spec = importlib.util.spec_from_file_location("push_hub", Path(__file__).with_name("push_hub.py"))
push_hub = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(push_hub)


def feed(*paths, base="https://paper.example", links=""):
    items = "".join(f"<item><title>On {p}</title><link>{base}{p}</link></item>" for p in paths)
    return f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>N</title>{links}{items}</channel></rss>'.encode()


@pytest.fixture
def hub():
    return push_hub.Hub()


@pytest.fixture
def hub_url(hub):
    with push_hub.served(hub.app()) as base:
        yield f"{base}/hub"


@pytest.fixture
def paper(site, add_outlet, hub_url):
    """An outlet whose feed names the hub in its headers."""
    add_outlet("paper", site, 'feeds: ["{base}/feed"]', "exclude: [/sport/]")
    site.put("/robots.txt", "", 404)
    site.put("/feed", feed("/1"), Content_Type="application/rss+xml", Link=f'<{hub_url}>; rel="hub", <{site.base}/feed?full>; rel="self"')
    return site


@contextlib.contextmanager
def answering(settings, monkeypatch):
    """Our receiver; it leaves renewals to the tests."""
    monkeypatch.setattr(receiver.Receiver, "renew_for_ever", lambda _self: asyncio.sleep(3600))
    with push_hub.served(receiver.application(settings)) as base:
        yield settings.model_copy(update={"push_public_url": f"{base}/"})


@pytest.fixture
def receiving(settings, paper, monkeypatch):
    """Settings under which our receiver answers."""
    with answering(settings, monkeypatch) as found:
        yield found


@pytest.fixture
def receiving_on_state(on_state, paper, monkeypatch):
    """The same on SQLite and PostgreSQL."""
    with answering(on_state, monkeypatch) as found:
        yield found


def rows(settings):
    engine = open_state(settings)
    try:
        return subscriptions.every(engine)
    finally:
        engine.dispose()


def the_row(settings):
    (row,) = rows(settings)
    return row


def pages(settings):
    engine = open_state(settings)
    with engine.begin() as connection:
        found = connection.execute(sa.select(URL.c.url, URL.c.hint).order_by(URL.c.url)).all()
    engine.dispose()
    return [(row.url, Hint.model_validate_json(row.hint).source) for row in found]


# the whole way


def test_from_a_feed_that_names_its_hub_to_pages_that_wait(receiving_on_state, hub, hub_url, paper):
    before = datetime.now(UTC)
    (told,) = renewal.subscribe(receiving_on_state)
    named = {"outlet": "paper", "feed": f"{paper.base}/feed", "topic": f"{paper.base}/feed?full", "hub": hub_url}
    assert told == named | {"outcome": "asked", "detail": None}
    row = the_row(receiving_on_state)
    assert (row.state, row.pending_mode, row.tries) == ("active", None, 0)
    assert row.lease_until >= before + timedelta(seconds=600)
    assert before < row.next_try_at < row.lease_until
    assert hub.publish(feed("/a", "/sport/b", "/c")) == 202
    assert pages(receiving_on_state) == [("https://paper.example/a", "push"), ("https://paper.example/c", "push")]
    assert waiting_outlets(receiving_on_state) == ["paper"]
    row = the_row(receiving_on_state)
    assert (row.deliveries, row.pages, row.ignored, row.last_error) == (1, 2, 0, None)


@pytest.mark.parametrize("where", ["feed", "feed without self"])
def test_hub_and_topic_may_stand_in_the_feed_itself(receiving, hub, hub_url, paper, where):
    links = f'<atom:link rel="hub" href="{hub_url}"/>' + ('<atom:link rel="self" href="/full"/>' if where == "feed" else "")
    paper.put("/feed", feed("/1", links=links), Content_Type="application/rss+xml")
    (told,) = renewal.subscribe(receiving, ["paper"])
    assert (told["hub"], told["outcome"]) == (hub_url, "asked")
    assert told["topic"] == f"{paper.base}/" + ("full" if where == "feed" else "feed")


def test_subscribing_again_keeps_the_callback_and_the_secret(receiving, hub):
    renewal.subscribe(receiving)
    renewal.subscribe(receiving)
    first, second = hub.forms
    assert first == second
    assert len(rows(receiving)) == 1


def test_a_new_address_of_ours_gets_a_callback_of_its_own(receiving, hub):
    renewal.subscribe(receiving)
    old = hub.forms[0]["hub.callback"]
    hub.behaviour = "forget"
    renewal.subscribe(receiving.model_copy(update={"push_public_url": "https://elsewhere.example/push"}))
    assert hub.forms[1]["hub.callback"].startswith("https://elsewhere.example/push/websub/")
    assert hub.forms[1]["hub.secret"] != hub.forms[0]["hub.secret"]
    assert httpx.post(old, content=b"x", trust_env=False).status_code == 410


def test_feeds_without_a_hub_and_feeds_that_fail_are_told(settings, site, add_outlet):
    add_outlet("paper", site, 'feeds: ["{base}/feed", "{base}/html", "{base}/gone"]')
    site.put("/feed", feed("/1"), Content_Type="application/rss+xml")
    site.put("/html", "<html><p>no feed")
    told = renewal.subscribe(settings.model_copy(update={"push_public_url": "https://us.example"}))
    assert [(row["feed"].rsplit("/", 1)[1], row["outcome"]) for row in told] == [
        ("feed", "no hub"),
        ("html", "unreadable"),
        ("gone", "unreadable"),
    ]
    assert rows(settings) == []


@pytest.mark.parametrize("address", [None, "", "ftp://us.example", "us.example/push"])
def test_without_an_address_of_ours_there_is_a_remedy(settings, address):
    with pytest.raises(Misconfigured, match="CONSILIENCE_PUSH_PUBLIC_URL"):
        renewal.subscribe(settings.model_copy(update={"push_public_url": address}))


def test_a_known_page_that_a_delivery_shows_changed_is_read_again(receiving_on_state, hub, paper):
    def item(minutes):
        at = datetime.now(UTC) + timedelta(minutes=minutes)
        return f'<entry><link href="{paper.base}/1"/><title>T</title><updated>{at.isoformat()}</updated></entry>'

    def atom(minutes):
        return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>N</title>{item(minutes)}</feed>'.encode()

    paper.put("/1", "<p>One")
    renewal.subscribe(receiving_on_state)
    hub.publish(atom(-60), content_type="application/atom+xml")
    assert ingest_group(receiving_on_state, "push/1", ["paper"])["fetched"] == 1
    hub.publish(atom(-60), content_type="application/atom+xml")
    assert status_of(receiving_on_state) == ["done"]
    hub.publish(atom(5), content_type="application/atom+xml")
    assert status_of(receiving_on_state) == ["due"]


def status_of(settings):
    engine = open_state(settings)
    with engine.begin() as connection:
        found = list(connection.execute(sa.select(URL.c.status)).scalars())
    engine.dispose()
    return found


def test_old_pages_of_a_delivery_are_left_to_backfill(receiving, hub):
    renewal.subscribe(receiving)
    old = b"<item><link>https://paper.example/old</link><pubDate>Thu, 20 Sep 2018 10:00:00 GMT</pubDate></item></channel>"
    hub.publish(feed("/new").replace(b"</channel>", old))
    assert pages(receiving) == [("https://paper.example/new", "push")]


# what hubs say no to, and failures of hubs


@pytest.mark.parametrize(
    ("behaviour", "state", "word"), [("refuse", "pending", "422: topic is unknown here"), ("deny", "denied", "denied: over quota")]
)
def test_a_hub_that_will_not_is_told_and_asked_again_later(receiving_on_state, hub, behaviour, state, word):
    hub.behaviour = behaviour
    (told,) = renewal.subscribe(receiving_on_state)
    assert told["outcome"] == "failed"
    row = the_row(receiving_on_state)
    assert row.state == state
    assert word in row.last_error
    assert row.next_try_at > clock.now() + timedelta(minutes=59)
    assert renewal.renew(receiving_on_state) == {"asked": 0, "failed": 0}


def test_a_hub_that_never_verifies_is_asked_more_and_more_rarely(receiving, hub, monkeypatch):
    hub.behaviour = "forget"
    renewal.subscribe(receiving)
    moment = clock.now()
    for hours in (2, 4, 8):
        moment += timedelta(hours=hours)
        monkeypatch.setattr(clock, "now", lambda at=moment: at)
        assert renewal.renew(receiving)["asked"] == 1
        assert the_row(receiving).next_try_at == moment + timedelta(hours=hours)
    # an hour after we have asked nobody may confirm it any more
    monkeypatch.setattr(clock, "now", lambda: moment + timedelta(minutes=61))
    assert hub.tell(hub.forms[-1], {"hub.mode": "subscribe", "hub.challenge": "x"}).status_code == 404


def test_a_lease_is_renewed_before_it_ends_at_the_same_callback(receiving, hub, monkeypatch):
    renewal.subscribe(receiving)
    first = the_row(receiving)
    assert renewal.renew(receiving) == {"asked": 0, "failed": 0}
    monkeypatch.setattr(clock, "now", lambda: first.next_try_at)
    assert first.next_try_at < first.lease_until
    assert renewal.renew(receiving)["asked"] == 1
    second = the_row(receiving)
    assert second.lease_until == first.next_try_at + timedelta(seconds=600)
    assert hub.forms[0] == hub.forms[1]


def test_the_receiver_renews_by_itself(settings, paper, hub, monkeypatch):
    asked = []

    def renew(_settings):
        asked.append(1)
        if len(asked) == 1:
            raise FetchDelayed("the first look fails", after_s=1)
        if len(asked) == 3:
            server.should_exit = True
        return {}

    monkeypatch.setattr(receiver, "LOOK_S", 0.001)
    monkeypatch.setattr(renewal, "renew", renew)
    server = push_hub.uvicorn.Server(
        push_hub.uvicorn.Config(receiver.application(settings), port=0, log_config=None, http="h11", ws="none")
    )
    server.run()
    assert len(asked) >= 3


def test_deliveries_wake_whoever_fetches_once_for_all_that_come_together(settings, paper, hub, monkeypatch):
    woken, free = [], threading.Event()

    def wake():
        woken.append(len(pages(settings)))
        free.set()

    monkeypatch.setattr(receiver, "LINGER_S", 0.01)
    with push_hub.served(receiver.application(settings, wake)) as base:
        renewal.subscribe(settings.model_copy(update={"push_public_url": base}))
        assert hub.publish(feed("/a"), secret="guess") == 202
        assert woken == []
        hub.publish(feed("/b"))
        assert free.wait(60)
        free.clear()
        hub.publish(feed("/c"))
        assert free.wait(60)
    assert woken == [1, 2]


def test_two_processes_ask_a_hub_once(receiving_on_state, hub):
    hub.behaviour = "forget"
    renewal.subscribe(receiving_on_state)
    engine = open_state(receiving_on_state)
    row = the_row(receiving_on_state)
    assert [subscriptions.ask(engine, row, "subscribe", clock.now()) for _ in range(2)] == [True, False]
    engine.dispose()


def test_leaving_ends_with_the_hub_s_verification(receiving_on_state, hub):
    renewal.subscribe(receiving_on_state)
    hub.behaviour = "forget"
    assert renewal.unsubscribe(receiving_on_state, ["paper"]) == {"asked": 1, "failed": 0, "removed": 0}
    assert the_row(receiving_on_state).next_try_at is None  # never renewed
    hub.verify(hub.forms[-1])
    assert rows(receiving_on_state) == []
    assert hub.publish(feed("/late")) == 410
    assert pages(receiving_on_state) == []


def test_leaving_what_never_began_removes_it(receiving, hub):
    hub.behaviour = "refuse"
    renewal.subscribe(receiving)
    assert renewal.unsubscribe(receiving, ["paper"]) == {"asked": 0, "failed": 0, "removed": 1}
    assert rows(receiving) == []


# requests to a hub are guarded like pages


def post(settings, address):
    return asyncio.run(hubs.post(settings, address, b"hub.mode=subscribe"))


@pytest.mark.parametrize("status", ["307", "308"])
def test_redirects_that_keep_the_method_are_followed_with_the_body(settings, hub, hub_url, status):
    hub.behaviour = status
    assert post(settings, hub_url).accepted
    assert hub.forms == [{"hub.mode": "subscribe"}]


def test_other_redirects_are_not_an_acceptance(settings, hub, hub_url):
    hub.behaviour = "302"
    reply = post(settings, hub_url)
    assert (reply.status, reply.accepted, hub.forms) == (302, False, [])


def test_a_redirect_without_end_is_refused(settings, hub, hub_url):
    hub.behaviour, hub.elsewhere = "307", hub_url
    with pytest.raises(FetchRefused, match="redirects more than"):
        post(settings, hub_url)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1/", "http://169.254.169.254/latest/meta-data", "http://[::1]/", "http://10.1.2.3/", "http://localhost/"]
)
def test_a_hub_inside_our_network_is_never_asked(settings, address):
    closed = settings.model_copy(update={"allow_networks": [], "allow_ports": [80, 443]})
    with pytest.raises(FetchRefused):
        post(closed, address)


def test_a_name_that_leads_inside_is_refused_at_the_connection(settings, site, monkeypatch):
    monkeypatch.setattr("socket.getaddrinfo", lambda *_args, **_kinds: [(2, 1, 6, "", ("127.0.0.1", site.server_port))])
    closed = settings.model_copy(update={"allow_networks": []})
    with pytest.raises(FetchRefused, match="not on the public internet"):
        post(closed, f"http://hub.example.com:{site.server_port}/")
    assert site.requests == []


@pytest.mark.parametrize("target", ["http://127.0.0.2/", "http://10.0.0.1/", "ftp://127.0.0.1/", "file:///etc/passwd"])
def test_a_redirect_may_not_lead_where_a_hub_may_not_be(settings, hub, hub_url, target):
    hub.behaviour, hub.elsewhere = "307", target
    with pytest.raises(FetchRefused):
        post(settings.model_copy(update={"allow_networks": [ipaddress.ip_network("127.0.0.1/32")]}), hub_url)


def test_a_port_that_is_not_allowed_is_refused(settings, hub_url):
    with pytest.raises(FetchRefused, match="port"):
        post(settings.model_copy(update={"allow_ports": [443]}), hub_url)


def test_a_hub_that_is_down_or_hangs_is_asked_later(settings):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(FetchDelayed, match="no answer of the hub within"):
            post(settings.model_copy(update={"fetch_deadline_s": 0.2}), address)
    with pytest.raises(FetchDelayed, match="ConnectError"):
        post(settings, address)


def test_the_next_address_of_a_hub_is_tried_where_one_is_dead(settings, hub, hub_url, monkeypatch):
    port = int(hub_url.rsplit(":", 1)[1].split("/")[0])
    found = [(2, 1, 6, "", (address, port)) for address in ("127.0.0.2", "127.0.0.1")]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_args, **_kinds: found)
    assert post(settings, hub_url.replace("127.0.0.1", "hub.example.com")).accepted


def test_a_long_answer_is_not_read_to_its_end(settings, site):
    def endless(handler):
        handler.send_response(500)
        handler.end_headers()
        for _ in range(10_000):
            handler.wfile.write(b"x" * 65_536)

    site.RequestHandlerClass = type("Posting", (site.RequestHandlerClass,), {"do_POST": endless})
    reply = post(settings, f"{site.base}/hub")
    assert (reply.status, reply.text) == (500, "x" * 300)


# what reaches the callback


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_each_method_of_signing_is_taken(receiving, hub, method):
    renewal.subscribe(receiving)
    assert hub.publish(feed("/a"), method) == 202
    assert len(pages(receiving)) == 1


def test_what_is_not_signed_is_answered_ignored_and_counted(receiving, hub):
    renewal.subscribe(receiving)
    assert [hub.publish(feed("/a"), None), hub.publish(feed("/b"), secret="guess")] == [202, 202]
    assert pages(receiving) == []
    assert (the_row(receiving).ignored, the_row(receiving).deliveries) == (2, 0)


def test_a_signed_delivery_that_is_no_feed_is_noted(receiving, hub):
    renewal.subscribe(receiving)
    assert hub.publish(b"<html><p>no feed", content_type="text/html") == 202
    row = the_row(receiving)
    assert (row.deliveries, row.pages) == (1, 0)
    assert "not a feed" in row.last_error
    assert hub.publish(feed("/a")) == 202
    assert the_row(receiving).last_error is None


def test_a_delivery_that_is_too_large_is_refused_while_it_comes(receiving, hub, monkeypatch):
    monkeypatch.setattr(receiver, "MAX_BYTES", 10_000)
    renewal.subscribe(receiving)
    assert hub.publish(b"x" * 10_001) == 413
    assert "more than 10000 bytes" in the_row(receiving).last_error
    assert hub.publish(feed("/a")) == 202


def test_when_pages_can_not_be_kept_the_hub_is_told_to_send_again(receiving, hub, monkeypatch):
    renewal.subscribe(receiving)
    with monkeypatch.context() as patch:
        patch.setattr(sightings, "notice", lambda *_: (_ for _ in ()).throw(sa.exc.OperationalError("insert", {}, OSError("disk full"))))
        assert hub.publish(feed("/a")) == 503
    assert hub.publish(feed("/a")) == 202
    assert len(pages(receiving)) == 1


def test_a_faulty_outlet_file_is_no_loss_either(receiving, hub):
    renewal.subscribe(receiving)
    path = receiving.outlets_dir / "paper.yaml"
    whole = path.read_text()
    path.write_text("id: paper\n")
    assert hub.publish(feed("/a")) == 503
    path.write_text(whole)
    assert hub.publish(feed("/a")) == 202


def test_an_outlet_that_is_switched_off_takes_nothing_and_its_lease_is_left_to_end(receiving, hub, monkeypatch):
    renewal.subscribe(receiving)
    path = receiving.outlets_dir / "paper.yaml"
    path.write_text(path.read_text() + "enabled: false\n")
    assert hub.publish(feed("/a")) == 410
    end = the_row(receiving).lease_until
    monkeypatch.setattr(clock, "now", lambda: end)
    assert renewal.renew(receiving) == {"asked": 0, "failed": 0}
    path.unlink()
    assert hub.publish(feed("/a")) == 410
    assert pages(receiving) == []


def test_only_our_paths_are_answered(receiving, hub):
    renewal.subscribe(receiving)
    callback, topic = hub.forms[0]["hub.callback"], hub.forms[0]["hub.topic"]
    base, token = callback.rsplit("/websub/", 1)
    query = {"hub.mode": "subscribe", "hub.topic": topic, "hub.challenge": "x"}
    with httpx.Client(trust_env=False) as client:
        guesses = [
            f"{base}/websub/{guess}" for guess in ("x", token[:-1], token[:-1] + ("A" if token[-1] != "A" else "B"), "%00" * 43, "é" * 43)
        ]
        assert {client.get(guess, params=query).status_code for guess in guesses} == {404}
        assert {client.post(guess, content=b"x").status_code for guess in guesses} == {410}
        # nothing is pending any more, and another topic never was
        assert client.get(callback, params=query).status_code == 404
        assert client.get(callback, params=query | {"hub.topic": "https://other.example/"}).status_code == 404
        assert client.get(callback).status_code == 404
        assert client.put(callback).status_code == 405
        assert client.get(f"{base}/health").text == "ok"
        assert [client.get(f"{base}{path}").status_code for path in ("/", "/websub/", "/docs")] == [404, 404, 404]
    assert the_row(receiving).state == "active"


def test_an_echoed_challenge_is_plain_text(receiving, hub):
    hub.behaviour = "forget"
    renewal.subscribe(receiving)
    answer = hub.tell(hub.forms[0], {"hub.mode": "subscribe", "hub.challenge": "<script>alert(1)</script>"})
    assert answer.text == "<script>alert(1)</script>"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_nothing_secret_is_logged_or_shown(receiving, hub):
    with capture_logs() as logged:
        renewal.subscribe(receiving)
        hub.publish(feed("/a"))
        hub.publish(feed("/b"), secret="guess")
        hub.behaviour = "refuse"
        renewal.subscribe(receiving)
    row = the_row(receiving)
    shown = json.dumps(logged) + repr(row)
    assert {"hub_asked", "hub_failed"} <= {line["event"] for line in logged}
    assert row.token not in shown
    assert row.secret not in shown
