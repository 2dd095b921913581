"""What Airflow reads out of the DAG files, and what reading them costs."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "dags").glob("*_dag.py"))
NAMES = [path.stem.removesuffix("_dag") for path in FILES]
HEAVY = {
    "duckdb",
    "trafilatura",
    "sklearn",
    "lxml",
    "bs4",
    "selectolax",
    "pyarrow",
    "numpy",
    "feedparser",
    "ingest",
    "transforms",
    "warehouse",
}
# 1 for each branch of the way of the data and the housekeeping, as DESIGN names them.
EXPECTED = {"ingest", "push", "backfill", "recheck", "transform", "warehouse", "reprocess", "maintenance"}
CRON, ASSET, RUNTIME = "CronPartitionTimetable", "PartitionedAssetTimetable", "PartitionedAtRuntime"

pytestmark = pytest.mark.airflow


@pytest.fixture(scope="module")
def described(in_airflow: Callable[..., Any]) -> dict[str, Any]:
    return in_airflow("describe.py")


@pytest.fixture(scope="module")
def dags(described: dict[str, Any]) -> dict[str, Any]:
    return described["dags"]


def tasks(dag: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Task id -> its stored form; for mapped tasks with the arguments that all instances share."""
    stored = [task["__var"] for task in dag["tasks"]]
    return {task["task_id"]: task | task.get("partial_kwargs", {}) for task in stored}


def outlets(task: dict[str, Any]) -> list[str]:
    return [asset["__var"]["name"] for asset in task.get("outlets", [])]


