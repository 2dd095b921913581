"""What one line of a page is: a label, a byline, a prompt, a note, a signature, a bio. The words come from the lexicons."""

from __future__ import annotations

import re
from typing import Literal

from transforms.extract.blocks import Block
from transforms.extract.lexicon import lexicon, pitches
from transforms.extract.moments import in_words
from transforms.extract.text import folded

# Prompts are short; longer paragraphs that begin alike are text.
LONGEST_PROMPT = 240
# Notes and pitches have a few sentences.
LONGEST_NOTE = 600
LONGEST_BYLINE = 120
# A line of so few words that ends like no sentence is a label: a kicker, a menu word, a name.
LABEL_WORDS = 7
# Scripts without blanks say in one character what others say in so many.
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
UNSPACED_WIDTH = 3
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
SENTENCE_END = (".", "!", "?", "…", "”", "“", "»", '"', "’", ")", "。", "！", "？", "」", "』", "।", "؟", "۔")
# Why a line is no part of the text, as `--explain` tells it.
Reason = Literal["furniture", "prompt", "pitch", "link"]
NoteKind = Literal["correction", "update"]


def is_short(text: str, limit: int) -> bool:
    """At most so many characters; those of scripts without blanks count more."""
    wide = 0 if text.isascii() or len(text) > limit else len(UNSPACED.findall(text))
    return len(text) + (UNSPACED_WIDTH - 1) * wide <= limit


def is_label(block: Block) -> bool:
    """A kicker, a menu word, a heading: no sentence."""
    if block.text.endswith(SENTENCE_END) or block.tag == "blockquote":
        return False
    return block.tag in HEADINGS or (is_short(block.text, LONGEST_BYLINE) and len(block.text.split()) <= LABEL_WORDS)


def is_byline(text: str, authors: list[str]) -> bool:
    """A short line that is mostly an author's name, or starts like a byline and holds one."""
    if len(text) > LONGEST_BYLINE or text.endswith((".", "!", "?", "”", '"')):
        return False
    names = sum(len(name) for name in authors if folded(name) in folded(text))
    return names > 0 and (names >= len(text) / 2 or lexicon().begins("byline", text))


def is_dated(text: str) -> bool:
    """A short line with a date that is no sentence."""
    return len(text) <= LONGEST_BYLINE and in_words(text) is not None and is_short(text, LONGEST_BYLINE) and not text.endswith(SENTENCE_END)


def furniture_of(block: Block, links: frozenset[str] = frozenset()) -> Reason | None:
    """Which kind of furniture a line is: advertisements, share lines, credits, rules of dashes; prompts; a link to somewhere else.

    >>> furniture_of(Block("p", "READ MORE: The price of bread")), furniture_of(Block("p", "The price of bread rose."))
    ('prompt', None)
    """
    words, key, length = lexicon(), folded(block.text), len(block.text)
    if not key or words.begins("furniture", block.text):
        return "furniture"
    if length <= LONGEST_PROMPT and words.begins("prompt", block.text):
        return "prompt"
    if length <= LONGEST_NOTE and pitches(block.text):
        return "pitch"
    leads_away = key in links and block.tag not in HEADINGS and not block.text.endswith(SENTENCE_END)
    return "link" if leads_away else None


def is_furniture(block: Block, links: frozenset[str] = frozenset()) -> bool:
    """The line is furniture of any kind."""
    return furniture_of(block, links) is not None


def note_of(text: str) -> NoteKind | None:
    """Whether a line is a note of the outlet that it corrected or explains its text, or that it added to it."""
    if len(text) > LONGEST_NOTE:
        return None
    if lexicon().begins("correction", text):
        return "correction"
    return "update" if lexicon().begins("update", text) else None


def is_closing(text: str) -> bool:
    """A short line that announces what is no text any more: related articles, comments."""
    return len(text) < LONGEST_BYLINE and lexicon().begins("closing", text)


def is_signature(text: str) -> bool:
    """A short line that only says who supplied the text."""
    words = lexicon()
    return len(text) <= LONGEST_BYLINE and (words.begins("signature", text) or words.begins("supplied", text))


def is_bio(text: str, names: list[str]) -> bool:
    """A paragraph about an author or the site: it begins with the whole name and a word that bios go on with, or speaks of a journalist."""
    bare = text.removeprefix("The ")
    heads = [name.removeprefix("The ") for name in names]
    named = any(bare.startswith(name) and bool(lexicon().bio.match(bare[len(name) :].lstrip(" ,"))) for name in heads)
    return named or lexicon().begins("signed_bio", text)
