"""Landing files into tables: MERGE guarded by hashes, in one transaction with the row of the batch; again is nothing new."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb

from transforms.identity import AMP, STAMPED
from warehouse import identity, indexing, merging
from warehouse.landing import LandingManifest
from warehouse.sql import naive, set_variables, statement, transaction

# Captures in one transaction: MERGE of 300 k articles ran out of 1 GB, 20 k stay far below it .
CHUNK_SIZE = 20_000
COUNTS = ("captures", "loaded", "unchanged", "duplicate", "filtered", "quarantined")


def batch_counts(con: duckdb.DuckDBPyConnection, batch_key: str) -> tuple[str, dict[str, int]] | None:
    """SHA-256 of the landing files that were loaded, and the counts; None when the batch is not loaded."""
    rows = con.execute(
        "SELECT landing_sha256, captures, loaded, unchanged, duplicate, filtered, quarantined FROM ops.batch WHERE batch_key = ?",
        [batch_key],
    ).fetchall()
    return (rows[0][0], dict(zip(COUNTS, rows[0][1:], strict=True))) if rows else None


def _chunks(con: duckdb.DuckDBPyConnection) -> list[int]:
    """Numbers of the chunks of table `incoming`; an empty batch has one."""
    return [number for (number,) in con.execute("SELECT DISTINCT chunk FROM incoming ORDER BY 1").fetchall()] or [0]


def load(
    con: duckdb.DuckDBPyConnection, manifest: LandingManifest, folder: Path, loaded_at: datetime, *, chunk_size: int = CHUNK_SIZE
) -> dict[str, int]:
    """Load a verified landing folder; returns captures, loaded, unchanged, duplicate, filtered, quarantined.

    A batch of up to `chunk_size` captures is one transaction; a larger one several, the last of which writes the row of the batch.
    """
    done = batch_counts(con, manifest.batch_key)
    if done and done[0] == manifest.sha256:
        return done[1]
    set_variables(
        con,
        batch_key=manifest.batch_key,
        landing=str(folder.absolute()),
        landing_sha256=manifest.sha256,
        is_reprocess=manifest.batch_key.startswith("reprocess/"),
        chunk_size=chunk_size,
        captures=manifest.captures,
        code_version=manifest.code_version,
        loaded_at=naive(loaded_at),
        amp=AMP,
        stamped=STAMPED,
    )
    if done:
        with transaction(con):
            con.execute(statement("load_0_forget"))
    con.execute(statement("load_1_incoming"))
    chunks = _chunks(con)
    for number in chunks:
        with transaction(con):
            set_variables(con, chunk=number)
            con.execute(statement("load_2_chunk"))
            identity.resolve(con)
            con.execute(statement("load_3_settle"))
            con.execute(statement("load_4_removal"))
            indexing.index_chunk(con, folder)
            merging.merge_segments(con)
            if number == chunks[-1]:
                con.execute(statement("load_5_batch"))
    counted = batch_counts(con, manifest.batch_key)
    assert counted is not None
    return counted[1]
