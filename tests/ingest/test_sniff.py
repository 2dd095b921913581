from __future__ import annotations

import gzip
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import FetchRefused
from ingest.web.sniff import check_page, check_type, is_binary, is_data, what

PAGE = b"<!DOCTYPE html><title>x</title><p>words"


NOISE = random.Random(1).randbytes(4000)


@pytest.mark.parametrize(
    ("media", "passes"),
    [
        ("text/html", True), ("TEXT/HTML; charset=x", True), (None, True), ("", True), ("application/xhtml+xml", True),
        ("text/plain", True),
        ("application/octet-stream", True), ("html", True), ("image/svg+xml", False), ("application/pdf", False),
        ("application/json", False), ("text/css", False), ("application/javascript", False), ("video/mp4", False),
        ("multipart/form-data", False), ("font/woff2", False),
    ],
)  # fmt: skip
def test_media_types_of_pages(media, passes):
    if passes:
        check_type(media)
        return
    with pytest.raises(FetchRefused) as caught:
        check_type(media)
    assert caught.value.fault == "content_type"


@pytest.mark.parametrize("media", ["application/rss+xml", "application/json", "application/gzip"])
def test_feeds_and_sitemaps_are_welcome_where_they_are_asked_for(media):
    check_type(media, sources=True)


@pytest.mark.parametrize(
    "body",
    [
        b"%PDF-1.7", b"\x7fELF\x02", b"\x89PNG\r\n", b"GIF89a", b"\xff\xd8\xff\xe0", b"PK\x03\x04", b"\x1f\x8b\x08", b"ID3\x04", b"wOF2",
        b"\0\0\0\x18ftypmp42", b"\0asm\1", b"  \n%PDF-1.4", bytes(3000), NOISE, gzip.compress(NOISE[:99], mtime=0), b"{\\rtf1",
    ],
)  # fmt: skip
def test_binaries_are_told_by_their_bytes(body):
    assert is_binary(body)
    with pytest.raises(FetchRefused) as caught:
        check_page("text/html", body)
    assert caught.value.fault == "not_html"


@pytest.mark.parametrize(
    "body",
    [
        b"", PAGE, b"mo\xff\xfe\x00ney " * 1 + PAGE * 20, PAGE.decode().encode("utf-16"), PAGE.decode().encode("utf-16-le"),
        PAGE.decode().encode("utf-16-be"), "заголовок новости дня".encode("cp1251") * 9, "見出し".encode("shift_jis") * 50,
        b"\x1b$B8+=P$7\x1b(B" + PAGE * 9, b"BM and other words", b"MZ is a band", PAGE * 3 + bytes(5),
    ],
)  # fmt: skip
def test_texts_are_not_taken_for_binaries(body):
    assert not is_binary(body)


@pytest.mark.parametrize("body", [b'{"error": 1}', b' [{"a": "b"}] ', b'{"a": ' + b'"x", ' * 2000 + b'"z"}'])
def test_data_is_no_page(body):
    assert is_data(body)


@pytest.mark.parametrize("body", [PAGE, b"{{ title }} <p>", b'{"html": "<p>x</p>"}', b"[1] The first footnote of a text", b"{"])
def test_pages_are_not_taken_for_data(body):
    assert not is_data(body)


@pytest.mark.parametrize(
    ("media", "body", "expected"),
    [
        ("text/html", PAGE, "page"), (None, b"", "page"), ("application/rss+xml", b"", "feed"),
        ("text/html", b"<?xml?><rss version='2.0'>", "feed"),
        ("text/xml", b"<!-- x --><feed xmlns=", "feed"), ("application/xml", b"<rdf:RDF xmlns", "feed"),
        ("text/xml", b"<urlset>", "sitemap"),
        ("text/html", b"<?xml version='1.0'?><sitemapindex>", "sitemap"), ("application/gzip", gzip.compress(b"x", mtime=0), "sitemap"),
        ("text/html", b"<html><p>how to write <rss> by hand", "page"), ("application/xhtml+xml", b"<html><svg><feed>", "page"),
        ("application/json", b'{"version": "https://jsonfeed.org/version/1"}', "feed"), ("application/xml", b"<html>", "page"),
    ],
)  # fmt: skip
def test_what_an_answer_is(media, body, expected):
    assert what(media, body) == expected


@given(st.binary(max_size=300), st.none() | st.text(max_size=30))
def test_any_answer_is_something(body, media):
    assert what(media, body) in {"page", "feed", "sitemap"}
