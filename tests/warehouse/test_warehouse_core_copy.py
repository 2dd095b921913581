"""The published copy without texts: all that is said of claims, nothing of bodies, and never half of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from common.errors import Broken
from common.settings import Settings
from warehouse import core_copy, stages
from warehouse.connect import open_read_only
from warehouse.core_copy import publish_core
from warehouse.publish import publish_copy


@pytest.fixture
def snapshot(compared: duckdb.DuckDBPyConnection, settings: Settings, make: Any) -> Path:
    return publish_copy(compared, settings, make.noon)


def test_it_holds_every_row_without_bodies_and_the_same_marts(
    compared: duckdb.DuckDBPyConnection, settings: Settings, snapshot: Path
) -> None:
    path = publish_core(compared, settings, snapshot)
    with open_read_only(path) as con, open_read_only(snapshot) as whole:
        for relation in ("core.capture", "core.claim_mention", "marts.claim_comparison", "marts.corroboration", "marts.disagreements"):
            query = f"FROM {relation} ORDER BY ALL"
            assert con.execute(query).fetchall() == whole.execute(query).fetchall() != []
        assert con.execute("SELECT DISTINCT body FROM core.article_version").fetchall() == [("",)]
        assert con.execute("SELECT count(*) FROM core.search_posting").fetchall() == [(0,)]
        assert con.execute("FROM search('dam')").fetchall() == []
        comment = "SELECT comment FROM duckdb_columns() WHERE table_name = 'claim_mention' AND column_name = 'speaker'"
        assert con.execute(comment).fetchall() == whole.execute(comment).fetchall() != [(None,)]
    assert path.name == "core-000001.duckdb"
    assert path.stat().st_mode & 0o777 == 0o444
    assert (settings.published_dir / "core.duckdb").readlink() == Path(path.name)


def test_it_is_made_once_a_snapshot_and_goes_with_it(
    compared: duckdb.DuckDBPyConnection, settings: Settings, snapshot: Path, make: Any, loader: Any
) -> None:
    first = publish_core(compared, settings, snapshot)
    made = first.stat().st_mtime_ns
    assert publish_core(compared, settings, snapshot).stat().st_mtime_ns == made
    (settings.published_dir / ".publishing-core-000009").write_bytes(b"of a killed publication")
    for number in range(2, 5):
        loader(f"b{number}", [], [])
        publish_core(compared, settings, publish_copy(compared, settings, make.at(number)))
    assert sorted(path.name for path in settings.published_dir.glob("[.c]*")) == [
        "core-000002.duckdb", "core-000003.duckdb", "core-000004.duckdb", "core.duckdb",
    ]  # fmt: skip


def test_a_copy_that_lacks_rows_is_not_published(
    compared: duckdb.DuckDBPyConnection, settings: Settings, snapshot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core_copy, "INDEX", "%mention%")
    with pytest.raises(Broken, match="the copy holds"):
        publish_core(compared, settings, snapshot)
    assert not (settings.published_dir / "core.duckdb").exists()
    assert compared.execute("SELECT count(*) FROM core.article").fetchall() == [(6,)], "the private file is still open"


@pytest.mark.parametrize(("asked", "names"), [(False, []), (True, ["core-000001.duckdb", "core.duckdb"])])
def test_the_stage_makes_it_where_it_is_asked_for(settings: Settings, asked: bool, names: list[str]) -> None:
    assert stages.publish(settings.model_copy(update={"publish_core": asked})) == "news-000001.duckdb"
    assert sorted(path.name for path in settings.published_dir.glob("core*")) == names
