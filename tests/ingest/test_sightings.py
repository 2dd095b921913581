from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from common import ids
from ingest import frontier
from ingest.discover.records import Discovered
from ingest.records import Capture, Hint
from ingest.rhythm import ladder, polls, sightings, signals
from ingest.rhythm.ladder import Habits
from ingest.rhythm.pace import SourceState
from ingest.rhythm.sightings import notice
from ingest.settling import Gleaned, reconsider, settle
from ingest.state import URL

LADDER = [900, 3600, 86_400]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FEED = SourceState(polls.source_id("a", "https://a.example/feed"), "https://a.example/feed", "feed")
MAP = SourceState(polls.source_id("a", "https://a.example/map"), "https://a.example/map", "sitemap")


def page(number, changed_at=None, title=None):
    return Discovered(f"https://a.example/{number}", Hint(source="feed", title=title), None, changed_at)


def capture(url, at, outcome="fetched", *, first=None, source="feed", body="0"):
    return Capture(
        capture_id=ids.key("capture", url, at.isoformat()), batch_key="b", outlet_id="a", url=url, final_url=url, captured_at=at,
        first_seen_at=first or at, outcome=outcome, sha256=body * 64, hint=Hint(source=source),
    )  # fmt: skip


def rows(engine, *columns):
    with engine.begin() as connection:
        return [tuple(row) for row in connection.execute(sa.select(*(URL.c[name] for name in columns)).order_by(URL.c.url))]


def captured(engine, now, *numbers, titles=None, **more):
    """Pages that the feed named and that were captured."""
    notice(engine, "a", FEED, [page(number, **more) for number in numbers], now)
    done = [capture(page(number).url, now) for number in numbers]
    settle(engine, done, LADDER, Gleaned(titles={one.capture_id: titles for one in done} if titles else {}))


def due(engine, now):
    frontier.claim(engine, "next", "a", "due", now, 100)
    return [(one.url[-1], one.hint.source) for one in frontier.claimed(engine, "next", "a", now)]


def counts(found):
    return found.listed, found.brought


# what is new


def test_a_page_is_brought_once_and_listed_once_by_each_source(engine, now):
    first = notice(engine, "a", FEED, [page(1), page(2), page(1)], now)
    assert (first.urls, *counts(first)) == ([page(1).url, page(2).url], 2, 2)
    assert counts(notice(engine, "a", FEED, [page(1), page(2)], now)) == (0, 0)
    assert counts(notice(engine, "a", MAP, [page(1), page(2), page(3)], now)) == (3, 1)
    assert rows(engine, "status", "first_seen_at") == [("due", now)] * 3


def test_a_page_that_is_not_captured_yet_shows_no_signs(engine, now):
    notice(engine, "a", FEED, [page(1, now)], now)
    assert counts(notice(engine, "a", FEED, [page(1, now + HOUR)], now + HOUR)) == (1, 0)
    assert due(engine, now + HOUR) == [("1", "feed")]


# signs of change


def test_a_later_date_makes_a_captured_page_due_with_its_reason(engine, now):
    captured(engine, now, 1, 2, changed_at=now - HOUR)
    later = now + HOUR
    assert due(engine, later) == []
    assert counts(notice(engine, "a", FEED, [page(1, later - MINUTE), page(2, now - HOUR)], later)) == (1, 1)
    assert due(engine, later) == [("1", "changed")]


def test_another_title_makes_a_captured_page_due(engine, now):
    captured(engine, now, 1, title="Bridge reopens", titles="bridgereopens")
    assert counts(notice(engine, "a", FEED, [page(1, title="Bridge closes")], now + HOUR)) == (1, 1)
    assert due(engine, now + HOUR) == [("1", "changed")]


def test_what_one_source_told_is_no_news_from_another(engine, now):
    captured(engine, now, 1, title="Bridge reopens")
    notice(engine, "a", MAP, [page(1, now - HOUR)], now)
    again = capture(page(1).url, now + HOUR, source="changed", first=now, body="1")
    notice(engine, "a", MAP, [page(1, now + HOUR - MINUTE)], now + HOUR)
    settle(engine, [again], LADDER, Gleaned(titles={again.capture_id: "bridgecloses"}))
    assert counts(notice(engine, "a", FEED, [page(1, title="Bridge closes")], now + 2 * HOUR)) == (1, 0)
    assert due(engine, now + 2 * HOUR) == []


