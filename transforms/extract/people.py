"""Who wrote it: author names, the wire service, the place it is dated from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from transforms.extract import jsonld
from transforms.extract.lexicon import lexicon
from transforms.extract.signals import Signals
from transforms.extract.text import clean, folded

# Names are joined so in the bylines of the languages in the lexicon; a slash joins agencies (dpa/AFP).
JOINED = re.compile(r"\s*(?:[,;/|•·&]|\band\b|\bund\b|\bet\b|\by\b|\be\b|\ben\b|\boch\b|\bog\b)\s+|\s*[;|•·]\s*", re.IGNORECASE)
BETWEEN = re.compile(r"[,/&;()]|\s+(?:and|und|et|via|with|mit)\s+")
NOISE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|\(.*?\)|\[.*?\]|@\w+", re.IGNORECASE)
NO_NAME = re.compile(r"\d|\.[a-z]{2,4}$|[?!]")
# A name has one to six words; more is a sentence or a job title.
MOST_WORDS = 6
LONGEST_NAME = 60
# Names of services that the lexicon does not know are this short.
AGENCY_WORDS = 3
AGENCY_ELEMENTS = (
    "[itemprop~='sourceOrganization'], [class*='agency' i], [class*='agentur' i], p.source, p.credit, [class$='-credit']:not(figcaption *)"
)
BYLINES = (
    "[rel~='author']",
    "[itemprop~='author'] [itemprop='name']", "[itemprop~='author']", "a[href*='/author/']", "a[href*='/authors/']", "a[href*='/autor/']",
    ".byline__name, .byline-name, .author-name, .author__name, .article__author, .article-author",
    "[class*='byline' i]", "[class~='author'], [class~='autor']", "[class*='author' i]:not([class*='bio' i])",
)  # fmt: skip
DATELINE = re.compile(
    r"^(?P<place>[A-ZÀ-ÖØ-Þ][\w.'’/ -]{2,40}?(?:,\s[^\W\d][\w. ]{1,30})??)(?:,\s(?:\w{3,9}\.?\s\d{1,2}|\d{1,2}\.?\s\w{3,9}\.?))?"
    r"\s*(?:[(/](?P<agency>[^()]{2,40})[)/])?\s*(?:[—–]|--?|(?<=\))[.:])\s+(?=\S)"
)
CAPITALS = re.compile(r"^(?P<place>[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’-]{2,}(?: [A-ZÀ-ÖØ-Þ'’-]{2,}){0,3})\s?[.:]\s+(?=\S)")
# `By Jane Doe` at the end of a printed line, names in capitals.
PRINTED = re.compile(
    r"\b((?:By|by|Von|Par|Por|Di)\s+[A-ZÀ-ÖØ-Þ][\w.'’-]+(?:\s[\w.'’-]+){1,3}(?:(?:,|\s(?:and|und|et|y|e))\s[A-ZÀ-ÖØ-Þ][\w.'’-]+(?:\s[\w.'’-]+){1,3}){0,3})$"
)
CREDIT_LINE = re.compile(r"[(\[–—-]\s*(?P<agency>[\w./ &’'-]{2,40})\s*[)\]]?\s*$")


def authors(signals: Signals) -> list[str]:
    """Names from the first source that has any; agencies and the site itself are not people."""
    for source in sources(signals):
        names = [name for text in source for name in split_names(text)]
        found = {folded(name): name for name in reversed(names) if not is_site(name, signals)}
        if found:
            return [name for name in reversed(found.values()) if agency_name(name) is None]
    return []


def sources(signals: Signals) -> Iterator[list[str]]:
    """Texts that may hold names, best source first."""
    if signals.rules and signals.rules.authors:
        yield list(signals.texts(signals.rules.authors))
    for node in signals.articles:
        yield linked_names(node)
    yield [
        text
        for text in signals.content(
            "article:author",
            "author",
            "dc.creator",
            "dcterms.creator",
            "parsely-author",
            "sailthru.author",
            "cxenseparse:author",
            "og:article:author",
            "byl",
        )
        if "://" not in text
    ]
    yield signals.content("twitter:data1")[:1] if "written" in " ".join(signals.content("twitter:label1")).casefold() else []
    for selector in BYLINES:
        yield list(signals.texts(selector))[:4]
    yield [found[1] for line in signals.near_headline if (found := PRINTED.search(line))][:1]


def linked_names(node: jsonld.Node) -> list[str]:
    """Author names of a JSON-LD article."""
    return [text for text in (jsonld.strings(node.get("author")) or jsonld.strings(node.get("creator"))) if "://" not in text]


def split_names(text: str) -> list[str]:
    """Names in a byline, without 'By', titles of posts, addresses."""
    bare = lexicon().byline.sub("", NOISE.sub(" ", clean(text))).strip(" :–—-,")
    parts = (clean(part).strip(" :–—-,.*") for part in JOINED.split(bare))
    return [titled(part) for part in parts if is_name(part)]


def titled(name: str) -> str:
    """JANE DOE becomes Jane Doe; short agency names stay."""
    return name.title() if name.isupper() and len(name) > 6 and " " in name else name


def is_name(text: str) -> bool:
    """Could be a person's or a body's name: few words, no digits, no address."""
    short = 2 <= len(text) <= LONGEST_NAME and 1 <= len(text.split()) <= MOST_WORDS
    return short and not NO_NAME.search(text) and not lexicon().no_name.search(text) and not lexicon().byline.fullmatch(text + " ")


def is_site(name: str, signals: Signals) -> bool:
    """The outlet signs itself."""
    named = [*signals.content("og:site_name"), signals.outlet.name if signals.outlet else ""]
    return folded(name) in {folded(other) for other in named if other}


def agency_name(text: str) -> str | None:
    """The wire service that a short text names, as the lexicon spells it."""
    return lexicon().agencies.get(folded(text))


def agency(signals: Signals, body: str, signature: str | None = None) -> str | None:
    """Wire service credited in byline, dateline, a line of its own or the last line's brackets; a signing organisation counts too."""
    if signals.outlet and signals.outlet.is_agency:
        return signals.outlet.name
    printed = [*signals.texts(AGENCY_ELEMENTS), *filter(None, [signature])]
    supplied = next((name for line in printed if (name := supplier(line, signals))), None)
    return signed(name for source in sources(signals) for name in source) or organisation(signals) or supplied or credited(body)


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
