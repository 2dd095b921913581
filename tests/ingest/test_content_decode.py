from __future__ import annotations

import gzip
import os
import struct
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from common.errors import ConsilienceError, FetchDelayed, FetchRefused
from ingest.web.decode import MAX_CODINGS, ZSTD_WINDOW_BYTES, Decoder, gunzip

TEXT = b"All the news that is fit to be unpacked. " * 50


def raw_deflate(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def zstd(data):
    return zstandard.ZstdCompressor(write_checksum=True).compress(data)


PACK = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "zstd": zstd, "": bytes}
codings = st.sampled_from(sorted(PACK))
skippable = b"\x50\x2a\x4d\x18" + struct.pack("<I", 3) + b"abc"


def whole(coding, data, limit=10**6, step=97):
    decoder = Decoder(coding, limit)
    out = b"".join(decoder.feed(data[i : i + step]) for i in range(0, len(data), step))
    decoder.finish()
    return out, decoder.full


@pytest.mark.parametrize(
    ("coding", "data"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("gzip", gzip.compress(TEXT, mtime=0)),
        ("x-gzip", gzip.compress(TEXT, mtime=0)),
        ("GZIP ", gzip.compress(TEXT, mtime=0)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw_deflate(TEXT)),
        ("gzip, gzip", gzip.compress(gzip.compress(TEXT, mtime=0), mtime=0)),
        ("br, gzip", gzip.compress(brotli.compress(TEXT), mtime=0)),
        ("gzip", gzip.compress(TEXT[:100], mtime=0) + gzip.compress(TEXT[100:], mtime=0)),
        ("gzip", gzip.compress(TEXT, mtime=0) + b"\0" * 8),
        ("br", brotli.compress(TEXT)),
        ("zstd", zstd(TEXT)),
        ("zstd", zstd(TEXT[:100]) + skippable + zstd(TEXT[100:])),
    ],
)
def test_codings_that_come_in_practice(coding, data):
    assert whole(coding, data) == (TEXT, False)


@given(st.binary(max_size=5000), st.integers(1, 300), codings)
def test_pieces_of_any_size_give_the_same_body(data, step, coding):
    assert whole(coding, PACK[coding](data), step=max(step, 2)) == (data, False)


@given(st.binary(min_size=1, max_size=3000), st.integers(1, 4000), codings)
def test_the_limit_is_exact(data, limit, coding):
    decoder = Decoder(coding, limit)
    out = decoder.feed(PACK[coding](data))
    assert out == data[:limit]
    assert decoder.full == (len(data) > limit)


@given(st.binary(min_size=40, max_size=3000), codings.filter(bool), st.data())
def test_a_stream_that_is_cut_anywhere_is_never_whole(data, coding, draw):
    packed = PACK[coding](data)
    with pytest.raises(FetchDelayed) as caught:
        whole(coding, packed[: draw.draw(st.integers(1, len(packed) - 1))])
    assert caught.value.fault in {"truncated", "corrupt"}


@given(st.binary(max_size=2000), codings.filter(bool), st.integers(1, 100))
def test_noise_gives_an_error_of_ours_or_bytes_within_the_limit(noise, coding, limit):
    decoder, fault = Decoder(coding, limit), "none"
    try:
        assert len(decoder.feed(noise)) <= limit
        decoder.finish()
    except ConsilienceError as error:
        fault = error.fault
    assert fault in {"none", "truncated", "corrupt"}


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "gzip, gzip", "br, gzip", "gzip, zstd"])
def test_a_bomb_stops_at_the_limit(coding):
    bomb = b" " * (64 << 20)
    for name in coding.split(", "):
        bomb = PACK[name](bomb)
    decoder = Decoder(coding, 100_000)
    pieces = (bomb[start : start + 500] for start in range(0, len(bomb), 500))
    taken = 0
    while not decoder.full:
        taken += len(decoder.feed(next(pieces)))
    assert taken <= 100_000
    assert decoder.overflow.fault == "decompress_bomb"


def test_a_body_that_is_only_long_is_no_bomb():
    decoder = Decoder("gzip", 1000)
    decoder.feed(gzip.compress(os.urandom(2000), mtime=0))
    assert decoder.full
    assert decoder.overflow.fault == "too_large"


def test_many_members_stop_at_the_limit():
    decoder = Decoder("gzip", 5000)
    assert len(decoder.feed(gzip.compress(b"x" * 1000, mtime=0) * 100)) == 5000
    assert decoder.full


def test_a_zstd_window_beyond_the_rfc_is_not_granted():
    wide = zstandard.ZstdCompressionParameters.from_level(3, window_log=27)
    frame = zstandard.ZstdCompressor(compression_params=wide).compress(b"x" * (ZSTD_WINDOW_BYTES * 2))
    with pytest.raises(FetchDelayed) as caught:
        Decoder("zstd", 10**6).feed(frame)
    assert caught.value.fault == "corrupt"


@pytest.mark.parametrize(
    ("coding", "fault"),
    [
        ("x-snappy-magic", "bad_encoding"),
        ("compress", "bad_encoding"),
        ("gzip;q=1", "bad_encoding"),
        (", ".join(["gzip"] * (MAX_CODINGS + 1)), "decompress_bomb"),
        (",".join(["gzip"] * 300), "decompress_bomb"),
    ],
)
def test_codings_that_we_did_not_ask_for_are_refused(coding, fault):
    with pytest.raises(FetchRefused) as caught:
        Decoder(coding, 100)
    assert caught.value.fault == fault


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_cut_stream_is_noticed(coding):
    data = PACK[coding](os.urandom(300))
    with pytest.raises(FetchDelayed, match="cut short") as caught:
        whole(coding, data[:-20])
    assert caught.value.fault == "truncated"


@pytest.mark.parametrize(
    ("coding", "data"),
    [
        ("gzip", gzip.compress(TEXT, mtime=0)[:-8] + b"\0" * 8),
        ("gzip", b"<html>not gzip</html>"),
        ("br", b"\xff" * 50),
        ("br", brotli.compress(TEXT) + b"more"),
        ("zstd", zstd(TEXT)[:-1] + b"\0"),
        ("zstd", b"<html>not zstd</html>"),
    ],
)
def test_a_damaged_stream_is_noticed(coding, data):
    with pytest.raises(FetchDelayed, match="damaged") as caught:
        whole(coding, data)
    assert caught.value.fault == "corrupt"


def test_gunzip_of_a_file():
    assert gunzip(gzip.compress(TEXT, mtime=0), 10**6) == TEXT
    assert gunzip(TEXT, 1) == TEXT
    with pytest.raises(FetchRefused):
        gunzip(gzip.compress(TEXT, mtime=0), 100)
    with pytest.raises(FetchDelayed):
        gunzip(gzip.compress(TEXT, mtime=0)[:-10], 10**6)
