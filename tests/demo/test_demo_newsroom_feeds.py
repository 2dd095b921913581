"""Feeds, sitemaps and the truth of hostile stories, over time: what is announced is what stands there."""

from __future__ import annotations

import datetime as dt
import http.client
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feedparser
import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from protego import Protego
from selectolax.lexbor import LexborHTMLParser

from common.errors import Misconfigured
from common.urls import canonical
from demo import truth
from demo.model import Item, StoryFile
from demo.newsroom import clock, edition
from demo.newsroom.houses import BY_ID, HOUSES, House
from demo.newsroom.http import HOST
from demo.newsroom.room import Newsroom
from demo.newsroom.site import FEED_ENTRIES, NEWS_SITEMAP_AGE, Site

OPENED = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
PRESENT = OPENED + clock.BEHIND
# no tags: feedparser takes tags in a title of RSS for markup (test_demo_newsroom_pages.py tries those)
HOSTILE = 'R&D: "5 < 6" ]]> it\'s é'
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "n": "http://www.google.com/schemas/sitemap-news/0.9"}
WITH_FEED = [house for house in HOUSES if house.feed]
each_house = pytest.mark.parametrize("house", HOUSES, ids=lambda house: house.id)
each_feed = pytest.mark.parametrize("house", WITH_FEED, ids=lambda house: house.id)


def item(house: House, number: int, **fields: Any) -> Item:
    base: dict[str, Any] = {"id": f"{house.id}-{number}", "outlet": house.id, "slug": f"story-{number}", "section": "Arts & Life"}
    base |= {"headline": f"{HOSTILE} {number}", "paragraphs": [f"{HOSTILE} begins {number}.", f"More of {number}."]}
    return Item.model_validate(base | fields if {"day", "date", "minutes"} & fields.keys() else base | {"day": -1} | fields)


def site_of(house: House, *items: Item) -> Site:
    return Site(house, f"http://{HOST}:{8800 + house.number}", [edition.article(one, "story", OPENED) for one in items])


def entries(site: Site, now: dt.datetime) -> list[Any]:
    feed = feedparser.parse(site.answer(site.house.feed_path or "", now).body)
    assert not feed.bozo, feed.get("bozo_exception")
    return list(feed.entries)


def urls(site: Site, path: str, now: dt.datetime) -> dict[str, dt.datetime]:
    root = etree.fromstring(site.answer(path, now).body)
    return {
        part.findtext("s:loc", None, NAMES): dt.datetime.fromisoformat(part.findtext("s:lastmod", "", NAMES))
        for part in root.iterfind("*", NAMES)
    }


# --- feeds ---


@each_feed
def test_feeds_carry_hostile_words_and_only_what_is_announced_in_them(house: House) -> None:
    site = site_of(house, item(house, 1, sources=["feed"]), item(house, 2, sources=["sitemap"]), item(house, 3), item(house, 4, minutes=5))
    found = entries(site, OPENED)
    assert [entry.title for entry in found] == [f"{HOSTILE} 3", f"{HOSTILE} 1"]
    assert [site.answer(entry.link, OPENED).status for entry in found] == [200, 200]
    assert [LexborHTMLParser(entry.summary).text().strip() for entry in found if house.feed == "rss"] in (
        [],
        [f"{HOSTILE} begins 3.", f"{HOSTILE} begins 1."],
    )
    assert entries(site, OPENED + dt.timedelta(minutes=5))[0].title == f"{HOSTILE} 4"


@each_feed
def test_an_entry_keeps_its_identity_when_its_text_changes(house: House) -> None:
    site = site_of(house, item(house, 1, minutes=0, revisions=[{"after_minutes": 30, "headline": "Changed & new"}]))
    before, after = (entries(site, OPENED + dt.timedelta(minutes=m))[0] for m in (0, 30))
    assert (before.id, before.link, before.published) == (after.id, after.link, after.published)
    assert (before.title, after.title) == (f"{HOSTILE} 1", "Changed & new")
    if house.feed == "atom":
        assert after.updated_parsed > before.updated_parsed


