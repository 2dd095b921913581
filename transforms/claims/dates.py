"""Dates in words and digits, resolved against the day of publication. English and German."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from transforms.claims.lexicon import read, wordlist
from transforms.claims.numbers import alternation, matches
from transforms.claims.text import Range

FUTURE = re.compile(
    r"\b(?:will|next|upcoming|scheduled|due|shall|until|by|would|expects?|expected|forecasts?|hopes?|plans?|wird|werden|soll|sollen|kommenden|nächsten|bis)\b",
    re.IGNORECASE,
)
HALF_WEEK = 3  # days
FUTURE_REACH = 70  # characters before a weekday in which "will" turns it into the next one
MONTH_AHEAD = 6  # a month without a year is the nearest one: less than half a year ahead or behind
SINCE = "6"  # the alternative of "since January", which lies behind
COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
GERMAN_COUNTS = {
    "einem": 1,
    "einer": 1,
    "zwei": 2,
    "drei": 3,
    "vier": 4,
    "fünf": 5,
    "sechs": 6,
    "sieben": 7,
    "acht": 8,
    "neun": 9,
    "zehn": 10,
}
PERIODS = {
    "day": "day",
    "tag": "day",
    "week": "week",
    "woche": "week",
    "month": "month",
    "monat": "month",
    "year": "year",
    "jahr": "year",
    "weekend": "weekend",
    "wochenende": "weekend",
}


@dataclass(frozen=True, slots=True)
class DateFound:
    """A date in the text; `past`: the day it means where something has been said on it."""

    start: int
    end: int
    iso: str
    past: str
    possessive: bool = False

    @property
    def span(self) -> Range:
        """Its offsets."""
        return self.start, self.end


@lru_cache(maxsize=1)
def pattern() -> re.Pattern[str]:
    """All forms in one expression; named groups tell which."""
    table = read("values")
    month, weekday, day = (alternation(list(table[name])) for name in ("months", "weekdays", "days"))
    counts = alternation([*COUNTS, *GERMAN_COUNTS])
    stop = r"(?:(?<!\bMa[iy])(?<=\b\w\w\w)\.|(?<=\bSept)\.)?"  # of an abbreviation, not of the sentence
    return re.compile(
        rf"\b(?P<iso>(?:19|20)\d\d-[01]\d-[0-3]\d)\b"
        rf"|\b(?P<m1>{month})\b\.?\s(?P<d1>[0-3]?\d)(?:st|nd|rd|th)?\b(?!\s?(?:percent|million))(?:,?\s(?P<y1>(?:19|20)\d\d)\b)?"
        rf"|\b(?P<d2>[0-3]?\d)(?:st|nd|rd|th|\.)?\s(?:of\s)?(?P<m2>{month})\b{stop}(?:,?\s(?P<y2>(?:19|20)\d\d)\b)?"
        rf"|\b(?P<m3>{month})\b\.?,?\s(?:of\s)?(?P<y3>(?:19|20)\d\d)\b"
        rf"|\b(?:the\s)?(?P<rel>last|past|previous|this|next|coming|letzte[nrs]?|vergangene[nrs]?|diese[nrms]?|nächste[nrs]?|kommende[nrs]?)\s(?P<period>week|weekend|month|year|{weekday}|Woche|Wochenende|Monat|Jahr)\b"
        rf"|\b(?P<count>\d{{1,3}}|{counts})\s(?P<ago>day|week|month|year)s?\s(?:ago|earlier)\b"
        rf"|\bvor\s(?P<count_de>\d{{1,3}}|{counts})\s(?P<ago_de>Tag|Woche|Monat|Jahr)(?:en|n)?\b"
        rf"|\b(?P<day>{day})\b|(?<![\w’'])(?P<morgen>morgen)\b(?!s)"
        rf"|\b(?P<weekday>{weekday})(?:s|abend|morgen|nachmittag|nacht)?\b(?P<nextweek>\sof\snext\sweek|\snext\sweek)?"
        rf"|(?<=\b[Ii]n\s)(?P<m4>{month})\b{stop}|(?:(?<=\b[Bb]y\s)|(?<=\b[Uu]ntil\s)|(?<=\b[Bb]is\s))(?P<m5>{month})\b{stop}|(?:(?<=\b[Ss]ince\s)|(?<=\b[Ss]eit\s))(?P<m6>{month})\b{stop}|(?<=\b[Ii]m\s)(?P<m7>{month})\b"
        rf"|(?<![\w.,$€£-])(?P<year>(?:19[5-9]|20[0-6])\d)\b(?![\w%,.-]\d|[-/]\d|\s(?:people|Menschen|dollars|euros|Euro|homes|households|jobs))",
        re.IGNORECASE,
    )


@lru_cache(maxsize=1)
def triggers() -> frozenset[str]:
    """First words of everything that the expression finds, digits apart."""
    table = read("values")
    plain = [*table["months"], *table["weekdays"], *COUNTS, *GERMAN_COUNTS, *(phrase.split()[0] for phrase in table["days"])]
    compound = [day + part for day in table["weekdays"] for part in ("s", "abend", "morgen", "nachmittag", "nacht")]
    return frozenset([*plain, *compound, *wordlist("date_triggers")])


def dates(text: str, published: date | None) -> list[DateFound]:
    """Every date of a text, in order; relative ones only where the day of publication is known."""
    found = []
    for match in matches(pattern(), triggers(), text):
        if not sensible(text, match):
            continue
        try:
            iso = resolve(text, match, published, past=False)
            past = resolve(text, match, published, past=True)
        except (ValueError, OverflowError):  # 31 June, or a day before year 1
            continue
        if iso:
            found.append(DateFound(match.start(), match.end(), iso, past or iso, possessive(text, match.end())))
    return found


def sensible(text: str, match: re.Match[str]) -> bool:
    """Months and weekdays stand with a capital ("may", "mar" are words); "am Morgen" is no tomorrow."""
    for group in ("m1", "m2", "m3", "m4", "m5", "m6", "m7", "weekday"):
        if match[group] and not match[group][0].isupper():
            return False
    if match["morgen"]:
        before = text[max(0, match.start() - 8) : match.start()].lower().split()
        return match["morgen"] == "morgen" and before[-1:] not in (["am"], ["heute"], ["guten"], ["jeden"], ["gestern"])
    return True


def resolve(text: str, match: re.Match[str], published: date | None, *, past: bool) -> str | None:
    """ISO 8601 form of one match; None where it needs a day of publication that is unknown."""
    if match["iso"]:
        return date.fromisoformat(match["iso"]).isoformat()
    if match["year"]:
        return match["year"]
    for number in "1234567":
        if match[f"m{number}"]:
            return calendar_date(match, number, published)
    if published is None:
        return None
    future = not past and bool(
        FUTURE.search(text[max(0, match.start() - FUTURE_REACH) : match.start()].rsplit("\n", 1)[-1].rsplit(". ", 1)[-1])
    )
    future = future and not (possessive(text, match.end()) and just_past(match, published))
    return next(iso for iso in relative(match, published, future) if iso)


def possessive(text: str, end: int) -> bool:
    """As in "Monday's drills"."""
    return text[end : end + 2] in {"'s", "’s"}


def just_past(match: re.Match[str], published: date) -> bool:
    """A weekday that is nearer behind than ahead."""
    wanted = read("values")["weekdays"].get((match["weekday"] or "").lower())
    return wanted is not None and (published.weekday() - wanted) % 7 <= HALF_WEEK


def calendar_date(match: re.Match[str], number: str, published: date | None) -> str | None:
    """A month with or without day and year; a missing year is the one that brings it nearest to publication."""
    groups = match.groupdict()
    month = read("values")["months"][match[f"m{number}"].lower()]
    day, year = groups.get(f"d{number}"), groups.get(f"y{number}")
    if year is None and published is None:
        return None
    if year is None:
        assert published is not None
        year = str(published.year - (month > published.month) if number == SINCE else nearest_year(month, published))
    return date(int(year), month, int(day)).isoformat() if day else f"{year}-{month:02d}"


def nearest_year(month: int, published: date) -> int:
    """The year that brings a month nearest to publication."""
    distance = month - published.month
    return published.year + (1 if distance < -MONTH_AHEAD else -1 if distance > MONTH_AHEAD else 0)


def relative(match: re.Match[str], published: date, future: bool) -> Iterator[str]:
    """Candidates of one relative expression, the right one first."""
    table = read("values")
    if match["day"]:
        yield (published + timedelta(days=table["days"][match["day"].lower()])).isoformat()
    if match["morgen"]:
        yield (published + timedelta(days=1)).isoformat()
    if match["weekday"]:
        wanted = table["weekdays"][match["weekday"].lower()]
        yield weekday(published, wanted, 2 if match["nextweek"] else 1 if future else 0).isoformat()
    if match["rel"]:
        yield near_period(match["rel"].lower(), match["period"].lower(), published)
    if match["ago"] or match["ago_de"]:
        count = match["count"] or match["count_de"]
        number = int(count) if count.isdigit() else {**COUNTS, **GERMAN_COUNTS}[count.lower()]
        yield shifted(PERIODS[(match["ago"] or match["ago_de"]).lower()], published, -number)


def weekday(published: date, wanted: int, direction: int) -> date:
    """0: the last such day up to publication; 1: the next one after it; 2: the one of next week."""
    if direction == 2:
        return published + timedelta(days=7 - published.weekday() + wanted)
    back = (published.weekday() - wanted) % 7
    return published + timedelta(days=7 - back) if direction else published - timedelta(days=back)


def near_period(word: str, period: str, published: date) -> str:
    """As in "last month", "this year", "next Tuesday"."""
    step = -1 if word.startswith(("last", "past", "prev", "letzt", "vergang")) else 0 if word.startswith(("this", "diese")) else 1
    weekdays: dict[str, int] = read("values")["weekdays"]
    if period == "weekend" and step == 0 and published.weekday() <= calendar.TUESDAY:
        step = -1  # early in the week "this weekend" is the one just over
    if period in weekdays:
        return weekday(published if step != -1 else published - timedelta(days=1), weekdays[period], 1 if step == 1 else 0).isoformat()
    return shifted(PERIODS[period], published, step)


def shifted(period: str, published: date, step: int) -> str:
    """The period `step` steps from the one of publication: a day, an ISO week, a month, a year, or a weekend as an interval."""
    if period == "day":
        return (published + timedelta(days=step)).isoformat()
    if period == "week":
        year, week, _ = (published + timedelta(weeks=step)).isocalendar()
        return f"{year}-W{week:02d}"
    if period == "month":
        return month_shift(published, step)
    return weekend(published, step) if period == "weekend" else f"{published.replace(year=published.year + step, day=1).year:04d}"


def month_shift(published: date, step: int) -> str:
    """The month `step` months away."""
    months = published.year * 12 + published.month - 1 + step
    if months < 12:
        raise ValueError("before year 1")
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


def weekend(published: date, step: int) -> str:
    """Saturday/Sunday of the week `step` weeks away, as an ISO interval."""
    saturday = published + timedelta(days=calendar.SATURDAY - published.weekday(), weeks=step)
    return f"{saturday.isoformat()}/{(saturday + timedelta(days=1)).isoformat()}"
