"""What an answer becomes in the index and in the archive."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fastwarc.warc import ArchiveIterator

from common import ids
from ingest.frontier import Due
from ingest.records import Hint, Original
from ingest.store import captures, keep
from ingest.store.gist import fingerprint
from ingest.store.keep import Keeper
from ingest.web.fetch import Answer, Validators

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
URL, BATCH = "https://a.example/1", "2026-11-23T10:15"
OLD = Original(record_id=ids.key("capture", "old"), captured_at=NOW, url="https://a.example/old")


def due(body=None, original=None, **more):
    sha256 = None if body is None else ids.sha256(body)
    return Due(URL, Hint(source="feed", title="Nine"), NOW, NOW, 0, Validators(), sha256, original, **more)


def answer(body=b"<p>x", status=200, *headers):
    return Answer(URL, URL, status, "", [("Content-Type", "text/html"), *headers], body, NOW, request_headers={"Host": "a.example"})


@pytest.fixture
def keeper(settings):
    return Keeper(settings, BATCH, "paper", is_recheck=False)


def archived(keeper):
    """WARC-Type -> headers of what one capture left."""
    keeper.commit()
    found = {}
    for path in sorted(keeper.writer.folder.glob("*.warc.gz")):
        for record in ArchiveIterator(str(path), parse_http=False):
            assert record.verify_block_digest()
            found[record.headers["WARC-Type"]] = record.headers.to_dict()
    return found


def test_a_page_leaves_answer_request_and_metadata(keeper):
    one = keeper.keep(due(), answer(b"<p>x", 200, ("ETag", '"1"')))
    assert (one.outcome, one.sha256) == ("fetched", ids.sha256(b"<p>x"))
    assert keeper.validators == {one.capture_id: Validators('"1"', None)}
    found = archived(keeper)
    assert list(found) == ["warcinfo", "response", "request", "metadata"]
    assert {found[kind]["WARC-Concurrent-To"] for kind in ("request", "metadata")} == {found["response"]["WARC-Record-ID"]}


@pytest.mark.parametrize(("status", "profile"), [(304, "server-not-modified"), (200, "identical-payload-digest")])
def test_a_body_that_we_hold_leaves_a_revisit(keeper, status, profile):
    one = keeper.keep(due(b"<p>x", OLD), answer(b"" if status == 304 else b"<p>x", status))
    assert (one.outcome, one.sha256) == ("not_modified", ids.sha256(b"<p>x"))
    revisit = archived(keeper)["revisit"]
    assert revisit["WARC-Profile"].endswith(profile)
    assert revisit["WARC-Refers-To"] == f"<urn:uuid:{OLD.record_id}>"
    assert captures.read_index(keeper.writer.settings, BATCH)[0].warc_offset is not None
    assert list(captures.read_pages(keeper.writer.settings, BATCH)) == []


def test_a_body_that_changed_is_kept_whole(keeper):
    assert keeper.keep(due(b"<p>old", OLD), answer()).outcome == "fetched"
    assert "revisit" not in archived(keeper)


def test_a_page_that_is_gone_leaves_its_answer(keeper):
    one = keeper.keep(due(), answer(b"", 410))
    assert (one.outcome, one.status, one.sha256) == ("gone", 410, None)
    assert "response" in archived(keeper)


def test_a_failure_leaves_metadata_alone(keeper):
    one = keeper.fail(due(), "fetch_refused", "status 403", fault="http_4xx")
    assert (one.outcome, one.reason, one.detail, one.warc_file) == ("failed", "fetch_refused", "status 403", None)
    assert list(archived(keeper)) == ["warcinfo", "metadata"]


def test_on_a_recheck_the_hint_says_so(settings):
    assert Keeper(settings, BATCH, "paper", is_recheck=True).keep(due(b"old"), answer()).hint == Hint(source="recheck", title="Nine")


def test_segments_are_full_by_number_bytes_and_time(keeper, monkeypatch):
    assert not keeper.is_full
    keeper.keep(due(), answer())
    for name, value in (("SEGMENT_CAPTURES", 1), ("SEGMENT_BYTES", 10)):
        with monkeypatch.context() as patched:
            patched.setattr(captures, name, value)
            assert keeper.is_full
    monkeypatch.setattr(keep, "SEGMENT_S", -1.0)
    assert keeper.is_full
    assert len(keeper.commit()) == 1


def test_only_a_changed_body_has_its_text_noted(keeper):
    keeper.keep(due(), answer(b"<p>A sentence of an article, new"))
    changed = keeper.keep(due(b"old"), answer(b"<p>A sentence of an article, new"))
    keeper.keep(due(b"<p>same"), answer(b"<p>same"))
    assert keeper.texts == {changed.capture_id: fingerprint(b"<p>A sentence of an article, new")}


def test_what_was_noted_lasts_until_the_next_commit(keeper):
    """A run of a hundred thousand pages holds no more than a segment's."""
    first = keeper.keep(due(b"old"), answer(b"<p>A sentence of an article, new"))
    keeper.commit()
    assert list(keeper.validators) == list(keeper.texts) == [first.capture_id]
    second = keeper.keep(replace(due(), url="https://a.example/2"), answer(b"<p>second"))
    keeper.commit()
    assert (list(keeper.validators), keeper.texts) == ([second.capture_id], {})
