"""One request at a time at a host, across tasks, processes and deaths; time passes only when somebody waits."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import subprocess
import sys
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from pydantic import SecretStr

from common import clock
from common.errors import FetchDelayed, FetchRefused
from common.settings import Settings
from ingest.manners import hosts, turns
from ingest.manners.turns import Terms, Turns
from ingest.state import HOST, open_state

A = "http://a.example:81"
TERMS = Terms(request_s=25.0, slice_s=10.0, look_again_s=0.5)
S = timedelta(seconds=1)
NAMES = itertools.count()


def busy():
    return FetchDelayed("status 500", after_s=60, status=500, fault="http_5xx")


async def visit(of, host=A, delay_s=1.0, error=None):
    async with of.turn(host, delay_s):
        began = clock.now()
        if error:
            raise error
    return began


def together(engine, still, *jobs):
    """Run jobs (functions of a Turns) side by side, each in a process of its own; what they return."""

    async def run():
        crowd = [Turns(engine, f"process {next(NAMES)}", TERMS, still.pause) for _job in jobs]
        return await asyncio.gather(*(job(one) for job, one in zip(jobs, crowd, strict=True)))

    return asyncio.run(run())


def several(count, **more):
    async def job(of):
        found = [await visit(of, **more) for _ in range(count)]
        of.close()
        return found

    return job


def statements(engine):
    """Count of transactions from now on."""
    count = [0]
    sa.event.listen(engine, "begin", lambda _connection: count.__setitem__(0, count[0] + 1))
    return count


def test_the_delay_lies_between_requests(engine, still):
    (found,) = together(engine, still, several(5))
    assert [later - earlier for earlier, later in itertools.pairwise(found)] == [S] * 4


def test_a_busy_host_costs_a_transaction_a_slice(engine, still):
    count = statements(engine)
    (found,) = together(engine, still, several(100))
    assert found[-1] - found[0] == 99 * S
    assert count[0] <= 12


def test_a_host_without_delay_costs_a_transaction(engine, still):
    count = statements(engine)
    together(engine, still, several(100, delay_s=0.0))
    assert count[0] == 2


def test_a_delay_longer_than_a_slice_is_kept_exactly(engine, still):
    (found,) = together(engine, still, several(3, delay_s=60.0))
    assert all(60 * S <= later - earlier <= 61 * S for earlier, later in itertools.pairwise(found))


def test_a_longer_delay_within_a_slice_is_written_before_it_counts(engine, still):
    async def job(of):
        return [await visit(of, delay_s=delay_s) for delay_s in (1.0, 8.0, 1.0)]

    (found,) = together(engine, still, job)
    assert [later - earlier for earlier, later in itertools.pairwise(found)] == [S, 8 * S]
    state = hosts.look(engine, A)
    assert state.next_request_at == state.lease_until + 8 * S


def test_processes_take_slices(engine, still):
    count = statements(engine)
    found = together(engine, still, several(30), several(30))
    moments = sorted(found[0] + found[1])
    assert all(later - earlier >= S for earlier, later in itertools.pairwise(moments))
    mine = [moment in found[0] for moment in moments]
    assert 2 <= sum(a != b for a, b in itertools.pairwise(mine)) <= 20  # by turns, but not at every request
    assert count[0] < 200


def test_tasks_of_one_process_stand_in_line(engine, still):
    async def job(of):
        return await asyncio.gather(*(visit(of) for _ in range(5)))

    (found,) = together(engine, still, job)
    assert sorted(found) == found
    assert all(later - earlier == S for earlier, later in itertools.pairwise(found))


def test_what_is_not_used_any_more_is_given_back(engine, still):
    async def job(of):
        await visit(of)
        still.pass_by(11)
        await visit(of, "http://b.example:81")
        assert list(of.holds) == ["http://b.example:81"]
        of.close()

    together(engine, still, job)
    assert hosts.look(engine, A).lease_owner is None
    assert hosts.look(engine, A).next_request_at == still.now - 10 * S  # one second after the request, not after the lease


def test_locks_do_not_pile_up(engine, still):
    async def job(of):
        for n in range(30):
            await visit(of, f"http://h{n}.example:81")
        assert len(of.locks._locks) == 0

    together(engine, still, job)


def test_a_dead_process_lets_others_go_on_after_its_lease(engine, still):
    async def dies(of):
        await visit(of, delay_s=3.0)  # and never gives back

    began = still.now
    together(engine, still, dies)
    (found,) = together(engine, still, several(1))
    assert found[0] - began >= (TERMS.slice_s + TERMS.request_s + 3.0) * S


def test_a_request_that_outlives_its_slice_is_alone_until_its_deadline(engine, still):
    async def job(of):
        await visit(of, delay_s=0.0)
        still.pass_by(TERMS.slice_s - 0.1)
        turn = of.turn(A, 0.0)
        await turn.__aenter__()
        began = still.now
        other = Turns(engine, "other", TERMS, still.pause)
        found = await visit(other, delay_s=0.0)
        assert found - began >= (TERMS.request_s - 0.5) * S  # the first one has hung so long that its process must be dead
        await turn.__aexit__(None, None, None)

    together(engine, still, job)


def test_a_slice_that_is_over_is_renewed_before_the_next_request(engine, still):
    async def job(of):
        await visit(of)
        still.pass_by(TERMS.slice_s + 5)
        await visit(of)
        assert hosts.look(engine, A).lease_until == still.now + (TERMS.slice_s + TERMS.request_s) * S

    together(engine, still, job)


def test_who_lost_the_lease_while_it_slept_stands_in_line_again(engine, still):
    async def job(of):
        await visit(of)
        still.pass_by(100)
        assert hosts.take(engine, A, "another", still.now, 35, 1)[0]
        of.terms = Terms(25.0, 10.0, 0.5, patience_s=1.0)
        with pytest.raises(FetchDelayed, match="another process"):
            await visit(of)

    together(engine, still, job)


def test_patience_has_an_end(engine, still, monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE_S", 9.0)
    hosts.take(engine, A, "another", still.now, 1000, 1)
    with pytest.raises(FetchDelayed, match="another process") as caught:
        together(engine, still, several(1))
    assert caught.value.where["blocked"] == 1
    assert 9 <= sum(still.waits) <= 10


def test_a_wait_beyond_the_given_patience_is_told_at_once(engine, still):
    async def job(of):
        of.terms = Terms(25.0, 10.0, 0.5, patience_s=5.0)
        await visit(of, delay_s=9.0)
        with pytest.raises(FetchDelayed, match="9 s between requests") as caught:
            await visit(of, delay_s=9.0)
        assert caught.value.where["blocked"] == 1

    together(engine, still, job)
    assert still.waits == []


@pytest.mark.parametrize(("asked", "status"), [(30.0, 429), (30.0, 503), (None, 429), (None, 503)])
def test_a_host_that_asks_for_quiet_gets_it_at_once_and_durably(engine, still, asked, status):
    error = FetchDelayed(f"status {status}", after_s=60, asked_s=asked, status=status)

    async def job(of):
        with pytest.raises(FetchDelayed):
            await visit(of, error=error)
        assert hosts.look(engine, A).blocked_until == still.now + (asked or 60) * S
        assert hosts.look(engine, A).lease_owner is None
        with pytest.raises(FetchDelayed, match="left alone") as caught:
            await visit(of)
        assert caught.value.after_s == (asked or 60)

    together(engine, still, job)


def test_three_failures_in_a_row_open_the_breaker_and_the_probe_decides(engine, still):
    async def attempt(of, error=None):
        with contextlib.suppress(FetchDelayed):
            await visit(of, error=error)
        return hosts.look(engine, A).blocked_until

    async def job(of):
        assert [await attempt(of, busy()) for _ in range(2)] == [None, None]
        assert await attempt(of, busy()) == still.now + 60 * S
        still.pass_by(60)
        assert await attempt(of, busy()) == still.now + 120 * S  # the probe failed: closed at once, for longer
        still.pass_by(120)
        assert await attempt(of) is None  # the probe went well
        assert hosts.look(engine, A).failures == 0
        assert await attempt(of, busy()) is None  # counting begins anew

    together(engine, still, job)


def test_only_one_probe_goes_out(engine, still):
    hosts.take(engine, A, "gone", still.now, 1, 0)
    hosts.give_back(engine, A, "gone", still.now)
    hosts.failed(engine, A, 3, still.now)
    sent = []

    async def probe(of):
        async with of.turn(A, 1.0):
            sent.append(of.owner)
            raise busy()

    async def job(of):
        return await asyncio.gather(*(probe(of) for _ in range(4)), return_exceptions=True)

    together(engine, still, job, job)
    assert len(sent) == 1


def test_a_refused_page_is_a_sign_of_life(engine, still):
    async def job(of):
        for error in (busy(), busy(), FetchRefused("status 403", status=403, fault="http_4xx"), busy()):
            with contextlib.suppress(FetchDelayed, FetchRefused):
                await visit(of, error=error)
        return hosts.look(engine, A).failures

    assert together(engine, still, job) == [1]


def test_a_cancelled_request_keeps_the_delay_and_counts_as_nothing(engine, still):
    async def job(of):
        began = still.now
        with pytest.raises(asyncio.CancelledError):
            await visit(of, error=asyncio.CancelledError())
        return await visit(of) - began

    assert together(engine, still, job) == [S]


def test_a_clock_that_was_set_back_does_not_stop_us_for_hours(engine, still):
    async def job(of):
        await visit(of)
        still.pass_by(-7200)
        with pytest.raises(FetchDelayed):
            await visit(of)

    together(engine, still, job)
    assert max(still.waits) <= 1.0


class WouldWaitError(Exception):
    """Instead of a pause: the machine below lets time pass by itself."""


class Newsroom(RuleBasedStateMachine):
    """Processes that visit one host, fail, are asked to wait, and die at any moment."""

    @initialize()
    def begin(self):
        self.engine = open_state(Settings(_env_file=None, state_url=SecretStr(self.url())))
        with self.engine.begin() as connection:
            connection.execute(sa.delete(HOST))
        if self.engine.dialect.name == "sqlite":  # no machine dies here, and waiting for the disk would take minutes
            self.engine.dispose()
            sa.event.listen(self.engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous=OFF") and None)
        self.time, self.patch = [clock.now()], pytest.MonkeyPatch()
        self.patch.setattr("common.clock.now", lambda: self.time[0])
        self.loop = asyncio.Runner()
        self.names = itertools.count()
        self.crowd = [self.process() for _ in range(2)]
        self.running = {}  # process -> (the turn, delay, begin)
        self.not_before, self.sent = self.time[0], 0

    def url(self):
        raise NotImplementedError

    def process(self):
        async def pause(_seconds):
            raise WouldWaitError

        return Turns(self.engine, f"p{next(self.names)}", TERMS, pause)

    @rule(which=st.integers(0, 1), delay=st.sampled_from([0.0, 4.0, 30.0]))
    def start(self, which, delay):
        one = self.crowd[which]
        if one in self.running:
            return
        turn = one.turn(A, delay)
        try:
            self.loop.run(turn.__aenter__())
        except (WouldWaitError, FetchDelayed):
            return
        assert not self.running, "two requests at once"
        assert self.time[0] >= self.not_before, "a request too early"
        self.running[one] = (turn, delay, self.time[0])
        self.sent += 1

    @rule(asked=st.sampled_from([None, None, None, 5.0, 50.0]), fails=st.booleans())
    @precondition(lambda self: self.running)
    def end(self, asked, fails):
        (one, (turn, delay, _began)), *_ = self.running.items()
        del self.running[one]
        error = FetchDelayed("x", after_s=1, asked_s=asked, status=503 if asked else 500) if fails else None
        with contextlib.suppress(FetchDelayed):
            self.loop.run(turn.__aexit__(type(error) if error else None, error, None))
        self.wait_until(max(delay, (asked or 0.0) if fails else 0.0))

    def wait_until(self, seconds):
        self.not_before = max(self.not_before, self.time[0] + seconds * S)

    @rule(which=st.integers(0, 1))
    def die(self, which):
        one = self.crowd[which]
        if one in self.running:
            _turn, delay, _began = self.running.pop(one)
            self.wait_until(delay)
        self.crowd[which] = self.process()

    @precondition(lambda self: not self.running)
    @rule(which=st.integers(0, 1))
    def leave(self, which):
        if self.crowd[which] not in self.running:
            self.crowd[which].close()

    @rule(seconds=st.sampled_from([0.5, 4.0, 9.9, 15.0, 35.0, 60.0]))
    def pass_by(self, seconds):
        then = self.time[0] + seconds * S
        for one, (turn, delay, began) in list(self.running.items()):
            if then >= (deadline := began + 20 * S):  # no request lasts longer
                self.time[0] = max(deadline, self.time[0])
                del self.running[one]
                with contextlib.suppress(FetchDelayed):
                    error = FetchDelayed("no answer", after_s=60, fault="timeout")
                    self.loop.run(turn.__aexit__(type(error), error, None))
                self.wait_until(delay)
        self.time[0] = max(then, self.time[0])

    @invariant()
    def at_most_one_request(self):
        assert len(getattr(self, "running", {})) <= 1

    def teardown(self):
        if hasattr(self, "engine"):
            self.patch.undo()
            self.loop.close()
            self.engine.dispose()


STEPS = settings(max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck))


def test_any_course_of_events_keeps_the_manners(state_url):
    class Here(Newsroom):
        def url(self):
            return state_url

    few = settings(max_examples=50, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Here, settings=few)


PROCESS = """
import asyncio, json, os, signal, sys, time
from pydantic import SecretStr
from common.settings import Settings
from ingest.state import HOST, open_state
from ingest.manners.turns import Terms, Turns
state, journal, name, count, dies_at, delay = sys.argv[1:]
engine = open_state(Settings(_env_file=None, state_url=SecretStr(state)))
of = Turns(engine, name, Terms(request_s=0.3, slice_s=0.1, look_again_s=0.01, patience_s=60))
out = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
def note(what):
    os.write(out, json.dumps([time.time(), name, what]).encode() + b"\\n")
