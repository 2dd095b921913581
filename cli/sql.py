"""`consilience sql`: SQL on the published warehouse, one query or a prompt with history, colours and completion."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.export_forms import write_csv
from cli.values import plain
from common.settings import Settings, load

if TYPE_CHECKING:
    import duckdb
    from prompt_toolkit import PromptSession

# Rows that the prompt prints of a result: more scrolls away; --json and --csv print all.
ROWS_SHOWN = 200
# Characters of one value in a printed table; bodies of articles are long.
VALUE_LENGTH = 300
# Least characters of a column that can be read; where the columns would be narrower, each row is printed as a block of its own.
COLUMN_WIDTH = 12
GOODBYE = frozenset({".exit", ".quit", "exit", "quit"})
WELCOME = """[bold]Consilience[/] {path}
Tables: marts.story · marts.claim_comparison · marts.corroboration · marts.disagreements · marts.single_source · marts.outlet_profile
Macros: from search('words') · from marts.story_report('id')      End a query with ;   .tables lists all   .exit leaves"""
TABLES = """
SELECT schema_name || '.' || table_name AS name, comment FROM duckdb_tables() WHERE schema_name IN ('core', 'ops') AND NOT internal
UNION ALL SELECT schema_name || '.' || view_name, comment FROM duckdb_views() WHERE schema_name IN ('core', 'marts', 'ops') AND NOT internal
UNION ALL SELECT schema_name || '.' || function_name, comment FROM duckdb_functions() WHERE function_type = 'table_macro' AND NOT internal
ORDER BY name
"""
COMPLETIONS = """
SELECT DISTINCT keyword_name AS word FROM duckdb_keywords()
UNION SELECT schema_name || '.' || table_name FROM duckdb_columns() WHERE schema_name IN ('core', 'marts', 'ops')
UNION SELECT column_name FROM duckdb_columns() WHERE schema_name IN ('core', 'marts', 'ops')
UNION SELECT schema_name || '.' || function_name FROM duckdb_functions() WHERE function_type = 'table_macro' AND NOT internal
ORDER BY word
"""

Result = tuple[list[str], list[tuple[Any, ...]]]


def run(con: duckdb.DuckDBPyConnection, query: str) -> Result:
    """Names and rows of the last statement of the query; times with a zone come through Arrow, which needs no pytz."""
    table = con.sql(query).to_arrow_table()
    columns = [column.to_pylist() for column in table.columns]
    return list(table.column_names), list(zip(*columns, strict=True))


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
    for row in rows[:ROWS_SHOWN]:
        table.add_row(*(shown(value) for value in row))
    return table


def print_blocks(names: list[str], rows: list[tuple[Any, ...]], console: Console) -> None:
    """Rows one below the other, a line a column, like the expanded form of psql."""
    for number, row in enumerate(rows[:ROWS_SHOWN], 1):
        console.rule(f"row {number}", align="left", style="dim")
        block = Table.grid(padding=(0, 2))
        for name, value in zip(names, row, strict=True):
            block.add_row(Text(name, style="bold"), shown(value))
        console.print(block)


def print_result(result: Result, console: Console) -> None:
    """A result for people: a table, or blocks where it is too wide for the terminal."""
    names, rows = result
    if rows and len(names) > console.width // COLUMN_WIDTH:
        print_blocks(names, rows, console)
    else:
        console.print(result_table(names, rows))
    more = f", the first {ROWS_SHOWN} shown" if len(rows) > ROWS_SHOWN else ""
    console.print(f"{len(rows)} row{'' if len(rows) == 1 else 's'}{more}", style="dim")


def output(result: Result, *, as_json: bool, as_csv: bool, console: Console) -> None:
    """Print a result in the form that was asked for."""
    names, rows = result
    if as_json:
        typer.echo(json.dumps([dict(zip(names, map(plain, row), strict=True)) for row in rows], indent=2, ensure_ascii=False))
    elif as_csv:
        write_csv(sys.stdout, names, rows)
    else:
        print_result(result, console)


def friendly(error: Exception) -> str:
    """The first lines of a DuckDB error, with a hint where the cause is our read-only door."""
    text = str(error).strip()
    if "read-only" in text:
        return f"{text}\nThe published file is read-only: copy it, or ATTACH it in a database of your own."
    if "disabled by configuration" in text:
        return f"{text}\nThis prompt reads nothing but the warehouse; use the duckdb client to join other files."
    return text


def is_complete(text: str) -> bool:
    """Whether Enter sends the text: it is empty, a command with a dot, or ends with a semicolon."""
    line = text.strip()
    return not line or line in GOODBYE or line.startswith(".") or line.endswith(";")


def session(con: duckdb.DuckDBPyConnection, settings: Settings) -> PromptSession[str]:
    """A prompt with history, colours and completion; Enter sends when the text ends with a semicolon or begins with a dot."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import WordCompleter
    from prompt_toolkit.history import FileHistory
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
    from prompt_toolkit.lexers import PygmentsLexer
    from pygments.lexers.sql import SqlLexer  # type: ignore[import-untyped]

    keys = KeyBindings()

    @keys.add("enter")
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if is_complete(buffer.text):
            buffer.validate_and_handle()
        else:
            buffer.insert_text("\n")

    words = [word for (word,) in run(con, COMPLETIONS)[1]]
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return PromptSession(
        history=FileHistory(str(settings.data_dir / ".sql_history")),
        lexer=PygmentsLexer(SqlLexer),
        completer=WordCompleter(words, ignore_case=True, WORD=True),
        complete_while_typing=False,
        multiline=True,
        key_bindings=keys,
    )


def answer(con: duckdb.DuckDBPyConnection, text: str, console: Console) -> bool:
    """Answer one input of the prompt; False when it says goodbye. A wrong query is told, the prompt stays."""
    import duckdb

    command = text.strip()
    if command in GOODBYE:
        return False
    try:
        if command:
            print_result(run(con, TABLES if command == ".tables" else command), console)
    except duckdb.Error as error:
        console.print(friendly(error), style="red", markup=False)
    return True


def prompt(con: duckdb.DuckDBPyConnection, settings: Settings, console: Console) -> None:
    """Ask and answer until Ctrl-D."""
    console.print(WELCOME.format(path=settings.published_file.resolve().name))
    asking = session(con, settings)
    while True:
        try:
            if not answer(con, asking.prompt("sql> "), console):
                return
        except KeyboardInterrupt:
            continue
        except EOFError:
            return


def sql(
    query: Annotated[str | None, typer.Argument(help="A query; left out: a prompt, or the text on stdin.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
) -> None:
    """Ask the published warehouse in SQL; read-only, so nothing can be broken."""
    import duckdb

    from warehouse.connect import open_published

    settings, console = load(), Console()
    with open_published(settings) as con:
        if query is None and sys.stdin.isatty():
            prompt(con, settings, console)
            return
        try:
            output(run(con, query if query is not None else sys.stdin.read()), as_json=as_json, as_csv=as_csv, console=console)
        except duckdb.Error as error:
            typer.secho(friendly(error), fg="red", err=True)
            raise typer.Exit(1) from error


def register(app: typer.Typer) -> None:
    """Add `sql` to the command tree."""
    app.command("sql")(sql)
