"""`consilience compare-steps`: every step answers in its format, and one bad line does not stop the others."""

from __future__ import annotations

import json
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from cli.compare_steps import Step, register

Row = dict[str, Any]

FIRE = (
    "A fire destroyed a grain warehouse in the port of Tolmar early on Monday. Twelve people were injured, the fire brigade said. "
    "The owner put the damage at 25 million crowns and promised that work would start again within two weeks in another hall of the port."
)
CUP = (
    "Norden won the football cup on Monday after a penalty shoot-out against Halden. "
    "The goalkeeper saved three penalties in the last minutes."
)


def article(name: str, title: str, text: str) -> Row:
    return {"id": name, "outlet": name, "published": "2026-03-02", "title": title, "text": text}


def run(step: str, *rows: Row | str) -> list[Row]:
    app = typer.Typer()
    register(app)
    lines = "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)
    result = CliRunner().invoke(app, [step], input=lines)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


ARTICLES = [article("a", "Warehouse burns", FIRE), article("b", "Fire in Tolmar port", FIRE), article("c", "Cup final", CUP)]


def test_copies() -> None:
    (row,) = run("copies", *ARTICLES)
    assert {row["a"], row["b"]} == {"a", "b"}
    assert row["label"] == "copy"


def test_stories_answers_every_article() -> None:
    rows = {row["id"]: row["story"] for row in run("stories", *ARTICLES)}
    assert rows["a"] == rows["b"] != rows["c"]


@pytest.mark.parametrize("published", ["", None])
def test_an_article_without_a_date_is_taken(published: str | None) -> None:
    assert len(run("stories", *({**row, "published": published} for row in ARTICLES))) == 3


def test_match_ranks_documents_for_each_query() -> None:
    docs = [{"type": "doc", "id": str(at), "text": text} for at, text in enumerate([CUP, FIRE, "Rain in the north"])]
    rows = run(
        "match", *docs, {"type": "query", "id": "q", "text": "warehouse fire in Tolmar"}, {"type": "query", "id": "z", "text": "zebra"}
    )
    assert [row["id"] for row in rows] == ["q", "z"]
    assert rows[0]["ranked"][0] == "1"
    assert all(set(row["ranked"]) <= {"0", "1", "2"} for row in rows)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [("The bank was sold to Norden", "The bank was sold to Norden on Monday", True), ("The bank was sold", "Rain fell all night", False)],
)
def test_same(a: str, b: str, expected: bool) -> None:
    (row,) = run("same", {"id": "1", "a": a, "b": b})
    assert row["same"] is expected
    assert 0 <= row["score"] <= 1


@pytest.mark.parametrize(("step", "other"), [("relation", "unrelated"), ("relation-natural", "other")])
def test_relation_and_its_word_for_two_things(step: str, other: str) -> None:
    rows = run(
        step,
        {"id": "1", "a": "The flood left 12 people dead", "b": "The flood left 15 people dead"},
        {"id": "2", "a": "The flood left 12 people dead", "b": "Norden won the football cup"},
    )
    assert [row["label"] for row in rows] == ["number", other]
    assert rows[0]["spans"] == [[15, 24], [15, 24]] or rows[0]["reason"]


@pytest.mark.parametrize(
    ("b", "label"),
    [("The damage is 31 million crowns", "differs"), ("The damage is 25.2 million crowns", "compatible"), ("The damage is high", "other")],
)
def test_numbers(b: str, label: str) -> None:
    assert run("numbers", {"id": "1", "a": "The damage is 25 million crowns", "b": b}) == [{"id": "1", "label": label}]


@pytest.mark.parametrize(
    ("evidence", "label"),
    [
        ("A trial found that the drug lowered the risk of stroke.", "supports"),
        ("The drug never lowers the risk of stroke.", "denies"),
        ("The minister travelled to Oslo.", "neutral"),
    ],
)
def test_verify(evidence: str, label: str) -> None:
    assert run("verify", {"id": "1", "claim": "The drug lowers the risk of stroke", "evidence": evidence})[0]["label"] == label


