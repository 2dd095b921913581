"""What commands print, in every form: JSON that is JSON, CSV that calculates nothing, Markdown that stays a table, pages, completion."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from typer.testing import CliRunner

from cli import export_forms as forms
from cli.attribute import answer, moment, rendered
from cli.attribute_view import Span, page, paragraphs, part, parts, spans
from cli.quarantine import ID_LENGTH, _line
from cli.sql import friendly, is_complete
from cli.sql_files import write_markdown
from cli.sql_print import VALUE_LENGTH, is_tall, is_wide, print_result, shown
from cli.sql_words import Words, candidates
from cli.tables import print_rows
from cli.values import plain
from transforms.claims import attribute
from warehouse.quarantine import Held

# --- values ---

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.dates()
    | st.uuids()
    | st.decimals(allow_nan=False)
    | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(VALUES)
@settings(max_examples=80)
def test_any_value_becomes_json_that_other_programs_read(value: Any) -> None:
    told = json.dumps(plain(value), allow_nan=False)
    assert plain(json.loads(told)) == plain(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), Decimal("NaN"), Decimal("Infinity")])
def test_what_json_has_no_number_for_is_null(value: Any) -> None:
    assert plain(value) is None
    stream = io.StringIO()
    forms.write_json(stream, [{"a": value, "b": [value]}])
    assert json.loads(stream.getvalue(), parse_constant=pytest.fail) == [{"a": None, "b": [None]}]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        ("", ""),
        (float("nan"), ""),
        (True, "True"),
        (1.5, "1.5"),
        ("  two\n lines\t", "two lines"),
        ("a\\|b", "a\\\\\\|b"),
        (["=1"], '\\["=1"]'),
        ({"a": "<b>"}, '{"a": "&lt;b>"}'),
        ("![x](https://a.example/p)", "!\\[x](https://a.example/p)"),
        (date(2018, 9, 20), "2018-09-20"),
        ("ürgüp 会谈", "ürgüp 会谈"),
    ],
)
def test_a_value_in_a_markdown_table(value: Any, cell: str) -> None:
    stream = io.StringIO()
    write_markdown(stream, ["a"], [[value]])
    assert stream.getvalue() == f"| a |\n| --- |\n| {cell} |\n"


@given(st.lists(st.text(max_size=12), min_size=2, max_size=2))
@settings(max_examples=60)
def test_no_text_breaks_a_markdown_table(cells: list[str]) -> None:
    stream = io.StringIO()
    write_markdown(stream, ["a", "b"], [cells])
    last = stream.getvalue().split("\n")[2]
    assert len(stream.getvalue().split("\n")) == 4
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", last)) == 3
    assert "<" not in last


# --- csv, json, parquet ---


@pytest.mark.parametrize("value", ["a=1", "-", 5, -5, 1.5, "", " ", None, True, "'=1", "–1", "%0A=1"])
def test_what_no_spreadsheet_calculates_stays(value: Any) -> None:
    found = forms.safe(value)
    assert found == (f"'{value}" if value == "-" else value)


def test_names_of_columns_are_cells_too() -> None:
    stream = io.StringIO(newline="")
    forms.write_csv(stream, ["=SUM(A1)", "b,c"], [[{"k": date(2018, 9, 20)}, (1, UUID(int=1))]])
    header, row = csv.reader(io.StringIO(stream.getvalue(), newline=""))
    assert header == ["'=SUM(A1)", "b,c"]
    assert [json.loads(cell) for cell in row] == [{"k": "2018-09-20"}, [1, str(UUID(int=1))]]


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_linked_data_is_one_document(rows: int) -> None:
    stream = io.StringIO()
    forms.write_jsonld(stream, "https://schema.org", ({"@id": f"urn:{n}", "text": "»x« </script>"} for n in range(rows)))
    found = json.loads(stream.getvalue())
    assert found["@context"] == "https://schema.org"
    assert [node["@id"] for node in found["@graph"]] == [f"urn:{n}" for n in range(rows)]


def test_parquet_holds_the_batches_in_order(tmp_path: Path) -> None:
    schema = pa.schema([("n", pa.int64())])
    forms.write_parquet(tmp_path / "a.parquet", schema, (pa.record_batch([pa.array([n, n])], schema=schema) for n in range(3)))
    assert pq.read_table(tmp_path / "a.parquet").column("n").to_pylist() == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt, ValueError])
def test_a_file_that_is_not_finished_never_gets_its_name(tmp_path: Path, error: type[BaseException]) -> None:
    def write() -> None:
        with forms.fresh(tmp_path / "deep" / "a.csv") as half:
            half.write_text("half")
            raise error

    with pytest.raises(error):
        write()
    assert list((tmp_path / "deep").iterdir()) == []


# --- the prompt ---

WORDS = Words(["SELECT", "FROM"], ["core.article", "marts.story", "search("], ["article_id", "headline"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT *\nFROM\n", ["core.article", "marts.story", "search("]),
        ("SELECT * FROM\tcore.", ["core.article"]),
        ("DESCRIBE ", ["core.article", "marts.story", "search("]),
        ("SELECT 1\n", []),
        ("SELECT a.", ["article_id", "headline"]),
        ("SELECT x.y.h", ["headline"]),
        ("SELECT marts.", ["marts.story"]),
        ("select sea", ["search("]),
        ("from CORE.AR", ["core.article"]),
        ("SELECT é", []),
    ],
)
def test_completion_over_lines_and_names(text: str, expected: list[str]) -> None:
    assert [word for word, _ in candidates(text, WORDS)] == expected


@given(st.text(alphabet="from FROM.\n\t arti,'x;é(", max_size=25))
@settings(max_examples=80)
def test_a_completion_replaces_the_beginning_that_it_completes(text: str) -> None:
    for word, length in candidates(text, WORDS):
        assert 0 <= length <= len(text)
        typed = text[len(text) - length :]
        assert word.lower().startswith(typed.lower())


@pytest.mark.parametrize(
    ("text", "sends"),
    [
        ("", True),
        (" \n", True),
        (".tables", True),
        ("exit", True),
        ("SELECT 1", False),
        ("SELECT 1 ; ", True),
        ("x;\ny", False),
    ],
)
def test_when_enter_sends(text: str, sends: bool) -> None:
    assert is_complete(text) is sends


@pytest.mark.parametrize(
    ("message", "hint"),
    [
        ('Cannot execute statement of type "INSERT" on database "news" which is attached in read-only mode!', "copy it"),
        ("file system operations are disabled by configuration", "duckdb client"),
        ("INTERRUPT Error: Interrupted!", "--time-limit"),
        ("Out of Memory Error: could not allocate", "CONSILIENCE_WAREHOUSE_MEMORY"),
    ],
)
def test_an_error_says_what_to_do(message: str, hint: str) -> None:
    assert friendly(Exception(message)).startswith(message)
    assert hint in friendly(Exception(message))


def test_other_errors_stand_alone() -> None:
    assert friendly(Exception("  Parser Error: near SELEC  ")) == "Parser Error: near SELEC"


# --- tables for people ---


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "null"),
        ("", ""),
        (0, "0"),
        (False, "False"),
        (float("nan"), "nan"),
        ([1, "ü"], '[1, "ü"]'),
        ({"at": datetime(2018, 9, 20, tzinfo=UTC)}, '{"at": "2018-09-20T00:00:00+00:00"}'),
        (UUID(int=1), str(UUID(int=1))),
        ('"quoted"', '"quoted"'),
        ("x" * VALUE_LENGTH, "x" * VALUE_LENGTH),
        ("x" * (VALUE_LENGTH + 1), "x" * (VALUE_LENGTH - 1) + "…"),
    ],
)
def test_a_cell_for_people(value: Any, told: str) -> None:
    assert shown(value).plain == told


@pytest.mark.parametrize(("columns", "width", "wide"), [(1, 12, False), (2, 23, True), (2, 24, False), (7, 80, True), (6, 80, False)])
def test_where_a_table_is_too_wide(columns: int, width: int, wide: bool) -> None:
    assert is_wide(["n"] * columns, Console(width=width)) is wide


@pytest.mark.parametrize(("rows", "tall"), [(0, False), (24, False), (25, False), (26, True)])
def test_where_a_result_is_too_tall(rows: int, tall: bool) -> None:
    assert is_tall((["n"], [(1,)] * rows), Console(width=80, height=25)) is tall


@pytest.mark.parametrize(("rows", "told"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (5, "5 rows, the first 3 shown")])
def test_the_last_line_counts(rows: int, told: str) -> None:
    console = Console(file=io.StringIO(), width=80)
    print_result((["n"], [(n,) for n in range(rows)]), console, most=3)
    assert console.file.getvalue().splitlines()[-1] == told  # type: ignore[attr-defined]


def test_rows_for_programs_and_for_people(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    print_rows([{"a": "ü", "b": None}], as_json=True)
    assert json.loads(capsys.readouterr().out) == [{"a": "ü", "b": None}]
    print_rows([{"a": "ü", "b": None}], as_json=False)
    assert "None" not in capsys.readouterr().out
    print_rows([], as_json=False)
    assert "nothing" in capsys.readouterr().out


def test_a_line_of_the_quarantine_is_short() -> None:
    unknown = dict.fromkeys(["capture_batch", "outlet_id", "outcome", "captured_at", "status", "content_type", "warc_file", "warc_offset"])
    row = Held(
        **{**unknown, "outcome": "fetched"}, capture_id=UUID(int=7), batch_key="b1", url=None, stage="load", reason="torn_file",
        detail="x" * 5000, code_version="1", recorded_at=datetime(2018, 9, 20, 12, 5), is_resolved=False,  # noqa: DTZ001
    )  # fmt: skip
    line = _line(row)
    assert (line["id"], line["at"], line["page"], line["mended"]) == (str(UUID(int=7))[:ID_LENGTH], "2018-09-20 12:05", "b1", "")
    assert sum(len(str(value)) for value in line.values()) < 100
    assert _line(row.model_copy(update={"capture_id": None, "is_resolved": True}))["mended"] == "yes"


# --- attributions ---

TEXT = "“It is late,” Mayor Ann Lee said on Monday.\n\nShe said that Tom Ray had told her that 12 to 15 people would come in May."


def test_a_rendered_attribution_holds_offsets_that_lead_to_its_words() -> None:
    for item in attribute(TEXT, published=datetime(2018, 9, 20, tzinfo=UTC), language="en"):
        row = json.loads(json.dumps(rendered(item)))
        assert [TEXT[a:b] for a, b in row["content"]["spans"]] == [TEXT[a:b] for a, b in item.content]
        assert all(TEXT[slice(*number["span"])].strip() for number in row["numbers"])
        assert all(date.fromisoformat(f"{day['iso']}-01"[:10]) for day in row["dates"])
        assert row["parent"] is None or row["parent"] >= 0


@pytest.mark.parametrize("method", ["rules", "model"])
def test_offsets_are_code_points_whatever_stands_before(method: Any) -> None:
    emoji = "👩‍🚒 𝔸 é "
    found = answer(json.dumps({"id": "a", "text": emoji + TEXT, "language": "en"}), method)["attributions"]
    plain_found = answer(json.dumps({"id": "a", "text": TEXT, "language": "en"}), method)["attributions"]
    shift = len(emoji)
    assert [[[a - shift, b - shift] for a, b in row["content"]["spans"]] for row in found[1:]] == [
        row["content"]["spans"] for row in plain_found[1:]
    ]


@pytest.mark.parametrize(
    "line", ["", "null", '"x"', '{"id": 1, "text": null}', '{"id": 1, "text": ["x"]}', '{"id": 1, "text": "x", "published": 3}']
)
def test_a_line_that_is_no_text_is_told(line: str) -> None:
    found = answer(line, "rules")
    assert set(found) == {"id", "error"}
    assert re.match(r"[A-Z]\w+(?:Error|Exception)?: ", found["error"])


@given(st.datetimes(timezones=st.just(UTC)))
@settings(max_examples=30)
def test_a_moment_comes_back(at: datetime) -> None:
    assert moment(at.isoformat()) == at
    assert moment(at.replace(tzinfo=None).isoformat()) == at
    assert moment(at.date().isoformat()) == at.replace(hour=0, minute=0, second=0, microsecond=0)


def test_an_offset_is_kept() -> None:
    at = moment("2018-09-20T01:00:00+09:00")
    assert at is not None
    assert at.utcoffset() == timedelta(hours=9)


@pytest.mark.parametrize(("text", "lines"), [("", []), ("\n \n", []), ("a\n\nb", [(0, 1), (3, 4)]), ("a\r\nb", [(0, 2), (3, 4)])])
def test_lines_of_a_page(text: str, lines: list[tuple[int, int]]) -> None:
    assert paragraphs(text) == lines


def test_stretches_meet_and_carry_the_innermost_role() -> None:
    found = attribute(TEXT, language="en")
    for line in paragraphs(TEXT):
        cut = parts(TEXT, line, found)
        assert "".join(one.text for one in cut) == TEXT[slice(*line)]
        assert all(one.text for one in cut)
    here = [Span("content", 1, 0, 9), Span("source", 2, 2, 4)]
    assert part("abcdefghi", (2, 4), here).classes == "source nested"
    assert part("abcdefghi", (0, 2), here).classes == "content"


def test_a_content_in_pieces_has_one_arrow() -> None:
    text = "“It rained,” said Ann Lee. “Then it froze.”"
    found = attribute(text, language="en")
    assert len(found[0].content) == 2
    assert [span.leads for span in spans(found) if span.role == "content"] == [True, False]
    assert page(text, found, title="x").count('id="c1"') == 1


@pytest.mark.parametrize("title", ["<script>", '"><img src=x>', "a & b"])
def test_a_title_is_text(title: str) -> None:
    html = page("It rained.", [], title=title, language='en"><x')
    assert title not in html
    assert "<x" not in html
    assert "<img" not in html


def test_a_broken_line_between_good_ones_on_stdin() -> None:
    from cli.attribute import register

    app = typer.Typer()
    register(app)
    app.callback()(lambda: None)
    lines = [json.dumps({"id": 1, "text": TEXT}), "{", json.dumps({"id": 3, "text": "", "language": "xx"}), "  "]
    result = CliRunner().invoke(app, ["attribute"], input="\n".join(lines))
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["id"] for row in rows] == [1, None, 3]
    assert rows[2]["attributions"] == []
