"""What a load costs beside the least that DuckDB needs for the same rows; as ratios of one run, on the corpus of benchmarks/searching.py.

    python benchmarks/loading.py [--articles 20000] [--batch 10000]

CPU seconds of this process with one thread, from an empty file to a checkpointed one. `bound`: plain inserts of the landing Parquet,
a transaction a batch; `at_once`: all batches in one. `merge`: what a load does with the same table in the same transactions. `load`:
everything that `load()` does, over plain inserts of all landed tables. `again`: the same landing folders once more, as after newer code
made the same files with other bytes.
`records`: pydantic records to landing files and into the table, over the bound, as rows a second.
"""

from __future__ import annotations

import argparse
import gc
import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import duckdb
from searching import NOON, Clock, Corpus, captures

from common import logs
from common.settings import Settings
from transforms.records import Transformed
from warehouse import indexing, tables
from warehouse.connect import open_private
from warehouse.landing import _Writer, folder, record_sha256, verify, write_landing
from warehouse.load import load
from warehouse.migrate import migrate

SOURCES = {
    "core.article_version": "SELECT *, captured_at AS last_captured_at FROM read_parquet({files})",
    "core.claim_mention": "FROM read_parquet({files})",
    "core.capture": "SELECT *, NULL::UUID AS version_id FROM read_parquet({files})",
    "core.article": "SELECT *, NULL::TIMESTAMP AS removed_at FROM read_parquet({files})",
}
MERGES = {
    "core.article_version": """
        DELETE FROM core.article_version WHERE version_id IN (SELECT version_id FROM read_parquet({files}));
        INSERT INTO core.article_version BY NAME {source}""",
    "core.claim_mention": """
        INSERT INTO core.claim_mention BY NAME
        SELECT m.* EXCLUDE (file_row_number) FROM read_parquet({files}, file_row_number = true) m
        WHERE file_row_number NOT IN (
            SELECT file_row_number FROM read_parquet({files}, file_row_number = true)
            WHERE mention_id IN (SELECT mention_id FROM read_parquet({files}) GROUP BY mention_id HAVING count(*) > 1)
            QUALIFY row_number() OVER (PARTITION BY mention_id ORDER BY confidence DESC, sentence) > 1)""",
}


class Bench:
    """Landing folders of a corpus, and warehouses made of them."""

    def __init__(self, place: Path, articles: int, batch: int) -> None:
        self.settings = Settings(_env_file=None, data_dir=place, warehouse_threads=1)
        self.clock, self.articles, self.keys = Clock(), articles, [f"b{first}" for first in range(0, articles, batch)]
        corpus = Corpus()
        for number, key in enumerate(self.keys):
            index = captures(key, number * batch, min(batch, articles - number * batch))
            rows = [corpus.row(capture) for capture in index]
            gc.freeze()  # elsewhere records come one by one; held all together they'd be gone through with every collection
            self.clock.wrap("records_to_landing", write_landing)(self.settings, key, index, rows)
            self.clock.wrap("records_to_parquet", self.parquet)(rows)
            gc.unfreeze()

    def parquet(self, rows: list[Transformed]) -> None:
        """The two great tables alone, without the index."""
        with ExitStack() as stack:
            place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            versions, mentions = (stack.enter_context(_Writer(place, table)) for table in (tables.VERSION, tables.MENTION))
            for row in rows:
                assert row.version
                found = [tables.MENTION.row(one) for one in row.mentions]
                versions.add(row.version, record_sha256(row.version, found))
                mentions.add_rows(found)

    def files(self, table: str, keys: list[str]) -> str:
        return str([str(folder(self.settings, key) / f"{table.split('.')[1]}.parquet") for key in keys])

    @contextmanager
    def fresh(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """An empty warehouse."""
        with ExitStack() as stack:
            place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            con = stack.enter_context(open_private(self.settings.model_copy(update={"data_dir": place})))
            migrate(con)
            yield con

    def run(self, name: str, statements: list[str]) -> None:
        """Statements from an empty warehouse to a checkpointed one, as `name`."""
        with self.fresh() as con:
            for one in [*statements, "CHECKPOINT"]:
                self.clock.wrap(name, con.execute)(one)

    def bound(self, name: str, of: list[str]) -> None:
        """All rows of these tables, no questions asked, in the transactions of a load."""
        sources = [(table, SOURCES[table].format(files=self.files(table, [key]))) for key in self.keys for table in of]
        self.run(name, [f"INSERT INTO {table} BY NAME {source}" for table, source in sources])

    def at_once(self, name: str, table: str) -> None:
        """All rows of a table in one statement."""
        self.run(name, [f"INSERT INTO {table} BY NAME {SOURCES[table].format(files=self.files(table, self.keys))}"])

    def merge(self, name: str, table: str) -> None:
        files = [self.files(table, [key]) for key in self.keys]
        self.run(name, [MERGES[table].format(files=of, source=SOURCES[table].format(files=of)) for of in files])

    def load(self, con: duckdb.DuckDBPyConnection) -> int:
        """Load everything; returns the blocks of the file."""
        for key in self.keys:
            load(con, verify(folder(self.settings, key)), folder(self.settings, key), NOON)
        con.execute("CHECKPOINT")
        ((blocks,),) = con.execute("SELECT used_blocks FROM pragma_database_size() WHERE database_name = current_database()").fetchall()
        return int(blocks)


def measure(place: Path, articles: int, batch: int) -> dict[str, float]:
    bench = Bench(place, articles, batch)
    clock = bench.clock
    for name, table in (("articles", "core.article_version"), ("claims", "core.claim_mention")):
        bench.bound(f"bound_{name}", [table])
        bench.at_once(f"at_once_{name}", table)
        bench.merge(f"merge_{name}", table)
    bench.bound("bound_all", list(SOURCES))
    with bench.fresh() as con:
        blocks = clock.wrap("load", bench.load)(con)
        con.execute("UPDATE ops.batch SET landing_sha256 = 'other bytes'")
        grown = clock.wrap("again", bench.load)(con) - blocks
    index_chunk, indexing.index_chunk = indexing.index_chunk, lambda _con, _folder: 0
    with bench.fresh() as con:
        clock.wrap("load_without_index", bench.load)(con)
    indexing.index_chunk = index_chunk
    spent = clock.spent
    bound = spent["bound_articles"] + spent["bound_claims"]
    return {
        "articles": articles,
        **{f"{name}_us_per_article": round(seconds / articles * 1e6) for name, seconds in spent.items()},
        "merge_over_bound_articles": round(spent["merge_articles"] / spent["bound_articles"], 2),
        "merge_over_bound_claims": round(spent["merge_claims"] / spent["bound_claims"], 2),
        "batches_over_at_once_articles": round(spent["bound_articles"] / spent["at_once_articles"], 2),
        "load_over_bound": round(spent["load"] / spent["bound_all"], 2),
        "load_without_index_over_bound": round(spent["load_without_index"] / spent["bound_all"], 2),
        "again_over_first": round(spent["again"] / spent["load"], 2),
        "blocks_grown_again": grown,
        "records_over_bound": round(bound / (spent["records_to_parquet"] + spent["merge_articles"] + spent["merge_claims"]), 2),
        "landing_and_load_over_bound": round(spent["bound_all"] / (spent["records_to_landing"] + spent["load"]), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--batch", type=int, default=10_000)
    arguments = parser.parse_args()
    logs.configure(level=40)
    with tempfile.TemporaryDirectory() as place:
        print(json.dumps(measure(Path(place), arguments.articles, arguments.batch), indent=1))


if __name__ == "__main__":
    main()
