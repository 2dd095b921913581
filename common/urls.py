"""URL identity: WHATWG parsing with ada, without fragments and tracking parameters."""

from __future__ import annotations

import re

from ada_url import URL

from common.errors import FetchRefused

# Parameters that name the way a reader came, never the page (seen across outlets' share links and newsletters): by advertising and
# social networks, by mail services, by web statistics, by publishers' own share buttons. One that may name a page anywhere (ref, share,
# source, campaign) is not among them: two addresses of one page are found again by their text, two pages under one address never.
TRACKING = re.compile(
    r"^(utm_\w+|(fb|g|d|y|ys)clid|gclsrc|[gw]braid|srsltid|ttclid|twclid|msclkid|li_fat_id|mibextid|igshid|igsh"
    r"|fb_(action_ids|action_types|source|ref)|mc_[ce]id|mkt_tok|_hs(enc|mi)|vero_(id|conv)|oly_(enc|anon)_id|guce_referrer(_sig)?|guccounter"
    r"|wt_z?mc|(mtm|pk|piwik|matomo)_(campaign|kwd|keyword|source|medium|content|cid|group|placement)|_openstat|_ga|_gl|ref_?src|ref_url|cmpid"
    r"|ocid|at_(medium|campaign|custom\d)|ns_\w+|xtor|smid|partner|__twitter_impression|jsessionid|phpsessid|aspsessionid\w*)$",
    re.IGNORECASE,
)
# A session in the path (Java servlets, section 7.1.3): every visit has another one.
SESSION = re.compile(r";jsessionid=[\w.!-]+", re.IGNORECASE)


def parse(url: str, base: str | None = None) -> URL:
    """Parse like a browser (WHATWG URL standard).

    Raises:
        FetchRefused: not an absolute http(s) URL.
    """
    try:
        parsed = URL(url.strip(), base) if base else URL(url.strip())
    except ValueError as error:
        raise FetchRefused(f"not a URL: {url[:200]!r}", url=url[:200], fault="bad_url") from error
    if parsed.protocol not in {"http:", "https:"} or not parsed.hostname:
        fault = "bad_url" if parsed.protocol in {"http:", "https:"} else "bad_scheme"
        raise FetchRefused(f"not an http(s) URL: {url[:200]!r}", url=url[:200], fault=fault)
    return parsed


def canonical(url: str, base: str | None = None) -> str:
    """The identity of a page: no fragment, no credentials, no tracking parameters, no session; other parameters kept in order.

    >>> canonical("HTTP://Example.org:80/a?utm_source=x&id=7#top")
    'http://example.org/a?id=7'
    """
    parsed = parse(url, base)
    parsed.hash = parsed.username = parsed.password = ""
    kept = [pair for pair in parsed.search.lstrip("?").split("&") if pair and not TRACKING.match(pair.split("=", 1)[0])]
    parsed.search = "&".join(kept)
    if ";" in parsed.pathname:
        parsed.pathname = SESSION.sub("", parsed.pathname)
    return str(parsed.href)


def origin(url: str) -> str:
    """Scheme, host and port: the unit of robots.txt (RFC 9309 section 2.3) and of politeness."""
    return str(parse(url).origin)
