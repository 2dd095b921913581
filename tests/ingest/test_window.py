from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.discover import window

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
DAY = date(2018, 9, 20)
H = "https://a.example/"


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("dated", "expected"),
    [(None, True), (NOW, True), (NOW - timedelta(days=7), True), (NOW - timedelta(days=8), False), (NOW + timedelta(days=400), True)],
)
def test_live_takes_the_last_days_and_what_has_no_date(dated, expected):
    assert window.live(NOW, 7).takes(dated) is expected


@pytest.mark.parametrize(
    ("dated", "expected"),
    [
        (None, False),
        (at("2018-09-20"), True),
        (at("2018-09-20T23:59:59"), True),
        (at("2018-09-19T23:59:59"), False),
        (at("2018-09-21"), False),
    ],
)
def test_archive_takes_its_day_only(dated, expected):
    assert window.archive(DAY).takes(dated) is expected


@given(st.datetimes(timezones=st.just(UTC)).filter(lambda moment: 1900 < moment.year < 2100))
def test_each_dated_page_belongs_to_exactly_one_archive_day(moment):
    days = [moment.date() + timedelta(days=n) for n in range(-3, 4)]
    assert [window.archive(day).takes(moment) for day in days].count(True) == 1


@pytest.mark.parametrize(
    ("name", "lastmod", "expected"),
    [
        ("sitemap-2018-09-20.xml", None, True),
        ("sitemap-2018-09-19.xml", None, True),  # its midnight may be another than UTC's
        ("sitemap-2018-09-21.xml", "2020-01-01", True),
        ("sitemap-2018-09-18.xml", "2020-01-01", False),
        ("sitemap-2018-09.xml", None, True),
        ("sitemap-2018-10.xml", None, False),
        ("sitemap-2018.xml", None, True),
        ("sitemap-2017.xml", None, False),
        ("posts-1.xml", None, True),
        ("posts-1.xml", "2018-09-20T01:00", True),
        ("posts-1.xml", "2019-01-01", True),  # changed later: may still hold that day
        ("posts-1.xml", "2018-09-19T23:59", False),  # nothing newer in it
    ],
)
def test_child_sitemaps_of_an_archive_day(name, lastmod, expected):
    assert window.archive(DAY).opens(H + name, at(lastmod) if lastmod else None) is expected


@pytest.mark.parametrize(
    ("name", "lastmod", "expected"),
    [
        ("sitemap-2026-11-23.xml", None, True),
        ("sitemap-2026-11-16.xml", None, True),
        ("sitemap-2026-11-14.xml", None, False),
        ("sitemap-2026-11.xml", None, True),
        ("sitemap-2026-10.xml", "2026-10-31", False),
        ("sitemap-2026-10.xml", "2026-11-20", True),  # an older one that was changed
        ("posts.xml", None, True),
        ("posts.xml", "2026-11-22", True),
        ("posts.xml", "2026-11-01", False),
    ],
)
def test_child_sitemaps_of_a_live_run(name, lastmod, expected):
    assert window.live(NOW, 7).opens(H + name, at(lastmod) if lastmod else None) is expected
