"""When a page was published: every claim of the page in order of trust, kept with its evidence and its own offset.

First what the page claims (`dateclaims`), then what the source that named the page said, then what people read on the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import chain
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from ingest.records import Hint, OutletProfile
from transforms.extract.dateclaims import FIRST_ELEMENTS, MODIFIED_METAS, claims, elements, in_url, linked, stated
from transforms.extract.moments import AHEAD, DAY_ONLY, EARLIEST, EXACT, LOCAL, NEVER, YEAR, Moment, acceptable, complaint, parse
from transforms.extract.printed import parse_words
from transforms.extract.signals import LONGEST_LINE, Signals, shown
from transforms.extract.text import clean

# Sources of an exact time that may refine a day from a better one.
STRUCTURED = ("jsonld", "meta", "microdata", "feed", "news_sitemap", "push", "text")
# What stands before a time of change that is printed where others print publication.
CHANGED = re.compile(
    r"updat|modif|chang|edit|aktualisiert|geändert|mis à jour|maj\b|actualiz|aggiorn|bijgewerkt|uppdater|oppdater|opdater", re.IGNORECASE
)
# English hosts under these read 3/4 as the fourth of March, others as the third of April where the page does not say.
AMERICAN_HOSTS = (".com", ".org", ".net", ".us", ".gov", ".edu")
# Offsets between which all but one in a thousand of the world's readers live: Pacific time, New Zealand's summer.
WESTERNMOST, EASTERNMOST = -8, 13
# More refusals of one page repeat each other.
MOST_REFUSED = 10


class Dating(NamedTuple):
    """The publication time by the best evidence, and the claims that were read and not believed, with the reason."""

    moment: Moment | None
    refused: list[str]


def published(signals: Signals, latest: datetime | None = None) -> Moment | None:
    """The publication time by the best evidence; `latest` is the time of capture."""
    return dated(signals, latest).moment


def dated(signals: Signals, latest: datetime | None = None) -> Dating:
    """The same with what was refused. Weaker evidence is only read as far as it can still refine the better."""
    refused: list[str] = []
    told = hinted(signals.hint, zone_of(signals.outlet), latest, refused)
    said = moments(claims(signals), reading(signals), latest, refused)
    if best := next(said, None):
        return Dating(local(refined(best, more(best, said, told, signals, latest)), signals), refused[:MOST_REFUSED])
    if told and signals.hint and signals.hint.source != "sitemap":
        return Dating(told, refused[:MOST_REFUSED])
    # the lastmod of a sitemap is a change, not a publication: weaker than what people read on the page
    return Dating(visible(signals, latest, refused) or told, refused[:MOST_REFUSED])


def visible(signals: Signals, latest: datetime | None, refused: list[str]) -> Moment | None:
    """What people read: near the headline, then words where machines expect a date, then anywhere."""
    how = reading(signals)
    seen = printed([*signals.below_headline, *signals.above_headline], how.zone, latest, how.languages)
    return seen or next(moments(claims(signals), how, latest, refused, in_words=True), None) or searched(signals, how.zone, latest)


def more(best: Moment, said: Iterator[Moment], told: Moment | None, signals: Signals, latest: datetime | None) -> Iterator[Moment]:
    """Weaker evidence in order, where the best is no exact time."""
    if best.precision < EXACT:
        yield from said
        yield from [told] if told else []
    if best.precision == DAY_ONLY and (line := printed(signals.below_headline, zone_of(signals.outlet), latest, languages(signals))):
        yield line


def local(best: Moment, signals: Signals) -> Moment:
    """A time that is written in UTC, at the offset in whole hours that puts it on the day which the page's URL or text gives.

    The instant stays; only its calendar day becomes that of the page's readers. Half hours and zones further than the globe has are left.
    """
    if best.precision != EXACT or best.at.utcoffset() != timedelta(0) or best.evidence.startswith("rules:"):
        return best
    days = [day.at.date() for day in moments(days_of(signals), reading(signals), None, [], in_words=True)]
    shift = next((day - best.at.date() for day in days[:1]), timedelta(0))
    if shift == timedelta(days=1):
        hours = 24 - best.at.hour
    elif shift == timedelta(days=-1):
        hours = -best.at.hour - 1
    else:
        return best
    fits = WESTERNMOST <= hours <= EASTERNMOST
    return replace(best, at=best.at.astimezone(timezone(timedelta(hours=hours)))) if fits else best


def days_of(signals: Signals) -> Iterator[tuple[str, str]]:
    """Days without a time that the page gives: in its URL, printed in the element marked as its date."""
    yield from in_url(signals)
    texts = (shown(node) for node in signals.tree.css("[itemprop~='datePublished']")[:FIRST_ELEMENTS])
    yield from (("text", text) for text in texts if text)


class Reading(NamedTuple):
    """How bare local times and months are to be read."""

    zone: ZoneInfo
    languages: list[str]


def reading(signals: Signals) -> Reading:
    """The outlet's zone, and the languages that the page's months may be named in."""
    return Reading(zone_of(signals.outlet), languages(signals))


def zone_of(outlet: OutletProfile | None) -> ZoneInfo:
    """Zone that bare local times are in."""
    return ZoneInfo(outlet.timezone if outlet else "UTC")


def moments(
    found: Iterable[tuple[str, str]], how: Reading, latest: datetime | None, refused: list[str], *, in_words: bool = False
) -> Iterator[Moment]:
    """The claims that can be read and believed; the others are added to `refused` with the reason."""
    for evidence, raw in found:
        worded = (in_words or evidence.startswith("rules:")) and not CHANGED.search(raw)
        parsed = parse(raw[:LONGEST_LINE], how.zone) or (parse_words(raw[:LONGEST_LINE], how.zone, how.languages) if worded else None)
        if parsed and (reason := complaint(parsed[0], latest)):
            refused.append(f"{evidence} {raw[:40]}: {reason}")
        elif parsed:
            yield Moment(*parsed, evidence, raw[:100])


def refined(best: Moment, others: Iterable[Moment]) -> Moment:
    """A weaker source may be more exact: the same day with a time, or the same wall clock with an offset."""
    for other in others:
        days = {other.at.date(), other.at.astimezone(best.at.tzinfo).date()}
        if best.precision == DAY_ONLY < other.precision and best.at.date() in days and other.evidence.startswith(STRUCTURED):
            return other
        if best.precision == LOCAL and other.precision == EXACT and other.at.replace(tzinfo=None) == best.at.replace(tzinfo=None):
            return other
    return best


def hinted(hint: Hint | None, zone: ZoneInfo, latest: datetime | None, refused: list[str] | None = None) -> Moment | None:
    """What the feed, sitemap or person that named the page said; midnight of a file's date is a whole day."""
    if hint is None or hint.published_at is None:
        return None
    at, evidence = hint.published_at, f"{hint.source}:published"
    if reason := complaint(at, latest):
        if refused is not None:
            refused.append(f"{evidence} {at.isoformat()}: {reason}")
        return None
    for reading in (at, at.astimezone(zone)):
        if hint.source == "file" and (reading.hour, reading.minute, reading.second) == (0, 0, 0):
            return Moment(datetime(reading.year, reading.month, reading.day, tzinfo=zone), DAY_ONLY, evidence, at.isoformat())
    return Moment(at, EXACT, evidence, at.isoformat())


