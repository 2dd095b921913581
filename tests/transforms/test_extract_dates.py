"""When a page was published: reading written times, the order of evidence, what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.records import Hint, OutletProfile, OutletRules
from transforms.extract import dates, signals
from transforms.extract.moments import DAY_ONLY, EXACT, LOCAL, parse
from transforms.extract.printed import parse_words

BERLIN = ZoneInfo("Europe/Berlin")
URL = "https://paper.example/story"
CAPTURED = datetime(2020, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "expected", "precision"),
    [
        ("2018-09-20T14:30:05Z", "2018-09-20T14:30:05+00:00", EXACT),
        ("2018-09-20T14:30:05.123+0200", "2018-09-20T14:30:05+02:00", EXACT),
        ("2018-09-20 14:30:05 -03:30", "2018-09-20T14:30:05-03:30", EXACT),
        ("2018-09-20T14:30 GMT+2", "2018-09-20T14:30:00+02:00", EXACT),
        ("20180920T143005Z", "2018-09-20T14:30:05+00:00", EXACT),
        ("2018-9-5", "2018-09-05T00:00:00+02:00", DAY_ONLY),
        ("20180920", "2018-09-20T00:00:00+02:00", DAY_ONLY),
        ("2018/09/20 08:15", "2018-09-20T08:15:00+02:00", LOCAL),
        ("2018-01-20T14:30", "2018-01-20T14:30:00+01:00", LOCAL),
        ("Thu, 20 Sep 2018 14:30:05 +0900", "2018-09-20T14:30:05+09:00", EXACT),
        ("1537453805", "2018-09-20T14:30:05+00:00", EXACT),
        ("1537453805123", "2018-09-20T14:30:05+00:00", EXACT),
    ],
)
def test_written_times(raw: str, expected: str, precision: int) -> None:
    assert parse(raw, BERLIN) is not None
    at, found = parse(raw, BERLIN) or (CAPTURED, -1)
    assert (at.isoformat(), found) == (expected, precision)


@pytest.mark.parametrize("raw", ["", "yesterday", "2018-13-40", "2018-09-20T99:99Z", "0000-00-00", "12", "١٢٣٤٥٦٧٨٩٠x"])
def test_nonsense_is_no_time(raw: str) -> None:
    assert parse(raw, BERLIN) is None


@pytest.mark.parametrize(
    ("line", "language", "expected", "precision"),
    [
        ("Thursday, 20 September 2018, 4:05 pm", "en", "2018-09-20T16:05:00+02:00", LOCAL),
        ("Sept. 20, 2018 at 12:10 a.m.", "en", "2018-09-20T00:10:00+02:00", LOCAL),
        ("Published 20 Sep 2018 16:05 UTC", "en", "2018-09-20T16:05:00+00:00", EXACT),
        ("20. September 2018, 10:05 Uhr", "de", "2018-09-20T10:05:00+02:00", LOCAL),
        ("20. März 2018", "de", "2018-03-20T00:00:00+01:00", DAY_ONLY),
        ("03.04.2018", "de", "2018-04-03T00:00:00+02:00", DAY_ONLY),
        ("03/04/2018", "en", "2018-03-04T00:00:00+01:00", DAY_ONLY),
        ("le 5 août 2018", "fr", "2018-08-05T00:00:00+02:00", DAY_ONLY),
    ],
)
def test_dates_in_words(line: str, language: str, expected: str, precision: int) -> None:
    at, found = parse_words(line, BERLIN, [language]) or (CAPTURED, -1)
    assert (at.isoformat(), found) == (expected, precision)


@pytest.mark.parametrize("line", ["", "no date", "20 Blurgh 2018", "30 February 2018", "12 people in 2018"])
def test_words_without_a_date(line: str) -> None:
    assert parse_words(line, BERLIN, ["en"]) is None


@given(st.integers(662_688_000, 4_070_908_800), st.integers(-14 * 60, 14 * 60))
def test_every_iso_time_comes_back_with_its_offset(epoch: int, minutes: int) -> None:
    at = datetime.fromtimestamp(epoch, timezone(timedelta(minutes=minutes)))
    found = parse(at.isoformat(), UTC)
    assert found is not None
    assert (found[0], found[0].utcoffset(), found[1]) == (at, at.utcoffset(), EXACT)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_times(text: str) -> None:
    for found in (parse(text, UTC), parse_words(text, UTC, ["en"])):
        assert found is None or found[0].tzinfo is not None


def moment(
    html: str, *, url: str = URL, zone: str = "UTC", hint: Hint | None = None, rules: OutletRules | None = None
) -> tuple[str, str] | None:
    outlet = OutletProfile(outlet_id="x", name="X", home="", timezone=zone)
    found = dates.published(signals.read(html, url, outlet, rules, hint), CAPTURED)
    return (found.at.isoformat(), found.evidence) if found else None


LD = '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"%s"}</script>'
META = '<meta property="article:published_time" content="%s">'
TIME = "<main><time datetime='%s'>then</time></main>"


def test_jsonld_comes_before_metas_and_metas_before_elements() -> None:
    everything = LD % "2019-01-01T10:00Z" + META % "2019-02-02T10:00Z" + TIME % "2019-03-03T10:00Z"
    assert moment(everything) == ("2019-01-01T10:00:00+00:00", "jsonld:datePublished")
    assert moment(META % "2019-02-02T10:00Z" + TIME % "2019-03-03T10:00Z") == ("2019-02-02T10:00:00+00:00", "meta:article:published_time")
    assert moment(TIME % "2019-03-03T10:00Z") == ("2019-03-03T10:00:00+00:00", "time")


def test_the_url_and_the_page_s_own_scripts_are_evidence() -> None:
    assert moment("<p>x", url="https://paper.example/2019/04/05/story") == ("2019-04-05T00:00:00+00:00", "url")
    script = '<script>window.data = {"publishedAt": "2019-05-06T07:08:09Z"}</script>'
    assert moment(script) == ("2019-05-06T07:08:09+00:00", "inline:publishedAt")


def test_rules_of_the_outlet_come_first() -> None:
    page = LD % "2019-01-01T10:00Z" + "<b class=when>5 May 2018, 9:30 am</b>"
    assert moment(page, rules=OutletRules(published=".when")) == ("2018-05-05T09:30:00+00:00", "rules:published")


def test_a_day_takes_its_time_from_weaker_evidence_of_the_same_day() -> None:
    assert moment(LD % "2019-01-01" + META % "2019-01-01T10:00:00+01:00") == ("2019-01-01T10:00:00+01:00", "meta:article:published_time")
    assert moment(LD % "2019-01-01" + META % "2019-01-07T10:00:00+01:00") == ("2019-01-01T00:00:00+00:00", "jsonld:datePublished")


def test_a_local_time_takes_the_offset_that_is_written_elsewhere_or_the_outlet_s() -> None:
    page = LD % "2019-07-01T10:00:00"
    assert moment(page + META % "2019-07-01T10:00:00-04:00", zone="Europe/Berlin") == (
        "2019-07-01T10:00:00-04:00",
        "meta:article:published_time",
    )
    assert moment(page, zone="Europe/Berlin") == ("2019-07-01T10:00:00+02:00", "jsonld:datePublished")


@pytest.mark.parametrize("refused", ["2031-01-01T00:00Z", "1970-01-01T00:00:00Z", "1989-12-31T00:00Z"])
def test_the_future_and_the_time_before_the_web_are_refused(refused: str) -> None:
    assert moment(LD % refused + META % "2019-02-02T10:00Z") == ("2019-02-02T10:00:00+00:00", "meta:article:published_time")


def test_the_source_is_asked_where_the_page_is_silent() -> None:
    at = datetime(2019, 8, 9, 10, 11, tzinfo=UTC)
    assert moment("<p>x", hint=Hint(source="feed", published_at=at)) == ("2019-08-09T10:11:00+00:00", "feed:published")
    assert moment(LD % "2019-01-01T10:00Z", hint=Hint(source="feed", published_at=at)) == (
        "2019-01-01T10:00:00+00:00",
        "jsonld:datePublished",
    )
    assert moment("<p>x", hint=Hint(source="feed", published_at=CAPTURED + timedelta(days=9))) is None


def test_lastmod_of_a_sitemap_is_weaker_than_a_printed_date() -> None:
    hint = Hint(source="sitemap", published_at=datetime(2019, 9, 9, 1, 1, tzinfo=UTC))
    assert moment("<h1>A headline</h1><p>3 March 2019, 10:00</p>", hint=hint) == ("2019-03-03T10:00:00+00:00", "text")
    assert moment("<h1>A headline</h1>", hint=hint) == ("2019-09-09T01:01:00+00:00", "sitemap:published")


def test_midnight_of_a_file_is_a_whole_day_in_the_outlet_s_zone() -> None:
    outlet = OutletProfile(outlet_id="x", name="X", home="", timezone="Asia/Seoul")
    hint = Hint(source="file", published_at=datetime(2018, 9, 20, tzinfo=UTC))
    found = dates.published(signals.read("<p>x", URL, outlet, None, hint), CAPTURED)
    assert found is not None
    assert (found.at.isoformat(), found.precision) == ("2018-09-20T00:00:00+09:00", DAY_ONLY)


def test_modification_is_kept_apart_from_publication() -> None:
    page = signals.read(META % "2019-02-02T10:00Z" + '<meta property="article:modified_time" content="2019-02-03T11:00+01:00">', URL)
    changed = dates.modified(page, CAPTURED)
    assert changed is not None
    assert changed.isoformat() == "2019-02-03T11:00:00+01:00"
    assert dates.modified(signals.read("<p>x", URL), CAPTURED) is None
