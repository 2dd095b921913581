"""`consilience settings`: every setting, its value, where it comes from and what it does."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from common.settings import Settings, load


def origin(name: str, env_file: Path = Path(".env")) -> str:
    """environment, .env or default: where the value of a setting comes from."""
    variable = f"CONSILIENCE_{name.upper()}"
    if variable in os.environ:
        return "environment"
    lines = env_file.read_text("utf-8").splitlines() if env_file.is_file() else []
    return ".env" if any(line.split("=", 1)[0].strip().upper() == variable for line in lines) else "default"


def rows(current: Settings) -> list[dict[str, str]]:
    """One row a setting; secrets are masked."""
    found = []
    for name, field in Settings.model_fields.items():
        value = getattr(current, name)
        shown = "" if value is None else str(value)  # of a SecretStr: asterisks
        if isinstance(value, SecretStr) and value == field.default:
            shown = value.get_secret_value()
        found.append(
            {"variable": f"CONSILIENCE_{name.upper()}", "value": shown, "origin": origin(name), "description": field.description or ""}
        )
    return found


def show(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Print every setting with its value, its origin and its meaning; secrets are masked."""
    found = rows(load())
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    table = Table("Variable", "Value", "From", "Meaning")
    for row in found:
        table.add_row(*row.values())
    Console().print(table)


def register(app: typer.Typer) -> None:
    """Add `settings` to the command tree."""
    app.command("settings")(show)
