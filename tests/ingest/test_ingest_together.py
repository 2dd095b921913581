"""Several processes and batches at work on the same outlets at once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime

import pytest

from ingest.stage import ingest_group, seal_batch
from ingest.store.captures import read_index, sealed_batches

NOW = datetime.now(UTC)
PAGES = 12

# One interpreter that forks a child a batch; all start together.
TOGETHER = """
import os, sys
from common import logs
from common.settings import Settings
from ingest.manners import visit
from ingest.stage import ingest_group, seal_batch
logs.configure(level=50)
visit.LOOK_AGAIN_S = 0.02
folder, outlets, state, delay, *batches = sys.argv[1:]
settings = Settings(_env_file=None, data_dir=folder, outlets_dir=outlets, state_url=state, allow_networks=["127.0.0.0/8"],
                    allow_ports=[], host_delay_s=float(delay), lookback_days=7, urls_per_run=5, poll_max_s=0.0)
ready, go = os.pipe()
children = []
for batch in batches:
    child = os.fork()
    if child == 0:
        os.close(go)
        os.read(ready, 1)
        try:
            ingest_group(settings, batch, ["paper"])
            seal_batch(settings, batch)
            os._exit(0)
        except BaseException as error:
            print(batch, repr(error), file=sys.stderr, flush=True)
            os._exit(1)
    children.append(child)
os.close(go)
sys.exit(sum(os.waitpid(child, 0)[1] != 0 for child in children))
"""


@pytest.fixture
def paper(site, add_outlet):
    add_outlet("paper", site, 'feeds: ["{base}/feed"]', 'sitemaps: ["{base}/map.xml"]')
    site.feed("/feed", [(f"/{n}", NOW) for n in range(PAGES)])
    site.sitemap("/map.xml", [(f"/{n}", f"{NOW:%Y-%m-%d}") for n in range(PAGES)])
    for n in range(PAGES):
        site.put(f"/{n}", f"<p>{n}")
    return site


def together(settings, state_url, delay, *batches):
    arguments = [str(settings.data_dir), str(settings.outlets_dir), state_url, str(delay), *batches]
    done = subprocess.run([sys.executable, "-c", TOGETHER, *arguments], capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, done.stderr


def captured(settings, *batches):
    return Counter(one.url.rpartition("/")[2] for batch in batches for one in read_index(settings, batch))


def test_batches_of_one_outlet_share_its_pages(paper, on_state, state_url):
    batches = ["2026-11-23T10:15", "2026-11-23T10:30", f"archive/{NOW:%Y-%m-%d}"]
    together(on_state, state_url, 0.0, *batches)
    assert sorted(one.batch_key for one in sealed_batches(on_state)) == sorted(batches)
    first = captured(on_state, *batches)
    assert set(first.values()) <= {1}
    ingest_group(on_state, "2026-11-23T10:45", ["paper"])  # what no batch had room for
    assert captured(on_state, *batches, "2026-11-23T10:45") == {str(n): 1 for n in range(PAGES)}
    asked = Counter(paper.paths())
    assert all(asked[f"/{n}"] == 1 for n in range(PAGES))


def test_processes_keep_the_delay_of_a_host_together(paper, settings):
    moments = []

    def noting(reply):
        return lambda _handler: moments.append(datetime.now(UTC)) or reply

    for path, reply in list(paper.pages.items()):
        paper.pages[path] = noting(reply)
    settings.data_dir.mkdir()
    together(settings, settings.state_database_url, 0.05, "2026-11-23T10:15", "2026-11-23T10:30")
    moments.sort()
    assert len(moments) > 10
    # the site may notice one request late, so the whole is judged: two processes that did not share the delay would need half the time
    assert (moments[-1] - moments[0]).total_seconds() >= 0.9 * 0.05 * (len(moments) - 1)


def test_counts_are_plain_data(paper, settings):
    counts = ingest_group(settings, "2026-11-23T10:15", ["paper"])
    assert json.loads(json.dumps(counts)) == counts
    assert seal_batch(settings, "2026-11-23T10:15").captures == counts["fetched"]
