"""`consilience export`: a mart as Parquet, CSV or JSON, claims as JSON-LD; texts as their outlets allow."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TextIO
from uuid import UUID

import typer

from common.errors import Misconfigured
from common.settings import Settings, load

if TYPE_CHECKING:
    import duckdb

    from warehouse.licence import Licence, Licences

Form = Literal["parquet", "csv", "json", "jsonld"]
# What `MART` is called where claims are asked for as JSON-LD.
CLAIMS = "claims"


def outlet_licences(settings: Settings) -> dict[str, Licence]:
    """Outlet id -> its setting `export`; nothing where there is no folder of outlets, so that all are cut to excerpts.

    Raises:
        Misconfigured: an outlet file has faults.
    """
    from ingest.outlets import load_outlets

    return {outlet.id: outlet.export for outlet in load_outlets(settings.outlets_dir)} if settings.outlets_dir.is_dir() else {}


def _text(path: Path | None) -> AbstractContextManager[TextIO]:
    return path.open("w", encoding="utf-8", newline="") if path else nullcontext(sys.stdout)


def _write(con: duckdb.DuckDBPyConnection, mart: str, form: Form, path: Path | None, allowed: Licences, story: UUID | None) -> None:
    from cli import export_forms as forms
    from warehouse import export as marts
    from warehouse import jsonld

    if form == "jsonld":
        nodes = map(jsonld.claim, marts.claims(con, allowed, story))
        with _text(path) as stream:
            forms.write_jsonld(stream, jsonld.CONTEXT, nodes)
        return
    schema, batches = marts.rows(con, mart, allowed, story)
    if form == "parquet":
        assert path is not None
        forms.write_parquet(path, schema, batches)
        return
    with _text(path) as stream:
        if form == "csv":
            forms.write_csv(stream, schema.names, (row.values() for row in forms.dicts(batches)))
        else:
            forms.write_json(stream, forms.dicts(batches))


def export(
    mart: Annotated[str, typer.Argument(help="Name of a mart, e.g. disagreements; `claims` for JSON-LD.")],
    form: Annotated[Form, typer.Option("--format", help="parquet, csv, json; jsonld for claims.")] = "csv",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File; left out: stdout (not for Parquet).")] = None,
    story: Annotated[UUID | None, typer.Option("--story", help="Only this story.")] = None,
) -> None:
    """Write a mart to a file. Texts are cut to excerpts, unless the outlet's file says `export: full` or `none`."""
    from cli.export_forms import fresh
    from warehouse.connect import open_published
    from warehouse.export import licences

    if (form == "jsonld") != (mart == CLAIMS):
        raise typer.BadParameter("`claims` and `--format jsonld` go together; the other formats take a mart, e.g. marts.corroboration")
    if form == "parquet" and output is None:
        raise typer.BadParameter("Parquet needs a file: -o PATH")
    settings = load()
    with open_published(settings) as con, fresh(output) if output else nullcontext(None) as path:
        try:
            _write(con, mart, form, path, licences(con, outlet_licences(settings)), story)
        except OSError as error:
            raise Misconfigured(f"{output}: {error.strerror}") from error


def register(app: typer.Typer) -> None:
    """Add `export` to the command tree."""
    app.command("export")(export)
