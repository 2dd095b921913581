"""Blocks in short, so that a block of one page is met again on others of its outlet."""

from __future__ import annotations

from collections.abc import Iterable

from common.ids import sha256
from ingest.records import BlockPrint, Recall
from transforms.extract.blocks import Block
from transforms.extract.lines import HEADINGS
from transforms.extract.text import folded

# Hex digits of a print: 48 bits, so that 200 pages of 300 blocks collide once in some 100 000 outlets.
PRINT_LENGTH = 12
# Counts, dates and prices change from page to page, words do not. A block of fewer letters is told by nothing else.
LEAST_LETTERS = 3
NO_DIGITS = dict.fromkeys(range(ord("0"), ord("9") + 1))
# Blocks of one page that are looked at: long articles have some 150.
MOST_BLOCKS = 300
# Characters of a block that are kept for showing.
SHOWN = 100
# Where more of a page recurs (share of its characters), it is itself a copy of other pages, and nothing of it is furniture.
MOST_RECURRING = 0.5


def print_of(text: str) -> str | None:
    """The print of a text; None where it has too few letters.

    >>> print_of("12 Comments") == print_of("3 comments"), print_of("3.5")
    (True, None)
    """
    key = folded(text)
    letters = key.translate(NO_DIGITS) if key.isascii() else "".join(character for character in key if not character.isdigit())
    return sha256(letters)[:PRINT_LENGTH] if len(letters) >= LEAST_LETTERS else None


def prints(blocks: Iterable[Block]) -> list[BlockPrint]:
    """The prints of blocks, each once, in their order."""
    found: dict[str, BlockPrint] = {}
    for block in blocks:
        name = print_of(block.text)
        if name and name not in found and len(found) < MOST_BLOCKS:
            found[name] = BlockPrint(print=name, text=block.text[:SHOWN], length=len(block.text), is_heading=block.tag in HEADINGS)
    return list(found.values())


def recurs(blocks: list[Block], recall: Recall | None) -> list[bool]:
    """For each block whether the outlet prints it on many pages.

    A heading goes with what stands below it: one over text stays, unless most pages have it.
    """
    if recall is None:
        return [False] * len(blocks)
    names = [print_of(block.text) for block in blocks]
    known = frozenset(recall.prints)
    found = [name in known for name in names]
    for number in range(len(blocks) - 2, -1, -1):
        is_subheading = blocks[number].tag in HEADINGS and names[number] not in recall.everywhere
        found[number] = found[number] and (found[number + 1] or not is_subheading)
    return found if is_little(blocks, found) else [False] * len(blocks)


def is_little(blocks: list[Block], found: list[bool]) -> bool:
    """What was found is not most of the page."""
    gone = sum(len(block.text) for block, is_gone in zip(blocks, found, strict=True) if is_gone)
    return gone <= MOST_RECURRING * sum(len(block.text) for block in blocks)
