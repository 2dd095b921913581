"""Sitemaps: the XML protocol 0.9 with news extension and indexes, one URL a line, feeds used as sitemaps; plain or gzip.

XML is read piece by piece, without entities or network, and forgotten at once: memory does not follow the size of a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from lxml import etree

from common import urls
from common.errors import FetchRefused, Quarantined
from ingest.discover.dates import day_in_url, instant, w3c, w3c_end
from ingest.discover.feeds import MAX_TITLE_CHARS, read_feed
from ingest.discover.records import Child, Discovered, Listing
from ingest.records import Hint
from ingest.web.decode import GZIP_MAGIC, Decoder

# The protocol's own limits for one file.
MAX_BYTES = 50 * 1024 * 1024
MAX_ENTRIES = 50_000
# Longest text of an element, and longest line, that is kept: addresses end well before.
MAX_TEXT_CHARS = 8000
# Elements of one file: 50 000 entries of 30, read within seconds.
MAX_ELEMENTS = 1_500_000
# Entity references that XML itself does not define; each stays a node in memory. Sitemaps have none, sloppy ones a few.
MAX_FOREIGN_ENTITIES = 10_000
_FOREIGN_ENTITY = re.compile(rb"&(?!amp;|lt;|gt;|quot;|apos;|#)")
# Facts of one entry that are kept; the protocol and the news extension together know a dozen.
MAX_FACTS = 32
# Bytes that are parsed at a time.
CHUNK = 64 * 1024
# Packed bytes at a time: deflate makes at most 1032 bytes of one, so that four megabytes come out at once.
PACKED_CHUNK = 4096
# The root stands near the beginning; it tells what kind of file this is, and an empty sitemap from another kind of file.
HEAD_BYTES = 4096
ROOTS, FEED_ROOTS = (b"<urlset", b"<sitemapindex"), (b"<rss", b"<feed", b"<rdf:rdf")
TEXT_STARTS = (b"http://", b"https://")
MARK = b"\xef\xbb\xbf"
# Extensions that use the names loc and title again for something else.
_OTHER = ("sitemap-image", "sitemap-video")

Facts = dict[str, str]


def _pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def _plain(body: bytes) -> Iterator[bytes]:
    """The file in pieces, unpacked.

    Raises:
        FetchRefused: it unpacks to more than the protocol allows.
        FetchDelayed: its gzip is damaged.
    """
    if body[:2] != GZIP_MAGIC:
        yield from _pieces(body, CHUNK)
        return
    decoder = Decoder("gzip", MAX_BYTES)
    for packed in _pieces(body, PACKED_CHUNK):
        yield from _pieces(decoder.feed(packed), CHUNK)
        if decoder.full:
            raise FetchRefused(f"unpacks to more than {MAX_BYTES} bytes", fault="decompress_bomb")
    decoder.finish()


def _name(tag: str) -> tuple[str, str]:
    """Namespace and local name; outlets forget to declare prefixes, and then the prefix stands for the namespace."""
    space, _, name = tag.rpartition("}")
    prefix, _, local = name.rpartition(":")
    return f"{space}/sitemap-{prefix}", local


class _Reader:
    """Gathers entries from the elements that a parser closes, and drops every element at once, so that no tree grows."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, Facts]] = []
        self.facts = Facts()
        self.elements = self.foreign = 0

    @property
    def is_full(self) -> bool:
        """Whether enough was read, of entries or of anything else."""
        return len(self.entries) >= MAX_ENTRIES or self.elements >= MAX_ELEMENTS or self.foreign >= MAX_FOREIGN_ENTITIES

    def take(self, element: Any) -> None:
        """One element has ended; it is a leaf with a fact, an entry, or nothing to us."""
        self.elements += 1
        space, name = _name(str(element.tag))
        if name in {"url", "sitemap"}:
            self.entries.append((name, self.facts))
            self.facts = Facts()
        elif len(self.facts) < MAX_FACTS and not any(word in space for word in _OTHER):
            self._note(name, (element.text or "")[:MAX_TEXT_CHARS].strip())
        element.clear()
        while element.getprevious() is not None:  # lxml keeps read siblings until they are removed
            del element.getparent()[0]

    def _note(self, name: str, text: str) -> None:
        """A second address means that the end of the entry before was broken."""
        if name == "loc" and text and "loc" in self.facts:
            self.entries.append((self.entries[-1][0] if self.entries else "url", self.facts))
            self.facts = Facts()
        if text:
            self.facts.setdefault(name, text)


