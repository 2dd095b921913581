"""### Records become the warehouse.

Merges every landed batch in one transaction each, compares the stories it touched, runs the checks, and publishes a
snapshot that people open.

DuckDB takes one writer: one run at a time, and the pool `warehouse` has one slot. Whatever landed without an event is
loaded as well. A run whose batch an earlier run has loaded ends at once.
"""

from airflow.sdk import PartitionedAssetTimetable, TriggerRule, dag, task
from wiring import ONE_XCOM, RECORDS, WAREHOUSE, WAREHOUSE_POOL, common, complete

from common.settings import settings

# So many batches keep the length of a run bounded; the next run takes the next ones.
MOST_BATCHES = 50


@dag(schedule=PartitionedAssetTimetable(assets=RECORDS), max_active_runs=1, **common(__doc__, "warehouse"))
def warehouse() -> None:
    """Records -> published snapshot."""

    @task(pool=WAREHOUSE_POOL)
    def waiting() -> list[str]:
        """Landed batches that are not loaded, oldest first."""
        from warehouse.stages import unloaded_batches

        return unloaded_batches(settings())[:MOST_BATCHES]

    @task(pool=WAREHOUSE_POOL, map_index_template="{{ task.op_kwargs['batch_key'] }}", **ONE_XCOM)
    def load(batch_key: str) -> dict[str, int]:
        """One batch: MERGE, compare, check."""
        from warehouse.stages import load_batch

        return load_batch(settings(), batch_key)

    # a batch that can't be loaded must not hold back the others
    @task(pool=WAREHOUSE_POOL, outlets=[WAREHOUSE], trigger_rule=TriggerRule.ALL_DONE_MIN_ONE_SUCCESS)
    def publish() -> str:
        """What was loaded, as a new snapshot; skipped when nothing was."""
        from warehouse.stages import publish as publish_snapshot

        return publish_snapshot(settings())

    loaded = load.expand(batch_key=waiting())
    published = publish()
    loaded >> published
    [loaded, published] >> complete()


warehouse()