@each_feed
def test_a_feed_ends_with_its_limit_and_dates_itself_by_its_newest_text(house: House) -> None:
    site = site_of(house, *(item(house, n, minutes=-n) for n in range(FEED_ENTRIES + 5)))
    found = entries(site, OPENED)
    assert [entry.title.rsplit(" ", 1)[1] for entry in found] == [str(n) for n in range(FEED_ENTRIES)]
    feed = feedparser.parse(site.answer(house.feed_path or "", OPENED).body).feed
    assert dt.datetime(*feed.updated_parsed[:6], tzinfo=dt.UTC) == OPENED
    assert feed.title == house.name
    assert canonical(feed.link) == f"{site.base}/"


@each_feed
def test_a_paywalled_entry_tells_nothing_of_the_rest(house: House) -> None:
    site = site_of(house, item(house, 1, paywalled_after=1))
    assert b"More of 1." not in site.answer(house.feed_path or "", OPENED).body


def test_a_paper_without_articles_still_has_its_furniture() -> None:
    for house in HOUSES:
        site = site_of(house)
        paths = ["/", "/robots.txt", "/sitemap.xml", *([house.feed_path] if house.feed_path else [])]
        assert {site.answer(path, OPENED).status for path in paths} == {200}
        assert not urls(site, "/sitemap.xml", OPENED)


# --- sitemaps and robots ---


@each_house
def test_the_index_has_each_day_with_announced_articles_and_its_last_change(house: House) -> None:
    site = site_of(
        house,
        item(house, 1, day=None, date="2018-09-20", time="00:00"),
        item(house, 2, day=None, date="2018-09-20", time="23:59"),
        item(house, 3, day=-2, sources=["feed"]),
        item(house, 4, minutes=-30, revisions=[{"after_minutes": 50, "headline": "New"}]),
        item(house, 5, minutes=60),
    )
    today = f"{site.base}/sitemap-2026-11-23.xml"
    index = [urls(site, "/sitemap.xml", OPENED + dt.timedelta(minutes=m)) for m in (0, 20, 60)]
    assert [sorted(one) for one in index] == [[f"{site.base}/sitemap-2018-09-20.xml", today]] * 3
    assert [one[today] - OPENED for one in index] == [dt.timedelta(minutes=m) for m in (-30, 20, 60)]
    pages = urls(site, "/sitemap-2018-09-20.xml", OPENED)
    assert len(pages) == 2
    assert {site.answer(url, OPENED).status for url in pages} == {200}
    assert site.answer("/sitemap-2026-11-21.xml", OPENED).status == 404


def test_the_news_sitemap_has_exactly_two_days() -> None:
    house = BY_ID["meridian-wire"]
    minutes = int(NEWS_SITEMAP_AGE.total_seconds() // 60)
    site = site_of(
        house, item(house, 1, minutes=-minutes), item(house, 2, minutes=-minutes - 1), item(house, 3, minutes=0, sources=["feed"])
    )
    root = etree.fromstring(site.answer("/news-sitemap.xml", OPENED).body)
    assert [title.text for title in root.iterfind(".//n:title", NAMES)] == [f"{HOSTILE} 1"]
    assert [name.text for name in root.iterfind(".//n:publication/n:name", NAMES)] == [house.name]
    assert not list(etree.fromstring(site.answer("/news-sitemap.xml", OPENED + dt.timedelta(minutes=1)).body))


@each_house
def test_only_the_agency_has_a_news_sitemap(house: House) -> None:
    assert site_of(house).answer("/news-sitemap.xml", OPENED).status == (200 if house.id == "meridian-wire" else 404)


@each_house
def test_robots_let_readers_have_all_that_is_announced(house: House) -> None:
    site = site_of(house, *(item(house, n, day=-n) for n in (1, 2, 3)))
    robots = Protego.parse(site.answer("/robots.txt", OPENED).body.decode())
    days = urls(site, "/sitemap.xml", OPENED)
    pages = [page for day in days for page in urls(site, day.removeprefix(site.base), OPENED)]
    linked = [entry.link for entry in entries(site, OPENED)] if house.feed else []
    announced = [*robots.sitemaps, *days, *pages, *linked]
    assert len(pages) == 3
    assert [url for url in announced if not robots.can_fetch(url, "Consilience/0.1")] == []
    assert {site.answer(url, OPENED).status for url in announced} == {200}


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(WITH_FEED),
    st.lists(st.tuples(st.integers(-3000, 200), st.sampled_from([["feed"], ["sitemap"], ["feed", "sitemap"]])), max_size=8),
    st.integers(0, 120),
)
def test_what_is_announced_is_what_is_there(house: House, plan: list[tuple[int, list[str]]], later: int) -> None:
    site = site_of(house, *(item(house, n, minutes=minutes, sources=where) for n, (minutes, where) in enumerate(plan)))
    now = OPENED + dt.timedelta(minutes=later)
    there = {a.path: a.item.sources for a in site.articles if site.answer(a.path, now).status == 200}
    assert len(there) == sum(minutes <= later for minutes, _ in plan)
    fed = [canonical(entry.link).removeprefix(site.base) for entry in entries(site, now)]
    mapped = [url.removeprefix(site.base) for day in urls(site, "/sitemap.xml", now) for url in urls(site, day, now)]
    assert sorted(fed) == sorted(path for path, where in there.items() if "feed" in where)
    assert sorted(mapped) == sorted(path for path, where in there.items() if "sitemap" in where)


