"""How two statements of one claim relate: same, another number, date, actor or certainty, or a contradiction; with the words for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from transforms.claims.dates import dates as find_dates
from transforms.claims.numbers import numbers as find_numbers
from transforms.compare.figures import Figure, difference, figures
from transforms.compare.words import STOP, terms
from transforms.records import Bound, Certainty, ClaimMention, DateValue, Label, NumberValue, Polarity

METHOD = "rules/1"

Place = tuple[int, int]


@dataclass(frozen=True)
class Statement:
    """A statement to be compared; places are offsets into `text`, `names` are the capitalised words of the whole article."""

    text: str
    numbers: tuple[NumberValue, ...] = ()
    dates: tuple[DateValue, ...] = ()
    certainty: Certainty = "certain"
    polarity: Polarity = "asserts"
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

    @property
    def whole(self) -> Place:
        """The place of the whole text."""
        return (0, len(self.text))


@dataclass(frozen=True)
class Verdict:
    """A label with the two places that made it, the difference in words, and how often such a label was right."""

    label: Label
    a: Place
    b: Place
    reason: str
    confidence: float


# How often a label was right among 756 natural pairs of two outlets' sentences, the ones that the rules were tuned on: same 511 of 668,
# number 39 of 60, certainty 11 of 13, contradicts 3 of 14. `date` and `actor` hardly occur there: their figures are guesses.
CONFIDENCE = {"same": 0.75, "number": 0.65, "date": 0.5, "actor": 0.4, "certainty": 0.7, "contradicts": 0.2}
# A denial that the mention itself reports ("he denied that ...") should be surer than a "not" on one side; a guess, no gold has such pairs.
DENIED = 0.5
# A hedge around the content, not in it. Not calibrated: of eight such labels that were read, three or four were right.
AROUND = 0.4

# A flat "not"; "not only", "no comment" and the like negate nothing that another outlet could state.
NEGATION = re.compile(
    r"\b(?:not(?! only| just| least| yet| long\b)|no(?! longer| comment| doubt| details| one\b)|never|nobody|neither|nor|cannot|\w+n['’]t"
    r"|nicht(?! nur)|kein\w*|nie|niemals)\b",
    re.IGNORECASE,
)
DENIAL = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|dismiss(?:ed|es)? (?:as |claims|reports|talk|rumou?rs)|refut(?:ed|es?)"
    r"|rejected (?:claims|reports|accusations)|bestr(?:eitet|itt)\w*|dementiert\w*)\b",
    re.IGNORECASE,
)
# Words that say no without a "not": where they stand, a "not" on the other side is no contradiction.
IMPLICIT = re.compile(
    r"\b(?:without|none|nothing|un\w{4,}|in\w{3,}able|fail\w*|refus\w*|declin\w*|lack\w*|rul(?:ed|es?) out|unless|except\w*|only|hardly"
    r"|barely|little|few|instead|avoid\w*|stop\w*|prevent\w*|ohne)\b",
    re.IGNORECASE,
)
# Any word that says no: "denied paying" and "had not paid" are one statement.
SAYS_NO = re.compile("|".join(one.pattern for one in (NEGATION, DENIAL, IMPLICIT)), re.IGNORECASE)
HEDGE = re.compile(
    r"\b(?:may|might|possibl[ey]|perhaps|maybe|reportedly|allegedly|alleged|apparent(?:ly)?|suspected|presumabl[ey]|presumed|probabl[ey]"
    r"|likely|seem(?:s|ed)? to|appear(?:s|ed)? to|believed to|thought to|understood to|said to|accused of"
    r"|womöglich|möglicherweise|offenbar|angeblich|mutmaßlich\w*|vielleicht)\b",
    re.IGNORECASE,
)
# Softer words and plans, that keep a hedge on the other side from being a difference.
ANY_HEDGE = re.compile(
    r"\b(?:could|would|expected|believ\w+|think\w*|thought|suspect\w*|seem\w*|accus\w+|alleg\w+|claim\w*|charged|könnte\w*|soll\w*)\b",
    re.IGNORECASE,
)
MONTH_OF_MAY = re.compile(r"May\b(?= \d|[,.]| and| \w+ \d)|(?<=[Ii]n )May\b|(?<=of )May\b|(?<=\d )May\b")
# Content words after a cue that it governs.
SCOPE = 3
CLAUSE_END = re.compile(r"[.;:!?\n]|, (?:but|and|while)\b")
# Least share of common content words for a difference in polarity or certainty to be about one thing.
CLOSE = 0.5
# A date difference needs less: each side has one date only, of one precision.
DATED = 0.33
# Characters of an ISO month: a bare year is mostly "this year", said for comparison.
MONTH_LENGTH = 7
# Least number of common content words for a contradiction, since short statements share one word easily, and least share of all words.
LEAST_SHARED = 2
MUTUAL = 0.2
# The same for a bare "not" on one side: below it, six of seven on own stories negated something else ("never in a bank").
NEGATED_MUTUAL = 0.5


def overlap(a: Statement, b: Statement) -> float:
    """Share of the shorter statement's content words that stand in the other."""
    return len(a.stems & b.stems) / max(1, min(len(a.stems), len(b.stems)))


