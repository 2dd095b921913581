"""`core.duckdb` beside `news.duckdb`: without bodies and search index, for dashboards, which ask much and read no texts.

It is written anew with each publication that asks for it: what it leaves out is most of the bytes, so that costs less than a copy of all.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from common import logs
from common.settings import Settings
from warehouse import state
from warehouse.comments import literal
from warehouse.connect import LAYOUT
from warehouse.publish import SNAPSHOT, install, snapshots, sweep, verify_copy

LINK = "core.duckdb"
# Tables that answer searches alone.
INDEX = "search_%"
TABLES = """
SELECT schema_name, table_name FROM duckdb_tables()
WHERE database_name = current_database() AND NOT internal AND table_name NOT LIKE ? ORDER BY ALL
"""
# Texts that a table is copied without.
WITHOUT = {"core.article_version": "* REPLACE ('' AS body)"}


def _write(con: duckdb.DuckDBPyConnection, target: Path) -> None:
    """Copy tables, views, macros and comments of the open file without its texts."""
    ((name,),) = con.execute("SELECT current_database()").fetchall()
    con.execute(f"ATTACH {literal(str(target))} AS slim ({LAYOUT})")
    try:
        con.execute(f"COPY FROM DATABASE {name} TO slim (SCHEMA)")
        for schema, table in con.execute(TABLES, [INDEX]).fetchall():
            columns = WITHOUT.get(f"{schema}.{table}", "*")
            con.execute(f'INSERT INTO slim."{schema}"."{table}" SELECT {columns} FROM "{schema}"."{table}"')  # noqa: S608 names out of the catalog
    finally:
        con.execute("DETACH slim")


def publish_core(con: duckdb.DuckDBPyConnection, settings: Settings, published: Path) -> Path:
    """Publish the slim copy that belongs to a snapshot; returns it, also where it was there. Those of snapshots that went go too.

    Raises:
        Broken: the copy fails its checks; what was published stays.
    """
    folder, found = settings.published_dir, SNAPSHOT.match(published.name)
    assert found is not None
    target = folder / f"core-{found[1]}.duckdb"
    if not target.exists():
        sweep(folder)
        fresh = folder / f".publishing-core-{found[1]}"
        _write(con, fresh)
        verify_copy(fresh, state.counts(con), left_out={"search_index"})
        install(fresh, target, folder / LINK)
        logs.get().info("published", path=target.name)
    kept = {f"core-{number:06d}.duckdb" for number in snapshots(folder)}
    for path in folder.glob("core-*.duckdb"):
        if path.name not in kept:
            path.unlink()
    return target
