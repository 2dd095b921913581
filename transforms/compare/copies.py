"""Who reprints whom: words outside quotations that stand in common passages, so that two reports of one speech are no copies.

Jaccard-type measures (MinHash, SimHash) miss shortened reprints; the share of one text's words does not. A fixed-rate sample of word
5-grams finds candidates through a postings join; every candidate is then aligned exactly, which also gives the shared passages.
"""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import islice
from uuid import UUID

from common.ids import key
from transforms.compare.alignment import Text, covered, passages
from transforms.compare.cluster import union
from transforms.compare.origin import origin
from transforms.records import ComparableArticle, CopyGroup, CopyLabel, CopyPair, CopySpan

METHOD = "alignment/1"

# Five words in a row are rarely shared by chance, and small edits of a reprint leave many runs of five whole.
GRAM = 5
# One gram in four is indexed: enough to find a shared passage of 30 words, a quarter of the postings.
SAMPLE = 4
# A gram in more texts than this is furniture or a viral wire text: then every text meets only the first few, which union-find completes.
MOST_POSTINGS = 60
FIRST_FEW = 4
# Least sampled grams in common for a candidate; one alone is mostly a stock phrase.
LEAST_SHARED = 2
# Share of either text's own words in common passages. At .35 two natural web texts were mostly one text; at .2 shared passages count.
COPY, PARTIAL = 0.35, 0.2
# A text with fewer own words counts as one of so many: in a teaser of two lines one stock phrase is already a large share.
LEAST_OWN = 40
# Texts whose words are kept while their pairs are aligned, about 100 KB each.
TEXTS_KEPT = 256


def grams(words: Sequence[str]) -> frozenset[int]:
    """Stable 32-bit hashes of the word 5-grams; a shorter text is one gram."""
    runs = range(max(1, len(words) - GRAM + 1)) if words else ()
    return frozenset(zlib.crc32(" ".join(words[at : at + GRAM]).encode("utf-8", "surrogatepass")) for at in runs)


def sketch(text: Text) -> frozenset[int]:
    """A quarter of the grams of a text, quotations too."""
    return frozenset(gram for gram in grams(text.words) if gram % SAMPLE == 0)


def own_grams(body: str) -> frozenset[int]:
    """The grams of the words outside quotations."""
    text = Text(body)
    return grams([word for word, own in zip(text.words, text.own, strict=True) if own])


def containment(a: frozenset[int], b: frozenset[int]) -> float:
    """Share of the smaller set that stands in the larger, 0..1."""
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def candidates(sketches: Iterable[Iterable[int]], times: Sequence[float] | None = None, reach: float = 0.0) -> set[tuple[int, int]]:
    """Pairs (i < j) that share at least LEAST_SHARED sampled grams; with `times`, in ascending order, at most `reach` apart."""
    postings: dict[int, deque[int]] = defaultdict(deque)
    found: set[tuple[int, int]] = set()
    for at, sketch in enumerate(sketches):
        shared: Counter[int] = Counter()
        for gram in sketch:
            places = postings[gram]
            while times is not None and places and times[at] - times[places[0]] > reach:
                places.popleft()
            shared.update(places if len(places) < MOST_POSTINGS else islice(places, FIRST_FEW))
            places.append(at)
        found.update((other, at) for other, count in shared.items() if count >= LEAST_SHARED)
    return found


def share(a: Text, b: Text) -> float:
    """Share of own words in common passages, 0..1: that of the text that took more of its words from the other."""
    return max(covered(x, y) / max(LEAST_OWN, sum(x.own)) for x, y in ((a, b), (b, a)))


def label(share: float) -> CopyLabel | None:
    """copy, partial, or None below both thresholds."""
    return "copy" if share >= COPY else "partial" if share >= PARTIAL else None


def compare_texts(one: ComparableArticle, other: ComparableArticle, text: Callable[[str], Text]) -> CopyPair | None:
    """The pair with its label, None where the texts share too little."""
    low, high = sorted((one.article_id, other.article_id))
    found = label(part := share(text(one.body), text(other.body)))
    return CopyPair(a=low, b=high, label=found, containment=round(part, 4)) if found else None


def find_copies(
    articles: Sequence[ComparableArticle], *, window_days: int | None = None, only: frozenset[UUID] | None = None
) -> list[CopyPair]:
    """Pairs of articles that share text, at most `window_days` apart, sorted by ids; with `only`, those with one of these articles."""
    ordered = sorted(articles, key=lambda article: (article.published_at, article.article_id))
    times = None if window_days is None else [article.published_at.timestamp() for article in ordered]
    text = lru_cache(maxsize=TEXTS_KEPT)(Text)
    pairs = []
    for i, j in sorted(candidates((sketch(Text(one.body)) for one in ordered), times, (window_days or 0) * 86_400.0)):
        one, other = ordered[i], ordered[j]
        if (only is None or one.article_id in only or other.article_id in only) and (pair := compare_texts(one, other, text)):
            pairs.append(pair)
    return sorted(pairs, key=lambda pair: (pair.a, pair.b))


def find_spans(articles: Sequence[ComparableArticle], pairs: Sequence[CopyPair]) -> list[CopySpan]:
    """The passages that each pair shares, in order of the first text."""
    body = {article.article_id: article.body for article in articles}
    text = lru_cache(maxsize=TEXTS_KEPT)(Text)
    return [
        CopySpan(a=pair.a, b=pair.b, a_start=run.a[0], a_end=run.a[1], b_start=run.b[0], b_end=run.b[1])
        for pair in pairs
        for run in passages(text(body[pair.a]), text(body[pair.b]))
    ]


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
