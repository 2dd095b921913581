"""How well `marts.search_any` ranks: nDCG@10 and MAP@5 on a set of documents and queries, beside another ranking of the same set.

    python benchmarks/retrieval.py PATH/match.NAME.jsonl.xz [--queries 300] [--other RANKINGS.json]

The set has JSON lines {type: doc|query, id, text, relevant}; RANKINGS.json maps query ids to document ids, best first, e.g. those of
`match_bm25` of DuckDB's fts extension, which duckdb 1.5.5 loads from its wheel in an environment of its own.
"""

from __future__ import annotations

import argparse
import json
import lzma
import math
import re
import statistics
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from warehouse import indexing
from warehouse.migrate import migrate

DOCUMENTS = """
INSERT INTO core.article BY NAME
SELECT md5(id)::UUID AS article_id, id AS outlet_id, id AS canonical_url, TIMESTAMP '2018-09-20' AS first_seen_at FROM documents;
INSERT INTO core.article_version BY NAME
SELECT md5('v' || id)::UUID AS version_id, md5(id)::UUID AS article_id, md5('c' || id)::UUID AS capture_id, 'b' AS batch_key,
       'x' AS content_sha256, '' AS headline, text AS body, [] AS tags, [] AS authors, [] AS captions, 'en' AS language, 1 AS word_count,
       false AS published_is_day, TIMESTAMP '2018-09-20' AS first_seen_at, first_seen_at AS captured_at, first_seen_at AS last_captured_at,
       false AS is_truncated, false AS is_live, [] AS notes, 'x' AS extractor, 'x' AS code_version, 'x' AS record_sha256
FROM documents;
"""
DEPTH = 50


def ndcg(ranked: Sequence[str], relevant: set[str]) -> float:
    """Normalised discounted cumulative gain at 10 (Järvelin & Kekäläinen 2002), gains 0 or 1."""
    gain = sum(1 / math.log2(place + 2) for place, found in enumerate(ranked[:10]) if found in relevant)
    return gain / sum(1 / math.log2(place + 2) for place in range(min(10, len(relevant))))


def average_precision(ranked: Sequence[str], relevant: set[str]) -> float:
    """Average precision at 5."""
    places = [place for place, found in enumerate(ranked[:5], 1) if found in relevant]
    return sum(number / place for number, place in enumerate(places, 1)) / min(5, len(relevant))


def score(ranking: Mapping[str, Sequence[str]], queries: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    pairs = [(ranking.get(query["id"], []), set(query["relevant"])) for query in queries]
    return {
        "ndcg@10": round(statistics.mean(ndcg(*pair) for pair in pairs), 4),
        "map@5": round(statistics.mean(average_precision(*pair) for pair in pairs), 4),
    }


def rank(documents: Sequence[Mapping[str, Any]], queries: Sequence[Mapping[str, Any]]) -> tuple[dict[str, list[str]], float]:
    """Rankings of the search, and CPU seconds a query."""
    with duckdb.connect(config={"threads": 1}) as con:
        migrate(con)
        con.register("documents", pa.table({name: [str(one[name]) for one in documents] for name in ("id", "text")}))
        con.execute(DOCUMENTS)
        indexing.index_missing(con)
        start, ranking = time.process_time(), {}
        for query in queries:
            words = " ".join(re.findall(r"\w+", query["text"]))  # a query's signs are no operators
            found = con.execute(f"SELECT outlet_id FROM marts.search_any(?) LIMIT {DEPTH}", [words]).fetchall()
            ranking[query["id"]] = [identity for (identity,) in found]
        return ranking, (time.process_time() - start) / len(queries)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--other", type=Path)
    arguments = parser.parse_args()
    with lzma.open(arguments.path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    queries = [record for record in records if record["type"] == "query"][: arguments.queries]
    ranking, seconds = rank([record for record in records if record["type"] == "doc"], queries)
    told: dict[str, Any] = {"queries": len(queries), "ms_a_query": round(seconds * 1000, 1), "search_any": score(ranking, queries)}
    if arguments.other:
        told["other"] = score(json.loads(arguments.other.read_text("utf-8")), queries)
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
