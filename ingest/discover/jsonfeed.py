"""JSON Feed 1.0 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

import json
from typing import Any

from common import urls
from common.errors import FetchRefused, Quarantined
from ingest.discover.dates import day_in_url, instant, w3c
from ingest.discover.feed_bounds import MAX_BYTES, MAX_ITEMS
from ingest.discover.records import Discovered, Listing
from ingest.records import Hint

# Longest title that is kept, as for other feeds.
MAX_TITLE_CHARS = 1000
# The version of a JSON Feed is an address that begins so.
VERSIONS = ("https://jsonfeed.org/version/", "http://jsonfeed.org/version/")


def looks_like_one(body: bytes) -> bool:
    """Whether the bytes are a JSON object: no XML begins so."""
    return body[:64].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def _text(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    return " ".join(value[: MAX_TITLE_CHARS * 2].split())[:MAX_TITLE_CHARS].encode("utf-8", "replace").decode() or None


def _first(value: object) -> object:
    return value[0] if isinstance(value, list) and value else None


def _address(value: object, base: str) -> str | None:
    try:
        return urls.canonical(value, base) if isinstance(value, str) else None
    except FetchRefused:
        return None


def _item(item: Any, base: str) -> Discovered | None:
    """`url`, else an `id` that is one (version 1.1 recommends it)."""
    if not isinstance(item, dict):
        return None
    named = item.get("id")
    url = _address(item.get("url"), base) or (_address(named, base) if str(named).startswith(("http://", "https://")) else None)
    if url is None:
        return None
    published, changed = w3c(_text(item.get("date_published"))), w3c(_text(item.get("date_modified")))
    day = day_in_url(url)
    hint = Hint(source="feed", title=_text(item.get("title")), published_at=published or changed, section=_text(_first(item.get("tags"))))
    return Discovered(url, hint, published or changed or (instant(day.first) if day else None), changed)


def _hub(feed: dict[str, Any], base: str) -> str | None:
    """The first hub of type WebSub; rssCloud is another protocol."""
    hubs = feed.get("hubs")
    for hub in hubs[:10] if isinstance(hubs, list) else []:
        if isinstance(hub, dict) and str(hub.get("type", "")).lower() == "websub":
            return _address(hub.get("url"), base)
    return None


def read_json_feed(body: bytes, url: str) -> Listing:
    """Pages that a JSON Feed names, in its order; items that are none are left out.

    Raises:
        Quarantined: it is no JSON Feed.
    """
    try:
        feed = json.loads(body[:MAX_BYTES])
    except (
        ValueError,
        RecursionError,
    ) as error:  # bytes that are no text are a ValueError; deep nesting is a RecursionError
        raise Quarantined(f"{url} is not a feed: damaged JSON: {str(error)[:200]}", url=url) from error
    if not isinstance(feed, dict) or not str(feed.get("version", "")).startswith(VERSIONS):
        raise Quarantined(f"{url} is not a feed but JSON of another kind; correct the address under feeds", url=url)
    items = feed.get("items")
    found = (_item(item, url) for item in (items[:MAX_ITEMS] if isinstance(items, list) else []))
    pages = [one for one in found if one is not None]
    return Listing(pages, hub=_hub(feed, url), self_url=_address(feed.get("feed_url"), url))
