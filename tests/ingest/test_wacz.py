from __future__ import annotations

import random
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.imports import wacz
from ingest.imports.wacz import is_wacz, warc_files
from ingest.store.warc_read import Damage


@pytest.fixture
def collection(tmp_path):
    def make(members, compression=zipfile.ZIP_STORED):
        with zipfile.ZipFile(tmp_path / "a.wacz", "w", compression) as file:
            for name, data in members.items():
                file.writestr(name, data)
        return tmp_path / "a.wacz"

    return make


def read(path):
    damage = Damage()
    return [one.read_bytes() for one in warc_files(path, damage)], damage


def test_the_warc_files_of_a_collection_come_one_by_one(collection):
    path = collection({"datapackage.json": "{}", "archive/a.warc.gz": b"one", "indexes/x.cdx": b"", "archive/B.WARC": b"two"})
    found, damage = read(path)
    assert found == [b"one", b"two"]
    assert damage.count == 0


def test_an_unpacked_file_is_gone_after_its_turn(collection):
    files = warc_files(collection({"a.warc": b"1", "b.warc": b"2"}), Damage())
    first = next(files)
    assert first.exists()
    second = next(files)
    assert not first.exists()
    files.close()
    assert not second.exists()


def test_names_in_a_collection_are_no_paths(collection, tmp_path):
    found, _ = read(collection({"../../evil.warc": b"x", "/etc/evil.warc": b"y", "a\\..\\evil.warc": b"z"}))
    assert found == [b"x", b"y", b"z"]
    assert not list(tmp_path.parent.glob("**/evil.warc"))


def test_a_bomb_is_told_and_the_others_are_read(collection, monkeypatch):
    monkeypatch.setattr(wacz, "FREE_BYTES", 1000)
    monkeypatch.setattr(wacz, "MAX_RATIO", 2)
    path = collection({"a.warc": b"small", "bomb.warc": b"\0" * 5_000_000, "b.warc": b"also"}, zipfile.ZIP_DEFLATED)
    found, damage = read(path)
    assert found == [b"small", b"also"]
    assert damage.count == 1
    assert "unpacks to more" in damage.notes[0]


def test_files_are_bounded_together(collection, monkeypatch):
    monkeypatch.setattr(wacz, "FREE_BYTES", 0)
    monkeypatch.setattr(wacz, "MAX_RATIO", 1)
    found, damage = read(collection({f"{n}.warc": b"\0" * 500 for n in range(20)}, zipfile.ZIP_DEFLATED))
    assert len(found) < 20
    assert damage.count == 20 - len(found)


def test_the_number_of_files_is_bounded(collection, monkeypatch):
    monkeypatch.setattr(wacz, "MAX_MEMBERS", 2)
    assert len(read(collection({f"{n}.warc": b"x" for n in range(5)}))[0]) == 2


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip at all", b"PK\x05\x06" + b"\xff" * 18])
def test_what_is_no_collection_is_told(tmp_path, data):
    (tmp_path / "a.wacz").write_bytes(data)
    found, damage = read(tmp_path / "a.wacz")
    assert (found, damage.count) == ([], 1)


def test_a_damaged_member_is_told(collection):
    noise = random.Random(1).randbytes(2000)
    path = collection({"a.warc": noise, "b.warc": b"fine"}, zipfile.ZIP_DEFLATED)
    data = bytearray(path.read_bytes())
    data[500:520] = b"\0" * 20
    path.write_bytes(data)
    found, damage = read(path)
    assert found == [b"fine"]
    assert damage.count == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.data())
def test_any_damage_is_told_and_nothing_else_happens(collection, data):
    path = collection({"a.warc": b"one" * 30, "b.warc": b"two" * 30}, zipfile.ZIP_DEFLATED)
    whole = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole)))])
    found, _damage = read(path)
    assert len(found) <= 2


@pytest.mark.parametrize(("name", "expected"), [("a.wacz", True), ("A.WACZ", True), ("a.zip", False), ("a.warc.gz", False)])
def test_collections_are_told_by_their_name(tmp_path, name, expected):
    assert is_wacz(tmp_path / name) is expected
