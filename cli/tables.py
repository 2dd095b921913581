"""Rows for people or for programs."""

from __future__ import annotations

import json
from typing import Any

import typer
from rich.console import Console
from rich.table import Table


def print_rows(rows: list[dict[str, Any]], as_json: bool) -> None:
    """Print rows of equal keys as a table, or as JSON."""
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    table = Table(*(rows[0] if rows else ["nothing"]))
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    Console().print(table)
