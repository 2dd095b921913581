from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import ids
from common.errors import Broken
from ingest.records import Capture, Hint
from ingest.store import captures, reindex, warc, warc_read
from ingest.store.captures import SegmentWriter, batch_slug, read_index, read_pages
from ingest.web.fetch import Answer

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
BATCH = "2026-11-23T10:15"


def capture(number, body=None, outcome="fetched", batch=BATCH):
    url = f"https://a.example/{number}"
    return Capture(
        capture_id=ids.key("capture", batch, url), batch_key=batch, outlet_id="paper", url=url, final_url=url, captured_at=NOW,
        first_seen_at=NOW, outcome=outcome, status=200, content_type="text/html",
        sha256=None if body is None else ids.sha256(body), hint=Hint(source="feed", published_at=NOW),
    )  # fmt: skip


def add(writer, number, body):
    one = capture(number, body, batch=writer.batch_key)
    return writer.add(one, warc.response_members(Answer(one.url, one.url, 200, "OK", [], body, NOW), one.capture_id))


def filled(settings, *bodies, batch=BATCH, outlet="paper"):
    writer = SegmentWriter(settings, batch, outlet)
    for number, body in enumerate(bodies):
        add(writer, number, body)
    writer.commit()
    return writer


@pytest.mark.parametrize(
    ("key", "slug"),
    [
        ("2026-11-23T10:15", "2026-11-23T10.15"),
        ("archive/2018-09-20", "archive+2018-09-20"),
        ("files/20261123T101500-abc", "files+20261123T101500-abc"),
        ("..", "_2E_2E"),
        ("::", "_3A."),
        ("push/a b", "push+a_20b"),
        ("push/A", "push+_41"),
        ("-rf", "_2Drf"),
        ("1t2", "1_742"),
    ],
)
def test_folder_names_are_readable(key, slug):
    assert batch_slug(key) == slug


@given(st.text(max_size=300))
def test_folder_names_are_safe(key):
    slug = batch_slug(key)
    assert re.fullmatch(r"[A-Za-z0-9_+-][A-Za-z0-9_.+-]{0,199}", slug)


@given(st.sets(st.text("ab/:._+ 2E3ATt-", max_size=6), min_size=2, max_size=20))
def test_different_keys_have_different_folders_also_where_capitals_do_not_count(keys):
    assert len({batch_slug(key).lower() for key in keys}) == len(keys)
    assert all(batch_slug(a * 80) != batch_slug(b * 80) for a, b in itertools.combinations(sorted(keys - {""}), 2) if a * 80 != b * 80)


def test_what_was_kept_comes_back(settings):
    writer = SegmentWriter(settings, BATCH, "paper")
    add(writer, 1, b"one")
    writer.add(capture(2, outcome="gone"))
    add(writer, 3, b"")
    writer.commit()
    assert [(one.url[-1], one.outcome) for one in read_index(settings, BATCH)] == [("1", "fetched"), ("2", "gone"), ("3", "fetched")]
    assert [(page.capture.url[-1], page.body) for page in read_pages(settings, BATCH)] == [("1", b"one"), ("3", b"")]
    assert read_index(settings, BATCH)[0].warc_file == "2026-11-23T10.15/paper-0001.warc.gz"


def test_nothing_is_there_before_the_commit(settings):
    writer = SegmentWriter(settings, BATCH, "paper")
    add(writer, 1, b"one")
    assert read_index(settings, BATCH) == []
    assert list(writer.folder.iterdir()) == []


def test_segments_follow_each_other_and_outlets_stay_apart(settings):
    writer = SegmentWriter(settings, BATCH, "paper")
    for number in range(3):
        add(writer, number, b"x")
        writer.commit()
    assert writer.commit() == []
    filled(settings, b"y", outlet="paper-2")
    names = [path.name for path in captures.segments(settings, BATCH)]
    assert names == ["paper-0001.jsonl", "paper-0002.jsonl", "paper-0003.jsonl", "paper-2-0001.jsonl"]
    assert len(read_index(settings, BATCH, "paper")) == 3
    assert SegmentWriter(settings, BATCH, "paper").name == "paper-0004"


