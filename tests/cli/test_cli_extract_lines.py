"""The extract filter line by line: whatever a line or a page holds, its answer stands in its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli import extract as command
from common.settings import Settings

SENTENCE = "The council of the harbour town voted on Thursday to rebuild the old sea wall after the storm of last winter. "
URL = "https://herald.example/2018/09/20/wall"


def page(tmp_path: Path, name: str = "page.html", head: str = "", title: str = "Harbour town rebuilds its wall") -> str:
    path = tmp_path / name
    text = f"<p>{SENTENCE * 3}</p><p>{SENTENCE * 2}</p>"
    path.write_text(
        f"<html><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>{text}</article></body></html>", "utf-8"
    )
    return str(path)


def line(ident: str, path: str, **more: str) -> str:
    return json.dumps({"id": ident, "url": URL, "html_path": path, **more})


def answers(*lines: str) -> list[dict[str, Any]]:
    outlets = {command.NO_OUTLET.outlet_id: command.NO_OUTLET}
    return list(command.answers([text + "\n" for text in lines], outlets, Settings(), in_process=True))


@pytest.mark.parametrize(
    ("bad", "ident", "told"),
    [
        ("{", None, "not a JSON object"),
        ("[1]", None, "not a JSON object"),
        ('"text"', None, "not a JSON object"),
        ('{"id": "x"}', "x", "url: Field required"),
        ('{"id": "x", "url": "https://herald.example/"}', "x", "html_path"),
        ('{"id": "x", "url": "https://herald.example/", "html_path": "/nowhere/at/all"}', "x", "FileNotFoundError"),
        ('{"id": "x", "url": "not an address", "html_path": "/dev/null"}', "x", ""),
        ('{"id": "x", "url": "https://herald.example/", "html_path": null}', "x", "html_path: "),
        ('{"id": "x", "url": 7, "html_path": "/dev/null"}', "x", "url: "),
        ('{"id": "x", "url": "https://herald.example/", "html_path": "/dev/null", "outlet": "nobody"}', "x", "there is no outlet 'nobody'"),
    ],
)
def test_a_bad_line_is_answered_in_its_place(tmp_path: Path, bad: str, ident: str | None, told: str) -> None:
    good = page(tmp_path)
    found = answers(line("1", good), bad, line("2", good))
    assert [row["id"] for row in found] == ["1", ident, "2"]
    assert ["error" in row for row in found] == [False, True, False]
    assert told in found[1]["error"]


def test_a_page_without_an_article_has_an_empty_body_and_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "gate.html"
    path.write_bytes(b"<html><body><h1>Imprint</h1></body></html>")
    assert answers(line("a", str(path))) == [{"id": "a", "body": "", "rejected": "page_rejected: no article text found"}]


def test_authors_are_everyone_who_signs_as_written_and_the_record_names_its_sources(tmp_path: Path) -> None:
    path = tmp_path / "signed.html"
    told = "The bridge over the river stays closed until the end of the month, the council said after its meeting on Monday night. "
    path.write_text(f"<meta name=author content='Jane Doe, dpa'><h1>Bridge stays closed</h1><article><p>{told * 3}</p></article>")
    (found,) = answers(line("a", str(path)))
    assert (found["authors"], found["agency"]) == (["Jane Doe", "dpa"], "Deutsche Presse-Agentur")
    assert (found["evidence"]["authors"], found["evidence"]["headline"]) == ("meta:author", "h1")
    assert "signed" not in found


@pytest.mark.parametrize("body", [b"", b"\x00\x01\x02"])
def test_a_page_that_is_no_text_is_an_error_line(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "empty.html"
    path.write_bytes(body)
    (found,) = answers(line("a", str(path)))
    assert set(found) == {"id", "error"}
    assert found["error"]


def test_blank_lines_are_passed_over_and_bad_ones_alone_are_answered(tmp_path: Path) -> None:
    assert answers("", "  ", "\t") == []
    assert [row["id"] for row in answers("{", "", '{"id": 3}')] == [None, 3]


def test_days_stay_days_and_times_keep_their_zone(tmp_path: Path) -> None:
    stamp = '<meta property="article:published_time" content="2018-09-20T14:05:00+02:00">'
    day = '<meta property="article:published_time" content="2018-09-20">'
    found = answers(line("time", page(tmp_path, "t.html", stamp)), line("day", page(tmp_path, "d.html", day)))
    assert found[0]["published_at"] in {"2018-09-20T14:05:00+02:00", "2018-09-20T12:05:00+00:00"}
    assert found[1]["published_at"] == "2018-09-20"
