from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from common import clock
from ingest.stage import ingest_group
from ingest.store.captures import read_index, read_pages

LIVE = "2026-11-23T10:15"
NOW = datetime.now(UTC)


@pytest.fixture
def paper(site, add_outlet, settings):
    """An outlet whose two pages were captured just now."""
    add_outlet("paper", site, 'feeds: ["{base}/feed"]')
    site.feed("/feed", [("/0", NOW), ("/1", NOW)])
    site.put("/0", "<p>Zero", ETag='"0"')
    site.put("/1", "<p>One")
    ingest_group(settings, LIVE, ["paper"])
    site.requests.clear()
    return site


@pytest.fixture
def later(monkeypatch):
    """Let so many seconds go by."""
    start = clock.now()

    def go(seconds):
        monkeypatch.setattr(clock, "now", lambda: start + timedelta(seconds=seconds))

    return go


def recheck(settings, name):
    ingest_group(settings, f"recheck/{name}", ["paper"])
    return {one.url[-1]: one.outcome for one in read_index(settings, f"recheck/{name}")}


def test_nothing_is_due_before_the_first_rung(paper, settings, later):
    later(890)
    assert recheck(settings, "1") == {}
    assert paper.requests == []


def test_unchanged_pages_are_not_kept_again(paper, settings, later):
    later(905)
    assert recheck(settings, "1") == {"0": "not_modified", "1": "not_modified"}  # by 304, and by the same body
    asked = {path: headers.get("If-None-Match") for path, headers in paper.requests if path in {"/0", "/1"}}
    assert asked == {"/0": '"0"', "/1": None}
    assert list(read_pages(settings, "recheck/1")) == []
    assert "/feed" not in paper.paths()


def test_a_changed_page_is_kept_again(paper, settings, later):
    paper.put("/0", "<p>Zero, corrected", ETag='"0b"')
    later(905)
    assert recheck(settings, "1") == {"0": "fetched", "1": "not_modified"}
    (page,) = read_pages(settings, "recheck/1")
    assert (page.body, page.capture.hint.source) == (b"<p>Zero, corrected", "recheck")
    first = next(one for one in read_index(settings, LIVE) if one.url == page.capture.url)
    assert page.capture.first_seen_at == first.first_seen_at
    assert page.capture.hint.published_at == first.hint.published_at
    later(3605)
    assert recheck(settings, "2") == {"0": "not_modified", "1": "not_modified"}


def test_each_rung_once(paper, settings, later):
    for name, age in enumerate((905, 1000, 3605, 3700, 10_805)):
        later(age)
        recheck(settings, str(name))
    assert Counter(paper.paths())["/1"] == 3


def test_rungs_that_were_slept_through_are_not_caught_up(paper, settings, later):
    later(20_000)
    assert len(recheck(settings, "1")) == 2
    later(20_010)
    assert recheck(settings, "2") == {}
    later(86_405)
    assert len(recheck(settings, "3")) == 2


def test_after_the_last_rung_it_is_over(paper, settings, later):
    later(2_592_005)
    assert len(recheck(settings, "1")) == 2
    later(9_999_999)
    assert recheck(settings, "2") == {}


def test_a_page_that_is_gone_is_told_once(paper, settings, later):
    paper.put("/0", "", 404)
    later(905)
    assert recheck(settings, "1") == {"0": "gone", "1": "not_modified"}
    later(3605)
    assert recheck(settings, "2") == {"1": "not_modified"}


def test_trouble_waits_and_the_page_stays_captured(paper, settings, later):
    paper.put("/0", "", 500)
    later(905)
    assert recheck(settings, "1") == {"1": "not_modified"}
    paper.put("/0", "<p>Zero", ETag='"0"')
    later(1100)
    assert recheck(settings, "2") == {"0": "not_modified"}


def test_a_refusal_does_not_end_the_ladder(paper, settings, later):
    paper.put("/0", "", 403)
    later(905)
    assert recheck(settings, "1") == {"0": "failed", "1": "not_modified"}
    paper.put("/0", "<p>Zero", ETag='"0"')
    later(3605)
    assert recheck(settings, "2") == {"0": "not_modified", "1": "not_modified"}


def test_live_batches_do_not_recheck(paper, settings, later):
    later(905)
    ingest_group(settings, "2026-11-23T10:30", ["paper"])
    assert read_index(settings, "2026-11-23T10:30") == []


def test_a_retry_of_a_recheck_changes_nothing(paper, settings, later):
    later(905)
    first = recheck(settings, "1")
    assert recheck(settings, "1") == first
    assert Counter(paper.paths())["/1"] == 1
