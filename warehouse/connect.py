"""Doors to the warehouse: the private file (one writer, waits its turn), the published one (read-only, closed to the outside), a lake."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_exponential_jitter

from common.errors import Misconfigured, WarehouseBusy
from common.settings import Settings
from warehouse import lake
from warehouse.comments import literal
from warehouse.sql import engine

# Readable by every client since DuckDB 1.2 and the first version with zstd; the default of 2.0 shuts out every 1.x client.
STORAGE_VERSION = "v1.2.0"
# Rows of a row group, against DuckDB's 122,880. With 16,384 a load takes a fifth less time and the file a quarter less room, as less of it
# is written anew, and a search passes over most groups of its index. Clients since 1.2 read it.
ROW_GROUP_SIZE = 16_384
# How both files of a rewrite are attached.
LAYOUT = f"STORAGE_VERSION '{STORAGE_VERSION}', ROW_GROUP_SIZE {ROW_GROUP_SIZE}"
# First and longest pause between two tries for the lock: a load holds it for seconds, so asking more often only burns CPU.
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 2.0
# This process has it open already: its lock would not keep it out.
TWICE = "Unique file handle conflict"
HOLDER = re.compile(r"Conflicting lock is held in (?P<program>.+?) \(PID (?P<pid>\d+)\)")


def lock_holder(error: BaseException) -> int | None:
    """Process id out of DuckDB's lock error; None when the error is about something else."""
    if isinstance(error, duckdb.Error) and TWICE in str(error):
        return os.getpid()
    found = HOLDER.search(str(error)) if isinstance(error, duckdb.IOException) else None
    return int(found["pid"]) if found else None


def _connect(settings: Settings, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    path = settings.warehouse_file
    path.parent.mkdir(parents=True, exist_ok=True)
    con = engine(settings)
    try:  # attached, because connect() takes no size of row groups
        con.execute(f"ATTACH {literal(str(path))} AS {path.stem} ({LAYOUT}{', READ_ONLY' if read_only else ''})")
        con.execute(f"USE {path.stem}")
    except BaseException:  # reason: whatever it is, nobody else closes the connection
        con.close()
        raise
    return con


@contextmanager
def open_private(settings: Settings, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """The private file, or the lake, for one writer; waits up to `warehouse_wait_s` seconds for its lock.

    Raises:
        WarehouseBusy: another process still holds it; the message names it.
    """
    if settings.is_lake:
        with lake.open_lake(settings, read_only=read_only) as con:
            yield con
        return
    tries = Retrying(
        stop=stop_after_delay(settings.warehouse_wait_s),
        wait=wait_exponential_jitter(multiplier=FIRST_PAUSE_S, max=LONGEST_PAUSE_S),
        retry=retry_if_exception(lambda error: lock_holder(error) is not None),
        reraise=True,
    )
    try:
        con = tries(_connect, settings, read_only=read_only)
    except duckdb.Error as error:
        if (pid := lock_holder(error)) is None:
            raise
        raise WarehouseBusy(
            f"{settings.warehouse_file} is held by process {pid}; waited {settings.warehouse_wait_s:g} s. "
            f"People open {settings.published_file} instead; end process {pid} if it is not a load.",
            path=str(settings.warehouse_file),
            pid=pid,
        ) from error
    try:
        yield con
    finally:
        con.close()


def open_read_only(path: Path, *, memory: str | None = None) -> duckdb.DuckDBPyConnection:
    """A file opened for reading, without access to other files, the network or its own settings; `memory`: its limit, e.g. 1GB."""
    # the resolved name: within one process DuckDB hands out the instance it already has for a path, even after the link moved
    con = duckdb.connect(str(path.resolve()), read_only=True, config={"enable_external_access": False})
    if memory:
        con.execute("SET memory_limit = ?", [memory])
    con.execute("SET TimeZone = 'UTC'; SET lock_configuration = true")
    return con


def open_published(settings: Settings, *, memory: str | None = None) -> duckdb.DuckDBPyConnection:
    """The newest published snapshot, of a file or a lake, read-only; `memory`: the limit of its queries, e.g. 1GB.

    Raises:
        Misconfigured: nothing was published yet.
    """
    if settings.is_lake:
        return lake.open_published(settings, memory=memory)
    if not settings.published_file.exists():
        raise Misconfigured(
            f"{settings.published_file}: nothing published yet. Run `consilience up` and wait for the first batch, "
            "or set CONSILIENCE_DATA_DIR to the folder that holds your data."
        )
    return open_read_only(settings.published_file, memory=memory)
