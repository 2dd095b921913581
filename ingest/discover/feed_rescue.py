"""Feeds at which feedparser breaks (a polygon of three points, a reference beyond Unicode): the core of each item, read with lxml."""

from __future__ import annotations

from collections.abc import Iterator
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


def _entry(item: Any) -> Entry:
    found: Entry = {}
    for child in item.iterchildren(etree.Element):
        name = _local(child)
        if name == "link" and "link" not in found and (link := _link(child)):
            found["link"] = link
        elif name in _TEXTS:
            found.setdefault(_TEXTS[name], _text(child))
        elif name in _TIMES and (moment := _time(child)):
            found.setdefault(_TIMES[name], moment)
        elif name == "category":
            found.setdefault("tags", [{"term": child.get("term") or _text(child)}])
        elif name in {"guid", "id"} and "link" not in found and _text(child).startswith(("http://", "https://")):
            found.setdefault("guid", _text(child))
    if "link" not in found and "guid" in found:
        found["link"] = found["guid"]
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
