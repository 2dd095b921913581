"""The marts on a comparison made by hand: every figure below was counted by eye."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from common.errors import Misconfigured
from common.settings import Settings
from warehouse import indexing
from warehouse.publish import publish_copy
from warehouse.report import busiest_story, find_story, stories, story_report
from warehouse.window import compare_stale


def rows(con: duckdb.DuckDBPyConnection, sql: str, *values: object) -> list[tuple[Any, ...]]:
    return con.execute(sql, list(values)).fetchall()


def test_every_outlet_of_the_story_has_a_cell(story: duckdb.DuckDBPyConnection) -> None:
    found = dict(rows(story, "SELECT outlet_id, status FROM marts.claim_comparison WHERE kind = 'number'"))
    assert found == {
        "wire": "says", "herald": "reprints", "ledger": "number", "post": "contradicts", "mirror": "silent", "standpoint": "unknown",
    }  # fmt: skip


def test_an_outlet_without_a_verdict_is_unknown_never_silent(story: duckdb.DuckDBPyConnection) -> None:
    found = dict(rows(story, "SELECT outlet_id, status FROM marts.claim_comparison WHERE kind = 'statement'"))
    assert found["standpoint"] == "unknown"  # the comparison made no row for it
    assert found["mirror"] == "silent"


def test_a_cell_opens_the_sentence_that_made_it(story: duckdb.DuckDBPyConnection) -> None:
    ((reason, words, start, end, url, body),) = rows(
        story,
        "SELECT k.reason, k.words, k.start_at, k.end_at, k.url, v.body FROM marts.claim_comparison k "
        "JOIN core.article_version v USING (version_id) WHERE k.outlet_id = 'ledger' AND k.status = 'number'",
    )
    assert (reason, words) == ("12 -> 15 people", "15 people were injured")
    assert body[start:end] == words
    assert url == "https://ledger.example/dam"


def test_witnesses_are_texts_not_pages(story: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        story,
        "SELECT kind, witnesses, carrying_witnesses, outlets, differing_outlets, is_contradicted FROM marts.corroboration ORDER BY 1",
    )
    # wire and herald are one witness of five; ledger and post carry the claim but state something else
    assert found == [("number", "1 of 5", 3, 4, 2, True), ("statement", "1 of 5", 1, 2, 0, False)]


def test_one_official_quoted_by_two_is_one_voice_and_two_witnesses(story: duckdb.DuckDBPyConnection) -> None:
    story.execute("UPDATE core.agreement SET label = 'same'")  # wire and herald, ledger, post state the number then
    sql = "SELECT voices, witness_count FROM marts.corroboration WHERE kind = 'number'"
    story.execute("UPDATE core.claim_mention SET speaker = NULL, speaker_entity_id = NULL")
    assert rows(story, sql) == [(3, 3)]
    story.execute("UPDATE core.claim_mention SET speaker = 'Ana Brandt', speaker_entity_id = uuid()")
    assert rows(story, sql) == [(4, 3)]  # two of the same name that were told apart, in every text
    story.execute("UPDATE core.claim_mention SET speaker_entity_id = '00000000-0000-0000-0000-000000000001'")
    assert rows(story, sql) == [(1, 3)]


def test_two_own_articles_of_one_outlet_are_one_witness(story: duckdb.DuckDBPyConnection) -> None:
    story.execute("UPDATE core.article SET outlet_id = 'ledger' WHERE outlet_id = 'post'")
    assert rows(story, "SELECT DISTINCT witnesses_in_story FROM marts.corroboration") == [(4,)]


def test_the_inbox_holds_what_differs_and_only_the_last_day(story: duckdb.DuckDBPyConnection) -> None:
    found = rows(story, "SELECT label, outlet_a, outlet_b, sentence_b FROM marts.disagreements ORDER BY label")
    assert found == [("contradicts", "wire", "post", "Nobody was injured"), ("number", "wire", "ledger", "15 people were injured")]
    story.execute("UPDATE core.capture SET captured_at = captured_at + INTERVAL 5 DAY WHERE outlet_id = 'mirror'")
    assert rows(story, "FROM marts.disagreements") == []
    assert len(rows(story, "FROM marts.disagreements_within(?)", 6)) == 2


def test_a_claim_of_one_text_is_single_source(story: duckdb.DuckDBPyConnection) -> None:
    found = rows(story, "SELECT claim, origin_outlet_id, outlet_ids FROM marts.single_source")
    assert found == [("Heavy rain was the cause", "wire", ["herald", "wire"])]


def test_outlet_profile_counts(story: duckdb.DuckDBPyConnection) -> None:
    sql = (
        "SELECT outlet_id, articles, reprints, reprinted_by_others, claims_carried, claims_differing, claims_silent, claims_unknown "
        "FROM marts.outlet_profile ORDER BY 1"
    )
    assert rows(story, sql) == [
        ("herald", 1, 1, 0, 2, 0, 0, 0),
        ("ledger", 1, 0, 0, 1, 1, 1, 0),
        ("mirror", 1, 0, 0, 0, 0, 2, 0),
        ("post", 1, 0, 0, 1, 1, 1, 0),
        ("standpoint", 1, 0, 0, 0, 0, 0, 2),
        ("wire", 1, 0, 1, 2, 0, 0, 0),
    ]


def test_the_timeline_tells_who_was_first(story: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        story,
        "SELECT outlet_id, after_first FROM marts.claim_timeline JOIN core.claim USING (claim_id) WHERE kind = 'number' ORDER BY position",
    )
    assert found == [
        ("wire", timedelta(0)), ("herald", timedelta(minutes=10)), ("ledger", timedelta(minutes=20)), ("post", timedelta(minutes=30)),
    ]  # fmt: skip


def test_changes_in_an_outlets_own_article(compared: duckdb.DuckDBPyConnection, loader: Any, make: Any, dam: Any) -> None:
    later = make.capture("ledger/dam", 300, batch="b2")
    row = make.row(later, "In the valley 17 people were injured, the mayor said.", says="17 people were injured", headline="More injured")
    loader("b2", [later], [row])
    ((removed, added, is_headline_changed),) = rows(compared, "SELECT removed, added, is_headline_changed FROM marts.version_changes")
    assert (removed, added, is_headline_changed) == (["15 people were injured"], ["17 people were injured"], True)
    dam.rows["ledger"] = row
    compare_stale(compared, dam.compare, window_days=4)
    ((outlet_id, before, after),) = rows(compared, "SELECT outlet_id, words_before, words_after FROM marts.claim_changes")
    assert (outlet_id, before, after) == ("ledger", "15 people were injured", "17 people were injured")


@pytest.mark.parametrize(
    ("words", "outlets"),
    [
        ("injured", ["wire", "herald", "ledger", "post"]),
        ("INJUR valley", ["ledger"]),  # the beginning of a word, in any case
        ("njured", []),
        ("dam town hall", ["mirror"]),
        ("  ", []),
        ("100% (injured) 'or'", []),
    ],
)
def test_search(story: duckdb.DuckDBPyConnection, words: str, outlets: list[str]) -> None:
    found = rows(story, "SELECT outlet_id, excerpt FROM search(?)", words)
    assert sorted(outlet for outlet, _ in found) == sorted(outlets)
    assert all(words.split(maxsplit=1)[0].casefold() in excerpt.casefold() for _, excerpt in found)


def test_search_puts_the_headline_first(story: duckdb.DuckDBPyConnection) -> None:
    story.execute("UPDATE core.article_version SET headline = 'Rain' WHERE headline = 'Dam breaks, says wire'")
    story.execute("DELETE FROM core.search_posting; DELETE FROM core.search_document")
    indexing.index_missing(story)
    assert [outlet for (outlet,) in rows(story, "SELECT outlet_id FROM marts.search('rain')")] == ["wire", "herald"]


def test_story_report_as_data(story: duckdb.DuckDBPyConnection, dam: Any) -> None:
    report = story_report(story, busiest_story(story))
    assert (report.story.story_id, report.story.outlets, report.story.witnesses, report.story.disputed_claims) == (dam.story_id, 6, 5, 1)
    first = report.claims[0]
    assert (first.claim, first.witnesses, first.first_outlet_id) == ("12 people were injured", "1 of 5", "wire")
    assert [cell.outlet_id for cell in first.cells] == report.story.outlet_ids
    assert first.first_seen_at.tzinfo is not None
    again = story.execute(report.sql).fetchall()  # the SQL that is shown gives the rows that are shown
    assert [row[0] for row in again] == [claim.claim_id for claim in report.claims]


def test_stories_are_found_by_words_or_the_error_says_how(story: duckdb.DuckDBPyConnection, dam: Any) -> None:
    assert find_story(story, "mayor injured") == dam.story_id
    assert [story.story_id for story in stories(story)] == [dam.story_id]
    with pytest.raises(Misconfigured, match="consilience stories"):
        find_story(story, "volcano")
    with pytest.raises(Misconfigured, match="consilience stories"):
        story_report(story, dam.articles["wire"])


def test_an_empty_warehouse_has_no_story(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(Misconfigured, match="no story yet"):
        busiest_story(con)


def test_views_through_attach_and_macros_after_use(compared: duckdb.DuckDBPyConnection, settings: Settings, dam: Any) -> None:
    path = publish_copy(compared, settings, compared_at())
    with duckdb.connect() as other:
        other.execute(f"ATTACH '{path}' AS news (READ_ONLY)")
        views = rows(other, "SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE database_name = 'news' AND NOT internal")
        assert len(views) > 15
        for (view,) in views:
            other.execute(f"FROM news.{view}").fetchall()
        assert rows(other, "SELECT count(*) FROM news.marts.story_reports WHERE story_id = ?", dam.story_id) == [(2,)]
        other.execute("USE news")
        assert len(rows(other, "FROM marts.story_report(?)", dam.story_id)) == 2
        assert len(rows(other, "FROM search('mayor')")) == 1


def compared_at() -> Any:
    from common import clock

    return clock.now()


def test_outlet_health(compared: duckdb.DuckDBPyConnection, loader: Any, make: Any) -> None:
    broken = [make.capture(f"post/{n}", 2 * 1440 + n, batch="b2", outcome="failed", reason="fetch_refused") for n in range(3)]
    loader("b2", broken, [])
    found = dict(rows(compared, "SELECT outlet_id, state FROM ops.outlet_health"))
    assert (found["post"], found["wire"]) == ("failing", "quiet")
    assert rows(compared, "SELECT count(*) FROM ops.quarantine WHERE NOT is_resolved") == [(3,)]


def test_no_view_reads_files(story: duckdb.DuckDBPyConnection) -> None:
    sources = [
        path.read_text("utf-8") for kind in ("views", "macros") for path in (Path(__file__).parents[2] / "warehouse" / kind).glob("*.sql")
    ]
    assert not [text for text in sources if "read_parquet" in text or "read_csv" in text]


EARLIER = "7a000000-0000-0000-0000-000000000001"


def earlier(story: duckdb.DuckDBPyConnection, text: str, days: int = 30) -> None:
    """A claim of another story, stated in an article of its own some days before (after, if negative)."""
    story.execute("INSERT INTO core.story BY NAME SELECT * REPLACE (?::UUID AS story_id) FROM core.story LIMIT 1", [EARLIER])
    story.execute(
        "INSERT INTO core.article_version BY NAME SELECT * REPLACE (uuid() AS version_id, ?::UUID AS article_id, "
        "published_at - to_days(?::INT) AS published_at, first_seen_at - to_days(?::INT) AS first_seen_at, captured_at - to_days(?::INT) "
        "AS captured_at) FROM core.article_version "
        "WHERE version_id = (SELECT version_id FROM core.claim_mention ORDER BY mention_id LIMIT 1)",
        [EARLIER, days, days, days],
    )
    story.execute("INSERT INTO core.article BY NAME SELECT * REPLACE (?::UUID AS article_id) FROM core.article LIMIT 1", [EARLIER])
    story.execute("INSERT INTO core.story_article BY NAME SELECT ?::UUID AS article_id, ?::UUID AS story_id, 'm' AS method", [EARLIER] * 2)
    story.execute(
        "INSERT INTO core.claim_mention BY NAME SELECT * REPLACE (?::UUID AS mention_id, ?::UUID AS article_id, (SELECT version_id FROM "
        "core.article_version WHERE article_id = ?::UUID) AS version_id) FROM core.claim_mention ORDER BY mention_id LIMIT 1",
        [EARLIER] * 3,
    )
    story.execute(
        "INSERT INTO core.claim BY NAME SELECT ?::UUID AS claim_id, ?::UUID AS story_id, ? AS text, 'number' AS kind, 'm' AS method",
        [EARLIER, EARLIER, text],
    )
    story.execute(
        "INSERT INTO core.claim_link BY NAME SELECT ?::UUID AS claim_id, ?::UUID AS mention_id, 1 AS score, 'm' AS method", [EARLIER] * 2
    )


def seen_before(story: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    ((claim_id,),) = rows(story, "SELECT claim_id FROM core.claim WHERE story_id <> ? AND text LIKE 'Heavy%'", EARLIER)
    return rows(story, "SELECT claim, outlets FROM marts.seen_before(?)", claim_id)


def test_a_claim_that_was_made_before_in_another_story_is_found(story: duckdb.DuckDBPyConnection) -> None:
    earlier(story, "The cause was heavy rain, engineers said")
    assert seen_before(story) == [("The cause was heavy rain, engineers said", 1)]


@pytest.mark.parametrize(
    ("text", "days"), [("The cause was heavy rain", -30), ("Rain fell in three valleys", 30), ("Twelve people were injured", 30)]
)
def test_later_claims_and_those_with_other_words_were_not_made_before(text: str, days: int, story: duckdb.DuckDBPyConnection) -> None:
    earlier(story, text, days)
    assert seen_before(story) == []
