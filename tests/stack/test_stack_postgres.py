"""A real embedded PostgreSQL, once as the stack's own and once as a foreign server."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from cli.stack import migration, postgres
from common.errors import Misconfigured
from common.settings import Settings


def ask(url: str, query: str) -> object:
    engine = sa.create_engine(url)
    try:
        with engine.begin() as connection:
            return connection.execute(sa.text(query)).scalar()
    finally:
        engine.dispose()


@pytest.fixture(scope="module")
def socket_dir(short_dir: Path) -> Iterator[Path]:
    with postgres.embedded(short_dir / "a 'folder'" / "postgres") as found:
        yield found


def pid(folder: Path) -> int:
    return int((folder / "postmaster.pid").read_text().split()[0])


def test_own_server_has_both_databases_and_a_private_socket(socket_dir: Path) -> None:
    postgres.create_databases(socket_dir)
    postgres.create_databases(socket_dir)
    for database in ("airflow", "consilience"):
        assert ask(postgres.socket_url(socket_dir, database), "SELECT current_database()") == database
    assert stat.S_IMODE((socket_dir / ".s.PGSQL.5432").stat().st_mode) == 0o700
    assert ask(postgres.socket_url(socket_dir, "airflow"), "SHOW listen_addresses") == ""


def test_foreign_server_keeps_state_in_a_schema_of_its_own(socket_dir: Path) -> None:
    given = postgres.socket_url(socket_dir, "postgres").replace("+psycopg2", "")
    found = postgres.foreign(given, Settings(_env_file=None))
    assert ask(found.state_url, "SELECT current_schema()") == "consilience"
    assert ask(found.airflow_url, "SELECT current_schema()") == "public"
    assert found.airflow_url.startswith("postgresql+psycopg2://")
    chosen = postgres.foreign(given, Settings(_env_file=None, state_url=SecretStr("sqlite:///x")))
    assert chosen.state_url == "sqlite:///x"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("not a url", "is no URL"),
        ("mysql://x/y", "must name a PostgreSQL, not mysql"),
        ("postgresql://joe:pw@127.0.0.1:1/x", "does not answer"),
    ],
)
def test_unusable_foreign_server(url: str, words: str) -> None:
    with pytest.raises(Misconfigured, match=words) as caught:
        postgres.foreign(url, Settings(_env_file=None))
    assert "pw@" not in str(caught.value)


def test_passwords_do_not_show() -> None:
    assert "pw" not in repr(postgres.Databases("postgresql://joe:pw@x/y", "postgresql://joe:pw@x/z"))


def test_revision_of_a_database(socket_dir: Path) -> None:
    url = postgres.socket_url(socket_dir, "postgres")
    assert migration.revision(url) is None
    ask(url, "CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('abc'); SELECT 1")
    assert migration.revision(url) == "abc"


def test_failed_migration_names_its_log_and_is_tried_again(socket_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "airflow").mkdir()
    (tmp_path / "airflow" / "__init__.py").touch()
    program = tmp_path / "airflow" / "__main__.py"
    url = postgres.socket_url(socket_dir, "postgres")
    program.write_text("raise SystemExit(3)")
    with pytest.raises(Misconfigured, match=r"migrate\.log"):
        migration.migrate({}, url, tmp_path)
    program.write_text("")
    assert migration.migrate({}, url, tmp_path) is True
    assert migration.migrate({}, url, tmp_path) is False
    (tmp_path / "migrated.json").write_text("{")
    assert migration.migrate({}, url, tmp_path) is True


def test_server_of_a_killed_supervisor_is_stopped_and_its_data_kept(short_dir: Path, socket_dir: Path) -> None:
    folder = short_dir / "a 'folder'" / "postgres"
    ask(postgres.socket_url(socket_dir, "airflow"), "CREATE TABLE kept AS SELECT 7 AS x; SELECT 1")
    first = pid(folder)
    with postgres.embedded(folder) as again:
        second = pid(folder)
        assert second != first
        assert not psutil.pid_exists(first)
        assert ask(postgres.socket_url(again, "airflow"), "SELECT x FROM kept") == 7
    assert not psutil.pid_exists(second)
    postgres.stop_left_over(folder)  # nothing to do


def test_a_stale_pid_file_harms_nobody(tmp_path: Path) -> None:
    for content in ("", "no number", f"{os.getpid()}\n", "99999999\n"):
        (tmp_path / "postmaster.pid").write_text(content)
        postgres.stop_left_over(tmp_path)


def test_a_server_that_does_not_start_names_its_log(short_dir: Path) -> None:
    folder = short_dir / "broken"
    with postgres.embedded(folder):
        pass
    (folder / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(Misconfigured, match=f"does not start; see {folder / 'log'}"), postgres.embedded(folder):
        pass


def test_deep_folders_get_a_short_private_socket_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    short = postgres.socket_folder(deep)
    assert short.parent == tmp_path
    assert stat.S_IMODE(short.stat().st_mode) == 0o700
    assert postgres.socket_folder(deep) == short
    assert postgres.socket_folder(tmp_path) == tmp_path
    short.rmdir()
    short.symlink_to(tmp_path)
    with pytest.raises(Misconfigured, match="shorter CONSILIENCE_DATA_DIR"):
        postgres.socket_folder(deep)
