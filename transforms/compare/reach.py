"""Which articles of a story state what one clause states: for every clause the nearest ones of every other article."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import starmap
from uuid import UUID

from transforms.compare.fates import other_people
from transforms.compare.likeness import DECIMALS
from transforms.compare.pairs import bearing
from transforms.compare.told import Told
from transforms.odds import logistic, odds

# Likelihood from which a clause is linked. Most claims that a reader would note are stated by others as well, so little is already telling
# of them: from .2 to .3 the links of twelve real and twenty own events are right about as often (F1 .74 to .76, .82 to .83), and silences
# more often the higher it is. Of all links, those of asides included, half are right then: hence the score.
STATES = 0.28
# From here on it may: enough for not calling the article silent.
MAYBE = 0.24
# From the first on the pair model reads both as well; below the second the reading may make or undo a link, above it changes next to none.
READ, SURE = 0.15, 0.4
# What the log odds of the likeness and those of the model, that the sentence bears on the clause, count then: as fitted,
# rounded. With weights from 1 to 1.2 and .3 to .36 and biases from 0 to .4 the figures stay what they are within .02.
LIKENESS, MODEL, BIAS = 1.0, 0.3, 0.4
# The score of a link is the share of such links that are right: a logistic regression over 1,624 links that were read one by one
# (training/pairs/links.py), of the log odds of the likelihood and those that the pair model gives to the sentence bearing on the clause.
# Average precision .80, without the reading .71. `ALONE` where the model does not read: other languages, second clauses of an article.
SCORE_LIKENESS, SCORE_MODEL, SCORE_BIAS = 0.64, 0.49, -0.89
ALONE_LIKENESS, ALONE_BIAS = 0.85, -0.65
# Weights of what two clauses share, by a logistic regression over 67,900 pairs of clauses of 126 events that we wrote (training/matching).
# Those were cut at the ends of quotations too; fitted on clauses as they are cut now (2.4, .68, 3.1; -.7) they found no more. The second
# set is for a house without the encoder, where `meaning` is the cosine of the words.
WEIGHTS, OFFSET = {"lead": 1.74, "sentence": 0.71, "meaning": 2.56}, -0.55
WORDS_ONLY, WORDS_ONLY_OFFSET = {"lead": 1.58, "sentence": 1.09, "meaning": -1.0}, 0.62
# Clauses of one article that are looked at for one claim, and that may state it together: a thing is told in the lead and again below.
MOST = 5
# Clauses and sentences that are less near share no more than names; such pairs are not looked at.
FLOOR, SENTENCE_FLOOR = 0.06, 0.15
# What a claim that nobody else states counts among the others, where the surest come first.
ALONE = 0.5


@dataclass(frozen=True)
class Found:
    """A clause of an article that states the claim; `likely` decides whether it is linked, `score` is how often such links are right."""

    article: UUID
    clause: int
    likely: float
    score: float = 1.0


@dataclass(frozen=True)
class Reach:
    """What one clause states: who states it, and articles that may."""

    centre: int
    found: tuple[Found, ...]
    maybe: frozenset[UUID]

    @property
    def sureness(self) -> float:
        """How likely every article named states it."""
        best: dict[UUID, float] = {}
        for one in self.found:
            best[one.article] = max(best.get(one.article, 0.0), one.likely)
        product = 1.0
        for likely in sorted(best.values()):
            product *= likely
        return product if len(best) > 1 else ALONE


@dataclass(frozen=True)
class Reaching:
    """The search for who states the clauses of a story."""

    told: Told
    _alike: dict[tuple[int, int, UUID], float] = field(default_factory=dict)

    def sentences_alike(self, sentence: int, other: int, article: UUID) -> float:
        """Log odds that two sentences, the second of this article, state one thing, by what they share."""
        pair = (sentence, other, article)
        if pair not in self._alike:
            lead = min(self.told.lead(sentence, other, article), self.told.lead(other, sentence, self.told.home[sentence]))
            self._alike[pair] = odds(self.told.likeness.probability(sentence, other, lead))
        return self._alike[pair]

    def features(self, clause: int, other: int, article: UUID) -> dict[str, float]:
        """What two clauses share, the second of this article."""
        told = self.told
        one, two = told.clauses[clause], told.clauses[other]
        home = told.home[one.sentence]
        return {
            "lead": min(told.clause_lead(clause, other, article), told.clause_lead(other, clause, home)),
            "sentence": self.sentences_alike(one.sentence, two.sentence, article),
            "meaning": float(told.meanings[clause, other]),
        }

    def nearest(self, clause: int, article: UUID) -> list[int]:
        """The clauses of an article that are nearest, best first; ties in the order of the story."""
        candidates = self.told.inside[article]
        near = self.told.meanings[clause, candidates]
        best = (-near).argsort(kind="stable")[:MOST]
        return [int(candidates[at]) for at in best if near[at] >= FLOOR or self.sentences_near(clause, int(candidates[at]))]

    def sentences_near(self, clause: int, other: int) -> bool:
        """Whether the sentences of two clauses are near enough to look at them."""
        one, two = self.told.clauses[clause].sentence, self.told.clauses[other].sentence
        return bool(self.told.likeness.near[one, two] >= SENTENCE_FLOOR)

    def alike(self, clause: int, article: UUID) -> dict[int, float]:
        """The nearest clauses of an article, each with how likely it states the same by what both share."""
        return {
            other: likelihood(self.features(clause, other, article), self.told.has_meanings)
            for other in self.nearest(clause, article)
            if not self.of_other_people(clause, other)
        }

    def of_other_people(self, clause: int, other: int) -> bool:
        """Whether two clauses, or one of them and the sentence of the other, count people of other fates."""
        one, two = self.told.clauses[clause], self.told.clauses[other]
        first, second = self.told.texts[one.sentence], self.told.texts[two.sentence]
        return any(starmap(other_people, ((first, second), (one.text, second), (two.text, first))))

    def likely(self, clause: int, article: UUID) -> list[Found]:
        """The nearest clauses of an article with how likely they state the same, best first.

        The pair model reads the one that shares most, and none has a better score than that.
        """
        shared = self.alike(clause, article)
        if not shared:
            return []
        best = likeliest(shared)
        bears = self.bears(clause, best) if shared[best] >= READ else None
        most = score(shared[best], bears)
        found = [Found(article, other, likely, min(most, score(likely))) for other, likely in shared.items() if other != best]
        found.append(Found(article, best, doubted(shared[best], bears), most))
        return sorted(found, key=lambda one: (-one.likely, one.clause))

    def bears(self, clause: int, other: int) -> float | None:
        """How likely the sentence of another clause supports or denies a clause; None where the pair model can't read them."""
        return bearing(self.told.clauses[clause].text, self.told.texts[self.told.clauses[other].sentence])

    def reach(self, clause: int) -> Reach:
        """Who states a clause."""
        sentence = self.told.clauses[clause].sentence
        found: list[Found] = []
        maybe: set[UUID] = set()
        for article, sentences in self.told.at.items():
            if sentence in sentences:
                found.append(Found(article, clause, 1.0))
                continue
            likely = self.likely(clause, article)
            stating = [one for one in likely if one.likely >= STATES]
            found.extend(stating)
            if not stating and likely and likely[0].likely >= MAYBE:
                maybe.add(article)
        return Reach(clause, tuple(found), frozenset(maybe))

    def reaches(self) -> Iterator[Reach]:
        """Who states each clause, in the order of the story."""
        return map(self.reach, range(len(self.told.clauses)))


