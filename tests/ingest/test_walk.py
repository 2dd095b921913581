from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from ingest.discover import walk, window
from ingest.discover.domains import belongs
from ingest.discover.walk import Walk
from ingest.manners.visit import Visitor
from ingest.outlets import load_outlets
from ingest.rhythm import polls, sightings
from ingest.rhythm.pace import Pace
from ingest.state import SOURCE, open_state
from ingest.web.fetch import Validators

TODAY = datetime.now(UTC)


@pytest.fixture
def discover(settings, site, add_outlet):
    """Run the discovery of outlet `paper`, each source in each run."""
    engines = []

    def run(*lines, day=None, keeps=True):
        add_outlet("paper", site, *lines)
        (outlet,) = load_outlets(settings.outlets_dir)
        engine = open_state(settings)
        engines.append(engine)

        async def inner():
            async with Visitor(settings, engine) as visitor:
                days = window.archive(day) if day else window.live(TODAY, settings.lookback_days)
                one = Walk(visitor, engine, outlet, days, Pace(0, 0, 0), conditional=day is None, everything=day is not None, keeps=keeps)
                return await one.run()

        return asyncio.run(inner())

    run.engine = lambda: engines[-1]
    yield run
    for engine in engines:
        engine.dispose()


def paths(found, site):
    return [page.url.removeprefix(site.base) for page in found.pages]


FEED, SITEMAP = 'feeds: ["{base}/feed"]', 'sitemaps: ["{base}/map.xml"]'


def test_feeds_and_sitemaps_together(site, discover):
    site.feed("/feed", [("/1", TODAY), ("/2", None)])
    site.sitemap("/map.xml", [("/2", None), ("/3", f"{TODAY:%Y-%m-%d}")])
    found = discover(FEED, SITEMAP)
    assert paths(found, site) == ["/1", "/2", "/2", "/3"]
    assert found.named == {f"{site.base}/feed": 2, f"{site.base}/map.xml": 2}


def test_a_feed_that_is_html_is_noted_and_the_rest_goes_on(site, discover):
    site.put("/feed", "<!doctype html><html>Moved</html>")
    site.sitemap("/map.xml", [("/3", None)])
    found = discover(FEED, SITEMAP)
    assert paths(found, site) == ["/3"]
    assert "is not a feed but an HTML page" in found.failures[f"{site.base}/feed"]
    with discover.engine().begin() as connection:
        failed = connection.execute(sa.select(SOURCE.c.url, SOURCE.c.last_error).where(SOURCE.c.failures == 1)).all()
    assert [(row.url, row.last_error.split(":")[0]) for row in failed] == [(f"{site.base}/feed", "quarantined")]


@pytest.mark.parametrize(("status", "words"), [(404, "answers 404"), (403, "status 403"), (500, "status 500")])
def test_sources_that_do_not_answer_are_noted(site, discover, status, words):
    site.put("/feed", "", status)
    assert words in discover(FEED).failures[f"{site.base}/feed"]


def test_patterns_and_age_leave_pages_out(site, discover):
    site.feed("/feed", [("/news/1", TODAY), ("/video/2", TODAY), ("/news/3", TODAY - timedelta(days=30)), ("/news/4", None)])
    assert paths(discover(FEED, "exclude: [/video/]"), site) == ["/news/1", "/news/4"]


def test_the_second_time_only_changes_are_asked_for(site, discover):
    site.feed("/feed", [("/1", TODAY)], ETag='"v1"')
    assert paths(discover(FEED), site) == ["/1"]
    assert paths(discover(FEED), site) == []
    assert site.requests[-1][1]["If-None-Match"] == '"v1"'
    site.feed("/feed", [("/1", TODAY), ("/2", TODAY)], ETag='"v2"')
    assert paths(discover(FEED), site) == ["/1", "/2"]


def test_validators_wait_until_the_pages_are_safe(site, discover, monkeypatch):
    site.feed("/feed", [("/1", TODAY)], ETag='"v1"')
    with monkeypatch.context() as broken:
        broken.setattr(sightings, "notice", lambda *_: (_ for _ in ()).throw(RuntimeError("killed")))
        with pytest.raises(RuntimeError):
            discover(FEED)
    assert paths(discover(FEED), site) == ["/1"]


def test_a_look_leaves_no_traces(site, discover):
    site.feed("/feed", [("/1", TODAY)], ETag='"v1"')
    site.sitemap("/map.xml", [("/posts.xml", None)], kind="sitemapindex")
    site.sitemap("/posts.xml", [("/2", None)])
    for _ in range(2):
        assert paths(discover(FEED, SITEMAP, keeps=False), site) == ["/1", "/2"]
    assert polls.load(discover.engine(), "paper") == {}


