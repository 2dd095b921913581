"""Every template with every kind of article, in words that try to break out of it."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from demo.model import Item
from demo.newsroom import edition
from demo.newsroom.edition import Article
from demo.newsroom.houses import BY_ID, HOUSES, House
from demo.newsroom.pages import BESIDE, english, german
from demo.newsroom.site import Reply, Site

OPENED = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
NOW = OPENED + dt.timedelta(minutes=90)
AGENCY = "Orbis & Sons"
FIRST = "First: <script>alert('one')</script> & \"Café\" &amp; 5 < 6."
SECOND = "Second: </p></article><img src=x onerror=alert(2)> {{ 7 * 7 }} {% raw %} ’tis."
REST = ("Third: it's Ž, 漢字 and \u00a3100.", "Fourth: </script><!-- hidden.", "Fifth: ]]> and &#60;b&#62;.")
HEADLINE = 'Tom & Jerry\'s "<b>Big</b>" day </title><script>alert(0)</script>'
VOID = {"meta", "link", "br", "hr", "img", "input"}
# what a template prints of an article beyond its text; each kind adds one thing
KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "hostile people": {
        "byline": ['Ann "Bo" <i>O\'Hara</i>', "Zoë & Co"],
        "tags": ["a & b", '"><script>'],
        "standfirst": 'What\'s <up> & "why"?',
    },
    "picture": {"pictures": [{"caption": "<b>Dam</b> & lake", "credit": '"Joe" <x>'}, {"caption": "A ferry's bow", "credit": "Herald"}]},
    "note": {"revisions": [{"after_minutes": 20, "note": 'Correction: <script>it & that</script> was "wrong".'}]},
    "agency": {"agency": AGENCY, "dateline": "KARSK & <b>"},
    "paywall": {"paywalled_after": 2},
    "revision": {"revisions": [{"after_minutes": 20, "headline": "New & <i>better</i>", "paragraphs": ['New: "<b>" & so on.', *REST]}]},
    "live": {"live": [["10:40", "Later <script>post</script> & so."], ["10:10", 'Early "post" <b>.']]},
}
each_house = pytest.mark.parametrize("house", HOUSES, ids=lambda house: house.id)


def item(house: House, number: int = 1, **fields: Any) -> Item:
    base: dict[str, Any] = {"id": f"{house.id}-{number}", "outlet": house.id, "slug": f"story-{number}", "section": "Arts & <Life>"}
    base |= {"headline": HEADLINE, "minutes": 0, "byline": ["Ada Orlov"], "paragraphs": [FIRST, SECOND, *REST]}
    return Item.model_validate(base | fields)


def beside(house: House) -> list[Item]:
    """Neighbours whose headlines and beginnings stand on the page too."""
    return [
        item(house, n, headline=f"Neighbour {n} & <b>", minutes=-n, paragraphs=[f"Neighbour {n} begins.", "More."]) for n in range(10, 20)
    ]


def site_of(house: House, *items: Item) -> tuple[Site, list[Article]]:
    articles = [edition.article(one, "story", OPENED) for one in items]
    return Site(house, f"http://127.0.0.1:{8800 + house.number}", articles), articles


def served(house: House, kind: str, variant: str = "") -> tuple[Reply, Article]:
    return made(house.id, kind, variant)


@cache
def made(house_id: str, kind: str, variant: str) -> tuple[Reply, Article]:
    house = BY_ID[house_id]
    site, articles = site_of(house, item(house, **KINDS[kind]), *beside(house))
    return site.answer(articles[0].path + variant, NOW), articles[0]


def markup(reply: Reply) -> str:
    return reply.body.decode(reply.content_type.partition("charset=")[2])


def tree_of(reply: Reply) -> LexborHTMLParser:
    return LexborHTMLParser(markup(reply))


def squeezed(text: str) -> str:
    return " ".join(text.split())


def words(reply: Reply) -> str:
    tree = tree_of(reply)
    tree.strip_tags(["script", "style", "head"])
    return squeezed(tree.body.text(separator=" ") if tree.body else "")


def visible(house: House, kind: str) -> list[str]:
    """Every string of the article that a reader must find."""
    _, article = served(house, kind)
    text = article.at(NOW)
    return [*text.paragraphs[: article.item.paywalled_after], *text.notes]


def jsonld(reply: Reply) -> list[dict[str, Any]]:
    found = [json.loads(node.text()) for node in tree_of(reply).css('script[type="application/ld+json"]')]
    return [part for data in found for part in data.get("@graph", [data])]


class Balance(HTMLParser):
    """Counts open elements; an end tag that closes another element than the last one is a fault."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        self.faults += [f"<{tag}> has two {name}" for name in names if names.count(name) > 1]
        self.ids.update(value or "" for name, value in attrs if name == "id")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")


