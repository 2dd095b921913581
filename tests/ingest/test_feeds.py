from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Quarantined
from ingest.discover import feeds
from ingest.discover.feeds import parse_feed, read_feed

URL = "https://a.example/feed/"
RSS = '<?xml version="1.0"?><rss version="2.0"><channel><title>A</title>{}</channel></rss>'
ATOM = '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>A</title>{}</feed>'


def rss(items, **more):
    return parse_feed(RSS.format(items).encode(), URL, **more)


def test_an_rss_item_becomes_a_page_with_a_hint():
    (one,) = rss(
        "<item><title>Kim  wants\n a &amp; b</title><link>https://a.example/1?utm_source=rss#x</link>"
        "<pubDate>Thu, 20 Sep 2018 10:30:00 -0400</pubDate><category>World</category></item>"
    )
    assert one.url == "https://a.example/1"
    assert one.hint.model_dump() == {
        "source": "feed", "title": "Kim wants a & b", "published_at": datetime(2018, 9, 20, 14, 30, tzinfo=UTC), "section": "World",
        "fetch_url": None,
    }  # fmt: skip
    assert one.dated_at == one.hint.published_at


def test_an_atom_entry_becomes_a_page():
    body = ATOM.format(
        '<entry><title type="html">T</title><link rel="alternate" href="2"/><published>2018-09-20T01:00:00+09:00</published>'
        "<updated>2018-09-22T00:00:00Z</updated></entry><entry><link href='3'/><updated>2018-09-22T00:00:00Z</updated></entry>"
    )
    first, second = parse_feed(body.encode(), URL, "application/atom+xml")
    assert (first.url, first.dated_at) == ("https://a.example/feed/2", datetime(2018, 9, 19, 16, tzinfo=UTC))
    assert second.dated_at == datetime(2018, 9, 22, tzinfo=UTC)


def test_links_behind_a_feed_proxy_are_the_outlets_own():
    body = RSS.replace("<rss ", '<rss xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" ').format(
        "<item><link>http://proxy.example/~r/1</link><feedburner:origLink>https://a.example/1</feedburner:origLink></item>"
    )
    assert parse_feed(body.encode(), URL)[0].url == "https://a.example/1"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "mailto:x@a.example", "data:text/html,x", ""])
def test_links_that_are_no_pages_are_left_out(link):
    found = rss(f"<item><title>x</title><link>{link}</link></item><item><link>https://a.example/2</link></item>")
    assert [one.url for one in found] == ["https://a.example/2"]


@pytest.mark.parametrize("when", ["Thu, 20 Sep 99999 10:30:00 GMT", "yesterday", ""])
def test_an_impossible_date_is_no_date(when):
    (one,) = rss(f"<item><link>https://a.example/1</link><pubDate>{when}</pubDate></item>")
    assert (one.dated_at, one.hint.published_at) == (None, None)


def test_the_day_in_the_address_stands_in_for_a_missing_date():
    (one,) = rss("<item><link>https://a.example/2018/09/20/x</link></item>")
    assert (one.dated_at, one.hint.published_at) == (datetime(2018, 9, 20, tzinfo=UTC), None)


@pytest.mark.parametrize("body", [b"<!doctype html><html><body>Hi</body></html>", b"", b"plain words", b"{}", b"\x00\xff" * 99])
def test_what_is_no_feed_is_told(body):
    with pytest.raises(Quarantined, match="is not a feed"):
        parse_feed(body, URL)


def test_an_html_page_is_called_one():
    with pytest.raises(Quarantined, match="an HTML page; correct the address"):
        parse_feed(b"<!DOCTYPE HTML><HTML><body>x", URL)


def test_an_empty_feed_is_a_feed():
    assert rss("") == []