@pytest.mark.parametrize(
    ("title", "text", "label"),
    [
        ("Robot built the bridge", "The robot built the bridge in Oslo in a week.", "supports"),
        ("Story of robot that built bridge is a hoax", "The robot never built the bridge in Oslo.", "denies"),
        ("Robot reportedly built bridge", "A robot built the bridge in Oslo, it is claimed.", "reports"),
        ("Cup final", CUP, "unrelated"),
    ],
)
def test_stance(title: str, text: str, label: str) -> None:
    assert run("stance", {"id": "1", "claim": "A robot built a bridge in Oslo", "title": title, "text": text})[0]["label"] == label


def test_matrix_names_claims_with_a_cell_for_each_article() -> None:
    told = [
        article("a", "Warehouse burns", "The owner, Hanna Brandt, said that the fire caused damage of 25 million crowns."),
        article("b", "Fire in Tolmar", "Hanna Brandt, the owner, said that the fire had caused damage of 31 million crowns."),
    ]
    (row,) = run("matrix", {"story": "fire", "articles": told})
    assert row["story"] == "fire"
    statuses = {cell["status"] for claim in row["claims"] for cell in claim["cells"].values()}
    assert "differs" in statuses
    text = {one["id"]: one["text"] for one in told}
    for claim in row["claims"]:
        for name, cell in claim["cells"].items():
            assert all(0 <= start < end <= len(text[name]) for start, end in cell["spans"])


@pytest.mark.parametrize(
    ("bad", "name", "fault"),
    [
        ("{not json", "line 2", "not JSON"),
        ("[1, 2]", "line 2", "object"),
        ('{"id": "x", "a": "only a"}', "x", "b: str"),
        ('{"id": "x", "a": 5, "b": "text"}', "x", "a: str"),
    ],
)
def test_a_bad_line_gives_an_error_line_and_the_rest_goes_through(bad: str, name: str, fault: str) -> None:
    good = {"id": "1", "a": "Rain fell", "b": "Rain fell"}
    rows = run("same", good, bad, "", {**good, "id": "2"})
    assert [row["id"] for row in rows] == ["1", name, "2"]
    assert fault in rows[1]["error"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [({"text": None}, "text"), ({"published": "yesterday"}, "published"), ({"published": 5}, "published"), ({"outlet": 1}, "outlet")],
)
def test_bad_articles_are_left_out_of_steps_over_all_rows(change: Row, fault: str) -> None:
    rows = run("stories", {**ARTICLES[0], "id": "bad", **change}, *ARTICLES)
    assert rows[0]["id"] == "bad"
    assert fault in rows[0]["error"]
    assert len(rows) == 4
    (matrix,) = run("matrix", {"story": "s", "articles": [{**ARTICLES[0], **change}]})
    assert matrix["id"] == "s"
    assert fault in matrix["error"]


@pytest.mark.parametrize("step", list(Step))
def test_no_input_gives_no_output(step: Step) -> None:
    assert run(step.value) == []


def test_an_unknown_step_is_refused() -> None:
    app = typer.Typer()
    register(app)
    assert CliRunner().invoke(app, ["gossip"]).exit_code == 2


def test_the_same_input_gives_the_same_bytes() -> None:
    assert run("stories", *ARTICLES) == run("stories", *ARTICLES)
    shuffled = {row["id"]: row["story"] for row in run("stories", *reversed(ARTICLES))}
    assert shuffled == {row["id"]: row["story"] for row in run("stories", *ARTICLES)}


@pytest.mark.parametrize("row", [{"id": "1", "a": "", "b": ""}, {"id": "1", "a": "\u0000 \ud800"[:1], "b": "“"}])
def test_odd_texts_are_answered(row: Row) -> None:
    for step in ("same", "relation", "relation-natural", "numbers"):
        assert "error" not in run(step, row)[0]
