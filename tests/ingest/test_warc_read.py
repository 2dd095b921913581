"""WARC files with damage of every kind: nothing raises, every sound record comes out, what was lost is counted."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import zlib
from datetime import UTC, datetime

import pytest
from fastwarc.stream_io import Lz4Writer, ZstdWriter
from hypothesis import given, settings
from hypothesis import strategies as st

from common import ids
from common.errors import LandingDamaged
from ingest.store import warc, warc_read, warc_unpack
from ingest.store.warc_read import Damage, record_at, records
from ingest.web.fetch import Answer

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
BODIES = [f"<p>Body {n} ".encode() + hashlib.sha256(bytes([n])).hexdigest().encode() * (n + 1) for n in range(6)]


def member(number, body=None):
    url = f"https://a.example/{number}"
    answer = Answer(url, url, 200, "OK", [("Content-Type", "text/html")], BODIES[number] if body is None else body, NOW)
    return warc.response_members(answer, ids.key("c", number))[0]


MEMBERS = [member(number) for number in range(6)]
PLAIN = [gzip.decompress(one) for one in MEMBERS]


def read(data):
    damage = Damage()
    found = list(records(io.BytesIO(data), damage))
    return [one.block.partition(b"\r\n\r\n")[2] for one in found], damage


def hand_made(block, *headers, version="WARC/1.0", kind="response", end="\r\n"):
    lines = [version, f"WARC-Type: {kind}", f"Content-Length: {len(block)}", *headers]
    return (end.join(lines) + end + end).encode() + block + (end + end).encode()


def test_a_sound_file_is_read_whole():
    assert read(b"".join(MEMBERS)) == (BODIES, Damage())
    assert read(b"".join(PLAIN)) == (BODIES, Damage())


@pytest.mark.parametrize("level", [0, 1, 9])
def test_a_file_that_was_packed_as_a_whole_is_read(level):
    assert read(gzip.compress(b"".join(PLAIN), level)) == (BODIES, Damage())


@pytest.mark.parametrize("size", [50, 333, 4000])
def test_records_that_go_across_members_are_read(size):
    plain = b"".join(PLAIN)
    packed = b"".join(gzip.compress(plain[start : start + size]) for start in range(0, len(plain), size))
    assert read(packed) == (BODIES, Damage())


def test_other_versions_line_ends_and_long_headers_are_read():
    data = b"".join(
        [
            hand_made(b"one", version="WARC/0.17"),
            hand_made(b"two", "X-Folded: a", " b", end="\n"),
            hand_made(b"three", "X-Long: " + "x" * 30_000, version="WARC/1.1"),
        ]
    )
    damage = Damage()
    found = list(records(io.BytesIO(data), damage))
    assert [one.block for one in found] == [b"one", b"two", b"three"]
    assert found[1].headers["x-folded"] == "a b"
    assert damage == Damage()


@pytest.mark.parametrize(
    "data", [b"", b"junk", b"\x1f\x8b", b"\x1f\x8b\x08\0" * 99, gzip.compress(b"no warc", mtime=0), b"WARC/1.0\r\n", b"\0" * 5000]
)
def test_what_is_no_warc_gives_nothing_and_says_so(data):
    found, damage = read(data)
    assert found == []
    assert damage.count == (1 if data else 0)


@pytest.mark.parametrize("parts", [MEMBERS, PLAIN], ids=["packed", "plain"])
@pytest.mark.parametrize("junk", [b"junk", b"\0" * 700, b"\x1f\x8b\x08\0junk", b"\nWARC/1.0\r\nWARC-Type: response\r\n\r\n"])
def test_junk_between_records_costs_none(parts, junk):
    found, damage = read(parts[0] + junk + b"".join(parts[1:3]) + junk + b"".join(parts[3:]))
    assert found == BODIES
    assert damage.count == 2
    assert damage.notes[0].startswith(f"byte {len(parts[0])}")


@pytest.mark.parametrize("parts", [MEMBERS, PLAIN], ids=["packed", "plain"])
def test_a_cut_record_costs_only_itself(parts):
    for cut in range(1, len(parts[2]) - 4, 7):
        found, damage = read(b"".join([*parts[:2], parts[2][:cut], *parts[3:]]))
        assert found == [*BODIES[:2], *BODIES[3:]]
        assert damage.count == 1


@pytest.mark.parametrize("parts", [MEMBERS, PLAIN], ids=["packed", "plain"])
def test_a_file_that_ends_early_keeps_what_came_before(parts):
    found, damage = read(b"".join(parts)[:-60])
    assert found == BODIES[:-1]
    assert damage.count == 1


@pytest.mark.parametrize("length", ["1", "9", "999999", "99999999999999", "-5", "x", ""])
def test_a_length_that_lies_costs_only_its_record(length):
    block = PLAIN[1].partition(b"\r\n\r\n")[2][:-4]
    honest = f"Content-Length: {len(block)}".encode()
    assert honest in PLAIN[1]
    found, damage = read(PLAIN[0] + PLAIN[1].replace(honest, f"Content-Length: {length}".encode(), 1) + PLAIN[2])
    assert found == [BODIES[0], BODIES[2]]
    assert damage.count == 1


def test_two_damaged_neighbours_are_counted_both():
    data = bytearray(b"".join(MEMBERS))
    for number in (2, 3):
        data[sum(map(len, MEMBERS[: number + 1])) - 6] ^= 0xFF  # its checksum
    found, damage = read(bytes(data))
    assert found == [*BODIES[:2], *BODIES[4:]]
    assert damage.count in {1, 2}


def test_a_body_that_was_changed_is_told_by_its_digest():
    found, damage = read(b"".join(PLAIN).replace(b"Body 3", b"Body 8"))
    assert found == [*BODIES[:3], *BODIES[4:]]
    assert (damage.count, "digest" in damage.notes[0]) == (1, True)


@pytest.mark.parametrize(
    ("label", "is_read"),
    [
        ("sha1:" + base64.b32encode(hashlib.sha1(b"block").digest()).decode(), True),
        ("SHA-1:" + hashlib.sha1(b"block").hexdigest().upper(), True),
        ("sha256:" + base64.b32encode(hashlib.sha256(b"block").digest()).decode().rstrip("="), True),
        ("md5:" + hashlib.md5(b"block").hexdigest(), True),
        ("md5:" + hashlib.md5(b"other").hexdigest(), False),
        ("sha1:" + base64.b32encode(hashlib.sha1(b"other").digest()).decode(), False),
        ("sha1:short", True),
        ("whirlpool:1234", True),
        ("nothing", True),
    ],
)
def test_digests_of_other_writers(label, is_read):
    data = hand_made(b"block", f"WARC-Block-Digest: {label}")
    damage = Damage()
    assert [one.block for one in records(io.BytesIO(data), damage)] == ([b"block"] if is_read else [])
    assert damage.count == (not is_read)


def test_packed_bodies_in_a_plain_file_are_not_taken_for_members():
    inner = gzip.compress(b"a packed body" * 50)
    data = b"XARC" + PLAIN[0][4:] + hand_made(inner) + hand_made(MEMBERS[3]) + PLAIN[1]
    damage = Damage()
    found = [one.block for one in records(io.BytesIO(data), damage)]
    assert found[:2] == [inner, MEMBERS[3]]
    assert (len(found), damage.count) == (3, 1)


def test_what_is_larger_than_a_page_is_passed_over(monkeypatch):
    monkeypatch.setattr(warc_read, "MAX_RECORD", 4000)
    large = member(1, b"x" * 9000)
    for data in (
        MEMBERS[0] + large + MEMBERS[2],
        PLAIN[0] + gzip.decompress(large) + PLAIN[2],
        gzip.compress(PLAIN[0] + gzip.decompress(large) + PLAIN[2]),
    ):
        found, damage = read(data)
        assert found == [BODIES[0], BODIES[2]]
        assert (damage.count, damage.oversized) == (0, 1)


def test_a_member_that_unpacks_without_end_is_bounded(monkeypatch):
    monkeypatch.setattr(warc_read, "MAX_RUN", 100_000)
    bomb = gzip.compress(PLAIN[0] + hand_made(b"\0" * 50_000_000), 9)
    found, damage = read(bomb + MEMBERS[1])
    assert found == [BODIES[0], BODIES[1]]
    assert damage.count == 1


@pytest.mark.parametrize(
    "beginning",
    [
        gzip.compress(b"WARC/1.0\r\n", 0, mtime=0)[:-9],  # a member that opens a record and never ends
        b"WARC/1.0\r\n",
        hand_made(b"x", "WARC-Block-Digest: md5:" + "0" * 32)[:-4].replace(b"Length: 1", b"Length: 9000"),
    ],
    ids=["members", "headers", "digests"],
)
def test_a_file_of_false_beginnings_ends(monkeypatch, beginning):
    """Each looks as if much had to be read to tell; the work is bounded by a multiple of the file."""
    monkeypatch.setattr(warc_read, "WASTE_FREE", 0)
    monkeypatch.setattr(warc_read, "WASTE_FACTOR", 1)
    work, read_at = [0], warc_read.Blob.at

    def counted(blob, position, length):
        data = read_at(blob, position, length)
        work[0] += len(data)
        return data

    monkeypatch.setattr(warc_read.Blob, "at", counted)
    whole = b"junk" + beginning * 3000 + b"\r\n" * 6000
    found, damage = read(whole)
    assert found == []
    assert work[0] < 10 * len(whole)
    assert len(damage.notes) <= warc_read.MAX_NOTES


def test_a_failing_disk_reads_as_the_end():
    class Failing(io.BytesIO):
        def read(self, size=-1):
            if self.tell() >= len(MEMBERS[0]):
                raise OSError(5, "Input/output error")
            return super().read(min(size, len(MEMBERS[0]) - self.tell()))

    damage = Damage()
    assert len(list(records(Failing(b"".join(MEMBERS)), damage))) == 1
    assert damage.count == 1


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([MEMBERS, PLAIN]), st.data())
def test_flipped_bytes_cost_only_the_records_that_they_hit(parts, data):
    """A flip may also leave its record readable (a time in the gzip header); it never harms another one, and never raises."""
    whole, hit = bytearray(b"".join(parts)), set()
    starts = [sum(map(len, parts[:number])) for number in range(7)]
    for at in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=4)):
        whole[at] ^= data.draw(st.integers(1, 255))
        number = max(n for n in range(6) if starts[n] <= at)
        hit.add(number)
        if parts is PLAIN and at >= starts[number + 1] - 4:  # the line ends between two plain records belong to both
            hit.add(min(number + 1, 5))
    found, _damage = read(bytes(whole))
    assert [body for n, body in enumerate(BODIES) if n not in hit] == [
        body for body in found if body in BODIES and BODIES.index(body) not in hit
    ]
    if parts is MEMBERS:
        assert set(found) <= set(BODIES)  # nothing is made up


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_cut_out_and_inserted_bytes_cost_only_what_they_hit(data):
    whole = b"".join(MEMBERS)
    starts = [sum(map(len, MEMBERS[:number])) for number in range(7)]
    begin = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(begin, min(begin + 1500, len(whole))))
    found, damage = read(whole[:begin] + data.draw(st.binary(max_size=200)) + whole[end:])
    sound = [body for n, body in enumerate(BODIES) if end <= starts[n] or begin >= starts[n + 1]]
    assert [body for body in found if body in sound] == sound
    assert damage.count or found == BODIES


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2000), st.sampled_from([b"", b"\x1f\x8b\x08\0", b"WARC/1.0\r\n", MEMBERS[0][:40], PLAIN[0][:200]]))
def test_no_bytes_raise(noise, begin):
    read(begin + noise)


def test_a_record_is_found_by_its_offset():
    assert record_at(io.BytesIO(b"".join(MEMBERS)), len(MEMBERS[0])).headers["warc-target-uri"] == "https://a.example/1"


@pytest.mark.parametrize("offset", [1, 10**6, len(MEMBERS[0]) - 1])
def test_no_record_at_an_offset_is_told(offset):
    with pytest.raises(LandingDamaged, match=f"offset {offset}"):
        record_at(io.BytesIO(b"".join(MEMBERS)), offset)


def test_a_member_without_its_end_is_no_record():
    with pytest.raises(LandingDamaged):
        record_at(io.BytesIO(MEMBERS[0][:-1]), 0)
    with pytest.raises(LandingDamaged):
        record_at(io.BytesIO(zlib.compress(b"x")), 0)


@pytest.mark.parametrize("writer", [Lz4Writer, ZstdWriter])
def test_other_packings_are_unpacked(tmp_path, writer, monkeypatch):
    path = tmp_path / "x.warc.packed"
    with writer(str(path)) as stream:
        for one in PLAIN:
            stream.write(one)
            stream.finish()
    data = path.read_bytes()
    assert read(data) == (BODIES, Damage())
    monkeypatch.setattr(warc_unpack, "PIECE", 64)
    found, damage = read(data[:-9])
    assert found in (BODIES[:4], BODIES[:5])
    assert damage.count == 2  # the frame, and the record that it held
    assert read(data[:4] + b"broken")[1].count == 1
    monkeypatch.setattr(warc_read, "MAX_RUN", 100)
    assert "more than 100 bytes" in read(data)[1].notes[0]
