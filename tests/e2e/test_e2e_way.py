"""The whole way, in the order of a newcomer's first hour. One stack serves all tests, so they run in the order of this file."""

from __future__ import annotations

import datetime as dt
import json
import signal
import stat
import time
from collections import Counter
from contextlib import suppress
from typing import Any

import psutil
import pytest

from common.urls import canonical
from ingest.run import kind_of

pytestmark = pytest.mark.e2e

FIRST, LAST = dt.date(2018, 9, 19), dt.date(2018, 9, 21)
DAYS = [f"archive/{FIRST + dt.timedelta(days=n)}" for n in range(3)]
# The promise of the supervisor.
ENDED_WITHIN_S = 20.0
LARGEST_MEMORY_MB = 2500
# A page that a person brings by `consilience ingest files`: no event tells Airflow of it.
LEFT_BEHIND = (
    "The old bridge over the harbour reopened on Monday after nine weeks of repairs, the city's engineer Ada Brook said.",
    "Workers had replaced forty cables and the wooden deck, which a barge had damaged in September.",
    "Traffic may use one lane in each direction until the paint is dry; lorries will have to wait until the spring.",
    "Residents of the island, who had depended on a ferry, gathered on the eastern bank before dawn and crossed on foot.",
)


def wanted(world: Any, *, archive: bool) -> dict[str, list[str | None]]:
    """URL -> signs of its texts (words that only this text has, if any), oldest first; live ingest does not look back to 2018."""
    old = LAST.isoformat() + "T23:59:59Z"
    return {
        canonical(a["url"]): [v["sign"] for v in a["versions"]] for a in world.truth()["articles"] if archive or a["published_at"] > old
    }


def plain(text: str) -> str:
    return " ".join(text.split())


def missing(world: Any, *, archive: bool) -> list[str]:
    """URLs whose newest text is not in the published warehouse."""
    texts: dict[str, str] = {}
    rows = world.ask("SELECT canonical_url, headline || ' ' || body FROM core.article JOIN core.article_version USING (article_id)")
    for url, text in rows:
        texts[url] = texts.get(url, "") + " " + plain(text)
    newest = {url: signs[-1] or "" for url, signs in wanted(world, archive=archive).items()}
    return sorted(url for url, sign in newest.items() if url not in texts or plain(sign) not in texts[url])


def assert_complete_and_single(world: Any, *, archive: bool) -> None:
    assert missing(world, archive=archive) == []
    found = Counter(url for (url,) in world.ask("SELECT canonical_url FROM core.article"))
    assert set(found) - set(wanted(world, archive=True)) == set(), "articles that nobody published"
    assert [url for url, times in found.items() if times > 1] == []
    assert world.ask("SELECT article_id, content_sha256 FROM core.article_version GROUP BY ALL HAVING count(*) > 1") == []
    unbalanced = "SELECT batch_key FROM ops.batch WHERE captures <> loaded + unchanged + duplicate + filtered + quarantined"
    assert world.ask(unbalanced) == []
    assert world.ask("SELECT url, reason, detail FROM ops.rejection WHERE disposition = 'quarantined'") == []


def test_stack_is_up_private_and_small(world: Any) -> None:
    status = json.loads(world.run("status", "--json"))
    assert status["phase"] == "ready"
    assert {part["status"] for part in status["components"]} == {"healthy"}
    assert len(status["components"]) == 4
    assert len(status["outlets"]) == 10
    pools = {pool["name"]: pool["slots"] for pool in world.api.pages("/pools", "pools")}
    assert pools["warehouse"] == 1
    assert not any(dag["is_paused"] for dag in world.api.dags().values())
    private = [world.data / "airflow" / name for name in ("credentials.json", "secrets.json", "passwords.json")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}
    assert world.listening() == {"127.0.0.1"}
    assert world.memory() < LARGEST_MEMORY_MB * 1024 * 1024


def test_first_round_is_complete_and_nothing_is_doubled(world: Any) -> None:
    world.until(lambda: world.counts() and not missing(world, archive=False) if world.settings.published_file.exists() else False,
                lambda: f"articles: {missing(world, archive=False)}")  # fmt: skip
    assert_complete_and_single(world, archive=False)


def test_second_round_adds_nothing(world: Any) -> None:
    world.until(world.idle, "an idle Airflow")
    before = world.counts()
    assert world.trigger("ingest")["state"] == "success"
    world.until(world.idle, "an idle Airflow")
    assert world.counts() == before


def test_pushed_page_comes_without_being_discovered(world: Any) -> None:
    old = {canonical(a["url"]): a["outlet"] for a in world.truth()["articles"] if a["published_at"].startswith(FIRST.isoformat())}
    url, outlet = min(old.items())
    inbox = world.api.call("GET", "/assets", params={"uri_pattern": "x-consilience://inbox"})["assets"][0]["id"]
    world.api.call("POST", "/assets/events", json={"asset_id": inbox, "extra": {"outlet": outlet, "urls": [url]}})
    captured = "SELECT capture.batch_key FROM core.capture JOIN core.article_version USING (version_id) WHERE url = ?"
    ((batch,),) = world.until(lambda: world.ask(captured, [url]), "the pushed page")
    # offered pages are fetched by whoever comes first: the push run itself, or the live slot that begins in the same minute
    assert kind_of(batch) in {"push", "live"}
    states = world.until(lambda: {run["state"] for run in world.dag_runs("push")} - {"queued", "running"}, "the run of push")
    assert states == {"success"}


