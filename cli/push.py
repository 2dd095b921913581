"""`consilience push …`: pages that are brought to us, by hand, from a Redis list, from WebSub hubs."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any

import typer

from common import clock
from common.errors import Quarantined
from common.settings import Settings, load

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
OutletIds = Annotated[list[str] | None, typer.Option("--outlet", help="Id of an outlet; may be given several times. Default: all enabled.")]
PublicUrl = Annotated[
    str | None, typer.Option("--public-url", help="Where hubs reach `push serve`. Default: CONSILIENCE_PUSH_PUBLIC_URL.", metavar="URL")
]

# Requests that the receiver has under way at once; the next ones are told to come later (503). A hub sends one or two at a time.
MOST_AT_ONCE = 64

push = typer.Typer(no_args_is_help=True, help="Pages that are brought to us: by hand, from a Redis list, from WebSub hubs.")


def _settings(public_url: str | None = None) -> Settings:
    from cli.stack.state import beside

    settings = load()
    return beside(settings.model_copy(update={"push_public_url": public_url}) if public_url else settings)


def _counts(counts: dict[str, int], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(counts))
        return
    typer.echo(", ".join(f"{value} {name}" for name, value in counts.items()))


def _lines(head: str, *about: str | None) -> None:
    """One thing over several lines: addresses are too long for the columns of a table."""
    typer.echo("\n  ".join([head, *(line for line in about if line)]))


@push.command("url")
def offer_by_hand(
    outlet: Annotated[str, typer.Argument(help="Id of the outlet that the pages belong to.")],
    urls: Annotated[list[str], typer.Argument(metavar="URL...", help="Addresses of pages.")],
    as_json: AsJson = False,
) -> None:
    """Offer pages: the DAG `push` of a running stack fetches them now, otherwise the next live run (`consilience ingest run`) does.

    A page that is known already stays as it is. Exit code 1: an address was refused; the log names the reason.
    """
    from cli.stack.wake import wake
    from ingest.push.inbox import Inbox
    from ingest.push.messages import Offer

    settings = _settings()
    with Inbox(settings) as inbox:
        try:
            inbox.outlet(outlet)
        except Quarantined as error:
            raise typer.BadParameter(str(error), param_hint="OUTLET") from error
        counts = inbox.put([Offer(outlet, tuple(urls))])
    if counts["offered"]:
        wake(settings, "push")
    _counts({name: counts[name] for name in ("offered", "refused")}, as_json)
    if counts["refused"]:
        raise typer.Exit(1)


@push.command("drain")
def drain_list(as_json: AsJson = False) -> None:
    """Move the messages of the Redis list to the pages that wait to be fetched, until the list is empty.

    A message is {"outlet": ID, "url": ADDRESS} or {"outlet": ID, "urls": [...]}. What can't be used goes to the list `…:dead` with the
    reason. The DAG `push` does the same by itself.
    """
    from ingest.push.redis_list import drain

    _counts(drain(_settings()), as_json)


@push.command("subscribe")
def subscribe_to_hubs(outlet: OutletIds = None, public_url: PublicUrl = None, as_json: AsJson = False) -> None:
    """Find the WebSub hubs that the outlets' feeds name, and ask them to send new pages. `push serve` has to be running.

    A hub verifies afterwards; `push status` shows whether it did. Exit code 1: a hub or a feed failed.
    """
    from ingest.push.renewal import subscribe

    found = subscribe(_settings(public_url), outlet)
    if as_json:
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
    for row in [] if as_json else found:
        _lines(f"{row['outlet']}: {row['outcome']}", row["feed"], row["hub"] and f"hub {row['hub']}", row["detail"])
    if any(row["outcome"] in {"failed", "unreadable"} for row in found):
        raise typer.Exit(1)


@push.command("unsubscribe")
def leave_hubs(
    outlet: Annotated[list[str], typer.Option("--outlet", help="Id of an outlet; may be given several times.")], as_json: AsJson = False
) -> None:
    """Ask the hubs of an outlet to send no more. `push serve` has to be running, it confirms the wish to the hub."""
    from ingest.push.renewal import unsubscribe

    _counts(unsubscribe(_settings(), outlet), as_json)


def _about(row: Any, now: datetime) -> dict[str, Any]:
    """What people may see of a subscription."""
    is_over = row.state == "active" and (row.lease_until is None or row.lease_until < now)
    moments = {name: getattr(row, name) for name in ("lease_until", "next_try_at", "delivered_at")}
    return {
        "outlet": row.outlet_id,
        "topic": row.topic,
        "hub": row.hub,
        "state": "expired" if is_over else row.state,
        **{name: value and clock.iso(value) for name, value in moments.items()},
        "deliveries": row.deliveries,
        "pages": row.pages,
        "ignored": row.ignored,
        "error": row.last_error,
    }


@push.command("status")
def show_leases(as_json: AsJson = False) -> None:
    """Show the subscriptions at hubs with their leases, and how many messages the Redis list holds."""
    from ingest.push import redis_list, subscriptions
    from ingest.state import open_state

    settings = _settings()
    engine = open_state(settings)
    try:
        rows = [_about(row, clock.now()) for row in subscriptions.every(engine)]
    finally:
        engine.dispose()
    lengths = redis_list.lengths(settings) if redis_list.is_on(settings) else None
    if as_json:
        typer.echo(json.dumps({"subscriptions": rows, "redis": lengths}, indent=2, ensure_ascii=False))
        return
    for row in rows:
        until = f" until {row['lease_until']}" if row["lease_until"] else ""
        counts = f"{row['deliveries']} deliveries with {row['pages']} pages, {row['ignored']} ignored"
        _lines(f"{row['outlet']}: {row['state']}{until}; {counts}", row["topic"], f"hub {row['hub']}", row["error"])
    if not rows:
        typer.echo("no subscriptions; `consilience push subscribe` looks for hubs")
    typer.echo("Redis list: off" if lengths is None else "Redis list: " + ", ".join(f"{n} {name}" for name, n in lengths.items()))


@push.command("serve")
def serve_callbacks(
    host: Annotated[str | None, typer.Option(help="Address to listen on. Default: CONSILIENCE_PUSH_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on. Default: CONSILIENCE_PUSH_PORT.")] = None,
    public_url: PublicUrl = None,
) -> None:
    """Answer WebSub hubs until Ctrl-C: verify what we asked for, take signed deliveries, renew leases.

    After a delivery the DAG `push` of a stack on the same data folder is started.

    Put a reverse proxy with TLS before it, see docs/how-to/push.md.
    """
    import uvicorn

    from cli.stack.wake import wake
    from ingest.push.receiver import application
    from ingest.push.renewal import public_url as checked

    settings = _settings(public_url)
    base = checked(settings)
    # the paths are secrets, so there is no access log
    config = uvicorn.Config(
        application(settings, lambda: wake(settings, "push")),
        host=host or settings.push_host,
        port=settings.push_port if port is None else port,
        access_log=False,
        log_config=None,
        http="h11",
        ws="none",
        limit_concurrency=MOST_AT_ONCE,
        server_header=False,
    )
    typer.echo(f"listening on {config.host}:{config.port} for {base}/websub/…; Ctrl-C ends it", err=True)
    uvicorn.Server(config).run()


def register(app: typer.Typer) -> None:
    """Add `push` to the command tree."""
    app.add_typer(push, name="push")
