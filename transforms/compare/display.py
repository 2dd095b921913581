"""The words by which a claim is shown: those of a clause, without what stands around them for the reporter's sake."""

from __future__ import annotations

import re

from transforms.claims.text import Range
from transforms.compare.clauses import dateline_end
from transforms.compare.placed import GAP, contents, is_told
from transforms.compare.words import terms
from transforms.records import ClaimMention

MARK = re.compile(r"[“”„«»\"]")
QUOTATION_MARKS = {"“": "”", "„": "“”", "«": "»", "»": "«", '"': '"', "‘": "’"}


def unquoted(text: str) -> str:
    """A text without the one pair of quotation marks around it, and the comma that ends the quotation; as it is where there is none."""
    close = QUOTATION_MARKS.get(text[:1], "")
    inner = text[1:-1].strip()
    if not inner or text[-1] not in close or set(inner) & {text[0], *close}:
        return text
    return inner.rstrip(",") or text


# How a speaker who does not simply assert is told, so that nobody is shown as saying what he denied.
STANCE = {"denies": "denied: ", "expects": "expected: ", "promises": "promised: ", "questions": "asked: ", "demands": "demanded: "}


def display(mention: ClaimMention) -> str:
    """The words of a mention to be shown, with the speaker's stance before them where he does not assert."""
    return (STANCE.get(mention.polarity, "") if mention.source else "") + words(mention)


# A content with a smaller share of its clause's words does not tell what others state as well: "he was relieved".
TELLING = 1 / 3
# A content that begins so tells nothing without the verb before it: "accuse him of having taken money".
OBJECT = re.compile(r"(?:him|her|them|us|me|it) (?:of|for|to)\b", re.IGNORECASE)
# What joins a clause to the one before, and changes nothing of what it states; "if" and "unless" do.
JOINING = re.compile(r"(?:and|but|or|yet|that|where|while|although|though)\s+", re.IGNORECASE)


def telling(mention: ClaimMention, place: Range) -> str:
    """The words of a claim: those of a clause of its sentence that the mention tells; all of the clause, where they are few of it."""
    clause = mention.sentence[slice(*place)]
    whole, told, least = bare(clause, first=not place[0]), contents(mention), TELLING * len(terms(clause))
    if OBJECT.match(mention.text):
        return whole
    if all(place[0] <= a and b <= place[1] for a, b in told) and len(terms(mention.text)) >= least:
        return display(mention)
    inside = common(place, told[0]) if len(told) == 1 else place
    kept = mention.sentence[slice(*inside)]
    if not kept or len(terms(kept)) < least:
        return whole  # with the verb that tells the stance
    return (STANCE.get(mention.polarity, "") if is_told(mention, inside) else "") + bare(kept, first=not inside[0])


def common(a: Range, b: Range) -> Range:
    """What two places share; empty where they share nothing."""
    return max(a[0], b[0]), max(a[0], b[0], min(a[1], b[1]))


def bare(clause: str, *, first: bool) -> str:
    """A clause as a sentence: no dateline, no conjunction before any but the `first` one, no marks around it or left alone."""
    text = clause.strip()
    joining = None if first else JOINING.match(text)
    return paired(unquoted(text[joining.end() if joining else dateline_end(text) :]))


def paired(text: str) -> str:
    """Without a mark at either end whose other one stands in another clause.

    >>> paired("“It was over"), paired("it was over,”"), paired("“Yes” and “no”")
    ('It was over', 'it was over,', '“Yes” and “no”')
    """
    marks = [one.start() for one in MARK.finditer(text)]
    if len(marks) % 2 == 0 or len(text) == 1:
        return text
    return text[1:] if marks[0] == 0 else text[:-1] if marks[-1] == len(text) - 1 else text


def words(mention: ClaimMention) -> str:
    """The words of a mention as a sentence: no "that", no dateline, no quotation marks around the whole or every piece."""
    text = mention.text.strip()
    if mention.content.start == 0:
        text = text[dateline_end(text) :]
    pieces = text.removeprefix("that ").strip().split(GAP)
    bare = [unquoted(piece) for piece in pieces]
    return GAP.join(bare if all(a != b for a, b in zip(bare, pieces, strict=True)) else pieces)
