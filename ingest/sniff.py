"""Whether an answer can be a page: its media type first, then its first bytes, since servers mistake one for the other."""

from __future__ import annotations

import codecs

from common.errors import FetchRefused

# Application types that hold markup or nothing in particular; every other application type is none of ours.
PAGE_APPLICATIONS = frozenset({"application/xhtml+xml", "application/xml", "application/octet-stream", "application/x-httpd-php"})
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
# in thousands; compressed data and machine code have at least one in twenty.
BINARY_BYTES = bytes([*range(9), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)])
BINARY_SHARE = 0.03
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
    return odd > BINARY_SHARE * len(head) and not head.startswith(WIDE)


def is_data(body: bytes) -> bool:
    """Whether the body is JSON without any markup: an interface's answer, not a page."""
    head = body[:HEAD_BYTES].removeprefix(codecs.BOM_UTF8).strip()
    return head.startswith((b"{", b"[{", b'["')) and b"<" not in head and (len(body) > HEAD_BYTES or head.endswith((b"}", b"]")))


def check_type(content_type: str | None) -> None:
    """Whether a Content-Type header leaves room for a page.

    Raises:
        FetchRefused: it does not (content_type).
    """
    media = media_type(content_type)
    if not is_page_type(media):
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
