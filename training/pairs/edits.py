"""Pairs made from pairs that say the same: one fact of one text is changed, or one fact of both alike."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from transforms.claims.dates import dates as find_dates
from transforms.claims.numbers import numbers as find_numbers
from transforms.compare.cues import OPPOSITE
from transforms.compare.figures import Figure, compatible, figures

HEDGES = ("reportedly", "allegedly", "apparently", "possibly", "probably", "supposedly", "presumably", "perhaps", "likely", "said to have")
HEDGE = re.compile(
    r"\b(?:may|might|could|would|possibl[ey]|perhaps|maybe|reported(?:ly)?|alleged(?:ly)?|apparent(?:ly)?|suspect\w*|presum\w*|probabl[ey]"
    r"|likely|seem\w*|appear\w*|believed|thought|expect\w*|plan\w*|consider\w*|accus\w+|claim\w*|hop(?:es|ed|ing))\b",
    re.IGNORECASE,
)
NEGATED = re.compile(r"\b(?:not|no|never|none|nobody|nothing|neither|nor|cannot|without|den(?:y|ies|ied|ying)|\w+n['’]t)\b", re.IGNORECASE)
AUXILIARY = re.compile(r"\b(?:is|are|was|were|has|have|had|will|would|can|could|should|does|did|do)\b(?! not\b)(?!n['’]t)")
VERB = re.compile(r"(?<=[a-z] )(?!need|seed|speed|indeed|hundred|ahead|breed|feed)[a-z]{2,}(?:ed|ought|ent|old|aid|ook|ave)\b(?= [a-z0-9])")
CERTAIN = {
    "will": ("may", "might", "could"),
    "has": ("may have", "might have"),
    "have": ("may have", "could have"),
    "is": ("may be",),
    "are": ("could be",),
}
WORD = re.compile(r"[a-z]+")
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
SHORT = ["Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
CALENDAR = re.compile(rf"\b(?:{'|'.join(re.escape(name.rstrip('.')) for name in [*MONTHS, *SHORT, *DAYS])})\b")
YEAR = re.compile(r"\b(?:19[5-9]\d|20[0-3]\d)\b")
DAY_OF_MONTH = re.compile(
    rf"(?:(?<=\b)({'|'.join(MONTHS + [name.rstrip('.') for name in SHORT])})\.? (\d\d?)\b(?!,?\d)|\b(\d\d?) ({'|'.join(MONTHS)})\b)"
)
PROPER = re.compile(r"(?<=[a-z,“\"] )[A-Z][\w’'-]+(?: (?:of |de |bin |al-)?[A-Z][\w’'-]+)*")
CLOCK = re.compile(r"\b(\d{1,2})(?=(?::\d\d)? ?[ap]\.?m\b)")

Edit = Callable[[str, str, random.Random], str | None]


@dataclass(frozen=True)
class Names:
    """Names of other texts that may stand in for one."""

    pool: Sequence[str]

    def other(self, name: str, chance: random.Random) -> str:
        """A name of as many words as this one, else any, of which it has no word."""
        fit = [one for one in self.pool if not set(one.split()) & set(name.split())]
        alike = [one for one in fit if len(one.split()) == len(name.split())]
        return chance.choice(alike or fit)


def replaced(text: str, start: int, end: int, new: str) -> str:
    """The text with one stretch changed."""
    return text[:start] + new + text[end:]


def quantities(text: str) -> list[Figure]:
    """Quantities of a text."""
    return figures(text, find_numbers(text, "en", [one.span for one in find_dates(text, None)]))


def other_number(figure: Figure, chance: random.Random) -> str | None:
    """Another value, written as the figure is; None for words."""
    found = re.search(r"\d[\d,]*(?:\.\d+)?", figure.words)
    if not found:
        return None
    plain = found.group().replace(",", "").rstrip(".")
    decimals = len(plain.partition(".")[2])
    factor = chance.choice([0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 1.2, 1.3, 1.5, 1.7, 2.0, 2.5, 3.0])
    value = round(float(plain) * factor, decimals)
    if value == float(plain):
        value += chance.choice([1, 2, 3])
    new = f"{value:,.{decimals}f}" if "," in found.group() else f"{value:.{decimals}f}"
    return replaced(figure.words, *found.span(), new)


def number(a: str, b: str, chance: random.Random) -> str | None:
    """`b` with another value for a figure that `a` has too."""
    theirs = quantities(a)
    both = [one for one in quantities(b) if any(one.kind == other.kind and compatible(one, other) for other in theirs)]
    if not both:
        return None
    figure = chance.choice(both)
    new = other_number(figure, chance)
    return replaced(b, figure.start, figure.end, new) if new else None


def date(a: str, b: str, chance: random.Random) -> str | None:
    """`b` with another weekday, month, day of a month, year or hour that `a` has too."""
    choices = []
    for found in CALENDAR.finditer(b):
        names = next(names for names in (DAYS, MONTHS, SHORT) if any(name.rstrip(".") == found.group() for name in names))
        if found.group()[:3] in a:
            choices.append(
                (found.start(), found.end(), chance.choice([name for name in names if name[:3] != found.group()[:3]]).rstrip("."))
            )
    choices += [
        (*found.span(), str(int(found.group()) + chance.choice([-3, -2, -1, 1, 2]))) for found in YEAR.finditer(b) if found.group() in a
    ]
    for found in DAY_OF_MONTH.finditer(b):
        at = 2 if found.group(2) else 3
        if re.search(rf"\b{found.group(at)}\b", a):
            choices.append((*found.span(at), str((int(found.group(at)) + chance.choice([2, 3, 5, 7, 9, 11])) % 28 + 1)))
    choices += [(*found.span(1), str(int(found.group(1)) % 12 + 1)) for found in CLOCK.finditer(b) if found.group(1) in a]
    return replaced(b, *chance.choice(choices)) if choices else None


def actor(names: Names) -> Edit:
    """`b` with another name for one that `a` has too."""

    def edit(a: str, b: str, chance: random.Random) -> str | None:
        found = [one for one in PROPER.finditer(b) if any(word in a for word in one.group().split()) and not CALENDAR.search(one.group())]
        if not found:
            return None
        one = chance.choice(found)
        return b.replace(one.group(), names.other(one.group(), chance))

    return edit


def certainty(a: str, b: str, chance: random.Random) -> str | None:
    """`b` with a hedge at its verb, where neither has one."""
    if HEDGE.search(a) or HEDGE.search(b):
        return None
    places = [(one, True) for one in AUXILIARY.finditer(b)] + [(one, False) for one in VERB.finditer(b)]
    if not places:
        return None
    found, auxiliary = chance.choice(places)
    hedge = chance.choice(HEDGES[:-1])
    softer = CERTAIN.get(found.group())
    if softer and chance.random() < 0.5:
        return replaced(b, *found.span(), chance.choice(softer))
    at = found.end() + 1 if auxiliary else found.start()
    return replaced(b, at, at, f"{hedge} ")


def contradiction(a: str, b: str, chance: random.Random) -> str | None:
    """`b` with its verb negated or a word turned into its opposite, where neither says no."""
    choices = [(*found.span(), OPPOSITE[found.group()]) for found in WORD.finditer(b) if found.group() in OPPOSITE]
    if not (NEGATED.search(a) or NEGATED.search(b)):
        choices += [(found.end(), found.end(), chance.choice([" not", " not", " never", "n’t"])) for found in AUXILIARY.finditer(b)]
        choices = [(start, end, " not" if new == "n’t" and b[:start].endswith(("will", "can")) else new) for start, end, new in choices]
    return replaced(b, *chance.choice(choices)) if choices else None


def edits(names: Names) -> dict[str, Edit]:
    """The edits by the label they make."""
    return {"number": number, "date": date, "actor": actor(names), "certainty": certainty, "contradicts": contradiction}


def made(a: str, b: str, names: Names, chance: random.Random) -> Iterator[tuple[str, str, str]]:
    """(a, b, label) of every edit that the pair allows, the changed text on either side."""
    for label, edit in edits(names).items():
        x, y = (a, b) if chance.random() < 0.5 else (b, a)
        new = edit(x, y, chance)
        if new and new != y:
            yield (x, new, label) if chance.random() < 0.5 else (new, x, label)


def alike(a: str, b: str, chance: random.Random) -> tuple[str, str] | None:
    """Both texts with the same hedge or negation: they still say the same."""
    edit = chance.choice([certainty, contradiction])
    seed = chance.random()
    x, y = (edit(one, one, random.Random(seed)) for one in (a, b))
    return (x, y) if x and y and edit is certainty else None


def proper_names(texts: Sequence[str]) -> Names:
    """The names of many texts."""
    return Names(sorted({one.group() for text in texts for one in PROPER.finditer(text) if not CALENDAR.search(one.group())}))
