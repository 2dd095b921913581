"""What the matches of patterns begin with: four letters tell nearly every line of a page from all patterns of the lexicons.

To try each pattern on each line takes a tenth of a page's time; nine lines in ten begin like none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

GROUP = "(?:"
# Stands for every digit of every script.
DIGIT = "0"
# Letters that are looked at: with three a twentieth more lines are tried in vain, with five the table is twice as large.
LENGTH = 4
# Beginnings of lines that are remembered: a page has a few hundred.
REMEMBERED = 20_000
# Lines that are remembered: the trims ask for those of one page several times.
LINES = 2048
# One character: escaped, a class, or itself; what may follow it.
CHARACTER = re.compile(r"\\(?P<escaped>.)|\[(?P<class>\^?(?:\\.|[^\]\\])*)\]|(?P<plain>.)", re.DOTALL)
QUANTIFIER = re.compile(r"(?:[?*+]|\{[\d,]+\})[?+]?")
# A class of more characters is a script.
MOST_LISTED = 100
RANGE = re.compile(r"(.)-(.)", re.DOTALL)
# Quantifiers that allow for none.
NONE = ("?", "*", "{0,", "{,")
ZERO_WIDTH = ("(?=", "(?!", "(?<")
# Classes that are no letters of a word are too many to list.
CLASSES, EDGES, ENDS = frozenset("wWsSD"), frozenset("bBAZ"), frozenset("^$")

# (strings that more of the pattern follows, strings that anything may follow)
Strings = tuple[set[str], set[str]]


def folded(head: str) -> str:
    """What the first letters of lines and patterns are compared by: no case, digits alike, and one i for Turkish and others."""
    plain = head.casefold().replace("ı", "i").replace("\u0307", "")
    return "".join(DIGIT if letter.isdigit() else letter for letter in plain)


def beginnings(pattern: str) -> frozenset[str]:
    r"""Each match of the pattern begins with one of these, up to case; "" where it may begin with anything.

    >>> sorted(beginnings(r"(?:see|find out) more|ads?\b|\d+ min"))
    ['0', 'ad', 'ads', 'find', 'see ']
    """
    going, ended = alternatives(pattern)
    return frozenset(going | ended)


def alternatives(pattern: str) -> Strings:
    """The strings of all alternatives."""
    found = [in_order(branch) for branch in branches(pattern)]
    return set[str]().union(*(going for going, _ in found)), set[str]().union(*(ended for _, ended in found))


def in_order(branch: str) -> Strings:
    """The strings of a pattern without a top-level `|`."""
    going, ended = {""}, set[str]()
    while branch and going:
        (more, last), branch = first(branch)
        quantifier = QUANTIFIER.match(branch)
        branch = branch[quantifier.end() :] if quantifier else branch
        ended |= {start + text for start in going for text in last}
        going, over = repeated({start + text for start in going for text in more}, going, quantifier[0] if quantifier else "")
        ended |= over | {text for text in going if len(text) >= LENGTH}
        going = {text for text in going if len(text) < LENGTH}
    return going, {text[:LENGTH] for text in ended}


def repeated(longer: set[str], before: set[str], quantifier: str) -> Strings:
    """The strings behind a piece that may stand several times, or not at all; what follows the first of several is not looked at."""
    ended = longer if quantifier and quantifier[0] != "?" else set[str]()
    going = set[str]() if ended else longer
    return going | before if quantifier.startswith(NONE) else going, ended


def first(branch: str) -> tuple[Strings, str]:
    """(strings of the first piece, the rest)."""
    if branch.startswith("("):
        end = closing_bracket(branch)
        inner = branch[len(GROUP) if branch.startswith(GROUP) else 1 : end]
        return ({""}, set()) if branch.startswith(ZERO_WIDTH) else alternatives(inner), branch[end + 1 :]
    match = CHARACTER.match(branch)
    assert match is not None
    return character(match), branch[match.end() :]


def character(match: re.Match[str]) -> Strings:
    """The strings of one character."""
    escaped, listed, plain = match["escaped"], match["class"], match["plain"]
    if escaped in EDGES or plain in ENDS:
        return {""}, set()
    if escaped == "d":
        return {DIGIT}, set()
    if escaped in CLASSES or plain == "." or (listed and (listed.startswith("^") or "\\" in listed)):
        return set(), {""}
    found = set(escaped or plain or RANGE.sub(spelt, listed))
    return (found, set()) if len(found) <= MOST_LISTED else (set(), {""})


def spelt(match: re.Match[str]) -> str:
    """The characters of a range, one by one.

    >>> RANGE.sub(spelt, "xa-e")
    'xabcde'
    """
    return "".join(map(chr, range(ord(match[1]), ord(match[2]) + 1)))


class Kind(NamedTuple):
    """Patterns of one kind: what stands before and after each, and how it is compiled."""

    patterns: list[str]
    start: str = ""
    end: str = ""
    flags: re.RegexFlag = re.IGNORECASE


class Beginnings:
    """Tells whether a line begins with a pattern of a kind; a pattern is compiled when a line first begins like it."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self.asked = kinds
        self.known: dict[str, list[tuple[str, str]]] = {}
        for name, kind in kinds.items():
            for piece in dict.fromkeys(branch for pattern in kind.patterns for branch in branches(pattern)):
                for head in dict.fromkeys(map(folded, sorted(beginnings(piece)))):
                    self.known.setdefault(head, []).append((name, piece))
        self.compiled = lru_cache(maxsize=None)(self.compile)
        self.fitting = lru_cache(maxsize=REMEMBERED)(self.like)
        self.kinds_of = lru_cache(maxsize=LINES)(self.kinds)

    def compile(self, name: str, piece: str) -> re.Pattern[str]:
        """One pattern with what its kind asks for."""
        kind = self.asked[name]
        return re.compile(f"{kind.start}(?:{piece}){kind.end}", kind.flags)

    def like(self, head: str) -> dict[str, list[re.Pattern[str]]]:
        """The patterns by kind that a line with these first `LENGTH` letters may match; `fitting` remembers them."""
        found: dict[str, dict[str, None]] = {}
        for length in range(LENGTH + 1):
            for name, piece in self.known.get(folded(head[:length]), ()):
                found.setdefault(name, {})[piece] = None
        return {name: [self.compiled(name, piece) for piece in pieces] for name, pieces in found.items()}

    def __call__(self, kind: str, text: str) -> bool:
        """The line begins with a pattern of the kind."""
        return kind in self.kinds_of(text)

    def kinds(self, text: str) -> frozenset[str]:
        """The kinds that the line begins with a pattern of; `kinds_of` remembers them."""
        found = []
        for name, patterns in self.fitting(text[:LENGTH]).items():
            for pattern in patterns:
                if pattern.match(text):
                    found.append(name)
                    break
        return frozenset(found)


def bare(pattern: str) -> Iterator[tuple[int, str, int]]:
    """(position, character, brackets open before it) of what is neither escaped nor in a class."""
    depth, in_class, is_escaped = 0, False, False
    for number, character in enumerate(pattern):
        if is_escaped:
            is_escaped = False
        elif character == "\\":
            is_escaped = True
        elif in_class or character == "[":
            in_class = character != "]"
        else:
            yield number, character, depth
            depth += (character == "(") - (character == ")")


def branches(pattern: str) -> Iterator[str]:
    """The alternatives of a pattern at its top level."""
    start = 0
    for number, character, depth in bare(pattern):
        if character == "|" and depth == 0:
            yield pattern[start:number]
            start = number + 1
    yield pattern[start:]


def closing_bracket(pattern: str) -> int:
    r"""Where the bracket that opens the pattern is closed.

    >>> closing_bracket(r"(?:a[)]|\)) b")
    10
    """
    found = next((number for number, character, depth in bare(pattern) if character == ")" and depth == 1), None)
    if found is None:
        raise ValueError(f"unbalanced: {pattern}")
    return found