def test_a_warc_without_index_does_not_count_and_is_replaced(settings, monkeypatch):
    """Killed between the two renames: the next try writes the same segment again."""
    write = captures.write_durably

    def dies(path, data):
        if path.suffix == ".jsonl":
            raise KeyboardInterrupt
        write(path, data)

    monkeypatch.setattr(captures, "write_durably", dies)
    with pytest.raises(KeyboardInterrupt):
        filled(settings, b"lost", b"lost too")
    monkeypatch.undo()
    assert read_index(settings, BATCH) == []
    filled(settings, b"kept")
    assert [page.body for page in read_pages(settings, BATCH)] == [b"kept"]


def test_a_file_is_whole_or_not_there(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    captures.write_durably(path, b"old")

    def fails(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(captures.os, "fsync", fails)
    with pytest.raises(OSError, match="No space"):
        captures.write_durably(path, b"new")
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("harm", ["cut", "flip", "gone"])
def test_a_damaged_record_costs_only_its_own_page(settings, harm):
    writer = filled(settings, b"first" * 50, b"second" * 50, b"third" * 50)
    path = settings.captures_dir / "2026-11-23T10.15" / "paper-0001.warc.gz"
    data, offsets = bytearray(path.read_bytes()), [one.warc_offset for one in read_index(settings, BATCH)]
    if harm == "gone":
        path.unlink()
    elif harm == "cut":
        path.write_bytes(data[: offsets[2] + 40])
    else:
        data[offsets[1] + 60] ^= 0xFF
        path.write_bytes(data)
    pages = list(read_pages(settings, BATCH))
    bad = {"gone": [0, 1, 2], "cut": [2], "flip": [1]}[harm]
    assert [n for n, page in enumerate(pages) if page.capture.outcome == "failed"] == bad
    assert all((pages[n].capture.reason, pages[n].body) == ("landing_damaged", b"") for n in bad)
    assert writer.captures == []


def test_a_body_that_was_exchanged_is_noticed(settings):
    writer = SegmentWriter(settings, BATCH, "paper")
    one = capture(1, b"true")
    writer.add(one, warc.response_members(Answer(one.url, one.url, 200, "OK", [], b"false", NOW), one.capture_id))
    writer.commit()
    (page,) = read_pages(settings, BATCH)
    assert (page.capture.outcome, page.body) == ("failed", b"")


def test_a_damaged_index_stops_with_its_name(settings):
    filled(settings, b"x")
    path = captures.segments(settings, BATCH)[0]
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(Broken, match=r"paper-0001.jsonl"):
        read_index(settings, BATCH)


def test_sealing_counts_once_and_for_all(settings):
    filled(settings, b"x", b"y")
    assert not captures.is_sealed(settings, BATCH)
    first = captures.seal(settings, BATCH)
    assert (first.batch_key, first.captures) == (BATCH, 2)
    filled(settings, b"late")
    assert captures.seal(settings, BATCH) == first
    assert captures.is_sealed(settings, BATCH)


def test_sealed_batches_oldest_first(settings, monkeypatch):
    moments = iter([NOW + timedelta(hours=1), NOW])
    monkeypatch.setattr(captures.clock, "now", lambda: next(moments))
    captures.seal(settings, "archive/2018-09-20")
    captures.seal(settings, BATCH)
    captures.batch_dir(settings, "unsealed").mkdir()
    assert [one.batch_key for one in captures.sealed_batches(settings)] == [BATCH, "archive/2018-09-20"]


def test_a_damaged_manifest_stops_with_its_name(settings):
    captures.seal(settings, BATCH)
    (captures.batch_dir(settings, BATCH) / "manifest.json").write_text("{")
    with pytest.raises(Broken, match=r"manifest.json"):
        captures.sealed_batches(settings)


def test_no_batches_yet(settings):
    assert captures.sealed_batches(settings) == []
    assert read_index(settings, "nothing") == []


def test_more_than_ten_thousand_segments_stay_in_order(settings):
    folder = filled(settings, b"x").folder
    (folder / "paper-0001.jsonl").rename(folder / "paper-9999.jsonl")
    for body in (b"y", b"z"):
        filled(settings, body)
    assert [path.name for path in captures.segments(settings, BATCH)] == ["paper-9999.jsonl", "paper-10000.jsonl", "paper-10001.jsonl"]


def test_a_lost_segment_is_not_written_over(settings):
    for body in (b"1", b"2", b"3"):
        filled(settings, body)
    captures.segments(settings, BATCH)[0].unlink()
    filled(settings, b"4")
    assert [page.body for page in read_pages(settings, BATCH)] == [b"2", b"3", b"4"]


@pytest.mark.parametrize("stop", [".warc.gz", ".jsonl"])
def test_a_new_writer_clears_away_what_a_killed_one_left(settings, monkeypatch, stop):
    folder, replace = filled(settings, b"1").folder, Path.replace

    def dies(path, target):
        if target.name.endswith(stop):
            raise KeyboardInterrupt
        return replace(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", dies)
        with pytest.raises(KeyboardInterrupt):
            filled(settings, b"2")
    (folder / ".other-0001.jsonl.tmp").touch()
    assert len(list(folder.iterdir())) > 3
    SegmentWriter(settings, BATCH, "paper")
    assert sorted(path.name for path in folder.iterdir()) == [".other-0001.jsonl.tmp", "paper-0001.jsonl", "paper-0001.warc.gz"]


def harm_index(path, harm):
    if harm == "changed":
        path.write_text(path.read_text().replace("a.example/0", "a.example/7"))
    elif harm == "cut":
        path.write_bytes(path.read_bytes()[:50])
    else:
        path.unlink()


HARMS = pytest.mark.parametrize("harm", ["changed", "cut", "removed"])


@HARMS
def test_a_sealed_index_that_was_harmed_is_made_again_from_its_archive(settings, harm):
    writer = filled(settings, b"x", b"y")
    writer.add(capture(9, outcome="failed"))
    writer.commit()
    filled(settings, b"z", outlet="other")
    captures.seal(settings, BATCH)
    before = read_index(settings, BATCH)
    paths = captures.segments(settings, BATCH, "paper")
    texts = [path.read_bytes() for path in paths]
    for path in paths:
        harm_index(path, harm)
    assert read_index(settings, BATCH) == before
    assert [path.read_bytes() for path in paths] == texts


@HARMS
def test_an_index_that_can_not_be_mended_is_found(settings, harm):
    folder = filled(settings, b"x", b"y").folder
    filled(settings, b"z", outlet="other")
    captures.seal(settings, BATCH)
    harm_index(folder / "paper-0001.jsonl", harm)
    archive = folder / "paper-0001.warc.gz"
    archive.write_bytes(archive.read_bytes()[:-20])  # its last metadata record is cut
    assert len(read_index(settings, BATCH, "other")) == 1
    with pytest.raises(Broken, match="paper-0001"):
        read_index(settings, BATCH, "paper")
    archive.unlink()
    with pytest.raises(Broken, match="paper-0001"):
        list(read_pages(settings, BATCH))


def test_an_index_that_came_after_the_seal_is_found(settings):
    filled(settings, b"x")
    captures.seal(settings, BATCH)
    filled(settings, b"late")
    with pytest.raises(Broken, match=r"paper-0002.*came after"):
        read_index(settings, BATCH)


def test_manifests_of_older_versions_stay_readable(settings):
    filled(settings, b"x")
    manifest = captures.seal(settings, BATCH)
    path = captures.batch_dir(settings, BATCH) / "manifest.json"
    path.write_text(manifest.model_dump_json(exclude={"indexes"}))
    assert captures.sealed_batches(settings)[0].indexes is None
    assert [page.body for page in read_pages(settings, BATCH)] == [b"x"]


def test_every_capture_has_its_metadata_in_the_archive(settings):
    """The reading index can be made again from the WARC file alone."""
    writer = SegmentWriter(settings, BATCH, "paper")
    add(writer, 1, b"one")
    writer.add(capture(2, outcome="failed"), fault="tls")
    writer.commit()
    archive = writer.folder / "paper-0001.warc.gz"
    assert reindex.index_lines(archive) == captures.segments(settings, BATCH)[0].read_bytes()
    assert reindex.index_lines(writer.folder / "missing.warc.gz") == b""
    with archive.open("rb") as stream:
        blocks = [one.block.decode() for one in warc_read.records(stream, warc_read.Damage()) if one.kind == "metadata"]
    assert "fault: tls" in blocks[1]
