"""`python -m demo.newsroom --port 8800 --outlets DIR`: serve the ten outlets until Ctrl-C or SIGTERM."""

from __future__ import annotations

import argparse
import datetime as dt
import signal
import sys
import threading
from pathlib import Path

import typer

from common.errors import Misconfigured
from demo.newsroom.clock import Clock, Newsstand
from demo.newsroom.edition import STORIES, load_stories
from demo.newsroom.houses import HOUSES
from demo.newsroom.room import Newsroom

# Exit code for a fault that a person has to mend (sysexits.h: EX_CONFIG).
CONFIGURATION = 78


def instant(words: str) -> dt.datetime:
    """An ISO 8601 time; UTC where no zone is given."""
    parsed = dt.datetime.fromisoformat(words)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=dt.UTC)


def parser() -> argparse.ArgumentParser:
    """The options."""
    options = argparse.ArgumentParser("python -m demo.newsroom", description=__doc__)
    options.add_argument("--port", type=int, default=8800, help="base port; the outlets take the ten ports above it (default 8800)")
    options.add_argument("--outlets", type=Path, required=True, help="folder to write the outlet files into")
    options.add_argument("--stories", type=Path, default=STORIES, help="folder of story files (default: the demo's own)")
    options.add_argument("--state", type=Path, help="file that keeps the newsroom's clock between runs")
    options.add_argument("--clock", type=instant, help="newsroom time at opening (default: two hours ago, or as kept in --state)")
    return options


def main(arguments: list[str] | None = None) -> int:
    """Run the newsroom; 78 when a port or a story file has to be mended."""
    given = parser().parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        stand = Newsstand(Clock(given.clock) if given.clock else None, given.state)
        with Newsroom(given.port, load_stories(given.stories), stand) as room:
            room.write_outlets(given.outlets)
            typer.echo(f"{len(HOUSES)} outlets, {len(room.articles)} articles: {room.base}/")
            stop.wait()
    except Misconfigured as error:
        typer.echo(str(error), err=True)
        return CONFIGURATION
    return 0


if __name__ == "__main__":
    sys.exit(main())
