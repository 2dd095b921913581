"""The base port: the list of outlets, and how tests and the tour steer the newsroom and learn what is true."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from urllib.parse import parse_qs

from pydantic import JsonValue

from common.clock import iso
from common.errors import Misconfigured
from demo.model import StoryFile
from demo.newsroom.clock import Newsstand
from demo.newsroom.edition import Article, visible
from demo.newsroom.houses import HOUSES
from demo.newsroom.pages import templates
from demo.newsroom.site import Reply, Site
from demo.truth import running_truth


class Control:
    """Answers on the base port at `base`."""

    def __init__(
        self, base: str, stand: Newsstand, stories: Sequence[StoryFile], articles: Sequence[Article], sites: Sequence[Site]
    ) -> None:
        self.base, self.stand, self.stories, self.articles, self.sites = base, stand, stories, articles, sites

    def json(self, data: JsonValue, status: int = 200) -> Reply:
        """An answer for programs."""
        return Reply(json.dumps(data, ensure_ascii=False).encode(), "application/json", self.stand.clock.now, status)

    def answer(self, target: str) -> Reply:
        """GET on the base port."""
        path = target.partition("?")[0]
        if path == "/__demo/health":
            return self.json({"status": "ok", "pid": os.getpid(), "outlets": len(HOUSES), **self.state()})
        if path == "/__demo/truth":
            bases = {site.house.id: site.base for site in self.sites}
            return self.json(running_truth(self.stories, self.articles, bases, self.stand.clock))
        return self.home() if path == "/" else self.json({"error": f"nothing at {path}"}, 404)

    def state(self) -> dict[str, JsonValue]:
        """The newsroom's time and how many articles stand on all sites."""
        now = self.stand.clock.now
        return {"now": iso(now), "articles": len(visible(self.articles, now))}

    def home(self) -> Reply:
        """A page that lists the outlets."""
        now = self.stand.clock.now
        rows = [(site, len(visible(site.articles, now))) for site in self.sites]
        page = templates().get_template("index.html").render(sites=rows, now=now, base=self.base)
        return Reply(page.encode(), "text/html; charset=utf-8", now)

    def command(self, target: str) -> Reply:
        """POST on the base port: `/__demo/advance?minutes=N`."""
        path, _, query = target.partition("?")
        if path != "/__demo/advance":
            return self.json({"error": f"nothing to post to at {path}"}, 404)
        try:
            self.stand.advance(int(parse_qs(query).get("minutes", ["0"])[0]))
        except (Misconfigured, ValueError) as error:
            return self.json({"error": str(error)}, 400)
        return self.json(self.state())