def _xml_entries(pieces: Iterable[bytes]) -> tuple[list[tuple[str, Facts]], str]:
    """Entries with their facts, and what is damaged about the file. What a cut file leaves open does not count."""
    reader, damage = _Reader(), ""
    # nothing outside the file is read: no entities, no DTD, no network; lxml's own bounds on depth and text size stay on
    closed = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
    parser = etree.XMLPullParser(events=("end",), recover=True, remove_comments=True, remove_pis=True, **closed)
    try:
        for piece in pieces:
            if reader.is_full or (len(piece) == CHUNK and b">" not in piece):
                continue  # enough, or one endless tag, which the parser would hold whole; a gzip is checked to its end all the same
            reader.foreign += len(_FOREIGN_ENTITY.findall(piece))
            parser.feed(piece)
            for _event, element in parser.read_events():
                reader.take(element)
        parser.close()
    except etree.XMLSyntaxError as error:
        damage = f" ({error})"
    return reader.entries[:MAX_ENTRIES], damage


def _lines(pieces: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        rest = rest[: CHUNK * 2]
        yield from (line.decode("utf-8", "replace").strip() for line in whole if len(line) <= MAX_TEXT_CHARS)
    yield rest[:MAX_TEXT_CHARS].decode("utf-8", "replace").strip()


def _text_entries(pieces: Iterable[bytes]) -> list[tuple[str, Facts]]:
    """One URL a line (sitemaps.org: text file)."""
    found: list[tuple[str, Facts]] = []
    for line in _lines(pieces):
        bare = line.removeprefix("\ufeff")
        if bare.startswith(("http://", "https://")) and len(found) < MAX_ENTRIES:
            found.append(("url", {"loc": bare}))
    return found


def _page(url: str, facts: Facts, sitemap_day: date | None) -> Discovered:
    """Date: the news extension's, else the day in the address, else the day of a daily sitemap, else lastmod (which revisions move)."""
    published, changed = w3c(facts.get("publication_date")), w3c(facts.get("lastmod"))
    day = day_in_url(url)
    of_day = day.first if day else sitemap_day
    dated = published or (instant(of_day) if of_day else w3c_end(facts.get("lastmod")))
    title = facts.get("title", "")[:MAX_TITLE_CHARS] or None
    hint = Hint(source="news_sitemap" if published else "sitemap", title=title, published_at=published)
    return Discovered(url, hint, dated, changed)


def _targets(entries: Iterable[tuple[str, Facts]], url: str) -> Iterator[tuple[str, str, Facts]]:
    """Kind, address and facts of the entries; one with an unusable address does not spoil the others."""
    for kind, facts in entries:
        try:
            yield kind, urls.canonical(facts["loc"], url), facts
        except (KeyError, FetchRefused):
            continue


def _listing(entries: Iterable[tuple[str, Facts]], url: str) -> Listing:
    found, day = Listing(), day_in_url(url)
    for kind, target, facts in _targets(entries, url):
        if kind == "sitemap":
            found.children.append(Child(target, w3c_end(facts.get("lastmod"))))
        else:
            found.pages.append(_page(target, facts, day.first if day else None))
    return found


def _head(body: bytes) -> bytes:
    for piece in _plain(body):
        return piece[:HEAD_BYTES].removeprefix(MARK).lstrip()
    return b""


def parse_sitemap(body: bytes, url: str) -> Listing:
    """Pages and child sitemaps of one file; of a damaged file those before the damage.

    Raises:
        Quarantined: it is no sitemap, or damaged before its first entry.
        FetchRefused: it unpacks to more than the protocol allows.
        FetchDelayed: its gzip is damaged.
    """
    head, damage = _head(body), ""
    if any(root in head.lower() for root in FEED_ROOTS):
        found = read_feed(b"".join(_plain(body)), url)
    elif head.startswith(TEXT_STARTS):
        found = _listing(_text_entries(_plain(body)), url)
    else:
        entries, damage = _xml_entries(_plain(body))
        found = _listing(entries, url)
    is_empty = not found.pages and not found.children
    if is_empty and (damage or not any(root in head for root in ROOTS)):
        raise Quarantined(f"{url} is not a sitemap{damage}; correct the address under sitemaps", url=url)
    return found
