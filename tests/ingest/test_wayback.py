from __future__ import annotations

import contextlib
import json
from datetime import UTC, date, datetime
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import FetchRefused, Quarantined
from common.settings import Settings
from ingest.discover import sources, wayback, window
from ingest.discover.sources import Source, of_outlet
from ingest.discover.wayback import as_original, read_captures, searches, where
from ingest.outlets import Outlet
from ingest.records import Hint
from ingest.web.fetch import Answer

BASE, DAY = "https://web.archive.org", date(2018, 9, 20)
HEADER = ["timestamp", "original"]


def outlet(**more):
    return Outlet.model_validate({"id": "a", "name": "A", "home": "https://www.a.example/", "wayback": True} | more)


(SEARCH,) = searches(outlet(), DAY, BASE)


def captures(*rows, **more):
    return read_captures(json.dumps([HEADER, *rows]).encode(), SEARCH, outlet(**more))


def test_a_search_asks_for_the_pages_of_a_day_at_a_domain():
    parts = urlsplit(SEARCH)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://web.archive.org/cdx/search/cdx"
    assert parse_qs(parts.query) == {
        "url": ["a.example"], "matchType": ["domain"], "from": ["20180920"], "to": ["20180921"], "output": ["json"],
        "fl": ["timestamp,original"], "filter": ["statuscode:200", "mimetype:text/html"], "collapse": ["urlkey"],
        "limit": [str(wayback.ROWS)], "showResumeKey": ["true"],
    }  # fmt: skip


def test_a_search_may_be_for_what_lies_below_addresses():
    found = searches(outlet(wayback_urls=["https://www.a.example/news/", "https://b.example/?x=1"]), DAY, BASE + "/")
    asked = [parse_qs(urlsplit(one).query) for one in found]
    assert [(one["url"], one["matchType"]) for one in asked] == [(["www.a.example/news/"], ["prefix"]), (["b.example/?x=1"], ["prefix"])]


def test_only_backfills_of_outlets_that_want_it_ask():
    days, live = window.archive(DAY), window.live(datetime(2026, 11, 23, tzinfo=UTC), 7)
    assert of_outlet(outlet(), days) == [Source("cdx", SEARCH)]
    assert of_outlet(outlet(), live) == []
    assert of_outlet(outlet(wayback=False, feeds=["https://a.example/f"]), days) == [Source("feed", "https://a.example/f")]
    (local,) = of_outlet(outlet(), days, Settings(_env_file=None, wayback_base="http://127.0.0.1:9/"))
    assert local.url.startswith("http://127.0.0.1:9/cdx/search/cdx?from=20180920&")


def test_the_window_opens_a_search_and_its_continuations():
    more = captures([], ["a%2Cexample%29%2F+20180920000000%21"]).children
    assert [window.archive(DAY).opens(one, None) for one in (SEARCH, more[0].url)] == [True, True]


def test_requests_there_are_rare():
    assert sources.delay_s(Source("cdx", SEARCH), outlet()) == 2.5
    assert sources.delay_s(Source("cdx", SEARCH), outlet(delay_s=9)) == 9
    assert sources.delay_s(Source("feed", "https://a.example/f"), outlet()) is None


def test_a_capture_becomes_a_page_at_its_own_address():
    (one,) = captures(["20180920101112", "http://www.a.example:80/kim?utm_source=x"]).pages
    assert one.url == "https://www.a.example/kim"  # the outlet has moved to https since
    assert one.hint == Hint(source="wayback", fetch_url=f"{BASE}/web/20180920101112id_/http://www.a.example:80/kim?utm_source=x")
    assert one.dated_at == datetime(2018, 9, 20, 10, 11, 12, tzinfo=UTC)


def test_the_day_in_the_address_comes_before_that_of_the_capture():
    first, second = captures(["20180921000500", "https://a.example/2018/09/20/late"], ["20180921000500", "https://a.example/x"]).pages
    assert [window.archive(DAY).takes(one.dated_at) for one in (first, second)] == [True, False]


@pytest.mark.parametrize(
    "row",
    [
        ["20180920101112", "https://b.example/x"],
        ["20180920101112", "ftp://a.example/x"],
        ["20180920101112", "http://["],
        ["20189920101112", "https://a.example/x"],
        ["2018", "https://a.example/x"],
        ["20180920101112"],
        ["20180920101112", "https://a.example/x", "more"],
        [None, None],
        [[], {}],
    ],
)
def test_rows_that_are_no_pages_of_the_outlet_are_left_out(row):
    assert [one.url for one in captures(row, ["20180920101112", "https://a.example/1"]).pages] == ["https://a.example/1"]


