"""Who wrote it: author names, the wire service, the place it is dated from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from urllib.parse import urlsplit

from transforms.extract import bylines, jsonld, names
from transforms.extract.lexicon import lexicon
from transforms.extract.names import is_full, is_house
from transforms.extract.signals import LONGEST_LINE, Signals, Told
from transforms.extract.text import clean, folded

BETWEEN = re.compile(r"[,/&;()]|\s+(?:and|und|et|via|with|mit)\s+")
# Names of services that the lexicon does not know are this short.
AGENCY_WORDS = 3
AGENCY_ELEMENTS = (
    "[itemprop~='sourceOrganization'], [class*='agency' i], [class*='agentur' i], p.source, p.credit, [class$='-credit']:not(figcaption *)"
)
# Where a service stands beside the authors that metadata name.
BYLINE = "[class*='byline' i], [rel~='author'], [itemprop~='author'], [class~='author']"
FIRST_BYLINES = 4
# Nobody's article is signed by more; lists of all contributors are.
MOST_SIGNERS = 50
# Plain-text pages split the bylines of their dumps here too.
split_names = names.split_names
ARTICLES = re.compile(r"^(?:the|der|die|das|le|la|les|el|il|de|o)\s+", re.IGNORECASE)
DATELINE = re.compile(
    r"^(?P<place>[A-ZÀ-ÖØ-ÞĀ-Ž][\w.'’/ -]{2,40}?(?:,\s[^\W\d][\w. ]{1,30})??)(?:,\s(?:\w{3,9}\.?\s\d{1,2}|\d{1,2}\.?\s\w{3,9}\.?))?"
    r"\s*(?:[(/](?P<agency>[^()]{2,40})[)/])?\s*(?:[—–]|--?|(?<=\))[.:])\s+(?=\S)"
)
CAPITALS = re.compile(r"^(?P<place>[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’-]{2,}(?: [A-ZÀ-ÖØ-Þ'’-]{2,}){0,3})\s?[.:]\s+(?=\S)")
CREDIT_LINE = re.compile(r"[(（\[–—-]\s*(?P<agency>[\w./ &’'-]{2,40})\s*[)）\]]?\s*$")


@dataclass(frozen=True)
class Credits:
    """Who signs a page: people, everyone as written (with services and the site itself), where that stands, and the services named."""

    authors: list[str]
    signed: list[str]
    source: str
    agency: Told | None


NOBODY = Credits([], [], "", None)
# How far a source is believed: a site that signs itself is beaten by a person's full name in a byline, a bare sign or nickname is not.
SURE, FULL, HOUSE, SIGN, NONE = 4, 3, 2, 1, 0


def credited_on(signals: Signals) -> Credits:
    """The best source that names people or a service; else one where the site signs itself, else a bare sign."""
    best, trust, service = NOBODY, NONE, None
    for source, texts in bylines.sources(signals):
        found = credited_by(source, texts, signals)
        service = service or found.agency
        if (here := trusted(found)) > trust:
            best, trust = found, here
        if trust >= FULL:
            break
    return replace(best, agency=best.agency or service)


def credited_by(source: str, texts: list[str], signals: Signals) -> Credits:
    """What one source says, each name once; the site's name counts where it stands alone."""
    texts = texts[:MOST_SIGNERS]
    alone = {folded(clean(text)) for text in texts}
    split = [name for text in texts for name in ([clean(text)] if is_site(clean(text), signals) else split_names(text))]
    once = list({folded(name): name for name in split if folded(name) in alone or not is_site(name, signals)}.values())
    people = [name for name in once if agency_name(name) is None and not is_site(name, signals)]
    named = signed(texts)
    return Credits(people, once, source, Told(named, source) if named else None)


def trusted(found: Credits) -> int:
    """How far the source is believed."""
    told = found.source.startswith(("rules:", "jsonld:", "meta:"))
    if found.authors and not (told and is_house(found.authors[0])):
        return SURE if told else FULL if is_full(found.authors[0]) else NONE if found.source == "text" else SIGN
    if found.agency:
        return SURE if told else FULL
    return HOUSE if found.signed else NONE


