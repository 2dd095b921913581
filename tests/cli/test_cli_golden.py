"""Golden pages beside outlet files: dated rules read each layout of its time, and a change of them is told."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from cli import golden, outlets
from common.errors import Misconfigured
from common.settings import Settings
from ingest.outlets import load_outlet
from transforms import pool
from transforms.pipeline import read

OUTLETS = Path(__file__).parents[1] / "golden" / "outlets"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(OUTLETS, tmp_path / "outlets")
    monkeypatch.setenv("CONSILIENCE_OUTLETS_DIR", str(tmp_path / "outlets"))
    monkeypatch.setattr(pool, "read_pages", lambda pages, known, _limits: [read(page, known[page.capture.outlet_id]) for page in pages])
    return tmp_path / "outlets"


def checked() -> Result:
    app = typer.Typer()
    outlets.register(app)
    return CliRunner().invoke(app, ["outlets", "check", "--json"])


def test_each_layout_is_read_by_the_rules_of_its_time(folder: Path) -> None:
    result = checked()
    assert json.loads(result.output) == [{"outlet": "upland-times", "file": "fine", "golden pages": 2, "problem": None}], folder
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("remove: [p.box]", "remove: []", "2018-wall.html: body: wanted"),
        ("headline: font.title", "headline: b", "2018-wall.html: title: wanted 'Old wall of Hollin"),
        ("valid_until: 2020", "valid_until: 2010", "2018-wall.html: "),
        ("valid_from: 2020", "valid_from: 2030", "2021-bridge.html: "),
    ],
)
def test_a_rule_that_breaks_a_page_is_told(folder: Path, old: str, new: str, problem: str) -> None:
    path = folder / "upland-times.yaml"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    result = checked()
    assert result.exit_code == 1
    assert problem in json.loads(result.output)[0]["problem"]


@pytest.mark.parametrize("text", [None, "{", "[]"])
def test_a_page_without_its_record_is_refused(folder: Path, text: str | None) -> None:
    path = folder / "golden" / "upland-times" / "2018-wall.json"
    path.unlink() if text is None else path.write_text(text, "utf-8")
    with pytest.raises(Misconfigured, match=r"2018-wall\.json"):
        golden.check(Settings(outlets_dir=folder), load_outlet(folder / "upland-times.yaml"))


def test_a_page_that_can_not_be_read_is_a_difference(folder: Path) -> None:
    (folder / "golden" / "upland-times" / "2018-wall.html").write_text("", "utf-8")
    assert "page_rejected" in json.loads(checked().output)[0]["problem"]
    assert golden.differences({"title": "x" * 200}, {"title": None}) == [f"title: wanted '{'x' * 79}…, found None"]
