"""`consilience extract`: pages to records, a JSON-lines filter. `python -m cli.extract` does the same."""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel, ValidationError
from rich.console import Console

from cli.page_captures import NO_OUTLET, capture
from common.errors import ConsilienceError, Misconfigured
from common.settings import Settings, load
from ingest.records import OutletProfile, Page
from transforms.extract.records import NO_ARTICLE, ExtractedPage
from transforms.pipeline import Reading

Row = dict[str, Any]


def extract(
    page: Annotated[str | None, typer.Argument(help="Address or file of one page; without it, lines are read from stdin.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show which blocks of PAGE are its text, and why others are not.")] = False,
    html: Annotated[Path | None, typer.Option("--html", help="Write what --explain shows as a page to this file.")] = None,
    url: Annotated[str | None, typer.Option("--url", help="Address that the file PAGE was saved from.")] = None,
    outlet: Annotated[str, typer.Option("--outlet", help="Id of the outlet of PAGE, for its rules and time zone.")] = NO_OUTLET.outlet_id,
    in_process: Annotated[
        bool, typer.Option("--in-process", help="Read lines in this process: no limits, and a page that kills the parser ends the command.")
    ] = False,
    workers: Annotated[
        int, typer.Option("--workers", min=1, help="Processes that read pages; starting one costs as much as some 60 pages.")
    ] = 1,
) -> None:
    """Read pages, one JSON object a line on stdin, and write their records, one a line; or read the one PAGE.

    In: {"id", "url", "html_path"}, and perhaps "content_type" and "outlet" (its file's id, for rules and time zone).
    Out: {"id", "title", "body", "authors", "published_at", "evidence", ...}; a page that holds no article has an empty body and
    "rejected" with the reason; a line or page that can't be read gives {"id", "error"}.
    """
    settings = load().model_copy(update={"page_workers": workers})
    if page is not None:
        one_page(page, url, outlet, settings, html=html, explain=explain or html is not None)
        return
    if explain or html or url:
        raise typer.BadParameter("give a PAGE: --explain, --html and --url are about one")
    for answer in answers(sys.stdin, outlets(settings), settings, in_process=in_process):
        typer.echo(json.dumps(answer))


def one_page(where: str, url: str | None, outlet_id: str, settings: Settings, *, html: Path | None, explain: bool) -> None:
    """Print the record of one page, or the reasons for it."""
    from cli import extract_explain as view

    known = outlets(settings)
    if outlet_id not in known:
        raise Misconfigured(f"there is no outlet {outlet_id!r}; there are: {', '.join(known)}")
    found = view.explained(view.page_at(where, url, known[outlet_id], settings), known[outlet_id], settings)
    if html:
        html.write_text(view.html(found, where), "utf-8")
        typer.secho(f"{html} written", err=True)
    elif explain:
        view.show(Console(), found)
    else:
        typer.echo(json.dumps({"id": where} | record(found), ensure_ascii=False))


def outlets(settings: Settings) -> dict[str, OutletProfile]:
    """The outlets that lines may name."""
    from ingest.outlets import load_outlets

    known = load_outlets(settings.outlets_dir) if settings.outlets_dir.is_dir() else []
    return {outlet.id: outlet.profile() for outlet in known} | {NO_OUTLET.outlet_id: NO_OUTLET}


def answers(lines: Iterable[str], known: Mapping[str, OutletProfile], settings: Settings, *, in_process: bool) -> Iterator[Row]:
    """One answer for each line that is not blank, in order."""
    waiting: deque[Row] = deque()

    def pages() -> Iterator[Page]:
        for line in filter(str.strip, lines):
            ident, page = page_of(line, known)
            waiting.append({"id": ident} if isinstance(page, Page) else {"id": ident, "error": page})
            if isinstance(page, Page):
                yield page

    for reading in readings(pages(), known, settings, in_process=in_process):
        while "error" in waiting[0]:
            yield waiting.popleft()
        yield waiting.popleft() | record(reading)
    yield from waiting


def readings(pages: Iterator[Page], known: Mapping[str, OutletProfile], settings: Settings, *, in_process: bool) -> Iterator[Reading]:
    """Pages read here, or by the pool under its limits."""
    from transforms.pipeline import read
    from transforms.pool import Limits, read_pages

    if in_process:
        return (read(page, known[page.capture.outlet_id]) for page in pages)
    return read_pages(pages, known, Limits.from_settings(settings))


class Line(BaseModel):
    """An input line; other keys are left alone."""

    id: str | int | None = None
    url: str
    html_path: Path
    content_type: str | None = None
    outlet: str = NO_OUTLET.outlet_id


def page_of(line: str, known: Mapping[str, OutletProfile]) -> tuple[str | int | None, Page | str]:
    """(id, page) of an input line, or (id, what is wrong with it)."""
    try:
        row = json.loads(line)
        ident = row.get("id")
    except (ValueError, AttributeError) as error:
        return None, f"not a JSON object: {error}"
    try:
        asked = Line.model_validate(row)
        if asked.outlet not in known:
            return ident, f"there is no outlet {asked.outlet!r}"
        return ident, Page(capture=capture(asked.url, asked.outlet, asked.content_type), body=asked.html_path.read_bytes())
    except ValidationError as error:
        return ident, "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
    except (ValueError, OSError, ConsilienceError) as error:
        return ident, f"{type(error).__name__}: {error}"


def record(reading: Reading) -> Row:
    """The fields of the output line besides its id."""
    if reading.rejection:
        told = f"{reading.rejection.reason}: {reading.rejection.detail}"
        return {"body": "", "rejected": told} if reading.rejection.detail.startswith(NO_ARTICLE) else {"error": told}
    page = reading.page
    assert page is not None
    kept = page.model_dump(mode="json", exclude={"headline", "published_at", "signed", "blocks"})
    signed = page.signed or page.authors or ([page.agency] if page.agency else [])
    return kept | {"title": page.headline, "authors": signed, "published_at": published(page)}


def published(page: ExtractedPage) -> str | None:
    """ISO 8601 with the page's own offset, or a bare date where only the day is known."""
    if page.published_at is None:
        return None
    return page.published_at.date().isoformat() if page.published_is_day else page.published_at.isoformat()


def register(app: typer.Typer) -> None:
    """Add `extract` to the command tree."""
    app.command("extract")(extract)


if __name__ == "__main__":
    typer.run(extract)
