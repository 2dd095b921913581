"""The steps of the comparison on plain rows, as the filter `compare-steps` feeds them: one function a step, rows in, rows out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from common.ids import key, sha256
from transforms.claims import find_mentions
from transforms.compare import evidence, tell
from transforms.compare.agreement import sentence_start
from transforms.compare.claims import Cluster, find_claims
from transforms.compare.copies import find_copies
from transforms.compare.figures import difference, settled
from transforms.compare.match import rank
from transforms.compare.placed import Placed
from transforms.compare.relation import overlap, read, relate
from transforms.compare.stories import find_stories
from transforms.records import Agreement, ArticleVersion, ClaimMention, ClaimSilence, ComparableArticle

Row = dict[str, Any]

# Archives are judged with the widest window that reports of one event were seen to span: a month.
ARCHIVE_DAYS = 31
# A pair with a smaller share of common content words is on two things.
UNRELATED = 0.3
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(published: str | None) -> datetime:
    """ISO 8601 as UTC; the epoch where it is missing."""
    if not published:
        return EPOCH
    when = datetime.fromisoformat(published)
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def article(row: Row) -> ComparableArticle:
    """{id, outlet, published, title, text} as an article."""
    return ComparableArticle(
        article_id=key("article", str(row["id"])),
        outlet_id=str(row["outlet"]),
        published_at=moment(row["published"]),
        headline=row["title"],
        body=row["text"],
    )


def version(row: Row) -> ArticleVersion:
    """{id, outlet, published, title, text} as the text in which mentions are found."""
    one = article(row)
    digest = sha256(f"{one.headline}\n\n{one.body}")
    return ArticleVersion(
        version_id=key("version", str(one.article_id), digest),
        article_id=one.article_id,
        capture_id=one.article_id,
        batch_key="files/compare-steps",
        content_sha256=digest,
        headline=one.headline,
        body=one.body,
        word_count=len(one.body.split()),
        published_at=one.published_at,
        first_seen_at=one.published_at,
        captured_at=one.published_at,
        extractor="none",
        code_version="none",
    )


def copies(rows: Sequence[Row]) -> Iterator[Row]:
    """{id, outlet, published, title, text} -> {a, b, label}."""
    name = {key("article", str(row["id"])): row["id"] for row in rows}
    for pair in find_copies([article(row) for row in rows], window_days=ARCHIVE_DAYS):
        yield {"a": name[pair.a], "b": name[pair.b], "label": pair.label}


def stories(rows: Sequence[Row]) -> Iterator[Row]:
    """{id, outlet, published, title, text} -> {id, story}."""
    articles = [article(row) for row in rows]
    pairs = find_copies(articles, window_days=ARCHIVE_DAYS)
    _, members = find_stories(articles, pairs, window_days=ARCHIVE_DAYS)
    home = {member.article_id: str(member.story_id) for member in members}
    yield from ({"id": row["id"], "story": home[key("article", str(row["id"]))]} for row in rows)


def match(rows: Sequence[Row]) -> Iterator[Row]:
    """{type: doc|query, id, text} -> {id, ranked}, one a query."""
    texts = {kind: {row["id"]: row["text"] for row in rows if row["type"] == kind} for kind in ("doc", "query")}
    yield from ({"id": name, "ranked": ranked} for name, ranked in rank(texts["doc"], texts["query"]).items())


def same(row: Row) -> Row:
    """{id, a, b} -> {id, score, same}."""
    score, same = evidence.sameness(row["a"], row["b"])
    return {"id": row["id"], "score": round(score, 4), "same": same}


def related(row: Row, otherwise: str) -> Row:
    """{id, a, b} -> {id, label, confidence, reason, spans}; `otherwise` for a pair on two things."""
    a, b = read(row["a"]), read(row["b"])
    verdict = relate(a, b)
    if verdict.apart > verdict.confidence or (not verdict.apart and overlap(a, b) < UNRELATED):
        return {"id": row["id"], "label": otherwise}
    return {
        "id": row["id"],
        "label": verdict.label,
        "confidence": verdict.confidence,
        "reason": verdict.reason,
        "spans": [verdict.a, verdict.b],
    }


def numbers(row: Row) -> Row:
    """{id, a, b} -> {id, label: differs|compatible|other}."""
    a, b = read(row["a"]), read(row["b"])
    if difference(a.figures, b.figures):
        return {"id": row["id"], "label": "differs"}
    return {"id": row["id"], "label": "compatible" if settled(a.figures, b.figures) else "other"}


def matrix(row: Row) -> Row:
    """{story, articles} -> {story, claims: [{claim, cells}]}; the articles are taken as one story."""
    story_id = key("story", str(row["story"]))
    articles = [article(one) for one in row["articles"]]
    name = {one.article_id: given["id"] for one, given in zip(articles, row["articles"], strict=True)}
    placed = [
        Placed(mention, one.outlet_id, one.published_at, story_id)
        for one, given in zip(articles, row["articles"], strict=True)
        for mention in find_mentions(version(given), "model")
    ]
    clusters = sorted(find_claims(placed), key=lambda one: (-one.sureness, one.central.order))
    agreements, silences = tell(clusters, articles)
    body = {name[one.article_id]: one.body for one in articles}
    told = [(one.claim.text, cells(one, agreements, silences, name, body)) for one in clusters]
    return {"story": row["story"], "claims": [{"claim": text, "cells": found} for text, found in told]}


def around(body: str, mention: ClaimMention) -> list[int]:
    """The span of a mention's sentence, in which its clause can be read; that of the content where it is not found around it."""
    at = sentence_start(body, mention.content.start, mention.sentence)
    return [mention.content.start, mention.content.end] if at is None else [at, at + len(mention.sentence)]


