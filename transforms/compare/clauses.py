"""The clauses of a sentence: a sentence of the news states several things, and another outlet may share one of them.

Cut where English begins a clause: behind a semicolon or a dash, before a relative pronoun, before a conjunction with a verb behind it,
before a participle behind a comma. A piece that says too little by itself stays with the one before, and who says it with what is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise, takewhile

from transforms.claims.finder import segment
from transforms.claims.lexicon import wordlist
from transforms.claims.links import is_word
from transforms.claims.phrases import PREPOSITIONS
from transforms.claims.statements import INFINITE, finite
from transforms.claims.text import Range, Token
from transforms.compare.statement import english

RELATIVES = frozenset({"which", "who", "whose", "where", "whom"})
# These begin a relative clause without a comma as well; the others may ask or be part of a name.
BARE_RELATIVES = frozenset({"which", "who"})
SUBORDINATORS = wordlist("clause_openers")
COORDINATORS = frozenset({"and", "but", "or", "yet"})
# Behind a comma these begin a remark of its own: who says so, what comes with it.
SOURCES = frozenset({"according", "citing"})
REMARKS = SOURCES | {"including", "with"}
BREAKS, PAUSES = frozenset(";—–"), frozenset(",;—–-:")
# Letters from which on a word with such an ending is a participle rather than "king" or "red".
PARTICIPLE = 5
# Words behind a conjunction in which a verb makes a clause of what follows.
REACH = 7
# Words of four letters or more, or numbers, without which a piece says too little to be looked for by itself.
LEAST = 3
# Place and agency before the first sentence: "KARSK (Meridian) – ", "TOLMAR, March 2 (dpa) - ", "KARSK — ". Without an agency in brackets
# the place must be in capitals, and what follows the dash must begin like a sentence, so that an aside between dashes is kept.
DATELINE = re.compile(
    r"(?:[A-ZÄÖÜ][\w.,/'’ -]{1,40}\((?:[A-ZÄÖÜ][^()\d\n]{0,40}|[a-zäöü]{2,8})\)"
    r"|[A-ZÄÖÜ]{3}[A-ZÄÖÜ.'’ -]{0,30}(?:, [\w. ]{1,20})?)\s*[–—-]+\s+(?=[A-ZÄÖÜ0-9“„«\"])"
)
# Sentences whose clauses are remembered: those of some busy stories, 2 MB.
CACHED = 8192


@lru_cache(maxsize=CACHED)
def clauses(sentence: str) -> tuple[Range, ...]:
    """The places of the clauses of an English sentence, in order, without a dateline; other languages are not cut.

    >>> text = "The dam above Karsk broke on Sunday, killing nine people in the valley, and the mayor said that he would resign."
    >>> [text[a:b] for a, b in clauses(text)]
    ['The dam above Karsk broke on Sunday', 'killing nine people in the valley', 'and the mayor said that he would resign.']
    """
    if not english(sentence):
        return ((0, len(sentence)),)
    begin = dateline_end(sentence)
    tokens = [token for one in segment(sentence, "en").sentences for token in one.tokens if token.start >= begin]
    starts = [at for at in range(1, len(tokens)) if opens(tokens, at)]
    pieces = joined(tokens, [0, *starts, len(tokens)]) if tokens else []
    return tuple(trimmed(tokens, a, b) for a, b in pieces) or ((0, len(sentence)),)


def dateline_end(sentence: str) -> int:
    """Where a sentence begins behind its dateline; 0 where it has none."""
    found = DATELINE.match(sentence)
    return found.end() if found else 0


def opens(tokens: Sequence[Token], at: int) -> bool:
    """Whether a clause begins at a token."""
    low, before = tokens[at].low, tokens[at - 1]
    paused = before.text in PAUSES or before.mark
    return (
        before.text in BREAKS
        or (low in BARE_RELATIVES and before.low not in PREPOSITIONS)  # "the report to which she contributed"
        or (low in COORDINATORS and coordinates(tokens, at, paused))
        or (low in SUBORDINATORS and has_verb(ahead(tokens, at)))
        or (paused and remarks(tokens, at))
    )


def ahead(tokens: Sequence[Token], at: int) -> Iterator[Token]:
    """The words behind a token, up to the next pause or conjunction."""
    return takewhile(lambda one: one.text not in PAUSES and one.low not in COORDINATORS, tokens[at + 1 : at + 1 + REACH])


def coordinates(tokens: Sequence[Token], at: int, paused: bool) -> bool:
    """Whether a conjunction joins clauses, not things: a verb follows at once, or behind a pause a little later; "but" always does."""
    return tokens[at].low == "but" or has_verb(tokens[at + 1 : at + 2]) or (paused and has_verb(ahead(tokens, at)))


def remarks(tokens: Sequence[Token], at: int) -> bool:
    """Whether the token behind a pause begins a relative clause, a remark or a participle, or is "as" with a verb behind it."""
    low = tokens[at].low
    return low in RELATIVES or low in REMARKS or participle(low) or (low == "as" and has_verb(ahead(tokens, at)))


def has_verb(tokens: Iterable[Token]) -> bool:
    """Whether one of them looks like a finite verb."""
    return any(finite(one.low) and one.low not in INFINITE for one in tokens)


def joined(tokens: Sequence[Token], bounds: Sequence[int]) -> list[tuple[int, int]]:
    """Pieces between the bounds, each with those behind it until both say enough."""
    found: list[tuple[int, int]] = []
    for start, end in pairwise(bounds):
        piece, before = tokens[start:end], tokens[slice(*found[-1])] if found else []
        if before and (says_little(piece) or says_little(before) or is_subject(before, piece)):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def says_little(tokens: Sequence[Token]) -> bool:
    """Only names a source, or has too few telling words."""
    return tokens[0].low in SOURCES or sum(is_word(one) and (len(one.text) > LEAST or one.text[0].isdigit()) for one in tokens) < LEAST


def is_subject(tokens: Sequence[Token], rest: Sequence[Token]) -> bool:
    """Whether a piece only names what the one behind it tells of: by a relative clause, or by its verb where an apposition stands between.

    >>> text = "The operator, Orva Water, denied that it had ignored the warning of the engineers."
    >>> [text[a:b] for a, b in clauses(text)] == [text]
    True
    """
    return (rest[0].low in RELATIVES or finite(rest[0].low)) and not has_verb(tokens)


def participle(low: str) -> bool:
    """Looks like a participle."""
    return len(low) >= PARTICIPLE and low.endswith(("ing", "ed"))


def trimmed(tokens: Sequence[Token], start: int, end: int) -> Range:
    """A piece as offsets, without the commas and dashes around it."""
    while end - 1 > start and tokens[end - 1].text in PAUSES:
        end -= 1
    while start < end - 1 and tokens[start].text in PAUSES:
        start += 1
    return tokens[start].start, tokens[end - 1].end
