"""Pages that lie on disk: saved HTML, plain-text dumps, WARC files -> a sealed batch like any other.

A saved page takes the address that it names itself (rel=canonical or og:url) where that is the outlet's own; otherwise, and for
text dumps, it gets a stable made-up one below the outlet's home: `HOME/file/SHA256`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from uuid import UUID

from selectolax.lexbor import LexborHTMLParser

from common import clock, ids, urls
from common.errors import Broken, FetchRefused, LandingDamaged, Misconfigured
from common.logs import get
from common.settings import Settings
from ingest import captures, warc
from ingest.discover.walk import belongs
from ingest.fetch import Answer
from ingest.outlets import Outlet, chosen, load_outlets
from ingest.records import Capture, Hint

HTML, TEXT = frozenset({".html", ".htm", ".xhtml"}), frozenset({".txt"})
WARC = (".warc", ".warc.gz")
# A date without a time stands at noon UTC: the same calendar day in every zone from -12 to +11 hours.
NOON = time(12, tzinfo=UTC)


@dataclass(frozen=True)
class Piece:
    """One page from a file; `answer` where the file holds an HTTP response."""

    url: str
    body: bytes
    content_type: str
    captured_at: datetime
    answer: Answer | None = None


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(one for one in path.rglob("*") if one.is_file() and _is_known(one))
        elif not path.is_file():
            raise Misconfigured(f"{path}: no such file", path=str(path))
        elif not _is_known(path):
            raise Misconfigured(f"{path}: give .html, .txt or .warc(.gz) files", path=str(path))
        else:
            yield path


def _is_known(path: Path) -> bool:
    return path.suffix.lower() in HTML | TEXT or path.name.lower().endswith(WARC)


def named_address(body: bytes, outlet: Outlet) -> str | None:
    """The address that a saved page names as its own, if it is on the outlet's site."""
    tree = LexborHTMLParser(body)
    for selector, attribute in (("link[rel=canonical]", "href"), ("meta[property='og:url']", "content")):
        node = tree.css_first(selector)
        try:
            url = urls.canonical((node.attributes.get(attribute) or "") if node else "", outlet.home if node else None)
        except FetchRefused:
            continue  # absent or no web address
        if belongs(outlet, url, outlet.home):
            return url
    return None


def _single(path: Path, outlet: Outlet, now: datetime) -> Piece:
    body = path.read_bytes()
    made_up = urls.canonical(f"file/{ids.sha256(body)}", urls.origin(outlet.home) + "/")
    if path.suffix.lower() in TEXT:
        return Piece(made_up, body, "text/plain; charset=utf-8", now)
    return Piece(named_address(body, outlet) or made_up, body, "text/html", now)


def _of_warc(path: Path) -> Iterator[Piece]:
    """Pages of a WARC file; damage ends it, what was read before stays."""
    try:
        for record in warc.responses(path):
            address, headers = record.headers.get("WARC-Target-URI") or "", record.http_headers
            kind = headers.get("Content-Type") or ""
            if not kind.lower().startswith(("text/html", "application/xhtml", "text/plain")):
                continue
            moment = record.record_date.astimezone(UTC)
            body = record.reader.read()
            try:
                url = urls.canonical(address)
            except FetchRefused:
                continue  # dns: and other records that are no pages
            answer = Answer(url, url, 200, "OK", [(name, value) for name, value in headers.items()], body, moment)
            yield Piece(url, body, kind, moment, answer)
    except LandingDamaged as error:
        get(path=str(path)).error("warc_damaged", detail=str(error))


def _pieces(paths: Iterable[Path], outlet: Outlet, now: datetime) -> Iterator[Piece]:
    for path in _files(paths):
        if path.name.lower().endswith(WARC):
            yield from _of_warc(path)
        else:
            yield _single(path, outlet, now)


def _capture(piece: Piece, capture_id: UUID, batch_key: str, outlet: Outlet, published: datetime | None, now: datetime) -> Capture:
    return Capture(
        capture_id=capture_id,
        batch_key=batch_key,
        outlet_id=outlet.id,
        url=piece.url,
        final_url=piece.url,
        captured_at=piece.captured_at,
        first_seen_at=min(now, piece.captured_at),
        outcome="fetched",
        status=piece.answer.status if piece.answer else None,
        content_type=piece.content_type,
        sha256=ids.sha256(piece.body),
        hint=Hint(source="file", published_at=published),
    )


def _instant(published: date | datetime | None) -> datetime | None:
    if isinstance(published, datetime):
        return published if published.tzinfo else published.replace(tzinfo=UTC)
    return datetime.combine(published, NOON) if published else None


def ingest_files(settings: Settings, paths: Iterable[Path], outlet_id: str, published: date | datetime | None) -> str:
    """Keep pages from files as a sealed batch `files/STAMP-HASH`; returns its key.

    `published` is given to every page as its hint; a date without a time counts as noon UTC.

    Raises:
        Misconfigured: no such file, outlet or kind of file; nothing to read in them.
    """
    outlet, now = chosen(load_outlets(settings.outlets_dir), [outlet_id])[0], clock.now()
    pieces = {(piece.url, piece.captured_at, ids.sha256(piece.body)): piece for piece in _pieces(paths, outlet, now)}
    if not pieces:
        raise Misconfigured("there is no page in these files; give .html, .txt or .warc(.gz) files with pages")
    batch_key = f"files/{now:%Y%m%dT%H%M%S}-{ids.sha256(''.join(sorted(sha for *_rest, sha in pieces)))[:12]}"
    if captures.is_sealed(settings, batch_key):
        raise Broken(f"batch {batch_key} exists already; the same files were ingested in this second")
    writer = captures.SegmentWriter(settings, batch_key, outlet.id)
    for piece in pieces.values():
        capture_id = ids.key("capture", batch_key, piece.url, piece.captured_at.isoformat(), ids.sha256(piece.body))
        if piece.answer:
            members: tuple[bytes, ...] = warc.response_members(piece.answer, capture_id)[:1]
        else:
            members = (warc.resource_member(piece.url, capture_id, piece.captured_at, piece.content_type, piece.body),)
        writer.add(_capture(piece, capture_id, batch_key, outlet, _instant(published), now), members)
    writer.commit()
    captures.seal(settings, batch_key)
    return batch_key
