"""Many patterns that are anchored at the start of a line: only those that can begin with its first letter are tried.

One union of all lexicons costs 80 µs a line, most of it for words of other languages and letters; by first letter it is a twentieth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

GROUP = "(?:"
# One character that stands for itself, or a class of such.
LITERAL = re.compile(r"[^\\.^$(|\[]|\[[^\]\\^-]+\]")
# Stands for every digit of every script.
DIGIT = "0"
OPTIONAL = ("?", "*", "{0,")


class Openings:
    """`match` as of one pattern; patterns are compiled for a letter when a line first begins with it."""

    def __init__(self, patterns: list[str], *, end: str = "") -> None:
        self.patterns = [(first_letters(pattern), pattern) for pattern in patterns]
        self.end = end
        self.beginning_with = lru_cache(maxsize=None)(self.compiled)

    def compiled(self, letter: str) -> re.Pattern[str]:
        """The patterns that can match a line that begins with the letter."""
        fitting = [pattern for letters, pattern in self.patterns if letters is None or letter in letters]
        return re.compile(f"(?:{'|'.join(fitting)}){self.end}" if fitting else r"(?!)", re.IGNORECASE)

    def match(self, text: str) -> re.Match[str] | None:
        """Match at the start of the text."""
        letter = text[:1].lower()
        return self.beginning_with(DIGIT if letter.isdigit() else letter).match(text)


def first_letters(pattern: str) -> frozenset[str] | None:
    r"""Lower-case letters that a match can begin with; None: any.

    >>> sorted(first_letters("(?:see|watch) more") or ""), first_letters(r"\w+ more")
    (['s', 'w'], None)
    """
    found: set[str] = set()
    for branch in branches(pattern):
        letters = first_of_branch(branch)
        if letters is None:
            return None
        found |= letters
    return frozenset(found)


def first_of_branch(branch: str) -> frozenset[str] | None:
    """The same for a pattern without a top-level `|`."""
    if branch.startswith(GROUP):
        end = closing_bracket(branch)
        head, rest = first_letters(branch[len(GROUP) : end]), branch[end + 1 :]
    elif literal := LITERAL.match(branch):
        head, rest = frozenset(literal[0].lower()) - frozenset("[]"), branch[literal.end() :]
    elif branch.startswith(r"\d"):
        head, rest = frozenset(DIGIT), branch[2:]
    else:
        return None
    if head is None or not rest.startswith(OPTIONAL):
        return head
    after = first_letters(re.sub(r"^(?:[?*]|\{[^}]*\})", "", rest))
    return None if after is None else head | after


def branches(pattern: str) -> Iterator[str]:
    """The alternatives of a pattern at its top level."""
    depth, start, in_class, number = 0, 0, False, 0
    while number < len(pattern):
        character = pattern[number]
        if character == "\\":
            number += 1
        elif in_class:
            in_class = character != "]"
        elif character == "[":
            in_class = True
        elif character == "|" and depth == 0:
            yield pattern[start:number]
            start = number + 1
        else:
            depth += (character == "(") - (character == ")")
        number += 1
    yield pattern[start:]


def closing_bracket(pattern: str) -> int:
    """Where the bracket that opens the pattern is closed."""
    depth, in_class, number = 0, False, 0
    while number < len(pattern):
        character = pattern[number]
        if character == "\\":
            number += 1
        elif in_class:
            in_class = character != "]"
        elif character == "[":
            in_class = True
        else:
            depth += (character == "(") - (character == ")")
            if depth == 0:
                return number
        number += 1
    raise ValueError(f"unbalanced: {pattern}")
