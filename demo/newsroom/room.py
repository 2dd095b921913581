"""The newsroom as a whole: eleven servers, their sites, the clock and the outlet files."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml

from demo.model import StoryFile
from demo.newsroom.clock import Newsstand
from demo.newsroom.control import Control
from demo.newsroom.edition import edition
from demo.newsroom.houses import HOUSES, House
from demo.newsroom.http import HOST, Answer, Newsserver, listen
from demo.newsroom.site import Site

# The demo's outlets are on this machine; a short pause keeps the tour quick and politeness still at work.
DELAY_S = 0.05


def outlet_file(house: House, base: str) -> str:
    """The outlet's YAML file, as a person would write it for a real publisher."""
    sitemaps = [f"{base}/sitemap.xml"] + ([f"{base}/news-sitemap.xml"] if house.news_sitemap else [])
    fields = {
        "id": house.id,
        "name": house.name,
        "home": f"{base}/",
        "country": house.country,
        "language": house.language,
        "timezone": house.zone,
        "is_agency": house.is_agency,
        "feeds": [base + house.feed_path] if house.feed_path else [],
        "sitemaps": sitemaps,
        "delay_s": DELAY_S,
    }
    rules = {"rules": [dict(rule) for rule in house.rules]} if house.rules else {}
    return "# Written by the demo newsroom at every start.\n" + yaml.safe_dump(fields | rules, sort_keys=False, allow_unicode=True)


def answering(site: Site, stand: Newsstand) -> Answer:
    """The site's answers at the newsroom's time."""
    return lambda target: site.answer(target, stand.clock.now)


class Newsroom:
    """Serves until closed; usable as a context manager."""

    def __init__(self, port: int, stories: Sequence[StoryFile], stand: Newsstand) -> None:
        self.base = f"http://{HOST}:{port}"
        self.articles = edition(stories, stand.clock.opened)
        self.sites = [Site(house, f"http://{HOST}:{port + house.number}", self.articles) for house in HOUSES]
        control = Control(self.base, stand, stories, self.articles, self.sites)
        self.servers: list[Newsserver] = []
        try:
            self.servers.append(listen(port, port, control.answer, control.command))
            for site in self.sites:
                self.servers.append(listen(port + site.house.number, port, answering(site, stand)))
        except BaseException:  # any failure must give back the ports that were opened
            self.release()
            raise
        for server in self.servers:
            server.start()

    def write_outlets(self, folder: Path) -> list[Path]:
        """Write one outlet file an outlet and return their paths."""
        folder.mkdir(parents=True, exist_ok=True)
        for site in self.sites:
            (folder / f"{site.house.id}.yaml").write_text(outlet_file(site.house, site.base), "utf-8")
        return [folder / f"{site.house.id}.yaml" for site in self.sites]

    def release(self) -> None:
        """Give the ports back."""
        for server in self.servers:
            server.server_close()

    def close(self) -> None:
        """Stop serving."""
        with ThreadPoolExecutor(len(self.servers)) as pool:  # each may take its polling interval to notice
            list(pool.map(Newsserver.shutdown, self.servers))
        self.release()

    def __enter__(self) -> Newsroom:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
