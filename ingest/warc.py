"""WARC 1.1 (ISO 28500:2017): one gzip member a record, so that each can be read by its offset."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from common import ids
from common.errors import LandingDamaged
from common.version import CODE_VERSION
from ingest.fetch import Answer

# zlib's usual trade between size and speed.
COMPRESSION = 6
# Headers that describe the bytes on the wire, not those in the record (body decoded, length its own).
WIRE_HEADERS = frozenset({"content-encoding", "transfer-encoding", "content-length"})
# What the libraries under us raise on damaged members.
DAMAGE = (OSError, EOFError, ValueError, RuntimeError, StopIteration)


def _member(kind: WarcRecordType, record_id: UUID, moment: datetime, content_type: str, content: bytes, **headers: str) -> bytes:
    record = WarcRecord()
    record.init_headers(record_type=kind, record_urn=f"uuid:{record_id}".encode())
    record.record_date = moment
    record.headers["Content-Type"] = content_type
    for name, value in headers.items():
        record.headers[name.replace("_", "-")] = value
    record.set_bytes_content(content)
    plain = io.BytesIO()
    record.write(plain, checksum_data=True)
    return gzip.compress(plain.getvalue(), COMPRESSION, mtime=0)


def info_member(file_name: str, moment: datetime) -> bytes:
    """The warcinfo record that opens a file."""
    fields = f"software: {CODE_VERSION}\r\nformat: WARC File Format 1.1\r\n"
    record_id = ids.key("warcinfo", file_name, moment.isoformat())
    return _member(WarcRecordType.warcinfo, record_id, moment, "application/warc-fields", fields.encode(), WARC_Filename=file_name)


def _http(first_line: str, headers: list[tuple[str, str]], body: bytes) -> bytes:
    lines = [first_line, *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + body


def response_members(answer: Answer, capture_id: UUID) -> tuple[bytes, bytes]:
    """Response and request record of an answer; the response holds the decoded body, its wire headers are kept under X-Wire- names."""
    headers = [(f"X-Wire-{name}" if name.lower() in WIRE_HEADERS else name, value) for name, value in answer.headers]
    headers.append(("Content-Length", str(len(answer.body))))
    response = _http(f"HTTP/1.1 {answer.status} {answer.reason}".rstrip(), headers, answer.body)
    target = {"WARC_Target_URI": answer.final_url}
    asked = _http("GET " + answer.final_url + " HTTP/1.1", list(answer.request_headers.items()), b"")
    request_id = ids.key("request", str(capture_id))
    together = {"WARC_Concurrent_To": f"<urn:uuid:{capture_id}>"}
    http = "application/http; msgtype="
    return (
        _member(WarcRecordType.response, capture_id, answer.captured_at, http + "response", response, **target),
        _member(WarcRecordType.request, request_id, answer.captured_at, http + "request", asked, **target, **together),
    )


def resource_member(url: str, capture_id: UUID, moment: datetime, content_type: str, body: bytes) -> bytes:
    """A resource record: content that did not come over HTTP."""
    return _member(WarcRecordType.resource, capture_id, moment, content_type, body, WARC_Target_URI=url)


def read_body(stream: BinaryIO, offset: int) -> bytes:
    """Body of the response or resource record at an offset.

    Raises:
        LandingDamaged: there is no readable record.
    """
    try:
        stream.seek(offset)
        record = next(iter(ArchiveIterator(stream, parse_http=True)))
        return bytes(record.reader.read())
    except DAMAGE as error:
        raise LandingDamaged(f"no readable WARC record at offset {offset}: {error}") from error


def responses(path: Path) -> Iterator[WarcRecord]:
    """Successful HTTP responses of a WARC file; each must be read before the next is asked for. Reading ends at damage.

    Raises:
        LandingDamaged: the file is no WARC, or damaged from some record on; the records before were yielded.
    """
    try:
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream, record_types=WarcRecordType.response, parse_http=True):
                if record.http_headers and record.http_headers.status_code == 200:
                    yield record
    except DAMAGE as error:
        raise LandingDamaged(f"{path}: damaged WARC: {error}", path=str(path)) from error
