"""The whole way against a simulated news web: what is complete, what it costs in requests, whether manners hold.

Usage: python benchmarks/simweb.py PATH/TO/simweb [--outlets 6] [--days 2] [--plain] [--json FILE]

PATH is the folder of simweb.py and check_truth.py. The simulated clock and ours move together in steps of a slot; every slot does
what the DAGs ingest, recheck and (nightly) backfill do. At the end of the second day a fifth of the outlets is down for a day,
after the fourth we are (in shorter runs: never).
"""

from __future__ import annotations

import argparse
import json
import logging
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

import simweb_figures as figures
import yaml

from common import clock, logs
from common.settings import Settings
from ingest import stage
from ingest.store.captures import is_sealed, read_index, read_pages, sealed_batches

START = datetime(2026, 1, 5, tzinfo=UTC)  # simweb's T0
DAY = timedelta(days=1)
# Days after the start: when the outage of some outlets begins, and when ours does.
OUTAGE_DAY, STOP_DAY = 2, 4
# One outlet in so many is down for a day.
OUTAGE_EVERY = 5
# Real seconds for one fetch: the web here answers in milliseconds, and one request in three hundred is never answered.
DEADLINE_S = 3.0
# Real seconds between two requests to one outlet: below the server's --rate429, as a host's delay should be.
DELAY_S = 0.1
# Where simweb's front pages link to articles, and not to sections that do not exist.
FRONT_PAGE_LINKS = "main > ul a"
STORED = """
SELECT a.canonical_url AS url, v.headline AS title, v.body AS text, v.version_id::VARCHAR AS version
FROM core.article_version v JOIN core.article a USING (article_id)
"""


class SimulatedClock:
    """Simulated time: set at each step, running with the real one in between, so that Retry-After in seconds works."""

    def __init__(self) -> None:
        self.steps = [(time.time(), START)]  # real epoch, simulated instant

    def now(self) -> datetime:
        """The simulated instant."""
        real, simulated = self.steps[-1]
        return simulated + timedelta(seconds=time.time() - real)

    def set(self, instant: datetime) -> datetime:
        """Jump there, never back; returns the present instant."""
        self.steps.append((time.time(), max(instant, self.now())))
        return self.steps[-1][1]


class Web:
    """The child that serves, and its control."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options, self.record, self.truth = options, folder / "requests.jsonl", folder / "truth.jsonl"
        program = options.simweb / "simweb.py"
        world = ["--seed", str(options.seed), "--outlets", str(options.outlets), "--days", str(options.days)]
        subprocess.run([sys.executable, program, *world, "--truth", self.truth], check=True, capture_output=True)
        serving = ["--port", str(options.port), "--faults", str(options.faults), "--rate429", str(options.rate429), "--gzip"]
        server = [sys.executable, Path(__file__).with_name("simweb_server.py"), program, self.record, *world, *serving]
        self.child = subprocess.Popen(server, stderr=subprocess.PIPE, text=True)
        assert self.child.stderr
        while line := self.child.stderr.readline():
            if line.startswith("ready"):
                return
        raise SystemExit("simweb did not start; is the port free?")

    def control(self, what: str) -> dict[str, Any]:
        """Call /__sim/WHAT and return its answer."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.options.port}/__sim/{what}") as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def outage(self, seconds: float) -> None:
        """Take a fifth of the outlets down for so many real seconds; 0 brings them back."""
        for outlet in range(0, self.options.outlets, OUTAGE_EVERY):
            self.control(f"outage?o={outlet}&s={seconds}")


def write_outlets(folder: Path, options: argparse.Namespace) -> None:
    """One file an outlet, as a user would write it."""
    folder.mkdir()
    for number in range(options.outlets):
        home, name = f"http://127.1.{number >> 8}.{number & 255}:{options.port}", f"o{number:03d}"
        sources: dict[str, Any] = {"feeds": [f"{home}/rss.xml"], "sitemaps": [f"{home}/sitemap.xml", f"{home}/news-sitemap.xml"]}
        if options.sections:
            sources["sections"] = [{"url": f"{home}/", "links": FRONT_PAGE_LINKS}]
        content = {"id": name, "name": f"Outlet {number}", "home": f"{home}/", "language": "en", "delay_s": DELAY_S, **sources}
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content))


def settings_of(folder: Path, options: argparse.Namespace) -> Settings:
    """Settings of the run: everything at its default but what a web on one machine needs."""
    return Settings(
        data_dir=folder / "data",
        outlets_dir=folder / "outlets",
        host_delay_s=DELAY_S,
        fetch_deadline_s=DEADLINE_S,
        allow_networks=["127.0.0.0/8"],
        allow_ports=[options.port],
        outlets_per_group=options.outlets,
        warehouse_memory="4GB",
    )


def batch(settings: Settings, wanted: str) -> None:
    """What `dags/wiring.py` does with one partition key: plan, fetch, seal."""
    for group in stage.outlet_groups(settings):
        stage.ingest_group(settings, wanted, group)
    if read_index(settings, wanted):
        stage.seal_batch(settings, wanted)


def backfill(settings: Settings, day: datetime) -> None:
    """What `dags/backfill_dag.py` does after midnight for the day before."""
    key = f"archive/{day:%Y-%m-%d}"
    if not is_sealed(settings, key):
        batch(settings, key)


def slots(options: argparse.Namespace) -> Iterator[datetime]:
    """Ends of the slots that we are up for."""
    for number in range(1, options.days * 96 + options.tail * 4 + 1):
        at = START + number * timedelta(minutes=15)
        is_stopped = START + STOP_DAY * DAY <= at < START + (STOP_DAY + 1) * DAY
        if not is_stopped or options.days <= STOP_DAY + 1:
            yield at


