from __future__ import annotations

from datetime import UTC, datetime

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from common.errors import FetchRefused
from ingest.discover import find
from ingest.discover.find import About, Probed, about, feed_candidates, home_of, judged, outlet_id, outlet_yaml, robots_sitemaps
from ingest.discover.links import soup_of
from ingest.discover.records import Discovered, Listing
from ingest.outlets import Outlet
from ingest.records import Hint

HOME = "https://www.a.example/"
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def soup(html):
    return soup_of(html.encode(), HOME)


@pytest.mark.parametrize(
    ("text", "home"),
    [("a.example", "https://a.example/"), ("http://a.example", "http://a.example/"), ("a.example/news", "https://a.example/news")],
)
def test_a_bare_domain_is_a_home_page(text, home):
    assert home_of(text) == home


@pytest.mark.parametrize("text", ["", "ftp://a.example", "a b c", "https://"])
def test_what_is_no_site_is_told(text):
    with pytest.raises(FetchRefused):
        home_of(text)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<html lang=en-GB><meta property='og:site_name' content=' The\n Paper '><title>News</title>", About("The Paper", "en")),
        ("<html lang=de><title>Die Zeitung - Nachrichten</title>", About("Die Zeitung", "de")),
        ("<title>My-Paper | World</title>", About("My-Paper", None)),
        ("<html lang='x-klingon'><p>", About(None, None)),
        ("", About(None, None)),
        (f"<title>{'x' * 999}</title>", About("x" * 80, None)),
    ],
)
def test_a_home_page_tells_name_and_language(html, expected):
    assert about(soup(html)) == expected


def test_feeds_are_announced_linked_or_guessed():
    html = (
        "<link rel=alternate type='application/rss+xml' href='/main.xml'>"
        "<link rel='alternate' type='application/atom+xml; charset=utf-8' href='https://feeds.elsewhere.example/a'>"
        "<link rel=alternate type='application/rss+xml' href='/comments/feed/'>"
        "<link rel=alternate hreflang=de href='/de/'><link rel=stylesheet type='application/rss+xml' href='/x.css'>"
        "<a href='/world/rss.xml'>RSS</a><a href='/about-our-feeds.html'>x</a><a href='/rss.html'>x</a><a href='http://[/rss'>x</a>"
        "<a href='https://b.example/feed/'>x</a><a href='/main.xml'>again</a><a href='/rssisch'>x</a>"
    )
    assert feed_candidates(soup(html), HOME) == [
        "https://www.a.example/main.xml",
        "https://feeds.elsewhere.example/a",
        "https://www.a.example/world/rss.xml",
    ]


def test_candidates_are_bounded():
    html = "".join(f"<a href='/{n}/rss'>x</a>" for n in range(99))
    assert len(feed_candidates(soup(html), HOME)) == find.MAX_CANDIDATES


def test_robots_names_sitemaps():
    text = "User-agent: *\nSitemap: https://a.example/s.xml\n sitemap:/t.xml\nSITEMAP: mailto:x\n# Sitemap: /no\nSitemap:\nSitemap: /t.xml"
    assert robots_sitemaps(text.encode(), HOME) == ["https://a.example/s.xml", "https://www.a.example/t.xml"]


@given(st.binary(max_size=300))
def test_any_robots_file_is_read(data):
    assert all(url.startswith("http") for url in robots_sitemaps(b"Sitemap: " + data, HOME))


@given(st.binary(max_size=400))
def test_any_home_page_is_read(data):
    page = soup_of(data, HOME)
    assert len(feed_candidates(page, HOME)) <= find.MAX_CANDIDATES
    about(page)


@pytest.mark.parametrize(
    ("home", "expected"),
    [
        ("https://www.my-paper.co.uk/", "my-paper"),
        ("https://news.example/", "news"),
        ("https://www.xn--zeitung-n2a.example/", "xn--zeitung-n2a"),
        ("http://127.0.0.1:80/", "127"),
        ("https://localhost/", "localhost"),
        ("https://[::1]/", "1"),
    ],
)
def test_an_id_comes_from_the_host(home, expected):
    assert outlet_id(home) == expected


def page(day):
    return Discovered("https://a.example/1", Hint(source="feed"), datetime(2018, 9, day, tzinfo=UTC) if day else None)


@pytest.mark.parametrize(
    ("listing", "newest", "problem"),
    [
        (Listing([page(19), page(20), page(None)]), 20, None),
        (Listing([page(None)]), None, "no dates"),
        (Listing(), None, "names nothing now"),
    ],
)
def test_a_source_is_judged_by_what_it_names(listing, newest, problem):
    found = judged("feed", HOME, 200, listing)
    assert (found.newest.day if found.newest else None, found.pages) == (newest, len(listing.pages))
    assert problem is None if found.problem is None else problem in found.problem


def written(said=None, feeds=(), sitemaps=()):
    said = said or About("The Paper", "en")
    return yaml.safe_load(outlet_yaml("paper", HOME, said, list(feeds), list(sitemaps), NOW))


def test_the_file_names_what_was_found():
    feeds = [Probed("feed", "https://a.example/f", 200, 12, newest=NOW)]
    found = written(feeds=feeds, sitemaps=[Probed("sitemap", "https://a.example/s", 200, children=7)])
    assert found == {
        "id": "paper", "name": "The Paper", "home": HOME, "enabled": False, "language": "en",
        "feeds": ["https://a.example/f"], "sitemaps": ["https://a.example/s"],
    }  # fmt: skip
    assert "12 pages, newest 2026-11-23" in outlet_yaml("paper", HOME, About(None, None), feeds, [], NOW)


def test_without_feed_and_sitemap_the_front_page_is_the_source():
    assert written()["sections"] == [HOME]
    Outlet.model_validate(written(About(None, None)))


@given(st.text(min_size=1, max_size=40), st.sampled_from([None, "no", "en", "on"]))
def test_every_name_and_language_can_be_read_back(name, language):
    said = About(" ".join(name.split()) or None, language)
    found = written(said, [Probed("feed", "https://a.example/f")])
    if not any("\ud800" <= sign <= "\udfff" for sign in name):
        assert found["name"] == (said.name or "paper")
    assert found.get("language") == language
    Outlet.model_validate(found)
