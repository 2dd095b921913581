"""Which clauses of a story state the same thing: identity only; whether they agree in number or date is the next question (`relation`)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from common.ids import key
from transforms.claims.text import Range
from transforms.compare.clauses import clauses, dateline_end
from transforms.compare.display import STANCE, telling
from transforms.compare.figures import measures
from transforms.compare.placed import Placed, bearers, has_number, is_told
from transforms.compare.reach import Reach, Reaching
from transforms.compare.told import Clause, Saying, Told
from transforms.compare.words import terms
from transforms.compare.words import words as tokens
from transforms.records import Claim, ClaimLink, ClaimMention

METHOD = "clause-reach/4"

# Score from which a link is likelier right than wrong, which is what the marts show (warehouse/views/100_claim_sentence.sql) and what names
# the speaker.
SHOWN = 0.5


@dataclass(frozen=True)
class Cluster:
    """One claim: its record, its mentions, the one whose words it has, and articles of which a sentence may state it after all."""

    claim: Claim
    members: tuple[Placed, ...]
    central: Placed
    links: tuple[ClaimLink, ...]
    maybe: frozenset[UUID] = frozenset()
    sureness: float = 1.0

    @cached_property
    def link(self) -> dict[UUID, ClaimLink]:
        """The link of each mention."""
        return {one.mention_id: one for one in self.links}

    def place(self, mention: ClaimMention) -> Range:
        """Where in its sentence a mention states the claim; the whole sentence where that is not known."""
        link = self.link[mention.mention_id]
        return link.clause_start or 0, len(mention.sentence) if link.clause_end is None else link.clause_end


def kind(mention: ClaimMention, place: Range) -> str:
    """What sort of claim it is: number where a quantity is stated, quote where somebody is quoted, else statement."""
    if has_number(mention, place):
        return "number"
    return "statement" if mention.quote_type == "statement" or not is_told(mention, place) else "quote"


def most_frequent(names: Sequence[str]) -> str | None:
    """The commonest name; the first in the alphabet on a tie."""
    counts = Counter(names)
    return min(counts, key=lambda name: (-counts[name], name)) if counts else None


def teller(members: Sequence[Placed], links: Sequence[ClaimLink], central: ClaimMention) -> str | None:
    """Who states the claim, doubtful links left out: whom half of its articles name, else whose stance its words show, else the commonest.

    None where most articles state it themselves, without anybody who says so.
    """
    names: dict[UUID, set[str]] = defaultdict(set)
    for one, link in zip(members, links, strict=True):
        if link.score >= SHOWN:
            names[one.mention.article_id] |= {one.mention.speaker} if link.is_told and one.mention.speaker else set()
    commonest = most_frequent([name for found in names.values() for name in found])
    if 2 * sum(commonest in found for found in names.values()) >= len(names):
        return commonest
    if central.polarity in STANCE and central.speaker:
        return central.speaker
    return commonest if 2 * sum(map(bool, names.values())) > len(names) else None


def wording(mention: ClaimMention) -> tuple[str, ...]:
    """What makes two sentences one: their content words, or all words where they have none; a dateline does not, and reprints share it."""
    text = mention.sentence[dateline_end(mention.sentence) :]
    return tuple(terms(text)) or tuple(word.casefold() for word in tokens(text))


def fullest(placed: Sequence[Placed], at: Sequence[int]) -> int:
    """Of the mentions of one sentence the one with the longest content; of equal ones the first."""
    return min(at, key=lambda one: (-len(placed[one].mention.text), one))


def place_in(mention: ClaimMention, clause: Clause, told: Told) -> Range:
    """Where a clause stands in a mention's sentence, which has the same telling words as the sentence of the clause."""
    if mention.sentence == told.texts[clause.sentence]:
        return clause.place
    own = clauses(mention.sentence)
    return own[clause.nth] if len(own) == len(told.cuts[clause.sentence]) else (0, len(mention.sentence))


def stating(placed: Sequence[Placed], told: Told, reached: Reach) -> dict[int, tuple[float, Range]]:
    """By position the mentions that state a claim, the score of the link, and the place in its sentence from first clause to last."""
    found: dict[int, tuple[float, Range]] = {}
    for one in reached.found:
        clause = told.clauses[one.clause]
        at = told.at[one.article][clause.sentence]
        place = place_in(placed[at[0]].mention, clause, told)
        for bearer in bearers(placed, at, place):
            score, (start, end) = found.get(bearer, (0.0, place))
            found[bearer] = (max(score, one.score), (min(start, place[0]), max(end, place[1])))
    return found


def cluster(placed: Sequence[Placed], told: Told, reached: Reach) -> Cluster:
    """The records of one claim: its central clause, and those of each article that state it."""
    centre = told.clauses[reached.centre]
    middle = fullest(placed, bearers(placed, told.first(centre.sentence), centre.place))
    central = placed[middle]
    claim_id = key("claim", str(central.story_id), str(central.mention.mention_id), centre.place[0])
    found = stating(placed, told, reached) | {middle: (1.0, centre.place)}
    links = tuple(
        ClaimLink(
            claim_id=claim_id,
            mention_id=placed[at].mention.mention_id,
            score=score,
            clause_start=place[0],
            clause_end=place[1],
            is_told=is_told(placed[at].mention, place),
        )
        for at, (score, place) in sorted(found.items())
    )
    members = tuple(placed[at] for at in sorted(found))
    claim = Claim(
        claim_id=claim_id,
        story_id=central.story_id,
        text=telling(central.mention, centre.place),
        speaker=teller(members, links, central.mention),
        kind=kind(central.mention, centre.place),
    )
    return Cluster(claim, members, central, links, reached.maybe, reached.sureness)


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


def saying(mention: ClaimMention) -> Saying:
    """A mention as the comparison reads it."""
    return Saying(mention.article_id, wording(mention), mention.sentence, measures(mention.numbers))


def find_claims(placed: Sequence[Placed]) -> list[Cluster]:
    """The claims of one story, ordered by their first mention; every mention is in at least one, and no claim lies within another.

    Every clause is asked who else states it. Claims may overlap, since another outlet may put two clauses into one.
    """
    ordered = sorted(placed, key=lambda one: one.order)
    told = Told.of([saying(one.mention) for one in ordered])
    made = [cluster(ordered, told, reached) for reached in Reaching(told).reaches()]
    number: dict[tuple[UUID, int | None], int] = {}
    wholes = [frozenset(number.setdefault((link.mention_id, link.clause_start), len(number)) for link in one.links) for one in made]
    return [made[at] for at in distinct(wholes)]