def mutual(a: Statement, b: Statement) -> float:
    """Share of both statements' content words that stand in both."""
    return len(a.stems & b.stems) / max(1, len(a.stems | b.stems))


def number(a: Statement, b: Statement) -> Verdict | None:
    """Two figures that measure the same thing and can't both hold."""
    if not (found := difference(a.figures, b.figures)):
        return None
    x, y, kin = found
    noun = y.noun if y.unit is None and y.noun and y.noun.casefold() not in f"{x.words} {y.words}".casefold().split() else None
    reason = " ".join(filter(None, [bounded(x), "->", bounded(y), noun]))
    return Verdict("number", (x.start, x.end), (y.start, y.end), reason, round(CONFIDENCE["number"] * (0.7 + 0.3 * kin), 2))


# How a bound that stands before a figure is told in a reason; a range shows itself.
BOUND_WORDS: dict[Bound, str] = {"at_least": "at least ", "at_most": "at most ", "about": "about "}


def bounded(figure: Figure) -> str:
    """The words of a figure with its bound before them."""
    return f"{BOUND_WORDS.get(figure.bound, '')}{figure.words}"


def day(a: Statement, b: Statement) -> Verdict | None:
    """One date on each side, of one precision, and not the same."""
    if len(a.dates) != 1 or len(b.dates) != 1:
        return None
    x, y = a.dates[0], b.dates[0]
    if x.iso == y.iso or len(x.iso) != len(y.iso) or len(x.iso) < MONTH_LENGTH or overlap(a, b) < DATED:
        return None
    return Verdict("date", (x.start, x.end), (y.start, y.end), f"{x.iso} -> {y.iso}", CONFIDENCE["date"])


def governed(pattern: re.Pattern[str], a: Statement, b: Statement) -> Place | None:
    """The first cue in `a` whose following words `b` has as well: the cue is about something that both state."""
    for found in pattern.finditer(MONTH_OF_MAY.sub("###", a.text)):
        rest = CLAUSE_END.split(a.text[found.end() :], maxsplit=1)[0]
        scope = [stem for stem in terms(rest) if not stem[0].isdigit()][:SCOPE]
        if scope and scope[0] in b.stems and sum(stem in b.stems for stem in scope) * 2 >= len(scope):
            return found.span()
    return None


def one_sided(pattern: re.Pattern[str], other: re.Pattern[str], a: Statement, b: Statement) -> tuple[Place, Place] | None:
    """The places where only one side has a cue about shared words, and nothing on the other side does the same work."""
    at, there = governed(pattern, a, b), governed(pattern, b, a)
    if at and not pattern.search(b.text) and not other.search(b.text):
        return at, b.whole
    if there and not pattern.search(a.text) and not other.search(a.text):
        return a.whole, there
    return None


def contradiction(a: Statement, b: Statement) -> Verdict | None:
    """One side negates or denies what the other states; who denies a negation states it."""
    denied = (a.polarity == "denies") != (b.polarity == "denies")
    if overlap(a, b) < CLOSE or len(a.stems & b.stems) < LEAST_SHARED or mutual(a, b) < MUTUAL:
        return None
    if denied:
        denier, other = (a, b) if a.polarity == "denies" else (b, a)
        if NEGATION.search(other.text) or one_sided(DENIAL, SAYS_NO, a, b) or not concerns(denier, other):
            return None
        return Verdict("contradicts", a.whole, b.whole, "only one side denies it", DENIED)
    negated = one_sided(NEGATION, SAYS_NO, a, b) or one_sided(DENIAL, SAYS_NO, a, b)
    if not negated or mutual(a, b) < NEGATED_MUTUAL:
        return None
    return Verdict("contradicts", *negated, "only one side negates it", CONFIDENCE["contradicts"])


