"""Pictures' captions, with the credit apart."""

from __future__ import annotations

import re
from typing import TypeGuard

from selectolax.lexbor import LexborNode

from transforms.extract.lexicon import lexicon
from transforms.extract.signals import Signals, shown
from transforms.extract.text import clean, folded
from transforms.records import Caption

# The last brackets of a caption hold the credit: "(AP Photo/J. Doe)", "[Reuters]".
BRACKETS = re.compile(r"\s*[(\[（【]\s*([^()\[\]（）【】]{2,80}?)\s*[)\]）】]\s*[.。]?\s*$")
# Words for a picture before its credit, in the languages of the lexicons.
PICTURE = (
    r"photo(?:graph(?:s|ie)?|s)?\b|image\b|picture\b|credit\b|source\b|foto(?:grafie|graf[íi]a|ğraf)?\b|bild\b|quelle\b|crédit\b|imagen\b|imagem\b"
    r"|fotó\b|kép\b|sursa\b|φωτογραφία\b|φωτό\b|ảnh\b|تصوير"
    r"|immagine\b|beeld\b|bilde\b|billede\b|kuva\b|fot\b|zdjęcie\b|фото\b|写真|撮影|画像|图|圖|摄影|攝影|사진|صورة|תצלום|צילום|फोटो"
)
LABELLED = re.compile(rf"^(?:{PICTURE})\s*[:：＝=]\s*", re.IGNORECASE)
TAIL = re.compile(
    rf"(?:^|[.!?\"”’|)]\s+|[。！？」]\s*|\s+[|/–—-]\s+|\s*\|\s*)((?:©|\(c\)|{PICTURE})[^.]{{0,6}}[:：＝=©]?\s*.{{2,80}})$", re.IGNORECASE
)
# Chinese and Japanese credits end in the word for taking a picture.
TAKEN = ("摄", "攝", "撮影")
# Agency and photographer share a credit so: "KCNA/via Reuters", "J. Doe | AP".
SHARED = re.compile(r"\s*(?:[/|,]|\bvia\b)\s*")
CREDIT_ELEMENTS = "[class*='credit' i], [class*='copyright' i], [itemprop='copyrightHolder'], [itemprop='creditText'], cite, small"
# Longer texts are paragraphs that a template put under a picture.
LONGEST = 600
MOST = 40
EDGES = " :：.。|()[]（）【】"


def split_credit(text: str) -> Caption | None:
    """Caption and credit out of one printed line.

    >>> split_credit("The bridge at dawn. (Meridian/J. Orlov)")
    Caption(text='The bridge at dawn.', credit='Meridian/J. Orlov')
    """
    line = clean(text)
    if (match := BRACKETS.search(line)) and is_credit(match[1]):
        return Caption(text=line[: match.start()].strip(), credit=clean(LABELLED.sub("", match[1])))
    if (match := TAIL.search(line)) and begins_credit(match):
        return Caption(text=line[: match.start(1)].strip(" |/–—-"), credit=bare_credit(match[1]))
    return Caption(text=line, credit=None) if line else None


def is_credit(text: str) -> bool:
    """Brackets at the end that name an agency, a photographer or a source, not an aside of the sentence."""
    parts = [part for part in SHARED.split(text) if part]
    named = any(folded(part) in lexicon().agencies for part in [text, *parts])
    signed = "/" in text and all(part[0].isupper() for part in parts)
    return named or signed or text.endswith(TAKEN) or lexicon().begins("credit", text)


def begins_credit(match: re.Match[str]) -> bool:
    """`Photo: J. Doe` anywhere; `Photo J. Doe` behind a caption only, and not as a sentence: captions too begin with `Picture of`."""
    alone = match.start(1) == 0 or match.string.endswith((".", "!", "?"))
    return not alone or lexicon().begins("credit", match[1])


def bare_credit(text: str) -> str:
    """Credit without 'Photo:'."""
    return clean(lexicon().credit.sub("", clean(text).strip(EDGES)).strip(EDGES))


def caption_of(node: LexborNode) -> Caption | None:
    """The caption of one element; the credit from an element of its own where there is one."""
    credit = node.css_first(CREDIT_ELEMENTS)
    printed = bare_credit(shown(credit)) if credit else ""
    line = clean(shown(node).replace(shown(credit), " ")) if credit else ""
    return Caption(text=line, credit=printed) if line and printed else split_credit(shown(node))


def is_worth(caption: Caption | None) -> TypeGuard[Caption]:
    """Words about a picture: not empty, not a paragraph, not the bare name of an agency."""
    return bool(caption and caption.text and len(caption.text) <= LONGEST and folded(caption.text) not in lexicon().agencies)


def elements(signals: Signals) -> list[LexborNode]:
    """Elements that hold captions of the article's own pictures."""
    if "captions" not in signals.seen:
        scope = signals.tree.css_first("article, main, [itemprop~='articleBody']") or signals.tree.body
        signals.seen["captions"] = scope.css(lexicon().captions)[: 2 * MOST] if scope else []
    return signals.seen["captions"]


def lines(signals: Signals) -> list[str]:
    """Captions as they are printed, credit and all: so they may stand among the blocks of the text too."""
    return [line for node in elements(signals) if 0 < len(line := shown(node)) <= LONGEST]


def captions(signals: Signals) -> list[Caption]:
    """Captions of the article's own pictures, each once."""
    found: dict[str, Caption] = {}
    for caption in filter(is_worth, map(caption_of, elements(signals))):
        found.setdefault(folded(caption.text), caption)
    return list(found.values())[:MOST]
