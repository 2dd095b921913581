"""Who a source means: a name in full, a pronoun, a role, a body, or somebody unnamed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from transforms.claims.actors import FIRST_OF_TWO, SECOND_OF_TWO, words
from transforms.claims.descriptions import telling
from transforms.claims.lexicon import wordlist
from transforms.claims.model import Speaker
from transforms.claims.names import Cast, Entity, Mention, is_place, name_parts
from transforms.claims.phrases import ADVERBS, PREPOSITIONS
from transforms.claims.roles import GENITIVES, INDEFINITE, MISFIT, NOBODY, Nameless, described, head_of, role_fit, speaks_for
from transforms.claims.text import Range, Token

GENDERS = {
    "he": "m",
    "she": "f",
    "his": "m",
    "her": "f",
    "er": "m",
    "sie": "f",
    "seinen": "m",
    "him": "m",
    "il": "m",
    "elle": "f",
    "él": "m",
    "ella": "f",
    "lui": "m",
    "lei": "f",
    "ele": "m",
    "ela": "f",
}
PRONOUNS = wordlist("resolvable")
DEFINITE = wordlist("definite")
POSSESSIVES = wordlist("possessives")
PUBLIC = wordlist("public_bodies")  # bodies of one kind, which no firm that was named last can be
HEADS = frozenset({"and", "who", "which", "itself", "management", "und"})
OUTLETS, MESSAGES = wordlist("outlets"), wordlist("messages")
SUBORDINATORS, OFFICES = wordlist("subordinators"), wordlist("offices")
RETINUES = wordlist("retinues")  # "the Lee campaign" is a body, "Lee's team" one only while it is his
APOSTROPHES = frozenset("'’")
OWNED = 2  # words of "her campaign"
RELATIVE = frozenset({"who", "which"})
ANTECEDENT = 3  # characters between a name and its relative pronoun: a comma and a space
LOOK_BACK = 6  # sentences in which the person behind a pronoun is looked for
RECENT = 8  # speakers that are remembered for it
MAX_SOURCE = 60  # tokens of a source that are looked at
MAX_HOLDERS = 40  # holders of one role that are compared
STAND_IN = 0.3  # "leader" for a president counts less than "president"
BY_REACH = 5  # characters between "by" or "from" and a name: "by the "
NEAR = 5  # tokens before a name among which a preposition subordinates it
# How sure each way of resolution is: share of right ones in hand-labelled public news, rounded.
FULL, SHORT, ROLE, PRONOUN, BODY, GUESS = 0.95, 0.9, 0.75, 0.7, 0.7, 0.5

Found = tuple[Entity, float]


class Resolver:
    """Resolves the sources of a text in order; remembers who spoke last, and whom pronouns meant."""

    def __init__(self, cast: Cast, text: str, *, english: bool = True) -> None:
        self.english = english  # a noun goes behind the name that modifies it
        self.cast = cast
        self.text = text
        self.spoken: list[tuple[int, Entity]] = []
        self.meant: dict[str, Entity] = {}  # by gender, whom the last pronoun meant
        self.retinues: dict[str, Entity] = {}  # by name
        self.heard: dict[str, Entity] = {}  # the last of each noun
        self.nameless = Nameless(text)

    def speaker(
        self, source: Range | None, sentence: int, tokens: list[Token], *, nested: bool = False, outer: Entity | None = None
    ) -> tuple[Speaker, Entity | None]:
        """The speaker of one source, and the entity where the article names it.

        `nested`: inside the words of `outer`, who is then not meant by a pronoun of the third person.
        """
        if source is None:
            return NOBODY, None
        inside = [clipped(t, source) for t in tokens if t.start < source[1] and t.end > source[0]][:MAX_SOURCE]
        found = self.entity(inside, source, sentence, outer) if inside else None
        if found is None:
            return self.nameless.speaker(inside), None
        entity, confidence = found
        if not nested:
            self.spoken = [*self.spoken[1 - RECENT :], (sentence, entity)]
        return Speaker(entity.name, entity.kind, confidence), entity

    def entity(self, inside: list[Token], source: Range, sentence: int, outer: Entity | None) -> Found | None:
        """The entity that a source means, with the confidence."""
        if len(inside) == 1 and inside[0].low in PRONOUNS:
            return self.pronoun(inside[0].low, sentence, source[0], outer)
        retinue = self.retinue(inside, source, sentence, outer)
        if retinue:
            return retinue
        inside = described(inside)
        wrote = self.author(inside, source, sentence)
        if wrote:
            return wrote
        named = self.named(inside, source, sentence)
        if named:
            whole = " " in self.text[named.start : named.end]
            return named.entity, FULL if whole else SHORT
        if speaks_for(inside):
            return self.spokesman(inside, sentence, source[0])
        return self.role(inside, sentence, source[0], outer)

    # --- names ---

    def named(self, inside: list[Token], source: Range, sentence: int) -> Mention | None:
        """The name that is the head of the source: not a possessor, not behind "of" or "for"."""
        found = [m for m in self.mentioned(source, sentence) if m.start < inside[-1].end]
        heads = [m for m in found if not m.possessive and not subordinate(inside, m)]
        persons = self.persons(inside, heads)
        if persons:
            return persons[0]
        spoken_for = speaks_for(inside)
        bodies = [m for m in (found if spoken_for else heads) if m.entity.kind != "person"]
        return bodies[0] if bodies and (spoken_for or is_last(inside, bodies[0])) else None

    def persons(self, inside: list[Token], heads: list[Mention]) -> list[Mention]:
        """The persons among the heads, best first: none that names an aide or a supporter; but "a Lee report" is his."""
        own = head_of(inside) in words().documents or not self.english
        persons = [m for m in heads if m.entity.kind == "person" and (own or not modifies(inside, m))]
        return sorted(persons, key=lambda m: not is_last(inside, m))

    def retinue(self, inside: list[Token], source: Range, sentence: int, outer: Entity | None) -> Found | None:
        """As in "her campaign", "the Lee administration": a body that goes by its head's name."""
        if not heads_retinue(inside):
            return None
        noun, pair = inside[-1].low, len(inside) == OWNED
        if pair and inside[0].low in GENDERS:
            found = self.pronoun(inside[0].low, sentence, source[0], outer)
            return (self.body_of(found[0], noun), found[1]) if found else None
        owners = [m for m in self.mentioned(source, sentence) if m.end <= inside[-1].start <= m.end + ANTECEDENT]
        if owners and owners[-1].entity.kind == "person":
            return self.body_of(owners[-1].entity, noun), SHORT
        heard = self.heard.get(noun) if pair and inside[0].low == "the" else None
        return (heard, ROLE) if heard else None

    def body_of(self, owner: Entity, noun: str) -> Entity:
        """Such a body, the same one each time."""
        surname = owner.name.split()[-1]
        name = f"{surname} {noun}" if noun in RETINUES else f"{surname}’s {noun}"
        self.heard[noun] = self.retinues.setdefault(
            name, Entity(name, "organisation", roles=[frozenset({noun})], order=len(self.cast.entities))
        )
        return self.heard[noun]

    def author(self, inside: list[Token], source: Range, sentence: int) -> Found | None:
        """Who wrote a document or sent a message: "research by the Northern Institute", "a lesson from Ann Lee"."""
        if head_of(inside) not in words().documents | MESSAGES:
            return None
        by = [t.end for t in inside if t.low in {"by", "from"}]
        there = [m for m in self.mentioned(source, sentence) if not (m.possessive or (is_place(m.entity) and modifies(inside, m)))]
        wrote = [m for m in there if any(0 < m.start - end <= BY_REACH for end in by)]
        return (wrote[0].entity, ROLE) if wrote else None

    def mentioned(self, source: Range, sentence: int) -> list[Mention]:
        """The names inside a source; else the one that it is a part of."""
        there = self.cast.mentions[sentence]
        inside = [m for m in there if source[0] <= m.start and m.end <= source[1]]
        return inside or [m for m in there if m.start <= source[0] and source[1] <= m.end]

    # --- roles ---

    def spokesman(self, inside: list[Token], sentence: int, at: int) -> Found | None:
        """As in "its spokesman", "a company spokeswoman": the body named last."""
        bound = inside[0].low in POSSESSIVES or any(t.low in private_nouns() for t in inside)
        body = self.last_body(sentence, at) if bound else None
        return (body, BODY) if body else None

    def role(self, inside: list[Token], sentence: int, at: int, outer: Entity | None) -> Found | None:
        """As in "the South Korean leader", "the company"."""
        head, first = head_of(inside), inside[0].low
        if first in INDEFINITE or head is None:
            return None
        modifiers = telling(inside) - {head}
        best = self.best_role(head, modifiers)
        if best:
            return best, ROLE
        body = self.bare_body(head, inside, sentence, at)
        if body:
            return body, GUESS
        of_body = head in private_nouns() and not modifiers
        return self.person_of(head, modifiers, sentence, at, outer) if first in DEFINITE and not of_body else None

    def bare_body(self, head: str, inside: list[Token], sentence: int, at: int) -> Entity | None:
        """As in "the company", "the website", "company management": the body named last."""
        modifiers, definite = telling(inside) - {head}, inside[0].low in DEFINITE
        outlet = self.last_outlet(sentence) if head in OUTLETS and definite and not modifiers else None
        firm = head == "management" and modifiers <= private_nouns()
        firm = firm or (head in private_nouns() and definite and not modifiers)
        return outlet or (self.last_body(sentence, at) if firm else None)

    def person_of(self, head: str, modifiers: frozenset[str], sentence: int, at: int, outer: Entity | None) -> Found | None:
        """Somebody whose role was never told before: the last person, where the gender or a bare role allows it."""
        female = head in words().female
        if head not in words().roles or not (female or len(modifiers) <= 1):
            return None
        person = self.last_person(sentence, at, "f" if female else None, outer)
        return (person, GUESS) if person and not elsewhere(person, head) else None

    def best_role(self, head: str, modifiers: frozenset[str]) -> Entity | None:
        """The entity whose role fits best; among equals the one introduced first."""
        best: tuple[float, int] = (MISFIT, 0)
        chosen = None
        for rank, word in enumerate([head, *words().synonyms.get(head, ())]):
            for role, entity in self.cast.by_role.get(word, ())[:MAX_HOLDERS]:
                fit = role_fit(role, modifiers) - (STAND_IN if rank else 0)
                if may_hold(entity, word) and fit > MISFIT and (fit, -entity.order) > best:
                    best, chosen = (fit, -entity.order), entity
        return chosen

    # --- pronouns ---

    def pronoun(self, word: str, sentence: int, at: int, outer: Entity | None) -> Found | None:
        """Resolve he, she, it: the last speaker or subject of that kind; his and her: rather who is named in the same sentence."""
        if word == "it":
            body = self.last_body(sentence, at)
            return (body, BODY - 0.1) if body else None
        if word in RELATIVE:
            return self.antecedent(sentence, at)
        if word not in GENDERS:
            return None
        person = self.someone(word, sentence, at, outer)
        if person and outer is None:
            self.meant[GENDERS[word]] = person
        if person and person.gender is None and word in {"he", "she"}:
            person.gender = GENDERS[word]
        return (person, PRONOUN) if person else None

    def someone(self, word: str, sentence: int, at: int, outer: Entity | None) -> Entity | None:
        """The person whom a pronoun means; inside another's words he is looked for as everywhere."""
        gender = GENDERS[word]
        if outer is None and self.subordinated(sentence, at) and (subject := self.subject(sentence, at, gender)):
            return subject
        last = self.last_person(sentence, at, gender, outer, near=outer is None and word in POSSESSIVES)
        return last or self.meant.get(gender) or self.lone_name(sentence, gender)

    def lone_name(self, sentence: int, gender: str) -> Entity | None:
        """Who spoke last under a single name of which nothing tells what it is: where no person fits, he is one."""
        near = (e for s, e in reversed(self.spoken) if s > sentence - LOOK_BACK)
        found = next((e for e in near if unknown(e) and e.gender in {gender, None}), None)
        if found:
            found.kind = "person"
        return found

    def subordinated(self, sentence: int, at: int) -> bool:
        """The pronoun of "Lee shrugged when he boasted": its clause depends on one with a subject."""
        before = [t for t in self.cast.sentences[sentence].tokens if t.end <= at]
        return len(before) > 1 and before[-1].low in SUBORDINATORS

    def subject(self, sentence: int, at: int, gender: str) -> Entity | None:
        """The first person of a gender named in the sentence before an offset, outside quotations and no owner; none behind a pronoun."""
        before = [m for m in self.cast.mentions[sentence] if m.end <= at and not (m.possessive or m.quoted)]
        named = next((m for m in before if suits(m.entity, gender)), None)
        tokens = self.cast.sentences[sentence].tokens
        first = next((t.start for t in tokens if GENDERS.get(t.low) == gender and not t.quoted), at)
        return named.entity if named and named.start < first else None

    def antecedent(self, sentence: int, at: int) -> Found | None:
        """The name right before a relative pronoun: "Ann Lee, who denied it"."""
        before = [m for m in self.cast.mentions[sentence] if at - ANTECEDENT <= m.end <= at]
        return (before[-1].entity, PRONOUN) if before else None

    def last_person(self, sentence: int, at: int, gender: str | None, outer: Entity | None, *, near: bool = False) -> Entity | None:
        """The person who spoke last, else the first one named in the nearest sentence before."""
        return next((e for e in self.people(sentence, at, near=near or outer is not None) if e is not outer and suits(e, gender)), None)

    def people(self, sentence: int, at: int, *, near: bool) -> Iterator[Entity]:
        """Candidates for a pronoun, best first; `near`: inside another's words, those named there come first."""
        here = [m.entity for m in self.cast.mentions[sentence] if m.end <= at]
        if near:
            yield from reversed(here)
        for number in range(sentence, max(-1, sentence - LOOK_BACK), -1):
            yield from (e for s, e in reversed(self.spoken) if s == number)
            if number < sentence:
                yield from (m.entity for m in self.cast.mentions[number] if not m.possessive and not m.quoted)
        yield from here
        for number in range(sentence - 1, max(-1, sentence - LOOK_BACK), -1):
            yield from (m.entity for m in self.cast.mentions[number] if not m.possessive and m.quoted)

    def last_outlet(self, sentence: int) -> Entity | None:
        """The body that spoke last, or a bearer of a name that nothing tells to be a person's."""
        near = [e for s, e in reversed(self.spoken) if s > sentence - LOOK_BACK]
        return next((e for e in near if e.kind == "organisation" or not (e.gender or name_parts(e.name)[0] in words().given)), None)

    def last_body(self, sentence: int, at: int) -> Entity | None:
        """The body named or heard last; a mere place name is none."""
        for number in range(sentence, max(-1, sentence - LOOK_BACK), -1):
            spoken = [e for s, e in self.spoken if s == number and e.kind == "organisation"]
            named = [m.entity for m in self.cast.mentions[number] if m.end <= at and m.entity.kind == "organisation" and m.entity.roles]
            if spoken or named:
                return (spoken or named)[-1]
        return None


