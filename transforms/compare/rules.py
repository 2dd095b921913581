"""Differences of two statements that can be pointed at: two values, two dates, a hedge or a "not" on one side, another name."""

from __future__ import annotations

from collections.abc import Callable

from transforms.compare.cues import ANY_HEDGE, DENIAL, HEDGE, NEGATION, SAYS_NO, SCOPE, one_sided
from transforms.compare.figures import Figure, difference
from transforms.compare.statement import NAME, Place, Statement, Verdict, mutual, overlap
from transforms.compare.words import STOP, terms
from transforms.records import Bound

# number 39 of 60, certainty 11 of 13, contradicts 3 of 14. `date` and `actor` hardly occur there: their figures are guesses.
CONFIDENCE = {"same": 0.75, "number": 0.65, "date": 0.5, "actor": 0.4, "certainty": 0.7, "contradicts": 0.2}
# A denial that the mention itself reports ("he denied that ...") should be surer than a "not" on one side; a guess, no gold has such pairs.
DENIED = 0.5
# A hedge around the content, not in it. Not calibrated: of eight such labels that were read, six were right; of 25 allegations eleven.
AROUND = 0.4

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
    """One date on each side, of one precision, and not the same; the day of saying so is none."""
    if len(a.days) != 1 or len(b.days) != 1:
        return None
    x, y = a.days[0], b.days[0]
    if x.iso == y.iso or len(x.iso) != len(y.iso) or len(x.iso) < MONTH_LENGTH or overlap(a, b) < DATED:
        return None
    return Verdict("date", (x.start, x.end), (y.start, y.end), f"{x.iso} -> {y.iso}", CONFIDENCE["date"])


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
    """One mention is hedged or alleged by words around its content, the other is flat.

    What somebody "said" and what he "accused" another of is the same to him: an allegation is less sure than the outlet's own word only.
    """
    unsure = [one.certainty == "hedged" or (one.certainty == "alleged" and not other.is_told) for one, other in ((a, b), (b, a))]
    if (
        unsure[0] == unsure[1]
        or mutual(a, b) < MUTUAL
        or {a.certainty, b.certainty} & {"planned", "conditional"}
        or any(ANY_HEDGE.search(one.text) or HEDGE.search(one.text) for one in (a, b))
    ):
        return None
    return Verdict("certainty", a.whole, b.whole, f"{a.certainty} -> {b.certainty}", AROUND)


# Least share of common words for statements that differ in who did it.
TWIN = 0.7
# Words that may stand before the name of the one who acts ("The deputy mayor, Lucian Baar"), and words after which a name is no subject.
SUBJECT_REACH = 4
NO_SUBJECT = frozenset(
    ["to", "in", "of", "from", "with", "by", "for", "at", "on", "against", "about", "and", "receive", "meet", "bei", "von", "mit", "an"]
)


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


def denied(a: Statement, b: Statement) -> Verdict | None:
    """A contradiction that lies in how one mention reports its content: "he denied that …"."""
    return contradiction(a, b) if (a.polarity == "denies") != (b.polarity == "denies") else None


def around(a: Statement, b: Statement) -> Verdict | None:
    """A difference that lies in how the mentions report their contents, which the contents alone do not show."""
    return denied(a, b) or attributed_certainty(a, b)
