"""Results of `consilience sql` as files: CSV, JSON, Parquet, Markdown, by the ending of the name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from cli import export_forms as forms
from cli.values import plain
from common.errors import Misconfigured

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

ENDINGS = (".csv", ".json", ".md", ".parquet")
# Rows in memory at once.
ROWS_AT_ONCE = 10_000


def _cell(value: Any) -> str:
    """A value in a Markdown table; HTML in it stays text."""
    found = forms.safe(value) if isinstance(value, list | dict) else plain(value)
    text = " ".join(str(found).split()) if found is not None else ""
    for sign, escaped in (("\\", "\\\\"), ("|", "\\|"), ("<", "&lt;"), ("`", "\\`"), ("[", "\\[")):
        text = text.replace(sign, escaped)
    return text


def write_markdown(stream: TextIO, names: list[str], rows: Iterable[Iterable[Any]]) -> None:
    """A Markdown table."""
    for line in (map(_cell, names), ["---"] * len(names), *(map(_cell, row) for row in rows)):
        stream.write("| " + " | ".join(line) + " |\n")


def _write(reader: pa.RecordBatchReader, ending: str, path: Path) -> None:
    if ending == ".parquet":
        forms.write_parquet(path, reader.schema, reader)
        return
    names, rows = reader.schema.names, forms.dicts(reader)
    with path.open("w", encoding="utf-8", newline="") as stream:
        if ending == ".json":
            forms.write_json(stream, rows)
        else:
            {".csv": forms.write_csv, ".md": write_markdown}[ending](stream, names, (row.values() for row in rows))


def save(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """Write all rows of a query to a file, which gets its name when it is whole.

    Raises:
        Misconfigured: the ending is none of ours, or the file can't be written.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise Misconfigured(f"{path}: name it with one of the endings {', '.join(ENDINGS)}")
    reader = con.sql(query).to_arrow_reader(ROWS_AT_ONCE)
    try:
        with forms.fresh(path) as part:
            _write(reader, ending, part)
    except OSError as error:
        raise Misconfigured(f"{path}: {error.strerror}") from error
