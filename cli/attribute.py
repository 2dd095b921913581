"""`consilience attribute`: texts on stdin, attributions on stdout, as JSON lines."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from common.settings import ClaimsMethod, load

if TYPE_CHECKING:
    from transforms.claims import Attribution


def rendered(item: Attribution) -> dict[str, Any]:
    """One attribution in the bench format; offsets are code points."""
    return {
        "source": {"start": item.source[0], "end": item.source[1]} if item.source else None,
        "cue": {"start": item.cue[0], "end": item.cue[1]} if item.cue else None,
        "content": {"spans": [list(piece) for piece in item.content]},
        "speaker": item.speaker.name,
        "speaker_kind": item.speaker.kind,
        "polarity": item.polarity,
        "quote_type": item.quote_type,
        "chain": list(item.chain),
        "parent": item.parent,
        "numbers": [
            {
                "value": n.value if n.upper is None else [n.value, n.upper],
                "unit": n.unit,
                "bound": n.bound,
                "what": n.what,
                "span": [n.start, n.end],
            }
            for n in item.numbers
        ],
        "dates": [{"iso": d.iso, "span": [d.start, d.end]} for d in item.dates],
        "said_on": {"iso": item.said_on.isoformat()} if item.said_on else None,
        "certainty": item.certainty,
        "is_negated": item.is_negated,
        "confidence": item.confidence,
    }


def moment(value: Any) -> datetime | None:
    """`published` of an input line: an ISO 8601 date or time; no offset means UTC.

    Raises:
        ValueError: not such a string.
    """
    if value is None:
        return None
    instant = datetime.fromisoformat(str(value))
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def answer(line: str, method: ClaimsMethod) -> dict[str, Any]:
    """The output of one input line; a bad line gives `error`."""
    from transforms.claims import attribute as find

    row: Any = None
    try:
        row = json.loads(line)
        found = find(row["text"], published=moment(row.get("published")), language=row.get("language"), method=method)
        return {"id": row["id"], "attributions": [rendered(item) for item in found]}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        return {"id": row.get("id") if isinstance(row, dict) else None, "error": f"{type(error).__name__}: {error}"}


def shown(file: Path, published: str | None, method: ClaimsMethod) -> str:
    """The page of a text file.

    Raises:
        typer.BadParameter: no text in UTF-8, or no date.
    """
    from cli.attribute_view import page
    from transforms.claims import attribute as find

    try:
        text = file.read_text("utf-8")
        return page(text, find(text, published=moment(published), method=method), title=file.stem)
    except ValueError as error:
        raise typer.BadParameter(f"{file}: {error}") from error


def attribute(
    file: Annotated[Path | None, typer.Argument(help="A text file to read instead, for --html.", exists=True, dir_okay=False)] = None,
    html: Annotated[bool, typer.Option("--html", help="Print the text of FILE as a page with its attributions in colours.")] = False,
    method: Annotated[ClaimsMethod | None, typer.Option(help="In place of CONSILIENCE_CLAIMS.")] = None,
    published: Annotated[str | None, typer.Option(help="Day of publication of FILE, which relative dates are counted from.")] = None,
) -> None:
    """Find who said what: JSON lines {"id", "text"[, "published", "language"]} in, {"id", "attributions"} out."""
    chosen = method or load().claims
    if (file is not None) != html:
        raise typer.BadParameter("FILE and --html go together; without them JSON lines are read from stdin")
    if file is not None:
        typer.echo(shown(file, published, chosen))
        return
    for line in sys.stdin:
        if line.strip():
            typer.echo(json.dumps(answer(line, chosen), ensure_ascii=False))


def register(app: typer.Typer) -> None:
    """Add `attribute` to the command tree."""
    app.command("attribute")(attribute)


def main() -> None:
    """Run the filter alone, without the other commands."""
    typer.run(attribute)


if __name__ == "__main__":
    main()
