"""`consilience attribute`: JSON lines in, JSON lines out, one bad line does not stop it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cli.attribute import moment, register

TEXT = "“The bridge is closed,” Mayor Lena Ortiz said on Tuesday. At least 12 people fled, she said."


def run(*lines: str) -> list[dict[str, Any]]:
    """The answers to these input lines."""
    app = typer.Typer()
    register(app)
    app.callback()(lambda: None)
    result = CliRunner().invoke(app, ["attribute"], input="\n".join(lines))
    assert result.exit_code == 0
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_bench_format() -> None:
    (row,) = run(json.dumps({"id": "a", "text": TEXT, "published": "2018-09-20"}))
    first, second = row["attributions"]
    assert row["id"] == "a"
    assert TEXT[first["source"]["start"] : first["source"]["end"]] == "Mayor Lena Ortiz"
    assert [TEXT[a:b] for a, b in first["content"]["spans"]] == ["“The bridge is closed,”"]
    assert TEXT[first["cue"]["start"] : first["cue"]["end"]] == "said"
    assert (first["speaker"], first["quote_type"], first["polarity"], first["chain"]) == ("Lena Ortiz", "direct", "asserts", [])
    assert first["said_on"] == {"iso": "2018-09-18"}
    assert second["numbers"] == [{"value": 12, "unit": "person", "bound": "at_least", "what": "people", "span": [67, 76]}]
    assert (second["speaker"], second["certainty"]) == ("Lena Ortiz", "certain")


def test_a_range_is_a_pair() -> None:
    (row,) = run(json.dumps({"id": 1, "text": "Ada Brandt said between 60 and 70 homes were lost."}))
    assert row["attributions"][0]["numbers"][0]["value"] == [60, 70]


def test_no_source_and_no_cue_are_null(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSILIENCE_CLAIMS", "rules")
    (row,) = run(json.dumps({"id": 1, "text": "The bridge is reportedly closed."}))
    assert row["attributions"][0]["source"] is None
    assert row["attributions"][0]["speaker"] is None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("{", None),
        ("[]", None),
        ("3", None),
        ('{"id": "b"}', "b"),
        ('{"id": "b", "text": 3}', "b"),
        ('{"id": "b", "text": "x", "published": "soon"}', "b"),
    ],
)
def test_a_bad_line_does_not_stop_the_rest(line: str, name: str | None) -> None:
    bad, good = run(line, json.dumps({"id": "c", "text": TEXT}))
    assert bad["id"] == name
    assert bad["error"]
    assert len(good["attributions"]) == 2


def test_empty_lines_are_passed_over() -> None:
    assert run("", json.dumps({"id": 1, "text": ""}), "") == [{"id": 1, "attributions": []}]


@pytest.mark.parametrize(("value", "hour"), [("2018-09-20", 0), ("2018-09-20T14:00:00", 14), ("2018-09-20T14:00:00Z", 14)])
def test_a_moment_without_zone_is_utc(value: str, hour: int) -> None:
    found = moment(value)
    assert found is not None
    assert found.tzinfo is not None
    assert found.hour == hour


def test_no_moment() -> None:
    assert moment(None) is None