def faults_of(text: str) -> list[str]:
    parser = Balance()
    parser.feed(text)
    parser.close()
    return [*parser.faults, *(f"<{tag}> stays open" for tag in parser.open), *(f"id {i!r} twice" for i, n in parser.ids.items() if n > 1)]


# --- the text ---


@each_house
def test_each_string_of_an_article_stands_once_on_its_page(house: House) -> None:
    for kind in KINDS:
        text = words(served(house, kind)[0])
        assert {string: text.count(squeezed(string)) for string in visible(house, kind)} == dict.fromkeys(visible(house, kind), 1)


@each_house
def test_elements_are_closed_and_ids_are_unique(house: House) -> None:
    for kind in KINDS:
        assert faults_of(markup(served(house, kind)[0])) == []


def test_the_check_of_elements_finds_faults() -> None:
    assert faults_of("<p id=a>x</b>") == ["</b> at (1, 9)"]
    assert faults_of("<div><p id=a>x</p><p id=a>y</p>") == ["<div> stays open", "id 'a' twice"]
    assert faults_of('<a href="x" href="y">z</a>') == ["<a> has two href"] * 2


@each_house
def test_no_word_of_an_article_becomes_an_element(house: House) -> None:
    for kind in KINDS:
        tree = tree_of(served(house, kind)[0])
        assert all(node.attributes.get("type") == "application/ld+json" for node in tree.css("script"))
        assert not tree.css("[onerror]")
        assert not [node for node in tree.css("img") if not (node.attributes.get("src") or "").startswith("/media/")]
        assert "49" not in words(served(house, kind)[0])  # nor is it a template


@each_house
def test_headline_is_the_one_heading_of_the_first_rank_and_in_the_title(house: House) -> None:
    reply, article = served(house, "plain")
    tree = tree_of(reply)
    heads = tree.css("h1") or tree.css('td[width="460"] > font[size="5"]')
    assert [squeezed(node.text()) for node in heads] == [article.item.headline]
    title = tree.css_first("title")
    assert title is not None
    assert (HEADLINE in title.text()) is (house.id != "plain-post")
    assert house.name in title.text()


@each_house
def test_people_standfirst_and_captions_are_printed_as_written(house: House) -> None:
    people, pictures = words(served(house, "hostile people")[0]), words(served(house, "picture")[0])
    assert 'What\'s <up> & "why"?' in people
    for name in KINDS["hostile people"]["byline"]:
        assert name in people
    for picture in KINDS["picture"]["pictures"]:
        assert pictures.count(picture["caption"]) == 1
        assert picture["credit"] in pictures


@each_house
def test_pictures_that_are_named_can_be_fetched(house: House) -> None:
    site, articles = site_of(house, item(house, **KINDS["picture"]))
    shown = [node.attributes["src"] or "" for node in tree_of(site.answer(articles[0].path, NOW)).css("img")]
    own = [src for src in shown if articles[0].item.id in src]
    assert own == [f"/media/{articles[0].item.id}-{n}.svg" for n in (1, 2)]
    assert {site.answer(src, NOW).status for src in shown} == {200}
    assert articles[0].item.id + "-1.svg" not in markup(served(house, "plain")[0])


@each_house
def test_the_dateline_stands_in_the_first_paragraph_only(house: House) -> None:
    text = words(served(house, "agency")[0])
    if house.id == "metro-mirror":  # its house style knows no datelines
        assert "KARSK" not in text
        return
    assert text.count("KARSK & <b>".upper() if house.id == "valley-gazette" else "KARSK & <b>") == 1
    assert 0 < text.index(FIRST) - text.index("KARSK") < 40


@each_house
def test_the_agency_is_credited_once_or_not_at_all(house: House) -> None:
    silent = {"meridian-wire", "evening-standpoint"}  # the one is an agency, the other hides where its texts are from
    assert words(served(house, "agency")[0]).count(AGENCY) == (0 if house.id in silent else 1)
    assert AGENCY not in words(served(house, "plain")[0])


@each_house
def test_nothing_behind_the_paywall_is_anywhere_in_the_bytes(house: House) -> None:
    reply, _ = served(house, "paywall")
    for word in (b"Third", b"Fourth", b"Fifth"):
        assert word not in reply.body
        assert word in served(house, "plain")[0].body


