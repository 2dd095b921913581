"""`consilience sql`: SQL on the published warehouse, one query or a prompt with history, colours, completion, paging and files."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from cli.export_forms import write_csv
from cli.sql_files import ENDINGS, save
from cli.sql_print import Result, print_result, show_result
from cli.sql_words import COLUMNS, KEYWORDS, RELATIONS, Words, candidates
from cli.values import plain
from common.errors import Misconfigured
from common.settings import Settings, load

if TYPE_CHECKING:
    import duckdb
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import Completer

# Seconds that a query may take: every mart answers within one at 100,000 articles; a join without its condition never ends.
TIME_LIMIT_S = 60.0
GOODBYE = frozenset({".exit", ".quit", "exit", "quit"})
WELCOME = """[bold]Consilience[/] {path}
Tables: marts.story · marts.claim_comparison · marts.corroboration · marts.disagreements · marts.single_source · marts.outlet_profile
Macros: from search('words') · from as_of('2018-09-20 10:05') · from marts.story_report('id')
End a query with ;   .tables lists all   .save FILE writes the last result (.csv .json .md .parquet)   .exit leaves"""
TABLES = """
SELECT schema_name || '.' || table_name AS name, comment FROM duckdb_tables() WHERE schema_name IN ('core', 'ops') AND NOT internal
UNION ALL SELECT schema_name || '.' || view_name, comment FROM duckdb_views() WHERE schema_name IN ('core', 'marts', 'ops') AND NOT internal
UNION ALL SELECT schema_name || '.' || function_name, comment FROM duckdb_functions() WHERE function_type = 'table_macro' AND NOT internal
ORDER BY name
"""


def run(con: duckdb.DuckDBPyConnection, query: str) -> Result:
    """Names and rows of the last statement of the query; times with a zone come through Arrow, which needs no pytz."""
    table = con.sql(query).to_arrow_table()
    columns = [column.to_pylist() for column in table.columns]
    return list(table.column_names), list(zip(*columns, strict=True))


@contextmanager
def time_limit(con: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Interrupt what the connection does when the time is over; 0: never."""
    timer = Timer(seconds, con.interrupt)
    timer.daemon = True
    if seconds:
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


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
    """The first lines of a DuckDB error, with a hint where the cause is our read-only door or a limit."""
    text = str(error).strip()
    if "read-only" in text:
        return f"{text}\nThe published file is read-only: copy it, or ATTACH it in a database of your own."
    if "disabled by configuration" in text:
        return f"{text}\nThis prompt reads nothing but the warehouse; use the duckdb client to join other files."
    if "INTERRUPT" in text.upper():
        return f"{text}\nThe time for a query is over; ask for less, or give more by --time-limit SECONDS."
    if "Out of Memory" in text:
        return f"{text}\nAsk for less, or raise CONSILIENCE_WAREHOUSE_MEMORY."
    return text


def is_complete(text: str) -> bool:
    """Whether Enter sends the text: it is empty, a command with a dot, or ends with a semicolon."""
    line = text.strip()
    return not line or line in GOODBYE or line.startswith(".") or line.endswith(";")


@dataclass
class Prompt:
    """What the prompt works with, and what was asked last."""

    con: duckdb.DuckDBPyConnection
    console: Console
    limit_s: float = TIME_LIMIT_S
    last: str | None = None

    def ask(self, query: str) -> None:
        """Show the answer of a query and remember the query."""
        with time_limit(self.con, self.limit_s):
            result = run(self.con, query)
        show_result(result, self.console)
        self.last = query

    def save(self, name: str) -> None:
        """Write the last result to a file, whole."""
        if self.last is None or not name:
            raise Misconfigured(f"ask first, then .save FILE with one of the endings {', '.join(ENDINGS)}")
        with time_limit(self.con, self.limit_s):
            save(self.con, self.last, Path(name).expanduser())
        self.console.print(f"written: {name}", style="dim", markup=False)

    def answer(self, text: str) -> bool:
        """Answer one input; False when it says goodbye. A wrong query is told, the prompt stays."""
        import duckdb

        command, _, rest = text.strip().partition(" ")
        try:
            if command in GOODBYE:
                return False
            if command == ".save":
                self.save(rest.strip())
            elif command:
                self.ask(TABLES if command == ".tables" else text)
        except duckdb.Error as error:
            self.console.print(friendly(error), style="red", markup=False)
        except Misconfigured as error:
            self.console.print(str(error), style="red", markup=False)
        return True


def words(con: duckdb.DuckDBPyConnection) -> Words:
    """What the warehouse has for completion."""
    return Words(*([word for (word,) in run(con, sql)[1]] for sql in (KEYWORDS, RELATIONS, COLUMNS)))


def completer(known: Words) -> Completer:
    """Completion of what stands before the cursor."""
    from prompt_toolkit.completion import CompleteEvent, Completer, Completion
    from prompt_toolkit.document import Document

    class Names(Completer):
        def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:  # noqa: ARG002
            yield from (Completion(word, start_position=-length) for word, length in candidates(document.text_before_cursor, known))

    return Names()


def session(con: duckdb.DuckDBPyConnection, settings: Settings) -> PromptSession[str]:
    """A prompt with history, colours and completion; Enter sends when the text ends with a semicolon or begins with a dot."""
    from prompt_toolkit import PromptSession
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

    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return PromptSession(
        history=FileHistory(str(settings.data_dir / ".sql_history")),
        lexer=PygmentsLexer(SqlLexer),
        completer=completer(words(con)),
        complete_while_typing=False,
        multiline=True,
        key_bindings=keys,
    )


def prompt(con: duckdb.DuckDBPyConnection, settings: Settings, console: Console, limit_s: float = TIME_LIMIT_S) -> None:
    """Ask and answer until Ctrl-D."""
    console.print(WELCOME.format(path="a lake" if settings.is_lake else settings.published_file.resolve().name))
    asking, answering = session(con, settings), Prompt(con, console, limit_s)
    while True:
        try:
            if not answering.answer(asking.prompt("sql> ")):
                return
        except KeyboardInterrupt:
            continue
        except EOFError:
            return


def sql(
    query: Annotated[str | None, typer.Argument(help="A query; left out: a prompt, or the text on stdin.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    file: Annotated[Path | None, typer.Option("-o", "--output", help="Write all rows to a .csv, .json, .md or .parquet file.")] = None,
    limit_s: Annotated[float, typer.Option("--time-limit", min=0, help="Seconds that a query may take; 0: any.")] = TIME_LIMIT_S,
) -> None:
    """Ask the published warehouse in SQL; read-only and closed to other files and the network, so nothing can be broken."""
    import duckdb

    from warehouse.connect import open_published

    settings, console = load(), Console()
    with open_published(settings, memory=settings.warehouse_memory) as con:
        if query is None and sys.stdin.isatty():
            prompt(con, settings, console, limit_s)
            return
        text = query if query is not None else sys.stdin.read()
        try:
            with time_limit(con, limit_s):
                if file:
                    save(con, text, file)
                    return
                result = run(con, text)
            output(result, as_json=as_json, as_csv=as_csv, console=console)
        except duckdb.Error as error:
            typer.secho(friendly(error), fg="red", err=True)
            raise typer.Exit(1) from error


def register(app: typer.Typer) -> None:
    """Add `sql` to the command tree."""
    app.command("sql")(sql)
