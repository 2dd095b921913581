"""The tour itself, step by step: everything that arrives comes through the scheduled DAGs of a real Airflow."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from common.errors import Broken, RetryLater
from demo.tour import airflow, arrivals
from demo.tour.children import LOOK_EVERY_S, Children
from demo.tour.plan import BACKFILL_FROM, BACKFILL_TO, Plan, consilience

# Ten times what two idle cores need; a computer slower than that is in trouble, not busy.
NEWSROOM_WITHIN_S, STACK_WITHIN_S, ROUND_WITHIN_S = 60.0, 600.0, 900.0
TIMEOUT_S = 30.0
# Columns of the comparison where no terminal tells; eighty are too few for ten outlets side by side.
WIDTH_IN_A_FILE = 160


class Guide:
    """Leads through the demo; `walk` raises a ConsilienceError when something did not arrive."""

    def __init__(self, plan: Plan, console: Console) -> None:
        self.plan, self.console = plan, console
        self.environment = plan.environment(os.environ)
        self.children = Children(plan.logs, self.environment)
        self.newsroom = httpx.Client(base_url=plan.newsroom_url, timeout=TIMEOUT_S)
        self.began = time.monotonic()

    def walk(self) -> None:
        """From nothing to the comparison."""
        self.open_newsroom()
        self.start_stack()
        self.round("first round")
        if self.move_on():
            self.round("second round")
        self.show()

    def stay(self) -> None:
        """Keep everything running until a signal or the death of a child."""
        self.console.print("Everything stays up until you press Ctrl-C.")
        while True:
            self.children.check()
            time.sleep(LOOK_EVERY_S)

    def end(self) -> None:
        """End the children; what an overdue supervisor left behind is swept up by `consilience down`."""
        self.newsroom.close()
        if self.children.running:
            self.console.print("ending …")
        if "stack" in self.children.end():
            subprocess.run(consilience("down"), env=self.environment, check=False)

    def say(self, words: str) -> None:
        """One line with the time since the start."""
        self.console.print(f"[dim]{time.monotonic() - self.began:5.0f} s[/dim]  {words}", highlight=False, soft_wrap=True)

    def truth(self) -> dict[str, Any]:
        """What the newsroom shows now."""
        answer: dict[str, Any] = self.newsroom.get("/__demo/truth").raise_for_status().json()
        return answer

    def is_open(self) -> dict[str, Any] | None:
        """The health of our newsroom, once it answers; another one on the same port is not ours."""
        try:
            answer = self.newsroom.get("/__demo/health").raise_for_status().json()
        except (httpx.HTTPError, ValueError):  # ValueError: no JSON, so another program's
            return None
        return answer if isinstance(answer, dict) and answer.get("pid") == self.children.running["newsroom"].pid else None

    def open_newsroom(self) -> None:
        """Ten sites that do not exist."""
        self.children.start("newsroom", self.plan.newsroom_command)
        health = self.children.wait(self.is_open, NEWSROOM_WITHIN_S, lambda: "the newsroom does not answer")
        self.say(f"newsroom is open: {health['outlets']} outlets, {health['articles']} articles so far, {self.plan.newsroom_url}/")

    def start_stack(self) -> None:
        """A real Airflow, and the request for three days of 2018."""
        self.children.start("stack", consilience("up"))
        self.say("starting PostgreSQL and Airflow (half a minute to two minutes) …")
        with closing(self.children.wait(self.signed_in, STACK_WITHIN_S, lambda: "Airflow did not become ready")) as http:
            self.say("Airflow is ready; its schedules have begun to work")
            new = airflow.backfill(http, BACKFILL_FROM, BACKFILL_TO)
        self.say(f"backfill of {BACKFILL_FROM} to {BACKFILL_TO} {'requested' if new else 'is already under way'}")

    def signed_in(self) -> httpx.Client | None:
        """A client, once the DAG `backfill` is unpaused."""
        who = airflow.sign_in(self.plan.settings.airflow_home / "credentials.json")
        http = airflow.client(who) if who else None
        if http and not airflow.is_ready(http, "backfill"):
            http.close()
            return None
        return http

    def round(self, name: str) -> None:
        """Wait until the published warehouse holds what the newsroom shows.

        Raises:
            RetryLater: something is still missing; the message names it.
        """
        truth = self.truth()
        expected, since = arrivals.wanted(truth), dt.datetime.fromisoformat(truth["opened"])
        state = arrivals.compare(expected, [], since)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("articles"), TimeElapsedColumn())
        with Progress(*columns, console=self.console) as bar:
            task = bar.add_task(name, total=len(expected))

            def look() -> arrivals.Round | None:
                nonlocal state
                state = arrivals.compare(expected, arrivals.published(self.plan.settings), since)
                bar.update(task, completed=len(state.arrived))
                return None if state.missing else state

            self.children.wait(look, ROUND_WITHIN_S, lambda: f"{name}: {state.why()}\n{self.advice()}")
        if not state.is_complete:
            raise Broken(f"{name}: {state.why()}\n{self.advice()}")
        self.say(f"{name}: all {len(expected)} articles have arrived, each once")

    def advice(self) -> str:
        """Where to look when something has not arrived."""
        return f"What was set aside, and why: CONSILIENCE_DATA_DIR={self.plan.data} consilience sql 'FROM ops.quarantine'"

    def move_on(self) -> bool:
        """Let the rest of the newsroom's day come, new articles and changed ones; False where nothing is left of it."""
        truth = self.truth()
        if not truth["to_come"]:
            self.say(f"the newsroom's day is over, nothing new is to come; delete {self.plan.data} for a fresh one")
            return False
        answer = self.newsroom.post("/__demo/advance", params={"minutes": truth["minutes_to_come"]})
        if not answer.is_success:
            raise RetryLater(f"the newsroom's clock does not move: {answer.text}")
        self.say(f"the newsroom's clock moves on by {truth['minutes_to_come']} minutes: {truth['to_come']} articles and changes appear")
        return True

    def show(self) -> None:
        """The comparison of the busiest story with its SQL, as every user gets it, and where to go on."""
        self.console.rule("The busiest story, as [bold]consilience compare[/bold] shows it")
        self.console.file.flush()
        width = {} if self.console.is_terminal else {"COLUMNS": str(WIDTH_IN_A_FILE)}
        subprocess.run(consilience("compare"), env=self.environment | width, check=True)
        self.console.rule("Go on from here")
        self.console.print(addresses(self.plan), highlight=False, soft_wrap=True)


def addresses(plan: Plan) -> str:
    """Where everything is and what to try, in rich markup."""
    settings = plan.settings
    programs = Path(consilience()[0]).parent
    return "\n".join(
        [
            f"Airflow UI      http://127.0.0.1:{plan.airflow_port}/  user admin, password in {settings.airflow_home / 'credentials.json'}",
            f"Newsroom        {plan.newsroom_url}/",
            f"Published file  {settings.published_file}  (any DuckDB client, read-only)",
            f"Logs            {plan.logs}, {settings.airflow_home / 'logs'}",
            "",
            "Try in another terminal:",
            f"  export CONSILIENCE_DATA_DIR={plan.data} PATH={programs}:$PATH",
            "  consilience stories",
            '  consilience compare --query "summit"',
            '  consilience sql "FROM marts.disagreements"',
        ]
    )
