"""Runs of capitalised words in a sentence, and where in each the name proper begins behind titles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from transforms.claims.actors import in_title, is_post, named_month, two_particles, words
from transforms.claims.descriptions import GERMAN_CLOSED, possesses, unpossessed
from transforms.claims.lexicon import wordlist
from transforms.claims.phrases import CLOSED, DETERMINERS, MONTHS, NOT_NAMES, SUBJECTS, TIMES
from transforms.claims.text import Sentence, Token

PARTICLES = wordlist("particles")
GERMAN_PARTICLES = wordlist("german_particles")  # articles join nouns there, no names
SURNAMES = frozenset({"white", "power", "post", "house", "street", "guard", "press", "banks", "waters", "works", "cross", "port"})
OF_BEFORE_AND = 2  # "Bureau of Fisheries and …": three tokens stand before the "and"
# Words inside a name that its short form leaves out.
SMALL = frozenset({"of", "for", "on", "to", "in", "and", "the"})
HEADLINE_WORDS = wordlist("headline_words")  # they have a capital in titles only, where they end a name: "Ann Lee Has Said"
CAUSES, FIELDS = wordlist("bodies_for_a_cause"), wordlist("fields_of_office")
MAX_NAME = 8  # tokens of the longest name with its titles
TITLE_ENDINGS = tuple(sorted(wordlist("german_title_endings")))
LONGEST_ENDING = 7  # letters; a shorter word that ends so is rather a name


@dataclass(frozen=True, slots=True)
class Run:
    """A run of capitalised words: titles before, the name proper, as token indexes of its sentence."""

    sentence: int
    start: int
    name: int
    end: int
    initial: bool


def split_name(tokens: list[Token]) -> list[str]:
    """Lower-case parts of a name, hyphens taken apart and a possessive ending dropped, so that Jong-un is Jong Un."""
    return [part for token in tokens for part in unpossessed(token.low).replace("-", " ").strip(".").split() if part]


def runs(sentence: Sentence, number: int, particles: frozenset[str] = PARTICLES) -> Iterator[Run]:
    """Every run of capitalised words."""
    tokens, i = sentence.tokens, 0
    while i < len(tokens):
        if not capital(tokens, i):
            i += 1
            continue
        end = run_end(tokens, i, particles)
        yield Run(number, i, name_start(tokens, i, end), end, initial=i == 0 or opened(tokens, i))
        i = end


def opened(tokens: list[Token], i: int) -> bool:
    """Right behind a mark that opens a quotation; behind one that closes it stands a name: “No,” Lee said."""
    return tokens[i - 1].mark and tokens[i].quote == tokens[i - 1].quote


def capital(tokens: list[Token], i: int) -> bool:
    """A capitalised word that may belong to a name."""
    token = tokens[i]
    if not token.text[0].isupper() or token.text in NOT_NAMES or (token.low in HEADLINE_WORDS and not token.text.isupper()):
        return False
    if token.low in MONTHS:
        return named_month(tokens, i)
    if token.low in TIMES:
        return in_title(tokens, i)
    return not function_word(tokens, i)


def function_word(tokens: list[Token], i: int) -> bool:
    """A capital that tells nothing: of a sentence's first word, a pronoun or an article."""
    token = tokens[i]
    first = i == 0 or tokens[i - 1].mark or tokens[i - 1].text in ".?!:"
    opens = first and (token.low in CLOSED or token.low in GERMAN_CLOSED)
    return opens or (token.low in SUBJECTS and token.text != "US") or token.low in DETERMINERS


def run_end(tokens: list[Token], i: int, particles: frozenset[str]) -> int:
    """One past the run that begins at `i`."""
    j = spelled_out(tokens, i) or i + 1
    while j < min(len(tokens), i + MAX_NAME) and not possesses(tokens[j - 1].low):
        if tokens[j].text[0].isupper() and capital(tokens, j):
            j += 1
        elif connects(tokens, j, particles):
            j += 2
        elif two_particles(tokens, j, strict=particles is GERMAN_PARTICLES):
            j += 3
        else:
            break
    return min(j, len(tokens))


