"""Figures of a statement with what they measure, and whether two can both be true: rounding, bounds and units make no difference."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from transforms.compare.words import TOKEN, term, terms
from transforms.records import Bound, NumberValue

# Units of one kind, with their size in the first of the kind, so that 68 miles and 110 km are one distance.
SIZES = {
    "km": ("m", 1000.0),
    "mi": ("m", 1609.34),
    "cm": ("m", 0.01),
    "ft": ("m", 0.3048),
    "acre": ("ha", 0.4047),
    "kg": ("t", 0.001),
    "minute": ("second", 60.0),
    "hour": ("second", 3600.0),
    "day": ("second", 86_400.0),
    "week": ("second", 604_800.0),
}
# Content words on either side of a figure that tell what it measures.
CONTEXT = 8
# A label, an age and a year in digits is no quantity that two outlets could disagree on without meaning other things.
AGE = re.compile(r"^[\s-](?:years?[\s-]old|old\b|jährige[nrs]?)|^,")
LABEL = re.compile(
    r"(?:\b(?:no|number|flight|article|route|chapter|page|aged?|age of|section|s&p|poor['’]?s|nasdaq|ftse|dax|boeing|airbus)\.?\s*|[#-])$",
    re.IGNORECASE,
)
# A day of a month and an hour are moments, not quantities.
MONTH = r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-zä]{0,6}\.?"
MOMENT_AFTER = re.compile(rf"^(?:st|nd|rd|th|\.)?\s(?:of\s)?{MONTH}(?!\w)|^\s?(?:o[’']clock|uhr\b|[ap]\.?m\b)", re.IGNORECASE)
# "At twenty to six" is a moment, a vote may be lost "by twenty to six".
CLOCK = re.compile(
    r"\bat\s[\w-]+\s(?:to|past)\s(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|midnight|noon)\b", re.IGNORECASE
)
MOMENT_BEFORE = re.compile(rf"\b{MONTH}\s$", re.IGNORECASE)
LABEL_REACH = 12  # characters before a number in which a label may stand
YEARS = range(1900, 2100)
LAST_DAY = 31
# Words that count people: "12 people", "12 dead" and "12 bodies" can be one figure.
PEOPLE_WORDS = """people persons dead deaths killed bodies victims fatalities casualties lives toll die died men women
    menschen tote toten personen opfer"""
PEOPLE = frozenset(terms(PEOPLE_WORDS))

# What happened to the people that are counted: the injured and those on board are two figures.
STATES_OF_PEOPLE = {
    "dead": "dead deaths killed murdered slain drowned perished bodies victims fatalities lives toll die died tote toten getötet opfer",
    "hurt": "injured hurt wounded injuries hospital verletzt verletzte",
    "missing": "missing found vermisst vermisste",
    "held": "arrested detained charged festgenommen",
    "moved": "evacuated displaced fled homes homeless",
    "there": "board passengers crew residents employees staff jobs",
}
STATE = {stem: state for state, line in STATES_OF_PEOPLE.items() for stem in terms(line)}
# Content words on either side of a figure that tell what happened to the people.
NEAR = 3
# Two reports of one quantity seldom lie further apart than this factor; beyond it they measure different things.
MOST_APART = 3.0


# Zeros at the end of a number round it, but by no more than this share of it; below 100 people count.
ROUNDED = 0.05
ROUND_FROM = 100


@dataclass(frozen=True)
class Figure:
    """A quantity at a place of a text.

    `stems` are the content words around it, `head` the stem of what is counted, `noun` its word as printed.
    """

    value: float
    upper: float | None
    unit: str | None
    bound: Bound
    start: int
    end: int
    words: str
    head: str | None
    noun: str | None
    stems: frozenset[str]
    states: frozenset[str]

    @property
    def surroundings(self) -> frozenset[str]:
        """The context words without the counted noun, all words for people as one."""
        return frozenset("people" if stem in PEOPLE else stem for stem in self.stems) - {self.head}

    @property
    def kind(self) -> str | None:
        """The unit that it can be compared in."""
        return SIZES.get(self.unit or "", (self.unit, 1.0))[0]

    @property
    def span(self) -> tuple[float, float]:
        """The lowest and highest value that it names, in the unit of `kind`."""
        size = SIZES.get(self.unit or "", (self.unit, 1.0))[1]
        return self.value * size, (self.value if self.upper is None else self.upper) * size

    @property
    def blur(self) -> float:
        """What rounding may have cut, in the unit of `kind`."""
        return self.step * SIZES.get(self.unit or "", (self.unit, 1.0))[1]

    @property
    def step(self) -> float:
        """Half of the last digit that was written: 114 million stands for 113.5 to 114.5 million; words and small numbers are exact."""
        return self.last_digit if "." in self.written or self.value >= ROUND_FROM else 0.0

    @property
    def converted(self) -> float:
        """What rounding may have cut if the figure was made from another unit, small numbers too, in the unit of `kind`."""
        return self.last_digit * SIZES.get(self.unit or "", (self.unit, 1.0))[1]

    @property
    def written(self) -> str:
        """The digits as a decimal number without separators of thousands; empty for words."""
        digits = re.search(r"\d[\d.,]*", self.words)
        return re.sub(r"[.,](?=\d{3}(?:\D|$))", "", digits.group().rstrip(".,")).replace(",", ".") if digits else ""

    @property
    def last_digit(self) -> float:
        """Half of the last digit that was written, at most a share of the value; 0 for words."""
        if not self.written or not self.value:
            return 0.0
        whole, _, decimals = self.written.partition(".")
        zeros = 0 if decimals else len(whole) - len(whole.rstrip("0"))
        return min(0.5 * 10.0 ** (zeros - len(decimals)) * self.value / float(self.written), ROUNDED * self.value)


def head(number: NumberValue) -> str | None:
    """The stem of what a number counts; all words for people are one."""
    what = TOKEN.findall(number.what or "")
    stem = term(what[-1]) if what else None
    return "people" if number.unit == "person" or stem in PEOPLE else stem


def noun(text: str, number: NumberValue) -> str | None:
    """The word for what a number counts, as the text has it."""
    what = TOKEN.findall(number.what or "")
    found = re.search(rf"\b{re.escape(what[-1])}\b", text, re.IGNORECASE) if what else None
    return found.group() if found else what[-1] if what else None


def measures(numbers: Sequence[NumberValue]) -> set[str]:
    """A token for each unit or counted thing: "12 dead" and "15 bodies" state the same quantity, whatever its value."""
    return {f"#{found}" for number in numbers if (found := head(number) or number.unit)}


def is_quantity(text: str, number: NumberValue) -> bool:
    """False for years, ages, labels and moments."""
    if number.unit not in {None, "year", "person"} or number.upper is not None:
        return True
    year = number.value in YEARS and "," not in text[number.start : number.end]
    before = text[max(0, number.start - LABEL_REACH) : number.start]
    after = text[number.end :]
    is_moment = MOMENT_AFTER.match(after) or (number.value <= LAST_DAY and MOMENT_BEFORE.search(before)) or by_the_clock(text, number.start)
    return not (year or is_moment or AGE.match(after) or LABEL.search(before))


def by_the_clock(text: str, start: int) -> bool:
    """Whether a number is a part of a time of day."""
    return any(one.start() < start < one.end() for one in CLOCK.finditer(text))


def states(left: Sequence[str], right: Sequence[str]) -> frozenset[str]:
    """What became of those counted, by the nearest word that tells: the dead are 12 in "put the dead at 12 and said that 31 were missing".

    `left`, `right`: stems on both sides, from the number outwards.
    """
    told = [(at, STATE[stem]) for side in (left, right) for at, stem in enumerate(side[:NEAR]) if stem in STATE]
    nearest = min((at for at, _ in told), default=0)
    return frozenset(state for at, state in told if at == nearest)


def figure(text: str, number: NumberValue) -> Figure:
    """A number with its surroundings."""
    left = terms(text[: number.start])[-CONTEXT:]
    right = terms(text[number.end :])[:CONTEXT]
    return Figure(
        value=number.value,
        upper=number.upper,
        unit=None if number.unit == "person" else number.unit,
        bound=number.bound,
        start=number.start,
        end=number.end,
        words=text[number.start : number.end],
        head=head(number),
        noun=noun(text[number.end :], number),
        stems=frozenset(stem for stem in left + right if not stem[0].isdigit()),
        states=states(left[::-1], right),
    )


def figures(text: str, values: Sequence[NumberValue]) -> list[Figure]:
    """The quantities among the numbers of a text, in order; offsets are into `text`."""
    return [figure(text, number) for number in values if is_quantity(text, number)]


# "About" covers a tenth; "at least" and "up to" are said of values up to a twentieth beyond them, else they are another count.
ABOUT, BEYOND = 0.1, 0.05


def compatible(a: Figure, b: Figure) -> bool:
    """Whether both can hold at once, given rounding and bounds.

    >>> rounded = figure("114 million", NumberValue(value=114e6, start=0, end=11))
    >>> compatible(rounded, figure("114.3 million", NumberValue(value=114.3e6, start=0, end=13)))
    True
    """
    (low, high) = sorted((a, b), key=lambda one: one.span)
    measured = a.unit is not None and ("." in a.written) != ("." in b.written)
    blurs = (a.converted, b.converted) if measured or a.unit != b.unit else (a.blur, b.blur)
    gap = high.span[0] - low.span[1] - max(blurs)
    bounded = (low.bound, high.bound) in {("at_least", "exact"), ("exact", "at_most")}
    reach = ABOUT if "about" in (low.bound, high.bound) else BEYOND if bounded else 0.0
    return gap <= reach * abs(high.span[0])


def same_head(a: Figure, b: Figure) -> bool:
    """Whether both count the same: one noun, or the one's noun beside the other."""
    return bool(a.head and b.head) and (a.head == b.head or a.head in b.stems or b.head in a.stems)


