"""A DuckLake for real: DuckDB 1.5.5 with its extensions in processes of their own, a catalog in PostgreSQL, tables in moto's S3."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pydantic import SecretStr

from cli.stack import commands, postgres
from common.errors import Misconfigured, RetryLater
from common.settings import Settings
from tests.stack.conftest import free_port
from tests.warehouse.conftest import ROOT, Make
from transforms.records import Transformed
from warehouse import lake, landing, stages
from warehouse.connect import open_private
from warehouse.migrate import for_lake, numbered
from warehouse.tables import RECORD_TABLES

PYTHON = ROOT / ".venv-lake" / "bin" / "python"
BUCKET = "archive"
LOAD = "print(stages.load_batch(settings, arguments[0]))"
PUBLISH = "print(stages.publish(settings))"
STATUS = "sys.argv = ['consilience', 'status', '--json']; from cli.app import main; main()"
# Every row of every table that both kinds of warehouse fill, but for what is dated by the load.
ROWS = """
with open_private(settings, read_only=True) as con:
    for table in arguments:
        columns = [c for c, *_ in con.execute(f"DESCRIBE FROM {table}").fetchall() if c not in ("recorded_at", "compared_at")]
        rows = con.execute(f"SELECT to_json(t)::VARCHAR FROM (SELECT {', '.join(sorted(columns))} FROM {table}) t ORDER BY 1").fetchall()
        print(json.dumps([table, [json.loads(text) for (text,) in rows]], sort_keys=True))
"""
COUNT = """
with open_private(settings, read_only=True) as con:
    print([con.execute(f"SELECT count(*) FROM {table}").fetchall() for table in arguments])
"""
ASK = """
with open_published(settings) as con:
    for query in arguments:
        try:
            print(json.dumps(con.execute(query).fetchall(), default=str))
        except duckdb.Error as error:
            print(json.dumps(f"{type(error).__name__}: {error}"))
"""
PREPARED = """
import json, sys
import duckdb
from common import logs
from common.settings import Settings
from warehouse import lake, stages
from warehouse.connect import open_private, open_published
settings, arguments = Settings(_env_file=None), sys.argv[1:]
logs.configure()
"""


@dataclass
class Lake:
    """A lake of a test, and processes that work on it with the other DuckDB."""

    environment: dict[str, str]
    address: str
    store: str
    early: str = ""
    unwritten: str = ""
    between: tuple[Any, ...] = ()
    name: str = ""

    def start(self, script: str, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(PYTHON), "-c", PREPARED + script, *arguments],
            cwd=ROOT, env={**os.environ, **self.environment, **variables}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __call__(self, script: str, *arguments: str, **variables: str) -> str:
        """What the script prints."""
        process = self.start(script, *arguments, **variables)
        out, err = process.communicate()
        assert process.returncode == 0, err
        return out

    def ask(self, *queries: str) -> list[Any]:
        """Rows of queries on the published lake, as JSON; a text in place of rows is the error."""
        return [json.loads(line) for line in self(ASK, *queries).splitlines()]

    def objects(self) -> list[str]:
        """Keys in the bucket."""
        with urllib.request.urlopen(f"{self.store}/{BUCKET}?list-type=2") as answer:
            listed = answer.read().decode()
        return [part.split("</Key>")[0] for part in listed.split("<Key>")[1:]]


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """An S3 store with an empty bucket."""
    if not PYTHON.exists():
        pytest.skip("no .venv-lake: make lake")
    port = free_port()
    command = [str(PYTHON), "-u", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        for line in server.stderr:
            if "Running on" in line:
                break
        address = f"http://127.0.0.1:{port}"
        urllib.request.urlopen(urllib.request.Request(f"{address}/{BUCKET}", method="PUT")).close()
        yield address
        server.terminate()


@pytest.fixture(scope="module")
def catalog() -> Iterator[str]:
    """The libpq address of an empty database."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder, postgres.embedded(Path(folder) / "pg") as found:
        yield f"host={found} user=postgres dbname=postgres"


def article(make: Make, url: str, batch: str, minutes: float, text: str, says: str) -> tuple[Any, Transformed]:
    capture = make.capture(url, minutes, batch=batch)
    return capture, make.row(capture, text, says=says, canonical=f"https://wire.example/{url.split('/')[1]}", language="en")


def land(settings: Settings, make: Make) -> None:
    """Three batches, the first two of which share outlets and an article."""
    outlets = [make.outlet(name, is_agency=name == "wire") for name in ("wire", "herald", "ledger", "post")]
    for batch, names in (("b1", ("flood", "bridge")), ("b2", ("bridge", "election")), ("b3", ("strike",))):
        told = [
            article(make, f"{outlet}/{name}", batch, 60 * number, f"The {name} was on Monday. {12 + number} people saw the {name}.",
                    f"{12 + number} people saw the {name}.")
            for name in names for number, outlet in enumerate(("wire", "herald"))
        ]  # fmt: skip
        landing.write_landing(settings, batch, [c for c, _ in told], [row for _, row in told], outlets=outlets)


