from __future__ import annotations

import ipaddress
from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError

from common.errors import FetchRefused, Misconfigured
from ingest.discover import window
from ingest.discover.dates import w3c
from ingest.discover.feeds import parse_feed
from ingest.discover.sitemaps import parse_sitemap
from ingest.imports.files import named_address
from ingest.manners.robots import Robots
from ingest.outlets import Outlet, load_outlet
from ingest.records import BatchManifest, Capture, Hint, OutletRules
from ingest.run import day_of, kind_of
from ingest.web.address import is_public
from ingest.web.fetch import check_page, check_target

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("::ffff:169.254.169.254", False), ("::ffff:0:169.254.169.254", False), ("64:ff9b::169.254.169.254", False),
        ("64:ff9b:1::8.8.8.8", False), ("::10.0.0.1", False), ("fe80::a9fe:a9fe", False), ("2002:808:808::", False),
        ("100.63.255.255", True), ("100.64.0.0", False), ("100.100.100.200", False), ("100.127.255.255", False),
        ("172.15.255.255", True), ("172.32.0.0", True), ("192.167.255.255", True), ("192.169.0.0", True),
        ("169.253.255.255", True), ("169.255.0.0", True), ("198.17.255.255", True), ("198.19.255.255", False), ("198.20.0.0", True),
        ("9.255.255.255", True), ("126.255.255.255", True), ("128.0.0.1", True), ("223.255.255.254", True), ("239.1.1.1", False),
        ("fbff::1", False), ("2001:20::1", False), ("ff0e::1", False), ("2a00:1450:4001::1", True),
    ],
)  # fmt: skip
def test_the_edges_of_the_public_internet(text, expected):
    assert is_public(ipaddress.ip_address(text)) is expected


@pytest.mark.parametrize("port", [0, 22, 25, 81, 3306, 6379, 65535])
@pytest.mark.parametrize("host", ["a.example", "[2606:4700::1]", "1.1.1.1"])
def test_ports_of_other_services_are_refused_on_every_kind_of_host(host, port):
    with pytest.raises(FetchRefused, match=f"port {port} is not among CONSILIENCE_ALLOW_PORTS"):
        check_target(f"http://{host}:{port}/", [80, 443])


@pytest.mark.parametrize(
    ("content_type", "body", "passes"),
    [
        ("text/html", b"<p>", True), (None, b"<p>", True), ("application/octet-stream", b"<p>", True), ("application/json", b"{}", False),
        ("IMAGE/PNG", b"", False), (" application/pdf ; x=1", b"", False), ("application/vnd.ms-excel", b"", False),
        ("text/html", b"  \n%PDF-1.7", False), (None, b"\x1f\x8b\x08", False), (None, b"%PD", True), ("text/html; a=image/png", b"", True),
    ],
)  # fmt: skip
def test_what_can_be_a_page(content_type, body, passes):
    if passes:
        check_page(content_type, body)
    else:
        with pytest.raises(FetchRefused):
            check_page(content_type, body)


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("User-Agent:*\nDisallow:/x?a=*&b$", "/x?a=1&b", False),
        ("User-Agent:*\nDisallow:/x?a=*&b$", "/x?a=1&b2", True),
        ("User-agent: *\nDisallow: /*/private/", "/a/b/private/c", False),
        ("User-agent: *\nDisallow: /a*$", "/abc", False),
        ("User-agent: *\nDisallow: /A", "/a", True),
        ("User-agent: *\nAllow: /p\nDisallow: /p", "/p", True),  # of two that are as long, the milder (RFC 9309 section 2.2.2)
        ("User-agent: *\nDisallow: /\nAllow: /$", "/", True),
        ("User-agent: *\nDisallow: /\nAllow: /$", "/x", False),
        ("Sitemap: https://a.example/s.xml\nUser-agent: *\n\n\nDisallow: /x", "/x", False),
        ("User-agent: *\nUser-agent: other\nDisallow: /x", "/x", False),
    ],
)
def test_wildcards_and_precedence_of_robots(text, path, expected):
    assert Robots(text, "NewsBot/1").allows(f"https://a.example{path}") is expected


