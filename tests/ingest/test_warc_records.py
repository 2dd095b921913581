from __future__ import annotations

import gzip
import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from hypothesis import given
from hypothesis import strategies as st

from common import ids
from common.errors import LandingDamaged
from ingest.records import Capture, Hint, Original
from ingest.store import warc, warc_pages
from ingest.web.fetch import Answer

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


def read_by_another_reader(data):
    """Records as an independent library sees them, its digest checks included; a revisit has no payload that could be summed."""
    found = []
    for record in ArchiveIterator(io.BytesIO(data), parse_http=False):
        assert record.headers.status_line == "WARC/1.1"
        assert record.verify_block_digest()
        headers = record.headers.to_dict()
        if "WARC-Payload-Digest" in headers and record.record_type != WarcRecordType.revisit:
            if record.is_http:
                record.parse_http()
            assert record.verify_payload_digest()
        found.append((record.record_type, headers, record))
        record.freeze()
    return found


ORIGINAL = Original(record_id=ids.key("capture", "first"), captured_at=NOW, url="https://a.example/old")


def test_a_304_refers_to_the_body_that_we_hold():
    same = replace(answer(b""), status=304, reason="Not Modified", headers=[("ETag", '"1"'), ("Content-Length", "99")])
    revisit, request = read_by_another_reader(b"".join(warc.revisit_members(same, ID, ids.sha256(b""), ORIGINAL)))
    kind, headers, record = revisit
    assert (kind, request[0]) == (WarcRecordType.revisit, WarcRecordType.request)
    assert headers["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert headers["WARC-Refers-To"] == f"<urn:uuid:{ORIGINAL.record_id}>"
    assert headers["WARC-Refers-To-Target-URI"] == "https://a.example/old"
    assert headers["WARC-Refers-To-Date"] == "2026-11-23T10:15:00.123456Z"
    assert not {"WARC-Payload-Digest", "WARC-Truncated"} & headers.keys()
    assert record.reader.read() == b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\nContent-Length: 99\r\n\r\n'


def test_the_same_bytes_once_more_are_not_stored_again():
    revisit, _request = read_by_another_reader(b"".join(warc.revisit_members(answer(), ID, ids.sha256(b"<p>text"), ORIGINAL)))
    _kind, headers, record = revisit
    assert headers["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert headers["WARC-Payload-Digest"] == f"sha256:{ids.sha256(b'<p>text')}"
    assert headers["WARC-Truncated"] == "length"
    assert record.reader.read() == b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"


def test_a_revisit_of_what_an_older_version_kept_names_no_record():
    (_kind, headers, _record), _request = read_by_another_reader(b"".join(warc.revisit_members(answer(), ID, "0" * 64, None)))
    assert not [name for name in headers if name.startswith("WARC-Refers-To")]


def test_a_body_that_was_cut_says_so():
    (_kind, headers, _record), _request = read_by_another_reader(b"".join(warc.response_members(replace(answer(), cut=True), ID)))
    assert headers["WARC-Truncated"] == "length"


def capture(**more):
    known = {"capture_id": ID, "batch_key": "b/1", "outlet_id": "paper", "url": "https://a.example/1", "final_url": "https://a.example/1"}
    title = "Nine\r\nWARC/1.1\r\ncapture: forged\u2028 \ud800 „Quote“"
    return Capture(**known, captured_at=NOW, first_seen_at=NOW, hint=Hint(source="feed", title=title), **{"outcome": "failed"} | more)


def test_metadata_tells_what_the_answer_does_not():
    one = capture(reason="fetch_refused", detail="status 403")
    line = one.model_copy(update={"hint": Hint(source="feed", title="Nine\r\ncapture: forged")}).model_dump_json()
    ((kind, headers, record),) = read_by_another_reader(warc.metadata_member(one, line, fault="http_4xx"))
    fields = [line.partition(": ")[::2] for line in record.reader.read().decode().split("\r\n")[:-1]]
    assert (kind, headers["Content-Type"]) == (WarcRecordType.metadata, "application/warc-fields")
    assert headers["WARC-Target-URI"] == "https://a.example/1"
    assert "WARC-Concurrent-To" not in headers
    assert dict(fields) | {"capture": ""} == {
        "outlet": "paper", "batch": "b/1", "outcome": "failed", "firstSeen": "2026-11-23T10:15:00.123456Z", "source": "feed",
        "fault": "http_4xx", "capture": "",
    }  # fmt: skip
    assert Capture.model_validate_json(dict(fields)["capture"]).hint.title == "Nine\r\ncapture: forged"


def test_metadata_stands_with_its_answer():
    one = capture(outcome="fetched", warc_file="b/paper-0001.warc.gz", warc_offset=7)
    ((_kind, headers, _record),) = read_by_another_reader(warc.metadata_member(one, "{}"))
    assert headers["WARC-Concurrent-To"] == f"<urn:uuid:{ID}>"


HOSTILE = st.text(st.characters(), max_size=40)


@given(st.lists(st.tuples(HOSTILE.filter(bool), HOSTILE), max_size=5), st.binary(max_size=500), HOSTILE)
def test_no_header_can_forge_a_record(headers, body, reason):
    one = replace(answer(body, [(f"X{name}", value) for name, value in headers]), reason=reason)
    found = read_by_another_reader(b"".join([*warc.response_members(one, ID), *warc.revisit_members(one, ID, ids.sha256(body), ORIGINAL)]))
    assert [headers["WARC-Type"] for _kind, headers, _record in found] == ["response", "request", "revisit", "request"]
    assert found[0][1]["WARC-Payload-Digest"] == f"sha256:{ids.sha256(body)}"
    assert warc_pages.read_body(io.BytesIO(warc.response_members(one, ID)[0]), 0) == body


def test_pages_are_packed_small_and_at_once():
    """A page takes a few percent more room than at gzip's level 6."""
    body = "".join(f"<p class='a{n % 7}'><a href='/2026/{n * 7919 % 9973}'>Minister {n * 31 % 997}</a></p>" for n in range(2000)).encode()
    packed = len(warc.response_members(answer(body), ID)[0])
    assert packed < 1.25 * len(gzip.compress(body, 6))
