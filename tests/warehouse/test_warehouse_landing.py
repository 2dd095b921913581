"""Landing folders: whole or not there, immutable, and any damage is found before a row is read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from common.errors import Broken, LandingDamaged
from common.settings import Settings
from transforms.records import Transformed
from warehouse import landing
from warehouse.sql import set_variables
from warehouse.tables import MENTION
from warehouse.verify import run_checks


@pytest.fixture
def landed(settings: Settings, make: Any) -> Path:
    capture = make.capture("herald/1", batch="2018-09-20T12:00")
    landing.write_landing(
        settings, "2018-09-20T12:00", [capture], [make.row(capture, "One. " * 500, says="One")], outlets=[make.outlet("herald")]
    )
    return landing.folder(settings, "2018-09-20T12:00")


def test_files_are_named_by_the_manifest(landed: Path) -> None:
    manifest = landing.verify(landed)
    assert set(manifest.files) == {path.name for path in landed.iterdir()} - {landing.MANIFEST}
    assert {name: file.rows for name, file in manifest.files.items()} == {
        "outlet.parquet": 1, "capture.parquet": 1, "article.parquet": 1, "article_version.parquet": 1, "claim_mention.parquet": 1,
        "rejection.parquet": 0, "search_document.arrow": 1, "search_word.arrow": 2, "search_posting.arrow": 2,
    }  # fmt: skip


def test_times_with_an_offset_are_stored_in_utc(settings: Settings, make: Any) -> None:
    capture = make.capture("herald/1")
    berlin = datetime(2018, 9, 20, 14, tzinfo=timezone(timedelta(hours=2)))
    landing.write_landing(settings, "b1", [capture], [make.row(capture, "One.", published_at=berlin)])
    table = pq.read_table(landing.folder(settings, "b1") / "article_version.parquet")
    assert table["published_at"].to_pylist() == [datetime(2018, 9, 20, 12, tzinfo=UTC).replace(tzinfo=None)]


@pytest.mark.parametrize("name", ["article_version.parquet", "capture.parquet", "rejection.parquet", landing.MANIFEST])
def test_a_file_cut_in_half_is_named_with_the_remedy(landed: Path, name: str) -> None:
    path = landed / name
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(LandingDamaged, match=rf"{name} .*made again|{name} .*makes it again"):
        landing.verify(landed)


def test_a_missing_file_is_damage(landed: Path) -> None:
    (landed / "claim_mention.parquet").unlink()
    with pytest.raises(LandingDamaged, match="is missing"):
        landing.verify(landed)


def test_a_second_writer_gives_way(settings: Settings, make: Any, landed: Path) -> None:
    before = landing.read_manifest(landed)
    capture = make.capture("herald/2", batch="2018-09-20T12:00")
    assert landing.write_landing(settings, "2018-09-20T12:00", [capture], []) == before
    assert [path.name for path in settings.landing_dir.iterdir()] == [landed.name]


def test_a_writer_that_fails_leaves_nothing(settings: Settings, make: Any) -> None:
    def rows() -> Any:
        yield make.row(make.capture("herald/1"), "One.")
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        landing.write_landing(settings, "b1", [make.capture("herald/1")], rows())
    assert list(settings.landing_dir.iterdir()) == []


def test_the_same_input_gives_the_same_bytes(settings: Settings, make: Any, tmp_path: Path) -> None:
    other = Settings(data_dir=tmp_path / "other")
    capture = make.capture("herald/1")
    made = [landing.write_landing(s, "b1", [capture], [make.row(capture, "One.", says="One")]) for s in (settings, other)]
    assert made[0].sha256 == made[1].sha256


def test_rows_must_fit_the_captures(settings: Settings, make: Any) -> None:
    capture = make.capture("herald/1")
    row = make.row(capture, "One.")
    for rows in ([row, row], [make.row(make.capture("herald/2"), "Two.")], [Transformed()], [row.model_copy(update={"article": None})]):
        with pytest.raises(Broken):
            landing.write_landing(settings, "b1", [capture], rows)


@pytest.mark.parametrize(
    "broken",
    [{"section": "\ud800"}, {"headline": "Half a smile \ud83d"}, {"canonical": "https://herald.example/\udcff"}, {"notes": ["\udfff"]}],
)
def test_a_text_outside_unicode_is_quarantined_and_the_rest_goes_on(settings: Settings, make: Any, broken: dict[str, Any]) -> None:
    captures = [make.capture("herald/1"), make.capture("herald/2")]
    manifest = landing.write_landing(settings, "b1", captures, [broken_row(make, captures[0], broken), make.row(captures[1], "Two.")])
    assert (manifest.files["article_version.parquet"].rows, manifest.files["rejection.parquet"].rows) == (1, 1)
    assert pq.read_table(landing.folder(settings, "b1") / "rejection.parquet")["reason"].to_pylist() == ["not_unicode"]


def test_the_hash_of_a_record_tells_what_was_read_and_not_when(make: Any) -> None:
    row = make.row(make.capture("herald/1"), "One two.", says="One", speaker="Ann")
    again = row.model_copy(
        update={"version": row.version.model_copy(update={"batch_key": "b2", "captured_at": datetime(2030, 1, 1, tzinfo=UTC)})}
    )
    other = row.model_copy(update={"version": row.version.model_copy(update={"dateline": "Rome"})})
    fewer = row.model_copy(update={"mentions": []})
    hashes = [landing.record_sha256(one.version, [MENTION.row(said) for said in one.mentions]) for one in (row, again, other, fewer)]
    assert hashes[0] == hashes[1]
    assert len(set(hashes)) == len(hashes) - 1


def broken_row(make: Any, capture: Any, broken: dict[str, Any]) -> Transformed:
    """A row whose ids are those of a whole text: only what is stored is broken."""
    row, (name, value) = make.row(capture, "One."), *broken.items()
    if name == "canonical":
        return row.model_copy(update={"article": row.article.model_copy(update={"canonical_url": value})})
    return row.model_copy(update={"version": row.version.model_copy(update={name: value})})


def test_a_rejection_that_quotes_what_was_wrong_is_kept(settings: Settings, make: Any) -> None:
    capture = make.capture("herald/1")
    row = make.rejection(capture, reason="no_article")
    quoting = row.rejection.model_copy(update={"detail": "can't read 'a\ud800\x00b'"})
    landing.write_landing(settings, "b1", [capture], [Transformed(rejection=quoting)])
    kept = pq.read_table(landing.folder(settings, "b1") / "rejection.parquet").to_pylist()
    assert [(row["reason"], row["detail"]) for row in kept] == [("no_article", "can't read 'a\\ud800\x00b'")]


def test_odd_but_whole_texts_go_through_the_warehouse_unchanged(loader: Any, make: Any, con: duckdb.DuckDBPyConnection) -> None:
    texts = [
        "a\x00b NUL",
        "\u202eright to left",
        "e\u0301 and \U0001f600",
        "\r\n\t\x0b\x1f\x7f\ufeff",
        "word " * 300_000,
        "'; DROP TABLE core.article; --",
    ]
    captures = [make.capture(f"herald/{n}") for n in range(len(texts))]
    loader("b1", captures, [make.row(c, text, says=text[:10], headline=text[:50]) for c, text in zip(captures, texts, strict=True)])
    found = dict(con.execute("SELECT canonical_url, body FROM core.current_version").fetchall())
    assert [found[capture.url] == text for capture, text in zip(captures, texts, strict=True)] == [True] * len(texts)
    set_variables(con, batch_key="b1")
    assert [r.sample for r in run_checks(con) if r.violations] == []  # also that the offsets lead to the words
    assert con.execute("SELECT count(*) FROM search('word')").fetchall() == [(1,)]


@hypothesis_settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_is_found(landed: Path, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(landed.iterdir())))
    whole = path.read_bytes()
    offset = data.draw(st.integers(0, len(whole) - 1))
    is_cut = data.draw(st.booleans())
    path.write_bytes(whole[:offset] if is_cut else whole[:offset] + bytes([whole[offset] ^ 0xFF]) + whole[offset + 1 :])
    try:
        with pytest.raises(LandingDamaged, match=re.escape(path.name)):
            landing.verify(landed)
    finally:
        path.write_bytes(whole)
    landing.verify(landed)


def test_a_line_that_stands_twice_in_the_index_counts_once(settings: Settings, make: Any) -> None:
    capture = make.capture("herald/1")
    assert landing.write_landing(settings, "b1", [capture, capture], [make.row(capture, "One.")]).captures == 1


def test_many_rows_are_written_in_groups(settings: Settings, make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landing, "ROWS_PER_GROUP", 10)
    monkeypatch.setattr(landing, "MENTIONS_PER_GROUP", 10)
    captures = [make.capture(f"herald/{n}") for n in range(25)]
    landing.write_landing(settings, "b1", captures, (make.row(c, "Text.", says="Text") for c in captures))
    for name in ("article_version", "claim_mention"):
        file = pq.ParquetFile(landing.folder(settings, "b1") / f"{name}.parquet")
        assert (file.metadata.num_rows, file.metadata.num_row_groups) == (25, 3)


def test_landed_batches_are_listed_oldest_first_without_the_damaged(settings: Settings, make: Any) -> None:
    for key in ("b2", "b1", "archive/2018-09-20"):
        landing.write_landing(settings, key, [], [])
    (landing.folder(settings, "b1") / landing.MANIFEST).write_text("{")
    assert [manifest.batch_key for manifest in landing.landed_batches(settings)] == ["b2", "archive/2018-09-20"]
