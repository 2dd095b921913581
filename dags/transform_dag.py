"""### Pages become records.

Extracts article, claims and their speakers from each page of a batch, in child processes with limits, and writes landing Parquet.

An event is a wake-up, not the work list: batches that were left behind (event lost, task killed for good, files added by
hand) are done first; a run that somebody starts by hand does only these. One run at a time, so that two runs never do the
same batch; the child processes use the cores.
"""

from typing import Any

from airflow.sdk import PartitionedAssetTimetable, TriggerRule, dag, task
from airflow.sdk.exceptions import AirflowSkipException
from wiring import CAPTURES, ONE_XCOM, RECORDS, common, complete

from common.settings import settings

# So many foreign batches keep the length of a run bounded; the next run takes the next ones.
MOST_LEFT_BEHIND = 20


@dag(schedule=PartitionedAssetTimetable(assets=CAPTURES), max_active_runs=1, **common(__doc__, "transform"))
def transform() -> None:
    """Captures -> records."""

    @task
    def waiting(*, partition_key: str | None = None) -> list[str]:
        """Batches without records that nobody will wake us for."""
        from warehouse.stages import untransformed_batches

        return [key for key in untransformed_batches(settings()) if key != partition_key][:MOST_LEFT_BEHIND]

    @task(map_index_template="{{ task.op_kwargs['batch_key'] }}", max_active_tis_per_dag=1, **ONE_XCOM)
    def left_behind(batch_key: str) -> dict[str, int]:
        """One of them; `warehouse` finds its records without an event."""
        from warehouse.stages import transform_batch

        return transform_batch(settings(), batch_key)

    # an old batch that keeps failing must not stop the news
    @task(outlets=[RECORDS], trigger_rule=TriggerRule.ALL_DONE, **ONE_XCOM)
    def records(*, partition_key: str | None = None, outlet_events: Any = None) -> dict[str, int]:
        """The batch that woke us; then wake `warehouse`."""
        from warehouse.stages import transform_batch

        if partition_key is None:
            raise AirflowSkipException("started by hand: only what was left behind")
        return transform_batch(settings(), partition_key)

    done = left_behind.expand(batch_key=waiting())
    own = records()
    done >> own
    [done, own] >> complete()


transform()
