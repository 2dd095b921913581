"""Names out of a byline: without 'By', roles, addresses, places and times, whatever the language joins them with."""

from __future__ import annotations

import re

from transforms.extract.lexicon import lexicon
from transforms.extract.moments import in_words
from transforms.extract.text import clean, folded

# Names are joined so in the bylines of the languages in the lexicon; a slash joins agencies (dpa/AFP).
JOINED = re.compile(
    r"\s*(?:[,;/|•·&+]|\b(?:and|und|et|en|och|og|ve|with|mit|avec)\b|\b(?-i:y|e|и|та)\b)\s+|\s*[;|•·、،，]\s*|\s+و\s*(?=\w)",
    re.IGNORECASE,
)
NOISE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|\([^()]{0,100}\)|\[[^\[\]]{0,100}\]|@\w+", re.IGNORECASE)
NO_NAME = re.compile(r"(?<![a-zA-Z\d])\d|[a-zA-Z]\d{4}|\.[a-z]{2,4}$|[?!{}<>=]|//|^[/#]|^(?:in|em|en|aus|at|à|from) ", re.IGNORECASE)
# What a part of a byline says of the person before it.
ROLE = re.compile(
    r"\b(?:(?:staff |auto |business |sports? |political )?writer|columnist|contributor|author|photographer|autor(?:in)?)s?$", re.IGNORECASE
)
# A label before names: `Text: `, `Redacción: `, `Редактор: `.
LABEL = re.compile(r"^[^\W\d_]{3,14}\s?[:：]\s+")
# Where the byline ends and its times and places begin: `Jane Doe Published on May 3`, `lupa am 26/10/13`, `Jane Doe for The Lantern`.
AFTER = re.compile(
    r"\s+(?:(?:first |last )?(?:published|updated|posted|veröffentlicht|aktualisiert|publié|publicado|pubblicato)\b.*"
    r"|(?:on )?(?:mon|tues|wednes|thurs|fri|satur|sun)day\b.*"
    r"|(?:on|am|le|el|il|op|den|at|um)\s+\S*\d.*|(?:for|für)\s+(?=[A-ZÀ-ÖØ-Þ]).*"
    r"|\d{1,2}[./: ]\s?\S.*|[–—-]\s.*)$",
    re.IGNORECASE,
)
# The word that leads to a date, left behind where the date was cut off: `Jane Doe on`.
BEFORE_DATE = re.compile(r"\s+(?:on|am|vom|le|el|il|op|den|em)\s*$")
# Korean names stand before the reporter's title, perhaps with a post abroad; Taiwanese ones between the title and the place of the report.
TITLED = re.compile(
    r"^(?!선임|수석|인턴|객원|전문)(?P<korean>[가-힣]{2,4})(?:\s+[가-힣]{2,6})?\s*(?:기자|특파원|논설위원|앵커)$"
    r"|^(?:記者)?(?P<chinese>[\u4e00-\u9fff]{2,4})[／/][\u4e00-\u9fff]{1,6}(?:報導|报道)$"
)
# After a comma these are no second person (folded).
DEGREES = frozenset({"phd", "md", "dphil", "esq", "jr", "sr", "ii", "iii", "iv", "mba", "msc", "rn"})
# A name has one to six words; more is a sentence or a job title.
MOST_WORDS = 6
LONGEST_NAME = 60
FULL_WORDS = 5
# With these end companies.
COMPANIES = frozenset(
    {"inc", "ltd", "llc", "gmbh", "ag", "corp", "co", "plc", "sa", "spa", "bv", "ab", "oy", "limited", "company", "media", "license"}
)
# With these begin headlines and houses.
ARTICLES = frozenset({"the", "der", "die", "das", "le", "la", "les", "el", "los", "il", "de", "o", "a", "an", "ein", "eine", "un", "une"})
# A longer text tells about its author.
LONGEST_BYLINE = 200
# Chinese and Japanese names are this long, and stand with blanks between them.
IDEOGRAPHIC = re.compile(r"^[\u3400-\u4dbf\u4e00-\u9fff]{2,4}$")
IDEOGRAMS = re.compile(r"^[\u3400-\u4dbf\u4e00-\u9fff]{2,4}(?:\s+[\u3400-\u4dbf\u4e00-\u9fff]{2,4})+$")


def split_names(text: str) -> list[str]:
    """Names in a byline, without 'By', titles of posts, addresses."""
    bare = NOISE.sub(" ", clean(text[: 2 * LONGEST_BYLINE]))
    if dated := in_words(bare):
        bare = BEFORE_DATE.sub("", bare[: dated.start()])
    bare = LABEL.sub("", lexicon().byline.sub("", clean(bare))).strip(" :–—-,")
    if len(bare) > LONGEST_BYLINE:
        return []
    if IDEOGRAMS.match(bare):
        return bare.split()
    parts = [untitled(LABEL.sub("", AFTER.sub("", clean(part)))).strip(" :–—-,.*\"'„“”") for part in JOINED.split(AFTER.sub("", bare))]
    names = [part for part in parts if is_name(part)]
    return [titled(name) for name in names if not is_desk(name, names[0])]


def titled(name: str) -> str:
    """JANE DOE becomes Jane Doe; short agency names stay."""
    return name.title() if name.isupper() and len(name) > 6 and " " in name else name


def untitled(part: str) -> str:
    """The name without the title of a Korean or Taiwanese reporter.

    >>> untitled("김마리 기자")
    '김마리'
    """
    match = TITLED.match(part)
    return match["korean"] or match["chinese"] if match else part


def is_name(text: str) -> bool:
    """Could be a person's or a body's name: few words, no digits, no address."""
    short = 2 <= len(text) <= LONGEST_NAME and 1 <= len(text.split()) <= MOST_WORDS
    return (
        short
        and not NO_NAME.search(text)
        and not ROLE.search(text)
        and not lexicon().no_name.search(text)
        and not lexicon().byline.fullmatch(text + " ")
    )


def is_desk(name: str, first: str) -> bool:
    """After a name a degree, or in capitals a house or its desk (`Jane Doe, LANTERN UPLANDS`); services sign so too and stay."""
    if name != first and folded(name) in DEGREES:
        return True
    return name.isupper() and not first.isupper() and folded(name) not in lexicon().agencies


def is_house(name: str) -> bool:
    """A company by the word at its end."""
    return folded(name.rsplit(maxsplit=1)[-1]) in COMPANIES


def is_full(name: str) -> bool:
    """Two to five words that begin with capitals, or a script without them: a person rather than a sign, a nickname or a headline."""
    words = name.split()
    capital = not (words[0][0].islower() or words[-1][0].islower())
    house = words[0].lower() in ARTICLES or is_house(name)
    return bool(IDEOGRAPHIC.match(name)) or (1 < len(words) <= FULL_WORDS and capital and not house)
