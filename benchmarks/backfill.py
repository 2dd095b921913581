"""Years of archives loaded in one go: time and memory of every batch, on landing folders made out of one.

    python benchmarks/backfill.py [--articles 100000] [--batch 10000] [--threads 1]

One batch of the corpus of benchmarks/searching.py is landed as usual; each further one is a copy under keys, addresses, days and texts of
its own, made by SQL in another process and removed after its load. CPU seconds of the loading process, its greatest memory, and the last
tenth of the batches over the first, four at least.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import pyarrow as pa
from searching import NOON, Corpus, captures

from common import clock
from common.settings import Settings
from warehouse.connect import open_private
from warehouse.landed_index import OPTIONS
from warehouse.landing import MANIFEST, LandedFile, LandingManifest, file_sha256, folder, read_manifest, verify, write_landing
from warehouse.load import load
from warehouse.migrate import migrate

TEMPLATE = "template"
# Column -> what it is in batch n: ids by hash, texts with a word of the batch, days later.
KEY = "md5({column}::VARCHAR || '{n}')::UUID"
CHANGES = {
    "capture_id": KEY, "version_id": KEY, "article_id": KEY, "mention_id": KEY, "record_sha256": "sha256({column} || '{n}')",
    "content_sha256": "sha256({column} || '{n}')", "body": "{column} || ' of{n}'", "url": "{column} || '-{n}'",
    "final_url": "{column} || '-{n}'",
    "canonical_url": "{column} || '-{n}'", "batch_key": "'b{n}'", "captured_at": "{column} + INTERVAL ({n} * {days}) DAY",
    "first_seen_at": "{column} + INTERVAL ({n} * {days}) DAY", "published_at": "{column} + INTERVAL ({n} * {days}) DAY",
}  # fmt: skip


def settings_of(place: Path, threads: int) -> Settings:
    return Settings(_env_file=None, data_dir=place, warehouse_threads=threads)


def template(place: Path, batch: int) -> None:
    corpus, index = Corpus(), captures(TEMPLATE, 0, batch)
    write_landing(settings_of(place, 1), TEMPLATE, index, (corpus.row(capture) for capture in index))


def changed(con: duckdb.DuckDBPyConnection, source: str, number: int, days: int) -> str:
    """The query for the rows of a file as those of batch `number`, whose articles are a minute apart: no two share their instant."""
    columns = [column for column, *_ in con.execute(f"DESCRIBE FROM {source}").fetchall()]
    said = [f"{CHANGES[column].format(column=column, n=number, days=days)} AS {column}" for column in columns if column in CHANGES]
    return f"SELECT * REPLACE ({', '.join(said)}) FROM {source}" if said else f"FROM {source}"


def documents(con: duckdb.DuckDBPyConnection, source: Path, target: Path, number: int, days: int) -> None:
    """The documents of the segments under the keys of batch `number`."""
    with pa.ipc.open_file(str(source)) as file, pa.ipc.new_file(str(target), file.schema, options=OPTIONS) as made:
        for place in range(file.num_record_batches):
            con.register("segment_documents", pa.Table.from_batches([file.get_batch(place)]))
            table = con.sql(changed(con, "segment_documents", number, days)).to_arrow_table().cast(file.schema)
            made.write_batch(table.combine_chunks().to_batches()[0])


def copy(place: Path, number: int) -> None:
    """The landing folder of batch `number`."""
    settings, key = settings_of(place, 1), f"b{number}"
    source, target = folder(settings, TEMPLATE), folder(settings, key)
    manifest, files = read_manifest(source), {}
    days = manifest.captures // (24 * 60) + 1
    shutil.copytree(source, target)
    with duckdb.connect(config={"threads": 1, "arrow_lossless_conversion": True}) as con:
        for path in source.glob("*.parquet"):
            con.execute(
                f"COPY ({changed(con, repr(str(path)), number, days)}) TO '{target / path.name}' (FORMAT parquet, COMPRESSION zstd)"
            )
        documents(con, source / "search_document.arrow", target / "search_document.arrow", number, days)
    for name, file in manifest.files.items():
        files[name] = LandedFile(rows=file.rows, sha256=file_sha256(target / name))
    made = LandingManifest(batch_key=key, captures=manifest.captures, files=files, code_version="bench/1", made_at=clock.now())
    (target / MANIFEST).write_text(made.model_dump_json())


def backfill(place: Path, batches: int, threads: int) -> dict[str, object]:
    settings, spent, rss = settings_of(place, threads), [], []
    with open_private(settings) as con:
        migrate(con)
        for number in range(batches):
            subprocess.run([sys.executable, __file__, "--copy", str(number), "--place", str(place)], check=True)
            path = folder(settings, f"b{number}")
            start = time.process_time()
            load(con, verify(path), path, NOON)
            spent.append(round(time.process_time() - start, 2))
            rss.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
            shutil.rmtree(path)
    # a tenth, but so many that merges of row groups, which come with every second and fourth batch, fall into both alike
    part = max(4, batches // 40 * 4)
    first, last = statistics.mean(spent[:part]), statistics.mean(spent[-part:])
    size = settings.warehouse_file.stat().st_size
    return {
        "cpu_s": spent,
        "rss_mb": rss[-1],
        "last_over_first": round(last / first, 2),
        "total_s": round(sum(spent)),
        "file_mb": size >> 20,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--batch", type=int, default=10_000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--place", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--copy", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--template", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.copy is not None:
        copy(arguments.place, arguments.copy)
    elif arguments.template is not None:
        template(arguments.place, arguments.template)
    else:
        with tempfile.TemporaryDirectory() as name:
            subprocess.run([sys.executable, __file__, "--template", str(arguments.batch), "--place", name], check=True)
            told = backfill(Path(name), arguments.articles // arguments.batch, arguments.threads)
        print(json.dumps({"articles": arguments.articles, "batch": arguments.batch, **told}))


if __name__ == "__main__":
    main()
