"""Publishing under fire: readers hold the file, the publisher is killed, the copy is damaged; what people open is always whole."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from common.errors import Broken, Misconfigured, WarehouseBusy
from common.settings import Settings
from warehouse import compact, publish
from warehouse.connect import ROW_GROUP_SIZE, lock_holder, open_private, open_published
from warehouse.publish import expired, publish_copy, snapshots

ROOT = Path(__file__).parents[2]


def test_the_snapshot_is_numbered_read_only_and_behind_a_relative_link(
    compared: duckdb.DuckDBPyConnection, settings: Settings, make: Any
) -> None:
    path = publish_copy(compared, settings, make.noon)
    assert path == settings.published_dir / "news-000001.duckdb"
    assert path.stat().st_mode & 0o777 == 0o444
    assert settings.published_file.readlink() == Path(path.name)
    assert sorted(p.name for p in settings.published_dir.iterdir()) == ["news-000001.duckdb", "news.duckdb"]
    with open_published(settings) as con:
        assert con.execute("SELECT number, articles, stories FROM ops.snapshot").fetchall() == [(1, 6, 1)]


def test_nothing_new_is_not_published_again(compared: duckdb.DuckDBPyConnection, settings: Settings, make: Any, loader: Any) -> None:
    first = publish_copy(compared, settings, make.noon)
    assert publish_copy(compared, settings, make.at(5)) == first
    loader("b2", [], [])
    assert publish_copy(compared, settings, make.at(10)).name == "news-000002.duckdb"


def test_a_link_that_was_lost_is_made_again(compared: duckdb.DuckDBPyConnection, settings: Settings, make: Any) -> None:
    publish_copy(compared, settings, make.noon)
    settings.published_file.unlink()
    assert publish_copy(compared, settings, make.at(5)).name == "news-000002.duckdb"
    assert settings.published_file.exists()


def test_old_snapshots_go_and_open_ones_stay_readable(
    compared: duckdb.DuckDBPyConnection, settings: Settings, make: Any, loader: Any
) -> None:
    publish_copy(compared, settings, make.noon)
    with open_published(settings) as reader:
        for number in range(2, 6):
            loader(f"b{number}", [], [])
            publish_copy(compared, settings, make.at(number))
        assert list(snapshots(settings.published_dir)) == [3, 4, 5]
        assert reader.execute("SELECT count(*) FROM ops.batch").fetchall() == [(1,)]  # its own state, deleted or not
    with open_published(settings) as reader:
        assert reader.execute("SELECT count(*) FROM ops.batch").fetchall() == [(5,)]


def test_expired_keeps_the_newest() -> None:
    assert expired([5, 3, 4, 10], 2) == [3, 4]
    assert expired([1], 3) == []


def test_a_copy_that_fails_a_check_is_not_published(compared: duckdb.DuckDBPyConnection, settings: Settings, make: Any) -> None:
    good = publish_copy(compared, settings, make.noon)
    compared.execute("INSERT INTO core.article FROM core.article; UPDATE ops.batch SET loaded_at = loaded_at + INTERVAL 1 HOUR")
    with pytest.raises(Broken, match=r"unique_keys: \d+ rows.*core\.article"):
        publish_copy(compared, settings, make.at(5))
    assert settings.published_file.resolve() == good


def test_a_copy_with_other_rows_is_not_published(
    compared: duckdb.DuckDBPyConnection, settings: Settings, make: Any, empty_file: Path, monkeypatch: Any
) -> None:
    original = publish._copy
    monkeypatch.setattr(publish, "_copy", lambda _source, target: original(empty_file, target))
    with pytest.raises(Broken, match="instead of"):
        publish_copy(compared, settings, make.noon)
    assert not settings.published_file.exists()


def test_a_disk_that_refuses_is_told(compared: duckdb.DuckDBPyConnection, settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(Broken, match=r"copying .* failed"):
        publish._copy(settings.warehouse_file, tmp_path / "nowhere" / "copy")


HOLDER = """
import sys, duckdb
con = duckdb.connect(sys.argv[1], config={"storage_compatibility_version": "v1.2.0"})
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(settings: Settings) -> Any:
    """A real other process that holds the private file."""
    settings.warehouse_file.parent.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(settings.warehouse_file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.communicate()


def test_a_held_warehouse_is_busy_and_the_holder_is_named(settings: Settings, holder: Any) -> None:
    with pytest.raises(WarehouseBusy, match=rf"held by process {holder.pid}") as caught, open_private(settings):
        pass
    assert caught.value.where["pid"] == holder.pid


def test_a_writer_waits_for_its_turn(settings: Settings, holder: Any) -> None:
    patient = settings.model_copy(update={"warehouse_wait_s": 30.0})
    threading.Timer(0.3, holder.stdin.close).start()
    with open_private(patient) as con:
        assert con.execute("SELECT 1").fetchall() == [(1,)]
    holder.stdin = None


def test_a_warehouse_that_this_process_has_open_is_busy(settings: Settings) -> None:
    with open_private(settings) as con:
        with pytest.raises(WarehouseBusy, match=f"held by process {os.getpid()}"), open_private(settings):
            pass
        assert con.execute("SELECT 1").fetchall() == [(1,)]


def test_rows_lie_in_small_groups(settings: Settings) -> None:
    with open_private(settings) as con:
        con.execute("CREATE TABLE numbers AS SELECT range AS n FROM range(40_000); CHECKPOINT")
        groups = con.execute("SELECT max(count) FROM pragma_storage_info('numbers') WHERE segment_type = 'BIGINT'").fetchall()
    assert groups == [(ROW_GROUP_SIZE,)]


def test_other_faults_are_not_taken_for_a_lock(settings: Settings) -> None:
    settings.warehouse_file.parent.mkdir(parents=True)
    settings.warehouse_file.write_bytes(b"this is no database" * 1000)
    with pytest.raises(duckdb.IOException), open_private(settings):
        pass
    assert lock_holder(ValueError("Conflicting lock is held in x (PID 3)")) is None


def test_nothing_published_yet_says_what_to_do(settings: Settings) -> None:
    with pytest.raises(Misconfigured, match="nothing published yet"):
        open_published(settings)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("DELETE FROM core.article", "read-only"),
        ("SELECT * FROM read_csv('/etc/passwd')", "disabled by configuration"),
        ("ATTACH '/tmp/other.duckdb'", "disabled by configuration"),
        ("SET enable_external_access = true", "configuration has been locked"),
    ],
)
def test_the_published_file_opens_nothing_else(
    compared: duckdb.DuckDBPyConnection, settings: Settings, make: Any, sql: str, message: str
) -> None:
    publish_copy(compared, settings, make.noon)
    with open_published(settings) as con, pytest.raises(duckdb.Error, match=re.compile(message, re.IGNORECASE)):
        con.execute(sql).fetchall()


