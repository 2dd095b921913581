"""Which mentions of a story state the same thing: identity only; whether they agree in number or date is the next question (`relation`)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from common.ids import key
from transforms.compare.cluster import average_link
from transforms.compare.figures import measures
from transforms.compare.relation import MONTH_LENGTH
from transforms.compare.vectors import Pair, Vector, alike, cosine, tfidf
from transforms.compare.words import terms
from transforms.records import Claim, ClaimLink, ClaimMention

METHOD = "tfidf-average-link-reach/1"

# The words around a reported clause help to place it, but less than its own: as a count this weighs 0.64 of a word (1 + ln).
CONTEXT_COUNT = 0.7
# Least average cosine of two clusters that state one thing; below it sentences mostly share names only.
JOIN = 0.3
# Least average cosine of a claim with a mention of an article that does not carry it yet: silence is a stronger word than likeness.
REACH = 0.2
# Cosines below this can't lift an average to REACH by much and are not kept.
FLOOR = 0.06


@dataclass(frozen=True)
class Placed:
    """A mention with what the comparison needs of its article."""

    mention: ClaimMention
    outlet_id: str
    published_at: datetime
    story_id: UUID

    @cached_property
    def order(self) -> tuple[datetime, str, int, str]:
        """Earliest article first, then place in the text."""
        return (self.published_at, str(self.mention.article_id), self.mention.content.start, str(self.mention.mention_id))


@dataclass(frozen=True)
class Cluster:
    """One claim: its record, and its mentions, the most central first by `central`."""

    claim: Claim
    members: tuple[Placed, ...]
    central: Placed
    links: tuple[ClaimLink, ...]


def bag(mention: ClaimMention) -> dict[str, float]:
    """Term counts of the content, of the sentence around it at a lower weight, and of what its numbers and its one date tell."""
    counts: dict[str, float] = dict.fromkeys(terms(mention.sentence), CONTEXT_COUNT)
    for word, count in Counter(terms(mention.text)).items():
        counts[word] = float(count)
    days = {"@day"} if len([one for one in mention.dates if len(one.iso) >= MONTH_LENGTH]) == 1 else set()
    return counts | dict.fromkeys(measures(mention.numbers) | days, 1.0)


def repeats(placed: Sequence[Placed]) -> list[Pair]:
    """Each mention with the first one of the same words, as reprints bring them."""
    first: dict[tuple[str, ...], int] = {}
    return [(first.setdefault(tuple(terms(one.mention.text)), at), at) for at, one in enumerate(placed)]


def central(vectors: Sequence[Mapping[str, float]], members: Sequence[int]) -> int:
    """The member most like the others; the earliest on a tie."""
    return max(members, key=lambda at: (round(sum(cosine(vectors[at], vectors[other]) for other in members), 9), -at))


def kind(mention: ClaimMention) -> str:
    """What sort of claim it is: number where a quantity is stated, quote where somebody is quoted, else statement."""
    return "number" if mention.numbers else "statement" if mention.quote_type == "statement" else "quote"


# Place and agency before the first sentence: "KARSK (Meridian) – ", "TOLMAR, March 2 (dpa) - ", "KARSK — ". Without an agency in brackets
# the place must be in capitals, and what follows the dash must begin like a sentence, so that an aside between dashes is kept.
DATELINE = re.compile(
    r"(?:[A-ZÄÖÜ][\w.,/'’ -]{1,40}\((?:[A-ZÄÖÜ][^()\d\n]{0,40}|[a-zäöü]{2,8})\)"
    r"|[A-ZÄÖÜ]{3}[A-ZÄÖÜ.'’ -]{0,30}(?:, [\w. ]{1,20})?)\s*[–—-]+\s+(?=[A-ZÄÖÜ0-9“„«\"])"
)
QUOTATION_MARKS = {"“": "”", "„": "“”", "«": "»", "»": "«", '"': '"', "‘": "’"}


# What joins the pieces of a discontinuous content.
GAP = " … "


def unquoted(text: str) -> str:
    """A text without the one pair of quotation marks around it, and the comma that ends the quotation; as it is where there is none."""
    close = QUOTATION_MARKS.get(text[:1], "")
    inner = text[1:-1].strip()
    if not inner or text[-1] not in close or set(inner) & {text[0], *close}:
        return text
    return inner.rstrip(",") or text


# How a speaker who does not simply assert is told, so that nobody is shown as saying what he denied.
STANCE = {"denies": "denied: ", "expects": "expected: ", "promises": "promised: ", "questions": "asked: ", "demands": "demanded: "}


def display(mention: ClaimMention) -> str:
    """The words of a mention to be shown, with the speaker's stance before them where he does not assert."""
    return (STANCE.get(mention.polarity, "") if mention.source else "") + words(mention)


