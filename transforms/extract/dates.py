"""When a page was published: every claim of the page in order of trust, kept with its evidence and its own offset.

The order was measured on news pages of some 180 publishers: JSON-LD first (right day .98), metas, the URL, microdata,
<time>, inline data, then what the source that named the page said, then what people read on the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ingest.records import Hint, OutletProfile
from transforms.extract import jsonld
from transforms.extract.moments import AHEAD, DAY_ONLY, EARLIEST, EXACT, IN_WORDS, LOCAL, NEVER, Moment, acceptable, parse, parse_words
from transforms.extract.signals import LONGEST_LINE, Signals, shown

URL_DAY = re.compile(
    r"[/-]((?:19|20)\d\d)([/-])(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])(?=\D|$)|/((?:19|20)\d\d)()(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)"
)
INLINE = re.compile(
    r"\\?[\"'](date_?published|published_?(?:at|date)|publi(?:sh|cation)_?date|first_?published(?:_?at|_?date)?|pubdate|datetimepublished|first_publish_date)\\?[\"']"
    r"\s*:\s*\\?[\"']([^\"'\\]{8,40})\\?[\"']",
    re.IGNORECASE,
)
PUBLISHED_METAS = (
    "article:published_time", "article:published", "article:published_date", "og:article:published_time", "og:published_time", "og:pubdate",
    "article:post_date", "datepublished", "date_published", "pubdate", "publishdate", "publish_date", "publish-date", "published_time",
    "publication_date", "publicationdate", "date.published", "originalpublicationdate", "parsely-pub-date", "sailthru.date", "bt:pubdate",
    "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "dcterms.date", "dc.date", "dc.created", "article.published",
    "article.created", "cxenseparse:recs:publishtime", "cxense-parse:recs:publishtime", "vr:published_time", "rnews:datepublished",
    "displaydate", "article_date_original", "citation_publication_date", "citation_date", "iso-8601-publish-date", "pdate", "ptime",
    "shareaholic:article_published_time", "weibo:article:create_at", "mediator_published_time", "created", "datecreated", "date",
)  # fmt: skip
MODIFIED_METAS = (
    "article:modified_time", "og:updated_time", "article:modified", "article:updated", "datemodified", "date_modified", "last-modified",
    "lastmod", "dcterms.modified", "dc.date.modified", "cxenseparse:recs:modifiedtime",
)  # fmt: skip
PUBLICATION_ELEMENTS = (
    ("microdata:datePublished", "[itemprop~='datePublished']"),
    ("time:pubdate", "time[pubdate], time.published, time.entry-date, abbr.published"),
)
TIME_ELEMENTS = (("time", "article time, main time, header time"), ("time", "time"))
# Sources of an exact time that may refine a day from a better one.
STRUCTURED = ("jsonld", "meta", "microdata", "feed", "news_sitemap", "push", "text")
# Teasers of other articles carry dates too, further down.
FIRST_ELEMENTS = 3


def published(signals: Signals, latest: datetime | None = None) -> Moment | None:
    """The publication time by the best evidence; `latest` is the time of capture."""
    zone = zone_of(signals.outlet)
    told = hinted(signals.hint, zone, latest)
    believed = moments(claims(signals), zone, latest)
    best = next(believed, None)
    if best and best.precision == EXACT:
        return best  # no other claim can refine it, and the scripts of a page are long
    if best:
        found = [best, *believed]
        seen = printed(signals.near_headline, zone, latest, languages(signals)) if found[0].precision == DAY_ONLY else None
        return refined(found[0], [*found[1:], *filter(None, [told, seen])])
    if told and signals.hint and signals.hint.source != "sitemap":
        return told
    # the lastmod of a sitemap is a change, not a publication: weaker than what people read on the page
    return printed(signals.near_headline, zone, latest, languages(signals)) or searched(signals, zone, latest) or told


def zone_of(outlet: OutletProfile | None) -> ZoneInfo:
    """Zone that bare local times are in."""
    return ZoneInfo(outlet.timezone if outlet else "UTC")


def claims(signals: Signals) -> Iterator[tuple[str, str]]:
    """(evidence, raw) in order of trust; what a person wrote into the outlet's rules comes first."""
    if signals.rules and signals.rules.published:
        yield from elements(signals, "rules:published", signals.rules.published)
    yield from linked(signals, "datePublished", "dateCreated", "uploadDate")
    yield from stated(signals, PUBLISHED_METAS)
    if match := URL_DAY.search(signals.url):
        yield "url", "-".join(part for part in match.groups() if part and part.isdigit())
    for evidence, selector in PUBLICATION_ELEMENTS:
        yield from elements(signals, evidence, selector)
    yield from inline(signals)
    for evidence, selector in TIME_ELEMENTS:
        yield from elements(signals, evidence, selector)


