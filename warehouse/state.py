"""What a warehouse holds, and the mark by which a publication knows that nothing is new."""

from __future__ import annotations

import duckdb

from common import ids

COUNTS = """
SELECT (SELECT count(*) FROM core.article), (SELECT count(*) FROM core.article_version),
       (SELECT count(*) FROM core.claim_mention), (SELECT count(*) FROM core.story)
"""
STATE = """
SELECT coalesce(string_agg(line, chr(10) ORDER BY line), '') FROM (
    SELECT batch_key || ' ' || landing_sha256 || ' ' || loaded_at::VARCHAR AS line FROM ops.batch
    UNION ALL SELECT version::VARCHAR || ' ' || sha256 FROM ops.schema_history
    UNION ALL SELECT 'landing ' || batch_key || ' ' || recorded_at::VARCHAR FROM ops.rejection WHERE capture_id IS NULL)
"""


def counts(con: duckdb.DuckDBPyConnection) -> tuple[int, int, int, int]:
    """Articles, versions, mentions and stories."""
    ((articles, versions, mentions, stories),) = con.execute(COUNTS).fetchall()
    return articles, versions, mentions, stories


def fingerprint(con: duckdb.DuckDBPyConnection) -> str:
    """Changes with every batch, migration and view: equal means that there is nothing new to publish."""
    return ids.sha256(str(con.execute(STATE).fetchall()[0][0]))
