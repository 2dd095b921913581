"""What the matches of patterns begin with: four letters tell nearly every line of a page from all patterns of the lexicons.

To try each pattern on each line takes a tenth of a page's time; nine lines in ten begin like none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from transforms.extract.openings import DIGIT, GROUP, branches, closing_bracket

# Letters that are looked at: with three a twentieth more lines are tried in vain, with five the table is twice as large.
LENGTH = 4
# Beginnings of lines that are remembered: a page has a few hundred.
REMEMBERED = 20_000
# One character: escaped, a class, or itself; what may follow it.
CHARACTER = re.compile(r"\\(?P<escaped>.)|\[(?P<class>\^?(?:\\.|[^\]\\])*)\]|(?P<plain>.)", re.DOTALL)
REPEATED = re.compile(r"(?P<none>[?*]|\{0?,)|[+{]")
QUANTIFIER = re.compile(r"(?:[?*+]|\{[\d,]+\})[?+]?")
# A class of more characters is a script.
MOST_LISTED = 100
RANGE = re.compile(r"(.)-(.)", re.DOTALL)
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
        repeated = REPEATED.match(quantifier[0]) if quantifier else None
        branch = branch[quantifier.end() :] if quantifier else branch
        longer = {start + text for start in going for text in more}
        ended |= {start + text for start in going for text in last}
        if repeated and quantifier and quantifier[0][0] != "?":  # what follows the first of several is not looked at
            ended |= longer
            longer = set()
        going = longer | going if repeated and repeated["none"] else longer
        ended |= {text[:LENGTH] for text in going if len(text) >= LENGTH}
        going = {text for text in going if len(text) < LENGTH}
    return going, {text[:LENGTH] for text in ended}


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


class Heads:
    """Which kinds of patterns a line may match, by its first letters; one bit a kind."""

    def __init__(self, kinds: Mapping[str, Iterable[str]]) -> None:
        self.bit = {kind: 1 << number for number, kind in enumerate(kinds)}
        self.known: dict[str, int] = {}
        for kind, patterns in kinds.items():
            for text in frozenset(folded(text) for pattern in patterns for text in beginnings(pattern)):
                self.known[text] = self.known.get(text, 0) | self.bit[kind]
        self.may = lru_cache(maxsize=REMEMBERED)(self.looked_up)

    def looked_up(self, head: str) -> int:
        """Bits of the kinds that may match a line with these first `LENGTH` letters; `may` remembers them."""
        bits = 0
        for length in range(LENGTH + 1):
            bits |= self.known.get(folded(head[:length]), 0)
        return bits
