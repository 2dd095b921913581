"""What stands in the papers at a given time: pure functions from story files and the newsroom's clock to printed articles."""

from __future__ import annotations

import datetime as dt
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

from common.errors import Misconfigured
from demo.model import Item, Revision, StoryFile
from demo.newsroom.houses import BY_ID, House

STORIES = Path(__file__).parents[1] / "stories"


@dataclass(frozen=True)
class Text:
    """One text of an article and when it was put on the page; `notes` are the correction notes printed so far."""

    at: dt.datetime
    headline: str
    paragraphs: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def body(self) -> str:
        """Paragraphs joined by an empty line: the true body."""
        return "\n\n".join(self.paragraphs)


@dataclass(frozen=True)
class Article:
    """An item with its place on the web and its texts in time, first one first."""

    item: Item
    story_id: str
    house: House
    path: str
    texts: tuple[Text, ...]

    @property
    def published(self) -> dt.datetime:
        """Time of publication (UTC)."""
        return self.texts[0].at

    def at(self, now: dt.datetime) -> Text:
        """The text in force at `now`, which is not before publication."""
        return [text for text in self.texts if text.at <= now or text is self.texts[0]][-1]

    @cached_property
    def section_slug(self) -> str:
        """Section as part of an address."""
        return slug(self.item.section)


def slug(words: str) -> str:
    """Lower-case ASCII letters and digits joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def load_stories(folder: Path = STORIES) -> list[StoryFile]:
    """Read every story file of a folder, sorted by file name.

    Raises:
        Misconfigured: a file is not valid (the message names file and field), or there is none.
    """
    stories = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            stories.append(StoryFile.model_validate(yaml.safe_load(path.read_text("utf-8"))))
        except (ValueError, yaml.YAMLError) as error:
            raise Misconfigured(f"{path}: {error}", path=str(path)) from error
    if not stories:
        raise Misconfigured(f"{folder}: no story files (*.yaml) there; see --stories")
    return stories


def pattern_of(item: Item) -> str:
    """The item's path with placeholders for its day."""
    house = BY_ID[item.outlet]
    path = house.live_path if item.live and house.live_path else house.path
    # four digits of the id keep addresses stable whatever else is published (unique_paths checks that they suffice)
    number = f"{zlib.crc32(item.id.encode()) % 10_000:04}"
    return path.replace("NNNN", number).replace("SECTION", slug(item.section)).replace("SLUG", item.slug)


def path_on(pattern: str, day: dt.date) -> str:
    """Fill the day into a path.

    >>> path_on("/YYYY/MM/DD/moon/", dt.date(2018, 9, 20))
    '/2018/09/20/moon/'
    """
    for name, form in (("YYYY", "%Y"), ("YY", "%y"), ("MM", "%m"), ("DD", "%d")):
        pattern = pattern.replace(name, day.strftime(form))
    return pattern


def published_at(item: Item, opened: dt.datetime) -> dt.datetime:
    """Time of publication (UTC) of an item in a newsroom that opened at `opened`."""
    if item.minutes is not None:
        return opened + dt.timedelta(minutes=item.minutes)
    day = item.date or opened.date() + dt.timedelta(days=item.day or 0)
    return dt.datetime.combine(day, dt.time.fromisoformat(item.time), dt.UTC)


def revised(text: Text, revision: Revision, published: dt.datetime) -> Text:
    """The next text of an article."""
    return Text(
        at=published + dt.timedelta(minutes=revision.after_minutes),
        headline=revision.headline or text.headline,
        paragraphs=tuple(revision.paragraphs or text.paragraphs),
        notes=(*text.notes, *([revision.note] if revision.note else [])),
    )


def article(item: Item, story_id: str, opened: dt.datetime) -> Article:
    """Place one item in time and on the web."""
    published = published_at(item, opened)
    texts = [Text(published, item.headline, tuple(item.paragraphs))]
    for revision in sorted(item.revisions, key=lambda r: r.after_minutes):
        texts.append(revised(texts[-1], revision, published))
    house = BY_ID[item.outlet]
    return Article(item, story_id, house, path_on(pattern_of(item), published.astimezone(house.timezone).date()), tuple(texts))


def faults_of(items: Sequence[Item]) -> list[str]:
    """What is wrong between items: doubled ids, unknown outlets, copies of nothing."""
    ids = Counter(item.id for item in items)
    faults = [f"{name}: id given {count} times" for name, count in ids.items() if count > 1]
    faults += [f"{item.id}: no outlet {item.outlet!r}" for item in items if item.outlet not in BY_ID]
    return faults + [f"{item.id}: copy of unknown {item.copy_of!r}" for item in items if item.copy_of and item.copy_of not in ids]


def edition(stories: Iterable[StoryFile], opened: dt.datetime) -> list[Article]:
    """Every article of all times, by time of publication.

    Raises:
        Misconfigured: ids or addresses clash, or an outlet is unknown.
    """
    pairs = [(item, story.id) for story in stories for item in story.articles]
    faults = faults_of([item for item, _ in pairs])
    if faults:
        raise Misconfigured("demo stories: " + "; ".join(faults))
    articles = sorted((article(item, story_id, opened) for item, story_id in pairs), key=lambda a: (a.published, a.item.id))
    places = Counter((a.house.id, a.path) for a in articles)
    if clash := [place for place, count in places.items() if count > 1]:
        raise Misconfigured(f"demo stories: two articles at one address: {clash}; change a slug")
    return articles


def visible(articles: Iterable[Article], now: dt.datetime) -> list[Article]:
    """Articles whose time has come, newest first."""
    return sorted((a for a in articles if a.published <= now), key=lambda a: (a.published, a.item.id), reverse=True)


def by_path(articles: Iterable[Article]) -> Mapping[str, Article]:
    """Articles of one outlet under their paths."""
    return {a.path: a for a in articles}
