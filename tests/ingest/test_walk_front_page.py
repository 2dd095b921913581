"""A walk's look at the front page: only for what a feed dropped during a gap, by everybody's rules, and without traces of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ingest.discover.records import Discovered, Listing
from ingest.discover.walk import _is_torn
from ingest.records import Hint
from ingest.rhythm import polls

START = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
GAP = 30 * 60  # minutes
FEED = 'feeds: ["{base}/feed"]'
STORY, OTHER = "/local/old-well-is-mended-00017", "/sport/cup-goes-to-the-harbour-00018"


def items(minutes, count=12):
    """Items of a feed, an hour apart, the newest so many minutes after the start."""
    return [(f"/{minutes}-{n}", START + timedelta(minutes=minutes - 60 * n)) for n in range(count)]


def front(*paths):
    links = "".join(f"<h3><a href='{path}'>What happened in {path.split('/')[1]} today at last</a></h3>" for path in paths)
    return f"<html><body>{links}<a href='/about'>About</a></body></html>"


@pytest.fixture
def torn(site, slot):
    """A feed that was asked before a gap, and that no longer reaches back to then."""
    site.feed("/feed", items(0))
    slot(0, FEED)
    slot(60, FEED)
    site.feed("/feed", items(GAP))
    return slot


def test_the_look_brings_what_the_feed_has_dropped(site, torn):
    site.put("/", front(STORY, OTHER))
    assert torn(GAP, FEED) == ["/feed", "/"]
    assert {STORY, OTHER} <= torn.paths()
    assert torn.found.named[f"{site.base}/"] == 2


def test_the_patterns_of_the_outlet_hold_for_the_front_page_too(site, torn):
    site.put("/", front(STORY, OTHER))
    torn(GAP, FEED, "exclude: ['/sport/']")
    assert STORY in torn.paths()
    assert OTHER not in torn.paths()


def test_one_look_is_enough(site, torn):
    site.put("/", front(STORY))
    assert "/" in torn(GAP, FEED)
    assert all("/" not in torn(GAP + minutes, FEED) for minutes in (15, 60, 120, 240))


def test_the_look_is_no_source(site, torn):
    site.put("/", front(STORY))
    before = set(torn.states())
    torn(GAP, FEED)
    assert set(torn.states()) == before == {polls.source_id("paper", f"{site.base}/feed")}


@pytest.mark.parametrize("status", [403, 404, 503])
def test_a_front_page_that_does_not_answer_fails_nobody(site, torn, status):
    site.put("/", "no", status)
    assert "/" in torn(GAP, FEED)
    assert torn.found.failures == {}
    assert len(torn.paths()) == 12


@pytest.mark.parametrize("body", ["", b"\xff\xfe\x00", "<a href='javascript:1'>x</a>" + "<!-- " * 500])
def test_a_front_page_without_links_brings_nothing(site, torn, body):
    site.put("/", body)
    torn(GAP, FEED)
    assert torn.found.failures == {}
    assert torn.paths() == {path for path, _ in items(GAP)}


def test_robots_are_asked_before_the_front_page(site, torn):
    site.put("/robots.txt", "User-agent: *\nDisallow: /$\n", Content_Type="text/plain")
    site.put("/", front(STORY))
    assert "/feed" in torn(GAP + 24 * 60, FEED)
    assert "/" not in site.paths()
    assert STORY not in torn.paths()
    assert torn.found.failures == {}


def test_an_archive_run_looks_at_no_front_page(site, torn):
    site.put("/", front(STORY))
    assert "/" not in torn(GAP, FEED, conditional=False)


def test_a_first_run_has_no_gap(site, slot):
    site.put("/", front(STORY))
    site.feed("/feed", items(0))
    assert slot(0, FEED) == ["/feed"]


def test_a_sitemap_drops_nothing(site, slot):
    site.put("/", front(STORY))
    lines = 'sitemaps: ["{base}/map.xml"]'
    for minutes in (0, 60, GAP):
        site.sitemap("/map.xml", [(path, f"{at:%Y-%m-%dT%H:%M:%SZ}") for path, at in items(minutes)])
        assert "/" not in slot(minutes, lines)


# --- what torn means ---


def listing(*hours):
    pages = [Discovered(f"https://a.example/{n}", Hint(source="feed"), h and START + timedelta(hours=h)) for n, h in enumerate(hours)]
    return Listing(pages=pages)


@pytest.mark.parametrize(
    ("hours", "since", "torn"),
    [
        ((3, 2), 1, True),
        ((3, 1), 1, False),
        ((3, None), 1, True),
        ((None, None), 1, False),
        ((), 1, False),
        ((3, 2), None, False),
        ((3, -5), 1, False),
    ],
)
def test_a_list_that_reaches_back_to_the_last_answer_is_whole(hours, since, torn):
    assert _is_torn(listing(*hours), START + timedelta(hours=since) if since is not None else None) is torn
