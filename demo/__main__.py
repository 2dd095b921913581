"""`python -m demo [--once]`, which is `make demo`: the newsroom and a real Airflow, from nothing to a comparison of claims."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import httpx
import typer
from rich.console import Console
from rich.markup import escape

from common.errors import ConsilienceError
from demo.tour.guide import Guide
from demo.tour.plan import Plan


def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    """Treat SIGTERM and SIGHUP like Ctrl-C."""
    raise KeyboardInterrupt


def lead(guide: Guide) -> int:
    """Walk, stay if asked to, and end the children whatever happens; the exit code."""
    try:
        guide.walk()
        if not guide.plan.once:
            guide.stay()
    except (ConsilienceError, subprocess.CalledProcessError, httpx.HTTPError) as error:
        guide.console.print(f"[red]{escape(str(error))}[/red]", highlight=False, soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        # asked to end before it was done: no success for a script that waits for everything
        return 130 if guide.plan.once else 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # one signal is enough; a second must not leave children behind
        guide.end()
    return 0


def demo(
    once: Annotated[bool, typer.Option("--once", help="End when everything has arrived (exit code 0) or something has not (1).")] = False,
    port: Annotated[int, typer.Option(help="Base port of the newsroom; its outlets take the ten ports above it.")] = 8800,
    airflow_port: Annotated[int, typer.Option(help="Port of the Airflow UI.")] = 8080,
    data: Annotated[Path, typer.Option(help="Folder of the demo's data; kept, so that a second run is quick.")] = Path("data/demo"),
) -> None:
    """Run the demo newsroom through a real Airflow and print a comparison."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    raise typer.Exit(lead(Guide(Plan(data.absolute(), port, airflow_port, once), Console())))


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(demo)
    app()
