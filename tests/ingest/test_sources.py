from __future__ import annotations

from datetime import UTC, date, datetime
from typing import get_args

import pytest

from common.errors import Quarantined
from ingest.discover import feed_bounds, sitemaps, sources, window
from ingest.discover.sources import Source, SourceKind, of_outlet, read
from ingest.outlets import Outlet
from ingest.web.fetch import Answer

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


def test_all_that_is_usable_when_cut_may_be_cut():
    kept = {kind: sources.cut_at(Source(kind, "https://a.example/f")) for kind in get_args(SourceKind)}
    assert [kind for kind, size in kept.items() if size is None] == ["cdx"]
    assert kept["feed"] == feed_bounds.MAX_BYTES < kept["sitemap"] < sitemaps.MAX_BYTES


def test_link_headers_name_hub_and_topic():
    feed = "<feed xmlns='http://www.w3.org/2005/Atom'><link rel='hub' href='https://old.example/'/><link rel='self' href='https://a.example/old'/></feed>"
    source = Source("feed", "https://a.example/f")
    found = read(source, answer(feed, Link='<https://hub.example/>; rel="hub", <https://a.example/topic>; title=x; rel=self'), outlet())
    assert (found.hub, found.self_url) == ("https://hub.example/", "https://a.example/topic")
    found = read(source, answer(feed, Link='<https://a.example/2>; rel="next"'), outlet())
    assert (found.hub, found.self_url) == ("https://old.example/", "https://a.example/old")


@pytest.mark.parametrize(
    "header", ["<", "<x", "<>; rel=hub", "<javascript:x>; rel=hub", "<http://[>; rel=hub", "; rel=hub" * 999, "<a" * 9999]
)
def test_broken_link_headers_do_no_harm(header):
    feed = "<rss version='2.0'><channel><item><link>https://a.example/1</link></item></channel></rss>"
    found = read(Source("feed", "https://a.example/f"), answer(feed, Link=header), outlet())
    assert (len(found.pages), found.hub) == (1, None)


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
