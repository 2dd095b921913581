from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Quarantined
from ingest.discover import links, sources, window
from ingest.discover.links import looks_like_article, soup_of
from ingest.discover.records import Child
from ingest.discover.sections import read_archive_page, read_section
from ingest.discover.sources import Source, of_outlet
from ingest.outlets import Outlet

URL = "https://a.example/world/"
LIVE = window.live(datetime(2026, 11, 23, tzinfo=UTC), 7)


def outlet(**more):
    return Outlet.model_validate({"id": "a", "name": "A", "home": "https://www.a.example/", "sections": [URL]} | more)


def section(html, url=URL, **more):
    return [page.url.removeprefix("https://a.example") for page in read_section(html.encode(), URL, url, outlet(**more)).pages]


def link(*hrefs):
    return "".join(f"<a href='{href}'>x</a>" for href in hrefs)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/2018/09/20/kim",
        "https://a.example/world/kim-meets-moon-in-pyongyang",
        "https://a.example/world/kim_meets_moon_again_today.html",
        "https://a.example/article/45591234",
        "https://a.example/index.php?id=45591234",
    ],
)
def test_addresses_of_articles(url):
    assert looks_like_article(url)


@pytest.mark.parametrize(
    "path", ["", "/", "/world", "/world/asia-pacific/", "/about-us", "/2018/09/20/a.jpg", "/a-b-c-d-e.pdf", "/page/2", "/?p=7"]
)
def test_addresses_of_other_pages(path):
    assert not looks_like_article(f"https://a.example{path}")


def test_without_a_rule_the_links_that_look_like_articles_are_taken():
    html = link(
        "/world", "/2018/09/20/kim", "kim-meets-moon-in-pyongyang", "mailto:a@a.example", "javascript:x", "#top", "", "/2018/09/20/kim#c"
    )
    assert section(html) == ["/2018/09/20/kim", "/world/kim-meets-moon-in-pyongyang"]


def test_a_selector_chooses_links_or_what_is_around_them():
    html = f"<main><h3>{link('/a')}</h3><p>{link('/b')}</p></main><a class=teaser href=/c>x</a>{link('/d')}"
    assert section(html, sections=[{"url": URL, "links": "main h3, a.teaser"}]) == ["/a", "/c"]
    assert section(html, sections=[{"url": URL, "links": "main a"}]) == ["/a", "/b"]


def test_patterns_choose_by_address():
    html = link("/n/1", "/n/2", "/video/n/3", "/2018/09/20/kim")
    assert section(html, sections=[{"url": URL, "include": ["/n/"], "exclude": ["video"]}]) == ["/n/1", "/n/2"]
    assert section(html, include=["/n/"]) == ["/n/1", "/n/2", "/video/n/3", "/2018/09/20/kim"]  # the walk applies the outlet's own


def test_only_the_outlets_own_hosts_count():
    html = link(
        "https://b.example/2018/09/20/x", "https://evil-a.example/2018/09/20/x", "http://10.0.0.1/2018/09/20/x", "//a.example/2018/09/20/x"
    )
    assert section(html) == ["/2018/09/20/x"]


@pytest.mark.parametrize(
    ("base", "expected"),
    [("/n/", ["/n/2018/09/20/x"]), ("https://b.example/", []), ("javascript:x", ["/world/2018/09/20/x"]), ("", ["/world/2018/09/20/x"])],
)
def test_the_base_element_moves_relative_links(base, expected):
    assert section(f"<base href='{base}'>" + link("2018/09/20/x")) == expected


def test_the_page_itself_is_no_article():
    assert section(link(URL, "/world/#x"), sections=[{"url": URL, "links": "a"}]) == []


def test_pages_are_dated_by_their_address_alone():
    first, second = read_section(link("/2018/09/20/x", "/article/45591234").encode(), URL, URL, outlet()).pages
    assert (first.dated_at, second.dated_at) == (datetime(2018, 9, 20, tzinfo=UTC), None)
    assert (first.hint.source, first.hint.title) == ("section", None)  # the words of a link are a teaser, not the title


