"""`consilience settings`: where each value comes from, and that no secret is shown in any form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import SecretStr
from typer import Typer
from typer.testing import CliRunner

from cli import settings as command
from common.errors import Misconfigured
from common.settings import Settings, load


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def printed(*arguments: str) -> str:
    app = Typer()
    command.register(app)
    app.command("other")(lambda: None)
    result = CliRunner().invoke(app, ["settings", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("CONSILIENCE_MIN_WORDS=7", ".env"),
        ("  consilience_min_words = 7", ".env"),
        ("# CONSILIENCE_MIN_WORDS=7", "default"),
        ("CONSILIENCE_MIN_WORDS_MORE=7", "default"),
        ("MIN_WORDS=7", "default"),
        ("", "default"),
    ],
)
def test_the_origin_is_where_the_value_really_comes_from(tmp_path: Path, line: str, expected: str) -> None:
    (tmp_path / ".env").write_text(line + "\n")
    assert command.origin("min_words") == expected
    assert (load().min_words == 7) is (expected == ".env")


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("CONSILIENCE_MIN_WORDS=7\n")
    monkeypatch.setenv("CONSILIENCE_MIN_WORDS", "9")
    found = {row["variable"]: row for row in json.loads(printed("--json"))}
    assert (found["CONSILIENCE_MIN_WORDS"]["value"], found["CONSILIENCE_MIN_WORDS"]["origin"]) == ("9", "environment")


def test_every_setting_has_a_row_and_a_meaning() -> None:
    rows = json.loads(printed("--json"))
    assert len(rows) == len(Settings.model_fields)
    assert [row["variable"] for row in rows if not row["description"]] == []


def test_a_secret_is_masked_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = [name for name in Settings.model_fields if name.endswith("_url") and name != "push_public_url"] + ["warehouse", "s3_secret"]
    for name in secrets:
        monkeypatch.setenv(f"CONSILIENCE_{name.upper()}", "postgresql://joe:hunter2@db/x")
    monkeypatch.setenv("COLUMNS", "300")
    assert secrets
    assert all(isinstance(getattr(load(), name), SecretStr) for name in secrets)
    assert "hunter2" not in printed() + printed("--json")
    assert printed("--json").count("********") == len(secrets)


def test_what_hides_nothing_is_shown() -> None:
    (row,) = [row for row in json.loads(printed("--json")) if row["variable"] == "CONSILIENCE_WAREHOUSE"]
    assert row["value"] == "file"


def test_an_unset_value_is_empty_not_none() -> None:
    found = {row["variable"]: row["value"] for row in json.loads(printed("--json"))}
    assert found["CONSILIENCE_RETENTION_DAYS"] == ""


def test_each_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSILIENCE_MIN_WORDS", "many")
    monkeypatch.setenv("CONSILIENCE_KEEP_SNAPSHOTS", "0")
    with pytest.raises(Misconfigured, match=r"CONSILIENCE_KEEP_SNAPSHOTS.*CONSILIENCE_MIN_WORDS|CONSILIENCE_MIN_WORDS.*CONSILIENCE_KEEP"):
        load()
