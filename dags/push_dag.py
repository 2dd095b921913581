"""### What is brought to us.

Takes the pages that others offer (asset events on `x-consilience://inbox` over REST, the list in Redis, feeds that WebSub hubs delivered),
fetches them, keeps the answers as WARC, and wakes `transform`. Leases at hubs are renewed on the way.

An event wakes it at once, `CONSILIENCE_PUSH_CRON` looks after whatever came without one. The batch is `push/2026-11-23T10:15:00`;
a run that finds nothing ends skipped and wakes nobody.
"""

from typing import Any

from airflow.sdk import Asset, AssetOrTimeSchedule, CronTriggerTimetable, TriggerRule, dag, task
from airflow.sdk.exceptions import AirflowSkipException
from wiring import ONE_XCOM, capture_batch, common

from common.settings import settings

INBOX = Asset(name="inbox", uri="x-consilience://inbox", group="consilience")


@dag(
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable(settings().push_cron, timezone="UTC"), assets=[INBOX]),
    max_active_runs=1,
    **common(__doc__, "ingest"),
)
def push() -> None:
    """Offered pages."""

    @task(inlets=[INBOX], **ONE_XCOM)
    def events(*, inlet_events: Any = None) -> dict[str, int]:
        """All events that are new, not only those of this run: runs leave some out, Airflow's database keeps them all."""
        from ingest.push.events import Event, take

        def ask(since: Any, most: int) -> list[Event]:
            found = inlet_events[INBOX].after(since.isoformat()).limit(most)
            return [Event(one.id, one.timestamp, one.extra) for one in found]

        return take(settings(), ask)

    @task(multiple_outputs=False)
    def messages() -> dict[str, int]:
        """Those of the Redis list; skipped where no Redis is set."""
        from ingest.push.redis_list import drain, is_on

        if not is_on(settings()):
            raise AirflowSkipException("CONSILIENCE_REDIS_URL is not set")
        return drain(settings())

    @task(multiple_outputs=False)
    def leases() -> dict[str, int]:
        """Ask hubs again before they stop sending; a hub in trouble is noted and asked later."""
        from ingest.push.renewal import renew

        return renew(settings())

    # neither a Redis that is down nor a faulty event holds back what the others brought
    @task(trigger_rule=TriggerRule.ALL_DONE)
    def waiting() -> list[str]:
        """Outlets that have offered pages to fetch."""
        from ingest.push.inbox import waiting_outlets

        if not (found := waiting_outlets(settings())):
            raise AirflowSkipException("nothing was offered")
        return found

    parts = [events(), messages()]
    outlet_ids = waiting()
    parts >> outlet_ids
    [*parts, leases()] >> capture_batch("push/", again=True, outlet_ids=outlet_ids)


push()
