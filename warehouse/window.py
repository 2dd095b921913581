"""Comparison of what changed: find the articles that it touches, compare them, write their rows anew.

A changed article meets the articles of its window. What a chain of links joins is compared together and whatever it does not join keeps
its rows, so the cost follows what changed, and loading day by day or all at once ends in the same rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

import duckdb

from common import clock
from transforms.records import ArticleLink, ClaimMention, ComparableArticle, Comparison
from warehouse import vectors
from warehouse.sql import naive, set_variables, statement, transaction
from warehouse.tables import COMPARED, LINK, to_arrow

# Longest stretch of changed days that one comparison covers. A backfill of years becomes weeks, so that memory stays flat; a shorter
# stretch would compare the days of overlap (the window on both sides) more often.
LONGEST_SLICE = timedelta(days=7)

ARTICLES = """
SELECT v.article_id, v.outlet_id, v.dated_at, v.headline, v.body, v.language, v.agency, coalesce(o.is_agency, false), v.is_truncated
FROM core.current_version v SEMI JOIN window_article USING (article_id) LEFT JOIN core.outlet o USING (outlet_id)
ORDER BY v.article_id
"""
MENTIONS = """
SELECT to_json(m) FROM core.claim_mention m
SEMI JOIN (FROM core.current_version SEMI JOIN window_article USING (article_id)) v USING (version_id)
ORDER BY m.mention_id
"""


class Compare(Protocol):
    """The signature of `transforms.compare.compare`."""

    def __call__(
        self, articles: Sequence[ComparableArticle], mentions: Sequence[ClaimMention], *, window_days: int
    ) -> Comparison: ...  # pragma: no cover


class Matcher(vectors.Encoder, Protocol):
    """Says which articles a changed one is near to; see `transforms.compare.meeting`."""

    def meet(
        self, articles: Sequence[ComparableArticle], fresh: frozenset[UUID], *, window_days: int
    ) -> list[ArticleLink]: ...  # pragma: no cover


def slices(instants: Sequence[datetime], longest: timedelta = LONGEST_SLICE) -> list[tuple[datetime, datetime]]:
    """Cover sorted instants with stretches [first, last], none longer than `longest`.

    >>> slices([datetime(2018, 9, 1), datetime(2018, 9, 3), datetime(2018, 9, 20)])
    [(datetime.datetime(2018, 9, 1, 0, 0), datetime.datetime(2018, 9, 3, 0, 0)), \
(datetime.datetime(2018, 9, 20, 0, 0), datetime.datetime(2018, 9, 20, 0, 0))]
    """
    found: list[tuple[datetime, datetime]] = []
    for instant in instants:
        if found and instant - found[-1][0] <= longest:
            found[-1] = (found[-1][0], instant)
        else:
            found.append((instant, instant))
    return found


def _articles(con: duckdb.DuckDBPyConnection, matcher: Matcher | None) -> list[ComparableArticle]:
    """The articles of table window_article, with their vectors where there is a matcher to make them."""
    known = vectors.of_window(con, matcher) if matcher else {}
    return [
        ComparableArticle(
            article_id=article_id,
            outlet_id=outlet_id,
            published_at=dated_at.replace(tzinfo=UTC),
            headline=headline,
            body=body,
            language=language,
            agency=agency,
            is_agency=is_agency,
            is_truncated=is_truncated,
            vector=known.get(article_id, b""),
        )
        for article_id, outlet_id, dated_at, headline, body, language, agency, is_agency, is_truncated in con.execute(ARTICLES).fetchall()
    ]


def _meet(con: duckdb.DuckDBPyConnection, matcher: Matcher, window_days: int) -> None:
    """Let the changed articles meet those of the window, and keep as seeds only what they touch."""
    fresh = frozenset(article_id for (article_id,) in con.execute("FROM window_stale").fetchall())
    links = matcher.meet(_articles(con, matcher), fresh, window_days=window_days)
    con.register("window_met", to_arrow(links, LINK.schema, method=matcher.method))
    con.execute(statement("window_2_seeds"))
    con.unregister("window_met")


def _mentions(con: duckdb.DuckDBPyConnection) -> list[ClaimMention]:
    return [ClaimMention.model_validate_json(text) for (text,) in con.execute(MENTIONS).fetchall()]


def _write(con: duckdb.DuckDBPyConnection, comparison: Comparison) -> None:
    for name, table in COMPARED.items():
        con.register(f"compared_{name}", to_arrow(getattr(comparison, name), table.schema, method=comparison.method))
    with transaction(con):
        set_variables(con, compared_at=naive(clock.now()))
        con.execute(statement("window_4_forget"))
        con.execute(statement("window_5_write"))
        con.execute(statement("window_6_changes"))
    for name in COMPARED:
        con.unregister(f"compared_{name}")


def compare_stale(con: duckdb.DuckDBPyConnection, compare: Compare, *, window_days: int, matcher: Matcher | None = None) -> int:
    """Compare around every article that changed since it was compared last; returns the number of articles looked at.

    Without a matcher all articles of the window are compared.

    Each stretch of days is one transaction that also takes its articles off the list, so a killed run goes on where it was.
    """
    changed = [at for (at,) in con.execute("SELECT DISTINCT dated_at FROM ops.stale_article ORDER BY dated_at").fetchall()]
    reach, looked_at = timedelta(days=window_days), 0
    for first, last in slices(changed):
        set_variables(con, stale_first=first, stale_last=last, window_first=first - reach, window_last=last + reach)
        con.execute(statement("window_1_near"))
        if matcher:
            _meet(con, matcher, window_days)
        con.execute(statement("window_3_articles"))
        articles = _articles(con, matcher)
        _write(con, compare(articles, _mentions(con), window_days=window_days))
        looked_at += len(articles)
    return looked_at