@lru_cache(maxsize=1)
def private_nouns() -> frozenset[str]:
    """Nouns of bodies that may be a firm."""
    return words().body_nouns - PUBLIC


def clipped(token: Token, source: Range) -> Token:
    """The part of a token inside the source: the pronoun of "dit-il", of "she's so frustrated"."""
    start, end = max(token.start, source[0]), min(token.end, source[1])
    if (start, end) == (token.start, token.end):
        return token
    text = token.text[start - token.start : end - token.start]
    return replace(token, start=start, end=end, text=text, low=text.lower())


def may_hold(entity: Entity, word: str) -> bool:
    """No person is "the union", though one be the union's leader; and no body is "the governor"."""
    return word not in words().body_nouns if entity.kind == "person" else word not in words().offices


def elsewhere(person: Entity, head: str) -> bool:
    """Known to hold another office than the one told: a senator is not "the pope"."""
    held = frozenset().union(*person.roles) & OFFICES
    return head in OFFICES and bool(held) and held.isdisjoint([head, *words().synonyms.get(head, ())])


def unknown(entity: Entity) -> bool:
    """A single word, no country, no body, no short form in capitals."""
    low = entity.name.lower()
    plain = entity.name.isalpha() and not entity.name.isupper() and low not in words().places
    return entity.kind == "organisation" and plain and not entity.roles and low not in words().bodies


