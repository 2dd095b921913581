from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.discover.records import Discovered
from ingest.records import Hint
from ingest.rhythm import signals
from ingest.rhythm.signals import Known, View, dump, gap, is_doubted, is_mass, load, page_titles, plain, sight, view_of

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
CAPTURED = NOW - HOUR


def shown(title="Harbour bridge reopens", changed_at=None):
    return Discovered("https://a.example/1", Hint(source="feed", title=title), None, changed_at)


def known(before=None, **more):
    """A page that was captured an hour ago; `before`: what the source showed last."""
    views = {"feed": view_of(before)} if before else {}
    more = {"status": "done", "first_seen_at": CAPTURED - HOUR, "captured_at": CAPTURED, "titles": "harbourbridgereopens", **more}
    return Known(views=views, **more)


def judge(page, state, **more):
    found = sight(state, "feed", page, NOW, **{"trusts_dates": True, **more})
    return found.sign


# dates of change


def test_a_later_change_is_a_sign_and_the_same_one_is_not():
    old, new = shown(changed_at=CAPTURED - 9 * HOUR), shown(changed_at=NOW - MINUTE)
    assert judge(new, known(old)) == "lastmod"
    assert judge(new, known(new)) is None
    assert judge(old, known(new)) is None


def test_a_change_before_our_capture_is_in_it():
    assert judge(shown(changed_at=CAPTURED - 5 * MINUTE), known(shown(changed_at=CAPTURED - HOUR))) is None
    assert judge(shown(changed_at=CAPTURED - MINUTE / 2), known(shown(changed_at=CAPTURED - HOUR))) == "lastmod"  # caches, clocks


def test_the_first_sight_only_tells_what_it_dates_after_the_capture():
    assert judge(shown(changed_at=CAPTURED), known()) is None
    assert judge(shown(changed_at=CAPTURED + MINUTE), known()) == "lastmod"
    assert judge(shown(changed_at=NOW + HOUR), known()) is None  # a wrong clock
    assert judge(shown("Another title"), known()) is None
    assert judge(shown(changed_at=CAPTURED + MINUTE), known(shown())) == "lastmod"


def test_a_wrong_clock_still_tells_that_something_moved():
    assert judge(shown(changed_at=NOW + 2 * HOUR), known(shown(changed_at=NOW + HOUR))) == "lastmod"


def test_dates_that_are_not_believed_leave_the_title_to_speak():
    old, new = shown(changed_at=CAPTURED - HOUR), shown("Harbour bridge closes", NOW - MINUTE)
    assert judge(new, known(old), trusts_dates=False) == "title"
    assert judge(replace(shown(), changed_at=NOW), known(old), trusts_dates=False) is None


# titles


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Harbour bridge closes", "title"),
        ("HARBOUR  Bridge&nbsp;reopens…", None),  # the same words
        ("Update 1: Harbour bridge reopens", "title"),
        (None, None),
        ("—", None),
    ],
)
def test_another_title_is_a_sign(title, expected):
    assert judge(shown(title), known(shown("An older title"))) == expected


def test_a_title_that_the_captured_page_has_is_none():
    assert judge(shown("Bridge closes"), known(shown(), titles="bridgeclosesharbourherald")) is None
    assert judge(shown("Bridge closes"), known(shown(), titles=None)) == "title"


# who is read again, and when


@pytest.mark.parametrize("more", [{"status": "due"}, {"status": "dead"}, {"captured_at": None}, {"false_signals": signals.MOST_FALSE}])
def test_only_captured_pages_with_an_honest_past_are_read_again(more):
    assert judge(shown(changed_at=NOW), known(shown(changed_at=CAPTURED - HOUR), **more)) is None


def test_an_old_page_that_announces_changes_at_every_poll_is_read_ever_more_rarely():
    for age, least in ((HOUR, timedelta(0)), (32 * HOUR, 2 * HOUR), (timedelta(days=99), timedelta(days=1))):
        state = known(shown(changed_at=CAPTURED - HOUR), first_seen_at=NOW - age)
        assert sight(state, "feed", shown(changed_at=NOW), NOW, trusts_dates=True).due_at == max(NOW, CAPTURED + least)
    assert gap(-HOUR) == timedelta(0)


def test_views_of_many_sources_are_kept_and_the_oldest_forgotten():
    state = known()
    for number in range(signals.MOST_VIEWS + 3):
        state = replace(state, views=sight(state, f"s{number}", shown(), NOW, trusts_dates=True).views)
    assert list(state.views) == [f"s{number}" for number in range(3, signals.MOST_VIEWS + 3)]


def test_views_survive_being_stored():
    views = {"a": View("0123", NOW), "b": View(None, None)}
    assert load(dump(views)) == views
    assert load(None) == {}


# liars


@pytest.mark.parametrize(("true", "false", "expected"), [(0, 4, False), (0, 5, True), (2, 8, False), (1, 8, True), (50, 50, False)])
def test_a_source_whose_changes_are_none_is_doubted(true, false, expected):
    assert is_doubted(true, false) is expected


@pytest.mark.parametrize(
    ("moved", "again", "expected"), [(19, 19, False), (20, 20, True), (11, 20, True), (10, 20, False), (30, 100, False)]
)
def test_pages_that_all_move_at_once_have_not_changed(moved, again, expected):
    assert is_mass(moved, again) is expected


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-90, 90)), max_size=20), st.booleans())
def test_a_sign_needs_something_new_and_the_same_view_twice_gives_none(history, trusts):
    state = known()
    for title, minutes in history:
        page = shown(f"Title {title}", CAPTURED + minutes * MINUTE)
        first = sight(state, "feed", page, NOW, trusts_dates=trusts)
        state = replace(state, views=first.views)
        again = sight(state, "feed", page, NOW, trusts_dates=trusts)
        assert (again.is_new, again.sign, again.views) == (False, None, first.views)
        assert first.sign is None or (first.is_new and first.due_at >= NOW)


# titles of pages

PAGE = """<html><head><title>Bridge reopens - Herald</title><meta property="og:title" content="Bridge &quot;reopens&quot;">
<meta name='twitter:title' content='Bridge re-opens'><script type="application/ld+json">{"headline": "Br\\u00fccke \\"offen\\""}</script>
</head><body><h1 class="big">Bridge <em>is</em>
open</h1></body></html>"""


def test_titles_that_a_page_gives_itself():
    assert page_titles(PAGE.encode()).splitlines() == ["bridgereopensherald", "bridgereopens", "bridgeisopen", "brückeoffen"]
    assert page_titles("<h1>Straße</h1>".encode("windows-1252")) == plain("Straße")
    assert page_titles(b'<META content="Old school" property="og:title">') == "oldschool"
    assert page_titles(b"<TITLE>Older</TITLE><H1>Old</H1>") == "older\nold"
    assert page_titles(b"<p>nothing") is None


@given(st.binary(max_size=300))
def test_any_bytes_are_searched(body):
    found = page_titles(b"<h1>" + body + b"</h1><title>" + body)
    assert found is None or all(found.splitlines())


def test_a_long_page_is_searched_in_linear_time():
    assert page_titles(b'<h1 og:title="' * 200_000) is None
