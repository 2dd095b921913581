from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.rhythm import pace as rhythm
from ingest.rhythm.pace import Pace, Poll, SourceState, after, conditional, failed, hold_s, is_gap, merged, span_s, spread, wish_s
from ingest.web.fetch import Validators

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
PACE = Pace(base_s=5400.0, min_s=300.0, max_s=86_400.0)
BODY = "0" * 64


def source(name="feed", **more):
    return SourceState(name, f"https://a.example/{name}", "feed", **more)


def watched(hours, listed, brought, **more):
    """A source that was watched for so many hours."""
    return source(hours=hours, listed=listed, brought=brought, **{"answered_at": NOW - HOUR, "polls": 9, **more})


def poll(**more):
    return Poll(**{"at": NOW, "listed": 3, "brought": 3, "body_sha256": BODY, **more})


def minutes(state):
    return round(state.interval_s / 60)


# how often


def test_an_unknown_source_is_asked_at_the_base_interval():
    assert wish_s(source(), PACE) == PACE.base_s
    assert after(source(), poll(), PACE).interval_s == PACE.base_s


def test_four_times_the_news_halves_the_interval():
    one, four = watched(1000, 2500, 2500), watched(1000, 10_000, 10_000)
    assert wish_s(one, PACE) / wish_s(four, PACE) == pytest.approx(2, rel=0.01)


def test_a_source_that_brings_nothing_of_its_own_is_asked_rarely():
    assert wish_s(watched(1000, 2500, 2500), PACE) * 8 < wish_s(watched(1000, 2500, 100), PACE)


def test_what_it_brings_is_weighed_by_the_hours_and_fades():
    state = after(watched(0, 0, 0), poll(listed=4, brought=2), PACE)
    assert (state.hours, state.listed, state.brought) == (1.0, 4.0, 2.0)
    week = after(replace(state, answered_at=NOW - timedelta(days=7)), poll(listed=0, brought=0), PACE)
    assert week.listed < 0.2
    assert week.hours == pytest.approx(168, rel=0.01)


def test_the_first_poll_proves_no_rate():
    state = after(source(), poll(listed=900, brought=900), PACE)
    assert (state.hours, state.listed, state.brought, state.empty_polls) == (0, 0, 0, 0)


@pytest.mark.parametrize(("silent", "factor"), [(0, 1), (1, 2), (2, 4), (9, 4)])
def test_silence_doubles_the_interval_up_to_four_times(silent, factor):
    state = watched(48, 120, 120, empty_polls=silent)
    quiet = after(state, poll(listed=0, brought=0), PACE)
    assert quiet.interval_s == pytest.approx(wish_s(quiet, PACE) * factor)
    assert after(quiet, poll(), PACE).empty_polls == 0


def test_a_list_is_asked_again_before_half_of_it_has_fallen_out():
    state = after(watched(48, 5, 1), poll(span_s=7200.0), PACE)
    assert (state.interval_s, state.reason) == (3600.0, "half the time that its list spans")
    assert after(state, poll(span_s=None), PACE).interval_s == 3600.0  # a 304 does not tell the span: the last one counts


def test_what_the_server_asks_is_honoured_unless_pages_would_fall_out():
    held = after(watched(48, 4000, 4000), poll(hold_s=7200.0), PACE)
    assert (held.interval_s, held.next_due_at, held.reason) == (7200.0, NOW + 2 * HOUR, rhythm.HELD)
    assert after(watched(48, 4000, 4000), poll(hold_s=7200.0, span_s=3600.0), PACE).interval_s == 1800.0


def test_the_settings_bound_the_interval():
    assert after(watched(48, 1e6, 1e6), poll(), PACE).interval_s == 300.0
    assert after(watched(4800, 9, 0, empty_polls=9), poll(brought=0), PACE).interval_s == 86_400.0
    assert after(source(), poll(), Pace(5400, 300, 0)).next_due_at == NOW


@given(
    st.floats(0, 1e4), st.floats(0, 1e5), st.floats(0, 1), st.integers(0, 60), st.integers(0, 500),
    st.none() | st.floats(0, 1e7), st.floats(0, 7200), st.booleans(), st.booleans(),
)  # fmt: skip
def test_the_next_poll_is_always_within_bounds(hours, listed, share, empty, brought, span, hold, is_index, is_child):
    state = watched(hours, listed, listed * share, empty_polls=empty, parent_id="p" if is_child else None)
    new = after(state, poll(listed=brought, brought=brought, span_s=span, hold_s=hold, is_index=is_index), PACE)
    assert PACE.min_s <= new.interval_s <= PACE.max_s * rhythm.SETTLED_FACTOR
    assert NOW < new.next_due_at <= NOW + timedelta(seconds=new.interval_s)
    assert new.reason
    if span is not None and not is_child:
        assert new.interval_s <= max(span / 2, PACE.min_s)
    if not is_index and not is_child:
        assert new.interval_s <= PACE.max_s


