"""Marts for elsewhere: rows in a fixed order, with texts cut as the licences of their outlets say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

import duckdb
import pyarrow as pa

from common.errors import Misconfigured
from warehouse.licence import Licence, Licences

# Rows in memory at once: a row of marts.story_reports with its cells is about 10 kB.
ROWS_AT_ONCE = 2000
MARTS = """
SELECT view_name, list(column_name) FROM duckdb_views() JOIN duckdb_columns() ON table_name = view_name
WHERE duckdb_views.schema_name = 'marts' AND duckdb_columns.schema_name = 'marts' GROUP BY view_name ORDER BY view_name
"""
# Sorted by all columns: the same rows give the same file.
WHOLE = "FROM query_table($mart) ORDER BY ALL"
OF_STORY = "FROM query_table($mart) WHERE story_id = $story ORDER BY ALL"
# Claims and stories that are named in the words of an outlet; its mention or headline is repeated letter by letter.
NAMED_BY = """
SELECT c.claim_id::VARCHAR FROM core.claim c JOIN core.claim_link USING (claim_id) JOIN core.claim_mention m USING (mention_id)
JOIN core.article a USING (article_id) WHERE m.text = c.text AND list_contains($outlets, a.outlet_id)
UNION
SELECT s.story_id::VARCHAR FROM core.story s JOIN core.story_article USING (story_id) JOIN core.article a USING (article_id)
JOIN core.article_version v USING (article_id) WHERE v.headline = s.title AND list_contains($outlets, a.outlet_id)
"""
CLAIMS = """
SELECT k.claim_id::VARCHAR AS claim_id, k.story_id::VARCHAR AS story_id, k.claim, k.speaker, k.kind, any_value(e.kind) AS speaker_kind,
       list({'outlet_id': k.outlet_id, 'outlet': k.outlet, 'home': o.home, 'url': k.url, 'headline': k.headline, 'sentence': k.sentence,
             'published_at': k.published_at, 'status': k.status} ORDER BY k.published_at, k.outlet_id) AS appearances
FROM marts.claim_comparison k
LEFT JOIN core.outlet o USING (outlet_id)
LEFT JOIN core.entity e ON e.name = k.speaker
WHERE k.status IN ('says', 'reprints') AND ($story IS NULL OR k.story_id = $story::UUID)
GROUP BY ALL
ORDER BY story_id, claim_id
"""


def marts(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Name of every mart, without its schema, and its columns."""
    return {name: list(columns) for name, columns in con.execute(MARTS).fetchall()}


def licences(con: duckdb.DuckDBPyConnection, of: Mapping[str, Licence]) -> Licences:
    """The licences together with what they keep inside."""
    inside = sorted(outlet for outlet, licence in of.items() if licence == "none")
    refused = con.execute(NAMED_BY, {"outlets": inside}).fetchall() if inside else []
    return Licences(of, frozenset(found for (found,) in refused))


def _mart(con: duckdb.DuckDBPyConnection, mart: str, story: UUID | None) -> str:
    """The qualified name of a mart, if there is one that can be asked so."""
    known, name = marts(con), mart.removeprefix("marts.")
    if name not in known:
        raise Misconfigured(f"there is no mart {mart!r}; there are {', '.join(known)}")
    if story and "story_id" not in known[name]:
        raise Misconfigured(f"marts.{name} has no column story_id, so it can't be cut to a story")
    return f"marts.{name}"


def rows(
    con: duckdb.DuckDBPyConnection, mart: str, allowed: Licences, story: UUID | None = None
) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """Arrow schema and record batches of a mart, sorted by all columns; `story`: only its rows.

    Raises:
        Misconfigured: there is no such mart, or it knows no stories.
    """
    named = {"mart": _mart(con, mart, story)}
    found = con.sql(OF_STORY, params={**named, "story": story}) if story else con.sql(WHOLE, params=named)
    reader = found.to_arrow_reader(ROWS_AT_ONCE)

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in reader:
            licensed = [allowed.row(row) for row in batch.to_pylist()]
            yield pa.RecordBatch.from_pylist(licensed, schema=reader.schema)

    return reader.schema, batches()


def claims(con: duckdb.DuckDBPyConnection, allowed: Licences, story: UUID | None = None) -> Iterator[dict[str, object]]:
    """Claims with the sentences that state them: claim_id, story_id, claim, speaker, speaker_kind, kind, appearances."""
    result = con.execute(CLAIMS, {"story": story})
    names = [column[0] for column in result.description or ()]

    def found() -> Iterator[dict[str, object]]:
        while some := result.fetchmany(ROWS_AT_ONCE):
            yield from (allowed.row(dict(zip(names, row, strict=True))) for row in some)

    return found()