def test_a_sitemap_that_dates_all_pages_anew_at_each_poll_is_not_believed(engine, now):
    captured(engine, now, *range(10, 40), changed_at=now)
    later = now + HOUR
    assert counts(notice(engine, "a", FEED, [page(n, later) for n in range(10, 40)], later)) == (30, 0)
    assert due(engine, later) == []


def test_a_page_whose_announced_changes_are_none_is_left_alone(engine, now):
    captured(engine, now, 1, changed_at=now)
    asked = 0
    for hour in range(1, 9):
        at = now + hour * HOUR
        notice(engine, "a", FEED, [page(1, at)], at)
        if due(engine, at + 40 * MINUTE):
            asked += 1
            settle(engine, [capture(page(1).url, at + 40 * MINUTE, "not_modified", source="changed", first=now)], LADDER, Gleaned())
    assert asked == signals.MOST_FALSE
    assert rows(engine, "false_signals", "status") == [(signals.MOST_FALSE, "done")]


def test_a_doubted_source_is_believed_for_a_few_pages_only(engine, now):
    captured(engine, now, *range(100, 119), changed_at=now)
    liar = replace(FEED, true_signals=0.0, false_signals=9.0)
    later = now + HOUR
    for number in range(100, 119):  # one at a time: together they would be a mass
        notice(engine, "a", liar, [page(number, later)], later)
    probed = sum(frontier.lot(frontier.url_id(page(number).url)) < sightings.PROBED for number in range(100, 119))
    assert len(due(engine, later)) == probed < 5


def test_true_and_false_signs_are_counted_at_their_source(engine, now):
    polls.note(engine, "a", [replace(FEED, asked_at=now), replace(MAP, asked_at=now)], now)
    captured(engine, now, 1, 2, changed_at=now)
    at = now + HOUR
    notice(engine, "a", FEED, [page(1, at), page(2, at)], at)
    changed = capture(page(1).url, at, source="changed", first=now, body="1")
    settle(engine, [changed, capture(page(2).url, at, "not_modified", source="changed", first=now)], LADDER, Gleaned())
    states = polls.load(engine, "a")
    assert (states[FEED.source_id].true_signals, states[FEED.source_id].false_signals) == (polls.FADES, 1.0)
    assert (states[MAP.source_id].true_signals, states[MAP.source_id].false_signals) == (0.0, 0.0)
    assert polls.habits(engine, "a").announced == pytest.approx(polls.FADES)


# moved pages


def test_a_page_that_moved_is_known_by_both_addresses_and_asked_at_the_new_one(engine, now):
    captured(engine, now, 1, title="Bridge reopens")
    moved = capture(page(1).url, now + MINUTE, first=now)
    settle(engine, [moved], LADDER, Gleaned(moved={moved.capture_id: page(9).url}))
    assert rows(engine, "url", "status", "moved_to") == [(page(1).url, "done", page(9).url), (page(9).url, "done", None)]
    both = [page(1, title="Bridge closes"), page(9, title="Bridge closes")]
    assert counts(notice(engine, "a", FEED, both, now + HOUR)) == (1, 1)
    assert due(engine, now + HOUR) == [("9", "changed")]


def test_addresses_that_move_in_a_circle_end(engine, now):
    captured(engine, now, 1, 2)
    with engine.begin() as connection:
        for one, other in ((1, 2), (2, 1)):
            connection.execute(sa.update(URL).where(URL.c.url == page(one).url).values(moved_to=page(other).url))
    assert notice(engine, "a", FEED, [page(1), page(2)], now + HOUR).listed <= 2


# reading again


def reread(engine, at, outcome, *, first, body="1"):
    settle(engine, [capture(page(1).url, at, outcome, source="recheck", first=first, body=body)], LADDER, Gleaned())


def test_readings_without_a_sign_teach_how_often_they_pay(engine, now):
    captured(engine, now, 1)
    reread(engine, now + HOUR, "not_modified", first=now)
    reread(engine, now + 2 * HOUR, "fetched", first=now)
    found = polls.habits(engine, "a")
    assert (found.rereads, found.changed, found.missed) == (pytest.approx(1.98), 1.0, 0.0)


def test_a_change_that_was_not_announced_counts_until_the_source_announces_it(engine, now):
    captured(engine, now, 1, changed_at=now - DAY)
    reread(engine, now + HOUR, "fetched", first=now)
    assert polls.habits(engine, "a").missed == 1.0
    notice(engine, "a", FEED, [page(1, now + HOUR - MINUTE * 5)], now + 2 * HOUR)
    found = polls.habits(engine, "a")
    assert found.missed == pytest.approx(0, abs=0.1)
    assert found.announced == 1.0


