"""Load, index, checkpoint, copy, swap and compaction under kill -9: commands for a loop that kills `run` and wants `check` to pass.

    python benchmarks/crash_warehouse.py prepare FOLDER
    python PATH/TO/crash_loop.py --reset "python benchmarks/crash_warehouse.py reset FOLDER" \\
        --run "python benchmarks/crash_warehouse.py run FOLDER" --mid-check "python benchmarks/crash_warehouse.py opens FOLDER" \\
        --check "python benchmarks/crash_warehouse.py check FOLDER" --kills 200 [--syscalls]

`prepare` makes a published warehouse with a batch and lands another, with changed and repeated texts. `run` loads it, publishes
and compacts, whatever is left to do. `opens`: right after a death the published file opens and is whole, or its old state is.
`check`: every table holds what an undisturbed run holds, row by row, the snapshot shows it, no leftovers, and every check passes.
"""

from __future__ import annotations

import argparse
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from common import ids, logs
from common.settings import Settings
from ingest.records import Capture, Hint
from transforms.records import Article, ArticleVersion, ClaimMention, Span, Transformed
from warehouse import compact, stages
from warehouse.connect import open_private, open_published
from warehouse.landing import write_landing
from warehouse.publish import snapshots
from warehouse.verify import run_checks

NOON = datetime(2018, 9, 20, 12, tzinfo=UTC)
BATCHES, PAGES = ("b0", "b1"), 40
# Written at another time in every run.
CLOCKED = "('loaded_at', 'recorded_at')"
TABLES = """
SELECT schema_name || '.' || table_name FROM duckdb_tables()
WHERE NOT internal AND table_name NOT IN ('check_result', 'schema_history', 'snapshot') ORDER BY ALL
"""


def settings(folder: Path) -> Settings:
    return Settings(_env_file=None, data_dir=folder / "data", warehouse_threads=1, warehouse_wait_s=30, keep_snapshots=2)


def page(batch: str, number: int, minutes: int) -> tuple[Capture, Transformed]:
    """One page: a third of them changes from batch to batch."""
    url, at = f"https://o{number % 4}.example/{number}", NOON + timedelta(minutes=minutes)
    says = f"{number + (int(batch[1:]) if number % 3 == 0 else 0)} people were hurt in harbour {number % 7}"
    body, article_id = f"The wall broke at dawn. {says}. Rain fell on quarter {number % 5}.", ids.key("article", url)
    version_id = ids.key("version", str(article_id), ids.sha256(body))
    capture = Capture(
        capture_id=ids.key("capture", batch, url), batch_key=batch, outlet_id=f"o{number % 4}", url=url, final_url=url, captured_at=at,
        first_seen_at=at, outcome="fetched", status=200, hint=Hint(source="feed"),
    )  # fmt: skip
    mention = ClaimMention(
        mention_id=ids.key("mention", str(version_id)), version_id=version_id, article_id=article_id, quote_type="statement",
        content=Span(start=body.index(says), end=body.index(says) + len(says)), text=says, sentence=says, confidence=0.9, method="crash/1",
    )  # fmt: skip
    version = ArticleVersion(
        version_id=version_id, article_id=article_id, capture_id=capture.capture_id, batch_key=batch, content_sha256=ids.sha256(body),
        headline=f"Wall {number % 7} breaks", body=body, language="en", word_count=20, published_at=NOON + timedelta(minutes=number),
        first_seen_at=at, captured_at=at, extractor="crash/1", code_version="crash/1",
    )  # fmt: skip
    article = Article(article_id=article_id, outlet_id=capture.outlet_id, canonical_url=url, first_seen_at=at)
    return capture, Transformed(article=article, version=version, mentions=[mention])


def prepare(folder: Path) -> int:
    """The state before, and what an undisturbed run makes of it."""
    shutil.rmtree(folder, ignore_errors=True)
    for number, batch in enumerate(BATCHES):
        made = [page(batch, n, number * 60) for n in range(number * 10, number * 10 + PAGES)]
        write_landing(settings(folder), batch, [capture for capture, _ in made], [row for _, row in made])
    stages.load_batch(settings(folder), BATCHES[0])
    stages.publish(settings(folder))
    shutil.copytree(folder / "data", folder / "before", symlinks=True)
    run(folder)
    with open_private(settings(folder)) as con:
        (folder / "expected.json").write_text(json.dumps(content(con)))
    return reset(folder)


def reset(folder: Path) -> int:
    shutil.rmtree(folder / "data", ignore_errors=True)
    shutil.copytree(folder / "before", folder / "data", symlinks=True)
    return 0


def run(folder: Path) -> int:
    """Everything that is left to do."""
    for batch in stages.unloaded_batches(settings(folder)):
        stages.load_batch(settings(folder), batch)
        stages.publish(settings(folder))
    stages.publish(settings(folder))
    compact.compact(settings(folder), least_share=0.0, least_size=0)
    return 0


def content(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Every row of every table as text."""
    return {
        name: [str(row) for row in con.execute(f"SELECT COLUMNS(lambda c: c NOT IN {CLOCKED}) FROM {name} ORDER BY ALL").fetchall()]
        for (name,) in con.execute(TABLES).fetchall()
    }


def snapshot_faults(folder: Path) -> list[str]:
    """What people open: whole, one of the states that were published."""
    with open_published(settings(folder)) as con:
        faults = [f"snapshot: {r.name} {r.sample}" for r in run_checks(con) if r.violations]
        ((batches, articles),) = con.execute("SELECT (SELECT count(*) FROM ops.batch), (SELECT count(*) FROM core.article)").fetchall()
        return faults + ([] if articles == PAGES + 10 * (batches - 1) else [f"snapshot: {articles} articles of {batches} batches"])


def opens(folder: Path) -> int:
    return told(snapshot_faults(folder))


def check(folder: Path) -> int:
    of, expected = settings(folder), json.loads((folder / "expected.json").read_text())
    with open_private(of) as con:
        found = content(con)
        faults = [f"{r.name}: {r.sample}" for r in run_checks(con) if r.violations]
    for name, rows in expected.items():
        if found.get(name) != rows:
            faults.append(
                f"{name}: lost {sorted(set(rows) - set(found.get(name, [])))[:2]}, strange {sorted(set(found[name]) - set(rows))[:2]}"
            )
    faults += snapshot_faults(folder)
    names = {path.name for path in of.published_dir.iterdir()} - {"news.duckdb", *(p.name for p in snapshots(of.published_dir).values())}
    return told(faults + [f"left over: {name}" for name in sorted(names)])


def told(faults: list[str]) -> int:
    print("\n".join(faults))
    return int(bool(faults))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = {call.__name__: call for call in (prepare, reset, run, opens, check)}
    parser.add_argument("command", choices=commands)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    logs.configure(level=40)
    return commands[arguments.command](arguments.folder)


if __name__ == "__main__":
    raise SystemExit(main())
