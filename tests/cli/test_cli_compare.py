"""`consilience compare` and `consilience stories` on a published story of three outlets."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import pytest
import typer
from typer.testing import CliRunner, Result

from cli import compare as command
from common import clock
from common.errors import Misconfigured
from common.settings import Settings
from warehouse import indexing
from warehouse.connect import open_private, open_published
from warehouse.migrate import migrate
from warehouse.publish import publish_copy

STORY, CLAIM = UUID(int=100), UUID(int=200)
ROWS = """
INSERT INTO core.outlet SELECT o, upper(o), 'https://' || o || '.example/', 'GB', 'en', 'UTC', false FROM unnest(['herald', 'ledger',
    'mirror']) t(o);
CREATE TEMP TABLE made AS SELECT * FROM (VALUES
    (1, 'herald', '12 people were hurt.'), (2, 'ledger', '15 people were hurt.'), (3, 'mirror', 'The dam is old.')) t(n, outlet, body);
INSERT INTO core.capture BY NAME SELECT uuid_of(10 + n) AS capture_id, 'b1' AS batch_key, outlet AS outlet_id,
    'https://' || outlet || '.example/1' AS url,
    url AS final_url, TIMESTAMP '2018-09-20 12:00' AS captured_at, captured_at AS first_seen_at, 'fetched' AS outcome,
    {'source': 'feed', 'title': NULL, 'published_at': NULL, 'section': NULL} AS hint, uuid_of(30 + n) AS version_id FROM made;
INSERT INTO core.article BY NAME SELECT uuid_of(20 + n) AS article_id, outlet AS outlet_id,
    'https://' || outlet || '.example/1' AS canonical_url,
    TIMESTAMP '2018-09-20 12:00' AS first_seen_at FROM made;
INSERT INTO core.article_version BY NAME SELECT uuid_of(30 + n) AS version_id, uuid_of(20 + n) AS article_id,
    uuid_of(10 + n) AS capture_id,
    'b1' AS batch_key, body AS content_sha256, 'Dam breaks' AS headline, body, [] AS tags, [] AS authors, [] AS captions, 4 AS word_count,
    false AS published_is_day, TIMESTAMP '2018-09-20 12:00' AS first_seen_at, first_seen_at AS captured_at, false AS is_truncated,
    false AS is_live,
    [] AS notes, 'x' AS extractor, 'x' AS code_version, first_seen_at AS last_captured_at, 'x' AS record_sha256 FROM made;
INSERT INTO core.claim_mention BY NAME SELECT uuid_of(40 + n) AS mention_id, uuid_of(30 + n) AS version_id, uuid_of(20 + n) AS article_id,
    'statement' AS quote_type, {'start': 0, 'end': 19, 'extra': []} AS content, body[:19] AS text, body AS sentence, [] AS chain,
    'asserts' AS polarity,
    'certain' AS certainty, false AS is_negated, [] AS numbers, [] AS dates, 0.9 AS confidence, 'x' AS method FROM made WHERE n < 3;
INSERT INTO core.copy_group SELECT uuid_of(20 + n), uuid_of(20 + n), 'own', 'x' FROM made;
INSERT INTO core.story VALUES (uuid_of(100), 'Dam breaks', TIMESTAMP '2018-09-20 12:00', TIMESTAMP '2018-09-20 12:00', ['dam'], 'x');
INSERT INTO core.story_article SELECT uuid_of(20 + n), uuid_of(100), 'x' FROM made;
INSERT INTO core.claim VALUES (uuid_of(200), uuid_of(100), '12 people were hurt', NULL, 'number', 'x');
INSERT INTO core.claim_link BY NAME
    SELECT uuid_of(200) AS claim_id, uuid_of(40 + n) AS mention_id, 0.9 AS score, 'x' AS method FROM made WHERE n < 3;
