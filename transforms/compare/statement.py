"""A statement to be compared, read from a bare text or a claim mention."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from transforms.claims.dates import dates as find_dates
from transforms.claims.lexicon import english as english_lexicon
from transforms.claims.numbers import numbers as find_numbers
from transforms.compare.figures import Figure, figures
from transforms.compare.words import terms
from transforms.records import Certainty, ClaimMention, DateValue, Label, NumberValue, Polarity

Place = tuple[int, int]


@dataclass(frozen=True)
class Statement:
    """A statement to be compared; places are offsets into `text`, `names` are the capitalised words of the whole article.

    `is_told`: the outlet tells that somebody states it.
    """

    text: str
    numbers: tuple[NumberValue, ...] = ()
    dates: tuple[DateValue, ...] = ()
    certainty: Certainty = "certain"
    polarity: Polarity = "asserts"
    is_told: bool = False
    names: frozenset[str] = frozenset()

    @cached_property
    def figures(self) -> list[Figure]:
        """Quantities in the text."""
        return figures(self.text, self.numbers)

    @cached_property
    def stems(self) -> frozenset[str]:
        """Content stems without numbers and dates: what the statement is about."""
        plain = self.text
        for one in sorted(self.dates, key=lambda one: -one.start):
            plain = f"{plain[: one.start]} {plain[one.end :]}"
        return frozenset(stem for stem in terms(plain) if not stem[0].isdigit())

    @cached_property
    def days(self) -> list[DateValue]:
        """The dates of what is stated, without those on which it was said."""
        return [one for one in self.dates if not of_saying(self.text, one.start, one.end)]

    @property
    def whole(self) -> Place:
        """The place of the whole text."""
        return (0, len(self.text))


@dataclass(frozen=True)
class Verdict:
    """A label with the two places that made it, the difference in words, how often such a label was right.

    `apart` is the probability that the statements are no two versions of one claim, 0 where only rules were asked.
    """

    label: Label
    a: Place
    b: Place
    reason: str
    confidence: float
    apart: float = 0.0


def overlap(a: Statement, b: Statement) -> float:
    """Share of the shorter statement's content words that stand in the other."""
    return len(a.stems & b.stems) / max(1, min(len(a.stems), len(b.stems)))


def mutual(a: Statement, b: Statement) -> float:
    """Share of both statements' content words that stand in both."""
    return len(a.stems & b.stems) / max(1, len(a.stems | b.stems))


# Words without which no English sentence of news gets far, and which German and the Romance languages do not have.
ENGLISH = re.compile(
    r"\b(?:the|of|and|to|is|for|that|with|by|at|he|it|has|are|from|his|her|have|had|were|its|said|be|would|been|who|last|this|after|not|but"
    r"|they|more|did)\b",
    re.IGNORECASE,
)
# A text with fewer words need not hold any of them.
SHORT = 4


def english(text: str) -> bool:
    """Whether a text can be read by the model."""
    return bool(ENGLISH.search(text)) or len(text.split()) < SHORT


# Behind these words a date tells when they were spoken: "said on Thursday", "told reporters late on Monday"; behind other words of
# speech ("announced") only where a "that" follows.
SAYING = frozenset({"said", "says", "say", "saying", "told", "tweeted", "added", "stated", "wrote", "testified"})
BEFORE_DATES = frozenset({"on", "late", "early", "earlier", "last", "in", "a", "an", "statement", "interview"})
LETTERS = re.compile(r"[^\W\d_]+")


def of_saying(text: str, start: int, end: int) -> bool:
    """Whether the date at a place is the day on which somebody said it.

    >>> of_saying("He said on Thursday that it rained", 11, 19), of_saying("It rained on Thursday", 13, 21)
    (True, False)
    """
    words = [one.casefold() for one in LETTERS.findall(text[:start])]
    while words and words[-1] in BEFORE_DATES:
        words.pop()
    if not words:
        return False
    spoken = words[-1] in SAYING or words[-2:-1] == ["told"]
    return spoken or (words[-1] in english_lexicon().speech and text.startswith(" that ", end))


NAME = re.compile(r"\b[A-ZÄÖÜ][\w’'-]+(?:\s+[A-ZÄÖÜ][\w’'-]+)*")


def names(text: str) -> frozenset[str]:
    """The capitalised words of an article."""
    return frozenset(word for found in NAME.finditer(text) for word in found.group().split())


def read(text: str, *, published: date | None = None, language: str | None = None) -> Statement:
    """A bare text as a statement."""
    found = find_dates(text, published)
    return Statement(
        text=text,
        numbers=tuple(find_numbers(text, language, [one.span for one in found])),
        dates=tuple(DateValue(iso=one.iso, start=one.start, end=one.end) for one in found),
    )


def statement(mention: ClaimMention, names: frozenset[str] = frozenset()) -> Statement:
    """What a mention states; a discontinuous content has no offsets of its own and is read again without a day of publication."""
    if mention.content.extra:
        return read(mention.text)
    at = mention.content.start
    return Statement(
        text=mention.text,
        numbers=tuple(one.model_copy(update={"start": one.start - at, "end": one.end - at}) for one in mention.numbers),
        dates=tuple(one.model_copy(update={"start": one.start - at, "end": one.end - at}) for one in mention.dates),
        certainty=mention.certainty,
        polarity=mention.polarity,
        is_told=mention.quote_type != "statement",
        names=names,
    )