def test_an_http_outlet_stays_one():
    (one,) = captures(["20180920101112", "http://a.example/x"], home="http://a.example/").pages
    assert one.url == "http://a.example/x"


@pytest.mark.parametrize("body", [b"", b"\n", b"[]", json.dumps([HEADER]).encode()])
def test_no_captures_are_no_pages(body):
    assert read_captures(body, SEARCH, outlet()) == sources.Listing()


def test_a_resumption_key_leads_to_the_rest():
    key = "com%2Cexample%29%2F+20180920101112%21"
    (child,) = captures(["20180920101112", "https://a.example/1"], [], [key]).children
    assert child.url == f"{SEARCH}&resumeKey={key}"
    again = read_captures(json.dumps([HEADER, [], ["other%21"]]).encode(), child.url, outlet()).children
    assert [one.url for one in again] == [f"{SEARCH}&resumeKey=other%21"]
    assert parse_qsl(urlsplit(child.url).query)[:-1] == parse_qsl(urlsplit(SEARCH).query)


@pytest.mark.parametrize("key", ["a b", "x&url=b.example", "", "#", "é", "x" * 5000])
def test_a_key_that_is_none_ends_the_search(key):
    assert captures(["20180920101112", "https://a.example/1"], [], [key]).children == []


@pytest.mark.parametrize("body", [b"<html>", b"org.archive.util.io.RuntimeIOException", b"{}", b"7", b'["x"]', b"[" * 100_000, b"\xff"])
def test_words_instead_of_captures_are_told(body):
    with pytest.raises(Quarantined, match="the CDX server answers"):
        read_captures(body, SEARCH, outlet())


ROWS = st.lists(st.lists(st.text(max_size=20) | st.integers() | st.none(), max_size=3))


@given(st.binary(max_size=200) | ROWS.map(lambda rows: json.dumps(rows).encode()))
def test_any_bytes_are_captures_or_told(data):
    with contextlib.suppress(Quarantined):
        for page in read_captures(data, SEARCH, outlet()).pages:
            assert page.hint.fetch_url


HINT = Hint(source="wayback", fetch_url=f"{BASE}/web/20180920101112id_/https://a.example/1")


def test_the_archive_is_asked_first_and_the_outlet_when_read_again():
    url = "https://a.example/1"
    assert where(url, HINT, None, again=False) == (HINT.fetch_url, 2.5)
    assert where(url, HINT, 9, again=False) == (HINT.fetch_url, 9)
    assert where(url, HINT, None, again=True) == (url, None)
    assert where(url, Hint(source="feed"), 1, again=False) == (url, 1)


def answer(final, status=200, url=HINT.fetch_url):
    return Answer(url, final, status, "OK", [], b"<p>", datetime(2026, 11, 23, tzinfo=UTC))


def test_the_archives_answer_is_taken_as_the_outlets_own():
    found = as_original(answer(f"{BASE}/web/20180920093000id_/http://a.example:80/1"), "https://a.example/1")
    assert (found.url, found.final_url) == ("https://a.example/1", "https://a.example/1")
    assert found.captured_at == datetime(2018, 9, 20, 9, 30, tzinfo=UTC)
    assert found.body == b"<p>"


def test_a_move_within_the_archive_is_a_move_of_the_page():
    found = as_original(answer(f"{BASE}/web/20180920093000id_/https://a.example/moved"), "https://a.example/1")
    assert found.final_url == "https://a.example/moved"
    assert as_original(answer(f"{BASE}/web/20180920093000id_/nonsense"), "https://a.example/1").final_url == "https://a.example/1"


def test_an_answer_of_the_outlet_stays_as_it_is():
    one = answer("https://a.example/web/20180920093000/x", url="https://a.example/1")
    assert as_original(one, "https://a.example/1") is one


def test_a_capture_that_the_archive_lost_is_no_removal_of_the_page():
    with pytest.raises(FetchRefused, match="web archive answers 404"):
        as_original(answer(HINT.fetch_url, 404), "https://a.example/1")
