"""Archives that were cut or harmed: what is made again from them is never more than what they held."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastwarc.stream_io import Lz4Writer, ZstdWriter
from hypothesis import given
from hypothesis import strategies as st

from common import ids
from ingest.records import Capture, Hint
from ingest.store import warc, warc_unpack
from ingest.store.reindex import index_lines
from ingest.web.fetch import Answer

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)


def capture(number, title=None):
    url = f"https://a.example/{number}"
    return Capture(
        capture_id=ids.key("capture", url), batch_key="b", outlet_id="a", url=url, final_url=url, captured_at=NOW, first_seen_at=NOW,
        outcome="fetched", sha256="0" * 64, hint=Hint(source="feed", title=title),
    )  # fmt: skip


def members(number, body=b"<p>x", title=None):
    """A capture as the archive keeps it: answer, request, metadata."""
    one = capture(number, title)
    answer = Answer(one.url, one.url, 200, "OK", [("Content-Type", "text/html")], body, NOW, request_headers={"Host": "a.example"})
    line = one.model_dump_json()
    return line, b"".join((*warc.response_members(answer, one.capture_id), warc.metadata_member(one, line)))


CAPTURES = [members(number) for number in range(4)]
LINES = [line.encode() + b"\n" for line, _data in CAPTURES]
WHOLE = warc.info_member("a.warc.gz", NOW, "b") + b"".join(data for _line, data in CAPTURES)
ENDS = [len(WHOLE) - sum(len(data) for _line, data in CAPTURES[number:]) for number in range(1, 5)]


def lines_of(folder, data):
    path = folder / "a.warc.gz"
    path.write_bytes(data)
    return index_lines(path).splitlines(keepends=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("archives")


def test_a_whole_archive_gives_all_lines_in_order(folder):
    assert lines_of(folder, WHOLE) == LINES


@given(st.integers(0, len(WHOLE)))
def test_an_archive_that_ends_early_gives_the_lines_that_it_holds_whole(folder, cut):
    assert lines_of(folder, WHOLE[:cut]) == LINES[: sum(end <= cut for end in ENDS)]


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_a_changed_byte_costs_at_most_the_line_that_it_hits(folder, at, change):
    harmed = bytearray(WHOLE)
    harmed[at] ^= change
    found = lines_of(folder, bytes(harmed))
    missing = [line for line in LINES if line not in found]
    assert [line for line in LINES if line in found] == found  # in order, and none that was not there
    assert len(missing) <= 1


@pytest.mark.parametrize(
    "body",
    [
        b"outcome: x\r\ncapture: {}\r\n",
        b"\r\n\r\nWARC/1.1\r\nWARC-Type: metadata\r\nContent-Length: 16\r\n\r\nx\r\ncapture: {}\r\n\r\n\r\n\r\n",
        members(9)[1],
    ],
)
def test_a_page_can_not_slip_a_line_into_the_index(folder, body):
    line, data = members(1, body)
    assert lines_of(folder, data) == [line.encode() + b"\n"]


@pytest.mark.parametrize("title", ["a\r\ncapture: {}\r\n", "line\nline", "\u2028\u2029\x85", "ツ 🜨", 'quoted "so"'])
def test_any_title_stays_on_its_line(folder, title):
    line, data = members(1, title=title)
    (found,) = lines_of(folder, data)
    assert found == line.encode() + b"\n"
    assert Capture.model_validate_json(found).hint.title == title


@pytest.mark.parametrize("data", [b"", b"\x1f\x8b", b"no archive at all", WHOLE[1:20]])
def test_what_is_no_archive_gives_no_lines(folder, data):
    assert lines_of(folder, data) == []


def test_a_folder_or_a_missing_file_gives_no_lines(folder):
    assert index_lines(folder) == index_lines(folder / "missing.warc.gz") == b""


# frames


def packed(folder, writer, data):
    path = folder / "packed"
    with writer(str(path)) as stream:
        stream.write(data)
        stream.finish()
    return path.read_bytes()


def unpacked(data, limit=10**6):
    into = io.BytesIO()
    return warc_unpack.unpack(io.BytesIO(data), into, limit), into.getvalue()


WRITERS = pytest.mark.parametrize("writer", [Lz4Writer, ZstdWriter])


@WRITERS
def test_frames_are_unpacked_as_they_were(folder, writer):
    data = packed(folder, writer, WHOLE)
    assert warc_unpack.is_packed(data)
    assert unpacked(data) == (None, WHOLE)
    assert unpacked(data + data) == (None, WHOLE * 2)


@WRITERS
@pytest.mark.parametrize("limit", [0, 1, len(WHOLE) - 1])
def test_no_more_than_the_limit_is_written(folder, writer, limit):
    problem, found = unpacked(packed(folder, writer, WHOLE), limit)
    assert f"more than {limit} bytes" in problem
    assert len(found) <= limit
    assert WHOLE.startswith(found)


@WRITERS
def test_a_limit_that_is_just_met_is_met(folder, writer):
    assert unpacked(packed(folder, writer, WHOLE), len(WHOLE)) == (None, WHOLE)


@WRITERS
@given(data=st.data())
def test_harmed_frames_never_raise_nor_outgrow_the_limit(folder, writer, data):
    whole = bytearray(packed(folder, writer, WHOLE))
    whole[data.draw(st.integers(4, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    cut = data.draw(st.integers(4, len(whole)))
    problem, found = unpacked(bytes(whole[:cut]), 2 * len(WHOLE))
    assert problem is None or problem.startswith(("damaged frames", "unpacks to more"))
    assert len(found) <= 2 * len(WHOLE)


@pytest.mark.parametrize("beginning", [b"", b"WARC", b"\x1f\x8b\x08\0", b"PK\x03\x04", b"\x28\xb5\x2f", b"\x18M\x22\x04"])
def test_other_beginnings_are_not_packed(beginning):
    assert not warc_unpack.is_packed(beginning)
