"""Requests to read again as files: noted once, worked on by one process, forgotten at the end, whoever dies or is faster."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from common import clock
from common.errors import Broken, Misconfigured, RetryLater
from common.settings import Settings
from ingest.store import captures
from warehouse import reprocessing
from warehouse.reprocessing import Request, ask, held, settle, waiting

AT = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """Each look at the clock is a minute later."""
    ticks: list[datetime] = []

    def now() -> datetime:
        ticks.append(AT + timedelta(minutes=len(ticks)))
        return ticks[-1]

    monkeypatch.setattr(clock, "now", now)
    return ticks


@pytest.fixture
def sealed(settings: Settings, at: list[datetime]) -> Settings:
    """Three sealed batches, not sealed in the order of the alphabet."""
    for name in ("c", "a", "b"):
        captures.seal(settings, name)
    return settings


@pytest.mark.parametrize("batches", [None, []])
def test_without_names_every_sealed_batch_is_meant_oldest_first(sealed: Settings, batches: list[str] | None) -> None:
    assert ask(sealed, "reprocess/1", batches).batches == ["c", "a", "b"]


def test_single_captures_may_be_meant(sealed: Settings, make: Any) -> None:
    one, two = make.capture("herald/1"), make.capture("herald/2")
    assert ask(sealed, "reprocess/all", None).means(one)
    request = ask(sealed, "reprocess/1", ["a"], [one.capture_id])
    assert (request.means(one), request.means(two)) == (True, False)
    assert ask(sealed, "reprocess/1", None) == request  # as it lies on the disk


def test_named_batches_keep_their_order(sealed: Settings) -> None:
    assert ask(sealed, "reprocess/1", ["b", "c"]).batches == ["b", "c"]


def test_a_missing_batch_leaves_no_request_behind(sealed: Settings) -> None:
    with pytest.raises(Misconfigured, match="'x'"):
        ask(sealed, "reprocess/1", ["b", "x", "y"])
    assert waiting(sealed) == []


def test_asking_again_keeps_the_first_request_to_the_letter(sealed: Settings) -> None:
    first = ask(sealed, "reprocess/1", ["b"])
    captures.seal(sealed, "d")
    assert ask(sealed, "reprocess/1", None) == first
    assert ask(sealed, "reprocess/1", ["x"]) == first


def test_requests_wait_in_the_order_in_which_they_were_made(sealed: Settings) -> None:
    for key in ("reprocess/9", "reprocess/1", "reprocess/5"):
        ask(sealed, key, None)
    assert waiting(sealed) == ["reprocess/9", "reprocess/1", "reprocess/5"]


def test_a_settled_request_is_forgotten_and_can_be_settled_again(sealed: Settings) -> None:
    ask(sealed, "reprocess/1", None)
    ask(sealed, "reprocess/2", None)
    settle(sealed, "reprocess/1")
    settle(sealed, "reprocess/1")
    assert waiting(sealed) == ["reprocess/2"]


def test_a_request_that_is_worked_on_is_nobody_elses(sealed: Settings) -> None:
    ask(sealed, "reprocess/1", None)
    ask(sealed, "reprocess/2", None)
    with held(sealed, "reprocess/1"):
        assert waiting(sealed) == ["reprocess/2"]
        with pytest.raises(RetryLater, match="another process"), held(sealed, "reprocess/1"):
            pass
    assert waiting(sealed) == ["reprocess/1", "reprocess/2"]


def test_work_that_fails_lets_the_next_have_it(sealed: Settings) -> None:
    ask(sealed, "reprocess/1", None)
    with pytest.raises(ZeroDivisionError), held(sealed, "reprocess/1"):
        _ = 1 / 0
    assert waiting(sealed) == ["reprocess/1"]


@pytest.mark.parametrize("text", ["", "{", "{}", "null", '{"batch_key": "reprocess/1", "batches": "b", "made_at": "2026-11-23T10:15:00Z"}'])
def test_a_request_that_can_not_be_read_is_named(sealed: Settings, text: str) -> None:
    ask(sealed, "reprocess/1", None)
    (path,) = sealed.landing_dir.glob(".*.request.json")
    path.write_text(text)
    for read in (lambda: ask(sealed, "reprocess/1", None), lambda: waiting(sealed)):
        with pytest.raises(Broken, match="remove it to give it up") as broken:
            read()
        assert broken.value.where["path"] == str(path)


@pytest.mark.parametrize("moment", ["before it was read", "after it was read"])
def test_a_request_that_another_process_settles_meanwhile_is_none(sealed: Settings, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    """`waiting` lists the files and then reads them; the owner may be done in between."""
    for key in ("reprocess/1", "reprocess/2"):
        ask(sealed, key, None)
    read = reprocessing._read

    def slow(path: Path) -> Request:
        if moment.startswith("before"):
            settle(sealed, "reprocess/1")
        request = read(path)
        settle(sealed, "reprocess/1")
        return request

    monkeypatch.setattr(reprocessing, "_read", slow)
    assert waiting(sealed) == ["reprocess/2"]


def test_keys_that_differ_have_requests_that_differ(sealed: Settings) -> None:
    keys = ["reprocess/1", "reprocess:1", "reprocess+1", "Reprocess/1", "reprocess/1 "]
    for key in keys:
        ask(sealed, key, None)
    assert waiting(sealed) == keys
    for key in keys[1:]:
        settle(sealed, key)
    assert waiting(sealed) == keys[:1]
