"""Where two statements differ, given the kind of the difference: the stretch of each text, and the reason in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher

from transforms.compare.cues import ANY_HEDGE, DENIAL, HEDGE, IMPLICIT, MONTH_OF_MAY, NEGATION, opposed
from transforms.compare.figures import Figure, kinship, near, settled
from transforms.compare.statement import Place, Statement, of_saying
from transforms.compare.words import STOP, fold, term

Found = tuple[Place, Place, str]

MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|March|Mar\.|April|Apr\.|May|June|July|Aug(?:ust|\.)?|Sept?(?:ember|\.)?"
    r"|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
# Dates and times of day as written, the kinds that can be compared with their like; "May" alone is too often a verb or a name.
WRITTEN = {
    "day": re.compile(rf"\b{MONTH} \d{{1,2}}(?:st|nd|rd|th)?\b(?!,\d)|\b\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{MONTH}(?!\w)"),
    "weekday": re.compile(rf"\b{WEEKDAY}\b"),
    "year": re.compile(r"(?<![\d.,$€£])(?:19[5-9]|20[0-6])\d(?:s\b|\b)(?!,\d| ?(?:percent|per cent|people|points))"),
    "month": re.compile(rf"(?<![\w’'])(?!May\b){MONTH}(?!\w)(?! \d{{1,2}}\b)|(?<=[Ii]n )May\b"),
    "hour": re.compile(r"\b\d{1,2}(?:[:.]\d\d)? ?[ap]\.?m\b\.?", re.IGNORECASE),
    "edge": re.compile(r"\b(?:early|mid|late|beginning|middle|end)\b(?=[ -](?:of |in )?(?:the |next |this )?(?:week|month|year|[A-Z]))"),
}
NAME = re.compile(r"(?<![\w.])[A-ZÄÖÜ][\w’'-]+(?:[ -](?:of |de |al-)?[A-ZÄÖÜ][\w’'-]*)*")
TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:[-'’][^\W\d_]+)*")
# Least of `akin` for two figures to be shown as one quantity: a common unit or none on both sides, and one order of size or common words.
COMPARABLE = 0.5
# Plans, demands and reports: less than a hedge, but less than a flat statement too.
PLANNED = re.compile(
    r"\b(?:plan(?:s|ned|ning)?|scheduled|set to|due to|intend\w*|aim\w*|hop(?:es|ed|ing)|consider\w*|propos\w*|fac(?:es|ed|ing)|to be"
    r"|want\w*|ready to|seek\w*|weigh\w*|mull\w*|threat\w*|vow\w*|promis\w*|rumou?r\w*|unconfirmed|reports?|according to|sources?"
    r"|estimat\w*|if|ask(?:s|ed)|urg(?:es|ed)|call(?:s|ed) for|can|should|will|forecast\w*|predict\w*|potential\w*|possib\w*|unclear"
    r"|whether|almost certain\w*)\b|\?",
    re.IGNORECASE,
)
# Characters of a stretch that is shown as the difference.
LONGEST = 120


def told(a: Statement, x: Place, b: Statement, y: Place) -> Found:
    """Both places with their words as the reason."""
    return x, y, f"{a.text[slice(*x)]} -> {b.text[slice(*y)]}"


def number(a: Statement, b: Statement) -> Found | None:
    """The two open figures that are most likely of one thing."""
    pairs = settled(a.figures, b.figures)
    left = [one for one in a.figures if not any(one is x for x, _ in pairs)]
    right = [one for one in b.figures if not any(one is y for _, y in pairs)]
    ranked = [(akin(x, y), -x.start, -y.start, x, y) for x in left for y in right]
    best = max(ranked, key=lambda one: one[:3], default=None)
    if not best or best[0] < COMPARABLE:
        return None
    return told(a, (best[3].start, best[3].end), b, (best[4].start, best[4].end))


def akin(x: Figure, y: Figure) -> float:
    """How much speaks for one quantity: common surroundings, then a common unit; 0 for other orders of size, and the dead are no missing.

    Of 161 such pairs that judged events hold none is of another order of size.
    """
    if not near(x, y) or (x.states and y.states and not x.states & y.states):
        return 0.0
    alike = 0.3 * (x.kind == y.kind) + 0.1 + 0.1 * bool(x.states & y.states)
    return kinship(x, y) + alike + 0.05 * len(x.surroundings & y.surroundings)


def day(a: Statement, b: Statement) -> Found | None:
    """Two dates of one kind that the other side lacks: first as resolved, then as written."""
    left = [one for one in a.days if all(one.iso != other.iso for other in b.dates)]
    right = [one for one in b.days if all(one.iso != other.iso for other in a.dates)]
    for x in left:
        for y in right:
            if len(x.iso) == len(y.iso):
                return (x.start, x.end), (y.start, y.end), f"{x.iso} -> {y.iso}"
    for pattern in WRITTEN.values():
        if found := unlike(pattern, a, b):
            return found
    return None


def canonical(words: str) -> tuple[str, ...]:
    """The numbers and months of a date, in any order and spelling.

    >>> canonical("Oct. 3rd") == canonical("3 October")
    True
    """
    parts = [re.sub(r"(?<=\d)(?:st|nd|rd|th)$", "", part) for part in re.findall(r"\w+", words.casefold()) if part != "of"]
    return tuple(sorted(part if part[0].isdigit() else part[:3] for part in parts))


def unlike(pattern: re.Pattern[str], a: Statement, b: Statement) -> Found | None:
    """The first match on each side that the other side lacks."""
    left, right = ({canonical(one.group()): one.span() for one in reversed(list(pattern.finditer(side.text)))} for side in (a, b))
    x = min((place for key, place in left.items() if key not in right and not of_saying(a.text, *place)), default=None)
    y = min((place for key, place in right.items() if key not in left and not of_saying(b.text, *place)), default=None)
    return told(a, x, b, y) if x and y else None


def certainty(a: Statement, b: Statement) -> Found | None:
    """The hedge that one side has and the other not, a plain one before a softer one, that before a plan."""
    for pattern in (HEDGE, ANY_HEDGE, PLANNED):
        if found := one_side(pattern, a, b):
            return found
    return None


def refusal(a: Statement, b: Statement) -> Found | None:
    """The word that says no on one side."""
    return next((found for pattern in (NEGATION, DENIAL, IMPLICIT) if (found := one_side(pattern, a, b))), None)


def contradiction(a: Statement, b: Statement) -> Found | None:
    """The word that says no on one side, else two opposites, else the one phrase that each has instead of the other's."""
    if found := refusal(a, b):
        return found
    opposites = opposed(a, b)
    return told(a, opposites[0], b, opposites[1]) if opposites else differing(a, b)


