"""The tables of frontier and fetch state, the same on PostgreSQL and SQLite, and how they are opened."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import CreateColumn, CreateIndex, CreateTable
from tenacity import retry, retry_if_exception, stop_after_delay, wait_random

from common.errors import Misconfigured
from common.settings import Settings

# Seconds that a SQLite statement waits for another process; writers hold the file for milliseconds.
SQLITE_WAIT_S = 30
# Seconds to reach the database server, so that a wrong address is told soon.
CONNECT_WAIT_S = 10
# Any fixed number: processes that create the tables at the same time take turns on it.
CREATION_LOCK = 7_114_033


class Moment(sa.types.TypeDecorator[datetime]):
    """A UTC instant; SQLite keeps no zone, so it is put back when read."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; naive times are refused by `astimezone` being wrong for them, so they are a bug."""
        if value is None:
            return None
        assert value.tzinfo is not None, "naive time"
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  (SQLAlchemy's signature)
        """Read UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


METADATA = sa.MetaData()

# Every page that a source of ours ever named: one row for the whole life of a URL.
URL = sa.Table(
    "consilience_url",
    METADATA,
    sa.Column("url_id", sa.String(36), primary_key=True, comment="UUIDv5 of the URL; URLs may be longer than an index entry"),
    sa.Column("url", sa.Text, nullable=False, comment="Canonical form"),
    sa.Column("outlet_id", sa.String(64), nullable=False),
    sa.Column("status", sa.String(8), nullable=False, comment="due: to be fetched; done: captured; dead: gone, refused or given up"),
    sa.Column("first_seen_at", Moment, nullable=False),
    sa.Column("hint", sa.Text, nullable=False, comment="JSON of what the source knew"),
    sa.Column("dated_at", Moment, comment="Date of the page according to its source, day or instant"),
    sa.Column("attempts", sa.Integer, nullable=False, comment="Failed tries since the last success"),
    sa.Column("next_due_at", Moment, comment="When it is fetched or read again; null: never"),
    sa.Column("claimed_by", sa.Text, comment="Batch that works on it"),
    sa.Column("claimed_until", Moment, comment="The claim of a batch that died ends here"),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("body_sha256", sa.String(64), comment="Of the last body that was kept"),
    sa.Column("original", sa.Text, comment="JSON of the WARC record that holds that body; revisit records refer to it"),
    sa.Column("captured_batch", sa.Text, comment="Batch of the last capture"),
    sa.Column("captured_at", Moment, comment="When it was last captured"),
    sa.Column("why", sa.String(16), comment="Why a captured page is due again: changed; null: it never was captured"),
    sa.Column("changed_at", Moment, comment="Its last change according to its sources, the newest that any told"),
    sa.Column("seen", sa.Text, comment="JSON: what each source showed last, id -> [hash of the title, change]"),
    sa.Column("titles", sa.Text, comment="Titles that the captured page gives itself, letters and digits alone"),
    sa.Column("text_sha256", sa.String(64), comment="Fingerprint of the readable text, where the body has changed before"),
    sa.Column("churn", sa.Integer, nullable=False, server_default="0", comment="New bodies in a row without a new text"),
    sa.Column("false_signals", sa.Integer, nullable=False, server_default="0", comment="Announced changes in a row that were none"),
    sa.Column("moved_to", sa.Text, comment="Where a permanent redirect led; what sources say of this URL is meant for that one"),
    sa.Index("consilience_url_due", "outlet_id", "status", "next_due_at"),
)

# Feeds and sitemaps with their validators.
SOURCE = sa.Table(
    "consilience_source",
    METADATA,
    sa.Column("source_id", sa.String(36), primary_key=True, comment="UUIDv5 of outlet and URL"),
    sa.Column("outlet_id", sa.String(64), nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False, comment="In a row"),
    sa.Column("last_error", sa.Text, comment="Of the last failure; null when the last try went well"),
    sa.Column("kind", sa.String(16), comment="feed, sitemap, …; null: not asked since this column exists"),
    sa.Column("parent_id", sa.String(36), comment="The index that names it; null: the outlet file does"),
    sa.Column("lastmod", Moment, comment="Its last change according to its index, as of the last time that it was read"),
    sa.Column("next_due_at", Moment, comment="When it is asked again; null: now"),
    sa.Column("interval_s", sa.Float, comment="Seconds between its polls, as worked out at the last one"),
    sa.Column("reason", sa.Text, comment="What the interval follows from"),
    sa.Column("answered_at", Moment, comment="When it last answered as it should, 304 included"),
    sa.Column("body_sha256", sa.String(64), comment="Of its last body"),
    sa.Column("body_at", Moment, comment="When a body last came: 304 may be a lie since then"),
    sa.Column("last_new_at", Moment, comment="When it last brought what no other source had brought"),
    sa.Column("polls", sa.Integer, nullable=False, server_default="0"),
    sa.Column("empty_polls", sa.Integer, nullable=False, server_default="0", comment="In a row that brought nothing"),
    sa.Column("hours", sa.Float, nullable=False, server_default="0", comment="Hours watched; this and the next two fade within days"),
    sa.Column("listed", sa.Float, nullable=False, server_default="0", comment="Pages new to this source, or changed, in these hours"),
    sa.Column("brought", sa.Float, nullable=False, server_default="0", comment="Those of them that no other source had brought"),
    sa.Column("span_s", sa.Float, comment="Seconds between its oldest and newest page: what is older falls out"),
    sa.Column("dates", sa.Boolean, nullable=False, server_default=sa.false(), comment="Whether it tells when its pages change"),
    sa.Column("lies", sa.Integer, nullable=False, server_default="0", comment="Bodies that had changed under the same validator"),
    sa.Column("true_signals", sa.Float, nullable=False, server_default="0", comment="Announced changes that were some; fades"),
    sa.Column("false_signals", sa.Float, nullable=False, server_default="0", comment="Announced changes that were none; fades"),
    sa.Index("consilience_source_due", "outlet_id", "next_due_at"),
)

# What an outlet's pages have taught about its habits: how often reading again pays.
HABIT = sa.Table(
    "consilience_habit",
    METADATA,
    sa.Column("outlet_id", sa.String(64), primary_key=True),
    sa.Column("rereads", sa.Float, nullable=False, server_default="0", comment="Pages read again without a sign of change; fades"),
    sa.Column("changed", sa.Float, nullable=False, server_default="0", comment="Those of them that had changed"),
    sa.Column("announced", sa.Float, nullable=False, server_default="0", comment="Changes that a source had announced; fades"),
    sa.Column("missed", sa.Float, nullable=False, server_default="0", comment="Changes that a source should have announced; fades"),
)

# The newest pages of each outlet, by which recurring furniture is known (see ingest/memory.py).
PAGE_BLOCKS = sa.Table(
    "consilience_page_blocks",
    METADATA,
    sa.Column("outlet_id", sa.String(64), primary_key=True),
    sa.Column("page_id", sa.String(36), primary_key=True, comment="Key of the article: a page counts once, whenever it is read again"),
    sa.Column("seen_at", Moment, nullable=False, comment="Its newest capture"),
    sa.Column("content", sa.Text, nullable=False, comment="JSON: prints of headline and blocks"),
    sa.Index("consilience_page_blocks_seen", "outlet_id", "seen_at"),
)

# What recurred, as of some time; rows are never changed, so that reprocessing a page finds the memory that it was read with.
MEMORY = sa.Table(
    "consilience_memory",
    METADATA,
    sa.Column("outlet_id", sa.String(64), primary_key=True),
    sa.Column("learned_at", Moment, primary_key=True),
    sa.Column("pages", sa.Integer, nullable=False, comment="Pages with different headlines that it was learned from"),
    sa.Column("content", sa.Text, nullable=False, comment="JSON of the memory"),
)

# One row an origin: whose turn it is, when the next request may go out (see ingest/turns.py), what robots.txt said.
HOST = sa.Table(
    "consilience_host",
    METADATA,
    sa.Column("origin_id", sa.String(36), primary_key=True, comment="UUIDv5 of the origin"),
    sa.Column("origin", sa.Text, nullable=False, comment="Scheme, host, port"),
    sa.Column("lease_owner", sa.String(36), comment="The process that sends requests there at present"),
    sa.Column("lease_until", Moment, comment="The lease of a process that died ends here"),
    sa.Column("next_request_at", Moment, comment="Nobody but the owner asks before; during a lease its latest end and the delay"),
    sa.Column("wanted_by", sa.String(36), comment="The process that is next; the owner gives the lease back at the end of its slice"),
    sa.Column("wanted_until", Moment, comment="The wish of a process that died ends here"),
    sa.Column("blocked_until", Moment, comment="Retry-After or back-off: nobody asks before"),
    sa.Column("failures", sa.Integer, nullable=False, comment="In a row"),
    sa.Column("robots", sa.Text, comment="Text of robots.txt; empty where there is none"),
    sa.Column("robots_at", Moment, comment="When robots.txt was read"),
    sa.Column("robots_down_since", Moment, comment="Unreachable since then; null: the last try brought an answer"),
    sa.Column("robots_retry_at", Moment, comment="robots.txt is not asked for before"),
)


def _is_locked(error: BaseException) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


# SQLite does not wait by itself when two processes turn one new file to WAL at the same moment.
@retry(retry=retry_if_exception(_is_locked), wait=wait_random(0.01, 0.1), stop=stop_after_delay(SQLITE_WAIT_S), reraise=True)
def _use_wal(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode=WAL")


def _sqlite_session(engine: sa.Engine) -> None:
    """Take the write lock at BEGIN: a transaction that reads first and writes later would otherwise fail instead of waiting."""

    @sa.event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        _use_wal(connection)
        connection.execute("PRAGMA synchronous=FULL")

    @sa.event.listens_for(engine, "begin")
    def _begun(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _add_columns(connection: sa.Connection, table: sa.Table) -> None:
    """Add the columns that a table of an older version lacks; they are nullable or have a default of the server."""
    present = {column["name"] for column in sa.inspect(connection).get_columns(table.name)}
    for column in table.columns:
        if column.name not in present:
            text = CreateColumn(column).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {text}")  # names and types are our own


def _create(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(CREATION_LOCK)))
        for table in METADATA.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))
            _add_columns(connection, table)
            for index in table.indexes:
                connection.execute(CreateIndex(index, if_not_exists=True))


def open_state(settings: Settings) -> sa.Engine:
    """Engine of the state database; tables and columns are added where they are missing, also by several processes at once.

    Raises:
        Misconfigured: the URL is no PostgreSQL or SQLite URL, or the database can't be reached.
    """
    try:
        url = sa.make_url(settings.state_database_url)
        is_sqlite = url.get_backend_name() == "sqlite"
        if is_sqlite and url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(
            url, connect_args={"timeout": SQLITE_WAIT_S} if is_sqlite else {"connect_timeout": CONNECT_WAIT_S}, pool_pre_ping=not is_sqlite
        )
        if is_sqlite:
            _sqlite_session(engine)
        _create(engine)
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, sa.exc.OperationalError, OSError) as error:
        raise Misconfigured(f"CONSILIENCE_STATE_URL: the state database can't be opened: {error}") from error
    return engine


def insert_new(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows whose key is not there yet; the others stay as they are."""
    if rows:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        connection.execute(insert(table).on_conflict_do_nothing(), rows)
