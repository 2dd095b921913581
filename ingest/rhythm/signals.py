"""Signs of change: what a source shows of a known page, against what it showed before and what was captured. Pure."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from common import ids
from ingest.discover.records import Discovered

# A change that a source dates so shortly before our capture may not be in it: caches and clocks.
MARGIN = timedelta(seconds=60)
# A first date of change further in the future is a wrong clock or zone, and tells nothing; that it moves, later, does.
AHEAD = timedelta(minutes=10)
# Announced changes in a row that were none, after which no source is believed for this page any more.
MOST_FALSE = 3
# The least time between two announced reads, as a share of the page's age: changes become rarer with age, and a page that announces
# one at every poll is read half as often an hour later.
AGE_SHARE = 1 / 16
LONGEST_GAP = timedelta(days=1)
# Among so many pages that a source shows again, this share can't have changed at once: it dates them by its own making.
MASS_PAGES, MASS_SHARE = 20, 0.5
# Announced changes of a source that were none, from which it is doubted when true ones are fewer than a quarter of them.
DOUBTED_FROM, DOUBTED_RATIO = 5.0, 0.25
# Sources whose view of one page is kept: sections, front page, sitemap; more only cost space.
MOST_VIEWS = 6
# A source is told in the reason of a read by so many characters of its id.
KEY_CHARS = 8
# Where a page names itself; what lies behind is text. Bytes from here on are not searched.
HEAD_BYTES = 256 * 1024
TITLE_CHARS = 300

Sign = Literal["lastmod", "title"]

# Where titles stand, found by plain search: a pattern over a whole page costs twenty times as much.
_MARKS = (b"<title", b"og:title", b"<h1", b'"headline"')
_OLD_MARKS = (b"<TITLE", b"<H1")
_ELEMENT = re.compile(rb"<[^>]*>(.{1,1000}?)</(?:title|h1)", re.IGNORECASE | re.DOTALL)
_META = re.compile(rb"""<meta\s[^>]*?\bcontent\s*=\s*(?:"([^">]{1,1000})"|'([^'>]{1,1000})')""", re.IGNORECASE)
_JSON = re.compile(rb'''"headline"\s*:\s*"((?:[^"\\]|\\.){1,1000})"''')
# Bytes from the beginning of a tag or a key in which its value ends.
_REACH = 1200


@dataclass(frozen=True)
class View:
    """What one source shows of a page: a hash of the title, and when it says that the page changed."""

    title: str | None
    changed_at: datetime | None


@dataclass(frozen=True)
class Known:
    """What is known of a page."""

    status: str
    first_seen_at: datetime
    captured_at: datetime | None = None
    changed_at: datetime | None = None
    views: dict[str, View] = field(default_factory=dict)
    titles: str | None = None
    false_signals: int = 0


@dataclass(frozen=True)
class Sighting:
    """What a source's showing a page means: is it new to this source, and is the page to be read again, why and when."""

    is_new: bool
    views: dict[str, View]
    sign: Sign | None = None
    due_at: datetime | None = None


def plain(text: str) -> str:
    """Letters and digits of a title, lower case: what survives typography, entities and spaces."""
    return "".join(c for c in html.unescape(text).casefold() if c.isalnum())


def _raw_titles(body: bytes, marks: Sequence[bytes]) -> Iterator[str]:
    """Titles as they stand in the page, tags and entities included, the first of each kind."""
    for mark in marks:
        at = body.find(mark)
        if at < 0:
            continue
        kind = _JSON if mark.startswith(b'"') else _ELEMENT if mark.startswith(b"<") else _META
        start = body.rfind(b"<", 0, at) if kind is _META else at
        match = kind.match(body, max(start, 0), max(start, 0) + _REACH)
        raw = next((group for group in match.groups() if group), b"") if match else b""
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            text = raw.decode("windows-1252", "replace")
        yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), text) if kind is _JSON else text


def page_titles(body: bytes) -> str | None:
    """Titles that a page gives itself, plain, one a line; None where there is none.

    Bytes that are not UTF-8 are read as windows-1252, which fails only for titles in rarer charsets; they are then not recognised.
    """
    head = body[:HEAD_BYTES]
    texts = list(_raw_titles(head, _MARKS)) or list(_raw_titles(head, _OLD_MARKS))
    found = dict.fromkeys(plain(re.sub(r"<[^>]*>|\\.", " ", text))[:TITLE_CHARS] for text in texts)
    return "\n".join(title for title in found if title) or None


def view_of(page: Discovered) -> View:
    """What a source shows of a page."""
    title = plain(page.hint.title or "")[:TITLE_CHARS]
    return View(ids.sha256(title)[:12] if title else None, page.changed_at)


def dump(views: dict[str, View]) -> str:
    """Views as JSON."""
    return json.dumps({key: [one.title, one.changed_at.isoformat() if one.changed_at else None] for key, one in views.items()})


def load(text: str | None) -> dict[str, View]:
    """Views from JSON."""
    found = json.loads(text) if text else {}
    return {key: View(title, datetime.fromisoformat(at).astimezone(UTC) if at else None) for key, (title, at) in found.items()}


def is_doubted(true_signals: float, false_signals: float) -> bool:
    """Whether a source's dates of change are not believed any more."""
    return false_signals >= DOUBTED_FROM and true_signals < false_signals * DOUBTED_RATIO


def is_mass(moved: int, again: int) -> bool:
    """Whether a source moved the dates of so many of the pages that it shows again, that they can't be changes."""
    return again >= MASS_PAGES and moved > again * MASS_SHARE


def gap(age: timedelta) -> timedelta:
    """Least time between two announced reads of a page of this age."""
    return min(max(age, timedelta(0)) * AGE_SHARE, LONGEST_GAP)


def _dated_sign(known: Known, before: View | None, now: View, at: datetime) -> bool:
    """A change dated after our capture, and later than this source said before."""
    if now.changed_at is None or known.captured_at is None:
        return False
    if before is None or before.changed_at is None:
        # shown for the first time: a change just before our capture is most likely in it, one in the future is a wrong clock
        return known.captured_at < now.changed_at <= at + AHEAD
    return now.changed_at > max(before.changed_at, known.captured_at - MARGIN)


def _title_sign(known: Known, before: View | None, now: View, page: Discovered) -> bool:
    """Another title than this source showed before, and none that the captured page gives itself."""
    if before is None or before.title is None or now.title is None or now.title == before.title:
        return False
    title = plain(page.hint.title or "")[:TITLE_CHARS]
    return not any(own.startswith(title) for own in (known.titles or "").splitlines())


def sight(known: Known, key: str, page: Discovered, at: datetime, *, trusts_dates: bool) -> Sighting:
    """Judge what the source `key` shows of a known page. A first sight only tells a change that it dates after our capture."""
    before, now = known.views.get(key), view_of(page)
    if before == now:
        return Sighting(False, known.views)
    others = [(name, view) for name, view in known.views.items() if name != key]
    views = dict([*others, (key, now)][-MOST_VIEWS:])
    if known.status != "done" or known.captured_at is None or known.false_signals >= MOST_FALSE:
        return Sighting(True, views)
    is_dated = trusts_dates and _dated_sign(known, before, now, at)
    if not is_dated and not _title_sign(known, before, now, page):
        return Sighting(True, views)
    due_at = max(at, known.captured_at + gap(at - known.first_seen_at))
    return Sighting(True, views, "lastmod" if is_dated else "title", due_at)
