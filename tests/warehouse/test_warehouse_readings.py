"""The pair model's readings are remembered to the last bit, and a bad file stops nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common import clock
from transforms.compare import pairs
from transforms.compare.pairs import PairModel
from warehouse import readings
from warehouse.readings import KEPT_DAYS, remembered

A, B = "Twelve people were hurt in the blast.", "Fifteen people were hurt in the blast at Orve."
NOON = datetime(2018, 9, 20, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "private" / "readings.sqlite"


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    def setter(when: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: when)

    setter(NOON)
    return setter


@pytest.fixture(scope="module")
def model() -> PairModel:
    return PairModel()


def rows(path: Path) -> list[tuple[bytes, bytes, int]]:
    with sqlite3.connect(path) as con:
        found: list[tuple[bytes, bytes, int]] = con.execute("SELECT pair, scores, used_on FROM reading ORDER BY pair").fetchall()
    con.close()
    return found


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another process writes to the file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as con:
        con.execute("BEGIN EXCLUSIVE")
        yield
        con.execute("ROLLBACK")


def unread(monkeypatch: pytest.MonkeyPatch, model: PairModel) -> None:
    """From here on a reading is a failure."""

    def refuse(_a: str, _b: str) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr(model, "read", refuse)


def test_what_was_read_is_remembered_to_the_last_bit(path: Path, model: PairModel, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = model.read(A, B)
    with remembered(path):
        assert np.array_equal(model.recall(A, B), fresh)
    unread(monkeypatch, model)
    with remembered(path):
        assert np.array_equal(model.recall(A, B), fresh)
    with pytest.raises(AssertionError, match="read again"), remembered(path):
        model.recall(B, A)  # another pair


def test_other_weights_have_other_readings(path: Path, model: PairModel) -> None:
    with remembered(path):
        model.recall(A, B)
    other = PairModel()
    other.name = b"another graph"
    with remembered(path):
        other.recall(A, B)
    assert len(rows(path)) == 2


def test_without_a_file_every_pair_is_read(model: PairModel, monkeypatch: pytest.MonkeyPatch) -> None:
    assert pairs.MEMORY.get() is None
    unread(monkeypatch, model)
    with pytest.raises(AssertionError, match="read again"):
        model.recall(A, B)


def test_a_comparison_that_fails_leaves_the_memory_as_it_was(path: Path, model: PairModel) -> None:
    def fail() -> None:
        model.recall(A, B)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), remembered(path):
        fail()
    assert pairs.MEMORY.get() is None
    assert rows(path) == []


def test_what_nobody_asks_for_is_forgotten(path: Path, model: PairModel, at: Callable[[datetime], None]) -> None:
    with remembered(path):
        model.recall(A, B)
        model.recall(B, A)
    at(NOON + timedelta(days=KEPT_DAYS))
    with remembered(path):
        model.recall(A, B)
    assert sorted(day for _, _, day in rows(path)) == [NOON.toordinal(), NOON.toordinal() + KEPT_DAYS]
    at(NOON + timedelta(days=KEPT_DAYS + 1))
    with remembered(path):
        pass
    assert [day for _, _, day in rows(path)] == [NOON.toordinal() + KEPT_DAYS]


def test_a_file_that_grows_too_large_is_halved(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "MOST", 20)
    with remembered(path):
        for number in range(40):
            put(number)
    assert 0 < len(rows(path)) < 40
    assert all(pair >= b"\x80" for pair, _, _ in rows(path))


def test_much_that_waits_is_written_before_the_end(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "WAITING", 3)
    with remembered(path):
        for number in range(4):
            put(number)
        memory = pairs.MEMORY.get()
        assert isinstance(memory, readings.Readings)
        assert len(memory.new) == 1
        assert len(rows(path)) == 3
        assert memory.get(bytes([6]) * pairs.DIGEST) == b"scores"
    assert len(rows(path)) == 4


def test_what_cannot_be_written_does_not_fill_the_memory(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "WAITING", 2)
    with remembered(path):
        pass
    with locked(path), remembered(path):
        for number in range(5):
            put(number)
        memory = pairs.MEMORY.get()
        assert isinstance(memory, readings.Readings)
        assert len(memory.new) == 1
    assert rows(path) == []


def put(number: int) -> None:
    memory = pairs.MEMORY.get()
    assert memory is not None
    memory.put(bytes([number * 6]) * pairs.DIGEST, b"scores")


def test_a_damaged_file_is_made_anew(path: Path, model: PairModel) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database at all" * 100)
    fresh = model.read(A, B)
    with remembered(path):
        assert np.array_equal(model.recall(A, B), fresh)
    with remembered(path):
        model.recall(A, B)
    assert len(rows(path)) == 1


def test_a_file_that_another_process_writes_to_is_left_alone(path: Path, model: PairModel) -> None:
    with remembered(path):
        model.recall(A, B)
    with locked(path), remembered(path):
        model.recall(B, A)
    assert len(rows(path)) == 1


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12)), min_size=1, max_size=4))
def test_any_pair_is_the_same_remembered_or_read(tmp_path_factory: pytest.TempPathFactory, asked: list[tuple[str, str]]) -> None:
    model, path = PairModel(), tmp_path_factory.mktemp("readings") / "readings.sqlite"
    for _ in range(2):
        with remembered(path):
            assert all(np.array_equal(model.recall(a, b), model.read(a, b)) for a, b in asked)
