"""Which mentions of a story state the same thing: identity only; whether they agree in number or date is the next question (`relation`)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from common.ids import key
from transforms.compare.evidence import likeness
from transforms.compare.figures import measures
from transforms.compare.reach import Reach, Told
from transforms.compare.words import terms
from transforms.compare.words import words as tokens
from transforms.records import Claim, ClaimLink, ClaimMention

METHOD = "sentence-reach/2"

# What a mention's own words weigh in the score of its link, beside how likely its sentence states the claim: they only choose among
# mentions of one sentence.
OWN_WORDS = 0.1


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
    """One claim: its record, its mentions, the one whose words it has, and articles of which a sentence may state it after all."""

    claim: Claim
    members: tuple[Placed, ...]
    central: Placed
    links: tuple[ClaimLink, ...]
    maybe: frozenset[UUID] = frozenset()
    sureness: float = 1.0


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


# A content with a smaller share of its sentence's words does not tell what others state as well: "he was relieved".
TELLING = 1 / 3


def telling(mention: ClaimMention) -> str:
    """The words of a claim: those of the mention, or its whole sentence, which is what was matched, where they are few of it."""
    if len(terms(mention.text)) >= TELLING * len(terms(mention.sentence)):
        return display(mention)
    sentence = mention.sentence.strip()
    return sentence[found.end() :] if (found := DATELINE.match(sentence)) else sentence


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


def wording(mention: ClaimMention) -> tuple[str, ...]:
    """What makes two sentences one: their content words, or all words where they have none; reprints share it."""
    return tuple(terms(mention.sentence)) or tuple(word.casefold() for word in tokens(mention.sentence))


def fullest(placed: Sequence[Placed], at: Sequence[int]) -> int:
    """Of the mentions of one sentence the one with the longest content; of equal ones the first."""
    return min(at, key=lambda one: (-len(placed[one].mention.text), one))


def own_words(mention: ClaimMention, other: ClaimMention) -> float:
    """How alike the contents of two mentions are, 0..1."""
    return 1.0 if mention.text == other.text else likeness(mention.text, other.text)


def cluster(placed: Sequence[Placed], told: Told, reached: Reach) -> Cluster:
    """The records of one claim: its central sentence, and those of each article that state it."""
    middle = fullest(placed, told.first(reached.centre))
    central = placed[middle]
    claim_id = key("claim", str(central.story_id), str(central.mention.mention_id))
    likely = {at: found.likely for found in reached.found for at in told.at[found.article][found.sentence]}
    score = {
        at: round(share * (1 - OWN_WORDS + OWN_WORDS * own_words(placed[at].mention, central.mention)), 4) for at, share in likely.items()
    }
    score[middle] = 1.0
    members = sorted(score)
    claim = Claim(
        claim_id=claim_id,
        story_id=central.story_id,
        text=telling(central.mention),
        speaker=most_frequent([placed[at].mention.speaker for at in members]),
        kind=kind(central.mention),
    )
    links = tuple(ClaimLink(claim_id=claim_id, mention_id=placed[at].mention.mention_id, score=score[at]) for at in members)
    return Cluster(claim, tuple(placed[at] for at in members), central, links, reached.maybe, reached.sureness)


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
    """The claims of one story, ordered by their first mention; every mention is in at least one, and no claim lies within another.

    Every sentence is asked who else states it. Claims may overlap, since one sentence may state several things.
    """
    ordered = sorted(placed, key=lambda one: one.order)
    told = Told.of([(one.mention.article_id, wording(one.mention), one.mention.sentence, measures(one.mention.numbers)) for one in ordered])
    made = [cluster(ordered, told, reached) for reached in told.reaches()]
    place = {one.mention.mention_id: at for at, one in enumerate(ordered)}
    kept = distinct([frozenset(place[one.mention.mention_id] for one in found.members) for found in made])
    return [made[at] for at in kept]
