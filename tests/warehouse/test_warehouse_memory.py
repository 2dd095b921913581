"""Outlet memory in the way of the data: learned from a batch, used by later ones, the same when everything is read again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow.parquet as pq
import pytest

from common import clock, ids
from common.settings import Settings
from ingest.memory import learned_dates
from ingest.records import Capture, Hint
from ingest.state import open_state
from ingest.store import captures, warc
from ingest.web.fetch import Answer
from transforms import pipeline, pool
from warehouse import landing, stages

AT = datetime(2018, 9, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SLOGAN = "The Herald has stood at the harbour since the first wall, and it stands there still, says our motto."
WORDS = "The council of the harbour town voted on Thursday to rebuild old sea wall number {} after the storm of winter {}. "


@pytest.fixture
def settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings.outlets_dir.mkdir()
    text = "id: herald\nname: Herald\nhome: https://herald.example/\nfeeds: [https://herald.example/feed]\n"
    (settings.outlets_dir / "herald.yaml").write_text(text)

    def read_here(pages, outlets, limits, recalls):  # type: ignore[no-untyped-def]
        for page in pages:
            outlet, recall = outlets[page.capture.outlet_id], recalls(page.capture)
            yield pipeline.transform(page, outlet, min_words=limits.min_words, recall=recall)

    monkeypatch.setattr(pool, "transform_pages", read_here)
    return settings


def seal(settings: Settings, batch_key: str, at: datetime, *numbers: int) -> None:
    """A batch of articles with the paper's motto in the middle of the text."""
    writer = captures.SegmentWriter(settings, batch_key, "herald")
    for number in numbers:
        url, title = f"https://herald.example/{number}", f"Harbour town rebuilds {'old ' * number}wall"
        lines = [WORDS.format("one" * number, "two") * 3, SLOGAN, WORDS.format("three" * number, "four") * 3]
        text = "".join(f"<p>{line}</p>" for line in lines)
        body = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{text}</article>".encode()
        answer = Answer(url, url, 200, "", [("Content-Type", "text/html")], body, at)
        capture = Capture(
            capture_id=ids.key("capture", batch_key, url), batch_key=batch_key, outlet_id="herald", url=url, final_url=url, captured_at=at,
            first_seen_at=at, outcome="fetched", status=200, content_type="text/html", sha256=ids.sha256(body), hint=Hint(source="feed"),
        )  # fmt: skip
        writer.add(capture, warc.response_members(answer, capture.capture_id))
    writer.commit()
    captures.seal(settings, batch_key)


def bodies(settings: Settings, batch_key: str) -> list[tuple[str, str]]:
    table = pq.read_table(landing.folder(settings, batch_key) / "article_version.parquet", columns=["body", "extractor"])
    return [(row["body"], row["extractor"]) for row in table.to_pylist()]


def at_time(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)


def memories(settings: Settings) -> list[datetime]:
    engine = open_state(settings)
    try:
        return learned_dates(engine, "herald")
    finally:
        engine.dispose()


def test_a_later_batch_is_read_with_what_earlier_ones_taught(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    seal(settings, "b1", AT, 1, 2, 3)
    at_time(monkeypatch, AT + HOUR)
    stages.transform_batch(settings, "b1")
    assert all(SLOGAN in body for body, _ in bodies(settings, "b1"))
    seal(settings, "b2", AT + 2 * HOUR, 4, 5)
    at_time(monkeypatch, AT + 3 * HOUR)
    stages.transform_batch(settings, "b2")
    found = bodies(settings, "b2")
    assert len(found) == 2
    assert all(SLOGAN not in body and extractor.endswith("+memory/2018-09-20T13:00:00Z") for body, extractor in found)


def test_everything_read_again_is_as_it_was_read_first(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, key in enumerate(["b1", "b2"]):
        seal(settings, key, AT + 2 * number * HOUR, *range(3 * number + 1, 3 * number + 4))
        at_time(monkeypatch, AT + (2 * number + 1) * HOUR)
        stages.transform_batch(settings, key)
    first = bodies(settings, "b1") + bodies(settings, "b2")
    assert {extractor.partition("+")[1] for _, extractor in first} == {"", "+"}
    at_time(monkeypatch, AT + timedelta(days=400))
    stages.reprocess_batch(settings, "reprocess/1")
    assert sorted(bodies(settings, "reprocess/1")) == sorted(first)


def test_a_batch_that_is_made_again_teaches_nothing_twice(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    seal(settings, "b1", AT, 1, 2)
    for hours in range(1, 5):
        at_time(monkeypatch, AT + hours * HOUR)
        stages.transform_batch(settings, "b1")
        landing.discard(settings, "b1")
    assert memories(settings) == []


def test_a_kill_before_the_lesson_costs_no_record(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    seal(settings, "b1", AT, 1, 2, 3)
    with monkeypatch.context() as patched:
        patched.setattr(stages, "learn", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            stages.transform_batch(settings, "b1")
    assert stages.transform_batch(settings, "b1")["versions"] == 3
    assert memories(settings) == []
