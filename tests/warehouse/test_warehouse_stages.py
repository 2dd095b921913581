"""The stages as DAG tasks call them: from sealed captures on disk to a published snapshot, with real page-reading processes."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from common import ids
from common.errors import Broken, LandingDamaged, WarehouseBusy
from common.settings import Settings
from ingest.records import Capture, Hint
from ingest.store import captures, warc
from transforms import pipeline, pool
from transforms.records import Comparison
from warehouse import landing, stages
from warehouse.connect import open_private, open_published

REAL_POOL = pool.transform_pages
WORDS = "The council of the harbour town voted on Thursday to rebuild the old sea wall after the storm of last winter. "


@pytest.fixture
def settings(settings: Settings, empty_file: Path) -> Settings:
    settings.warehouse_file.parent.mkdir(parents=True)
    shutil.copy(empty_file, settings.warehouse_file)
    settings = settings.model_copy(update={"page_workers": 1})
    settings.outlets_dir.mkdir()
    (settings.outlets_dir / "herald.yaml").write_text(
        "id: herald\nname: Herald\nhome: https://herald.example/\nfeeds: [https://herald.example/feed]\n"
    )
    return settings


@pytest.fixture(autouse=True)
def no_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    """Comparison has tests of its own."""
    monkeypatch.setattr("transforms.compare.compare", lambda *_args, **_named: Comparison(method="none/1"))


@pytest.fixture(autouse=True)
def pages_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting page readers takes seconds; one test uses real ones, the pool has tests of its own."""
    monkeypatch.setattr(
        pool,
        "transform_pages",
        lambda pages, outlets, limits, recalls=pool.nothing: (
            pipeline.transform(p, outlets[p.capture.outlet_id], min_words=limits.min_words) for p in pages
        ),
    )


def page(number: int) -> bytes:
    text = "".join(f"<p>{WORDS * 4}Mayor Ann Smith said that {number} houses were damaged.</p>" for _ in range(2))
    title = f"Harbour town rebuilds wall number {number}"
    return f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{text}</article></body></html>".encode()


def seal(settings: Settings, batch_key: str, bodies: dict[str, bytes], gone: tuple[str, ...] = ()) -> None:
    """A batch as ingest leaves it."""
    writer = captures.SegmentWriter(settings, batch_key, "herald")
    at = datetime(2018, 9, 20, 12, tzinfo=UTC)
    for name in (*bodies, *gone):
        url, body = f"https://herald.example/{name}", bodies.get(name)
        capture = Capture(
            capture_id=ids.key("capture", batch_key, url),
            batch_key=batch_key,
            outlet_id="herald",
            url=url,
            final_url=url,
            captured_at=at,
            first_seen_at=at,
            outcome="gone" if body is None else "fetched",
            status=404 if body is None else 200,
            content_type="text/html; charset=utf-8",
            sha256=ids.sha256(body) if body is not None else None,
            hint=Hint(source="feed", published_at=at),
        )
        writer.add(capture, () if body is None else [warc.resource_member(url, capture.capture_id, at, "text/html", body)])
    writer.commit()
    captures.seal(settings, batch_key)


def test_from_captures_to_the_snapshot_and_again(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "transform_pages", REAL_POOL)
    seal(settings, "b1", {"1": page(1), "2": page(2), "short": b"<html><body><h1>Nothing</h1></body></html>"}, gone=("old",))
    told: list[tuple[str, str]] = []
    counts = stages.run_pending(settings, on_progress=lambda stage, what: told.append((stage, what)))
    assert (counts["captures"], counts["loaded"], counts["filtered"] + counts["quarantined"]) == (4, 2, 2)
    assert [stage for stage, _ in told] == ["transform", "load", "publish"]
    with open_published(settings) as con:
        assert con.execute("SELECT headline FROM core.current_version ORDER BY 1").fetchall() == [
            ("Harbour town rebuilds wall number 1",),
            ("Harbour town rebuilds wall number 2",),
        ]
        assert con.execute("SELECT name FROM core.outlet").fetchall() == [("Herald",)]
    assert stages.run_pending(settings) == {}
    assert stages.publish(settings) == "news-000001.duckdb"