def test_validators_survive_an_unchanged_answer(site, discover):
    site.feed("/feed", [("/1", TODAY)], ETag='"v1"')
    for _ in range(3):
        discover(FEED)
    (state,) = polls.load(discover.engine(), "paper").values()
    assert (state.validators, state.polls) == (Validators('"v1"'), 3)


def test_an_unchanged_index_does_not_hide_its_children(site, discover):
    site.sitemap("/map.xml", [("/posts.xml", None)], kind="sitemapindex", ETag='"same"')
    site.sitemap("/posts.xml", [("/1", None)], ETag='"p1"')
    assert paths(discover(SITEMAP), site) == ["/1"]
    site.sitemap("/posts.xml", [("/1", None), ("/2", None)], ETag='"p2"')
    assert paths(discover(SITEMAP), site) == ["/1", "/2"]


def test_live_asks_only_child_sitemaps_of_the_last_days(site, discover):
    recent, old = f"/map-{TODAY:%Y-%m-%d}.xml", "/map-2018-09-20.xml"
    site.sitemap("/map.xml", [(recent, None), (old, None), ("/posts.xml", "2018-09-20")], kind="sitemapindex")
    site.sitemap(recent, [("/1", None)])
    assert paths(discover(SITEMAP), site) == ["/1"]
    assert old not in site.paths()
    assert "/posts.xml" not in site.paths()


def test_a_day_of_the_archive(site, discover):
    children = [(f"/map-2018-09-{day}.xml", None) for day in range(17, 24)]
    site.sitemap("/map.xml", children, kind="sitemapindex", ETag='"same"')
    site.sitemap("/map-2018-09-19.xml", [("/19", None), ("/2018/09/20/late", None)])
    site.sitemap("/map-2018-09-20.xml", [("/20", "2018-09-25"), ("/2018/09/19/early", None)])
    site.sitemap("/map-2018-09-21.xml", [("/21", None)])
    site.feed("/feed", [("/feed-20", datetime(2018, 9, 20, 9, tzinfo=UTC)), ("/feed-now", TODAY), ("/undated", None)], ETag='"f"')
    for _ in range(2):  # an archive run always needs the whole answer
        found = discover(FEED, SITEMAP, day=date(2018, 9, 20))
        assert paths(found, site) == ["/feed-20", "/2018/09/20/late", "/20"]
    assert not {"/map-2018-09-17.xml", "/map-2018-09-18.xml", "/map-2018-09-22.xml"} & set(site.paths())


def test_every_page_of_daily_sitemaps_belongs_to_one_day(site, discover):
    days = [date(2018, 9, day) for day in range(18, 23)]
    site.sitemap("/map.xml", [(f"/map-{day}.xml", None) for day in days], kind="sitemapindex")
    for day in days:
        site.sitemap(f"/map-{day}.xml", [(f"/{day:%d}/{n}", "2018-09-30") for n in range(3)])
    named = [path for day in days for path in paths(discover(SITEMAP, day=day), site)]
    assert sorted(named) == sorted(f"/{day:%d}/{n}" for day in days for n in range(3))


def test_loops_and_depth_end(site, discover):
    site.sitemap("/map.xml", [("/map.xml", None), ("/b.xml", None)], kind="sitemapindex")
    site.sitemap("/b.xml", [("/map.xml", None), ("/c.xml", None)], kind="sitemapindex")
    site.sitemap("/c.xml", [("/d.xml", None)], kind="sitemapindex")
    site.sitemap("/d.xml", [("/too-deep", None)])
    assert discover(SITEMAP).pages == []
    assert sorted(site.paths()) == ["/b.xml", "/c.xml", "/map.xml", "/robots.txt"]


def test_fan_out_ends(site, discover, monkeypatch):
    monkeypatch.setattr(walk, "MAX_SOURCES", 5)
    site.sitemap("/map.xml", [(f"/{n}.xml", None) for n in range(50)], kind="sitemapindex")
    for n in range(50):
        site.sitemap(f"/{n}.xml", [(f"/page/{n}", None)])
    assert len(discover(SITEMAP).pages) == 4


def test_a_sitemap_speaks_only_for_its_own_site(site, discover):
    body = "<urlset><url><loc>https://elsewhere.example/1</loc></url><url><loc>/2</loc></url></urlset>"
    site.put("/map.xml", body, Content_Type="application/xml")
    assert paths(discover(SITEMAP), site) == ["/2"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.paper.example/1", True),
        ("https://paper.example/1", True),
        ("https://news.paper.example/1", True),
        ("https://cdn.maps.example/1", True),
        ("https://notpaper.example/1", False),
        ("https://paper.example.evil.example/1", False),
    ],
)
def test_belonging(settings, add_outlet, site, url, expected):
    add_outlet("paper", site, FEED)
    outlet = load_outlets(settings.outlets_dir)[0].model_copy(update={"home": "https://www.paper.example/"})
    assert belongs(outlet, url, "https://maps.example/s.xml") is expected
