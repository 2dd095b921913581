"""`consilience status`: what runs, what ran, what was published; also when nothing runs."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime, timedelta
from typing import TypedDict

from cli.stack import processes, record
from common import clock
from common.errors import ConsilienceError, Misconfigured, RetryLater
from common.settings import Settings

# "The runs of the last day".
RUNS_WITHIN = timedelta(days=1)


class Part(TypedDict):
    """One component."""

    name: str
    status: str
    pid: int | None


class Publication(TypedDict):
    """The last published snapshot."""

    file: str
    at: str
    bytes: int | None  # of a file


class FailingSource(TypedDict):
    """A feed or sitemap that does not answer as it should; it is asked again by itself."""

    outlet: str
    url: str
    failures: int
    error: str
    next_try: str | None


class Finding(TypedDict):
    """A check of the warehouse that found something."""

    check: str
    severity: str
    rows: int
    sample: str


class Status(TypedDict):
    """Everything that `consilience status --json` prints."""

    phase: str
    url: str | None
    components: list[Part]
    runs: dict[str, dict[str, int]]
    outlets: list[str]
    outlets_problem: str | None
    failing_sources: list[FailingSource]
    findings: list[Finding]
    published: Publication | None
    published_problem: str | None


def gather(settings: Settings) -> Status:
    """Look at the record, the processes, the API, the outlet files and the published file."""
    found = record.read(settings.data_dir) if record.is_held(settings.data_dir) else None
    health, runs = ask(settings, found) if found else ({}, {})
    outlets, problem = outlet_ids(settings)
    publication, trouble = published(settings)
    return Status(
        phase=found.phase if found else "down",
        url=found.url if found else None,
        components=parts(found, health),
        runs=runs,
        outlets=outlets,
        outlets_problem=problem,
        failing_sources=failing_sources(settings),
        findings=findings(settings),
        published=publication,
        published_problem=trouble,
    )


def ask(settings: Settings, found: record.Record) -> tuple[dict[str, str], dict[str, dict[str, int]]]:
    """Health and runs from the API; empty while it does not answer, or the credentials are damaged."""
    from cli.stack.api import Api

    try:
        password = json.loads((settings.airflow_home / "credentials.json").read_text("utf-8"))["password"]
        with Api(found.url, password) as api:
            health = api.health()
            return health, api.runs_since(clock.now() - RUNS_WITHIN) if health else {}
    except (OSError, ValueError, KeyError, TypeError, RetryLater):
        return {}, {}


def parts(found: record.Record | None, health: dict[str, str]) -> list[Part]:
    """The four components, whether recorded or not: a process that lives but has no heartbeat is unhealthy."""
    alive = {each.name: each.pid for each in found.components if processes.find(each)} if found else {}
    listed = []
    for name in ("api-server", "scheduler", "dag-processor", "triggerer"):
        beat = "healthy" if name == "api-server" and health else health.get(name.replace("-", "_"), "unhealthy")
        listed.append(Part(name=name, status=beat if name in alive else "down", pid=alive.get(name)))
    return listed


def outlet_ids(settings: Settings) -> tuple[list[str], str | None]:
    """Ids of the outlets, or what is wrong with their files."""
    from ingest.outlets import load_outlets

    try:
        return [outlet.id for outlet in load_outlets(settings.outlets_dir)], None
    except ConsilienceError as error:
        return [], str(error)


def failing_sources(settings: Settings) -> list[FailingSource]:
    """Sources that failed at their last try, with the reason and the next try; none while the state can't be read, or is not there yet."""
    from cli.stack.state import beside
    from ingest.rhythm import polls
    from ingest.state import open_state

    try:
        state = beside(settings)
        if state.state_url is None and not (settings.data_dir / "state.db").is_file():
            return []
        engine = open_state(state)
    except (Misconfigured, RetryLater):
        return []
    try:
        found = polls.failing(engine)
    finally:
        engine.dispose()
    return [
        FailingSource(
            outlet=outlet,
            url=one.url,
            failures=one.failures,
            error=one.last_error or "",
            next_try=clock.iso(one.next_due_at) if one.next_due_at else None,
        )
        for outlet, one in found
    ]


def findings(settings: Settings) -> list[Finding]:
    """What the last checks found. The private file also knows why nothing is published; while it is held, the published one answers."""
    import duckdb

    from warehouse.connect import open_private, open_read_only
    from warehouse.verify import latest

    found = []
    try:
        if settings.is_lake or settings.warehouse_file.is_file():
            with open_private(settings.model_copy(update={"warehouse_wait_s": 0}), read_only=True) as con:
                found = latest(con)
    except RetryLater:
        with contextlib.suppress(duckdb.Error), open_read_only(settings.published_file) as con:  # none yet, or made by older code
            found = latest(con)
    except (duckdb.Error, Misconfigured):  # made by older code, before its first load by this one; or a lake that was never written
        return []
    return [Finding(check=one.name, severity=one.severity, rows=one.violations, sample=one.sample or "") for one in found if one.violations]


def published(settings: Settings) -> tuple[Publication | None, str | None]:
    """The snapshot that people open now, of a lake its version; or why it can't be told. Neither before the first publication."""
    if settings.is_lake:
        return published_version(settings)
    try:
        file = settings.published_file.resolve(strict=True)
    except OSError:
        return None, None
    about = file.stat()
    return Publication(file=str(file), at=clock.iso(datetime.fromtimestamp(about.st_mtime, UTC)), bytes=about.st_size), None


def published_version(settings: Settings) -> tuple[Publication | None, str | None]:
    """The version of the lake that people open now, or why its catalog can't be asked: no answer, a wrong address, never written."""
    from warehouse.lake import last_publication

    try:
        found = last_publication(settings)
    except (RetryLater, Misconfigured) as error:
        return None, str(error)
    return (Publication(file=found.name, at=clock.iso(found.made_at), bytes=None) if found else None), None
