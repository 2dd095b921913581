"""Other readings of a page: its data and trafilatura. They vote where the model is unsure, and stand in where it finds no text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from selectolax.lexbor import LexborNode

from transforms.extract import jsonld
from transforms.extract.blocks import Block, blocks
from transforms.extract.lexicon import lexicon
from transforms.extract.segments import Segment
from transforms.extract.signals import Signals
from transforms.extract.text import clean, folded

# Two readings of one text differ by white space and marks only.
SAME_SIZE = 0.9
# So many paragraphs of so many characters are running text; boxes with prompts and teasers have fewer and shorter ones.
PARAGRAPHS, LONG_PARAGRAPH = 3, 100

# Elements without text; without them trafilatura takes a quarter less time and says the same.
SILENT = ["script", "style", "svg", "iframe", "template"]


def methods(signals: Signals) -> Iterator[list[Block]]:
    """Readings in the order of trust, each asked for only when needed."""
    yield linked(signals)
    if signals.is_affordable:
        yield divided(chosen(signals), signals)
        yield divided(untouched(signals), signals)


def votes(signals: Signals, found: Sequence[Segment]) -> NDArray[np.float64]:
    """1 for the segments that trafilatura keeps when it favours precision, (n,).

    It is asked without its second opinions (jusText and readability): with them no figure of the development corpora is better.
    """
    from trafilatura import extract

    tree = signals.tree.clone()
    tree.strip_tags(SILENT)
    text = extract(tree.html or "", include_comments=False, favor_precision=True, fast=True) or ""
    lines = {folded(line) for line in text.splitlines()}
    everything = folded(text)
    keys = [folded(segment.text) for segment in found]
    return np.array(
        [bool(key) and (key in lines or (len(key) >= LONG_PARAGRAPH / 2 and key in everything)) for key in keys], dtype=np.float64
    )


def divided(found: list[Block], signals: Signals) -> list[Block]:
    """The blocks, or those of JSON-LD where the method ran them together: trafilatura reads such data too, but without its lines."""
    whole = linked(signals) if len(found) == 1 else []
    long = sum(len(block.text) for block in whole) >= SAME_SIZE * sum(len(block.text) for block in found)
    return whole if len(whole) > 1 and long else found


def linked(signals: Signals) -> list[Block]:
    """JSON-LD articleBody, as HTML or as plain lines."""
    text = next((text for node in signals.articles for text in jsonld.strings(node.get("articleBody"))), "")
    if "<p" in text:
        return blocks(text)
    return [Block("p", line) for part in text.splitlines() if (line := clean(part))]


def chosen(signals: Signals) -> list[Block]:
    """By trafilatura on the page without its obvious furniture."""
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


def extracted(page: str) -> list[Block]:
    """What trafilatura chooses, as blocks."""
    from trafilatura import extract

    fragment = extract(page, output_format="html", include_comments=False, include_formatting=False, include_links=False)
    return blocks(fragment) if fragment else []
