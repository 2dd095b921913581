from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import FetchDelayed, FetchRefused
from ingest.manners import politeness as p

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
LADDER = [900, 3600, 86_400]


@pytest.mark.parametrize(
    ("host", "outlet", "crawl", "expected"),
    [(1.0, None, None, 1.0), (1.0, 0.2, None, 0.2), (1.0, 0.2, 5.0, 5.0), (1.0, None, 0.5, 1.0), (0.0, None, None, 0.0)],
)
def test_the_longer_of_our_delay_and_crawl_delay_holds(host, outlet, crawl, expected):
    assert p.request_delay_s(host, outlet, crawl) == expected


@given(st.floats(0, 1e6), st.none() | st.floats(0, 1e6), st.none() | st.floats(0, 1e6))
def test_no_delay_is_ever_shorter_than_robots_asks(host, outlet, crawl):
    assert p.request_delay_s(host, outlet, crawl) >= (crawl or 0)


@given(st.integers(-5, 10_000))
def test_waits_grow_and_stay_bounded(n):
    assert 0 <= p.host_backoff_s(n) <= p.host_backoff_s(n + 1) <= p.HOST_BACKOFF_MAX_S
    assert p.BACKOFF_BASE_S <= p.url_backoff_s(n) <= p.url_backoff_s(n + 1) <= p.URL_BACKOFF_MAX_S


def test_the_last_try_of_a_url_comes_after_an_outage_of_a_day():
    assert sum(p.url_backoff_s(n) for n in range(1, p.MAX_ATTEMPTS)) > 24 * 3600


@pytest.mark.parametrize(
    ("error", "sign"),
    [
        (None, "alive"),
        (FetchDelayed("x", after_s=1, fault="timeout"), "trouble"),
        (FetchDelayed("x", after_s=1, fault="rate_limited", status=429), "trouble"),
        (FetchDelayed("x", after_s=1, fault="truncated"), "alive"),
        (FetchDelayed("x", after_s=1), "trouble"),
        (FetchRefused("x", fault="tls"), "trouble"),
        (FetchRefused("x", fault="http_4xx", status=403), "alive"),
        (FetchRefused("x", status=403), "alive"),
        (FetchRefused("a login wall", fault="blocked"), "alive"),
        (FetchDelayed("a bot wall", after_s=1, fault="blocked", status=403), "trouble"),
        (FetchRefused("x", fault="ssrf"), "nothing"),
        (FetchRefused("x", fault="robots"), "nothing"),
        (FetchRefused("x"), "nothing"),
    ],
)
def test_what_the_end_of_a_request_says_about_its_host(error, sign):
    assert p.sign_of(error) == sign


@pytest.mark.parametrize(
    ("failures", "asked_s", "status", "expected"),
    [
        (1, None, 500, None),
        (2, None, None, None),
        (3, None, 500, 60),
        (4, None, None, 120),
        (99, None, None, 3600),
        (1, 30.0, 503, 30),
        (1, 0.0, 429, None),
        (1, None, 429, 60),
        (2, None, 503, 120),
        (3, 10.0, 503, 60),
        (1, 900.0, 500, 900),
    ],
)
def test_a_host_is_left_alone_when_it_asks_or_fails_three_times(failures, asked_s, status, expected):
    assert p.blocked_until(NOW, failures, asked_s, status) == (None if expected is None else NOW + timedelta(seconds=expected))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2", 2.0),
        (" 120 ", 120.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("1.5.5", None),
        ("99999999", p.RETRY_AFTER_MAX_S),
        ("9" * 5000, p.RETRY_AFTER_MAX_S),
        ("Mon, 23 Nov 2026 10:16:00 GMT", 60.0),
        ("Mon, 23 Nov 2026 10:00:00 GMT", 0.0),
        ("Monday, 23-Nov-26 10:16:00 GMT", 60.0),
        ("Mon Nov 23 10:16:00 2026", 60.0),
        ("Mon, 23 Nov 2036 10:00:00 GMT", p.RETRY_AFTER_MAX_S),
        ("-1e9", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("²", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_or_nothing(value, expected):
    assert p.retry_after_s(value, NOW) == expected


@given(st.text())
def test_retry_after_never_fails_and_never_exceeds_an_hour(value):
    assert 0 <= (p.retry_after_s(value, NOW) or 0) <= p.RETRY_AFTER_MAX_S


def test_one_failure_leaves_the_host_open_three_close_it():
    assert p.blocked_until(NOW, 1, None) is None
    assert p.blocked_until(NOW, 2, None) is None
    assert p.blocked_until(NOW, 3, None) == NOW + timedelta(seconds=60)
    assert p.blocked_until(NOW, 4, None) == NOW + timedelta(seconds=120)


def test_a_host_that_asks_to_wait_is_obeyed_at_once():
    assert p.blocked_until(NOW, 1, 30.0) == NOW + timedelta(seconds=30)
    assert p.blocked_until(NOW, 5, 1.0) == NOW + timedelta(seconds=240)


@pytest.mark.parametrize(
    ("age_s", "expected_age_s"),
    [(0, 900), (900, 3600), (901, 3600), (3600, 86_400), (50_000, 86_400), (86_400, None), (1e7, None)],
)
def test_rechecks_follow_the_ladder_and_skip_rungs_that_passed(age_s, expected_age_s):
    found = p.next_recheck(NOW, None, NOW + timedelta(seconds=age_s), LADDER)
    assert found == (None if expected_age_s is None else NOW + timedelta(seconds=expected_age_s))


def test_pages_older_than_the_ladder_are_not_rechecked():
    assert p.next_recheck(NOW, NOW - timedelta(days=2), NOW, LADDER) is None
    assert p.next_recheck(NOW, NOW - timedelta(hours=2), NOW, LADDER) == NOW + timedelta(seconds=900)


def test_no_ladder_no_recheck_and_its_order_does_not_matter():
    assert p.next_recheck(NOW, None, NOW, []) is None
    assert p.next_recheck(NOW, None, NOW, LADDER[::-1]) == NOW + timedelta(seconds=900)


@given(st.integers(0, 10**7), st.lists(st.integers(1, 10**7), max_size=6))
def test_a_recheck_is_never_due_in_the_past(age, ladder):
    then = NOW + timedelta(seconds=age)
    found = p.next_recheck(NOW, None, then, ladder)
    assert found is None or found > then
