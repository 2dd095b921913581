from __future__ import annotations

import contextlib
import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import FetchDelayed, FetchRefused, Quarantined
from ingest.discover import sitemaps
from ingest.discover.sitemaps import Child, parse_sitemap

URL = "https://a.example/sitemap.xml"
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
IMAGE = 'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'


def urlset(inner, names=NS):
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {names}>{inner}</urlset>'.encode()


def test_pages_with_lastmod():
    found = parse_sitemap(
        urlset("<url><loc> https://a.example/1?utm_source=x </loc><lastmod>2018-09-20T10:00:00+02:00</lastmod></url>"), URL
    )
    (one,) = found.pages
    assert (one.url, one.dated_at) == ("https://a.example/1", datetime(2018, 9, 20, 8, tzinfo=UTC))
    assert one.changed_at == one.dated_at
    assert (one.hint.source, one.hint.published_at) == ("sitemap", None)  # lastmod is a change, not a publication
    assert found.children == []


def test_the_news_extension_tells_title_and_publication():
    inner = (
        "<url><loc>https://a.example/1</loc><news:news><news:publication><news:name>A</news:name></news:publication>"
        "<news:publication_date>2018-09-20T23:30:00-04:00</news:publication_date><news:title>Kim &amp; Moon</news:title></news:news>"
        "<image:image><image:loc>https://a.example/1.jpg</image:loc><image:title>No</image:title></image:image></url>"
    )
    (one,) = parse_sitemap(urlset(inner, f"{NS} {NEWS} {IMAGE}"), URL).pages
    assert (one.hint.source, one.hint.title, one.url) == ("news_sitemap", "Kim & Moon", "https://a.example/1")
    assert one.dated_at == one.hint.published_at == datetime(2018, 9, 21, 3, 30, tzinfo=UTC)


def test_an_image_before_the_page_is_not_the_page():
    inner = "<url><image:image><image:loc>https://a.example/1.jpg</image:loc></image:image><loc>https://a.example/1</loc></url>"
    assert [one.url for one in parse_sitemap(urlset(inner, f"{NS} {IMAGE}"), URL).pages] == ["https://a.example/1"]


@pytest.mark.parametrize(
    ("sitemap", "page", "lastmod", "expected"),
    [
        ("sitemap.xml", "2018/09/20/x", "2018-09-25", "2018-09-20"),  # revisions move lastmod, not the address
        ("sitemap-2018-09-20.xml", "x", "2018-09-25", "2018-09-20"),  # nor the day of a daily sitemap
        ("sitemap-2018-09-20.xml", "2018/09/19/x", None, "2018-09-19"),
        ("sitemap-2018-09.xml", "x", "2018-09-25", "2018-09-25"),
    ],
)
def test_the_best_evidence_of_the_day_wins(sitemap, page, lastmod, expected):
    inner = f"<url><loc>https://a.example/{page}</loc>" + (f"<lastmod>{lastmod}</lastmod>" if lastmod else "") + "</url>"
    (one,) = parse_sitemap(urlset(inner), f"https://a.example/{sitemap}").pages
    assert one.dated_at.date().isoformat() == expected


def test_prefixes_that_nobody_declared_are_understood():
    inner = (
        "<url><image:image><image:loc>https://a.example/1.jpg</image:loc><image:title>No</image:title></image:image>"
        "<loc>https://a.example/1</loc><news:news><news:publication_date>2018-09-20</news:publication_date>"
        "<news:title>Kim</news:title></news:news><video:video><video:title>No</video:title></video:video></url>"
    )
    (one,) = parse_sitemap(urlset(inner), URL).pages
    assert (one.url, one.hint.title, one.hint.published_at) == ("https://a.example/1", "Kim", datetime(2018, 9, 20, tzinfo=UTC))


@pytest.mark.parametrize("name", ["news:", ":x", "a:b:c", "n:news", "x-y.z"])
def test_odd_names_do_no_harm(name):
    body = urlset(f"<url><{name}>x</{name}><loc>https://a.example/1</loc></url><url><loc>https://a.example/2</loc></url>")
    with contextlib.suppress(Quarantined):
        assert "https://a.example/2" in [one.url for one in parse_sitemap(body, URL).pages]


