"""The warehouse past one machine: DuckLake, with its catalog in PostgreSQL and its tables as Parquet files in a folder or an S3 bucket.

One writer at a time, as with the file, wherever it runs: a lake knows no unique keys, so two transactions that each add the same article
would both succeed. An advisory lock of the catalog's database keeps the turn and is gone with its holder. Readers never wait: they see
the lake as of its last publication. Made for DuckDB 1.5 (extension ducklake 1.0); the catalog's address is that of libpq.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from common import logs
from common.errors import Misconfigured, RetryLater, WarehouseBusy
from common.settings import Settings
from warehouse import state
from warehouse.comments import literal
from warehouse.sql import engine, naive
from warehouse.verify import demand, run_checks

if TYPE_CHECKING:
    import psycopg

NAME = "warehouse"
NO_PUBLICATION = "the lake has no publication yet. Run `consilience up` and wait for the first batch."
EXTENSIONS = ("ducklake", "postgres_scanner", "httpfs")
# Of the advisory lock; any number that nobody else takes in the catalog's database ("cons" in ASCII).
TURN = 0x636F6E73
HOLDER = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = %s LIMIT 1"
LAST = "SELECT number, made_at, fingerprint FROM ops.snapshot ORDER BY number DESC LIMIT 1"


def catalog(settings: Settings) -> str:
    """The address of the catalog for libpq.

    Raises:
        Misconfigured: the setting names no lake.
    """
    found = re.fullmatch(r"ducklake:postgres:(.+)", settings.warehouse.get_secret_value(), re.DOTALL)
    if found is None:
        raise Misconfigured("CONSILIENCE_WAREHOUSE: give `file`, or ducklake:postgres:host=HOST dbname=NAME user=NAME")
    return found[1]


def _load_extensions(con: duckdb.DuckDBPyConnection, folder: Path | None) -> None:
    """From a folder that has them somewhere below, else from DuckDB's own repository."""
    for name in EXTENSIONS:
        if folder is None:
            con.execute(f"INSTALL {name}")
            con.execute(f"LOAD {name}")
            continue
        path = next(iter(sorted(folder.rglob(f"{name}.duckdb_extension"))), None)
        if path is None:
            raise Misconfigured(f"{folder}: {name}.duckdb_extension is not there; see docs/how-to/lake.md", path=str(folder))
        con.execute(f"LOAD {literal(str(path))}")


