"""Which articles report one event: average-link clustering within a window of days, of the components of a graph of near articles.

Whether two articles are near depends on these two alone, and each component is clustered by itself. So a story never depends on what
else is compared in the same run: day by day or all at once, the stories are the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from common.ids import key
from transforms.compare.cluster import average_link, union
from transforms.compare.profiles import Profiles, dot, profiles, similarities
from transforms.compare.vectors import Pair
from transforms.records import ArticleLink, ComparableArticle, CopyPair, Story, StoryMember

METHOD = "meaning-words-average-link/3"

# Least average likeness of two clusters of one event. The best B3 F1 over four sets lay between .39 and .41.
JOIN = 0.405
# Least likeness of two articles that link their clusters. Above the average that is asked for, it costs about .001 B3 F1
# and cuts the graph into small components.
LINK = 0.43
# Components beyond so many articles are cut by a higher link, step by step: a topic of months is not one event, and the cost of
# clustering grows with the square.
MOST_LINKED = 600
STEP = 0.03
# A pair below this share of the threshold can't matter for an average that must reach it.
FLOOR = 0.02
TERMS_SHOWN = 8


def central(found: Profiles, members: Sequence[int]) -> int:
    """The member that is most like all the others; the first on a tie."""
    return max(members, key=lambda at: (round(sum(dot(found.words(at), found.words(other)) for other in members), 9), -at))


def telling(found: Profiles, members: Sequence[int]) -> list[str]:
    """The heaviest terms of the members together."""
    weight: Counter[str] = Counter()
    for at in members:
        weight.update({word: round(value, 9) for word, value in found.words(at).items()})
    return [word for word, _ in sorted(weight.items(), key=lambda item: (-round(item[1], 6), item[0]))[:TERMS_SHOWN]]


def components(nodes: Sequence[int], edges: Mapping[Pair, float], together: Sequence[Pair], link: float) -> list[list[int]]:
    """Groups of nodes that a chain of links joins; copies are linked too. Large ones are cut by a higher link."""
    place = {node: at for at, node in enumerate(nodes)}
    linked = [pair for pair, score in edges.items() if score >= link] + list(together)
    homes = union(len(nodes), ((place[a], place[b]) for a, b in linked))
    groups: dict[int, list[int]] = defaultdict(list)
    for node, home in zip(nodes, homes, strict=True):
        groups[home].append(node)
    found = []
    for group in groups.values():
        if len(group) <= MOST_LINKED or link + STEP > 1:
            found.append(group)
        else:
            inside = set(group)
            kept = {pair: score for pair, score in edges.items() if pair[0] in inside and pair[1] in inside}
            found += components(group, kept, [pair for pair in together if pair[0] in inside and pair[1] in inside], link + STEP)
    return found


def clusters(found: Profiles, copies: Sequence[CopyPair], window: timedelta) -> list[list[int]]:
    """Groups of positions in `found.articles`, none longer than the window; copies lie together."""
    articles = found.articles
    place = {article.article_id: at for at, article in enumerate(articles)}
    together = [(place[pair.a], place[pair.b]) for pair in copies if pair.label == "copy"]
    days = window / timedelta(days=1)
    parts = components(range(len(articles)), similarities(found, floor=LINK, days=days), together, LINK)
    home = {node: number for number, part in enumerate(parts) for node in part}
    bound: dict[int, list[Pair]] = defaultdict(list)
    for pair in together:
        if home[pair[0]] == home[pair[1]]:
            bound[home[pair[0]]].append(pair)
    return sorted(group for number, part in enumerate(parts) for group in cluster(found, sorted(part), bound[number], window))


def cluster(found: Profiles, part: Sequence[int], together: Sequence[Pair], window: timedelta) -> list[list[int]]:
    """Average-link clusters of one component."""
    if len(part) == 1:
        return [list(part)]
    place, inside = {node: at for at, node in enumerate(part)}, found.part(part)

    def within(members: list[int]) -> bool:
        times = [inside.articles[at].published_at for at in members]
        return max(times) - min(times) <= window

    edges = similarities(inside, floor=JOIN * FLOOR, days=window / timedelta(days=1))
    bound = sorted((min(place[a], place[b]), max(place[a], place[b])) for a, b in together)
    groups = average_link(len(part), dict(sorted(edges.items())), JOIN, together=bound, may_join=within)
    return [[part[at] for at in group] for group in groups]


def find_links(articles: Sequence[ComparableArticle], *, window_days: float, only: frozenset[UUID] | None = None) -> list[ArticleLink]:
    """Pairs of articles near enough to be one story, sorted by ids; with `only`, those with one of these articles."""
    found = profiles(articles)
    asked = None if only is None else [at for at, article in enumerate(found.articles) if article.article_id in only]
    links = []
    for (i, j), score in similarities(found, floor=LINK, days=window_days, only=asked).items():
        low, high = sorted((found.articles[i].article_id, found.articles[j].article_id))
        apart = found.articles[j].published_at - found.articles[i].published_at
        if apart <= timedelta(days=window_days) and (only is None or low in only or high in only):
            links.append(ArticleLink(a=low, b=high, likeness=round(score, 4)))
    return sorted(links, key=lambda link: (link.a, link.b))


def find_stories(
    articles: Sequence[ComparableArticle], copies: Sequence[CopyPair], *, window_days: int
) -> tuple[list[Story], list[StoryMember]]:
    """Every article in exactly one story; a story may have one article.

    Returns:
        Stories by id, and members by article id.
    """
    found = profiles(articles)
    stories, members = [], []
    for group in clusters(found, copies, timedelta(days=window_days)):
        first, last = found.articles[group[0]], found.articles[group[-1]]
        story_id = key("story", str(first.article_id))
        stories.append(
            Story(
                story_id=story_id,
                title=found.articles[central(found, group)].headline,
                first_published_at=first.published_at,
                last_published_at=last.published_at,
                terms=telling(found, group),
            )
        )
        members += [StoryMember(article_id=found.articles[at].article_id, story_id=story_id) for at in group]
    return sorted(stories, key=lambda story: story.story_id), sorted(members, key=lambda member: member.article_id)
