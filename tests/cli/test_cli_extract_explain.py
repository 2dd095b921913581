"""`consilience extract PAGE`: the record, the reasons on a terminal and as a page."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from cli import extract as command
from cli import extract_explain as view
from common.errors import Misconfigured, PageRejected
from common.settings import Settings
from ingest.memory import learn
from ingest.records import BlockPrint, OutletProfile, Page, PageBlocks, Recall
from ingest.state import open_state
from tests.transforms.test_extract_explain import ONE, PAGE, THREE, TWO
from transforms import pipeline
from transforms.extract.prints import print_of

ATTACK = '<script>alert(1)</script> "quoted" &amp; <b>bold</b>'


def explained_here(page: Page, outlet: OutletProfile, _settings: Settings) -> pipeline.Explained:
    """Without a child process, which takes seconds to start; the last test has one."""
    found = pipeline.explain(page, outlet)
    if found.rejection and not found.decisions:
        raise PageRejected(found.rejection.detail)
    return found


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "page.html").write_text(PAGE, "utf-8")
    (tmp_path / "attack.html").write_text(PAGE.replace("<li>World</li>", f"<li>{ATTACK.replace('<', '&lt;')}</li>"), "utf-8")
    (tmp_path / "empty.html").write_text("", "utf-8")
    monkeypatch.setattr(view, "explained", explained_here)
    app = typer.Typer()
    app.callback()(lambda: None)
    command.register(app)
    return lambda *arguments: CliRunner().invoke(app, ["extract", *arguments])


def told(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output


def test_one_page_gives_one_record(run: object) -> None:
    assert callable(run)
    row = json.loads(told(run("page.html", "--url", "https://www.lantern.example/town/well")))
    assert (row["id"], row["title"], row["canonical_url"]) == ("page.html", "Well is mended", "https://www.lantern.example/town/well")
    assert row["body"].split("\n\n") == [ONE, TWO, THREE]


def test_reasons_stand_beside_the_blocks(run: object) -> None:
    assert callable(run)
    shown = told(run("page.html", "--explain"))
    assert "3 of " in shown
    assert re.search(r"✗.*READ MORE: The price of rope.*leads away from the text", shown)
    assert re.search(r"●.*Each household pays", shown)


def test_the_page_of_reasons_runs_nothing_and_asks_for_nothing(run: object, tmp_path: Path) -> None:
    assert callable(run)
    told(run("attack.html", "--html", "why.html"))
    page = (tmp_path / "why.html").read_text("utf-8")
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert not re.search(r"(?:src|href)\s*=", page)
    assert page.count('class="block"') == 3


def test_what_can_not_be_read_is_an_error(run: object) -> None:
    assert callable(run)
    assert isinstance(run("nowhere.html", "--explain").exception, Misconfigured)
    assert isinstance(run("page.html", "--outlet", "nobody").exception, Misconfigured)
    assert isinstance(run("empty.html", "--explain").exception, PageRejected)
    assert run("--explain").exit_code == 2


def test_a_page_is_read_in_a_process_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what is remembered of its outlet."""
    recall = Recall(learned_at=datetime(2020, 5, 4, tzinfo=UTC), prints=[print_of(TWO) or ""])
    monkeypatch.setattr(view, "remembered", lambda *_: recall)
    path = tmp_path / "page.html"
    path.write_text(PAGE, "utf-8")
    page = view.page_at(str(path), None, command.NO_OUTLET, Settings())
    found = view.explained(page, command.NO_OUTLET, Settings())
    assert found == pipeline.explain(page, command.NO_OUTLET, recall)
    assert view.kept(found.decisions) == 2
    assert [one.reason for one in found.decisions if one.text == TWO] == ["recurs"]
    with pytest.raises(PageRejected):
        view.explained(page.model_copy(update={"body": b""}), command.NO_OUTLET, Settings())


def test_the_memory_of_a_named_outlet_is_used(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert view.remembered(command.NO_OUTLET.outlet_id, settings) is None
    assert not list(tmp_path.iterdir())
    assert view.remembered("paper", settings) is None
    now = datetime(2020, 5, 4, tzinfo=UTC)
    block = BlockPrint(print="abc", text="Give", length=4)
    pages = [PageBlocks(outlet_id="paper", page_id=f"{n}", headline=f"{n}", seen_at=now, blocks=[block]) for n in range(3)]
    engine = open_state(settings)
    learn(engine, pages, now)
    engine.dispose()
    recall = view.remembered("paper", settings)
    assert recall is not None
    assert recall.prints == ["abc"]


def test_text_files_are_dumps() -> None:
    assert view.content_type_of("page.txt") == "text/plain; charset=utf-8"
    assert view.content_type_of("page.html") is None
