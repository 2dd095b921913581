"""Reads a source that no outlet file names yet: any feed; and tells which addresses belong to one site."""

from __future__ import annotations

from urllib.parse import urlsplit

from ingest.discover import feeds, jsonfeed
from ingest.discover.records import Listing
from ingest.web.fetch import Answer


def read_any_feed(answer: Answer) -> Listing:
    """Entries of a feed, RSS, Atom, RDF or JSON.

    Raises:
        Quarantined: it is no feed.
    """
    if jsonfeed.looks_like_one(answer.body):
        return jsonfeed.read_json_feed(answer.body, answer.final_url)
    return feeds.read_feed(answer.body, answer.final_url, answer.header("content-type"))


def is_same_site(url: str, other: str) -> bool:
    """Whether both addresses are of one site: the same host, with or without www, or the first below the second."""
    host, home = ((urlsplit(one).hostname or "").removeprefix("www.") for one in (url, other))
    return bool(home) and (host == home or host.endswith(f".{home}"))
