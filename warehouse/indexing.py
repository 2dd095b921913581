"""The inverted index behind `search`: kept with every load, in the transaction of the texts that it finds.

A document is the present text of one article. Documents are numbered once and for all; a segment holds the postings of a stretch of
numbers. A load adds segments, which a landing folder brings ready-made, and takes documents away by their row in core.search_document
alone: postings of documents without a row are passed over, until a merge leaves them out. Queries find stems by the words as texts spell
them, hence any DuckDB client can ask without a stemmer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from warehouse.inverting import Inverter, Postings, Segment
from warehouse.landed_index import segments
from warehouse.sql import statement

# A segment of which less is wanted is made anew without the rest: looking twice at half of the postings costs less than keeping them.
LEAST_WANTED = 0.5
# Texts that are read at once where no landing folder has them.
TEXTS_AT_ONCE = 2000

UNINDEXED = """
CREATE OR REPLACE TEMP TABLE search_stale AS
SELECT article_id FROM core.current_version ANTI JOIN core.search_document USING (article_id, version_id)
UNION SELECT article_id FROM core.search_document ANTI JOIN core.article USING (article_id)
"""
COUNTS = "SELECT (SELECT count(*) FROM core.article), (SELECT count(*) FROM core.search_document)"
TEXTS = """
SELECT n.version_id, n.language, v.headline, v.body FROM search_new n JOIN core.article_version v USING (version_id)
WHERE NOT n.is_in AND n.number BETWEEN ? AND ? ORDER BY n.number
"""
STEMS = """
SELECT number, stem_id FROM search_met WHERE stem_id IS NOT NULL
UNION ALL SELECT m.number, n.stem_id FROM search_met m JOIN search_numbered n USING (stem) WHERE m.stem_id IS NULL
"""


def _from_texts(con: duckdb.DuckDBPyConnection, count: int) -> Iterator[Segment]:
    """Segments of those of the `count` documents of table `search_new` that are not in yet, made of their texts."""
    inverter = Inverter()
    for first in range(1, count + 1, TEXTS_AT_ONCE):
        for row in con.execute(TEXTS, [first, first + TEXTS_AT_ONCE - 1]).fetchall():
            inverter.add(*row)
        if inverter.is_full and (made := inverter.segment()):
            yield made
    if made := inverter.segment():
        yield made


def wanted(segment: Segment, is_wanted: np.ndarray) -> Segment:
    """A segment with the documents at the wanted places alone, numbered anew."""
    place_of = np.where(is_wanted, np.cumsum(is_wanted) - 1, -1).astype(np.int32)
    postings = Postings.of(segment.postings["entries"].combine_chunks())
    rows, entries = postings.moved(place_of[postings.place]).lists()
    documents = segment.documents.filter(pa.array(is_wanted))
    return Segment(
        documents.set_column(3, "place", pa.array(place_of[is_wanted])),
        segment.words,
        segment.postings.take(pa.array(rows)).set_column(3, "entries", entries),
    )


def _missing(con: duckdb.DuckDBPyConnection, segment: Segment) -> np.ndarray:
    """Of each place of a segment, whether its document is one that has to come in."""
    con.register("cut_document", segment.documents)
    found = np.zeros(len(segment.documents), np.bool_)
    places = con.execute("SELECT place FROM cut_document JOIN search_new USING (version_id, language) WHERE NOT is_in").fetchnumpy()[
        "place"
    ]
    found[places] = True
    return found


def _by_stem(con: duckdb.DuckDBPyConnection, postings: pa.Table) -> pa.Table:
    """Postings with the numbers that the index has for their stems, ordered by them."""
    known = con.execute(STEMS).fetchnumpy()
    stem_of = np.zeros(known["number"].max(initial=-1) + 1, np.int32)
    stem_of[known["number"]] = known["stem_id"]
    stem_ids = stem_of[postings["number"].to_numpy()]
    order = np.argsort(stem_ids, kind="stable")
    rows = postings.select(["in_headline", "entries"]).take(pa.array(order))
    return rows.append_column("stem_id", pa.array(stem_ids[order]))


def _take_in(con: duckdb.DuckDBPyConnection, segment: Segment) -> None:
    """Add a segment for those of its documents that table `search_new` asks for."""
    is_wanted = _missing(con, segment)
    if not is_wanted.any():
        return
    if is_wanted.mean() < LEAST_WANTED:
        segment = wanted(segment, is_wanted)
    con.register("cut_document", segment.documents)
    con.register("cut_word", segment.words)
    con.execute(statement("search_2_words"))
    con.register("cut_posting", _by_stem(con, segment.postings))
    con.execute(statement("search_3_postings"))


def _index(con: duckdb.DuckDBPyConnection, made: Iterable[Segment]) -> int:
    """Bring the articles of table `search_stale` up to date, out of segments at hand, else out of the texts; returns how many came in."""
    con.execute(statement("search_1_documents"))
    ((count,),) = con.execute("SELECT count(*) FROM search_new").fetchall()
    if count:
        for segment in made:
            _take_in(con, segment)
        if con.execute("FROM search_new WHERE NOT is_in LIMIT 1").fetchall():
            for segment in _from_texts(con, count):
                _take_in(con, segment)
    return int(count)


def index_chunk(con: duckdb.DuckDBPyConnection, folder: Path) -> int:
    """Index the articles that the present chunk of a landing folder touched; runs inside its transaction."""
    con.execute("CREATE OR REPLACE TEMP TABLE search_stale AS SELECT DISTINCT article_id FROM touched_article")
    return _index(con, segments(folder))


def index_missing(con: duckdb.DuckDBPyConnection) -> int:
    """Index what a warehouse from before the index holds; runs inside the caller's transaction. Returns the number of texts that came in.

    Loads keep one document an article, so equal counts mean that nothing is missing, and cost nothing to find out.
    """
    ((articles, documents),) = con.execute(COUNTS).fetchall()
    if articles == documents:
        return 0
    con.execute(UNINDEXED)
    return _index(con, ())