def authors(signals: Signals) -> list[str]:
    """Names from the first source that has any; agencies and the site itself are not people."""
    return credited_on(signals).authors


def is_site(name: str, signals: Signals) -> bool:
    """The outlet signs itself: by its name, its publisher's, its host's."""
    host = (urlsplit(signals.url).hostname or "").removeprefix("www.")
    named = [*signals.content("og:site_name"), host, jsonld.first(signals.article, "publisher") or ""]
    own = {plain(other) for other in [*named, signals.outlet.name if signals.outlet else ""] if other}
    return plain(name) in own or (" " not in name and folded(name) in signals.site_keys)


def plain(name: str) -> str:
    """A house's name for comparison: folded, without its article."""
    return folded(ARTICLES.sub("", name))


def agency_name(text: str) -> str | None:
    """The wire service that a short text names, as the lexicon spells it."""
    return lexicon().agencies.get(folded(text))


def agency(signals: Signals, body: str, signature: str | None = None, who: Credits | None = None) -> Told | None:
    """Wire service credited in byline, dateline, a line of its own or the last line's brackets; a signing organisation counts too."""
    if signals.outlet and signals.outlet.is_agency:
        return Told(signals.outlet.name, "outlet")
    named = (who or credited_on(signals)).agency
    return named or next((Told(name, source) for source, name in suppliers(signals, body, signature) if name), None)


def suppliers(signals: Signals, body: str, signature: str | None) -> Iterator[tuple[str, str | None]]:
    """(source, service) of the places besides the byline that was read, best first."""
    yield "byline", signed(islice(signals.texts(BYLINE), FIRST_BYLINES))
    yield "jsonld:author", organisation(signals)
    for line in signals.texts(AGENCY_ELEMENTS):
        yield "element", supplier(line, signals) if len(line) <= LONGEST_LINE else None
    yield "signature", supplier(signature, signals) if signature else None
    yield "text", credited(body)


def supplier(line: str, signals: Signals | None = None) -> str | None:
    """The service in a line like `Source: dpa`, `(Reuters)`, `With files from AP`: as the lexicon spells it, or a short name."""
    bare = lexicon().supplied.sub("", line).strip(" ()[]–—-:.")
    if known := agency_name(bare) or agency_name(bare.split("/")[0]):
        return known
    named = bare[:1].isupper() and len(bare.split()) <= AGENCY_WORDS and "/" not in bare and "," not in bare
    return bare if named and not (signals and is_site(bare, signals)) else None


def signed(bylines: Iterable[str]) -> str | None:
    """The first agency that a byline names."""
    for text in bylines:
        for part in [text, *BETWEEN.split(lexicon().byline.sub("", text))]:
            if name := agency_name(part):
                return name
    return None


def organisation(signals: Signals) -> str | None:
    """A JSON-LD author of type Organization other than the publisher."""
    publisher = folded(jsonld.first(signals.article, "publisher") or "")
    author = signals.article.get("author")
    for node in author if isinstance(author, list) else [author]:
        if isinstance(node, dict) and any("Organization" in name for name in jsonld.types(node)):
            name = jsonld.first(node, "name")
            if name and folded(name) != publisher and not is_site(name, signals):
                return name
    return None


def credited(body: str) -> str | None:
    """Agency in the dateline (`SEOUL (Reuters) -`) or in brackets at the very end."""
    paragraphs = body.split("\n\n")
    if (start := DATELINE.match(paragraphs[0])) and start["agency"]:
        return agency_name(start["agency"]) or agency_name(start["agency"].split("/")[0]) or clean(start["agency"])
    end = CREDIT_LINE.search(paragraphs[-1])
    return agency_name(end["agency"]) or agency_name(re.split(r"[/,&]", end["agency"])[0]) if end else None


def dateline(body: str) -> str | None:
    """Place that stands before the first paragraph, as printed; it must be in capitals or followed by an agency in brackets."""
    if match := DATELINE.match(body):
        return clean(match["place"]) if match["agency"] or match["place"].split(",")[0].isupper() else None
    match = CAPITALS.match(body)
    return clean(match["place"]) if match else None