@pytest.mark.parametrize(
    ("asked", "expected"), [("-5", None), ("inf", None), ("nan", None), ("1e3", None), ("1,5", None), ("0x10", None), (" 3 ", 3.0)]
)
def test_odd_crawl_delays(asked, expected):
    assert Robots(f"User-agent: *\nCrawl-delay: {asked}", "NewsBot/1").crawl_delay_s == expected


@pytest.mark.parametrize(
    ("key", "kind"),
    [("2026-11-23T10:15", "live"), ("archive/2018-09-20", "archive"), ("archive/2018-09-20/2", "archive"), ("recheck/x", "recheck"),
     ("push/x/y", "push"), ("", "live")],
)  # fmt: skip
def test_the_kind_of_a_batch_stands_before_the_slash(key, kind):
    assert kind_of(key) == kind


@pytest.mark.parametrize("key", ["files/x", "reprocess/x", "Archive/2018-09-20", " archive/2018-09-20", "/2018-09-20", "archives/x"])
def test_batches_that_do_not_fetch_are_told(key):
    with pytest.raises(Misconfigured, match="ingest knows archive/DAY"):
        kind_of(key)


@pytest.mark.parametrize(
    ("key", "expected"),
    [("archive/2018-09-20", date(2018, 9, 20)), ("archive/2016-02-29/2", date(2016, 2, 29)), ("archive/2018-02-29", None),
     ("archive/", None), ("archive/2018-9-20", None), ("archive/today", None)],
)  # fmt: skip
def test_the_day_of_an_archive_batch(key, expected):
    if expected:
        assert day_of(key) == expected
    else:
        with pytest.raises(Misconfigured, match="after archive/ stands a day"):
            day_of(key)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2018-09-20T23:59:59.999999Z", 20), ("2018-09-21T00:00:00Z", 21), ("2018-09-20T00:00:00+00:01", 19),
        ("2018-09-20T23:59:59-00:01", 21), ("2018-09-20T13:59+14:00", 19), ("2018-09-20T12:00-12:00", 21), ("2018-09-20", 20),
    ],
)  # fmt: skip
def test_a_second_decides_the_archive_day(written, day):
    taken = [n for n in range(15, 26) if window.archive(date(2018, 9, n)).takes(w3c(written))]
    assert taken == [day]


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ("", None),
        ("<pubDate>Thu, 20 Sep 2018 14:30:00 GMT</pubDate>", datetime(2018, 9, 20, 14, 30, tzinfo=UTC)),
        ("<pubDate>2018-09-20T14:30:00+02:00</pubDate>", datetime(2018, 9, 20, 12, 30, tzinfo=UTC)),
        ("<pubDate>20 Sep 18 14:30 EST</pubDate>", datetime(2018, 9, 20, 19, 30, tzinfo=UTC)),
        ("<pubDate>Thu, 31 Sep 2018 14:30:00 GMT</pubDate>", None),
        ("<dc:date>2018-09-20</dc:date>", datetime(2018, 9, 20, tzinfo=UTC)),
    ],
)
def test_dates_as_feeds_write_them(dates, expected):
    body = f'<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><item><link>/1</link>{dates}</item></channel></rss>'
    (one,) = parse_feed(body.encode(), "https://a.example/feed")
    assert one.hint.published_at == expected


@pytest.mark.parametrize("root", ["urlset", "urlset xmlns='http://www.google.com/schemas/sitemap/0.84'", "s:urlset xmlns:s='urn:x'"])
def test_sitemaps_of_every_namespace_are_read(root):
    prefix = "s:" if root.startswith("s:") else ""
    body = f"<{root}><{prefix}url><{prefix}loc>/1</{prefix}loc></{prefix}url></{root.split()[0]}>"
    assert [one.url for one in parse_sitemap(body.encode() + b" " * 9, "https://a.example/s.xml").pages] == ["https://a.example/1"]


