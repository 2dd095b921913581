"""Where a page names its authors: metadata, then elements made for it, then printed lines; best first, read only as far as needed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from transforms.extract import jsonld
from transforms.extract.lexicon import lexicon
from transforms.extract.moments import in_words
from transforms.extract.names import BEFORE_DATE
from transforms.extract.signals import Signals, shown
from transforms.extract.text import clean, unescaped

METAS = (
    "article:author", "author", "dc.creator", "dcterms.creator", "dc.contributor", "parsely-author", "sailthru.author",
    "cxenseparse:author", "og:article:author", "byl", "byline", "citation_author", "twitter:misc:written by",
)  # fmt: skip
# What a card's label says before the author's name (WordPress), in the languages that we met.
WRITTEN = re.compile(
    r"writ|verfasst|geschrieben|écrit|rédigé|escrit|scritt|geschreven|skreve|skriv|napisa|автор|autor|author|von\b|作者|執筆", re.IGNORECASE
)
ELEMENTS = (
    "[rel~='author']",
    "[itemprop~='author'] [itemprop~='name']", "[itemprop~='author']",
    "a[href*='/author/'], a[href*='/authors/'], a[href*='/autor/'], a[href*='/autoren/'], a[href*='/auteur/']",
    ".byline__name, .byline-name, .author-name, .author__name, .article__author, .article-author",
    "[class*='byline' i]", "[class~='author'], [class~='autor']",
    "[class*='author' i]:not([class*='bio' i])",
)  # fmt: skip
# Times stand in the same elements.
DIGIT = re.compile(r"\d")
# Elements that match further down belong to teasers.
FIRST_ELEMENTS = 4
# Elements that are looked at to find those that are in no aside, and how far up an aside is looked for.
MOST_ELEMENTS, SURROUNDINGS = 12, 8
COMMENTS = re.compile(r"comment(?!s?-(?:open|closed|link))|kommentar|disqus", re.IGNORECASE)
ASIDE = re.compile(r"^(?:nav|aside|footer)\b|related|recommend|teaser|sidebar|popular|most-?read|trending|footer|newsletter", re.IGNORECASE)
# A printed byline follows the headline within these lines; later ones are captions, teasers and the text.
FIRST_LINES = 20
# So far up two elements of one byline meet.
NEIGHBOURHOOD = 3
# `By Jane Doe` at the end of a printed line, or before its date; names in capitals.
NAME = r"[A-ZÀ-ÖØ-Þ][\w.'’-]+(?:\s[\w.'’-]+){1,3}"
PRINTED = re.compile(
    r"((?:\b(?:By|BY|Von|VON|Par|Por|Di)|(?:^|(?<=\d\s))(?:by|von|par|por|di))\s+"
    rf"{NAME}(?:(?:,|\s(?:and|und|et|y|e))\s{NAME}){{0,3}})$"
)
# `责任编辑：` and its like before one or more names at the end of a Chinese or Japanese page.
SIGNED = re.compile(
    r"(?:责任编辑|責任編輯|责编|責編|编辑|編輯|记者|記者|作者)\s*[:：]\s*((?:[\u4e00-\u9fff]{2,4}(?:[、，, ]|(?=\W|$))){1,4})"
)
SIGNED_ELEMENTS = "p, div, span, li, td"
# Such a line is short.
LONGEST_SIGNATURE = 60
# It is at least this part of its element's text: the rest is indentation.
MOST_BLANK = 4


def sources(signals: Signals) -> Iterator[tuple[str, list[str]]]:
    """(source, texts that may hold names), best source first."""
    if signals.rules and signals.rules.authors:
        yield "rules:authors", list(signals.texts(signals.rules.authors))
    yield from stated(signals)
    yield from placed(signals)
    lines = [*signals.below_headline[:FIRST_LINES], *signals.above_headline]
    yield "text", [found[1] for line in lines if (found := PRINTED.search(undated(line)))][:1]
    if has_ideograms(signals):
        yield "text", signed(signals)


def stated(signals: Signals) -> Iterator[tuple[str, list[str]]]:
    """What the metadata say: JSON-LD, metas, the labelled fields of a card."""
    for node in signals.articles:
        yield "jsonld:author", linked_names(node)
    for name in METAS:
        yield "meta:" + name, [text for text in signals.content(name) if "://" not in text]
    for number in ("1", "2"):
        label = " ".join(signals.content("twitter:label" + number))
        yield "meta:twitter:data" + number, signals.content("twitter:data" + number)[:1] if WRITTEN.search(label) else []


def linked_names(node: jsonld.Node) -> list[str]:
    """Author names of a JSON-LD article."""
    named = jsonld.strings(node.get("author")) or jsonld.strings(node.get("creator"))
    return [unescaped(text) for text in named if "://" not in text]


def placed(signals: Signals) -> Iterator[tuple[str, list[str]]]:
    """Texts of the elements that are made for a byline, those of the first byline only."""
    for selector in ELEMENTS:
        nodes = [node for node in signals.tree.css(selector)[:MOST_ELEMENTS] if not is_within(node, COMMENTS)]
        nodes = [node for node in nodes if not is_within(node, ASIDE)] or nodes
        told = [text for node in together(nodes[:FIRST_ELEMENTS]) if (text := shown(node))]
        led = [text for text in told if lexicon().byline.match(text)]
        yield "byline:" + selector.split(",")[0], led or [text for text in told if not DIGIT.search(text)]


def is_within(node: LexborNode, part: re.Pattern[str]) -> bool:
    """The element, or one around it, is called like this part of a page."""
    place: LexborNode | None = node
    for _ in range(SURROUNDINGS):
        if place is None or place.tag in {"body", "html"}:
            return False
        attributes = place.attributes
        if part.search(f"{place.tag} {attributes.get('class') or ''} {attributes.get('id') or ''}"):
            return True
        place = place.parent
    return False


def together(nodes: list[LexborNode]) -> list[LexborNode]:
    """The first element and those that stand close to it."""
    if len(nodes) < 2:
        return nodes
    near = set(ancestors(nodes[0]))
    return [nodes[0], *(node for node in nodes[1:] if near & set(ancestors(node)))]


def ancestors(node: LexborNode) -> Iterator[int]:
    """The elements above, up to the neighbourhood's bound; parts that hold whole articles only where they are the parent."""
    for level in range(NEIGHBOURHOOD):
        parent = node.parent
        if parent is None or (level and parent.tag in {"body", "html", "main", "article"}):
            return
        yield parent.mem_id
        node = parent


def undated(line: str) -> str:
    """What stands before the date in a line, or after it where it begins with the date."""
    match = in_words(line)
    return (BEFORE_DATE.sub("", line[: match.start()]) or line[match.end() :]).strip(" |•·,–—-") if match else line


def has_ideograms(signals: Signals) -> bool:
    """The page's title is Chinese or Japanese."""
    return any("\u4e00" <= letter <= "\u9fff" for title in signals.window for letter in title)


def signed(signals: Signals) -> list[str]:
    """Names after the words for editor and author on a short line."""
    texts = (node.text(deep=False) for node in signals.tree.css(SIGNED_ELEMENTS))
    lines = (clean(text) for text in texts if len(text) <= MOST_BLANK * LONGEST_SIGNATURE)
    return [found[1] for line in lines if len(line) <= LONGEST_SIGNATURE and (found := SIGNED.search(line))][:1]
