from __future__ import annotations

import asyncio
import itertools
import threading
from datetime import timedelta

import pytest

from common import clock
from common.errors import FetchDelayed, FetchRefused
from ingest.manners import hosts, robots
from ingest.manners.robots import Copy
from ingest.manners.visit import Visitor
from ingest.state import open_state


@pytest.fixture
def state(settings):
    engine = open_state(settings)
    yield engine
    engine.dispose()


def visiting(settings, state, *urls, pause=asyncio.sleep, **more):
    """Visit URLs one after another; answers or errors."""

    async def run():
        found = []
        async with Visitor(settings, state, pause=pause) as visitor:
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


def test_robots_are_remembered_across_processes_for_a_day(site, settings, state, still):
    site.put("/a", "x")
    for hours, asked in ((0, 1), (23, 1), (1, 2), (1, 2)):
        still.pass_by(3600 * hours)
        visiting(settings, state, f"{site.base}/a")
        assert site.paths().count("/robots.txt") == asked


def test_robots_are_asked_again_by_a_process_that_lives_for_days(site, settings, state, still):
    site.put("/a", "x")

    async def run():
        async with Visitor(settings, state) as visitor:
            await visitor.get(f"{site.base}/a")
            site.put("/robots.txt", "User-agent: *\nDisallow: /a")
            still.pass_by(23 * 3600)
            await visitor.get(f"{site.base}/a")
            still.pass_by(3600)
            with pytest.raises(FetchRefused):
                await visitor.get(f"{site.base}/a")

    asyncio.run(run())


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
    assert error.fault == "robots"
    assert error.after_s > robots.RETRY_S - 5
    assert site.paths() == ["/robots.txt"]


def test_unreachable_robots_are_not_asked_for_by_every_page(site, settings, state, still):
    site.put("/robots.txt", "trouble", 500)
    site.put("/a", "x")
    found = visiting(settings, state, *[f"{site.base}/a"] * 5)
    assert all(isinstance(one, FetchDelayed) and one.where["blocked"] for one in found)
    assert site.paths() == ["/robots.txt"]
    still.pass_by(robots.RETRY_S)
    site.put("/robots.txt", "")
    assert visiting(settings, state, f"{site.base}/a")[0].status == 200


def test_robots_that_ask_for_quiet_are_asked_again_when_they_say(site, settings, state, still):
    site.put("/robots.txt", "slow down", 429, Retry_After="30")
    site.put("/a", "x")
    (error,) = visiting(settings, state, f"{site.base}/a")
    assert error.after_s == 30
    site.put("/robots.txt", "")
    still.pass_by(29)
    assert isinstance(visiting(settings, state, f"{site.base}/a")[0], FetchDelayed)
    still.pass_by(1)
    assert visiting(settings, state, f"{site.base}/a")[0].status == 200


@pytest.mark.parametrize(("before", "expected"), [("", 200), ("User-agent: *\nDisallow: /", FetchRefused)])
def test_a_month_of_unreachable_robots_ends_with_the_last_copy(site, settings, state, still, before, expected):
    site.put("/robots.txt", before)
    site.put("/a", "x")
    visiting(settings, state, f"{site.base}/a")
    site.put("/robots.txt", "trouble", 500)
    for _ in range(30):
        still.pass_by(24 * 3600)
        assert isinstance(visiting(settings, state, f"{site.base}/a")[0], FetchDelayed)
    still.pass_by(24 * 3600)
    visiting(settings, state, f"{site.base}/a")  # asks for robots.txt, which closes the host for an hour at most
    still.pass_by(3600)
    (end,) = visiting(settings, state, f"{site.base}/a")
    assert expected in {getattr(end, "status", None), type(end)}
    site.put("/robots.txt", "User-agent: *\nAllow: /")
    still.pass_by(24 * 3600)
    assert visiting(settings, state, f"{site.base}/a")[0].status == 200


def test_robots_behind_more_redirects_than_we_follow_count_as_absent(site, settings, state):
    site.put("/robots.txt", "", 302, Location="/robots.txt")
    site.put("/a", "x")
    assert visiting(settings, state, f"{site.base}/a")[0].status == 200


