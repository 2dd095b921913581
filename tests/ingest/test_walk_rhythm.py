"""Which sources a walk asks, and when, as slots go by."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from ingest.rhythm import polls

START = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
FEED, SITEMAP = 'feeds: ["{base}/feed"]', 'sitemaps: ["{base}/map.xml"]'


def items(count, minutes=0):
    return [(f"/{n}", START + timedelta(minutes=minutes - 60 * n)) for n in range(count)]


def stamp(minutes):
    return f"{START + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


def test_a_source_is_asked_again_when_its_interval_is_over(site, slot):
    site.feed("/feed", items(5))
    assert slot(0, FEED) == ["/feed"]
    assert slot(15, FEED) == slot(45, FEED) == []
    assert slot(60, FEED) == ["/feed"]


def test_whoever_starts_a_run_by_hand_has_everything_asked(site, slot):
    site.feed("/feed", items(5), ETag='"1"')
    slot(0, FEED)
    assert slot(5, FEED, everything=True) == ["/feed"]
    assert site.requests[-1][1]["If-None-Match"] == '"1"'


def test_a_body_that_is_the_same_without_validators_is_recognised(site, slot):
    site.feed("/feed", items(5))
    slot(0, FEED)
    assert len(slot.found.pages) == 5
    slot(60, FEED)
    assert slot.found.pages == []
    assert (slot.state("/feed").polls, slot.state("/feed").empty_polls) == (2, 1)


def test_validators_of_a_304_are_kept(site, slot):
    site.feed("/feed", items(5), ETag='"1"')
    slot(0, FEED)
    site.feed("/feed", items(5), ETag='"1"', Last_Modified="Mon, 23 Nov 2026 10:00:00 GMT")
    slot(60, FEED)
    assert slot.state("/feed").validators.last_modified == "Mon, 23 Nov 2026 10:00:00 GMT"


def test_feed_and_sitemap_of_the_same_pages_take_turns(site, slot):
    site.feed("/feed", items(12))
    site.sitemap("/map.xml", [(f"/{n}", stamp(-60 * n)) for n in range(12)])
    asked = [(minutes, path) for minutes in range(0, 600, 15) for path in slot(minutes, FEED, SITEMAP)]
    rest = [(minutes, path) for minutes, path in asked if minutes]
    assert len({minutes for minutes, _path in rest}) == len(rest)  # never both in one slot
    assert [path for _minutes, path in rest[:4]] in (["/feed", "/map.xml"] * 2, ["/map.xml", "/feed"] * 2)


def test_a_child_is_asked_when_its_index_tells_a_change(site, slot):
    day = f"/map-{START:%Y-%m-%d}.xml"
    site.sitemap("/map.xml", [(day, stamp(0))], kind="sitemapindex")
    site.sitemap(day, [("/1", stamp(0))])
    assert slot(0, SITEMAP) == ["/map.xml", day]
    assert slot(60, SITEMAP) == ["/map.xml"]
    site.sitemap("/map.xml", [(day, stamp(120))], kind="sitemapindex")
    site.sitemap(day, [("/1", stamp(0)), ("/2", stamp(120))])
    later = [path for minutes in range(75, 1600, 60) for path in slot(minutes, SITEMAP)]
    assert later[:2] == ["/map.xml", day]


def test_the_new_day_of_an_index_is_looked_for_when_the_last_day_is_over(site, slot):
    first, second = (f"/map-{START + timedelta(days=n):%Y-%m-%d}.xml" for n in (0, 1))
    site.sitemap("/map.xml", [(first, None)], kind="sitemapindex")
    left = round(24 * 60 - (START.hour * 60 + START.minute))
    found = None
    for minutes in range(0, left + 24 * 60, 15):
        site.sitemap(first, [(f"/{n}", stamp(0)) for n in range(min(minutes, left) // 30)])
        if minutes > left:
            site.sitemap("/map.xml", [(first, None), (second, None)], kind="sitemapindex")
            site.sitemap(second, [("/new", None)])
        if second in slot(minutes, SITEMAP):
            found = minutes
            break
    assert found is not None
    assert found <= left + 90


def test_an_index_beside_a_feed_that_names_everything_settles(site, slot):
    site.sitemap("/map.xml", [(f"/map-{n}.xml", None) for n in range(3)], kind="sitemapindex")
    for n in range(3):
        site.sitemap(f"/map-{n}.xml", [(f"/{n}", stamp(-60 * n))])
    asked = Counter()
    for minutes in range(0, 4 * 1440, 120):
        site.feed("/feed", [(f"/{n}", START + timedelta(hours=n)) for n in range(minutes // 60 + 1)][-40:])
        asked.update(slot(minutes, FEED, SITEMAP))
    assert asked["/map.xml"] <= 5
    assert all(asked[f"/map-{n}.xml"] <= 4 for n in range(3))
    assert asked["/feed"] > 20


def test_a_child_is_asked_beside_a_source_of_pages_and_then_brings_only_what_is_its_own(site, slot):
    site.sitemap("/map.xml", [("/posts.xml", None)], kind="sitemapindex")
    asked = []
    for minutes in range(0, 1440, 30):
        pages = [(f"/{n}", START + timedelta(minutes=20 * n)) for n in range(minutes // 20 + 1)][-40:]
        site.feed("/feed", pages)
        site.sitemap("/posts.xml", [(path, None) for path, _date in pages])
        asked.append(slot(minutes, FEED, SITEMAP))
    with_child = [one for one in asked if "/posts.xml" in one]
    assert 1 <= len(with_child) <= 3
    assert all("/feed" in one for one in with_child)


def test_a_front_page_beside_a_feed_settles_and_helps_after_a_gap(site, slot):
    lines = (FEED, "sections: [{url: '{base}/', include: ['/article-[0-9]+$']}]")
    asked = Counter()

    def news(minutes):
        pages = [f"/article-{n:05d}" for n in range(minutes // 30 + 1)]
        site.feed("/feed", [(path, START + timedelta(minutes=30 * n)) for n, path in enumerate(pages)][-20:])
        site.put(
            "/", "<html><body>" + "".join(f"<h3><a href='{path}'>On {path} of today</a></h3>" for path in pages[-60:]) + "</body></html>"
        )
        return slot(minutes, *lines)

    for minutes in range(0, 4 * 1440, 60):
        asked.update(news(minutes))
    assert asked["/"] <= 6
    assert asked["/feed"] > 30
    assert set(news(5 * 1440)) == {"/feed", "/"}
    assert len({page.url for page in slot.found.pages}) == 60


FRONT = (
    "<html><body><h3><a href='/local/old-well-is-mended-00017'>Old well is mended at last</a></h3><a href='/about'>About</a></body></html>"
)


@pytest.mark.parametrize(("kept", "looks"), [(12, True), (40, False)])
def test_what_a_feed_dropped_during_a_gap_is_sought_on_the_front_page(site, slot, kept, looks):
    """`kept` items of an hour each are left in the feed after a gap of a day."""
    site.put("/", FRONT)
    site.feed("/feed", items(12))
    for minutes in range(0, 360, 30):
        slot(minutes, FEED)
    site.feed("/feed", items(kept, 30 * 60))
    assert ("/" in slot(30 * 60, FEED)) is looks
    assert (f"{site.base}/local/old-well-is-mended-00017" in {page.url for page in slot.found.pages}) is looks
    assert "/" not in slot(31 * 60, FEED)
    assert polls.source_id("paper", f"{site.base}/") not in slot.states()


def test_a_front_page_that_is_not_there_fails_nobody(site, slot):
    site.feed("/feed", items(12))
    slot(0, FEED)
    slot(60, FEED)
    site.feed("/feed", items(12, 30 * 60))
    assert slot(30 * 60, FEED) == ["/feed", "/"]
    assert len(slot.found.pages) == 12
    assert slot.found.failures == {}


def test_after_a_gap_all_sources_are_asked(site, slot):
    days = [f"/map-{START - timedelta(days=n):%Y-%m-%d}.xml" for n in range(3)]
    site.sitemap("/map.xml", [(day, None) for day in days], kind="sitemapindex")
    for n, day in enumerate(days):
        site.sitemap(day, [(f"/day/{n}", None)])
    site.feed("/feed", items(12))
    lines = (FEED, SITEMAP)
    for minutes in range(0, 360, 30):
        slot(minutes, *lines)
    assert set(slot(360 + 24 * 60, *lines)) == {"/feed", "/map.xml", *days[:2]}  # the list of the third day was complete before


def test_a_host_in_trouble_is_probed_by_one_source_and_all_come_back_together(site, slot):
    site.feed("/feed", items(12))
    site.sitemap("/map.xml", [("/1", stamp(0))])
    slot(0, FEED, SITEMAP)
    for path in ("/feed", "/map.xml"):
        site.put(path, "", 500)
    probes = [len(slot(minutes, FEED, SITEMAP)) for minutes in range(60, 12 * 60, 15)]
    assert max(probes) == 1
    assert sum(probes) <= 14
    site.feed("/feed", items(12, 700))
    site.sitemap("/map.xml", [("/2", stamp(700))])
    back = [path for minutes in range(12 * 60, 15 * 60, 15) for path in slot(minutes, FEED, SITEMAP)]
    assert {"/feed", "/map.xml"} <= set(back[:3])
    assert slot.state("/feed").failures == slot.state("/map.xml").failures == 0


def test_one_broken_source_does_not_hold_back_the_others(site, slot):
    site.feed("/feed", items(12))
    site.put("/map.xml", "no sitemap at all", 200)
    asked = Counter(path for minutes in range(0, 12 * 60, 15) for path in slot(minutes, FEED, SITEMAP))
    assert asked["/feed"] >= 4
    assert 3 <= asked["/map.xml"] <= 12
    state = slot.state("/map.xml")
    assert "times in a row" in state.reason
    assert "not a sitemap" in state.last_error


def test_a_lying_validator_is_found_out(site, slot):
    """The feed answers 304 from the tenth hour on, though its pages change and another source brings them."""
    for hour in range(40):
        pages = [(f"/{n}", START + timedelta(hours=n)) for n in range(hour, hour + 30)]
        site.feed("/feed", pages, ETag='"fixed"' if hour > 9 else f'"{hour}"')
        site.sitemap("/map.xml", [(path, f"{date:%Y-%m-%dT%H:%M:%SZ}") for path, date in pages])
        slot(hour * 60, FEED, SITEMAP)
    assert slot.state("/feed").lies > 0


def test_a_max_age_is_waited_for(site, slot):
    site.feed("/feed", [(f"/{n}", START - timedelta(days=n)) for n in range(12)], Cache_Control="max-age=7200")
    assert [bool(slot(minutes, FEED)) for minutes in (0, 60, 105, 120)] == [True, False, False, True]
