"""Offers, asset events and the frontier, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from common.errors import Misconfigured
from ingest import frontier
from ingest.discover.records import Discovered
from ingest.push import events
from ingest.push.events import Event, take
from ingest.push.inbox import Inbox, waiting, waiting_outlets
from ingest.push.messages import Offer
from ingest.push.tables import EVENT
from ingest.records import Hint
from ingest.stage import ingest_group
from ingest.state import URL, open_state
from ingest.store.captures import read_index

T0 = datetime(2026, 11, 23, 10, 15, 0, 123456, tzinfo=UTC)
BOTH = ["paper", "post"]
FEED = 'feeds: ["{base}/feed"]'


@pytest.fixture
def papers(site, add_outlet):
    for name in ("paper", "post"):
        add_outlet(name, site, FEED, "exclude: [/sport/]")
    add_outlet("silent", site, FEED, "enabled: false")
    return site


def offered(settings):
    engine = open_state(settings)
    with engine.begin() as connection:
        rows = connection.execute(sa.select(URL.c.outlet_id, URL.c.url, URL.c.hint).order_by(URL.c.url)).all()
    engine.dispose()
    return [(row.outlet_id, row.url.rsplit("/", 1)[1], Hint.model_validate_json(row.hint).source) for row in rows]


def test_offers_are_in_the_frontier_and_what_is_refused_is_counted(papers, on_state):
    base = papers.base
    with Inbox(on_state) as inbox:
        counts = inbox.put(
            [
                Offer("paper", (f"{base}/1", f"{base}/1#again", "mailto:x", f"{base}/sport/2")),
                Offer("nobody", (f"{base}/3", f"{base}/4")),
                Offer("post", (f"{base}/5",)),
                Offer("paper", (f"{base}/6",)),
                Offer("silent", (f"{base}/7",)),
            ]
        )
    assert counts == {"offered": 3, "refused": 5, "unknown": 2}
    assert offered(on_state) == [("paper", "1", "push"), ("post", "5", "push"), ("paper", "6", "push")]


def test_offering_again_changes_nothing(papers, on_state):
    with Inbox(on_state) as inbox:
        first = inbox.put([Offer("paper", (f"{papers.base}/1",))])
        before = offered(on_state)
        assert inbox.put([Offer("paper", (f"{papers.base}/1",))]) == first
    assert offered(on_state) == before


def test_an_address_that_may_not_be_fetched_is_refused_at_the_door(papers, settings):
    public = settings.model_copy(update={"allow_networks": [], "allow_ports": [80, 443]})
    addresses = (
        "http://127.0.0.1/",
        "http://169.254.169.254/latest",
        "http://[::ffff:10.0.0.1]/",
        "https://paper.example:22/",
        "https://paper.example/a",
    )
    with Inbox(public) as inbox:
        assert inbox.put([Offer("paper", addresses)])["refused"] == 4


def test_a_faulty_outlet_file_is_told_before_anything_is_taken(papers, settings):
    (settings.outlets_dir / "broken.yaml").write_text("id: broken\n")
    asked = []
    with pytest.raises(Misconfigured, match=r"broken\.yaml"):
        take(settings, lambda since, most: asked.append(since) or [])
    assert asked == []


def test_only_outlets_with_pushed_pages_that_are_due_and_free_are_visited(papers, on_state):
    engine = open_state(on_state)
    now = datetime.now(UTC)
    quoting = Hint(source="feed", title='Quotes: "source":"push" and \\"source\\":\\"push\\"')
    frontier.offer(engine, "post", [Discovered(f"{papers.base}/quoting", quoting)], now)
    assert waiting(engine, BOTH, now) == []
    with Inbox(on_state) as inbox:
        inbox.put([Offer("paper", (f"{papers.base}/1",))])
    frontier.offer(engine, "post", [Discovered(f"{papers.base}/hub", Hint(source="push"))], now)
    later = now + timedelta(seconds=60)
    assert waiting(engine, BOTH, later) == waiting_outlets(on_state) == ["paper", "post"]
    frontier.claim(engine, "live", "paper", "due", later, 10)
    assert waiting(engine, BOTH, later) == ["post"]
    assert waiting(engine, BOTH, later + frontier.CLAIM + timedelta(minutes=1)) == ["paper", "post"]
    (on_state.outlets_dir / "post.yaml").unlink()
    assert waiting_outlets(on_state) == []
    engine.dispose()


def test_a_push_batch_fetches_what_was_offered_and_asks_no_feed(papers, on_state):
    papers.put("/1", "<p>One")
    with Inbox(on_state) as inbox:
        inbox.put([Offer("paper", (f"{papers.base}/1",))])
    counts = ingest_group(on_state, "push/2026-11-23T10:15:00", waiting_outlets(on_state))
    assert counts["fetched"] == 1
    assert "/feed" not in papers.paths()
    (capture,) = read_index(on_state, "push/2026-11-23T10:15:00")
    assert (capture.outlet_id, capture.outcome, capture.hint.source) == ("paper", "fetched", "push")
    assert waiting_outlets(on_state) == []


class Airflow:
    """The table of asset events and what the execution API answers about it."""

    def __init__(self):
        self.events, self.asked = [], []

    def post(self, content, at=None, number=None):
        self.events.append(Event(number or len(self.events) + 1, at or T0 + timedelta(seconds=len(self.events)), content))

    def ask(self, since, most):
        self.asked.append((since, most))
        return sorted((one for one in self.events if one.happened_at >= since), key=lambda one: one.happened_at)[:most]


@pytest.fixture
def airflow():
    return Airflow()


def one(site, n, outlet_id="paper"):
    return {"outlet": outlet_id, "urls": [f"{site.base}/{n}"], "from_rest_api": True}


def test_events_are_taken_once_and_new_ones_follow(papers, on_state, airflow):
    for n in range(3):
        airflow.post(one(papers, n))
    assert take(on_state, airflow.ask) == {"events": 3, "malformed": 0, "unknown": 0, "offered": 3, "refused": 0}
    assert take(on_state, airflow.ask)["events"] == 0
    airflow.post(one(papers, 3))
    assert take(on_state, airflow.ask)["offered"] == 1
    assert len(offered(on_state)) == 4


def test_a_bad_event_is_counted_and_the_rest_goes_through(papers, on_state, airflow):
    for content in (
        None,
        {},
        {"outlet": "paper", "urls": "x"},
        one(papers, 1, "nobody"),
        {"outlet": "paper", "url": "no url"},
        one(papers, 2),
    ):
        airflow.post(content)
    assert take(on_state, airflow.ask) == {"events": 6, "malformed": 3, "unknown": 1, "offered": 1, "refused": 2}
    assert take(on_state, airflow.ask)["events"] == 0


def test_a_kill_after_the_pages_are_kept_and_before_the_event_is_noted_loses_and_doubles_nothing(papers, on_state, airflow, monkeypatch):
    airflow.post(one(papers, 1))
    with monkeypatch.context() as patch:
        patch.setattr(events, "_remember", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            take(on_state, airflow.ask)
    assert take(on_state, airflow.ask)["events"] == 1
    assert offered(on_state) == [("paper", "1", "push")]


def test_a_kill_before_the_pages_are_kept_leaves_the_event_to_the_next_run(papers, on_state, airflow, monkeypatch):
    airflow.post(one(papers, 1))
    with monkeypatch.context() as patch:
        patch.setattr(Inbox, "put", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            take(on_state, airflow.ask)
    assert offered(on_state) == []
    assert take(on_state, airflow.ask)["offered"] == 1


def test_an_event_whose_transaction_ended_late_is_found(papers, on_state, airflow):
    airflow.post(one(papers, 1), at=T0 + timedelta(minutes=30), number=2)
    take(on_state, airflow.ask)
    airflow.post(one(papers, 0), at=T0, number=1)
    assert take(on_state, airflow.ask)["events"] == 1


def test_numbers_that_begin_anew_with_a_new_airflow_hide_no_event(papers, on_state, airflow):
    airflow.post(one(papers, 1), number=1)
    take(on_state, airflow.ask)
    airflow.events = []
    airflow.post(one(papers, 2), at=T0 + timedelta(minutes=5), number=1)
    assert take(on_state, airflow.ask)["events"] == 1


def test_what_is_remembered_stays_small_and_old_events_are_not_asked_for_again(papers, settings, airflow):
    for hour in range(50):
        airflow.post(one(papers, hour), at=T0 + timedelta(hours=hour))
        take(settings, airflow.ask)
    engine = open_state(settings)
    with engine.begin() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(EVENT)).scalar() == 2
    engine.dispose()
    assert airflow.asked[-1][0] >= T0 + timedelta(hours=47)


@pytest.mark.parametrize("step_s", [0, 1])
def test_bursts_are_read_page_by_page_also_within_one_instant(papers, settings, airflow, monkeypatch, step_s):
    monkeypatch.setattr(events, "PAGE", 7)
    for n in range(40):
        airflow.post(one(papers, n), at=T0 + timedelta(seconds=n * step_s))
    assert take(settings, airflow.ask)["events"] == 40
    assert len(offered(settings)) == 40
    assert len(airflow.asked) < 15
