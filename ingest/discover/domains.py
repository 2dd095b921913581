"""Whose pages a source may name: those of the outlet's own hosts."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from common import urls
from ingest.outlets import Outlet


def belongs(outlet: Outlet, url: str, source: str) -> bool:
    """Whether a sitemap may speak for a URL: same host as itself or the home page, or below one of them (sitemaps.org: location)."""
    host = urlsplit(url).hostname or ""
    homes = {(urlsplit(one).hostname or "").removeprefix("www.") for one in (outlet.home, source)}
    return any(host.removeprefix("www.") == home or host.endswith(f".{home}") for home in homes)


def identity(outlet: Outlet, original: str) -> str:
    """The address today of a page in an archive: a capture from before an outlet's move to https is of the same page.

    Raises:
        FetchRefused: it is no web address.
    """
    url = urls.canonical(original)
    is_old = url.startswith("http://") and outlet.home.startswith("https://") and urlsplit(url).port is None
    return f"https{url.removeprefix('http')}" if is_old else url


class Owners:
    """Whose page an address is, among many outlets."""

    def __init__(self, outlets: Iterable[Outlet]) -> None:
        self.by_host: dict[str, list[Outlet]] = {}
        for outlet in outlets:
            self.by_host.setdefault((urlsplit(outlet.home).hostname or "").removeprefix("www."), []).append(outlet)

    def of(self, url: str) -> Outlet | None:
        """The outlet whose host it is, or the nearest host above it; of several at one host, the first whose patterns want it."""
        try:
            host = (urlsplit(url).hostname or "").removeprefix("www.")
        except ValueError:
            return None  # e.g. an unclosed bracket
        while host:
            if found := next((one for one in self.by_host.get(host, ()) if one.wants(url)), None):
                return found
            host = host.partition(".")[2]
        return None
