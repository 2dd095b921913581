"""French, Spanish, Italian and Portuguese: quotations with a verb of saying -> links. Clauses without a quotation only behind "que"."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from transforms.claims.lexicon import Cue, read
from transforms.claims.links import Link, Place, link_of, sentence_end, span_of
from transforms.claims.text import Range, Token
from transforms.claims.verbs import MAX_HITS
from transforms.records import Polarity

LANGUAGES = ("fr", "es", "it", "pt")
POLARITIES: dict[str, Polarity] = {"say": "asserts", "warn": "asserts", "deny": "denies", "ask": "questions"}
WEIGHT = 0.85  # as for the English verbs of this class
MAX_SOURCE = 16  # tokens of the longest source
REACH = 12  # tokens between a verb and its content: "a dit mardi à la presse : « …"


@dataclass(frozen=True, slots=True)
class Romance:
    """The verbs of one language."""

    verbs: dict[str, Cue]
    auxiliaries: frozenset[str]
    that: frozenset[str]
    time: frozenset[str]
    leads: frozenset[str]


@lru_cache(maxsize=len(LANGUAGES))
def romance(language: str) -> Romance:
    """The tables of one language, read once."""
    data = read("romance")[language]
    verbs = {form: cue(name, form, polarity) for name, polarity in POLARITIES.items() for form in data[name].split()}
    return Romance(verbs, *(frozenset(data[part].split()) for part in ("auxiliaries", "that", "time", "leads")))


def cue(name: str, form: str, polarity: Polarity) -> Cue:
    """The properties of one form."""
    return Cue(name, form, "past", "cq", WEIGHT, polarity, "certain", inverts=True, posts=True, hearer=False)


class RomanceReader:
    """Finds the links of one sentence."""

    def __init__(self, tokens: list[Token], visible: list[bool], language: str) -> None:
        self.tokens = tokens
        self.visible = visible
        self.table = romance(language)
        self.end = sentence_end(tokens)
        self.links: list[Link] = []
        self.done = 0

    def read(self) -> list[Link]:
        """Links in the order of their verbs."""
        for i, token in enumerate(self.tokens):
            if i >= self.done and len(self.links) < MAX_HITS and self.visible[i] and token.text.islower() and token.low in self.table.verbs:
                self.verb(i)
        return self.links

    def verb(self, i: int) -> None:
        """The link of the verb at token `i`: a quotation before it with the subject behind, or the subject first."""
        start = i - (i > 0 and self.tokens[i - 1].low in self.table.auxiliaries)
        if start and (self.tokens[start - 1].mark or self.tokens[start - 1].text == ","):
            self.behind(start, i)
        else:
            self.before(start, i)

    def behind(self, start: int, i: int) -> None:
        """As in « … », a dit X."""
        opened = next((k for k in range(self.done, start) if self.tokens[k].mark), None)
        stop = self.source_end(i + 1)
        source = span_of(self.tokens, i + 1, stop) if stop > i + 1 else self.inner_pronoun(start, i)
        if opened is None or source is None:
            return
        first = next((k for k in range(self.done, opened) if self.tokens[k].text[0].isalnum()), opened)
        more = next((k for k in range(stop, min(self.end, stop + REACH)) if self.tokens[k].mark), None)
        pieces = [(first, start), *([(more, self.quotation_end(more))] if more is not None else [])]
        self.keep(start, i, source, pieces)

    def before(self, start: int, i: int) -> None:
        """As in X a dit : « … », or X dijo que and a clause."""
        first = start
        while first > max(self.done, start - MAX_SOURCE) and self.visible[first - 1] and self.tokens[first - 1].text[0].isalnum():
            first -= 1
        content = next((k for k in range(i + 1, min(self.end, i + REACH)) if self.begins_content(k)), None)
        if content is None or not self.is_source(first, start):
            return
        self.keep(start, i, span_of(self.tokens, first, start), [(content, self.end)])

    def begins_content(self, k: int) -> bool:
        """An opening mark, or "que", "che", "qu'il"."""
        low = self.tokens[k].low
        return self.tokens[k].mark or low in self.table.that or low.startswith("qu'")

    def source_end(self, begin: int) -> int:
        """One past the subject that begins at token `begin` behind its verb; `begin` where there is none."""
        stop = begin
        while stop < min(self.end, begin + MAX_SOURCE) and self.visible[stop] and self.tokens[stop].text[0].isalnum():
            low = self.tokens[stop].low
            if low in self.table.time and not (stop == begin and low in self.table.leads):
                break
            stop += 1
        return stop if self.is_source(begin, stop) else begin

    def is_source(self, begin: int, end: int) -> bool:
        """A name, or a phrase with an article or a pronoun in front."""
        return begin < end and (self.tokens[begin].low in self.table.leads or any(t.text[0].isupper() for t in self.tokens[begin:end]))

    def inner_pronoun(self, start: int, i: int) -> Range | None:
        """The pronoun inside "dit-il" and "a-t-elle dit"."""
        for token in (self.tokens[start], self.tokens[i]):
            if "-" in token.text:
                return token.start + token.text.rindex("-") + 1, token.end
        return None

    def quotation_end(self, k: int) -> int:
        """One past the quotation that opens at token `k`."""
        return next((j for j in range(k, len(self.tokens)) if self.tokens[j].quote != self.tokens[k].quote), len(self.tokens))

    def keep(self, start: int, i: int, source: Range, pieces: list[tuple[int, int]]) -> None:
        """Append the link of the verb group [start, i]."""
        spans = [span_of(self.tokens, a, b) for a, b in pieces if any(t.text[0].isalnum() for t in self.tokens[a:b])]
        if spans:
            link = link_of(self.table.verbs[self.tokens[i].low], Place(self.tokens, (start, i + 1), None), spans)
            self.links.append(Link(link.cue, link.cue_span, source, link.content))
            self.done = max(i + 1, *(b for _, b in pieces))
