"""Bytes to text the way browsers do: byte order mark, then what the bytes are, then what HTTP and <meta> claim."""

from __future__ import annotations

import codecs
import re

from bs4.dammit import EncodingDetector

# Marks of the WHATWG encoding standard, section 6 (BOM sniff), that Python decodes without the mark.
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# UTF-16 without a mark, which only HTTP can announce: markup begins with "<", and no other encoding puts a zero byte beside it.
UNMARKED = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
# Labels of browsers that Python does not know, or takes for something else (WHATWG encoding standard, section 4.2).
LABELS = {
    "x-gbk": "gb18030", "x-sjis": "cp932", "ms_kanji": "cp932", "windows-31j": "cp932", "x-euc-jp": "euc_jp",
    "windows-949": "cp949", "korean": "cp949",
    "iso-8859-8-i": "iso8859-8", "iso-8859-8-e": "iso8859-8", "dos-874": "cp874", "windows-874": "cp874", "x-mac-roman": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic", "x-mac-ukrainian": "mac-cyrillic", "x-x-big5": "big5hkscs",
    **{f"x-cp125{number}": f"cp125{number}" for number in range(9)},
}  # fmt: skip
# Codecs that browsers read as a larger one (same section).
LARGER = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874", "gb2312": "gb18030",
    "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "big5": "big5hkscs",
}  # fmt: skip
# Python's names of what browsers decode, besides UTF, which shows in the bytes. Others (rot13, idna, utf-7, EBCDIC) are mistakes.
BROWSERS = frozenset(
    {
        *("cp866", "cp874", "cp932", "cp949", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic"),
        *("gb18030", "big5hkscs", "euc_jp", "iso2022_jp"),
        *(f"cp125{number}" for number in range(9)),
        *(f"iso8859-{number}" for number in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)),
    }
)
CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
# Its bytes are ASCII, and so valid UTF-8: the claim alone tells.
STATEFUL, ESCAPE = "iso2022_jp", b"\x1b"
# Share of non-ASCII bytes that may be broken in a page which is UTF-8 all the same (cut in the middle, one bad advertisement).
BROKEN_SHARE = 0.1
ASCII_ONLY = bytes(range(128))


def declared(body: bytes, content_type: str | None) -> list[str]:
    """Python codec names that HTTP and the page's head claim, in that order; only what browsers decode, and no UTF."""
    header = CHARSET.search(content_type or "")
    labels = [header[1] if header else None, EncodingDetector.find_declared_encoding(body[:4096], is_html=True)]
    found = [codec_of(label) for label in labels if label]
    return [name for name in found if name in BROWSERS]


def codec_of(label: str) -> str | None:
    """Python's name of the codec that a label means to a browser."""
    bare = label.strip().lower()
    try:
        name = codecs.lookup(LABELS.get(bare, bare)).name
    except (LookupError, ValueError):
        return None
    return LARGER.get(name, name)


def looks_utf8(body: bytes) -> bool:
    """Nearly all bytes above 127 form valid UTF-8: other encodings never do by chance."""
    high = len(body.translate(None, ASCII_ONLY))
    return body.decode("utf-8", "replace").count("\ufffd") <= BROKEN_SHARE * high


def plain_utf8(body: bytes) -> str | None:
    """The text of a page that is UTF-8 beyond doubt, as nearly all are: valid, nothing lost before, and no escapes of ISO 2022."""
    try:
        text = None if ESCAPE in body else body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if text is not None and "\ufffd" not in text else None


def decode(body: bytes, content_type: str | None = None) -> str:
    """The text of a page; never fails, undecodable bytes become U+FFFD."""
    for mark, codec in MARKS:
        if body.startswith(mark):
            return body.decode(codec, "replace")
    for beginning, codec in UNMARKED:
        if body.startswith(beginning) and body[2:4].count(0) == 1:
            return body.decode(codec, "replace")
    if (text := plain_utf8(body)) is not None:
        return text
    claims = declared(body, content_type)
    if STATEFUL in claims:
        return body.decode(STATEFUL, "replace")
    if looks_utf8(body):
        return body.decode("utf-8", "replace")
    return body.decode(claims[0] if claims else "cp1252", "replace")
