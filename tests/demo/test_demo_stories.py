"""The demo's story files: valid, true to themselves, and rich enough to show every kind of comparison."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from pathlib import Path

import pytest
import yaml

from demo.model import Item, StoryFile

FOLDER = Path(__file__).parents[2] / "demo" / "stories"
PATHS = sorted(FOLDER.glob("*.yaml"))
STORIES = [StoryFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in PATHS]
ITEMS = {item.id: item for story in STORIES for item in story.articles}
COPIES = [item for item in ITEMS.values() if item.copy_of]
SUMMIT_OUTLETS = {"harbour-herald", "northern-ledger", "metro-mirror", "valley-gazette", "evening-standpoint"}
OUTLETS = SUMMIT_OUTLETS | {"meridian-wire", "capital-courier", "plain-post", "tagesbote", "pulse-live"}


def versions(item: Item) -> list[list[str]]:
    """The paragraphs that readers are served, first text and later ones."""
    texts = [item.paragraphs]
    for revision in item.revisions:
        texts.append(revision.paragraphs or texts[-1])
    return [text[: item.paywalled_after] for text in texts]


def final_holds(item_id: str, quote: str) -> bool:
    return any(quote in paragraph for paragraph in versions(ITEMS[item_id])[-1])


def words(paragraphs: list[str]) -> Counter[str]:
    return Counter(" ".join(paragraphs).lower().split())


@pytest.mark.parametrize(("path", "story"), list(zip(PATHS, STORIES, strict=True)), ids=[path.stem for path in PATHS])
def test_file_is_named_after_its_story(path: Path, story: StoryFile) -> None:
    assert path.stem == story.id


def test_ids_and_addresses_are_unique() -> None:
    assert len(ITEMS) == sum(len(story.articles) for story in STORIES)
    assert len({(item.outlet, item.slug) for item in ITEMS.values()}) == len(ITEMS)


def test_enough_stories_articles_and_outlets() -> None:
    per_outlet = Counter(item.outlet for item in ITEMS.values())
    assert len(STORIES) >= 9
    assert len(ITEMS) >= 76
    assert set(per_outlet) == OUTLETS
    assert min(per_outlet.values()) >= 4


def test_the_dam_is_the_one_busiest_story() -> None:
    reach = {story.id: (len({item.outlet for item in story.articles}), len(story.articles)) for story in STORIES}
    dam = reach.pop("dam-karsk")
    assert dam[0] == 9
    assert all(outlets < dam[0] and articles < dam[1] for outlets, articles in reach.values())


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
def test_sayings_are_verbatim_in_one_paragraph_of_every_version(story: StoryFile) -> None:
    own = {item.id for item in story.articles}
    for saying in story.sayings:
        assert saying.article in own
        for text in versions(ITEMS[saying.article]):
            assert any(saying.source in paragraph and saying.content in paragraph for paragraph in text), saying
        assert not saying.chain or saying.chain[-1] == saying.speaker


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
def test_differences_and_gaps_are_true(story: StoryFile) -> None:
    for difference in story.differences:
        assert final_holds(difference.a, difference.quote_a), difference
        assert final_holds(difference.b, difference.quote_b), difference
    for gap in story.missing:
        others = [item.id for item in story.articles if item.outlet != ITEMS[gap.article].outlet]
        assert any(final_holds(other, gap.claim) for other in others), gap
        assert not final_holds(gap.article, gap.claim), gap
        assert (gap.label == "unknown") == (ITEMS[gap.article].paywalled_after is not None)


@pytest.mark.parametrize("copy", COPIES, ids=lambda item: item.id)
def test_copies_are_what_they_say(copy: Item) -> None:
    original = ITEMS[copy.copy_of or ""]
    assert original.outlet == "meridian-wire"
    assert copy.agency == "Meridian"
    if copy.copy_kind == "whole":
        assert copy.paragraphs == original.paragraphs
    elif copy.copy_kind == "cut":
        assert len(copy.paragraphs) < len(original.paragraphs)
        assert copy.paragraphs == [paragraph for paragraph in original.paragraphs if paragraph in copy.paragraphs]
    else:
        shared = (words(copy.paragraphs) & words(original.paragraphs)).total()
        assert 0.5 <= shared / words(copy.paragraphs).total() < 1


def test_independent_reports_share_no_paragraph() -> None:
    holders: defaultdict[str, set[str]] = defaultdict(set)
    for item in ITEMS.values():
        for paragraph in {paragraph for text in versions(item) for paragraph in text}:
            holders[paragraph].add(item.copy_of or item.id)
    assert [paragraph for paragraph, ids in holders.items() if len(ids) > 1] == []


def test_summit_days() -> None:
    summit = next(story for story in STORIES if story.id == "summit-2018")
    days = Counter(item.date for item in summit.articles)
    assert {item.outlet for item in summit.articles} == SUMMIT_OUTLETS
    assert set(days) == {dt.date(2018, 9, 19), dt.date(2018, 9, 20), dt.date(2018, 9, 21)}
    assert days[dt.date(2018, 9, 20)] >= 5
    assert any(saying.chain == ["Moon Jae-in", "Kim Jong-un"] for saying in summit.sayings)


def test_past_days_and_today_are_covered() -> None:
    today = [item.minutes for item in ITEMS.values() if item.minutes is not None]
    assert {item.day for item in ITEMS.values() if item.day} == {-5, -4, -3, -2, -1}
    assert len(today) >= 12
    assert all(-90 <= minutes <= 90 for minutes in today)
    assert min(today) < 0 < max(today)


def test_revisions_change_headline_and_number_and_two_happen_after_opening() -> None:
    revised = [item for item in ITEMS.values() if item.revisions]
    for item in revised:
        assert item.revisions[-1].headline not in (None, item.headline)
        assert item.revisions[-1].note
        assert words(versions(item)[0]) != words(versions(item)[-1])
    late = [item for item in revised if item.minutes is not None and item.minutes + item.revisions[-1].after_minutes > 0 > item.minutes]
    assert len(revised) >= 4
    assert len(late) >= 2


def test_every_kind_of_truth_and_page_is_there() -> None:
    differences = Counter(difference.label for story in STORIES for difference in story.differences)
    gaps = Counter(gap.label for story in STORIES for gap in story.missing)
    assert set(differences) == {"number", "date", "actor", "certainty", "contradicts"}
    assert differences.total() >= 8
    assert (gaps.total() >= 5, set(gaps)) == (True, {"silent", "unknown"})
    assert sum(len(story.sayings) for story in STORIES) >= 60
    assert {copy.copy_kind for copy in COPIES} == {"whole", "cut", "edited"}
    assert {item.outlet for item in ITEMS.values() if item.live} == {"pulse-live"}
    assert sum(bool(item.live) for item in ITEMS.values()) >= 2
    assert Counter(item.outlet for item in ITEMS.values() if item.paywalled_after)["evening-standpoint"] >= 3
    assert {tuple(item.sources) for item in ITEMS.values()} == {("feed",), ("sitemap",), ("feed", "sitemap")}


def test_valley_gazette_fits_its_encoding_and_its_sitemap() -> None:
    for item in (item for item in ITEMS.values() if item.outlet == "valley-gazette"):
        item.model_dump_json().encode("cp1252")
        assert item.sources == ["sitemap"]


def test_the_single_source_story_has_one_text_in_five_outlets() -> None:
    story = next(story for story in STORIES if story.id == "vaccine-trial")
    assert {item.copy_of for item in story.articles} == {None, "vaccine-wire-1"}
    assert len({item.outlet for item in story.articles if item.copy_of}) >= 4
