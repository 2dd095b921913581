"""`consilience quarantine`: what failed is listed and shown, and another try with mended code brings it in."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from cli import quarantine as command
from common import ids
from common.errors import Misconfigured
from common.settings import Settings
from ingest.records import Capture, Hint
from ingest.store import captures, warc
from ingest.web.fetch import Answer
from transforms import pipeline, pool
from transforms.records import Comparison, Transformed
from warehouse import stages

AT = datetime(2018, 9, 20, 12, tzinfo=UTC)
WORDS = "The council of the harbour town voted on Thursday to rebuild the old sea wall after the storm of last winter. "


class Reader:
    """Stands in for the reading processes: fails on the pages in `broken`."""

    def __init__(self) -> None:
        self.broken: set[str] = {"2", "3"}
        self.read: list[str] = []

    def __call__(self, pages: Any, outlets: Any, limits: Any, recalls: Any = None) -> Any:
        for page in pages:
            name = page.capture.url.rsplit("/", 1)[1]
            self.read.append(name)
            if name in self.broken:
                yield Transformed(rejection=pipeline.rejection(page.capture, "extract", "out_of_memory", f"page {name}: 512 MB"))
            else:
                yield pipeline.transform(page, outlets[page.capture.outlet_id], min_words=limits.min_words)


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    made = Reader()
    monkeypatch.setattr(pool, "transform_pages", made)
    monkeypatch.setattr("transforms.compare.compare", lambda *_args, **_named: Comparison(method="none/1"))
    return made


def seal(settings: Settings) -> None:
    """Three pages and one that could not be fetched."""
    writer = captures.SegmentWriter(settings, "b1", "herald")
    for number in (1, 2, 3, 4):
        url, title = f"https://herald.example/{number}", f"Harbour town rebuilds wall number {number}"
        body = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1><p>{WORDS * 6}</p></article>".encode()
        answer = Answer(url, url, 200, "", [("Content-Type", "text/html")], body, AT)
        fate: dict[str, Any] = {"outcome": "fetched", "status": 200, "sha256": ids.sha256(body)}
        if number == 4:
            fate = {"outcome": "failed", "reason": "fetch_refused", "detail": "robots.txt"}
        capture = Capture(
            capture_id=ids.key("capture", "b1", url), batch_key="b1", outlet_id="herald", url=url, final_url=url, captured_at=AT,
            first_seen_at=AT, content_type="text/html", hint=Hint(source="feed", published_at=AT), **fate,
        )  # fmt: skip
        writer.add(capture, warc.response_members(answer, capture.capture_id) if number != 4 else ())
    writer.commit()
    captures.seal(settings, "b1")


@pytest.fixture
def settings(tmp_path: Path, reader: Reader) -> Settings:
    made = Settings(_env_file=None, data_dir=tmp_path / "data", outlets_dir=tmp_path / "outlets", warehouse_threads=1)
    made.outlets_dir.mkdir()
    outlet = "id: herald\nname: Herald\nhome: https://herald.example/\nfeeds: [https://herald.example/feed]\n"
    (made.outlets_dir / "herald.yaml").write_text(outlet)
    seal(made)
    stages.run_pending(made)
    return made


def run(settings: Settings, *arguments: str) -> Result:
    app = typer.Typer()
    command.register(app)
    app.command("other")(lambda: None)
    variables = {"CONSILIENCE_DATA_DIR": str(settings.data_dir), "CONSILIENCE_OUTLETS_DIR": str(settings.outlets_dir), "COLUMNS": "200"}
    return CliRunner().invoke(app, ["quarantine", *arguments], env=variables)


def rows(result: Result) -> list[dict[str, Any]]:
    """The JSON behind the log lines of the stages."""
    found: list[dict[str, Any]] = json.loads(result.stdout[result.stdout.rindex("[\n") :])
    return found


def listed(settings: Settings, *arguments: str) -> list[str]:
    return sorted(row["url"].rsplit("/", 1)[1] for row in json.loads(run(settings, "list", "--json", *arguments).stdout))


def test_list_show_replay(settings: Settings, reader: Reader) -> None:
    assert listed(settings) == ["2", "3", "4"]
    assert listed(settings, "--reason", "out_of_memory") == ["2", "3"]
    assert listed(settings, "--stage", "fetch") == ["4"]
    assert listed(settings, "--outlet", "ledger") == []
    printed = run(settings, "list").stdout
    assert "out_of_memory" in printed

    whole = str(ids.key("capture", "b1", "https://herald.example/2"))
    shown = run(settings, "show", whole[:8]).stdout
    assert "page 2: 512 MB" in shown
    assert json.loads(run(settings, "show", whole, "--json").stdout)[0]["warc_file"]

    # mended for one page only; the page that is fine is not read again
    reader.broken, reader.read = {"3"}, []
    (counts,) = rows(run(settings, "replay", "--json"))
    assert counts == {"asked": 3, "never_fetched": 1, "mended": 1}
    assert sorted(reader.read) == ["2", "3"]
    assert listed(settings) == ["3", "4"]
    assert listed(settings, "--all") == ["2", "3", "4"]

    reader.broken, reader.read = set(), []
    third = str(ids.key("capture", "b1", "https://herald.example/3"))
    (counts,) = rows(run(settings, "replay", third[:10], "--json"))
    assert counts == {"asked": 1, "never_fetched": 0, "mended": 1}
    assert listed(settings) == ["4"]

    (counts,) = rows(run(settings, "replay", "--json"))
    assert counts == {"asked": 1, "never_fetched": 1}
    for begins in ("zz", ""):
        assert isinstance(run(settings, "show", begins).exception, Misconfigured)
