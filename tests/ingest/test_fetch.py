from __future__ import annotations

import asyncio
import gzip
import socket
import threading
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from common.errors import FetchDelayed, FetchRefused
from ingest.web import fetch as module
from ingest.web.fetch import Answer, Fetcher, Validators, check_page, check_status, check_target


def get(settings, url, **more):
    async def run():
        async with Fetcher(settings) as fetcher:
            return await fetcher.fetch(url, **more)

    return asyncio.run(run())


def raw(site, path, data):
    """Answer with these very bytes, then close."""
    reply = module_reply(site)
    site.pages[path] = reply(raw=lambda handler: handler.wfile.write(data))


def module_reply(site):
    site.put("/tmp", "")
    return type(site.pages.pop("/tmp"))


def test_a_page_comes_back_as_a_plain_value(site, settings):
    site.put("/a", "<p>Hello", ETag='"v1"', Last_Modified="Mon, 23 Nov 2026 10:00:00 GMT")
    answer = get(settings, f"{site.base}/a#top")
    assert (answer.status, answer.body, answer.final_url) == (200, b"<p>Hello", f"{site.base}/a")
    assert answer.validators == Validators('"v1"', "Mon, 23 Nov 2026 10:00:00 GMT")
    assert answer.header("CONTENT-TYPE") == "text/html"
    assert answer.captured_at.tzinfo is not None


def test_we_say_who_we_are_and_what_we_can_read(site, settings):
    site.put("/a", "x")
    get(settings, f"{site.base}/a")
    headers = site.requests[0][1]
    assert headers["User-Agent"] == settings.user_agent
    assert headers["Accept-Encoding"] == "gzip, deflate, br, zstd"
    assert headers["Host"] == site.base.removeprefix("http://")


def test_validators_make_the_request_conditional(site, settings):
    site.put("/a", "x", ETag='"v1"')
    answer = get(settings, f"{site.base}/a", validators=Validators('"v1"', "Mon, 23 Nov 2026 10:00:00 GMT"))
    assert (answer.status, answer.body, answer.validators.etag) == (304, b"", '"v1"')
    assert site.requests[0][1]["If-Modified-Since"] == "Mon, 23 Nov 2026 10:00:00 GMT"


def test_a_coded_body_is_decoded(site, settings):
    site.put("/a", gzip.compress(b"<p>text"), Content_Encoding="gzip")
    assert get(settings, f"{site.base}/a").body == b"<p>text"


def test_redirects_are_followed_and_told(site, other_site, settings):
    site.put("/1", "", 301, Location="/2")
    site.put("/2", "", 302, Location=f"{other_site.base}/x/../3#part")
    other_site.put("/3", "there")
    answer = get(settings, f"{site.base}/1")
    assert (answer.url, answer.final_url, answer.body) == (f"{site.base}/1", f"{other_site.base}/3", b"there")


def test_a_location_in_raw_utf8_is_understood(site, settings):
    raw(site, "/1", b"HTTP/1.1 302 Found\r\nLocation: /caf\xc3\xa9 bar\r\nContent-Length: 0\r\n\r\n")
    site.put("/caf%C3%A9%20bar", "there")
    assert get(settings, f"{site.base}/1").body == b"there"


def test_five_redirects_are_followed_six_are_not(site, settings):
    for number in range(6):
        site.put(f"/{number}", "", 302, Location=f"/{number + 1}")
    site.put("/5", "there")
    assert get(settings, f"{site.base}/0").body == b"there"
    site.put("/5", "", 302, Location="/6")
    site.put("/6", "too far")
    with pytest.raises(FetchRefused, match="redirects"):
        get(settings, f"{site.base}/0")
    assert "/6" not in site.paths()


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("/a", "redirect loop"),
        ("", "without Location"),
        ("file:///etc/passwd", "http"),
        ("data:text/html,x", "http"),
        ("http://10.0.0.1/", "not on the public internet"),
        ("http://2130706433:1/", "port 1 is not"),
        ("http://[fd00::1]/", "not on the public internet"),
    ],
)
def test_each_hop_is_checked_anew(site, settings, location, why):
    settings = settings.model_copy(update={"allow_ports": [80, site.server_port]})
    site.put("/a", "", 302, **({"Location": location} if location else {}))
    with pytest.raises(FetchRefused, match=why):
        get(settings, f"{site.base}/a")
    assert site.paths() == ["/a"]


def test_loopback_is_refused_unless_allowed(site, settings):
    site.put("/a", "secret")
    with pytest.raises(FetchRefused, match="not on the public internet"):
        get(settings.model_copy(update={"allow_networks": []}), f"{site.base}/a")
    assert site.requests == []


@pytest.mark.parametrize("url", ["ftp://a.example/", "not a url", "http://a.example:22/", "http://a.example/" + "a" * 9000])
def test_targets_that_are_refused_by_their_text(url):
    with pytest.raises(FetchRefused):
        check_target(url, [80, 443])


def test_targets_lose_their_fragment():
    assert check_target("http://a.example:80/x#y", [80]) == "http://a.example/x"
    assert check_target("http://a.example:81/", []) == "http://a.example:81/"


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_statuses_that_may_pass(site, settings, status):
    site.put("/a", "trouble", status, Retry_After="7")
    with pytest.raises(FetchDelayed) as caught:
        get(settings, f"{site.base}/a")
    assert (caught.value.after_s, caught.value.where["status"]) == (7.0, status)


def test_without_retry_after_the_wait_is_ours(site, settings):
    site.put("/a", "trouble", 503, Retry_After="soon")
    with pytest.raises(FetchDelayed) as caught:
        get(settings, f"{site.base}/a")
    assert caught.value.after_s > 0
    assert "asked_s" not in caught.value.where


