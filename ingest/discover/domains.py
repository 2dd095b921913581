"""Whose pages a source may name: those of the outlet's own hosts."""

from __future__ import annotations

from urllib.parse import urlsplit

from ingest.outlets import Outlet


def belongs(outlet: Outlet, url: str, source: str) -> bool:
    """Whether a sitemap may speak for a URL: same host as itself or the home page, or below one of them (sitemaps.org: location)."""
    host = urlsplit(url).hostname or ""
    homes = {(urlsplit(one).hostname or "").removeprefix("www.") for one in (outlet.home, source)}
    return any(host.removeprefix("www.") == home or host.endswith(f".{home}") for home in homes)
