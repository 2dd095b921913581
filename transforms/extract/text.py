"""Small text operations that every part of extraction shares."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

# C0 and C1 controls, zero-width characters, soft hyphen, byte order mark: invisible, and they break equality of text.
INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff\ufffe\uffff\ud800-\udfff]")
TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
WORD = re.compile(r"[^\W_]+")
NO_LETTERS = {code: None for code in range(128) if not chr(code).isalnum()}
# Every part of extraction compares the same few hundred lines of a page.
REMEMBERED = 2048


def clean(text: str) -> str:
    """One line: invisible characters out, every run of white space one blank, NFC."""
    # what can be printed holds nothing invisible: most texts need no search
    line = " ".join((text if text.isprintable() else INVISIBLE.sub("", text)).split())
    return line if line.isascii() else unicodedata.normalize("NFC", line)


def unescaped(text: str) -> str:
    """`clean` for values that may be escaped twice, as metadata often is (`&amp;quot;`), and may hold tags."""
    if "&" in text:
        text = html.unescape(html.unescape(text))
    return clean(TAG.sub(" ", text) if "<" in text else text)


@lru_cache(maxsize=REMEMBERED)
def folded(text: str) -> str:
    """What two strings are compared by: letters and digits only, case folded.

    >>> folded("Kim Jong-un’s  plan!") == folded("KIM JONG UN'S PLAN")
    True
    """
    if text.isascii():  # a fifth of the time, and most lines of a page are
        return text.lower().translate(NO_LETTERS)
    return "".join(WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def words(text: str) -> list[str]:
    """Words in order, case folded."""
    return WORD.findall(text.casefold())


def overlap(a: str, b: str) -> float:
    """Dice coefficient of the two sets of words, 0 to 1."""
    left, right = set(words(a)), set(words(b))
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0
