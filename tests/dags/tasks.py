"""Calls the functions behind the tasks with real batches on disk and prints what they did."""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from common.settings import settings

DAGS = Path(__file__).parents[2] / "dags"
sys.path.append(str(DAGS))
import wiring  # noqa: E402

bag = DagBag(dag_folder=str(DAGS), bundle_name="dags-folder").dags
RUN = SimpleNamespace(run_after=datetime(2026, 11, 23, 10, 15, 30, tzinfo=UTC))
wiring.get_current_context = lambda: {"dag_run": RUN}  # type: ignore[assignment,return-value]


class Events(dict):
    """Keeps the partition keys that a task would emit."""

    def __missing__(self, asset: Any) -> Any:
        self[asset] = SimpleNamespace(keys=[])
        self[asset].add_partitions = self[asset].keys.append
        return self[asset]


def call(dag_id: str, task_id: str, *arguments: Any, **context: Any) -> Any:
    task = bag[dag_id].get_task(task_id)
    function = getattr(task, "python_callable", None) or task.partial_kwargs["python_callable"]
    try:
        return function(*arguments, **context)
    except AirflowSkipException:
        return "skipped"
    except AirflowFailException:
        return "failed"


def sealed(dag_id: str, groups: list[dict[str, Any]]) -> list[Any]:
    events = Events()
    result = call(dag_id, "seal", groups, outlet_events=events)
    return [result, [key for event in events.values() for key in event.keys]]


def keys(dag_id: str, partition_key: str | None) -> list[str]:
    return [group["batch_key"] for group in call(dag_id, "plan", partition_key=partition_key)]


found: dict[str, Any] = {
    "plan": call("ingest", "plan", partition_key="2026-11-23T10:15"),
    "by hand": keys("ingest", None),
    "recheck": keys("recheck", "2026-11-23T10:15"),
    "nothing came": sealed("ingest", [{"batch_key": "2026-11-23T10:15", "outlet_ids": ["a"]}]),
    "no outlets": sealed("ingest", []),
    "complete": call("ingest", "complete"),
}
folder = settings().captures_dir / "archive+2018-09-20"
folder.mkdir(parents=True)
(folder / "a-0001.jsonl").write_text(os.environ["A_CAPTURE"] + "\n")
plan = call("backfill", "plan", partition_key="2018-09-20")
found["first run of a day"] = [plan[0]["batch_key"], *sealed("backfill", plan)]
found["retry after sealing"] = sealed("backfill", plan)
found["second run of a day"] = keys("backfill", "2018-09-20")
found["left behind"] = [call("transform", "waiting", partition_key=key) for key in ("other", "archive/2018-09-20")]
found["transform by hand"] = call("transform", "records", partition_key=None, outlet_events=Events())
policy = bag["ingest"].get_task("seal").retry_policy
from common import errors  # noqa: E402

found["decisions"] = {
    name: policy.evaluate(error, 1, 3).action.value
    for name, error in {
        "misconfigured": errors.Misconfigured("x"),
        "broken": errors.Broken("x"),
        "landing_damaged": errors.LandingDamaged("x"),
        "warehouse_busy": errors.WarehouseBusy("x"),
        "anything": ValueError("x"),
    }.items()
}
sys.stdout.write("\n" + json.dumps(found))
