"""The ten outlets of the demo: what differs between their sites, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

Feed = Literal["rss", "atom"]


@dataclass(frozen=True)
class House:
    """One outlet. In `path`, YYYY MM DD YY stand for the day of publication, SLUG and SECTION for themselves, NNNN for a number."""

    id: str
    number: int
    name: str
    template: str
    path: str
    tagline: str
    accent: str
    country: str = "GB"
    language: str = "en"
    zone: str = "Europe/London"
    feed: Feed | None = "rss"
    feed_path: str | None = "/feed.xml"
    feed_query: str = ""
    news_sitemap: bool = False
    encoding: str = "utf-8"
    is_agency: bool = False
    crawl_delay: str | None = None
    live_path: str | None = None
    rules: tuple[Mapping[str, str | list[str]], ...] = ()

    @property
    def timezone(self) -> ZoneInfo:
        """The zone in which the outlet prints its times."""
        return ZoneInfo(self.zone)


HOUSES = (
    House(
        id="meridian-wire",
        number=1,
        name="Meridian Wire",
        template="wire.html",
        path="/wire/YYYYMMDD/SLUG-NNNN",
        tagline="News agency",
        accent="#1d3557",
        country="CH",
        zone="UTC",
        feed_path="/rss/latest.xml",
        news_sitemap=True,
        is_agency=True,
    ),
    House(
        id="harbour-herald",
        number=2,
        name="Harbour Herald",
        template="wordpress.html",
        path="/YYYY/MM/DD/SLUG/",
        tagline="Published at Port Amber since 1871",
        accent="#0b6e4f",
        feed_path="/feed/",
    ),
    House(
        id="northern-ledger",
        number=3,
        name="Northern Ledger",
        template="jsonld.html",
        path="/articles/YYYY-MM-DD/SLUG",
        tagline="The paper of record for the north",
        accent="#7b2d26",
        country="CA",
        zone="America/Toronto",
        feed_path="/feeds/all.rss",
        feed_query="?utm_source=rss&utm_medium=feed&utm_campaign=headlines",
    ),
    House(
        id="capital-courier",
        number=4,
        name="Capital Courier",
        template="microdata.html",
        path="/SLUG-aYYMMDDNNNN.html",
        tagline="Politics, markets, cities",
        accent="#5f0f40",
        country="IE",
        zone="Europe/Dublin",
        feed="atom",
        feed_path="/atom.xml",
    ),
    House(
        id="plain-post",
        number=5,
        name="The Plain Post",
        template="plain.html",
        path="/YYYYMMDD-SLUG",
        tagline="Just the news",
        accent="#333333",
        country="AU",
        zone="Australia/Sydney",
        feed_path="/rss",
        crawl_delay="0.1",
    ),
    House(
        id="metro-mirror",
        number=6,
        name="Metro Mirror",
        template="boilerplate.html",
        path="/SECTION/SLUG-YYMMDDNNNN",
        tagline="What the city talks about",
        accent="#d00000",
        feed_path="/news/rss.xml",
    ),
    House(
        id="evening-standpoint",
        number=7,
        name="Evening Standpoint",
        template="paywall.html",
        path="/story/YYYY/MM/DD/SLUG/NNNN",
        tagline="A second look",
        accent="#22577a",
        country="US",
        zone="America/New_York",
        feed_path="/rss/all",
    ),
    House(
        id="tagesbote",
        number=8,
        name="Tagesbote",
        template="german.html",
        path="/SECTION/SLUG-YYMMDDNNNN.html",
        tagline="Unabhängige Zeitung für Stadt und Land",
        accent="#9a031e",
        country="DE",
        language="de",
        zone="Europe/Berlin",
        feed_path="/rss/nachrichten.xml",
    ),
    House(
        id="valley-gazette",
        number=9,
        name="Valley Gazette",
        template="table.html",
        path="/news/story.asp?id=YYMMDDNNNN",
        tagline="Serving the valley",
        accent="#003366",
        country="US",
        zone="America/Denver",
        feed=None,
        feed_path=None,
        encoding="windows-1252",
        # a page of tables and font tags without a single class: the one case here where an outlet file needs rules
        rules=(
            {
                "body": 'td[width="460"]',
                "headline": 'td[width="460"] > font[size="5"]',
                "remove": ["table", 'font[size="5"]', 'font[size="2"]', "i", 'font[color="#990000"]'],
            },
        ),
    ),
    House(
        id="pulse-live",
        number=10,
        name="Pulse Live",
        template="live.html",
        path="/YYYY/MM/DD/SLUG",
        live_path="/live/YYYY/MM/DD/SLUG",
        tagline="As it happens",
        accent="#6a00f4",
        country="ZA",
        zone="Africa/Johannesburg",
        feed="atom",
        feed_path="/feed.atom",
    ),
)
BY_ID = {house.id: house for house in HOUSES}
