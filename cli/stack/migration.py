"""`airflow db migrate`, left out when the database already is at the head of the installed Airflow (saves 10 s of CPU)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

from cli.stack.processes import spawn
from cli.stack.secrets import write_private
from common.errors import Misconfigured


def migrate(environment: Mapping[str, str], airflow_url: str, home: Path) -> bool:
    """Bring Airflow's database up to date; False when there was nothing to do.

    Raises:
        Misconfigured: the migration failed; the message names its log.
    """
    marker = home / "migrated.json"
    if _remembered(marker) == {"airflow": _installed(), "revision": revision(airflow_url)}:
        return False
    if spawn("migrate", ["db", "migrate"], environment, home).wait() != 0:
        raise Misconfigured(f"Airflow's database could not be migrated; see {home / 'logs' / 'migrate.log'}.")
    write_private(marker, json.dumps({"airflow": _installed(), "revision": revision(airflow_url)}))
    return True


def revision(airflow_url: str) -> str | None:
    """The Alembic revision of the database; None before the first migration."""
    engine = create_engine(airflow_url)
    try:
        with engine.connect() as connection:
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except ProgrammingError:  # the table is not there yet
        return None
    finally:
        engine.dispose()


def _installed() -> str:
    return version("apache-airflow-core")


def _remembered(marker: Path) -> object:
    try:
        return json.loads(marker.read_text("utf-8"))
    except (OSError, ValueError):
        return None
