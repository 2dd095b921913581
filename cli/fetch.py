"""`consilience fetch`: the fetcher as a filter, JSON lines in and out. `python -m cli.fetch` does the same."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any

import typer

from common import ids, logs
from common.errors import ConsilienceError
from common.settings import Settings, load
from ingest.fetch import Answer, Fetcher

# Characters of text in one output line, so that a page of many megabytes does not flood the pipe.
MAX_TEXT_CHARS = 1_000_000
# Time for one URL when the caller names none is the setting; the benchmark names it here.
DEADLINE = "BENCH_DEADLINE_S"
# Part of the caller's deadline that is left for start-up and output.
DEADLINE_SHARE = 0.9


async def _fetch(settings: Settings, url: str) -> Answer:
    async with Fetcher(settings) as fetcher:
        return await fetcher.fetch(url)


def _result(settings: Settings, url: str) -> dict[str, Any]:
    from transforms.extract.decode import decode

    answer = asyncio.run(_fetch(settings, url))
    if answer.status != 200:
        return {"status": "error", "error_class": "gone", "final_url": answer.final_url}
    return {
        "status": "ok",
        "error_class": "",
        "bytes": len(answer.body),
        "final_url": answer.final_url,
        "sha256": ids.sha256(answer.body),
        "text": decode(answer.body, answer.header("content-type"))[:MAX_TEXT_CHARS].encode("utf-8", "replace").decode(),
    }


def answer_line(settings: Settings, line: str) -> dict[str, Any]:
    """One output object for one input line; a bad line or URL gives an error object."""
    began, found = monotonic(), {"bytes": 0, "sha256": ""}
    try:
        job = json.loads(line)
        url = str(job["url"])
    except (ValueError, KeyError, TypeError) as error:
        return {"id": None, "error": f"not an object with id and url: {error}"}
    found |= {"id": job.get("id"), "final_url": url}
    try:
        found |= _result(settings, url)
    except ConsilienceError as error:
        status = "rejected" if error.reason == "fetch_refused" else "error"
        found |= {"status": status, "error_class": error.reason, "error": str(error)}
    except Exception as error:  # noqa: BLE001  # a filter answers every line, whatever a page breaks
        found |= {"status": "error", "error_class": f"uncaught:{type(error).__name__}", "error": str(error)[:300]}
    return found | {"seconds": round(monotonic() - began, 3)}


def run(settings: Settings, lines: Iterable[str], write: Callable[[str], object]) -> None:
    """Answer every line in order."""
    for line in lines:
        if line.strip():
            write(json.dumps(answer_line(settings, line), ensure_ascii=False) + "\n")


def fetch() -> None:
    """Read {"id", "url"} lines, fetch each URL, write a line for each.

    Out: id, status (ok, rejected, error), error_class, bytes, seconds, final_url, sha256, text. Addresses, ports, sizes and time
    are bounded as in ingestion; robots.txt and delays are not asked for: use it for single pages.
    """
    settings = load()
    if DEADLINE in os.environ:
        settings = settings.model_copy(update={"fetch_deadline_s": float(os.environ[DEADLINE]) * DEADLINE_SHARE})

    def write(line: str) -> None:
        sys.stdout.write(line)
        sys.stdout.flush()

    run(settings, sys.stdin, write)


def register(app: typer.Typer) -> None:
    """Add `fetch` to the command tree."""
    app.command("fetch")(fetch)


if __name__ == "__main__":
    logs.configure()
    fetch()