def suits(entity: Entity, gender: str | None) -> bool:
    """A person whose gender is not known to be another."""
    return entity.kind == "person" and (gender is None or entity.gender in {gender, None})


def subordinate(inside: list[Token], mention: Mention) -> bool:
    """Behind a preposition inside the source: "the lawyer of Smith"."""
    before = [t for t in inside if t.end <= mention.start]
    if len(before) == 2 and before[0].low in FIRST_OF_TWO and before[1].low in SECOND_OF_TWO:
        return False
    for token in reversed(before[-NEAR:]):
        if token.text == ",":
            return False
        if token.low in PREPOSITIONS or token.low in {"who", "which", "im"} or (token.low in GENITIVES and token is not inside[0]):
            return True
    return False


def heads_retinue(inside: list[Token]) -> bool:
    """The last word is the head, and a noun of such a body: "team" only behind a single word."""
    noun = inside[-1].low
    fits = noun in RETINUES or (noun == "team" and len(inside) == OWNED)
    return fits and head_of([t for t in inside if t.text not in APOSTROPHES]) == noun


def modifies(inside: list[Token], mention: Mention) -> bool:
    """A name before the noun that it goes with: "Lee aides", "an Ann Lee supporter"."""
    after = next((t for t in inside if t.start >= mention.end), None)
    if after is None or not after.text.isalpha() or not after.text.islower():
        return False
    plain = after.low not in PREPOSITIONS | HEADS | ADVERBS and not after.low.endswith(("self", "ed", "ing", "ly"))
    return plain and after.start - mention.end == 1


def is_last(inside: list[Token], mention: Mention) -> bool:
    """No role follows the name: "Orva Water", not "Orva Water workers"."""
    after = next((t for t in inside if t.start >= mention.end), None)
    return after is None or not after.text[0].isalnum() or after.low in PREPOSITIONS or after.low in HEADS