@each_house
def test_a_revised_page_shows_only_the_new_text(house: House) -> None:
    reply, article = served(house, "revision")
    assert b"First:" not in reply.body
    assert b"Second:" not in reply.body
    assert "Tom &amp; Jerry" not in markup(reply)
    assert reply.modified == article.published + dt.timedelta(minutes=20)


@each_house
def test_posts_are_printed_by_the_live_paper_alone(house: House) -> None:
    text = words(served(house, "live")[0])
    for _, post in KINDS["live"]["live"]:
        assert text.count(post) == (house.id == "pulse-live")


@each_house
def test_neighbours_are_the_newest_few_and_never_the_article_itself(house: House) -> None:
    reply, article = served(house, "plain")
    links = {node.attributes.get("href") or "" for node in tree_of(reply).css("a")}
    site, neighbours = site_of(house, *beside(house))
    newest = [one.path for one in neighbours[:BESIDE]]
    assert article.path not in links
    assert [path for path in newest if path in links]
    assert not links & {one.path for one in neighbours[BESIDE:]}
    assert site.answer(newest[0], NOW).status == 200


# --- addresses and metadata ---


@each_house
def test_the_canonical_link_is_the_page_itself(house: House) -> None:
    for kind in KINDS:
        reply, article = served(house, kind)
        own = f"http://127.0.0.1:{8800 + house.number}{article.path}"
        links = [node.attributes["href"] for node in tree_of(reply).css('link[rel="canonical"]')]
        without = {"capital-courier", "plain-post", "valley-gazette"}
        assert links == ([] if house.id in without else [own])
        assert [node.attributes["content"] for node in tree_of(reply).css('meta[property="og:url"]')] in ([], [own])


@each_house
def test_jsonld_agrees_with_the_page(house: House) -> None:
    for kind in KINDS:
        reply, article = served(house, kind)
        told = [part for part in jsonld(reply) if part["@type"] in {"NewsArticle", "LiveBlogPosting"}]
        spoken = {"meridian-wire", "northern-ledger", "evening-standpoint", "tagesbote"} | ({"pulse-live"} if article.item.live else set())
        assert len(told) == (house.id in spoken)
        for part in told:
            assert part["headline"] == article.at(NOW).headline
            assert dt.datetime.fromisoformat(part["datePublished"]) == article.published
            assert dt.datetime.fromisoformat(part["dateModified"]) == article.at(NOW).at
            assert [person["name"] for person in part.get("author", [])] in ([], list(article.item.byline))
            assert part.get("isAccessibleForFree", True) is (house.id != "evening-standpoint" or kind != "paywall")


@each_house
def test_microdata_is_the_couriers_alone(house: House) -> None:
    for kind in KINDS:
        reply, article = served(house, kind)
        tree = tree_of(reply)
        props = [node.attributes["itemprop"] for node in tree.css("[itemprop]")]
        if house.id != "capital-courier":
            assert not props
            assert not tree.css("[itemscope]")
            continue
        assert (props.count("headline"), props.count("articleBody"), props.count("datePublished")) == (1, 1, 1)
        assert props.count("dateModified") == bool(article.item.revisions)
        body = tree.css_first('[itemprop="articleBody"]')
        assert body is not None
        paragraphs = article.at(NOW).paragraphs[: article.item.paywalled_after]
        assert all(squeezed(node.text()).endswith(squeezed(p)) for node, p in zip(body.css("p"), paragraphs, strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_the_plain_post_says_nothing_to_machines(kind: str) -> None:
    tree = tree_of(served(BY_ID["plain-post"], kind)[0])
    assert not tree.css("meta, link, script, time, [class], [id], [itemprop], [property]")
    assert tree.css_first("html").attributes == {}  # not even its language


@pytest.mark.parametrize("house", [BY_ID["metro-mirror"], BY_ID["pulse-live"], BY_ID["harbour-herald"]], ids=lambda house: house.id)
@pytest.mark.parametrize("kind", ["plain", "revision"])
def test_opengraph_agrees_with_the_page(house: House, kind: str) -> None:
    reply, article = served(house, kind)
    told = {n.attributes["property"]: n.attributes["content"] or "" for n in tree_of(reply).css("meta[property]")}
    assert told["og:title"] == article.at(NOW).headline
    assert dt.datetime.fromisoformat(told["article:published_time"]) == article.published
    changed = told.get("article:modified_time")
    assert dt.datetime.fromisoformat(changed or told["article:published_time"]) == article.at(NOW).at
    assert told["article:section"] == "Arts & <Life>"


@each_house
def test_printed_times_are_those_of_the_outlets_zone(house: House) -> None:
    reply, article = served(house, "plain")
    local = article.published.astimezone(house.timezone)
    clock = local.strftime("%-I:%M" if local.hour > 12 else "%H:%M")
    assert clock in words(reply) or local.strftime("%-I:%M") in words(reply) or local.strftime("%H%M") in words(reply)
    machine = [dt.datetime.fromisoformat(node.attributes["datetime"] or "") for node in tree_of(reply).css("time")]
    assert set(machine) <= {article.published}
    assert {time.utcoffset() for time in machine} <= {local.utcoffset()}


# --- the AMP variant ---


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "live"])
def test_the_amp_variant_has_the_same_text_and_points_to_the_page(kind: str) -> None:
    house = BY_ID["harbour-herald"]
    (amp, article), strings = served(house, kind, "amp/"), visible(house, kind)
    text = words(amp)
    assert {string: text.count(squeezed(string)) for string in strings} == dict.fromkeys(strings, 1)
    assert faults_of(markup(amp)) == []
    assert [n.attributes["href"] for n in tree_of(amp).css('link[rel="canonical"]')] == [f"http://127.0.0.1:8802{article.path}"]
    assert [part["headline"] for part in jsonld(amp)] == [article.at(NOW).headline]
    assert not tree_of(amp).css('link[rel="amphtml"]')


