"""Collections that are damaged at every place: what can't be read is told, never raised."""

from __future__ import annotations

import io
import zipfile

import pytest

from ingest.imports.wacz import warc_files
from ingest.store.warc_read import Damage

PACKINGS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
ONE, TWO = b"one" * 30, b"two" * 30
# Where fields lie in an entry of the central directory (APPNOTE 4.3.12).
VERSION_NEEDED, FLAGS, METHOD, CRC = 6, 8, 10, 16


def packed(packing=zipfile.ZIP_STORED, name="b\u00e9.warc"):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as collection:
        collection.writestr("a.warc", ONE)
        collection.writestr(name, TWO)
    return file.getvalue()


def last_entry(data):
    return data.rindex(b"PK\x01\x02")


@pytest.fixture
def read(tmp_path):
    def run(data):
        (tmp_path / "a.wacz").write_bytes(data)
        damage = Damage()
        return [one.read_bytes() for one in warc_files(tmp_path / "a.wacz", damage)], damage

    return run


@pytest.mark.parametrize("packing", PACKINGS)
def test_every_way_of_packing_is_read(read, packing):
    found, damage = read(packed(packing))
    assert (found, damage.count) == ([ONE, TWO], 0)


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_byte_that_is_wrong_anywhere_is_never_more_than_damage(read, packing):
    whole = packed(packing)
    for place in range(0, len(whole), 2):
        data = bytearray(whole)
        data[place] ^= 0xFF
        found, damage = read(bytes(data))
        assert set(found) <= {ONE, TWO, b""}, place
        assert len(found) + damage.count <= 2, place


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_collection_that_ends_early_is_told_once(read, packing):
    whole = packed(packing)
    for length in range(0, len(whole), 7):
        found, damage = read(whole[:length])
        assert (found, damage.count) == ([], 1), length


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        (FLAGS, b"\x01\x08", "encrypted"),
        (METHOD, b"\x63\x00", "compression"),
        (CRC, b"\0\0\0\0", "CRC"),
    ],
)
def test_a_member_that_nobody_can_unpack_is_told_and_the_other_is_read(read, field, value, word):
    data = bytearray(packed())
    start = last_entry(data) + field
    data[start : start + len(value)] = value
    found, damage = read(bytes(data))
    assert found == [ONE]
    assert damage.count == 1
    assert word in damage.notes[0]


@pytest.mark.parametrize(("field", "value"), [(VERSION_NEEDED, b"\xff"), (46, b"\xff\xff")])
def test_a_directory_of_another_time_or_alphabet_is_told_as_no_collection(read, field, value):
    data = bytearray(packed())
    start = last_entry(data) + field
    data[start : start + len(value)] = value
    found, damage = read(bytes(data))
    assert (found, damage.count) == ([], 1)
    assert "no zip file" in damage.notes[0]


def test_bytes_before_a_collection_do_no_harm(read):
    found, damage = read(b"#!/bin/sh\n" + packed())
    assert (found, damage.count) == ([ONE, TWO], 0)


def test_two_members_of_one_name_are_both_read(read):
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = packed(name="a.warc")
    assert read(data)[0] == [ONE, TWO]


def test_a_collection_that_is_not_there_is_an_error_of_whoever_asks(tmp_path):
    with pytest.raises(FileNotFoundError):
        list(warc_files(tmp_path / "nowhere.wacz", Damage()))
