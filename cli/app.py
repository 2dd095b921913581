"""The `consilience` command: gathers the commands of the other modules and turns our errors into exit codes."""

from __future__ import annotations

import sys
from importlib import import_module

import typer

from common import logs
from common.errors import ConsilienceError, Misconfigured, RetryLater

# Each module adds its commands in `register(app)`; order is the order of `consilience --help`.
MODULES = (
    "stack",
    "outlets",
    "ingest",
    "push",
    "reprocess",
    "quarantine",
    "fetch",
    "extract",
    "attribute",
    "compare_steps",
    "compare",
    "sql",
    "export",
    "settings",
)

# Exit codes by what the caller does next (sysexits.h: EX_TEMPFAIL 75, EX_CONFIG 78).
TEMPORARY, CONFIGURATION, FAILED = 75, 78, 1


def build() -> typer.Typer:
    """Assemble the command tree."""
    app = typer.Typer(
        name="consilience",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        help="Who said what according to whom: ingest news, compare claims.",
    )
    for name in MODULES:
        import_module(f"cli.{name}").register(app)
    return app


def exit_code(error: ConsilienceError) -> int:
    """75: try again later; 78: mend the configuration; 1: anything else."""
    return CONFIGURATION if isinstance(error, Misconfigured) else TEMPORARY if isinstance(error, RetryLater) else FAILED


def main() -> None:
    """Entry point of the console script."""
    logs.configure()
    try:
        build()()
    except ConsilienceError as error:
        typer.secho(f"{error.reason}: {error}", fg="red", err=True)
        sys.exit(exit_code(error))