# --- odd requests ---


@pytest.mark.parametrize(
    "target", ["//[", "http://[", "//elsewhere.example/", "/%", "/%2e%2e/%2e%2e/etc/passwd", "/section/", "/sitemap-9999-99-99.xml", "*"]
)
def test_an_odd_target_is_not_found(target: str) -> None:
    for house in HOUSES:
        assert site_of(house, item(house, 1)).answer(target, OPENED).status == 404


@each_house
def test_a_lost_reader_gets_a_page_of_the_outlet_in_its_encoding(house: House) -> None:
    reply = site_of(house, item(house, 1)).answer("/nowhere", OPENED)
    tree = LexborHTMLParser(reply.body.decode(house.encoding))
    assert (reply.status, reply.content_type) == (404, f"text/html; charset={house.encoding}")
    assert house.name in tree.css_first("title").text()
    assert tree.css_first('meta[name="robots"]').attributes["content"] == "noindex"


# --- a running newsroom with the demo's own stories ---

STORIES = edition.load_stories()


@pytest.fixture(scope="module")
def room() -> Iterator[Newsroom]:
    for base in range(36_000, 45_000, 97):
        try:
            opened = Newsroom(base, STORIES, clock.Newsstand())
        except Misconfigured:  # a taken port; the next ones may be free
            continue
        with opened:
            yield opened
        return
    raise AssertionError("no free ports")


def test_a_broken_target_is_answered_on_every_port(room: Newsroom) -> None:
    for port in (int(room.base.rsplit(":", 1)[1]), *(int(site.base.rsplit(":", 1)[1]) for site in room.sites)):
        connection = http.client.HTTPConnection(HOST, port, timeout=10)
        connection.putrequest("GET", "//[", skip_host=True)
        connection.endheaders()
        assert connection.getresponse().status == 404
        connection.close()


def told_by(room: Newsroom) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{room.base}/__demo/truth").raise_for_status().json()
    return found


def test_every_quote_of_the_truth_stands_on_the_page_it_is_said_to_be_on(room: Newsroom) -> None:
    told = told_by(room)
    with httpx.Client() as client:
        pages = {a["id"]: LexborHTMLParser(client.get(a["url"]).text) for a in told["articles"]}
    texts = {name: " ".join(tree.body.text(separator=" ").split()) for name, tree in pages.items() if tree.body}
    quotes = [(d[side], d[f"quote_{side}"]) for d in told["differences"] for side in "ab"]
    quotes += [(said["article"], said[part]) for said in told["attributions"] for part in ("source", "content")]
    assert len(quotes) > 100
    assert [(name, quote) for name, quote in quotes if " ".join(quote.split()) not in texts[name]] == []
    silent = [(gap["article"], gap["claim"]) for gap in told["missing"]]
    assert [(name, claim) for name, claim in silent if " ".join(claim.split()) in texts[name]] == []


