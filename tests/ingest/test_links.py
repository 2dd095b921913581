"""Connections that wait for the next request: whose they are, for how long, and when nobody may have them again."""

from __future__ import annotations

import asyncio
import contextlib
from ipaddress import ip_network

import pytest
from ada_url import URL

from common.errors import FetchRefused
from ingest.web import links
from ingest.web.links import KEEP_ALIVE_S, Links, origin_of
from ingest.web.wire import Origin

LOOPBACK = [ip_network("127.0.0.0/8")]


def origin(site):
    return origin_of(URL(site.base))


async def exchange(link, path="/", *, whole=True):
    """One request; its body, unless it is left lying."""
    await link.ask(path, [("Host", "a.example")])
    body = b""
    while whole and (piece := await link.piece()) is not None:
        body += piece
    return body


class Watched(Links):
    """Remembers what it opened, so that nothing outlives a test."""

    def __init__(self, networks):
        super().__init__(networks)
        self.opened = []

    async def open(self, origin, *, fresh=False):
        self.opened.append(await super().open(origin, fresh=fresh))
        return self.opened[-1]


@contextlib.asynccontextmanager
async def pool():
    of = Watched(LOOPBACK)
    try:
        yield of
    finally:
        for link in of.opened:
            link.close()
        await asyncio.sleep(0)  # the event loop ends aborted connections at its next turn


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass by hand."""
    at = [1000.0]
    monkeypatch.setattr(links, "monotonic", lambda: at[0])
    return at


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://a.example/x", Origin("a.example", 80, False)),
        ("https://a.example/x", Origin("a.example", 443, True)),
        ("http://a.example:443/", Origin("a.example", 443, False)),
        ("https://a.example:80/", Origin("a.example", 80, True)),
        ("https://[2001:db8::1]:8443/", Origin("2001:db8::1", 8443, True)),
        ("http://A.Example:80/", Origin("a.example", 80, False)),
    ],
)
def test_an_address_names_host_port_and_whether_it_is_locked(url, expected):
    assert origin_of(URL(url)) == expected


def test_certificates_and_names_are_verified():
    context = links.tls_context()
    assert context.check_hostname
    assert context.verify_mode.name == "CERT_REQUIRED"
    assert context.cert_store_stats()["x509_ca"] > 0


def test_a_connection_whose_exchange_is_over_serves_again(site):
    site.put("/", "one")
    site.put("/2", "two")

    async def run():
        async with pool() as of:
            first = await of.open(origin(site))
            bodies = [await exchange(first)]
            of.give_back(first)
            second = await of.open(origin(site))
            assert not of.idle  # who has it, has it alone
            bodies.append(await exchange(second, "/2"))
            return first is second, second.served, bodies

    assert asyncio.run(run()) == (True, 1, [b"one", b"two"])


def test_a_fresh_connection_is_another_and_the_kept_one_is_let_go(site):
    site.put("/", "one")

    async def run():
        async with pool() as of:
            first = await of.open(origin(site))
            await exchange(first)
            of.give_back(first)
            second = await of.open(origin(site), fresh=True)
            return first is second, first.inbox.transport.is_closing(), await exchange(second), second.served

    assert asyncio.run(run()) == (False, True, b"one", 0)


@pytest.mark.parametrize(("passed_s", "is_kept"), [(0.0, True), (KEEP_ALIVE_S - 0.1, True), (KEEP_ALIVE_S, False), (60.0, False)])
def test_an_idle_connection_is_not_kept_for_long(site, clock, passed_s, is_kept):
    site.put("/", "one")

    async def run():
        async with pool() as of:
            first = await of.open(origin(site))
            await exchange(first)
            of.give_back(first)
            clock[0] += passed_s
            second = await of.open(origin(site))
            assert await exchange(second) == b"one"
            return first is second

    assert asyncio.run(run()) is is_kept


def test_a_connection_before_its_answer_has_come_is_not_kept(site):
    async def run():
        async with pool() as of:
            link = await of.open(origin(site))
            of.give_back(link)
            return len(of.idle), link.inbox.transport.is_closing()

    assert asyncio.run(run()) == (0, True)


@pytest.mark.parametrize("unasked", [b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", b"\r\n", b"x"])
def test_bytes_that_nobody_asked_for_never_pass_for_the_next_answer(site, unasked):
    site.put("/", "one")

    async def run():
        async with pool() as of:
            first = await of.open(origin(site))
            await exchange(first)
            of.give_back(first)
            assert of.idle
            first.inbox.data_received(unasked)  # as the event loop does
            second = await of.open(origin(site))
            return first is second, await exchange(second)

    assert asyncio.run(run()) == (False, b"one")


def test_a_connection_that_the_server_ended_is_replaced(site):
    site.put("/", "one", Connection="close")

    async def run():
        async with pool() as of:
            first = await of.open(origin(site))
            await exchange(first)
            of.give_back(first)
            second = await of.open(origin(site))
            return first is second, len(of.idle), await exchange(second)

    assert asyncio.run(run()) == (False, 0, b"one")


def test_an_origin_has_one_idle_connection(site):
    site.put("/", "one")

    async def run():
        async with pool() as of:
            both = [await of.open(origin(site)) for _ in range(2)]
            for link in both:
                await exchange(link)
            for link in both:
                of.give_back(link)
            return [link.inbox.transport.is_closing() for link in both], len(of.idle)

    assert asyncio.run(run()) == ([False, True], 1)


@pytest.mark.parametrize(("most", "passed_s"), [(1, 0.0), (64, KEEP_ALIVE_S + 1)])
def test_the_oldest_goes_when_there_are_too_many_or_its_time_is_over(site, other_site, clock, monkeypatch, most, passed_s):
    monkeypatch.setattr(links, "MAX_IDLE", most)

    async def run():
        async with pool() as of:
            for one in (site, other_site):
                one.put("/", "one")
                link = await of.open(origin(one))
                await exchange(link)
                of.give_back(link)
                clock[0] += passed_s
            return list(of.idle)

    assert asyncio.run(run()) == [origin(other_site)]


def test_closing_lets_go_of_all(site, other_site):
    async def run():
        async with pool() as of:
            for one in (site, other_site):
                one.put("/", "one")
                link = await of.open(origin(one))
                await exchange(link)
                of.give_back(link)
            assert len(of.idle) == 2
            of.close()
            of.close()  # again does no harm
            return [link.inbox.transport.is_closing() for link in of.opened], of.idle

    assert asyncio.run(run()) == ([True, True], {})


def test_no_connection_goes_where_networks_do_not_allow(site):
    async def run():
        with pytest.raises(FetchRefused) as refused:
            await Links([]).open(origin(site))
        return refused.value.where["fault"]

    assert asyncio.run(run()) == "ssrf"
    assert site.paths() == []
