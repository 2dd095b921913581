from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from common.errors import Quarantined
from ingest.discover import feeds, sources, window
from ingest.discover.sources import Source, of_outlet, read
from ingest.fetch import Answer
from ingest.outlets import Outlet

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
LIVE, ARCHIVE = window.live(NOW, 7), window.archive(date(2018, 9, 20))


def outlet(**more):
    return Outlet(id="a", name="A", home="https://a.example/", **{"feeds": ["https://a.example/feed"]} | more)


def answer(body, url="https://a.example/x", **headers):
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Answer(url, url, 200, "OK", named, body.encode() if isinstance(body, str) else body, NOW)


@pytest.mark.parametrize("days", [LIVE, ARCHIVE])
def test_feeds_and_sitemaps_are_asked_in_order_and_each_once(days):
    found = of_outlet(outlet(feeds=["https://a.example/f", "https://a.example/f"], sitemaps=["https://a.example/s"]), days)
    assert found == [Source("feed", "https://a.example/f"), Source("sitemap", "https://a.example/s")]


def test_only_feeds_may_be_cut():
    assert sources.cut_at(Source("feed", "https://a.example/f")) == feeds.MAX_BYTES
    assert sources.cut_at(Source("sitemap", "https://a.example/s")) is None


def test_a_feed_may_name_pages_elsewhere_and_a_sitemap_not():
    feed = "<rss version='2.0'><channel><item><link>https://b.example/1</link></item></channel></rss>"
    assert [one.url for one in read(Source("feed", "https://a.example/f"), answer(feed), outlet()).pages] == ["https://b.example/1"]
    urls = "".join(f"<url><loc>https://{host}/1</loc></url>" for host in ("b.example", "a.example", "news.a.example", "evil-a.example"))
    found = read(Source("sitemap", "https://a.example/s"), answer(f"<urlset>{urls}</urlset>"), outlet())
    assert [one.url for one in found.pages] == ["https://a.example/1", "https://news.a.example/1"]


def test_an_index_may_not_name_sitemaps_elsewhere():
    index = "<sitemapindex><sitemap><loc>http://10.0.0.1/s</loc></sitemap><sitemap><loc>/t</loc></sitemap></sitemapindex>"
    found = read(Source("sitemap", "https://a.example/s"), answer(index), outlet())
    assert [one.url for one in found.children] == ["https://a.example/t"]


@pytest.mark.parametrize("kind", ["feed", "sitemap"])
def test_what_is_no_source_is_told(kind):
    with pytest.raises(Quarantined):
        read(Source(kind, "https://a.example/s"), answer("<html>hello</html>"), outlet())
