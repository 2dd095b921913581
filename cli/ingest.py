"""`consilience outlets …` and `consilience ingest …`: look after outlet files, and bring pages in without Airflow."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from common import clock
from common.settings import Settings, load

if TYPE_CHECKING:
    from ingest.outlets import Outlet

OutletIds = Annotated[list[str] | None, typer.Option("--outlet", help="Id of an outlet; may be given several times. Default: all enabled.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

outlets = typer.Typer(no_args_is_help=True, help="Outlet files: which there are, and whether they work.")
ingest = typer.Typer(no_args_is_help=True, help="Bring pages in without Airflow: from the web or from files.")


def _loaded(ids: list[str] | None) -> tuple[Settings, list[Outlet]]:
    from ingest.outlets import chosen, load_outlets

    settings = load()
    found = load_outlets(settings.outlets_dir)
    return settings, found if ids is None else chosen(found, ids)


def _print(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    table = Table(*(rows[0] if rows else ["nothing"]))
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    Console().print(table)


@outlets.command("list")
def list_outlets(as_json: AsJson = False) -> None:
    """List the outlets of CONSILIENCE_OUTLETS_DIR."""
    fields = ("id", "name", "enabled", "country", "language", "home")
    rows = [{**one.model_dump(include=set(fields)), "feeds": len(one.feeds), "sitemaps": len(one.sitemaps)} for one in _loaded(None)[1]]
    _print([{name: row[name] for name in (*fields, "feeds", "sitemaps")} for row in rows], as_json)


@outlets.command("check")
def check_outlets(outlet: OutletIds = None, as_json: AsJson = False) -> None:
    """Check the outlet files; with --outlet also ask each of its feeds and sitemaps once and tell what they name."""
    settings, found = _loaded(outlet)
    if outlet is None:
        _print([{"outlet": one.id, "file": "fine"} for one in found], as_json)
        return
    from ingest.stage import ask_sources

    rows = []
    for one in found:
        walked = ask_sources(settings, one)
        rows += [{"outlet": one.id, "source": url, "pages": count, "error": None} for url, count in walked.named.items()]
        rows += [{"outlet": one.id, "source": url, "pages": 0, "error": error} for url, error in walked.failures.items()]
    _print(rows, as_json)
    if any(row["error"] for row in rows):
        raise typer.Exit(1)


def _batch_key(settings: Settings, day: datetime | None, recheck: bool) -> str:
    """A key that is not sealed yet: a day's first run has the key of the backfill DAG, later ones add the time."""
    from ingest.captures import is_sealed

    stamp = f"{clock.now():%Y-%m-%dT%H:%M:%S}"
    if day:
        key = f"archive/{day:%Y-%m-%d}"
        return f"{key}/{stamp}" if is_sealed(settings, key) else key
    return f"recheck/{stamp}" if recheck else stamp


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True))


def _fetch_batch(settings: Settings, batch_key: str, ids: list[str] | None) -> dict[str, int]:
    """Ingest all groups of a batch with a bar for each outlet."""
    from ingest.stage import ingest_group, outlet_groups, seal_batch

    total: dict[str, int] = {}
    with _progress() as progress:
        bars: dict[str, Any] = {}

        def show(outlet_id: str, event: str, number: int) -> None:
            if event == "todo":
                bars[outlet_id] = progress.add_task(outlet_id, total=number)
            else:
                progress.advance(bars[outlet_id], number)

        for group in outlet_groups(settings, ids):
            for name, number in ingest_group(settings, batch_key, group, show).items():
                total[name] = total.get(name, 0) + number
    seal_batch(settings, batch_key)
    return total


def _into_warehouse(settings: Settings) -> dict[str, int]:
    """Transform, load and publish what is sealed."""
    from warehouse.stages import run_pending

    with Progress(TextColumn("{task.description}"), TimeElapsedColumn(), console=Console(stderr=True)) as progress:
        bar = progress.add_task("transform")
        counts: dict[str, int] = run_pending(settings, on_progress=lambda stage, what: progress.update(bar, description=f"{stage} {what}"))
    return counts


def _finish(settings: Settings, batch_key: str, counts: dict[str, int], load_it: bool, as_json: bool) -> None:
    row: dict[str, Any] = {"batch": batch_key, **counts, **(_into_warehouse(settings) if load_it else {})}
    _print([row] if as_json else [{"count": name, "value": value} for name, value in row.items()], as_json)


LoadIt = Annotated[bool, typer.Option("--load/--no-load", help="Also transform, load and publish what was brought in.")]


@ingest.command("run")
def run_once(
    outlet: OutletIds = None,
    day: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Bring the pages of this past day (UTC) instead.")] = None,
    recheck: Annotated[bool, typer.Option("--recheck", help="Read again the articles that are due for it instead.")] = False,
    load_it: LoadIt = True,
    as_json: AsJson = False,
) -> None:
    """Fetch what is new, then read, load and publish it: one round of what the DAGs do."""
    if day and recheck:
        raise typer.BadParameter("give either --day or --recheck")
    settings = load()
    batch_key = _batch_key(settings, day, recheck)
    _finish(settings, batch_key, _fetch_batch(settings, batch_key, outlet), load_it, as_json)


@ingest.command("files")
def from_files(
    paths: Annotated[list[Path], typer.Argument(help="Saved pages (.html), text dumps (.txt), WARC files, folders of them.", exists=True)],
    outlet: Annotated[str, typer.Option(help="Id of the outlet that published them.")],
    published: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="When they were published (UTC).")
    ] = None,
    load_it: LoadIt = True,
    as_json: AsJson = False,
) -> None:
    """Bring in pages that lie on disk as a batch of their own, then read, load and publish it."""
    from ingest.captures import read_index
    from ingest.files import ingest_files

    settings = load()
    moment = None
    if published:
        moment = published.date() if published == datetime.combine(published, datetime.min.time()) else published.replace(tzinfo=UTC)
    batch_key = ingest_files(settings, paths, outlet, moment)
    _finish(settings, batch_key, {"fetched": len(read_index(settings, batch_key))}, load_it, as_json)


def register(app: typer.Typer) -> None:
    """Add `outlets` and `ingest` to the command tree."""
    app.add_typer(outlets, name="outlets")
    app.add_typer(ingest, name="ingest")
