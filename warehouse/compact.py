"""Maintenance: rewrite the private file when much of it is free space, and let old captures go."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from common.settings import Settings
from ingest.store.captures import batch_dir, sealed_batches
from warehouse import lake
from warehouse.comments import literal
from warehouse.connect import LAYOUT, open_private
from warehouse.landing import folder, fsync, landed_batches

# Share of free blocks from which a rewrite pays: churn grew a 265 MB file to 411 MB, the rewrite brought it to 185 MB; below a third
# DuckDB fills the holes itself.
FREE_SHARE = 0.3
# A file below this size (bytes) is not worth a rewrite: holes of a few blocks are a large share of it.
LEAST_SIZE = 64 * 1024 * 1024


def free_share(con: duckdb.DuckDBPyConnection) -> float:
    """Share of the file's blocks that hold nothing."""
    ((free, total),) = con.execute(
        "SELECT free_blocks, total_blocks FROM pragma_database_size() WHERE database_name = current_database()"
    ).fetchall()
    return free / total if total else 0.0


def _rewrite(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Write the open database anew without its holes (views, macros, comments and compression come along) and put it in its place.

    The connection keeps its lock on the old file until it is closed, so no other writer comes between.
    """
    fresh = path.with_name(".compacting.duckdb")
    fresh.unlink(missing_ok=True)
    con.execute(f"ATTACH {literal(str(fresh))} AS compacted ({LAYOUT})")
    con.execute(f"COPY FROM DATABASE {path.stem} TO compacted")
    con.execute("DETACH compacted")
    fsync(fresh)
    fresh.replace(path)
    fsync(path.parent)


def compact(settings: Settings, *, least_share: float = FREE_SHARE, least_size: int = LEAST_SIZE) -> bool:
    """Rewrite the private file if much of it is free, or join a lake's small files; tells whether it did.

    Raises:
        WarehouseBusy: another process holds the private file.
    """
    if settings.is_lake:
        with open_private(settings) as con:
            return lake.tidy(con) > 0
    path = settings.warehouse_file
    if not path.exists() or path.stat().st_size < least_size:
        return False
    with open_private(settings) as con:
        con.execute("CHECKPOINT")
        if free_share(con) < least_share:
            return False
        _rewrite(con, path)
    return True


def drop_old_captures(settings: Settings, loaded: set[str], now: datetime) -> int:
    """Delete captures and landing files of loaded batches past `retention_days`; returns how many batches went."""
    if settings.retention_days is None:
        return 0
    limit = now - timedelta(days=settings.retention_days)
    made = [(b.batch_key, b.made_at) for b in sealed_batches(settings)] + [(b.batch_key, b.made_at) for b in landed_batches(settings)]
    old = {batch_key for batch_key, made_at in made if made_at < limit and batch_key in loaded}
    for batch_key in old:
        # landing first: were the run killed between the two, the batch would be made again and be found unchanged
        shutil.rmtree(folder(settings, batch_key), ignore_errors=True)
        shutil.rmtree(batch_dir(settings, batch_key), ignore_errors=True)
    return len(old)