def cells(
    cluster: Cluster,
    agreements: Sequence[Agreement],
    silences: Sequence[ClaimSilence],
    name: Mapping[UUID, str],
    body: Mapping[str, str],
) -> Row:
    """What each article makes of one claim."""
    label = {row.mention_b: row.label for row in agreements if row.claim_id == cluster.claim.claim_id}
    found: dict[str, Row] = {name[article_id]: {"status": "unknown", "spans": []} for article_id in cluster.maybe}
    found |= {name[row.article_id]: {"status": row.silence, "spans": []} for row in silences if row.claim_id == cluster.claim.claim_id}
    for one, link in zip(cluster.members, cluster.links, strict=True):
        mention = one.mention
        status = "attributes" if link.is_told and mention.quote_type != "statement" else "states"
        cell = found.setdefault(name[mention.article_id], {"status": status, "spans": []})
        if (span := around(body[name[mention.article_id]], mention)) not in cell["spans"]:
            cell["spans"].append(span)
        if (differs := label.get(mention.mention_id, "same")) != "same":
            cell["status"] = "contradicts" if differs == "contradicts" else "differs"
    return found


def verify(row: Row) -> Row:
    """{id, claim, evidence} -> {id, label: supports|denies|neutral}."""
    return {"id": row["id"], "label": evidence.verify(row["claim"], row["evidence"])}


def stance(row: Row) -> Row:
    """{id, claim, title, text} -> {id, label: supports|denies|reports|unrelated}."""
    return {"id": row["id"], "label": evidence.stance(row["claim"], row["title"], row["text"])}


def relation(row: Row) -> Row:
    """{id, a, b} -> {id, label}, `unrelated` for a pair on two things."""
    return related(row, "unrelated")


def relation_natural(row: Row) -> Row:
    """{id, a, b} -> {id, label}, `other` for a pair on two things."""
    return related(row, "other")


# Steps that need all rows at once, and steps that answer row by row.
TOGETHER: dict[str, Callable[[Sequence[Row]], Iterator[Row]]] = {"copies": copies, "stories": stories, "match": match}
ALONE: dict[str, Callable[[Row], Row]] = {
    "same": same,
    "relation": relation,
    "relation-natural": relation_natural,
    "numbers": numbers,
    "verify": verify,
    "stance": stance,
    "matrix": matrix,
}
