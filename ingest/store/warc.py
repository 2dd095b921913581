"""WARC 1.1 (ISO 28500:2017), written: one gzip member a record, so that each can be read by its offset. `warc_read` reads.

Every capture leaves a metadata record; an answer leaves a response or, where its body is one that we hold, a revisit record, and a request.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from isal import isal_zlib

from common import ids
from common.version import CODE_VERSION
from ingest.records import Capture, Original
from ingest.web.fetch import Answer

# Measured on a page of 158 kB: gzip at level 6 takes 4.9 ms and leaves 60.6 kB; igzip at 2 0.5 ms and 61.5 kB, at 3 0.9 ms and 61.0 kB.
LEVEL = 2
# zlib's window bits for a gzip member (15 bits of window, 16 for the gzip frame).
GZIP = 31
# Headers that describe the bytes on the wire, not those in the record (body decoded, length its own).
WIRE_HEADERS = frozenset({"content-encoding", "transfer-encoding", "content-length"})
# Annexes of WARC 1.1 section 6.7: the same bytes came again, or the server said that they would.
SAME_BODY: Final = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED: Final = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
FIELDS = "application/warc-fields"


def urn(record_id: UUID) -> str:
    """A record id as WARC headers write it."""
    return f"<urn:uuid:{record_id}>"


def date(moment: datetime) -> str:
    """WARC-Date: UTC to the microsecond (section 5.4)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def digest(sha256: str) -> str:
    """A labelled digest (section 5.8)."""
    return f"sha256:{sha256}"


def _one_line(text: str) -> str:
    """A value that can't end its header line: what comes from outside may hold anything."""
    return " ".join(text.split()) if "\r" in text or "\n" in text else text


def _packed(pieces: Iterable[bytes]) -> bytes:
    """The pieces as one gzip member, without joining them first."""
    packer = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, GZIP)
    return b"".join([*map(packer.compress, pieces), packer.flush()])


def _member(kind: str, record_id: UUID, moment: datetime, content_type: str, block: tuple[bytes, ...], more: Mapping[str, str]) -> bytes:
    """One record; `block` comes in pieces, so that a body is never copied."""
    summed = hashlib.sha256()
    for piece in block:
        summed.update(piece)
    headers = {
        "WARC-Type": kind,
        "WARC-Record-ID": urn(record_id),
        "WARC-Date": date(moment),
        **more,
        "WARC-Block-Digest": digest(summed.hexdigest()),
        "Content-Type": content_type,
        "Content-Length": str(sum(map(len, block))),
    }
    lines = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in headers.items())
    return _packed((f"WARC/1.1\r\n{lines}\r\n".encode(), *block, b"\r\n\r\n"))


def _fields(values: Mapping[str, str | None]) -> bytes:
    """Lines of application/warc-fields; what is unknown is left out."""
    return "".join(f"{name}: {_one_line(value)}\r\n" for name, value in values.items() if value).encode("utf-8", "backslashreplace")


def info_member(file_name: str, moment: datetime, batch_key: str | None = None) -> bytes:
    """The warcinfo record that opens a file."""
    fields = {
        "software": CODE_VERSION,
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "isPartOf": batch_key,
    }
    record_id = ids.key("warcinfo", file_name, moment.isoformat())
    return _member("warcinfo", record_id, moment, FIELDS, (_fields(fields),), {"WARC-Filename": file_name})


def _http_head(first_line: str, headers: Iterable[tuple[str, str]]) -> bytes:
    lines = [first_line, *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*map(_one_line, lines), "", ""]).encode("latin-1", "replace")


def _status_line(answer: Answer) -> str:
    return f"HTTP/1.1 {answer.status} {answer.reason}".rstrip()


def _request_member(answer: Answer, capture_id: UUID) -> bytes:
    block = _http_head(f"GET {answer.final_url} HTTP/1.1", answer.request_headers.items())
    more = {"WARC-Target-URI": answer.final_url, "WARC-Concurrent-To": urn(capture_id)}
    return _member("request", ids.key("request", str(capture_id)), answer.captured_at, "application/http;msgtype=request", (block,), more)


def response_members(answer: Answer, capture_id: UUID, sha256: str | None = None) -> tuple[bytes, bytes]:
    """Response and request record of an answer; the response holds the decoded body, its wire headers are kept under X-Wire- names.

    `sha256` is that of the body, where the caller has it.
    """
    headers = [(f"X-Wire-{name}" if name.lower() in WIRE_HEADERS else name, value) for name, value in answer.headers]
    head = _http_head(_status_line(answer), [*headers, ("Content-Length", str(len(answer.body)))])
    more = {"WARC-Target-URI": answer.final_url, "WARC-Payload-Digest": digest(sha256 or ids.sha256(answer.body))}
    if answer.cut:
        more["WARC-Truncated"] = "length"
    response = _member("response", capture_id, answer.captured_at, "application/http;msgtype=response", (head, answer.body), more)
    return response, _request_member(answer, capture_id)


def _profile(answer: Answer, sha256: str) -> dict[str, str]:
    """What kind of revisit it is; only the profile of equal bytes has a digest, and says that its block lacks them (section 6.7.2)."""
    if answer.status == 304:
        return {"WARC-Profile": NOT_MODIFIED}
    return {"WARC-Profile": SAME_BODY, "WARC-Payload-Digest": digest(sha256), "WARC-Truncated": "length"}


def revisit_members(answer: Answer, capture_id: UUID, sha256: str, original: Original | None) -> tuple[bytes, bytes]:
    """Revisit and request record of an answer whose body is `original`'s: a 304, or the same bytes once more (section 6.7).

    The headers are kept as they came; there is no body. `sha256` is that of the body of the answer.
    """
    more = {"WARC-Target-URI": answer.final_url, **_profile(answer, sha256)}
    if original:
        more["WARC-Refers-To"] = urn(original.record_id)
        more["WARC-Refers-To-Target-URI"] = original.url
        more["WARC-Refers-To-Date"] = date(original.captured_at)
    block = _http_head(_status_line(answer), answer.headers)
    revisit = _member("revisit", capture_id, answer.captured_at, "application/http;msgtype=response", (block,), more)
    return revisit, _request_member(answer, capture_id)


def resource_member(url: str, capture_id: UUID, moment: datetime, content_type: str, body: bytes) -> bytes:
    """A resource record: content that did not come over HTTP."""
    more = {"WARC-Target-URI": url, "WARC-Payload-Digest": digest(ids.sha256(body))}
    return _member("resource", capture_id, moment, content_type, (body,), more)


def metadata_member(capture: Capture, line: str, *, fault: str | None = None) -> bytes:
    """What we know of a capture beside the answer; `line` is its line of the reading index, so that an index can be made from its WARC."""
    fields = {
        "outlet": capture.outlet_id,
        "batch": capture.batch_key,
        "outcome": capture.outcome,
        "firstSeen": date(capture.first_seen_at),
        "source": capture.hint.source,
        "fault": fault or capture.reason,
        "capture": line,
    }
    more = {"WARC-Target-URI": capture.url}
    if capture.warc_file:
        more["WARC-Concurrent-To"] = urn(capture.capture_id)
    return _member("metadata", ids.key("metadata", str(capture.capture_id)), capture.captured_at, FIELDS, (_fields(fields),), more)
