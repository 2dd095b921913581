"""`consilience extract PAGE --explain`: what became of each block of a page, on the terminal or as a page to open."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.page_captures import NO_OUTLET, capture
from cli.report_view import shorten
from common.errors import Misconfigured, PageRejected
from common.settings import Settings
from ingest.records import OutletProfile, Page, Recall

if TYPE_CHECKING:
    from transforms.extract.records import Decision, ExtractedPage
    from transforms.pipeline import Explained

TEMPLATES = Path(__file__).with_name("templates")
ADDRESS = re.compile(r"^https?://", re.IGNORECASE)
# The address of a file for which none is told; .invalid is reserved for such (RFC 2606).
NOWHERE = "https://file.invalid/page"
# Characters of a block on the terminal: two lines; --html has all of them.
BLOCK_LENGTH = 140
FACTS = (
    *("standfirst", "authors", "byline", "agency", "dateline", "published_at", "published_evidence", "modified_at", "section", "language"),
    *("canonical_url", "site_name", "is_truncated", "is_live", "notes", "updates"),
)


def page_at(where: str, url: str | None, outlet: OutletProfile, settings: Settings) -> Page:
    """The page at an address, politely fetched, or in a file.

    Raises:
        Misconfigured: there is no such file.
        ConsilienceError: as the fetcher raises.
    """
    if ADDRESS.match(where):
        return fetched(where, outlet, settings)
    try:
        body = Path(where).read_bytes()
    except OSError as error:
        raise Misconfigured(f"{where}: neither an http(s) address nor a file that can be read: {error}") from error
    return Page(capture=capture(url or NOWHERE, outlet.outlet_id, content_type_of(where)), body=body)


def content_type_of(path: str) -> str | None:
    """Text files are dumps; everything else says itself what it is."""
    return "text/plain; charset=utf-8" if path.endswith(".txt") else None


def fetched(url: str, outlet: OutletProfile, settings: Settings) -> Page:
    """Ask for a page as `consilience fetch --as page` does."""
    from cli.fetch import Filter
    from cli.fetch_read import check_page

    async def ask() -> Page:
        one = Filter(settings, "page", robots=True)
        async with one.fetcher:
            answer = await one.get(url)
        check_page(answer)
        return Page(capture=capture(url, outlet.outlet_id, answer.header("content-type"), final_url=answer.final_url), body=answer.body)

    return asyncio.run(ask())


def explained(page: Page, outlet: OutletProfile, settings: Settings) -> Explained:
    """The page read under the limits of its own process.

    Raises:
        PageRejected: the page broke or outlasted its reader, or nothing in it can be read.
    """
    from transforms.pipeline import Explained
    from transforms.pool import Limits, Pool, run

    recall = remembered(outlet.outlet_id, settings)
    pool = Pool({outlet.outlet_id: outlet}, Limits.from_settings(settings), "explain", Explained)
    (found,) = run(pool, [page], lambda _capture: recall)
    if found.rejection and not found.decisions:
        raise PageRejected(found.rejection.detail, fault=found.rejection.reason, url=page.capture.url)
    return found


def remembered(outlet_id: str, settings: Settings) -> Recall | None:
    """What is remembered of an outlet now; of none, or where no page was ever read, nothing."""
    from ingest.memory import last_memory
    from ingest.state import open_state

    if outlet_id == NO_OUTLET.outlet_id:
        return None
    engine = open_state(settings)
    try:
        with engine.connect() as connection:
            memory = last_memory(connection, outlet_id)
    finally:
        engine.dispose()
    return memory.recall() if memory else None


def facts(page: ExtractedPage | None) -> list[tuple[str, str]]:
    """Names and values of the parts beside the text that the page has."""
    values = [(name.replace("_", " "), getattr(page, name)) for name in FACTS] if page else []
    return [(name, "; ".join(value) if isinstance(value, list) else str(value)) for name, value in values if value]


def show(console: Console, found: Explained) -> None:
    """Print facts and blocks."""
    console.print(Text(found.page.headline if found.page else "no article", style="bold"))
    parts = Table(box=None, show_header=False)
    for name, value in facts(found.page):
        parts.add_row(Text(name, style="dim"), Text(shorten(value, 2 * BLOCK_LENGTH)))
    console.print(parts)
    table = Table("", "block", "why", title=f"{kept(found.decisions)} of {len(found.decisions)} blocks are the text")
    for one in found.decisions:
        table.add_row(*row(one))
    console.print(table)


def row(one: Decision) -> tuple[Text, Text, Text]:
    """Sign, text, reason; a score stands before the reason."""
    from transforms.extract.explain import WORDS

    why = "" if one.reason is None else WORDS.get(one.reason, one.reason)
    scored = why if one.score is None else f"{one.score:.2f} {why}".rstrip()
    sign = Text("●", style="green") if one.kept else Text("✗", style="red")
    return sign, Text(shorten(one.text, BLOCK_LENGTH), style="" if one.kept else "dim"), Text(scored, style="yellow" if why else "dim")


def kept(decisions: list[Decision]) -> int:
    """How many blocks are the text."""
    return sum(one.kept for one in decisions)


def html(found: Explained, url: str) -> str:
    """A page with every block; no scripts, nothing from elsewhere."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from transforms.extract.explain import WORDS

    env = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return env.get_template("explain.html").render(
        url=url,
        headline=found.page.headline if found.page else None,
        facts=facts(found.page),
        decisions=found.decisions,
        kept=kept(found.decisions),
        words=WORDS,
    )
