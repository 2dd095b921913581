"""The headline by agreement: every place that gives one votes for its wording, and cut or kickered forms help the plain one.

Measured on news pages of some 180 publishers: JSON-LD is right most often where it is there, og:title is as often a line for social
media, the h1 is what readers see, and the window's title is written for search engines. Two that agree beat any one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile

from transforms.extract import jsonld
from transforms.extract.signals import Signals, Told
from transforms.extract.text import folded, overlap

SEPARATOR = re.compile(r"\s+(?:[|•·»«›‹:/–—-]|::|//)\s+|\s*[|｜]\s*")
# Between words that are written without blanks a name follows these.
TIGHT = re.compile(r"[:：_—-]+")
# How Chinese and Japanese papers, sites and agencies are called.
MEDIUM = re.compile(r"^[\u3040-\u30ff\u4e00-\u9fff]{1,10}(?:网|網|报|報|新闻|新聞|社|在线|频道|ニュース|デジタル)$")
# What templates put between headline and site: the standard archive page of WordPress, names of whole sites' desks.
GENERIC = frozenset(
    {
        "blogarchiv",
        "blogarchive",
        "archiv",
        "archive",
        "blog",
        "news",
        "home",
        "opinion",
        "commentary",
        "editorial",
        "nachrichten",
        "noticias",
        "article",
    }
)
EDGES = " \t|｜•·»«›‹:–—/-"
# Where a kicker or a desk is set off from the headline.
JOINT = re.compile(r"\s*(?:[:|｜]|\s[–—-])\s+")
# A headline of fewer letters is a section name or a logo ("News"), unless nothing else is there.
SHORTEST_HEADLINE = 8
# Longer ones are no headlines, and cutting them piece by piece takes quadratic time.
LONGEST_TITLE = 500
# Google asked for at most 110 letters in JSON-LD headlines; templates cut them at a word or a letter before that.
CUT_HEADLINE = 95
# h1 and the page's title are the same headline, perhaps shortened, from this share of common words on.
SAME_HEADLINE = 0.5
# The only h1 of a page is its headline in quite other words if it is no label: so many letters.
LONE_HEADLINE = 20
# Names of sites up to this length hide in other words.
SHORTEST_SITE = 3
# A section is a word or three; longer texts are sentences.
LONGEST_SECTION = 40
# Votes, from the share of right wordings on the pages that have the place (JSON-LD .86, h1 .78, og:title .79 but mostly where JSON-LD
# says the same, twitter:title a copy of og:title, the window's title .51); only sums are compared.
VOTES = {"jsonld": 2.0, "h1": 1.7, "og": 1.0, "other": 0.3}
# A longer form, with a kicker or a desk, speaks this much for the words that it holds.
HELD = 0.3


def headline(signals: Signals) -> Told:
    """The headline and its source: the outlet's rule, else the wording with most votes; empty where the page has none."""
    if signals.rules and signals.rules.headline and (ruled := next(signals.texts(signals.rules.headline), None)):
        return Told(ruled, "rules:headline")
    return elected(list(candidates(signals)))


def elected(found: list[Told]) -> Told:
    """The wording with most votes, in the form and with the source of its best place."""
    long = [told for told in found if SHORTEST_HEADLINE <= len(told.text) <= LONGEST_TITLE]
    votes: dict[str, float] = {}
    for told in long:
        votes[folded(told.text)] = votes.get(folded(told.text), 0.0) + weight(told)
    given = dict(votes)
    for told in long:
        for piece in {folded(piece) for piece in pieces(told.text)} & given.keys() - {folded(told.text)}:
            votes[piece] += HELD * weight(told)
    return max(long, key=lambda told: votes[folded(told.text)], default=next(iter(found), Told("", "")))


def weight(told: Told) -> float:
    """Votes of the place."""
    return VOTES.get(told.source.removeprefix("meta:").split(":")[0], VOTES["other"])


def pieces(title: str) -> Iterator[str]:
    """What stands before and after each joint of a title."""
    for joint in JOINT.finditer(title):
        yield title[: joint.start()]
        yield title[joint.end() :]


def candidates(signals: Signals) -> list[Told]:
    """One headline of each place that gives one, without the site's name; better places first."""
    linked = plain(linked_headline(signals), signals)
    social = plain(signals.told("og:title", "twitter:title"), signals)
    other = plain(signals.told("dc.title", "title", "headline"), signals)[:1]
    window = plain([Told(title, "title") for title in signals.window], signals)
    linked = [told for told in linked if not any(is_cut(told.text, longer.text) for longer in [*social, *other, *window])]
    announced = [told.text for told in [*social[:1], *other, *linked, *window]]
    tops = [Told(text, "h1") for text in printed(signals, announced)]
    if announced and len(announced) == len(window) and not signals.tops:
        return [Told(first_piece(told.text), told.source) for told in window]
    return [*linked, *tops, *once(social), *other, *window]


