"""Forms of an export: CSV that no spreadsheet takes for formulas, JSON, Parquet, JSON-LD. A file gets its name when it is whole."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from cli.values import plain

if TYPE_CHECKING:
    import pyarrow as pa

# First characters that make spreadsheets read a text as a formula (OWASP, CSV Injection), full-width forms included; line ends and tabs
# before them are cut away by some.
FORMULA = frozenset("=+-@\t\r\n＝＋－＠")


def safe(value: Any) -> Any:
    """A cell that stays text: lists and structs as JSON, an apostrophe before what a spreadsheet would calculate.

    >>> safe("=1+1"), safe(-1), safe([1]), safe("a-b")
    ("'=1+1", -1, '[1]', 'a-b')
    """
    found = plain(value)
    if isinstance(found, list | dict):
        return json.dumps(found, ensure_ascii=False)
    if isinstance(found, str) and found.lstrip(" ")[:1] in FORMULA and found:
        return f"'{found}"
    return found


def write_csv(stream: TextIO, names: list[str], rows: Iterable[Iterable[Any]]) -> None:
    """CSV with a header (RFC 4180)."""
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([safe(name) for name in names])
    writer.writerows([safe(value) for value in row] for row in rows)


def write_json(stream: TextIO, rows: Iterable[dict[str, Any]]) -> None:
    """A JSON array, one row a line."""
    between = "[\n"
    for row in rows:
        stream.write(between + json.dumps({name: plain(value) for name, value in row.items()}, ensure_ascii=False))
        between = ",\n"
    stream.write("[]\n" if between == "[\n" else "\n]\n")


def write_jsonld(stream: TextIO, context: str, nodes: Iterable[dict[str, Any]]) -> None:
    """One JSON-LD document with a graph, one node a line."""
    stream.write(f'{{"@context": {json.dumps(context)}, "@graph": ')
    write_json(stream, nodes)
    stream.write("}\n")


def write_parquet(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    """A Parquet file, zstd."""
    import pyarrow.parquet as pq

    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)


def dicts(batches: Iterable[pa.RecordBatch]) -> Iterator[dict[str, Any]]:
    """The rows of record batches."""
    for batch in batches:
        yield from batch.to_pylist()


@contextmanager
def fresh(path: Path) -> Iterator[Path]:
    """A file beside `path` that takes its place when it is written to the end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