def test_an_amp_variant_comes_no_sooner_than_its_page() -> None:
    site, articles = site_of(BY_ID["harbour-herald"], item(BY_ID["harbour-herald"], minutes=30))
    path = articles[0].path
    moments = (OPENED, OPENED + dt.timedelta(minutes=30))
    assert [[site.answer(p, moment).status for p in (path, path + "amp/", path.rstrip("/"))] for moment in moments] == [
        [404, 404, 404],
        [200, 200, 301],
    ]


def test_the_way_back_from_the_amp_variant_leads_to_the_page() -> None:
    amp, article = served(BY_ID["harbour-herald"], "plain", "amp/")
    back = tree_of(amp).css_first("#version-switch").attributes["href"] or ""
    assert back.endswith("?noamp=mobile")
    site, _ = site_of(BY_ID["harbour-herald"], item(BY_ID["harbour-herald"]), *beside(BY_ID["harbour-herald"]))
    assert site.answer(back.removeprefix(site.base), NOW).body == served(BY_ID["harbour-herald"], "plain")[0].body
    assert site.answer(article.path + "amp/", NOW).body == amp.body


# --- encodings ---


def test_windows_1252_carries_what_it_can_and_refers_to_the_rest() -> None:
    body = served(BY_ID["valley-gazette"], "plain")[0].body
    for inside in ("é", "’", "Ž", "£"):
        assert inside.encode("cp1252") in body
    assert b"&#28450;&#23383;" in body  # the two characters of REST, which the encoding lacks
    assert b"charset=windows-1252" in body.lower()


@pytest.mark.parametrize("house", [h for h in HOUSES if h.id not in {"plain-post", "valley-gazette"}], ids=lambda house: house.id)
def test_other_pages_are_utf_8_and_say_so_early(house: House) -> None:
    body = served(house, "plain")[0].body
    assert "漢字" in body.decode("utf-8")
    # HTML standard, 4.2.5.4: the declaration stands within the first 1024 bytes
    assert b'charset="utf-8"' in body[:1024].lower()


# --- properties ---

PRINTABLE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Co", "Cn", "Z"]), min_size=3, max_size=30)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(HOUSES), PRINTABLE, PRINTABLE)
def test_any_words_come_out_as_they_went_in(house: House, headline: str, paragraph: str) -> None:
    site, articles = site_of(house, item(house, headline=headline, paragraphs=[paragraph]))
    reply = site.answer(articles[0].path, NOW)
    assert headline in words(reply)
    assert paragraph in words(reply)
    assert faults_of(markup(reply)) == []


@given(st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2040, 1, 1)))  # noqa: DTZ001
def test_printed_dates_name_every_part(instant: dt.datetime) -> None:
    day, half = english(instant).rsplit(" ", 1)
    read = dt.datetime.strptime(f"{day} {half.upper()}", "%A, %d %B %Y, %I:%M %p")  # noqa: DTZ007  a printed date has no zone
    assert read == instant.replace(second=0, microsecond=0)
    assert german(instant).startswith(f"{instant.day}. ")
    assert german(instant).endswith(f" {instant.year}, {instant:%H:%M} Uhr")
