"""The cross-source comparison: who reprints whom, which articles tell one story, what they claim, where they differ, who is silent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from uuid import UUID

from transforms.compare import claims, copies, relation, silence, stories
from transforms.compare.agreement import agreements
from transforms.compare.placed import Placed
from transforms.compare.vectors import inverse_frequency
from transforms.compare.words import terms
from transforms.records import Agreement, ClaimMention, ClaimSilence, ComparableArticle, Comparison, StoryMember

METHOD = "; ".join(f"{module.__name__.rsplit('.', 1)[1]}={module.METHOD}" for module in (copies, stories, claims, relation, silence))


def compare(articles: Sequence[ComparableArticle], mentions: Sequence[ClaimMention], *, window_days: int) -> Comparison:
    """Compare the articles of one window; every list is sorted, and the order of the input does not matter.

    Args:
        articles: Current versions, one an article.
        mentions: Claim mentions of these versions; mentions of other articles are left out.
        window_days: Articles further apart than this are never one story.
    """
    pairs = copies.find_copies(articles, window_days=window_days)
    found, members = stories.find_stories(articles, pairs, window_days=window_days)
    told = by_story(articles, mentions, members)
    made = [(claims.find_claims(placed), texts) for texts, placed in told]
    verdicts = [tell(clusters, texts) for clusters, texts in made]
    clusters = sorted((one for found, _ in made for one in found), key=lambda cluster: cluster.claim.claim_id)
    return Comparison(
        copies=pairs,
        spans=copies.find_spans(articles, pairs),
        groups=sorted(copies.copy_groups(articles, pairs), key=lambda row: row.article_id),
        stories=found,
        members=members,
        claims=[cluster.claim for cluster in clusters],
        links=sorted((link for cluster in clusters for link in cluster.links), key=lambda link: (link.claim_id, link.mention_id)),
        agreements=sorted((row for rows, _ in verdicts for row in rows), key=lambda row: (row.claim_id, row.mention_b)),
        silences=sorted((row for _, rows in verdicts for row in rows), key=lambda row: (row.claim_id, row.article_id)),
        method=METHOD,
    )


def by_story(
    articles: Sequence[ComparableArticle], mentions: Sequence[ClaimMention], members: Sequence[StoryMember]
) -> list[tuple[list[ComparableArticle], list[Placed]]]:
    """The articles of each story, and their mentions with outlet and time."""
    home = {member.article_id: member.story_id for member in members}
    article = {one.article_id: one for one in articles}
    told: dict[UUID, tuple[list[ComparableArticle], list[Placed]]] = defaultdict(lambda: ([], []))
    for one in articles:
        told[home[one.article_id]][0].append(one)
    for mention in mentions:
        if at := article.get(mention.article_id):
            told[home[at.article_id]][1].append(Placed(mention, at.outlet_id, at.published_at, home[at.article_id]))
    return list(told.values())


def tell(clusters: Sequence[claims.Cluster], articles: Sequence[ComparableArticle]) -> tuple[list[Agreement], list[ClaimSilence]]:
    """Agreements and silences of one story."""
    idf = inverse_frequency(
        [Counter(terms(text)) for text in sorted({one.mention.sentence for cluster in clusters for one in cluster.members})]
    )
    return list(agreements(clusters, articles)), silence.find_silences(clusters, articles, idf)
