"""The newsroom over real HTTP: every template, feed, sitemap, validator, encoding and command."""

from __future__ import annotations

import datetime as dt
import json
import random
import re
import signal
import socket
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import feedparser
import httpx
import pytest
import yaml
from bs4 import BeautifulSoup
from protego import Protego

from common.clock import now
from common.errors import Misconfigured
from common.urls import canonical
from demo.model import StoryFile
from demo.newsroom import clock
from demo.newsroom.edition import load_stories
from demo.newsroom.houses import HOUSES, House
from demo.newsroom.http import HOST
from demo.newsroom.room import Newsroom
from demo.newsroom.site import FEED_ENTRIES

SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "n": "http://www.google.com/schemas/sitemap-news/0.9"}
TRICKY = "“Café” — 5 < 6 & ‘naïve’ <script>alert(1)</script> Ž"
HOUSE_IDS = [house.id for house in HOUSES]


def article(house: House, number: int, **more: Any) -> dict[str, Any]:
    base: dict[str, Any] = {"id": f"{house.id}-{number}", "outlet": house.id, "slug": f"story-{number}", "section": "World"}
    base |= {"headline": f"Headline {number} of {house.name}", "day": -1, "byline": ["Ada Orlov"], "tags": ["moon"]}
    return base | {"paragraphs": [f"First {number}. {TRICKY}", "Second paragraph.", "Third paragraph."]} | more


def story(house: House) -> list[dict[str, Any]]:
    """A plain article, one with everything, one of 2018, one to come."""
    full = {
        "standfirst": "What it is about.",
        "dateline": "BRENNAW",
        "agency": "Meridian",
        "pictures": [{"caption": "A dam.", "credit": "Meridian/J. Orlov"}, {"caption": "A ferry.", "credit": "Herald"}],
        "revisions": [
            {"after_minutes": 20, "headline": f"Changed by {house.name}", "paragraphs": ["Changed."] * 2, "note": "Correction: changed."}
        ],
        "day": None,
        "minutes": -10,
    }
    return [
        article(house, 1),
        article(house, 2, **full),
        article(house, 3, day=None, date="2018-09-20", time="22:30"),
        article(house, 4, day=None, minutes=30),
    ]


def special() -> list[dict[str, Any]]:
    by_id = {house.id: house for house in HOUSES}
    wire, pay, live = by_id["meridian-wire"], by_id["evening-standpoint"], by_id["pulse-live"]
    many = [article(wire, n, day=-2, time=f"10:{n:02}") for n in range(10, 35)]
    return [
        *many,
        article(wire, 40, sources=["feed"]),
        article(wire, 41, sources=["sitemap"]),
        article(pay, 42, paywalled_after=1),
        article(live, 43, live=[["09:30", "A later post."], ["09:10", "An early post."]]),
    ]


STORIES = [StoryFile.model_validate({"id": "all", "title": "All", "articles": [a for h in HOUSES for a in story(h)] + special()})]


def free_port() -> int:
    """A base port with ten free ones above it."""
    for _ in range(50):
        base = random.randrange(20_000, 30_000)
        probes = [socket.socket() for _ in range(11)]
        try:
            for n, probe in enumerate(probes):
                probe.bind((HOST, base + n))
        except OSError:
            continue
        finally:
            for probe in probes:
                probe.close()
        return base
    raise AssertionError("no free ports")


@pytest.fixture(scope="module")
def room() -> Iterator[Newsroom]:
    with Newsroom(free_port(), STORIES, clock.Newsstand()) as opened:
        yield opened


@pytest.fixture
def fresh() -> Iterator[Newsroom]:
    """A newsroom of one's own, for tests that move the clock."""
    with Newsroom(free_port(), STORIES, clock.Newsstand()) as opened:
        yield opened


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with httpx.Client() as client:
        yield client


def truth(http: httpx.Client, room: Newsroom) -> dict[str, Any]:
    data: dict[str, Any] = http.get(f"{room.base}/__demo/truth").raise_for_status().json()
    return data


def url_of(http: httpx.Client, room: Newsroom, item_id: str) -> str:
    return next(str(a["url"]) for a in truth(http, room)["articles"] if a["id"] == item_id)


def base_of(room: Newsroom, house_id: str) -> str:
    return next(site.base for site in room.sites if site.house.id == house_id)


