"""`consilience outlets rules ID`: what shapes the reading of an outlet's pages: CSS rules of its file, and what its pages have taught."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from common.settings import Settings

if TYPE_CHECKING:
    from ingest.outlets import Outlet
    from ingest.records import OutletMemory, OutletRules


def remembered(settings: Settings, outlet_id: str) -> tuple[OutletMemory | None, list[datetime]]:
    """(the newest memory, when each was learned)."""
    from ingest import memory
    from ingest.state import open_state

    engine = open_state(settings)
    try:
        dates = memory.learned_dates(engine, outlet_id)
        return (memory.memory_at(engine, outlet_id, dates[-1]) if dates else None), dates
    finally:
        engine.dispose()


def as_json(outlet: Outlet, memory: OutletMemory | None, dates: list[datetime]) -> dict[str, Any]:
    """All that is known."""
    return {
        "outlet": outlet.id,
        "rules": [rules.model_dump(mode="json", exclude_defaults=True) for rules in outlet.rules],
        "memory": memory.model_dump(mode="json", exclude={"outlet_id"}) if memory else None,
        "learned": [at.isoformat() for at in dates],
    }


def rules_table(outlet: Outlet) -> Table:
    """One row for each set of rules."""
    table = Table("from", "until", "rules", title=f"CSS rules of {outlet.id}")
    for rules in outlet.rules:
        table.add_row(day(rules.valid_from, "the beginning"), day(rules.valid_until, "now"), Text("\n".join(selectors(rules))))
    return table


def day(at: datetime | None, word: str) -> str:
    """A date, or a word where there is none."""
    return f"{at:%Y-%m-%d}" if at else word


def selectors(rules: OutletRules) -> list[str]:
    """`name: selector` of each rule that is set."""
    one = rules.model_dump(exclude={"valid_from", "valid_until"}, exclude_defaults=True)
    return [f"{name}: {', '.join(value) if isinstance(value, list) else value}" for name, value in one.items()]


def memory_table(memory: OutletMemory) -> Table:
    """One row for each block that recurs."""
    title = f"furniture remembered of {memory.pages} pages, learned {memory.learned_at:%Y-%m-%d %H:%M}"
    table = Table("pages", "block", title=title)
    for one in memory.recurring:
        table.add_row(f"{one.pages}", Text(one.text + (" …" if one.length > len(one.text) else "")))
    return table


def show(settings: Settings, outlet: Outlet, *, whole: bool) -> None:
    """Print it for people, or as JSON."""
    memory, dates = remembered(settings, outlet.id)
    if whole:
        typer.echo(json.dumps(as_json(outlet, memory, dates), indent=2, ensure_ascii=False))
        return
    console = Console()
    console.print(rules_table(outlet) if outlet.rules else f"{outlet.id} has no CSS rules.")
    if memory is None:
        console.print("Nothing is remembered yet: a block must recur on three pages.")
        return
    console.print(memory_table(memory))
    if len(dates) > 1:
        console.print(Text(f"{len(dates)} memories since {dates[0]:%Y-%m-%d}: each page is read with the one of its day.", style="dim"))
