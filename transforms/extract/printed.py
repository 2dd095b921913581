"""Dates as they are printed for people: a day with its month in one of some forty languages, or in figures, and perhaps a clock time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from functools import lru_cache
from itertools import chain
from pathlib import Path

import yaml

from transforms.extract.moments import DAY_ONLY, EXACT, IN_WORDS, LOCAL, SHORT_YEAR, offset

FILE = Path(__file__).with_name("months.yaml")
CLOCK = re.compile(r"(\d{1,2})[:.hH時시](\d{2})\s?([ap]\.?m)?", re.IGNORECASE)
ZONE = re.compile(r"UTC|GMT|[+-]\d{2}:?\d{2}$")
# Years of two figures are of this century: the web's news began a few years before it.
CENTURY = 2000
# Digits of other scripts, as their dates are written.
DIGITS = {ord(digit): str(value) for row in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "০১২৩৪৫৬৭৮৯") for value, digit in enumerate(row)}
# English of these regions, and that of no region, puts the month first in figures with slashes.
MONTH_BEFORE_DAY = frozenset({"en", "en-us", "en-ph"})
# A form of three letters or more may stand for a longer one that begins with it.
SHORTEST_FORM = 3


def plain(name: str) -> str:
    """A month's name without case and accents."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(letter)).strip(" .")


@lru_cache(maxsize=1)
def months() -> dict[str, dict[str, int]]:
    """Language -> form of a month's name -> its number; under "" the forms of all languages, the first language's where they differ."""
    data: dict[str, list[str]] = yaml.safe_load(FILE.read_text("utf-8"))
    read = {code: {plain(form): n for n, forms in enumerate(names, 1) for form in forms.split("|")} for code, names in data.items()}
    every: dict[str, int] = {}
    for forms in read.values():
        for form, number in forms.items():
            every.setdefault(form, number)
    return {**read, "": every}


def month_of(name: str, languages: Sequence[str]) -> int | None:
    """Number of the month in the first of the languages that has the name, then English, then any."""
    form, known = plain(name), months()
    for code in [*languages, "en", ""]:
        forms = known.get(code[:2], {}) if code else known[""]
        if number := forms.get(form):
            return number
        longer = {forms[full] for full in forms if len(form) >= SHORTEST_FORM and full.startswith(form)} if code else set()
        if len(longer) == 1:
            return longer.pop()
    return None


def parse_words(text: str, zone: tzinfo, languages: Sequence[str]) -> tuple[datetime, int] | None:
    """(time, precision) of the first date that is printed for people; `languages` (en, en-gb) say which month a name or figure means."""
    plain_digits = text.translate(DIGITS)
    for match in chain(IN_WORDS.finditer(plain_digits), SHORT_YEAR.finditer(plain_digits)):
        if day := day_of(match, languages):
            return at_clock(day, match["time"] or "", zone)
    return None


def day_of(match: re.Match[str], languages: Sequence[str]) -> date | None:
    """The day that a match names, None where there is no such day or month."""
    parts = {name: text for name, text in match.groupdict().items() if text}
    form = next(number for number in "123456" if "y" + number in parts)
    year = int(parts["y" + form]) + (CENTURY if len(parts["y" + form]) == 2 else 0)
    if form == "5":
        day, month = in_order(int(parts["a5"]), int(parts["b5"]), parts["sep"], languages)
    else:
        name = parts["m" + form]
        day, month = int(parts["d" + form]), int(name) if name.isdigit() else month_of(name, languages) or 0
    try:
        return date(year, month, day)
    except ValueError:
        return None


def in_order(first: int, second: int, separator: str, languages: Sequence[str]) -> tuple[int, int]:
    """(day, month) of two figures."""
    american = separator != "." and (languages[0] if languages else "").lower() in MONTH_BEFORE_DAY
    swapped = second > 12 or (american and first <= 12)
    return (second, first) if swapped else (first, second)


def at_clock(day: date, written: str, zone: tzinfo) -> tuple[datetime, int]:
    """The day, at the clock time that is written after it."""
    start, clock = datetime(day.year, day.month, day.day, tzinfo=zone), CLOCK.search(written)
    if not clock or int(clock[1]) > 23 or int(clock[2]) > 59:
        return start, DAY_ONLY
    hour = int(clock[1]) % 12 + (12 if clock[3][0] in "pP" else 0) if clock[3] else int(clock[1])
    named = ZONE.search(written)
    return start.replace(hour=hour, minute=int(clock[2]), tzinfo=offset(named[0]) if named else zone), EXACT if named else LOCAL
