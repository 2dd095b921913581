"""A backfill through a web archive on this computer that answers as the CDX server's documentation says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from ingest.discover import wayback
from ingest.manners import hosts
from ingest.stage import ingest_group, seal_batch
from ingest.state import URL, open_state
from ingest.store.captures import read_index, read_pages
from tests.ingest.conftest import Reply

DAY = "archive/2018-09-20"


class Archive:
    """Captures of pages, served in answers of a few rows."""

    def __init__(self, site, rows=2):
        self.site, self.rows, self.captures, self.searches = site, rows, [], []

    def add(self, timestamp, original, body):
        self.captures.append((timestamp, original))
        self.site.put(f"/web/{timestamp}id_/{original}", body, X_Archive_Orig_Server="nginx")

    def answer(self, handler):
        parts = urlsplit(handler.path)
        if parts.path != "/cdx/search/cdx":
            return Reply(b"", 404)
        asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        self.searches.append(asked)
        key = int(asked.get("resumeKey", "0").partition("!")[0])
        mine = sorted(one for one in self.captures if asked["from"] <= one[0][:8] <= asked["to"])
        found = [list(one) for one in mine[key : key + self.rows]]
        more = [[], [f"{key + self.rows}%21"]] if len(mine) > key + self.rows else []
        return Reply(
            json.dumps([["timestamp", "original"], *found, *more] if found else []).encode(), headers={"Content-Type": "application/json"}
        )


@pytest.fixture
def archive(other_site, monkeypatch):
    monkeypatch.setattr(wayback, "DELAY_S", 0.0)
    one = Archive(other_site)
    other_site.pages = Pages(other_site.pages, one.answer)
    return one


class Pages(dict):
    """Paths the site knows; all others go to the archive."""

    def __init__(self, known, other):
        super().__init__(known)
        self.other = other

    def get(self, path, default=None):
        return super().get(path) or (self.other if path.startswith("/cdx/") else default)


@pytest.fixture
def backfill(settings, site, archive, add_outlet):
    """Run the day's backfill; the outlet's own site is asked for nothing but what its file names."""
    add_outlet("paper", site, "wayback: true")
    there = settings.model_copy(update={"wayback_base": archive.site.base})

    def run(batch=DAY):
        counts = ingest_group(there, batch, ["paper"])
        seal_batch(there, batch)
        return counts

    run.settings = there
    return run


def test_a_day_comes_from_the_archive_with_the_outlets_own_addresses(site, archive, backfill):
    site.put("/robots.txt", "")
    for number, hour in enumerate(("00", "07", "23")):
        archive.add(f"20180920{hour}0102", f"{site.base}/{number}", f"<p>page {number}")
    archive.add("20180921030000", f"{site.base}/2018/09/20/late", "<p>late")
    archive.add("20180921030000", f"{site.base}/next-day", "<p>no")
    archive.add("20180919030000", f"{site.base}/day-before", "<p>no")
    assert backfill()["fetched"] == 4
    found = {one.url.removeprefix(site.base): one for one in read_index(backfill.settings, DAY)}
    assert sorted(found) == ["/0", "/1", "/2", "/2018/09/20/late"]
    one = found["/1"]
    assert (one.final_url, one.captured_at) == (one.url, datetime(2018, 9, 20, 7, 1, 2, tzinfo=UTC))
    assert one.hint.fetch_url == f"{archive.site.base}/web/20180920070102id_/{one.url}"
    assert {page.body for page in read_pages(backfill.settings, DAY)} >= {b"<p>page 0", b"<p>late"}
    assert [asked.get("resumeKey") for asked in archive.searches] == [None, "2!", "4!"]
    assert site.paths() in ([], ["/robots.txt"])


def test_the_same_day_again_fetches_nothing_twice(site, archive, backfill):
    archive.add("20180920070102", f"{site.base}/1", "<p>page")
    assert backfill()["fetched"] == 1
    assert backfill(f"{DAY}/again").get("fetched", 0) == 0


def test_a_lost_capture_is_a_failure_and_no_removal(site, archive, backfill):
    archive.captures.append(("20180920070102", f"{site.base}/1"))
    backfill()
    (one,) = read_index(backfill.settings, DAY)
    assert (one.outcome, one.reason) == ("failed", "fetch_refused")
    assert "web archive answers 404" in one.detail


def test_too_many_searches_make_us_wait_a_minute(archive, backfill):
    archive.site.pages.other = lambda _handler: Reply(b"slow down", 429)
    assert backfill()["sources_failed"] == 1
    engine = open_state(backfill.settings)
    try:
        state = hosts.look(engine, archive.site.base)
        asked = [path for path in archive.site.paths() if path.startswith("/cdx/")]
        with engine.begin() as connection:
            assert connection.execute(sa.select(URL)).all() == []
    finally:
        engine.dispose()
    assert (state.blocked_until - datetime.now(UTC)).total_seconds() > 50
    assert len(asked) == 1


def test_the_real_delay_is_that_of_the_archive():
    assert 1 / wayback.DELAY_S <= 0.4
