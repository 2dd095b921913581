"""What a story tells: its distinct sentences, the clauses of each, and how near any two of them are."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from transforms.claims.text import Range
from transforms.compare.clauses import clauses
from transforms.compare.likeness import DECIMALS, Likeness, apart_from_mean, cosines
from transforms.compare.vectors import inverse_frequency
from transforms.compare.words import terms
from transforms.encode import clause_encoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]


class Saying(NamedTuple):
    """A mention as the comparison reads it: its sentence, what makes that one with others, and what its numbers measure."""

    article: UUID
    wording: tuple[str, ...]
    sentence: str
    measures: Set[str] = frozenset()


@dataclass(frozen=True)
class Clause:
    """A clause of a distinct sentence: which of its clauses, where in it, and its words."""

    sentence: int
    nth: int
    place: Range
    text: str

    @cached_property
    def stems(self) -> frozenset[str]:
        """Its content stems; only a house without the encoder asks for them."""
        return frozenset(terms(self.text))


@dataclass(frozen=True)
class Told:
    """Distinct sentences of a story, numbered as they first occur, with their clauses, numbered in the same order.

    `at`: by article the positions of the mentions of each sentence; `cuts`: places of the clauses of each sentence.
    """

    texts: list[str]
    measured: list[set[str]]
    cuts: list[tuple[Range, ...]]
    at: dict[UUID, dict[int, list[int]]]

    @classmethod
    def of(cls, sayings: Sequence[Saying]) -> Told:
        """From the mentions of a story, earliest first; a sentence is cut as in its first article."""
        number: dict[tuple[str, ...], int] = {}
        texts: list[str] = []
        measured: list[set[str]] = []
        at: dict[UUID, dict[int, list[int]]] = {}
        for position, one in enumerate(sayings):
            if one.wording not in number:
                number[one.wording] = len(texts)
                texts.append(one.sentence)
                measured.append(set())
            sentence = number[one.wording]
            measured[sentence] |= one.measures
            at.setdefault(one.article, {}).setdefault(sentence, []).append(position)
        return cls(texts, measured, [clauses(text) for text in texts], at)

    @cached_property
    def clauses(self) -> list[Clause]:
        """Every clause, in the order of the sentences."""
        return [
            Clause(sentence, nth, (a, b), text[a:b])
            for sentence, (text, cuts) in enumerate(zip(self.texts, self.cuts, strict=True))
            for nth, (a, b) in enumerate(cuts)
        ]

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
    def _read(self) -> list[Matrix] | None:
        """For each sentence its vector and those of its clauses; None without the encoder, and without sentences."""
        model = clause_encoder()
        return [model.parts(text, cuts) for text, cuts in zip(self.texts, self.cuts, strict=True)] if model and self.texts else None

    @property
    def has_meanings(self) -> bool:
        """Whether the encoder has read the sentences."""
        return self._read is not None

    @cached_property
    def likeness(self) -> Likeness:
        """What the sentences share."""
        import numpy as np

        vectors = None if self._read is None else np.stack([rows[0] for rows in self._read])
        return Likeness(self.texts, [sorted(one) for one in self.measured], vectors)

    @cached_property
    def meanings(self) -> Matrix:
        """Of every two clauses how near they are in meaning, by their words where there is no encoder: (clauses, clauses)."""
        import numpy as np

        if self._read is None:
            bags = [dict.fromkeys(sorted(one.stems), 1.0) for one in self.clauses]
            return np.round(cosines(bags, inverse_frequency(bags)), DECIMALS)
        vectors = apart_from_mean(np.concatenate([rows[1:] for rows in self._read]))
        found: Matrix = np.round(vectors @ vectors.T, DECIMALS)
        return found

    @cached_property
    def inside(self) -> dict[UUID, NDArray[np.intp]]:
        """The clauses of each article."""
        import numpy as np

        return {
            article: np.array([at for at, one in enumerate(self.clauses) if one.sentence in sentences], dtype=np.intp)
            for article, sentences in self.at.items()
        }

    @cached_property
    def sentences_inside(self) -> dict[UUID, NDArray[np.intp]]:
        """The sentences of each article."""
        import numpy as np

        return {article: np.array(sorted(sentences), dtype=np.intp) for article, sentences in self.at.items()}

    @cached_property
    def two_nearest(self) -> dict[UUID, Matrix]:
        """By article, how near its nearest and its second nearest sentence is to every sentence of the story: (sentences, 2)."""
        return {article: two_highest(self.likeness.near[:, held]) for article, held in self.sentences_inside.items()}

    @cached_property
    def two_nearest_clauses(self) -> dict[UUID, Matrix]:
        """The same of clauses: (clauses, 2)."""
        return {article: two_highest(self.meanings[:, held]) for article, held in self.inside.items()}

    def lead(self, sentence: int, other: int, article: UUID) -> float:
        """By how much `other` of this article is nearer than its next one; negative if another is the nearest."""
        return lead(float(self.likeness.near[sentence, other]), self.two_nearest[article][sentence])

    def clause_lead(self, clause: int, other: int, article: UUID) -> float:
        """The same of clauses."""
        return lead(float(self.meanings[clause, other]), self.two_nearest_clauses[article][clause])


def two_highest(near: Matrix) -> Matrix:
    """The two highest numbers of each row, 0 where there are fewer: (n, 2)."""
    import numpy as np

    padded = np.concatenate([near, np.zeros((len(near), 2), np.float32)], axis=1)
    found: Matrix = -np.sort(-padded, axis=1)[:, :2]
    return found


def lead(near: float, two: NDArray[np.float32]) -> float:
    """What a number is above the other one of the two highest."""
    first, second = map(float, two)
    return near - (second if near >= first else first)