def test_backfill_of_three_days_is_three_runs_at_each_hop(world: Any) -> None:
    world.backfill(FIRST, LAST, "none")
    world.until(lambda: not missing(world, archive=True) and world.idle(), lambda: f"archives: {missing(world, archive=True)}")
    assert_complete_and_single(world, archive=True)
    assert hops(world) == {"backfill": 3, "transform": 3, "warehouse": 3}


def hops(world: Any) -> dict[str, int]:
    """Successful runs of the three days by DAG."""
    keys = {key.removeprefix("archive/") for key in DAYS} | set(DAYS)
    runs = [run for run in world.dag_runs() if run["partition_key"] in keys]
    assert {run["state"] for run in runs} == {"success"}
    return dict(Counter(run["dag_id"] for run in runs))


def test_backfill_again_doubles_nothing(world: Any) -> None:
    before = world.counts()
    world.backfill(FIRST, LAST, "completed")
    world.until(world.idle, "an idle Airflow")
    assert world.counts() == before
    assert hops(world) == {"backfill": 6, "transform": 3, "warehouse": 3}


def killed(process: psutil.Process) -> bool:
    """Whether the process was still there to be killed: a short task may end first, and the next one is taken then."""
    with suppress(psutil.NoSuchProcess):
        process.kill()
        return True
    return False


def kill_one(world: Any, dag_id: str, task_id: str) -> dict[str, Any]:
    """Kill the process of the next running instance of a task with -9."""

    def running() -> dict[str, Any] | None:
        found = world.api.pages(f"/dags/{dag_id}/dagRuns/~/taskInstances", "task_instances", state="running", task_id=task_id)
        for instance in found:
            if instance["pid"] and instance["try_number"] == 1 and instance["task_id"] == task_id:
                victim = next((process for process in world.processes() if process.pid == instance["pid"]), None)
                if victim and killed(victim):
                    return instance
        return None

    return world.until(running, f"{dag_id}.{task_id} to kill", pause_s=0.05)


def test_killed_tasks_are_healed_while_news_and_changes_arrive(world: Any) -> None:
    page = world.folder / "left-behind.html"
    paragraphs = "".join(f"<p>{line}</p>" for line in LEFT_BEHIND)
    page.write_text(f"<html><body><article><h1>Bridge reopens after repairs</h1>{paragraphs}</article></body></html>")
    batch = world.run("ingest", "files", str(page), "--outlet", "harbour-herald", "--published", "2026-11-20", "--no-load")
    assert "files/" in batch

    world.advance(75)
    killed = [kill_one(world, *task) for task in (("ingest", "fetch"), ("transform", "records"), ("warehouse", "load"))]
    for instance in killed:
        path = f"/dags/{instance['dag_id']}/dagRuns/{instance['dag_run_id']}/taskInstances/{instance['task_id']}"
        where = path if instance["map_index"] < 0 else f"{path}/{instance['map_index']}"
        world.until(lambda where=where: world.api.call("GET", where)["state"] == "success", f"the retry of {where}")
        assert world.api.call("GET", where)["try_number"] == 2

    def arrived() -> bool:
        if missing(world, archive=True) and world.idle():
            world.trigger("recheck")
        return not missing(world, archive=True)

    world.until(arrived, lambda: f"news and changes: {missing(world, archive=True)}", pause_s=5)
    world.until(lambda: world.ask("SELECT 1 FROM core.article_version WHERE headline LIKE 'Bridge reopens%'"), "the batch left behind")
    world.until(world.idle, "an idle Airflow")
    ours = {url for (url,) in world.ask("SELECT canonical_url FROM core.article WHERE canonical_url NOT LIKE '%/file/%'")}
    assert ours == set(wanted(world, archive=True))
    revised = {url for url, signs in wanted(world, archive=True).items() if len(signs) > 1}
    rows = world.ask("SELECT canonical_url FROM core.article JOIN core.article_version USING (article_id) GROUP BY ALL HAVING count(*) > 1")
    assert {url for (url,) in rows} <= revised
    assert rows


@pytest.mark.parametrize("dag_id", ["reprocess", "maintenance"])
def test_housekeeping_changes_no_record(world: Any, dag_id: str) -> None:
    before = world.counts()
    assert world.trigger(dag_id)["state"] == "success"
    world.until(world.idle, "an idle Airflow")
    assert world.counts() == before


def test_no_run_has_failed(world: Any) -> None:
    assert [run["dag_run_id"] for run in world.dag_runs() if run["state"] == "failed"] == []


def test_signal_ends_every_process(world: Any) -> None:
    family = world.processes()
    assert len(family) >= 8  # four components, the triggerer's runner, two workers, PostgreSQL
    began = time.monotonic()
    world.stack.send_signal(signal.SIGTERM)
    world.stack.wait(timeout=ENDED_WITHIN_S)
    assert time.monotonic() - began < ENDED_WITHIN_S
    assert world.stack.returncode == 0
    assert world.processes() == []
    assert not [process for process in family if process.is_running()]
    assert world.run("status").startswith("stack: down")
