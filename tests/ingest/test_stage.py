from __future__ import annotations

import fcntl
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from common import clock
from common.errors import Misconfigured, RetryLater
from ingest import run, stage
from ingest.manners import politeness
from ingest.outlets import load_outlets
from ingest.run import day_of, kind_of
from ingest.stage import ingest_group, offer_urls, outlet_groups, seal_batch
from ingest.state import URL, open_state
from ingest.store import captures
from ingest.store.captures import read_index, read_pages

LIVE = "2026-11-23T10:15"
FEED = 'feeds: ["{base}/feed"]'
SITEMAP = 'sitemaps: ["{base}/map.xml"]'
NOW = datetime.now(UTC)


@pytest.fixture
def paper(site, add_outlet):
    """An outlet with three pages in its feed."""
    add_outlet("paper", site, FEED)
    publish(site, 3)
    return site


def publish(site, count):
    site.feed("/feed", [(f"/{n}", NOW - timedelta(minutes=n)) for n in range(count)])
    for n in range(count):
        site.put(f"/{n}", f"<p>Page {n}", ETag=f'"{n}"')


def in_state(settings, *columns):
    engine = open_state(settings)
    with engine.begin() as connection:
        rows = [tuple(row) for row in connection.execute(sa.select(*(URL.c[name] for name in columns)).order_by(URL.c.url))]
    engine.dispose()
    return rows


def outcomes(settings, batch):
    return dict(Counter(one.outcome for one in read_index(settings, batch)))


def test_a_live_batch_from_feed_to_pages(paper, on_state):
    counts = ingest_group(on_state, LIVE, ["paper"])
    assert (counts["discovered"], counts["fetched"], counts["sources_failed"]) == (3, 3, 0)
    manifest = seal_batch(on_state, LIVE)
    assert (manifest.batch_key, manifest.captures) == (LIVE, 3)
    pages = {page.capture.url.removeprefix(paper.base): page for page in read_pages(on_state, LIVE)}
    assert {path: page.body for path, page in pages.items()} == {f"/{n}": f"<p>Page {n}".encode() for n in range(3)}
    one = pages["/1"].capture
    assert (one.outlet_id, one.batch_key, one.status, one.content_type, one.hint.source) == ("paper", LIVE, 200, "text/html", "feed")
    assert one.hint.published_at == (NOW - timedelta(minutes=1)).replace(microsecond=0)
    assert one.first_seen_at <= one.captured_at


def test_a_second_batch_brings_only_what_is_new(paper, on_state):
    ingest_group(on_state, LIVE, ["paper"])
    publish(paper, 5)
    ingest_group(on_state, "2026-11-23T10:30", ["paper"])
    assert len(read_index(on_state, "2026-11-23T10:30")) == 2
    assert Counter(paper.paths())["/0"] == 1


def test_the_same_batch_again_changes_nothing(paper, settings):
    first = ingest_group(settings, LIVE, ["paper"])
    index = read_index(settings, LIVE)
    again = ingest_group(settings, LIVE, ["paper"])
    assert again["fetched"] == first["fetched"]
    assert read_index(settings, LIVE) == index


def test_a_sealed_batch_is_immutable(paper, settings):
    ingest_group(settings, LIVE, ["paper"])
    seal_batch(settings, LIVE)
    publish(paper, 9)
    asked = len(paper.requests)
    assert ingest_group(settings, LIVE, ["paper"]) == {"fetched": 3}
    assert len(paper.requests) == asked


def test_every_outcome_stands_in_the_index(paper, settings):
    paper.put("/0", "", 410)
    paper.put("/1", b"%PDF-1.7")
    ingest_group(settings, LIVE, ["paper"])
    found = {one.url[-1]: one for one in read_index(settings, LIVE)}
    assert {name: one.outcome for name, one in found.items()} == {"0": "gone", "1": "failed", "2": "fetched"}
    assert (found["0"].status, found["0"].warc_file) == (410, found["2"].warc_file)
    assert (found["1"].reason, found["1"].status) == ("fetch_refused", None)
    assert "binary" in found["1"].detail
    ingest_group(settings, "2026-11-23T10:30", ["paper"])
    assert read_index(settings, "2026-11-23T10:30") == []


def test_an_empty_page_is_asked_for_again(paper, settings):
    paper.put("/0", b"")
    counts = ingest_group(settings, LIVE, ["paper"])
    assert (counts["fetched"], counts["postponed"]) == (2, 1)


