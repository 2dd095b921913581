"""Watches warn of outlets that fell silent or brim over; results are kept by run and never stop a publication by a warning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pytest

from common.errors import Broken
from warehouse.sql import HERE, naive
from warehouse.verify import CheckResult, demand, latest, record, run_check, run_checks, run_watches

NEWEST = datetime(2018, 9, 20, 12, tzinfo=UTC)
FRESHNESS, VOLUME = HERE / "watches" / "freshness.sql", HERE / "watches" / "volume.sql"


def publish(desk: Any, outlet: str, hours: list[float], batch: str = "2018-09-20T12:00") -> None:
    """A new article of the outlet so many hours before the newest capture, each."""
    desk.con.execute(
        "INSERT INTO core.capture BY NAME SELECT uuid() AS capture_id, $batch AS batch_key, $outlet AS outlet_id, 'u' AS url, "
        "'u' AS final_url, $newest - to_seconds(3600 * unnest($hours::DOUBLE[])) AS captured_at, captured_at AS first_seen_at, "
        "'fetched' AS outcome, "
        "{'source': 'feed'} AS hint, uuid() AS version_id",
        {"batch": batch, "outlet": outlet, "newest": naive(NEWEST), "hours": hours},
    )
    desk.con.execute(
        "INSERT INTO core.article_version BY NAME SELECT version_id, uuid() AS article_id, capture_id, batch_key, 'x' AS content_sha256, "
        "'h' AS headline, 'b' AS body, [] AS tags, [] AS authors, [] AS captions, 1 AS word_count, false AS published_is_day, captured_at, "
        "captured_at AS first_seen_at, false AS is_truncated, false AS is_live, [] AS notes, 'x' AS extractor, 'x' AS code_version, "
        "captured_at AS last_captured_at, 'x' AS record_sha256 FROM core.capture WHERE outlet_id = ? "
        "AND version_id NOT IN (SELECT version_id FROM core.article_version)",
        [outlet],
    )


def warned(desk: Any, path: Any) -> list[str]:
    return [row[0] for row in desk.rows(path.read_text("utf-8"))]


def every(hours: float, first: float = 0, last: float = 24 * 28) -> list[float]:
    return [first + hours * n for n in range(int((last - first) / hours))]


@pytest.mark.parametrize(
    ("silent_h", "usual_h", "expected"),
    [(23, 1, []), (25, 1, ["quiet"]), (70, 24, []), (73, 24, ["quiet"])],  # a day at least, and three times what is usual
)
def test_an_outlet_that_fell_silent(desk: Any, silent_h: float, usual_h: float, expected: list[str]) -> None:
    publish(desk, "steady", every(2))
    publish(desk, "quiet", every(usual_h, first=silent_h))
    assert warned(desk, FRESHNESS) == expected


def test_few_articles_make_no_habit(desk: Any) -> None:
    publish(desk, "steady", every(2))
    publish(desk, "rare", every(1, first=100, last=110))
    assert warned(desk, FRESHNESS) == []


@pytest.mark.parametrize(
    ("last_day", "expected"), [(24, []), (13, []), (12, []), (11, ["daily"]), (0, ["daily"]), (48, []), (49, ["daily"])]
)
def test_more_or_less_than_ever(desk: Any, last_day: int, expected: list[str]) -> None:
    publish(desk, "steady", every(2))
    publish(desk, "daily", [23.9 * n / 60 for n in range(last_day)] + every(1, first=24.01, last=24 * 30))
    assert warned(desk, VOLUME) == expected


def test_weekends_are_no_anomaly(desk: Any) -> None:
    days = [day for day in range(29) for _ in range(3 if day % 7 in {0, 1} else 40)]
    publish(desk, "weekly", [24 * day + n / 100 for n, day in enumerate(days)])
    publish(desk, "steady", every(2))
    assert warned(desk, VOLUME) == []


def test_a_young_outlet_and_a_backfill_are_no_anomaly(desk: Any) -> None:
    publish(desk, "steady", every(2))
    publish(desk, "young", every(1, first=0, last=24 * 10))
    publish(desk, "filled", every(0.1, first=0, last=24 * 20), batch="archive/2018-09-20")
    assert warned(desk, VOLUME) == warned(desk, FRESHNESS) == []


def test_an_empty_warehouse_warns_of_nothing(desk: Any) -> None:
    assert [result.violations for result in run_watches(desk.con)] == [0, 0]


def test_a_warning_stops_nothing_an_error_does(desk: Any) -> None:
    demand([CheckResult("volume", 3, "herald", "warning")])
    with pytest.raises(Broken, match="unique_keys"):
        demand([CheckResult("volume", 3, "herald", "warning"), CheckResult("unique_keys", 1, "x")])


def test_results_are_kept_by_run(con: duckdb.DuckDBPyConnection) -> None:
    names = [result.name for result in [*run_checks(con), *run_watches(con)]]
    for number, found in ((1, 0), (2, 2), (2, 1)):  # batch 2 was loaded twice
        record(con, [CheckResult(name, found, None) for name in names], NEWEST + timedelta(hours=number), f"b{number}")
    counted = con.execute("SELECT batch_key, sum(violations) FROM ops.check_result GROUP BY 1 ORDER BY 1").fetchall()
    assert counted == [("b1", 0), ("b2", len(names))]
    assert {(result.name, result.violations) for result in latest(con)} == {(name, 1) for name in names}


def test_old_results_go(con: duckdb.DuckDBPyConnection) -> None:
    record(con, [CheckResult("volume", 0, None, "warning")], NEWEST, "b1")
    record(con, [CheckResult("volume", 1, "herald", "warning")], NEWEST + timedelta(days=31), "b2")
    assert con.execute("SELECT batch_key, severity FROM ops.check_result").fetchall() == [("b2", "warning")]
    assert run_check(con, VOLUME, "warning").severity == "warning"
