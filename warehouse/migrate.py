"""Brings a warehouse file to the schema of this code: numbered migrations once, views, macros and comments whenever they changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from common import clock, ids, logs
from common.errors import Misconfigured
from warehouse import comments
from warehouse.sql import HERE, in_lake, naive, transaction

NUMBERED = re.compile(r"^(\d{4})_\w+\.sql$")
# The row of ops.schema_history that stands for all re-runnable files together.
REPEATABLE = 0

# DuckLake 1.0 has no compression by column, no arrays of fixed length, no defaults of lists; the loads fill a column that had one.
NOT_IN_LAKES = (
    (re.compile(r" USING COMPRESSION \w+"), ""),
    (re.compile(r"FLOAT\[\d+\]"), "FLOAT[]"),
    (re.compile(r" DEFAULT (?:\[\]|MAP \{\})"), ""),
    (re.compile(r"ALTER TABLE \S+ ALTER COLUMN \S+ SET NOT NULL;\n?"), ""),
)

HISTORY = """
CREATE SCHEMA IF NOT EXISTS ops;
CREATE TABLE IF NOT EXISTS ops.schema_history (
    version INTEGER NOT NULL, name VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, applied_at TIMESTAMP NOT NULL);
"""


@dataclass(frozen=True)
class Migration:
    """One numbered file."""

    version: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """Checksum of the text; an applied migration may never change."""
        return ids.sha256(self.sql)


def numbered(folder: Path = HERE / "migrations") -> list[Migration]:
    """The migrations of a folder, in order.

    Raises:
        Misconfigured: a file is misnamed, or a number is missing or doubled.
    """
    found = []
    for path in sorted(folder.glob("*.sql")):
        if not (match := NUMBERED.match(path.name)):
            raise Misconfigured(f"{path}: name it NNNN_words.sql, e.g. 0007_add_topics.sql", path=str(path))
        found.append(Migration(int(match[1]), path.name, path.read_text("utf-8")))
    if [m.version for m in found] != list(range(1, len(found) + 1)):
        raise Misconfigured(f"{folder}: numbers must run 0001, 0002, … without gap or repeat; found {[m.name for m in found]}")
    return found


def pending(migrations: list[Migration], applied: dict[int, tuple[str, str]]) -> list[Migration]:
    """What is still to be applied, given version -> (name, sha256) of what was.

    Raises:
        Misconfigured: an applied migration was edited, or the file was made by newer code.
    """
    known = {m.version: m for m in migrations}
    for version, (name, sha256) in sorted(applied.items()):
        if version not in known:
            raise Misconfigured(f"the warehouse has migration {name}, which this code does not know: update the code.", migration=name)
        if known[version].sha256 != sha256:
            raise Misconfigured(
                f"migration {name} was edited after it was applied: restore it with git and change the schema in a new one.",
                migration=name,
            )
    return [m for m in migrations if m.version not in applied]


def repeatable() -> str:
    """Views and macros as one script that makes them anew."""
    files = [path for folder in ("views", "macros") for path in sorted((HERE / folder).glob("*.sql"))]
    return "\n".join(path.read_text("utf-8") for path in files)


def _record(con: duckdb.DuckDBPyConnection, version: int, name: str, sha256: str) -> None:
    con.execute("INSERT INTO ops.schema_history VALUES (?, ?, ?, ?)", [version, name, sha256, naive(clock.now())])


def for_lake(sql: str) -> str:
    """A migration without what a lake does not know.

    >>> for_lake("CREATE TABLE t (body VARCHAR USING COMPRESSION zstd NOT NULL, tags VARCHAR[] DEFAULT [], vector FLOAT[384]);")
    'CREATE TABLE t (body VARCHAR NOT NULL, tags VARCHAR[], vector FLOAT[]);'
    """
    for pattern, kept in NOT_IN_LAKES:
        sql = pattern.sub(kept, sql)
    return sql


def _apply(con: duckdb.DuckDBPyConnection, migration: Migration) -> None:
    with transaction(con):
        con.execute(for_lake(migration.sql) if in_lake(con) else migration.sql)
        _record(con, migration.version, migration.name, migration.sha256)


def _drop_views(con: duckdb.DuckDBPyConnection) -> None:
    """Take away what the re-runnable files made before, so that a renamed view leaves nothing behind."""
    con.execute("DROP SCHEMA IF EXISTS marts CASCADE")
    views = con.execute(
        "SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal AND schema_name IN ('core', 'ops')"
    ).fetchall()
    for schema, view in views:
        con.execute(f'DROP VIEW "{schema}"."{view}"')


def _apply_repeatable(con: duckdb.DuckDBPyConnection, sha256: str) -> None:
    with transaction(con):
        _drop_views(con)
        con.execute(repeatable())
        comments.apply_comments(con)
        con.execute("DELETE FROM ops.schema_history WHERE version = ?", [REPEATABLE])
        _record(con, REPEATABLE, "views, macros, comments", sha256)


def migrate(con: duckdb.DuckDBPyConnection, migrations: list[Migration] | None = None) -> int:
    """Bring the open warehouse up to date; returns how many migrations were applied.

    Raises:
        Misconfigured: the history in the file and the migrations on disk disagree.
    """
    con.execute(HISTORY)
    rows = con.execute("SELECT version, name, sha256 FROM ops.schema_history").fetchall()
    history = {version: (name, sha256) for version, name, sha256 in rows}
    made, sha256 = history.pop(REPEATABLE, None), ids.sha256(repeatable() + comments.fingerprint())
    waiting = pending(numbered() if migrations is None else migrations, history)
    for migration in waiting:
        _apply(con, migration)
        logs.get().info("migrated", migration=migration.name)
    if waiting or made is None or made[1] != sha256:
        _apply_repeatable(con, sha256)
    return len(waiting)
