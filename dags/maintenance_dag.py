"""### Housekeeping.

Once a night: compact the private file, keep to the retention (`CONSILIENCE_RETENTION_DAYS`), note the health of each outlet, publish.
"""

from airflow.sdk import CronTriggerTimetable, dag, task
from wiring import ONE_XCOM, WAREHOUSE_POOL, common

from common.settings import settings


@dag(schedule=CronTriggerTimetable("17 3 * * *", timezone="UTC"), max_active_runs=1, **common(__doc__, "warehouse"))
def maintenance() -> None:
    """Compaction, retention, outlet health."""

    @task(pool=WAREHOUSE_POOL, **ONE_XCOM)
    def maintain() -> dict[str, int]:
        """All of it; it can be cut short and done again."""
        from warehouse.stages import maintain as maintain_warehouse

        return maintain_warehouse(settings())

    @task(pool=WAREHOUSE_POOL)
    def publish() -> str:
        """Publish the compacted state."""
        from warehouse.stages import publish as publish_snapshot

        return publish_snapshot(settings())

    maintain() >> publish()


maintenance()