def concerns(denier: Statement, other: Statement) -> bool:
    """Whether the other states what is denied: most of the first content words of the denial, not of an aside that follows."""
    head = [stem for stem in terms(denier.text) if not stem[0].isdigit()][:SCOPE]
    return sum(stem in other.stems for stem in head) * 2 > len(head)


def certainty(a: Statement, b: Statement) -> Verdict | None:
    """One side flat, the other hedged or alleged."""
    if overlap(a, b) < CLOSE:
        return None
    if not (found := one_sided(HEDGE, ANY_HEDGE, a, b)):
        return attributed_certainty(a, b)
    words = [one.text[slice(*place)] for one, place in zip((a, b), found, strict=True) if place != one.whole]
    return Verdict("certainty", *found, f"only one side says “{words[0]}”", CONFIDENCE["certainty"])


def attributed_certainty(a: Statement, b: Statement) -> Verdict | None:
    """One mention is hedged or alleged by words around its content, the other is flat."""
    unsure = [one.certainty in {"hedged", "alleged"} for one in (a, b)]
    if (
        unsure[0] == unsure[1]
        or mutual(a, b) < MUTUAL
        or {a.certainty, b.certainty} & {"planned", "conditional"}
        or any(ANY_HEDGE.search(one.text) or HEDGE.search(one.text) for one in (a, b))
    ):
        return None
    return Verdict("certainty", a.whole, b.whole, f"{a.certainty} -> {b.certainty}", AROUND)


NAME = re.compile(r"\b[A-ZÄÖÜ][\w’'-]+(?:\s+[A-ZÄÖÜ][\w’'-]+)*")
# Least share of common words for statements that differ in who did it.
TWIN = 0.7
# Words that may stand before the name of the one who acts ("The deputy mayor, Lucian Baar"), and words after which a name is no subject.
SUBJECT_REACH = 4
NO_SUBJECT = frozenset(
    ["to", "in", "of", "from", "with", "by", "for", "at", "on", "against", "about", "and", "receive", "meet", "bei", "von", "mit", "an"]
)


def names(text: str) -> frozenset[str]:
    """The capitalised words of an article."""
    return frozenset(word for found in NAME.finditer(text) for word in found.group().split())


def subject(text: str) -> Place | None:
    """The first name of a statement, if it stands near the start and no preposition or article of a title goes before it."""
    for found in NAME.finditer(text):
        words = found.group().split()
        lead = next((at for at, word in enumerate(words) if word.casefold() not in STOP), len(words))
        before = [*text[: found.start()].split(), *words[:lead]]
        if len(before) > SUBJECT_REACH or (before and before[-1].casefold() in NO_SUBJECT):
            return None
        if lead < len(words):
            return found.end() - len(found.group().split(maxsplit=lead)[-1]), found.end()
    return None


def actor(a: Statement, b: Statement) -> Verdict | None:
    """Otherwise the same words, but different names at the start, of which one article knows both: so they are not two names of one."""
    at, there = subject(a.text), subject(b.text)
    if not at or not there:
        return None
    x, y = a.text[slice(*at)], b.text[slice(*there)]
    rest_a, rest_b = a.stems - set(terms(x)), b.stems - set(terms(y))
    if len(rest_a & rest_b) < TWIN * max(1, min(len(rest_a), len(rest_b))):
        return None
    apart = not set(terms(x)) & set(terms(b.text)) and not set(terms(y)) & set(terms(a.text))
    known = x.split()[-1] in b.names or y.split()[-1] in a.names
    return Verdict("actor", at, there, f"{x} -> {y}", CONFIDENCE["actor"]) if apart and known else None


CHECKS: tuple[Callable[[Statement, Statement], Verdict | None], ...] = (number, contradiction, day, certainty, actor)


def relate(a: Statement, b: Statement) -> Verdict:
    """The first difference found, in the order of CHECKS, else `same`."""
    for check in CHECKS:
        if verdict := check(a, b):
            return verdict
    return Verdict("same", a.whole, b.whole, "", round(CONFIDENCE["same"] * (0.7 + 0.3 * overlap(a, b)), 2))


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
        names=names,
    )