def plain(found: Iterable[Told], signals: Signals) -> list[Told]:
    """The texts without the site's name; none that is nothing else, unless it is all there is."""
    cut = [cut for told in found if (cut := Told(without_site(told.text, signals), told.source)).text]
    return [told for told in cut if folded(told.text) not in signals.site_keys] or (cut if not signals.tops else [])


def is_cut(text: str, longer: str) -> bool:
    """A headline that was cut at the length that search engines once asked for, or ends in an ellipsis, and is whole elsewhere."""
    bare = text.rstrip("…. ")
    ends = bare != text.rstrip(". ") or len(text) >= CUT_HEADLINE or text.endswith("...")
    return ends and len(longer) > len(text) and folded(longer).startswith(folded(bare))


def once(found: Iterable[Told]) -> list[Told]:
    """The first of each source."""
    return list({told.source: told for told in reversed(list(found))}.values())[::-1]


def printed(signals: Signals, wanted: list[str]) -> list[str]:
    """The h1 that is the page's title in other words, or the only one that is no label; at most one."""
    marked = signals.texts("[itemprop~='headline']", "article h1", "main h1")
    tops = [text for text in [*marked, *signals.tops] if not is_site(text, signals.site_keys)]
    if close := next((close for title in wanted[:2] if (close := near(tops, title))), None):
        return [close]
    if not wanted:
        return tops[:1] or signals.tops[:1]
    lone = {folded(text): text for text in tops if len(text) >= LONE_HEADLINE and not text.isupper()}
    return list(lone.values()) if len(lone) == 1 else []


def near(tops: list[str], wanted: str) -> str | None:
    """The h1 that is the page's title in other words, if there is one; one that the title begins with before others."""
    opening = [text for text in tops if len(text) >= SHORTEST_HEADLINE and folded(wanted).startswith(folded(text))]
    best = max(opening or tops, key=lambda text: overlap(text, wanted), default="")
    same = len(best) >= SHORTEST_HEADLINE and (overlap(best, wanted) >= SAME_HEADLINE or folded(best) in folded(wanted))
    return best if same else None


def linked_headline(signals: Signals) -> list[Told]:
    """Headline of the JSON-LD article, or none; the name of a bare page is none."""
    found = jsonld.first(signals.article, "headline")
    if found is None and signals.articles and "WebPage" not in jsonld.types(signals.article):
        found = jsonld.first(signals.article, "name")
    return [Told(found, "jsonld:headline")] if found else []


def without_site(title: str, signals: Signals) -> str:
    """Cut the site's name (and a section before it) off the end, or off the start, of a title."""
    if len(title) > LONGEST_TITLE:
        return title
    names, parts = signals.site_keys, SEPARATOR.split(title)
    while len(parts) > 1 and (is_site(parts[-1], names) or folded(parts[-1]) in signals.sections | GENERIC):
        title = title[: title.rfind(parts.pop())].rstrip(EDGES)
    for start in (parts[0], title.split(": ")[0]):
        if len(start) < len(title) and is_site(start, names):
            rest = title[len(start) :].lstrip(EDGES)
            generic = "".join(takewhile(lambda part: folded(part) in GENERIC, SEPARATOR.split(rest)[:1]))
            return rest[len(generic) :].lstrip(EDGES)
    return tight(title, names)


def tight(title: str, names: frozenset[str]) -> str:
    """Cut a name that follows without a blank, as Chinese and Japanese titles have it."""
    while joints := list(TIGHT.finditer(title)):
        name = title[joints[-1].end() :]
        if joints[-1].start() == 0 or not (MEDIUM.match(name) or (not name.isascii() and folded(name) in names)):
            break
        title = title[: joints[-1].start()]
    return title


def first_piece(title: str) -> str:
    """What stands before the last separator of a title that nothing else confirms, if that is more than a label."""
    parts = list(SEPARATOR.finditer(title))
    cut = title[: parts[-1].start()] if parts and title[parts[-1].start() : parts[-1].end()].strip() in {"|", "»", "«", "｜"} else ""
    return cut if len(cut) >= LONE_HEADLINE else title


def is_site(part: str, names: frozenset[str]) -> bool:
    """The piece of a title is the site's name, or mostly that, or is a part of it; names of three letters must be equal."""
    key = folded(part)
    if not key or len(key) > LONGEST_SECTION:
        return False
    whole = [name for name in names if len(name) > SHORTEST_SITE]
    return key in names or any((name in key and len(key) <= 2 * len(name)) or (key in name and len(key) > SHORTEST_SITE) for name in whole)


def variants(signals: Signals) -> list[str]:
    """Every form in which the page gives its headline: templates print one and announce another."""
    found = [*signals.content("og:title", "twitter:title"), *signals.tops, *signals.window]
    linked = jsonld.first(signals.article, "headline")
    cut = [without_site(text, signals) for text in found]
    return [text for text in [*cut, *found, linked or ""] if len(text) >= SHORTEST_HEADLINE]
