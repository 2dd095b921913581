"""What stands right of an English cue: hearer, adjuncts, then the content and its construction."""

from __future__ import annotations

from dataclasses import dataclass

from transforms.claims.lexicon import Cue, Lexicon, read, wordlist
from transforms.claims.links import is_word
from transforms.claims.phrases import DETERMINERS, MONTHS, OBJECTS, SUBJECTS, TIMES
from transforms.claims.text import Token

WH = wordlist("wh")
CLAUSE_ADJUNCTS = wordlist("clause_adjuncts")
MEASURES = frozenset({("at", "least"), ("at", "most"), ("up", "to"), ("as", "many"), ("as", "much"), ("as", "few"), ("not", "all")})
MEASURING = frozenset({"about", "over", "between", "around", "under", "out"})
QUANTITIES = frozenset(read("values")["cardinals"]) | {"a", "half", "of"}
TIME_LEADS = frozenset({"on", "in", "late", "early", "at"})
HEARER_REACH = 14  # tokens of "told the newspaper in an interview"
INSERTION_REACH = 10  # tokens of ", in a letter to the king,"
ADJUNCT_REACH = 30  # tokens between a verb of saying and its "that"
# What a frame letter of the lexicon also allows: "that" where a clause may stand, an object where a clause was read.
ALSO = {"t": "c", "c": "n"}


@dataclass(frozen=True, slots=True)
class Complement:
    """What follows a cue: frame letter and first token of the content."""

    frame: str
    start: int


class Complements:
    """Finds contents right of cues in one sentence."""

    def __init__(self, tokens: list[Token], lexicon: Lexicon) -> None:
        self.tokens = tokens
        self.lexicon = lexicon

    def find(self, cue: Cue, i: int, limit: int, *, told: bool, negated: bool = False) -> Complement | None:
        """What follows the cue from token `i` up to `limit`, past adjuncts and, where `told`, the hearer.

        `negated`: in "did not say when", the question word begins the content.
        """
        if cue.hearer and told:
            i = self.skip_hearer(i, limit)
        i = self.skip_insertion(i, limit)
        if i < limit and self.is_adjunct(cue, i) and not (negated and self.tokens[i].low in WH):
            i = self.skip_adjunct(cue, i, limit)
        return self.frame(i, limit) if 0 <= i < limit else None

    def frame(self, i: int, limit: int) -> Complement | None:
        """Name the construction that begins at token `i`."""
        token = self.tokens[i]
        if token.text in {":", ","}:
            quoted = i + 1 < limit and self.tokens[i + 1].mark
            return Complement("q" if quoted else "c", i + 1) if quoted or (token.text == ":" and i + 1 < limit) else None
        if token.mark:
            return Complement("q", i)
        letter = {"that": "t", "to": "i"}.get(token.low, "w" if token.low in WH else "c")
        return Complement(letter, i) if is_word(token) or token.text in "$€£" else None

    def is_adjunct(self, cue: Cue, i: int) -> bool:
        """Time, place or manner between cue and content."""
        low = self.tokens[i].low
        if cue.frames in {"n", "i"} or (low == "to" and "i" in cue.frames):
            return low in TIMES
        return low in self.lexicon.adjuncts and (low not in DETERMINERS or low in TIMES) and not self.measures(i)

    def measures(self, i: int) -> bool:
        """A content that begins with a measure: "said at least 12 people …", "said about $3 million …"."""
        after = self.tokens[i + 1] if i + 1 < len(self.tokens) else None
        if after is None:
            return False
        number = after.text[0].isdigit() or after.low in QUANTITIES or after.text in "$€£"
        return (self.tokens[i].low, after.low) in MEASURES or (self.tokens[i].low in MEASURING and number)

    def skip_hearer(self, i: int, limit: int) -> int:
        """Go past the person told: "reporters", "the newspaper", "CNN’s Ann Lee", "him"."""
        if i < limit and (self.tokens[i].low in OBJECTS or self.tokens[i].low in {"her", "you", "it"}):
            return i + 1
        for k in range(i, min(limit, i + HEARER_REACH)):
            if self.ends_hearer(k, i):
                return k
        return min(limit, i + HEARER_REACH)

    def ends_hearer(self, k: int, begin: int) -> bool:
        """Does token `k` begin something behind the hearer that began at `begin`?"""
        token = self.tokens[k]
        if token.low in {"that", "to"} or token.low in WH or token.mark or token.text in ":,." or token.low in self.lexicon.adjuncts:
            return True
        own = self.tokens[begin].low in DETERMINERS
        return k > begin and (token.low in SUBJECTS or (token.low in DETERMINERS and (not own or k > begin + 1)))

    def skip_insertion(self, i: int, limit: int) -> int:
        """Go past ", however," and ", in a letter," before "that" or a quotation."""
        if i >= limit or self.tokens[i].text != ",":
            return i
        close = next((k for k in range(i + 1, min(limit - 1, i + INSERTION_REACH)) if self.tokens[k].text == ","), None)
        return close + 1 if close and (self.tokens[close + 1].low == "that" or self.tokens[close + 1].mark) else i

    def skip_adjunct(self, cue: Cue, begin: int, limit: int) -> int:
        """Index behind an adjunct, at the content; -1 where nothing follows it."""
        i = self.skip_times(begin, limit)
        to_do = i < limit and self.tokens[i].low == "to" and "i" in cue.frames
        if begin < i < limit and (to_do or self.tokens[i].low not in self.lexicon.adjuncts):
            return i
        for k in range(i, min(limit, begin + ADJUNCT_REACH)):
            if self.tokens[k].text == ",":
                return k + 1 if k + 1 < limit and (self.tokens[k + 1].mark or self.tokens[k + 1].low == "that") else -1
            if self.begins_content(k, begin):
                return k
        return -1

    def skip_times(self, i: int, limit: int) -> int:
        """Go past "Thursday", "last week", "on May 5"."""
        k = i
        while k < limit and (self.is_time(k) or (self.tokens[k].low in TIME_LEADS and k + 1 < limit and self.is_time(k + 1))):
            k += 1
        return k

    def is_time(self, k: int) -> bool:
        """A word or number of a date."""
        token = self.tokens[k]
        return token.low in TIMES or token.low in MONTHS or token.text.isdigit()

    def begins_content(self, k: int, begin: int) -> bool:
        """Does the content begin at token `k`, behind an adjunct that began at `begin`?"""
        token = self.tokens[k]
        if token.low == "that" or token.mark or token.text == ":":
            return True
        subject = token.low in SUBJECTS - {"who", "which", "you", "it"}
        return subject and k > begin + 1 and self.tokens[begin].low not in CLAUSE_ADJUNCTS


def fits(cue: Cue, found: Complement) -> bool:
    """Does the verb take such a content?"""
    return found.frame in cue.frames or ALSO.get(found.frame, "-") in cue.frames
