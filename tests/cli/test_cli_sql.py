"""`consilience sql` on a real published file: output forms, a prompt that survives mistakes, and a door that opens nothing else."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import pyarrow.parquet as pq
import pytest
import typer
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console
from typer.testing import CliRunner, Result

from cli import sql as command
from cli import sql_files, sql_print, sql_words
from common import clock
from common.errors import Misconfigured
from common.settings import Settings
from warehouse.connect import open_private, open_published
from warehouse.migrate import migrate
from warehouse.publish import publish_copy


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An empty warehouse, published."""
    made = Settings(data_dir=tmp_path_factory.mktemp("sql"))
    with open_private(made) as con:
        migrate(con)
        con.execute("INSERT INTO core.outlet VALUES ('herald', 'Harbour Herald', 'https://herald.example/', 'GB', 'en', 'UTC', false)")
        publish_copy(con, made, clock.now())
    return made


@pytest.fixture
def con(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(settings) as connection:
        yield connection


def run(settings: Settings, monkeypatch: pytest.MonkeyPatch, *arguments: str, stdin: str | None = None) -> Result:
    monkeypatch.setenv("CONSILIENCE_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("COLUMNS", "200")
    app = typer.Typer()
    command.register(app)
    app.command("other")(lambda: None)
    return CliRunner().invoke(app, ["sql", *arguments], input=stdin)


QUERY = "SELECT outlet_id, is_agency, country FROM core.outlet"


def test_a_table_for_people(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(settings, monkeypatch, QUERY)
    assert result.exit_code == 0
    assert "herald" in result.output
    assert "1 row" in result.output


def test_json_and_csv_for_programs(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert json.loads(run(settings, monkeypatch, QUERY, "--json").output) == [{"outlet_id": "herald", "is_agency": False, "country": "GB"}]
    assert run(settings, monkeypatch, QUERY, "--csv").stdout_bytes == b"outlet_id,is_agency,country\r\nherald,False,GB\r\n"


def test_a_query_on_stdin(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "herald" in run(settings, monkeypatch, stdin=QUERY).output


def test_a_wrong_query_is_one_message_and_exit_code_1(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(settings, monkeypatch, "SELECT outlet_idd FROM core.outlet")
    assert result.exit_code == 1
    assert "outlet_id" in result.stderr  # DuckDB names the column that was meant
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("query", "hint"),
    [("DROP TABLE core.outlet", "published file is read-only"), ("FROM read_csv('/etc/passwd')", "reads nothing but the warehouse")],
)
def test_what_is_not_allowed_says_what_is(settings: Settings, monkeypatch: pytest.MonkeyPatch, query: str, hint: str) -> None:
    result = run(settings, monkeypatch, query)
    assert result.exit_code == 1
    assert hint in " ".join(result.stderr.split())


def test_nothing_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(Settings(data_dir=tmp_path), monkeypatch, "SELECT 1")
    assert isinstance(result.exception, Misconfigured)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime(2018, 9, 20, 12, tzinfo=UTC), "2018-09-20T12:00:00+00:00"),
        (date(2018, 9, 20), "2018-09-20"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (Decimal("1.5"), 1.5),
        ([{"a": UUID(int=1)}, None, True], [{"a": "00000000-0000-0000-0000-000000000001"}, None, True]),
        (b"\x00", "b'\\x00'"),
    ],
)
def test_every_value_has_a_json_form(value: Any, expected: Any) -> None:
    assert command.plain(value) == expected


def test_printed_values_are_one_short_line() -> None:
    assert str(sql_print.shown("two\nlines")) == "two lines"
    assert str(sql_print.shown(None)) == "null"
    assert str(sql_print.shown(date(2018, 9, 20))) == "2018-09-20"
    assert len(sql_print.shown("x" * 5000)) == sql_print.VALUE_LENGTH


def test_long_results_are_cut_and_say_so(con: duckdb.DuckDBPyConnection) -> None:
    console = Console(file=io.StringIO(), width=80)
    command.print_result(command.run(con, "SELECT * FROM range(1000)"), console)
    assert "1000 rows, the first 200 shown" in console.file.getvalue()  # type: ignore[attr-defined]


def told(result: command.Result, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    command.print_result(result, console)
    return console.file.getvalue().splitlines()  # type: ignore[attr-defined,no-any-return]


def test_rows_too_wide_for_the_terminal_are_blocks(con: duckdb.DuckDBPyConnection) -> None:
    result = command.run(con, "SELECT outlet_id, home, is_agency, 7 AS a, NULL AS b, 'x y' AS c FROM core.outlet, range(2)")
    lines = told(result, 60)
    assert [line.split()[:2] for line in lines if line.startswith("row")] == [["row", "1"], ["row", "2"]]
    assert ["home", "https://herald.example/"] in [line.split() for line in lines]
    assert ["b", "null"] in [line.split() for line in lines]
    assert lines[-1] == "2 rows"
    assert "row 1" not in " ".join(told(result, 80))  # here a table fits


@pytest.mark.parametrize("width", [20, 60, 200])
@pytest.mark.parametrize("columns", [1, 4, 30])
def test_no_width_loses_a_value_or_breaks_the_line(width: int, columns: int) -> None:
    names, row = [f"n{i}" for i in range(columns)], tuple(f"v{i}" for i in range(columns))
    lines = told((names, [row]), width)
    assert all(len(line) <= width for line in lines)
    words = " ".join(lines).replace("│", " ").replace("┃", " ").split()
    assert set(names) | set(row) <= set(words)


def test_no_rows_still_show_the_columns(con: duckdb.DuckDBPyConnection) -> None:
    lines = told(command.run(con, "FROM marts.disagreements"), 400)
    assert "sentence_b" in " ".join(lines)
    assert lines[-1] == "0 rows"


def test_markup_in_a_value_is_text(con: duckdb.DuckDBPyConnection) -> None:
    assert "[bold]x[/bold] [/]" in " ".join(told(command.run(con, "SELECT '[bold]x[/bold] [/]' AS a"), 80))


def test_times_with_a_zone_need_no_further_library(con: duckdb.DuckDBPyConnection) -> None:
    ((now,),) = command.run(con, "SELECT now() AS now")[1]
    assert now.utcoffset().total_seconds() == 0


def test_csv_keeps_lists_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    command.write_csv(sys.stdout, ["a"], [([1, 2],)])
    assert capsys.readouterr().out == 'a\r\n"[1, 2]"\r\n'


@pytest.mark.parametrize(("text", "sends"), [("", True), (".tables", True), ("select 1;", True), ("select 1", False), ("exit", True)])
def test_enter_sends_a_finished_query(text: str, sends: bool) -> None:
    assert command.is_complete(text) is sends


def test_the_prompt_survives_mistakes_and_says_goodbye(con: duckdb.DuckDBPyConnection) -> None:
    console = Console(file=io.StringIO(), width=120)
    prompt = command.Prompt(con, console)
    assert all(prompt.answer(text) for text in ("SELEC 1;", " ", ".tables", ".save", ".save x.xlsx"))
    assert not prompt.answer(".exit")
    told = console.file.getvalue()  # type: ignore[attr-defined]
    assert "syntax error" in told
    assert "ask first" in told
    assert ".parquet" in told
    assert "marts.story_report" in told


def test_the_prompt_reads_keys_and_keeps_history(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    console = Console(file=io.StringIO(), width=120)
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        keys.send_text("SELECT name\rFROM core.outlet;\r")
        keys.send_text(".exit\r")
        command.prompt(con, settings, console)
    assert "Harbour Herald" in console.file.getvalue()  # type: ignore[attr-defined]
    assert "FROM core.outlet;" in (settings.data_dir / ".sql_history").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM mar", [("marts.story", 3), ("marts.story_report(", 3)]),
        ("SELECT 1 FROM ", [("core.outlet", 0), ("marts.story", 0), ("marts.story_report(", 0)]),
        ("select * from x join core.", [("core.outlet", 5)]),
        ("SELECT count(ou", [("outlet_id", 2)]),
        ("SELECT v.OUT", [("outlet_id", 3)]),
        ("SELECT sto", [("story_id", 3)]),
        ("SEL", [("SELECT", 3)]),
        ("SELECT marts.story_r", [("marts.story_report(", 13)]),
        ("", []),
        ("SELECT 'x ", []),
        ("FROM nowhere.x", []),
    ],
)
def test_completion_knows_the_place(text: str, expected: list[tuple[str, int]]) -> None:
    words = sql_words.Words(["SELECT"], ["core.outlet", "marts.story", "marts.story_report("], ["outlet_id", "story_id"])
    assert sql_words.candidates(text, words) == expected


def test_completion_holds_what_the_warehouse_has(con: duckdb.DuckDBPyConnection) -> None:
    words = command.words(con)
    assert {"marts.story", "search(", "marts.as_of(", "core.article_version"} <= set(words.relations)
    assert "headline" in words.columns
    assert "select" in words.keywords


def test_completion_replaces_what_was_typed(con: duckdb.DuckDBPyConnection) -> None:
    (found,) = command.completer(command.words(con)).get_completions(Document("SELECT 1 FROM core.outl"), CompleteEvent())
    assert (found.text, found.start_position) == ("core.outlet", -9)


def test_a_query_without_end_is_interrupted(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(settings, monkeypatch, "SELECT count(*) FROM range(1000000000000)", "--time-limit", "0.05")
    assert result.exit_code == 1
    assert "--time-limit" in result.stderr
    assert run(settings, monkeypatch, "SELECT 1", "--time-limit", "0").exit_code == 0


def test_a_query_beyond_its_memory_says_what_to_do(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSILIENCE_WAREHOUSE_MEMORY", "20MB")
    result = run(settings, monkeypatch, "SELECT list(range) FROM range(100000000)")
    assert result.exit_code == 1
    assert "CONSILIENCE_WAREHOUSE_MEMORY" in result.stderr


@pytest.mark.parametrize("ending", sql_files.ENDINGS)
def test_a_result_as_a_file(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"deep/x{ending.upper()}"
    assert run(settings, monkeypatch, "SELECT outlet_id, [1, 2] AS n, NULL AS x FROM core.outlet", "-o", str(path)).exit_code == 0
    rows = [{"outlet_id": "herald", "n": [1, 2], "x": None}]
    match ending:
        case ".csv":
            assert path.read_bytes() == b'outlet_id,n,x\r\nherald,"[1, 2]",\r\n'
        case ".json":
            assert json.loads(path.read_text("utf-8")) == rows
        case ".md":
            assert path.read_text("utf-8") == "| outlet_id | n | x |\n| --- | --- | --- |\n| herald | \\[1, 2] |  |\n"
        case ".parquet":
            assert pq.read_table(path).to_pylist() == rows
    assert [found.name for found in path.parent.iterdir()] == [path.name]


def test_markdown_keeps_markup_as_text() -> None:
    stream = io.StringIO()
    sql_files.write_markdown(stream, ["a"], [["<b>|`x`\n[y](javascript:1)"]])
    assert stream.getvalue().splitlines()[2] == "| &lt;b>\\|\\`x\\` \\[y](javascript:1) |"


def test_a_file_that_can_not_be_written_is_told(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("a file, no folder")
    with pytest.raises(Misconfigured, match="x"):
        sql_files.save(con, "SELECT 1", tmp_path / "x/y.csv")
    with pytest.raises(duckdb.Error):
        sql_files.save(con, "SELECT nothing", tmp_path / "z.csv")
    assert not (tmp_path / "z.csv").exists()


def test_the_prompt_saves_what_was_asked_last(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    prompt = command.Prompt(con, Console(file=io.StringIO(), width=120))
    prompt.answer("SELECT range AS n FROM range(1000);")
    prompt.answer("SELEC 1;")
    prompt.answer(f".save {tmp_path / 'a b.csv'}")
    assert len((tmp_path / "a b.csv").read_text("utf-8").splitlines()) == 1001


@pytest.mark.parametrize(("rows", "is_paged"), [(5, False), (300, True)])
def test_what_is_taller_than_the_screen_goes_through_the_pager(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, rows: int, is_paged: bool
) -> None:
    paged: list[str] = []
    monkeypatch.setattr("pydoc.pager", paged.append)
    monkeypatch.setenv("LESS", "")
    console = Console(file=io.StringIO(), width=80, height=25, force_terminal=True)
    command.Prompt(con, console).answer(f"SELECT range AS n FROM range({rows});")
    assert bool(paged) is is_paged
    printed = re.sub(r"\x1b\[[\d;]*m", "", "".join(paged) or console.file.getvalue())  # type: ignore[attr-defined]
    assert f"{rows} rows" in printed
    assert str(rows - 1) in printed