def test_a_reprocessed_batch_reads_all_captures_again(settings: Settings) -> None:
    seal(settings, "b1", {"1": page(1)})
    seal(settings, "b2", {"2": page(2)}, gone=("old",))
    stages.run_pending(settings)
    assert stages.reprocess_batch(settings, "reprocess/1", [])["captures"] == 2
    assert stages.unloaded_batches(settings) == ["reprocess/1"]
    assert stages.load_batch(settings, "reprocess/1")["unchanged"] == 2  # the same code reads the same
    assert stages.reprocess_batch(settings, "reprocess/2", ["b2"])["captures"] == 1
    assert stages.transform_batch(settings, "reprocess/2")["captures"] == 1


def test_a_damaged_landing_is_quarantined_and_made_again_while_others_go_through(settings: Settings) -> None:
    for number in (1, 2):
        seal(settings, f"b{number}", {str(number): page(number)})
        stages.transform_batch(settings, f"b{number}")
    file = landing.folder(settings, "b1") / "article_version.parquet"
    file.write_bytes(file.read_bytes()[:200])
    with pytest.raises(LandingDamaged, match=r"article_version\.parquet"):
        stages.load_batch(settings, "b1")
    assert stages.untransformed_batches(settings) == ["b1"]
    counts = stages.run_pending(settings)
    assert (counts["captures"], counts["loaded"]) == (2, 2)
    with open_published(settings) as con:
        assert con.execute("SELECT batch_key, reason, is_resolved FROM ops.quarantine").fetchall() == [("b1", "landing_damaged", True)]


def test_run_pending_heals_damage_by_itself(settings: Settings) -> None:
    seal(settings, "b1", {"1": page(1)})
    stages.transform_batch(settings, "b1")
    (landing.folder(settings, "b1") / "capture.parquet").write_bytes(b"PAR1")
    assert stages.run_pending(settings)["loaded"] == 1


def test_a_damaged_capture_is_quarantined(settings: Settings) -> None:
    seal(settings, "b1", {"1": page(1)})
    (warc_file,) = captures.batch_dir(settings, "b1").glob("*.warc.gz")
    warc_file.write_bytes(warc_file.read_bytes()[:50])
    assert stages.run_pending(settings)["quarantined"] == 1


def test_a_failed_check_stops_the_load_and_the_publication(settings: Settings) -> None:
    seal(settings, "b1", {"1": page(1)})
    stages.run_pending(settings)
    with open_private(settings) as con:
        con.execute("INSERT INTO core.article FROM core.article")
    seal(settings, "b2", {"2": page(2)})
    stages.transform_batch(settings, "b2")
    with pytest.raises(Broken, match="unique_keys"):
        stages.load_batch(settings, "b2")
    with open_private(settings) as con:
        assert con.execute("SELECT check_name FROM ops.check_result WHERE violations > 0").fetchall() == [("unique_keys",)]
    with pytest.raises(Broken):
        stages.publish(settings)
    with open_published(settings) as con:
        assert con.execute("SELECT count(*) FROM core.article").fetchall() == [(1,)]


BUSY = """
from pathlib import Path
from common.errors import WarehouseBusy
from common.settings import Settings
from warehouse.stages import unloaded_batches
try:
    unloaded_batches(Settings(data_dir=Path(arguments[0]), warehouse_wait_s=0))
except WarehouseBusy as error:
    assert error.where["pid"] == arguments[1], error
else:
    raise AssertionError("it opened a file that is held")
"""


def test_a_busy_warehouse_is_told_not_waited_out(settings: Settings, other_process: Any) -> None:
    with open_private(settings):
        assert other_process(BUSY, str(settings.data_dir), os.getpid()) == 0
    assert WarehouseBusy("x").reason == "warehouse_busy"


def test_maintenance_counts(settings: Settings) -> None:
    seal(settings, "b1", {"1": page(1)})
    stages.run_pending(settings)
    assert stages.maintain(settings) == {"compacted": 0, "dropped_batches": 0, "outlets": 1, "outlets_in_trouble": 0}


def test_no_warehouse_no_work(settings: Settings) -> None:
    settings.warehouse_file.unlink()
    assert stages.unloaded_batches(settings) == stages.untransformed_batches(settings) == []
    assert not settings.warehouse_file.exists()
    assert duckdb.__version__.startswith("2.")
