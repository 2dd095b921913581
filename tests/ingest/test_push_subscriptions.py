"""The steps of a subscription from one state to the next, in SQLite and PostgreSQL: each may come twice, late, or from two processes."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ingest.push import receiver, subscriptions, websub
from ingest.push.tables import SUBSCRIPTION
from ingest.state import open_state

HUB, OTHER_HUB = "https://hub.example/", "https://other-hub.example/"
TOPIC, PUBLIC = "https://paper.example/feed", "https://us.example/push"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def row(engine, now):
    return subscriptions.add(engine, "paper", TOPIC, HUB, PUBLIC, now)


@pytest.fixture
def fresh(engine):
    """The row as it stands now; None when it is gone."""
    return lambda row: next((one for one in subscriptions.every(engine) if one.subscription_id == row.subscription_id), None)


def verified(engine, row, now, lease_s=3600):
    subscriptions.ask(engine, row, "subscribe", now)
    subscriptions.verified(engine, row, websub.Verified("x", "subscribe", lease_s), now)


# adding


def test_a_new_subscription_is_to_be_asked_for_at_once(engine, row, now):
    assert (row.state, row.pending_mode, row.lease_until, row.next_try_at, row.tries) == ("pending", None, None, now, 0)
    assert (row.deliveries, row.pages, row.ignored, row.last_error) == (0, 0, 0, None)
    assert subscriptions.due(engine, now) == [row]
    assert subscriptions.due(engine, now - timedelta(seconds=1)) == []


@pytest.mark.parametrize("public", [PUBLIC, f"{PUBLIC}/", f"{PUBLIC}//"])
def test_the_callback_lies_below_our_address(engine, now, public):
    row = subscriptions.add(engine, "paper", TOPIC, HUB, public, now)
    assert row.callback == f"{PUBLIC}/websub/{row.token}"


def test_tokens_are_of_the_form_that_the_receiver_looks_up_and_never_the_same(engine, now):
    rows = [subscriptions.add(engine, "paper", f"{TOPIC}/{number}", HUB, PUBLIC, now) for number in range(20)]
    assert all(receiver.TOKEN.fullmatch(row.token) for row in rows)
    assert len({text for row in rows for text in (row.token, row.secret)}) == 40


def test_two_outlets_may_have_one_topic_each_with_a_callback_of_its_own(engine, row, now):
    other = subscriptions.add(engine, "other", TOPIC, HUB, PUBLIC, now)
    assert other.token != row.token
    assert [one.outlet_id for one in subscriptions.every(engine)] == ["other", "paper"]
    assert subscriptions.every(engine, ["paper"]) == [row]
    assert subscriptions.every(engine, []) == []


def test_adding_again_keeps_lease_counts_and_secrets_and_asks_anew(engine, row, now, fresh):
    verified(engine, row, now)
    subscriptions.delivered(engine, row, 3, now)
    again = subscriptions.add(engine, "paper", TOPIC, HUB, PUBLIC, now + HOUR)
    assert (again.token, again.secret, again.state, again.lease_until) == (row.token, row.secret, "active", now + HOUR)
    assert (again.next_try_at, again.tries, again.deliveries, again.pages) == (now + HOUR, 0, 1, 3)
    assert fresh(row) == again


@pytest.mark.parametrize(("hub", "public"), [(OTHER_HUB, PUBLIC), (HUB, "https://new.example/push"), (HUB, "https://us.example/pus")])
def test_another_hub_or_address_of_ours_begins_anew_and_keeps_the_counts(engine, row, now, hub, public):
    verified(engine, row, now)
    subscriptions.delivered(engine, row, 3, now)
    again = subscriptions.add(engine, "paper", TOPIC, hub, public, now + HOUR)
    assert again.subscription_id == row.subscription_id
    assert {again.token, again.secret}.isdisjoint({row.token, row.secret})
    assert (again.hub, again.state, again.lease_until, again.deliveries, again.pages) == (hub, "pending", None, 1, 3)
    assert subscriptions.by_token(engine, row.token) is None  # whoever knows the old address knows nothing now
    assert subscriptions.by_token(engine, again.token) == again


# asking


def test_of_two_processes_that_hold_the_same_row_one_asks(engine, row, now):
    assert [subscriptions.ask(engine, row, "subscribe", now) for _ in range(3)] == [True, False, False]


def test_asking_sets_the_next_try_before_anybody_answers(engine, row, now, fresh):
    subscriptions.failed(engine, row, "as before")
    subscriptions.ask(engine, row, "subscribe", now)
    after = fresh(row)
    assert (after.pending_mode, after.pending_until, after.tries, after.last_error) == ("subscribe", now + websub.PENDING, 1, None)
    assert after.next_try_at == websub.retry_at(now, 1)


def test_a_wish_to_leave_is_not_repeated(engine, row, now, fresh):
    subscriptions.ask(engine, row, "unsubscribe", now)
    assert fresh(row).next_try_at is None
    assert subscriptions.due(engine, now + 1000 * DAY) == []


def test_a_row_that_is_never_asked_by_itself_can_still_be_asked_by_hand(engine, row, now, fresh):
    subscriptions.ask(engine, row, "unsubscribe", now)
    assert subscriptions.ask(engine, fresh(row), "unsubscribe", now)
    assert fresh(row).tries == 2


def test_who_comes_back_after_leaving_is_asked_for_again(engine, row, now):
    subscriptions.ask(engine, row, "unsubscribe", now)
    again = subscriptions.add(engine, "paper", TOPIC, HUB, PUBLIC, now + HOUR)
    assert subscriptions.due(engine, now + HOUR) == [again]


def test_tries_without_an_answer_come_more_and_more_rarely(engine, row, now, fresh):
    gaps, moment = [], now
    for _ in range(8):
        assert subscriptions.ask(engine, fresh(row), "subscribe", moment)
        gaps.append(fresh(row).next_try_at - moment)
        moment = fresh(row).next_try_at
    assert gaps == sorted(gaps)
    assert (gaps[0], gaps[-1]) == (HOUR, DAY)


# what hubs say


def test_a_verified_lease_is_renewed_before_it_ends(engine, row, now, fresh):
    verified(engine, row, now, lease_s=1000)
    after = fresh(row)
    assert (after.state, after.pending_mode, after.pending_until, after.tries) == ("active", None, None, 0)
    assert after.lease_until == now + timedelta(seconds=1000)
    assert now < after.next_try_at < after.lease_until


def test_a_verification_that_comes_twice_changes_nothing_more(engine, row, now, fresh):
    verified(engine, row, now)
    once = fresh(row)
    subscriptions.verified(engine, row, websub.Verified("y", "subscribe", 3600), now)
    assert fresh(row) == once


def test_leaving_that_is_verified_twice_leaves_nothing(engine, row, now, fresh):
    for _ in range(2):
        subscriptions.verified(engine, row, websub.Verified("x", "unsubscribe", None), now)
    assert fresh(row) is None
    assert subscriptions.by_token(engine, row.token) is None


def test_a_denial_ends_the_lease_and_is_asked_about_the_next_day(engine, row, now, fresh):
    verified(engine, row, now)
    subscriptions.denied(engine, row, "over quota", now)
    after = fresh(row)
    assert (after.state, after.lease_until, after.last_error) == ("denied", None, "denied: over quota")
    assert after.next_try_at == now + DAY


def test_what_comes_after_the_end_brings_nothing_back(engine, row, now):
    subscriptions.remove(engine, row)
    assert not subscriptions.ask(engine, row, "subscribe", now)
    subscriptions.verified(engine, row, websub.Verified("x", "subscribe", 3600), now)
    subscriptions.denied(engine, row, "no", now)
    subscriptions.delivered(engine, row, 1, now)
    subscriptions.ignored(engine, row)
    subscriptions.failed(engine, row, "no")
    subscriptions.remove(engine, row)
    assert subscriptions.every(engine) == []


def test_counts_add_up_also_from_rows_that_are_old(engine, row, now, fresh):
    for pages in (2, 0, 5):
        subscriptions.delivered(engine, row, pages, now)
    subscriptions.ignored(engine, row)
    subscriptions.ignored(engine, row)
    after = fresh(row)
    assert (after.deliveries, after.pages, after.ignored, after.delivered_at) == (3, 7, 2, now)


def test_a_delivery_that_went_well_clears_the_error_of_the_last_one(engine, row, now, fresh):
    subscriptions.delivered(engine, row, 0, now, "no feed")
    assert fresh(row).last_error == "no feed"
    subscriptions.delivered(engine, row, 1, now)
    assert fresh(row).last_error is None


NOTES = {
    "failed": lambda engine, row, text, _now: subscriptions.failed(engine, row, text),
    "denied": subscriptions.denied,
    "delivered": lambda engine, row, text, now: subscriptions.delivered(engine, row, 0, now, text),
}


@pytest.mark.parametrize("note", NOTES.values(), ids=NOTES.keys())
@pytest.mark.parametrize("text", ["a\0b", "\x1b[31mred", "a\nb", "\ud800", "\u202eevil", "x" * 9000])
def test_what_a_hub_says_is_kept_plain_and_short(engine, row, now, fresh, note, text):
    note(engine, row, text, now)
    kept = fresh(row).last_error
    assert kept.isprintable()
    assert 0 <= len(kept) <= subscriptions.ERROR_CHARS


def test_a_row_shows_nothing_secret_when_it_is_printed(row):
    assert not re.search(f"{re.escape(row.token)}|{re.escape(row.secret)}", f"{row!r} {row} {[row]}")


# any order


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "move", "subscribe", "unsubscribe", "verify", "deny", "deliver", "ignore", "fail"]), st.integers(0, 10**6)
    ),
    max_size=15,
)


def _step(engine, name, row, now):
    match name:
        case "add":
            subscriptions.add(engine, "paper", TOPIC, HUB, PUBLIC, now)
        case "move":
            subscriptions.add(engine, "paper", TOPIC, OTHER_HUB, PUBLIC, now)
        case "subscribe" | "unsubscribe":
            subscriptions.ask(engine, row, name, now)
        case "verify" if row.pending_mode:
            lease = 600 if row.pending_mode == "subscribe" else None
            subscriptions.verified(engine, row, websub.Verified("x", row.pending_mode, lease), now)
        case "deny":
            subscriptions.denied(engine, row, "no", now)
        case "deliver":
            subscriptions.delivered(engine, row, 1, now)
        case "ignore":
            subscriptions.ignored(engine, row)
        case "fail":
            subscriptions.failed(engine, row, "down")


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(STEPS)
def test_after_any_steps_there_is_one_row_at_most_that_says_nothing_contrary(settings, now, steps):
    engine = open_state(settings)
    try:
        with engine.begin() as connection:
            connection.execute(sa.delete(SUBSCRIPTION))
        row, moment = subscriptions.add(engine, "paper", TOPIC, HUB, PUBLIC, now), now
        for name, seconds in steps:
            moment += timedelta(seconds=seconds)
            _step(engine, name, row, moment)
            found = subscriptions.every(engine)
            assert len(found) <= 1
            row = found[0] if found else subscriptions.add(engine, "paper", TOPIC, HUB, PUBLIC, moment)
            assert (row.lease_until is not None) == (row.state == "active")
            assert (row.pending_mode is None) == (row.pending_until is None)
            assert row.next_try_at is not None or row.pending_mode == "unsubscribe"
            assert subscriptions.by_token(engine, row.token) == row
    finally:
        engine.dispose()
