from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from common.errors import Misconfigured
from ingest.state import HOST, METADATA, SOURCE, URL, insert_new, open_state

# one interpreter that forks, because four would spend seconds on imports
OPEN = """
import os, sys
from common.settings import Settings
from ingest.state import open_state
settings = Settings(_env_file=None, state_url=sys.argv[1])
ready, go = os.pipe()
children = []
for _ in range(5):
    child = os.fork()
    if child == 0:
        os.close(go)
        os.read(ready, 1)  # ends for all at once when the parent closes its side
        try:
            open_state(settings).dispose()
        except BaseException as error:
            print(repr(error), flush=True)
            os._exit(1)
        os._exit(0)
    children.append(child)
os.close(go)
sys.exit(sum(os.waitpid(child, 0)[1] != 0 for child in children))
"""


def row(**more):
    return {"origin_id": "1", "origin": "http://a.example", "failures": 0} | more


def test_times_come_back_in_utc_whatever_zone_they_had(engine):
    moment = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    with engine.begin() as connection:
        insert_new(connection, HOST, [row(next_request_at=moment)])
        found = connection.execute(sa.select(HOST.c.next_request_at)).scalar_one()
    assert found == moment
    assert found.tzinfo is UTC


def test_a_naive_time_is_a_bug(engine):
    with pytest.raises(sa.exc.StatementError, match="naive"), engine.begin() as connection:
        insert_new(connection, HOST, [row(next_request_at=datetime.fromisoformat("2026-01-01"))])


def test_times_compare_in_sql(engine, now):
    with engine.begin() as connection:
        insert_new(connection, HOST, [row(next_request_at=now)])
        for other, expected in ((now, 1), (now - timedelta(microseconds=1), 0), (now + timedelta(days=1), 1)):
            found = connection.execute(sa.select(sa.func.count()).where(HOST.c.next_request_at <= other)).scalar_one()
            assert found == expected


def test_known_rows_stay_as_they_are(engine):
    with engine.begin() as connection:
        insert_new(connection, HOST, [row(failures=3)])
        insert_new(connection, HOST, [row(failures=9), row(origin_id="2")])
        insert_new(connection, HOST, [])
        assert connection.execute(sa.select(HOST.c.failures).order_by(HOST.c.origin_id)).scalars().all() == [3, 0]


def test_opening_again_keeps_what_is_there(on_state):
    for _ in range(2):
        engine = open_state(on_state)
        with engine.begin() as connection:
            insert_new(connection, HOST, [row()])
        engine.dispose()
    engine = open_state(on_state)
    names = sa.inspect(engine).get_table_names()
    indexes = [index["name"] for index in sa.inspect(engine).get_indexes(URL.name)]
    engine.dispose()
    assert set(METADATA.tables) <= set(names)
    assert "consilience_url_due" in indexes


# The tables as the first version of Consilience made them, with a row each.
OLD = """
CREATE TABLE consilience_url (url_id VARCHAR(36) PRIMARY KEY, url TEXT NOT NULL, outlet_id VARCHAR(64) NOT NULL, status VARCHAR(8) NOT NULL,
  first_seen_at TIMESTAMP NOT NULL, hint TEXT NOT NULL, attempts INTEGER NOT NULL, next_due_at TIMESTAMP);
CREATE TABLE consilience_source (source_id VARCHAR(36) PRIMARY KEY, outlet_id VARCHAR(64) NOT NULL, url TEXT NOT NULL, etag TEXT,
  asked_at TIMESTAMP NOT NULL, failures INTEGER NOT NULL);
INSERT INTO consilience_url VALUES ('1', 'https://a.example/1', 'a', 'done', '2026-11-23 10:15:00', '{}', 0, NULL);
INSERT INTO consilience_source VALUES ('1', 'a', 'https://a.example/feed', '"v1"', '2026-11-23 10:15:00', 0);
"""


@pytest.fixture
def old_state(on_state):
    """A database of the first version."""
    url = sa.make_url(on_state.state_database_url)
    if url.database and url.get_backend_name() == "sqlite":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    old = sa.create_engine(url)
    with old.begin() as connection:
        for statement in OLD.split(";")[:-1]:
            connection.exec_driver_sql(statement)
    old.dispose()
    return on_state


def columns_of(engine):
    return {name: {column["name"] for column in sa.inspect(engine).get_columns(name)} for name in METADATA.tables}


def test_an_older_database_gets_the_columns_that_it_lacks_and_keeps_its_rows(old_state):
    for _ in range(2):
        engine = open_state(old_state)
        assert columns_of(engine) == {name: {column.name for column in table.columns} for name, table in METADATA.tables.items()}
        with engine.begin() as connection:
            assert connection.execute(sa.select(URL.c.url, URL.c.status, URL.c.churn, URL.c.seen)).all() == [
                ("https://a.example/1", "done", 0, None)
            ]
            assert connection.execute(sa.select(SOURCE.c.etag, SOURCE.c.polls, SOURCE.c.hours)).all() == [('"v1"', 0, 0.0)]
        engine.dispose()


def test_many_processes_may_bring_an_older_database_up_to_date_at_once(old_state, state_url):
    done = subprocess.run([sys.executable, "-c", OPEN, state_url], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    engine = open_state(old_state)
    assert "churn" in columns_of(engine)[URL.name]
    engine.dispose()


def test_every_column_that_may_be_added_is_nullable_or_has_a_default():
    first = set(OLD.split()) | {"last_modified", "body_sha256", "captured_batch", "captured_at"}
    late = [column for table in (URL, SOURCE) for column in table.columns if column.name not in first and f"({column.name}" not in OLD]
    assert len(late) > 20
    assert [column.name for column in late if not column.nullable and column.server_default is None] == []


def test_many_processes_may_create_the_tables_at_once(state_url):
    done = subprocess.run([sys.executable, "-c", OPEN, state_url], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_file_that_another_process_is_just_creating_is_waited_for(settings):
    # SQLite refuses to turn to WAL beside a reserved lock at once, without its busy timeout
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    other = sqlite3.connect(settings.data_dir / "state.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.2, lambda: other.execute("COMMIT"))
    release.start()
    engine = open_state(settings)
    release.join()
    other.close()
    assert set(METADATA.tables) <= set(sa.inspect(engine).get_table_names())
    engine.dispose()


@pytest.mark.parametrize(
    "url", ["nonsense", "mystery://x/y", "postgresql+psycopg2://nobody@127.0.0.1:1/none", "sqlite:////proc/no/such/place.db"]
)
def test_a_database_that_cannot_be_opened_is_a_matter_of_configuration(settings, url):
    with pytest.raises(Misconfigured, match="CONSILIENCE_STATE_URL"):
        open_state(settings.model_copy(update={"state_url": SecretStr(url)}))


def test_the_default_is_sqlite_in_the_data_folder(settings):
    open_state(settings).dispose()
    assert (settings.data_dir / "state.db").is_file()
