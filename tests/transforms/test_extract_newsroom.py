"""Every article of the demo newsroom, in every template, is read back as it was written."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

import pytest

from demo.newsroom.edition import Article, edition, load_stories
from demo.newsroom.pages import View, view
from demo.newsroom.site import Site
from ingest.records import Hint, OutletProfile
from transforms.extract import ExtractedPage, extract

OPENED = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 30, tzinfo=UTC)


@lru_cache(maxsize=1)
def printed() -> list[Article]:
    return edition(load_stories(), OPENED)


@lru_cache(maxsize=1)
def read_back() -> list[tuple[View, ExtractedPage]]:
    found = []
    for article in printed():
        house, base = article.house, f"http://127.0.0.1:88{article.house.number:02d}"
        reply = Site(house, base, [other for other in printed() if other.house == house]).answer(article.path, LATER)
        outlet = OutletProfile(outlet_id=house.id, name=house.name, home=base, language=house.language, timezone=str(house.timezone))
        hint = Hint(source="feed", published_at=article.published)
        found.append((view(article, LATER, base), extract(reply.body, base + article.path, outlet=outlet, hint=hint, captured_at=LATER)))
    return found


def wrong(is_right: object) -> list[str]:
    assert callable(is_right)
    return [shown.article.item.id for shown, page in read_back() if not is_right(shown, page)]


def test_headlines_and_addresses() -> None:
    assert wrong(lambda shown, page: page.headline == shown.headline) == []
    assert wrong(lambda shown, page: page.canonical_url == shown.url) == []


def test_bodies_hold_every_paragraph_and_nothing_else() -> None:
    def is_whole(shown: View, page: ExtractedPage) -> bool:
        wanted = [*shown.paragraphs, *(text for _, text in shown.article.item.live)]
        found = page.body.split("\n\n")
        return len(found) == len(wanted) and all(text.endswith(end) for text, end in zip(found, wanted, strict=True))

    assert wrong(is_whole) == []


def test_people_and_places() -> None:
    assert wrong(lambda shown, page: sorted(page.authors) == sorted(shown.article.item.byline)) == []
    assert wrong(lambda shown, page: (page.dateline or "").casefold() == (shown.article.item.dateline or "").casefold()) == []


def test_times_are_exact() -> None:
    assert wrong(lambda shown, page: page.published_at and abs((page.published_at - shown.article.published).total_seconds()) < 60) == []


def test_pictures_standfirsts_and_notes_have_fields_of_their_own() -> None:
    assert wrong(lambda shown, page: page.standfirst == shown.article.item.standfirst) == []
    assert wrong(lambda shown, page: [(c.text, c.credit) for c in page.captions] == [(p.caption, p.credit) for p in shown.photos]) == []
    assert wrong(lambda shown, page: sorted([*page.notes, *page.updates]) == sorted(shown.text.notes)) == []
    assert all(note.startswith(("Update", "Aktualisierung")) for _shown, page in read_back() for note in page.updates)
    assert wrong(lambda shown, page: all(name in (page.byline or "") for name in shown.article.item.byline)) == []


def test_live_blogs_keep_their_posts_with_times() -> None:
    def is_kept(shown: View, page: ExtractedPage) -> bool:
        wanted = [(shown.post_time(clock), text) for clock, text in shown.article.item.live]
        found = [(post.posted_at, page.body[post.start : post.end]) for post in page.posts]
        return [(datetime.fromisoformat(at), text) for at, text in wanted] == found

    assert wrong(is_kept) == []
    assert any(page.posts for _shown, page in read_back())


@pytest.mark.parametrize("field", ["is_truncated", "is_live", "language"])
def test_flags_and_language(field: str) -> None:
    def truth(shown: View) -> object:
        return {"is_truncated": shown.is_cut, "is_live": bool(shown.article.item.live), "language": shown.article.house.language}[field]

    assert wrong(lambda shown, page: getattr(page, field) == truth(shown)) == []
