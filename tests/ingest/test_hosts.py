from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from ingest.manners import hosts
from ingest.manners.hosts import HostState, look
from ingest.manners.robots import Copy

A, B = "http://a.example:81", "http://b.example:81"
S = timedelta(seconds=1)


def take(engine, host, owner, now, lease_s=35.0, delay_s=1.0):
    return hosts.take(engine, host, owner, now, lease_s, delay_s)[0]


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://a.example", "https://a.example"),
        ("https://a.example", "https://a.example"),
        ("http://a.example:8080", "http://a.example:8080"),
        ("https://a.example:8080", "https://a.example:8080"),
        ("http://[2001:db8::1]", "https://[2001:db8::1]"),
        ("http://[2001:db8::1]:81", "http://[2001:db8::1]:81"),
    ],
)
def test_plain_and_encrypted_http_are_one_host(origin, host):
    assert hosts.host_of(origin) == host


def test_a_host_that_was_never_met_is_free(engine, now):
    assert look(engine, A) == HostState()
    assert take(engine, A, "one", now)
    assert look(engine, A).lease_owner == "one"


def test_one_holds_the_lease_until_it_is_given_back(engine, now):
    assert take(engine, A, "one", now)
    assert not take(engine, A, "two", now + S)
    hosts.give_back(engine, A, "one", now + 7 * S)
    assert not take(engine, A, "two", now + 6 * S)  # the delay
    assert take(engine, A, "two", now + 7 * S)


def test_a_stranger_cannot_give_back_the_lease(engine, now):
    take(engine, A, "one", now)
    hosts.give_back(engine, A, "two", now)
    assert not take(engine, A, "two", now + S)


def test_the_owner_renews_without_waiting_for_the_delay(engine, now):
    assert take(engine, A, "one", now)
    assert take(engine, A, "one", now + S)
    assert look(engine, A).lease_until == now + 36 * S
    assert look(engine, A).next_request_at == now + 37 * S


def test_the_lease_of_a_dead_process_ends_with_the_delay_after_it(engine, now):
    take(engine, A, "dead", now, 35, 5)
    assert not take(engine, A, "two", now + 35 * S)
    assert not take(engine, A, "two", now + 39 * S)
    assert take(engine, A, "two", now + 40 * S)


def test_who_waits_is_next(engine, now):
    take(engine, A, "one", now)
    assert not take(engine, A, "two", now + S)
    assert look(engine, A).wanted_by == "two"
    assert not take(engine, A, "one", now + 2 * S)  # no renewal while somebody waits
    hosts.give_back(engine, A, "one", now + 3 * S)
    assert not take(engine, A, "one", now + 3 * S)
    assert not take(engine, A, "three", now + 3 * S)
    assert take(engine, A, "two", now + 3 * S)
    assert look(engine, A).wanted_by is None


def test_the_wish_of_a_dead_process_ends(engine, now):
    take(engine, A, "one", now)
    take(engine, A, "dead", now)
    assert not take(engine, A, "one", now + hosts.WISH_S * S)
    assert take(engine, A, "one", now + (hosts.WISH_S + 1) * S)


def test_nobody_wishes_for_a_blocked_host(engine, now):
    take(engine, A, "one", now)
    hosts.failed(engine, A, 1, now + 60 * S)
    assert not take(engine, A, "two", now + S)
    assert look(engine, A).wanted_by is None


def test_hosts_do_not_wait_for_each_other(engine, now):
    assert take(engine, A, "one", now)
    assert take(engine, B, "two", now)


def test_of_many_that_ask_at_once_one_wins(engine, now):
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda name: take(engine, A, str(name), now), range(8)))
    assert won.count(True) == 1


def test_failures_are_kept_and_only_the_owner_forgets_them(engine, now):
    take(engine, A, "one", now)
    hosts.failed(engine, A, 3, now + 60 * S)
    assert (look(engine, A).failures, look(engine, A).blocked_until) == (3, now + 60 * S)
    hosts.succeeded(engine, A, "two")
    assert look(engine, A).failures == 3
    hosts.succeeded(engine, A, "one")
    assert (look(engine, A).failures, look(engine, A).blocked_until) == (0, None)


def test_a_later_end_of_a_block_stays(engine, now):
    take(engine, A, "one", now)
    hosts.failed(engine, A, 1, now + 60 * S)
    hosts.failed(engine, A, 2, now + 30 * S)
    hosts.failed(engine, A, 3, None)
    assert look(engine, A).blocked_until == now + 60 * S
    assert not take(engine, A, "one", now + 59 * S)
    assert take(engine, A, "one", now + 60 * S)


@pytest.mark.parametrize("known", [False, True])
def test_robots_are_kept(engine, now, known):
    if known:
        take(engine, A, "one", now)
    assert hosts.robots_copy(engine, A) == Copy()
    copy = Copy("User-agent: *", now, now + S, now + 2 * S)
    hosts.keep_robots(engine, A, copy)
    assert hosts.robots_copy(engine, A) == copy