# Least share of common context for two figures that measure the same thing.
KIN = 0.5


def near(a: Figure, b: Figure) -> bool:
    """Whether the values are of one order."""
    low, high = sorted((abs(a.span[0]), abs(b.span[0])))
    return high <= MOST_APART * low


def kinship(a: Figure, b: Figure) -> float:
    """How likely both measure one thing, 0..1: share of common context; 0 where units or counted nouns exclude it."""
    if a.kind != b.kind or (a.unit is None and not same_head(a, b)) or not near(a, b):
        return 0.0
    if a.states and b.states and not a.states & b.states:
        return 0.0
    x, y = a.surroundings, b.surroundings
    if a.states & b.states and a.head == b.head == "people":
        return max(KIN, len(x & y) / max(1, min(len(x), len(y))))
    return len(x & y) / max(1, min(len(x), len(y)))


def settled(a: Sequence[Figure], b: Sequence[Figure]) -> list[tuple[Figure, Figure]]:
    """Pairs of figures in one unit that can both hold."""
    return [(one, other) for one in a for other in b if one.kind == other.kind and compatible(one, other)]


def difference(a: Sequence[Figure], b: Sequence[Figure]) -> tuple[Figure, Figure, float] | None:
    """The two figures that measure the same thing and can't both hold, with their kinship; None where there are none.

    Figures that have a compatible partner on the other side are settled and take no part.
    """
    pairs = settled(a, b)
    open_a = [one for one in a if not any(one is x for x, _ in pairs)]
    open_b = [one for one in b if not any(one is y for _, y in pairs)]
    kin = [(kinship(one, other), -one.start, -other.start, one, other) for one in open_a for other in open_b]
    best = max(kin, key=lambda pair: pair[:3], default=None)
    return (best[3], best[4], best[0]) if best and best[0] >= KIN else None
