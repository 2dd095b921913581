"""Comments of every table, view, column and macro: out of the record classes, else out of comments/words.yaml."""

from __future__ import annotations

from functools import cache

import duckdb
import yaml

from warehouse.sql import HERE, in_lake
from warehouse.tables import RECORD_TABLES, VERSION, RecordTable

WORDS = HERE / "comments" / "words.yaml"
OBJECTS = """
SELECT 'TABLE' AS kind, schema_name, table_name AS name FROM duckdb_tables() WHERE NOT internal AND schema_name IN ('core', 'ops')
UNION ALL SELECT 'VIEW', schema_name, view_name FROM duckdb_views() WHERE NOT internal AND schema_name IN ('core', 'marts', 'ops')
UNION ALL SELECT CASE function_type WHEN 'macro' THEN 'MACRO' ELSE 'MACRO TABLE' END, schema_name, function_name
FROM duckdb_functions() WHERE NOT internal AND function_type IN ('macro', 'table_macro')
ORDER BY ALL
"""
COLUMNS = """
SELECT schema_name, table_name, column_name FROM duckdb_columns()
WHERE NOT internal AND schema_name IN ('core', 'marts', 'ops')
ORDER BY ALL
"""
RECORDS: dict[str, RecordTable] = {table.name: table for table in RECORD_TABLES}
# Views whose columns are those of a record.
SHOWN_AS: dict[str, RecordTable] = {"core.current_version": VERSION}


@cache
def words() -> tuple[dict[str, str], dict[str, str]]:
    """(objects, columns) of the word list."""
    read = yaml.safe_load(WORDS.read_text("utf-8"))
    return read["objects"], read["columns"]


def of_object(name: str) -> str | None:
    """The comment of `schema.name`."""
    if table := RECORDS.get(name):
        return (table.model.__doc__ or "").strip().splitlines()[0]
    return words()[0].get(name)


def of_column(table: str, column: str) -> str | None:
    """The comment of a column: its own entry, its record's field description, the entry of its bare name."""
    record = RECORDS.get(table) or SHOWN_AS.get(table)
    field = record.model.model_fields.get(column) if record else None
    return words()[1].get(f"{table}.{column}") or (field.description if field else None) or words()[1].get(column)


def literal(text: str) -> str:
    """A SQL string literal, for statements that take no parameters (COMMENT ON, ATTACH); only for texts of our own."""
    return "'" + text.replace("'", "''") + "'"


def apply_comments(con: duckdb.DuckDBPyConnection) -> None:
    """Set every comment that there is a text for; in a lake those of tables and their columns, it takes no others."""
    takes_all = not in_lake(con)
    objects = [one for one in con.execute(OBJECTS).fetchall() if takes_all or one[0] == "TABLE"]
    described = {(schema, name) for _, schema, name in objects}
    for kind, schema, name in objects:
        if text := of_object(f"{schema}.{name}"):
            con.execute(f'COMMENT ON {kind} "{schema}"."{name}" IS {literal(text)}')
    for schema, table, column in con.execute(COLUMNS).fetchall():
        if (schema, table) in described and (text := of_column(f"{schema}.{table}", column)):
            con.execute(f'COMMENT ON COLUMN "{schema}"."{table}"."{column}" IS {literal(text)}')


def fingerprint() -> str:
    """Changes whenever a comment changes."""
    described = [f"{t.name} {t.model.__doc__} {[f.description for f in t.model.model_fields.values()]}" for t in RECORD_TABLES]
    return "\n".join([*described, WORDS.read_text("utf-8")])
