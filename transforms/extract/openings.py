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
        self.known = frozenset().union(*(letters for letters, _ in self.patterns if letters))
        self.end = end
        self.beginning_with = lru_cache(maxsize=None)(self.compiled)

    def compiled(self, letter: str) -> re.Pattern[str]:
        """The patterns that can match a line that begins with the letter; with "", those that can begin with any."""
        fitting = [pattern for letters, pattern in self.patterns if letters is None or letter in letters]
        fitting = [narrowed(pattern, letter) for pattern in fitting] if letter else fitting
        return re.compile(f"(?:{'|'.join(fitting)}){self.end}" if fitting else r"(?!)", re.IGNORECASE)

    def match(self, text: str) -> re.Match[str] | None:
        """Match at the start of the text."""
        letter = DIGIT if text[:1].isdigit() else text[:1].lower()[:1]  # the small Turkish İ is an i and its dot
        return self.beginning_with(letter if letter in self.known else "").match(text)


def narrowed(pattern: str, letter: str) -> str:
    """The pattern without the alternatives that can't begin with the letter: compiling them for every letter took seconds.

    >>> narrowed("(?:see|watch|read) more|share", "s")
    '(?:see) more|share'
    """
    return "|".join(narrowed_branch(branch, letter) for branch in branches(pattern) if begins(branch, letter))


def begins(branch: str, letter: str) -> bool:
    """Whether a match of the branch can begin with the letter."""
    letters = first_of_branch(branch)
    return letters is None or letter in letters


def narrowed_branch(branch: str, letter: str) -> str:
    """The same for a pattern without a top-level `|`."""
    end = closing_bracket(branch) if branch.startswith(GROUP) else 0
    if end == 0 or branch.startswith((*OPTIONAL, "{"), end + 1):
        return branch
    return f"{GROUP}{narrowed(branch[len(GROUP) : end], letter)}{branch[end:]}"


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