def languages(signals: Signals) -> list[str]:
    """Languages that the page's months may be named in, with the region that it declares: it tells whether 3/4 is in March or April."""
    root = signals.tree.css_first("html")
    declared = ((root.attributes.get("lang") if root else None) or "").strip().lower().replace("_", "-")
    if declared == "en" and not signals.url.split("/", 3)[2:3][0].endswith(AMERICAN_HOSTS):
        declared = "en-gb"
    return [code for code in (declared, signals.outlet.language if signals.outlet else None) if code]


def printed(lines: Iterable[str], zone: ZoneInfo, latest: datetime | None, months: list[str]) -> Moment | None:
    """The first date that is printed for people in one of the lines."""
    for line in lines:
        found = parse_words(line, zone, months) if len(line) <= LONGEST_LINE else None
        if found and acceptable(found[0], latest):
            return Moment(*found, "text", line[:100])
    return None


def searched(signals: Signals, zone: ZoneInfo, latest: datetime | None) -> Moment | None:
    """A day that htmldate finds in the visible page, else the first that stands in a short line anywhere.

    htmldate's own search through all of a page takes up to 2 s and 27 MB, and answers with the first of January of a copyright's year.
    """
    from htmldate import find_date

    if not signals.is_affordable:
        return None
    limit = latest + AHEAD if latest else NEVER
    page = signals.tree.html or ""
    found = find_date(
        page,
        original_date=True,
        extensive_search=False,
        min_date=EARLIEST.replace(tzinfo=None),
        max_date=limit.replace(tzinfo=None),
        url=signals.url,
    )
    if parsed := parse(found, zone) if found else None:
        return Moment(*parsed, "htmldate", str(found))
    seen = printed(dated_lines(signals), zone, latest, languages(signals))
    return replace(seen, evidence="page") if seen else None


def dated_lines(signals: Signals) -> Iterator[str]:
    """Lines of the page, and of the scripts in it, that have a year in them."""
    body = signals.tree.body
    lines = (body.text(separator="\n") if body is not None else "").splitlines()
    return (clean(line) for line in lines if YEAR.search(line))


def modified(signals: Signals, latest: datetime | None = None) -> datetime | None:
    """Last change according to the page."""
    best = changed(signals, latest)
    return best.at if best else None


def changed(signals: Signals, latest: datetime | None = None) -> Moment | None:
    """The same with its evidence."""
    found = chain(
        linked(signals, "dateModified"),
        stated(signals, MODIFIED_METAS),
        elements(signals, "microdata:dateModified", "[itemprop~='dateModified']"),
    )
    return next(moments(found, reading(signals), latest, []), None)


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