def test_a_body_without_a_new_text_is_no_change_and_counts_as_churn(engine, now):
    captured(engine, now, 1)
    for hour in range(1, 4):
        one = capture(page(1).url, now + hour * HOUR, source="recheck", first=now, body=str(hour))
        settle(engine, [one], LADDER, Gleaned(texts={one.capture_id: "t" * 64}))
    assert rows(engine, "churn", "text_sha256") == [(2, "t" * 64)]
    assert polls.habits(engine, "a").changed == pytest.approx(polls.FADES**2)


def test_pages_that_churn_leave_the_ladder(engine, now):
    captured(engine, now, 1)
    with engine.begin() as connection:
        connection.execute(sa.update(URL).values(churn=ladder.MOST_CHURN - 1, text_sha256="t" * 64))
    one = capture(page(1).url, now + MINUTE, source="recheck", first=now, body="7")
    settle(engine, [one], LADDER, Gleaned(texts={one.capture_id: "t" * 64}))
    assert rows(engine, "churn", "next_due_at") == [(ladder.MOST_CHURN, None)]


def test_what_has_become_superfluous_is_not_read_again(engine, now, monkeypatch):
    captured(engine, now, 1, 2)
    assert rows(engine, "next_due_at") == [(now + timedelta(seconds=900),)] * 2
    trusted = Habits(announced=9, is_dated=True)
    monkeypatch.setattr(polls, "habits", lambda *_: trusted)
    monkeypatch.setattr(ladder, "PROBATION_SHARE", 1.0)
    reconsider(engine, "a", LADDER, now + HOUR)
    assert rows(engine, "next_due_at") == [(now + DAY,)] * 2
    monkeypatch.setattr(ladder, "PROBATION_SHARE", 0.0)
    reconsider(engine, "a", LADDER, now + DAY)
    assert rows(engine, "next_due_at") == [(None,)] * 2


def test_what_is_still_worth_it_stays_due(engine, now):
    captured(engine, now, 1)
    reconsider(engine, "a", LADDER, now + HOUR)
    assert rows(engine, "next_due_at") == [(now + timedelta(seconds=900),)]


# outlets with work


def test_only_outlets_with_something_to_do_are_named(engine, now):
    def busy(at, status="due", batch="b", named=("x",)):
        sources = {outlet: [polls.source_id(outlet, url) for url in named] for outlet in "abcd"}
        return polls.with_work(engine, sources if status == "due" else None, status, batch, at, list("abcd"))

    assert busy(now) == set("abcd")  # never asked
    states = [SourceState(polls.source_id(outlet, "x"), "x", "feed", next_due_at=now + HOUR) for outlet in "abcd"]
    for outlet, state in zip("abcd", states, strict=True):
        polls.note(engine, outlet, [state], now)
    assert busy(now) == set()
    assert busy(now + HOUR) == set("abcd")
    assert busy(now, named=("x", "y")) == set("abcd")
    frontier.offer(engine, "b", [page(1)], now)
    assert busy(now) == {"b"}
    frontier.claim(engine, "killed", "b", "due", now, 9)
    settle(engine, [capture(page(1).url, now)], LADDER, Gleaned())
    assert busy(now) == set()
    assert busy(now + HOUR, "done") == {"b"} == busy(now + timedelta(seconds=900), "done")
    child = SourceState(polls.source_id("c", "m"), "m", "sitemap", parent_id="i", next_due_at=now)
    polls.note(engine, "c", [child], now)
    assert busy(now) == {"c"}
    polls.note(engine, "c", [replace(child, next_due_at=None)], now)
    assert busy(now) == set()


def test_a_killed_batch_has_work_as_long_as_it_holds_pages(engine, now):
    frontier.offer(engine, "a", [page(1)], now)
    frontier.claim(engine, "killed", "a", "due", now, 9)
    frontier.postpone(engine, page(1).url, now + DAY, counts=True)
    assert polls.with_work(engine, {}, "due", "killed", now, ["a"]) == set()
    with engine.begin() as connection:
        connection.execute(sa.update(URL).values(claimed_by="killed"))
    assert polls.with_work(engine, {}, "due", "killed", now, ["a"]) == {"a"}
