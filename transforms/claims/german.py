"""German cues in one sentence -> links. Verbs stand second or inverted; nouns carry capitals, so noun phrases are easy to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from transforms.claims.lexicon import Cue, cue_of, read, wordlist
from transforms.claims.links import Link, Place, link_of, sentence_end, span_of
from transforms.claims.text import Sentence, Token
from transforms.claims.verbs import MAX_HITS

ARTICLES = wordlist("german_articles")
LINKING = wordlist("german_linking")
GENITIVE = wordlist("german_genitive")
PRONOUNS = wordlist("german_pronouns")
ADJECTIVE_ENDINGS = ("e", "en", "er", "es", "em")
POSSESSIVES = wordlist("german_nach")
# Subjunctive of reported speech: a sentence without a cue that has one goes on with what the last speaker said.
REPORTED = wordlist("german_reported")
HEARERS = wordlist("german_hearers")
MAX_PHRASE = 24  # tokens of the longest source
SEPARATION = 40  # tokens between the parts of "teilte … mit"


@dataclass(frozen=True, slots=True)
class German:
    """The German lexicon as tables: finite forms, separable verbs, clause-final forms, prefixed phrases."""

    forms: Mapping[str, Cue]
    separable: Mapping[str, list[tuple[str, Cue]]]
    final: Mapping[str, Cue]
    prefixed: list[tuple[str, ...]]
    postposed: frozenset[str]


@lru_cache(maxsize=1)
def german() -> German:
    """The lexicon, read once."""
    data = read("de")
    separable: dict[str, list[tuple[str, Cue]]] = {}
    for group in data["separable"]:
        for verb, particle in group["verbs"]:
            separable.setdefault(verb, []).append((particle, cue_of(group, f"{verb} {particle}", "past")))
    prefixed = sorted((tuple(p.split()) for p in data["prefixed"]["phrases"]), key=len, reverse=True)
    return German(table(data["class"]), separable, table(data["final"]), prefixed, frozenset(data["prefixed"]["postposed"]))


def table(groups: list[dict[str, Any]]) -> dict[str, Cue]:
    """Form -> cue."""
    return {form: cue_of(group, form, "past") for group in groups for form in group["forms"]}


SAYING = Cue("say", "laut", "fixed", "c", 0.9, "asserts", "certain", inverts=False, posts=True, hearer=False)


class GermanReader:
    """Finds the links of one German sentence."""

    def __init__(self, tokens: list[Token], visible: list[bool], before: Sentence | None = None) -> None:
        self.tokens = tokens
        self.visible = visible
        self.before = before
        self.end = sentence_end(tokens)
        self.links: list[Link] = []

    def read(self) -> list[Link]:
        """Links in the order of their cues."""
        self.named_first()
        for i, token in enumerate(self.tokens):
            if len(self.links) < MAX_HITS and self.visible[i] and (i == 0 or token.text[0].islower()):
                self.verb(i, token.low)
        return self.links

    def low(self, i: int) -> str:
        """Lower-case word of token `i`, empty outside the sentence."""
        return self.tokens[i].low if 0 <= i < len(self.tokens) else ""

    def verb(self, i: int, word: str) -> None:
        """The link of one verb, if it is a cue."""
        lexicon = german()
        for particle, cue in lexicon.separable.get(word, ()):
            at = next((k for k in range(i + 1, min(self.end, i + SEPARATION)) if self.visible[k] and self.low(k) == particle), None)
            if at is not None:
                self.separated(i, at, cue)
                return
        if word in lexicon.final and self.clause_final(i):
            self.wie(i, lexicon.final[word])
        elif word in lexicon.forms:
            self.plain(i, lexicon.forms[word])

    def clause_final(self, i: int) -> bool:
        """Ends its clause, as in "wie die Polizei mitteilte"."""
        return i + 1 >= self.end or self.tokens[i + 1].text in ",."

    # --- verb forms ---

    def plain(self, i: int, cue: Cue) -> None:
        """As in "X sagte, …", "…, sagte X", "Am Montag sagte X, …"."""
        if self.behind_clause(i):
            source = self.phrase(i + 1)
            if source and i > 1:
                self.keep(cue, (i, i + 1), source, [(self.left_start(i), i), *self.quotation_after(source[1])])
            return
        source = self.subject(i) or self.phrase(i + 1)
        begin = max(i + 1, source[1]) if source else i + 1
        content = self.right(begin)
        if source and (content or cue.name not in {"say", "ask"}):
            self.keep(cue, (i, i + 1), source, [content or (begin, self.end)])

    def behind_clause(self, i: int) -> bool:
        """The verb follows a comma or a closing mark: its content stands on the left."""
        return i > 0 and (self.tokens[i - 1].text == "," or self.tokens[i - 1].mark)

    def separated(self, i: int, particle: int, cue: Cue) -> None:
        """As in "X teilte mit, dass …", "X wies den Vorwurf zurück"."""
        if i == 1 and self.low(0) in {"das", "dies"}:
            self.back(i, cue)
            return
        source = self.phrase(i + 1) if self.behind_clause(i) else self.subject(i) or self.phrase(i + 1)
        if source and self.behind_clause(i):
            self.keep(cue, (i, i + 1), source, [(self.left_start(i), i)])
        elif source:
            content = self.right(particle + 1)
            self.keep(cue, (i, i + 1), source, [content or (max(i + 1, source[1]), particle)])

    def back(self, i: int, cue: Cue) -> None:
        """As in "Das teilte X mit": the content is the sentence before."""
        source = self.phrase(i + 1)
        if source and self.before:
            self.links.append(link_of(cue, Place(self.tokens, (i, i + 1), source), [(self.before.start, self.before.end)]))

    def wie(self, i: int, cue: Cue) -> None:
        """As in "…, wie die Polizei mitteilte"; without "wie" the form is a finite verb like any other."""
        start = next((k for k in range(i - 1, max(-1, i - MAX_PHRASE), -1) if self.low(k) == "wie"), None)
        if start is None:
            self.plain(i, german().forms.get(self.low(i), cue))
            return
        source = self.phrase(start + 1)
        if source:
            pieces = [(0, start)] if start else []
            self.keep(cue, (i, i + 1), source, [*pieces, *([(i + 1, self.end)] if i + 2 < self.end else [])])

    # --- phrases ---

    def phrase(self, start: int) -> tuple[int, int] | None:
        """The noun phrase that begins at token `start`: articles, adjectives, capitalised words, genitives, an apposition."""
        if self.low(start) in PRONOUNS and start < len(self.tokens):
            return start, start + 1
        end = self.nouns(start)
        if end == start:
            return None
        if self.tokens[end].text == "," if end < len(self.tokens) else False:
            more = self.nouns(end + 1)
            if self.low(end + 1) in ARTICLES and more > end + 2 and (more >= self.end or self.tokens[more].text in ",."):
                end = more
        return start, end

    def nouns(self, start: int) -> int:
        """One past the capitalised words from `start` on, with what may stand before and between them."""
        i, last = start, start
        while i < min(len(self.tokens), start + MAX_PHRASE) and self.visible[i]:
            token = self.tokens[i]
            if self.hearer(i):
                break
            if token.text[0].isupper() or (token.text[0].isdigit() and last > start):
                i, last = i + 1, i + 1
            elif (token.low in ARTICLES and last == start) or (token.low in GENITIVE and last > start) or self.adjective(i):
                i += 1
            else:
                break
        return last

    def hearer(self, i: int) -> bool:
        """As in "sagte Mia Sander der Zeitung": a dative, no genitive."""
        return self.low(i) == "der" and self.low(i + 1) in HEARERS and i > 0 and self.tokens[i - 1].text[0].isupper()

    def adjective(self, i: int) -> bool:
        """An adjective before a noun, or an article inside a genitive."""
        token = self.tokens[i]
        if token.low in german().forms or not token.text[0].isalpha():
            return False
        ahead = self.tokens[i + 1] if i + 1 < len(self.tokens) else None
        inside = token.low in ARTICLES or (token.low.endswith(ADJECTIVE_ENDINGS) and token.low not in LINKING)
        return (
            inside
            and ahead is not None
            and (ahead.text[0].isupper() or ahead.low.endswith(ADJECTIVE_ENDINGS))
            and self.low(i - 1) in ARTICLES | GENITIVE
        )

    def subject(self, i: int) -> tuple[int, int] | None:
        """The noun phrase that fills the place before the verb at `i`."""
        breaks = (k + 1 for k in range(i - 1, max(-1, i - MAX_PHRASE), -1) if not self.visible[k] or self.tokens[k].text in ".:;–—")
        start = next(breaks, 1 if self.low(0) in {"und", "aber", "doch"} else 0)
        if start < i and self.low(start) in PRONOUNS and start + 1 == i:
            return start, i
        found = self.phrase(start)
        if found is None or found[1] > i or self.low(start) in {"am", "im", "in", "nach", "bei", "das", "dies"}:
            return None
        return (found[0], i) if found[1] == i or self.tokens[i - 1].text == "," else None

    def right(self, i: int) -> tuple[int, int] | None:
        """What follows behind the next comma, colon or opening mark."""
        for k in range(i, min(self.end, i + MAX_PHRASE)):
            if self.tokens[k].mark:
                return k, self.end
            if self.tokens[k].text in {",", ":"}:
                return (k + 1, self.end) if k + 1 < self.end else None
        return None

    def quotation_after(self, i: int) -> list[tuple[int, int]]:
        """The second half of a split quotation."""
        for k in range(i, min(self.end, i + MAX_PHRASE)):
            if self.tokens[k].mark:
                return [(k, self.end)]
        return []

    def left_start(self, i: int) -> int:
        """Where a content left of its cue begins: behind an earlier link."""
        done = max((max(link.cue_span[1], link.source[1] if link.source else 0) for link in self.links), default=0)
        return next((k for k, t in enumerate(self.tokens) if t.start >= done and t.text not in ",;"), i)

    # --- laut, nach Angaben, zufolge ---

    def named_first(self) -> None:
        """Sources that a preposition names."""
        i = 0
        while i < len(self.tokens):
            words = next(
                (p for p in german().prefixed if self.visible[i] and all(self.low(i + k) == word for k, word in enumerate(p))), None
            )
            if words and not (words == ("so",) and not self.so(i)):
                article = words[-1] in {"der", "des", "von"} and len(words) > 1
                self.prefixed(i, i + len(words) - (article and words[-1] != "von"))
                i += len(words)
            elif self.visible[i] and self.low(i) in german().postposed:
                self.postposed(i)
                i += 1
            else:
                i += 1

    def so(self, i: int) -> bool:
        """As in "…, so Müller.": "so" as a verb of saying."""
        return (
            i > 2
            and (self.tokens[i - 1].text == "," or self.tokens[i - 1].mark)
            and i + 1 < self.end
            and (self.tokens[i + 1].text[0].isupper() or self.low(i + 1) in ARTICLES)
        )

    def prefixed(self, i: int, end: int) -> None:
        """The link of "laut X" and its like; its content is the rest of the sentence."""
        source = self.phrase(end)
        if self.low(i) == "nach" and self.low(i + 1) in POSSESSIVES:
            source = (i + 1, i + 2)
        if source:
            self.keep(SAYING, (i, end), source, [(0, i), (max(source[1], end), self.end)])

    def postposed(self, i: int) -> None:
        """As in "Der Polizei zufolge …"."""
        start = i
        while (
            start > 0
            and self.visible[start - 1]
            and self.tokens[start - 1].text[0].isalnum()
            and (self.tokens[start - 1].text[0].isupper() or self.low(start - 1) in ARTICLES | GENITIVE)
        ):
            start -= 1
        if start < i:
            self.keep(SAYING, (i, i + 1), (start, i), [(0, start), (i + 1, self.end)])

    def keep(self, cue: Cue, at: tuple[int, int], source: tuple[int, int], pieces: list[tuple[int, int]]) -> None:
        """Append a link of token indexes, without empty pieces."""
        spans = [span_of(self.tokens, a, b) for a, b in pieces if any(t.text[0].isalnum() for t in self.tokens[a:b])]
        if spans:
            self.links.append(link_of(cue, Place(self.tokens, at, source), spans))


def reported(sentence: Sentence, visible: list[bool], last: Link) -> Link | None:
    """A sentence in the subjunctive of reported speech, right behind a link: its speaker goes on."""
    at = next((i for i, t in enumerate(sentence.tokens) if visible[i] and (t.low in REPORTED or subjunctive(sentence.tokens, i))), None)
    if at is None:
        return None
    token = sentence.tokens[at]
    end = sentence_end(sentence.tokens)
    return Link(SAYING, (token.start, token.end), last.source, (span_of(sentence.tokens, 0, end),), inherited=True)


def subjunctive(tokens: list[Token], i: int) -> bool:
    """As in "Er hoffe": behind a pronoun of the third person, where the indicative would end in -t or -en."""
    word = tokens[i].text
    plain = word.islower() and word.endswith("e") and not word.endswith(("te", "de")) and tokens[i].low not in ARTICLES
    return plain and i == 1 and tokens[0].low in {"er", "es", "sie"}
