"""A claim against other texts: whether two sentences say the same, what a text makes of it. Lexical, nothing learned."""

from __future__ import annotations

import re
from collections import Counter
from typing import Literal

from transforms.compare.relation import DENIAL, NEGATION, Statement, governed
from transforms.compare.words import terms

Evidence = Literal["supports", "denies", "neutral"]
Stance = Literal["supports", "denies", "reports", "unrelated"]

# Least Dice coefficient of content words for two sentences to state the same, of natural pairs of two outlets.
SAME = 0.45
# Least share of a claim's content words that a text holds: below it the text is on something else.
ABOUT, RELATED = 0.6, 0.4
REFUTING = re.compile(
    r"\b(?:fake|hoax\w*|false|untrue|debunk\w*|fabricat\w*|myth|no evidence|denie[sd]|deny|not true|satir\w*"
    r"|rumou?r(?:s|ed)? (?:is|are|was|were) (?:not|false))\b",
    re.IGNORECASE,
)
REPORTING = re.compile(
    r"\b(?:report(?:s|ed|edly)?|claim(?:s|ed)?|alleged(?:ly)?|rumou?r(?:s|ed)?|unconfirmed|apparent(?:ly)?|according to|purported(?:ly)?"
    r"|may|might|could|said to)\b",
    re.IGNORECASE,
)


def likeness(a: str, b: str) -> float:
    """Dice coefficient of the content words of two sentences, 0..1."""
    x, y = Counter(terms(a)), Counter(terms(b))
    return 2 * (x & y).total() / max(1, x.total() + y.total())


def cover(claim: str, text: str) -> float:
    """Share of the claim's content words that the text holds."""
    wanted = set(terms(claim))
    return len(wanted & set(terms(text))) / max(1, len(wanted))


def verify(claim: str, text: str) -> Evidence:
    """What a short text makes of a claim: neutral unless it holds most of its words; denies where only one of both negates shared words."""
    if cover(claim, text) < ABOUT:
        return "neutral"
    a, b = Statement(claim), Statement(text)
    refuted = governed(DENIAL, b, a) or (governed(REFUTING, b, a) and not REFUTING.search(claim))
    negated = bool(governed(NEGATION, a, b)) != bool(governed(NEGATION, b, a))
    return "denies" if negated or refuted else "supports"


def stance(claim: str, title: str, text: str) -> Stance:
    """An article's stance: told by its headline and the sentences that hold most of the claim."""
    whole = f"{title}\n{text}"
    if cover(claim, whole) < RELATED:
        return "unrelated"
    sentences = [part for part in re.split(r"(?<=[.!?])\s+|\n+", text) if cover(claim, part) >= RELATED]
    near = " ".join([title, *sentences[:3]])
    if REFUTING.search(near) and not REFUTING.search(claim):
        return "denies"
    return "reports" if REPORTING.search(near) or (text and not sentences) else "supports"
