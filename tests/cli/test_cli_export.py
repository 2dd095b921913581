"""`consilience export`: forms that other programs read, and that no spreadsheet takes for formulas; whole files or none."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import typer
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from cli import export as command
from cli.export_forms import FORMULA, fresh, safe, write_csv, write_json
from common import clock
from common.errors import Misconfigured
from common.settings import Settings
from warehouse.connect import open_private
from warehouse.migrate import migrate
from warehouse.publish import publish_copy

OUTLET = "id: {0}\nname: The {0}\nhome: https://{0}.example/\nfeeds: [https://{0}.example/feed.xml]\nexport: {1}\n"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two outlets, one with a name that wants to be a formula."""
    made = Settings(data_dir=tmp_path_factory.mktemp("export"))
    with open_private(made) as con:
        migrate(con)
        for name in ("herald", "=cmd|' /C calc'!A0"):
            con.execute("INSERT INTO core.outlet VALUES (?, ?, 'https://h.example/', 'GB', 'en', 'UTC', false)", [name[:6], name])
        publish_copy(con, made, clock.now())
    return made.data_dir


def run(data: Path, *arguments: str, outlets: Path | None = None) -> Result:
    app = typer.Typer()
    command.register(app)
    app.command("other")(lambda: None)
    variables = {"CONSILIENCE_DATA_DIR": str(data), "CONSILIENCE_OUTLETS_DIR": str(outlets or data / "none")}
    return CliRunner().invoke(app, ["export", *arguments], env=variables)


def test_csv_on_stdout(data: Path) -> None:
    result = run(data, "outlet_profile")
    rows = list(csv.DictReader(io.StringIO(result.stdout_bytes.decode(), newline="")))
    assert [row["name"] for row in rows] == ["'=cmd|' /C calc'!A0", "herald"]


def test_json_and_parquet_are_exact(data: Path, tmp_path: Path) -> None:
    assert run(data, "marts.outlet_profile", "--format", "json", "-o", str(tmp_path / "sub/a.json")).exit_code == 0
    rows = json.loads((tmp_path / "sub/a.json").read_text("utf-8"))
    assert [row["name"] for row in rows] == ["=cmd|' /C calc'!A0", "herald"]
    assert run(data, "outlet_profile", "--format", "parquet", "-o", str(tmp_path / "a.parquet")).exit_code == 0
    assert pq.read_table(tmp_path / "a.parquet").to_pylist() == rows
    before = (tmp_path / "a.parquet").read_bytes()
    assert run(data, "outlet_profile", "--format", "parquet", "-o", str(tmp_path / "a.parquet")).exit_code == 0
    assert (tmp_path / "a.parquet").read_bytes() == before


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_an_empty_mart_is_a_whole_file(data: Path, tmp_path: Path, form: str) -> None:
    assert run(data, "disagreements", "--format", form, "-o", str(tmp_path / "x")).exit_code == 0
    text = (tmp_path / "x").read_bytes()
    if form == "parquet":
        assert pq.read_table(tmp_path / "x").num_rows == 0
    else:
        assert text.startswith({"csv": b"claim_id,", "json": b"[]"}[form])


def test_claims_as_linked_data(data: Path) -> None:
    found = json.loads(run(data, "claims", "--format", "jsonld").stdout)
    assert found == {"@context": "https://schema.org", "@graph": []}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["claims"], "go together"),
        (["story", "--format", "jsonld"], "go together"),
        (["story", "--format", "parquet"], "-o PATH"),
        (["story", "--format", "xlsx"], "xlsx"),
        (["story", "--story", "x"], "UUID"),
    ],
)
def test_what_does_not_fit_together_is_said(data: Path, arguments: list[str], told: str) -> None:
    result = run(data, *arguments)
    assert result.exit_code == 2
    assert told in result.stderr


def test_a_failure_leaves_the_old_file(data: Path, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("old")
    assert isinstance(run(data, "nothing", "-o", str(tmp_path / "x.csv")).exception, Misconfigured)
    with pytest.raises(UnicodeEncodeError), fresh(tmp_path / "x.csv") as part:
        part.write_text("half \ud800", "utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]
    assert (tmp_path / "x.csv").read_text() == "old"


def test_licences_stand_in_the_outlet_files(tmp_path: Path) -> None:
    for name, licence in (("herald", "full"), ("ledger", "none")):
        (tmp_path / f"{name}.yaml").write_text(OUTLET.format(name, licence))
    settings = Settings(_env_file=None, outlets_dir=tmp_path)
    assert command.outlet_licences(settings) == {"herald": "full", "ledger": "none"}
    shutil.rmtree(tmp_path)
    assert command.outlet_licences(settings) == {}


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", '=HYPERLINK("x")'])
def test_a_formula_becomes_text(text: str) -> None:
    assert safe(text) == f"'{text}"


@hypothesis_settings(max_examples=100, deadline=None, derandomize=True)
@given(rows=st.lists(st.lists(st.text(max_size=8) | st.integers() | st.none(), min_size=2, max_size=2), max_size=4))
def test_any_cell_comes_back_and_none_begins_like_a_formula(rows: list[list[str | int | None]]) -> None:
    stream = io.StringIO(newline="")
    write_csv(stream, ["a", "b"], rows)
    found = list(csv.reader(io.StringIO(stream.getvalue(), newline="")))[1:]
    for row, back in zip(rows, found, strict=True):
        for value, cell in zip(row, back, strict=True):
            expected = "" if value is None else str(value)
            assert cell.removeprefix("'") == expected.removeprefix("'")
            assert isinstance(value, int) or cell[:1] not in FORMULA or not cell


def test_json_lines_up_and_stays_json() -> None:
    stream = io.StringIO()
    write_json(stream, [{"a": "</script>\u2028"}, {"a": None}])
    assert json.loads(stream.getvalue()) == [{"a": "</script>\u2028"}, {"a": None}]
