"""Segments of the search index that become one: a hundred small ones would make every query look into a hundred places.

Loads add segments behind the last one, and neighbours are merged when eight of a size have gathered (O'Neil et al. 1996, the log-structured
merge): a posting is written anew once for every eightfold growth, not with every load. Document numbers stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from warehouse.inverting import ENTRIES, SEGMENT_TEXTS, SEGMENT_WORDS, Postings
from warehouse.sql import statement

# Neighbours that have to gather. Fewer write every posting more often, more make queries slower (a row read a stem and segment).
FAN = 8
# Segments within this factor are of a size: batches of an hour differ that much.
ALIKE = 4
# A segment of this size is left alone: half of the greatest, so that two of them are no more than one.
FULL = SEGMENT_WORDS // 2

SEGMENTS = "SELECT first_document, documents, words FROM core.search_segment ORDER BY first_document"
ROWS = """
SELECT p.stem_id, p.in_headline, p.first_document, p.entries
FROM core.search_posting p WHERE p.first_document BETWEEN $first AND $last
ORDER BY p.stem_id, p.in_headline, p.first_document
"""
LIVING = "SELECT document - ? AS place FROM core.search_document WHERE document BETWEEN ? AND ?"


@dataclass(frozen=True)
class Stretch:
    """A segment: the numbers from `first` on, and the words of its texts."""

    first: int
    documents: int
    words: int


def gathered(stretches: Sequence[Stretch]) -> list[Stretch]:
    """The newest segments that should become one, oldest first; none where too few have gathered.

    One that holds more than all later ones together, and more than four times the largest of them, waits for others of its size.

    >>> small = [Stretch(n, 1, 10) for n in range(8)]
    >>> gathered(small) == small, gathered(small[1:])
    (True, [])
    """
    run: list[Stretch] = []
    for one in reversed(stretches):
        words, documents = (sum(getattr(other, name) for other in run) for name in ("words", "documents"))
        is_larger = len(run) > 0 and one.words > max(words, max(other.words for other in run) * ALIKE)
        if one.words >= FULL or is_larger or words + one.words > SEGMENT_WORDS or documents + one.documents > SEGMENT_TEXTS:
            break
        run.insert(0, one)
    return run if len(run) >= FAN else []


def _joined(rows: pa.Table, shifts: np.ndarray, living: np.ndarray) -> pa.Table:
    """Rows of several segments, ordered by stem, field and segment, as rows of one; documents that no longer live stay out."""
    keys = rows["stem_id"].to_numpy().astype(np.int64) * 2 + rows["in_headline"].to_numpy()
    owner = (np.cumsum(np.append(True, keys[1:] != keys[:-1])) - 1).astype(np.int32)
    entries = Postings.of(rows["entries"].combine_chunks())
    place = entries.place + shifts[entries.row]
    kept, lists = Postings(owner[entries.row], entries.entry).moved(np.where(living[place], place, -1)).lists()
    first = np.flatnonzero(np.append(True, owner[1:] != owner[:-1]))[kept]
    named = {name: rows[name].take(pa.array(first)) for name in ("stem_id", "in_headline")}
    return pa.table({**named, "entries": lists.cast(ENTRIES)})


def _merge(con: duckdb.DuckDBPyConnection, run: Sequence[Stretch]) -> None:
    first, last = run[0].first, run[-1].first + run[-1].documents - 1
    rows = con.sql(ROWS, params={"first": first, "last": last}).to_arrow_table()
    living = np.zeros(last - first + 1, np.bool_)
    living[con.execute(LIVING, [first, first, last]).fetchnumpy()["place"]] = True
    if len(rows):
        rows = _joined(rows, rows["first_document"].to_numpy() - first, living)
    con.register("search_joined", rows)
    con.register("search_run", pa.table({"first": [first], "last": [last]}))
    con.execute(statement("search_4_merge"))
    con.unregister("search_joined")
    con.unregister("search_run")


def merge_segments(con: duckdb.DuckDBPyConnection) -> int:
    """Merge the newest segments if eight of a size have gathered; runs inside the caller's transaction. Returns how many became one."""
    run = gathered([Stretch(*row) for row in con.execute(SEGMENTS).fetchall()])
    if run:
        _merge(con, run)
    return len(run)