def words(page: httpx.Response) -> str:
    return " ".join(BeautifulSoup(page.content, "html.parser", from_encoding=page.encoding).get_text(" ").split())


def jsonld(page: httpx.Response) -> list[dict[str, Any]]:
    found = [json.loads(s.string or "") for s in BeautifulSoup(page.text, "html.parser").find_all("script", type="application/ld+json")]
    return [part for data in found for part in data.get("@graph", [data])]


# --- pages ---


def test_every_article_of_the_truth_is_served_with_its_text(http: httpx.Client, room: Newsroom) -> None:
    told = truth(http, room)["articles"]
    assert len(told) == 3 * 10 + 25 + 4
    for one in told:
        page = http.get(one["url"])
        assert page.status_code == 200
        text, current = words(page), one["versions"][-1]
        for paragraph in current["body"].split("\n\n"):
            assert paragraph in text, one["id"]
        assert current["headline"] in text
        assert "alert(1)" not in "".join(str(s) for s in BeautifulSoup(page.text, "html.parser").find_all("script", type=False))


def test_the_demos_own_stories_render_now_and_later(http: httpx.Client) -> None:
    stand = clock.Newsstand()
    with Newsroom(free_port(), load_stories(), stand) as opened:
        for _ in range(2):
            told = truth(http, opened)
            assert {http.get(one["url"]).status_code for one in told["articles"]} == {200}
            if told["to_come"]:
                assert http.post(f"{opened.base}/__demo/advance?minutes={told['minutes_to_come']}").status_code == 200
        assert told["to_come"] == 0


@pytest.mark.parametrize("house", HOUSES, ids=HOUSE_IDS)
def test_a_page_of_each_template_with_everything(http: httpx.Client, room: Newsroom, house: House) -> None:
    page = http.get(url_of(http, room, f"{house.id}-2"))
    text = words(page)
    assert page.headers["content-type"] == f"text/html; charset={house.encoding}"
    for part in ("What it is about.", "Ada Orlov", "A dam.", "Meridian/J. Orlov", "A ferry."):
        assert part in text
    assert "Second paragraph." in text
    assert "Changed" not in text


@pytest.mark.parametrize("house", HOUSES, ids=HOUSE_IDS)
def test_front_page_sections_and_furniture(http: httpx.Client, room: Newsroom, house: House) -> None:
    base = base_of(room, house.id)
    front = http.get(f"{base}/")
    assert f"Headline 1 of {house.name}" in words(front)
    assert f"Headline 4 of {house.name}" not in words(front)
    assert f"Headline 1 of {house.name}" in words(http.get(f"{base}/section/world"))
    assert http.get(f"{base}/section/nothing").status_code == 404
    assert {http.get(f"{base}{path}").status_code for path in ("/style.css", "/media/x.svg", "/search?q=moon")} == {200}


@pytest.mark.parametrize("house_id", ["meridian-wire", "northern-ledger", "evening-standpoint", "tagesbote"])
def test_jsonld_says_what_the_page_says(http: httpx.Client, room: Newsroom, house_id: str) -> None:
    url = url_of(http, room, f"{house_id}-3")
    news = next(part for part in jsonld(http.get(url)) if part["@type"] == "NewsArticle")
    assert news["headline"].startswith("Headline 3")
    assert dt.datetime.fromisoformat(news["datePublished"]) == dt.datetime(2018, 9, 20, 22, 30, tzinfo=dt.UTC)
    assert news["author"] == [{"@type": "Person", "name": "Ada Orlov"}]


def test_canonical_links_are_the_addresses_of_the_truth(http: httpx.Client, room: Newsroom) -> None:
    for house_id in ("meridian-wire", "harbour-herald", "northern-ledger", "metro-mirror", "evening-standpoint", "tagesbote", "pulse-live"):
        url = url_of(http, room, f"{house_id}-1")
        link = BeautifulSoup(http.get(url).text, "html.parser").find("link", rel="canonical")
        assert link is not None
        assert link["href"] == url


