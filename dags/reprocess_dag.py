"""### The same pages, newer code.

Reads the WARC of all batches (or of those named) again and lets `warehouse` replace what came out differently; no outlet is
asked for anything. Start it by hand after an upgrade or a mended rule. The batch is `reprocess/2026-11-23T10:15:00`.
"""

from datetime import timedelta
from typing import Any

from airflow.sdk import Param, PartitionedAtRuntime, dag, task
from wiring import ONE_XCOM, RECORDS, common, stamp

from common.settings import settings


@dag(
    schedule=PartitionedAtRuntime(),
    max_active_runs=1,
    params={"batches": Param(None, type=["null", "array"], items={"type": "string"}, description="Keys of batches; empty: all.")},
    **common(__doc__, "transform"),
)
def reprocess() -> None:
    """Captures -> records, again."""

    # years of archives take hours; what was landed is kept, so a longer one is started again by hand
    @task(outlets=[RECORDS], execution_timeout=timedelta(hours=12), **ONE_XCOM)
    def records(*, params: Any = None, outlet_events: Any = None) -> dict[str, int]:
        """Make the records anew and wake `warehouse`."""
        from warehouse.stages import reprocess_batch

        batch_key = f"reprocess/{stamp()}"
        outlet_events[RECORDS].add_partitions(batch_key)
        return reprocess_batch(settings(), batch_key, params["batches"])

    records()


reprocess()
