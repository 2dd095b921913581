"""Dates once more: every rank of evidence against every other, odd shapes of metadata, zones and their changes of clocks."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.records import Hint, OutletProfile, OutletRules
from transforms.extract import dates, signals
from transforms.extract.moments import AHEAD, DAY_ONLY, EARLIEST, EXACT, LOCAL, Moment, acceptable, parse
from transforms.extract.printed import parse_words

CAPTURED = datetime(2020, 6, 1, tzinfo=UTC)
RULES = OutletRules(published=".when")


def found(
    html: str,
    *,
    url: str = "https://paper.example/story",
    zone: str = "UTC",
    language: str | None = None,
    hint: Hint | None = None,
    rules: OutletRules | None = None,
    captured: datetime | None = CAPTURED,
) -> Moment | None:
    outlet = OutletProfile(outlet_id="x", name="X", home="", timezone=zone, language=language)
    return dates.published(signals.read(html, url, outlet, rules, hint), captured)


def at(moment: Moment | None) -> str | None:
    return moment.at.isoformat() if moment else None


def linked(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


# Each rank with a day of its own, best first: (evidence, HTML, path of the URL).
RANKS = [
    ("rules:published", "<b class=when>2019-01-01T01:00Z</b>", ""),
    ("jsonld:datePublished", linked({"@type": "NewsArticle", "datePublished": "2019-01-02T01:00Z"}), ""),
    ("jsonld:dateCreated", linked({"@type": "NewsArticle", "dateCreated": "2019-01-03T01:00Z"}), ""),
    ("jsonld:uploadDate", linked({"@type": "NewsArticle", "uploadDate": "2019-01-04T01:00Z"}), ""),
    ("meta:article:published_time", "<meta property='article:published_time' content='2019-01-05T01:00Z'>", ""),
    ("meta:pubdate", "<meta name=pubdate content='2019-01-06T01:00Z'>", ""),
    ("meta:date", "<meta name=date content='2019-01-07T01:00Z'>", ""),
    ("url", "", "/2019/01/08/"),
    ("microdata:datePublished", "<i itemprop=datePublished content='2019-01-09T01:00Z'>x</i>", ""),
    ("time:pubdate", "<time pubdate datetime='2019-01-10T01:00Z'>x</time>", ""),
    ("inline:publishedAt", "<script>var page = {'publishedAt': '2019-01-11T01:00Z'}</script>", ""),
    ("time", "<time datetime='2019-01-12T01:00Z'>x</time>", ""),
]


@pytest.mark.parametrize(("better", "worse"), list(combinations(range(len(RANKS)), 2)))
def test_better_evidence_wins_wherever_it_stands(better: int, worse: int) -> None:
    (name, first, path), (_, second, other) = RANKS[better], RANKS[worse]
    best = found(f"<body>{second}{first}</body>", url=f"https://paper.example{path or other or '/'}story", rules=RULES)
    assert best
    assert (best.evidence, best.at.date().isoformat()) == (name, f"2019-01-{better + 1:02d}")


FEED = Hint(source="feed", published_at=datetime(2019, 2, 1, 5, tzinfo=UTC))


@pytest.mark.parametrize(("name", "html", "path"), RANKS)
def test_what_the_page_says_of_itself_beats_the_feed_and_the_printed_line(name: str, html: str, path: str) -> None:
    best = found(
        f"<h1>A headline</h1><p>3 March 2019, 10:00</p>{html}", url=f"https://paper.example{path or '/'}story", hint=FEED, rules=RULES
    )
    assert best
    assert best.evidence == name


@pytest.mark.parametrize("source", ["feed", "news_sitemap", "push"])
def test_a_source_that_knows_publication_beats_the_printed_line(source: str) -> None:
    hint = Hint(source=source, published_at=datetime(2019, 2, 1, 5, tzinfo=UTC))
    best = found("<h1>A headline</h1><p>3 March 2019, 10:00</p>", hint=hint)
    assert best == Moment(datetime(2019, 2, 1, 5, tzinfo=UTC), EXACT, f"{source}:published", "2019-02-01T05:00:00+00:00")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"@type": "NewsArticle", "datePublished": ["2019-01-02T10:00+01:00", "2019-05-05T10:00Z"]}, "2019-01-02T10:00:00+01:00"),
        ({"@graph": [{"@type": "Organization"}, {"@type": "Article", "datePublished": "2019-01-02T10:00Z"}]}, "2019-01-02T10:00:00+00:00"),
        ([{"@type": "WebSite"}, [{"@type": ["Thing", "Report"], "datePublished": "2019-01-02T10:00Z"}]], "2019-01-02T10:00:00+00:00"),
        ({"@type": "http://schema.org/NewsArticle", "datePublished": {"@value": "2019-01-02T10:00Z"}}, "2019-01-02T10:00:00+00:00"),
        ({"@type": "WebPage", "mainEntity": {"@type": "Article", "datePublished": "2019-01-02T10:00Z"}}, "2019-01-02T10:00:00+00:00"),
        ({"@type": "LiveBlogPosting", "datePublished": "2019-01-02T10:00:00.000+05:30"}, "2019-01-02T10:00:00+05:30"),
        ({"@type": "NewsArticle", "datePublished": ["", "soon", "2019-01-02"]}, "2019-01-02T00:00:00+00:00"),
        ({"@type": "VideoObject", "datePublished": "2019-01-02T10:00Z"}, None),
        ({"@type": "NewsArticle", "datePublished": 20190102}, None),
        ({"@type": "NewsArticle", "datePublished": None}, None),
        ({"datePublished": "2019-01-02T10:00Z"}, None),
    ],
)
def test_jsonld_in_every_shape(value: object, expected: str | None) -> None:
    best = found(linked(value))
    trusted = best is not None and best.evidence == "jsonld:datePublished"
    assert (at(best) if trusted else None) == expected


def test_the_date_of_the_article_beats_that_of_its_page_and_of_others() -> None:
    page = [
        {"@type": "WebPage", "datePublished": "2015-01-01T00:00Z"},
        {"@type": "NewsArticle", "headline": "Teaser of something else", "datePublished": "2019-04-04T04:00Z"},
        {"@type": "NewsArticle", "headline": "Bread is short", "datePublished": "2019-03-03T03:00Z"},
    ]
    assert at(found(f"<title>Bread is short</title>{linked(page)}")) == "2019-03-03T03:00:00+00:00"


@pytest.mark.parametrize("path", ["/2019/04/05/x", "/2019-04-05-x", "/x-2019-04-05", "/20190405/x", "/2019/4/5/x", "/news/2019/04/05"])
def test_days_in_addresses(path: str) -> None:
    best = found("<p>x", url=f"https://paper.example{path}", zone="Asia/Seoul")
    assert best == Moment(datetime(2019, 4, 5, tzinfo=ZoneInfo("Asia/Seoul")), DAY_ONLY, "url", best.raw if best else "")


@pytest.mark.parametrize("path", ["/2019/13/05/x", "/2019/04/x", "/2019/04/32/x", "/12019/04/05/x", "/20190405123/x", "/1234567890"])
def test_numbers_in_addresses_that_are_no_days(path: str) -> None:
    assert found("<p>x", url=f"https://paper.example{path}") is None


@pytest.mark.parametrize(
    "script",
    [
        'x = {"datePublished":"2019-05-06T07:08:09Z"}',
        "x = {'publish_date': '2019-05-06T07:08:09Z'}",
        r'self.push("{\"firstPublishedAt\":\"2019-05-06T07:08:09Z\"}")',
        'x = {"pubDate" : "Mon, 06 May 2019 07:08:09 GMT"}',
        'x = {"first_publish_date": "2019-05-06 07:08:09 UTC"}',
    ],
)
def test_data_of_the_page_s_scripts(script: str) -> None:
    best = found(f"<script>{script}</script>")
    assert at(best) == "2019-05-06T07:08:09+00:00"
    assert best
    assert best.evidence.startswith("inline:")


@pytest.mark.parametrize(
    "html",
    ["<script src=/a.js>{'publishedAt':'2019-05-06T07:08Z'}</script>", "<script>{'unpublishedAt':'2019-05-06T07:08Z'}</script>"],
)
def test_other_data_is_no_evidence(html: str) -> None:
    best = found(html)
    assert best is None or best.evidence in {"htmldate", "page"}


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ("<time pubdate datetime='2019-05-06T07:08Z' title='2018-01-01'>1 January 2017</time>", "2019-05-06T07:08:00+00:00"),
        ("<abbr class=published title='2019-05-06T07:08-03:00'>long ago</abbr>", "2019-05-06T07:08:00-03:00"),
        ("<time class=entry-date>2019-05-06</time>", "2019-05-06T00:00:00+00:00"),
        ("<span itemprop='name datePublished'>2019-05-06 07:08</span>", "2019-05-06T07:08:00+00:00"),
        ("<time>today</time>" * 2 + "<time>2019-05-06T07:08Z</time>", "2019-05-06T07:08:00+00:00"),
    ],
)
def test_elements(element: str, expected: str | None) -> None:
    assert at(found(element)) == expected


# A written time keeps its offset, whatever the outlet's zone is.
@pytest.mark.parametrize("offset", ["Z", "+00:00", "+05:30", "-03:30", "+1400", "-11", "GMT+2", " UTC"])
def test_offsets_are_kept_as_written(offset: str) -> None:
    expected = {"Z": 0, "+00:00": 0, "+05:30": 330, "-03:30": -210, "+1400": 840, "-11": -660, "GMT+2": 120, " UTC": 0}[offset]
    best = found(linked({"@type": "Article", "datePublished": f"2019-07-01T10:00:00{offset}"}), zone="America/New_York")
    assert best
    assert (best.at.utcoffset(), best.at.hour, best.precision) == (timedelta(minutes=expected), 10, EXACT)


@pytest.mark.parametrize(
    ("zone", "written", "utc"),
    [
        ("Europe/Berlin", "2019-03-31T01:59", "00:59"),
        ("Europe/Berlin", "2019-03-31T03:00", "01:00"),
        ("Europe/Berlin", "2019-10-27T02:30", "00:30"),
        ("Europe/Berlin", "2019-10-27T03:30", "02:30"),
        ("America/New_York", "2019-03-10T12:00", "16:00"),
        ("America/New_York", "2019-03-09T12:00", "17:00"),
        ("Australia/Lord_Howe", "2019-12-24T11:00", "00:00"),
        ("Asia/Kathmandu", "2019-12-24T05:45", "00:00"),
        ("Asia/Seoul", "2019-06-01T09:00", "00:00"),
    ],
)
def test_a_bare_local_time_follows_the_outlet_s_clocks(zone: str, written: str, utc: str) -> None:
    best = found(linked({"@type": "Article", "datePublished": written}), zone=zone)
    assert best
    assert (f"{best.at.astimezone(UTC):%H:%M}", best.precision) == (utc, LOCAL)


@pytest.mark.parametrize(
    ("line", "language", "expected"),
    [
        ("12. Januar 2019", "de", "2019-01-12"),
        ("3. März 2019", "de", "2019-03-03"),
        ("31. Mai 2019", "de", "2019-05-31"),
        ("Sonntag, 13. Oktober 2019", "de", "2019-10-13"),
        ("24. Dez. 2019", "de", "2019-12-24"),
        ("1 février 2019", "fr", "2019-02-01"),
        ("14 août 2019", "fr", "2019-08-14"),
        ("Publié le 25 décembre 2019 à 10h30", "fr", "2019-12-25"),
        ("7 marzo 2019", "it", "2019-03-07"),
        ("9 mei 2019", "nl", "2019-05-09"),
        ("17 maja 2019", "pl", "2019-05-17"),
        ("9 мая 2019", "ru", "2019-05-09"),
        ("12 January 2019", "de", "2019-01-12"),
        ("January 2nd, 2019", "en", "2019-01-02"),
        ("2nd January 2019", "en", "2019-01-02"),
        ("04.05.2019", "en", "2019-05-04"),
        ("04/05/2019", "fr", "2019-05-04"),
    ],
)
def test_months_in_the_language_of_the_page(line: str, language: str, expected: str) -> None:
    best = found(f"<html lang={language}><h1>A headline</h1><p>{line}</p></html>")
    assert best
    assert (best.at.date().isoformat(), best.evidence) == (expected, "text")


def test_the_outlet_s_language_helps_a_page_that_declares_none() -> None:
    assert (
        at(found("<h1>Der Titel</h1><p>20. Oktober 2019, 10:05 Uhr</p>", language="de", zone="Europe/Berlin"))
        == "2019-10-20T10:05:00+02:00"
    )


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("12:00 am", 0),
        ("12:00 pm", 12),
        ("1:00 p.m.", 13),
        ("11:00 AM", 11),
        ("23:00", 23),
        ("25:00", None),
        ("10:75", None),
        ("14h00", 14),
    ],
)
def test_clocks_after_a_day(clock: str, expected: int | None) -> None:
    moment = parse_words(f"20 September 2018, {clock}", UTC, ["en"])
    assert moment
    assert (moment[0].hour, moment[1]) == ((expected, LOCAL) if expected is not None else (0, DAY_ONLY))


def test_the_edges_of_what_is_believed() -> None:
    assert acceptable(CAPTURED + AHEAD, CAPTURED)
    assert not acceptable(CAPTURED + AHEAD + timedelta(seconds=1), CAPTURED)
    assert acceptable(EARLIEST, CAPTURED)
    assert not acceptable(EARLIEST - timedelta(seconds=1), CAPTURED)


def test_an_unbelievable_time_is_refused_at_every_rank() -> None:
    late = [html.replace("2019-01", "2031-01") for _, html, _ in RANKS]
    assert found("".join(late), rules=RULES, url="https://paper.example/2031/01/08/x") is None
    assert found(late[1], captured=None) is not None


def test_a_day_is_refined_by_the_feed_and_by_the_printed_line_of_the_same_day_only() -> None:
    page = linked({"@type": "Article", "datePublished": "2019-02-01"})
    assert at(found(page, hint=FEED)) == "2019-02-01T05:00:00+00:00"
    assert at(found(page, hint=Hint(source="feed", published_at=FEED.published_at and FEED.published_at + timedelta(days=2)))) == (
        "2019-02-01T00:00:00+00:00"
    )
    assert at(found(f"{page}<h1>A headline</h1><p>1 February 2019, 10:07</p>")) == "2019-02-01T10:07:00+00:00"
    assert at(found(f"{page}<h1>A headline</h1><p>2 February 2019, 10:07</p>")) == "2019-02-01T00:00:00+00:00"


def test_a_day_is_not_refined_by_the_change_of_a_sitemap() -> None:
    hint = Hint(source="sitemap", published_at=datetime(2019, 2, 1, 23, tzinfo=UTC))
    assert at(found(linked({"@type": "Article", "datePublished": "2019-02-01"}), hint=hint)) == "2019-02-01T00:00:00+00:00"


def test_the_same_day_is_told_in_the_outlet_s_zone() -> None:
    page = linked({"@type": "Article", "datePublished": "2019-02-01"}) + "<meta name=pubdate content='2019-01-31T20:00Z'>"
    assert at(found(page, zone="Asia/Seoul")) == "2019-01-31T20:00:00+00:00"
    assert at(found(page, zone="UTC")) == "2019-02-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("hint", "expected", "is_day"),
    [
        (datetime(2018, 9, 20, tzinfo=UTC), "2018-09-20T00:00:00+09:00", True),
        (datetime(2018, 9, 19, 15, tzinfo=UTC), "2018-09-20T00:00:00+09:00", True),
        (datetime(2018, 9, 20, 8, 30, tzinfo=UTC), "2018-09-20T08:30:00+00:00", False),
    ],
)
def test_the_date_of_a_file(hint: datetime, expected: str, is_day: bool) -> None:
    best = found("<p>x", zone="Asia/Seoul", hint=Hint(source="file", published_at=hint))
    assert best
    assert (best.at.isoformat(), best.precision == DAY_ONLY) == (expected, is_day)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (linked({"@type": "Article", "dateModified": "2019-01-02T10:00+01:00"}), "2019-01-02T10:00:00+01:00"),
        ("<meta property='og:updated_time' content='1546423200'>", "2019-01-02T10:00:00+00:00"),
        ("<time itemprop=dateModified datetime='2019-01-02'>x</time>", "2019-01-02T00:00:00+00:00"),
        ("<meta name=lastmod content='2031-01-02'>", None),
        ("<time datetime='2019-01-02'>x</time>", None),
    ],
)
def test_changes(html: str, expected: str | None) -> None:
    changed = dates.modified(signals.read(html, "https://paper.example/x"), CAPTURED)
    assert (changed.isoformat() if changed else None) == expected


def test_fields_tell_where_and_what_was_written() -> None:
    raw = "Sun, 05 May 2019 10:00:00 +0200"
    moment = found(f"<meta name=dc.date content='{raw}'>")
    assert dates.fields(moment) == {
        "published_at": datetime.fromisoformat("2019-05-05T10:00:00+02:00"),
        "published_is_day": False,
        "published_evidence": "meta:dc.date",
        "published_raw": raw,
    }
    assert dates.fields(None) == {}


@given(st.dates(date(1990, 1, 2), date(2099, 12, 30)), st.sampled_from(["Asia/Seoul", "America/Lima", "Europe/Berlin"]))
def test_every_day_is_midnight_in_the_outlet_s_zone(day: date, zone: str) -> None:
    moment = parse(str(day), ZoneInfo(zone))
    assert moment
    assert (moment[0].date(), moment[0].hour, moment[1]) == (day, 0, DAY_ONLY)


def test_a_day_that_is_printed_far_from_the_headline_comes_last() -> None:
    between = "<p>The rope is new.</p>" * 60
    best = found(f"<h1>Goose found</h1>{between}<p>{'Long ' * 40} in 2003</p><p>martes 17 de marzo de 2020</p><p>1 de mayo de 2020</p>")
    assert best
    assert (best.evidence, at(best), best.precision) == ("page", "2020-03-17T00:00:00+00:00", DAY_ONLY)
    assert found(f"<h1>Goose found</h1>{between}<p>© 2016 The Paper</p>") is None
