"""`consilience compare-steps STEP`: single steps of the comparison as JSON-lines filters, to be piped, tried and judged."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Annotated, Any

import typer

Row = dict[str, Any]
Fields = dict[str, type]


class Step(StrEnum):
    """What can be run alone."""

    COPIES = "copies"
    STORIES = "stories"
    MATCH = "match"
    SAME = "same"
    RELATION = "relation"
    RELATION_NATURAL = "relation-natural"
    NUMBERS = "numbers"
    VERIFY = "verify"
    STANCE = "stance"
    MATRIX = "matrix"


# What a row of each step must hold, and of which type.
ARTICLE: Fields = {"id": str, "outlet": str, "title": str, "text": str}
PAIR: Fields = {"id": str, "a": str, "b": str}
FIELDS: dict[Step, Fields] = {
    Step.COPIES: ARTICLE,
    Step.STORIES: ARTICLE,
    Step.MATCH: {"type": str, "id": str, "text": str},
    Step.SAME: PAIR,
    Step.RELATION: PAIR,
    Step.RELATION_NATURAL: PAIR,
    Step.NUMBERS: PAIR,
    Step.VERIFY: {"id": str, "claim": str, "evidence": str},
    Step.STANCE: {"id": str, "claim": str, "title": str, "text": str},
    Step.MATRIX: {"story": str, "articles": list},
}


def faults(row: Row, fields: Fields) -> list[str]:
    """Fields that are missing or of the wrong type, and a date that is none."""
    wrong = [f"{name}: {kind.__name__} expected" for name, kind in fields.items() if not isinstance(row.get(name), kind)]
    published = row.get("published")
    if published is not None and not (isinstance(published, str) and (not published or is_date(published))):
        wrong.append("published: ISO 8601 date expected")
    return wrong + [fault for inner in row.get("articles") or [] if "articles" in fields for fault in faults(inner, ARTICLE)]


def is_date(text: str) -> bool:
    """Whether a text is an ISO 8601 date or time."""
    from datetime import datetime

    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def parsed(lines: Iterable[str], step: Step) -> Iterator[tuple[Row, str | None]]:
    """Each line as a row, with what is wrong with it."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            yield {"id": f"line {number}"}, f"not JSON: {error}"
            continue
        if not isinstance(row, dict):
            yield {"id": f"line {number}"}, "an object is expected"
            continue
        yield row, "; ".join(faults(row, FIELDS[step])) or None


def answers(step: Step, lines: Iterable[str]) -> Iterator[Row]:
    """Rows of a step; a bad line gives an {id, error} row and the others go on."""
    from transforms.compare import steps

    good: list[Row] = []
    for row, fault in parsed(lines, step):
        if fault:
            yield {"id": row.get("id", row.get("story")), "error": fault}
        elif alone := steps.ALONE.get(step.value):
            yield alone(row)
        else:
            good.append(row)
    if good:
        yield from steps.TOGETHER[step.value](good)


def run(step: Annotated[Step, typer.Argument(help="Step to run.")]) -> None:
    """Read JSON lines on stdin, write JSON lines on stdout: one step of the comparison alone.

    copies and stories take articles {id, outlet, published, title, text}; match takes documents, then queries {type, id, text};
    same, relation, relation-natural and numbers take pairs {id, a, b}; verify takes {id, claim, evidence}; stance takes
    {id, claim, title, text}; matrix takes {story, articles}.
    """
    for row in answers(step, sys.stdin):
        typer.echo(json.dumps(row, ensure_ascii=False))


def register(app: typer.Typer) -> None:
    """Add `compare-steps` to the command tree."""
    app.command("compare-steps")(run)
