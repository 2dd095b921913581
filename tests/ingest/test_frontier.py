from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from common import ids
from common.settings import Settings
from ingest import frontier
from ingest.discover.records import Discovered
from ingest.records import Capture, Hint
from ingest.settling import Gleaned, settle
from ingest.state import URL, open_state
from ingest.web.fetch import Validators

LADDER = [900, 3600]
HOUR = timedelta(hours=1)


def page(number, dated=None):
    return Discovered(f"https://a.example/{number}", Hint(source="feed", title=f"T{number}", published_at=dated), dated)


def capture(url, now, outcome="fetched", batch="b1", source="feed", **more):
    return Capture(
        capture_id=ids.key("capture", batch, url, now.isoformat()), batch_key=batch, outlet_id="a", url=url, final_url=url,
        captured_at=now, first_seen_at=now, outcome=outcome, sha256="0" * 64, hint=Hint(source=source), **more,
    )  # fmt: skip


def rows(engine, *columns):
    with engine.begin() as connection:
        return [tuple(row) for row in connection.execute(sa.select(*(URL.c[name] for name in columns)).order_by(URL.c.url))]


def take(engine, now, batch="b1", status="due", limit=100, only=None):
    frontier.claim(engine, batch, "a", status, now, limit, only)
    return [due.url[-1] for due in frontier.claimed(engine, batch, "a", now)]


def test_a_page_is_noted_once_with_its_first_sight(engine, now):
    assert frontier.offer(engine, "a", [page(1), page(2), page(1)], now) == [page(1).url, page(2).url]
    frontier.offer(engine, "b", [page(1, now)], now + HOUR)
    assert rows(engine, "outlet_id", "first_seen_at", "dated_at", "status") == [("a", now, None, "due")] * 2


def test_what_is_claimed_comes_back_whole(engine, now):
    frontier.offer(engine, "a", [page(1, now - HOUR)], now)
    frontier.claim(engine, "b1", "a", "due", now, 10)
    (due,) = frontier.claimed(engine, "b1", "a", now)
    assert (due.url, due.hint, due.first_seen_at, due.dated_at) == (page(1).url, page(1, now - HOUR).hint, now, now - HOUR)
    assert (due.attempts, due.validators, due.body_sha256) == (0, Validators(), None)


def test_newest_first_undated_last_and_not_more_than_the_limit(engine, now):
    frontier.offer(engine, "a", [page(1, now - HOUR), page(2), page(3, now), page(4, now - 2 * HOUR)], now)
    assert take(engine, now, limit=3) == ["3", "1", "4"]


def test_two_batches_never_claim_the_same(engine, now):
    frontier.offer(engine, "a", [page(n) for n in range(6)], now)
    one, two = take(engine, now, "b1", limit=4), take(engine, now, "b2")
    assert sorted(one + two) == list("012345")


def test_a_claim_repeated_is_the_same_claim(engine, now):
    frontier.offer(engine, "a", [page(n) for n in range(6)], now)
    assert take(engine, now, limit=4) == take(engine, now + HOUR, limit=4)


def test_the_claim_of_a_dead_batch_ends(engine, now):
    frontier.offer(engine, "a", [page(1)], now)
    assert take(engine, now, "dead") == ["1"]
    assert take(engine, now + frontier.CLAIM, "b2") == []
    assert take(engine, now + frontier.CLAIM + timedelta(seconds=1), "b2") == ["1"]


def test_a_released_page_is_free_again(engine, now):
    frontier.offer(engine, "a", [page(1)], now)
    take(engine, now, "b1")
    frontier.release(engine, "b1", "a")
    assert take(engine, now, "b2") == ["1"]


def test_only_these(engine, now):
    frontier.offer(engine, "a", [page(n) for n in range(9)], now)
    assert take(engine, now, only=[page(3).url, page(7).url, "https://a.example/unknown"]) == sorted(
        "37", key=lambda n: ids.key("url", page(n).url).hex
    )
    assert take(engine, now, "b2", only=[]) == []