def spelled_out(tokens: list[Token], i: int) -> int | None:
    """Where a name ends whose short form stands behind it: "Campaign to Mend Our Dikes (CMOD)"."""
    letters = ""
    for j in range(i, min(len(tokens) - 2, i + MAX_NAME)):
        token = tokens[j]
        if token.text == "(":
            return j if len(letters) > 1 and tokens[j + 1].text == letters and tokens[j + 2].text == ")" else None
        if not token.text[0].isalpha() or possesses(token.low) or not (token.text[0].isupper() or token.low in SMALL):
            return None
        letters += token.text[0] if token.text[0].isupper() else ""
    return None


def connects(tokens: list[Token], j: int, particles: frozenset[str]) -> bool:
    """A small word inside a name: "von", or "of" behind an office or a body, or "and" behind such an "of"."""
    if j + 1 >= len(tokens) or not tokens[j + 1].text[0].isupper():
        return False
    before, table = tokens[j - 1].low, words()
    if tokens[j].low == "and":
        return j > OF_BEFORE_AND and (tokens[j - 2].low == "of" or devoted(tokens, j - 2)) and tokens[j - 3].low in table.bodies
    if tokens[j].low in particles or devoted(tokens, j):
        return True
    return tokens[j].low == "of" and (before in table.titles or before in table.bodies)


def devoted(tokens: list[Token], j: int) -> bool:
    """As in "Institute for School Reform", "Council on Roads": what a body is for, no person and no place."""
    kind, cause, table = tokens[j - 1], tokens[j + 1].low, words()
    somebody = cause in table.given or (cause in table.titles and cause not in FIELDS)
    elsewhere = somebody or cause in table.places or cause in MONTHS or cause in TIMES
    return tokens[j].low in {"for", "on"} and kind.text[0].isupper() and kind.low in CAUSES and not elsewhere


def name_start(tokens: list[Token], start: int, end: int) -> int:
    """Where the name proper begins behind titles and nationalities; `end` where there are titles only."""
    if shouted(tokens[start:end]):
        return start
    if is_body(tokens[start:end]):
        return start + (end - start > 2 and compound_title(tokens[start].low))
    table = words()
    lows = [unpossessed(t.low) for t in tokens[start:end]]
    given = next((k for k in range(1, len(lows) - 1) if lows[k] in table.given), None)
    if given is not None and lows[0] not in table.given:
        return start + given
    post = next((k + 1 for k in range(1, len(lows) - 2) if is_post(tokens[start + k].text)), 0)
    if post:
        return start + post
    last = behind_titles(lows)
    if last == len(lows) > 1 and lows[0] in table.given:
        return start
    return start + last


def behind_titles(lows: list[str]) -> int:
    """Index behind the last title, with its "of" and the word after that; nationalities count where a title follows."""
    table = words()
    last = 0
    for k, low in enumerate(lows):
        if low in table.body_nouns or is_title(low):
            last = min(len(lows), k + 3) if lows[k + 1 : k + 2] == ["of"] else k + 1
    while last < len(lows) - 1 and last > 0 and lows[last] in table.places:
        last += 1
    return last


def shouted(tokens: list[Token]) -> bool:
    """A heading in capitals, no name."""
    return len(tokens) > 1 and all(t.text.isupper() and len(t.text) > 1 for t in tokens)


def is_title(low: str) -> bool:
    """An office or occupation."""
    return low in words().titles or compound_title(low)


def compound_title(low: str) -> bool:
    """A German one, or a kind of body: "Flughafenchefin", "Hilfsorganisation"."""
    return len(low) > LONGEST_ENDING and low.endswith(TITLE_ENDINGS)


def is_body(tokens: list[Token]) -> bool:
    """The name of an organisation, by its last word or by its head before "of"."""
    table = words()
    lows = [unpossessed(t.low) for t in tokens]
    small = next((k for k, low in enumerate(lows) if low in SMALL and k), None)
    if small is not None:
        return lows[small - 1] in table.bodies
    known = lows[-1] in table.bodies or lows[-1].removesuffix("s") in table.bodies
    return len(lows) > 1 and known and not (lows[0] in table.given and lows[-1] in SURNAMES)
