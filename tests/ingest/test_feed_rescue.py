from __future__ import annotations

import contextlib

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Quarantined
from ingest.discover import feed_rescue, feeds
from ingest.discover.feed_rescue import entries
from ingest.discover.feeds import parsed, read_feed

URL = "https://a.example/feed"
RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:georss="http://www.georss.org/georss" xmlns:dc="http://purl.org/dc/elements/1.1/"
xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>A</title>{}
<item><title>One &amp; two</title><link>https://a.example/1</link>
<pubDate>Thu, 20 Sep 2018 10:30:00 -0400</pubDate><category>World</category></item>
<item><title>Three</title><guid>https://a.example/3</guid><dc:date>2018-09-21T00:00:00Z</dc:date></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><title>T</title><link rel="self" href="/self"/><link href="/1"/>
<published>2018-09-20T01:00:00+09:00</published><updated>2018-09-22T00:00:00Z</updated>
<category term="World"/><title>later</title></entry></feed>"""
BREAKS = [
    "<georss:polygon>1 2 3 4</georss:polygon>",
    "<item><georss:polygon>1 2 3 4</georss:polygon><link>https://a.example/0</link></item>",
    "<item><georss:point/><georss:elev>x</georss:elev><georss:line>1</georss:line></item>",
]


@pytest.mark.parametrize("odd", BREAKS)
def test_odd_values_elsewhere_do_not_cost_the_pages(odd):
    found = read_feed(RSS.format(odd).encode(), URL).pages
    assert [one.url for one in found][-2:] == ["https://a.example/1", "https://a.example/3"]
    assert found[-2].hint.title == "One & two"


@pytest.fixture
def broken(monkeypatch):
    """feedparser raises what it likes."""

    def breaks(*_, **__):
        raise KeyError("where")

    monkeypatch.setattr(feedparser, "parse", breaks)


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("text", [RSS.format(""), ATOM])
def test_the_core_of_a_feed_is_that_of_feedparser(text, monkeypatch):
    rescued = read_feed(text.encode(), URL).pages
    monkeypatch.undo()
    assert rescued == read_feed(text.encode(), URL).pages
    assert len(rescued) >= 1


@pytest.mark.usefixtures("broken")
def test_what_is_no_feed_stays_none():
    for body in (b"", b"<html><body>x", b"{", b"\x00", b"words"):
        with pytest.raises(Quarantined, match="is not a feed"):
            read_feed(body, URL)


@pytest.mark.usefixtures("broken")
def test_items_are_bounded_here_too(monkeypatch):
    monkeypatch.setattr(feeds, "MAX_ITEMS", 2)
    body = "<rss><channel>" + "<item><link>/1</link></item>" * 9 + "</channel></rss>"
    assert len(parsed(body.encode(), URL)[2]) == 2


def test_entities_stay_closed(tmp_path):
    (tmp_path / "secret").write_text("SECRET")
    body = f"<!DOCTYPE r [<!ENTITY a 'lol'><!ENTITY f SYSTEM 'file://{tmp_path}/secret'>]><rss><item><title>x&f;&a;</title></item></rss>"
    assert "SECRET" not in str(list(entries(body.encode())))
    assert "lol" not in str(list(entries(body.encode())))


def test_texts_are_bounded_and_nested_ones_joined():
    body = f"<rss><item><title>a<b>b</b>c</title></item><item><title>{'x' * 99_999}</title></item></rss>"
    first, second = entries(body.encode())
    assert first["title"] == "abc"
    assert len(second["title"]) == feed_rescue.MAX_CHARS


@pytest.mark.parametrize(
    "body", [b"", b"<", b"<rss", b"\xff\xfe", b"<a:item>", b"<item><link/></item>", b"<item><pubDate>never</pubDate></item>"]
)
def test_rubble_gives_no_page(body):
    assert [one for one in entries(body) if one.get("link")] == []


ODD = st.sampled_from(
    ["<georss:polygon>1 2 3 4", "&#x110000;", "&#0;", "xml:base='http://['", "<media:x y=''>", "<content mode='base64'>x", "]]>", "\0"]
)


@given(st.lists(st.tuples(ODD, st.integers(0, 700)), max_size=4))
def test_odd_pieces_anywhere_end_in_pages_or_are_told(pieces):
    text = RSS.format("")
    for piece, place in pieces:
        text = text[:place] + piece + text[place:]
    with contextlib.suppress(Quarantined):
        assert all(page.url.startswith("http") for page in read_feed(text.encode(), URL).pages)
