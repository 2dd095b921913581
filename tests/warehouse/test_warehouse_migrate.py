"""Migrations are applied once and never edited; tables follow the records; everything is commented."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Misconfigured
from common.settings import Settings
from transforms.records import Caption, ClaimMention, NumberValue, Span
from warehouse import dictionary, tables
from warehouse.comments import COLUMNS, OBJECTS, words
from warehouse.migrate import Migration, migrate, numbered, pending, repeatable

# Columns that the warehouse adds to a record.
ADDED = {
    "core.capture": {"version_id": "UUID"},
    "core.article": {"removed_at": "TIMESTAMP"},
    "core.article_version": {"last_captured_at": "TIMESTAMP", "record_sha256": "VARCHAR"},
    "ops.rejection": {"recorded_at": "TIMESTAMP"},
    **{table.name: {"method": "VARCHAR"} for table in (*tables.COMPARED.values(), tables.LINK)},
}


def test_again_is_nothing(con: duckdb.DuckDBPyConnection) -> None:
    before = con.execute("FROM ops.schema_history").fetchall()
    assert migrate(con) == 0
    assert con.execute("FROM ops.schema_history").fetchall() == before


def test_an_edited_migration_is_refused_with_the_remedy(con: duckdb.DuckDBPyConnection) -> None:
    first, *rest = numbered()
    edited = Migration(first.version, first.name, first.sql + "-- better\n")
    with pytest.raises(Misconfigured, match=r"0001_records\.sql was edited .*new one"):
        migrate(con, [edited, *rest])


def test_a_warehouse_of_newer_code_is_refused(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(Misconfigured, match="update the code"):
        migrate(con, numbered()[:-1])


def test_a_failing_migration_leaves_no_trace(con: duckdb.DuckDBPyConnection) -> None:
    number = len(numbered()) + 1
    bad = Migration(number, f"{number:04d}_bad.sql", "CREATE TABLE core.half (a INTEGER); SELECT * FROM nowhere;")
    with pytest.raises(duckdb.Error):
        migrate(con, [*numbered(), bad])
    assert con.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'half'").fetchall() == [(0,)]
    good = Migration(number, f"{number:04d}_good.sql", "CREATE TABLE core.half (a INTEGER);")
    assert migrate(con, [*numbered(), good]) == 1


def test_only_what_is_missing_is_pending() -> None:
    a, b = Migration(1, "0001_a.sql", "A"), Migration(2, "0002_b.sql", "B")
    assert pending([a, b], {}) == [a, b]
    assert pending([a, b], {1: (a.name, a.sha256)}) == [b]


@pytest.mark.parametrize("names", [["0001_a.sql", "0003_b.sql"], ["0001_a.sql", "0001_b.sql"], ["first.sql"]])
def test_gaps_repeats_and_wrong_names_are_refused(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).write_text("SELECT 1")
    with pytest.raises(Misconfigured):
        numbered(tmp_path)


def test_changed_views_are_made_anew_and_old_ones_go(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("CREATE VIEW core.leftover AS SELECT 1; UPDATE ops.schema_history SET sha256 = 'older' WHERE version = 0")
    migrate(con)
    assert con.execute("SELECT count(*) FROM duckdb_views() WHERE view_name = 'leftover'").fetchall() == [(0,)]
    assert con.execute("SELECT count(*) FROM marts.story").fetchall() == [(0,)]


@pytest.mark.parametrize("table", tables.RECORD_TABLES, ids=lambda table: table.name)
def test_tables_follow_the_record_classes(shared: duckdb.DuckDBPyConnection, table: tables.RecordTable) -> None:
    shared.register("arrived", table.schema.empty_table())
    of_record = {row[0]: row[1] for row in shared.execute("DESCRIBE FROM arrived").fetchall()}
    of_table = {row[0]: row[1] for row in shared.execute(f"DESCRIBE {table.name}").fetchall()}
    assert of_table == of_record | ADDED.get(table.name, {})


def test_records_survive_the_way_through_arrow(con: duckdb.DuckDBPyConnection, make: Any) -> None:
    mention = make.row(make.capture("herald/1"), "One two.", says="One", speaker="Ann").mentions[0]
    mention = mention.model_copy(update={"content": Span(start=0, end=3, extra=[(4, 7)]), "chain": ["Ann", "Bob"]})
    con.register("arrived", tables.to_arrow([mention], tables.MENTION.schema))
    con.execute("INSERT INTO core.claim_mention BY NAME FROM arrived")
    ((text,),) = con.execute("SELECT to_json(m) FROM core.claim_mention m").fetchall()
    assert ClaimMention.model_validate_json(text) == mention


spans = st.builds(Span, start=st.integers(0, 9), end=st.integers(0, 9), extra=st.lists(st.tuples(st.just(1), st.just(2)), max_size=2))
mentions = st.builds(
    ClaimMention,
    speaker_confidence=st.none() | st.floats(0, 1),
    confidence=st.floats(0, 1),
    content=spans,
    source=st.none() | spans,
    numbers=st.lists(st.builds(NumberValue, start=st.integers(0, 9), end=st.integers(0, 9)), max_size=3),
    dates=st.just([]),
)


@given(st.lists(mentions, max_size=3))
def test_the_columns_of_records_hold_what_pydantic_makes_of_them(known: list[ClaimMention]) -> None:
    landed = tables.to_arrow(known, tables.MENTION.schema).to_pylist()
    assert json.dumps(landed, default=str) == json.dumps([one.model_dump() for one in known], default=str)


@given(st.lists(st.none() | st.lists(st.none() | st.builds(Caption), max_size=2), max_size=4))
def test_lists_of_records_may_be_absent_or_empty(known: list[list[Caption | None] | None]) -> None:
    kind = pa.list_(pa.struct([("text", pa.string()), ("credit", pa.string())]))
    landed = tables.table([(one, 1) for one in known], pa.schema([("a", kind), ("b", pa.int64())]))["a"].to_pylist()
    assert landed == [one and [record and record.model_dump() for record in one] for one in known]


def test_rows_of_no_record_are_an_empty_table() -> None:
    assert tables.to_arrow([], tables.MENTION.schema, method="x").schema.names == [*tables.MENTION.schema.names, "method"]


@given(st.lists(st.none() | st.uuids(), max_size=4))
def test_identities_are_kept(known: list[UUID | None]) -> None:
    schema = pa.schema([("a", pa.uuid()), ("b", pa.int64())])
    assert tables.table([(one, 1) for one in known], schema)["a"].to_pylist() == known


def test_everything_has_a_comment(shared: duckdb.DuckDBPyConnection) -> None:
    bare_columns = [".".join(row) for row in shared.execute(COLUMNS.replace("ORDER BY", "AND comment IS NULL ORDER BY")).fetchall()]
    objects = {f"{schema}.{name}" for _, schema, name in shared.execute(OBJECTS).fetchall()}
    commented = shared.execute(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE comment IS NOT NULL "
        "UNION ALL SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE comment IS NOT NULL "
        "UNION ALL SELECT schema_name || '.' || function_name FROM duckdb_functions() WHERE comment IS NOT NULL"
    ).fetchall()
    assert bare_columns == []
    assert objects - {name for (name,) in commented} == set()


def test_the_word_list_names_only_what_exists(shared: duckdb.DuckDBPyConnection) -> None:
    objects, columns = words()
    existing = {f"{schema}.{name}" for _, schema, name in shared.execute(OBJECTS).fetchall()}
    full = {".".join(row) for row in shared.execute(COLUMNS).fetchall()}
    bare = {name.rsplit(".", 1)[1] for name in full}
    assert set(objects) - existing == set()
    assert {name for name in columns if name not in full and name not in bare} == set()


def test_the_data_dictionary_is_up_to_date() -> None:
    assert dictionary.PAGE.read_text("utf-8") == dictionary.page(), "run `python -m warehouse.dictionary`"


def test_the_file_is_readable_by_older_clients_and_bodies_are_compressed(con: duckdb.DuckDBPyConnection, loader: Any, make: Any) -> None:
    captures = [make.capture(f"herald/{n}") for n in range(40)]
    loader("b1", captures, [make.row(c, f"{n} words of a long article. " * 300) for n, c in enumerate(captures)])
    con.execute("CHECKPOINT")
    ((tags,),) = con.execute("SELECT tags FROM duckdb_databases() WHERE database_name = current_database()").fetchall()
    assert tags["storage_version"] == "v1.2.0+"
    segments = "FROM pragma_storage_info('core.article_version') WHERE column_name = 'body' AND segment_type = 'VARCHAR'"
    kinds = con.execute(f"SELECT DISTINCT compression {segments}")
    assert kinds.fetchall() == [("ZSTD",)]


def test_no_engine_specific_constraints() -> None:
    ddl = "\n".join(migration.sql for migration in numbered()).upper()
    assert not [
        word
        for word in ("PRIMARY KEY", "FOREIGN KEY", "REFERENCES", "ENUM (", "CREATE INDEX")
        if word in ddl.replace("NO KEYS, NO ENUM", "")
    ]
    assert "CREATE TABLE" not in repeatable().upper()


def test_settings_of_the_writer(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    ((threads, spill),) = con.execute("SELECT current_setting('threads'), current_setting('temp_directory')").fetchall()
    assert (threads, spill) == (1, str(settings.warehouse_file.parent / "spill"))
