"""The outlet's own factual sentences: those that no attribution covers."""

from __future__ import annotations

from bisect import bisect_right

from transforms.claims.lexicon import wordlist
from transforms.claims.links import is_word, span_of
from transforms.claims.names import Cast
from transforms.claims.phrases import AUXILIARIES, PREPOSITIONS
from transforms.claims.text import Range, Sentence

PAST_FORMS = wordlist("past_forms")
GERMAN_FINITE = wordlist("german_finite")
# What a clause begins with: "that it rained", "to resign", "why it failed".
OPENERS = wordlist("wh") | {"that", "to", "if", "whether"}
OPENING_MARKS, EDGES = tuple('"“‘«'), ',.;:!?"“”‘’'
INFINITE = frozenset({"be", "been", "being", "having"})  # auxiliaries that make no clause by themselves
MIN_WORDS = 6  # shorter sentences are headings, captions or exclamations
RICH_WORDS = 12  # a sentence this long states something even without a number or a name
CONFIDENCE = 0.7  # share of such sentences that state a fact, by reading a sample of public news


def statements(sentences: list[Sentence], cast: Cast, taken: list[Range], facts: list[Range]) -> list[tuple[int, Range]]:
    """(sentence number, range) of every statement. `taken`: ranges of attributions; `facts`: ranges of numbers and dates; both in order."""
    return [
        (number, span_of(sentence.tokens, 0, len(sentence.tokens)))
        for number, sentence in enumerate(sentences)
        if states(sentence) and not touches(taken, sentence) and informs(sentence, number, cast, facts)
    ]


def states(sentence: Sentence) -> bool:
    """A finite sentence outside quotation marks, no question."""
    tokens = sentence.tokens
    words = [t for t in tokens if is_word(t)]
    if len(words) < MIN_WORDS or any(t.mark or t.quoted for t in (tokens[0], tokens[-1])) or tokens[-1].text in "?:":
        return False
    return sum(t.quoted for t in words) * 2 < len(words) and any(finite(t.low) for t in words if not t.quoted)


def finite(low: str) -> bool:
    """Looks like a finite verb."""
    return low in AUXILIARIES or low in PAST_FORMS or low in GERMAN_FINITE or (low.endswith(("ed", "te", "ten")) and len(low) > 4)


def clause(told: str) -> bool:
    """Words that state something: a quotation, a clause behind "that" or "to", a finite verb, a name with a verb behind it."""
    first, second = (*told.split(maxsplit=2), "", "")[:2]
    if first.lower() in OPENERS or told.startswith(OPENING_MARKS):
        return True
    named = first.istitle() and first.isalpha() and first.lower() not in PREPOSITIONS
    words = (word.strip(EDGES).lower() for word in told.split())
    return (named and second.islower() and second not in PREPOSITIONS) or any(finite(word) for word in words if word not in INFINITE)


def touches(ranges: list[Range], sentence: Sentence) -> bool:
    """Does one of the ordered, disjoint ranges overlap the sentence?"""
    i = bisect_right(ranges, sentence.start, key=lambda r: r[1])
    return i < len(ranges) and ranges[i][0] < sentence.end


def informs(sentence: Sentence, number: int, cast: Cast, facts: list[Range]) -> bool:
    """Names somebody, counts or dates something, or is long enough to state something anyhow."""
    return bool(cast.mentions[number]) or touches(facts, sentence) or sum(map(is_word, sentence.tokens)) >= RICH_WORDS


def merged(ranges: list[Range]) -> list[Range]:
    """Ranges in order, overlapping ones joined."""
    found: list[Range] = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
