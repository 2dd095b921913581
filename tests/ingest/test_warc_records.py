from __future__ import annotations

import gzip
import io
from datetime import UTC, datetime

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from hypothesis import given
from hypothesis import strategies as st

from common import ids
from common.errors import LandingDamaged
from ingest import warc, warc_pages
from ingest.fetch import Answer

NOW = datetime(2026, 11, 23, 10, 15, 0, 123456, tzinfo=UTC)
ID = ids.key("capture", "x")


def answer(body=b"<p>text", headers=(("Content-Type", "text/html"),), url="https://a.example/1"):
    return Answer(url, url, 200, "OK", list(headers), body, NOW, request_headers={"Host": "a.example", "User-Agent": "Us/1"})


def test_records_follow_warc_1_1():
    data = warc.info_member("x.warc.gz", NOW) + b"".join(warc.response_members(answer(), ID))
    records = [(r.record_type, r.headers.status_line, r.headers.to_dict()) for r in ArchiveIterator(io.BytesIO(data), parse_http=False)]
    assert [kind for kind, *_ in records] == [WarcRecordType.warcinfo, WarcRecordType.response, WarcRecordType.request]
    assert {line for _, line, _ in records} == {"WARC/1.1"}
    response, request = records[1][2], records[2][2]
    assert response["WARC-Record-ID"] == f"<urn:uuid:{ID}>" == request["WARC-Concurrent-To"]
    assert response["WARC-Target-URI"] == "https://a.example/1"
    assert response["WARC-Date"].startswith("2026-11-23T10:15:00.123456")
    assert all(r.verify_block_digest() for r in ArchiveIterator(io.BytesIO(data), parse_http=False))


def test_each_record_is_a_gzip_member_of_its_own():
    response, request = warc.response_members(answer(), ID)
    assert gzip.decompress(response).startswith(b"WARC/1.1\r\n")
    assert b"User-Agent: Us/1" in gzip.decompress(request)


def test_wire_headers_are_kept_under_another_name():
    headers = [("Content-Encoding", "gzip"), ("content-length", "3"), ("Transfer-Encoding", "chunked"), ("ETag", '"1"')]
    text = gzip.decompress(warc.response_members(answer(headers=headers), ID)[0])
    assert b"\r\nX-Wire-Content-Encoding: gzip\r\n" in text
    assert b"\r\nX-Wire-Transfer-Encoding: chunked\r\n" in text
    assert b"\r\nContent-Length: 7\r\n" in text
    assert b'\r\nETag: "1"\r\n' in text


@given(st.lists(st.binary(max_size=3000), min_size=1, max_size=5))
def test_every_body_is_found_by_its_offset(bodies):
    data, offsets = warc.info_member("x", NOW), []
    for number, body in enumerate(bodies):
        offsets.append(len(data))
        data += b"".join(warc.response_members(answer(body), ids.key("c", number)))
    for offset, body in zip(offsets, bodies, strict=True):
        assert warc_pages.read_body(io.BytesIO(data), offset) == body


@given(st.binary(max_size=2000))
def test_a_resource_comes_back_as_it_was(body):
    data = warc.resource_member("https://a.example/file/1", ID, NOW, "text/plain; charset=utf-8", body)
    assert warc_pages.read_body(io.BytesIO(data), 0) == body


def test_the_same_answer_gives_the_same_bytes():
    assert warc.response_members(answer(), ID) == warc.response_members(answer(), ID)


def test_strange_headers_can_not_break_the_record():
    data = warc.response_members(answer(headers=[("X-Name", "caf\xe9"), ("Empty", "")]), ID)[0]
    assert warc_pages.read_body(io.BytesIO(data), 0) == b"<p>text"


@pytest.mark.parametrize("data", [b"", b"junk", gzip.compress(b"junk" * 99), b"\x1f\x8b" + b"\0" * 60])
def test_damage_is_told(data):
    with pytest.raises(LandingDamaged):
        warc_pages.read_body(io.BytesIO(data), 0)


def test_an_offset_beyond_the_file_is_told():
    with pytest.raises(LandingDamaged):
        warc_pages.read_body(io.BytesIO(warc.info_member("x", NOW)), 10**6)
