"""The Internet Archive as a source: its CDX server tells which pages of an outlet were captured on a day, its replay gives them raw.

A page found here keeps its own address as its identity; `hint.fetch_url` tells where the archive has it
(`https://web.archive.org/web/TIMESTAMPid_/ADDRESS`: the body as it was captured, without the archive's frame).
Format: wayback-cdx-server/README.md of github.com/internetarchive/wayback.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from common import urls
from common.errors import FetchRefused, Quarantined
from ingest.discover.dates import day_in_url, instant
from ingest.discover.domains import belongs, identity
from ingest.discover.records import Child, Discovered, Listing
from ingest.outlets import Outlet
from ingest.records import Hint
from ingest.web.fetch import GONE, Answer

SEARCH, REPLAY = "/cdx/search/cdx", "/web/"
# Seconds between two requests: more than 0.4 searches a second end in 429, as its users found; after a 429 hosts rest for a minute.
DELAY_S = 2.5
# Rows of one answer: about half a megabyte; the rest follows with the resumption key.
ROWS = 5000
# Days after publication on which the first capture may have been made: an article of the late evening is captured after midnight.
LATER_DAYS = 1
_RESUME_KEY = re.compile(r"[\w%+.!~*'()/,:;=@-]{1,4000}", re.ASCII)
_CAPTURE = re.compile(r"/web/(\d{14})[a-z]{0,2}_?/(.+)$", re.DOTALL)


def searches(outlet: Outlet, day: date, base: str) -> list[str]:
    """Addresses that ask for the captures of a day: of the home page's host with all below it, or of the addresses named."""
    scopes = [(one.partition("://")[2], "prefix") for one in outlet.wayback_urls]
    scopes = scopes or [((urlsplit(outlet.home).hostname or "").removeprefix("www."), "domain")]
    return [_search(base, url, match, day) for url, match in scopes]


def _search(base: str, url: str, match: str, day: date) -> str:
    asked = [
        ("from", f"{day:%Y%m%d}"), ("to", f"{day + timedelta(days=LATER_DAYS):%Y%m%d}"), ("url", url), ("matchType", match),
        ("output", "json"), ("fl", "timestamp,original"), ("filter", "statuscode:200"), ("filter", "mimetype:text/html"),
        ("collapse", "urlkey"), ("limit", str(ROWS)), ("showResumeKey", "true"),
    ]  # fmt: skip
    return f"{base.rstrip('/')}{SEARCH}?{urlencode(asked)}"


def _rows(body: bytes, url: str) -> list[list[Any]]:
    """Rows of the answer with the header row first; empty where there is no capture.

    Raises:
        Quarantined: the server answers in words.
    """
    try:
        found = json.loads(body) if body.strip() else []
    except (ValueError, RecursionError) as error:
        told = body[:200].decode("utf-8", "replace").strip()
        raise Quarantined(f"the CDX server answers without JSON: {told!r}", url=url) from error
    if not isinstance(found, list) or not all(isinstance(row, list) for row in found):
        raise Quarantined("the CDX server answers with JSON of another kind", url=url)
    return found


def _moment(timestamp: str) -> datetime | None:
    try:
        return datetime.strptime(timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _page(row: dict[str, str], base: str, outlet: Outlet) -> Discovered | None:
    moment = _moment(row.get("timestamp", ""))
    try:
        url = identity(outlet, row.get("original", ""))
    except FetchRefused:
        return None
    if moment is None or not belongs(outlet, url, outlet.home):
        return None
    day = day_in_url(url)
    hint = Hint(source="wayback", fetch_url=f"{base}{REPLAY}{row['timestamp']}id_/{row['original']}")
    return Discovered(url, hint, instant(day.first) if day else moment)


def _pages(rows: list[list[Any]], base: str, outlet: Outlet) -> Iterator[Discovered]:
    names = [str(name) for name in rows[0]]
    for row in rows[1:]:
        if len(row) == len(names) and (page := _page({name: str(value) for name, value in zip(names, row, strict=True)}, base, outlet)):
            yield page


def _resumed(search: str, key: str) -> list[Child]:
    """The same search from where this answer ended; the key comes coded for an address."""
    parts = urlsplit(search)
    asked = [(name, value) for name, value in parse_qsl(parts.query) if name != "resumeKey"]
    if not _RESUME_KEY.fullmatch(key):
        return []
    return [Child(urlunsplit(parts._replace(query=f"{urlencode(asked)}&resumeKey={key}")))]


def read_captures(body: bytes, search: str, outlet: Outlet) -> Listing:
    """Pages that the answer to a search names, and the address of its continuation.

    Raises:
        Quarantined: the answer is no list of captures.
    """
    rows, more = _rows(body, search), []
    if len(rows) >= 2 and rows[-2] == [] and len(rows[-1]) == 1:
        rows, more = rows[:-2], _resumed(search, str(rows[-1][0]))
    if not rows:
        return Listing()
    base = search.partition(SEARCH)[0]
    return Listing(list(_pages(rows, base, outlet)), more)


def where(url: str, hint: Hint, delay_s: float | None, *, again: bool) -> tuple[str, float | None]:
    """Address to fetch a page from, and least seconds between two requests there. Later re-reads ask the outlet itself."""
    if again or hint.fetch_url is None:
        return url, delay_s
    return hint.fetch_url, max(delay_s or 0.0, DELAY_S)


def as_original(answer: Answer, url: str) -> Answer:
    """The archive's answer as the outlet's own: its address, and the time of the capture. Any other answer stays as it is.

    Raises:
        FetchRefused: the archive does not have the capture any more, which says nothing of the outlet's page.
    """
    found = _CAPTURE.search(answer.final_url)
    moment = _moment(found[1]) if found and answer.url != url else None
    if not found or moment is None:
        return answer
    if answer.status in GONE:
        raise FetchRefused(f"the web archive answers {answer.status} for its capture", url=url, fault="http_4xx")
    return replace(answer, url=url, final_url=_final(found[2], url), captured_at=moment)


def _final(original: str, url: str) -> str:
    """Where the page was in the end; a capture of the same address in other spelling is no move."""
    try:
        final = urls.canonical(original)
    except FetchRefused:
        return url
    return url if final.partition("://")[2] == url.partition("://")[2] else final
