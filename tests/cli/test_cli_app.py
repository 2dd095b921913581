from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cli import app as cli_app
from cli import settings as settings_command
from common.errors import Broken, ConsilienceError, LandingDamaged, Misconfigured, WarehouseBusy

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> tuple[int, str]:
    app = typer.Typer()
    settings_command.register(app)
    app.command("other")(lambda: None)  # with a single command typer would drop its name
    result = CliRunner().invoke(app, ["settings", *arguments])
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("error", "code"), [(Misconfigured("x"), 78), (WarehouseBusy("x"), 75), (LandingDamaged("x"), 1), (Broken("x"), 1)]
)
def test_exit_codes_follow_the_class(error: ConsilienceError, code: int) -> None:
    assert cli_app.exit_code(error) == code


def test_settings_are_listed_with_origin_and_masked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("consilience_keep_snapshots=5\n")
    monkeypatch.setenv("CONSILIENCE_STATE_URL", "postgresql://joe:hunter2@db/x")
    code, output = run("--json")
    found = {row["variable"]: row for row in json.loads(output)}
    assert code == 0
    assert "hunter2" not in output
    assert found["CONSILIENCE_STATE_URL"]["origin"] == "environment"
    assert (found["CONSILIENCE_KEEP_SNAPSHOTS"]["origin"], found["CONSILIENCE_KEEP_SNAPSHOTS"]["value"]) == (".env", "5")
    assert found["CONSILIENCE_AIRFLOW_PORT"]["origin"] == "default"


def test_settings_as_a_table_names_every_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    code, output = run()
    assert code == 0
    assert "CONSILIENCE_DATA_DIR" in output


def test_an_error_of_ours_is_one_red_line_and_an_exit_code(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from cli.app import main; main()", "settings"],
        capture_output=True,
        text=True,
        env={"CONSILIENCE_AIRFLOW_PORT": "0", "PYTHONPATH": str(ROOT), "PATH": "/usr/bin"},
        cwd=tmp_path,
    )
    assert done.returncode == 78
    assert "CONSILIENCE_AIRFLOW_PORT" in done.stderr
    assert "Traceback" not in done.stderr
