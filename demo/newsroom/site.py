"""One outlet's web site: from a request target and the newsroom's time to an answer. No sockets here."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from common.errors import FetchRefused
from common.urls import canonical
from demo.newsroom.edition import Article, by_path, slug, visible
from demo.newsroom.houses import House
from demo.newsroom.pages import BESIDE, View, render, view

# Feeds of newspapers commonly carry some twenty entries; older ones drop out.
FEED_ENTRIES = 20
# The news sitemap protocol asks for articles of the last two days only.
NEWS_SITEMAP_AGE = dt.timedelta(days=2)
DAILY = re.compile(r"/sitemap-(\d{4}-\d\d-\d\d)\.xml")
XML = "application/xml; charset=utf-8"


@dataclass(frozen=True)
class Reply:
    """An answer before conditional requests and compression."""

    body: bytes
    content_type: str
    modified: dt.datetime
    status: int = 200
    location: str | None = None


class Site:
    """The site of `house` at `base` (scheme, host and port, no slash at the end)."""

    def __init__(self, house: House, base: str, articles: Iterable[Article]) -> None:
        self.house = house
        self.base = base
        self.articles = [a for a in articles if a.house.id == house.id]
        self.paths = by_path(self.articles)

    def answer(self, target: str, now: dt.datetime) -> Reply:
        """What the site says to GET `target` (path and query) when it is `now` in the newsroom."""
        try:
            full = canonical(target, self.base + "/").removeprefix(self.base)
        except FetchRefused:
            return self.lost(now)
        path = full.split("?")[0]
        found = self.paths.get(full) or self.paths.get(path)
        if found and found.published <= now:
            return self.page(self.house.template, found, now)
        return (self.fixed(path, now) or self.variant(path, now)) or self.lost(now)

    def views(self, now: dt.datetime) -> list[View]:
        """Everything published so far, newest first."""
        return [view(a, now, self.base) for a in visible(self.articles, now)]

    def announced(self, where: str, now: dt.datetime) -> list[View]:
        """What the outlet announces in its feed or sitemap."""
        return [v for v in self.views(now) if where in v.article.item.sources]

    def newest(self, now: dt.datetime) -> dt.datetime:
        """When anything on the site changed last."""
        return max((v.text.at for v in self.views(now)), default=now)

    def reply(self, template: str, content_type: str, now: dt.datetime, **values: object) -> Reply:
        """A rendered list-like page of the whole site."""
        return Reply(render(template, self.house, base=self.base, now=now, **values), content_type, self.newest(now))

    @property
    def html(self) -> str:
        """Content type of pages."""
        return f"text/html; charset={self.house.encoding}"

    def page(self, template: str, article: Article, now: dt.datetime) -> Reply:
        """An article's page."""
        shown = view(article, now, self.base)
        beside = [v for v in self.views(now) if v.article is not article][:BESIDE]
        return Reply(
            render(template, self.house, base=self.base, a=shown, beside=beside, sections=self.sections()), self.html, shown.text.at
        )

    def sections(self) -> list[str]:
        """Names of the sections, for navigation."""
        return sorted({a.item.section for a in self.articles})

    def listing(self, title: str, views: list[View], now: dt.datetime) -> Reply:
        """A page that lists articles."""
        return self.reply("list.html", self.html, now, title=title, views=views, sections=self.sections())

    def fixed(self, path: str, now: dt.datetime) -> Reply | None:
        """Front page, feed, sitemaps, robots.txt, style sheet."""
        makers: dict[str | None, Callable[[], Reply]] = {
            "/": lambda: self.listing(self.house.name, self.views(now), now),
            "/search": lambda: self.listing("Search", [], now),
            "/robots.txt": lambda: self.reply("robots.txt", "text/plain; charset=utf-8", now),
            "/style.css": lambda: self.reply("style.css", "text/css; charset=utf-8", now),
            "/sitemap.xml": lambda: self.reply("sitemap-index.xml", XML, now, days=self.days(now)),
            self.house.feed_path: lambda: self.feed(now),
        }
        if self.house.news_sitemap:
            makers["/news-sitemap.xml"] = lambda: self.news_sitemap(now)
        return makers[path]() if path in makers else None

    def variant(self, path: str, now: dt.datetime) -> Reply | None:
        """Addresses with something variable in them: days, sections, pictures, AMP variants, lacking slashes."""
        if daily := DAILY.fullmatch(path):
            return self.daily(daily[1], now)
        if path.startswith("/section/"):
            views = [v for v in self.views(now) if slug(v.article.item.section) == path.removeprefix("/section/")]
            return self.listing(views[0].article.item.section, views, now) if views else None
        if path.startswith("/media/"):
            return self.reply("picture.svg", "image/svg+xml", now)
        amp, slashed = self.paths.get(path.removesuffix("amp/")), self.paths.get(path + "/")
        if amp and path.endswith("/amp/") and amp.published <= now and self.house.template == "wordpress.html":
            return self.page("wordpress-amp.html", amp, now)
        if slashed and slashed.published <= now:
            return Reply(b"", self.html, now, 301, slashed.path)
        return None

    def lost(self, now: dt.datetime) -> Reply:
        """Nothing there, or not yet."""
        return Reply(render("404.html", self.house, base=self.base, sections=self.sections()), self.html, self.newest(now), 404)

    def feed(self, now: dt.datetime) -> Reply:
        """RSS 2.0 or Atom with the newest entries."""
        kind = self.house.feed or "rss"
        return self.reply(
            f"{kind}.xml",
            f"application/{kind}+xml; charset=utf-8",
            now,
            views=self.announced("feed", now)[:FEED_ENTRIES],
            updated=self.newest(now),
        )

    def days(self, now: dt.datetime) -> dict[str, dt.datetime]:
        """UTC days with a sitemap and when each changed last, newest first."""
        days: dict[str, dt.datetime] = {}
        for v in self.announced("sitemap", now):
            day = v.article.published.date().isoformat()
            days[day] = max(days.get(day, v.text.at), v.text.at)
        return days

    def daily(self, day: str, now: dt.datetime) -> Reply | None:
        """The sitemap of one UTC day of publication."""
        views = [v for v in self.announced("sitemap", now) if v.article.published.date().isoformat() == day]
        return self.reply("sitemap.xml", XML, now, views=views) if views else None

    def news_sitemap(self, now: dt.datetime) -> Reply:
        """Articles of the last two days with title and publication time."""
        fresh = [v for v in self.announced("sitemap", now) if now - v.article.published <= NEWS_SITEMAP_AGE]
        return self.reply("news-sitemap.xml", XML, now, views=fresh)
