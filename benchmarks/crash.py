"""The real ingest stage under kill -9: commands for a loop that kills `run` at random moments and wants `check` to pass in the end.

    python benchmarks/crash.py serve FOLDER PATH/TO/simweb.py [--outlets 2] [--per-day 8]     # the web; leave it running
    python PATH/TO/crash_loop.py --reset "python benchmarks/crash.py reset FOLDER" --run "python benchmarks/crash.py run FOLDER" \\
        --check "python benchmarks/crash.py check FOLDER" --kills 200 [--syscalls]

`run` is one live batch: discover, fetch, commit, settle, seal. The first `check` of a folder notes what an undisturbed run captured;
from then on every page of it must be there once and readable, and the frontier must agree. A run takes place ten minutes after the one
before it, by the clock of the simulated world, as a retried task does; so leases of the dead have ended.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from common import clock
from common.settings import Settings

BATCH = "2026-01-05T23:45"
# simweb's first second; the world stands still near the end of its first day.
T0, OFFSET_S = datetime(2026, 1, 5, tzinfo=UTC), 86_000
RETRY_S = 600
# Few captures a segment, so that a short run has many commits.
SEGMENT_CAPTURES = 4


def read(folder: Path, name: str, default: Any = None) -> Any:
    path = folder / name
    return json.loads(path.read_text()) if path.is_file() else default


def settings(folder: Path) -> Settings:
    return Settings(
        _env_file=None,
        data_dir=folder / "data",
        outlets_dir=folder / "outlets",
        allow_networks=["127.0.0.0/8"],
        allow_ports=[],
        host_delay_s=0.0,
        lookback_days=3,
        outlets_per_group=100,
    )


def serve(folder: Path, simweb: Path, outlets: int, per_day: int, port: int) -> int:
    """The simulated web, standing still; the outlets' files."""
    (folder / "outlets").mkdir(parents=True, exist_ok=True)
    for number in range(outlets):
        base = f"http://127.1.{number // 256}.{number % 256}:{port}"
        text = f"id: o{number:03d}\nname: O {number}\nhome: {base}/\nfeeds: ['{base}/rss.xml']\nsitemaps: ['{base}/sitemap.xml']\n"
        (folder / "outlets" / f"o{number:03d}.yaml").write_text(text)
    world = ["--outlets", outlets, "--days", 1, "--per-day", per_day, "--port", port, "--speed", 0, "--offset", OFFSET_S]
    return subprocess.call([sys.executable, str(simweb), *map(str, world)])


def reset(folder: Path) -> int:
    shutil.rmtree(folder / "data", ignore_errors=True)
    return 0


def set_clock(folder: Path) -> None:
    """World time, moving on from where it stands; each run begins later than any before it."""
    runs = len(list((folder / "data").glob("run-*"))) if (folder / "data").is_dir() else 0
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data" / f"run-{runs}").touch()
    begin, began = T0 + timedelta(seconds=OFFSET_S + RETRY_S * runs), time.monotonic()
    clock.now = lambda: begin + timedelta(seconds=time.monotonic() - began)


def run(folder: Path) -> int:
    """One live batch to its seal; what the busy machine made time out is tried again later."""
    from common import logs
    from ingest.stage import ingest_group, outlet_groups, seal_batch
    from ingest.store import captures

    logs.configure(level=40)
    captures.SEGMENT_CAPTURES = SEGMENT_CAPTURES
    for _try in range(5):
        set_clock(folder)
        found = [ingest_group(settings(folder), BATCH, group) for group in outlet_groups(settings(folder))]
        if not any(one.get("postponed") for one in found):
            break
    seal_batch(settings(folder), BATCH)
    return 0


def archive_faults(folder: Path, index: list[Any]) -> list[str]:
    """WARC files that are damaged, or hold other records than their index says."""
    from ingest.store.warc_read import Damage, records

    faults, held = [], Counter[str]()
    for path in sorted(settings(folder).captures_dir.glob("*/*.warc.gz")):
        damage = Damage()
        with path.open("rb") as stream:
            held.update(one.headers["warc-target-uri"] for one in records(stream, damage) if one.kind == "metadata")
        if damage.count or not path.with_name(path.name.replace(".warc.gz", ".jsonl")).is_file():
            faults.append(f"{path.name}: damage {damage.notes}, or no index")
    if held != Counter(one.url for one in index):
        faults.append("the archives hold other captures than the indexes")
    return faults


def frontier_faults(folder: Path, index: list[Any]) -> list[str]:
    """URLs whose state is not what their capture says."""
    state = sqlite3.connect(folder / "data" / "state.db")
    known = {row[0]: row[1:] for row in state.execute("SELECT url, status, claimed_by, captured_batch FROM consilience_url")}
    wanted = {"fetched": "done", "not_modified": "done", "gone": "dead", "failed": "dead"}
    faults = [f"{one.url}: {known.get(one.url)}" for one in index if known.get(one.url) != (wanted[one.outcome], None, BATCH)]
    return faults + [f"{url}: still claimed" for url, (_status, claimed, _batch) in known.items() if claimed]


def check(folder: Path) -> int:
    """Everything that must hold after a completed run; prints what does not."""
    from ingest.store import captures

    of = settings(folder)
    index = captures.read_index(of, BATCH)
    counts, outcomes = Counter(one.url for one in index), {one.url: one.outcome for one in index}
    reference = read(folder, "reference.json")
    if reference is None:
        (folder / "reference.json").write_text(json.dumps(outcomes))
        reference = outcomes
    faults = [f"lost: {url}" for url in reference.keys() - outcomes.keys()] + [
        f"strange: {url}" for url in outcomes.keys() - reference.keys()
    ]
    faults += [f"doubled: {url}" for url, count in counts.items() if count > 1]
    faults += [
        f"{url}: {outcomes[url]}, not {reference[url]}" for url in outcomes.keys() & reference.keys() if outcomes[url] != reference[url]
    ]
    faults += [f"unreadable: {page.capture.url}" for page in captures.read_pages(of, BATCH) if page.capture.outcome == "failed"]
    faults += [f"left over: {path}" for path in (folder / "data").rglob("*.tmp")]
    faults += [] if captures.is_sealed(of, BATCH) and captures.seal(of, BATCH).captures == len(index) else ["not sealed"]
    faults += archive_faults(folder, index) + frontier_faults(folder, index)
    print(f"{len(index)} captures, {len(captures.segments(of, BATCH))} segments, {len(faults)} faults", *faults[:5], sep="\n")
    return 1 if faults or not index else 0


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("step", choices=["serve", "reset", "run", "check"])
    options.add_argument("folder", type=Path)
    options.add_argument("simweb", type=Path, nargs="?")
    options.add_argument("--outlets", type=int, default=2)
    options.add_argument("--per-day", type=int, default=8)
    options.add_argument("--port", type=int, default=18_437)
    given = options.parse_args()
    if given.step == "serve":
        return serve(given.folder, given.simweb, given.outlets, given.per_day, given.port)
    return {"reset": reset, "run": run, "check": check}[given.step](given.folder)


if __name__ == "__main__":
    sys.exit(main())
