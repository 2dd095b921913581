"""English cues in one sentence -> links: where the source and the content of each cue lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from transforms.claims.complements import ADJUNCT_REACH, Complement, Complements, fits
from transforms.claims.lexicon import Cue, english, wordlist
from transforms.claims.links import Link, Place, is_word, link_of, sentence_end, span_of
from transforms.claims.phrases import (
    AUXILIARIES,
    BREAKERS,
    DETERMINERS,
    PREPOSITIONS,
    SUBJECTS,
    is_name,
    left_phrase,
    right_phrase,
)
from transforms.claims.text import Token
from transforms.claims.verbs import CONJUNCTIONS, Hit, find_hits, follows

Stretch = tuple[int, int]

RATHER_NOUNS = wordlist("rather_nouns")  # forms that are verbs of saying only with "that", "to" or a quotation
SUBJECT_ENDINGS = tuple(wordlist("subject_endings"))
MAX_ACCORDING = 4  # "according to" in one sentence
NAME_REACH = 5  # tokens behind "said" among which a subject has its name
ACCORDING = Cue("say", "according to", "fixed", "c", 0.95, "asserts", "certain", inverts=False, posts=True, hearer=False)
HEARSAY = Cue("allege", "reportedly", "fixed", "c", 0.7, "asserts", "alleged", inverts=False, posts=False, hearer=False)


@dataclass(frozen=True, slots=True)
class Source:
    """The source of a cue as token indexes.

    `after`: where the search for a content right of the cue begins; `until`: where the clause of a relative pronoun ends.
    """

    span: Stretch | None
    after: int
    inherited: bool = False
    inverted: bool = False
    until: int | None = None


class Reader:
    """Finds the links of one sentence; `visible` hides tokens inside quotations from the search for cues and sources."""

    def __init__(self, tokens: list[Token], visible: list[bool]) -> None:
        self.tokens = tokens
        self.visible = visible
        self.lexicon = english()
        self.right = Complements(tokens, self.lexicon)
        self.end = sentence_end(tokens)
        self.links: list[Link] = []
        self.sources: list[Stretch] = []
        self.taken_left = 0
        self.floor = 0  # a source does not reach back over an earlier cue
        self.hits: list[Hit] = []

    def read(self) -> list[Link]:
        """Links in the order of their cues, those of "according to" last."""
        self.hits = find_hits(self.tokens, self.visible, self.lexicon)
        for number, hit in enumerate(self.hits):
            limit = self.right_limit(number)
            if hit.passive or hit.cues[0].name == "seem":
                self.take_passive(hit, limit)
            else:
                self.take(hit, limit)
        named = (i for i, t in enumerate(self.tokens) if t.low == "according" and self.visible[i] and follows(self.tokens, i + 1, ("to",)))
        for i in islice(named, MAX_ACCORDING):
            self.take_according(i)
        if not self.links:
            self.take_unsourced()
        return self.links

    def take(self, hit: Hit, limit: int) -> None:
        """Append the link of an active cue, if it has a content."""
        source = self.source(hit)
        if source.span is None and hit.start == 0 and not hit.participle:
            return  # "Asked whether …, she said": he who asks is not told
        limit = min(limit, source.until or limit)
        strict = self.tokens[hit.end - 1].low in RATHER_NOUNS
        for cue in hit.cues:
            found = self.right.find(cue, source.after, limit, told=not source.inverted, negated=hit.negated)
            if self.take_left(hit, cue, source, found, limit):
                return
            if found and not source.inverted and fits(cue, found) and (found.frame in "tqwi" or not strict):
                self.keep(hit, cue, source, [(found.start, limit)])
                return

    # --- sources ---

    def source(self, hit: Hit) -> Source:
        """Who is the subject of a cue."""
        before = self.tokens[hit.start - 1] if hit.start else None
        if hit.participle or (before and before.low in CONJUNCTIONS):
            return Source(self.earlier(hit), hit.end, inherited=True)
        left = left_phrase(self.tokens, self.visible, hit.start, self.floor)
        right = self.inverted(hit, left)
        if right:
            return Source(right, right[1], inverted=True)
        return Source(self.with_antecedent(left), hit.end, until=self.relative_end(hit, left))

    def relative_end(self, hit: Hit, left: Stretch | None) -> int | None:
        """For "Lee, who said it was closed, left": the comma that ends the clause."""
        if (
            left is None
            or left[1] - left[0] != 1
            or self.tokens[left[0]].low not in {"who", "which"}
            or self.tokens[left[0] - 1].text != ","
        ):
            return None
        return next((k for k in range(hit.end, self.end) if self.tokens[k].text == "," and self.visible[k]), None)

    def inverted(self, hit: Hit, left: Stretch | None) -> Stretch | None:
        """The subject right of its verb: `"…," said Smith`."""
        if not any(cue.inverts for cue in hit.cues) or not self.may_invert(hit, left):
            return None
        found = right_phrase(self.tokens, self.visible, hit.end, self.lexicon.adjuncts)
        if found is None or not self.is_subject(found):
            return None
        after = self.tokens[found[1]] if found[1] < len(self.tokens) else None
        return None if after and (after.low in AUXILIARIES or after.low in SUBJECTS - {"who", "which"}) else found

    def may_invert(self, hit: Hit, left: Stretch | None) -> bool:
        """Behind a mark or comma, unless the comma closes an apposition at the start: "Lee, the minister, said pensions …"."""
        before = self.tokens[hit.start - 1] if hit.start else None
        if before is None or before.mark:
            return True
        leading = left is not None and not any(is_word(t) for t in self.tokens[: left[0]])
        return before.text in {",", "—", "–", "?", "!"} and not leading

    def is_subject(self, found: Stretch) -> bool:
        """Can these words be a subject behind its verb?"""
        first = self.tokens[found[0]]
        if first.low in DETERMINERS or first.low in SUBJECTS or is_name(first) or first.low.endswith(SUBJECT_ENDINGS):
            return True
        return any(is_name(t) for t in self.tokens[found[0] : min(found[1], found[0] + NAME_REACH)])

    def with_antecedent(self, left: Stretch | None) -> Stretch | None:
        """For "officials who saw it": the whole phrase; for "Lee, who": the name that "who" stands for."""
        if left is None or self.tokens[left[0]].low not in {"who", "which"}:
            return left
        end = left[0] - 1 if left[0] and self.tokens[left[0] - 1].text == "," else left[0]
        found = left_phrase(self.tokens, self.visible, end) if end > 0 else None
        if found is None:
            return left
        return (found[0], left[1]) if left[1] - left[0] > 1 else found

    def earlier(self, hit: Hit) -> Stretch | None:
        """The source that a participle or a second verb shares: that of the cue before, else the sentence's first noun phrase."""
        return self.sources[-1] if self.sources else self.first_phrase(hit.start)

    def first_phrase(self, stop: int) -> Stretch | None:
        """The noun phrase at the start of the sentence, up to something like a finite verb."""
        i = next((k for k in range(stop) if self.visible[k] and self.begins_phrase(self.tokens[k])), stop)
        if i >= stop:
            return None
        if self.tokens[i].low in SUBJECTS:
            return i, i + 1
        j = i + 1
        while j < stop and self.visible[j] and is_word(self.tokens[j]) and not self.verbish(self.tokens[j].low):
            j += 1
        return (i, j) if j < stop else None

    def begins_phrase(self, token: Token) -> bool:
        """A pronoun, a determiner or a name."""
        return token.low in SUBJECTS or token.low in DETERMINERS or is_name(token)

    def verbish(self, low: str) -> bool:
        """Looks like a finite verb, or ends a noun phrase in another way."""
        closed = low in AUXILIARIES or low in BREAKERS or low in PREPOSITIONS - {"of", "for"}
        return closed or low.endswith(("ed", "ly")) or low in self.lexicon.cues

    # --- where contents end ---

    def right_limit(self, number: int) -> int:
        """Where a content right of a cue ends: at a later, coordinated cue or at the end of the sentence."""
        hit = self.hits[number]
        edges = (self.edge(later, hit.end) for later in self.hits[number + 1 :])
        return next((edge for edge in edges if edge is not None and edge > hit.end), self.end)

    def edge(self, hit: Hit, floor: int) -> int | None:
        """Where the part of the sentence begins that a coordinated cue governs; None for a cue inside another's content."""
        i = hit.start
        before = self.tokens[i - 1] if i else None
        if before is None:
            return None
        if hit.participle and (before.text in {",", "—", "–"} or before.low in {"and", "while", "before"}):
            return i - 1
        if before.low in {"and", "but"}:
            return i - 2 if i > 1 and self.tokens[i - 2].text == "," else i - 1
        return self.clause_edge(hit, floor)

    def clause_edge(self, hit: Hit, floor: int) -> int | None:
        """The same for a cue with a subject of its own behind ", and" or a semicolon."""
        phrase = left_phrase(self.tokens, self.visible, hit.start, floor)
        j = phrase[0] if phrase else 0
        if j > 1 and self.tokens[j - 1].low in {"and", "but", "while", "although", "though", "as"} and self.tokens[j - 2].text == ",":
            return j - 2
        return j - 1 if j > 0 and self.tokens[j - 1].text in {";", "—", "–"} else None

    # --- contents left of the cue ---

    def take_left(self, hit: Hit, cue: Cue, source: Source, found: Complement | None, limit: int) -> bool:
        """Append the link of "…, X said", if this is one."""
        if not cue.posts or source.span is None or source.inherited:
            return False
        edge = min(source.span[0], hit.start)
        if not self.is_left_edge(edge, source, found):
            return False
        start = self.left_start(edge)
        if edge - start < 2 or not any(is_word(t) for t in self.tokens[start:edge]):
            return False
        rest = self.continuation(source.after, limit)
        self.links = [trimmed(link, self.tokens, edge) for link in self.links]
        self.keep(hit, cue, source, [(start, edge), *([rest] if rest else [])], left=True)
        self.taken_left = max(hit.end, source.span[1], rest[1] if rest else 0)
        return True

    def is_left_edge(self, edge: int, source: Source, found: Complement | None) -> bool:
        """A comma or closing mark before source and cue, and no content of another kind behind them."""
        before = self.tokens[edge - 1] if edge else None
        if before is None or not (before.mark or before.text in {",", "—", "–", "?", "!"}):
            return False
        if found is None or source.inverted:
            return True
        quoted = before.mark or (edge > 1 and self.tokens[edge - 2].mark)
        return quoted and found.frame not in "tw"

    def left_start(self, edge: int) -> int:
        """Where a content left of its cue begins: the start of the sentence, or behind an earlier cue of the same kind."""
        start = self.taken_left
        while start < edge and (self.tokens[start].text in ",;—–" or self.tokens[start].low in {"but", "and", "however"}):
            start += 1
        return start

    def continuation(self, begin: int, limit: int) -> Stretch | None:
        """The second part of a split content: "…," she said, "…" or "…, she said, because …"."""
        k = next((k for k in range(begin, min(limit, begin + ADJUNCT_REACH)) if self.tokens[k].text in ",:—–" or self.tokens[k].mark), None)
        if k is None:
            return None
        j = k if self.tokens[k].mark else k + 1
        if j >= limit:
            return None
        joined = self.tokens[j].low in {"and", "but", "because", "which", "with", "although", "so"} and not any(
            h.start >= j for h in self.hits
        )
        return (j, limit) if self.tokens[j].mark or joined else None

    # --- passives and "according to" ---

    def take_passive(self, hit: Hit, limit: int) -> None:
        """As in "is expected to", "was said to", "was criticised by": the subject is part of the content."""
        subject = left_phrase(self.tokens, self.visible, hit.start, self.floor)
        i, source = hit.end, None
        if i < limit and self.tokens[i].low == "by":
            source = right_phrase(self.tokens, self.visible, i + 1, frozenset({"to", "for", "as", "after", "of", "in", "that"}))
            i = source[1] if source else i
        found = self.right.frame(i, limit) if i < limit else None
        cue = hit.cues[0]
        told = found is not None and found.frame in "it" and cue.name not in {"tell", "ask", "demand", "plan"}
        if subject and (source or told):
            self.keep(hit, cue, Source(source, i), [subject, *([(found.start, limit)] if found else [])])

    def take_according(self, i: int) -> None:
        """As in "According to X, …", "…, according to X"."""
        source = right_phrase(self.tokens, self.visible, i + 2, objects=True, closed=i == 0)
        if source is None:
            return
        hit = Hit((ACCORDING,), i, i + 2, passive=False, negated=False, participle=False)
        self.keep(hit, ACCORDING, Source(source, source[1]), list(self.around(i, source[1])), left=i > 0)

    def take_unsourced(self) -> None:
        """As in "The bridge is reportedly closed": said, but nobody is named."""
        i = next((i for i, t in enumerate(self.tokens) if self.visible[i] and t.low in self.lexicon.unsourced), None)
        if i is not None:
            hit = Hit((HEARSAY,), i, i + 1, passive=False, negated=False, participle=False)
            self.keep(hit, HEARSAY, Source(None, i + 1), [(0, i), (i + 1, self.end)])

    def around(self, i: int, rest: int) -> Iterator[Stretch]:
        """What stands left of "according to", and what follows its source behind a comma."""
        if i > 2:
            yield 0, i
        if rest + 1 < self.end and self.tokens[rest].text == ",":
            yield rest + 1, self.end

    def keep(self, hit: Hit, cue: Cue, source: Source, pieces: list[Stretch], *, left: bool = False) -> None:
        """Append a link of token indexes, without empty pieces."""
        spans = [span_of(self.tokens, a, b) for a, b in pieces if any(is_word(t) for t in self.tokens[a:b])]
        if spans:
            place = Place(self.tokens, (hit.start, hit.end), source.span)
            self.links.append(link_of(cue, place, spans, negated=hit.negated, inherited=source.inherited, left=left))
            self.sources.extend([source.span] if source.span else [])
            self.floor = hit.end


def trimmed(link: Link, tokens: list[Token], edge: int) -> Link:
    """A link inside the content of a later "…, X said" ends where that tag begins."""
    while edge > 0 and not is_word(tokens[edge - 1]) and not tokens[edge - 1].mark:
        edge -= 1
    end = tokens[edge - 1].end if edge else 0
    if link.left or link.content[-1][1] <= end:
        return link
    pieces = tuple((a, min(b, end)) for a, b in link.content if a < end)
    return replace(link, content=pieces or link.content)