@given(st.floats(0.1, 500), st.floats(0.1, 500))
def test_more_news_never_means_fewer_polls(one, other):
    low, high = sorted([one, other])
    assert wish_s(watched(48, high, high), PACE) <= wish_s(watched(48, low, low), PACE)


# sitemaps of days


def test_an_index_whose_children_bring_nothing_settles():
    state, days = source(), []
    for _ in range(5):
        state = after(replace(state, answered_at=state.answered_at and NOW - HOUR), poll(brought=0, is_index=True, is_spare=True), PACE)
        days.append(round(state.interval_s / 86_400, 2))
    assert days == [0.06, 1, 2, 3.5, 3.5]


def test_a_child_of_days_that_are_over_is_settled_for_good():
    state = after(watched(9, 9, 9, parent_id="index"), poll(brought=0, is_over=True), PACE)
    assert state.next_due_at is None
    assert not state.due(NOW + timedelta(days=999))
    late = after(watched(9, 9, 9, parent_id="index"), poll(brought=1, is_over=True), PACE)
    assert late.due(NOW + timedelta(days=4))


def test_a_child_whose_index_tells_its_changes_is_asked_daily_until_the_index_is_caught():
    told = watched(48, 500, 500, parent_id="index", lastmod=NOW)
    assert after(told, poll(), PACE).interval_s == rhythm.SETTLING_S
    assert after(replace(told, lies=1), poll(), PACE).interval_s < 3600


def test_a_source_of_the_outlet_file_without_a_time_is_due_a_child_is_not():
    assert source().due(NOW)
    assert not source(parent_id="index").due(NOW)
    assert source(parent_id="index", next_due_at=NOW).due(NOW)
    assert not source(next_due_at=NOW + HOUR).due(NOW)


# turns


def pair(**more):
    return [
        source("a", answered_at=NOW, interval_s=7200.0, listed=50.0, brought=25.0),
        source("b", answered_at=NOW, interval_s=7200.0, listed=50.0, brought=25.0, **more),
    ]


def test_two_sources_of_the_same_pages_take_turns_evenly():
    slack = timedelta(seconds=rhythm.SLACK_S)
    assert [(one.source_id, one.next_due_at + slack) for one in spread(pair())] == [("a", NOW + HOUR), ("b", NOW + 2 * HOUR)]


def test_turns_follow_each_other_in_the_shares_of_the_intervals():
    states = [replace(pair()[0], interval_s=3600.0), replace(pair()[1], interval_s=10_800.0)]
    now, asked = NOW, []
    for _ in range(16):
        states = spread(states)
        states.sort(key=lambda one: one.next_due_at)
        now = states[0].next_due_at + timedelta(seconds=rhythm.SLACK_S)
        asked.append(states[0].source_id)
        states[0] = replace(states[0], answered_at=now)
    assert 3 <= asked.count("b") <= 5
    assert (now - NOW).total_seconds() / 16 == pytest.approx(2700)  # as often as both together


def test_polls_of_others_do_not_put_turns_off():
    """A walk in which none of them was asked changes nothing; they would starve beside a busy source otherwise."""
    once = spread(pair())
    busy = source("c", answered_at=NOW + HOUR, interval_s=600.0, listed=50.0, brought=50.0)
    assert spread([*once, busy]) == once


@pytest.mark.parametrize(
    "more",
    [
        {"brought": 49.0},  # pages of its own
        {"failures": 1},
        {"parent_id": "index"},
        {"interval_s": 86_400.0},
        {"reason": rhythm.HELD},
        {"answered_at": None},
    ],
)
def test_who_does_not_take_turns_keeps_its_time(more):
    one, other = pair()
    assert spread([one, replace(other, **more)]) == []


def test_taking_turns_does_not_let_pages_fall_out():
    states = spread([replace(one, span_s=3000.0) for one in pair()])
    assert max(one.next_due_at for one in states) <= NOW + timedelta(seconds=1500)


# failures


def test_a_failing_source_waits_a_slot_more_each_time_and_revives_by_itself():
    state, waits = source(interval_s=5400.0, answered_at=NOW), []
    for _ in range(10):
        state = failed(state, NOW, "fetch_delayed: no answer", 60.0)
        waits.append((state.next_due_at - NOW).total_seconds() / 900)
    assert waits == [1, 2, 3, 4, 5, 6, 7, 8, 8, 8]
    assert (state.failures, state.reason, state.last_error) == (10, "failed 10 times in a row", "fetch_delayed: no answer")
    well = after(state, poll(), PACE)
    assert (well.failures, well.last_error) == (0, None)


def test_a_longer_wait_that_was_asked_for_counts():
    assert failed(source(), NOW, "x", 3600.0).next_due_at == NOW + HOUR