async def run():
    for n in range(int(count)):
        async with of.turn("http://a.example:81", float(delay)):
            note("begin")
            if n == int(dies_at):
                os.kill(os.getpid(), signal.SIGKILL)
            await asyncio.sleep(0.002)
            note("end")
    of.close()
asyncio.run(run())
"""


@pytest.mark.parametrize("delay_s", [0.0, 0.02])
def test_real_processes_never_ask_at_once_and_survive_the_death_of_one(state_url, tmp_path, delay_s):
    journal = tmp_path / "journal"
    jobs = [("a", 12, -1), ("b", 12, 5), ("c", 12, -1)]
    arguments = [[state_url, str(journal), name, str(count), str(dies), str(delay_s)] for name, count, dies in jobs]
    crowd = [subprocess.Popen([sys.executable, "-c", PROCESS, *of_one]) for of_one in arguments]
    assert [one.wait(timeout=120) for one in crowd] == [0, -9, 0]
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    assert [sum(name == who and what == "begin" for _, name, what in lines) for who in "abc"] == [12, 6, 12]
    alone = None
    last_end = 0.0
    for moment, name, what in lines:
        if what == "begin":
            assert alone in {None, "b"}, lines  # b died within its request
            assert moment - last_end >= delay_s - 0.001
            alone = name
        else:
            assert alone == name
            alone, last_end = None, moment
