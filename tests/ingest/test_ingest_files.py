from __future__ import annotations

import gzip
from datetime import UTC, date, datetime

import pytest

from common import ids
from common.errors import Broken, Misconfigured
from ingest.imports import files
from ingest.imports.files import ingest_files, named_address, take_files
from ingest.outlets import Outlet
from ingest.store import captures, warc
from ingest.store.captures import read_index, read_pages
from ingest.web.fetch import Answer

DAY = date(2018, 9, 20)
THEN = datetime(2018, 9, 21, 7, 30, tzinfo=UTC)
HOME = "https://www.paper.example"
OUTLET = Outlet(id="paper", name="Paper", home=HOME, feeds=[f"{HOME}/feed"])


@pytest.fixture
def paper(settings):
    (settings.outlets_dir / "paper.yaml").write_text(f"id: paper\nname: Paper\nhome: {HOME}/\nfeeds: [{HOME}/feed]\n")
    return settings


def saved(tmp_path, name, body):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    return path


def kept(paper, paths, published=DAY):
    key = ingest_files(paper, paths, "paper", published)
    return key, list(read_pages(paper, key))


def test_a_text_dump(paper, tmp_path):
    key, (page,) = kept(paper, [saved(tmp_path, "dump.txt", "News\n\nHeadline\n\nBody “quoted”")])
    one = page.capture
    assert key.startswith("files/")
    assert page.body.decode() == "News\n\nHeadline\n\nBody “quoted”"
    assert one.content_type.startswith("text/plain")
    assert one.url == f"{HOME}/file/{ids.sha256(page.body)}"
    assert (one.hint.source, one.status, one.batch_key) == ("file", None, key)
    assert one.hint.published_at == datetime(2018, 9, 20, 12, tzinfo=UTC)


def test_the_batch_is_sealed(paper, tmp_path):
    key, _pages = kept(paper, [saved(tmp_path, "a.txt", "a"), saved(tmp_path, "b.html", "<p>b")])
    (manifest,) = captures.sealed_batches(paper)
    assert (manifest.batch_key, manifest.captures) == (key, 2)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (f'<link rel="canonical" href="{HOME}/2018/kim?utm_source=x">', f"{HOME}/2018/kim"),
        ('<link rel="canonical" href="/2018/kim">', f"{HOME}/2018/kim"),
        (f'<meta property="og:url" content="{HOME}/og">', f"{HOME}/og"),
        (f'<link rel="canonical" href="javascript:x"><meta property="og:url" content="{HOME}/og">', f"{HOME}/og"),
        ('<link rel="canonical" href="https://elsewhere.example/1">', None),
        ("<link rel=canonical>", f"{HOME}/"),
        ("", None),
    ],
)
def test_the_address_that_a_page_names(head, expected):
    assert named_address(f"<html><head>{head}</head><body>x".encode(), OUTLET) == expected


def test_a_saved_page_is_known_by_its_own_address(paper, tmp_path):
    body = f'<html><head><link rel="canonical" href="{HOME}/2018/kim"></head><p>x'
    _key, (page,) = kept(paper, [saved(tmp_path, "x.htm", body)])
    assert (page.capture.url, page.capture.content_type) == (f"{HOME}/2018/kim", "text/html")


def test_bytes_of_any_encoding_stay_as_they_are(paper, tmp_path):
    body = "<meta charset=windows-1252><p>caf\xe9".encode("cp1252")
    assert kept(paper, [saved(tmp_path, "x.html", body)])[1][0].body == body


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (DAY, datetime(2018, 9, 20, 12, tzinfo=UTC)),
        (datetime.fromisoformat("2018-09-20T08:00"), datetime(2018, 9, 20, 8, tzinfo=UTC)),
        (THEN, THEN),
        (None, None),
    ],
)
def test_the_time_of_publication(paper, tmp_path, published, expected):
    assert kept(paper, [saved(tmp_path, "x.txt", "x")], published)[1][0].capture.hint.published_at == expected


def answer(number, body=b"<p>x", kind="text/html; charset=utf-8", status=200):
    url = f"{HOME}/{number}"
    return Answer(url, url, status, "OK", [("Content-Type", kind)], body, THEN)


def archive(tmp_path, *answers, name="x.warc.gz", end=b""):
    members = [b"".join(warc.response_members(one, ids.key("c", one.url))) for one in answers]
    return saved(tmp_path, name, warc.info_member(name, THEN) + b"".join(members) + end)


def test_pages_of_a_warc_keep_address_and_time(paper, tmp_path):
    path = archive(tmp_path, answer(1), answer(2, b"\x89PNG", "image/png"), answer(3, status=404), answer(4, b"<p>four"))
    _key, pages = kept(paper, [path], None)
    assert [(page.capture.url, page.body) for page in pages] == [(f"{HOME}/1", b"<p>x"), (f"{HOME}/4", b"<p>four")]
    one = pages[0].capture
    assert (one.captured_at, one.first_seen_at, one.status) == (THEN, THEN, 200)
    assert one.content_type == "text/html; charset=utf-8"


