from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Quarantined
from ingest.discover import jsonfeed, sources
from ingest.discover.jsonfeed import looks_like_one, read_json_feed
from ingest.discover.sources import Source
from ingest.outlets import Outlet
from ingest.web.fetch import Answer

URL = "https://a.example/feed.json"
VERSION = "https://jsonfeed.org/version/1.1"


def feed(*items, **more):
    return read_json_feed(json.dumps({"version": VERSION, "title": "A", "items": list(items)} | more).encode(), URL)


def test_an_item_becomes_a_page_with_a_hint():
    found = feed(
        {"id": "7", "url": "/1?utm_source=x", "title": " Kim\n wants ", "tags": ["World", "x"],
         "date_published": "2018-09-20T10:30:00-04:00", "date_modified": "2018-09-21T00:00:00Z"}
    )  # fmt: skip
    (one,) = found.pages
    assert one.url == "https://a.example/1"
    assert one.hint.model_dump(include={"source", "title", "published_at", "section"}) == {
        "source": "feed", "title": "Kim wants", "published_at": datetime(2018, 9, 20, 14, 30, tzinfo=UTC), "section": "World",
    }  # fmt: skip
    assert (one.dated_at, one.changed_at) == (one.hint.published_at, datetime(2018, 9, 21, tzinfo=UTC))


@pytest.mark.parametrize("version", ["https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.1", "http://jsonfeed.org/version/1"])
def test_both_versions_are_read(version):
    assert len(feed({"url": "/1"}, version=version).pages) == 1


def test_an_id_that_is_an_address_stands_in():
    found = feed({"id": "https://a.example/1"}, {"id": "tag:a"}, {"id": 7}, {"url": "mailto:a@b"}, {"url": 7}, "x", None, [])
    assert [one.url for one in found.pages] == ["https://a.example/1"]


def test_the_day_in_the_address_stands_in_for_a_date():
    (one,) = feed({"url": "/2018/09/20/x", "date_published": "yesterday"}).pages
    assert (one.dated_at, one.hint.published_at) == (datetime(2018, 9, 20, tzinfo=UTC), None)


def test_the_feed_tells_its_hub_and_its_own_address():
    hubs = [{"type": "rssCloud", "url": "https://no.example/"}, 3, {"type": "WebSub", "url": "https://hub.example/"}]
    found = feed(hubs=hubs, feed_url="https://a.example/feed.json")
    assert (found.hub, found.self_url) == ("https://hub.example/", URL)
    assert feed(hubs="x", feed_url=["y"]) == sources.Listing()


@pytest.mark.parametrize(
    "body", [b"{", b"{}", b"[]", b"7", b'{"version": "1"}', b'{"version": ["x"]}', b"{" * 100_000, b'{"a":' * 100_000, b"\xff{"]
)
def test_what_is_no_json_feed_is_told(body):
    with pytest.raises(Quarantined, match="is not a feed"):
        read_json_feed(body, URL)


@pytest.mark.parametrize("items", ["x", None, {}, 7])
def test_items_of_a_wrong_kind_are_none(items):
    assert read_json_feed(json.dumps({"version": VERSION, "items": items}).encode(), URL).pages == []


def test_items_and_titles_are_bounded(monkeypatch):
    monkeypatch.setattr(jsonfeed, "MAX_ITEMS", 3)
    found = feed(*({"url": f"/{n}", "title": "x" * 9000} for n in range(9))).pages
    assert [(one.url[-1], len(one.hint.title)) for one in found] == [("0", 1000), ("1", 1000), ("2", 1000)]


def test_a_lone_surrogate_does_no_harm():
    items = b'[{"url": "/\\udfff"}, {"url": "/1", "title": "\\ud800x", "id": "\\udfff"}]'
    body = b'{"version": "https://jsonfeed.org/version/1", "items": ' + items + b"}"
    (one,) = read_json_feed(body, URL).pages
    one.hint.model_dump_json().encode()
    one.url.encode()


@pytest.mark.parametrize(("body", "expected"), [(b"{}", True), (b"\xef\xbb\xbf \n{", True), (b"<rss>", False), (b"", False), (b"[", False)])
def test_json_is_told_by_its_first_sign(body, expected):
    assert looks_like_one(body) is expected


def test_an_outlet_names_it_under_feeds():
    outlet = Outlet(id="a", name="A", home="https://a.example/", feeds=[URL])
    body = json.dumps({"version": VERSION, "items": [{"url": "/1"}]}).encode()
    answer = Answer(URL, URL, 200, "OK", [], body, datetime(2026, 11, 23, tzinfo=UTC))
    assert [one.url for one in sources.read(Source("feed", URL), answer, outlet).pages] == ["https://a.example/1"]


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
JSON = st.recursive(
    LEAVES, lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=5), below, max_size=3), max_leaves=8
)
KEYS = st.sampled_from(["id", "url", "title", "tags", "date_published", "date_modified"])


@given(st.lists(st.dictionaries(KEYS, JSON | st.sampled_from(["/1", "https://b.example/2018/09/20"]), max_size=6) | JSON, max_size=4), JSON)
def test_any_items_are_pages_or_left_out(items, other):
    for page in feed(*items, hubs=other, feed_url=other).pages:
        assert page.url.startswith("http")
        page.hint.model_dump_json().encode()


@given(st.binary(max_size=200))
def test_any_bytes_are_told(data):
    with contextlib.suppress(Quarantined):
        read_json_feed(data, URL)
