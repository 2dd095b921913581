from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import FetchRefused
from ingest.discover.archive_address import address, checked, days_of

DAY = date(2018, 9, 5)
TEMPLATES = {
    "https://a.example/{year}/{month:02}/{day:02}": "https://a.example/2018/09/05",
    "https://a.example/{year}/{month}/{day}/": "https://a.example/2018/9/5/",
    "https://a.example/{year}/{mon}/{day:02}/all": "https://a.example/2018/sep/05/all",
    "https://a.example/archive/{month_name}-{day}-{year}.html": "https://a.example/archive/september-5-2018.html",
    "https://a.example/?d={year}{month:02}{day:02}": "https://a.example/?d=20180905",
    "https://a.example/{year}/{year}-{month:02}-{day:02}": "https://a.example/2018/2018-09-05",
}


@pytest.mark.parametrize(("template", "url"), TEMPLATES.items())
def test_a_template_makes_the_address_of_a_day(template, url):
    assert address(checked(template), DAY) == url
    assert days_of(template, url) == (DAY, DAY)


@pytest.mark.parametrize("template", TEMPLATES)
@given(day=st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_the_day_can_be_read_back(template, day):
    assert days_of(template, address(template, day)) == (day, day)


@pytest.mark.parametrize(
    ("template", "url", "days"),
    [
        ("https://a.example/{year}/{month:02}", "https://a.example/2018/09", (date(2018, 9, 1), date(2018, 9, 30))),
        ("https://a.example/{year}/{month:02}", "https://a.example/2018/12", (date(2018, 12, 1), date(2018, 12, 31))),
        ("https://a.example/{year}/", "https://a.example/2018/", (date(2018, 1, 1), date(2018, 12, 31))),
        ("https://a.example/{year}/{mon}/", "https://a.example/2020/feb/", (date(2020, 2, 1), date(2020, 2, 29))),
    ],
)
def test_a_template_without_day_is_a_period(template, url, days):
    assert days_of(checked(template), url) == days


@pytest.mark.parametrize(
    ("url", "days"),
    [
        ("https://a.example/2018/09/05?page=2", (DAY, DAY)),
        ("https://a.example/2018/09/05/2", (DAY, DAY)),
        ("https://a.example/2018/09/051", None),
        ("https://a.example/2018/13/05", None),
        ("https://b.example/2018/09/05", None),
        ("https://a.example/", None),
    ],
)
def test_further_pages_are_of_the_same_day_and_others_are_not(url, days):
    assert days_of("https://a.example/{year}/{month:02}/{day:02}", url) == days


@pytest.mark.parametrize(
    "template",
    [
        "https://a.example/",
        "https://a.example/{year}/{day}",
        "https://a.example/{month:02}",
        "https://a.example/{year}/{week}",
        "https://a.example/{year.real}",
        "https://a.example/{year[0]}",
        "https://a.example/{year!r}",
        "https://a.example/{year:99999999}",
        "https://a.example/{year:{month}}",
        "https://a.example/{year}/{mon:02}",
        "https://a.example/{year",
        "https://a.example/{}",
        "https://a.example/{0}",
    ],
)
def test_what_is_no_template_is_told(template):
    with pytest.raises(ValueError, match=r".+"):
        checked(template)


@pytest.mark.parametrize("template", ["file:///{year}", "/{year}", "javascript:{year}"])
def test_what_makes_no_web_address_is_told(template):
    with pytest.raises(FetchRefused):
        checked(template)
