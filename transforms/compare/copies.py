"""Who reprints whom: containment of word 5-grams, quotations left out, so that two reports of one speech are no copies.

Jaccard-type measures (MinHash, SimHash) miss shortened reprints; containment in the shorter text does not. A fixed-rate sample of the
grams finds candidates through a postings join; every candidate is then confirmed on all grams.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from common.ids import key
from transforms.compare.cluster import union
from transforms.compare.words import fold, words
from transforms.records import ComparableArticle, CopyGroup, CopyLabel, CopyPair

METHOD = "containment/1"

# Five words in a row are rarely shared by chance, and small edits of a reprint leave many runs of five whole.
GRAM = 5
# One gram in four is indexed: enough to find a shared passage of 30 words, a quarter of the postings.
SAMPLE = 4
# A gram in more texts than this is furniture or a viral wire text: then every text meets only the first few, which union-find completes.
MOST_POSTINGS = 60
FIRST_FEW = 4
# Least sampled grams in common for a candidate; one alone is mostly a stock phrase.
LEAST_SHARED = 2
# Share of the shorter text's grams that stand in the other. Near .35 copies agreed best with an exact alignment of
# natural web news (F1 .90); .12 is where shared passages begin to count.
COPY, PARTIAL = 0.35, 0.12

# A quotation stays inside its paragraph; 1200 characters bound the damage of a mark that is never closed.
QUOTATION = re.compile(r"“[^”\n]{0,1200}”|„[^“”\n]{0,1200}[“”]|«[^»\n]{0,1200}»|»[^«\n]{0,1200}«|\"[^\"\n]{0,1200}\"")


def grams(text: str) -> frozenset[int]:
    """Stable 32-bit hashes of the word 5-grams outside quotations; a shorter text is one gram."""
    own = [fold(word) for word in words(QUOTATION.sub(" ", text))]
    runs = range(max(1, len(own) - GRAM + 1)) if own else ()
    return frozenset(zlib.crc32(" ".join(own[at : at + GRAM]).encode("utf-8", "surrogatepass")) for at in runs)


def candidates(sketches: Sequence[Iterable[int]]) -> set[tuple[int, int]]:
    """Pairs (i < j) that share at least LEAST_SHARED sampled grams."""
    postings: dict[int, list[int]] = defaultdict(list)
    for at, sketch in enumerate(sketches):
        for gram in sketch:
            if gram % SAMPLE == 0:
                postings[gram].append(at)
    shared: Counter[tuple[int, int]] = Counter()
    for found in postings.values():
        few = found if len(found) <= MOST_POSTINGS else found[:FIRST_FEW]
        shared.update((a, b) for a in few for b in found if a < b)
    return {pair for pair, count in shared.items() if count >= LEAST_SHARED}


def containment(a: frozenset[int], b: frozenset[int]) -> float:
    """Share of the smaller set's grams that stand in the larger, 0..1."""
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def label(share: float) -> CopyLabel | None:
    """copy, partial, or None below both thresholds."""
    return "copy" if share >= COPY else "partial" if share >= PARTIAL else None


def find_copies(articles: Sequence[ComparableArticle], *, window_days: int | None = None) -> list[CopyPair]:
    """Pairs of articles that share text, at most `window_days` apart, sorted by ids."""
    ordered = sorted(articles, key=lambda article: (article.published_at, article.article_id))
    sets = [grams(article.body) for article in ordered]
    pairs = []
    for i, j in candidates(sets):
        apart = (ordered[j].published_at - ordered[i].published_at).total_seconds() / 86_400
        found = label(share := containment(sets[i], sets[j]))
        if found and (window_days is None or apart <= window_days):
            low, high = sorted((ordered[i].article_id, ordered[j].article_id))
            pairs.append(CopyPair(a=low, b=high, label=found, containment=round(share, 4)))
    return sorted(pairs, key=lambda pair: (pair.a, pair.b))


def origin(group: Sequence[ComparableArticle]) -> UUID:
    """The article that the others most likely took: a wire service's own, else the earliest; at one time the one that credits an agency."""
    return min(group, key=lambda one: (not one.is_agency, one.published_at, one.agency is None, one.article_id)).article_id


def copy_groups(articles: Sequence[ComparableArticle], pairs: Sequence[CopyPair]) -> list[CopyGroup]:
    """Every article in its group: joined through `copy` pairs; a `partial` pair keeps two witnesses."""
    ordered = sorted(articles, key=lambda article: article.article_id)
    place = {article.article_id: at for at, article in enumerate(ordered)}
    homes = union(len(ordered), ((place[pair.a], place[pair.b]) for pair in pairs if pair.label == "copy"))
    members: dict[int, list[ComparableArticle]] = defaultdict(list)
    for article, home in zip(ordered, homes, strict=True):
        members[home].append(article)
    return [row for _, group in sorted(members.items()) for row in rows(group)]


def rows(group: Sequence[ComparableArticle]) -> list[CopyGroup]:
    """One row a member, with its role."""
    first, group_id = origin(group), key("copy_group", str(group[0].article_id))
    return [
        CopyGroup(
            article_id=one.article_id,
            copy_group_id=group_id,
            role="own" if len(group) == 1 else "origin" if one.article_id == first else "reprint",
        )
        for one in group
    ]
