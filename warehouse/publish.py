"""Publishing: a verified read-only copy of the private file under a number of its own, behind the link `news.duckdb`."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

import duckdb

from common import logs
from common.errors import Broken
from common.settings import Settings
from warehouse import state
from warehouse.connect import open_read_only
from warehouse.landing import fsync
from warehouse.sql import naive
from warehouse.verify import demand, run_checks

SNAPSHOT = re.compile(r"^news-(\d{6,})\.duckdb$")
# Files of a publication that was killed; whoever holds the private file is the only publisher, so they are nobody's.
LEFT_BEHIND = ".publishing-*"
# cp of 265 MB took 0.08 CPU seconds; an hour is a broken disk.
COPY_DEADLINE_S = 3600


def sweep(folder: Path) -> None:
    """Remove what a killed publication left."""
    for path in folder.glob(LEFT_BEHIND):
        path.unlink()


def snapshots(folder: Path) -> dict[int, Path]:
    """Number -> file of every published snapshot, oldest first."""
    found = {int(match[1]): path for path in folder.glob("news-*.duckdb") if (match := SNAPSHOT.match(path.name))}
    return dict(sorted(found.items()))


def expired(numbers: list[int], keep: int) -> list[int]:
    """The numbers of the snapshots that go.

    >>> expired([1, 2, 3, 4], 3)
    [1]
    """
    return sorted(numbers)[:-keep]


def _current(con: duckdb.DuckDBPyConnection, link: Path, mark: str) -> Path | None:
    """The published file, if it already shows this state."""
    found = SNAPSHOT.match(link.resolve().name) if link.exists() else None
    known = con.execute("SELECT number FROM ops.snapshot WHERE fingerprint = ?", [mark]).fetchall()
    return link.resolve() if found and (int(found[1]),) in known else None


def _copy(source: Path, target: Path) -> None:
    """Copy in a child: were this process to open and close its own database file, it would lose its lock on it."""
    command = [shutil.which("cp") or "/bin/cp", "--reflink=auto", "--", str(source), str(target)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=COPY_DEADLINE_S, check=False)
    if done.returncode:
        raise Broken(f"copying {source} failed: {done.stderr.strip() or f'cp ended with {done.returncode}'}", path=str(target))


def verify_copy(path: Path, expected: tuple[int, ...], left_out: Collection[str] = ()) -> None:
    """Open a copy as people will and look at it; checks `left_out` are not asked.

    Raises:
        Broken: it holds other numbers of rows, or a check returned some.
    """
    with contextlib.closing(open_read_only(path)) as copy:
        found = state.counts(copy)
        if found != expected:
            raise Broken(f"the copy holds {found} rows instead of {expected}", path=str(path))
        demand(run_checks(copy, left_out=left_out))


def install(fresh: Path, target: Path, link: Path) -> None:
    """Give a verified copy its name, read-only, and point the link at it."""
    fresh.chmod(0o444)
    fsync(fresh)
    fresh.replace(target)
    _swap(link, target)


def _swap(link: Path, target: Path) -> None:
    """Point the link at the target in one step; relative, so that it holds wherever the folder is mounted."""
    fresh = link.with_name(f".publishing-{link.name}")
    fresh.symlink_to(target.name)
    fresh.replace(link)
    fsync(link.parent)


def publish_copy(con: duckdb.DuckDBPyConnection, settings: Settings, made_at: datetime) -> Path:
    """Publish the state of the open private file; returns the snapshot, the present one if nothing is new.

    The connection stays open while the child copies: its lock keeps other writers out, and after CHECKPOINT the file is whole.

    Raises:
        Broken: the copy fails its checks; what was published stays.
    """
    folder, mark = settings.published_dir, state.fingerprint(con)
    if current := _current(con, settings.published_file, mark):
        return current
    folder.mkdir(parents=True, exist_ok=True)
    sweep(folder)
    numbers = [*snapshots(folder), *(n for (n,) in con.execute("SELECT number FROM ops.snapshot").fetchall())]
    number, counts = max(numbers, default=0) + 1, state.counts(con)
    con.execute("INSERT INTO ops.snapshot VALUES (?, ?, ?, ?, ?, ?, ?)", [number, naive(made_at), mark, *counts])
    con.execute("CHECKPOINT")
    fresh, target = folder / f".publishing-{number:06d}", folder / f"news-{number:06d}.duckdb"
    _copy(settings.warehouse_file, fresh)
    verify_copy(fresh, counts)
    install(fresh, target, settings.published_file)
    _prune(folder, settings.keep_snapshots)
    logs.get().info("published", path=target.name, articles=counts[0], stories=counts[3])
    return target


def _prune(folder: Path, keep: int) -> None:
    """Delete the oldest snapshots; whoever has one open keeps reading it."""
    found = snapshots(folder)
    for number in expired(list(found), keep):
        found[number].unlink()
