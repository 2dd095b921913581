"""Pages in WARC records: the HTTP answer of a response record, its body without transfer and content codings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from common.errors import ConsilienceError, LandingDamaged
from ingest.store.warc_read import Damage, Record, record_at, records
from ingest.web.decode import Decoder

# Bodies above this are no pages; the same bound as for a fetch, so that an archive can't bring in what the web can't.
MAX_BODY = 20 * 1024 * 1024

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(r"HTTP/\d(?:\.\d)? +([1-5]\d\d)(?: +(.*))?$")
_CHUNK = re.compile(rb"\s*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")


@dataclass(frozen=True)
class Saved:
    """An answer that an archive holds; `status` is None where it did not come over HTTP."""

    url: str
    captured_at: datetime
    status: int | None
    reason: str
    headers: list[tuple[str, str]]
    content_type: str
    body: bytes


def _head(text: bytes) -> tuple[int, str, list[tuple[str, str]]]:
    first, *lines = text.decode("latin-1").split("\n")
    status = _STATUS.match(first.rstrip("\r"))
    if status is None:
        raise LandingDamaged(f"no HTTP status line: {first[:80]!r}")
    headers: list[tuple[str, str]] = []
    for line in lines:
        name, colon, value = line.partition(":")
        if line[:1] in {" ", "\t"} and headers:
            headers[-1] = (headers[-1][0], f"{headers[-1][1]} {line.strip()}")
        elif colon:
            headers.append((name.strip(), value.strip()))
    return int(status[1]), status[2] or "", headers


def _values(headers: list[tuple[str, str]], wanted: str) -> str:
    return ",".join(value for name, value in headers if name.lower() == wanted)


def unchunked(body: bytes) -> bytes:
    """A chunked body joined (RFC 9112 section 7.1); as it is where it only claims to be chunked, as many archives do.

    Raises:
        LandingDamaged: the chunks end early.
    """
    pieces: list[bytes] = []
    position = 0
    while size := _CHUNK.match(body, position):
        length = int(size[1], 16)
        if length == 0:
            return b"".join(pieces)
        piece = body[size.end() : size.end() + length]
        pieces.append(piece)
        position = size.end() + length
        if len(piece) < length or body[position : position + 1] not in {b"\r", b"\n"}:
            break
    if len(pieces) < 2:
        return body  # what looked like a first chunk is text
    raise LandingDamaged("the chunks of the body are cut or wrong")


def _decoded(body: bytes, codings: str, limit: int) -> bytes:
    """A body without its content coding; as it is where the archive undid the coding and kept the header.

    Raises:
        LandingDamaged: it is damaged, or larger than `limit`.
    """
    if not codings or body.lstrip()[:1] in {b"<", b"{", b""}:
        return body
    try:
        decoder = Decoder(codings, limit)
        plain = decoder.feed(body)
        if not decoder.full:
            decoder.finish()
    except ConsilienceError as error:
        raise LandingDamaged(f"the body can't be decoded: {error}") from error
    if decoder.full:
        raise LandingDamaged(f"the body has more than {limit} bytes")
    return plain


def _moment(record: Record) -> datetime:
    try:
        moment = datetime.fromisoformat(record.headers.get("warc-date", ""))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise LandingDamaged(f"WARC-Date: {error}") from error


def saved(record: Record, limit: int = MAX_BODY) -> Saved | None:
    """The answer in a response or resource record; None for other records.

    Raises:
        LandingDamaged: there is no HTTP answer in it, or its body is damaged.
    """
    is_http = record.kind == "response" and "http" in record.headers.get("content-type", "http").lower()
    if not is_http and record.kind != "resource":
        return None
    url, moment = record.headers.get("warc-target-uri", "").strip("<>"), _moment(record)
    if not is_http:
        return Saved(url, moment, None, "", [], record.headers.get("content-type", ""), record.block)
    end = _HEAD_END.search(record.block)
    if end is None:
        raise LandingDamaged("a response without an end of its headers")
    status, reason, headers = _head(record.block[: end.start()])
    body = record.block[end.end() :]
    if "chunked" in _values(headers, "transfer-encoding").lower():
        body = unchunked(body)
    body = _decoded(body, _values(headers, "content-encoding"), limit)
    return Saved(url, moment, status, reason, headers, _values(headers, "content-type"), body)


def read_body(stream: BinaryIO, offset: int) -> bytes:
    """Body of the response or resource record at an offset of a file of ours.

    Raises:
        LandingDamaged: there is no readable record.
    """
    found = saved(record_at(stream, offset))
    if found is None:
        raise LandingDamaged(f"the record at offset {offset} is no answer")
    return found.body


def pages(path: Path, damage: Damage) -> Iterator[Saved]:
    """Answers 200 and saved resources of a WARC file; `damage` is told of what can't be read, also when it is the whole file."""
    try:
        with path.open("rb") as stream:
            for number, record in enumerate(records(stream, damage), 1):
                try:
                    found = saved(record)
                except LandingDamaged as error:
                    damage.note(f"record {number}", str(error))
                    continue
                if found and found.status in {None, 200}:
                    yield found
    except OSError as error:
        damage.note("file", str(error))
