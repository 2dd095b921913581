from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.discover.dates import Period, day_in_url, period_in_url, w3c

H = "https://2018.example:2019/"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("2018/09/20/slug", date(2018, 9, 20)),
        ("world/2018-09-20-slug", date(2018, 9, 20)),
        ("a_20180920_b", date(2018, 9, 20)),
        ("2018/sep/20/slug", date(2018, 9, 20)),
        ("2018/Sep/5/slug", date(2018, 9, 5)),
        ("2018.09.20", date(2018, 9, 20)),
        ("story?date=2018-09-20", date(2018, 9, 20)),
        ("2018/02/30/slug", None),
        ("2018/09-20/slug", None),
        ("120180920", None),
        ("201809201", None),
        ("20/09/2018/slug", None),
        ("slug-20181", None),
        ("", None),
    ],
)
def test_days_in_addresses(path, expected):
    found = day_in_url(H + path)
    assert (found.first if found else None) == expected
    assert found is None or found.is_day


@pytest.mark.parametrize(
    ("path", "first", "last"),
    [
        ("sitemap-2018-09-20.xml", date(2018, 9, 20), date(2018, 9, 20)),
        ("sitemap-2018-09.xml", date(2018, 9, 1), date(2018, 9, 30)),
        ("sitemap/2018/12/", date(2018, 12, 1), date(2018, 12, 31)),
        ("sitemap-2016-02.xml", date(2016, 2, 1), date(2016, 2, 29)),
        ("sitemap_2018.xml", date(2018, 1, 1), date(2018, 12, 31)),
        ("sitemap-2018-1.xml", date(2018, 1, 1), date(2018, 12, 31)),
    ],
)
def test_periods_of_sitemaps(path, first, last):
    assert period_in_url(H + path) == Period(first, last)


@pytest.mark.parametrize("path", ["sitemap.xml", "sitemap-posts-1.xml", "sitemap-12018.xml", "sitemap-3.xml"])
def test_numbers_that_are_no_period(path):
    assert period_in_url(H + path) is None


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(["%Y/%m/%d", "%Y-%m-%d", "%Y%m%d"]))
def test_every_day_is_found_in_every_form(day, form):
    assert day_in_url(f"{H}news/{day.strftime(form)}/slug") == Period(day, day)


@given(st.text(max_size=60))
def test_any_address_is_read_without_an_error(path):
    period_in_url(H + path)


def test_periods_touch():
    day, month = Period(date(2018, 9, 20), date(2018, 9, 20)), Period(date(2018, 9, 1), date(2018, 9, 30))
    after = Period(date(2018, 10, 1), date(2018, 10, 1))
    assert day.touches(month)
    assert month.touches(day)
    assert not month.touches(after)
    assert month.widened(1).touches(after)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2018-09-20", datetime(2018, 9, 20, tzinfo=UTC)),
        ("2018-09-20T14:30:00Z", datetime(2018, 9, 20, 14, 30, tzinfo=UTC)),
        (" 2018-09-20T14:30+09:00 ", datetime(2018, 9, 20, 5, 30, tzinfo=UTC)),
        ("2018-09-20T14:30:00", datetime(2018, 9, 20, 14, 30, tzinfo=UTC)),
        ("2018-09-20T14:30:00.123456Z", datetime(2018, 9, 20, 14, 30, 0, 123456, tzinfo=UTC)),
        ("2025-13-01", None),
        ("99999-01-01", None),
        ("0001-01-01T00:00+09:00", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_w3c_dates(text, expected):
    assert w3c(text) == expected
