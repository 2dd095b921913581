"""RSS and Atom: feedparser on bytes that we fetched."""

from __future__ import annotations

import calendar
import io
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import feedparser

from common import logs, urls
from common.errors import FetchRefused, Quarantined
from ingest.discover import feed_rescue
from ingest.discover.dates import day_in_url, instant
from ingest.discover.feed_bounds import MAX_BYTES, MAX_ITEMS, bounded
from ingest.discover.feed_rescue import Entry
from ingest.discover.records import Discovered, Listing
from ingest.records import Hint

__all__ = ["MAX_BYTES", "MAX_ITEMS", "MAX_TITLE_CHARS", "parse_feed", "parsed", "read_feed"]

# Longest title and section that are kept; the rest is no title.
MAX_TITLE_CHARS = 1000


# Names that feedparser gives an entry's times, normalised to UTC: publication, else last update; and the last update alone.
_DATED, _CHANGED = ("published_parsed", "updated_parsed", "created_parsed"), ("updated_parsed",)
# sy:updatePeriod of the RSS syndication module, in seconds; its default is daily.
_PERIODS_S = {"hourly": 3600.0, "daily": 86_400.0, "weekly": 604_800.0, "monthly": 2_592_000.0, "yearly": 31_536_000.0}


def _moment(entry: Mapping[str, Any], names: tuple[str, ...]) -> datetime | None:
    """The first readable of these times."""
    for name in names:
        try:
            if entry.get(name):
                return datetime.fromtimestamp(calendar.timegm(entry[name]), UTC)
        except (ValueError, OverflowError, OSError):
            continue  # a date like year 99999: the next one may be better
    return None


def _text(value: object) -> str | None:
    text = " ".join(str(value or "").split())[:MAX_TITLE_CHARS]
    return text.encode("utf-8", "replace").decode() or None


def _entry(entry: Mapping[str, Any], base: str) -> Discovered | None:
    link = entry.get("feedburner_origlink") or entry.get("link")
    if not link:
        return None
    try:
        url = urls.canonical(str(link), base)
    except FetchRefused:
        return None  # mailto:, javascript: and the like are no pages
    moment = _moment(entry, _DATED)
    tags = entry.get("tags") or [{}]
    hint = Hint(source="feed", title=_text(entry.get("title")), published_at=moment, section=_text(tags[0].get("term")))
    day = day_in_url(url)
    return Discovered(url, hint, moment or (instant(day.first) if day else None), _moment(entry, _CHANGED))


def _seconds(text: object) -> float | None:
    """A positive number; feeds write anything there."""
    try:
        value = float(str(text)[:20])
    except ValueError:
        return None
    return value if 0 < value < float("inf") else None


def _ttl_s(channel: Mapping[str, Any]) -> float | None:
    """How long the feed stays as it is: `ttl` in minutes (RSS 2.0), else period and frequency of the syndication module."""
    if minutes := _seconds(channel.get("ttl")):
        return minutes * 60
    period = _PERIODS_S.get(str(channel.get("sy_updateperiod") or "").strip().lower())
    return period / (_seconds(channel.get("sy_updatefrequency")) or 1.0) if period else None


def _rel(channel: Mapping[str, Any], rel: str, base: str) -> str | None:
    """Address of the channel's first link with a relation."""
    for link in channel.get("links") or ():
        if rel in str(link.get("rel") or "").lower().split() and link.get("href"):
            try:
                return str(urls.parse(str(link["href"]), base).href)
            except FetchRefused:
                continue  # the next one may be usable
    return None


def parsed(body: bytes, url: str, content_type: str | None = None) -> tuple[str, Entry, list[Entry]]:
    """Version, channel and entries of a feed in feedparser's words, whatever the bytes are; nothing of what is none.

    Plain dictionaries: feedparser's own pass `published` off as a missing `updated`.
    """
    safe, media = bounded(body, content_type)
    headers = {"content-location": url, "content-type": media}
    try:
        found = feedparser.parse(io.BytesIO(safe), response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
        return found.get("version") or "", dict(found.feed), [dict(one) for one in found.entries[:MAX_ITEMS]]
    except Exception as error:  # noqa: BLE001  # feedparser raises anything (KeyError, TypeError, …) at odd values of elements that we don't need
        logs.get(url=url).info("feed_rescued", error=f"{type(error).__name__}: {error}"[:300])
        return "", {}, list(islice(feed_rescue.entries(safe), MAX_ITEMS))


def parse_feed(body: bytes, url: str, content_type: str | None = None) -> list[Discovered]:
    """Pages that a feed names, in its order.

    Raises:
        Quarantined: it is no feed, e.g. an HTML page.
    """
    return read_feed(body, url, content_type).pages


def read_feed(body: bytes, url: str, content_type: str | None = None) -> Listing:
    """Pages that a feed names, in its order, with its hub and how long it stays as it is.

    Raises:
        Quarantined: it is no feed, e.g. an HTML page.
    """
    version, channel, entries = parsed(body, url, content_type)
    if not version and not entries:
        looks = "an HTML page" if b"<html" in body[:2000].lower() else "neither RSS nor Atom"
        raise Quarantined(f"{url} is not a feed but {looks}; correct the address under feeds", url=url)
    found = (_entry(entry, url) for entry in entries)
    pages = [one for one in found if one is not None]
    return Listing(pages, hub=_rel(channel, "hub", url), self_url=_rel(channel, "self", url), ttl_s=_ttl_s(channel))