def test_a_feed_cut_in_the_middle_keeps_its_whole_items():
    body = RSS.format("".join(f"<item><link>https://a.example/{n}</link></item>" for n in range(3))).encode()
    found = parse_feed(body[: body.index(b"/2<")], URL)
    assert [one.url for one in found][:2] == ["https://a.example/0", "https://a.example/1"]


def test_control_characters_and_bare_ampersands_do_no_harm():
    found = rss("<item><title>A \x0b& B</title><link>https://a.example/1</link></item>")
    assert [one.url for one in found] == ["https://a.example/1"]


def test_junk_before_the_declaration_does_no_harm():
    body = b"\n\n<br />Warning: x\n" + RSS.format("<item><link>https://a.example/1</link></item>").encode()
    assert [one.url for one in parse_feed(body, URL)] == ["https://a.example/1"]


def test_entities_are_not_expanded(tmp_path):
    (tmp_path / "secret").write_text("SECRET")
    doctype = f'<!DOCTYPE rss [<!ENTITY a "lol"><!ENTITY b "{"&a;" * 10}"><!ENTITY f SYSTEM "file://{tmp_path}/secret">]>'
    body = RSS.replace("<rss", doctype + "<rss").format("<item><title>&b;&f;</title><link>https://a.example/1</link></item>")
    (one,) = parse_feed(body.encode(), URL)
    assert "SECRET" not in (one.hint.title or "")


def test_items_and_bytes_are_bounded(monkeypatch):
    monkeypatch.setattr(feeds, "MAX_ITEMS", 5)
    assert len(rss("<item><link>https://a.example/1</link></item>" * 9)) == 5
    (one,) = rss(f"<item><title>{'x' * 5000}</title><link>https://a.example/1</link></item>")
    assert len(one.hint.title) == feeds.MAX_TITLE_CHARS


def test_the_last_change_is_told_apart_from_publication():
    body = ATOM.format(
        "<entry><link href='1'/><published>2018-09-20T00:00:00Z</published><updated>2018-09-22T00:00:00Z</updated></entry>"
        "<entry><link href='2'/><published>2018-09-20T00:00:00Z</published></entry>"
    )
    first, second = parse_feed(body.encode(), URL)
    assert (first.dated_at.day, first.changed_at) == (20, datetime(2018, 9, 22, tzinfo=UTC))
    assert second.changed_at is None


def channel(inner, names=""):
    return read_feed(RSS.replace("<rss ", f"<rss {names} ").format(inner).encode(), URL)


SY = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("<ttl>15</ttl>", 900),
        ("<ttl>soon</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>nan</ttl>", None),
        ("<ttl>1e999</ttl>", None),
        ("<sy:updatePeriod> hourly </sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 900),
        ("<sy:updatePeriod>Daily</sy:updatePeriod>", 86_400),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", 3600),
        ("<sy:updatePeriod>fortnightly</sy:updatePeriod>", None),
        ("<ttl>15</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", 900),
        ("", None),
    ],
)
def test_a_feed_tells_how_long_it_stays_as_it_is(inner, expected):
    assert channel(inner, SY).ttl_s == expected


def test_a_feed_tells_its_hub_and_its_own_address():
    links = '<atom:link rel="hub" href="https://hub.example/"/><atom:link rel="self" href="/feed.xml"/>'
    found = channel(links, 'xmlns:atom="http://www.w3.org/2005/Atom"')
    assert (found.hub, found.self_url) == ("https://hub.example/", "https://a.example/feed.xml")
    bad = channel('<atom:link rel="hub" href="javascript:x"/><atom:link rel="hub"/>', 'xmlns:atom="http://www.w3.org/2005/Atom"')
    assert (bad.hub, bad.self_url) == (None, None)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_feed_or_told(data):
    whole = RSS.format("<item><link>/1</link></item>").encode()
    assert parse_feed(whole + data, URL)[0].url == "https://a.example/1"
    with contextlib.suppress(Quarantined):
        assert all(page.url.startswith("http") for page in parse_feed(data, URL))
