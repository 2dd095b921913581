"""`consilience quarantine …`: what failed and why, and another try with the present code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.tables import print_rows
from common import clock
from common.settings import load

if TYPE_CHECKING:
    from warehouse.quarantine import Held

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Outlet = Annotated[str | None, typer.Option("--outlet", help="Only of this outlet.")]
Reason = Annotated[str | None, typer.Option("--reason", help="Only with this reason.")]
Stage = Annotated[str | None, typer.Option("--stage", help="Only of this stage: fetch, extract, attribute, transform, load.")]
# Characters of a capture id in the list: enough to tell a million apart (UUIDv5, 48 bits); `show` takes any beginning.
ID_LENGTH = 13

quarantine = typer.Typer(no_args_is_help=True, help="Captures that failed: which, why, and another try.")


def _held(**asked: Any) -> list[Held]:
    from warehouse.connect import open_published
    from warehouse.quarantine import held

    with open_published(load()) as con:
        return held(con, **asked)


def _line(row: Held) -> dict[str, Any]:
    return {
        "id": str(row.capture_id)[:ID_LENGTH] if row.capture_id else None,
        "at": f"{row.recorded_at:%Y-%m-%d %H:%M}",
        "outlet": row.outlet_id,
        "stage": row.stage,
        "reason": row.reason,
        "code": row.code_version,
        "mended": "yes" if row.is_resolved else "",
        "page": row.url or row.batch_key,
    }


@quarantine.command("list")
def list_held(
    outlet: Outlet = None,
    reason: Reason = None,
    stage: Stage = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what was mended since.")] = False,
    as_json: AsJson = False,
) -> None:
    """List what is in quarantine, newest first."""
    found = _held(outlet=outlet, reason=reason, stage=stage, everything=everything)
    print_rows([row.model_dump(mode="json") if as_json else _line(row) for row in found], as_json)


@quarantine.command("show")
def show(capture_id: Annotated[str, typer.Argument(metavar="ID", help="Capture id, or how it begins.")], as_json: AsJson = False) -> None:
    """Show all that is known of one failure: message, code version, where its page lies in the archive."""
    from warehouse.connect import open_published
    from warehouse.quarantine import the_one

    with open_published(load()) as con:
        row = the_one(con, capture_id).model_dump(mode="json")
    print_rows([row] if as_json else [{"what": name, "value": value} for name, value in row.items()], as_json)


@quarantine.command("replay")
def replay(
    capture_id: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Capture ids, or how they begin; left out: all.")
    ] = None,
    outlet: Outlet = None,
    reason: Reason = None,
    stage: Stage = None,
    as_json: AsJson = False,
) -> None:
    """Read archived pages of the quarantine again with the present code, load and publish them.

    A page that was never fetched is not in the archive: later runs fetch it again, or `consilience push url` does at once.
    """
    from warehouse.stages import REPROCESS, reprocess_batch, run_pending

    asked = [_held(outlet=outlet, reason=reason, stage=stage, begins=begins) for begins in capture_id or [""]]
    found = {row.capture_id: row for rows in asked for row in rows}
    chosen = [row for row in found.values() if row.is_replayable]
    counts = {"asked": len(found), "never_fetched": len(found) - len(chosen)}
    if chosen:
        settings, key = load(), f"{REPROCESS}{clock.now():%Y-%m-%dT%H:%M:%S.%f}"  # two replays in a second are two batches
        batches = sorted({row.capture_batch for row in chosen if row.capture_batch})
        reprocess_batch(settings, key, batches, only=[row.capture_id for row in chosen if row.capture_id])
        run_pending(settings)
        mended = {row.capture_id for row in _held(everything=True) if row.is_resolved}
        counts["mended"] = sum(row.capture_id in mended for row in chosen)
    print_rows([counts], as_json)


def register(app: typer.Typer) -> None:
    """Add `quarantine` to the command tree."""
    app.add_typer(quarantine, name="quarantine")
