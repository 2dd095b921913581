"""The report of a story as plain data, for the command line and the demo; it carries the SQL that made it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import duckdb

from common.errors import Misconfigured
from ingest.records import Model

REPORT = """
SELECT claim_id, claim, speaker, kind, witnesses, witness_count, witnesses_in_story, first_seen_at, first_outlet_id, cells, changes
FROM marts.story_report($story)
"""
STORY = """
SELECT story_id, title, first_published_at, last_published_at, outlets, articles, witnesses, claims, corroborated_claims,
       disputed_claims, outlet_ids
FROM marts.story
"""
BUSIEST_FIRST = "ORDER BY outlets DESC, witnesses DESC, articles DESC, claims DESC, last_published_at DESC, story_id"
BEST_MATCH = """
SELECT s.story_id
FROM marts.search($words) hit JOIN core.story_article s USING (article_id)
GROUP BY s.story_id
ORDER BY sum(hit.score) DESC, s.story_id
LIMIT 1
"""

# Share of a claim's cells that show the words of one before it. From .6 on they were two ways to put one thing in the demo's three largest
# stories, with few exceptions; at .8 half of the doubles stay.
REPEATED = 0.6


class StorySummary(Model):
    """A story with its size."""

    story_id: UUID
    title: str
    first_published_at: datetime
    last_published_at: datetime
    outlets: int
    articles: int
    witnesses: int
    claims: int
    corroborated_claims: int
    disputed_claims: int
    outlet_ids: list[str]


class Cell(Model):
    """What one outlet has on one claim; offsets are characters into the body of its article."""

    outlet_id: str
    outlet: str
    status: str
    reason: str | None
    sentence: str | None
    words: str | None
    start: int | None
    end: int | None
    url: str | None
    headline: str | None
    published_at: datetime | None
    article_id: UUID | None
    mention_id: UUID | None
    removed_at: datetime | None = None


class Change(Model):
    """How the sentence of a claim changed within one outlet's article; `before` is None when it came in later."""

    outlet_id: str
    changed_at: datetime
    before: str | None
    after: str
    url: str


class ClaimReport(Model):
    """One claim of a story with a cell an outlet."""

    claim_id: UUID
    claim: str
    speaker: str | None
    kind: str
    witnesses: str
    witness_count: int
    witnesses_in_story: int
    first_seen_at: datetime
    first_outlet_id: str
    cells: list[Cell]
    changes: list[Change]
    repeats: UUID | None = None  # a claim before it that shows most of its words again


class StoryReport(Model):
    """A story, its claims, and the SQL that gives the same rows."""

    story: StorySummary
    claims: list[ClaimReport]
    sql: str


def marked(claims: Sequence[ClaimReport]) -> list[ClaimReport]:
    """The claims, each that repeats one before it marked so: claims overlap, since every outlet cuts what it knows in its own way."""
    kept: list[tuple[UUID, set[tuple[str, str]]]] = []
    found = []
    for claim in claims:
        words = {(cell.outlet_id, cell.words) for cell in claim.cells if cell.words}
        repeats = next((name for name, others in kept if words and len(words & others) >= REPEATED * len(words)), None)
        if repeats is None:
            kept.append((claim.claim_id, words))
        found.append(claim.model_copy(update={"repeats": repeats}))
    return found


def _aware(value: Any) -> Any:
    """Naive UTC times out of DuckDB, at any depth, as aware ones."""
    match value:
        case datetime():
            return value.replace(tzinfo=UTC)
        case list():
            return [_aware(part) for part in value]
        case dict():
            return {name: _aware(part) for name, part in value.items()}
        case _:
            return value


def _rows(con: duckdb.DuckDBPyConnection, sql: str, values: dict[str, object]) -> list[dict[str, Any]]:
    result = con.execute(sql, values)
    names = [column[0] for column in result.description or ()]
    return [_aware(dict(zip(names, row, strict=True))) for row in result.fetchall()]


def stories(con: duckdb.DuckDBPyConnection) -> list[StorySummary]:
    """All stories, the busiest first: most outlets, then most witnesses, articles, claims, then the newest."""
    return [StorySummary(**row) for row in _rows(con, f"{STORY} {BUSIEST_FIRST}", {})]


def busiest_story(con: duckdb.DuckDBPyConnection) -> UUID:
    """The story that most outlets write about.

    Raises:
        Misconfigured: there is no story yet.
    """
    found = _rows(con, f"{STORY} {BUSIEST_FIRST} LIMIT 1", {})
    return _only(found, "no story yet: stories appear when two outlets write about one event; `consilience status` shows what arrived")


def find_story(con: duckdb.DuckDBPyConnection, words: str) -> UUID:
    """The story whose articles match the words best.

    Raises:
        Misconfigured: no article of a story has all the words.
    """
    found = _rows(con, BEST_MATCH, {"words": words})
    return _only(found, f"no story has an article with all of the words {words!r}; `consilience stories` lists the stories")


def _only(found: list[dict[str, Any]], otherwise: str) -> UUID:
    if not found:
        raise Misconfigured(otherwise)
    story_id = found[0]["story_id"]
    assert isinstance(story_id, UUID)
    return story_id


def story_report(con: duckdb.DuckDBPyConnection, story_id: UUID) -> StoryReport:
    """The report of a story.

    Raises:
        Misconfigured: there is no such story.
    """
    summary = _rows(con, f"{STORY} WHERE story_id = $story", {"story": story_id})
    if not summary:
        raise Misconfigured(f"no story {story_id}; `consilience stories` lists them")
    claims = [
        ClaimReport(**{**row, "cells": [Cell(**cell) for cell in row["cells"]], "changes": [Change(**change) for change in row["changes"]]})
        for row in _rows(con, REPORT, {"story": story_id})
    ]
    return StoryReport(story=StorySummary(**summary[0]), claims=marked(claims), sql=REPORT.replace("$story", f"'{story_id}'").strip())
