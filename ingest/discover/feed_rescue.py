"""Feeds at which feedparser breaks (a polygon of three points, a reference beyond Unicode): the core of each item, read with lxml."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from lxml import etree

from ingest.discover.dates import w3c

# Elements by local name that hold one page, and what their children mean in the words of feedparser.
ITEMS = frozenset({"item", "entry"})
_TEXTS = {"title": "title", "origLink": "feedburner_origlink", "origlink": "feedburner_origlink"}
_TIMES = {
    "pubDate": "published_parsed", "published": "published_parsed", "issued": "published_parsed",
    "updated": "updated_parsed", "modified": "updated_parsed", "date": "updated_parsed",
}  # fmt: skip
# Longest text of one element that is looked at.
MAX_CHARS = 10_000

Entry = dict[str, Any]


def _local(element: Any) -> str:
    """Name without namespace; prefixes that nobody declared are left out, too."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]


def _text(element: Any) -> str:
    found: list[str] = []
    for piece in element.itertext(etree.Element):
        found.append(piece)
        if sum(map(len, found)) > MAX_CHARS:
            break
    return "".join(found)[:MAX_CHARS].strip()


def _time(element: Any) -> Any:
    moment: datetime | None = w3c(_text(element))
    return moment.utctimetuple() if moment else None


def _link(element: Any) -> str | None:
    """The text of RSS, the address of Atom's alternate."""
    if (element.get("rel") or "alternate").lower() != "alternate":
        return None
    return element.get("href") or _text(element) or None


def _tags(element: Any) -> list[Entry]:
    return [{"term": element.get("term") or _text(element)}]


def _address(element: Any) -> str | None:
    """An identifier that is an address."""
    text = _text(element)
    return text if text.startswith(("http://", "https://")) else None


# By local name: the key of feedparser, and what reads its value; None is no value.
_READERS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "link": ("link", _link),
    **{name: (key, _text) for name, key in _TEXTS.items()},
    **{name: (key, _time) for name, key in _TIMES.items()},
    "category": ("tags", _tags),
    "guid": ("guid", _address),
    "id": ("guid", _address),
}


def _entry(item: Any) -> Entry:
    """The first value of each key; an identifier counts where no link comes before it, and is the link where there is none."""
    found: Entry = {}
    for child in item.iterchildren(etree.Element):
        name = _local(child)
        if name not in _READERS:
            continue
        key, read = _READERS[name]
        is_taken = key in found or (key == "guid" and "link" in found)
        if not is_taken and (value := read(child)) is not None:
            found[key] = value
    if "guid" in found:
        found.setdefault("link", found["guid"])
    return found


def entries(body: bytes) -> Iterator[Entry]:
    """Items in their order, as dictionaries with the keys of feedparser's; nothing where there is no markup.

    `body` has to be bounded: this builds a tree.
    """
    safe = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
    parser = etree.XMLParser(recover=True, remove_comments=True, remove_pis=True, **safe)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):  # nothing that could be recovered
        return
    for element in root.iter(etree.Element) if root is not None else ():
        if _local(element) in ITEMS:
            yield _entry(element)
