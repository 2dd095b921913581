"""SQL files of this folder, and values for them: files are fixed text, values go in as session variables or parameters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from common.settings import Settings

HERE = Path(__file__).parent
# Names of session variables that the statements use; SET VARIABLE takes its value as a parameter but not its name.
VARIABLES = frozenset(
    {
        "amp",
        "batch_key",
        "landing",
        "landing_sha256",
        "is_reprocess",
        "chunk_size",
        "chunk",
        "captures",
        "code_version",
        "loaded_at",
        "slice_first",
        "slice_last",
        "stale_first",
        "stale_last",
        "window_first",
        "window_last",
        "compared_at",
        "stamped",
    }
)


@cache
def statement(name: str) -> str:
    """The text of `statements/NAME.sql`."""
    return (HERE / "statements" / f"{name}.sql").read_text("utf-8")


def naive(instant: datetime) -> datetime:
    """UTC without a zone, as the TIMESTAMP columns hold it."""
    return instant.astimezone(UTC).replace(tzinfo=None)


def set_variables(con: duckdb.DuckDBPyConnection, **values: Any) -> None:
    """Set session variables for the statements that follow."""
    for name, value in values.items():
        assert name in VARIABLES, name
        con.execute(f"SET VARIABLE {name} = ?", [value])


def engine(settings: Settings) -> duckdb.DuckDBPyConnection:
    """A DuckDB in memory within the writer's limits, to which a warehouse is attached."""
    return duckdb.connect(
        config={
            "memory_limit": settings.warehouse_memory,
            "threads": settings.warehouse_threads,
            "temp_directory": str(settings.warehouse_file.parent / "spill"),
            "preserve_insertion_order": False,  # order is never relied on; keeping it costs memory in every MERGE
        },
    )


def in_lake(con: duckdb.DuckDBPyConnection) -> bool:
    """Is the open warehouse a DuckLake, and no file?"""
    return con.execute("SELECT type FROM duckdb_databases() WHERE database_name = current_database()").fetchall() == [("ducklake",)]


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit at the end, roll back when anything is raised."""
    con.begin()
    try:
        yield
    except BaseException:  # reason: also an interrupt must not leave half a transaction open
        con.rollback()
        raise
    con.commit()
