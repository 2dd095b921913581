"""Articles that turn out to be one are made one, inside the transaction that loads a chunk. The rules are in `transforms.identity`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC
from typing import Any
from uuid import UUID

import duckdb
import pyarrow as pa

from common.ids import key
from transforms.identity import Known, Reason, Text, aliases_of, are_kin, goes_by, is_same_text, joined
from warehouse.sql import statement

EVIDENCE = pa.schema(
    [("url", pa.string()), ("url_id", pa.uuid()), ("article_id", pa.uuid()), ("reason", pa.string()), ("first_seen_at", pa.timestamp("us"))]
)
MOVED = pa.schema([("old_id", pa.uuid()), ("new_id", pa.uuid()), ("reason", pa.string())])
# The text of an AMP copy is no evidence: it is dropped once the page is read, and a merge may not hang on what comes first.
TEXTS_OF_ARTICLES = """
SELECT article_id, CASE WHEN NOT published_is_day THEN published_at END, body FROM core.article_version v
WHERE article_id IN (SELECT unnest($ids::UUID[]))
  AND EXISTS (FROM core.capture c WHERE c.version_id = v.version_id AND NOT regexp_matches(c.url, getvariable('amp')))
ORDER BY version_id
"""
TEXTS_OF_VERSIONS = """
SELECT version_id, CASE WHEN NOT published_is_day THEN published_at END, body FROM core.article_version
WHERE version_id IN (SELECT unnest($ids::UUID[]))
"""
ARTICLES = "SELECT first_seen_at, canonical_url, article_id FROM core.article WHERE article_id IN (SELECT unnest($ids::UUID[]))"

Pairs = dict[tuple[UUID, UUID], Reason]


def _with_table(con: duckdb.DuckDBPyConnection, name: str, rows: list[dict[str, Any]], schema: pa.Schema, script: str) -> None:
    con.register(name, pa.Table.from_pylist(rows, schema=schema))
    con.execute(statement(script))
    con.unregister(name)


def _note_addresses(con: duckdb.DuckDBPyConnection) -> None:
    """Keep under which other addresses the articles of the chunk were found."""
    rows = [
        {
            "url": alias.url,
            "url_id": key("article", alias.url),
            "article_id": article_id,
            "reason": alias.reason,
            "first_seen_at": first_seen_at,
        }
        for url, final_url, page_url, article_id, first_seen_at in con.execute(statement("identity_1_evidence")).fetchall()
        for alias in aliases_of(url, final_url, page_url)
    ]
    if rows:
        _with_table(con, "evidence", rows, EVIDENCE, "identity_2_note")


def _texts(con: duckdb.DuckDBPyConnection, query: str, ids: Collection[UUID]) -> dict[UUID, list[Text]]:
    found: dict[UUID, list[Text]] = defaultdict(list)
    if ids:
        for owner, published_at, body in con.execute(query, {"ids": [str(one) for one in ids]}).fetchall():
            found[owner].append(Text(published_at and published_at.replace(tzinfo=UTC), body))
    return found


def _linked(con: duckdb.DuckDBPyConnection) -> Pairs:
    """Articles that a redirect or a link joins, and that are kin."""
    rows = con.execute(statement("identity_3_linked")).fetchall()
    texts = _texts(con, TEXTS_OF_ARTICLES, {one for a, b, _, is_certain in rows if not is_certain for one in (a, b)})
    return {(a, b): reason for a, b, reason, is_certain in rows if is_certain or are_kin(texts[a], texts[b])}


def _same_texts(con: duckdb.DuckDBPyConnection) -> Pairs:
    """Articles of one outlet that show one text."""
    rows = con.execute(statement("identity_4_same_instant")).fetchall()
    texts = _texts(con, TEXTS_OF_VERSIONS, {version for row in rows for version in (row[1], row[3])})
    return {(a, b): "same_text" for a, v, b, w in rows if is_same_text(texts[v][0], texts[w][0])}


def _merge(con: duckdb.DuckDBPyConnection, pairs: Pairs) -> None:
    """Make one article of every set that hangs together."""
    ids = {one for pair in pairs for one in pair}
    known = {row[2]: Known(*row) for row in con.execute(ARTICLES, {"ids": [str(one) for one in ids]}).fetchall()}
    moved = []
    for group in joined(pairs):
        kept = goes_by(known[one] for one in group).article_id
        reasons = {old: min(reason for pair, reason in pairs.items() if old in pair) for old in sorted(group - {kept})}
        moved += [{"old_id": old, "new_id": kept, "reason": reason} for old, reason in reasons.items()]
    _with_table(con, "moved", moved, MOVED, "identity_5_merge")


def resolve(con: duckdb.DuckDBPyConnection) -> None:
    """Merge what belongs together around the articles of temp table `chunk`; runs between bringing the chunk in and settling it.

    In whatever order captures arrive, the same articles come out: every rule looks at all texts so far, and a merge is for good.
    """
    _note_addresses(con)
    pairs = _linked(con) | _same_texts(con)
    while pairs:
        _merge(con, pairs)
        pairs = _linked(con)  # a merge may bring the kin of another article together
    con.execute(statement("identity_6_tidy"))