def test_an_index_names_children():
    body = f"<sitemapindex {NS}><sitemap><loc>/s1.xml</loc><lastmod>2018-09-20</lastmod></sitemap><sitemap><loc>https://a.example/s2.xml</loc></sitemap></sitemapindex>"
    found = parse_sitemap(body.encode(), URL)
    assert found.children == [Child("https://a.example/s1.xml", datetime(2018, 9, 20, tzinfo=UTC)), Child("https://a.example/s2.xml", None)]
    assert found.pages == []


def test_without_namespace_and_with_other_encodings():
    assert len(parse_sitemap(b"<urlset><url><loc>https://a.example/1</loc></url></urlset>", URL).pages) == 1
    body = '<?xml version="1.0" encoding="utf-16"?><urlset><url><loc>https://a.example/é</loc></url></urlset>'
    assert parse_sitemap(body.encode("utf-16"), URL).pages[0].url == "https://a.example/%C3%A9"


def test_gzip_is_unpacked():
    assert len(parse_sitemap(gzip.compress(urlset("<url><loc>https://a.example/1</loc></url>")), URL).pages) == 1


def test_a_bomb_is_refused_and_damage_retried(monkeypatch):
    monkeypatch.setattr(sitemaps, "MAX_BYTES", 1000)
    with pytest.raises(FetchRefused):
        parse_sitemap(gzip.compress(b" " * 5000), URL)
    with pytest.raises(FetchDelayed):
        parse_sitemap(gzip.compress(urlset("x"))[:-9], URL)


def test_entities_stay_closed(tmp_path):
    (tmp_path / "secret").write_text("https://a.example/SECRET")
    doctype = f'<!DOCTYPE urlset [<!ENTITY a "{"x" * 50}"><!ENTITY b "{"&a;" * 50}"><!ENTITY f SYSTEM "file://{tmp_path}/secret">]>'
    body = f"{doctype}<urlset {NS}><url><loc>&f;</loc></url><url><loc>https://a.example/&b;</loc></url><url><loc>https://a.example/2</loc></url></urlset>"
    found = [one.url for one in parse_sitemap(body.encode(), URL).pages]
    assert "https://a.example/2" in found
    assert not any("SECRET" in url or "xxx" in url for url in found)


def test_a_cut_file_keeps_its_whole_entries():
    body = urlset("".join(f"<url><loc>https://a.example/{n}</loc></url>" for n in range(5)))
    found = parse_sitemap(body[: body.index(b"/3<")], URL).pages
    assert [one.url[-1] for one in found][:3] == ["0", "1", "2"]


def test_the_entry_that_a_cut_splits_is_no_entry():
    body = urlset("".join(f"<url><loc>https://a.example/{n}</loc></url>" for n in range(10, 15)))
    for end in range(len(body)):
        with contextlib.suppress(Quarantined):
            found = [one.url[-2:] for one in parse_sitemap(body[:end], URL).pages]
            assert found == [str(n) for n in range(10, 10 + len(found))]


def test_one_url_a_line_is_a_sitemap():
    lines = "\ufeffhttps://a.example/1\r\n\n  https://a.example/2?utm_source=x \nnot a url\nhttps://a.example/3"
    assert [one.url[-1] for one in parse_sitemap(lines.encode(), "https://a.example/map.txt").pages] == ["1", "2", "3"]
    packed = gzip.compress(b"https://a.example/2018/09/20/x\n" * 3)
    assert {one.dated_at for one in parse_sitemap(packed, URL).pages} == {datetime(2018, 9, 20, tzinfo=UTC)}


def test_a_line_without_end_is_left_out():
    body = b"https://a.example/1\nhttps://a.example/" + b"x" * 500_000 + b"\nhttps://a.example/2"
    assert [one.url for one in parse_sitemap(body, URL).pages] == ["https://a.example/1", "https://a.example/2"]


def test_a_feed_may_serve_as_sitemap():
    body = b'<?xml version="1.0"?><rss version="2.0"><channel><item><title>T</title><link>/1</link></item></channel></rss>'
    (one,) = parse_sitemap(gzip.compress(body), URL).pages
    assert (one.url, one.hint.title, one.hint.source) == ("https://a.example/1", "T", "feed")


