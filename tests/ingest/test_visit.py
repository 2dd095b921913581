from __future__ import annotations

import asyncio
import itertools
import threading
import time
from datetime import timedelta

import pytest

from common import clock
from common.errors import FetchDelayed, FetchRefused
from ingest import hosts, visit
from ingest.state import open_state
from ingest.visit import Visitor


@pytest.fixture
def state(settings):
    engine = open_state(settings)
    yield engine
    engine.dispose()


def visiting(settings, state, *urls, **more):
    """Visit URLs one after another; answers or errors."""

    async def run():
        found = []
        async with Visitor(settings, state) as visitor:
            for url in urls:
                try:
                    found.append(await visitor.get(url, **more))
                except (FetchDelayed, FetchRefused) as error:
                    found.append(error)
        return found

    return asyncio.run(run())


def test_robots_are_asked_first_and_once(site, settings, state):
    site.put("/robots.txt", "User-agent: *\nDisallow: /private", Content_Type="text/plain")
    site.put("/a", "x")
    a, private, again = visiting(settings, state, f"{site.base}/a", f"{site.base}/private/1", f"{site.base}/a")
    assert (a.status, again.status) == (200, 200)
    assert isinstance(private, FetchRefused)
    assert site.paths() == ["/robots.txt", "/a", "/a"]


def test_robots_are_remembered_across_processes_for_a_day(site, settings, state):
    site.put("/a", "x")
    visiting(settings, state, f"{site.base}/a")
    visiting(settings, state, f"{site.base}/a")
    assert site.paths().count("/robots.txt") == 1
    hosts.keep_robots(state, site.base, "", clock.now() - timedelta(hours=25))
    visiting(settings, state, f"{site.base}/a")
    assert site.paths().count("/robots.txt") == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_no_robots_means_no_rules(site, settings, state, status):
    site.put("/robots.txt", "User-agent: *\nDisallow: /", status)
    site.put("/a", "x")
    assert visiting(settings, state, f"{site.base}/a")[0].status == 200


@pytest.mark.parametrize("status", [429, 500, 503])
def test_unreachable_robots_close_the_host_for_now(site, settings, state, status):
    site.put("/robots.txt", "User-agent: *\nAllow: /", status)
    site.put("/a", "x")
    (error,) = visiting(settings, state, f"{site.base}/a")
    assert isinstance(error, FetchDelayed)
    assert error.after_s >= visit.ROBOTS_RETRY_S
    assert site.paths() == ["/robots.txt"]


def test_robots_that_break_off_close_the_host_for_now(site, settings, state):
    site.put("/robots.txt")
    site.pages["/robots.txt"].raw = lambda handler: None
    assert isinstance(visiting(settings, state, f"{site.base}/a")[0], FetchDelayed)
    assert "/a" not in site.paths()


def test_robots_in_a_private_network_close_the_host_for_now(site, settings, state):
    site.put("/robots.txt", "", 302, Location="http://10.0.0.1/robots.txt")
    assert isinstance(visiting(settings, state, f"{site.base}/a")[0], FetchDelayed)


def test_endless_robots_are_cut_and_obeyed(site, settings, state):
    site.put("/robots.txt", "User-agent: *\nDisallow: /\n" + "# filler\n" * 200_000)
    assert isinstance(visiting(settings, state, f"{site.base}/a")[0], FetchRefused)


def test_a_redirect_is_asked_for_at_its_own_host(site, other_site, settings, state):
    site.put("/a", "", 302, Location=f"{other_site.base}/b")
    other_site.put("/robots.txt", "User-agent: *\nDisallow: /b")
    assert isinstance(visiting(settings, state, f"{site.base}/a")[0], FetchRefused)
    assert other_site.paths() == ["/robots.txt"]


def timed(site, *paths):
    """Serve paths and note when each was asked for."""
    moments = []

    def noting(reply):
        return lambda handler: moments.append(time.monotonic()) or reply

    for path in paths:
        site.put(path, "x")
        site.pages[path] = noting(site.pages[path])
    return moments


@pytest.mark.parametrize("case", ["setting", "outlet", "crawl-delay"])
def test_the_delay_of_a_host_is_kept(site, settings, state, case):
    if case == "crawl-delay":
        site.put("/robots.txt", "User-agent: *\nCrawl-delay: 0.15")
    moments = timed(site, "/a", "/b", "/c")
    patient = settings.model_copy(update={"host_delay_s": 0.15 if case == "setting" else 0.0})
    visiting(patient, state, *(f"{site.base}{path}" for path in ("/a", "/b", "/c")), delay_s=0.15 if case == "outlet" else None)
    assert all(later - earlier >= 0.149 for earlier, later in itertools.pairwise(moments))
    assert len(moments) == 3


def test_two_visitors_keep_the_delay_together(site, settings, state):
    moments = timed(site, "/a", "/b")
    patient = settings.model_copy(update={"host_delay_s": 0.1})

    async def both():
        async with Visitor(patient, state) as one, Visitor(patient, state) as two:
            await asyncio.gather(*(who.get(f"{site.base}{path}") for who in (one, two) for path in ("/a", "/b")))

    asyncio.run(both())
    assert len(moments) == 4
    assert min(later - earlier for earlier, later in itertools.pairwise(sorted(moments))) >= 0.099


def test_different_hosts_are_visited_side_by_side(site, other_site, settings, state):
    together = threading.Barrier(2, timeout=5)
    for one in (site, other_site):
        one.put("/a", "x")
        reply = one.pages["/a"]
        one.pages["/a"] = lambda _handler, reply=reply: together.wait() is not None and reply

    async def both():
        async with Visitor(settings, state) as visitor:
            return await asyncio.gather(*(visitor.get(f"{one.base}/a") for one in (site, other_site)))

    assert [answer.status for answer in asyncio.run(both())] == [200, 200]


def test_after_429_nobody_asks_before_the_time(site, settings, state):
    site.put("/a", "slow down", 429, Retry_After="60")
    site.put("/b", "x")
    first, second = visiting(settings, state, f"{site.base}/a", f"{site.base}/b")
    assert first.after_s == 60
    assert isinstance(second, FetchDelayed)
    assert second.where["blocked"] == 1
    assert 50 < second.after_s <= 60
    assert "/b" not in site.paths()


def test_three_failures_in_a_row_leave_the_host_alone(site, settings, state):
    for path in ("/1", "/2", "/3", "/4"):
        site.put(path, "trouble", 500)
    found = visiting(settings, state, *(f"{site.base}/{n}" for n in (1, 2, 3, 4)))
    assert all(isinstance(one, FetchDelayed) for one in found)
    assert site.paths() == ["/robots.txt", "/1", "/2", "/3"]


def test_a_refused_page_is_no_failure_of_the_host(site, settings, state):
    for path in ("/1", "/2", "/3"):
        site.put(path, "no", 403)
    site.put("/4", "x")
    assert visiting(settings, state, *(f"{site.base}/{n}" for n in (1, 2, 3, 4)))[-1].status == 200


def test_patience_with_another_process_has_an_end(site, settings, state, monkeypatch):
    monkeypatch.setattr(visit, "PATIENCE_S", 0.05)
    monkeypatch.setattr(visit, "LOOK_AGAIN_S", 0.02)
    hosts.look(state, site.base)
    hosts.keep_robots(state, site.base, "", clock.now())
    hosts.take_lease(state, site.base, "another", clock.now(), 60)
    (error,) = visiting(settings, state, f"{site.base}/a")
    assert "another process" in str(error)
    assert site.requests == []
