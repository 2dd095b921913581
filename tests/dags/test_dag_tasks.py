"""The little logic that the DAG files have, called without Airflow's machinery but with real batches on disk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from common import ids
from ingest.records import Capture, Hint

pytestmark = pytest.mark.airflow


@pytest.fixture(scope="module")
def found(in_airflow: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    data = tmp_path_factory.mktemp("data")
    (data / "outlets").mkdir()
    for name in "abc":
        (data / "outlets" / f"{name}.yaml").write_text(
            f"id: {name}\nname: {name.upper()}\nhome: https://{name}.example/\ncountry: GB\nlanguage: en\nfeeds: [https://{name}.example/feed.xml]\n"
        )
    now = datetime(2026, 11, 23, tzinfo=UTC)
    capture = Capture(
        capture_id=ids.key("capture", "x"), batch_key="archive/2018-09-20", outlet_id="a", url="https://a.example/1",
        final_url="https://a.example/1", captured_at=now, first_seen_at=now, outcome="gone", status=410, hint=Hint(source="sitemap"),
    )  # fmt: skip
    return in_airflow(
        "tasks.py",
        CONSILIENCE_DATA_DIR=str(data),
        CONSILIENCE_OUTLETS_DIR=str(data / "outlets"),
        CONSILIENCE_OUTLETS_PER_GROUP="2",
        A_CAPTURE=capture.model_dump_json(),
    )


def test_a_plan_has_one_batch_and_groups_of_outlets(found: dict[str, Any]) -> None:
    assert found["plan"] == [
        {"batch_key": "2026-11-23T10:15", "outlet_ids": ["a", "b"]},
        {"batch_key": "2026-11-23T10:15", "outlet_ids": ["c"]},
    ]
    assert set(found["recheck"]) == {"recheck/2026-11-23T10:15"}


def test_a_run_by_hand_has_a_key_of_its_own(found: dict[str, Any]) -> None:
    assert set(found["by hand"]) == {"2026-11-23T10:15:30"}


@pytest.mark.parametrize("case", ["nothing came", "no outlets"])
def test_where_nothing_came_nobody_is_woken(found: dict[str, Any], case: str) -> None:
    assert found[case] == ["skipped", []]


def test_sealing_wakes_the_next_dag_with_the_key_of_the_batch_also_when_retried(found: dict[str, Any]) -> None:
    assert found["first run of a day"] == ["archive/2018-09-20", 1, ["archive/2018-09-20"]]
    assert found["retry after sealing"] == [1, ["archive/2018-09-20"]]


def test_a_day_that_is_asked_for_again_fills_a_batch_of_its_own(found: dict[str, Any]) -> None:
    assert set(found["second run of a day"]) == {"archive/2018-09-20/2"}


def test_transform_takes_what_was_left_behind_but_not_its_own_batch_twice(found: dict[str, Any]) -> None:
    assert found["left behind"] == [["archive/2018-09-20"], []]
    assert found["transform by hand"] == "skipped"


def test_a_failed_part_fails_the_run(found: dict[str, Any]) -> None:
    assert found["complete"] == "failed"


def test_the_class_of_the_error_decides_on_retries(found: dict[str, Any]) -> None:
    assert found["decisions"] == {
        "misconfigured": "fail",
        "broken": "fail",
        "landing_damaged": "fail",
        "warehouse_busy": "default",
        "anything": "default",
    }
