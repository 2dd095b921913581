"""Which outlets wrote about a story and left a claim out; `unknown` where their text does not allow to tell."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from uuid import UUID

from transforms.compare.claims import Cluster
from transforms.compare.words import terms
from transforms.records import ClaimSilence, ComparableArticle, Silence

METHOD = "wider-search/2"

# A claim that one outlet alone has says nothing about the others.
LEAST_OUTLETS = 2
# From a shorter text nothing can be concluded: a brief leaves almost everything out.
# Chosen so that the shortest news items of the demo count.
LEAST_WORDS = 80
# Share of the claim's content words, by weight, that a sentence must hold to count as a possible mention of it.
FOUND = 0.6
SENTENCE = re.compile(r"(?<=[.!?…”\"])\s+|\n+")


def sentences(body: str) -> list[frozenset[str]]:
    """Content stems of each sentence, and of each two in a row, since a claim may be spread over both."""
    single = [frozenset(terms(part)) for part in SENTENCE.split(body)]
    return single + [a | b for a, b in pairwise(single)]


def weight(stems: frozenset[str], idf: Mapping[str, float]) -> float:
    """Summed weight of stems."""
    return sum(idf.get(stem, 1.0) for stem in stems)


def may_carry(claim: frozenset[str], candidates: Sequence[frozenset[str]], idf: Mapping[str, float]) -> bool:
    """Whether a sentence holds enough of the claim that silence would be too bold a word."""
    need = FOUND * weight(claim, idf)
    return any(weight(claim & sentence, idf) >= need for sentence in candidates)


def readable(article: ComparableArticle, language: str | None) -> bool:
    """Whole, long enough, and in the claim's language."""
    same_language = not (language and article.language) or article.language == language
    return same_language and not article.is_truncated and len(article.body.split()) >= LEAST_WORDS


def find_silences(clusters: Sequence[Cluster], articles: Sequence[ComparableArticle], idf: Mapping[str, float]) -> list[ClaimSilence]:
    """Silences of one story's outlets, for claims that at least LEAST_OUTLETS carry.

    An outlet with a sentence that may carry the claim after all is `unknown`.
    """
    by_outlet: dict[str, list[ComparableArticle]] = defaultdict(list)
    for article in sorted(articles, key=lambda one: (-len(one.body), one.article_id)):
        by_outlet[article.outlet_id].append(article)
    spoken = {article.article_id: sentences(article.body) for article in articles}
    language = {article.article_id: article.language for article in articles}
    return [row for cluster in clusters for row in silent(cluster, by_outlet, spoken, language, idf)]


def silent(
    cluster: Cluster,
    by_outlet: Mapping[str, Sequence[ComparableArticle]],
    spoken: Mapping[UUID, Sequence[frozenset[str]]],
    language: Mapping[UUID, str | None],
    idf: Mapping[str, float],
) -> Iterator[ClaimSilence]:
    """One row for each outlet of the story that is not linked to the claim."""
    carriers = {one.outlet_id for one in cluster.members}
    if len(carriers) < LEAST_OUTLETS:
        return
    said = frozenset(terms(cluster.claim.text))
    tongue = language[cluster.central.mention.article_id]
    for outlet in sorted(set(by_outlet) - carriers):
        texts = by_outlet[outlet]
        sure = all(readable(one, tongue) for one in texts) and not any(
            one.article_id in cluster.maybe or may_carry(said, spoken[one.article_id], idf) for one in texts
        )
        verdict: Silence = "silent" if sure else "unknown"
        yield ClaimSilence(claim_id=cluster.claim.claim_id, article_id=texts[0].article_id, silence=verdict)
