"""`consilience extract` as a filter: one answer a line, whatever the line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cli import extract as command

TEXT = "The council voted on Monday night to keep the line open until the spring, the mayor said after the meeting. " * 3
HTML = f"""<html lang=en><head><title>Tram stays | Paper</title>
<meta property="og:site_name" content="Paper"><meta name="author" content="Jo Doe">
<meta property="article:published_time" content="2019-02-02T10:00:00+02:00"></head><body><h1>Tram stays</h1><p>{TEXT}</p></body></html>"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.html").write_text(HTML, "utf-8")
    (tmp_path / "day.html").write_text(HTML.replace("T10:00:00+02:00", ""), "utf-8")
    (tmp_path / "wire.html").write_text(HTML.replace("Jo Doe", "Reuters"), "utf-8")
    (tmp_path / "empty.html").write_bytes(b"")
    app = typer.Typer()
    app.callback()(lambda: None)
    command.register(app)

    def runner(lines: list[str], *options: str) -> list[dict[str, Any]]:
        result = CliRunner().invoke(app, ["extract", *options], input="\n".join(lines))
        assert result.exit_code == 0, result.output
        return [json.loads(line) for line in result.stdout.split("\n") if line]

    return runner


def job(name: str, **more: str) -> str:
    return json.dumps({"id": name, "url": f"https://paper.example/{name}?utm_source=bench", "html_path": f"{name}.html"} | more)


def test_a_page_becomes_a_record(run: Any) -> None:
    (row,) = run([job("page")], "--in-process")
    assert (row["id"], row["title"], row["authors"], row["site_name"], row["language"]) == ("page", "Tram stays", ["Jo Doe"], "Paper", "en")
    assert (row["published_at"], row["canonical_url"]) == ("2019-02-02T10:00:00+02:00", "https://paper.example/page")
    assert row["body"] == TEXT.strip()


def test_a_day_is_a_bare_date_and_an_agency_signs_alone(run: Any) -> None:
    day, wire = run([job("day"), job("wire")], "--in-process")
    assert day["published_at"] == "2019-02-02"
    assert (wire["authors"], wire["agency"]) == (["Reuters"], "Reuters")


@pytest.mark.parametrize("options", [[], ["--in-process"]])
def test_every_bad_line_has_its_error_and_stops_nothing(run: Any, options: list[str]) -> None:
    lines = [
        "{oops",
        "[1]",
        job("gone"),
        '{"id": "no-url"}',
        job("page", outlet="nobody"),
        "",
        job("empty"),
        job("page", url="nonsense"),
        job("page"),
    ]
    rows = run(lines, *options)
    assert [row["id"] for row in rows] == [None, None, "gone", "no-url", "page", "empty", "page", "page"]
    assert ["error" in row for row in rows] == [True] * 7 + [False]
    assert rows[4]["error"] == "there is no outlet 'nobody'"
    assert rows[5]["error"].startswith("page_rejected: ")


def test_lines_may_name_an_outlet(run: Any, tmp_path: Path) -> None:
    (tmp_path / "outlets").mkdir()
    text = "id: paper\nname: Paper\nhome: https://paper.example/\ncountry: DE\nlanguage: de\ntimezone: Europe/Berlin\nfeeds: [https://paper.example/feed]\n"
    (tmp_path / "outlets" / "paper.yaml").write_text(text, "utf-8")
    (tmp_path / "local.html").write_text(HTML.replace("+02:00", ""), "utf-8")
    (row,) = run([job("local", outlet="paper")], "--in-process")
    assert row["published_at"] == "2019-02-02T10:00:00+01:00"


def test_nothing_in_nothing_out(run: Any) -> None:
    assert run([]) == []
