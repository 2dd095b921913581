"""The SQL checks: each file of checks/ is a query that must return no rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from common.errors import Broken
from warehouse.sql import HERE, naive, transaction

# Violations that are counted and the ones that are shown: enough to see the pattern without reading a broken table to its end.
COUNTED, SHOWN = 1000, 3


@dataclass(frozen=True)
class CheckResult:
    """What one check found; `violations` is capped at COUNTED."""

    name: str
    violations: int
    sample: str | None


def run_check(con: duckdb.DuckDBPyConnection, path: Path) -> CheckResult:
    """Run one check file."""
    rows = con.sql(path.read_text("utf-8")).limit(COUNTED).fetchall()
    shown = "; ".join(" ".join(str(value) for value in row) for row in rows[:SHOWN])
    return CheckResult(path.stem, len(rows), shown or None)


def run_checks(con: duckdb.DuckDBPyConnection, folder: Path = HERE / "checks") -> list[CheckResult]:
    """Run every check of the folder."""
    return [run_check(con, path) for path in sorted(folder.glob("*.sql"))]


def record(con: duckdb.DuckDBPyConnection, results: Sequence[CheckResult], checked_at: datetime) -> None:
    """Keep the results of the last run of each check in ops.check_result."""
    with transaction(con):
        con.execute("DELETE FROM ops.check_result")
        for result in results:
            con.execute(
                "INSERT INTO ops.check_result VALUES (?, ?, ?, ?)", [result.name, naive(checked_at), result.violations, result.sample]
            )


def demand(results: Sequence[CheckResult]) -> None:
    """Let only clean results pass.

    Raises:
        Broken: a check returned rows; nothing may be published.
    """
    failed = [result for result in results if result.violations]
    if failed:
        told = "; ".join(f"{result.name}: {result.violations} rows, e.g. {result.sample}" for result in failed)
        raise Broken(f"the warehouse fails its checks, nothing is published: {told}", checks=", ".join(r.name for r in failed))
