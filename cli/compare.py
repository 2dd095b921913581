"""`consilience compare` and `consilience stories`: who says what in one story, and which stories there are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from cli.report_view import print_report, shorten
from common.settings import load

if TYPE_CHECKING:
    from warehouse.report import StorySummary

# Claims printed without --all: what fits on two screens.
CLAIMS_SHOWN = 15


def compare(
    story_id: Annotated[str | None, typer.Argument(help="Story id; left out: the story that most outlets write about.")] = None,
    query: Annotated[str | None, typer.Option("--query", "-q", help="Words; the story whose articles match them best.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    sql_only: Annotated[bool, typer.Option("--sql", help="Print only the SQL.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Print all claims, not only the most telling.")] = False,
) -> None:
    """Print who says what in a story: claim, speaker, independent witnesses, and every outlet side by side."""
    from warehouse.connect import open_published
    from warehouse.report import busiest_story, find_story, story_report

    chosen = _as_uuid(story_id) if story_id else None
    with open_published(load()) as con:
        report = story_report(con, chosen or (find_story(con, query) if query else busiest_story(con)))
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
    elif sql_only:
        typer.echo(report.sql)
    else:
        print_report(report, shown=None if everything else CLAIMS_SHOWN, console=Console())


def _as_uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no story id; use --query for words, `consilience stories` for the ids") from error


def stories_table(found: list[StorySummary]) -> Table:
    """One line a story."""
    table = Table("Story", "Outlets", "Articles", "Witnesses", "Claims", "Corroborated", "Disputed", "From", "Id")
    for story in found:
        counts = (story.outlets, story.articles, story.witnesses, story.claims, story.corroborated_claims, story.disputed_claims)
        table.add_row(shorten(story.title, 70), *map(str, counts), f"{story.first_published_at:%Y-%m-%d %H:%M}", str(story.story_id))
    return table


def stories(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the stories, the busiest first."""
    from warehouse import report
    from warehouse.connect import open_published

    with open_published(load()) as con:
        found = report.stories(con)
    if as_json:
        typer.echo(json.dumps([story.model_dump(mode="json") for story in found], indent=2))
    else:
        Console().print(stories_table(found))


def register(app: typer.Typer) -> None:
    """Add `compare` and `stories` to the command tree."""
    app.command("compare")(compare)
    app.command("stories")(stories)
