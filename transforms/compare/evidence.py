"""A claim against other texts: whether two sentences say the same, what a text makes of it."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Literal, cast

from transforms.compare.cues import DENIAL, NEGATION, governed
from transforms.compare.pairs import COLUMNS, EVIDENCE, HEADS, STANCES, pair_model
from transforms.compare.statement import Statement, english
from transforms.compare.weighing import choose
from transforms.compare.words import terms
from transforms.encode import encoder

Evidence = Literal["supports", "denies", "neutral"]
Stance = Literal["supports", "denies", "reports", "unrelated"]

# Least Dice coefficient of content words for two sentences to state the same, of natural pairs of two outlets.
SAME = 0.45
# What the model's doubt that both are on one thing weighs against common words and likeness in meaning, which count one each; the negative
# logarithm of its probability counts no further than this; and the least score for two sentences to state the same. Chosen like SAME.
APART, SUREST, SAME_MEANT = 0.3, 6.0, 0.6
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
    return dice(Counter(terms(a)), Counter(terms(b)))


def dice(x: Counter[str], y: Counter[str]) -> float:
    """Dice coefficient of two bags of words, 0..1."""
    return 2 * (x & y).total() / max(1, x.total() + y.total())


def sameness(a: str, b: str) -> tuple[float, bool]:
    """How likely two sentences state the same, 0..1, and whether they do: common words, likeness in meaning, and no sign of two things."""
    words, model, vectors = likeness(a, b), pair_model(), encoder()
    if model is None or vectors is None or not english(a) or not english(b):
        return words, words >= SAME
    meaning = float(vectors.vector(a) @ vectors.vector(b))
    chances = dict(zip(COLUMNS, model.scores([(a, b)])[0].tolist(), strict=True))
    apart = min(SUREST, -math.log(chances["other"] + 1e-9)) / SUREST
    score = max(0.0, (words + meaning + APART * apart) / (2 + APART))
    return score, score >= SAME_MEANT


def cover(claim: str, text: str) -> float:
    """Share of the claim's content words that the text holds."""
    wanted = set(terms(claim))
    return len(wanted & set(terms(text))) / max(1, len(wanted))


# A sentence that takes a side tells more about a claim than its shared words alone.
TELLING = 0.15
# Words of an article that are read beside its headline: with a claim they fill what the pair model reads.
MOST_WORDS = 50
# Sentences of an article in which a claim is looked for: what comes later is background.
MOST_SENTENCES = 40


def gist(claim: str, title: str, text: str) -> str:
    """The headline, and the sentences that tell most about a claim, in their order."""
    parts = [part for part in re.split(r"(?<=[.!?])\s+|\n+", text) if part.strip()][:MOST_SENTENCES]
    wanted = set(terms(claim))
    shares = [len(wanted & set(terms(part))) / max(1, len(wanted)) for part in parts]
    scores = [
        share + TELLING * bool(share and (REFUTING.search(part) or REPORTING.search(part)))
        for share, part in zip(shares, parts, strict=True)
    ]
    chosen: list[int] = []
    room = MOST_WORDS - len(title.split())
    for at in sorted(range(len(parts)), key=lambda at: (-round(scores[at], 9), at)):
        if not chosen or len(parts[at].split()) <= room:
            chosen.append(at)
            room -= len(parts[at].split())
    return " ".join(filter(None, [title, *(parts[at] for at in sorted(chosen))]))


def verify(claim: str, text: str) -> Evidence:
    """What a short text makes of a claim, by the pair model; by shared and negated words where it is absent or the language is another."""
    model = pair_model()
    if model is None or not english(claim) or not english(text):
        return verify_by_words(claim, text)
    return cast("Evidence", choose("evidence", EVIDENCE, model.ordered(claim, gist(claim, "", text))[HEADS[1]].tolist()))


def verify_by_words(claim: str, text: str) -> Evidence:
    """Neutral unless the text holds most of the claim's words; denies where only one of both negates shared words."""
    if cover(claim, text) < ABOUT:
        return "neutral"
    a, b = Statement(claim), Statement(text)
    refuted = governed(DENIAL, b, a) or (governed(REFUTING, b, a) and not REFUTING.search(claim))
    negated = bool(governed(NEGATION, a, b)) != bool(governed(NEGATION, b, a))
    return "denies" if negated or refuted else "supports"


def stance(claim: str, title: str, text: str) -> Stance:
    """An article's stance, by the pair model on its headline and most telling sentences; by cue words where it is absent."""
    model = pair_model()
    if model is None or not english(f"{claim} {title} {text}"):
        return stance_by_words(claim, title, text)
    if text and cover(claim, f"{title}\n{text}") < RELATED:  # a headline alone may say it in quite other words
        return "unrelated"
    return cast("Stance", choose("stance", STANCES, model.ordered(claim, gist(claim, title, text))[HEADS[2]].tolist()))


def stance_by_words(claim: str, title: str, text: str) -> Stance:
    """The stance that the headline and the sentences tell that hold most of the claim."""
    if cover(claim, f"{title}\n{text}") < RELATED:
        return "unrelated"
    sentences = [part for part in re.split(r"(?<=[.!?])\s+|\n+", text) if cover(claim, part) >= RELATED]
    near = " ".join([title, *sentences[:3]])
    if REFUTING.search(near) and not REFUTING.search(claim):
        return "denies"
    return "reports" if REPORTING.search(near) or (text and not sentences) else "supports"
