"""Time and place in the demo newsroom: what is printed when, and at which address."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Misconfigured
from demo import truth
from demo.model import Item, StoryFile
from demo.newsroom import clock, edition
from demo.newsroom.houses import BY_ID, HOUSES
from demo.newsroom.site import FEED_ENTRIES

OPENED = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
STORIES = edition.load_stories()
INSTANTS = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2035, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001


def item(**fields: Any) -> Item:
    given_: dict[str, Any] = {"id": "a-1", "outlet": "harbour-herald", "day": -1, "slug": "moon", "section": "World", "headline": "Moon"}
    return Item.model_validate(given_ | {"paragraphs": ["One.", "Two."]} | fields)


def place(**fields: Any) -> edition.Article:
    return edition.article(item(**fields), "story", OPENED)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"day": -5, "time": "23:50"}, "2026-11-18T23:50:00+00:00"),
        ({"day": None, "date": "2018-09-20"}, "2018-09-20T08:00:00+00:00"),
        ({"day": None, "minutes": -30}, "2026-11-23T09:30:00+00:00"),
        ({"day": None, "minutes": 45}, "2026-11-23T10:45:00+00:00"),
    ],
)
def test_publication_follows_the_rule_of_the_item(fields: dict[str, Any], expected: str) -> None:
    assert place(**fields).published.isoformat() == expected


def test_the_address_carries_the_day_in_the_outlets_zone() -> None:
    late = {"day": None, "date": "2018-09-20", "time": "23:30"}
    assert place(**late).path == "/2018/09/21/moon/"  # London was at UTC+1
    assert place(**late, outlet="evening-standpoint").path.startswith("/story/2018/09/20/moon/")


def test_a_live_blog_has_its_own_address() -> None:
    assert place(outlet="pulse-live", live=[("09:10", "Doors open.")]).path == "/live/2026/11/22/moon"
    assert place(outlet="pulse-live").path == "/2026/11/22/moon"


def test_revisions_take_force_one_after_the_other() -> None:
    later = [
        {"after_minutes": 90, "headline": "Moon, again", "note": "Correction: new headline."},
        {"after_minutes": 30, "paragraphs": ["One.", "Three."]},
    ]
    shown = place(day=None, minutes=0, revisions=later)
    texts = [shown.at(OPENED + dt.timedelta(minutes=m)) for m in (0, 29, 30, 89, 90)]
    assert [t.headline for t in texts] == ["Moon"] * 4 + ["Moon, again"]
    assert [t.body for t in texts] == ["One.\n\nTwo."] * 2 + ["One.\n\nThree."] * 3
    assert [len(t.notes) for t in texts] == [0, 0, 0, 0, 1]


def test_nothing_is_visible_before_its_time() -> None:
    articles = [place(day=None, minutes=m, id=f"a-{m}", slug=f"s-{m}") for m in (0, 1, 60)]
    seen = [[a.item.id for a in edition.visible(articles, OPENED + dt.timedelta(minutes=m))] for m in (0, 59, 60)]
    assert seen == [["a-0"], ["a-1", "a-0"], ["a-60", "a-1", "a-0"]]


@pytest.mark.parametrize(
    ("items", "fault"),
    [
        ([item(), item(slug="sun")], "a-1: id given 2 times"),
        ([item(outlet="nowhere")], "no outlet 'nowhere'"),
        ([item(copy_of="b-9", copy_kind="cut")], "copy of unknown 'b-9'"),
        ([item(), item(id="b-1")], "two articles at one address"),
    ],
)
def test_clashes_are_named(items: list[Item], fault: str) -> None:
    with pytest.raises(Misconfigured, match=fault):
        edition.edition([StoryFile(id="s", title="S", articles=items)], OPENED)


@pytest.mark.parametrize("text", ["id: [", "id: a\ntitle: b\narticles: []\n", "id: a\nheadlines: c\n"])
def test_a_bad_story_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.yaml").write_text(text)
    with pytest.raises(Misconfigured, match=r"bad\.yaml"):
        edition.load_stories(tmp_path)


@given(INSTANTS)
def test_the_demos_own_stories_never_clash_and_never_are_in_the_future(real_now: dt.datetime) -> None:
    opened = clock.opening(real_now)
    articles = edition.edition(STORIES, opened.opened)
    last = max(text.at for a in articles for text in a.texts)
    assert last <= real_now
    assert {a.house.id for a in articles} == {house.id for house in HOUSES}


def test_every_article_can_be_discovered() -> None:
    for house in HOUSES:
        articles = edition.edition(STORIES, OPENED)
        for now in (OPENED, OPENED + clock.BEHIND):
            shown = [a for a in edition.visible(articles, now) if a.house.id == house.id]
            in_feed = [a for a in shown if "feed" in a.item.sources][:FEED_ENTRIES] if house.feed else []
            lost = [a.item.id for a in shown if a not in in_feed and "sitemap" not in a.item.sources]
            assert not lost, f"{house.id} at {now}"


def test_numbers_of_houses_are_one_to_ten() -> None:
    assert [house.number for house in HOUSES] == list(range(1, 11))
    assert len(BY_ID) == 10


# --- the clock ---


def test_the_clock_opens_two_hours_back_at_a_whole_minute() -> None:
    assert clock.opening(dt.datetime(2026, 11, 23, 12, 5, 59, 999, tzinfo=dt.UTC)).now == OPENED + dt.timedelta(minutes=5)


def test_the_clock_stops_at_the_present() -> None:
    real_now = OPENED + dt.timedelta(hours=2)
    moved = clock.Clock(OPENED).advance(100, real_now)
    assert moved.now == OPENED + dt.timedelta(minutes=100)
    with pytest.raises(Misconfigured, match="at most 20 minutes are left"):
        moved.advance(21, real_now)
    assert moved.advance(20, real_now).now == real_now


@pytest.mark.parametrize("minutes", [0, -1])
def test_the_clock_never_goes_back(minutes: int) -> None:
    with pytest.raises(Misconfigured, match="positive"):
        clock.Clock(OPENED).advance(minutes, OPENED + clock.BEHIND)


def test_a_kept_clock_goes_on_until_it_is_stale(tmp_path: Path) -> None:
    kept = clock.Clock(OPENED, 75)
    clock.write(tmp_path / "deep" / "newsroom.json", kept)
    assert clock.read(tmp_path / "deep" / "newsroom.json") == kept
    assert clock.resume(kept, OPENED + dt.timedelta(days=4)) == kept
    assert clock.resume(kept, OPENED + dt.timedelta(days=6)).opened > OPENED
    assert clock.resume(None, OPENED).advanced == 0


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"opened": "soon", "advanced": 0}', '{"advanced": 3}'])
def test_a_damaged_clock_file_means_a_new_opening(tmp_path: Path, damage: str) -> None:
    (tmp_path / "state.json").write_text(damage)
    assert clock.read(tmp_path / "state.json") is None


# --- the truth ---


def test_the_truth_file_is_up_to_date() -> None:
    assert json.loads(truth.FILE.read_text("utf-8")) == truth.timeless_truth(STORIES), "run `python -m demo.truth`"


def test_the_truth_file_leaves_nothing_out() -> None:
    told = json.loads(truth.FILE.read_text("utf-8"))
    assert len(told["articles"]) == len({a["id"] for a in told["articles"]}) == sum(len(s.articles) for s in STORIES)
    assert len(told["attributions"]) == sum(len(s.sayings) for s in STORIES)
    assert len(told["differences"]) == sum(len(s.differences) for s in STORIES)
    assert len(told["missing"]) == sum(len(s.missing) for s in STORIES)
    assert len(told["copies"]) == sum(i.copy_of is not None for s in STORIES for i in s.articles)


def test_a_version_has_the_sign_that_tells_it_from_the_one_before() -> None:
    later = [{"after_minutes": 30, "paragraphs": ["One.", "Three."]}, {"after_minutes": 60, "headline": "Moon, again"}]
    told = truth.versions(place(revisions=later))
    assert [v["sign"] for v in told] == [None, "Three.", "Moon, again"]
    assert [v["after_minutes"] for v in told] == [0, 30, 60]
    assert told[1]["body"] == "One.\n\nThree."


def test_what_stands_behind_the_paywall_is_no_truth_for_readers() -> None:
    cut = place(paywalled_after=1, revisions=[{"after_minutes": 30, "paragraphs": ["One.", "Three."]}])
    told = truth.versions(cut)
    assert [v["body"] for v in told] == ["One.", "One."]
    assert told[1]["sign"] is None
    assert truth.facts(cut)["is_cut"] is True


def test_only_texts_that_could_be_read_are_told_of_a_running_newsroom() -> None:
    later = [{"after_minutes": 30, "headline": "Early change"}, {"after_minutes": 90, "headline": "Late change"}]
    shown = place(day=None, minutes=-60, revisions=later)
    told = [truth.running(shown, "http://x", clock.Clock(OPENED, minutes))["versions"] for minutes in (0, 29, 30)]
    assert [[v["headline"] for v in versions] for versions in told] == [["Early change"]] * 2 + [["Early change", "Late change"]]