def one_side(pattern: re.Pattern[str], a: Statement, b: Statement) -> Found | None:
    """The first cue whose word the other side lacks, where that side has fewer cues; and the other side's words around it."""
    left, right = (list(pattern.finditer(MONTH_OF_MAY.sub("###", side.text))) for side in (a, b))
    if len(left) == len(right):
        return None
    swapped = len(right) > len(left)
    more, fewer = (right, left) if swapped else (left, right)
    have = {fold(one.group()) for one in fewer}
    cue = next((one for one in more if fold(one.group()) not in have), more[0])
    side, other = (b, a) if swapped else (a, b)
    there = counterpart(side, cue.span(), other)
    reason = f"only one side says “{cue.group()}”"
    return (there, cue.span(), reason) if swapped else (cue.span(), there, reason)


def counterpart(side: Statement, place: Place, other: Statement) -> Place:
    """The other text's word for the first content word after a cue that both have, else the last before it; else the whole text."""
    behind = list(TOKEN.finditer(side.text, place[1]))
    before = list(TOKEN.finditer(side.text, 0, place[0]))
    for found in [*behind, *reversed(before)]:
        stem = term(found.group())
        if stem and stem in other.stems:
            twin = next((one for one in TOKEN.finditer(other.text) if term(one.group()) == stem), None)
            if twin:
                return twin.span()
    return other.whole


def actor(a: Statement, b: Statement) -> Found | None:
    """A name on each side that the other lacks, the first of each; where only one has such a name, what stands instead of it."""
    x, y = (next(iter(strange(side, other)), None) for side, other in ((a, b), (b, a)))
    return told(a, x, b, y) if x and y else None


def strange(side: Statement, other: Statement) -> Iterator[Place]:
    """Names of which the other text has no word."""
    known = {fold(one) for one in TOKEN.findall(other.text)}
    for found in NAME.finditer(side.text):
        words = [one for one in TOKEN.finditer(side.text, *found.span()) if fold(one.group()) not in STOP]
        first = found.start() == 0 and len(words) == 1
        if words and not any(fold(one.group()) in known for one in words) and not first and not WRITTEN["weekday"].search(found.group()):
            yield words[0].start(), found.end()


def keys(side: Statement) -> tuple[list[str], list[Place]]:
    """What each word is compared by, and where it stands."""
    found = list(TOKEN.finditer(side.text))
    return [term(one.group()) or fold(one.group()) for one in found], [one.span() for one in found]


def differing(a: Statement, b: Statement) -> Found:
    """The aligned stretch with the fewest words that still differs on both sides; the whole texts where there is none."""
    (left, at), (right, there) = keys(a), keys(b)
    changes = [
        (at[i][0], at[j - 1][1], there[k][0], there[m - 1][1])
        for kind, i, j, k, m in SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
        if kind == "replace" and any(content(left[i:j])) and any(content(right[k:m]))
    ]
    best = min(changes, key=lambda one: (one[1] - one[0] + one[3] - one[2], one), default=None)
    if best is None or best[1] - best[0] > LONGEST or best[3] - best[2] > LONGEST:
        return a.whole, b.whole, "the statements differ"
    return told(a, best[:2], b, best[2:])


def content(words: Sequence[str]) -> Iterator[bool]:
    """Which words are no grammar words."""
    return (word not in STOP for word in words)


PLACES: dict[str, Callable[[Statement, Statement], Found | None]] = {
    "number": number,
    "date": day,
    "certainty": certainty,
    "contradicts": contradiction,
    "actor": actor,
}


# Differences that rules can always point at: without a place there is no such difference, whatever the model sees.
POINTED = ("number", "date", "certainty")


def impossible(a: Statement, b: Statement) -> frozenset[str]:
    """The kinds of difference for which the texts hold no place."""
    return frozenset(label for label in POINTED if PLACES[label](a, b) is None)


def place(label: str, a: Statement, b: Statement) -> Found:
    """Where a difference of a kind lies; where no such place is found, the stretch that differs most clearly."""
    return PLACES[label](a, b) or differing(a, b)