def test_links_bytes_and_tags_are_bounded(monkeypatch):
    monkeypatch.setattr(links, "MAX_LINKS", 3)
    assert len(section(link(*(f"/2018/09/20/{n}" for n in range(9))))) == 3
    monkeypatch.setattr(links, "MAX_TAGS", 5)
    assert section(link("/2018/09/20/1", "/2018/09/20/2", "/2018/09/20/3", "/2018/09/20/4")) == [
        "/2018/09/20/1",
        "/2018/09/20/2",
        "/2018/09/20/3",
    ]
    monkeypatch.setattr(links, "MAX_BYTES", 30)
    assert section("<p>" * 10 + link("/2018/09/20/1")) == []


@pytest.mark.parametrize(
    "unit", [b"<div>", b"<a href='/2018/09/20/x'", b"<", b"<!--", b"<![CDATA[", b"</p>", b"\x00", b"&#x110000;", b"<svg><math>"]
)
def test_a_megabyte_of_anything_is_read(unit):
    with contextlib.suppress(Quarantined):
        read_section(unit * (1_000_000 // len(unit)), URL, URL, outlet())


@given(st.binary(max_size=500))
def test_any_bytes_are_a_page_of_links(data):
    with contextlib.suppress(Quarantined):
        for page in read_section(data + b"<a href=/2018/09/20/x>" + data, URL, URL, outlet()).pages:
            assert page.url.startswith("http")


def test_what_the_parser_refuses_is_told(monkeypatch):
    def refuse(*_):
        raise AssertionError("gives up")

    monkeypatch.setattr(links, "BeautifulSoup", refuse)
    with pytest.raises(Quarantined, match="can't be read as HTML"):
        soup_of(b"<p>", URL)


TEMPLATE = "https://a.example/archive/{year}/{month:02}/{day:02}"
DAY_URL = "https://a.example/archive/2018/09/20"


def archive(html, asked=DAY_URL, **rule):
    return read_archive_page(html.encode(), asked, asked, outlet(archive_pages=[{"url": TEMPLATE, "links": "li a"} | rule]))


def test_an_archive_page_dates_its_articles():
    first, second = archive(f"<li>{link('/a')}</li><li>{link('/2018/09/19/b')}</li>").pages
    assert (first.dated_at.day, second.dated_at.day, first.hint.source) == (20, 19, "archive_page")


def test_on_the_page_of_a_month_the_last_day_counts():
    (one,) = archive(f"<li>{link('/a')}</li>", "https://a.example/archive/2018/09", url="https://a.example/archive/{year}/{month:02}").pages
    assert one.dated_at == datetime(2018, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("?page=2", [Child(f"{DAY_URL}?page=2")]),
        ("/archive/2018/09/20/2", [Child(f"{DAY_URL}/2")]),
        ("/archive/2018/09/21", []),
        ("/elsewhere", []),
        ("https://b.example/archive/2018/09/20", []),
        ("javascript:x", []),
    ],
)
def test_the_next_page_of_the_day_follows(href, expected):
    assert archive(f"<a class=next href='{href}'>more</a>", next="a.next").children == expected


def test_without_a_rule_for_it_there_is_no_next_page():
    assert archive("<a class=next href='?page=2'>more</a>").children == []


def test_an_address_from_no_template_names_nothing():
    assert archive(link("/a"), "https://a.example/other") == sources.Listing()


def test_live_asks_sections_and_a_backfill_the_archive_page_of_its_day():
    both = outlet(archive_pages=[TEMPLATE])
    assert of_outlet(both, LIVE) == [Source("section", URL)]
    assert of_outlet(both, window.archive(date(2018, 9, 20))) == [Source("archive_page", DAY_URL)]


@pytest.mark.parametrize("kind", ["section", "archive_page"])
def test_they_may_be_cut(kind):
    assert sources.cut_at(Source(kind, URL)) == links.MAX_BYTES
