from __future__ import annotations

import asyncio

import pytest

from common.errors import Quarantined
from ingest.discover.probe import is_same_site, read_any_feed
from ingest.web.fetch import Fetcher


@pytest.mark.parametrize(
    ("url", "other", "expected"),
    [
        ("https://a.example/x", "https://www.a.example/", True),
        ("https://www.a.example/x", "https://a.example/", True),
        ("https://n.a.example/x", "https://www.a.example/", True),
        ("https://evil-a.example/", "https://a.example/", False),
        ("https://a.example.b.example/", "https://a.example/", False),
        ("https://example/", "https://a.example/", False),
        ("mailto:x", "https://a.example/", False),
        ("mailto:x", "mailto:y", False),
    ],
)
def test_sites(url, other, expected):
    assert is_same_site(url, other) is expected


def test_feeds_of_both_families_are_read(site, settings):
    site.feed("/feed", [("/1", None), ("/2", None)])
    site.put("/feed.json", '{"version": "https://jsonfeed.org/version/1.1", "items": [{"url": "/1", "title": "One"}]}')
    site.put("/page", "<html>")

    def read(path):
        async def inner():
            async with Fetcher(settings) as fetcher:
                return await fetcher.fetch(site.base + path, kind="source")

        return read_any_feed(asyncio.run(inner())).pages

    assert [one.hint.title for one in read("/feed")] == ["On /1", "On /2"]
    assert [one.hint.title for one in read("/feed.json")] == ["One"]
    with pytest.raises(Quarantined):
        read("/page")
