"""The SQL checks: each file of checks/ is a query that must return no rows, each file of watches/ one that should not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import duckdb

from common.errors import Broken
from warehouse.sql import HERE, naive, transaction

# error: wrong data, nothing is published. warning: data that is right and looks odd, e.g. an outlet that fell silent.
Severity = Literal["error", "warning"]
# Violations that are counted and the ones that are shown: enough to see the pattern without reading a broken table to its end.
COUNTED, SHOWN = 1000, 3
# How long results are kept: a month shows when a fault began; longer only grows the file (ten rows a batch, 96 batches a day).
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class CheckResult:
    """What one check found; `violations` is capped at COUNTED."""

    name: str
    violations: int
    sample: str | None
    severity: Severity = "error"


def run_check(con: duckdb.DuckDBPyConnection, path: Path, severity: Severity = "error") -> CheckResult:
    """Run one check file."""
    rows = con.sql(path.read_text("utf-8")).limit(COUNTED).fetchall()
    shown = "; ".join(" ".join(str(value) for value in row) for row in rows[:SHOWN])
    return CheckResult(path.stem, len(rows), shown or None, severity)


def run_checks(con: duckdb.DuckDBPyConnection, folder: Path = HERE / "checks", *, left_out: Collection[str] = ()) -> list[CheckResult]:
    """Run every check of the folder but those `left_out`."""
    return [run_check(con, path) for path in sorted(folder.glob("*.sql")) if path.stem not in left_out]


def run_watches(con: duckdb.DuckDBPyConnection, folder: Path = HERE / "watches") -> list[CheckResult]:
    """Run every watch of the folder; what they find is a warning."""
    return [run_check(con, path, "warning") for path in sorted(folder.glob("*.sql"))]


def record(con: duckdb.DuckDBPyConnection, results: Sequence[CheckResult], checked_at: datetime, batch_key: str | None = None) -> None:
    """Keep the results of a run in ops.check_result; they replace those of an earlier run for the same batch."""
    at = naive(checked_at)
    with transaction(con):
        con.execute("DELETE FROM ops.check_result WHERE batch_key IS NOT DISTINCT FROM ? OR checked_at < ?", [batch_key, at - KEPT])
        for result in results:
            con.execute(
                "INSERT INTO ops.check_result (check_name, checked_at, violations, sample, batch_key, severity) VALUES (?, ?, ?, ?, ?, ?)",
                [result.name, at, result.violations, result.sample, batch_key, result.severity],
            )


def demand(results: Sequence[CheckResult]) -> None:
    """Let only results without errors pass.

    Raises:
        Broken: a check returned rows; nothing may be published.
    """
    failed = [result for result in results if result.violations and result.severity == "error"]
    if failed:
        told = "; ".join(f"{result.name}: {result.violations} rows, e.g. {result.sample}" for result in failed)
        raise Broken(f"the warehouse fails its checks, nothing is published: {told}", checks=", ".join(r.name for r in failed))


def latest(con: duckdb.DuckDBPyConnection) -> list[CheckResult]:
    """What each check found when it ran last, trouble first."""
    found = con.execute("SELECT check_name, violations, sample, severity FROM ops.latest_check").fetchall()
    return [CheckResult(*row) for row in found]