INSERT INTO core.agreement BY NAME SELECT uuid_of(200) AS claim_id, uuid_of(41) AS mention_a, uuid_of(42) AS mention_b, 'number' AS label,
    {'start': 0, 'end': 2, 'extra': []} AS span_a, span_a AS span_b, '12 -> 15 people' AS reason, 0.8 AS confidence, 'x' AS method;
INSERT INTO core.silence VALUES (uuid_of(200), uuid_of(23), 'silent', 'x');
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Settings(data_dir=tmp_path_factory.mktemp("compare"))
    with open_private(made) as con:
        migrate(con)
        con.execute("CREATE TEMP MACRO uuid_of(n) AS ('00000000-0000-0000-0000-' || lpad(hex(n::BIGINT), 12, '0'))::UUID")
        con.execute(ROWS)
        indexing.index_missing(con)
        publish_copy(con, made, clock.now())
    return made.data_dir


def run(data: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    monkeypatch.setenv("CONSILIENCE_DATA_DIR", str(data))
    monkeypatch.setenv("COLUMNS", "160")
    app = typer.Typer()
    command.register(app)
    return CliRunner().invoke(app, list(arguments))


def test_the_table_shows_each_outlet_and_the_sql(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(data, monkeypatch, "compare")
    assert result.exit_code == 0
    for expected in (
        "12 people were hurt",
        "1 of 3",
        "says",
        "number",
        "12 -> 15 people",
        "silent",
        "herald",
        "ledger",
        "mirror",
        f"marts.story_report('{STORY}')",
    ):
        assert expected in result.output


@pytest.mark.parametrize("arguments", [[], [str(STORY)], ["--query", "dam hurt"]])
def test_every_way_leads_to_the_story(data: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    report = json.loads(run(data, monkeypatch, "compare", "--json", *arguments).output)
    assert report["story"]["story_id"] == str(STORY)
    (claim,) = report["claims"]
    assert claim["claim_id"] == str(CLAIM)
    assert [(cell["outlet_id"], cell["status"], cell["sentence"]) for cell in claim["cells"]] == [
        ("herald", "says", "12 people were hurt."),
        ("ledger", "number", "15 people were hurt."),
        ("mirror", "silent", None),
    ]


def test_the_differing_sentences_stand_side_by_side(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    after = run(data, monkeypatch, "compare").output.split("Where they differ")[1]
    lines = [" ".join(line.split()) for line in after.splitlines() if line.strip()]
    assert lines[:3] == ["number: 12 -> 15 people", "# ledger 15 people were hurt.", "● herald 12 people were hurt."]


def test_a_narrow_terminal_keeps_every_sign(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSILIENCE_DATA_DIR", str(data))
    app = typer.Typer()
    command.register(app)
    output = CliRunner().invoke(app, ["compare"], env={"COLUMNS": "60"}).output
    (row,) = [line for line in output.splitlines() if "1 of 3" in line]
    assert row.split()[-3:] == ["●", "#", "–"]


def test_the_printed_sql_gives_the_claims(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = run(data, monkeypatch, "compare", "--sql").output
    with open_published(Settings(data_dir=data)) as con:
        assert [row[0] for row in con.execute(printed).fetchall()] == [CLAIM]


@pytest.mark.parametrize(("arguments", "message"), [(["--query", "volcano"], "volcano"), ([str(UUID(int=7))], "consilience stories")])
def test_an_unknown_story_says_how_to_find_one(data: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str) -> None:
    result = run(data, monkeypatch, "compare", *arguments)
    assert isinstance(result.exception, Misconfigured)
    assert message in str(result.exception)


def test_words_in_place_of_an_id_point_to_query(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(data, monkeypatch, "compare", "volcano")
    assert result.exit_code == 2
    assert "--query" in result.output


def test_stories(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (story,) = json.loads(run(data, monkeypatch, "stories", "--json").output)
    assert (story["outlets"], story["witnesses"], story["claims"], story["disputed_claims"]) == (3, 3, 1, 1)
    table = run(data, monkeypatch, "stories").output
    assert "Dam breaks" in table
