"""Claims as schema.org JSON-LD (Claim, appearance, an empty slot for reviews). Pure; no verdict of ours is in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from common import clock

CONTEXT = "https://schema.org"
# speaker_kind -> type; what is none of them (a document, an unnamed source) is a Thing.
SPEAKERS = {"person": "Person", "organisation": "Organization", "group": "Organization"}


def _bare(**values: Any) -> dict[str, Any]:
    """Without what is unknown; JSON-LD has no null."""
    return {name: value for name, value in values.items() if value is not None}


def appearance(cell: Mapping[str, Any]) -> dict[str, Any]:
    """An article that states the claim, with the sentence as a quotation where its outlet lets it out."""
    publisher = _bare(**{"@type": "NewsMediaOrganization", "@id": cell["home"], "name": cell["outlet"], "url": cell["home"]})
    quotation = {"@type": "Quotation", "text": cell["sentence"]} if cell["sentence"] else None
    at = cell["published_at"]
    about = {"@type": "NewsArticle", "@id": cell["url"], "url": cell["url"], "headline": cell["headline"]}
    return _bare(**about, datePublished=clock.iso(at.replace(tzinfo=UTC)) if at else None, publisher=publisher, hasPart=quotation)


def claim(row: Mapping[str, Any]) -> dict[str, Any]:
    """One Claim node; `review` is where a ClaimReview of a fact-checker goes, and empty here."""
    found = [appearance(cell) for cell in row["appearances"]]
    speaker = {"@type": SPEAKERS.get(row["speaker_kind"], "Thing"), "name": row["speaker"]} if row["speaker"] else None
    return _bare(
        **{"@type": "Claim", "@id": f"urn:uuid:{row['claim_id']}", "identifier": row["claim_id"]},
        text=row["claim"],
        author=speaker,
        firstAppearance=found[0] if found else None,
        appearance=found,
        isPartOf={"@type": "Event", "@id": f"urn:uuid:{row['story_id']}"},
        review=[],
    )
