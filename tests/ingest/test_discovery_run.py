"""Every kind of source through a whole batch: asked, read, fetched, kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from ingest.stage import ingest_group, seal_batch
from ingest.store.captures import read_index

NOW = datetime.now(UTC)
LIVE, ARCHIVE = "2026-11-23T10:15", "archive/2018-09-20"


@pytest.fixture
def fetched(site, settings, add_outlet):
    """Run a batch of outlet `paper`; paths of what was fetched, with their hints."""

    def run(batch, *lines):
        add_outlet("paper", site, *lines)
        ingest_group(settings, batch, ["paper"])
        seal_batch(settings, batch)
        found = [one for one in read_index(settings, batch) if one.outcome == "fetched"]
        return {one.url.removeprefix(site.base): one.hint.source for one in found}

    return run


def test_a_section_page_is_asked_by_live_runs(site, fetched):
    links = (f"/{NOW:%Y/%m/%d}/new", "/2018/09/20/old", "story-12345", "/about")
    site.put("/world/", "".join(f'<a href="{link}">x</a>' for link in links))
    for path in (f"/{NOW:%Y/%m/%d}/new", "/world/story-12345"):
        site.put(path, "<p>text")
    assert fetched(LIVE, "sections: ['{base}/world/']") == {f"/{NOW:%Y/%m/%d}/new": "section", "/world/story-12345": "section"}
    assert fetched(ARCHIVE, "sections: ['{base}/world/']") == {}


def test_a_json_feed_and_a_text_sitemap_are_sources_like_others(site, fetched):
    items = [{"url": "/1", "title": "One", "date_published": NOW.isoformat()}]
    site.put("/feed.json", json.dumps({"version": "https://jsonfeed.org/version/1", "items": items}), Content_Type="application/feed+json")
    site.put("/map.txt", f"{site.base}/2\n{site.base}/3\n", Content_Type="text/plain")
    for path in ("/1", "/2", "/3"):
        site.put(path, "<p>text")
    assert fetched(LIVE, "feeds: ['{base}/feed.json']", "sitemaps: ['{base}/map.txt']") == {"/1": "feed", "/2": "sitemap", "/3": "sitemap"}


def test_the_archive_page_of_a_day_and_its_next_page(site, fetched):
    site.put("/archive/2018/9/20", "<ol><a href='/a'>x</a><a href='/2018/09/19/b'>x</a></ol><a class=next href='?page=2'>more</a>")
    site.put("/archive/2018/9/20?page=2", "<ol><a href='/c'>x</a></ol><a class=next href='/archive/2018/9/21'>next day</a>")
    for path in ("/a", "/c"):
        site.put(path, "<p>text")
    rule = "archive_pages: [{url: '{base}/archive/{year}/{month}/{day}', links: 'ol a', next: 'a.next'}]"
    assert fetched(ARCHIVE, rule) == {"/a": "archive_page", "/c": "archive_page"}
    assert "/archive/2018/9/21" not in site.paths()
    assert site.paths().count("/archive/2018/9/20") == 1


def test_a_source_that_is_none_is_told_and_the_others_go_on(site, fetched, settings):
    site.put("/feed", "<html>")
    site.put("/world/", "<a href='/story-12345'>x</a>")
    site.put("/story-12345", "<p>text")
    assert fetched(LIVE, "feeds: ['{base}/feed']", "sections: ['{base}/world/']") == {"/story-12345": "section"}