@pytest.mark.parametrize(
    ("lastmod", "dated", "changed"),
    [
        ("2018-09", "2018-09-30", None),
        ("2018", "2018-12-31", None),
        ("2018-02", "2018-02-28", None),
        ("2018-13", None, None),
        ("Thu, 20 Sep 2018 10:00:00 GMT", "2018-09-20", "2018-09-20"),
        ("2018-09-20T10:00Z", "2018-09-20", "2018-09-20"),
        ("soon", None, None),
        ("9" * 9999, None, None),
    ],
)
def test_a_month_is_a_period_and_stands_at_its_last_day(lastmod, dated, changed):
    (one,) = parse_sitemap(urlset(f"<url><loc>/x</loc><lastmod>{lastmod}</lastmod></url>"), URL).pages
    told = [moment.date().isoformat() if moment else None for moment in (one.dated_at, one.changed_at)]
    assert told == [dated, changed]


def test_a_child_changed_in_a_month_may_hold_pages_of_all_of_it():
    body = f"<sitemapindex {NS}><sitemap><loc>/s1.xml</loc><lastmod>2018-09</lastmod></sitemap></sitemapindex>"
    assert parse_sitemap(body.encode(), URL).children[0].lastmod == datetime(2018, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("junk", ["<x/>", "<x>y</x>", "&a;", "<!-- x -->", "<?x y?>", "<x", " "])
def test_junk_between_entries_is_read_to_a_bound(monkeypatch, junk):
    monkeypatch.setattr(sitemaps, "MAX_ELEMENTS", 5000)
    monkeypatch.setattr(sitemaps, "MAX_FOREIGN_ENTITIES", 5000)
    body = urlset("<url><loc>https://a.example/1</loc></url>" + junk * 200_000)
    assert [one.url for one in parse_sitemap(body, URL).pages] == ["https://a.example/1"]


def test_an_endless_tag_is_not_held(monkeypatch):
    fed = []
    parser = sitemaps.etree.XMLPullParser
    monkeypatch.setattr(sitemaps.etree, "XMLPullParser", lambda **more: spied(parser(**more), fed))
    parse_sitemap(urlset("<url><loc>https://a.example/1</loc></url><x " + "b='c' " * 500_000), URL)
    assert sum(fed) <= 2 * sitemaps.CHUNK


def spied(parser, fed):
    class Spy:
        def feed(self, piece):
            fed.append(len(piece))
            parser.feed(piece)

        def read_events(self):
            return parser.read_events()

        def close(self):
            parser.close()

    return Spy()


def test_what_unpacks_to_much_is_parsed_in_pieces():
    body = gzip.compress(urlset("<url><loc>https://a.example/1</loc></url>" + " " * 30_000_000))
    assert max(map(len, sitemaps._plain(body))) <= sitemaps.CHUNK
    assert len(parse_sitemap(body, URL).pages) == 1


def test_one_bad_address_does_not_spoil_the_others():
    inner = "<url><loc>http://[broken/</loc></url><url></url><url><loc>javascript:x</loc></url><url><loc>https://a.example/1</loc></url>"
    assert [one.url for one in parse_sitemap(urlset(inner), URL).pages] == ["https://a.example/1"]


def test_entries_are_bounded(monkeypatch):
    monkeypatch.setattr(sitemaps, "MAX_ENTRIES", 3)
    assert len(parse_sitemap(urlset("<url><loc>https://a.example/1</loc></url>" * 9), URL).pages) == 3


@pytest.mark.parametrize("body", [b"<!doctype html><html><body>Hi</body></html>", b"", b"words", b"<rss version='2.0'></rss>", b"\x00\xff"])
def test_what_is_no_sitemap_is_told(body):
    with pytest.raises(Quarantined, match="is not a sitemap"):
        parse_sitemap(body, URL)


def test_an_empty_sitemap_is_a_sitemap():
    assert parse_sitemap(urlset(""), URL).pages == []


@given(st.binary(max_size=400))
def test_any_bytes_are_a_sitemap_or_told(data):
    for body in (data, urlset("<url><loc>https://a.example/1</loc></url>")[:-20] + data):
        with contextlib.suppress(Quarantined, FetchDelayed):
            assert all(page.url.startswith("http") for page in parse_sitemap(body, URL).pages)
