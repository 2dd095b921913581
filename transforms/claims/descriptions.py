"""What stands beside a name: its description, the words that report speech, the dateline before a text."""

from __future__ import annotations

import re

from transforms.claims.actors import words
from transforms.claims.lexicon import english, wordlist
from transforms.claims.phrases import AUXILIARIES, BREAKERS, CLOSED
from transforms.claims.text import Token

GERMAN_CLOSED = wordlist("german_closed")
POSSESSIVE = re.compile(r"['’]s?$")
JOINERS = frozenset({"and", "or"})
DASHES = frozenset({"—", "–", "-", "--"})
# Tokens of the longest dateline: a place of three words, a day, an agency of three words in brackets.
LONGEST_DATELINE = 14
# Letters of the shortest place that capitals alone tell; fewer are initials.
SHORTEST_PLACE = 3


def telling(tokens: list[Token]) -> frozenset[str]:
    """The words of a description that are no function words, countries by one name."""
    aliases = words().aliases
    lows = [unpossessed(t.low) for t in tokens if t.low not in CLOSED and t.low not in GERMAN_CLOSED and t.low not in JOINERS]
    return frozenset([aliases.get(low, low) for low in lows])


def unpossessed(low: str) -> str:
    """Without the ending of a possessor: most words have no apostrophe to look at."""
    return POSSESSIVE.sub("", low) if "'" in low else low


def possesses(low: str) -> bool:
    """Has the ending of a possessor."""
    return "'" in low and POSSESSIVE.search(low) is not None


def reports(token: Token) -> bool:
    """A finite verb that reports speech: said, told, denied."""
    return any(cue.kind == "past" for rest, cue in english().cues.get(token.low, ()) if not rest)


def describes(token: Token) -> bool:
    """A word that may stand in a description: no punctuation, conjunction, finite verb or other person."""
    person = token.text[0].isupper() and token.low in words().given
    return token.text[0].isalnum() and not reports(token) and not person and token.low not in BREAKERS and token.low not in AUXILIARIES


def dateline_end(tokens: list[Token]) -> int:
    """Number of the first token behind a dateline, 0 without one: `KARSK (Meridian Wire) - A dam broke`.

    A place in capitals, or any words that end in brackets, before a dash; place and wire service are nobody in the text.
    """
    at = next((number for number, token in enumerate(tokens[:LONGEST_DATELINE]) if token.text in DASHES), 0)
    if not at:
        return 0
    place = tokens[0].text
    return at + 1 if (place.isupper() and len(place) >= SHORTEST_PLACE) or tokens[at - 1].text == ")" else 0