def test_trouble_that_may_pass_waits_for_a_later_batch(paper, settings, monkeypatch):
    paper.put("/1", "busy", 500)
    counts = ingest_group(settings, LIVE, ["paper"])
    assert (counts["fetched"], counts["postponed"]) == (2, 1)
    assert outcomes(settings, LIVE) == {"fetched": 2}
    paper.put("/1", "<p>Back")
    ingest_group(settings, "2026-11-23T10:30", ["paper"])
    assert read_index(settings, "2026-11-23T10:30") == []  # not due yet
    later = clock.now() + timedelta(minutes=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    ingest_group(settings, "2026-11-23T10:45", ["paper"])
    assert [page.body for page in read_pages(settings, "2026-11-23T10:45")] == [b"<p>Back"]


def test_a_page_that_never_answers_is_given_up(paper, settings):
    paper.put("/1", "busy", 500)
    tries = 0
    for number in range(politeness.MAX_ATTEMPTS + 2):
        change_all_due(settings)
        batch = f"2026-11-23T{number:02d}:00"
        ingest_group(settings, batch, ["paper"])
        tries += 1
        if outcomes(settings, batch).get("failed"):
            break
    (failed,) = [one for one in read_index(settings, batch) if one.outcome == "failed"]
    assert tries == politeness.MAX_ATTEMPTS == Counter(paper.paths())["/1"]
    assert (failed.reason, failed.url[-1]) == ("fetch_delayed", "1")
    assert f"given up after {politeness.MAX_ATTEMPTS} tries" in failed.detail


def change_all_due(settings):
    engine = open_state(settings)
    with engine.begin() as connection:
        connection.execute(sa.update(URL).where(URL.c.status == "due").values(next_due_at=clock.now()))
        connection.execute(sa.text("UPDATE consilience_host SET blocked_until = NULL, failures = 0"))
    engine.dispose()


def test_an_outage_of_the_host_uses_up_no_tries(paper, settings):
    for n in range(3):
        paper.put(f"/{n}", "", 429, Retry_After="3600")
    ingest_group(settings, LIVE, ["paper"])
    assert sorted(attempts for (attempts,) in in_state(settings, "attempts")) == [0, 0, 1]
    assert all(due > clock.now() + timedelta(minutes=50) for (due,) in in_state(settings, "next_due_at"))


def test_outlets_of_a_group_are_read_side_by_side_and_apart(paper, other_site, settings, add_outlet):
    add_outlet("other", other_site, FEED)
    publish(other_site, 2)
    counts = ingest_group(settings, LIVE, ["paper", "other"])
    assert counts["fetched"] == 5
    assert Counter(one.outlet_id for one in read_index(settings, LIVE)) == {"paper": 3, "other": 2}


def test_a_broken_source_stops_neither_outlet_nor_group(paper, other_site, settings, add_outlet):
    add_outlet("other", other_site, 'feeds: ["{base}/feed", "{base}/missing"]', SITEMAP)
    publish(other_site, 2)
    other_site.put("/map.xml", "<html>oops</html>")
    counts = ingest_group(settings, LIVE, ["paper", "other"])
    assert (counts["fetched"], counts["sources_failed"]) == (5, 2)


def test_a_batch_takes_only_so_many_and_leaves_the_rest(paper, settings):
    small = settings.model_copy(update={"urls_per_run": 2})
    for batch, expected in ((LIVE, 2), ("2026-11-23T10:30", 1), ("2026-11-23T10:45", 0)):
        ingest_group(small, batch, ["paper"])
        assert len(read_index(small, batch)) == expected


def test_a_batch_out_of_time_leaves_the_rest(paper, settings, monkeypatch):
    monkeypatch.setattr(run, "RUN_S", -1.0)
    assert ingest_group(settings, LIVE, ["paper"]).get("fetched", 0) == 0
    monkeypatch.undo()
    assert ingest_group(settings, "2026-11-23T10:30", ["paper"])["fetched"] == 3


def test_an_archive_day_brings_what_is_not_captured_yet(site, settings, add_outlet):
    add_outlet("paper", site, FEED, SITEMAP)
    site.sitemap("/map.xml", [("/2018/09/20/a", None), ("/2018/09/20/b", None), ("/2018/09/21/c", None)])
    site.feed("/feed", [("/2018/09/20/a", NOW)])
    for path in ("/2018/09/20/a", "/2018/09/20/b", "/2018/09/21/c"):
        site.put(path, path)
    ingest_group(settings, LIVE, ["paper"])
    assert [one.url[-1] for one in read_index(settings, LIVE)] == ["a"]
    ingest_group(settings, "archive/2018-09-20", ["paper"])
    assert [one.url[-1] for one in read_index(settings, "archive/2018-09-20")] == ["b"]
    ingest_group(settings, "archive/2018-09-20/again", ["paper"])
    assert read_index(settings, "archive/2018-09-20/again") == []


def test_archive_days_leave_each_other_and_live_pages_alone(site, settings, add_outlet):
    add_outlet("paper", site, SITEMAP)
    site.sitemap("/map.xml", [(f"/2018/09/{day}/x", None) for day in (19, 20, 21)])
    for day in (19, 20, 21):
        site.put(f"/2018/09/{day}/x", "x")
    offer_urls(settings, "paper", [f"{site.base}/pushed"])
    for day in (21, 19, 20, 20):
        ingest_group(settings, f"archive/2018-09-{day}", ["paper"])
    named = [one.url.removeprefix(site.base) for day in (19, 20, 21) for one in read_index(settings, f"archive/2018-09-{day}")]
    assert named == ["/2018/09/19/x", "/2018/09/20/x", "/2018/09/21/x"]


def test_pushed_pages(paper, settings):
    paper.put("/pushed", "<p>Now")
    addresses = [f"{paper.base}/pushed?utm_source=x", "not a url", f"{paper.base}/pushed"]
    assert offer_urls(settings, "paper", addresses) == [f"{paper.base}/pushed"]
    ingest_group(settings, "push/1", ["paper"])
    (one,) = read_index(settings, "push/1")
    assert (one.url, one.hint.source) == (f"{paper.base}/pushed", "push")
    assert "/feed" not in paper.paths()


def test_redirects_are_told_in_the_index(paper, settings):
    paper.put("/0", "", 301, Location="/moved")
    paper.put("/moved", "<p>Here")
    ingest_group(settings, LIVE, ["paper"])
    one = next(one for one in read_index(settings, LIVE) if one.url.endswith("/0"))
    assert (one.outcome, one.final_url) == ("fetched", f"{paper.base}/moved")


def test_progress_is_told(paper, settings):
    told = []
    ingest_group(settings, LIVE, ["paper"], lambda *event: told.append(event))
    assert told == [("paper", "todo", 3)] + [("paper", "done", 1)] * 3


def test_two_processes_never_work_on_the_same_outlet_of_a_batch(paper, settings):
    folder = captures.batch_dir(settings, LIVE)
    folder.mkdir(parents=True)
    with (folder / ".paper.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(RetryLater, match="another process"):
            ingest_group(settings, LIVE, ["paper"])
    assert ingest_group(settings, LIVE, ["paper"])["fetched"] == 3


def test_a_bug_in_one_outlet_does_not_stop_the_others(paper, other_site, settings, add_outlet, monkeypatch):
    add_outlet("other", other_site, FEED)
    publish(other_site, 2)
    fetch_all = run.OutletRun._fetch_all

    async def fails(self):
        if self.outlet.id == "other":
            raise ZeroDivisionError
        await fetch_all(self)

    monkeypatch.setattr(run.OutletRun, "_fetch_all", fails)
    with pytest.raises(ZeroDivisionError):
        ingest_group(settings, LIVE, ["other", "paper"])
    assert len(read_index(settings, LIVE, "paper")) == 3
    monkeypatch.undo()
    assert ingest_group(settings, LIVE, ["other", "paper"])["fetched"] == 5


def test_groups(site, settings, add_outlet):
    for name in "abcde":
        add_outlet(name, site, FEED)
    add_outlet("quiet", site, FEED, "enabled: false")
    small = settings.model_copy(update={"outlets_per_group": 2})
    assert outlet_groups(small) == [["a", "b"], ["c", "d"], ["e"]]
    assert outlet_groups(small, ["quiet", "b", "a"]) == [["quiet", "b"], ["a"]]
    with pytest.raises(Misconfigured):
        outlet_groups(small, ["nobody"])


def test_no_outlets_no_groups(settings):
    assert outlet_groups(settings) == []


@pytest.mark.parametrize(
    ("key", "kind"), [(LIVE, "live"), ("archive/2018-09-20", "archive"), ("recheck/2026-11-23T10:15", "recheck"), ("push/1", "push")]
)
def test_the_kind_follows_from_the_key(key, kind):
    assert kind_of(key) == kind


@pytest.mark.parametrize("key", ["files/1", "reprocess/1", "other/1", "/"])
def test_keys_of_other_stages_are_refused(settings, key):
    with pytest.raises(Misconfigured, match="batch key"):
        ingest_group(settings, key, [])


def test_the_day_of_an_archive_batch(paper, settings):
    assert day_of("archive/2018-09-20/again").isoformat() == "2018-09-20"
    with pytest.raises(Misconfigured, match="such as 2018-09-20"):
        ingest_group(settings, "archive/someday", ["paper"])


def test_ask_sources_keeps_nothing(paper, settings):
    found = stage.ask_sources(settings, load_outlets(settings.outlets_dir)[0])
    assert found.named == {f"{paper.base}/feed": 3}
    assert in_state(settings, "url") == []
