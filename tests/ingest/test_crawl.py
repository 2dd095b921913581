from __future__ import annotations

import asyncio

import pytest

from common.errors import Quarantined, RetryLater
from ingest.discover import crawl
from ingest.discover.crawl import crawl_sitemap, entry_titles, is_same_site, read_any_feed
from ingest.fetch import Fetcher


@pytest.fixture
def crawled(site, settings):
    """Crawl a sitemap of the site with the real fetcher; paths of the pages."""

    def run(path="/map.xml", deadline_s=30.0):
        async def inner():
            async with Fetcher(settings) as fetcher:
                return await crawl_sitemap(lambda url: fetcher.fetch(url, kind="source"), site.base + path, deadline_s)

        return [page.url.removeprefix(site.base) for page in asyncio.run(inner())]

    return run


def test_an_index_leads_to_its_pages(site, crawled):
    site.sitemap("/map.xml", [("/a.xml", None), ("/b.xml", None)], kind="sitemapindex")
    site.sitemap("/a.xml", [("/1", None)])
    site.sitemap("/b.xml", [("/2", None)])
    assert crawled() == ["/1", "/2"]


def test_a_loop_ends(site, crawled):
    site.sitemap("/map.xml", [("/map.xml", None), ("/a.xml", None)], kind="sitemapindex")
    site.sitemap("/a.xml", [("/map.xml", None), ("/a.xml", None), ("/b.xml", None)], kind="sitemapindex")
    site.sitemap("/b.xml", [("/1", None)])
    assert crawled() == ["/1"]
    assert sorted(site.paths()) == ["/a.xml", "/b.xml", "/map.xml"]


def test_a_fan_of_indexes_ends(site, crawled):
    for number in range(100):
        site.sitemap(f"/{number}.xml", [(f"/{number}-{below}.xml", None) for below in range(100)], kind="sitemapindex")
    site.sitemap("/map.xml", [(f"/{number}.xml", None) for number in range(100)], kind="sitemapindex")
    assert crawled() == []
    assert len(site.paths()) <= crawl.MAX_FILES


def test_what_is_deeper_is_left_out(site, crawled):
    for number in range(5):
        site.sitemap(f"/{number}.xml", [(f"/{number + 1}.xml", None)], kind="sitemapindex")
    assert crawled("/0.xml") == []
    assert site.paths() == ["/0.xml", "/1.xml", "/2.xml"]


def test_other_sites_are_not_asked(site, other_site, crawled):
    elsewhere = ("http://10.0.0.1/a.xml", other_site.base.replace("127.0.0.1", "localhost") + "/b.xml")
    site.put("/map.xml", "<sitemapindex>" + "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in elsewhere) + "</sitemapindex>")
    assert crawled() == []
    assert other_site.paths() == []


def test_a_child_that_fails_does_not_spoil_the_others(site, crawled):
    site.sitemap("/map.xml", [("/gone.xml", None), ("/html.xml", None), ("/b.xml", None)], kind="sitemapindex")
    site.put("/html.xml", "<html>")
    site.sitemap("/b.xml", [("/1", None)])
    assert crawled() == ["/1"]


@pytest.mark.parametrize(("status", "error"), [(200, Quarantined), (500, RetryLater)])
def test_the_first_file_has_to_be_one(site, crawled, status, error):
    site.put("/map.xml", "<html>", status)
    with pytest.raises(error):
        crawled()


def test_time_ends_it_with_what_was_found(site, crawled, monkeypatch):
    ticks = iter([0.0, 1.0, 2.0, 99.0])
    monkeypatch.setattr(crawl, "monotonic", lambda: next(ticks))
    site.sitemap("/map.xml", [(f"/{number}.xml", None) for number in range(9)], kind="sitemapindex")
    site.sitemap("/0.xml", [("/1", None)])
    assert crawled(deadline_s=10) == ["/1"]


def test_pages_are_bounded(site, crawled, monkeypatch):
    monkeypatch.setattr(crawl, "MAX_PAGES", 3)
    site.sitemap("/map.xml", [(f"/{number}", None) for number in range(9)])
    assert crawled() == ["/0", "/1", "/2"]


@pytest.mark.parametrize(
    ("url", "other", "expected"),
    [
        ("https://a.example/x", "https://www.a.example/", True),
        ("https://www.a.example/x", "https://a.example/", True),
        ("https://n.a.example/x", "https://www.a.example/", True),
        ("https://evil-a.example/", "https://a.example/", False),
        ("https://a.example.b.example/", "https://a.example/", False),
        ("https://example/", "https://a.example/", False),
        ("mailto:x", "https://a.example/", False),
        ("mailto:x", "mailto:y", False),
    ],
)
def test_sites(url, other, expected):
    assert is_same_site(url, other) is expected


def test_titles_of_feeds_of_both_families(site, settings):
    site.feed("/feed", [("/1", None), ("/2", None)])
    site.put("/feed.json", '{"version": "https://jsonfeed.org/version/1.1", "items": [{"url": "/1", "title": "One"}, {"url": "/2"}]}')

    async def inner(path):
        async with Fetcher(settings) as fetcher:
            return await fetcher.fetch(site.base + path, kind="source")

    assert entry_titles(asyncio.run(inner("/feed"))) == ["On /1", "On /2"]
    assert entry_titles(asyncio.run(inner("/feed.json"))) == ["One", ""]
    assert len(read_any_feed(asyncio.run(inner("/feed.json"))).pages) == 2
