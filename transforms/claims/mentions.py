"""Attributions as records with ids."""

from __future__ import annotations

from uuid import UUID

from common import ids
from transforms.claims.attributions import attribute
from transforms.claims.model import Attribution
from transforms.claims.text import Range
from transforms.records import ArticleVersion, ClaimMention, ClaimsMethod, Span


def find_mentions(version: ArticleVersion, method: ClaimsMethod = "rules") -> list[ClaimMention]:
    """Every claim mention of one version: attributions and the outlet's own factual sentences, sorted by content start."""
    published = version.published_at or version.first_seen_at
    found = attribute(version.body, published=published, language=version.language, statements=True, method=method)
    keys = [mention_id(version, item) for item in found]
    kept = {key: mention(version, item, keys) for key, item in zip(reversed(keys), reversed(found), strict=True)}
    return list(reversed(kept.values()))


def mention_id(version: ArticleVersion, item: Attribution) -> UUID:
    """Key of the version, the content's ends, the source's start and the quote type."""
    start, end = item.content[0][0], item.content[-1][1]
    return ids.key("mention", str(version.version_id), start, end, item.source[0] if item.source else -1, item.quote_type)


def mention(version: ArticleVersion, item: Attribution, keys: list[UUID]) -> ClaimMention:
    """The record of one attribution."""
    name = item.speaker.name
    return ClaimMention(
        mention_id=mention_id(version, item),
        version_id=version.version_id,
        article_id=version.article_id,
        quote_type=item.quote_type,
        content=span(item.content),
        source=span((item.source,)) if item.source else None,
        cue=span((item.cue,)) if item.cue else None,
        text=" … ".join(version.body[a:b] for a, b in item.content),
        sentence=version.body[item.sentence[0] : item.sentence[1]],
        speaker=name,
        speaker_entity_id=ids.key("entity", name.casefold()) if name else None,
        speaker_kind=item.speaker.kind,
        speaker_confidence=item.speaker.confidence if name else None,
        chain=list(item.chain),
        parent_id=keys[item.parent] if item.parent is not None else None,
        polarity=item.polarity,
        certainty=item.certainty,
        is_negated=item.is_negated,
        numbers=item.numbers,
        dates=item.dates,
        said_on=item.said_on,
        confidence=item.confidence,
        method=item.method,
    )


def span(pieces: tuple[Range, ...]) -> Span:
    """A record's span of one or more pieces."""
    return Span(start=pieces[0][0], end=pieces[0][1], extra=list(pieces[1:]))
