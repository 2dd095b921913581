"""The `Link` header (RFC 8288): where a feed names its hub and its own address (W3C WebSub section 4). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from common import urls
from common.errors import FetchRefused

# Characters of all Link headers of an answer that are read; real ones have hundreds.
MAX_CHARS = 16_384
# A target between < and >, then parameters; a value is a token or a quoted string with escapes (RFC 8288 section 3).
_LINK = re.compile(r"""<([^<>]*)>((?:\s*;\s*[^\s=;,"]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)*)""")
_PARAMETER = re.compile(r""";\s*([^\s=;,"]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?""")


@dataclass(frozen=True)
class Link:
    """One link: absolute address and relations in lower case."""

    url: str
    rels: frozenset[str]


def _parameters(text: str) -> dict[str, str]:
    """Parameters by name in lower case; of repeated ones the first counts (RFC 8288 section 3.3)."""
    found: dict[str, str] = {}
    for name, quoted, token in _PARAMETER.findall(text):
        found.setdefault(name.lower(), re.sub(r"\\(.)", r"\1", quoted) or token)
    return found


def parse(values: Iterable[str], base: str) -> Iterator[Link]:
    """Links of all Link headers of an answer from `base`; what is no http(s) address is left out, as are links about another page."""
    for target, rest in _LINK.findall(", ".join(values)[:MAX_CHARS]):
        about = _parameters(rest)
        if "anchor" in about:  # its context is not this answer (RFC 8288 section 3.2)
            continue
        try:
            url = str(urls.parse(target, base).href)
        except FetchRefused:
            continue
        yield Link(url, frozenset(about.get("rel", "").lower().split()))


def first(links: Iterable[Link], rel: str) -> str | None:
    """Address of the first link with a relation."""
    return next((link.url for link in links if rel in link.rels), None)
