"""`consilience reprocess`: all records anew from the archives, without the network."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from common import clock
from common.settings import load


def _print(row: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([row], indent=2, ensure_ascii=False))
        return
    table = Table("count", "value")
    for name, value in row.items():
        table.add_row(name, str(value))
    Console().print(table)


def reprocess(
    batch: Annotated[list[str] | None, typer.Option("--batch", help="Key of a batch; may be given several times. Default: all.")] = None,
    load_it: Annotated[bool, typer.Option("--load/--no-load", help="Also load and publish the new records.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Read every captured page again with the present code; what comes out differently replaces what was there.

    No outlet is asked for anything. Killed, it goes on at the next `consilience reprocess`, `ingest run` or run of the DAG `transform`.
    """
    from warehouse.stages import REPROCESS, reprocess_batch, run_pending

    settings = load()
    key = f"{REPROCESS}{clock.now():%Y-%m-%dT%H:%M:%S}"
    with Progress(TextColumn("{task.description}"), TimeElapsedColumn(), console=Console(stderr=True)) as progress:
        bar = progress.add_task(f"transform {key}")
        counts = reprocess_batch(settings, key, batch)
        if load_it:
            counts |= run_pending(settings, on_progress=lambda stage, what: progress.update(bar, description=f"{stage} {what}"))
    _print({"batch": key, **counts}, as_json)


def register(app: typer.Typer) -> None:
    """Add `reprocess` to the command tree."""
    app.command("reprocess")(reprocess)
