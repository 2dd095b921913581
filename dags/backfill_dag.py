"""### The past, day by day.

Fetches what the outlets' archives date on one day and what was never captured. Choose days in the UI (Trigger > Run backfill) or with
`POST /api/v2/backfills`; each day is one run here, one in `transform`, one in `warehouse`. The batch is `archive/2018-09-20`;
a later run of the same day brings only what is new, as `archive/2018-09-20/2`.

By itself it runs every night for the day before and asks what live ingest does not: dated archive pages and the Wayback Machine.
"""

from airflow.sdk import CronPartitionTimetable, dag
from wiring import DAY, capture_batch, common


@dag(
    schedule=CronPartitionTimetable("0 0 * * *", timezone="UTC", key_format=DAY, run_offset=-1),
    max_active_runs=2,
    **common(__doc__, "ingest"),
)
def backfill() -> None:
    """Archives."""
    capture_batch("archive/", again=True)


backfill()
