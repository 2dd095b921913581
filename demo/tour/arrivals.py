"""What should have arrived in the warehouse and what has: pure comparison of the newsroom's truth with the published articles."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from common.urls import canonical

if TYPE_CHECKING:
    from common.settings import Settings

# One row a version; first_seen_at is UTC without a zone, as the warehouse stores it.
VERSIONS = """
    SELECT article.canonical_url, article.first_seen_at, version.headline, version.body
    FROM core.article AS article JOIN core.article_version AS version USING (article_id)
"""
# How many missing pages an error names before it only counts.
NAMED = 8


@dataclass(frozen=True)
class Wanted:
    """A page that the newsroom shows now; `sign`, if any, is a string that only its newest text has."""

    url: str
    sign: str | None = None


@dataclass(frozen=True)
class Found:
    """One version of an article in the published warehouse."""

    url: str
    first_seen: dt.datetime
    headline: str
    body: str


@dataclass(frozen=True)
class Round:
    """How far a round is: pages that arrived, pages that are missing, articles that nobody published."""

    arrived: list[str]
    missing: list[str]
    strays: list[str]

    @property
    def is_complete(self) -> bool:
        """Every page is there, and nothing else."""
        return not self.missing and not self.strays

    def why(self) -> str:
        """What is not as it should be, for people."""
        faults = [("not arrived", self.missing), ("in the warehouse, but never published", self.strays)]
        return "; ".join(f"{len(urls)} {what}: {', '.join(urls[:NAMED])}{' …' * (len(urls) > NAMED)}" for what, urls in faults if urls)


def wanted(truth: Mapping[str, Any]) -> list[Wanted]:
    """The pages of `/__demo/truth`, each with the sign of its newest text."""
    return [Wanted(canonical(article["url"]), article["versions"][-1]["sign"]) for article in truth["articles"]]


def plain(text: str) -> str:
    """Text without differences that a reader can't see: composition, kinds and runs of white space."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def compare(expected: Sequence[Wanted], found: Iterable[Found], since: dt.datetime) -> Round:
    """Set the truth against the warehouse; what was first seen before `since` came from an earlier newsroom and is no stray."""
    texts: dict[str, list[str]] = {}
    fresh: set[str] = set()
    for version in found:
        texts.setdefault(version.url, []).append(plain(f"{version.headline}\n{version.body}"))
        if version.first_seen >= since:
            fresh.add(version.url)
    here = {w.url for w in expected if any(w.sign is None or plain(w.sign) in text for text in texts.get(w.url, []))}
    urls = [w.url for w in expected]
    return Round(sorted(here), sorted(set(urls) - here), sorted(fresh - set(urls)))


def published(settings: Settings) -> list[Found]:
    """Every version in the published file; none where nothing was published yet."""
    from warehouse.connect import open_published

    if not settings.published_file.exists():
        return []
    with open_published(settings) as con:
        rows = con.execute(VERSIONS).fetchall()
    return [Found(url, seen.replace(tzinfo=dt.UTC), headline, body) for url, seen, headline, body in rows]