def _secret(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """How the S3 store is asked, where its key is given; else the files are on a disk or the store is open."""
    if settings.s3_key_id is None:
        return
    told = {"KEY_ID": settings.s3_key_id}
    if settings.s3_secret:
        told["SECRET"] = settings.s3_secret.get_secret_value()
    if settings.s3_region:
        told["REGION"] = settings.s3_region
    scheme, _, host = (settings.s3_endpoint or "").rpartition("//")
    if host:
        told |= {"ENDPOINT": host, "URL_STYLE": "path", "USE_SSL": "false" if scheme == "http:" else "true"}
    con.execute(f"CREATE SECRET (TYPE s3, {', '.join(f'{word} {literal(value)}' for word, value in told.items())})")


def data_path(settings: Settings) -> str:
    """Where the tables lie: a folder, or a prefix in an S3 bucket."""
    return settings.lake_data or f"{(settings.data_dir / 'lake').absolute()}/"


@contextmanager
def _session(settings: Settings) -> Iterator[psycopg.Connection]:
    """A session with the catalog's database.

    Raises:
        RetryLater: it does not answer. DuckDB's own error would tell the whole address, with its password.
    """
    import psycopg

    address = catalog(settings)
    try:
        session = psycopg.connect(address, autocommit=True)
    except psycopg.OperationalError as error:
        raise RetryLater(f"the lake's catalog (CONSILIENCE_WAREHOUSE) can't be reached: {error}") from error
    with session:
        yield session


def _attach(settings: Settings, options: str = "") -> duckdb.DuckDBPyConnection:
    """A connection whose database is the lake; `options` of ATTACH besides. The catalog has answered before, see `_session`.

    Raises:
        Misconfigured: it is to be read and was never written.
    """
    con = engine(settings)
    try:
        _load_extensions(con, settings.lake_extensions)
        _secret(con, settings)
        con.execute(
            f"ATTACH {literal(f'ducklake:postgres:{catalog(settings)}')} AS {NAME} (DATA_PATH {literal(data_path(settings))}{options})"
        )
        con.execute(f"USE {NAME}")
        con.execute("SET TimeZone = 'UTC'")
        con.execute("SET disabled_optimizers = 'join_filter_pushdown'")  # 1.5 stops at filters by UUID on Arrow tables
    except BaseException as error:  # reason: whatever it is, nobody else closes the connection
        con.close()
        if isinstance(error, duckdb.Error) and "creating a new DuckLake is explicitly disabled" in str(error):
            raise Misconfigured(NO_PUBLICATION) from None
        raise
    return con


@contextmanager
def turn(settings: Settings) -> Iterator[None]:
    """The writer's turn, over all machines; waits up to `warehouse_wait_s` seconds for it.

    Raises:
        WarehouseBusy: another process has it; the message names its session in PostgreSQL.
        RetryLater: the catalog does not answer.
    """
    import psycopg

    with _session(settings) as lock:
        lock.execute("SELECT set_config('lock_timeout', %s, false)", [f"{max(1, round(settings.warehouse_wait_s * 1000))}ms"])
        try:
            lock.execute("SELECT pg_advisory_lock(%s)", [TURN])
        except psycopg.errors.LockNotAvailable as error:
            row = lock.execute(HOLDER, [TURN]).fetchone()
            pid = int(row[0]) if row else None
            raise WarehouseBusy(
                f"the lake is being written under PostgreSQL session {pid}; waited {settings.warehouse_wait_s:g} s. Readers are not kept "
                f"waiting. If that is no load: SELECT pg_terminate_backend({pid}).",
                pid=pid,
            ) from error
        yield


@contextmanager
def open_lake(settings: Settings, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """The lake for one writer, or its newest state for reading.

    Raises:
        WarehouseBusy: another process writes.
        RetryLater: the catalog does not answer.
    """
    held = _session(settings) if read_only else turn(settings)
    with held, closing(_attach(settings, ", READ_ONLY" if read_only else "")) as con:
        yield con


def open_published(settings: Settings, *, memory: str | None = None) -> duckdb.DuckDBPyConnection:
    """The lake as of its last publication, read-only; `memory`: the limit of its queries, e.g. 1GB.

    Raises:
        Misconfigured: nothing was published yet.
        RetryLater: the catalog does not answer.
    """
    last = last_publication(settings)
    if last is None:
        raise Misconfigured(NO_PUBLICATION)
    con = _attach(settings, f", READ_ONLY, SNAPSHOT_VERSION {last.version}")
    if memory:
        con.execute("SET memory_limit = ?", [memory])
    con.execute("SET allowed_directories = ?", [[data_path(settings)]])
    con.execute("SET enable_external_access = false; SET lock_configuration = true")
    return con


@dataclass(frozen=True)
class LakePublication:
    """A version of the lake that passed the checks."""

    version: int
    made_at: datetime
    fingerprint: str

    @property
    def name(self) -> str:
        """How people call it."""
        return f"{NAME} version {self.version}"


def _last(con: duckdb.DuckDBPyConnection) -> LakePublication | None:
    """The last publication of the open lake; None before the first."""
    return next((LakePublication(version, at.replace(tzinfo=UTC), mark) for version, at, mark in con.execute(LAST).fetchall()), None)


def last_publication(settings: Settings) -> LakePublication | None:
    """The last publication; None before the first.

    Raises:
        RetryLater: the catalog does not answer.
    """
    with suppress(duckdb.CatalogException), open_lake(settings, read_only=True) as con:
        return _last(con)
    return None


def publish(con: duckdb.DuckDBPyConnection, made_at: datetime) -> str:
    """Publish the present version of the lake, whose number readers ask for; returns its name, the last one's if nothing is new.

    Raises:
        Broken: a check returned rows; what was published stays.
    """
    mark, last = state.fingerprint(con), _last(con)
    if last is None or last.fingerprint != mark:
        demand(run_checks(con))
        ((version,),) = con.execute("SELECT max(snapshot_id) FROM ducklake_snapshots(?)", [NAME]).fetchall()
        counts, last = state.counts(con), LakePublication(version, made_at, mark)
        con.execute("INSERT INTO ops.snapshot VALUES (?, ?, ?, ?, ?, ?, ?)", [version, naive(made_at), mark, *counts])
        logs.get().info("published", version=version, articles=counts[0], stories=counts[3])
    return last.name


def tidy(con: duckdb.DuckDBPyConnection) -> int:
    """Join the small files that loads leave, without a version less to read; returns how many files there were to join."""
    return len(con.execute("CALL ducklake_merge_adjacent_files(?)", [NAME]).fetchall())
