"""kill -9 at every step of a batch, then a retry: nothing is lost, nothing is doubled."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime

import pytest

from ingest.stage import ingest_group, seal_batch
from ingest.store.captures import read_index, read_pages

LIVE = "2026-11-23T10:15"
NOW = datetime.now(UTC)
PAGES = 7

# One interpreter that forks a child for each n and kills it at the n-th step (before or after it), until a child gets through.
# Steps are the calls that change state or files; some are tried here (a stride of 1 takes minutes). Each round has a data folder
# of its own; the parent of the forks retries.
LOOP = """
import itertools, json, os, signal, sys
from pathlib import Path
from common import logs
from common.settings import Settings
from ingest import frontier, settling
from ingest.manners import hosts, visit
from ingest.rhythm import polls, sightings
from ingest.store import captures
from ingest.stage import ingest_group

logs.configure(level=50)
folder, outlets, batch = sys.argv[1:4]
captures.SEGMENT_CAPTURES = 3
visit.LEASE_MARGIN_S = 0.05

def settings(n):
    return Settings(_env_file=None, data_dir=Path(folder) / str(n), outlets_dir=Path(outlets), allow_networks=["127.0.0.0/8"],
                    allow_ports=[], host_delay_s=0.0, fetch_deadline_s=0.5, lookback_days=7, poll_max_s=0.0)

def in_child(work):
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
    return os.waitpid(child, 0)[1]

def armed(n):
    steps = itertools.count(1)
    def step():
        if next(steps) == n:
            os.kill(os.getpid(), signal.SIGKILL)
    def deadly(function):
        def wrapped(*args, **more):
            step()
            result = function(*args, **more)
            step()
            return result
        return wrapped
    for module, names in ((frontier, "claim release"), (sightings, "notice"), (polls, "note"), (settling, "settle"),
                          (captures, "write_durably"), (hosts, "give_back keep_robots")):
        for name in names.split():
            setattr(module, name, deadly(getattr(module, name)))
    ingest_group(settings(n), batch, ["paper"])

for n in itertools.count(1, int(sys.argv[4])):
    status = in_child(lambda: armed(n))
    if status != signal.SIGKILL:
        print(json.dumps({"end": n, "status": status}), flush=True)
        break
    print(json.dumps({"n": n, "retry": in_child(lambda: ingest_group(settings(n), batch, ["paper"]))}), flush=True)
"""


@pytest.fixture
def paper(site, add_outlet):
    add_outlet("paper", site, 'feeds: ["{base}/feed"]', 'sitemaps: ["{base}/map.xml"]')
    site.feed("/feed", [(f"/{n}", NOW) for n in range(PAGES)], ETag='"f"')
    site.sitemap("/map.xml", [(f"/2018/09/20/{n}", None) for n in range(PAGES)])
    for n in range(PAGES):
        site.put(f"/{n}", f"<p>{n}")
        site.put(f"/2018/09/20/{n}", f"<p>{n}")
    return site


@pytest.mark.parametrize(("batch", "stride"), [(LIVE, 19), ("archive/2018-09-20", 41)])
def test_a_kill_at_any_step_is_healed_by_a_retry(paper, settings, tmp_path, batch, stride):
    done = subprocess.run(
        [sys.executable, "-c", LOOP, str(tmp_path / "rounds"), str(settings.outlets_dir), batch, str(stride)],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    rounds = [json.loads(line) for line in done.stdout.splitlines()]
    assert rounds[-1].get("status") == 0, done.stderr
    assert len(rounds) > 1
    for one in rounds[:-1]:
        assert one["retry"] == 0, done.stderr
        of_round = settings.model_copy(update={"data_dir": tmp_path / "rounds" / str(one["n"])})
        index = read_index(of_round, batch)
        assert Counter(capture.url[-1] for capture in index) == dict.fromkeys("0123456", 1), one
        assert sorted(page.body for page in read_pages(of_round, batch)) == [f"<p>{n}".encode() for n in range(PAGES)]
        asked = ingest_group(of_round, batch, ["paper"])
        assert asked["fetched"] == PAGES


def test_a_task_killed_in_the_middle_of_a_fetch_is_healed(paper, settings, monkeypatch):
    """The process dies while it waits for a page; its lease and its claims must not block the retry for long."""
    script = LOOP.split("def in_child", maxsplit=1)[0] + "captures.SEGMENT_CAPTURES = 2\ningest_group(settings(0), batch, ['paper'])\n"
    data_dir = settings.data_dir
    arguments = [sys.executable, "-c", script, str(data_dir), str(settings.outlets_dir), LIVE]
    calm = paper.pages["/3"]
    victim = []

    def killing(_handler):
        os.kill(victim[0].pid, signal.SIGKILL)
        return calm

    paper.pages["/3"] = killing
    victim.append(subprocess.Popen(arguments))
    assert victim[0].wait(timeout=60) == -signal.SIGKILL
    paper.pages["/3"] = calm
    of_task = settings.model_copy(update={"data_dir": data_dir / "0"})
    committed = len(read_index(of_task, LIVE))
    assert committed in {0, 2, 4, 6}
    monkeypatch.setattr("ingest.manners.visit.LOOK_AGAIN_S", 0.02)
    assert ingest_group(of_task, LIVE, ["paper"])["fetched"] == PAGES
    assert Counter(capture.url[-1] for capture in read_index(of_task, LIVE)) == dict.fromkeys("0123456", 1)
    assert seal_batch(of_task, LIVE).captures == PAGES
    asked = Counter(paper.paths())
    assert sum(asked[f"/{n}"] for n in range(PAGES)) <= PAGES + 2  # only what was not committed is asked for again