def crawl(settings: Settings, web: Web, ours: SimulatedClock, options: argparse.Namespace) -> None:
    """Live through the days; progress goes to stderr once a simulated day."""
    down = False
    for at in slots(options):
        now = ours.set(at)
        web.control(f"set?t={now.timestamp():.3f}")
        is_outage = options.days > OUTAGE_DAY + 1 and START + OUTAGE_DAY * DAY <= at < START + (OUTAGE_DAY + 1) * DAY
        if is_outage != down:
            web.outage(1e9 if is_outage else 0)
            down = is_outage
        batch(settings, f"{at:%Y-%m-%dT%H:%M}")
        batch(settings, f"recheck/{at:%Y-%m-%dT%H:%M}")
        if (at.hour, at.minute) == (0, 15):
            if options.backfill:
                backfill(settings, at - DAY)
            told = web.control("stats")
            print(
                f"{at:%m-%d %H:%M} published {told['published']} fetched {told['distinct_articles_fetched']} {told['stats']}",
                file=sys.stderr,
            )


def store(settings: Settings, options: argparse.Namespace) -> None:
    """Transform, load and publish with the real stages, the batches of a day together; comparing and checking once, at the publication.

    Slots come every second here and not every quarter of an hour: processes for each of them would start longer than they read.
    """
    from warehouse import stages

    stages._compare = stages._check = lambda *_: None
    if options.plain:
        stages._read = figures.plainly
    by_day = groupby(sealed_batches(settings), key=lambda found: found.made_at.date())
    for day, found in by_day:
        keys = [one.batch_key for one in found]
        index = (capture for key in keys for capture in read_index(settings, key))
        stages._land(settings, f"day/{day}", index, (page for key in keys for page in read_pages(settings, key)))
        stages.load_batch(settings, f"day/{day}")
    stages.publish(settings)


def judged(settings: Settings, web: Web, options: argparse.Namespace) -> dict[str, Any]:
    """What check_truth.py says of the published warehouse."""
    until = (START + options.days * DAY).timestamp()
    import duckdb

    with duckdb.connect(str(settings.published_file), read_only=True) as con:
        ((versions,),) = con.execute("SELECT count(*) FROM core.article_version").fetchall()
        merged = con.execute("SELECT reason, count(*) FROM core.article_alias WHERE is_merged GROUP BY reason").fetchall()
        ((removed,),) = con.execute("SELECT count(*) FROM marts.removals").fetchall()
    limits = ["--until", str(until), "--grace", str(options.grace)]
    stored = ["--db", settings.published_file, "--sql", STORED]
    command = [sys.executable, options.simweb / "check_truth.py", "--truth", web.truth, *limits, *stored]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    found: dict[str, Any] = json.loads(told.stdout)
    share = round(found["title_versions_seen"] / max(1, found["title_versions_due"]), 4)
    return found | {"share of title versions": share, "versions": versions, "merged": dict(merged), "removed": removed}


@contextmanager
def timed(times: dict[str, float], name: str) -> Iterator[None]:
    """Note wall and CPU seconds of a step, children that have ended included."""
    wall, cpu = time.time(), sum(resource.getrusage(who).ru_utime for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    yield
    times[f"{name} wall s"] = round(time.time() - wall)
    times[f"{name} cpu s"] = round(sum(resource.getrusage(who).ru_utime for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) - cpu)


def run(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """One run; returns its figures."""
    ours, times = SimulatedClock(), {}
    write_outlets(folder / "outlets", options)
    settings, web = settings_of(folder, options), Web(options, folder)
    clock.now = ours.now
    # thousands of steps in one process: the outlet files don't change, and an engine remembers the statements that it compiled
    stage.load_outlets, engine = lru_cache(maxsize=1)(stage.load_outlets), stage.open_state(settings)
    stage.open_state = lambda _settings: engine
    try:
        with timed(times, "crawl"):
            crawl(settings, web, ours, options)
    finally:
        web.child.terminate()
        web.child.wait()
    asked = figures.requests(web.record, ours.steps)
    with timed(times, "store"):
        store(settings, options)
    truth = judged(settings, web, options)
    return {"requests per stored version": round(asked["requests"] / max(1, truth["versions"]), 4), **truth, **asked, **times}


def parsed() -> argparse.Namespace:
    """The command line."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("simweb", type=Path, help="folder of simweb.py and check_truth.py")
    options.add_argument("--outlets", type=int, default=50)
    options.add_argument("--days", type=int, default=7)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--port", type=int, default=8091)
    options.add_argument("--faults", type=float, default=0.01)
    options.add_argument("--rate429", type=int, default=10)
    options.add_argument("--tail", type=int, default=8, help="hours to go on before judging, until the rarest source had its turn")
    options.add_argument("--grace", type=int, default=3600, help="check_truth.py's: articles of the last seconds are not due")
    options.add_argument(
        "--plain", action="store_true", help="read pages with a few regular expressions instead of the transforms, without claims"
    )
    options.add_argument("--no-backfill", dest="backfill", action="store_false", help="leave the nightly archive run out")
    options.add_argument("--sections", action="store_true", help="name the front pages in the outlet files, too")
    options.add_argument("--keep", type=Path, help="folder to work in and leave behind; a fast disk, e.g. /dev/shm/simweb")
    options.add_argument("--json", type=Path, help="write the figures there, too")
    return options.parse_args()


def main() -> None:
    """Run, print, write."""
    options = parsed()
    logs.configure(level=logging.ERROR)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        found = run(options, folder)
    figures.table(found)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
