"""How something is said: polarity of the attribution, certainty and negation of its content."""

from __future__ import annotations

import re

from transforms.claims.links import Link
from transforms.records import Certainty, Polarity

HEDGES = re.compile(
    # "could not" and "could only" tell what somebody was able to
    r"\b(?:(?-i:may)|might|could(?! not\b| only\b)|possibl[ey]|likely|perhaps|apparently|probably|appears?|seems?"
    r"|potentially|könnten?|wohl|möglicherweise|vermutlich|wahrscheinlich|offenbar)\b",
    re.IGNORECASE,
)
ALLEGED = re.compile(
    r"\b(?:alleged(?:ly)?|reportedly|suspected|accused|purported(?:ly)?|mutmaßlich\w{0,2}|angeblich\w{0,2})\b", re.IGNORECASE
)
CONDITIONS = re.compile(r"\b(?:if|unless|provided|as long as|falls|sofern)\b", re.IGNORECASE)
PLANS = re.compile(
    r"\b(?:(?:plans?|planned|intends?|intended|aims?) to|(?:is|are) (?:set|due|scheduled|to be)"
    r"|(?:plant|planen) (?:eine?n?|die|der|das|den|zu|für))\b",
    re.IGNORECASE,
)
NEGATION = re.compile(
    r"\b(?:not(?! only)|never|no(?! (?:fewer|less|more|later) than)|none|nobody|nothing(?! but)|neither|cannot"
    r"|nicht(?! nur)|kein\w{0,2}|nie|niemals|niemand|nichts)\b|n['’]t\b",
    re.IGNORECASE,
)
DEMANDS = re.compile(r"\b(?:should(?! (?:not )?have)|must(?! have)|ought to|müssten?|sollten?)\b", re.IGNORECASE)
# "did not say" tells nothing, "did not deny" comes near to saying it
NEGATED: dict[Polarity, Polarity] = {"asserts": "other", "denies": "asserts"}
OPENING, CLOSING = '“„«"', "”\"»’' "
NEGATION_REACH = 90  # characters of the main clause in which a negation counts


def polarity(link: Link, words: str) -> Polarity:
    """Polarity of the cue, turned by a negation, a question mark or "asked to"."""
    plain = link.cue.polarity
    if link.negated:
        return NEGATED.get(plain, "denies") if link.cue.name != "think" else "denies"
    if plain == "questions" and words.startswith("to "):
        return "demands"
    return asserted(link, words) if plain == "asserts" else plain


def asserted(link: Link, words: str) -> Polarity:
    """What a neutral verb of saying does to these words."""
    if asks(link, words):
        return "questions"
    if link.cue.name in {"say", "state", "tell"} and words.startswith("to "):
        return "demands"
    return "demands" if DEMANDS.search(words[:NEGATION_REACH]) else "asserts"


def asks(link: Link, words: str) -> bool:
    """A quotation, or a turn of a conversation, that ends with a question mark."""
    return words.rstrip(CLOSING).endswith("?") and (words[0] in OPENING or not link.cue.lemma)


def certainty(link: Link, words: str, verb: str = "") -> Certainty:
    """Certainty of the cue, else of the words of the content. `verb`: the cue as printed, with its adverbs."""
    if ALLEGED.search(verb) and link.cue.name != "accuse":
        return "alleged"
    return link.cue.certainty if link.cue.certainty != "certain" else hedging(words)


def hedging(words: str) -> Certainty:
    """How sure a content presents itself."""
    if ALLEGED.search(words):
        return "alleged"
    if CONDITIONS.search(words):
        return "conditional"
    if HEDGES.search(words):
        return "hedged"
    return "planned" if PLANS.search(words) else "certain"


def is_negated(words: str) -> bool:
    """A negation in the main clause of the content."""
    return bool(NEGATION.search(words[:NEGATION_REACH].split(",", maxsplit=1)[0]))