def timetable(dag: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return dag["timetable"]["__type"].rsplit(".", 1)[1], dag["timetable"]["__var"]


def test_every_file_is_read_without_error_and_named_after_its_dag(described: dict[str, Any]) -> None:
    assert described["errors"] == {}
    assert set(described["dags"]) == set(NAMES) == EXPECTED


@pytest.mark.parametrize("name", NAMES)
def test_documented_tagged_and_without_catchup(dags: dict[str, Any], name: str) -> None:
    dag = dags[name]
    assert dag["doc_md"].startswith("### ")
    assert len(dag["doc_md"]) > 150
    assert "consilience" in dag["tags"]
    assert dag["catchup"] is False
    assert dag["max_active_runs"] <= 2


@pytest.mark.parametrize("name", NAMES)
def test_every_task_has_retries_timeout_policy_and_words(dags: dict[str, Any], name: str) -> None:
    for task_id, task in tasks(dags[name]).items():
        assert task["has_retry_policy"], task_id
        assert (task.get("retries") or 0) == (0 if task_id == "complete" else 3), task_id
        timeout = task["execution_timeout"]
        assert 0 < (timeout if isinstance(timeout, float) else timeout["__var"]) <= 12 * 3600, task_id


@pytest.mark.parametrize(
    ("name", "kind", "detail"),
    [
        ("ingest", CRON, {"key_format": "%Y-%m-%dT%H:%M", "run_immediately": True}),
        ("recheck", CRON, {"key_format": "%Y-%m-%dT%H:%M"}),
        ("backfill", CRON, {"key_format": "%Y-%m-%d", "run_offset": -1, "expression": "0 0 * * *", "run_immediately": False}),
        ("push", "AssetOrTimeSchedule", {}),
        ("transform", ASSET, {}),
        ("warehouse", ASSET, {}),
        ("reprocess", RUNTIME, {}),
        ("maintenance", "CronTriggerTimetable", {"expression": "17 3 * * *"}),
    ],
)
def test_schedules(dags: dict[str, Any], name: str, kind: str, detail: dict[str, Any]) -> None:
    found, about = timetable(dags[name])
    assert found == kind
    assert about.items() >= detail.items()
    # a run id holds the key, and a slash in a run id would break its URL
    assert "/" not in about.get("key_format", "")


def test_assets_lead_from_captures_to_the_warehouse(dags: dict[str, Any]) -> None:
    made = {(name, task_id): outlets(task) for name, dag in dags.items() for task_id, task in tasks(dag).items() if outlets(task)}
    assert made == {
        ("ingest", "seal"): ["captures"],
        ("push", "seal"): ["captures"],
        ("backfill", "seal"): ["captures"],
        ("recheck", "seal"): ["captures"],
        ("transform", "records"): ["records"],
        ("reprocess", "records"): ["records"],
        ("warehouse", "publish"): ["warehouse"],
    }
    awaited = {name: timetable(dags[name])[1]["asset_condition"]["name"] for name in ("transform", "warehouse")}
    assert awaited == {"transform": "captures", "warehouse": "records"}


def test_only_one_task_at_a_time_writes_the_warehouse(dags: dict[str, Any]) -> None:
    pooled = {(name, task_id) for name, dag in dags.items() for task_id, task in tasks(dag).items() if task.get("pool") == "warehouse"}
    assert pooled == {
        ("warehouse", "waiting"),
        ("warehouse", "load"),
        ("warehouse", "publish"),
        ("maintenance", "maintain"),
        ("maintenance", "publish"),
    }
    assert dags["warehouse"]["max_active_runs"] == dags["transform"]["max_active_runs"] == 1


@pytest.mark.parametrize(
    ("name", "mapped"), [("ingest", "fetch"), ("push", "fetch"), ("backfill", "fetch"), ("transform", "left_behind"), ("warehouse", "load")]
)
def test_mapped_tasks_are_readable_and_never_over_articles(dags: dict[str, Any], name: str, mapped: str) -> None:
    found = {task_id for task_id, task in tasks(dags[name]).items() if task.get("_is_mapped")}
    assert found == {mapped}
    assert "op_kwargs" in tasks(dags[name])[mapped]["map_index_template"]


@pytest.mark.parametrize("name", ["ingest", "backfill", "recheck", "transform", "warehouse"])
def test_a_failed_part_fails_the_run_but_not_the_other_parts(dags: dict[str, Any], name: str) -> None:
    found = tasks(dags[name])
    assert found["complete"]["trigger_rule"] == "one_failed"
    above = {task_id for task_id, task in found.items() if "complete" in task.get("downstream_task_ids", [])}
    (final,) = above - {task_id for task_id in above if found[task_id].get("_is_mapped")}
    assert found[final]["trigger_rule"] in {"all_done", "all_done_min_one_success"}


def test_push_is_woken_by_events_and_by_the_clock_and_no_part_holds_back_the_others(dags: dict[str, Any]) -> None:
    about = timetable(dags["push"])[1]
    assert [asset["uri"] for asset in about["asset_condition"]["objects"]] == ["x-consilience://inbox"]
    # a run id holds no key here, but two runs at once would plan the same batch
    assert (about["timetable"]["__var"]["expression"], dags["push"]["max_active_runs"]) == ("*/5 * * * *", 1)
    found = tasks(dags["push"])
    assert [asset["__var"]["name"] for asset in found["events"]["inlets"]] == ["inbox"]
    above = {name: {other for other, task in found.items() if name in task.get("downstream_task_ids", [])} for name in found}
    assert above["waiting"] == {"events", "messages"}
    assert found["waiting"]["trigger_rule"] == "all_done"
    assert above["plan"] == {"waiting"}
    assert above["complete"] == {"events", "messages", "leases", "fetch", "seal"}
    assert found["complete"]["trigger_rule"] == "one_failed"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_file_is_short_and_quotes_nothing_heavy(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) < 80
    top = [node for node in ast.parse(text).body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert {(node.module if isinstance(node, ast.ImportFrom) else node.names[0].name) for node in top} <= {
        "airflow.sdk", "airflow.sdk.exceptions", "wiring", "common.settings", "datetime", "typing"
    }  # fmt: skip


def test_reading_a_file_loads_nothing_heavy(in_airflow: Callable[..., Any]) -> None:
    loaded = in_airflow("imports.py")
    assert set(loaded) == {path.name for path in FILES}
    for name, modules in loaded.items():
        assert not HEAVY & set(modules), name
