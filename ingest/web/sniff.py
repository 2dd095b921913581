"""Whether an answer can be a page: its media type first, then its first bytes, since servers mistake one for the other."""

from __future__ import annotations

import codecs
from typing import Literal

from common.errors import FetchRefused

What = Literal["page", "feed", "sitemap"]

# Application types that hold markup or nothing in particular; every other application type is none of ours.
PAGE_APPLICATIONS = frozenset({"application/xhtml+xml", "application/xml", "application/octet-stream", "application/x-httpd-php"})
# Application types of feeds and sitemaps, packed ones included.
SOURCE_APPLICATIONS = frozenset(
    {
        *("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json", "application/json"),
        *("application/gzip", "application/x-gzip"),
    }
)
# Text types that hold something else than a text.
NO_PAGE_TEXTS = frozenset({"text/css", "text/javascript", "text/csv", "text/calendar", "text/vcard", "text/event-stream"})
# Media types of which no member can be an article.
NO_PAGE_FAMILIES = ("image/", "video/", "audio/", "font/", "model/", "multipart/", "message/")
# First bytes of PDF, ELF, PNG, GIF, JPEG, ZIP, gzip, RIFF, Ogg, MP3, fonts, TIFF, 7z, RAR, xz, bzip2, zstd, Java, SQLite, PostScript, RTF,
# old Office, WebAssembly, Matroska, icons: binaries that are served as HTML by mistake.
BINARY_MAGIC = (
    *(b"%PDF", b"\x7fELF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"\x1f\x8b", b"RIFF", b"OggS", b"ID3", b"wOFF", b"wOF2"),
    *(b"II*\0", b"MM\0*", b"7z\xbc\xaf", b"Rar!", b"\xfd7zXZ", b"BZh9", b"\x28\xb5\x2f\xfd", b"\xca\xfe\xba\xbe", b"SQLite f", b"%!PS"),
    *(b"{\\rtf", b"\xd0\xcf\x11\xe0", b"\0asm", b"\x1a\x45\xdf\xa3", b"\0\0\1\0"),
)
# ISO base media (MP4, MOV, AVIF) says so behind the size of its first box.
BOX_MAGIC, BOX_AT = b"ftyp", slice(4, 8)
# Bytes that are looked at, twice what browsers do (WHATWG MIME sniffing, section 5.2: 1445).
HEAD_BYTES = 3000
# Bytes that no text holds (same standard, section 3.1 "binary data byte"), and the share that makes a binary. Broken pages have a few
# in thousands, or a few in all; compressed data and machine code have at least one in twenty.
BINARY_BYTES = bytes([*range(9), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)])
BINARY_SHARE, BINARY_LEAST = 0.03, 8
# Roots of feeds and sitemaps in lower case; whichever comes first, one of these or that of a page, is the root.
_FEED_ROOTS, _SITEMAP_ROOTS = (b"<rss", b"<feed", b"<rdf:rdf"), (b"<urlset", b"<sitemapindex")
# RFC 1952 section 2.3.1: ID1 and ID2; a packed file that is served for itself is a sitemap.
GZIP_MAGIC = b"\x1f\x8b"
# UTF-16 without a mark alternates with zero bytes; markup begins with "<" in either order.
WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"<\0", b"\0<")


def media_type(content_type: str | None) -> str:
    """The media type of a Content-Type header without parameters, in lower case; empty where there is none."""
    return (content_type or "").partition(";")[0].strip().lower()


def is_page_type(media: str) -> bool:
    """Whether a media type may belong to a page; types that nobody knows are left to the first bytes."""
    if media.startswith("application/"):
        return media in PAGE_APPLICATIONS
    return media not in NO_PAGE_TEXTS and not media.startswith(NO_PAGE_FAMILIES)


def is_binary(body: bytes) -> bool:
    """Whether the first bytes are those of a binary file."""
    head = body[:HEAD_BYTES]
    if body.lstrip()[:8].startswith(BINARY_MAGIC) or head[BOX_AT] == BOX_MAGIC:
        return True
    odd = len(head) - len(head.translate(None, BINARY_BYTES))
    return odd > max(BINARY_SHARE * len(head), BINARY_LEAST) and not head.startswith(WIDE)


def is_data(body: bytes) -> bool:
    """Whether the body is JSON without any markup: an interface's answer, not a page."""
    head = body[:HEAD_BYTES].removeprefix(codecs.BOM_UTF8).strip()
    return head.startswith((b"{", b"[{", b'["')) and b"<" not in head and (len(body) > HEAD_BYTES or head.endswith((b"}", b"]")))


def what(content_type: str | None, body: bytes) -> What:
    """Whether an answer is a feed, a sitemap or something to read: by its root, else by its media type."""
    head = body[:HEAD_BYTES].lower()
    at = {root: found for root in (*_FEED_ROOTS, *_SITEMAP_ROOTS, b"<html", b"<!doctype html") if (found := head.find(root)) >= 0}
    first = min(at, key=lambda root: at[root], default=b"")
    if first in _SITEMAP_ROOTS or (body.startswith(GZIP_MAGIC) and not first):
        return "sitemap"
    if first in _FEED_ROOTS or b"jsonfeed.org/version/" in head:
        return "feed"
    return "feed" if not first and media_type(content_type) in SOURCE_APPLICATIONS else "page"


def check_type(content_type: str | None, *, sources: bool = False) -> None:
    """Whether a Content-Type header leaves room for a page; for a feed or sitemap as well, where `sources` are welcome.

    Raises:
        FetchRefused: it does not (content_type).
    """
    media = media_type(content_type)
    if not is_page_type(media) and not (sources and media in SOURCE_APPLICATIONS):
        raise FetchRefused(f"media type {media[:80]} is not a page", fault="content_type")


def check_page(content_type: str | None, body: bytes) -> None:
    """Whether an answer can be an article at all.

    Raises:
        FetchRefused: its media type (content_type) or its first bytes (not_html) say otherwise.
    """
    check_type(content_type)
    if is_binary(body):
        raise FetchRefused("the body is a binary file, not a page", fault="not_html")
    if is_data(body):
        raise FetchRefused("the body is JSON, not a page", fault="not_html")
