"""All records anew from the archives: byte for byte the same, resumed after a kill, made again after damage."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from common import clock, ids
from common.errors import Broken, LandingDamaged, Misconfigured, RetryLater
from common.settings import Settings
from ingest.records import Capture, Hint
from ingest.store import captures, warc
from ingest.web.fetch import Answer
from transforms import pipeline, pool
from transforms.records import Comparison
from warehouse import landing, reprocessing, stages
from warehouse.connect import open_private

AT = datetime(2018, 9, 20, 12, tzinfo=UTC)
KEY = "reprocess/1"
WORDS = "The council of the harbour town voted on Thursday to rebuild the old sea wall after the storm of last winter. "
REAL_POOL = pool.transform_pages


@pytest.fixture
def settings(settings: Settings) -> Settings:
    settings = settings.model_copy(update={"page_workers": 2})
    settings.outlets_dir.mkdir()
    (settings.outlets_dir / "herald.yaml").write_text(
        "id: herald\nname: Herald\nhome: https://herald.example/\nfeeds: [https://herald.example/feed]\n"
    )
    return settings


@pytest.fixture(autouse=True)
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are read in this process, and not compared; both have tests of their own."""
    monkeypatch.setattr("transforms.compare.compare", lambda *_args, **_named: Comparison(method="none/1"))
    monkeypatch.setattr(
        pool,
        "transform_pages",
        lambda pages, outlets, limits, recalls=pool.nothing: (
            pipeline.transform(p, outlets[p.capture.outlet_id], min_words=limits.min_words) for p in pages
        ),
    )


def seal(settings: Settings, batch_key: str, *numbers: int) -> None:
    """A batch as ingest leaves it: articles, one page without an article, one that is gone."""
    writer = captures.SegmentWriter(settings, batch_key, "herald")
    for number in (*numbers, -1, -2):
        url, title = f"https://herald.example/{batch_key}/{number}", f"Harbour town rebuilds wall number {number}"
        text = "".join(f"<p>{WORDS * 4}Mayor Ann Smith said that {number} houses were damaged.</p>" for _ in range(2))
        body = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{text if number >= 0 else ''}</article>".encode()
        answer = Answer(url, url, 404 if number == -2 else 200, "", [("Content-Type", "text/html")], body, AT)
        capture = Capture(
            capture_id=ids.key("capture", batch_key, url), batch_key=batch_key, outlet_id="herald", url=url, final_url=url, captured_at=AT,
            first_seen_at=AT, outcome="gone" if number == -2 else "fetched", status=answer.status, content_type="text/html",
            sha256=ids.sha256(body), hint=Hint(source="feed", published_at=AT),
        )  # fmt: skip
        writer.add(capture, warc.response_members(answer, capture.capture_id))
    writer.commit()
    captures.seal(settings, batch_key)


def files(settings: Settings, batch_key: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in landing.folder(settings, batch_key).glob("*.parquet")}


def test_the_same_captures_give_the_same_bytes(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """With real page readers, side by side, at another time of day."""
    monkeypatch.setattr(pool, "transform_pages", REAL_POOL)
    seal(settings, "b1", 1, 2, 3)
    stages.transform_batch(settings, "b1")
    first = files(settings, "b1")
    landing.discard(settings, "b1")
    monkeypatch.setattr(clock, "now", lambda: datetime(2031, 1, 1, tzinfo=UTC) + timedelta(seconds=1))
    stages.transform_batch(settings, "b1")
    assert files(settings, "b1") == first
    assert stages.reprocess_batch(settings, KEY, ["b1"])["versions"] == 3
    again = files(settings, KEY)
    stages.reprocess_batch(settings, "reprocess/2", ["b1"])
    assert files(settings, "reprocess/2") == again
    for name in ("article", "article_version", "claim_mention", "outlet"):
        assert again[f"{name}.parquet"] == first[f"{name}.parquet"]


def test_a_reprocess_that_was_killed_goes_on_by_itself(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    seal(settings, "b1", 1)
    seal(settings, "b2", 2)
    stages.run_pending(settings)
    with monkeypatch.context() as patched:
        patched.setattr(landing, "write_landing", lambda *_args, **_named: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            stages.reprocess_batch(settings, KEY, ["b2"])
    seal(settings, "b3", 3)
    assert stages.untransformed_batches(settings) == ["b3", KEY]
    counts = stages.run_pending(settings)
    assert counts["unchanged"] == 1  # of b2 alone, as it was asked
    assert (stages.untransformed_batches(settings), stages.unloaded_batches(settings)) == ([], [])
    assert list(settings.landing_dir.glob(".*.json")) == []


def test_a_damaged_landing_of_a_reprocess_is_made_again(settings: Settings) -> None:
    seal(settings, "b1", 1)
    stages.run_pending(settings)
    stages.reprocess_batch(settings, KEY)
    (landing.folder(settings, KEY) / "article.parquet").write_bytes(b"PAR1")
    with pytest.raises(LandingDamaged):
        stages.load_batch(settings, KEY)
    assert stages.untransformed_batches(settings) == [KEY]
    assert stages.run_pending(settings)["unchanged"] == 1
    with open_private(settings) as con:
        assert con.execute("SELECT count(*) FROM ops.batch WHERE batch_key = ?", [KEY]).fetchall() == [(1,)]


def test_what_was_asked_for_first_stays(settings: Settings) -> None:
    seal(settings, "b1", 1)
    assert reprocessing.ask(settings, KEY, None).batches == ["b1"]
    seal(settings, "b2", 2)
    assert reprocessing.ask(settings, KEY, ["b2"]).batches == ["b1"]
    assert reprocessing.ask(settings, "reprocess/2", []).batches == ["b1", "b2"]
    assert reprocessing.waiting(settings) == [KEY, "reprocess/2"]


def test_a_batch_that_is_not_there_is_told(settings: Settings) -> None:
    with pytest.raises(Misconfigured, match="b9"):
        stages.reprocess_batch(settings, KEY, ["b9"])
    assert reprocessing.waiting(settings) == []


def test_a_damaged_request_stops_with_its_name(settings: Settings) -> None:
    seal(settings, "b1", 1)
    reprocessing.ask(settings, KEY, None)
    (path,) = settings.landing_dir.glob(".*.json")
    path.write_text("{")
    with pytest.raises(Broken, match=r"request\.json"):
        stages.untransformed_batches(settings)


def test_two_processes_do_not_make_one_batch(settings: Settings) -> None:
    seal(settings, "b1", 1)
    reprocessing.ask(settings, KEY, None)
    (path,) = settings.landing_dir.glob(".*.json")
    script = "import fcntl, sys; s = open(sys.argv[1]); fcntl.flock(s, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()"
    other: Any = subprocess.Popen([sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with other:
        assert other.stdout.readline() == b"held\n"
        assert stages.untransformed_batches(settings) == ["b1"]
        with pytest.raises(RetryLater, match="another process"):
            stages.reprocess_batch(settings, KEY)
        other.stdin.close()
    assert stages.untransformed_batches(settings) == ["b1", KEY]


def test_archives_alone_rebuild_the_warehouse(settings: Settings, tmp_path: Path) -> None:
    """What recover.md promises: keep data/captures, delete the rest."""
    seal(settings, "b1", 1, 2)
    stages.run_pending(settings)
    fresh = settings.model_copy(update={"data_dir": tmp_path / "fresh"})
    fresh.captures_dir.parent.mkdir(parents=True)
    settings.captures_dir.rename(fresh.captures_dir)
    stages.reprocess_batch(fresh, KEY)
    assert stages.load_batch(fresh, KEY)["loaded"] == 2
