"""`consilience up`, `down`, `status`, `env`."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Annotated

import typer

from common import settings as settings_module
from common.errors import RetryLater

if TYPE_CHECKING:
    from rich.table import Table

    from cli.stack.status import Status

# The supervisor promises 20 s; the rest is for a busy computer.
DOWN_WITHIN_S = 40.0
LOOK_EVERY_S = 0.2


def up() -> None:
    """Start database and Airflow on this computer, print where the UI is, and stay until Ctrl-C."""
    from cli.stack.supervisor import Supervisor

    began = time.monotonic()
    Supervisor(settings_module.load(), lambda line: typer.echo(f"[{time.monotonic() - began:5.1f} s] {line}")).run()
    typer.echo("everything has ended")


def down() -> None:
    """End a running stack and wait until nothing of it is left."""
    from cli.stack import postgres, processes, record, supervisor

    settings = settings_module.load()
    if not record.is_held(settings.data_dir):
        supervisor.recover(settings, typer.echo)
        postgres.stop_left_over(settings.data_dir / "postgres")
        typer.echo("no stack is running")
        return
    found = record.read(settings.data_dir)
    process = processes.find(found.supervisor) if found else None
    if process is None:
        raise RetryLater("the supervisor is just starting or ending; try again in a moment.")
    process.terminate()
    deadline = time.monotonic() + DOWN_WITHIN_S
    while record.is_held(settings.data_dir):
        if time.monotonic() > deadline:
            raise RetryLater(f"the supervisor (process {process.pid}) did not end within {DOWN_WITHIN_S:.0f} s.")
        time.sleep(LOOK_EVERY_S)
    typer.echo("everything has ended")


def status(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show components, DAG runs of the last day, outlets and the last publication; works also when nothing runs."""
    from cli.stack.status import gather

    found = gather(settings_module.load())
    if as_json:
        typer.echo(json.dumps(found, indent=2))
    else:
        _print(found)


def _print(found: Status) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    console.print(f"stack: [bold]{found['phase']}[/bold]  {found['url'] or ''}")
    components = Table("Component", "Status", "Process")
    for part in found["components"]:
        components.add_row(part["name"], part["status"], str(part["pid"] or ""))
    console.print(components)
    runs = Table("DAG", "Runs of the last day")
    for dag_id, states in found["runs"].items():
        runs.add_row(dag_id, ", ".join(f"{count} {state}" for state, count in states.items()))
    console.print(runs)
    console.print(f"outlets: {found['outlets_problem'] or len(found['outlets'])}")
    for table in (_failing_sources(found), _findings(found)):
        if table.row_count:
            console.print(table)
    console.print(f"published: {_publication(found)}")


def _publication(found: Status) -> str:
    last = found["published"]
    if last is None:
        return found["published_problem"] or "nothing yet"
    return f"{last['file']} at {last['at']}" + (f", {last['bytes']} bytes" if last["bytes"] else "")


def _failing_sources(found: Status) -> Table:
    from rich.table import Table

    table = Table("Failing source", "Failures", "Next try (UTC)", "Why")
    for one in found["failing_sources"]:
        table.add_row(f"{one['outlet']}: {one['url']}", str(one["failures"]), one["next_try"] or "next slot", one["error"])
    return table


def _findings(found: Status) -> Table:
    from rich.table import Table

    table = Table("Check", "Severity", "Rows", "For example")
    for one in found["findings"]:
        table.add_row(one["check"], one["severity"], str(one["rows"]), one["sample"])
    return table


def env() -> None:
    """Print docker/airflow.env, the settings that docker-compose.yml shares with `consilience up`."""
    from cli.stack.environment import compose_file

    typer.echo(compose_file(), nl=False)


def register(app: typer.Typer) -> None:
    """Add the commands of the stack to the command tree."""
    for command in (up, down, status, env):
        app.command(command.__name__)(command)