def test_a_damaged_warc_gives_what_is_readable_and_the_damage_is_told(paper, tmp_path):
    path = archive(tmp_path, answer(1), answer(2), answer(3))
    data = bytearray(path.read_bytes())
    data[data.index(b"\x1f\x8b", len(data) // 2) - 5] ^= 0xFF  # a checksum in the middle
    path.write_bytes(b"junk" + data[:-9])  # junk in front, the end cut off
    taking = take_files(paper, [path, saved(tmp_path, "y.txt", "y")], "paper", DAY)
    index = read_index(paper, taking.batch_key)
    damage = [one for one in index if one.outcome == "failed"]
    assert {one.url for one in index if one.outcome == "fetched"} <= {f"{HOME}/{n}" for n in (1, 2, 3)} | {f"{HOME}/file/{ids.sha256('y')}"}
    assert (taking.pages, taking.damaged_records) == (len(index) - 1, 3)
    assert (len(damage), damage[0].reason) == (1, "landing_damaged")
    assert damage[0].detail.startswith(f"{path}: 3 damaged: byte 0: ")
    assert [page.body for page in read_pages(paper, taking.batch_key)][-1] == b"y"


def test_nothing_readable_is_told_with_the_damage(paper, tmp_path):
    with pytest.raises(Misconfigured, match="1 damaged records"):
        ingest_files(paper, [saved(tmp_path, "x.warc.gz", b"\x1f\x8b\x08\0 broken")], "paper", DAY)
    assert captures.sealed_batches(paper) == []


def test_a_file_that_is_larger_than_any_page_is_told(paper, tmp_path, monkeypatch):
    monkeypatch.setattr(files.warc_pages, "MAX_BODY", 10)
    taking = take_files(paper, [saved(tmp_path, "large.html", "x" * 11), saved(tmp_path, "y.txt", "y")], "paper", DAY)
    assert (taking.pages, taking.damaged_records) == (1, 1)


def test_bodies_on_the_wire_of_other_archives_are_decoded(paper, tmp_path):
    packed = gzip.compress(b"<p>packed")
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n" + packed
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {HOME}/1\r\nWARC-Date: 2018-09-20T08:00:00Z\r\n"
    path = saved(tmp_path, "x.warc", f"{head}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n")
    assert [page.body for page in kept(paper, [path])[1]] == [b"<p>packed"]


def test_a_large_archive_is_committed_in_pieces(paper, tmp_path, monkeypatch):
    monkeypatch.setattr(captures, "SEGMENT_CAPTURES", 2)
    key, pages = kept(paper, [archive(tmp_path, *map(answer, range(5)))])
    assert (len(pages), len(captures.segments(paper, key))) == (5, 3)


def test_an_intake_that_was_killed_is_finished_under_its_key(paper, tmp_path, monkeypatch):
    monkeypatch.setattr(captures, "SEGMENT_CAPTURES", 2)
    paths = [archive(tmp_path, *map(answer, range(5))), saved(tmp_path, "y.txt", "y")]
    commit, calls = captures.SegmentWriter.commit, []

    def dies(writer):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return commit(writer)

    monkeypatch.setattr(captures.SegmentWriter, "commit", dies)
    with pytest.raises(KeyboardInterrupt):
        kept(paper, paths)
    assert captures.sealed_batches(paper) == []
    (begun,) = paper.captures_dir.iterdir()
    key, pages = kept(paper, paths)
    assert captures.batch_slug(key) == begun.name
    assert sorted(page.capture.url for page in pages) == sorted([*(f"{HOME}/{n}" for n in range(5)), f"{HOME}/file/{ids.sha256('y')}"])


def test_saved_pages_of_ours_can_be_read_back(paper, tmp_path):
    _key, (page,) = kept(paper, [saved(tmp_path, "a.html", "<p>saved")])
    again = saved(tmp_path, "again.warc.gz", (paper.captures_dir / page.capture.warc_file).read_bytes())
    _other, (other,) = kept(paper, [again])
    assert (other.body, other.capture.url) == (page.body, page.capture.url)


def test_a_batch_can_be_read_back_as_a_file(paper, tmp_path):
    key, pages = kept(paper, [archive(tmp_path, answer(1), answer(2))])
    again = saved(tmp_path, "again.warc.gz", (paper.captures_dir / pages[0].capture.warc_file).read_bytes())
    other_key, others = kept(paper, [again, saved(tmp_path, "z.txt", "z")])
    assert other_key != key
    assert [(page.capture.url, page.body) for page in others[:2]] == [(page.capture.url, page.body) for page in pages]


def test_folders_are_read_through(paper, tmp_path):
    for name in ("pile/a.txt", "pile/deep/b.html", "pile/ignored.jpg"):
        saved(tmp_path, name, name)
    assert sorted(page.body for page in kept(paper, [tmp_path / "pile"])[1]) == [b"pile/a.txt", b"pile/deep/b.html"]


def test_the_same_page_twice_is_kept_once(paper, tmp_path):
    assert len(kept(paper, [saved(tmp_path, "a.txt", "same"), saved(tmp_path, "b.txt", "same")])[1]) == 1


@pytest.mark.parametrize("name", ["missing.txt", "picture.jpg", "empty"])
def test_what_can_not_be_read_is_told(paper, tmp_path, name):
    if name == "picture.jpg":
        saved(tmp_path, name, b"x")
    if name == "empty":
        (tmp_path / name).mkdir()
    with pytest.raises(Misconfigured, match=r"no such file|give \.html"):
        ingest_files(paper, [tmp_path / name], "paper", DAY)
    assert captures.sealed_batches(paper) == []


def test_an_unknown_outlet_is_told(paper, tmp_path):
    with pytest.raises(Misconfigured, match="no outlet 'papr'; did you mean 'paper'"):
        ingest_files(paper, [saved(tmp_path, "x.txt", "x")], "papr", DAY)


def test_the_same_files_in_the_same_second_are_not_mixed(paper, tmp_path, monkeypatch):
    monkeypatch.setattr(files.clock, "now", lambda: THEN)
    path = saved(tmp_path, "x.txt", "x")
    key = ingest_files(paper, [path], "paper", DAY)
    with pytest.raises(Broken, match="exists already"):
        ingest_files(paper, [path], "paper", DAY)
    assert len(read_index(paper, key)) == 1