def test_compaction_gives_back_space_and_keeps_everything(settings: Settings, con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "CREATE TABLE core.ballast AS SELECT uuid()::VARCHAR AS x FROM range(400000); CHECKPOINT; "
        "CREATE TABLE core.late AS SELECT uuid()::VARCHAR AS x FROM range(40000); CHECKPOINT; DROP TABLE core.ballast; CHECKPOINT"
    )
    comments = con.execute("SELECT count(*) FROM duckdb_columns() WHERE comment IS NOT NULL").fetchall()
    con.close()
    before = settings.warehouse_file.stat().st_size
    assert compact.compact(settings, least_size=0)
    assert settings.warehouse_file.stat().st_size < before / 2
    assert not compact.compact(settings, least_size=0)
    with open_private(settings) as again:
        assert again.execute("SELECT count(*) FROM duckdb_columns() WHERE comment IS NOT NULL").fetchall() == comments
        assert again.execute("SELECT tags['storage_version'] FROM duckdb_databases() WHERE database_name = 'warehouse'").fetchall() == [
            ("v1.2.0+",)
        ]


def test_a_small_or_missing_file_is_left_alone(settings: Settings, con: duckdb.DuckDBPyConnection) -> None:
    assert not compact.compact(settings)
    assert not compact.compact(settings.model_copy(update={"data_dir": settings.data_dir / "none"}))


def test_retention_waits_for_the_load(settings: Settings, make: Any) -> None:
    from ingest.store.captures import batch_dir, seal
    from warehouse.landing import folder, write_landing

    for key in ("b1", "b2"):
        seal(settings, key)
        write_landing(settings, key, [], [])
    from common import clock

    later = clock.now() + timedelta(days=40)
    strict = settings.model_copy(update={"retention_days": 30})
    assert compact.drop_old_captures(settings, {"b1"}, later) == 0  # unset: kept for ever
    assert compact.drop_old_captures(strict, {"b1"}, later - timedelta(days=30)) == 0
    assert compact.drop_old_captures(strict, {"b1"}, later) == 1
    assert [folder(settings, key).exists() for key in ("b1", "b2")] == [False, True]
    assert [batch_dir(settings, key).exists() for key in ("b1", "b2")] == [False, True]
