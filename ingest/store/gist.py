"""What a reader sees of a page, as a fingerprint: pages that change at every request keep theirs, an edited article does not."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from common import ids

# Bytes that are looked at; an article stands well before, and parsing stays short whatever a host sends.
MAX_BYTES = 1024 * 1024
# Blocks below this many words are labels, counters, dates; the sentences of an article are longer.
LEAST_WORDS = 5
_TITLES, _BLOCKS = "h1", "h2, h3, p, li, blockquote, figcaption"
# Clock times ("updated 12:03") and words made of digits and letters mixed (nonces, ids) change without anybody's edit.
_RESTLESS = re.compile(r"\d{1,2}:\d{2}(:\d{2})?|(?=\w*\d)(?=\w*[a-zA-Z])\w{6,}|\d{7,}")


def _words(text: str) -> list[str]:
    return [word for word in text.split() if not _RESTLESS.fullmatch(word.strip(".,;:()[]"))]


def fingerprint(body: bytes) -> str | None:
    """Hash of headline and sentences; None where there are none to go by. Takes some milliseconds: for pages that changed, not for all."""
    tree = LexborHTMLParser(body[:MAX_BYTES])
    titles = [_words(node.text()) for node in tree.css(_TITLES)]
    blocks = [_words(node.text()) for node in tree.css(_BLOCKS)]
    found = [" ".join(words) for words in (*titles, *(words for words in blocks if len(words) >= LEAST_WORDS)) if words]
    return ids.sha256("\n".join(found)) if found else None
