"""Bytes and a URL in, an ExtractedPage out."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from common.errors import PageRejected
from ingest.records import Hint, OutletProfile, OutletRules, Recall
from transforms.extract import captions, flags, furniture, headlines, live, metadata, people, plaintext, signals, titles
from transforms.extract.blocks import Block
from transforms.extract.body import Decision, decisions, settled, shown
from transforms.extract.decode import decode
from transforms.extract.prints import prints
from transforms.extract.records import NO_ARTICLE, ExtractedPage, extractor
from transforms.extract.signals import Signals
from transforms.extract.text import clean, folded
from transforms.records import Caption

# A text that is mostly undecodable or invisible characters is no text.
READABLE_SHARE = 0.97
# A block with this score is text even where the trims would leave nothing else.
SURE = 0.9
ODD = re.compile(r"[\ufffd\x00-\x08\x0b\x0e-\x1f]")
# The richest of some 370 pages looked at had 9 200; parsing takes quadratic time where an attacker nests them, and below this bound no
# page tried took a second.
MOST_TAGS = 60_000


def extract(
    body: bytes,
    url: str,
    *,
    content_type: str | None = None,
    outlet: OutletProfile | None = None,
    hint: Hint | None = None,
    captured_at: datetime | None = None,
    recall: Recall | None = None,
) -> ExtractedPage:
    """Read a page.

    Args:
        body: The page's bytes, without content encoding.
        url: Where it was fetched from; canonical links are resolved against it.
        content_type: Media type with charset, as HTTP said; `text/plain` is read as a plain-text dump.
        outlet: Its time zone, language and CSS rules.
        hint: What the source that named the page said of it: fallback for date, headline and section.
        captured_at: Later publication times are refused.
        recall: What recurred on the outlet's pages when this one was first seen.

    Raises:
        PageRejected: nothing readable in it.
    """
    try:
        text = decode(body, content_type)
        read = plaintext.page if (content_type or "").lower().startswith("text/plain") else html
        return read(text, url, outlet, hint, captured_at, recall)
    except RecursionError as error:
        raise PageRejected("the page nests too deep", url=url) from error


def html(
    text: str, url: str, outlet: OutletProfile | None, hint: Hint | None, captured_at: datetime | None, recall: Recall | None = None
) -> ExtractedPage:
    """Read an HTML page."""
    check(text, url)
    rules = valid_rules(outlet, (hint.published_at if hint else None) or captured_at)
    found = signals.read(text, url, outlet, rules, hint)
    pictures = captions.captions(found)
    title, who = headlines.headline(found), people.credited_on(found)
    known = known_parts(found, pictures, title.text, who.authors, recall)
    _, final, chosen, trimmed = choice(found, known)
    paragraphs, posts = live.arranged(found, [one.block.text for one in final if one.kept], captured_at)
    article = "\n\n".join(paragraphs)
    if not article:
        raise PageRejected(NO_ARTICLE, url=url)
    return ExtractedPage(
        headline=known.headlines[0] or (hint and hint.title) or "",
        body=article,
        standfirst=standfirst(known, trimmed, article),
        dateline=people.dateline(article),
        captions=pictures,
        is_truncated=flags.is_truncated(found, article),
        is_live=flags.is_live(found),
        posts=posts,
        notes=list(dict.fromkeys([*trimmed.notes, *furniture.printed_notes(found)])),
        updates=trimmed.updates,
        byline=trimmed.byline or furniture.printed_byline(found, known.authors),
        extractor=extractor(recall, remembers=trimmed.remembers),
        blocks=prints(chosen),
        **metadata.fields(found, article, title, who, trimmed.signature, captured_at),
    )


def check(text: str, url: str) -> None:
    """Refuse what no article is.

    Raises:
        PageRejected: empty, binary, or of more tags than any article has.
    """
    if not is_readable(text):
        raise PageRejected("no text: empty or binary", url=url)
    if (tags := text.count("<")) > MOST_TAGS:
        raise PageRejected(f"{tags} tags, more than any article has", url=url)


class Choice(NamedTuple):
    """Every block's decision before (`made`) and after the trims (`final`), what the trims saw, and what they gave a field of its own."""

    made: list[Decision]
    final: list[Decision]
    chosen: list[Block]
    trimmed: furniture.Trimmed


def choice(found: Signals, known: furniture.Known) -> Choice:
    """Which blocks of the page are its text."""
    made = decisions(found, known)
    seen = shown(made, known)
    chosen = [one.block for one, is_seen in zip(made, seen, strict=True) if is_seen]
    trimmed = furniture.trim(chosen, known)
    final = settled(made, seen, trimmed.reasons)
    return Choice(made, final if any(one.kept for one in final) else lone(made, final, known), chosen, trimmed)


def lone(made: list[Decision], final: list[Decision], known: furniture.Known) -> list[Decision]:
    """The text of a page with one paragraph, which its metadata give too: better twice than an empty body."""
    titles = set(map(folded, known.headlines))
    sure = (one.kept and one.score >= SURE and folded(one.block.text) not in titles for one in made)
    return [first if is_sure else last for first, last, is_sure in zip(made, final, sure, strict=True)]


def standfirst(known: furniture.Known, trimmed: furniture.Trimmed, article: str) -> str | None:
    """The first summary that is not the beginning of the text."""
    summaries = (known.standfirst, trimmed.standfirst, known.description)
    return next((text for text in summaries if text and not opens(article, text)), None)


def known_of(found: Signals, recall: Recall | None = None) -> furniture.Known:
    """What the body need not repeat, read off the page."""
    return known_parts(found, captions.captions(found), headlines.headline(found).text, people.credited_on(found).authors, recall)


def known_parts(
    found: Signals, pictures: list[Caption], headline: str, authors: list[str], recall: Recall | None = None
) -> furniture.Known:
    """What the body need not repeat; the headline comes first."""
    sites = [found.site_name.text if found.site_name else None, found.outlet.name if found.outlet else None]
    return furniture.Known(
        headlines=[clean(headline), *headlines.variants(found)],
        standfirst=titles.standfirst(found),
        description=titles.description(found),
        authors=authors,
        captions=[*(line for picture in pictures for line in printed(picture)), *captions.lines(found)],
        sites=[name for name in sites if name],
        links=found.links,
        recall=recall,
    )


def printed(picture: Caption) -> list[str]:
    """The forms in which a caption may stand in the text too."""
    return [picture.text, f"{picture.text} {picture.credit}", f"{picture.text} ({picture.credit})"]


def is_readable(text: str) -> bool:
    """Text rather than binary data."""
    sample = text[:10_000]
    odd = len(ODD.findall(sample))
    return bool(text.strip()) and odd <= (1 - READABLE_SHARE) * len(sample)


def opens(article: str, standfirst: str) -> bool:
    """The description only repeats, or cuts, the first words of the article."""
    start = folded(standfirst.rstrip(".… "))
    return bool(start) and start in folded(article[: 2 * len(standfirst) + 200])


def valid_rules(outlet: OutletProfile | None, at: datetime | None) -> OutletRules | None:
    """The outlet's rules that hold at a time; without a time, the newest."""
    for rules in reversed(outlet.rules if outlet else []):
        begun = rules.valid_from is None or at is None or rules.valid_from <= at
        if begun and (rules.valid_until is None or at is None or at < rules.valid_until):
            return rules
    return None