def test_a_host_that_is_left_alone_is_no_failure_of_its_sources():
    state = failed(source(), NOW, "x", 600.0, counts=False)
    assert (state.failures, state.asked_at, state.next_due_at) == (0, None, NOW + timedelta(seconds=600))


@pytest.mark.parametrize(
    ("hours", "usual", "expected"), [(5, [900.0], False), (7, [900.0], True), (7, [7200.0], True), (7, [10_800.0], False)]
)
def test_a_gap_is_longer_than_what_is_usual(hours, usual, expected):
    assert is_gap(NOW - hours * HOUR, NOW, usual) is expected
    assert not is_gap(None, NOW, usual)


# validators


def test_a_304_renews_the_validators_that_it_names():
    assert merged(Validators('"a"', "Mon"), Validators('"b"'), is_new=False) == Validators('"b"', "Mon")
    assert merged(Validators('"a"', "Mon"), Validators('"b"'), is_new=True) == Validators('"b"')


def test_one_validator_for_two_bodies_is_a_lie():
    state = source(answered_at=NOW - HOUR, body_sha256="1" * 64, validators=Validators('"v"'))
    assert after(state, poll(validators=Validators('"v"')), PACE).lies == 1
    assert after(state, poll(validators=Validators('"w"')), PACE).lies == 0
    assert after(replace(state, validators=Validators()), poll(), PACE).lies == 0
    assert after(state, poll(validators=Validators('"v"'), body_sha256="1" * 64), PACE).lies == 0


def test_a_304_is_doubted_when_changes_should_have_come():
    state = source(hours=48.0, listed=44.0, body_at=NOW - 4 * HOUR, answered_at=NOW)
    assert conditional(state, NOW + 9 * HOUR, NOW)  # only what 304 has vouched for counts, not the time since the last poll
    silent = replace(state, listed=42.0, body_at=NOW - 6 * HOUR)
    assert not conditional(silent, NOW, NOW - 5 * HOUR)  # while the outlet's other sources bring news
    assert conditional(silent, NOW, NOW - 7 * HOUR)  # a night
    assert not conditional(replace(state, body_at=NOW - 25 * HOUR), NOW)
    assert not conditional(replace(state, body_at=NOW - 2 * HOUR, lies=1), NOW)
    assert conditional(replace(state, body_at=NOW - timedelta(minutes=30), lies=1), NOW)
    assert not conditional(replace(state, lies=rhythm.LIES_MAX, body_at=NOW), NOW)


def test_a_source_that_never_changes_shows_its_body_once_a_week():
    state = source(body_at=NOW - timedelta(days=6), answered_at=NOW, last_new_at=NOW - timedelta(days=6))
    assert conditional(state, NOW)
    assert not conditional(replace(state, last_new_at=None), NOW)  # an empty list is looked at again after a day
    assert not conditional(replace(state, body_at=NOW - timedelta(days=8)), NOW)
    assert not conditional(source(), NOW)


# what servers say


@pytest.mark.parametrize(
    ("headers", "ttl_s", "expected"),
    [
        ({}, None, 0),
        ({"cache-control": "public, max-age=600"}, None, 600),
        ({"cache-control": 'public,MAX-AGE = "60"'}, 120.0, 120),
        ({"cache-control": "s-maxage=900"}, None, 0),
        ({"cache-control": "max-age=999999999999999999"}, None, 7200),
        ({"expires": "Mon, 23 Nov 2026 10:45:00 GMT"}, None, 1800),
        ({"expires": "Mon, 23 Nov 2026 10:45:00 GMT", "cache-control": "max-age=5"}, None, 5),
        ({"expires": "0"}, None, 0),
        ({"expires": "Mon, 23 Nov 2026 10:45:00"}, None, 0),
        ({"expires": "Mon, 23 Nov 1998 10:45:00 GMT"}, None, 0),
    ],
)
def test_seconds_to_wait_by_headers_and_ttl(headers, ttl_s, expected):
    assert hold_s(headers, ttl_s, NOW) == expected


@given(st.dictionaries(st.sampled_from(["cache-control", "expires"]), st.text(max_size=30)), st.none() | st.floats(0, 1e9))
def test_any_header_gives_a_bounded_wait(headers, ttl_s):
    assert 0 <= hold_s(headers, ttl_s, NOW) <= rhythm.HOLD_MAX_S


def test_the_span_of_a_list_ignores_pinned_pages_and_wrong_dates():
    dates = [NOW - number * HOUR for number in range(40)]
    assert span_s(dates) == pytest.approx(40 * 3600, rel=0.05)
    assert span_s([*dates, NOW - timedelta(days=900), NOW + timedelta(days=900), None]) == pytest.approx(40 * 3600, rel=0.1)
    assert span_s(dates[:9]) is None


@given(st.lists(st.datetimes(timezones=st.just(UTC)), max_size=60))
def test_a_span_is_never_negative(dates):
    assert (span_s(dates) or 0) >= 0
