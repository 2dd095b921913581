"""Words that tell what a name stands for: titles, roles, bodies, given names. And persons whose name is a month."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from transforms.claims.lexicon import english, read
from transforms.claims.phrases import MONTHS, PREPOSITIONS
from transforms.claims.text import Token

# Pairs of small words inside a name: "Marta von der Heide", "Pieter van den Berg", "Luisa de la Cruz".
FIRST_OF_TWO, SECOND_OF_TWO = frozenset({"von", "van", "de"}), frozenset({"der", "den", "dem", "het", "la", "las", "los"})
ABBREVIATION = 3  # letters of a rank, a post or a position: "Browns DL Sheldon Richardson"


@dataclass(frozen=True, slots=True)
class Words:
    """Word lists of lexicons/actors.toml; `given`: names and words of either gender, `telling`: makes a role, `offices`: of one person."""

    titles: frozenset[str]
    roles: frozenset[str]
    spokespeople: frozenset[str]
    bodies: frozenset[str]
    body_nouns: frozenset[str]
    documents: frozenset[str]
    unnamed: frozenset[str]
    places: frozenset[str]
    male: frozenset[str]
    female: frozenset[str]
    given: frozenset[str]
    telling: frozenset[str]
    offices: frozenset[str]
    synonyms: dict[str, list[str]]
    aliases: dict[str, str]


@lru_cache(maxsize=1)
def words() -> Words:
    """The lists, read once."""
    data = read("actors")
    names, bodies = data["given_names"], data["organisations"]
    male = frozenset([*names["male"], *data["masculine"]["words"]])
    female = frozenset([*names["female"], *data["feminine"]["words"]])
    return Words(
        titles=frozenset(data["titles"]),
        roles=frozenset(data["roles"]),
        spokespeople=frozenset(data["spokespeople"]),
        bodies=frozenset(bodies["names"]),
        body_nouns=frozenset(bodies["nouns"]),
        documents=frozenset(data["documents"]["nouns"]),
        unnamed=frozenset(data["unnamed"]["nouns"]),
        places=frozenset(data["places"]["names"]),
        male=male,
        female=female,
        given=male | female,
        telling=frozenset([*data["roles"], *bodies["nouns"], *data["titles"], *bodies["names"]]),
        offices=frozenset([*data["roles"], *data["titles"]]) - frozenset([*bodies["nouns"], *bodies["names"]]),
        synonyms=data["synonyms"],
        aliases=data["aliases"],
    )


def named_month(tokens: list[Token], i: int) -> bool:
    """As in "Theresa May", "Mrs May", "May said", "June Akana": a person, no month."""
    if i and tokens[i - 1].text[0].isupper() and leads_name(tokens, i - 1):
        return True
    after = tokens[i + 1] if i + 1 < len(tokens) else None
    if after is None or (i and tokens[i - 1].low in PREPOSITIONS):
        return False
    given = tokens[i].low in words().given
    return speaks(after.low) or (given and after.text[0].isupper() and after.low not in MONTHS)


def in_title(tokens: list[Token], i: int) -> bool:
    """A word of time in the name of a paper: "USA Today", "the Evening Gazette"."""
    before = tokens[i - 1].text if i else ""
    capitals = len(before) > 1 and before.isalpha() and before.isupper()
    return capitals or (before.lower() == "the" and i + 1 < len(tokens) and tokens[i + 1].text[0].isupper())


def two_particles(tokens: list[Token], j: int, *, strict: bool) -> bool:
    """Two small words inside a name begin at `j`. `strict`: behind a given name only, for "Anna Holt von der Bank" in German."""
    if j + 2 >= len(tokens) or not tokens[j + 2].text[0].isupper():
        return False
    paired = tokens[j].low in FIRST_OF_TWO and tokens[j + 1].low in SECOND_OF_TWO
    table = words()
    return paired and (not strict or tokens[j - 1].low in table.given)


def is_post(text: str) -> bool:
    """Two or three capitals inside a name."""
    return text.isupper() and text.isalpha() and 1 < len(text) <= ABBREVIATION


def leads_name(tokens: list[Token], i: int) -> bool:
    """A given name or a title, or a word behind a title."""
    table = words()
    return tokens[i].low in table.given or tokens[i].low in table.titles or (i > 0 and tokens[i - 1].low in table.titles)


def speaks(low: str) -> bool:
    """A verb of saying that may follow a quotation and its speaker."""
    return any(not rest and cue.posts for rest, cue in english().cues.get(low, ()))
