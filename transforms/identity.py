"""One article, one identity: which addresses name the same article, and which one it goes by. Pure.

Evidence that two addresses may be one article: a redirect, rel=canonical, an AMP copy. It joins two articles only where their texts are
kin, for a redirect may also lead to a section page; an AMP copy says itself what it is, and its text is no evidence. Without any link,
the same text of one outlet at one instant is one article. All rules ask whether *some* pair of texts is kin, so more texts can only
join more, and the order of arrival decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal, NamedTuple
from uuid import UUID

from common.errors import FetchRefused
from common.urls import canonical
from transforms.compare.copies import containment, own_grams
from transforms.extract.address import site_of

Reason = Literal["amp", "canonical", "redirect", "same_text"]
REASONS: tuple[Reason, ...] = ("amp", "canonical", "redirect", "same_text")

# amp.example.org, /amp at either end of the path, ?amp, ?outputType=amp: what publishers' AMP plugins use. Python and DuckDB read it alike.
AMP = r"(?i)^https?://(amp\.|[^/?]+/amp/|[^/?]+/([^?]*[/.-])?amp(/|\.html?)?(\?|$)|[^?]*\?(.*&)?(amp|outputtype=amp)(=1?)?(&|$))"
# Share of the shorter text's word 5-grams in the other. Linked pages: half the text may be rewritten between two visits.
LINKED_SHARE = 0.5
# Without a link: a page that moved keeps its text but for a paragraph; two reports of one outlet on one event stay below a third.
SAME_SHARE = 0.8
# Without a link, a text must be this much of the other (5-grams): a teaser lies whole in its article and is another page.
SAME_SIZE = 0.5
# 5-grams from which a text speaks for itself; notices, tickers and cut teasers of an outlet are alike.
LEAST_GRAMS = 60
# An instant that so many texts of an outlet share is a stamp of its system, put on all that was moved into it: it is no evidence, and
# the pairs would be more than can be read.
STAMPED = 500


class Alias(NamedTuple):
    """An address that led to an article, and how."""

    url: str
    reason: Reason


@dataclass(frozen=True)
class Text:
    """What kinship is judged by; `published_at` is None unless the page gives an instant (not a day)."""

    published_at: datetime | None
    body: str

    @cached_property
    def grams(self) -> frozenset[int]:
        """Its own words; asked of each of hundreds of texts by all the others where an archive gives them one instant."""
        return own_grams(self.body)


class Known(NamedTuple):
    """An article under one address."""

    first_seen_at: datetime
    url: str
    article_id: UUID


def is_amp(url: str) -> bool:
    """Whether an address is that of an AMP copy.

    >>> is_amp("https://a.example/news/1/amp/"), is_amp("https://a.example/news/lamp")
    (True, False)
    """
    return re.match(AMP, url) is not None


def aliases_of(url: str, final_url: str, page_url: str) -> list[Alias]:
    """Further addresses of the article at `page_url` (its rel=canonical): the one asked for and the one that answered.

    Only of the same site: a text that another publisher carries with our canonical link, or ours with theirs, stays where it is.
    """
    try:
        final = canonical(final_url)
    except FetchRefused:
        final = url
    found: dict[str, Reason] = {}
    for address in (final, url):
        if address != page_url and site_of(address) == site_of(page_url):
            found[address] = "amp" if is_amp(address) else "redirect" if address != final else "canonical"
    return [Alias(address, reason) for address, reason in found.items()]


def are_kin(one: Sequence[Text], other: Sequence[Text]) -> bool:
    """Whether two linked addresses show one article: some two of their texts share the instant of publication or half their words."""
    instants = {text.published_at for text in one if text.published_at}
    if any(text.published_at in instants for text in other if text.published_at):
        return True
    return any(containment(text.grams, their.grams) >= LINKED_SHARE for text in one for their in other)


def is_same_text(one: Text, other: Text) -> bool:
    """Whether two texts of one outlet are one article without any link: same instant, (nearly) same words, and enough of them."""
    if one.published_at is None or one.published_at != other.published_at:
        return False
    short, long = sorted((len(one.grams), len(other.grams)))
    return short >= LEAST_GRAMS and short >= SAME_SIZE * long and containment(one.grams, other.grams) >= SAME_SHARE


def goes_by(names: Iterable[Known]) -> Known:
    """The address that an article goes by: the one that was known first; of several, the first in the alphabet."""
    return min(names)


def joined(pairs: Iterable[tuple[UUID, UUID]]) -> list[set[UUID]]:
    """Sets of ids that hang together."""
    home: dict[UUID, set[UUID]] = {}
    for a, b in pairs:
        whole = home.get(a, {a}) | home.get(b, {b})
        home.update(dict.fromkeys(whole, whole))
    return list({id(group): group for group in home.values()}.values())
