"""Figures of a simulated week: from the server's record of requests, and from what was stored."""

from __future__ import annotations

import html
import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from common.settings import Settings
from ingest.captures import read_pages, sealed_batches

Line = dict[str, Any]
TITLE = re.compile(rb"<h1>(.*?)</h1>", re.DOTALL)
CANONICAL = re.compile(rb'<link rel=canonical href="([^"]+)"')


def lines_of(record: Path) -> list[Line]:
    """Requests in the order in which they came; the last line may be cut."""
    found = []
    for text in record.read_text("utf-8").splitlines():
        try:
            found.append(json.loads(text))
        except ValueError:
            continue
    return sorted(found, key=lambda line: float(line["begin"]))


def fate(line: Line, seen: dict[tuple[int, str], str]) -> str:
    """What a request was for; `seen` holds the validator that each address showed last."""
    address, status, etag = (line["outlet"], line["path"]), line["status"], line["etag"]
    before = seen.get(address)
    if status in {"200", "304"} and etag:
        seen[address] = etag
    if status not in {"200", "304"}:
        return {"301": "moved", "404": "gone", "410": "gone", "429": "told to wait"}.get(status, "failed")
    if line["kind"] != "page":
        return "not modified" if status == "304" else "unchanged" if etag and etag == before else "read"
    if before is None:
        return "new"
    return "not modified" if status == "304" else "unchanged" if etag == before else "changed"


def simulated(real: float, steps: list[tuple[float, datetime]]) -> float:
    """Simulated epoch of a real one."""
    began, instant = steps[max(bisect_right([step[0] for step in steps], real) - 1, 0)]
    return instant.timestamp() + real - began


def before_their_time(lines: list[Line], steps: list[tuple[float, datetime]]) -> int:
    """Requests to an outlet before the end of the Retry-After that it had answered (simulated time)."""
    closed: dict[int, float] = {}
    early = 0
    for line in lines:
        early += simulated(line["begin"], steps) < closed.get(line["outlet"], 0)
        if line["wait"]:
            closed[line["outlet"]] = max(closed.get(line["outlet"], 0), simulated(line["end"], steps) + float(line["wait"]))
    return early


def requests(record: Path, steps: list[tuple[float, datetime]]) -> dict[str, Any]:
    """Requests by kind and fate, share of 304 among unchanged polls, and breaches of manners."""
    lines, seen = lines_of(record), {}
    fates = Counter(f"{line['kind']}: {fate(line, seen)}" for line in lines)
    unchanged = {name: count for name, count in fates.items() if name.endswith((": not modified", ": unchanged"))}
    spared = sum(count for name, count in unchanged.items() if name.endswith("not modified"))
    return {
        "requests": len(lines),
        "by kind": dict(sorted(fates.items())),
        "304 of unchanged polls": round(spared / max(1, sum(unchanged.values())), 4),
        "two at once": sum(line["others"] > 0 for line in lines),
        "before Retry-After": before_their_time(lines, steps),
    }


def plain_rows(settings: Settings) -> Iterator[dict[str, str]]:
    """What check_truth.py needs, straight from the captured pages: for runs without transforms; address by rel=canonical."""
    for batch in sealed_batches(settings):
        for page in read_pages(settings, batch.batch_key):
            title, link = TITLE.search(page.body), CANONICAL.search(page.body)
            if title and link:
                charset = (page.capture.content_type or "").partition("charset=")[2] or "utf-8"
                yield {
                    "url": link[1].decode(),
                    "title": html.unescape(title[1].decode(charset)),
                    "text": "",
                    "version": page.capture.sha256 or "",
                }


def write_rows(rows: Iterable[dict[str, str]], path: Path) -> int:
    """Write rows as JSON lines; returns how many different versions there are."""
    versions = set()
    with path.open("w") as file:
        for row in rows:
            versions.add((row["url"], row["version"]))
            file.write(json.dumps(row) + "\n")
    return len(versions)


def table(figures: dict[str, Any]) -> None:
    """Print figures for people."""
    from rich.console import Console
    from rich.table import Table

    shown = Table("figure", "value", title="simulated web")
    for name, value in figures.items():
        if isinstance(value, dict):
            for inner, one in value.items():
                shown.add_row(f"{name}: {inner}", str(one))
        else:
            shown.add_row(name, str(value))
    Console(width=140).print(shown)
