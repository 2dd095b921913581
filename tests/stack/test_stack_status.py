from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cli.stack import commands, processes, record, register, status
from common.errors import Misconfigured
from common.settings import Settings
from ingest.rhythm import pace as rhythm
from ingest.rhythm import polls
from ingest.rhythm.pace import SourceState
from ingest.state import open_state
from warehouse import verify
from warehouse.connect import open_private
from warehouse.migrate import migrate
from warehouse.publish import publish_copy

NAMES = ("api-server", "scheduler", "dag-processor", "triggerer")
OUTLET = "id: {0}\nname: The {0}\nhome: https://{0}.example/\ncountry: GB\nlanguage: en\nfeeds: [https://{0}.example/feed.xml]\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "outlets").mkdir()
    return Settings(_env_file=None, data_dir=tmp_path / "data", outlets_dir=tmp_path / "outlets")


def stack_of(*alive: str) -> record.Record:
    """A record in which this very process plays the components that live."""
    me = processes.known("supervisor", os.getpid())
    dead = replace(me, started=me.started - 1000)
    return record.Record(
        "id", "ready", "http://127.0.0.1:1", me, tuple(replace(me if name in alive else dead, name=name) for name in NAMES)
    )


def test_down_and_empty(settings: Settings) -> None:
    found = status.gather(settings)
    assert found["phase"] == "down"
    assert found["url"] is None
    assert [part["status"] for part in found["components"]] == ["down"] * 4
    assert (found["runs"], found["outlets"], found["published"]) == ({}, [], None)
    assert not settings.data_dir.exists()  # asking leaves no trace


def test_outlets_and_what_is_wrong_with_them(settings: Settings) -> None:
    for name in ("herald", "courier"):
        (settings.outlets_dir / f"{name}.yaml").write_text(OUTLET.format(name))
    assert status.outlet_ids(settings) == (["courier", "herald"], None)
    (settings.outlets_dir / "courier.yaml").write_text(OUTLET.format("courier") + "feedz: []\n")
    found, problem = status.outlet_ids(settings)
    assert found == []
    assert re.search(r"courier\.yaml.+feedz", str(problem), re.DOTALL)


def test_publication_is_the_file_behind_the_link(settings: Settings) -> None:
    settings.published_dir.mkdir(parents=True)
    (settings.published_dir / "news-000007.duckdb").write_bytes(b"12345")
    settings.published_file.symlink_to("news-000007.duckdb")
    os.utime(settings.published_dir / "news-000007.duckdb", (0, 1_537_452_000))
    found, problem = status.published(settings)
    assert problem is None
    assert found == {
        "file": str(settings.published_dir.resolve() / "news-000007.duckdb"),
        "at": "2018-09-20T14:00:00Z",
        "bytes": 5,
    }
    (settings.published_dir / "news-000007.duckdb").unlink()
    assert status.published(settings) == (None, None)


@pytest.mark.parametrize(
    ("alive", "health", "wanted"),
    [
        (NAMES, {"scheduler": "healthy", "dag_processor": "healthy", "triggerer": "healthy"}, ["healthy"] * 4),
        (NAMES, {}, ["unhealthy"] * 4),
        (
            NAMES[:3],
            {"scheduler": "healthy", "dag_processor": "unhealthy", "triggerer": "healthy"},
            ["healthy", "healthy", "unhealthy", "down"],
        ),
        ((), {"scheduler": "healthy"}, ["down"] * 4),
    ],
)
def test_a_component_is_healthy_when_it_lives_and_beats(alive: tuple[str, ...], health: dict[str, str], wanted: list[str]) -> None:
    parts = status.parts(stack_of(*alive), health)
    assert [part["name"] for part in parts] == list(NAMES)
    assert [part["status"] for part in parts] == wanted
    assert [part["pid"] for part in parts] == [os.getpid() if name in alive else None for name in NAMES]


def test_a_silent_server_leaves_runs_empty(settings: Settings) -> None:
    assert status.ask(settings, stack_of()) == ({}, {})  # no credentials yet
    settings.airflow_home.mkdir(parents=True)
    (settings.airflow_home / "credentials.json").write_text(json.dumps({"username": "admin", "password": "x", "url": "y"}))
    assert status.ask(settings, stack_of()) == ({}, {})  # nobody listens on port 1


