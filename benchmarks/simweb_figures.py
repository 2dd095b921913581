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
from urllib.parse import urlsplit

from common import urls
from ingest.records import Capture, OutletProfile, Page
from transforms.extract.records import ExtractedPage
from transforms.pipeline import article_of, rejection, version_of
from transforms.records import Transformed

Line = dict[str, Any]
TITLE, PARAGRAPH = re.compile(r"<h1>(.*?)</h1>", re.DOTALL), re.compile(r"<p>(.*?)</p>", re.DOTALL)
CANONICAL, PUBLISHED = re.compile(r'<link rel=canonical href="([^"]+)"'), re.compile(r'"article:published_time" content="([^"]+)"')


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


def plainly(_settings: object, pages: Iterable[Page], outlets: dict[str, OutletProfile], *_memory: object) -> Iterator[Transformed]:
    """Records of simweb's pages by a few regular expressions: the warehouse gets what it needs for identity, at a tenth of the time."""
    for page in pages:
        text = page.body.decode((page.capture.content_type or "").partition("charset=")[2] or "utf-8")
        title, link, at = TITLE.search(text), CANONICAL.search(text), PUBLISHED.search(text)
        if not (title and link and at):
            yield Transformed(rejection=rejection(page.capture, "extract", "no_article", "no title", "filtered"))
            continue
        whole = "\n\n".join(html.unescape(part) for part in PARAGRAPH.findall(text[title.end() :].partition("</article>")[0]))
        read = ExtractedPage(
            headline=html.unescape(title[1]),
            body=whole,
            canonical_url=canonical_of(link[1], page.capture, outlets),
            published_at=datetime.fromisoformat(at[1]),
        )
        article = article_of(read, page.capture)
        yield Transformed(article=article, version=version_of(read, page.capture, article))


def canonical_of(link: str, capture: Capture, outlets: dict[str, OutletProfile]) -> str:
    """rel=canonical where it is the outlet's own."""
    is_own = urlsplit(link).netloc == urlsplit(outlets[capture.outlet_id].home).netloc
    return urls.canonical(link if is_own else capture.final_url)


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