@pytest.mark.parametrize("status", [204, 206, 300, 400, 401, 403, 451])
def test_statuses_that_will_not_pass(site, settings, status):
    site.put("/a", "", status)
    with pytest.raises(FetchRefused, match=str(status)):
        get(settings, f"{site.base}/a")


def test_a_304_that_was_not_asked_for_is_no_page():
    answer = Answer("u", "u", 304, "", [], b"", datetime.now(UTC))
    check_status(answer, conditional=True)
    with pytest.raises(FetchRefused):
        check_status(answer, conditional=False)


@pytest.mark.parametrize("status", [404, 410])
def test_gone_is_an_answer(site, settings, status):
    site.put("/a", "not here", status)
    answer = get(settings, f"{site.base}/a")
    assert (answer.status, answer.body) == (status, b"")


@pytest.mark.parametrize("media", ["image/png", "application/pdf", "video/mp4; x=y", "APPLICATION/ZIP"])
def test_media_types_that_are_no_page_are_refused_before_the_body(site, settings, media):
    site.put("/a", b"x" * 100, Content_Type=media)
    with pytest.raises(FetchRefused, match="not a page"):
        get(settings, f"{site.base}/a")
    assert get(settings, f"{site.base}/a", kind="source").body


@pytest.mark.parametrize("body", [b"%PDF-1.7", b"\x7fELF\x02", b"\x89PNG\r\n", b"  \n%PDF", b"PK\x03\x04"])
def test_binaries_served_as_html_are_refused(body):
    with pytest.raises(FetchRefused, match="binary"):
        check_page("text/html", body)
    check_page("text/html", b"<html>" + b"Some words of an article. " * 20 + body)
    check_page(None, b"")


def test_a_body_above_the_limit_is_refused_or_cut(site, settings):
    small = settings.model_copy(update={"fetch_max_bytes": 100})
    site.put("/a", "x" * 101)
    with pytest.raises(FetchRefused, match="more than 100 bytes"):
        get(small, f"{site.base}/a")
    answer = get(small, f"{site.base}/a", cut_at=50)
    assert (answer.body, answer.cut) == (b"x" * 50, True)
    site.put("/a", "x" * 100)
    assert len(get(small, f"{site.base}/a").body) == 100


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nxx",
        b"HTTP/1.1 200 OK\r\n" + b"X-Filler: yes\r\n" * 20_000,
        b"complete nonsense\r\n\r\n",
    ],
)
def test_broken_answers_are_never_a_page(site, settings, data):
    raw(site, "/a", data)
    with pytest.raises((FetchDelayed, FetchRefused)) as caught:
        get(settings, f"{site.base}/a")
    assert caught.value.fault in {"protocol", "truncated", "header_too_large"}


def test_an_endless_body_ends_at_the_limit(site, settings):
    def endless(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            handler.wfile.write(b"x" * 65536)

    site.pages["/a"] = module_reply(site)(raw=endless)
    with pytest.raises(FetchRefused, match="more than"):
        get(settings.model_copy(update={"fetch_max_bytes": 10**6}), f"{site.base}/a")


def test_one_deadline_spans_redirects_and_body(site, settings):
    site.put("/1", "", 302, Location="/2")
    site.pages["/2"] = module_reply(site)(raw=lambda handler: handler.rfile.read(1))  # waits until the client hangs up
    with pytest.raises(FetchDelayed, match=r"within 0.3 s"):
        get(settings.model_copy(update={"fetch_deadline_s": 0.3}), f"{site.base}/1")


def test_a_host_that_refuses_connections_is_retried_later(settings):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        with pytest.raises(FetchDelayed, match="Connect call failed"):
            get(settings, f"http://127.0.0.1:{holder.getsockname()[1]}/")


def test_https_to_a_plain_port_fails_in_time(site, settings):
    with pytest.raises(FetchDelayed):
        get(settings, f"https://127.0.0.1:{site.server_port}/a")


def test_waiting_for_a_turn_does_not_count_as_fetching(site, settings):
    site.put("/1", "", 302, Location="/2")
    site.put("/2", "there")
    turns = []

    @asynccontextmanager
    async def turn(url):
        turns.append(url)
        await asyncio.sleep(0.2)
        yield

    answer = get(settings.model_copy(update={"fetch_deadline_s": 0.3}), f"{site.base}/1", turn=turn)
    assert answer.body == b"there"
    assert turns == [f"{site.base}/1", f"{site.base}/2"]


def test_a_connection_is_used_again(site, settings):
    site.put("/a", "x")
    peers = set()
    inner = site.pages["/a"]
    site.pages["/a"] = lambda handler: peers.add(handler.client_address) or inner

    async def twice():
        async with Fetcher(settings) as fetcher:
            for _ in range(3):
                await fetcher.fetch(f"{site.base}/a")

    asyncio.run(twice())
    assert len(peers) == 1


def test_a_slow_name_server_does_not_hold_up_the_end(settings, monkeypatch):
    released = []
    gate = threading.Event()

    def stall(*_args, **_more):
        gate.wait(10)
        released.append(True)
        return []

    monkeypatch.setattr("ingest.web.address.socket.getaddrinfo", stall)
    with pytest.raises(FetchDelayed):
        get(settings.model_copy(update={"fetch_deadline_s": 0.2}), "http://slow.example/")
    assert not released
    gate.set()


def test_limits_are_what_the_rfcs_ask_for():
    assert module.MAX_REDIRECTS >= 5
    assert frozenset({301, 302, 303, 307, 308}) == module.REDIRECTS
