"""Lists of addresses in files: CSV with a column `url`, JSON lines with a field `url`, or one address a line."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from common import clock, urls
from common.errors import FetchRefused, Misconfigured
from common.settings import Settings
from ingest import frontier
from ingest.discover.dates import day_in_url, instant, w3c_end
from ingest.discover.domains import belongs
from ingest.discover.records import Discovered
from ingest.outlets import Outlet, chosen, load_outlets
from ingest.records import Hint
from ingest.state import open_state

COLUMN = "url"
# Columns that hold the day or time of publication, the first that is there.
DATES = ("published", "published_at", "date")
# Longest line that is read; an address ends at 8000 characters.
MAX_LINE_CHARS = 64 * 1024
# Stands for a longer line: no address in any kind of file, so that the line is told.
OVERLONG = f"(a line of more than {MAX_LINE_CHARS} characters)"
# Addresses that are put into the frontier in one transaction.
CHUNK = 1000
# Bad lines that are told one by one; the rest is only counted.
MAX_TOLD = 100

Row = tuple[int, Mapping[str, object] | None, str]
Progress = Callable[[int], None]


@dataclass
class Listed:
    """What a list held: addresses that are the outlet's, and lines that gave none, with number and reason."""

    urls: int = 0
    bad: int = 0
    told: list[tuple[int, str]] = field(default_factory=list)

    def note(self, line: int, reason: str) -> None:
        """Count a bad line."""
        self.bad += 1
        if len(self.told) < MAX_TOLD:
            self.told.append((line, reason))


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, the ends of overlong ones passed over.

    Raises:
        Misconfigured: the file can't be read.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="\n") as file:
            number = 0
            while line := file.readline(MAX_LINE_CHARS):
                number += 1
                is_whole = line.endswith("\n") or len(line) < MAX_LINE_CHARS
                while not is_whole and (rest := file.readline(MAX_LINE_CHARS)):
                    is_whole = rest.endswith("\n")
                    line = OVERLONG
                yield number, line
    except OSError as error:
        raise Misconfigured(f"{path} can't be read: {error}", path=str(path)) from error


def _json_row(number: int, line: str) -> Row:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        return number, None, f"no JSON: {str(error)[:100]}"
    return (number, found, "") if isinstance(found, dict) else (number, None, "no JSON object")


def _csv_rows(header: str, lines: Iterator[tuple[int, str]], path: Path) -> Iterator[Row]:
    """Rows by the names of the header; each stands on one line, since addresses hold no line breaks.

    Raises:
        Misconfigured: the header is none, or names no column `url`.
    """
    delimiter = max(",;\t|", key=header.count)
    try:
        names = [name.strip().lower() for name in next(csv.reader([header], delimiter=delimiter), [])]
    except csv.Error as error:
        raise Misconfigured(f"{path}:1: no CSV: {error}", path=str(path)) from error
    if COLUMN not in names:
        raise Misconfigured(f"{path}:1: no column {COLUMN!r}; the first line names the columns: {header.strip()[:200]}", path=str(path))
    for number, line in lines:
        if not line.strip():
            continue
        try:
            values = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error as error:
            yield number, None, f"no CSV: {error}"
            continue
        yield number, dict(zip(names, values, strict=False)), ""


def rows(path: Path) -> Iterator[Row]:
    """Number of the line, its fields (None where there are none) and why not; the kind of file is told by its first line.

    Raises:
        Misconfigured: it can't be read, or is a CSV file without a column `url`.
    """
    lines = _lines(path)
    first = next(((number, line) for number, line in lines if line.strip()), None)
    if first is None:
        return
    number, line = first
    if line.lstrip().startswith("{"):
        yield _json_row(number, line)
        yield from (_json_row(number, line) for number, line in lines if line.strip())
    elif line.strip().lower().startswith(("http://", "https://")):
        yield number, {COLUMN: line.strip()}, ""
        yield from ((number, {COLUMN: line.strip()}, "") for number, line in lines if line.strip())
    else:
        yield from _csv_rows(line, lines, path)


def _page(values: Mapping[str, object] | None, reason: str, outlet: Outlet) -> Discovered:
    """The page of a row.

    Raises:
        FetchRefused: it has no usable address, or one that is not the outlet's.
    """
    if values is None:
        raise FetchRefused(reason)
    named = values.get(COLUMN)
    if not isinstance(named, str) or not named.strip():
        raise FetchRefused(f"no {COLUMN!r}")
    url = urls.canonical(named)
    if not belongs(outlet, url, outlet.home):
        raise FetchRefused(f"not on a host of {outlet.id}: {url[:200]}")
    if not outlet.wants(url):
        raise FetchRefused(f"include and exclude of {outlet.id} leave it out: {url[:200]}")
    moment = w3c_end(next((str(values[name]) for name in DATES if values.get(name)), None))
    day = day_in_url(url)
    return Discovered(url, Hint(source="list", published_at=moment), moment or (instant(day.first) if day else None))


def offer_list(settings: Settings, path: Path, outlet_id: str, on_progress: Progress = lambda _count: None) -> Listed:
    """Put the addresses of a file into the frontier of an outlet, where those stay that can't be fetched at once.

    A column or field `published` (or `date`) is taken as the time of publication. Doing it again changes nothing.

    Raises:
        Misconfigured: the outlet or the file is not there, or the file is of no known kind.
    """
    outlet, found, now = chosen(load_outlets(settings.outlets_dir), [outlet_id])[0], Listed(), clock.now()
    engine, waiting = open_state(settings), list[Discovered]()
    try:
        for number, values, reason in rows(path):
            try:
                waiting.append(_page(values, reason, outlet))
            except FetchRefused as error:
                found.note(number, str(error))
            if len(waiting) >= CHUNK:
                found.urls += _offer(engine, outlet, waiting, now)
                on_progress(found.urls)
        found.urls += _offer(engine, outlet, waiting, now)
    finally:
        engine.dispose()
    return found


def _offer(engine: sa.Engine, outlet: Outlet, waiting: list[Discovered], now: datetime) -> int:
    offered = frontier.offer(engine, outlet.id, waiting, now)
    waiting.clear()
    return len(offered)
