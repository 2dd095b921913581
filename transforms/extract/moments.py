"""Reading a written time: ISO 8601 and its relatives, RFC 2822, epoch seconds, dates in words; the offset is kept as written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from functools import lru_cache

from transforms.extract.text import REMEMBERED

# News pages of the web do not reach further back; earlier values are epoch zeros and typing mistakes.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
# Clocks of publishers run ahead, and local times are written as UTC: more than a day ahead of the capture is refused.
AHEAD = timedelta(days=1)
# Latest time that is believed where no time of capture is known (the last day that two-digit offsets can't push out of range).
NEVER = datetime(2100, 1, 1, tzinfo=UTC)
DAY_ONLY, LOCAL, EXACT = 0, 1, 2

ISO = re.compile(
    r"(?<!\d)(?P<day>\d{4}-\d{1,2}-\d{1,2}|\d{8}(?=T|$)|\d{4}/\d{1,2}/\d{1,2})"
    r"(?:[T\s]+(?:-\s*)?(?P<time>\d{1,2}:\d{2}(?::\d{1,2})?|\d{6}(?!\d)|\d{4}(?=Z|[+-]|$))(?:[.,]\d+)?"
    r"\s*(?P<zone>(?:GMT|UTC)?\s?[+-]\d{1,2}(?::?\d{2})?|Z\b|UTC\b|GMT\b)?)?",
    re.IGNORECASE,
)
OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})?$")
EPOCH = re.compile(r"^(\d{10})(?:\d{3})?(?:\.\d+)?$")
# Words between day, month and year in Romance, Iberian and Hungarian dates.
OF = r"(?:\s?(?:del?\s|d['’]|of\s)\s?)?"
MONTH = r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0900-\u0dff]){1,14}(?:\s(?:الثاني|الأول|الاول))?"
DAY_FIRST = rf"(?P<d1>\d{{1,2}})(?:st|nd|rd|th|er|º|ª|\.)?[\s.-]{{0,2}}{OF}(?P<m1>{MONTH})[.,]{{0,2}}[\s-]{{0,2}}{OF}(?P<y1>(?:19|20)\d\d)"
MONTH_FIRST = rf"(?P<m2>{MONTH})\.?\s(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,?\s{{1,2}}(?P<y2>(?:19|20)\d\d)"
YEAR_FIRST = rf"(?P<y3>(?:19|20)\d\d)\.?\s(?:m\.\s)?(?P<m3>{MONTH})\s(?P<d3>\d{{1,2}})"
IDEOGRAMS = r"(?P<y4>(?:19|20)\d\d)\s?[年년]\s?(?P<m4>\d{1,2})\s?[月월]\s?(?P<d4>\d{1,2})\s?[日일]"
FIGURES = r"(?P<a5>\d{1,2})(?P<sep>[./-])\s?(?P<b5>\d{1,2})(?P=sep)\s?(?P<y5>(?:19|20)\d\d)"
YEAR_FIGURES = r"(?P<y6>(?:19|20)\d\d)(?P<sep6>[./-])\s?(?P<m6>\d{1,2})(?P=sep6)\s?(?P<d6>\d{1,2})"
# A day in words or figures, and perhaps a clock time after it: 20 September 2018, Sept. 20, 2018 at 2:30 pm, 20.09.2018, 14:30 Uhr.
TIME = r"(?P<time>[^\d]{0,12}\d{1,2}[:.hH時시]\d{2}(?!\d)(?:\s?[ap]\.?m\.?)?(?:\s?(?:UTC|GMT|[+-]\d{2}:?\d{2})(?!\w))?)?"
IN_WORDS = re.compile(
    rf"(?<![\d/.-])(?:(?P<day>{DAY_FIRST}|{MONTH_FIRST}|{YEAR_FIRST}|{IDEOGRAMS}|{FIGURES}|{YEAR_FIGURES})(?!\d)){TIME}", re.IGNORECASE
)
# The same with a year of two figures: believed only where no other date is printed.
SHORT_YEAR = re.compile(
    rf"(?<![\d/.-])(?P<day>(?P<a5>\d{{1,2}})(?P<sep>[./])(?P<b5>\d{{1,2}})(?P=sep)(?P<y5>\d\d))(?![\d./-]){TIME}", re.IGNORECASE
)
# Every date of these forms has such a year; looking for it is a twentieth of looking for a date.
YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class Moment:
    """A point in time as a page gives it; precision is DAY_ONLY, LOCAL (the offset is the outlet's) or EXACT."""

    at: datetime
    precision: int
    evidence: str
    raw: str


@lru_cache(maxsize=REMEMBERED)
def in_words(text: str) -> re.Match[str] | None:
    """The first date that is printed for people, with a year of four figures."""
    return IN_WORDS.search(text) if YEAR.search(text) else None


def offset(written: str) -> tzinfo:
    """Zone of `Z`, `+0200`, `+02:00`, `GMT+2`.

    >>> offset("GMT+2").utcoffset(None)
    datetime.timedelta(seconds=7200)
    """
    match = OFFSET.search(written)
    if not match:
        return UTC
    minutes = (int(match[2]) * 60 + int(match[3] or 0)) * (-1 if match[1] == "-" else 1)
    return timezone(timedelta(minutes=minutes)) if abs(minutes) < 24 * 60 else UTC


def parse(raw: str, zone: tzinfo) -> tuple[datetime, int] | None:
    """(time, precision) of a machine-written value; a bare local time takes `zone`."""
    text = raw.strip()
    try:
        if epoch := EPOCH.match(text):
            return datetime.fromtimestamp(int(epoch[1]), UTC), EXACT
        if match := ISO.search(text):
            return iso(match, zone)
        stamp = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return (stamp, EXACT) if stamp.tzinfo else (stamp.replace(tzinfo=zone), LOCAL)


def iso(match: re.Match[str], zone: tzinfo) -> tuple[datetime, int]:
    """Time of an ISO match; ValueError where there is no such day or hour."""
    digits = re.sub(r"\D", " ", match["day"]).split()
    year, month, day = digits if len(digits) == 3 else (digits[0][:4], digits[0][4:6], digits[0][6:])
    start = datetime(int(year), int(month), int(day), tzinfo=zone)
    if not match["time"]:
        return start, DAY_ONLY
    clock = match["time"].split(":") if ":" in match["time"] else re.findall(r"\d\d", match["time"])
    hour, minute, second = (*map(int, clock), 0)[:3]
    written = match["zone"]
    return start.replace(hour=hour, minute=minute, second=second, tzinfo=offset(written) if written else zone), EXACT if written else LOCAL


def acceptable(at: datetime, latest: datetime | None) -> bool:
    """Not before the web's news, not after the capture."""
    return complaint(at, latest) is None


def complaint(at: datetime, latest: datetime | None) -> str | None:
    """Why a time can't be that of publication, or None."""
    if at < EARLIEST:
        return f"before the web's news ({EARLIEST.year})"
    if at > (latest + AHEAD if latest else NEVER):
        return "later than the capture" if latest else f"after {NEVER.year}"
    return None
