"""What the DAGs share: assets, defaults, and the tasks that fill a batch."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from airflow.sdk import Asset, ExceptionRetryPolicy, RetryAction, RetryRule, TriggerRule, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from common.errors import Broken, Misconfigured, Quarantined
from common.settings import settings

# What wakes the next DAG; the partition key of an event is the key of a batch.
CAPTURES = Asset(name="captures", uri="x-consilience://captures", group="consilience")
RECORDS = Asset(name="records", uri="x-consilience://records", group="consilience")
WAREHOUSE = Asset(name="warehouse", uri="x-consilience://warehouse", group="consilience")

WAREHOUSE_POOL = "warehouse"  # one slot, created by the supervisor or by docker/open.sh
SLOT, MANUAL, DAY = "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"

# Types of Airflow's runs that a person asks for; slots and assets start the others.
BY_HAND = frozenset({"manual", "backfill"})

DEFAULTS: dict[str, Any] = {
    "retries": 3,
    # a killed task or a busy warehouse is well again in seconds; hosts have their own, longer waits in the frontier
    "retry_delay": timedelta(seconds=10),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=5),
    # a hundred times what a usual batch takes; longer means that something hangs
    "execution_timeout": timedelta(hours=2),
    "retry_policy": ExceptionRetryPolicy(
        [RetryRule(exception=[Misconfigured, Broken, Quarantined], action=RetryAction.FAIL, reason="trying again would not help")]
    ),
}

# For tasks that return counts: one XCom with all of them instead of one for each.
ONE_XCOM: dict[str, Any] = {"multiple_outputs": False}


def common(doc: str | None, *tags: str) -> dict[str, Any]:
    """Arguments that every DAG has."""
    return {"catchup": False, "default_args": DEFAULTS, "doc_md": doc, "tags": ["consilience", *tags]}


def stamp() -> str:
    """When the present run was asked for: the key of a run that somebody started by hand; the same in every retry."""
    return get_current_context()["dag_run"].run_after.strftime(MANUAL)


def is_by_hand(dag_run: Any) -> bool:
    """Whether a person started the run: by a trigger, or as part of a backfill."""
    return dag_run is not None and str(getattr(dag_run.run_type, "value", dag_run.run_type)) in BY_HAND


# Airflow takes the state of a run from its last tasks; without this one a run whose parts failed would be green.
@task(trigger_rule=TriggerRule.ONE_FAILED, retries=0)
def complete() -> None:
    """Mark the run as failed when a part of it failed; skipped otherwise."""
    raise AirflowFailException("a part of this run failed; the next run takes up what was left")


def capture_batch(prefix: str = "", *, again: bool = False, outlet_ids: Any = None) -> Any:
    """The tasks that fetch one batch, mapped over groups of outlets, and hand it on; its key is `prefix` and the partition key.

    With `again` a further run of a key that is sealed already fills a batch of its own: `archive/2018-09-20/2`. `outlet_ids`: the
    output of a task that names the only outlets to visit. Returns the task that marks the run as failed.
    """

    @task
    def plan(outlet_ids: list[str] | None = None, *, partition_key: str | None = None) -> list[dict[str, Any]]:
        """The key of the batch with each group of outlets; the same in every retry of the tasks below."""
        from ingest.stage import outlet_groups
        from ingest.store.captures import is_sealed

        wanted = prefix + (partition_key or stamp())
        numbered = (wanted + (f"/{number}" if number > 1 else "") for number in count(1))
        key = next(key for key in numbered if not again or not is_sealed(settings(), key))
        return [{"batch_key": key, "outlet_ids": group} for group in outlet_groups(settings(), outlet_ids)]

    @task(map_index_template="{{ task.op_kwargs['outlet_ids'] | join(', ') }}", execution_timeout=timedelta(hours=1), **ONE_XCOM)
    def fetch(batch_key: str, outlet_ids: list[str], *, dag_run: Any = None) -> dict[str, int]:
        """Discover and fetch; what was fetched before a kill stays fetched. Whoever starts a run by hand has every source asked."""
        from ingest.stage import ingest_group

        return ingest_group(settings(), batch_key, outlet_ids, everything=True if is_by_hand(dag_run) else None)

    # one group that keeps failing must not hold back the news of the others; its pages stay due
    @task(outlets=[CAPTURES], trigger_rule=TriggerRule.ALL_DONE)
    def seal(groups: list[dict[str, Any]], *, outlet_events: Any = None) -> int:
        """Close the batch and wake `transform`; where nothing came, nothing is sealed and nobody woken."""
        from ingest.stage import seal_batch
        from ingest.store.captures import read_index

        batch_key = groups[0]["batch_key"] if groups else None
        if batch_key is None or not read_index(settings(), batch_key):
            raise AirflowSkipException("nothing new")
        outlet_events[CAPTURES].add_partitions(batch_key)
        return seal_batch(settings(), batch_key).captures

    groups = plan(outlet_ids)
    fetched = fetch.expand_kwargs(groups)
    sealed = seal(groups)  # type: ignore[arg-type]  # Airflow types a task's output as XComArg
    fetched >> sealed
    finished = complete()
    [fetched, sealed] >> finished
    return finished
