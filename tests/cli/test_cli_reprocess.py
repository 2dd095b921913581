from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from cli import reprocess
from common.errors import Misconfigured


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "outlets").mkdir()
    monkeypatch.setenv("CONSILIENCE_OUTLETS_DIR", "outlets")
    app = typer.Typer()
    reprocess.register(app)
    app.command("other")(lambda: None)  # with a single command typer would drop its name

    def invoke(*arguments):
        result = CliRunner().invoke(app, ["reprocess", *arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.stdout

    return invoke


@pytest.fixture
def calls(monkeypatch):
    """The stages have tests of their own; here stands only what they are asked for."""
    found = []

    def reprocess_batch(_settings, key, batches):
        found.append((key[:10], batches))
        return {"captures": 3, "versions": 2}

    def run_pending(_settings, on_progress):
        on_progress("load", "reprocess/x")
        found.append("load")
        return {"captures": 3, "unchanged": 2}

    monkeypatch.setattr("warehouse.stages.reprocess_batch", reprocess_batch)
    monkeypatch.setattr("warehouse.stages.run_pending", run_pending)
    return found


def test_everything_is_read_again_and_loaded(run, calls):
    (row,) = json.loads(run("--json"))
    assert calls == [("reprocess/", None), "load"]
    assert (row["captures"], row["versions"], row["unchanged"]) == (3, 2, 2)
    assert row["batch"].startswith("reprocess/2")


def test_some_batches_without_a_load(run, calls):
    output = run("--batch", "b1", "--batch", "b2", "--no-load")
    assert calls == [("reprocess/", ["b1", "b2"])]
    assert "versions" in output


def test_a_batch_that_is_not_there_is_told(run):
    with pytest.raises(Misconfigured, match="no sealed batch 'b1'"):
        run("--batch", "b1")
