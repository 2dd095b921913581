"""Which URL an article goes by."""

from __future__ import annotations

from urllib.parse import urlsplit

from common.errors import FetchRefused
from common.urls import canonical
from transforms.extract import jsonld
from transforms.extract.signals import Signals


def site_of(url: str) -> str:
    """Registrable domain of a host (public suffix list as shipped with `tld`), or the host itself for names outside it and addresses."""
    from tld import get_fld

    host = urlsplit(url).netloc.rpartition("@")[2]
    return get_fld(url, fail_silently=True) or host.removeprefix("www.").removeprefix("m.").removeprefix("amp.")


def canonical_url(signals: Signals) -> str:
    """rel=canonical, then og:url, where they name a page of the same site; a page of its own, not the home page; else the URL asked for."""
    links = [node.attributes.get("href") or "" for node in signals.tree.css("link[rel~='canonical' i]")]
    named = [*links, *signals.content("og:url"), *jsonld.strings(signals.article.get("url"))]
    here = canonical(signals.url)
    for link in filter(None, named):
        try:
            there = canonical(link, here)
        except FetchRefused:
            continue
        if site_of(there) == site_of(here) and (urlsplit(there).path.strip("/") or not urlsplit(here).path.strip("/")):
            return there
    return here
