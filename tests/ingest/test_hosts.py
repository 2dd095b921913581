from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from ingest import hosts
from ingest.hosts import look

A, B = "http://a.example", "http://b.example"
S = timedelta(seconds=1)


def test_a_host_is_met_once(engine):
    first = look(engine, A)
    assert (first.failures, first.robots, first.lease_until) == (0, None, None)
    assert look(engine, A) == first


def test_one_holds_the_turn_until_it_is_given_back(engine, now):
    look(engine, A)
    assert hosts.take_lease(engine, A, "one", now, 25)
    assert not hosts.take_lease(engine, A, "two", now + S, 25)
    hosts.give_back(engine, A, "one", now + 2 * S, 5.0)
    assert not hosts.take_lease(engine, A, "two", now + 6 * S, 25)  # the delay of five seconds
    assert hosts.take_lease(engine, A, "two", now + 7 * S, 25)


def test_a_stranger_cannot_give_back_the_turn(engine, now):
    look(engine, A)
    hosts.take_lease(engine, A, "one", now, 25)
    hosts.give_back(engine, A, "two", now, 0)
    assert not hosts.take_lease(engine, A, "two", now + S, 25)


def test_the_turn_of_a_dead_process_ends(engine, now):
    look(engine, A)
    hosts.take_lease(engine, A, "dead", now, 25)
    assert not hosts.take_lease(engine, A, "two", now + 25 * S, 25)
    assert hosts.take_lease(engine, A, "two", now + 26 * S, 25)


def test_hosts_do_not_wait_for_each_other(engine, now):
    look(engine, A), look(engine, B)
    assert hosts.take_lease(engine, A, "one", now, 25)
    assert hosts.take_lease(engine, B, "two", now, 25)


def test_of_many_that_ask_at_once_one_wins(engine, now):
    look(engine, A)
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda name: hosts.take_lease(engine, A, str(name), now, 25), range(8)))
    assert won.count(True) == 1


def test_three_failures_close_a_host_and_success_opens_it(engine, now):
    look(engine, A)
    for _ in range(2):
        hosts.failed(engine, A, now, None)
    assert look(engine, A).blocked_until is None
    hosts.failed(engine, A, now, None)
    assert look(engine, A).blocked_until == now + 60 * S
    assert not hosts.take_lease(engine, A, "one", now + 59 * S, 25)
    assert hosts.take_lease(engine, A, "one", now + 60 * S, 25)
    hosts.succeeded(engine, A)
    assert (look(engine, A).failures, look(engine, A).blocked_until) == (0, None)


def test_retry_after_closes_a_host_at_once(engine, now):
    look(engine, A)
    hosts.failed(engine, A, now, 30.0)
    assert look(engine, A).blocked_until == now + 30 * S


def test_robots_are_kept(engine, now):
    look(engine, A)
    hosts.keep_robots(engine, A, "User-agent: *", now)
    assert (look(engine, A).robots, look(engine, A).robots_at) == ("User-agent: *", now)
