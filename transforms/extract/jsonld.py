"""JSON-LD (schema.org) as publishers really write it: broken JSON, graphs, lists, references."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from transforms.extract.text import folded, unescaped

Node = dict[str, Any]

# schema.org types that name an article; LiveBlogPosting holds its posts in liveBlogUpdate.
ARTICLE = re.compile(r"(Article|Report|BlogPosting|Posting|Reportage\w*|AnalysisNewsArticle|OpinionNewsArticle|Review|WebPage)$")
WEAK = re.compile(r"(WebPage|Review|SocialMediaPosting|ImageObject)$")
# Comments and CDATA that wrap the JSON, at its start and at its end.
OPENING = re.compile(r"(?://\s*)?(?:<!--|<!\[CDATA\[)(?:\s*//)?")
CLOSING = ("//-->", "-->", "//]]>", "/*]]>*/", "]]>", "//", ";")
# A comment's end, the comment sign before it, a semicolon: more do not follow each other.
MOST_CLOSING = 4
TRAILING_COMMA = re.compile(r",\s*(?=[}\]])")
# Nesting deeper than this is an attack or a mistake, not metadata.
MAX_DEPTH = 12


def loads(text: str) -> Any:
    """The value in a script element, or None where even the lenient readings fail."""
    bare = unwrapped(text.strip())
    for repair in (None, TRAILING_COMMA):
        try:
            return json.loads(repair.sub("", bare) if repair else bare, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def unwrapped(text: str) -> str:
    """The JSON without comment or CDATA marks around it."""
    if opening := OPENING.match(text):
        text = text[opening.end() :]
    for _ in range(MOST_CLOSING):
        mark = next((mark for mark in CLOSING if text.endswith(mark)), "")
        text = text.removesuffix(mark).rstrip()
    return text.strip()


def nodes(value: Any, depth: int = 0) -> Iterator[Node]:
    """Every typed object in document order, outer before inner."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, dict):
        if "@type" in value:
            yield value
        for inner in value.values():
            yield from nodes(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner, depth + 1)


def types(node: Node) -> list[str]:
    """Type names without their namespace."""
    return [name.rsplit("/", 1)[-1] for name in strings(node.get("@type"))]


def strings(value: Any) -> list[str]:
    """Flat list of the strings in a value; objects give their name, else their @id or url."""
    if isinstance(value, str):
        return [value] if value.strip() else []
    if isinstance(value, list):
        return [text for inner in value for text in strings(inner)]
    if isinstance(value, dict):
        for name in ("name", "@value", "url", "@id"):
            if isinstance(value.get(name), str | list) and (found := strings(value[name])):
                return found
    return []


def first(node: Node, *names: str) -> str | None:
    """First non-empty text under one of the names."""
    for name in names:
        for text in strings(node.get(name)):
            if shown := unescaped(text):
                return shown
    return None


def articles(found: Iterable[Node], headlines: Iterable[str]) -> list[Node]:
    """Article nodes, the page's own first: full article types before page types, a known headline before others."""
    known = {folded(text) for text in headlines}
    candidates = [node for node in found if any(ARTICLE.search(name) for name in types(node))]

    def rank(node: Node) -> tuple[bool, bool, bool]:
        weak = all(WEAK.search(name) for name in types(node) if ARTICLE.search(name))
        return (weak, "headline" not in node and "datePublished" not in node, folded(first(node, "headline", "name") or "") not in known)

    return sorted(candidates, key=rank)


def resolve(value: Any, by_id: dict[str, Node]) -> Any:
    """Follow `{"@id": ...}` references inside the page's graph, one step."""
    if isinstance(value, list):
        return [resolve(inner, by_id) for inner in value]
    if isinstance(value, dict) and set(value) <= {"@id", "@type"}:
        return by_id.get(str(value.get("@id")), value)
    return value