def likeliest(shared: Mapping[int, float]) -> int:
    """The clause of which something is likeliest; the first of the story on a tie."""
    return max(shared, key=lambda other: (shared[other], -other))


def doubted(likely: float, bears: float | None) -> float:
    """A likelihood that leaves doubt, after the pair model has read the sentence: it may make a link or undo one."""
    if bears is None or not READ <= likely < SURE:
        return likely
    return round(logistic(LIKENESS * odds(likely) + MODEL * odds(bears) + BIAS), DECIMALS)


def score(likely: float, bears: float | None = None) -> float:
    """How often a link of this likelihood and this reading is right."""
    if bears is None:
        return round(logistic(ALONE_LIKENESS * odds(likely) + ALONE_BIAS), DECIMALS)
    return round(logistic(SCORE_LIKENESS * odds(likely) + SCORE_MODEL * odds(bears) + SCORE_BIAS), DECIMALS)


def likelihood(shared: Mapping[str, float], has_meanings: bool = True) -> float:
    """How likely two clauses state the same thing by what they share, 0..1; without the encoder by their words."""
    weights, offset = (WEIGHTS, OFFSET) if has_meanings else (WORDS_ONLY, WORDS_ONLY_OFFSET)
    return round(logistic(offset + sum(weight * shared[name] for name, weight in weights.items())), DECIMALS)
