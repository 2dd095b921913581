"""Dates as sources write them: W3C date-times and dates in URLs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

# 2018-09-20, 2018/09/20, 20180920, 2018/sep/20, 2018-09, 2018/09, 2018: no digit on either side. Year first only: 10/11/2018 is ambiguous.
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)([-/_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
_NAMED_DAY = re.compile(rf"(?<!\d)((?:19|20)\d\d)[-/]({'|'.join(_MONTHS)})[-/](0?[1-9]|[12]\d|3[01])(?!\d)", re.IGNORECASE)
_MONTH = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/_.](0[1-9]|1[0-2])(?!\d)")
# What the W3C profile allows beside days: 2018-09 and 2018.
_PERIOD = re.compile(r"((?:19|20)\d\d)(?:-(0[1-9]|1[0-2]))?")
# Longest text that can be a date.
MAX_DATE_CHARS = 64
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


@dataclass(frozen=True)
class Period:
    """A stretch of days: `first` to `last`, both within."""

    first: date
    last: date

    @property
    def is_day(self) -> bool:
        """One day exactly."""
        return self.first == self.last

    def touches(self, other: Period) -> bool:
        """Whether the two share a day."""
        return self.first <= other.last and other.first <= self.last

    def widened(self, days: int) -> Period:
        """The period with some days more at each end."""
        return Period(self.first - timedelta(days=days), self.last + timedelta(days=days))


def instant(day: date) -> datetime:
    """Start of a day in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _month(year: int, month: int) -> Period:
    following = date(year + month // 12, month % 12 + 1, 1)
    return Period(date(year, month, 1), following - timedelta(days=1))


def _valid_day(year: int, month: int, day: int) -> Period | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return Period(found, found)


def _path(url: str) -> str:
    """The part after host and port, whose numbers are no dates."""
    return url.split("/", 3)[-1]


def day_in_url(url: str) -> Period | None:
    """The calendar day in an address, e.g. /2018/09/20/ or -20180920."""
    path = _path(url)
    if numeric := _DAY.search(path):
        return _valid_day(int(numeric[1]), int(numeric[3]), int(numeric[4]))
    if named := _NAMED_DAY.search(path):
        return _valid_day(int(named[1]), _MONTHS.index(named[2].lower()) + 1, int(named[3]))
    return None


def period_in_url(url: str) -> Period | None:
    """The day, month or year in the address of a sitemap, the finest that stands there."""
    if found := day_in_url(url):
        return found
    if month := _MONTH.search(_path(url)):
        return _month(int(month[1]), int(month[2]))
    if year := _YEAR.search(_path(url)):
        return Period(date(int(year[1]), 1, 1), date(int(year[1]), 12, 31))
    return None


def w3c(text: str | None) -> datetime | None:
    """A W3C date-time (`lastmod` of sitemaps.org) as an instant; without zone it counts as UTC; None where unreadable, or a period only.

    Mail dates (RFC 5322), which some outlets write there, are read as well.
    """
    if not text:
        return None
    bare = text.strip()[:MAX_DATE_CHARS]
    try:
        found = parsedate_to_datetime(bare) if "," in bare else datetime.fromisoformat(bare)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def w3c_end(text: str | None) -> datetime | None:
    """The same; where only a month or a year is told, the start of its last day: each page then belongs to exactly one day."""
    if found := w3c(text):
        return found
    if not (told := _PERIOD.fullmatch((text or "").strip()[:MAX_DATE_CHARS])):
        return None
    year, month = int(told[1]), int(told[2] or 12)
    return instant(_month(year, month).last)
