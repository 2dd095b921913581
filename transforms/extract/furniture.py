"""Trims of the chosen blocks: what templates print around the paragraphs goes out, and into a field where it has one."""

from __future__ import annotations

from dataclasses import dataclass, field

from transforms.extract.blocks import Block
from transforms.extract.lexicon import lexicon
from transforms.extract.moments import IN_WORDS
from transforms.extract.signals import Signals, shown
from transforms.extract.text import folded

# Kicker, headline, standfirst, byline, date and share line stand within the first few blocks.
TOP = 8
# Between headline and byline stand a section and a standfirst at most; a date further down signs a text.
LEAD = 3
# Prompts and notes are short; longer paragraphs that begin alike are text.
LONGEST_PROMPT = 240
LONGEST_NOTE = 600
LONGEST_BYLINE = 120
# A line of so few words that ends like no sentence is a label: a kicker, a menu word, a name.
LABEL_WORDS = 7
# A block holds a headline and little else (a kicker) up to this many times its length.
HEADLINE_ROOM = 1.7
# A closing heading counts only behind this share of the text: earlier, it is a subheading.
CLOSING_FROM = 0.6
# Author bios and signatures stand in the last few blocks.
BOTTOM = 4
# Shorter texts may well be said twice; a longer one inside another is a pull quote or a copy for phones.
PULL_QUOTE = 40
# Comparing every block with all others is for articles, not for megabytes.
MOST_COMPARED = 2000
# "Editor's note" may stand before a note as a label.
LONGEST_LABEL = 20
NOTE_ELEMENTS = (
    "[class*='correction' i], [class*='editors-note' i], [class*='editor-note' i], [class*='update-note' i], [class*='korrektur' i]"
)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
SENTENCE_END = (".", "!", "?", "…", "”", "“", "»", '"', "’", ")", "。", "」")


@dataclass(frozen=True)
class Known:
    """What the page's other parts have already given: such texts need not stand in the body."""

    headlines: list[str] = field(default_factory=list)
    standfirst: str | None = None
    description: str | None = None
    authors: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    sites: list[str] = field(default_factory=list)
    links: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Trimmed:
    """Paragraphs that stay, and what left for a field of its own."""

    paragraphs: list[str]
    notes: list[str]
    signature: str | None = None
    standfirst: str | None = None


def trim(found: list[Block], known: Known) -> Trimmed:
    """Apply every trim, in reading order."""
    notes = [block.text for block in found if is_note(block)]
    shown = {folded(text) for text in known.captions}
    article = [block for block in without_tail(found) if not is_note(block) and folded(block.text) not in shown]
    titles = [key for text in known.headlines if (key := folded(text))]
    start = headline_end(article, titles)
    lead = above_byline(article[start : start + TOP], known) if start else []
    texts = without_top(article[start + len(lead) :], titles, known)
    kept = without_bottom(texts, known)
    stays = set(map(id, kept))
    signature = next((block.text for block in texts[::-1] if id(block) not in stays and is_signature(block.text)), None)
    standfirst = next((block.text for block in lead if not is_label(block)), None)
    return Trimmed(unrepeated([block.text for block in kept]), list(dict.fromkeys(notes)), signature, standfirst)


def headline_end(found: list[Block], titles: list[str]) -> int:
    """Number of the block after the printed headline; 0 where it is not printed, or where text stands before it."""
    start = max((number + 1 for number, block in enumerate(found[:TOP]) if holds_title(block, titles)), default=0)
    return start if all(is_label(block) or is_furniture(block) for block in found[: max(0, start - 1)]) else 0


def above_byline(head: list[Block], known: Known) -> list[Block]:
    """What stands between headline and byline or date: a standfirst, never the text."""
    for number, block in enumerate(head[:LEAD]):
        if is_byline(block.text, known.authors) or is_dated(block.text):
            return head[:number]
    return []


def without_top(found: list[Block], titles: list[str], known: Known) -> list[Block]:
    """Without furniture, without what repeats a part of the page's head in the first blocks, and without labels above the text."""
    clean = [block for block in found if not is_furniture(block, known.links)]
    head = [block for block in clean[:TOP] if not repeats(block, titles, known)]
    first = next((number for number, block in enumerate(head) if not is_label(block)), 0)
    return [*head[first:], *(block for block in clean[TOP:] if folded(block.text) not in titles)]


def holds_title(block: Block, titles: list[str]) -> bool:
    """The block prints the headline, perhaps with a kicker before it."""
    key = folded(block.text)
    return any(key == title or (title in key and len(key) <= HEADLINE_ROOM * len(title)) for title in titles)


