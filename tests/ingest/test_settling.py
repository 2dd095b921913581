"""What becomes of URLs after captures: the same by one call or by many, twice or once, in SQLite and in PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from common import ids
from ingest import frontier, settling
from ingest.discover.records import Discovered
from ingest.records import Capture, Hint
from ingest.rhythm import polls
from ingest.rhythm.pace import SourceState
from ingest.settling import Gleaned, settle
from ingest.state import HABIT, SOURCE, URL
from ingest.web.fetch import Validators

LADDER = [900, 3600, 86_400]
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FEED = SourceState(polls.source_id("a", "https://a.example/feed"), "https://a.example/feed", "feed")


def url(number):
    return f"https://a.example/{number}"


def capture(number, at, outcome="fetched", *, first=None, source="feed", body="0"):
    return Capture(
        capture_id=ids.key("capture", url(number), at.isoformat()), batch_key="b", outlet_id="a", url=url(number), final_url=url(number),
        captured_at=at, first_seen_at=first or at, outcome=outcome, sha256=body * 64, hint=Hint(source=source),
    )  # fmt: skip


def named(engine, now, *numbers):
    frontier.offer(engine, "a", [Discovered(url(number), Hint(source="feed"), None) for number in numbers], now)


def row(engine, number, *columns):
    query = sa.select(*(URL.c[name] for name in columns)).where(URL.c.url_id == frontier.url_id(url(number)))
    with engine.begin() as connection:
        return tuple(connection.execute(query).one())


def everything(engine):
    """All that is known of pages, and what they taught."""
    with engine.begin() as connection:
        return [connection.execute(sa.select(table).order_by(*table.primary_key.columns)).all() for table in (URL, HABIT)]


def forget(engine):
    with engine.begin() as connection:
        for table in (URL, SOURCE, HABIT):
            connection.execute(sa.delete(table))


def mark(engine, number, **values):
    with engine.begin() as connection:
        connection.execute(sa.update(URL).where(URL.c.url_id == frontier.url_id(url(number))).values(values))


@pytest.mark.parametrize(
    ("outcome", "source", "status", "is_due"),
    [
        ("fetched", "feed", "done", True),
        ("fetched", "recheck", "done", True),
        ("not_modified", "recheck", "done", True),
        ("gone", "feed", "dead", False),
        ("gone", "recheck", "dead", False),
        ("failed", "feed", "dead", False),
        ("failed", "recheck", "done", True),  # what we have stays
        ("failed", "changed", "done", True),
    ],
)
def test_an_outcome_decides_whether_a_page_is_read_again(engine, now, outcome, source, status, is_due):
    named(engine, now, 1)
    frontier.claim(engine, "b", "a", "due", now, 9)
    mark(engine, 1, attempts=3, why="title:12345678")
    settle(engine, [capture(1, now, outcome, source=source)], LADDER, Gleaned())
    assert row(engine, 1, "status", "next_due_at") == (status, now + 15 * MINUTE if is_due else None)
    free = row(engine, 1, "attempts", "claimed_by", "claimed_until", "why", "captured_at", "captured_batch")
    assert free == (0, None, None, None, now, "b")


def test_a_capture_of_a_page_that_nobody_named_is_passed_over(engine, now):
    named(engine, now, 1)
    settle(engine, [capture(2, now), capture(1, now), capture(3, now)], LADDER, Gleaned())
    assert len(everything(engine)[0]) == 1
    assert row(engine, 1, "status") == ("done",)


def test_an_older_capture_that_comes_late_changes_nothing(engine, now):
    named(engine, now, 1)
    settle(engine, [capture(1, now, body="1")], LADDER, Gleaned())
    before = everything(engine)
    settle(engine, [capture(1, now - HOUR, "gone"), capture(1, now, "failed", body="2")], LADDER, Gleaned())
    assert everything(engine) == before


def test_a_page_without_a_new_body_keeps_what_tells_of_the_old_one(engine, now):
    named(engine, now, 1)
    first, second = capture(1, now, body="1"), capture(1, now + HOUR, "not_modified", source="recheck", first=now)
    settle(engine, [first], LADDER, Gleaned({first.capture_id: Validators('"1"', "date")}, titles={first.capture_id: "bridge"}))
    kept = row(engine, 1, "body_sha256", "original", "titles", "etag", "last_modified")
    settle(engine, [second], LADDER, Gleaned())
    assert row(engine, 1, "body_sha256", "original", "titles", "etag", "last_modified") == kept
    assert (kept[0], *kept[2:]) == ("1" * 64, "bridge", '"1"', "date")


def test_validators_that_an_answer_takes_back_are_forgotten(engine, now):
    named(engine, now, 1)
    first, second = capture(1, now, body="1"), capture(1, now + HOUR, body="2", source="recheck", first=now)
    settle(engine, [first], LADDER, Gleaned({first.capture_id: Validators('"1"', "date")}))
    settle(engine, [second], LADDER, Gleaned({second.capture_id: Validators()}))
    assert row(engine, 1, "etag", "last_modified") == (None, None)


@pytest.mark.parametrize(
    ("outcome", "text", "false", "counts"),
    [
        ("fetched", "new" * 16, 0, (1.0, 0.0)),
        ("fetched", None, 0, (1.0, 0.0)),  # nothing to go by: another body counts
        ("fetched", "old" * 16, 3, (0.0, 1.0)),
        ("not_modified", None, 3, (0.0, 1.0)),
        ("failed", None, 2, (0.0, 0.0)),  # a failure tells nothing of the sign
    ],
)
def test_a_sign_is_true_where_the_page_says_something_else(engine, now, outcome, text, false, counts):
    named(engine, now, 1)
    settle(engine, [capture(1, now)], LADDER, Gleaned())
    polls.note(engine, "a", [FEED], now)
    mark(engine, 1, text_sha256="old" * 16, false_signals=2, why=f"lastmod:{FEED.source_id[:8]}")
    one = capture(1, now + HOUR, outcome, source="changed", first=now, body="1")
    settle(engine, [one], LADDER, Gleaned(texts={one.capture_id: text} if text else {}))
    found = polls.load(engine, "a")[FEED.source_id]
    assert row(engine, 1, "false_signals", "why") == (false, None)
    assert (found.true_signals, found.false_signals) == counts
    assert polls.habits(engine, "a").rereads == 0  # it was announced


# moves


def test_a_page_that_moved_leaves_its_past_at_the_new_address(engine, now):
    named(engine, now, 1)
    mark(engine, 1, seen='{"x": [null, null]}', changed_at=now - HOUR)
    one = capture(1, now, body="1")
    settle(engine, [one], LADDER, Gleaned(moved={one.capture_id: url(2)}))
    columns = ("status", "body_sha256", "seen", "changed_at", "first_seen_at", "captured_at")
    assert row(engine, 1, "moved_to", "next_due_at") == (url(2), None)
    assert row(engine, 2, "moved_to") == (None,)
    assert row(engine, 2, *columns) == row(engine, 1, *columns)


def test_a_move_to_itself_is_none(engine, now):
    named(engine, now, 1)
    one = capture(1, now)
    settle(engine, [one], LADDER, Gleaned(moved={one.capture_id: url(1)}))
    assert row(engine, 1, "moved_to", "next_due_at") == (None, now + 15 * MINUTE)


def test_a_move_to_a_page_that_was_captured_later_leaves_it_alone(engine, now):
    named(engine, now, 1, 2)
    settle(engine, [capture(2, now + HOUR, body="2")], LADDER, Gleaned())
    before = row(engine, 2, *URL.c.keys())
    one = capture(1, now, body="1")
    settle(engine, [one], LADDER, Gleaned(moved={one.capture_id: url(2)}))
    assert row(engine, 2, *URL.c.keys()) == before
    assert row(engine, 1, "moved_to", "next_due_at") == (url(2), None)


# one call or many

events = st.lists(
    st.tuples(
        st.integers(0, 3),  # page
        st.sampled_from(["fetched", "fetched", "not_modified", "gone", "failed"]),
        st.sampled_from(["feed", "recheck", "changed"]),
        st.sampled_from("0123"),  # body
        st.sampled_from([None, "t", "u"]),  # fingerprint
        st.sampled_from([None, None, 0, 4]),  # where it moved
    ),
    max_size=8,
)


def course(now, found):
    """Captures a minute apart with what is known of them."""
    done, gleaned = [], Gleaned()
    for minute, (number, outcome, source, body, text, target) in enumerate(found, 1):
        one = capture(number, now + minute * MINUTE, outcome, first=now, source=source, body=body)
        done.append(one)
        if text and outcome == "fetched":
            gleaned.texts[one.capture_id] = text * 64
        if target is not None and outcome in {"fetched", "not_modified"}:
            gleaned.moved[one.capture_id] = url(target)
    return done, gleaned


FEW = hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FEW
@given(events)
def test_one_call_or_one_for_each_capture_ends_the_same(engine, now, found):
    done, gleaned = course(now, found)
    forget(engine)
    named(engine, now, *range(4))
    settle(engine, done, LADDER, gleaned)
    at_once = everything(engine)
    forget(engine)
    named(engine, now, *range(4))
    for one in done:
        settle(engine, [one], LADDER, gleaned)
    assert everything(engine) == at_once


@FEW
@given(events, st.integers(1, 3))
def test_settling_again_after_a_crash_in_any_chunk_changes_nothing_more(engine, now, found, chunk):
    done, gleaned = course(now, found)
    forget(engine)
    named(engine, now, *range(4))
    settle(engine, done, LADDER, gleaned)
    whole = everything(engine)
    settle(engine, done, LADDER, gleaned)
    assert everything(engine) == whole
    forget(engine)
    named(engine, now, *range(4))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(settling, "CHUNK", chunk)
        settle(engine, done[: len(done) // 2], LADDER, gleaned)
        settle(engine, done, LADDER, gleaned)
    assert everything(engine) == whole


def test_a_crash_between_rows_and_habits_leaves_neither(engine, now, monkeypatch):
    named(engine, now, 1, 2)
    settle(engine, [capture(1, now), capture(2, now)], LADDER, Gleaned())
    before = everything(engine)
    again = [capture(number, now + HOUR, source="recheck", first=now, body="1") for number in (1, 2)]
    with monkeypatch.context() as patched:
        patched.setattr(settling, "_write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            settle(engine, again, LADDER, Gleaned())
    assert everything(engine) == before
    settle(engine, again, LADDER, Gleaned())
    assert polls.habits(engine, "a").rereads == pytest.approx(1 + polls.FADES)