def linked(signals: Signals, *names: str) -> Iterator[tuple[str, str]]:
    """Values of the JSON-LD articles under these names."""
    return (("jsonld:" + name, raw) for name in names for node in signals.articles for raw in jsonld.strings(node.get(name)))


def stated(signals: Signals, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Values of these metas."""
    return (("meta:" + name, raw) for name in names for raw in signals.meta.get(name, ()))


def inline(signals: Signals) -> Iterator[tuple[str, str]]:
    """Publication times in the data of the page's own scripts."""
    scripts = signals.tree.css("script:not([src])")
    return (("inline:" + name, raw) for node in scripts for name, raw in INLINE.findall(node.text()))


def elements(signals: Signals, evidence: str, selector: str) -> Iterator[tuple[str, str]]:
    """Times of the elements that match: attribute before text."""
    for node in signals.tree.css(selector)[:FIRST_ELEMENTS]:
        attributes = node.attributes
        if raw := attributes.get("datetime") or attributes.get("content") or attributes.get("title") or shown(node):
            yield evidence, raw


def moments(found: Iterable[tuple[str, str]], zone: ZoneInfo, latest: datetime | None) -> Iterator[Moment]:
    """The claims that can be read and believed."""
    for evidence, raw in found:
        parsed = parse(raw, zone) or (parse_words(raw, zone, ["en"]) if evidence.startswith("rules:") else None)
        if parsed and acceptable(parsed[0], latest):
            yield Moment(*parsed, evidence, raw[:100])


def refined(best: Moment, others: list[Moment]) -> Moment:
    """A weaker source may be more exact: the same day with a time, or the same wall clock with an offset."""
    for other in others:
        days = {other.at.date(), other.at.astimezone(best.at.tzinfo).date()}
        if best.precision == DAY_ONLY < other.precision and best.at.date() in days and other.evidence.startswith(STRUCTURED):
            return other
        if best.precision == LOCAL and other.precision == EXACT and other.at.replace(tzinfo=None) == best.at.replace(tzinfo=None):
            return other
    return best


def hinted(hint: Hint | None, zone: ZoneInfo, latest: datetime | None) -> Moment | None:
    """What the feed, sitemap or person that named the page said; midnight of a file's date is a whole day."""
    if hint is None or hint.published_at is None or not acceptable(hint.published_at, latest):
        return None
    at, evidence = hint.published_at, f"{hint.source}:published"
    for reading in (at, at.astimezone(zone)):
        if hint.source == "file" and (reading.hour, reading.minute, reading.second) == (0, 0, 0):
            return Moment(datetime(reading.year, reading.month, reading.day, tzinfo=zone), DAY_ONLY, evidence, at.isoformat())
    return Moment(at, EXACT, evidence, at.isoformat())


def languages(signals: Signals) -> list[str]:
    """Languages that the page's months may be named in."""
    root = signals.tree.css_first("html")
    declared = ((root.attributes.get("lang") if root else None) or "")[:2].lower()
    return [code for code in (declared, signals.outlet.language if signals.outlet else None) if code]


def printed(lines: Iterable[str], zone: ZoneInfo, latest: datetime | None, months: list[str]) -> Moment | None:
    """The first date that is printed for people in one of the lines."""
    for line in lines:
        found = parse_words(line, zone, months) if len(line) <= LONGEST_LINE and IN_WORDS.search(line) else None
        if found and acceptable(found[0], latest):
            return Moment(*found, "text", line[:100])
    return None


def searched(signals: Signals, zone: ZoneInfo, latest: datetime | None) -> Moment | None:
    """A day that htmldate finds in the visible page."""
    from htmldate import find_date

    if not signals.is_affordable:
        return None
    limit = latest + AHEAD if latest else NEVER
    page = signals.tree.html or ""
    found = find_date(
        page, original_date=True, min_date=EARLIEST.replace(tzinfo=None), max_date=limit.replace(tzinfo=None), url=signals.url
    )
    parsed = parse(found, zone) if found else None
    return Moment(*parsed, "htmldate", str(found)) if parsed else None


def modified(signals: Signals, latest: datetime | None = None) -> datetime | None:
    """Last change according to the page."""
    found = [*linked(signals, "dateModified"), *stated(signals, MODIFIED_METAS)]
    found += elements(signals, "microdata:dateModified", "[itemprop~='dateModified']")
    best = next(moments(found, zone_of(signals.outlet), latest), None)
    return best.at if best else None


def fields(moment: Moment | None) -> dict[str, Any]:
    """The fields of an ExtractedPage that tell the publication time."""
    if moment is None:
        return {}
    return {
        "published_at": moment.at,
        "published_is_day": moment.precision == DAY_ONLY,
        "published_evidence": moment.evidence,
        "published_raw": moment.raw,
    }