GOOD = {"id": "paper", "name": "P", "home": "https://a.example/", "feeds": ["https://a.example/f"]}
CANONICAL, OG = "<link rel=canonical href='{}'>", "<meta property='og:url' content='{}'>"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (OG.format("https://a.example/og") + CANONICAL.format("/c"), "https://a.example/c"),
        (CANONICAL.format("https://other.example/c") + OG.format("https://a.example/og?utm_source=x"), "https://a.example/og"),
        (CANONICAL.format("javascript:x") + OG.format("/og"), "https://a.example/og"),
        (OG.format("https://other.example/"), None),
        ("", None),
    ],
)
def test_a_saved_page_is_named_by_canonical_before_og(head, expected):
    assert named_address(f"<html><head>{head}</head>".encode(), Outlet(**GOOD)) == expected


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("delay_s: .inf", "delay_s"), ("delay_s: .nan", "delay_s"), ("delay_s: 1e300", "delay_s"),
        ("include: ['a{99999999999999999999}']", "include.0"), (f"exclude: ['{'(' * 3000}{')' * 3000}']", "exclude.0"),
        ("rules: [{valid_from: 2020-01-01T00:00:00}]", "rules.0.valid_from"), ("rules: [{valid_until: 2020-01-01}]", "rules.0.valid_until"),
        ("rules: [{remove: div.x}]", "rules.0.remove"), ("rules: [{body: 7}]", "rules.0.body"), ("sitemaps:", "sitemaps"),
        ("sitemaps: https://a.example/s", "sitemaps"), ("enabled: perhaps", "enabled"), ("timezone: ''", "timezone"),
        ("is_agency: [1]", "is_agency"), ("country: gb", "country"), ("language: EN", "language"),
    ],
)  # fmt: skip
def test_a_value_that_could_only_fail_later_is_told_with_its_line(tmp_path, line, field):
    (tmp_path / "paper.yaml").write_text(f"id: paper\nname: P\nhome: https://a.example/\nfeeds: [https://a.example/f]\n{line}\n")
    with pytest.raises(Misconfigured) as caught:
        load_outlet(tmp_path / "paper.yaml")
    assert [told.split(": ")[1] for told in str(caught.value).splitlines()] == [field]
    assert "paper.yaml:5: " in str(caught.value)


CAPTURE = {
    "capture_id": "0913bff1-8c09-5412-bb71-06723dd6b76e", "batch_key": "b", "outlet_id": "a", "url": "u", "final_url": "u",
    "captured_at": NOW, "first_seen_at": NOW, "outcome": "gone", "hint": Hint(source="feed"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("model", "values", "field"),
    [
        (Hint, {"source": "feed", "tilte": "x"}, "tilte"),
        (Hint, {"source": "feed", "published_at": "2018-09-20T00:00:00Z"}, "published_at"),
        (Hint, {}, "source"),
        (Capture, CAPTURE, "capture_id"),
        (Capture, CAPTURE | {"outcome": "lost"}, "outcome"),
        (Capture, CAPTURE | {"status": "200"}, "status"),
        (Capture, CAPTURE | {"warc_offset": 1.0}, "warc_offset"),
        (OutletRules, {"remove": "div"}, "remove"),
        (BatchManifest, {"batch_key": "b", "captures": -1, "made_at": NOW}, "captures"),
    ],
)
def test_records_refuse_what_is_not_their_type(model, values, field):
    with pytest.raises(ValidationError) as caught:
        model(**values)
    assert (field,) in {error["loc"] for error in caught.value.errors()}


def test_a_record_does_not_change():
    with pytest.raises(ValidationError, match="frozen"):
        Hint(source="feed").title = "x"
