"""Choosing the part of a page that is the article."""

from __future__ import annotations

from selectolax.lexbor import LexborNode

from transforms.extract import jsonld
from transforms.extract.blocks import Block, blocks
from transforms.extract.lexicon import lexicon
from transforms.extract.signals import Signals
from transforms.extract.text import clean

# Less text than this (characters) is no article yet: the next method is asked.
ENOUGH = 200
# Two readings of one text differ by white space and marks only.
SAME_SIZE = 0.9
# So many paragraphs of so many characters are running text; boxes with prompts and teasers have fewer and shorter ones.
PARAGRAPHS, LONG_PARAGRAPH = 3, 100
# A cell that holds this share of the text in paragraphs is the middle of a page laid out as a table, not a table of data.
CELL_SHARE = 0.6


def candidates(signals: Signals) -> list[Block]:
    """Blocks of the article by the first method that yields enough, else by the one that yields most."""
    best: list[Block] = []
    for method in (ruled, table_cell, chosen, linked, untouched):
        found = method(signals)
        if size(found) >= ENOUGH:
            return divided(found, signals)
        best = max(best, found, key=size)
    return best


def divided(found: list[Block], signals: Signals) -> list[Block]:
    """The blocks, or those of JSON-LD where the method ran them together: trafilatura reads such data too, but without its lines."""
    whole = linked(signals) if len(found) == 1 else []
    return whole if len(whole) > 1 and size(whole) >= SAME_SIZE * size(found) else found


def size(found: list[Block]) -> int:
    """Characters."""
    return sum(len(block.text) for block in found)


def ruled(signals: Signals) -> list[Block]:
    """By the outlet's CSS rule."""
    if not signals.rules or not signals.rules.body:
        return []
    nodes = signals.tree.css(signals.rules.body)
    return blocks("".join(node.html or "" for node in nodes), signals.rules.remove)


def table_cell(signals: Signals) -> list[Block]:
    """The cell with the paragraphs, on pages that are laid out as a table; tables inside it are pictures and advertisements."""
    cells = signals.tree.css("td:has(> p)")
    if len(cells) == 0 or signals.tree.css_first("article, main") is not None:
        return []
    weight = {cell.mem_id: sum(len(paragraph.text()) for paragraph in cell.css("p")) for cell in cells}
    best = max(cells, key=lambda cell: weight[cell.mem_id])
    everything = sum(len(paragraph.text()) for paragraph in signals.tree.css("p"))
    if weight[best.mem_id] < CELL_SHARE * everything:
        return []
    return blocks(best.inner_html or "", ["table"])


def chosen(signals: Signals) -> list[Block]:
    """By trafilatura on the page without its obvious furniture.

    Its default beat favor_precision once the trims of this package follow (dev pages: body F1 .958 to .949 and .973 to .964).
    """
    return extracted(furniture_free(signals))


def untouched(signals: Signals) -> list[Block]:
    """By trafilatura on the page as it came."""
    return extracted(signals.tree.html or "")


def furniture_free(signals: Signals) -> str:
    """The page without the elements that never hold article text, captions and what the outlet's rules name."""
    tree = signals.tree.clone()
    rules = signals.rules.remove if signals.rules else []
    for selector in [lexicon().selectors, lexicon().captions, *rules]:
        for node in tree.css(selector):
            if not holds_article(node):
                node.decompose()
    return tree.html or ""


def holds_article(node: LexborNode) -> bool:
    """The element has the headline or running text in it, whatever its class says."""
    if node.tag in {"html", "body", "main", "article"} or node.css_first("h1") is not None:
        return True
    return sum(len(paragraph.text()) >= LONG_PARAGRAPH for paragraph in node.css("p")) >= PARAGRAPHS


def linked(signals: Signals) -> list[Block]:
    """JSON-LD articleBody, as HTML or as plain lines."""
    text = next((text for node in signals.articles for text in jsonld.strings(node.get("articleBody"))), "")
    if "<p" in text:
        return blocks(text)
    return [Block("p", line) for part in text.splitlines() if (line := clean(part))]


def extracted(page: str) -> list[Block]:
    """What trafilatura chooses, as blocks."""
    from trafilatura import extract

    fragment = extract(page, output_format="html", include_comments=False, include_formatting=False, include_links=False)
    return blocks(fragment) if fragment else []
