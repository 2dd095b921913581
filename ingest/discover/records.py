"""What discovery hands on: a page's URL with what its source knew of it, and what one source file says in all."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ingest.records import Hint


@dataclass(frozen=True)
class Discovered:
    """A page that a source named. `dated_at` is the source's best evidence of the day; `hint.published_at` only a real publication time.

    `changed_at`: when the page last changed according to the source (`updated` of a feed, `lastmod` of a sitemap), None where it
    does not tell, or tells no more than a month.
    """

    url: str
    hint: Hint
    dated_at: datetime | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True)
class Child:
    """A further source that a source names: a sitemap of an index, the next part of a search; `lastmod`: its last change, if told."""

    url: str
    lastmod: datetime | None = None


@dataclass(frozen=True)
class Listing:
    """What one source file names: pages, further files of the same kind, and how it wants to be asked.

    `hub` and `self_url`: the WebSub hub that announces the source, and the topic to subscribe to there (W3C WebSub section 4).
    `ttl_s`: seconds for which the source says that it won't change (RSS `ttl`, `sy:updatePeriod`).
    """

    pages: list[Discovered] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)
    hub: str | None = None
    self_url: str | None = None
    ttl_s: float | None = None