def test_a_record_without_its_supervisor_is_no_stack(settings: Settings) -> None:
    settings.data_dir.mkdir()
    record.write(settings.data_dir, stack_of(*NAMES))
    assert status.gather(settings)["phase"] == "down"
    with record.lock(settings.data_dir):
        assert status.gather(settings)["phase"] == "ready"


def invoke(settings: Settings, *arguments: str) -> tuple[int, str, BaseException | None]:
    app = typer.Typer()
    register(app)
    variables = {"CONSILIENCE_DATA_DIR": str(settings.data_dir), "CONSILIENCE_OUTLETS_DIR": str(settings.outlets_dir)}
    result = CliRunner().invoke(app, list(arguments), env=variables)
    return result.exit_code, result.output, result.exception


def test_status_prints_tables_and_json(settings: Settings) -> None:
    (settings.outlets_dir / "herald.yaml").write_text(OUTLET.format("herald"))
    code, text, _ = invoke(settings, "status")
    assert code == 0
    for words in ("stack: down", "dag-processor", "outlets: 1", "published: nothing yet"):
        assert words in text
    code, text, _ = invoke(settings, "status", "--json")
    assert (code, json.loads(text)["outlets"]) == (0, ["herald"])


def test_up_refuses_an_unusable_database_and_leaves_nothing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSILIENCE_AIRFLOW_DATABASE_URL", "mysql://x/y")
    monkeypatch.setenv("CONSILIENCE_AIRFLOW_PORT", "1")
    monkeypatch.setattr(processes, "require_port", lambda *_: None)
    code, _, error = invoke(settings, "up")
    assert code != 0
    assert isinstance(error, Misconfigured)
    assert record.read(settings.data_dir) is None
    assert not record.is_held(settings.data_dir)


def test_down_while_a_supervisor_is_starting_asks_for_patience(settings: Settings) -> None:
    settings.data_dir.mkdir()
    with record.lock(settings.data_dir):
        code, _, error = invoke(settings, "down")
    assert code != 0
    assert "try again in a moment" in str(error)


@pytest.mark.parametrize("command", ["up", "down", "status", "env"])
def test_every_command_explains_itself(settings: Settings, command: str) -> None:
    code, text, _ = invoke(settings, command, "--help")
    assert code == 0
    assert len(text.split()) > 12


def test_failing_sources_are_told_with_reason_and_next_try(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert status.failing_sources(settings) == []
    assert not settings.data_dir.exists()  # a look makes nothing
    now = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
    well = SourceState("1", "https://a.example/feed", "feed", next_due_at=now)
    engine = open_state(settings)
    polls.note(engine, "a", [well, rhythm.failed(replace(well, source_id="2"), now, "fetch_delayed: status 500", 60.0)], now)
    engine.dispose()
    told = status.failing_sources(settings)
    assert told == [
        {
            "outlet": "a", "url": "https://a.example/feed", "failures": 1, "error": "fetch_delayed: status 500",
            "next_try": "2026-11-23T10:30:00Z",
        }
    ]  # fmt: skip
    commands._print(status.gather(settings))
    assert "Failing source" in capsys.readouterr().out


def test_findings_of_the_checks_are_told_also_while_a_load_holds_the_file(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert status.findings(settings) == []
    assert not settings.data_dir.exists()
    at = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
    with open_private(settings) as con:
        assert status.findings(settings) == []  # made, but not by this code yet
        migrate(con)
        verify.record(
            con, [verify.CheckResult("volume", 1, "herald 3 articles", "warning"), verify.CheckResult("ranges", 0, None)], at, "b1"
        )
        publish_copy(con, settings, at)
    told = [{"check": "volume", "severity": "warning", "rows": 1, "sample": "herald 3 articles"}]
    assert status.findings(settings) == told
    commands._print(status.gather(settings))
    assert "herald 3 articles" in capsys.readouterr().out
    holder = "import sys, duckdb; con = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", holder, str(settings.warehouse_file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert status.findings(settings) == told
        process.communicate()
