"""Persons and bodies that an article names, with their roles: by capitals, titles and appositions. English and German."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from transforms.claims.actors import words
from transforms.claims.descriptions import POSSESSIVE, dateline_end, describes, possesses, reports, telling, unpossessed
from transforms.claims.phrases import DETERMINERS, PREPOSITIONS, title_case
from transforms.claims.runs import GERMAN_PARTICLES, PARTICLES, SMALL, Run, is_body, runs, shouted, split_name
from transforms.claims.text import Sentence, Token
from transforms.records import SpeakerKind

ROLE_REACH = 9  # tokens of an apposition that may tell a role
MAX_HOMONYMS = 12  # bearers of one surname that are kept; more would be a register, not an article
LONGER = 3  # words of a name that may hold another whole one
# First words of the name of another country or place than the one that stands behind them.
QUARTERS = frozenset(["north", "south", "east", "west", "northern", "southern", "eastern", "western", "central", "new", "upper", "lower"])
HEADING_WORDS = 2  # one or two words in capitals may be a name: "ANN LEE"


@dataclass(slots=True, eq=False)
class Entity:
    """A person or body of one article; `roles`: sets of words that tell what it is."""

    name: str
    kind: SpeakerKind
    gender: str | None = None
    roles: list[frozenset[str]] = field(default_factory=list)
    order: int = 0


@dataclass(frozen=True, slots=True)
class Mention:
    """A name at a place."""

    start: int
    end: int
    entity: Entity
    possessive: bool
    sentence: int
    quoted: bool = False


def is_place(entity: Entity) -> bool:
    """A country or its adjective alone: in "the former mayor and U.S. senator" it has no office."""
    return entity.kind == "organisation" and words().places.issuperset(name_parts(entity.name))


def another(tokens: list[Token], at: int, lead: int) -> bool:
    """An "and" between two people or bodies: before the name itself, or behind another name."""
    return tokens[at].low in {"and", "or"} and (at + 1 == lead or at == 0 or tokens[at - 1].text[0].isupper())


def name_parts(name: str) -> list[str]:
    """Lower-case parts of a printed name."""
    return name.lower().replace("-", " ").split()


class Cast:
    """All entities of a text and where they are named. `german`: every noun has a capital, so a single one is no name."""

    def __init__(self, sentences: list[Sentence], *, german: bool = False) -> None:
        self.sentences = sentences
        self.german = german
        self.entities: list[Entity] = []
        self.by_key: dict[str, Entity] = {}
        self.by_part: dict[str, list[Entity]] = {}
        self.mentions: list[list[Mention]] = [[] for _ in sentences]
        self.by_role: dict[str, list[tuple[frozenset[str], Entity]]] = {}
        self.small = frozenset(t.low for sentence in sentences for t in sentence.tokens if t.text.islower())
        found = self.runs()
        self.alone = self.singles(found)
        for run in found:
            if run.end - run.name > 1:
                self.introduce(run)
        for run in found:
            self.place(run)
        for number in self.titles:
            self.mentions[number].extend(self.recognised(number))

    def runs(self) -> list[Run]:
        """Every run of the text that may be a name."""
        particles = GERMAN_PARTICLES if self.german else PARTICLES
        self.titles = [] if self.german else [n for n, s in enumerate(self.sentences) if title_case(s.tokens, self.small)]
        skipped = frozenset(self.titles)
        plain = ((n, s) for n, s in enumerate(self.sentences) if n not in skipped)
        behind = dateline_end(self.sentences[0].tokens) if self.sentences else 0
        found = [run for number, sentence in plain for run in runs(sentence, number, particles) if number or run.start >= behind]
        self.single = self.singles([run for run in found if not run.initial])
        return self.whole([self.opened(run) for run in found if not self.heading(run)])

    def whole(self, named: list[Run]) -> list[Run]:
        """The runs, each cut down to the whole name that it holds."""
        names = {self.lows(run) for run in named}
        return [self.shortened(run, names) for run in named]

    def lows(self, run: Run) -> tuple[str, ...]:
        """The words of the name proper in small letters."""
        return tuple(unpossessed(t.low) for t in self.tokens(run))

    def shortened(self, run: Run, whole: set[tuple[str, ...]]) -> Run:
        """A person's name without the verb of a title, where it stands by itself elsewhere: "Ann Lee Backs Brandt"."""
        lows = self.lows(run)
        if len(lows) < LONGER or lows[0] not in words().given:
            return run
        size = next((n for n in range(len(lows) - 1, 1, -1) if lows[:n] in whole), len(lows))
        return replace(run, end=run.name + size)

    def recognised(self, number: int) -> list[Mention]:
        """Names known from the text in a line of capitals, which tells none by itself."""
        found: list[Mention] = []
        tokens = self.sentences[number].tokens
        for i, token in enumerate(tokens):
            bearers = self.by_part.get(unpossessed(token.low)) if token.text[0].isupper() and token.low not in self.small else None
            last = next((e for e in bearers or () if name_parts(e.name)[-1] == unpossessed(token.low)), None)
            before = tokens[i - 1].low if i else ""
            if before in QUARTERS:  # South Korea is not Korea
                last = self.by_key.get(f"{before} {unpossessed(token.low)}")
            if last:
                start = i - 1 if before in name_parts(last.name) else i
                found.append(Mention(tokens[start].start, token.end, last, possesses(token.low), number, token.quoted))
        return found

    def singles(self, found: list[Run]) -> frozenset[str]:
        """Names of one word, without a title."""
        return frozenset(self.tokens(run)[0].low for run in found if run.end - run.name == 1 == run.end - run.start)

    def heading(self, run: Run) -> bool:
        """Several words in capitals; or two of which one is no name in small letters: "FULL TEXT", not "ANN LEE"."""
        tokens = self.sentences[run.sentence].tokens[run.start : run.end]
        common = any(t.low in self.small for t in tokens)
        return (len(tokens) > HEADING_WORDS or common) and shouted(tokens)

    def opened(self, run: Run) -> Run:
        """Without the word that opens a sentence, where the rest is a name by itself elsewhere: "Everything Trump does"."""
        tokens = self.sentences[run.sentence].tokens
        first, rest = tokens[run.start], tokens[run.start + 1 : run.end]
        if not run.initial or len(rest) != 1 or first.low not in self.small or first.low in words().given:
            return run
        return replace(run, start=run.start + 1, name=run.start + 1, initial=False) if rest[0].low in self.single else run

    def tokens(self, run: Run) -> list[Token]:
        """Tokens of the name proper."""
        return self.sentences[run.sentence].tokens[run.name : run.end]

    def introduce(self, run: Run) -> Entity:
        """The entity of a name of several words, or of a new single one."""
        tokens = self.tokens(run)
        parts = split_name(tokens)
        kind = self.kind(run, tokens)
        key = f"{parts[0]} {parts[-1]}" if kind == "person" else " ".join(parts)
        entity = self.by_key.get(key) or self.longer(parts, kind) or self.new(tokens, parts, kind, key)
        self.learn(run, entity, parts)
        return entity

    def new(self, tokens: list[Token], parts: list[str], kind: SpeakerKind, key: str) -> Entity:
        """An entity named for the first time."""
        entity = Entity(POSSESSIVE.sub("", self.printed(tokens)), kind, order=len(self.entities))
        self.by_key[key] = entity
        self.entities.append(entity)
        for part in self.short_forms(parts, kind):
            self.by_part.setdefault(part, []).append(entity)
        if kind == "organisation":
            self.assign(entity, self.role(tokens) - words().offices)
        return entity

    def longer(self, parts: list[str], kind: SpeakerKind) -> Entity | None:
        """The person already named with these parts and more."""
        if kind != "person" or len(parts) < 2:
            return None
        return next((e for e in self.by_part.get(parts[-1], ()) if e.kind == kind and set(parts) <= set(name_parts(e.name))), None)

    def printed(self, tokens: list[Token]) -> str:
        """The name as printed, single spaces."""
        return " ".join(t.text for t in tokens).replace(" '", "'")

    def short_forms(self, parts: list[str], kind: SpeakerKind) -> list[str]:
        """What may stand for the whole name: surname, first part, initials of a body."""
        first = [] if parts[0] in words().places and len(parts) > 1 else parts[:1]  # "Mexico" is not Mexico City
        forms = [parts[-1], *parts[:-1]] if kind == "person" else [*first, "".join(p[0] for p in parts if p not in SMALL)]
        return [form for form in dict.fromkeys(forms) if len(self.by_part.get(form, ())) < MAX_HOMONYMS]

    def kind(self, run: Run, tokens: list[Token]) -> SpeakerKind:
        """Tell a person from an organisation."""
        lows, table = [unpossessed(t.low) for t in tokens], words()
        titled = run.name > run.start
        if is_body(tokens) or (titled and lows[0] in table.places):
            return "organisation"
        if titled or lows[0] in table.given:
            return "person"
        return "organisation" if self.thing(lows) or self.has_article(run) else "person"

    def thing(self, lows: list[str]) -> bool:
        """A single word, a place, a group, or words that the text has in small letters too: "Senate Republicans", "Security Act"."""
        table = words()
        named = not table.places.isdisjoint(lows) or "of" in lows
        return len(lows) == 1 or named or lows[-1] in table.unnamed or self.small.issuperset(lows)

    def has_article(self, run: Run) -> bool:
        """As in "the Northern Ledger": persons carry no article."""
        return run.start > 0 and self.sentences[run.sentence].tokens[run.start - 1].low in {"the", "der", "die", "das"}

    def learn(self, run: Run, entity: Entity, parts: list[str]) -> None:
        """Roles and gender from the words around a name."""
        sentence = self.sentences[run.sentence].tokens
        table = words()
        titles = [t.low for t in sentence[run.start : run.name]]
        if entity.kind == "person" and entity.gender is None:
            given = parts[:1] if parts[0] == name_parts(entity.name)[0] else []  # no surname: "said Joseph"
            hints = {*titles, *given} | {t.low for t in sentence[max(0, run.start - 2) : run.start] if t.text.islower()}
            entity.gender = "f" if hints & table.female else "m" if hints & table.male else None
        for role in (self.role_before(sentence, run), self.role_after(sentence, run.end)):
            self.assign(entity, role)

    def assign(self, entity: Entity, role: frozenset[str]) -> None:
        """Keep a role of an entity, under each of its telling words."""
        table = words()
        if not role or role in entity.roles or len(entity.roles) >= MAX_HOMONYMS or is_place(entity):
            return
        entity.roles.append(role)
        for word in role & table.telling:
            self.by_role.setdefault(word, []).append((role, entity))
        if role & table.female and entity.kind == "person":
            entity.gender = "f"

    def role_before(self, tokens: list[Token], run: Run) -> frozenset[str]:
        """As in "South Korean President", "grid company", "The deputy mayor," before the name."""
        comma = run.start > 0 and tokens[run.start - 1].text == ","
        lead = run.start - comma
        if lead and tokens[lead - 1].low in PREPOSITIONS:
            return frozenset()
        i = self.description_start(tokens, lead, comma=comma)
        bound = i < lead and (i == 0 or tokens[i].low in DETERMINERS or possesses(tokens[i].low))
        return self.role([*(tokens[i:lead] if bound or not comma else []), *tokens[run.start : run.name]])

    def description_start(self, tokens: list[Token], lead: int, *, comma: bool) -> int:
        """Go left over a description, up to its article."""
        i = lead
        while not self.german and i > max(0, lead - ROLE_REACH) and describes(tokens[i - 1]) and not another(tokens, i - 1, lead):
            i -= 1
            if tokens[i].low in DETERMINERS or (tokens[i].low in PREPOSITIONS and tokens[i].low != "of" and not comma):
                break
        return i

    def role_after(self, tokens: list[Token], end: int) -> frozenset[str]:
        """As in ", the vice chairman of the committee," behind the name; "above Karsk, the agency said" tells who said it."""
        if end + 1 >= len(tokens) or tokens[end].text != "," or tokens[end + 1].low in {"and", "und"}:
            return frozenset()
        i = end + 1
        while i < min(len(tokens), end + ROLE_REACH) and describes(tokens[i]):
            i += 1
        found = self.role(tokens[end + 1 : i])
        # "will leave Northgate, the club said" may be both; who is described in full is somebody else
        return frozenset() if len(found) > 1 and i < len(tokens) and reports(tokens[i]) else found

    def role(self, tokens: list[Token]) -> frozenset[str]:
        """The telling words of a role; empty where no word is a role, a body or a title."""
        if not tokens:
            return frozenset()
        found = telling(tokens)
        return frozenset() if found.isdisjoint(words().telling) else found

    def place(self, run: Run) -> None:
        """Record a mention of a name, short or whole."""
        tokens = self.tokens(run)
        if not tokens:
            return
        entity = self.introduce(run) if len(tokens) > 1 else self.short(run, tokens)
        if entity:
            possessive = possesses(tokens[-1].low)
            self.mentions[run.sentence].append(Mention(tokens[0].start, tokens[-1].end, entity, possessive, run.sentence, tokens[0].quoted))

    def short(self, run: Run, tokens: list[Token]) -> Entity | None:
        """The bearer of a single word: surname, first name, initials; else a body or person named so all along."""
        parts = split_name(tokens)
        if not parts:
            return None
        known = self.by_part.get("".join(parts)) or self.by_part.get(parts[-1])
        if known:
            entity = self.choose(known, parts[-1], run)
            self.learn(run, entity, parts)
            return entity
        return None if self.german or (run.initial and run.name == run.start) else self.introduce(run)

    def choose(self, known: list[Entity], part: str, run: Run) -> Entity:
        """Among bearers of one name: surname before first name, then the gender of the title, then who is not called by first name."""
        titles = {t.low for t in self.sentences[run.sentence].tokens[run.start : run.name]}
        table = words()
        gender = "f" if titles & table.female else "m" if titles & table.male else None
        fitting = [e for e in known if gender is None or e.gender in {gender, None}] or known
        return min(fitting, key=lambda e: (name_parts(e.name)[-1] != part, name_parts(e.name)[0] in self.alone, e.order))
