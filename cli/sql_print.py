"""Results of `consilience sql` for people: a table, or blocks where it is too wide; through a pager where it is too long."""

from __future__ import annotations

import json
import os
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.values import plain

# Rows that are printed of a result at once; more scrolls away.
ROWS_SHOWN = 200
# Rows that the pager holds: rich lays them all out before the first is seen, 10,000 take about a second.
ROWS_PAGED = 10_000
# Characters of one value in a printed table; bodies of articles are long.
VALUE_LENGTH = 300
# Least characters of a column that can be read; where the columns would be narrower, each row is printed as a block of its own.
COLUMN_WIDTH = 12

Result = tuple[list[str], list[tuple[Any, ...]]]


def shown(value: Any) -> Text:
    """A value as a table cell: one line, not endless; null stands apart from an empty text."""
    if value is None:
        return Text("null", style="dim")
    text = (
        value if isinstance(value, str) else str(value) if isinstance(value, int | float) else json.dumps(plain(value), ensure_ascii=False)
    )
    line = " ".join(text.strip('"').split() if not isinstance(value, str) else text.split())
    return Text(line if len(line) <= VALUE_LENGTH else line[: VALUE_LENGTH - 1] + "…")


def result_table(names: list[str], rows: list[tuple[Any, ...]]) -> Table:
    """Rows as a table; numbers stand right."""
    table = Table(header_style="bold")
    for index, name in enumerate(names):
        numeric = any(isinstance(row[index], int | float) and not isinstance(row[index], bool) for row in rows[:1])
        table.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(shown(value) for value in row))
    return table


def print_blocks(names: list[str], rows: list[tuple[Any, ...]], console: Console) -> None:
    """Rows one below the other, a line a column, like the expanded form of psql."""
    for number, row in enumerate(rows, 1):
        console.rule(f"row {number}", align="left", style="dim")
        block = Table.grid(padding=(0, 2))
        for name, value in zip(names, row, strict=True):
            block.add_row(Text(name, style="bold"), shown(value))
        console.print(block)


def is_wide(names: list[str], console: Console) -> bool:
    """Whether a table of these columns could not be read."""
    return len(names) > console.width // COLUMN_WIDTH


def print_result(result: Result, console: Console, most: int = ROWS_SHOWN) -> None:
    """A result as a table, or as blocks where it is too wide for the terminal; `most` rows of it."""
    names, rows = result
    if rows and is_wide(names, console):
        print_blocks(names, rows[:most], console)
    else:
        console.print(result_table(names, rows[:most]))
    more = f", the first {most} shown" if len(rows) > most else ""
    console.print(f"{len(rows)} row{'' if len(rows) == 1 else 's'}{more}", style="dim")


def is_tall(result: Result, console: Console) -> bool:
    """Whether the printed result would leave the screen."""
    names, rows = result
    return len(rows) * (len(names) + 1 if is_wide(names, console) else 1) > console.height


def show_result(result: Result, console: Console) -> None:
    """Print a result, through the pager ($PAGER, else less) where it is taller than the terminal."""
    if not (console.is_terminal and is_tall(result, console)):
        print_result(result, console)
        return
    os.environ.setdefault("LESS", "-RFX")  # colours; leave at once what fits; leave it on the screen
    with console.pager(styles=True):
        print_result(result, console, ROWS_PAGED)
