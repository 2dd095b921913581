"""A claim against other texts: which state it, whether two sentences say the same, what a text makes of it. Lexical, nothing learned."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Literal

from transforms.compare.relation import DENIAL, NEGATION, Statement, governed
from transforms.compare.words import terms

Evidence = Literal["supports", "denies", "neutral"]
Stance = Literal["supports", "denies", "reports", "unrelated"]

# BM25 (Robertson and Zaragoza 2009): saturation of repeated words and weight of the text's length, at the recommended values.
K1, B = 1.2, 0.75
MOST_RANKED = 50
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


def rank(documents: Mapping[str, str], queries: Mapping[str, str]) -> dict[str, list[str]]:
    """For each query the documents by BM25, best first; on equal scores the smaller id first."""
    postings: dict[str, list[tuple[str, int]]] = defaultdict(list)
    lengths = {}
    for name, text in documents.items():
        counts = Counter(terms(text))
        lengths[name] = sum(counts.values())
        for word, count in counts.items():
            postings[word].append((name, count))
    mean = sum(lengths.values()) / max(1, len(lengths)) or 1.0
    saturation = {name: K1 * (1 - B + B * length / mean) for name, length in lengths.items()}
    return {name: best(Counter(terms(text)), postings, saturation) for name, text in queries.items()}


def best(query: Mapping[str, int], postings: Mapping[str, Sequence[tuple[str, int]]], saturation: Mapping[str, float]) -> list[str]:
    """The documents with the highest BM25 score for the words of one query."""
    scores: dict[str, float] = defaultdict(float)
    for word in query:
        found = postings.get(word, ())
        idf = math.log(1 + (len(saturation) - len(found) + 0.5) / (len(found) + 0.5))
        for name, count in found:
            scores[name] += idf * count * (K1 + 1) / (count + saturation[name])
    return sorted(scores, key=lambda name: (-round(scores[name], 9), name))[:MOST_RANKED]


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
