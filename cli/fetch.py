"""`consilience fetch`: the fetcher as a filter, JSON lines in and out. `python -m cli.fetch` does the same."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Annotated, Any

import typer

from cli.fetch_read import Articles, As, read
from cli.fetch_rules import Rules
from common import ids, logs
from common.errors import ConsilienceError, FetchRefused, Quarantined
from common.settings import Settings, load
from ingest.web.fetch import GONE, Answer, Fetcher, Kind, no_turn
from ingest.web.verdict import passing

# Time for one URL when the caller names none is the setting; the benchmark names it here.
DEADLINE = "BENCH_DEADLINE_S"
# Part of the caller's deadline that is left for start-up and output.
DEADLINE_SHARE = 0.9
# How each kind is asked for.
ASKED: dict[As, Kind] = {"auto": "any", "article": "page", "page": "page", "feed": "source", "sitemap": "source"}


class Filter:
    """Answers lines one after the other; connections, robots.txt and the reading process are kept between them."""

    def __init__(self, settings: Settings, kind: As, *, robots: bool) -> None:
        self.settings, self.kind = settings, kind
        self.fetcher, self.articles = Fetcher(settings), Articles(settings)
        self.turn = Rules(self.fetcher).turn if robots else no_turn

    async def get(self, url: str) -> Answer:
        """Fetch one address; longer bodies than the limit come cut.

        Raises:
            FetchDelayed: as in `Fetcher.fetch`; robots.txt unreachable.
            FetchRefused: as in `Fetcher.fetch`; disallowed by robots.txt; 404 and 410.
        """
        cut_at = None if ASKED[self.kind] == "page" else self.settings.fetch_max_bytes
        answer = await self.fetcher.fetch(url, kind=ASKED[self.kind], turn=self.turn, cut_at=cut_at)
        if answer.status in GONE:
            raise FetchRefused(f"status {answer.status}", fault="gone", url=url, status=answer.status, final_url=answer.final_url)
        return answer

    async def result(self, url: str) -> dict[str, Any]:
        """The fields of a line that went well. One deadline spans robots.txt, all hops and all files of a sitemap.

        Raises:
            ConsilienceError: it did not go well.
        """
        until = monotonic() + self.settings.fetch_deadline_s
        try:
            async with asyncio.timeout(self.settings.fetch_deadline_s):
                answer = await self.get(url)
        except TimeoutError as error:
            raise passing("timeout", f"nothing whole within {self.settings.fetch_deadline_s:g} s", url=url) from error

        async def further(child: str) -> Answer:
            try:
                async with asyncio.timeout(max(until - monotonic(), 0)):
                    return await self.get(child)
            except TimeoutError as error:
                raise passing("timeout", "no time left", url=child) from error

        told = await read(answer, self.kind, self.articles, further, until)
        return {
            "status": "ok",
            "error_class": "",
            "bytes": len(answer.body),
            "final_url": answer.final_url,
            "sha256": ids.sha256(answer.body),
            **told,
        }

    async def answer_line(self, line: str) -> dict[str, Any]:
        """One output object for one input line; a bad line or URL gives an error object."""
        began, found = monotonic(), {"bytes": 0, "sha256": ""}
        try:
            job = json.loads(line)
            url = str(job["url"])
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            return {"id": None, "status": "error", "error_class": "bad_line", "error": f"not an object with id and url: {error}"}
        found |= {"id": job.get("id"), "final_url": url}
        try:
            found |= await self.result(url)
        except ConsilienceError as error:
            status = "rejected" if isinstance(error, Quarantined) else "error"
            found |= {"status": status, "error_class": error.fault, "error": str(error)}
        except Exception as error:  # noqa: BLE001  # a filter answers every line, whatever a page breaks
            found |= {"status": "error", "error_class": f"uncaught:{type(error).__name__}", "error": str(error)[:300]}
        return found | {"seconds": round(monotonic() - began, 3)}


async def run(settings: Settings, lines: Iterable[str], write: Callable[[str], object], kind: As = "auto", *, robots: bool = True) -> None:
    """Answer every line in order."""
    one = Filter(settings, kind, robots=robots)
    async with one.fetcher:
        with one.articles:
            for line in lines:
                if line.strip():
                    write(json.dumps(await one.answer_line(line), ensure_ascii=False) + "\n")


def fetch(
    kind: Annotated[
        As,
        typer.Option(
            "--as", help="What to read: an article's text, the page as it is, a feed's titles, a sitemap's URLs; auto: what it is."
        ),
    ] = "auto",
    robots: Annotated[bool, typer.Option(help="Ask robots.txt first, and keep its Crawl-delay.")] = True,
) -> None:
    """Read {"id", "url"} lines, fetch each URL, write a line for each.

    Out: id, status (ok, rejected, error), error_class, bytes, seconds, final_url, sha256, kind, text; for articles title and raw (the
    page), for feeds urls. Addresses, ports, sizes and time are bounded as in ingestion; error_class is a word of docs/reference/errors.md.
    """
    settings = load()
    if DEADLINE in os.environ:
        settings = settings.model_copy(update={"fetch_deadline_s": float(os.environ[DEADLINE]) * DEADLINE_SHARE})

    def write(line: str) -> None:
        sys.stdout.write(line)
        sys.stdout.flush()

    asyncio.run(run(settings, sys.stdin, write, kind, robots=robots))


def register(app: typer.Typer) -> None:
    """Add `fetch` to the command tree."""
    app.command("fetch")(fetch)


if __name__ == "__main__":
    logs.configure()
    typer.run(fetch)
