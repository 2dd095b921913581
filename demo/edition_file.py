"""The newsroom's whole edition as a published warehouse, without network, Airflow or the reader's clock: the same bytes of text every time.

python -m demo.edition_file FOLDER        # FOLDER/published/news.duckdb
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from common import ids
from common.settings import Settings
from demo.newsroom.edition import Article, Text, edition, load_stories
from demo.newsroom.houses import HOUSES, House
from demo.newsroom.site import Site
from ingest.records import Capture, Hint, OutletProfile, OutletRules, Page

# The newsroom's day: the one after the summit of 2018 that one of its stories tells.
OPENED = dt.datetime(2018, 9, 20, 12, tzinfo=dt.UTC)
# From print to capture: a live run comes by every quarter of an hour, seven minutes and a half on average.
UNTIL_READ = dt.timedelta(minutes=7, seconds=30)


def profile(house: House) -> OutletProfile:
    """What the transforms know of a house."""
    return OutletProfile(
        outlet_id=house.id,
        name=house.name,
        home=f"https://{house.id}.example/",
        country=house.country,
        language=house.language,
        timezone=house.zone,
        is_agency=house.is_agency,
        rules=[OutletRules.model_validate(rule) for rule in house.rules],
    )


def _page(site: Site, article: Article, text: Text) -> Page:
    """The page with one text of an article, read a little after it was printed."""
    at, url = text.at + UNTIL_READ, f"https://{site.house.id}.example{article.path}"
    reply = site.answer(article.path, at)
    batch_key = f"{at:%Y-%m-%dT23:45}"
    capture = Capture(
        capture_id=ids.key("capture", batch_key, url, int(at.timestamp())),
        batch_key=batch_key,
        outlet_id=site.house.id,
        url=url,
        final_url=url,
        captured_at=at,
        first_seen_at=article.published + UNTIL_READ,
        outcome="fetched",
        status=reply.status,
        content_type=reply.content_type,
        sha256=ids.sha256(reply.body.hex()),
        hint=Hint(source="feed", published_at=article.published),
    )
    return Page(capture=capture, body=reply.body)


def pages() -> Iterator[Page]:
    """Every text of every article, by time."""
    articles = edition(load_stories(), OPENED)
    sites = {house.id: Site(house, f"https://{house.id}.example", articles) for house in HOUSES}
    printed = sorted(((text.at, a.item.id, a, text) for a in articles for text in a.texts), key=lambda one: one[:2])
    for _at, _id, article, text in printed:
        yield _page(sites[article.house.id], article, text)


def fill(settings: Settings) -> Path:
    """Read, load, compare and publish the whole edition; returns the published file."""
    from transforms.compare import compare
    from transforms.compare.meeting import Matcher
    from transforms.pipeline import transform
    from warehouse import landing
    from warehouse.connect import open_private
    from warehouse.load import load
    from warehouse.migrate import migrate
    from warehouse.publish import publish_copy
    from warehouse.window import compare_stale

    profiles = {house.id: profile(house) for house in HOUSES}
    with open_private(settings) as con:
        migrate(con)
        for batch_key, batch in groupby(sorted(pages(), key=lambda p: p.capture.batch_key), key=lambda p: p.capture.batch_key):
            found = list(batch)
            rows = [transform(page, profiles[page.capture.outlet_id], min_words=settings.min_words) for page in found]
            landing.write_landing(settings, batch_key, [page.capture for page in found], rows, outlets=profiles.values())
            folder = landing.folder(settings, batch_key)
            load(con, landing.verify(folder), folder, found[-1].capture.captured_at)
        compare_stale(con, compare, window_days=settings.story_window_days, matcher=Matcher())
        return publish_copy(con, settings, OPENED)


if __name__ == "__main__":
    sys.stdout.write(f"{fill(Settings(_env_file=None, data_dir=Path(sys.argv[1])))}\n")
