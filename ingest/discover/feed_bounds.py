"""Makes the bytes of a feed safe for feedparser, which has no bounds of its own: items, tags, white space, character sets.

An ordinary feed comes out as it went in. feedparser takes about 20 to 40 µs a tag and 0.3 ms an item, decodes by any codec that Python
knows (punycode takes minutes, idna raises), and searches the head of a document with expressions that are quadratic in white space.
"""

from __future__ import annotations

import codecs
import re
from itertools import islice

# Feeds name tens of items; what is beyond this is a dump or an attack, and feedparser takes 0.3 ms an item.
MAX_ITEMS = 2000
# Bytes of a feed that are read; feedparser keeps the whole items of a cut one.
MAX_BYTES = 5 * 1024 * 1024
# Markup: 2000 items of 25 elements; at 40 µs each feedparser is done within four seconds.
MAX_TAGS = 100_000
# Letters and digits in a row, and bytes of one tag, that are kept: feedparser looks for mail addresses in a time that is quadratic in
# the first (tokens in addresses of news aggregators have 700), and keeps all attributes of the second.
_LONG_WORD, _LONG_TAG = re.compile(rb"([\w.+-]{1000})[\w.+-]+"), re.compile(rb"(<[^<>]{16000})[^<>]+")
# Text between two tags that is kept: whole articles have 100 kB; what is longer is a dump, or numbers that each become an object.
_LONG_TEXT = re.compile(rb"([^<]{500000})[^<]+")
# White space in a row that is kept before the first element; layout needs less. A longer head is no head of a feed.
MAX_BLANKS, MAX_HEAD = 64, 64 * 1024

_ITEM = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,40}:)?(?:item|entry)[\s/>]", re.IGNORECASE)
_ROOT = re.compile(rb"<([A-Za-z_][\w.:-]{0,80})[\s/>]")
_BLANKS = re.compile(rb"\s{%d,}" % MAX_BLANKS)
_DECLARED = re.compile(rb"""encoding\s{0,20}=\s{0,20}["']([^"']{0,60})["']""")
_CHARSET = re.compile(r"""charset\s{0,20}=\s{0,20}["']?([^"'\s;]+)""", re.IGNORECASE)
# The XML declaration stands within this many bytes.
_DECLARATION_BYTES = 300
# Byte order marks and the first four bytes of "<?xml" and "<rss" without one (XML 1.0 appendix F); the longest first.
_WIDE = (
    (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
    (b"<\x00\x00\x00", "utf-32-le"), (b"\x00\x00\x00<", "utf-32-be"), (b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"),
)  # fmt: skip
# Codecs (by Python's names) whose `<` is the byte 0x3C and nothing else, so that tags can be counted in bytes: those of browsers.
_SAFE = re.compile(
    r"utf-8(-sig)?|ascii|iso8859-\d+|cp125\d|cp(874|866|932|949)|koi8-[ru]|mac-(roman|cyrillic)"
    r"|gbk|gb2312|gb18030|big5(hkscs)?|euc_(jp|kr)|shift_jis(_2004|x0213)?|iso2022_jp"
)
_UTF8 = "application/xml; charset=utf-8"


def is_safe_label(label: str) -> bool:
    """Whether a character set may be decoded with: known, a text codec, linear, and ASCII in its lower half."""
    try:
        return bool(_SAFE.fullmatch(codecs.lookup(label).name))
    except (LookupError, ValueError, UnicodeError):
        return False


def _narrow(body: bytes) -> bytes | None:
    """UTF-16 and UTF-32 as UTF-8; None for what is neither."""
    for mark, codec in _WIDE:
        if body.startswith(mark):
            return body.decode(codec, "replace").encode("utf-8", "replace")
    return None


def _undeclared(body: bytes, *, only_bad: bool) -> bytes:
    """Blank out the declared character set: any, or one that feedparser had better not try."""
    found = _DECLARED.search(body, 0, _DECLARATION_BYTES)
    if not found or (only_bad and is_safe_label(found[1].decode("ascii", "replace"))):
        return body
    return body[: found.start()] + b" " * (found.end() - found.start()) + body[found.end() :]


def _head(head: bytes) -> bytes:
    """What stands before the first element, short, with its declaration on a line of its own.

    feedparser looks for the last `encoding=` of the first line, which would be the whole feed where there are no line breaks.
    """
    head = _BLANKS.sub(b"\n", _undeclared(head, only_bad=True))
    end = head.find(b"?>", 0, _DECLARATION_BYTES)
    if head.startswith(b"<?") and end < 0:
        return b"\n" + head[2:MAX_HEAD]
    if len(head) > MAX_HEAD:
        return head[: end + 2]
    return head[: end + 2] + b"\n" + head[end + 2 :] if head.startswith(b"<?") and head[end + 2 : end + 3] != b"\n" else head


def _cut(body: bytes) -> bytes:
    """At most so many items and tags; what is cut is closed again, so that the strict parser can read it."""
    starts = [found.start() for found in islice(_ITEM.finditer(body), MAX_ITEMS, MAX_ITEMS + 1)]
    end = starts[0] if starts else len(body)
    if body.count(b"<", 0, end) > MAX_TAGS:
        end = next(islice(re.finditer(b"<", body), MAX_TAGS, None)).start()
    if end == len(body):
        return body
    root = _ROOT.search(body)
    closing = (b"</channel>" if root[1].lower() == b"rss" else b"") + b"</" + root[1] + b">" if root else b""
    return body[:end] + closing


def bounded(body: bytes, content_type: str | None) -> tuple[bytes, str]:
    """The bytes and the media type to hand to feedparser."""
    body = body[:MAX_BYTES]
    wide = _narrow(body)
    if wide is not None:
        body, content_type = _undeclared(wide, only_bad=False), _UTF8
    label = _CHARSET.search(content_type or "")
    if not content_type or (label and not is_safe_label(label[1])):
        content_type = "application/xml"
    root = _ROOT.search(body)
    split = root.start() if root else len(body)
    head = _head(body[:split])
    body = _LONG_TAG.sub(rb"\1", _LONG_TEXT.sub(rb"\1", _LONG_WORD.sub(rb"\1", body[split:]))) if split < len(body) else b""
    return _cut(head + body), content_type
