"""Start a DAG of the stack on the same data folder, so that what was brought need not wait for the next slot."""

from __future__ import annotations

import json

from cli.stack import record
from cli.stack.api import Api
from common import logs
from common.errors import RetryLater
from common.settings import Settings


def wake(settings: Settings, dag_id: str) -> bool:
    """Ask for a run of a DAG, unless one waits already. False: nobody is there to ask, or Airflow is in trouble; the next slot does it."""
    try:
        about = json.loads((settings.airflow_home / "credentials.json").read_text("utf-8"))
        url, password = str(about["url"]), str(about["password"])
    except (OSError, ValueError, KeyError, TypeError):
        return False
    if not record.is_held(settings.data_dir):
        return False
    try:
        with Api(url, password) as api:
            if not api.call("GET", f"/dags/{dag_id}/dagRuns", params={"state": "queued", "limit": 1})["total_entries"]:
                api.call("POST", f"/dags/{dag_id}/dagRuns", json={"logical_date": None})
    except (RetryLater, KeyError) as error:
        logs.get(dag=dag_id).info("not_woken", detail=str(error)[:300])
        return False
    return True
