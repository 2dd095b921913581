"""What of a publisher's text may leave the warehouse: the outlet's setting `export` decides, for every text of a row. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Licence = Literal["full", "excerpt", "none"]
# Characters of an excerpt. Directive (EU) 2019/790, article 15, leaves "very short extracts" free without a number; 200 is a sentence
# and a half of news, less than what search engines show.
EXCERPT_LENGTH = 200
# Columns and fields that hold a publisher's words. Beside each stands, in the same row or struct, the outlet that they are of.
TEXTS = frozenset(
    {"headline", "headline_before", "sentence", "words", "words_before", "words_after", "before", "after", "removed", "added", "notes"}
)
# The two sides of a disagreement.
SIDES = {"sentence_a": "outlet_a", "sentence_b": "outlet_b"}
# Words of some outlet of the story; which one, the warehouse finds out by `unlicensed`.
SHARED = {"claim": "claim_id", "story": "story_id", "title": "story_id"}


@dataclass(frozen=True)
class Licences:
    """Outlet id -> licence; an outlet that nobody described is cut to excerpts.

    `refused`: ids of claims and stories that are named in words of outlets whose texts stay inside.
    """

    of: Mapping[str, Licence] = field(default_factory=dict)
    refused: Collection[str] = frozenset()

    def licence(self, outlet_id: object) -> Licence:
        """The licence of an outlet."""
        return self.of.get(str(outlet_id), "excerpt")

    def row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row with its texts as their outlets allow, at any depth.

        >>> Licences({"a": "none"}).row({"outlet_id": "a", "sentence": "It rained.", "url": "https://a.example/"})
        {'outlet_id': 'a', 'sentence': None, 'url': 'https://a.example/'}
        """
        return {name: self._value(name, value, row) for name, value in row.items()}

    def _value(self, name: str, value: Any, row: Mapping[str, Any]) -> Any:
        if name in TEXTS:
            return _cut(value, self.licence(row.get("outlet_id")))
        if name in SIDES:
            return _cut(value, self.licence(row.get(SIDES[name])))
        if name in SHARED:
            return _cut(value, "none" if str(row.get(SHARED[name])) in self.refused else "excerpt")
        if isinstance(value, list):
            return [self.row(part) if isinstance(part, dict) else part for part in value]
        return value


def _cut(value: Any, licence: Licence) -> Any:
    """A text, or each text of a list, under a licence; whole words, and an ellipsis where something was cut."""
    if licence == "full" or value is None:
        return value
    if isinstance(value, list):
        return [] if licence == "none" else [_cut(part, licence) for part in value]
    return None if licence == "none" else excerpt(value)


def excerpt(text: str) -> str:
    """The beginning of a text, EXCERPT_LENGTH characters at most.

    >>> excerpt("It rained. " * 30)[-12:]
    ' It rained.…'
    """
    if len(text) <= EXCERPT_LENGTH:
        return text
    head = text[: EXCERPT_LENGTH - 1]
    return (head.rsplit(None, 1)[0] if " " in head else head) + "…"
