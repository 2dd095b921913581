"""`consilience ingest …`: bring pages in without Airflow, from the web, from files and from archives."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.outlets import AsJson, OutletIds
from cli.tables import print_rows
from common import clock
from common.settings import Settings, load

ingest = typer.Typer(no_args_is_help=True, help="Bring pages in without Airflow: from the web, from files, from archives.")


def _batch_key(settings: Settings, day: datetime | None, recheck: bool) -> str:
    """A key that is not sealed yet: a day's first run has the key of the backfill DAG, later ones add the time."""
    from ingest.store.captures import is_sealed

    stamp = f"{clock.now():%Y-%m-%dT%H:%M:%S}"
    if day:
        key = f"archive/{day:%Y-%m-%d}"
        return f"{key}/{stamp}" if is_sealed(settings, key) else key
    return f"recheck/{stamp}" if recheck else stamp


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True))


def _handled(counts: dict[str, int]) -> int:
    return sum(counts.get(name, 0) for name in ("fetched", "not_modified", "gone", "failed"))


def _fetch_batch(settings: Settings, batch_key: str, ids: list[str] | None, *, everything: bool | None = None) -> dict[str, int]:
    """Ingest all groups of a batch with a bar for each outlet; `everything`: ask all sources, due or not."""
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
            for name, number in ingest_group(settings, batch_key, group, show, everything=everything).items():
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
    print_rows([row] if as_json else [{"count": name, "value": value} for name, value in row.items()], as_json)


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
    batch_key, is_live = _batch_key(settings, day, recheck), not day and not recheck
    counts = _fetch_batch(settings, batch_key, outlet, everything=True if is_live else None)
    _finish(settings, batch_key, counts, load_it, as_json)


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
    from ingest.imports.files import take_files

    settings = load()
    moment = None
    if published:
        moment = published.date() if published == datetime.combine(published, datetime.min.time()) else published.replace(tzinfo=UTC)
    taking = take_files(settings, paths, outlet, moment)
    _finish(settings, taking.batch_key, {"fetched": taking.pages, "damaged": taking.damaged_records}, load_it, as_json)


@ingest.command("warc")
def from_archives(
    sources: Annotated[list[str], typer.Argument(help="Paths or addresses of .warc, .warc.gz (CC-NEWS) and .wacz files.")],
    outlet: OutletIds = None,
    load_it: LoadIt = True,
    as_json: AsJson = False,
) -> None:
    """Pick the pages of our outlets out of archives of many sites, then read, load and publish them.

    The same call again, e.g. after it was killed, takes nothing twice. An archive named by its address is downloaded first and
    deleted afterwards.
    """
    from ingest.imports.archives import take_archives

    settings = load()
    with Progress(TextColumn("{task.description}"), TimeElapsedColumn(), console=Console(stderr=True)) as progress:
        bar = progress.add_task("archives")
        taken = take_archives(settings, sources, outlet, lambda event, number: progress.update(bar, description=f"{event} {number:,}"))
    counts = {"fetched": taken.pages.total(), **taken.pages, "passed_over": taken.strangers, "damaged": taken.damaged_records}
    _finish(settings, taken.batch_key, counts, load_it, as_json)


def _fetch_waiting(settings: Settings, outlet: str) -> dict[str, int]:
    """Fetch what waits for an outlet, batch by batch, until nothing is left that may be fetched now."""
    total: dict[str, int] = {}
    stamp = f"{clock.now():%Y-%m-%dT%H:%M:%S}"
    for number in count(1):
        found = _fetch_batch(settings, f"push/list-{stamp}-{number}", [outlet])
        for name, value in found.items():
            total[name] = total.get(name, 0) + value
        if not _handled(found):
            break
    return total


@ingest.command("urls")
def from_list(
    path: Annotated[Path, typer.Argument(help="CSV with a column url, JSON lines with a field url, or one address a line.", exists=True)],
    outlet: Annotated[str, typer.Option(help="Id of the outlet whose pages they are.")],
    load_it: LoadIt = True,
    as_json: AsJson = False,
) -> None:
    """Fetch the addresses of a list, then read, load and publish them; lines that give none are told on stderr by their number.

    What can't be fetched now waits and is taken by later runs. A column or field `published` or `date` is kept as a hint.
    """
    from ingest.imports.url_lists import offer_list

    settings = load()
    listed = offer_list(settings, path, outlet)
    for number, reason in listed.told:
        typer.secho(f"{path}:{number}: {reason}", err=True)
    row = {"addresses": listed.urls, "bad_lines": listed.bad, **_fetch_waiting(settings, outlet)}
    row |= _into_warehouse(settings) if load_it else {}
    print_rows([row] if as_json else [{"count": name, "value": value} for name, value in row.items()], as_json)


def register(app: typer.Typer) -> None:
    """Add `ingest` to the command tree."""
    app.add_typer(ingest, name="ingest")
