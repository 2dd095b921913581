"""Words that deny, negate or hedge, and whether what they govern stands in both statements."""

from __future__ import annotations

import re

from transforms.compare.statement import Place, Statement
from transforms.compare.words import terms

# A flat "not"; "not only", "no comment" and the like negate nothing that another outlet could state.
NEGATION = re.compile(
    r"\b(?:not(?! only| just| least| yet| long\b)|no(?! longer| comment| doubt| details| one\b)|never|nobody|neither|nor|cannot|\w+n['’]t"
    r"|nicht(?! nur)|kein\w*|nie|niemals)\b",
    re.IGNORECASE,
)
# A denial of "it" or "this" is of something that the sentence does not hold.
DENIAL = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)(?! (?:it|this|them|both|everything)\b)(?! that[.,;])"
    r"|dismiss(?:ed|es)? (?:as |claims|reports|talk|rumou?rs)|refut(?:ed|es?)"
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
    r"\b(?:could(?! not\b| only\b)|would|expected|believ\w+|think\w*|thought|suspect\w*|seem\w*|accus\w+|alleg\w+|claim\w*|charged"
    r"|könnte\w*|soll\w*)\b",
    re.IGNORECASE,
)
# Words of which one says what the other denies; where each side has one of two, they are at odds or speak of two moments.
OPPOSITES = """
    rose/fell gained/lost increased/decreased increase/decrease up/down higher/lower more/less won/lost accepted/rejected
    approved/rejected confirmed/denied above/below before/after backed/opposed support/oppose supported/opposed agreed/refused
    raised/cut raise/cut opened/closed guilty/innocent legal/illegal safe/dangerous best/worst highest/lowest early/late
    success/failure improved/worsened grew/shrank stronger/weaker began/ended start/end passed/failed alive/dead growth/decline
    reduce/increase reduces/increases reduced/increased lowers/raises effective/ineffective likely/unlikely able/unable
    allowed/banned open/closed faster/slower fewer/more positive/negative benefit/harm prevents/causes lower/higher"""
OPPOSITE = {x: y for pair in OPPOSITES.split() for x, y in (pair.split("/"), pair.split("/")[::-1])}
WORD = re.compile(r"[^\W\d_]+")
MONTH_OF_MAY = re.compile(r"May\b(?= \d|[,.]| and| \w+ \d)|(?<=[Ii]n )May\b|(?<=of )May\b|(?<=\d )May\b")
# Content words after a cue that it governs.
SCOPE = 3
CLAUSE_END = re.compile(r"[.;:!?\n]|, (?:but|and|while)\b")


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


def opposed(a: Statement, b: Statement) -> tuple[Place, Place] | None:
    """The first word that only one side has and whose opposite only the other has, and that.

    >>> opposed(Statement("Shares went up."), Statement("Shares went down."))
    ((12, 14), (12, 16))
    """
    left, right = ({one.group().casefold(): one.span() for one in reversed(list(WORD.finditer(side.text)))} for side in (a, b))
    here, there = left.keys() - right.keys(), right.keys() - left.keys()
    return min(((left[word], right[OPPOSITE[word]]) for word in OPPOSITE.keys() & here if OPPOSITE[word] in there), default=None)


def is_negated(statement: Statement) -> bool:
    """Whether an odd number of words says "not": two of them say yes.

    >>> is_negated(Statement("He did not say no."))
    False
    """
    return len(NEGATION.findall(statement.text)) % 2 == 1
