"""How two statements of one claim relate: same, another number, date, actor or certainty, or a contradiction; with the words for it.

Rules point at differences; the pair model, where its weights are present and both texts are English, says whether both state one claim and
whether it differs. A difference that only the model sees is shown at the words that differ most clearly.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from transforms.compare.places import impossible, place, refusal
from transforms.compare.rules import CONFIDENCE, MONTH_LENGTH, around
from transforms.compare.statement import Statement, Verdict, english, names, overlap, read, statement
from transforms.compare.weighing import KINDS, Pairs, features, votes, weigh
from transforms.records import Label

__all__ = [
    "METHOD",
    "MONTH_LENGTH",
    "Statement",
    "Verdict",
    "agreed",
    "around",
    "by_rules",
    "linked",
    "names",
    "overlap",
    "read",
    "relate",
    "relations",
    "statement",
]

METHOD = "rules-minilm/4"

# Probability of any difference, once it is known that both state one claim, from which it is shown. The weights are set for pairs of which
# most say the same; on twelve real and twenty own events .06 to .3 found differences as well (F1 .37-.40 and .54-.58), the higher ones with
# fewer false ones.
DIFFERS = 0.2
# Where the model is surer than this that there are two claims, the match is more likely wrong than the outlets at odds.
TWO_CLAIMS = 0.8
# A contradiction is the gravest label: it needs half of what is left, and more where no word says no on one side; and that both state one
# claim has to be likelier than not. Of 24 such labels in the demo twelve stay, seven of them right; on those events nothing changes.
GRAVE, UNSIGNED, ONE_CLAIM = 0.5, 0.7, 0.5


def relations(a: Statement, b: Statement, found: Mapping[str, Verdict], of: Pairs) -> dict[str, float] | None:
    """The probability of each relation, given the differences that rules find; None where the model is absent or the language another."""
    seen = features(a, b, found, of) if english(a.text) and english(b.text) else None
    return None if seen is None else weigh(seen, of, impossible(a, b))


def relate(a: Statement, b: Statement) -> Verdict:
    """How `b` relates to `a`; the label does not depend on their order."""
    found = votes(a, b)
    chances = relations(a, b, found, "alone")
    if chances is None:
        return by_rules(a, b)
    label = max(chances, key=lambda one: (chances[one], one))
    sure = round(chances[label], 2)
    if label in {"same", "other"}:
        return around(a, b) or agreed(a, b, round(chances["same"], 2), round(chances["other"], 2))
    return pointed(label, found, a, b, sure, round(chances["other"], 2))


def linked(a: Statement, b: Statement) -> Verdict:
    """How `b` relates to `a` if it is known that both state one claim: a difference need not be likelier than another claim."""
    found = votes(a, b)
    chances = relations(a, b, found, "linked")
    if chances is None:
        return by_rules(a, b)
    differs = sum(chances[kind] for kind in KINDS)
    one_claim = chances["same"] + differs
    label = max(KINDS, key=lambda kind: (chances[kind], kind))
    sure = chances[label] / (one_claim or 1)
    is_bold = label == "contradicts" and (chances["other"] > ONE_CLAIM or sure < (GRAVE if refusal(a, b) else UNSIGNED))
    if differs < DIFFERS * one_claim or is_bold or not one_claim or chances["other"] > TWO_CLAIMS:
        return agreed(a, b, round(chances["same"] / (one_claim or 1), 2))
    return pointed(label, found, a, b, round(sure, 2))


def pointed(label: str, found: Mapping[str, Verdict], a: Statement, b: Statement, confidence: float, apart: float = 0.0) -> Verdict:
    """A label with the places that a rule points at, else with those that show such a difference best."""
    x, y, reason = (found[label].a, found[label].b, found[label].reason) if label in found else place(label, a, b)
    return Verdict(cast("Label", label), x, y, reason, confidence, apart)


def by_rules(a: Statement, b: Statement) -> Verdict:
    """The first difference that a rule finds, else `same`."""
    return next(iter(votes(a, b).values()), agreed(a, b, round(CONFIDENCE["same"] * (0.7 + 0.3 * overlap(a, b)), 2)))


def agreed(a: Statement, b: Statement, confidence: float, apart: float = 0.0) -> Verdict:
    """No difference."""
    return Verdict("same", a.whole, b.whole, "", confidence, apart)
