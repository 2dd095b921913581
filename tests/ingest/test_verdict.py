from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import FetchDelayed, FetchRefused
from ingest.manners.politeness import MAX_ATTEMPTS
from ingest.web import verdict
from ingest.web.verdict import DEAD, FAULTS, QUARANTINED, RETRIED, Verdict, decide

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
faults = st.sampled_from(sorted(FAULTS))


def test_every_fault_has_exactly_one_fate():
    assert len(FAULTS) == len(RETRIED) + len(QUARANTINED) + len(DEAD)


@pytest.mark.parametrize("fault", sorted(RETRIED))
def test_what_passes_is_tried_again(fault):
    assert decide(fault, 1, NOW) == Verdict("retry", NOW + timedelta(seconds=RETRIED[fault]))


@pytest.mark.parametrize("fault", sorted(QUARANTINED))
def test_what_does_not_pass_is_put_aside_at_once(fault):
    assert decide(fault, 1, NOW) == Verdict("quarantine")


def test_what_was_taken_away_is_not_asked_for_again():
    assert decide("gone", 1, NOW) == Verdict("dead")


@given(faults)
def test_nothing_is_tried_for_ever(fault):
    assert decide(fault, MAX_ATTEMPTS, NOW).fate != "retry"


@given(faults, st.integers(1, 100), st.none() | st.floats(0, 10**6), st.sampled_from([None, True, False]), st.booleans())
def test_a_retry_lies_ahead_and_nothing_else_has_a_time(fault, attempts, asked, passing, counts):
    found = decide(fault, attempts, NOW, asked, passes=passing, counts=counts)
    assert (found.at is not None) == (found.fate == "retry")
    if found.at is not None:
        assert found.at >= NOW + timedelta(seconds=asked or 0)


@given(st.sampled_from(sorted(RETRIED)), st.integers(1, MAX_ATTEMPTS - 2))
def test_waits_never_shrink(fault, attempts):
    first, second = decide(fault, attempts, NOW).at, decide(fault, attempts + 1, NOW).at
    assert first is not None
    assert second is not None
    assert second >= first


def test_the_host_that_asks_for_more_gets_more():
    assert decide("rate_limited", 1, NOW, 1800.0).at == NOW + timedelta(seconds=1800)
    assert decide("rate_limited", 1, NOW, 1.0).at == NOW + timedelta(seconds=60)


def test_a_try_that_the_host_prevented_is_no_try():
    assert decide("rate_limited", MAX_ATTEMPTS + 5, NOW, 7.0, counts=False) == Verdict("retry", NOW + timedelta(seconds=7))


def test_the_one_who_raised_it_knows_better():
    assert decide("robots", 1, NOW).fate == "quarantine"
    assert decide("robots", 1, NOW, passes=True).fate == "retry"
    assert decide("timeout", 1, NOW, passes=False).fate == "quarantine"


def test_an_error_brings_its_own_verdict():
    assert verdict.of(FetchDelayed("busy", after_s=90, fault="http_5xx"), 0, NOW) == Verdict("retry", NOW + timedelta(seconds=90))
    assert verdict.of(FetchRefused("no", fault="ssrf"), 0, NOW) == Verdict("quarantine")
    assert verdict.of(FetchRefused("no", fault="gone"), 0, NOW) == Verdict("dead")
    assert verdict.of(FetchDelayed("busy", after_s=9, blocked=1), 99, NOW) == Verdict("retry", NOW + timedelta(seconds=9))
    assert verdict.of(FetchDelayed("busy", after_s=9, fault="timeout"), MAX_ATTEMPTS - 1, NOW) == Verdict("quarantine")


@pytest.mark.parametrize(("error", "fate"), [(FetchDelayed("?", after_s=1), "retry"), (FetchRefused("?"), "quarantine")])
def test_an_error_without_a_fault_is_judged_by_its_class(error, fate):
    assert verdict.of(error, 0, NOW).fate == fate
    assert error.fault == error.reason
