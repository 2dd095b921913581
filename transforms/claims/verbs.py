"""English cue words in a sentence: the verb group around each, and whether the word is a verb there at all."""

from __future__ import annotations

from dataclasses import dataclass

from transforms.claims.lexicon import Cue, Lexicon, wordlist
from transforms.claims.phrases import ADVERBS, AUXILIARIES, BE, DETERMINERS, NEGATIONS, PREPOSITIONS
from transforms.claims.text import Token

GOVERNORS = wordlist("governors")
PLURAL_SUBJECTS = wordlist("plural_subjects")
# what stands before a noun, not before a verb in the present
NOUN_LEADS = (DETERMINERS - wordlist("quantifiers")) | (PREPOSITIONS - {"to"})
LY_NOUNS = wordlist("ly_nouns")
MAX_HITS = 24  # cues of one sentence that are read; more is no sentence, and would cost time squared
CONJUNCTIONS = frozenset({"and", "but", "or", "then"})


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue word with its verb group, as token indexes. `cues`: its readings, best first."""

    cues: tuple[Cue, ...]
    start: int
    end: int
    passive: bool
    negated: bool
    participle: bool


def find_hits(tokens: list[Token], visible: list[bool], lexicon: Lexicon) -> list[Hit]:
    """Every cue word that is used as a verb, in order, none overlapping."""
    hits: list[Hit] = []
    for i, token in enumerate(tokens):
        if len(hits) == MAX_HITS:
            break
        if visible[i] and token.low in lexicon.cues and not (hits and i < hits[-1].end):
            hit = hit_at(tokens, visible, i, lexicon)
            if hit and not (hits and hit.start < hits[-1].end):
                hits.append(hit)
    return hits


def hit_at(tokens: list[Token], visible: list[bool], i: int, lexicon: Lexicon) -> Hit | None:
    """The verb group around token `i`, if its word is a cue there."""
    matching = [(rest, cue) for rest, cue in lexicon.cues[tokens[i].low] if follows(tokens, i + 1, rest)]
    if not matching:
        return None
    start, words = group(tokens, visible, i)
    kind = matching[0][1].kind
    governed = governor(tokens, visible, start)
    if governed is None or is_noun(tokens, start, i, kind, words):
        return None
    return Hit(
        cues=tuple(cue for _, cue in matching),
        start=governed,
        end=i + 1 + len(matching[0][0]),
        passive=bool(words & BE) and kind in {"past", "participle"},
        negated=bool(words & NEGATIONS),
        participle=kind == "ing" and not words & AUXILIARIES,
    )


def follows(tokens: list[Token], i: int, words: tuple[str, ...]) -> bool:
    """Do these words stand from token `i` on?"""
    return all(i + k < len(tokens) and tokens[i + k].low == word for k, word in enumerate(words))


def group(tokens: list[Token], visible: list[bool], i: int) -> tuple[int, set[str]]:
    """Start of the verb group that ends at token `i`, and its words left of the verb."""
    start, words = i, set()
    while start > 0 and visible[start - 1] and tokens[start - 1].text != "May" and auxiliary(tokens[start - 1].low):
        start -= 1
        words.add(tokens[start].low)
    return start, words


def auxiliary(low: str) -> bool:
    """May stand between subject and verb."""
    return low in AUXILIARIES or low in ADVERBS or low in NEGATIONS or (low.endswith("ly") and low not in LY_NOUNS)


def governor(tokens: list[Token], visible: list[bool], start: int) -> int | None:
    """For "went on to say": where the governing verb begins; None for an infinitive of purpose; else `start`."""
    if start == 0 or tokens[start - 1].low != "to":
        return start
    at = next((k for k in (start - 2, start - 3) if k >= 0 and tokens[k].low in GOVERNORS), None)
    return group(tokens, visible, at)[0] if at is not None else None


def is_noun(tokens: list[Token], start: int, at: int, kind: str, words: set[str]) -> bool:
    """A form that is a noun, an adjective or part of a name here: "the claims", "a reported plan", "United States"."""
    low = tokens[start - 1].low if start else ""
    owned = low.endswith(("'s", "s'"))
    if kind in {"past", "participle"}:
        return owned or low in DETERMINERS or low in {"of", "for", "with"}
    if kind == "ing":
        return owned or low in DETERMINERS
    return kind != "fixed" and (owned or low in NOUN_LEADS or is_present_noun(tokens, start, at, kind, words))


def is_present_noun(tokens: list[Token], start: int, at: int, kind: str, words: set[str]) -> bool:
    """The same for a present form: with a capital, or without a subject that fits."""
    if tokens[at].text[0].isupper() and at > 0 and not tokens[at - 1].mark:
        return True
    return subjectless(tokens, start, words) if kind == "base" else heads_clause(tokens, start, at)


def subjectless(tokens: list[Token], start: int, words: set[str]) -> bool:
    """A base form without an auxiliary and without a subject in the plural: "a phone call", "he call"."""
    before = tokens[start - 1] if start else None
    if words & AUXILIARIES or (before is not None and before.low == "to"):
        return False
    plural = before is not None and (before.low in PLURAL_SUBJECTS or before.low.endswith("s") or before.text in {",", ")"})
    return not plural


def heads_clause(tokens: list[Token], start: int, at: int) -> bool:
    """A noun in the plural that is a subject itself: "…, reports said"."""
    after = tokens[at + 1].low if at + 1 < len(tokens) else ""
    first = start == 0 or tokens[start - 1].text == ","
    return first and (after in AUXILIARIES or after in {"said", "say", "that"} or after.endswith("ed"))
