from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.rhythm import ladder
from ingest.rhythm.ladder import Habits, next_read, share

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
RUNGS = [900, 3600, 10_800, 86_400, 259_200]
TRUSTED = Habits(rereads=10, changed=0, announced=9, missed=0, is_dated=True)
CAUGHT = Habits(rereads=10, changed=4, announced=9, missed=4, is_dated=True)


def read(habits, *, age=0, is_dated=False, lot=0.0, dated=None, **more):
    """Seconds from the first sight to the next reading."""
    due = next_read(NOW, dated, NOW + timedelta(seconds=age), RUNGS, habits, is_dated=is_dated, lot=lot, **more)
    return None if due is None else (due - NOW).total_seconds()


def test_without_signs_every_rung_is_climbed():
    assert [read(Habits(), age=age, lot=0.99) for age in (0, 900, 5000, 90_000, 260_000)] == [900, 3600, 10_800, 259_200, None]


def test_where_sources_tell_changes_one_page_in_a_hundred_is_audited_once():
    assert read(TRUSTED, is_dated=True, lot=0.009) == 86_400
    assert read(TRUSTED, is_dated=True, lot=0.011) is None
    assert read(TRUSTED, is_dated=True, lot=0.009, age=86_400) is None
    assert read(TRUSTED, is_dated=False, lot=0.1) == 86_400  # no source dates this page: a larger sample


def test_an_outlet_that_dates_changes_is_audited_more_while_it_is_new():
    assert share(Habits(is_dated=True), is_dated=False) == (ladder.PROBATION_SHARE, True)
    assert share(Habits(), is_dated=True) == (ladder.PROBATION_SHARE, True)


def test_changes_that_came_unannounced_bring_the_ladder_back():
    assert share(CAUGHT, is_dated=True)[1] is False
    assert read(CAUGHT, is_dated=True, lot=0.9) == 900


@pytest.mark.parametrize(("changed", "expected"), [(0, 0.25), (0.5, 0.25), (1.5, 0.5), (9, 1.0)])
def test_the_ladder_is_thinned_where_reading_again_finds_little(changed, expected):
    assert share(Habits(rereads=40, changed=changed), is_dated=False) == (expected, False)


def test_little_evidence_thins_nothing():
    assert share(Habits(rereads=19, changed=0), is_dated=False) == (1.0, False)


def test_a_page_that_differs_at_every_request_is_left_alone():
    assert read(Habits(), churn=ladder.MOST_CHURN - 1) == 900
    assert read(Habits(), churn=ladder.MOST_CHURN) is None


def test_a_page_of_an_archive_is_not_read_again():
    assert read(Habits(), dated=NOW - timedelta(days=30)) is None
    assert read(TRUSTED, dated=NOW - timedelta(days=30), is_dated=True) is None


def test_a_short_ladder_is_audited_at_its_last_rung():
    assert next_read(NOW, None, NOW, [60, 600], TRUSTED, is_dated=True, lot=0.0) == NOW + timedelta(seconds=600)
    assert next_read(NOW, None, NOW, [], Habits(), is_dated=False, lot=0.0) is None


habits = st.builds(Habits, st.floats(0, 50), st.floats(0, 50), st.floats(0, 50), st.floats(0, 50), st.booleans())


@given(habits, st.booleans(), st.floats(0, 1), st.integers(0, 10**7))
def test_a_reading_lies_in_the_future_on_a_rung(found, is_dated, lot, age):
    due = read(found, age=age, is_dated=is_dated, lot=lot)
    assert due is None or (due > age and due in RUNGS)


@given(habits, st.booleans())
def test_shares_are_shares(found, is_dated):
    assert 0 < share(found, is_dated=is_dated)[0] <= 1