def test_many_urls_go_in_chunks(engine, now):
    many = [Discovered(f"https://a.example/{n}", Hint(source="sitemap")) for n in range(frontier.CHUNK * 2 + 7)]
    frontier.offer(engine, "a", many, now)
    frontier.claim(engine, "b1", "a", "due", now, 10_000, [one.url for one in many])
    assert len(frontier.claimed(engine, "b1", "a", now)) == len(many)


def test_a_long_url_has_its_place(engine, now):
    long = Discovered("https://a.example/" + "x" * 7000, Hint(source="feed"))
    frontier.offer(engine, "a", [long], now)
    assert take(engine, now) == ["x"]


def test_a_fetched_page_is_done_and_will_be_read_again(engine, now):
    frontier.offer(engine, "a", [page(1)], now)
    take(engine, now)
    one = capture(page(1).url, now)
    settle(engine, [one], LADDER, Gleaned({one.capture_id: Validators('"v"', "date")}))
    assert rows(engine, "status", "etag", "last_modified", "body_sha256", "captured_batch", "claimed_by") == [
        ("done", '"v"', "date", "0" * 64, "b1", None)
    ]
    assert rows(engine, "next_due_at") == [(now + timedelta(seconds=900),)]
    assert take(engine, now + HOUR, "b2") == []
    assert take(engine, now + timedelta(seconds=899), "r1", "done") == []
    assert take(engine, now + timedelta(seconds=900), "r1", "done") == ["1"]


@pytest.mark.parametrize(
    ("outcome", "source", "status"),
    [
        ("gone", "feed", "dead"),
        ("failed", "feed", "dead"),
        ("gone", "recheck", "dead"),
        ("failed", "recheck", "done"),
        ("not_modified", "recheck", "done"),
    ],
)
def test_fates(engine, now, outcome, source, status):
    frontier.offer(engine, "a", [page(1)], now)
    settle(engine, [capture(page(1).url, now, outcome, source=source)], LADDER, Gleaned())
    assert rows(engine, "status") == [(status,)]
    assert take(engine, now + 9 * HOUR, "b2") == []


def test_settling_again_changes_nothing(engine, now):
    frontier.offer(engine, "a", [page(1)], now)
    first, second = capture(page(1).url, now), capture(page(1).url, now + HOUR, "not_modified", "b2", "recheck")
    settle(engine, [first, second], LADDER, Gleaned({first.capture_id: Validators("1"), second.capture_id: Validators("2")}))
    before = rows(engine, *URL.c.keys())
    settle(engine, [first, second, first], LADDER, Gleaned())
    assert rows(engine, *URL.c.keys()) == before


def test_a_failure_that_may_pass_waits(engine, now):
    frontier.offer(engine, "a", [page(1)], now)
    take(engine, now)
    frontier.postpone(engine, page(1).url, now + HOUR, counts=True)
    assert take(engine, now, "b2") == []
    assert take(engine, now + HOUR, "b2") == ["1"]
    frontier.postpone(engine, page(1).url, now + 2 * HOUR, counts=False)
    assert rows(engine, "attempts", "claimed_by") == [(1, None)]


def test_pages_that_failed_come_after_fresh_ones(engine, now):
    frontier.offer(engine, "a", [page(1, now), page(2, now - HOUR)], now)
    frontier.postpone(engine, page(1).url, now, counts=True)
    assert take(engine, now) == ["2", "1"]


@settings(max_examples=15)
@given(st.lists(st.integers(0, 5), max_size=30))
def test_offered_urls_keep_their_order_each_once(numbers):
    with tempfile.TemporaryDirectory() as folder:
        opened = open_state(Settings(_env_file=None, data_dir=folder))
        named = frontier.offer(opened, "a", [page(n) for n in numbers], datetime.now(UTC))
        opened.dispose()
    assert named == [page(n).url for n in dict.fromkeys(numbers)]
