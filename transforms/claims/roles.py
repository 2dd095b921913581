"""What a source without a name says of its bearer: head noun, modifiers, and how well they fit a known role."""

from __future__ import annotations

from transforms.claims.actors import words
from transforms.claims.lexicon import wordlist
from transforms.claims.model import Speaker
from transforms.claims.phrases import CLOSED, PREPOSITIONS
from transforms.claims.text import Token

ARTICLES = frozenset({"the", "der", "die", "das", "den", "dem", "des"})
GENITIVES = frozenset({"der", "des", "vom"})
ISSUED = ("ed", "seen", "written")  # ends of participles behind a document
RELATIVES = frozenset({"who", "which", "that"})
INDEFINITE = wordlist("indefinite")
SILENT = wordlist("silent_pronouns")  # pronouns that name nobody when they can't be resolved
CROWDS = ("ers", "ors", "ists", "ians", "men")  # plurals of people: "Forecasters said"
STEM = 5  # letters in which "Korea" and "Korean" agree
MISFIT = -2.0  # a role of another country
UNNAMED_CONFIDENCE = 0.6
NOBODY = Speaker(None, None, 0.0)


def head_of(inside: list[Token]) -> str | None:
    """The head noun: last word before a preposition, comma or relative clause."""
    head = None
    for token in inside:
        genitive = head is not None and token.low in GENITIVES
        issued = head in words().documents and token.low.endswith(ISSUED)  # "a report published on Thursday"
        if not token.text[0].isalnum() or genitive or issued or token.low in PREPOSITIONS or token.low in RELATIVES:
            break
        head = token.low
    return head


def described(inside: list[Token]) -> list[Token]:
    """The source without its relative clause: the bodies named there are others."""
    at = next((k for k, t in enumerate(inside) if k and t.low in RELATIVES), len(inside))
    return inside[:at]


def role_fit(role: frozenset[str], modifiers: frozenset[str]) -> float:
    """Words that a description shares with a known role, less what it adds; another country never fits."""
    shared = sum(any(m[:STEM] == r[:STEM] for r in role) for m in modifiers)
    places = words().places
    if modifiers & places and role & places and not shared:
        return MISFIT
    return shared - (len(modifiers) - shared) * 0.4 - len(role - modifiers) * 0.05


def speaks_for(inside: list[Token]) -> bool:
    """A spokesman and the like: his body speaks."""
    return any(t.low in words().spokespeople for t in inside)


def represented(inside: list[Token]) -> list[Token]:
    """The body in "a police spokeswoman", "a spokesman for the finance ministry": its noun and what stands before it."""
    at = next((k for k, t in enumerate(inside) if t.low in words().body_nouns), -1)
    start = at
    while start > 0 and inside[start - 1].text[0].isalnum() and not closed(inside[start - 1].low):
        start -= 1
    return inside[start : at + 1] if at >= 0 else []


def closed(low: str) -> bool:
    """Names no body."""
    return low in CLOSED or low in words().spokespeople


def is_silent(inside: list[Token]) -> bool:
    """Nothing, or a lone pronoun that names nobody."""
    return not inside or (len(inside) == 1 and inside[0].low in SILENT)


class Nameless:
    """Sources that name nobody: as printed, with their kind; a body told in full once is known by its head noun later."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.bodies: dict[str, str] = {}

    def speaker(self, inside: list[Token]) -> Speaker:
        """The speaker of such a source."""
        if is_silent(inside):
            return NOBODY
        table, head = words(), head_of(inside) or ""
        begin = inside[1] if inside[0].low in ARTICLES and len(inside) > 1 else inside[0]
        printed = self.text[begin.start : inside[-1].end]
        if head in table.documents:
            return Speaker(printed, "document", UNNAMED_CONFIDENCE)
        spoken_for = represented(inside) if speaks_for(inside) else None
        if spoken_for:
            return self.body(spoken_for[-1].low, self.text[spoken_for[0].start : spoken_for[-1].end])
        if self.is_body(inside, head):
            return self.body(head, printed)
        return Speaker(printed, "unnamed", UNNAMED_CONFIDENCE)

    def body(self, head: str, printed: str) -> Speaker:
        """A body by its head noun: as it was told in full first."""
        known = self.bodies.setdefault(head, printed)
        return Speaker(known if printed == head else printed, "organisation", UNNAMED_CONFIDENCE)

    def is_body(self, inside: list[Token], head: str) -> bool:
        """As in "the ministry", or a single capitalised word that is no group of people."""
        if head in words().body_nouns:
            return inside[0].low not in INDEFINITE
        alone = len(inside) == 1 and inside[0].text[0].isupper() and inside[0].low not in CLOSED
        return alone and head not in words().unnamed and (head in words().bodies or not head.endswith(CROWDS))