def test_relations_name_only_articles_that_can_be_read(room: Newsroom) -> None:
    told = told_by(room)
    here = {a["id"] for a in told["articles"]}
    named = {name for copy in told["copies"] for name in (copy["article"], copy["original"])}
    named |= {name for story in told["stories"] for name in story["articles"]}
    assert named <= here
    assert {copy["kind"] for copy in told["copies"]} <= {"whole", "cut", "edited"}
    assert sorted(name for story in told["stories"] for name in story["articles"]) == sorted(here)
    assert all(told["opened"] <= told["now"] >= a["modified_at"] >= a["published_at"] for a in told["articles"])


def test_no_outlet_serves_the_pages_of_another(room: Newsroom) -> None:
    paths = {site.house.id: site.articles[0].path for site in room.sites}
    for site in room.sites:
        assert {site.answer(path, PRESENT).status for name, path in paths.items() if name != site.house.id} == {404}


def test_every_link_of_a_front_page_leads_somewhere(room: Newsroom) -> None:
    for site in room.sites:
        tree = LexborHTMLParser(site.answer("/", clock.now()).body.decode(site.house.encoding))
        stories = {node.attributes["href"] or "" for node in tree.css("h2 a")}
        assert stories == {a.path for a in site.articles if a.published <= clock.now()}
        links = stories | {node.attributes["href"] or "" for node in tree.css("link")}
        assert [link for link in sorted(links) if site.answer(link, clock.now()).status != 200] == []


# --- signs and versions ---

TEXTS = st.lists(st.sampled_from(["One.", "Two.", "Three.", "Four."]), min_size=1, max_size=4, unique=True)


@given(TEXTS, TEXTS, st.sampled_from([None, "Sun"]), st.none() | st.integers(1, 3))
def test_a_sign_is_in_the_new_text_and_not_in_the_old(old: list[str], new: list[str], headline: str | None, cut: int | None) -> None:
    change = {"after_minutes": 10, "paragraphs": new, "headline": headline}
    moon = item(BY_ID["plain-post"], 1, headline="Moon", paragraphs=old, revisions=[change], paywalled_after=cut)
    shown = edition.article(moon, "s", OPENED)
    first, second = truth.versions(shown)
    before, after = (f"{version['headline']}\n{version['body']}" for version in (first, second))
    sign = second["sign"]
    assert first["sign"] is None
    if sign is None:
        assert not headline
        assert set(second["body"].split("\n\n")) <= set(old)
    else:
        assert sign in after
        assert sign not in before


@given(st.sets(st.sampled_from([one.id for story in STORIES for one in story.articles])))
def test_relations_never_reach_beyond_what_is_visible(seen: set[str]) -> None:
    bodies = {one.id: "\n".join(one.paragraphs) for story in STORIES for one in story.articles if one.id in seen}
    found = truth.relations(STORIES, bodies)
    assert {said["article"] for said in found["attributions"]} <= seen
    assert {name for d in found["differences"] for name in (d["a"], d["b"])} <= seen
    assert {gap["article"] for gap in found["missing"]} <= seen
    assert {name for copy in found["copies"] for name in (copy["article"], copy["original"])} <= seen
    assert {name for story in found["stories"] for name in story["articles"]} == seen


def test_copies_have_the_words_their_kind_says() -> None:
    bodies = {a["id"]: a["versions"][0]["body"] for a in truth.timeless_truth(STORIES)["articles"]}
    for copy in truth.timeless_truth(STORIES)["copies"]:
        own, original = bodies[copy["article"]].split("\n\n"), bodies[copy["original"]].split("\n\n")
        assert (own == original[: len(own)] or set(own) < set(original)) is (copy["kind"] != "edited")


def test_the_truth_is_written_by_its_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    committed = truth.FILE.read_bytes()
    monkeypatch.setattr(truth, "FILE", tmp_path / "truth.json")
    truth.main()
    assert (tmp_path / "truth.json").read_bytes() == committed
    assert str(tmp_path / "truth.json") in capsys.readouterr().out


def test_a_story_without_articles_yet_has_no_relations() -> None:
    story = StoryFile(id="s", title="S", articles=[item(BY_ID["plain-post"], 1)])
    assert truth.relations([story], {}) == {
        "copies": [],
        "stories": [{"id": "s", "title": "S", "articles": []}],
        "attributions": [],
        "differences": [],
        "missing": [],
    }
