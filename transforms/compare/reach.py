"""Which articles of a story state what one sentence states: for every sentence the nearest ones of every other article."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from transforms.compare.fates import other_people
from transforms.compare.likeness import DECIMALS, Likeness
from transforms.compare.pairs import apart
from transforms.odds import logistic, odds

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Probability from which a sentence states the same. With overlapping topics most pairs that share much still state other things, so
# a quarter is already telling; from .2 to .25 the links of twelve real events are right about as often.
STATES = 0.25
# From here on it may: enough for not calling the article silent.
MAYBE = 0.18
# Between these likenesses the pair model reads both sentences too; outside them it changes next to nothing and costs.
READ = (0.03, 0.6)
# What the log odds of the likeness and those of the model, that both state one claim, count then. Chosen by hand on twelve real events,
# where silences became right more often (F1 .68 to .74), and seen to hold on twenty of our own (.81 to .84, links .79 to .81).
LIKENESS, MODEL, BIAS = 0.7, 0.45, -0.5
# Sentences of one article that are looked at for one claim, and that may state it together: a thing is told in the lead and again below.
MOST = 3
# Sentences that are less near share no more than names; such pairs are not looked at.
FLOOR = 0.06
# What a claim that nobody else states counts among the others, where the surest come first.
ALONE = 0.5


@dataclass(frozen=True)
class Found:
    """A sentence of an article that states the claim, and how likely it does."""

    article: UUID
    sentence: int
    likely: float


@dataclass(frozen=True)
class Reach:
    """What one sentence states: who states it, and articles that may."""

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
class Told:
    """Distinct sentences of a story, numbered as they first occur, and by article the positions of the mentions of each."""

    texts: list[str]
    measured: list[set[str]]
    at: dict[UUID, dict[int, list[int]]]

    @classmethod
    def of(cls, mentions: Sequence[tuple[UUID, tuple[str, ...], str, Set[str]]]) -> Told:
        """From (article, wording, sentence, what its numbers measure) of each mention, earliest first."""
        number: dict[tuple[str, ...], int] = {}
        texts: list[str] = []
        measured: list[set[str]] = []
        at: dict[UUID, dict[int, list[int]]] = {}
        for position, (article, wording, sentence, measures) in enumerate(mentions):
            if wording not in number:
                number[wording] = len(texts)
                texts.append(sentence)
                measured.append(set())
            measured[number[wording]] |= measures
            at.setdefault(article, {}).setdefault(number[wording], []).append(position)
        return cls(texts, measured, at)

    @cached_property
    def home(self) -> dict[int, UUID]:
        """The first article of each sentence."""
        found: dict[int, UUID] = {}
        for article, sentences in self.at.items():
            for sentence in sentences:
                found.setdefault(sentence, article)
        return found

    def first(self, sentence: int) -> list[int]:
        """Positions of the mentions of a sentence in its first article."""
        return self.at[self.home[sentence]][sentence]

    @cached_property
    def likeness(self) -> Likeness:
        """What the sentences share."""
        return Likeness(self.texts, [sorted(one) for one in self.measured])

    @cached_property
    def inside(self) -> dict[UUID, NDArray[np.intp]]:
        """The sentences of each article."""
        import numpy as np

        return {article: np.array(sorted(sentences), dtype=np.intp) for article, sentences in self.at.items()}

    @cached_property
    def two_nearest(self) -> dict[UUID, NDArray[np.float32]]:
        """By article, how near its nearest and its second nearest sentence is to every sentence of the story: (n, 2)."""
        import numpy as np

        found = {}
        for article, sentences in self.inside.items():
            near = self.likeness.near[:, sentences]
            padded = np.concatenate([near, np.zeros((len(near), 2), np.float32)], axis=1)
            found[article] = -np.sort(-padded, axis=1)[:, :2]
        return found

    def lead(self, sentence: int, other: int, article: UUID) -> float:
        """By how much `other` of this article is nearer than its next one; negative if another is the nearest."""
        near = float(self.likeness.near[sentence, other])
        first, second = map(float, self.two_nearest[article][sentence])
        return near - (second if near >= first else first)

    def nearest(self, sentence: int, article: UUID) -> list[int]:
        """The sentences of an article that are nearest, best first; ties in the order of the story."""
        candidates = self.inside[article]
        near = self.likeness.near[sentence, candidates]
        best = (-near).argsort(kind="stable")[:MOST]
        return [int(candidates[at]) for at in best if near[at] >= FLOOR]

    def likely(self, sentence: int, article: UUID) -> list[Found]:
        """The nearest sentences of an article with how likely they state the same, best first."""
        home = self.home[sentence]
        found = []
        for other in self.nearest(sentence, article):
            if other_people(self.texts[sentence], self.texts[other]):
                continue
            lead = min(self.lead(sentence, other, article), self.lead(other, sentence, home))
            found.append(Found(article, other, self.read_again(sentence, other, self.likeness.probability(sentence, other, lead))))
        return sorted(found, key=lambda one: (-one.likely, one.sentence))

    def read_again(self, sentence: int, other: int, likely: float) -> float:
        """The probability after the pair model has read both sentences as well, where it can and where the likeness leaves doubt."""
        if not READ[0] <= likely < READ[1]:
            return likely
        two = apart(self.texts[sentence], self.texts[other])
        if two is None:
            return likely
        return round(logistic(LIKENESS * odds(likely) + MODEL * odds(1 - two) + BIAS), DECIMALS)

    def reaches(self) -> Iterator[Reach]:
        """For every sentence, in the order of the story, who states it."""
        for sentence in range(len(self.texts)):
            found: list[Found] = []
            maybe: set[UUID] = set()
            for article, sentences in self.at.items():
                if sentence in sentences:
                    found.append(Found(article, sentence, 1.0))
                    continue
                likely = self.likely(sentence, article)
                stating = [one for one in likely if one.likely >= STATES]
                found.extend(stating)
                if not stating and likely and likely[0].likely >= MAYBE:
                    maybe.add(article)
            yield Reach(sentence, tuple(found), frozenset(maybe))
