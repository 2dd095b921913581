"""Answers in archives of any writer: chunked or not, coded or not, whatever their headers claim."""

from __future__ import annotations

import gzip
import io
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import LandingDamaged
from ingest.store import warc_pages
from ingest.store.warc_pages import pages, saved, unchunked
from ingest.store.warc_read import Damage, Record

PAGE = b"<p>The text of the page."
DATE = "2018-09-20T08:00:00Z"


def chunked(body, size=7, end=b"0\r\n\r\n"):
    return b"".join(b"%x\r\n%s\r\n" % (len(body[n : n + size]), body[n : n + size]) for n in range(0, len(body), size)) + end


def response(body=PAGE, *http, first="HTTP/1.1 200 OK", kind="response", url="https://a.example/1", date=DATE, media="application/http"):
    block = "\r\n".join([first, "Content-Type: text/html", *http, "", ""]).encode("latin-1") + body
    return Record(kind, {"warc-target-uri": url, "warc-date": date, "content-type": media}, block)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (PAGE, []),
        (chunked(PAGE), ["Transfer-Encoding: chunked"]),
        (chunked(PAGE, end=b"0;x=y\r\nTrailer: 1\r\n\r\n"), ["transfer-encoding: Chunked"]),
        (gzip.compress(PAGE), ["Content-Encoding: gzip"]),
        (zlib.compress(PAGE), ["Content-Encoding: deflate"]),
        (chunked(gzip.compress(PAGE)), ["Transfer-Encoding: chunked", "Content-Encoding: gzip"]),
        (PAGE, ["Transfer-Encoding: chunked"]),  # the archive joined the chunks and kept the header
        (PAGE, ["Content-Encoding: gzip"]),  # the archive unpacked the body and kept the header
        (PAGE, ["Content-Encoding: br", "X: caf\xe9\x85Content-Encoding: gzip"]),
    ],
)
def test_bodies_come_out_as_a_reader_saw_them(body, headers):
    found = saved(response(body, *headers))
    assert (found.body, found.status, found.content_type) == (PAGE, 200, "text/html")
    assert (found.url, found.captured_at) == ("https://a.example/1", datetime(2018, 9, 20, 8, tzinfo=UTC))


@given(st.binary(max_size=400), st.integers(1, 50))
def test_chunks_are_joined(body, size):
    assert unchunked(chunked(body, size)) == body


@given(st.binary(max_size=200))
def test_any_body_that_claims_to_be_chunked_is_answered(body):
    try:
        unchunked(body)
    except LandingDamaged:
        assert warc_pages._CHUNK.match(body)


@pytest.mark.parametrize("end", [b"", b"5\r\nab", b"zz"])
def test_chunks_that_end_early_are_damage(end):
    with pytest.raises(LandingDamaged, match="chunks"):
        unchunked(chunked(PAGE, 7, end))


@pytest.mark.parametrize(
    "record",
    [
        response(gzip.compress(PAGE)[:-9], "Content-Encoding: gzip"),
        response(b"\x1f\x8b\x08\0 broken", "Content-Encoding: gzip"),
        response(first="GET / HTTP/1.1"),
        response(first="HTTP/1.1 999 Odd"),
        response(date="yesterday"),
        response(date="9999-99-99T00:00:00Z"),
        Record("response", {"warc-date": DATE, "content-type": "application/http"}, b"HTTP/1.1 200 OK"),
    ],
)
def test_an_answer_that_can_not_be_read_is_told(record):
    with pytest.raises(LandingDamaged):
        saved(record)


def test_a_body_that_unpacks_too_large_is_refused():
    with pytest.raises(LandingDamaged, match=r"more than|larger|limit"):
        saved(response(gzip.compress(b"x" * 5000), "Content-Encoding: gzip"), limit=1000)


@pytest.mark.parametrize("date", ["2018-09-20T10:00:00+02:00", "2018-09-20T08:00:00.000000Z", "2018-09-20T08:00:00", DATE])
def test_dates_of_other_writers(date):
    assert saved(response(date=date)).captured_at == datetime(2018, 9, 20, 8, tzinfo=UTC)


def test_addresses_in_angle_brackets():
    assert saved(response(url="<https://a.example/1>")).url == "https://a.example/1"


@pytest.mark.parametrize(
    "record", [response(kind="request"), response(kind="metadata"), response(kind="revisit"), response(media="text/dns")]
)
def test_other_records_are_no_pages(record):
    assert saved(record) is None


def test_a_resource_is_its_own_body():
    record = Record("resource", {"warc-target-uri": "https://a.example/1", "warc-date": DATE, "content-type": "text/plain"}, PAGE)
    assert (saved(record).status, saved(record).body, saved(record).content_type) == (None, PAGE, "text/plain")


def written(record):
    headers = [f"{name}: {value}" for name, value in record.headers.items()]
    lines = ["WARC/1.0", f"WARC-Type: {record.kind}", *headers, f"Content-Length: {len(record.block)}", "", ""]
    return gzip.compress("\r\n".join(lines).encode() + record.block + b"\r\n\r\n")


def test_pages_of_a_file(tmp_path):
    path = tmp_path / "x.warc.gz"
    parts = [response(), response(first="HTTP/1.1 404 Not Found"), response(date="never"), response(b"<p>2", url="https://a.example/2")]
    path.write_bytes(b"".join(map(written, parts)))
    damage = Damage()
    assert [one.body for one in pages(path, damage)] == [PAGE, b"<p>2"]
    assert (damage.count, damage.notes[0].startswith("record 3: WARC-Date")) == (1, True)


def test_a_file_that_can_not_be_opened_is_damage(tmp_path):
    damage = Damage()
    assert list(pages(tmp_path / "missing.warc", damage)) == []
    assert damage.count == 1


def test_a_body_at_an_offset():
    data = written(response(kind="request")) + written(response())
    assert warc_pages.read_body(io.BytesIO(data), len(written(response(kind="request")))) == PAGE
    with pytest.raises(LandingDamaged, match="no answer"):
        warc_pages.read_body(io.BytesIO(data), 0)
