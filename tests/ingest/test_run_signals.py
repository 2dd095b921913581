"""Live batches in their rhythm: what a slot costs, pages that change, pages that move, pages that are taken away."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from common import clock
from ingest import run
from ingest.rhythm import polls
from ingest.stage import ingest_group
from ingest.state import SOURCE, URL, open_state
from ingest.store.captures import batch_dir, read_index, read_pages

START = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
FEED, SITEMAP = 'feeds: ["{base}/feed"]', 'sitemaps: ["{base}/map.xml"]'


@pytest.fixture
def slot(on_state, monkeypatch):
    """Run the live batch of a slot, or that of another kind; returns outcome and source of each page."""
    calm = on_state.model_copy(update={"poll_max_s": 86_400.0, "poll_base_s": 3600.0, "fetch_deadline_s": 5.0})

    def go(minutes, kind="", **more):
        now = START + timedelta(minutes=minutes)
        monkeypatch.setattr(clock, "now", lambda: now)
        go.batch = f"{kind}{now:%Y-%m-%dT%H:%M}"
        go.counts = ingest_group(calm, go.batch, ["paper"], **more)
        return {one.url.rpartition("/")[2]: (one.outcome, one.hint.source) for one in read_index(calm, go.batch)}

    go.settings = calm
    return go


def stamp(minutes):
    return f"{START + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


@pytest.fixture
def paper(site, add_outlet):
    """An outlet whose sitemap tells when its three pages changed."""
    add_outlet("paper", site, SITEMAP)
    show(site, dict.fromkeys(range(3), -60))
    for n in range(3):
        site.put(f"/{n}", f"<title>Page {n}</title>", ETag=f'"{n}"')
    return site


def show(site, pages):
    site.sitemap("/map.xml", [(f"/{n}", stamp(minutes)) for n, minutes in pages.items()])


def in_state(settings, *columns):
    engine = open_state(settings)
    with engine.begin() as connection:
        rows = [tuple(row) for row in connection.execute(sa.select(*columns).order_by(URL.c.url))]
    engine.dispose()
    return rows


def test_a_slot_in_which_nothing_is_due_costs_nothing(paper, slot):
    slot(0)
    asked = len(paper.requests)
    for minutes in (15, 30, 45):
        assert slot(minutes) == {}
        assert not batch_dir(slot.settings, slot.batch).exists()
    assert len(paper.requests) == asked
    slot(60)
    assert paper.paths()[asked:] == ["/map.xml"]


def test_a_changed_page_is_read_again_in_the_next_live_batch(paper, slot):
    slot(0)
    show(paper, {0: -60, 1: 30, 2: -60})
    paper.put("/1", "<title>Page 1, corrected</title>", ETag='"1b"')
    assert slot(60) == {"1": ("fetched", "changed")}
    assert paper.requests[-1][1]["If-None-Match"] == '"1"'
    (page,) = read_pages(slot.settings, slot.batch)
    assert b"corrected" in page.body
    assert slot(120) == slot(180) == {}


def test_a_change_that_is_none_costs_one_conditional_request(paper, slot):
    slot(0)
    show(paper, {0: -60, 1: 30, 2: -60})
    assert slot(60) == {"1": ("not_modified", "changed")}
    assert Counter(paper.paths())["/1"] == 2


def test_a_new_title_in_the_feed_is_a_change(site, add_outlet, slot):
    add_outlet("paper", site, FEED)
    for title, minutes in (("On /1", 0), ("Corrected", 60)):
        site.feed("/feed", [("/1", START)])
        site.pages["/feed"].body = site.pages["/feed"].body.replace(b"On /1", title.encode())
        site.put("/1", f"<title>{title}</title>")
        found = slot(minutes)
    assert found == {"1": ("fetched", "changed")}


def test_a_page_that_is_gone_when_it_should_have_changed_is_told(paper, slot):
    slot(0)
    show(paper, {0: -60, 1: 30, 2: -60})
    paper.put("/1", "", 410)
    assert slot(60) == {"1": ("gone", "changed")}
    assert in_state(slot.settings, URL.c.status) == [("done",), ("dead",), ("done",)]


def test_a_refusal_of_a_changed_page_leaves_what_we_have(paper, slot):
    slot(0)
    show(paper, {0: -60, 1: 30, 2: -60})
    paper.put("/1", "", 403)
    assert slot(60) == {"1": ("failed", "changed")}
    assert in_state(slot.settings, URL.c.status) == [("done",)] * 3


def test_trouble_with_a_changed_page_waits_and_still_compares(paper, slot):
    slot(0)
    show(paper, {0: -60, 1: 30, 2: -60})
    paper.put("/1", "", 500)
    assert slot(60) == {}
    paper.put("/1", "<title>Page 1, corrected</title>")
    assert slot(75) == {"1": ("fetched", "changed")}


def test_a_page_that_moved_for_good_is_fetched_once(site, add_outlet, slot):
    add_outlet("paper", site, FEED, SITEMAP)
    site.feed("/feed", [("/old/1", START)])
    site.sitemap("/map.xml", [("/new/1", stamp(-60))])
    site.put("/old/1", "", 301, Location="/new/1")
    site.put("/new/1", "<title>Moved</title>", ETag='"1"')
    slot(0)
    moved = [one for one in read_index(slot.settings, slot.batch) if one.url.endswith("/old/1")]
    assert [one.final_url for one in moved] == [f"{site.base}/new/1"] * len(moved)
    site.feed("/feed", [("/old/1", START), ("/other", START)])
    site.put("/other", "<p>Other")
    asked = len(site.requests)
    slot(60)
    slot(120)
    assert [path for path in site.paths()[asked:] if path.endswith("/1")] == []
    site.sitemap("/map.xml", [("/new/1", stamp(150))])
    site.put("/new/1", "<title>Moved, corrected</title>", ETag='"2"')
    asked = len(site.requests)
    for minutes in range(180, 1500, 60):
        slot(minutes)
    assert [path for path in site.paths()[asked:] if path.endswith("/1")] == ["/new/1"]


def test_a_trusted_outlet_is_hardly_read_again(paper, slot, monkeypatch):
    slot(0)
    engine = open_state(slot.settings)
    with engine.begin() as connection:
        for _ in range(9):
            polls.learn(connection, "paper", announced=1)
    engine.dispose()
    monkeypatch.setattr("ingest.rhythm.ladder.AUDIT_SHARE", 0.0)
    asked = len(paper.requests)
    for minutes in (15, 60, 180, 1440, 4320):
        assert slot(minutes, "recheck/") == {}
    assert len(paper.requests) == asked


def test_hosts_of_one_outlet_are_visited_side_by_side(site, other_site, settings, add_outlet):
    """Each host answers only when the other has been asked as well."""
    add_outlet("paper", site, FEED)
    site.feed("/feed", [("/1", clock.now())])
    item = f"<item><link>{other_site.base}/2</link><title>2</title></item></channel>"
    site.pages["/feed"].body = site.pages["/feed"].body.replace(b"</channel>", item.encode())
    both = threading.Barrier(2, timeout=60)

    def together(reply):
        return lambda _handler: both.wait() >= 0 and reply

    for one, path in ((site, "/1"), (other_site, "/2")):
        one.put(path, f"<p>{path}")
        one.pages[path] = together(one.pages[path])
    patient = settings.model_copy(update={"fetch_deadline_s": 60.0})
    assert ingest_group(patient, "2026-11-23T10:15", ["paper"])["fetched"] == 2


def test_a_killed_walk_is_done_again(paper, slot, monkeypatch):
    with monkeypatch.context() as killed:
        killed.setattr(run.frontier, "claim", lambda *_: (_ for _ in ()).throw(RuntimeError("killed")))
        with pytest.raises(RuntimeError):
            slot(0)
    assert slot(15) == {str(n): ("fetched", "sitemap") for n in range(3)}
    engine = open_state(slot.settings)
    with engine.begin() as connection:
        assert connection.execute(sa.select(SOURCE.c.polls)).scalars().all() == [1]
    engine.dispose()


def test_a_batch_of_yesterday_takes_nothing_from_live_ingest(site, add_outlet, settings):
    add_outlet("paper", site, 'feeds: ["{base}/feed"]', 'sitemaps: ["{base}/map.xml"]')
    now = clock.now()
    site.feed("/feed", [(f"/{n}", now - timedelta(hours=10 * n)) for n in range(6)], ETag='"1"')
    site.put("/map.xml", f"<urlset><url><loc>{site.base}/6</loc><lastmod>{now:%Y-%m-%d}</lastmod></url></urlset>", Content_Type="text/xml")
    for n in range(7):
        site.put(f"/{n}", f"<p>Page {n}")
    yesterday = f"archive/{now - timedelta(days=1):%Y-%m-%d}"
    ingest_group(settings, yesterday, ["paper"])
    ingest_group(settings, "2026-11-23T10:15", ["paper"])
    taken = [one.url for key in (yesterday, "2026-11-23T10:15") for one in read_index(settings, key)]
    assert sorted(taken) == [f"{site.base}/{n}" for n in range(7)]


def test_a_past_day_that_is_asked_for_takes_nothing_from_live_ingest(site, add_outlet, settings):
    add_outlet("paper", site, 'feeds: ["{base}/feed"]')
    now = clock.now()
    site.feed("/feed", [("/old", now - timedelta(days=4)), ("/new", now)], ETag='"1"')
    site.put("/old", "<p>Old")
    site.put("/new", "<p>New")
    day = f"archive/{now - timedelta(days=4):%Y-%m-%d}"
    ingest_group(settings, day, ["paper"], everything=True)
    ingest_group(settings, "2026-11-23T10:15", ["paper"])
    assert [one.url[-3:] for key in (day, "2026-11-23T10:15") for one in read_index(settings, key)] == ["old", "new"]
