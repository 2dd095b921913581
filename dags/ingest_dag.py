"""### What is new.

Every slot reads the feeds and sitemaps whose time has come, fetches the pages that were never seen and those that a source shows to
have changed, keeps the answers as WARC, and wakes `transform`. A run that you trigger asks every source.

The batch has the key of the slot, e.g. `2026-11-23T10:15`. A slot in which nothing is new ends skipped and wakes nobody.
"""

from airflow.sdk import CronPartitionTimetable, dag
from wiring import SLOT, capture_batch, common

from common.settings import settings


@dag(
    schedule=CronPartitionTimetable(settings().ingest_cron, timezone="UTC", key_format=SLOT, run_immediately=True),
    max_active_runs=1,
    **common(__doc__, "ingest"),
)
def ingest() -> None:
    """Live news."""
    capture_batch()


ingest()