def test_the_amp_variant_points_home_and_ends_like_a_dump(http: httpx.Client, room: Newsroom) -> None:
    url = url_of(http, room, "harbour-herald-1")
    link = BeautifulSoup(http.get(url).text, "html.parser").find("link", rel="amphtml")
    assert link is not None
    assert link["href"] == url + "amp/"
    amp = http.get(url + "amp/")
    assert words(amp).endswith("Exit mobile version")
    assert f'<link rel="canonical" href="{url}">' in amp.text
    assert http.get(url_of(http, room, "northern-ledger-1") + "/amp/").status_code == 404


def test_a_lacking_slash_is_redirected(http: httpx.Client, room: Newsroom) -> None:
    url = url_of(http, room, "harbour-herald-1")
    answer = http.get(url.rstrip("/"))
    assert answer.status_code == 301
    assert str(httpx.URL(url.rstrip("/")).join(answer.headers["location"])) == url


def test_microdata_is_all_the_courier_has(http: httpx.Client, room: Newsroom) -> None:
    soup = BeautifulSoup(http.get(url_of(http, room, "capital-courier-1")).text, "html.parser")
    assert not soup.find_all("script")
    assert not soup.find_all("meta", property=True)
    published = soup.find(itemprop="datePublished")
    assert published is not None
    assert dt.datetime.fromisoformat(str(published["datetime"])).tzinfo


def test_the_plain_post_has_no_metadata_at_all(http: httpx.Client, room: Newsroom) -> None:
    page = http.get(url_of(http, room, "plain-post-3"))
    assert not re.search(r"<meta|<script|<link|itemprop|<time|class=", page.text)
    assert "Friday, 21 September 2018, 8:30 am" in words(page)  # Sydney was ten hours ahead
    assert "By Ada Orlov" in words(page)


def test_the_mirror_interrupts_its_text(http: httpx.Client, room: Newsroom) -> None:
    text = words(http.get(url_of(http, room, "metro-mirror-1")))
    for furniture in ("Accept all", "Sign up", "READ MORE:", "Share", "Comments (3)", "You may also like"):
        assert furniture in text
    assert text.index("First 1.") < text.index("Sign up") < text.index("Second paragraph.") < text.index("READ MORE:") < text.index("Third")


def test_the_paywall_gives_only_the_beginning(http: httpx.Client, room: Newsroom) -> None:
    cut, whole = (http.get(url_of(http, room, f"evening-standpoint-{n}")) for n in (42, 1))
    assert "Second paragraph." not in cut.text
    assert "Keep reading with a subscription" in words(cut)
    assert [part["isAccessibleForFree"] for page in (cut, whole) for part in jsonld(page)] == [False, True]
    assert "subscription" not in whole.text


def test_the_german_paper_is_german(http: httpx.Client, room: Newsroom) -> None:
    page = http.get(url_of(http, room, "tagesbote-3"))
    assert '<html lang="de">' in page.text
    assert "21. September 2018, 00:30 Uhr" in words(page)
    assert "Von Ada Orlov" in words(page)


def test_windows_1252_bytes(http: httpx.Client, room: Newsroom) -> None:
    page = http.get(url_of(http, room, "valley-gazette-1"))
    assert "“Café” — ".encode("windows-1252") in page.content
    assert "“".encode() not in page.content
    assert "story.asp?id=" in str(page.url)
    assert "‘naïve’" in page.text  # httpx follows the charset of the header


def test_the_live_blog_shows_posts_after_the_summary(http: httpx.Client, room: Newsroom) -> None:
    page = http.get(url_of(http, room, "pulse-live-43"))
    text = words(page)
    assert text.index("Third paragraph.") < text.index("A later post.") < text.index("An early post.")
    assert [part["@type"] for part in jsonld(page)] == ["LiveBlogPosting"]
    assert not jsonld(http.get(url_of(http, room, "pulse-live-1")))


# --- feeds, sitemaps, robots ---


@pytest.mark.parametrize("house", [h for h in HOUSES if h.feed], ids=lambda h: h.id)
def test_feeds_list_what_they_should(http: httpx.Client, room: Newsroom, house: House) -> None:
    base = base_of(room, house.id)
    feed = feedparser.parse(http.get(f"{base}{house.feed_path}").content)
    assert not feed.bozo
    assert feed.version == {"rss": "rss20", "atom": "atom10"}[house.feed or "rss"]
    told = {a["url"]: a for a in truth(http, room)["articles"] if a["outlet"] == house.id and "feed" in a["announced"]}
    assert 3 <= len(feed.entries) <= FEED_ENTRIES
    for entry in feed.entries:
        one = told[canonical(entry.link)]
        assert entry.title == one["versions"][-1]["headline"]
        assert dt.datetime(*entry.published_parsed[:6], tzinfo=dt.UTC).isoformat() == one["published_at"].replace("Z", "+00:00")


