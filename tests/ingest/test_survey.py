from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from common.errors import FetchRefused, Misconfigured, RetryLater
from ingest.discover import survey
from ingest.discover.survey import check, discover, write_outlet
from ingest.outlets import load_outlet, load_outlets

NOW = datetime.now(UTC)


def test_a_site_tells_what_it_has(site, settings):
    head = (
        "<html lang=en><meta property='og:site_name' content='The Paper'><link rel=alternate type='application/rss+xml' href='/main.xml'>"
    )
    site.put("/", f"{head}<a href='/world/rss'>RSS</a><a href='/dead/rss'>RSS</a>")
    site.put("/robots.txt", f"User-agent: *\nSitemap: {site.base}/index.xml\nSitemap: {site.base}/html.xml\n")
    site.feed("/main.xml", [("/1", NOW)])
    site.feed("/world/rss", [("/2", NOW)])
    site.sitemap("/index.xml", [("/part.xml", None)], kind="sitemapindex")
    site.put("/html.xml", "<html>")
    found = discover(settings, site.base)
    assert (found.said.name, found.said.language) == ("The Paper", "en")
    assert [one.url.removeprefix(site.base) for one in found.feeds] == ["/main.xml", "/world/rss"]
    assert [one.url.removeprefix(site.base) for one in found.sitemaps] == ["/index.xml"]
    assert {one.url.removeprefix(site.base): one.status for one in found.refused} == {"/dead/rss": 404, "/html.xml": None}
    assert "/feed/" not in site.paths()  # nobody guesses where something is named


def test_well_known_places_are_tried_where_nothing_is_named(site, settings):
    site.put("/", "<title>The Paper</title>")
    site.feed("/rss.xml", [("/1", NOW)])
    site.sitemap("/sitemap_index.xml", [("/1", None)])
    found = discover(settings, site.base + "/")
    assert [one.url.removeprefix(site.base) for one in (*found.feeds, *found.sitemaps)] == ["/rss.xml", "/sitemap_index.xml"]
    assert "/atom.xml" not in site.paths()
    assert found.refused == []


def test_the_file_is_written_read_back_and_not_overwritten(site, settings):
    site.put("/", "<html lang=no><title>NO</title>")
    site.feed("/feed/", [("/1", NOW)])
    found = discover(settings, site.base)
    path = write_outlet(settings.outlets_dir, found)
    outlet = load_outlet(path)
    assert (outlet.name, outlet.language, outlet.enabled, outlet.feeds) == ("NO", "no", False, [f"{site.base}/feed/"])
    with pytest.raises(Misconfigured, match="--force overwrites it"):
        write_outlet(settings.outlets_dir, found)
    path.write_text("broken")
    assert load_outlet(write_outlet(settings.outlets_dir, found, force=True)) == outlet
    assert [one.name for one in settings.outlets_dir.iterdir()] == [path.name]


def test_a_missing_folder_is_told(site, settings, tmp_path):
    site.put("/", "<p>")
    with pytest.raises(Misconfigured, match="no such folder"):
        write_outlet(tmp_path / "nowhere", discover(settings, site.base))


def test_a_home_page_that_moved_is_followed(site, settings):
    site.put("/", "", 301, Location="/en/")
    site.put("/en/", "<p>")
    assert discover(settings, site.base).home == f"{site.base}/en/"


@pytest.mark.parametrize(("status", "error"), [(404, Exception), (403, FetchRefused), (500, RetryLater)])
def test_a_home_page_that_can_not_be_had_is_told(site, settings, status, error):
    site.put("/", "", status)
    with pytest.raises(error):
        discover(settings, site.base)


def test_robots_are_obeyed(site, settings):
    site.put("/", "<p>")
    site.put("/robots.txt", "User-agent: *\nDisallow: /feed\nDisallow: /rss\n")
    discover(settings, site.base)
    assert not [path for path in site.paths() if path.startswith(("/feed", "/rss"))]


@pytest.fixture
def checked(site, settings, add_outlet):
    def run(*lines):
        add_outlet("paper", site, *lines)
        return {one.url.removeprefix(site.base): one for one in check(settings, load_outlets(settings.outlets_dir)[0])}

    return run


def test_each_source_is_asked_once_and_judged(site, checked):
    site.feed("/feed", [("/1", NOW)])
    site.feed("/old", [("/1", NOW - timedelta(days=99))])
    site.put("/html", "<html>")
    site.put("/front", "<a href='/2018/09/20/x'>x</a>")
    yesterday = f"/archive/{NOW - timedelta(days=1):%Y/%m/%d}"
    site.put(yesterday, "<a href='/2018/09/20/x'>x</a><a href='/one-two-three-four'>x</a>")
    found = checked(
        "feeds: [{base}/feed, {base}/old, {base}/html]", "sitemaps: [{base}/none]", "sections: [{base}/front]",
        'archive_pages: ["{base}/archive/{year}/{month:02}/{day:02}"]', "wayback: true",
    )  # fmt: skip
    assert list(found) == ["/feed", "/old", "/html", "/none", "/front", yesterday]
    assert (found["/feed"].pages, found["/feed"].problem, found["/feed"].failed) == (1, None, False)
    assert "older than 30 days" in found["/old"].problem
    assert (found["/html"].failed, "is not a feed" in found["/html"].problem) == (True, True)
    assert (found["/none"].failed, found["/none"].status) == (True, 404)
    assert found["/front"].kind == "section"
    assert found[yesterday].pages == 2
    assert site.paths().count("/feed") == 1


def test_a_sitemap_that_robots_names_and_the_file_lacks_is_told(site, checked):
    site.feed("/feed", [("/1", NOW)])
    site.sitemap("/known.xml", [("/1", f"{NOW:%Y-%m-%d}")])
    site.put("/robots.txt", f"Sitemap: {site.base}/known.xml\nSitemap: {site.base}/more.xml\n")
    found = checked("feeds: [{base}/feed]", "sitemaps: [{base}/known.xml]")
    assert "robots.txt names it" in found["/more.xml"].problem
    assert [one.failed for one in found.values()] == [False, False, False]
    assert found["/known.xml"].problem is None


def test_what_a_new_file_names_is_bounded(site, settings, monkeypatch):
    monkeypatch.setattr(survey, "MAX_NAMED", 2)
    site.put("/", "".join(f"<a href='/{n}/rss'>x</a>" for n in range(5)))
    for number in range(5):
        site.feed(f"/{number}/rss", [("/1", NOW)])
    assert len(discover(settings, site.base).feeds) == 2
