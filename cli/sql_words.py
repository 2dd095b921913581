"""Completion for the prompt of `consilience sql`: tables after FROM, columns after a dot, everything elsewhere. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

KEYWORDS = "SELECT DISTINCT keyword_name FROM duckdb_keywords() ORDER BY 1"
RELATIONS = """
SELECT DISTINCT schema_name || '.' || table_name FROM duckdb_columns() WHERE schema_name IN ('core', 'marts', 'ops')
UNION SELECT CASE schema_name WHEN 'main' THEN '' ELSE schema_name || '.' END || function_name || '('
FROM duckdb_functions() WHERE function_type = 'table_macro' AND NOT internal
ORDER BY 1
"""
COLUMNS = "SELECT DISTINCT column_name FROM duckdb_columns() WHERE schema_name IN ('core', 'marts', 'ops') ORDER BY 1"
# The word under the cursor, and the one before it.
WORD = re.compile(r"[\w.]*\Z")
BEFORE = re.compile(r"(\w+)\s+[\w.]*\Z")
SCHEMAS = ("core", "marts", "ops")


@dataclass(frozen=True)
class Words:
    """What can be completed."""

    keywords: Sequence[str]
    relations: Sequence[str]
    columns: Sequence[str]


def _pool(text: str, word: str, words: Words) -> Sequence[str]:
    before = BEFORE.search(text)
    if before and before[1].lower() in {"from", "join", "describe", "summarize"}:
        return words.relations
    return [*words.columns, *words.relations, *words.keywords] if word else []


def candidates(text: str, words: Words) -> list[tuple[str, int]]:
    """Completions of the text before the cursor, each with the number of characters that it replaces.

    >>> candidates("SELECT v.head", Words([], [], ["headline"]))
    [('headline', 4)]
    """
    word = WORD.search(text)[0]  # type: ignore[index] # the pattern also finds nothing, as an empty word
    alias, dot, rest = word.rpartition(".")
    if dot and alias.lower() not in SCHEMAS:
        return [(column, len(rest)) for column in words.columns if column.lower().startswith(rest.lower())]
    return [(one, len(word)) for one in _pool(text, word, words) if one.lower().startswith(word.lower())]
