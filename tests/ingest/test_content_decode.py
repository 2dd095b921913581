from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import FetchDelayed, FetchRefused
from ingest.decode import Decoder, gunzip

TEXT = b"All the news that is fit to be unpacked. " * 50


def raw_deflate(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


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
        ("gzip", gzip.compress(TEXT)),
        ("x-gzip", gzip.compress(TEXT)),
        ("GZIP ", gzip.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw_deflate(TEXT)),
        ("gzip, gzip", gzip.compress(gzip.compress(TEXT))),
        ("gzip", gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:])),
        ("gzip", gzip.compress(TEXT) + b"\0" * 8),
    ],
)
def test_codings_that_come_in_practice(coding, data):
    assert whole(coding, data) == (TEXT, False)


@given(st.binary(max_size=5000), st.integers(1, 300), st.sampled_from(["gzip", "deflate", ""]))
def test_pieces_of_any_size_give_the_same_body(data, step, coding):
    packed = {"gzip": gzip.compress, "deflate": zlib.compress, "": bytes}[coding](data)
    assert whole(coding, packed, step=max(step, 2)) == (data, False)


@given(st.binary(min_size=1, max_size=3000), st.integers(1, 4000), st.sampled_from(["gzip", "deflate", ""]))
def test_the_limit_is_exact(data, limit, coding):
    packed = {"gzip": gzip.compress, "deflate": zlib.compress, "": bytes}[coding](data)
    decoder = Decoder(coding, limit)
    out = decoder.feed(packed)
    assert out == data[:limit]
    assert decoder.full == (len(data) > limit)


@pytest.mark.parametrize("layers", [1, 2])
def test_a_bomb_stops_at_the_limit(layers):
    bomb = b" " * (64 << 20)
    for _ in range(layers):
        bomb = gzip.compress(bomb)
    decoder = Decoder(", ".join(["gzip"] * layers), 1000)
    assert len(decoder.feed(bomb)) <= 1000
    assert decoder.full


def test_many_members_stop_at_the_limit():
    decoder = Decoder("gzip", 5000)
    assert len(decoder.feed(gzip.compress(b"x" * 1000) * 100)) == 5000
    assert decoder.full


@pytest.mark.parametrize("coding", ["br", "zstd", "x-snappy-magic", "gzip, gzip, gzip", ",".join(["gzip"] * 300)])
def test_codings_that_we_did_not_ask_for_are_refused(coding):
    with pytest.raises(FetchRefused):
        Decoder(coding, 100)


@pytest.mark.parametrize("data", [gzip.compress(TEXT)[:-20], gzip.compress(TEXT)[:15]])
def test_a_cut_stream_is_noticed(data):
    with pytest.raises(FetchDelayed, match="cut short"):
        whole("gzip", data)


@pytest.mark.parametrize("data", [gzip.compress(TEXT)[:-8] + b"\0" * 8, b"<html>not gzip</html>"])
def test_a_damaged_stream_is_noticed(data):
    with pytest.raises(FetchDelayed, match="damaged"):
        whole("gzip", data)


def test_gunzip_of_a_file():
    assert gunzip(gzip.compress(TEXT), 10**6) == TEXT
    assert gunzip(TEXT, 1) == TEXT
    with pytest.raises(FetchRefused):
        gunzip(gzip.compress(TEXT), 100)
    with pytest.raises(FetchDelayed):
        gunzip(gzip.compress(TEXT)[:-10], 10**6)