@pytest.fixture(scope="module")
def sea(store: str, catalog: str, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """An empty lake, and three landed batches."""
    folder = tmp_path_factory.mktemp("lake")
    land(Settings(_env_file=None, data_dir=folder / "data", outlets_dir=folder / "outlets"), Make())
    environment = {
        "CONSILIENCE_DATA_DIR": str(folder / "data"), "CONSILIENCE_OUTLETS_DIR": str(folder / "outlets"),
        "CONSILIENCE_WAREHOUSE": f"ducklake:postgres:{catalog}", "CONSILIENCE_LAKE_DATA": f"s3://{BUCKET}/tables/",
        "CONSILIENCE_LAKE_EXTENSIONS": str(PYTHON.parents[1]), "CONSILIENCE_S3_KEY_ID": "key", "CONSILIENCE_S3_SECRET": "hidden-secret",
        "CONSILIENCE_S3_ENDPOINT": store, "CONSILIENCE_S3_REGION": "eu-central-1",
    }  # fmt: skip
    return Lake(environment, catalog, store)


@pytest.fixture(scope="module")
def loaded(sea: Lake) -> Lake:
    """Two processes have loaded two batches at once, which were published; readers looked before and after a third was as well."""
    sea.early = sea.start(ASK, "SELECT 1").communicate()[1]
    sea.unwritten = sea(STATUS)
    both = [sea.start(LOAD, batch) for batch in ("b1", "b2")]
    for process in both:
        _, err = process.communicate()
        assert process.returncode == 0, err
    sea(PUBLISH)
    sea(LOAD, "b3")
    sea.between = tuple(
        sea.ask("SELECT count(*) FROM core.article", "SELECT count(*) > 0 FROM marts.claim_comparison", "FROM ops.snapshot")
    )
    sea.name = sea(PUBLISH)
    return sea


def as_file(sea: Lake, batches: tuple[str, ...], folder: Path) -> dict[str, list[Any]]:
    """The rows of a warehouse in a file that loaded the same batches one by one."""
    given = Settings(_env_file=None, data_dir=Path(sea.environment["CONSILIENCE_DATA_DIR"]))
    settings = given.model_copy(update={"data_dir": folder})
    folder.mkdir()
    (folder / "landing").symlink_to(given.landing_dir)
    for batch in batches:
        stages.load_batch(settings, batch)
    names = {"settings": settings, "arguments": TABLES, "open_private": open_private, "json": json, "told": []}
    exec(ROWS.replace("print(", "told.append("), names)
    return dict(json.loads(line) for line in names["told"])  # type: ignore[attr-defined]


TABLES = [table.name for table in RECORD_TABLES] + ["ops.disposition", "core.search_document"]


def test_two_loaders_at_once_end_in_the_rows_that_a_file_holds(loaded: Lake, tmp_path: Path) -> None:
    rows = dict(json.loads(line) for line in loaded(ROWS, *TABLES).splitlines())
    expected = as_file(loaded, ("b1", "b2", "b3"), tmp_path / "file")
    assert {name: len(found) for name, found in rows.items()} == {name: len(found) for name, found in expected.items()}
    for name in ("article", "article_version", "capture", "claim_mention", "claim", "agreement", "copy_group"):
        assert rows[f"core.{name}"] == expected[f"core.{name}"]
    assert len(rows["core.article"]) == 4


def test_readers_see_the_last_publication_and_any_version_before_it(loaded: Lake) -> None:
    assert "no publication yet" in loaded.early
    articles, has_comparison, versions = loaded.between
    assert articles == [[3]], "the third batch was not yet published"
    assert has_comparison == [[True]]
    assert versions == [], "the row of a publication stands in the version behind it"
    now, ((first, count),) = loaded.ask("SELECT count(*) FROM core.article", "SELECT number, articles FROM ops.snapshot")
    assert (now, count) == ([[4]], 3)
    assert loaded.ask(f"SELECT count(*) FROM core.article AT (VERSION => {first})") == [[[3]]]


def test_nothing_new_is_not_published_again(loaded: Lake) -> None:
    assert loaded.name.startswith("warehouse version ")
    assert loaded(PUBLISH) == loaded.name


def test_search_and_checks_work_in_a_lake(loaded: Lake) -> None:
    found, tables = loaded.ask("SELECT headline FROM search('election')", "SELECT count(DISTINCT check_name) FROM ops.check_result")
    assert len(found) >= 1
    assert tables[0][0] >= 6


def test_a_batch_that_is_loaded_changes_nothing(loaded: Lake) -> None:
    before = loaded(COUNT, "core.article_version", "ops.disposition", "core.claim")
    assert "'captures': 4" in loaded(LOAD, "b1")
    assert loaded(COUNT, "core.article_version", "ops.disposition", "core.claim") == before


def test_tables_lie_in_the_store_and_nothing_else_is_open_to_readers(loaded: Lake) -> None:
    assert [key for key in loaded.objects() if key.startswith("tables/") and key.endswith(".parquet")]
    answers = loaded.ask(
        "FROM read_text('/etc/hostname')", "ATTACH '/tmp/other.duckdb'", "DELETE FROM core.article", "SET enable_external_access = true"
    )
    assert [answer.split(":")[0] for answer in answers] == [
        "PermissionException", "PermissionException", "InvalidInputException", "InvalidInputException",
    ]  # fmt: skip


def test_who_has_to_wait_too_long_is_told_for_whom(loaded: Lake) -> None:
    with psycopg.connect(loaded.address, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [lake.TURN])
        process = loaded.start(LOAD, "b1", CONSILIENCE_WAREHOUSE_WAIT_S="0")
        _, err = process.communicate()
        assert process.returncode == 1
        assert f"WarehouseBusy: the lake is being written under PostgreSQL session {other.info.backend_pid}" in err
        assert loaded.ask("SELECT 1") == [[[1]]], "readers don't wait"
    assert "hidden-secret" not in err


def test_maintenance_joins_small_files_and_keeps_every_row(loaded: Lake) -> None:
    before = loaded(COUNT, "core.claim_mention", "core.capture")
    assert '"compacted": 1' in loaded("print(json.dumps(stages.maintain(settings)))")
    assert loaded(COUNT, "core.claim_mention", "core.capture") == before


def test_the_commands_read_a_lake(loaded: Lake) -> None:
    told = loaded("sys.argv = ['consilience', 'sql', '--json', 'SELECT count(*) AS n FROM core.article']; from cli.app import main; main()")
    assert json.loads(told) == [{"n": 4}]
    state = json.loads(loaded(STATUS))
    assert state["published"]["file"].startswith("warehouse version ")
    assert state["published"]["bytes"] is None
    assert state["findings"] == []
    before = json.loads(loaded.unwritten)
    assert (before["published"], before["findings"]) == (None, [])
    assert "no publication yet" in before["published_problem"]
    assert state["published_problem"] is None


@pytest.mark.parametrize("address", ["ducklake:", "ducklake:postgres:host=127.0.0.1 port=1 user=me password=hunter2 dbname=x"])
def test_status_says_why_a_lake_can_not_be_asked(
    tmp_path: Path, address: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONSILIENCE_WAREHOUSE", address)
    monkeypatch.setenv("CONSILIENCE_DATA_DIR", str(tmp_path))
    commands.status(as_json=False)
    told = " ".join(capsys.readouterr().out.split())
    assert "published: " in told
    assert "CONSILIENCE_WAREHOUSE" in told
    assert "nothing yet" not in told
    assert "hunter2" not in told


@pytest.mark.parametrize("address", ["ducklake:", "ducklake:postgres:", "s3://bucket", "postgres:dbname=x"])
def test_an_address_that_is_none_is_refused_with_an_example(tmp_path: Path, address: str) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, warehouse=SecretStr(address))
    with pytest.raises(Misconfigured, match="ducklake:postgres:host=HOST"), open_private(settings, read_only=True):
        pytest.fail("opened")


def test_a_catalog_that_does_not_answer_is_asked_again_later_and_its_password_kept(tmp_path: Path) -> None:
    address = f"ducklake:postgres:host=127.0.0.1 port={free_port()} user=me password=hunter2 dbname=x"
    settings = Settings(_env_file=None, data_dir=tmp_path, warehouse=SecretStr(address))
    with pytest.raises(RetryLater, match=r"catalog .* can't be reached") as caught, open_private(settings):
        pytest.fail("opened")
    assert "hunter2" not in str(caught.value)


def test_extensions_that_are_not_there_are_named(tmp_path: Path, catalog: str) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, warehouse=SecretStr(f"ducklake:postgres:{catalog}"), lake_extensions=tmp_path)
    with pytest.raises(Misconfigured, match=r"ducklake\.duckdb_extension is not there"), open_private(settings, read_only=True):
        pytest.fail("opened")


def test_migrations_lose_in_a_lake_only_what_it_does_not_know() -> None:
    for migration in numbered():
        told = for_lake(migration.sql)
        assert "USING COMPRESSION" not in told
        assert "FLOAT[384]" not in told
        assert told.count("CREATE TABLE") == migration.sql.count("CREATE TABLE")
        assert told.count("ADD COLUMN") == migration.sql.count("ADD COLUMN")


def test_settings_hide_the_address_which_may_hold_a_password() -> None:
    settings = Settings(_env_file=None, warehouse=SecretStr("ducklake:postgres:dbname=x password=hunter2"))
    assert settings.is_lake
    assert "hunter2" not in repr(settings)
    assert not Settings(_env_file=None).is_lake
