"""Heads of answers that break the grammar and are understood by every browser: lines that are no header are dropped."""

from __future__ import annotations

import re

# RFC 9110 section 5.1: a field name is a token; RFC 9110 section 5.5: no NUL in a value. A line that begins blank continues the one before.
_HEADER = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\x00]*\r?|[ \t][^\x00]*\r?")
_END = re.compile(rb"\n\r?\n")
_INTERIM = re.compile(rb"HTTP/1\.[01] 1\d\d")
# Headers that say where the body ends: two readings of these are how answers are smuggled, so nothing is guessed.
FRAMING = (b"content-length", b"transfer-encoding")


def _block(head: bytes) -> bytes | None:
    """A status line with its headers, less the lines that are none; None where one of them would have said where the body ends."""
    first, *lines = head.split(b"\n")
    dropped = [line for line in lines if line and not _HEADER.fullmatch(line)]
    if any(line.strip().lower().startswith(FRAMING) for line in dropped):
        return None
    return b"\n".join([first, *(line for line in lines if line not in dropped)])


def mended(lead: bytes) -> bytes | None:
    """What came of an answer so far, with its head in the grammar of RFC 9112; None where there is nothing to mend."""
    rest, done = lead.lstrip(b"\r\n"), b""
    while True:
        end = _END.search(rest)
        # without an end the last line may still grow
        cut = end.start() if end else max(rest.rfind(b"\n"), 0)
        head, rest = rest[:cut], rest[cut:]
        block = _block(head)
        if block is None:
            return None
        done += block
        if end is None or not _INTERIM.match(head):
            break
        blank = len(end[0])
        done, rest = done + rest[:blank], rest[blank:]
    whole = done + rest
    return whole if whole != lead else None
