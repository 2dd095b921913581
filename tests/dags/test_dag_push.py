"""The DAG `push`, run by Airflow itself: which events it takes, what it fetches, whom it wakes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.airflow


@pytest.fixture(scope="module")
def found(in_airflow: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    data = tmp_path_factory.mktemp("push")
    (data / "outlets").mkdir()
    (data / "outlets" / "a.yaml").write_text(
        "id: a\nname: A\nhome: https://a.example/\ncountry: GB\nlanguage: en\nfeeds: [https://a.example/feed.xml]\n"
    )
    return in_airflow(
        "push_run.py",
        AIRFLOW_HOME=str(data),
        AIRFLOW__CORE__DAGS_FOLDER=str(data / "none"),
        AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{data / 'airflow.db'}",
        CONSILIENCE_DATA_DIR=str(data),
        CONSILIENCE_OUTLETS_DIR=str(data / "outlets"),
        CONSILIENCE_ALLOW_NETWORKS='["127.0.0.0/8"]',
        CONSILIENCE_ALLOW_PORTS="[]",
        CONSILIENCE_HOST_DELAY_S="0",
    )


def test_an_event_wakes_the_dag(found: dict[str, Any]) -> None:
    assert found["woken"] == ["push"]


def test_every_event_is_taken_also_one_of_a_paused_dag_and_one_with_a_key(found: dict[str, Any]) -> None:
    assert [(path, outcome, source) for path, outcome, source, _batch in found["captures"]] == [
        (f"/page/{number}", "fetched", "push") for number in range(1, 5)
    ]


def test_the_batch_of_the_run_wakes_transform(found: dict[str, Any]) -> None:
    (batch,) = found["batches"]
    assert re.fullmatch(r"push/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", batch)
    assert found["transform"] == [batch]
    assert {one[3] for one in found["captures"]} == {batch}


def test_without_redis_its_task_is_skipped_and_the_run_is_green(found: dict[str, Any]) -> None:
    done = dict.fromkeys(("events", "waiting", "leases", "plan", "fetch", "seal"), "success")
    assert found["first"] == done | {"messages": "skipped", "complete": "skipped"}


def test_a_run_that_finds_nothing_wakes_nobody(found: dict[str, Any]) -> None:
    assert found["batches after"] == found["batches"]
    skipped = dict.fromkeys(("messages", "waiting", "plan", "fetch", "seal", "complete"), "skipped")
    assert found["second"] == skipped | {"events": "success", "leases": "success"}
