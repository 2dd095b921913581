"""A story's report on a terminal: a matrix of claims and outlets in signs, then the sentences that differ, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from warehouse.report import Cell, ClaimReport, StoryReport

# Sign and style of each status. Agreement is quiet, difference catches the eye, absence recedes; signs differ also without colour.
SIGNS = {
    "says": ("●", "green"),
    "reprints": ("○", "cyan"),
    "number": ("#", "bold yellow"),
    "date": ("D", "bold yellow"),
    "actor": ("A", "bold yellow"),
    "certainty": ("~", "yellow"),
    "contradicts": ("✗", "bold red"),
    "silent": ("–", "dim"),
    "unknown": ("?", "dim"),
}
DIFFERS = ("contradicts", "number", "date", "actor", "certainty")
# Characters of a claim in the matrix and of a sentence below it: two lines each on a usual terminal; --json has all of it.
CLAIM_LENGTH, SENTENCE_LENGTH = 120, 220


def shorten(text: str, length: int = CLAIM_LENGTH) -> str:
    """The text on one line, cut at a word with an ellipsis.

    >>> shorten("one two three", 9)
    'one two …'
    """
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rsplit(" ", 1)[0] + " …"


def codes(outlet_ids: list[str]) -> dict[str, str]:
    """A short heading for each outlet: initials, or the first two letters of a single word; numbered where they collide.

    >>> codes(["harbour-herald", "tagesbote", "tavel"])
    {'harbour-herald': 'HH', 'tagesbote': 'TA', 'tavel': 'TA2'}
    """
    found: dict[str, str] = {}
    for outlet_id in outlet_ids:
        parts = outlet_id.split("-")
        short = ("".join(part[:1] for part in parts) if len(parts) > 1 else outlet_id[:2]).upper()
        names = (short + (str(number) if number > 1 else "") for number in count(1))
        found[outlet_id] = next(name for name in names if name not in found.values())
    return found


def _claim(claim: ClaimReport) -> Text:
    words = Text(shorten(claim.claim))
    if claim.speaker:
        words.append(f"  — {claim.speaker}", style="italic dim")
    for change in claim.changes:
        before = f"before: {shorten(change.before, 60)}" if change.before else "came in later"
        words.append(f"\n{change.outlet_id} {change.changed_at:%d %b %H:%M}, {before}", style="italic yellow")
    return words


def chosen(report: StoryReport, shown: int | None) -> list[ClaimReport]:
    """The first claims, those left out that repeat one before them; all where `shown` is None."""
    return report.claims if shown is None else [claim for claim in report.claims if claim.repeats is None][:shown]


def matrix(report: StoryReport, claims: Iterable[ClaimReport]) -> Table:
    """One line a claim, one column an outlet, one sign a cell."""
    short = codes(report.story.outlet_ids)
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), expand=True)
    table.add_column("Claim", ratio=1, overflow="fold")
    table.add_column("Witnesses", justify="right", no_wrap=True)
    table.add_column("First seen", no_wrap=True)
    for outlet_id in report.story.outlet_ids:
        table.add_column(short[outlet_id], justify="center", no_wrap=True)
    for claim in claims:
        signs = {cell.outlet_id: Text(*SIGNS[cell.status]) for cell in claim.cells}
        first = f"{claim.first_seen_at:%d %b %H:%M} {short.get(claim.first_outlet_id, '')}"
        table.add_row(_claim(claim), claim.witnesses, first, *(signs.get(outlet_id, Text()) for outlet_id in report.story.outlet_ids))
    return table


def legend(report: StoryReport) -> Text:
    """What the signs and the short headings mean."""
    signs = Text("  ").join(Text.assemble(sign, f" {status}") for status, sign in SIGNS.items())
    names = "  ".join(f"{short} {outlet_id}" for outlet_id, short in codes(report.story.outlet_ids).items())
    return Text.assemble(signs, "\n", (names, "dim"))


def _sides(claim: ClaimReport) -> Iterator[tuple[str, str, list[str]]]:
    """(status, sentence, outlets) of the cells that state the claim or differ from it; equal sentences are merged."""
    merged: dict[tuple[str, str], list[str]] = {}
    order = [*DIFFERS, "says", "reprints"]
    for cell in sorted((cell for cell in claim.cells if cell.sentence), key=lambda cell: order.index(cell.status)):
        merged.setdefault((cell.status, cell.sentence or ""), []).append(cell.outlet_id)
    for (status, sentence), outlets in merged.items():
        yield status, sentence, outlets


def _difference(claim: ClaimReport, differing: list[Cell]) -> Group:
    table = Table(box=None, padding=(0, 1), show_header=False)
    table.add_column(width=1)
    table.add_column(max_width=30, overflow="fold")
    table.add_column(ratio=1, overflow="fold")
    reasons = "; ".join(sorted({f"{cell.status}: {shorten(cell.reason, 80)}" if cell.reason else cell.status for cell in differing}))
    for status, sentence, outlets in _sides(claim):
        table.add_row(Text(*SIGNS[status]), ", ".join(outlets), Text(shorten(sentence, SENTENCE_LENGTH)))
    return Group(Text(f" {reasons}", style="bold yellow"), table, "")


def differences(claims: Iterable[ClaimReport]) -> Iterator[RenderableType]:
    """For each claim on which outlets differ: the difference in words and the sentences that make it."""
    for claim in claims:
        differing = [cell for cell in claim.cells if cell.status in DIFFERS]
        if differing:
            yield _difference(claim, differing)


def removals(report: StoryReport) -> Iterator[Text]:
    """One line for each article that is no longer there, by outlet."""
    taken = {(cell.outlet, cell.removed_at, cell.url) for claim in report.claims for cell in claim.cells if cell.removed_at}
    for outlet, removed_at, url in sorted(taken, key=str):
        yield Text(f"{outlet}: removed since {removed_at:%d %b %Y %H:%M} UTC: {url}", style="yellow")


def print_report(report: StoryReport, *, shown: int | None, console: Console) -> None:
    """Title, legend, matrix, differences, and the SQL that made it."""
    story, claims = report.story, chosen(report, shown)
    period = f"{story.first_published_at:%d %b %Y %H:%M} to {story.last_published_at:%d %b %Y %H:%M} UTC"
    console.print(Text(f"\n{story.title}", style="bold"))
    console.print(
        f"{story.articles} articles of {story.outlets} outlets, {story.witnesses} independent witnesses; {period}\n", highlight=False
    )
    console.print(legend(report))
    console.print(matrix(report, claims))
    if left := len(report.claims) - len(claims):
        console.print(f"… and {left} more claims, some of which repeat these; --all shows them.\n", style="dim")
    for line in removals(report):
        console.print(line, soft_wrap=True)
    for number, difference in enumerate(differences(claims)):
        if not number:
            console.print("Where they differ", style="bold")
        console.print(difference)
    console.print("\nThe SQL that made it (`consilience sql`):", style="bold")
    console.print(report.sql, highlight=False, soft_wrap=True, markup=False)
