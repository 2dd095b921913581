"""`consilience outlets rules`: dated rules and remembered furniture, for people and for programs."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cli import outlets
from common.errors import Misconfigured
from common.settings import load
from ingest.memory import learn
from ingest.records import BlockPrint, PageBlocks
from ingest.state import open_state

AT = datetime(2020, 5, 4, 10, tzinfo=UTC)
FILE = """id: paper
name: Paper
home: https://paper.example/
feeds: [https://paper.example/feed]
rules:
  - valid_until: 2019-06-01T00:00:00Z
    body: div.story
    remove: [div.box]
  - valid_from: 2019-06-01T00:00:00Z
    headline: h1.title
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "outlets").mkdir()
    (tmp_path / "outlets" / "paper.yaml").write_text(FILE, "utf-8")
    bare = FILE.partition("rules:")[0].replace("id: paper", "id: bare")
    (tmp_path / "outlets" / "bare.yaml").write_text(bare, "utf-8")
    monkeypatch.setenv("CONSILIENCE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "160")
    app = typer.Typer()
    outlets.register(app)
    return lambda *arguments: CliRunner().invoke(app, ["outlets", "rules", *arguments])


def teach(pages: int, text: str, now: datetime) -> None:
    """So many pages with a line."""
    block = BlockPrint(print=text[:8], text=text, length=len(text) + 50)
    found = [PageBlocks(outlet_id="paper", page_id=f"{text}{n}", headline=f"{text}{n}", seen_at=now, blocks=[block]) for n in range(pages)]
    engine = open_state(load())
    learn(engine, found, now)
    engine.dispose()


def test_dated_rules_and_memory_are_shown(run: object) -> None:
    assert callable(run)
    teach(3, "Give nine crowns to the paper [bold]today[/bold]", AT)
    teach(9, "Follow the paper on the square", AT + timedelta(days=2))
    shown = run("paper")
    assert shown.exit_code == 0, shown.output
    assert "the beginning │ 2019-06-01 │ body: div.story" in shown.output
    assert "2019-06-01    │ now        │ headline: h1.title" in shown.output
    assert "12 pages, learned 2020-05-06 10:00" in shown.output
    assert "9     │ Follow the paper on the square …" in shown.output
    assert "[bold]today[/bold]" in shown.output
    assert "2 memories since 2020-05-04" in shown.output


def test_json_has_all_of_it(run: object) -> None:
    assert callable(run)
    teach(3, "Give nine crowns", AT)
    told = json.loads(run("paper", "--json").output)
    assert told["rules"][1] == {"valid_from": "2019-06-01T00:00:00Z", "headline": "h1.title"}
    assert told["memory"]["recurring"] == [{"print": "Give nin", "text": "Give nine crowns", "length": 66, "is_heading": False, "pages": 3}]
    assert told["learned"] == ["2020-05-04T10:00:00+00:00"]


def test_an_outlet_without_any_says_so(run: object) -> None:
    assert callable(run)
    assert "bare has no CSS rules." in run("bare").output
    assert "Nothing is remembered yet" in run("bare").output
    assert json.loads(run("bare", "--json").output) == {"outlet": "bare", "rules": [], "memory": None, "learned": []}


def test_an_unknown_outlet_is_refused(run: object) -> None:
    assert callable(run)
    assert isinstance(run("papper").exception, Misconfigured)
