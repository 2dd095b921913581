"""Printed articles as pages: the view of an article that templates get, and the templates' filters."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from common.clock import iso
from demo.newsroom.edition import Article, Text, slug
from demo.newsroom.houses import House

TEMPLATES = Path(__file__).parent / "templates"
MONTHS_DE = ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"]
# How many headlines of the outlet stand beside an article.
BESIDE = 6


@dataclass(frozen=True)
class Photo:
    """A picture as printed."""

    src: str
    caption: str
    credit: str


@dataclass(frozen=True)
class View:
    """One article as a reader gets it at one time; addresses are absolute."""

    article: Article
    text: Text
    url: str
    zone: ZoneInfo

    def __getattr__(self, name: str) -> Any:
        """Fields of the story file that no revision changes."""
        return getattr(self.article.item, name)

    @property
    def headline(self) -> str:
        """Headline in force."""
        return self.text.headline

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """Paragraphs that are served; the rest stands behind the paywall."""
        return self.text.paragraphs[: self.article.item.paywalled_after]

    @property
    def published(self) -> dt.datetime:
        """Publication in the outlet's zone."""
        return self.article.published.astimezone(self.zone)

    @property
    def modified(self) -> dt.datetime:
        """Last change in the outlet's zone; publication where nothing changed."""
        return self.text.at.astimezone(self.zone)

    @property
    def is_revised(self) -> bool:
        """A later text than the first is shown."""
        return self.text.at > self.article.published

    @property
    def is_cut(self) -> bool:
        """Not all paragraphs are served."""
        return len(self.paragraphs) < len(self.text.paragraphs)

    @property
    def lead(self) -> str:
        """Standfirst, or the first paragraph: what feeds and previews show."""
        return self.article.item.standfirst or self.paragraphs[0]

    @property
    def photos(self) -> list[Photo]:
        """Pictures with addresses."""
        return [Photo(f"/media/{self.article.item.id}-{n}.svg", p.caption, p.credit) for n, p in enumerate(self.article.item.pictures, 1)]

    def post_time(self, clock: str) -> str:
        """HH:MM (UTC) of a live post as a full instant of the day of publication."""
        return iso(dt.datetime.combine(self.article.published.date(), dt.time.fromisoformat(clock), dt.UTC))


def view(article: Article, now: dt.datetime, base: str) -> View:
    """How the article looks at `now` on the site at `base`."""
    return View(article, article.at(now), base + article.path, article.house.timezone)


def german(instant: dt.datetime) -> str:
    """A date as German papers print it.

    >>> german(dt.datetime(2018, 9, 20, 10, 5))
    '20. September 2018, 10:05 Uhr'
    """
    return f"{instant.day}. {MONTHS_DE[instant.month - 1]} {instant.year}, {instant:%H:%M} Uhr"


def english(instant: dt.datetime) -> str:
    """A date as English papers print it.

    >>> english(dt.datetime(2018, 9, 20, 16, 5))
    'Thursday, 20 September 2018, 4:05 pm'
    """
    hour = instant.hour % 12 or 12
    return f"{instant:%A}, {instant.day} {instant:%B %Y}, {hour}:{instant:%M} {'pm' if instant.hour >= 12 else 'am'}"


def people(names: list[str]) -> list[dict[str, str]]:
    """Authors as schema.org persons."""
    return [{"@type": "Person", "name": name} for name in names]


def live_updates(shown: View) -> list[dict[str, str]]:
    """Posts of a live blog as schema.org blog postings."""
    return [{"@type": "BlogPosting", "datePublished": shown.post_time(at), "articleBody": text} for at, text in shown.article.item.live]


@lru_cache(maxsize=1)
def templates() -> Environment:
    """The template environment: everything is escaped, an unknown name is an error."""
    env = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    env.globals.update(people=people, live_updates=live_updates)
    env.filters.update(iso=lambda d: d.isoformat(timespec="seconds"), rfc822=format_datetime, german=german, english=english, slug=slug)
    return env


def render(name: str, house: House, **values: object) -> bytes:
    """A template as bytes: pages in the outlet's encoding, all else in UTF-8; what the encoding lacks becomes a character reference."""
    encoding = house.encoding if name.endswith(".html") else "utf-8"
    return templates().get_template(name).render(house=house, **values).encode(encoding, "xmlcharrefreplace")
