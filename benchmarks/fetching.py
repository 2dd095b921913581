"""Pages a second of fetch + capture over the real frontier, on one core, beside bare GETs by httpx and httpcore in the same run.

Usage: python benchmarks/fetching.py PATH/TO/simweb.py [--rounds 3] [--pages 10000] [--outlets 20] [--gzip] [--profile FILE]

A round is one batch: its URLs are offered to the frontier, claimed, fetched by the outlets side by side (one request at a time each, no
delay), written as WARC segments and settled, all durable. Client and server are pinned to a core each. On a machine that others use
too, read the pages per CPU second and the ratios; the pages per second are what was left of the core.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import itertools
import os
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpcore
import httpx
import psutil

from common import clock, logs, urls
from common.settings import Settings
from ingest import frontier
from ingest.discover.records import Discovered
from ingest.manners.visit import Visitor
from ingest.outlets import chosen, load_outlets
from ingest.records import Hint
from ingest.run import OutletRun, Work
from ingest.state import open_state

CLIENT_CORE, SERVER_CORE = 0, 1
DAYS = 7
# Pages for each baseline: enough for a steady figure, few enough not to take the day.
BASELINE_PAGES = 1500


@contextmanager
def serving(simweb: Path, outlets: int, *, is_gzip: bool) -> Iterator[int]:
    """simweb with its clock at the end of the simulated days; yields the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--outlets", str(outlets), "--days", str(DAYS), "--port", str(port), "--speed", "0", "--offset", str(DAYS * 86400 - 60)]
    command = [sys.executable, str(simweb), *options, *(["--gzip"] if is_gzip else [])]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    os.sched_setaffinity(server.pid, {SERVER_CORE})
    try:
        assert server.stderr
        while "ready" not in server.stderr.readline():
            assert server.poll() is None, "simweb ended"
        yield port
    finally:
        server.terminate()
        server.wait()


def addresses(port: int, outlets: int) -> dict[str, list[str]]:
    """Pages of each outlet, as its sitemaps name them."""

    def locations(url: str) -> list[str]:
        with urllib.request.urlopen(url) as answer:
            return re.findall(r"<loc>([^<]+)</loc>", answer.read().decode())

    found = {}
    for number in range(outlets):
        index = locations(f"http://127.1.{number >> 8}.{number & 255}:{port}/sitemap.xml")
        found[f"o{number}"] = [page for sitemap in index for page in locations(sitemap)]
    return found


def spread(pages: dict[str, list[str]], count: int, round_: int) -> dict[str, list[str]]:
    """`count` different URLs over all outlets; a parameter tells repetitions apart, which simweb does not look at."""
    share = -(-count // len(pages))
    repeated = {outlet: itertools.cycle(known) for outlet, known in pages.items()}
    return {outlet: [f"{next(repeated[outlet])}?round={round_}-{n}" for n in range(share)] for outlet in pages}


def settings_for(folder: Path, pages: dict[str, list[str]], per_outlet: int) -> Settings:
    """Settings without politeness, and an outlet file each."""
    (folder / "outlets").mkdir()
    for outlet, known in pages.items():
        home = urls.origin(known[0])
        (folder / "outlets" / f"{outlet}.yaml").write_text(f'id: {outlet}\nname: {outlet}\nhome: {home}/\nfeeds: ["{home}/rss.xml"]\n')
    return Settings(
        _env_file=None,
        data_dir=folder / "data",
        outlets_dir=folder / "outlets",
        allow_networks=["127.0.0.0/8"],
        allow_ports=[],
        host_delay_s=0.0,
        urls_per_run=per_outlet,
    )


async def ours(settings: Settings, batch: str, todo: dict[str, list[str]]) -> int:
    """One batch through the real run of each outlet; returns the pages fetched."""
    engine = open_state(settings)
    for outlet, found in todo.items():
        frontier.offer(engine, outlet, [Discovered(urls.canonical(url), Hint(source="push")) for url in found], clock.now())
    async with Visitor(settings, engine) as visitor:
        work = Work(settings, engine, visitor, batch, lambda *_: None)
        outlets = chosen(load_outlets(settings.outlets_dir), list(todo))
        counts = await asyncio.gather(*(OutletRun(work, outlet).run() for outlet in outlets))
    engine.dispose()
    return sum(count["fetched"] for count in counts)


async def by_httpx(todo: dict[str, list[str]]) -> int:
    """Bare GETs, bodies read and dropped."""
    async with httpx.AsyncClient(timeout=60) as client:

        async def outlet(found: list[str]) -> int:
            return sum([(await client.get(url)).status_code == 200 for url in found])

        return sum(await asyncio.gather(*map(outlet, todo.values())))


async def by_httpcore(todo: dict[str, list[str]]) -> int:
    """The same one floor below."""
    async with httpcore.AsyncConnectionPool() as pool:

        async def outlet(found: list[str]) -> int:
            return sum([(await pool.request("GET", url)).status == 200 for url in found])

        return sum(await asyncio.gather(*map(outlet, todo.values())))


def measured(name: str, job: Callable[[], Awaitable[int]]) -> float:
    """Run a job, print its figures, return its pages per CPU second."""
    cpu, began = time.process_time(), time.perf_counter()
    pages = asyncio.run(job())  # type: ignore[arg-type]
    cpu, wall = time.process_time() - cpu, time.perf_counter() - began
    rss = psutil.Process().memory_info().rss / 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    print(f"{name:24} {pages:7} pages {pages / wall:7.0f} /s {pages / cpu:7.0f} /CPU s   RSS {rss:6.1f} MB, peak {peak:6.1f}", flush=True)
    return pages / cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("simweb", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", type=int, default=10_000, help="pages of a round")
    parser.add_argument("--outlets", type=int, default=20)
    parser.add_argument("--gzip", action="store_true", help="the server sends gzip")
    parser.add_argument("--profile", help="write cProfile's figures of the rounds to this file")
    told = parser.parse_args()
    logs.configure(level=40)
    os.sched_setaffinity(0, {CLIENT_CORE})
    profile = cProfile.Profile() if told.profile else None
    with serving(told.simweb, told.outlets, is_gzip=told.gzip) as port, tempfile.TemporaryDirectory() as folder:
        pages = addresses(port, told.outlets)
        settings = settings_for(Path(folder), pages, told.pages)
        few = spread(pages, BASELINE_PAGES, 0)
        base = measured("httpx, bare GET", lambda: by_httpx(few))
        core = measured("httpcore, bare GET", lambda: by_httpcore(few))
        best = 0.0
        for number in range(told.rounds):
            job = partial(ours, settings, f"push/{number}", spread(pages, told.pages, number))
            if profile:
                profile.enable()
            best = max(best, measured(f"fetch + capture, round {number}", job))
            if profile:
                profile.disable()
            shutil.rmtree(settings.captures_dir)
        print(f"ratio to httpx {best / base:.2f}, to httpcore {best / core:.2f} (pages per CPU second, best round)")
    if profile:
        profile.dump_stats(told.profile)


if __name__ == "__main__":
    main()
