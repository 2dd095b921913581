"""Which articles a change can touch: new and changed ones meet those of their window, and what a chain of links joins is compared anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from transforms.compare.copies import find_copies
from transforms.compare.profiles import encode
from transforms.compare.stories import find_links
from transforms.records import ArticleLink, ComparableArticle

# Names the encoder and what it is given; a vector under another name is made anew.
VECTOR_METHOD = "minilm-int8-lead/1"


def meet(articles: Sequence[ComparableArticle], fresh: frozenset[UUID], *, window_days: int) -> list[ArticleLink]:
    """The links that the fresh articles have among `articles`, sorted by ids."""
    near = {(link.a, link.b): link.likeness for link in find_links(articles, window_days=window_days, only=fresh)}
    for pair in find_copies(articles, window_days=window_days, only=fresh):
        near[pair.a, pair.b] = max(pair.containment, near.get((pair.a, pair.b), 0.0))
    return [ArticleLink(a=a, b=b, likeness=likeness) for (a, b), likeness in sorted(near.items())]


@dataclass(frozen=True)
class Matcher:
    """What the warehouse needs to know which articles belong together, before it compares them."""

    encode: Callable[[str, str], bytes] = encode
    meet: Callable[..., list[ArticleLink]] = meet
    method: str = VECTOR_METHOD