def test_robots_behind_five_redirects_are_obeyed(site, settings, state):
    site.put("/robots.txt", "", 302, Location="/1")
    for n in range(1, 5):
        site.put(f"/{n}", "", 302, Location=f"/{n + 1}")
    site.put("/5", "User-agent: *\nDisallow: /a")
    assert isinstance(visiting(settings, state, f"{site.base}/a")[0], FetchRefused)


def test_a_host_that_may_not_be_talked_to_is_refused_for_that(settings, state):
    (error,) = visiting(settings.model_copy(update={"allow_networks": []}), state, "http://127.0.0.1:9/a")
    assert isinstance(error, FetchRefused)


def test_a_forbidden_page_of_the_same_host_is_never_fetched_as_a_redirect_target(site, settings, state):
    site.put("/robots.txt", "User-agent: *\nDisallow: /private")
    site.put("/a", "", 302, Location="/x/../private/1")
    (error,) = visiting(settings, state, f"{site.base}/a")
    assert (type(error), error.fault) == (FetchRefused, "robots")
    assert site.paths() == ["/robots.txt", "/a"]


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
    """Serve paths and note when each was asked for, by the clock of the test."""
    moments = []

    def noting(reply):
        return lambda handler: moments.append(clock.now()) or reply

    for path in paths:
        site.put(path, "x")
        site.pages[path] = noting(site.pages[path])
    return moments


@pytest.mark.parametrize("case", ["setting", "outlet", "crawl-delay"])
def test_the_delay_of_a_host_is_kept(site, settings, state, still, case):
    if case == "crawl-delay":
        site.put("/robots.txt", "User-agent: *\nCrawl-delay: 3")
    moments = timed(site, "/a", "/b", "/c")
    patient = settings.model_copy(update={"host_delay_s": 3.0 if case == "setting" else 0.0})
    addresses = [f"{site.base}{path}" for path in ("/a", "/b", "/c")]
    visiting(patient, state, *addresses, pause=still.pause, delay_s=3.0 if case == "outlet" else None)
    assert [later - earlier >= timedelta(seconds=3) for earlier, later in itertools.pairwise(moments)] == [True, True]


def test_two_visitors_keep_the_delay_together(site, settings, state, still):
    moments = timed(site, "/a", "/b", "/robots.txt")
    patient = settings.model_copy(update={"host_delay_s": 2.0})

    async def both():
        async with Visitor(patient, state, pause=still.pause) as one, Visitor(patient, state, pause=still.pause) as two:
            await asyncio.gather(*(who.get(f"{site.base}{path}") for who in (one, two) for path in ("/a", "/b")))

    asyncio.run(both())
    assert len(moments) >= 5
    assert min(later - earlier for earlier, later in itertools.pairwise(sorted(moments))) >= timedelta(seconds=2)


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


def test_after_429_nobody_asks_before_the_time(site, settings, state, still):
    site.put("/a", "slow down", 429, Retry_After="60")
    site.put("/b", "x")
    first, second = visiting(settings, state, f"{site.base}/a", f"{site.base}/b")
    assert first.after_s == 60
    assert isinstance(second, FetchDelayed)
    assert second.where["blocked"] == 1
    assert second.after_s == 60
    still.pass_by(59)
    assert isinstance(visiting(settings, state, f"{site.base}/b")[0], FetchDelayed)
    assert "/b" not in site.paths()
    still.pass_by(1)
    assert visiting(settings, state, f"{site.base}/b")[0].status == 200


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


def test_the_agent_says_who_we_are(site, settings, state):
    site.put("/a", "x")
    visiting(settings, state, f"{site.base}/a")
    assert {headers["User-Agent"] for _path, headers in site.requests} == {settings.user_agent}
    assert "+http" in settings.user_agent


def test_patience_with_another_process_has_an_end(site, settings, state, still):
    hosts.keep_robots(state, site.base, Copy("", clock.now()))
    hosts.take(state, hosts.host_of(site.base), "another", clock.now(), 1000, 1)
    (error,) = visiting(settings, state, f"{site.base}/a", pause=still.pause)
    assert "another process" in str(error)
    assert site.requests == []


def test_everything_is_given_back_at_the_end(site, settings, state):
    site.put("/a", "x")
    visiting(settings, state, f"{site.base}/a")
    assert hosts.look(state, site.base).lease_owner is None
