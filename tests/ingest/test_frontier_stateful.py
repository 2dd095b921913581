"""Any order of polls, claims, captures, failures, kills and hours: the frontier against a model of what an outlet shows."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from common import ids
from common.settings import Settings
from ingest import frontier, settling
from ingest.discover.records import Discovered
from ingest.records import Capture, Hint
from ingest.rhythm import polls
from ingest.rhythm.pace import SourceState
from ingest.rhythm.sightings import notice
from ingest.settling import Gleaned, settle
from ingest.state import URL, open_state

START = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
LADDER = [900, 3600, 86_400]
SOURCES = [SourceState(polls.source_id("a", name), name, name) for name in ("feed", "sitemap")]
numbers = st.integers(0, 5)


class Frontier(RuleBasedStateMachine):
    """Pages have a revision each; a capture holds the revision of its instant."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.engine = open_state(Settings(_env_file=None, data_dir=self.folder.name))
        self.now, self.batch = START, 0
        self.changed: dict[int, datetime] = {}
        self.held: dict[int, datetime] = {}  # page -> change that our capture holds
        self.captures: dict[int, int] = {}
        self.dead: set[int] = set()
        self.batches: dict[str, str] = {}

    def teardown(self):
        self.engine.dispose()
        self.folder.cleanup()

    def page(self, number):
        return Discovered(
            f"https://a.example/{number}", Hint(source="feed", title=f"{number} {self.changed[number]}"), None, self.changed[number]
        )

    @rule(number=numbers)
    def publish_or_revise(self, number):
        self.now += timedelta(minutes=7)
        self.changed[number] = self.now

    @rule(hours=st.integers(1, 30))
    def time_goes_by(self, hours):
        self.now += timedelta(hours=hours)

    @rule(which=st.sampled_from(SOURCES))
    def poll(self, which):
        self.now += timedelta(minutes=1)
        shown = [self.page(number) for number in self.changed if number not in self.dead]
        found = notice(self.engine, "a", which, shown, self.now)
        assert found.urls == [page.url for page in shown]
        assert found.brought <= found.listed <= len(shown)
        again = notice(self.engine, "a", which, shown, self.now)
        assert (again.listed, again.brought) == (0, 0)

    @rule(
        kind=st.sampled_from(["due", "done"]),
        limit=st.integers(1, 4),
        fates=st.lists(st.sampled_from(["ok", "late", "gone", "killed"]), max_size=6),
    )
    def batch_runs(self, kind, limit, fates):
        """A batch claims, fetches and settles; a killed one leaves its claims behind."""
        self.now += timedelta(minutes=3)
        self.batch += 1
        batch = f"b{self.batch}"
        if kind == "done":
            settling.reconsider(self.engine, "a", LADDER, self.now)
        frontier.claim(self.engine, batch, "a", kind, self.now, limit)
        todo = frontier.claimed(self.engine, batch, "a", self.now)
        assert len(todo) <= limit
        assert not {due.url for due in todo} & set(self.batches)
        for due, fate in zip(todo, [*fates, *["ok"] * len(todo)], strict=False):
            if fate == "killed":
                self.batches |= {one.url: batch for one in frontier.claimed(self.engine, batch, "a", self.now)}
                return
            self.fetch(due, fate, batch, kind)
        frontier.release(self.engine, batch, "a")

    def fetch(self, due, fate, batch, kind):
        number = int(due.url[-1])
        if fate == "late":
            frontier.postpone(self.engine, due.url, self.now + timedelta(minutes=8), counts=True)
            return
        is_same = self.held.get(number) == self.changed[number]
        outcome = "gone" if fate == "gone" else "not_modified" if is_same else "fetched"
        assert (due.body_sha256 is not None) == (number in self.held)
        capture = Capture(
            capture_id=ids.key("capture", batch, due.url), batch_key=batch, outlet_id="a", url=due.url, final_url=due.url,
            captured_at=self.now, first_seen_at=due.first_seen_at, outcome=outcome, sha256=ids.sha256(str(self.changed[number])),
            hint=due.hint.model_copy(update={"source": "recheck"}) if kind == "done" else due.hint,
        )  # fmt: skip
        for _ in range(2):  # settling again changes nothing
            settle(self.engine, [capture], LADDER, Gleaned())
        if fate == "gone":
            self.dead.add(number)
            return
        self.captures[number] = self.captures.get(number, 0) + 1
        self.held[number] = self.changed[number]

    @rule()
    def the_dead_let_go(self):
        self.now += frontier.CLAIM + timedelta(seconds=1)
        self.batches.clear()

    @rule()
    def everything_is_caught_up(self):
        """Whatever happened: one poll of both sources and one whole batch later, every page is held as it is now."""
        self.the_dead_let_go()
        for source in SOURCES:
            self.poll(source)
        self.now += timedelta(days=2)  # longer than any wait
        self.batch += 1
        frontier.claim(self.engine, f"b{self.batch}", "a", "due", self.now, 100)
        for due in frontier.claimed(self.engine, f"b{self.batch}", "a", self.now):
            self.fetch(due, "ok", f"b{self.batch}", "due")
        alive = {number: at for number, at in self.changed.items() if number not in self.dead}
        assert {number: at for number, at in self.held.items() if number not in self.dead} == alive

    @invariant()
    def each_page_has_one_row_and_one_state(self):
        with self.engine.begin() as connection:
            rows = connection.execute(sa.select(URL.c.url, URL.c.status, URL.c.next_due_at, URL.c.captured_at, URL.c.why)).all()
        assert len({row.url for row in rows}) == len(rows)
        for row in rows:
            number = int(row.url[-1])
            assert (row.status == "dead") == (number in self.dead)
            assert row.next_due_at is not None or row.status != "due"
            assert (row.status == "due" and row.captured_at is not None) <= (":" in (row.why or ""))


TestFrontier = Frontier.TestCase
TestFrontier.settings = hypothesis_settings(max_examples=12, stateful_step_count=25, deadline=None)
