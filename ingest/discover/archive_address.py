"""Addresses of archive pages that are made from a date: `https://a.example/archive/{year}/{month:02}/{day:02}`."""

from __future__ import annotations

import re
from calendar import month_name
from datetime import date, timedelta
from string import Formatter

from common import urls

# First and last day.
Days = tuple[date, date]
# Fields of a template with what they look like in an address.
_FIELDS = {"year": r"\d{4}", "month": r"\d{1,2}", "day": r"\d{1,2}", "mon": r"[a-z]{3}", "month_name": r"[a-z]{3,9}"}
# Numbers are written as they are, or filled up with zeros to this width.
_WIDTHS = frozenset({"", "02", "04", "d", "02d", "04d"})
_NAMES = [name.lower() for name in month_name]
# A day to try templates with.
_TRIAL = date(2018, 9, 20)


def checked(template: str) -> str:
    """The template itself, when addresses can be made from it.

    Raises:
        ValueError: an unknown field or width, no field at all.
        FetchRefused: what it makes is no http(s) address.
    """
    fields = _fields(template)
    if "year" not in fields or ("day" in fields and not {"month", "mon", "month_name"} & set(fields)):
        raise ValueError("an archive address needs {year}, and {day} needs a month: {month:02}, {mon} or {month_name}")
    urls.parse(address(template, _TRIAL))
    return template


def _fields(template: str) -> list[str]:
    """Names of the fields.

    Raises:
        ValueError: one is unknown, or written in an unknown width.
    """
    found = []
    for _text, name, width, conversion in Formatter().parse(template):
        if name is None:
            continue
        if name not in _FIELDS or conversion or width not in _WIDTHS or (width and name in {"mon", "month_name"}):
            raise ValueError(f"unknown field {{{name}}}; there are {{year}}, {{month:02}}, {{day:02}}, {{mon}}, {{month_name}}")
        found.append(name)
    return found


def address(template: str, day: date) -> str:
    """The address for a day; September is `sep` in {mon} and `september` in {month_name}."""
    name = _NAMES[day.month]
    return template.format(year=day.year, month=day.month, day=day.day, mon=name[:3], month_name=name)


def days_of(template: str, url: str) -> Days | None:
    """First and last day of what an address from the template lists; None where it is not from it.

    A longer address with the same beginning (a further page of the day) is one as well.
    """
    pattern, seen = "", set[str]()
    for text, name, _width, _conversion in Formatter().parse(template):
        pattern += re.escape(text)
        if name is not None:
            pattern += f"(?:{_FIELDS[name]})" if name in seen else f"(?P<{name}>{_FIELDS[name]})"
            seen.add(name)
    found = re.match(pattern + r"(?!\d)", url, re.IGNORECASE)
    return _span(found.groupdict()) if found else None


def _span(parts: dict[str, str]) -> Days | None:
    month = _month(parts)
    try:
        first = date(int(parts["year"]), month or 1, int(parts.get("day") or 1))
    except ValueError:
        return None
    if "day" in parts:
        return first, first
    return first, _following(first.year, month) - timedelta(days=1)


def _month(parts: dict[str, str]) -> int | None:
    """Number of the month, also from (the beginning of) its name; None where there is none, or the name is none."""
    if "month" in parts:
        return int(parts["month"])
    named = (parts.get("month_name") or parts.get("mon") or "").lower()
    return next((number for number, name in enumerate(_NAMES) if named and name.startswith(named)), None)


def _following(year: int, month: int | None) -> date:
    """First day after a month, or after the year where no month is known."""
    return date(year + 1, 1, 1) if month in {None, 12} else date(year, (month or 0) + 1, 1)
