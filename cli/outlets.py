"""`consilience outlets …`: look after outlet files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.tables import print_rows
from common.settings import Settings, load

if TYPE_CHECKING:
    from ingest.discover.find import Probed
    from ingest.outlets import Outlet

OutletIds = Annotated[list[str] | None, typer.Option("--outlet", help="Id of an outlet; may be given several times. Default: all enabled.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
KINDS = ("feeds", "sitemaps", "sections", "archive_pages")

outlets = typer.Typer(no_args_is_help=True, help="Outlet files: which there are, whether they work, and new ones.")


def _loaded(ids: list[str] | None) -> tuple[Settings, list[Outlet]]:
    from ingest.outlets import chosen, load_outlets

    settings = load()
    found = load_outlets(settings.outlets_dir)
    return settings, found if ids is None else chosen(found, ids)


@outlets.command("list")
def list_outlets(as_json: AsJson = False) -> None:
    """List the outlets of CONSILIENCE_OUTLETS_DIR with the number of their sources."""
    fields = ("id", "name", "enabled", "country", "language", "home")
    rows = []
    for one in _loaded(None)[1]:
        known = one.model_dump(include=set(fields))
        rows.append({**{name: known[name] for name in fields}, **{kind: len(getattr(one, kind)) for kind in KINDS}, "wayback": one.wayback})
    print_rows(rows if as_json else [_short(row) for row in rows], as_json)


def _short(row: dict[str, Any]) -> dict[str, Any]:
    """For a terminal of 80 columns."""
    sources = [f"{row[kind]} {kind.replace('_', ' ')}" for kind in KINDS if row[kind]] + (["Wayback Machine"] if row["wayback"] else [])
    return {"id": row["id"], "name": row["name"], "enabled": "yes" if row["enabled"] else "no", "sources": ", ".join(sources)}


def _row(outlet_id: str, one: Probed, is_whole: bool) -> dict[str, Any]:
    """All that is known of a source, or what fits a terminal."""
    newest = f"{one.newest:%Y-%m-%d %H:%M}" if one.newest else None
    if not is_whole:
        found = f"{one.children} sitemaps" if one.children else f"{one.pages} pages"
        return {"outlet": outlet_id, "kind": one.kind, "source": one.url, "found": found, "newest": newest, "problem": one.problem}
    return {
        "outlet": outlet_id,
        "kind": one.kind,
        "source": one.url,
        "status": one.status,
        "pages": one.pages,
        "sitemaps": one.children,
        "newest": newest,
        "problem": one.problem,
    }


@outlets.command("check")
def check_outlets(outlet: OutletIds = None, as_json: AsJson = False) -> None:
    """Check the outlet files and their golden pages; with --outlet also ask each of its sources once and tell what they name.

    Ends with 1 where a source can't be read or a golden page is read otherwise. Sitemaps that robots.txt names and the file lacks are
    told, too.
    """
    settings, found = _loaded(outlet)
    if outlet is None:
        _check_golden(settings, found, as_json)
        return
    from ingest.discover.survey import check

    probed = [(one.id, probe) for one in found for probe in check(settings, one)]
    print_rows([_row(outlet_id, probe, as_json) for outlet_id, probe in probed], as_json)
    if any(probe.failed for _id, probe in probed):
        raise typer.Exit(1)


def _check_golden(settings: Settings, found: list[Outlet], as_json: bool) -> None:
    from cli import golden

    told = [(one.id, *golden.check(settings, one)) for one in found]
    rows = [{"outlet": name, "file": "fine", "golden pages": pages, "problem": "; ".join(wrong) or None} for name, pages, wrong in told]
    print_rows(rows, as_json)
    if any(wrong for _name, _pages, wrong in told):
        raise typer.Exit(1)


@outlets.command("discover")
def discover_outlet(
    site: Annotated[str, typer.Argument(help="Home page or bare domain, e.g. https://www.my-paper.example.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite an outlet file that exists.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the outlet file instead of writing it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Find the feeds and sitemaps of a site and write its outlet file, to be looked at and enabled.

    Reads the home page, robots.txt, what they announce, and well-known places, as politely as any other reading.
    """
    from ingest.discover.survey import discover, write_outlet

    settings = load()
    found = discover(settings, site)
    if dry_run and not as_json:
        typer.echo(found.text, nl=False)
        return
    path = None if dry_run else write_outlet(settings.outlets_dir, found, force=force)
    told = [_row(path.stem if path else "", one, as_json) for one in (*found.feeds, *found.sitemaps, *found.refused)]
    print_rows(told, as_json)
    typer.secho(f"{path} written; look at it, then set enabled: true" if path else "nothing written", err=True)


@outlets.command("rules")
def show_rules(
    outlet_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the outlet.")],
    as_json: AsJson = False,
) -> None:
    """Show what shapes the reading of an outlet's pages: its dated CSS rules, and the furniture that its pages have taught.

    A block of text that recurs under three different headlines is remembered with date and count, and left out of later pages.
    """
    from cli import outlet_rules

    settings, (outlet,) = _loaded([outlet_id])
    outlet_rules.show(settings, outlet, whole=as_json)


def register(app: typer.Typer) -> None:
    """Add `outlets` to the command tree."""
    app.add_typer(outlets, name="outlets")
