"""Comparison of what changed: find the window of articles around it, compare them, write their rows anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

import duckdb

from transforms.records import ClaimMention, ComparableArticle, Comparison
from warehouse.sql import set_variables, statement, transaction
from warehouse.tables import COMPARED, to_arrow

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


def _articles(con: duckdb.DuckDBPyConnection) -> list[ComparableArticle]:
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
        )
        for article_id, outlet_id, dated_at, headline, body, language, agency, is_agency, is_truncated in con.execute(ARTICLES).fetchall()
    ]


def _mentions(con: duckdb.DuckDBPyConnection) -> list[ClaimMention]:
    return [ClaimMention.model_validate_json(text) for (text,) in con.execute(MENTIONS).fetchall()]


def _write(con: duckdb.DuckDBPyConnection, comparison: Comparison) -> None:
    for name, table in COMPARED.items():
        con.register(f"compared_{name}", to_arrow(getattr(comparison, name), table.schema, method=comparison.method))
    with transaction(con):
        con.execute(statement("window_2_forget"))
        con.execute(statement("window_3_write"))
    for name in COMPARED:
        con.unregister(f"compared_{name}")


def compare_stale(con: duckdb.DuckDBPyConnection, compare: Compare, *, window_days: int) -> int:
    """Compare around every article that changed since it was compared last; returns the number of articles looked at.

    Each stretch of days is one transaction that also takes its articles off the list, so a killed run goes on where it was.
    """
    changed = [at for (at,) in con.execute("SELECT DISTINCT dated_at FROM ops.stale_article ORDER BY dated_at").fetchall()]
    reach, looked_at = timedelta(days=window_days), 0
    for first, last in slices(changed):
        set_variables(con, stale_first=first, stale_last=last, window_first=first - reach, window_last=last + reach)
        con.execute(statement("window_1_articles"))
        articles = _articles(con)
        _write(con, compare(articles, _mentions(con), window_days=window_days))
        looked_at += len(articles)
    return looked_at
