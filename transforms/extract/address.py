"""Which URL an article goes by."""

from __future__ import annotations

from urllib.parse import urlsplit

from common.errors import FetchRefused
from common.urls import canonical
from transforms.extract import jsonld
from transforms.extract.signals import Signals, Told


def site_of(url: str) -> str:
    """Registrable domain of a host (public suffix list as shipped with `tld`), or the host itself for names outside it and addresses."""
    from tld import get_fld

    host = urlsplit(url).netloc.rpartition("@")[2]
    return get_fld(url, fail_silently=True) or host.removeprefix("www.").removeprefix("m.").removeprefix("amp.")


def canonical_url(signals: Signals) -> str:
    """rel=canonical, then og:url, where they name a page of the same site; a page of its own, not the home page; else the URL asked for."""
    return named(signals).text


def named(signals: Signals) -> Told:
    """The same with its source."""
    links = [Told(node.attributes.get("href") or "", "link:canonical") for node in signals.tree.css("link[rel~='canonical' i]")]
    linked = [Told(url, "jsonld:url") for url in jsonld.strings(signals.article.get("url"))]
    here = canonical(signals.url)
    for told in [*links, *signals.told("og:url"), *linked]:
        try:
            there = canonical(told.text, here) if told.text else here
        except FetchRefused:
            continue
        if told.text and site_of(there) == site_of(here) and (urlsplit(there).path.strip("/") or not urlsplit(here).path.strip("/")):
            return Told(there, told.source)
    return Told(here, "url")
