"""Plain-text dumps of pages: lines with navigation on top, headline, captions, text, furniture at the end."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from common.errors import PageRejected
from common.urls import canonical
from ingest.records import Hint, OutletProfile, Recall
from transforms.extract import captions, dates, furniture, language, people
from transforms.extract.blocks import Block
from transforms.extract.lexicon import lexicon
from transforms.extract.lines import LONGEST_BYLINE, is_dated, is_furniture
from transforms.extract.moments import IN_WORDS
from transforms.extract.prints import prints
from transforms.extract.records import ExtractedPage, extractor
from transforms.extract.text import clean, folded
from transforms.records import Caption

# Menu words and section names are short, and end like no sentence.
MENU_WORDS = 4
# From this many words on, or with two sentences, a line is a paragraph; a headline has fewer.
PARAGRAPH_WORDS = 25
# An agency in brackets signs the text in its last line; furniture may follow.
LAST_LINES = 3
# Menu words that name the root of a site, never an article's section.
ROOTS = frozenset(
    map(
        folded,
        (
            "home",
            "homepage",
            "news",
            "menu",
            "startseite",
            "nachrichten",
            "accueil",
            "inicio",
            "skip to content",
            "search",
            "subscribe",
            "sign in",
            "log in",
        ),
    )
)
SENTENCE_END = re.compile(r"[.!?…。][\"”’»)]*$")
SENTENCES = re.compile(r"[.!?…]\s+[\"“„«]?[A-ZÀ-ÖØ-Þ]")


@dataclass
class Head:
    """What stands above the text."""

    menu: list[str] = field(default_factory=list)
    headline: str = ""
    standfirst: str | None = None
    authors: list[str] = field(default_factory=list)
    byline: str | None = None
    dated: list[str] = field(default_factory=list)


def page(
    text: str, url: str, outlet: OutletProfile | None, hint: Hint | None, captured_at: datetime | None, recall: Recall | None = None
) -> ExtractedPage:
    """Read a dump.

    Raises:
        PageRejected: no paragraph in it.
    """
    lines, pictures = apart([line for part in text.splitlines() if (line := clean(part))])
    start = next((number for number, line in enumerate(lines) if is_paragraph(line)), len(lines))
    head = read_head(lines[:start])
    trimmed = furniture.trim(
        [Block("p", line) for line in lines[start:]], furniture.Known([head.headline], head.standfirst, authors=head.authors, recall=recall)
    )
    if not trimmed.paragraphs:
        raise PageRejected("no paragraph of text in it", url=url)
    found = record(head, trimmed, pictures, url, outlet, hint, captured_at)
    blocks = prints(Block("p", line) for line in lines[start:])
    return found.model_copy(update={"blocks": blocks, "extractor": extractor(recall, remembers=trimmed.remembers)})


def record(
    head: Head,
    trimmed: furniture.Trimmed,
    pictures: list[Caption],
    url: str,
    outlet: OutletProfile | None,
    hint: Hint | None,
    captured_at: datetime | None,
) -> ExtractedPage:
    """The parts of a dump as a page."""
    body, told = "\n\n".join(trimmed.paragraphs), hint or Hint(source="file")
    tongue = language.identify(body, outlet.language if outlet else None)
    zone = dates.zone_of(outlet)
    moment = dates.printed(head.dated, zone, captured_at, [tongue or "en"]) or dates.hinted(told, zone, captured_at)
    return ExtractedPage(
        headline=head.headline or told.title or "",
        body=body,
        standfirst=head.standfirst,
        section=section(head.menu) or told.section,
        authors=[name for name in head.authors if people.agency_name(name) is None],
        agency=agency(outlet, head, body, trimmed.signature),
        dateline=people.dateline(body),
        captions=pictures,
        language=tongue,
        canonical_url=canonical(url),
        notes=trimmed.notes,
        updates=trimmed.updates,
        byline=head.byline,
        **dates.fields(moment),
    )


def agency(outlet: OutletProfile | None, head: Head, body: str, signature: str | None) -> str | None:
    """Wire service that byline, last line or dateline credit."""
    if outlet and outlet.is_agency:
        return outlet.name
    return people.signed(head.authors) or (people.supplier(signature) if signature else None) or people.credited(body)


def apart(lines: list[str]) -> tuple[list[str], list[Caption]]:
    """Lines without captions, and captions: a line that ends in a credit; a lone credit above the text belongs to the line before it."""
    kept: list[str] = []
    pictures: list[Caption] = []
    for number, line in enumerate(lines):
        caption = captions.split_credit(line)
        if caption is None or caption.credit is None or is_signature(caption, last=number >= len(lines) - LAST_LINES):
            kept.append(line)
        elif caption.text:
            pictures.append(caption)
        elif kept and not is_title(kept[-1]) and not any(is_paragraph(other) for other in kept):
            pictures.append(Caption(text=kept.pop(), credit=caption.credit))
        else:
            pictures.append(Caption(text=line, credit=None))
    return kept, pictures


def is_signature(caption: Caption, *, last: bool) -> bool:
    """The brackets credit the article's text, not a picture: a bare agency after several sentences or at the end."""
    bare = people.agency_name(caption.credit or "") is not None
    return len(caption.text) > captions.LONGEST or (bare and (last or bool(SENTENCES.search(caption.text))))


def is_title(line: str) -> bool:
    """A headline, a section, a byline: it ends like no sentence."""
    return not SENTENCE_END.search(line)


def is_paragraph(line: str) -> bool:
    """Running text."""
    return len(line.split()) >= PARAGRAPH_WORDS or bool(SENTENCES.search(line) and SENTENCE_END.search(line))


def read_head(lines: list[str]) -> Head:
    """Sort the lines above the text: the first that is neither menu, byline nor date is the headline, one after it the standfirst."""
    head, titles = Head(), list[str]()
    for line in lines:
        byline = names(line)
        head.authors.extend(byline)
        head.byline = head.byline or (line if byline else None)
        if byline or is_dated(line):
            head.dated.append(line)
        elif len(line.split()) <= MENU_WORDS and is_title(line):
            head.menu.append(line)
        elif not is_furniture(Block("p", line)):
            titles.append(line)
    if not titles and head.menu:
        titles.append(head.menu.pop())
    return named(head, titles)


def named(head: Head, titles: list[str]) -> Head:
    """The head with headline and standfirst: lines that end like no sentence are headlines."""
    if titles:
        head.headline = next((line for line in titles if is_title(line) or line.endswith("?")), titles[0])
        later = titles[titles.index(head.headline) + 1 :]
        head.standfirst = later[0] if later else None
    return head


def names(line: str) -> list[str]:
    """Authors of a byline such as `By Jane Doe and John Roe | 20 September 2018`."""
    if len(line) > LONGEST_BYLINE or not lexicon().byline.match(line):
        return []
    return people.split_names(IN_WORDS.sub("", line))


def section(menu: list[str]) -> str | None:
    """The menu word nearest to the headline that is not the site's root."""
    return next((line for line in reversed(menu) if folded(line) not in ROOTS), None)