def repeats(block: Block, titles: list[str], known: Known) -> bool:
    """The block is headline, standfirst or byline once more; a description counts only as a heading, it may be the first paragraph."""
    key = folded(block.text)
    summaries = {folded(known.standfirst or "")} | ({folded(known.description or "")} if block.tag in HEADINGS else set())
    return holds_title(block, titles) or key in summaries or is_byline(block.text, known.authors) or is_dated(block.text)


def is_label(block: Block) -> bool:
    """A kicker, a menu word, a heading: no sentence."""
    short = len(block.text.split()) <= LABEL_WORDS and len(block.text) <= LONGEST_BYLINE
    return (short or block.tag in HEADINGS) and not block.text.endswith(SENTENCE_END) and block.tag != "blockquote"


def is_byline(text: str, authors: list[str]) -> bool:
    """A short line that is mostly an author's name, or starts like a byline and holds one."""
    if len(text) > LONGEST_BYLINE or text.endswith((".", "!", "?", "”", '"')):
        return False
    names = sum(len(name) for name in authors if folded(name) in folded(text))
    return names > 0 and (names >= len(text) / 2 or bool(lexicon().byline.match(text)))


def is_dated(text: str) -> bool:
    """A short line with a date that is no sentence."""
    return len(text) <= LONGEST_BYLINE and not text.endswith(SENTENCE_END) and bool(IN_WORDS.search(text))


def is_furniture(block: Block, links: frozenset[str] = frozenset()) -> bool:
    """Advertisements, share lines, prompts, credits, rules of dashes, lines that are one link to somewhere else."""
    words, key = lexicon(), folded(block.text)
    if not key or words.furniture.match(block.text):
        return True
    if len(block.text) <= LONGEST_PROMPT and words.prompt.match(block.text):
        return True
    return key in links and block.tag not in HEADINGS and not block.text.endswith(SENTENCE_END)


def is_note(block: Block) -> bool:
    """A correction or update note of the outlet."""
    return len(block.text) <= LONGEST_NOTE and bool(lexicon().note.match(block.text))


def printed_notes(signals: Signals) -> list[str]:
    """Notes that the page prints outside its text; an element for notes needs no opening word."""
    found = []
    for node in signals.tree.css(NOTE_ELEMENTS):
        text = shown(node)
        if len(text) <= LONGEST_NOTE and (match := lexicon().note.search(text)) and match.start() <= LONGEST_LABEL:
            found.append(text[match.start() :])
    return found


def without_tail(found: list[Block]) -> list[Block]:
    """Cut at a closing line (related articles, comments) in the last part of the text."""
    total, before = sum(len(block.text) for block in found), 0
    for number, block in enumerate(found):
        if before >= CLOSING_FROM * total and len(block.text) < LONGEST_BYLINE and lexicon().closing.match(block.text):
            return found[:number]
        before += len(block.text)
    return found


def without_bottom(found: list[Block], known: Known) -> list[Block]:
    """Without author bios, words about the site, signatures and headings over nothing in the last blocks."""
    last = len(found)
    kept = list(found)
    for number in range(last - 1, max(-1, last - BOTTOM - 1), -1):
        block = found[number]
        ends = block.tag in HEADINGS or is_signature(block.text) or is_byline(block.text, known.authors)
        if ends or is_bio(block.text, [*known.authors, *known.sites]):
            del kept[number]
        elif not is_label(block):
            break
    return kept


def is_signature(text: str) -> bool:
    """A short line that only says who supplied the text."""
    words = lexicon()
    return len(text) <= LONGEST_BYLINE and bool(words.signature.match(text) or words.supplied.match(text))


def is_bio(text: str, names: list[str]) -> bool:
    """A paragraph about an author or the site: it begins with the whole name and a word that bios go on with."""
    bare = text.removeprefix("The ")
    heads = [name.removeprefix("The ") for name in names]
    return any(bare.startswith(name) and bool(lexicon().bio.match(bare[len(name) :].lstrip(" ,"))) for name in heads)


def unrepeated(texts: list[str]) -> list[str]:
    """Without long paragraphs that stand a second time, whole or as a pull quote."""
    keys = [folded(text) for text in texts]
    everything = "\n".join(keys) if len(keys) <= MOST_COMPARED else ""
    kept, seen = [], set[str]()
    for text, key in zip(texts, keys, strict=True):
        again = key in seen or (key not in seen and keys.count(key) == 1 and everything.count(key) > 1) if len(key) > PULL_QUOTE else False
        if not again:
            kept.append(text)
        seen.add(key)
    return kept