def words(mention: ClaimMention) -> str:
    """The words of a mention as a sentence: no "that", no dateline, no quotation marks around the whole or every piece."""
    text = mention.text.strip()
    if mention.content.start == 0:
        text = text[found.end() :] if (found := DATELINE.match(text)) else text
    pieces = text.removeprefix("that ").strip().split(GAP)
    bare = [unquoted(piece) for piece in pieces]
    return GAP.join(bare if all(a != b for a, b in zip(bare, pieces, strict=True)) else pieces)


def most_frequent(names: Sequence[str | None]) -> str | None:
    """The commonest name; the first in the alphabet on a tie."""
    counts = Counter(name for name in names if name)
    return min(counts, key=lambda name: (-counts[name], name)) if counts else None


def reach(members: Sequence[int], near: Sequence[Mapping[int, float]], articles: Sequence[UUID]) -> list[int]:
    """Mentions that carry a claim more loosely: the best one of each article that has none among the members."""
    have = {articles[at] for at in members}
    sums: Counter[int] = Counter()
    for at in members:
        sums.update(near[at])
    best: dict[UUID, int] = {}
    for other, total in sorted(sums.items(), key=lambda item: (-round(item[1], 9), item[0])):
        if total >= REACH * len(members) and articles[other] not in have:
            best.setdefault(articles[other], other)
    return sorted(best.values())


def cluster(placed: Sequence[Placed], vectors: Sequence[Vector], core: Sequence[int], more: Sequence[int]) -> Cluster:
    """The records of one claim: its core, and the mentions that carry it more loosely."""
    middle = central(vectors, core)
    story_id = placed[core[0]].story_id
    claim = Claim(
        claim_id=key("claim", str(story_id), str(placed[core[0]].mention.mention_id)),
        story_id=story_id,
        text=display(placed[middle].mention),
        speaker=most_frequent([placed[at].mention.speaker for at in core]),
        kind=kind(placed[middle].mention),
    )
    members = sorted([*core, *more])
    links = [
        ClaimLink(
            claim_id=claim.claim_id,
            mention_id=placed[at].mention.mention_id,
            score=1.0 if at == middle else round(min(1.0, cosine(vectors[at], vectors[middle])), 4),
        )
        for at in members
    ]
    return Cluster(claim, tuple(placed[at] for at in members), placed[middle], tuple(links))


def distinct(wholes: Sequence[frozenset[int]]) -> list[int]:
    """Positions of the sets that no other set holds; of equal sets the first."""
    holders: dict[int, list[int]] = defaultdict(list)
    for at, whole in enumerate(wholes):
        for member in whole:
            holders[member].append(at)

    def held(at: int) -> bool:
        rivals = holders[min(wholes[at], key=lambda member: (len(holders[member]), member))]
        return any(wholes[at] < wholes[rival] or (wholes[at] == wholes[rival] and rival < at) for rival in rivals)

    return [at for at in range(len(wholes)) if not held(at)]


def find_claims(placed: Sequence[Placed]) -> list[Cluster]:
    """The claims of one story, ordered by their first mention; every mention is in at least one, and no claim lies within another."""
    ordered = sorted(placed, key=lambda one: one.order)
    articles = [one.mention.article_id for one in ordered]
    vectors = tfidf([bag(one.mention) for one in ordered])
    edges = dict(alike(vectors, FLOOR))
    near: list[dict[int, float]] = [{} for _ in ordered]
    for (a, b), score in edges.items():
        near[a][b] = near[b][a] = score
    cores = average_link(len(vectors), edges, JOIN, together=repeats(ordered))
    loose = [reach(core, near, articles) for core in cores]
    kept = distinct([frozenset([*core, *more]) for core, more in zip(cores, loose, strict=True)])
    return [cluster(ordered, vectors, cores[at], loose[at]) for at in kept]
