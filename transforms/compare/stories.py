"""Which articles report one event: average-link clustering of tf-idf vectors within a window of days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

from common.ids import key
from transforms.compare.cluster import average_link
from transforms.compare.vectors import Pair, Vector, alike, cosine, tfidf
from transforms.compare.words import anchors, terms
from transforms.records import ComparableArticle, CopyPair, Story, StoryMember

METHOD = "tfidf-names-average-link/1"

# A headline names the event: its words count as if they stood so many times in the text.
HEADLINE_WEIGHT = 3
# News is written from the top: only the first characters of a body tell the event, the rest is background that stories share.
LEAD_CHARS = 2000
# Terms kept of an article; the tail of light terms costs time and joins unrelated texts.
KEEP_TERMS = 80
KEEP_ANCHORS = 40
# Names and numbers tell one event from its twin (another fire, another trial); of 0, .15 and .3 the middle gave the best B3 F1.
ANCHOR_SHARE = 0.15
# Least average similarity of two clusters of one event, and the cosine of names and numbers that counts as much across languages.
JOIN = 0.15
JOIN_ACROSS = 0.25
# Edges below this share of the threshold can't matter for an average that must reach it.
FLOOR = 0.25
TERMS_SHOWN = 8


def bag(article: ComparableArticle) -> Counter[str]:
    """Term counts of headline and lead."""
    counts = Counter(terms(article.body[:LEAD_CHARS]))
    for word in terms(article.headline):
        counts[word] += HEADLINE_WEIGHT
    return counts


def named(article: ComparableArticle) -> Counter[str]:
    """Names and numbers of headline and lead."""
    return Counter(anchors(f"{article.headline}\n{article.body[:LEAD_CHARS]}"))


def shared(bags: Sequence[Counter[str]]) -> list[Counter[str]]:
    """The bags without what only one article has; German nouns, capitalised too, fall away."""
    spread = Counter(word for found in bags for word in found)
    return [Counter({word: count for word, count in found.items() if spread[word] > 1}) for found in bags]


def foreign(a: ComparableArticle, b: ComparableArticle) -> bool:
    """Whether both languages are known and differ."""
    return bool(a.language and b.language and a.language != b.language)


def similarities(articles: Sequence[ComparableArticle], vectors: Sequence[Vector]) -> dict[Pair, float]:
    """Pairs that may tell one event: words with names and numbers; across languages names and numbers alone, at the same threshold."""
    bags = [named(article) for article in articles]
    names = tfidf(bags, keep=KEEP_ANCHORS)
    edges = {
        (i, j): (1 - ANCHOR_SHARE) * score + ANCHOR_SHARE * cosine(names[i], names[j])
        for (i, j), score in alike(vectors, JOIN * FLOOR)
        if not foreign(articles[i], articles[j])
    }
    if len({article.language for article in articles if article.language}) > 1:
        met = alike(tfidf(shared(bags), keep=KEEP_ANCHORS), JOIN_ACROSS * FLOOR)
        across = ((pair, score) for pair, score in met if foreign(articles[pair[0]], articles[pair[1]]))
        edges |= {pair: min(1.0, score * JOIN / JOIN_ACROSS) for pair, score in across}
    return edges


def group(
    articles: Sequence[ComparableArticle], vectors: Sequence[Vector], copies: Sequence[CopyPair], window: timedelta
) -> list[list[int]]:
    """Clusters of positions in `articles`, none longer than the window; copies lie together."""
    place = {article.article_id: at for at, article in enumerate(articles)}
    edges = similarities(articles, vectors)

    def within(members: list[int]) -> bool:
        times = [articles[at].published_at for at in members]
        return max(times) - min(times) <= window

    together = [(place[pair.a], place[pair.b]) for pair in copies if pair.label == "copy"]
    return average_link(len(articles), edges, JOIN, together=together, may_join=within)


def central(vectors: Sequence[Mapping[str, float]], members: Sequence[int]) -> int:
    """The member that is most like all the others; the first on a tie."""
    return max(members, key=lambda at: (round(sum(cosine(vectors[at], vectors[other]) for other in members), 9), -at))


def telling(vectors: Sequence[Vector], members: Sequence[int]) -> list[str]:
    """The heaviest terms of the members together."""
    weight: Counter[str] = Counter()
    for at in members:
        weight.update({word: round(value, 9) for word, value in vectors[at].items()})
    return [word for word, _ in sorted(weight.items(), key=lambda item: (-round(item[1], 6), item[0]))[:TERMS_SHOWN]]


def find_stories(
    articles: Sequence[ComparableArticle], copies: Sequence[CopyPair], *, window_days: int
) -> tuple[list[Story], list[StoryMember]]:
    """Every article in exactly one story; a story may have one article.

    Returns:
        Stories by id, and members by article id.
    """
    ordered = sorted(articles, key=lambda article: (article.published_at, str(article.article_id)))
    vectors = tfidf([bag(article) for article in ordered], keep=KEEP_TERMS)
    stories, members = [], []
    for cluster in group(ordered, vectors, copies, timedelta(days=window_days)):
        first, last = ordered[cluster[0]], ordered[cluster[-1]]
        story_id = key("story", str(first.article_id))
        stories.append(
            Story(
                story_id=story_id,
                title=ordered[central(vectors, cluster)].headline,
                first_published_at=first.published_at,
                last_published_at=last.published_at,
                terms=telling(vectors, cluster),
            )
        )
        members += [StoryMember(article_id=ordered[at].article_id, story_id=story_id) for at in cluster]
    return sorted(stories, key=lambda story: story.story_id), sorted(members, key=lambda member: member.article_id)
