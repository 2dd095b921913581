"""### What has changed.

Reads articles again when their age reaches a step of the ladder (`CONSILIENCE_RECHECK_LADDER_S`), with conditional requests, so that
silent edits and corrections become new versions. Where an outlet's sources tell when its pages change, only a small sample is read.
The batch is `recheck/2026-11-23T10:15`.
"""

from airflow.sdk import CronPartitionTimetable, dag
from wiring import SLOT, capture_batch, common

from common.settings import settings


@dag(
    schedule=CronPartitionTimetable(settings().recheck_cron, timezone="UTC", key_format=SLOT, run_immediately=False),
    max_active_runs=1,
    **common(__doc__, "ingest"),
)
def recheck() -> None:
    """Revisions."""
    capture_batch("recheck/")


recheck()
