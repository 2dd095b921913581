"""The inverted index behind `search`: kept with every load, in the transaction of the texts that it finds.

A document is the present text of one article. Text is cut into words by the macro marts.search_words, here and in queries, so that both
see the same words; only words that the index has not met go through Python, for their stem. Queries find stems by the words as texts
spell them, hence any DuckDB client can ask without a stemmer.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from transforms.stems import stems
from warehouse.sql import set_variables, statement

# Documents whose words are held in memory at once: 2,000 of 650 words are 1.3 million rows, about 60 MB.
SLICE_SIZE = 2000

UNINDEXED = """
CREATE OR REPLACE TEMP TABLE search_stale AS
SELECT article_id FROM core.current_version ANTI JOIN core.search_document USING (article_id, version_id)
UNION SELECT article_id FROM core.search_document ANTI JOIN core.article USING (article_id)
"""
COUNTS = "SELECT (SELECT count(*) FROM core.article), (SELECT count(*) FROM core.search_document)"


def _stem_unknown(con: duckdb.DuckDBPyConnection) -> None:
    """Give the words of table `search_unknown` their stems."""
    words, languages = con.sql("SELECT word, language FROM search_unknown ORDER BY ALL").to_arrow_table().columns
    found = stems(words.to_pylist(), languages.to_pylist())
    table = pa.table({"word": words, "language": languages, "stem": pa.chunked_array([pa.array(found, pa.string())])})
    con.register("search_stemmed", table)
    con.execute(statement("search_3_stems"))
    con.unregister("search_stemmed")


def _index(con: duckdb.DuckDBPyConnection) -> int:
    """Bring the articles of table `search_stale` up to date in the index; returns the number of texts that came in."""
    con.execute(statement("search_1_documents"))
    ((first, last),) = con.execute("SELECT coalesce(min(document), 0), coalesce(max(document), -1) FROM search_new").fetchall()
    for start in range(first, last + 1, SLICE_SIZE):
        set_variables(con, slice_first=start, slice_last=start + SLICE_SIZE - 1)
        con.execute(statement("search_2_words"))
        _stem_unknown(con)
        con.execute(statement("search_4_postings"))
    return int(last - first + 1)


def index_chunk(con: duckdb.DuckDBPyConnection) -> int:
    """Index the articles that the present chunk touched; runs inside its transaction."""
    con.execute("CREATE OR REPLACE TEMP TABLE search_stale AS SELECT DISTINCT article_id FROM touched_article")
    return _index(con)


def index_missing(con: duckdb.DuckDBPyConnection) -> int:
    """Index what a warehouse from before the index holds; runs inside the caller's transaction. Returns the number of texts that came in.

    Loads keep one document an article, so equal counts mean that nothing is missing, and cost nothing to find out.
    """
    ((articles, documents),) = con.execute(COUNTS).fetchall()
    if articles == documents:
        return 0
    con.execute(UNINDEXED)
    return _index(con)