def test_the_wires_feed_is_full_and_newest_first(http: httpx.Client, room: Newsroom) -> None:
    feed = feedparser.parse(http.get(f"{base_of(room, 'meridian-wire')}/rss/latest.xml").content)
    times = [entry.published_parsed for entry in feed.entries]
    assert len(times) == FEED_ENTRIES
    assert times == sorted(times, reverse=True)


def test_the_ledgers_links_carry_tracking_that_its_pages_accept(http: httpx.Client, room: Newsroom) -> None:
    feed = feedparser.parse(http.get(f"{base_of(room, 'northern-ledger')}/feeds/all.rss").content)
    link = feed.entries[0].link
    assert "utm_source=rss" in link
    assert http.get(link).content == http.get(canonical(link)).content


def sitemap_urls(http: httpx.Client, url: str) -> dict[str, str]:
    root = ET.fromstring(http.get(url).raise_for_status().content)
    parts = [*root.iterfind("s:sitemap", SITEMAP), *root.iterfind("s:url", SITEMAP)]
    return {part.findtext("s:loc", "", SITEMAP): part.findtext("s:lastmod", "", SITEMAP) for part in parts}


@pytest.mark.parametrize("house", HOUSES, ids=HOUSE_IDS)
def test_daily_sitemaps_hold_every_announced_page_once(http: httpx.Client, room: Newsroom, house: House) -> None:
    base = base_of(room, house.id)
    index = sitemap_urls(http, f"{base}/sitemap.xml")
    assert f"{base}/sitemap-2018-09-20.xml" in index
    days = {url: sitemap_urls(http, url) for url in index}
    pages = [page for day in days.values() for page in day]
    told = {a["url"]: a for a in truth(http, room)["articles"] if a["outlet"] == house.id and "sitemap" in a["announced"]}
    assert sorted(pages) == sorted(told)
    for url, entries in days.items():
        assert index[url] == max((dt.datetime.fromisoformat(t) for t in entries.values()), key=lambda t: t).astimezone(dt.UTC).isoformat()
        assert {told[page]["published_at"][:10] for page in entries} == {url[-14:-4]}
    assert http.get(f"{base}/sitemap-1999-01-01.xml").status_code == 404


def test_sources_of_the_item_decide_where_it_is_announced(http: httpx.Client, room: Newsroom) -> None:
    base = base_of(room, "meridian-wire")
    feed = {entry.link for entry in feedparser.parse(http.get(f"{base}/rss/latest.xml").content).entries}
    maps = {page for day in sitemap_urls(http, f"{base}/sitemap.xml") for page in sitemap_urls(http, day)}
    only_feed, only_map = url_of(http, room, "meridian-wire-40"), url_of(http, room, "meridian-wire-41")
    assert (only_feed in feed, only_feed in maps) == (True, False)
    assert (only_map in feed, only_map in maps) == (False, True)


def test_the_news_sitemap_has_titles_of_two_days(http: httpx.Client, room: Newsroom) -> None:
    root = ET.fromstring(http.get(f"{base_of(room, 'meridian-wire')}/news-sitemap.xml").content)
    titles = [t.text for t in root.iterfind(".//n:title", SITEMAP)]
    assert "Headline 2 of Meridian Wire" in titles
    assert "Headline 3 of Meridian Wire" not in titles
    assert all(dt.datetime.fromisoformat(t.text or "") <= now() for t in root.iterfind(".//n:publication_date", SITEMAP))


@pytest.mark.parametrize("house", HOUSES, ids=HOUSE_IDS)
def test_robots(http: httpx.Client, room: Newsroom, house: House) -> None:
    base = base_of(room, house.id)
    robots = Protego.parse(http.get(f"{base}/robots.txt").text)
    assert f"{base}/sitemap.xml" in robots.sitemaps
    assert not robots.can_fetch(f"{base}/search?q=moon", "Consilience/0.1")
    assert robots.can_fetch(url_of(http, room, f"{house.id}-1"), "Consilience/0.1")
    assert (robots.crawl_delay("Consilience") or 0) <= 0.1


