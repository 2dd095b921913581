"""What is kept of sources between two polls comes back as it was; habits and signals fade and stay where they belong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ingest.rhythm import polls
from ingest.rhythm.ladder import Habits
from ingest.rhythm.pace import SourceState
from ingest.rhythm.polls import FADES, failing, habits, learn, load, note, signalled, source_id
from ingest.state import SOURCE
from ingest.web.fetch import Validators

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)


def source(outlet="a", name="feed", **more):
    address = f"https://{outlet}.example/{name}"
    return SourceState(source_id(outlet, address), address, **{"kind": "feed", "asked_at": NOW, **more})


def forget(engine):
    with engine.begin() as connection:
        connection.execute(sa.delete(SOURCE))


moments = st.none() | st.datetimes(datetime(2001, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
texts = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
counts, floats = st.integers(0, 10**6), st.floats(0, 10**6)
states = st.builds(
    source,
    name=st.sampled_from(["feed", "map"]),
    kind=st.sampled_from(["feed", "sitemap", "unknown"]),
    parent_id=st.none() | st.just("p" * 36),
    validators=st.builds(Validators, texts, texts),
    lastmod=moments, asked_at=st.just(NOW), answered_at=moments, next_due_at=moments, body_at=moments, last_new_at=moments,
    interval_s=st.none() | floats, span_s=st.none() | floats, hours=floats, listed=floats, brought=floats,
    failures=counts, polls=counts, empty_polls=counts, lies=counts, reason=texts, last_error=texts, dates=st.booleans(),
)  # fmt: skip


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(states, states)
def test_a_state_comes_back_as_it_was_noted_last(engine, first, second):
    forget(engine)
    note(engine, "a", [first], NOW)
    assert load(engine, "a") == {first.source_id: first}
    note(engine, "a", [second, second], NOW)
    assert load(engine, "a") == {first.source_id: first, second.source_id: second}


def test_a_source_that_was_only_named_counts_as_asked_when_it_was_noted(engine, now):
    note(engine, "a", [source(asked_at=None)], now)
    assert [one.asked_at for one in load(engine, "a").values()] == [now]


def test_a_row_from_before_kinds_were_kept_is_of_unknown_kind(engine, now):
    note(engine, "a", [source()], now)
    with engine.begin() as connection:
        connection.execute(sa.update(SOURCE).values(kind=None))
    assert [one.kind for one in load(engine, "a").values()] == ["unknown"]


def test_outlets_that_name_the_same_address_keep_states_of_their_own(engine, now):
    shared = "https://agency.example/feed"
    keys = [source_id(outlet, shared) for outlet in "ab"]
    for outlet, key, failures in zip("ab", keys, (0, 7), strict=True):
        note(engine, outlet, [SourceState(key, shared, "feed", failures=failures)], now)
    assert keys[0] != keys[1]
    assert [load(engine, outlet)[key].failures for outlet, key in zip("ab", keys, strict=True)] == [0, 7]
    assert load(engine, "c") == {}


def test_the_longest_failing_source_is_told_first(engine, now):
    note(engine, "b", [source("b", "x", failures=2, last_error="late"), source("b", "y")], now)
    note(engine, "a", [source("a", "z", failures=2), source("a", "x", failures=2), source("a", "y", failures=9)], now)
    told = [(outlet, one.url.rpartition("/")[2], one.failures) for outlet, one in failing(engine)]
    assert told == [("a", "y", 9), ("a", "x", 2), ("a", "z", 2), ("b", "x", 2)]
    note(engine, "a", [source("a", "y")], now)
    assert [one.failures for _outlet, one in failing(engine)] == [2, 2, 2]


# signals


def signal(engine, *truths, outlet="a", key=None):
    with engine.begin() as connection:
        for is_true in truths:
            signalled(connection, outlet, (source(outlet).source_id if key is None else key)[:8], is_true=is_true)


def signals_of(engine, outlet="a", name="feed"):
    found = load(engine, outlet)[source(outlet, name).source_id]
    return found.true_signals, found.false_signals


def test_noting_a_poll_leaves_signals_that_came_meanwhile(engine, now):
    note(engine, "a", [source()], now)
    before = load(engine, "a")
    signal(engine, True)
    note(engine, "a", [replace(one, polls=5) for one in before.values()], now + HOUR)
    assert signals_of(engine) == (1.0, 0.0)
    assert [one.polls for one in load(engine, "a").values()] == [5]


def test_signals_fade_together_and_stay_at_their_source(engine, now):
    note(engine, "a", [source(), source(name="map")], now)
    note(engine, "b", [source("b")], now)
    signal(engine, True, False, True)
    assert signals_of(engine) == pytest.approx((1 + FADES**2, FADES))
    assert signals_of(engine, name="map") == signals_of(engine, "b") == (0.0, 0.0)


def test_a_signal_of_a_source_that_is_not_known_any_more_is_lost_quietly(engine, now):
    note(engine, "a", [source()], now)
    signal(engine, True, key="00000000")
    signal(engine, True, outlet="b", key=source().source_id)  # another outlet's
    assert signals_of(engine) == (0.0, 0.0)


@pytest.mark.parametrize("is_true", [True, False])
def test_however_many_signals_come_the_last_fifty_count(engine, now, is_true):
    note(engine, "a", [source()], now)
    signal(engine, *[is_true] * 400)
    true, false = signals_of(engine)
    assert (true if is_true else false) == pytest.approx(1 / (1 - FADES), rel=0.01)
    assert (false if is_true else true) == 0


# habits


def teach(engine, outlet="a", **more):
    with engine.begin() as connection:
        learn(connection, outlet, **more)


def test_an_outlet_that_taught_nothing_has_no_habits(engine, now):
    assert habits(engine, "a") == Habits()
    note(engine, "b", [source("b", dates=True)], now)
    assert habits(engine, "a") == Habits()
    assert habits(engine, "b") == Habits(is_dated=True)


def test_one_source_that_dates_changes_makes_an_outlet_dated(engine, now):
    note(engine, "a", [source(), source(name="x", dates=True), source(name="y", dates=True)], now)
    teach(engine, announced=1)
    assert habits(engine, "a") == Habits(announced=1.0, is_dated=True)
    note(engine, "a", [source(name="x"), source(name="y")], now)
    assert habits(engine, "a") == Habits(announced=1.0)


def test_only_counts_that_are_named_fade(engine):
    teach(engine, rereads=1, changed=True)
    teach(engine, announced=1)
    teach(engine, rereads=1, changed=False)
    teach(engine, "b", rereads=1, missed=1)
    found = habits(engine, "a")
    assert (found.rereads, found.changed, found.announced, found.missed) == pytest.approx((1 + FADES, FADES, 1, 0))
    assert habits(engine, "b") == Habits(rereads=1.0, missed=1.0)


def test_what_was_learned_in_a_transaction_that_fails_is_not_kept(engine):
    teach(engine, rereads=1)
    with engine.connect() as connection:
        learn(connection, "a", rereads=1)
        connection.rollback()
    assert habits(engine, "a") == Habits(rereads=1.0)


@pytest.mark.parametrize(("named", "expected"), [(None, set()), ({}, set()), ({"a": []}, set()), ({"a": ["never asked"]}, {"a"})])
def test_an_outlet_without_rows_has_work_where_it_names_a_source(engine, now, named, expected):
    assert polls.with_work(engine, named, "due", "b", now, ["a"]) == expected
