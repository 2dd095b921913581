"""Vectors of texts: made once a version, kept as 384 numbers, given to the comparison as signed bytes."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

import duckdb
import pyarrow as pa

WIDTH = 384
# A component is kept as a fraction of 127, which SQL can use as it is (array_cosine_similarity) and which gives the whole number back.
SCALE = 127
# Vectors written at a time: some megabytes.
AT_ONCE = 2000

MISSING = """
SELECT v.version_id, v.headline, v.body FROM core.current_version v SEMI JOIN window_article USING (article_id)
ANTI JOIN (FROM core.article_vector WHERE method = ?) known USING (version_id)
ORDER BY v.version_id
"""
KNOWN = """
SELECT v.article_id, x.vector FROM core.current_version v SEMI JOIN window_article USING (article_id)
JOIN core.article_vector x USING (version_id)
WHERE x.method = ?
"""
SCHEMA = pa.schema([("version_id", pa.uuid()), ("vector", pa.list_(pa.float32(), WIDTH))])


class Encoder(Protocol):
    """Makes a vector of headline and body; `method` names how."""

    @property
    def method(self) -> str: ...  # pragma: no cover

    def encode(self, headline: str, body: str) -> bytes: ...  # pragma: no cover


def of_window(con: duckdb.DuckDBPyConnection, encoder: Encoder) -> dict[UUID, bytes]:
    """Vectors of the articles in table window_article by article id; those that are missing are made and kept. Empty without an encoder."""
    make_missing(con, encoder)
    return {article_id: as_bytes(vector) for article_id, vector in con.execute(KNOWN, [encoder.method]).fetchall()}


def make_missing(con: duckdb.DuckDBPyConnection, encoder: Encoder) -> None:
    """Encode the current versions of table window_article that have no vector of this method."""
    missing = con.execute(MISSING, [encoder.method]).fetchall()
    for first in range(0, len(missing), AT_ONCE):
        made = [(version_id, encoder.encode(headline, body)) for version_id, headline, body in missing[first : first + AT_ONCE]]
        rows = [{"version_id": version_id, "vector": as_numbers(vector)} for version_id, vector in made if vector]
        con.register("made_vector", pa.Table.from_pylist(rows, SCHEMA))
        con.execute("DELETE FROM core.article_vector WHERE version_id IN (SELECT version_id FROM made_vector)")
        con.execute("INSERT INTO core.article_vector BY NAME SELECT *, $method AS method FROM made_vector", {"method": encoder.method})
        con.unregister("made_vector")


def as_numbers(vector: bytes) -> list[float]:
    """Signed bytes as fractions of 127."""
    return [(number - 256 if number > 127 else number) / SCALE for number in vector]


def as_bytes(vector: tuple[float, ...]) -> bytes:
    """Fractions of 127 as signed bytes.

    >>> list(as_bytes((0.0, 1.0, -1 / 127)))
    [0, 127, 255]
    """
    return bytes(round(number * SCALE) % 256 for number in vector)