# --- HTTP ---


def test_validators_give_304_without_a_body(http: httpx.Client, room: Newsroom) -> None:
    url = url_of(http, room, "harbour-herald-1")
    first = http.get(url)
    for head in (
        {"If-None-Match": first.headers["etag"]},
        {"If-Modified-Since": first.headers["last-modified"]},
        {"If-None-Match": f'"x", {first.headers["etag"]}'},
    ):
        again = http.get(url, headers=head)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
    assert parsedate_to_datetime(first.headers["last-modified"]).hour == 8


@pytest.mark.parametrize(
    "head",
    [
        {"If-None-Match": '"other"'},
        {"If-None-Match": '"other"', "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
        {"If-Modified-Since": "Thu, 20 Sep 2018 00:00:00 GMT"},
        {"If-Modified-Since": "yesterday"},
        {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 -0000"},
    ],
)
def test_other_validators_give_the_page(http: httpx.Client, room: Newsroom, head: dict[str, str]) -> None:
    assert http.get(url_of(http, room, "harbour-herald-1"), headers=head).status_code == 200


def test_codings_have_validators_of_their_own(http: httpx.Client, room: Newsroom) -> None:
    url = url_of(http, room, "tagesbote-1")
    zipped, plain = http.get(url, headers={"Accept-Encoding": "gzip"}), http.get(url, headers={"Accept-Encoding": "identity"})
    assert zipped.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert zipped.content == plain.content
    assert int(zipped.headers["content-length"]) < int(plain.headers["content-length"])
    assert zipped.headers["etag"] != plain.headers["etag"]
    assert plain.headers["vary"] == "Accept-Encoding"


def test_head_is_get_without_the_body(http: httpx.Client, room: Newsroom) -> None:
    url = url_of(http, room, "pulse-live-1")
    head, get = http.head(url), http.get(url)
    assert head.content == b""
    same = ("etag", "last-modified", "content-type", "content-length", "cache-control")
    assert [head.headers[name] for name in same] == [get.headers[name] for name in same]


def test_posting_to_an_outlet_is_refused(http: httpx.Client, room: Newsroom) -> None:
    url = base_of(room, "plain-post")
    assert http.post(f"{url}/", content=b"a body").status_code == 405
    assert http.get(f"{url}/").status_code == 200


# --- the clock over HTTP ---


@pytest.mark.parametrize("house", HOUSES, ids=HOUSE_IDS)
def test_articles_of_the_future_are_not_there(http: httpx.Client, room: Newsroom, house: House) -> None:
    site = next(site for site in room.sites if site.house.id == house.id)
    to_come = next(a for a in site.articles if a.item.id == f"{house.id}-4")
    answer = http.get(site.base + to_come.path)
    assert answer.status_code == 404
    assert "no-store" in answer.headers["cache-control"]
    assert http.get(site.base + "/nowhere/").status_code == 404


def test_advancing_brings_new_articles_and_changes(http: httpx.Client, fresh: Newsroom) -> None:
    before = {house.id: http.get(url_of(http, fresh, f"{house.id}-2")) for house in HOUSES}
    assert truth(http, fresh)["minutes_to_come"] == 30
    assert http.post(f"{fresh.base}/__demo/advance?minutes=30").json()["articles"] == 4 * 10 + 25 + 4
    for house in HOUSES:
        page = http.get(str(before[house.id].url), headers={"If-None-Match": before[house.id].headers["etag"]})
        text = words(page)
        assert page.status_code == 200
        assert f"Changed by {house.name}" in text
        assert "Correction: changed." in text
        assert "Second paragraph." not in text
        assert page.headers["last-modified"] > before[house.id].headers["last-modified"]
        assert http.get(url_of(http, fresh, f"{house.id}-4")).status_code == 200
    base = base_of(fresh, "capital-courier")
    today = [t for day in sitemap_urls(http, f"{base}/sitemap.xml") for p, t in sitemap_urls(http, day).items() if "story-2" in p]
    changed = next(a for a in truth(http, fresh)["articles"] if a["id"] == "capital-courier-2")["modified_at"]
    assert [dt.datetime.fromisoformat(t) for t in today] == [dt.datetime.fromisoformat(changed)]


@pytest.mark.parametrize("query", ["minutes=0", "minutes=-5", "minutes=soon", "", "minutes=100000"])
def test_a_clock_command_that_makes_no_sense_is_refused(http: httpx.Client, room: Newsroom, query: str) -> None:
    answer = http.post(f"{room.base}/__demo/advance?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_base_port(http: httpx.Client, room: Newsroom) -> None:
    home = http.get(f"{room.base}/").text
    assert all(f'<a href="{site.base}/">' in home for site in room.sites)
    health = http.get(f"{room.base}/__demo/health").json()
    assert (health["status"], health["outlets"]) == ("ok", 10)
    assert http.get(f"{room.base}/__demo/nothing").status_code == http.post(f"{room.base}/nothing").status_code == 404


# --- the program ---


def test_outlet_files(http: httpx.Client, room: Newsroom, tmp_path: Path) -> None:
    files = room.write_outlets(tmp_path / "outlets")
    assert sorted(path.stem for path in files) == sorted(HOUSE_IDS)
    for path in files:
        outlet = yaml.safe_load(path.read_text("utf-8"))
        assert outlet["id"] == path.stem
        for url in [outlet["home"], *outlet["feeds"], *outlet["sitemaps"]]:
            assert http.get(url).status_code == 200


def test_ingest_reads_the_outlet_files(room: Newsroom, tmp_path: Path) -> None:
    from ingest.outlets import load_outlets

    room.write_outlets(tmp_path)
    outlets = {outlet.id: outlet for outlet in load_outlets(tmp_path)}
    assert sorted(outlets) == sorted(HOUSE_IDS)
    assert outlets["meridian-wire"].is_agency
    assert outlets["tagesbote"].timezone == "Europe/Berlin"
    assert [outlet.id for outlet in outlets.values() if outlet.rules] == ["valley-gazette"]


def test_the_gazettes_rules_cut_its_story_out_of_the_tables(http: httpx.Client, room: Newsroom, tmp_path: Path) -> None:
    room.write_outlets(tmp_path)
    (rules,) = yaml.safe_load((tmp_path / "valley-gazette.yaml").read_text("utf-8"))["rules"]
    page = http.get(url_of(http, room, "valley-gazette-2"))
    (fragment,) = BeautifulSoup(page.text, "html.parser").select(rules["body"])
    (headline,) = BeautifulSoup(page.text, "html.parser").select(rules["headline"])
    assert headline.get_text() == "Headline 2 of Valley Gazette"
    for furniture in (part for selector in rules["remove"] for part in fragment.select(selector)):
        furniture.extract()
    kept = " ".join(fragment.get_text(" ").split())
    assert kept.startswith("BRENNAW (Meridian) – First 2.")
    assert kept.endswith("Second paragraph. Third paragraph.")


def test_a_taken_port_is_named_and_the_others_are_given_back() -> None:
    base = free_port()
    with socket.socket() as taken:
        taken.bind((HOST, base + 7))
        taken.listen()
        with pytest.raises(Misconfigured, match=rf"port {base + 7} is taken.*--port"):
            Newsroom(base, STORIES, clock.Newsstand())
    with Newsroom(base, STORIES, clock.Newsstand()):
        pass


@pytest.mark.parametrize("port", [65_530, 70_000])
def test_a_port_out_of_range_is_a_clear_error(port: int) -> None:
    with pytest.raises(Misconfigured, match="--port"):
        Newsroom(port, STORIES, clock.Newsstand())


def test_the_program_serves_keeps_its_clock_and_ends_on_sigterm(tmp_path: Path) -> None:
    base, state = free_port(), tmp_path / "state.json"
    command = [sys.executable, "-m", "demo.newsroom", "--port", str(base), "--outlets", str(tmp_path / "o"), "--state", str(state)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout is not None
            assert "10 outlets" in program.stdout.readline()
            assert httpx.post(f"http://{HOST}:{base}/__demo/advance?minutes=7").status_code == 200
            second = subprocess.run(command, capture_output=True, text=True, check=False)
            assert second.returncode == 78
            assert f"port {base} is taken" in second.stderr
        finally:
            program.send_signal(signal.SIGTERM)
        assert program.wait(timeout=10) == 0
    assert json.loads(state.read_text())["advanced"] == 7
    assert len(list((tmp_path / "o").glob("*.yaml"))) == 10
