from __future__ import annotations

import asyncio

import pytest

from common.errors import FetchDelayed, FetchRefused
from ingest.manners import hosts, robots, rulebook
from ingest.manners.rulebook import RuleBook, refusal
from ingest.state import open_state

A = "http://a.example:81"


class Host:
    """Answers to questions for robots.txt: texts or errors, in order; the last one for ever."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    async def ask(self, origin):
        self.asked.append(origin)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        await asyncio.sleep(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def state(settings):
    opened = open_state(settings)
    yield opened
    opened.dispose()


def book(state, *answers):
    host = Host(*answers)
    return RuleBook(state, "NewsBot/1", host.ask), host


def rules(of, *origins):
    async def run():
        return await asyncio.gather(*(of.of(origin) for origin in origins), return_exceptions=True)

    return asyncio.run(run())


def test_many_that_ask_at_once_ask_the_host_once(state):
    of, host = book(state, "User-agent: *\nDisallow: /x")
    found = rules(of, *[A] * 5)
    assert {one.permits("/x") for one in found} == {False}
    assert host.asked == [A]


def test_many_that_ask_at_once_are_all_told_that_it_is_down(state):
    of, host = book(state, FetchDelayed("x", after_s=1, fault="http_5xx"))
    assert {one.fault for one in rules(of, *[A] * 5)} == {"robots"}
    assert host.asked == [A]


def test_rules_that_were_let_go_come_back_from_the_state(state, monkeypatch):
    monkeypatch.setattr(rulebook, "MAX_RULES", 7)
    of, host = book(state, "User-agent: *\nDisallow: /x\nDisallow: /y")
    origins = [f"http://h{n}.example:81" for n in range(10)]
    for _ in range(2):
        for origin in origins:
            assert not rules(of, origin)[0].permits("/y")
            assert of.weight == sum(1 + len(one.rules) for _copy, one in of.known.values()) <= 7
    assert host.asked == origins


def test_one_host_with_too_many_rules_is_kept_alone(state, monkeypatch):
    monkeypatch.setattr(rulebook, "MAX_RULES", 7)
    of, _host = book(state, "User-agent: *\n" + "".join(f"Disallow: /{n}\n" for n in range(20)), "")
    assert not rules(of, A)[0].permits("/3")
    assert rules(of, "http://b.example:81")[0].permits("/3")
    assert list(of.known) == ["http://b.example:81"]


def test_what_was_not_sent_says_nothing_of_robots(state):
    of, host = book(state, FetchDelayed("left alone", after_s=60, blocked=1), "")
    assert isinstance(rules(of, A)[0], FetchDelayed)
    assert hosts.robots_copy(state, A) == robots.Copy()
    assert rules(of, A)[0].permits("/x")
    assert len(host.asked) == 2


@pytest.mark.parametrize(
    ("fault", "told", "blocked"), [("dns", "dns", None), ("tls", "tls", None), ("timeout", "robots", 1), (None, "robots", 1)]
)
def test_a_host_that_is_not_there_is_told_as_such(state, fault, told, blocked):
    of, _host = book(state, FetchDelayed("x", after_s=1, fault=fault))
    (error,) = rules(of, A)
    assert (error.fault, error.where.get("blocked")) == (told, blocked)
    assert hosts.robots_copy(state, A).down_since is not None


def test_an_answer_ends_the_time_of_being_down(state, still):
    of, _host = book(state, FetchDelayed("x", after_s=1), "")
    rules(of, A)
    still.pass_by(robots.RETRY_S)
    assert rules(of, A)[0].permits("/x")
    assert hosts.robots_copy(state, A) == robots.Copy("", still.now)


@pytest.mark.parametrize(
    ("where", "hops", "expected"),
    [
        ({"status": 404}, 0, None),
        ({"status": 403, "fault": "http_4xx"}, 3, None),
        ({"status": 204}, 0, None),
        ({"fault": "redirect_loop"}, 6, None),
        ({"status": 206}, 0, FetchDelayed),
        ({"fault": "ssrf"}, 0, FetchRefused),
        ({"fault": "bad_port"}, 0, FetchRefused),
        ({"fault": "ssrf"}, 1, FetchDelayed),
        ({"fault": "bad_encoding"}, 0, FetchDelayed),
        ({}, 0, FetchDelayed),
    ],
)
def test_what_a_refused_robots_means(where, hops, expected):
    told = refusal(FetchRefused("x", **where), hops)
    assert told is None if expected is None else type(told) is expected
