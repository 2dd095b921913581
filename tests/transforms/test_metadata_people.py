"""Names out of bylines, where they stand, which source is believed, and who signs besides people."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.records import OutletProfile, OutletRules
from transforms.extract import bylines, people, signals
from transforms.extract.names import is_full, is_name, split_names
from transforms.extract.people import FULL, HOUSE, NONE, SIGN, SURE, Credits, credited_on, trusted
from transforms.extract.signals import Signals, Told

URL = "https://lantern.example/town/well"
SITE = "<meta property=og:site_name content='The Lantern'>"
PROSE = "The council of Hollin voted on Monday night to mend the old well before the summer."


def read(html: str, url: str = URL, rules: OutletRules | None = None) -> Signals:
    return signals.read(SITE + html, url, None, rules)


def linked(*authors: str) -> str:
    node = {"@type": "NewsArticle", "author": [{"@type": "Person", "name": name} for name in authors]}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


# --- names ---


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("Jane Doe Published on May 3, 2020", ["Jane Doe"]),
        ("By Jane Doe May 3, 2020 at 10:00 am", ["Jane Doe"]),
        ("By Jane Doe on Monday, at noon", ["Jane Doe"]),
        ("Jane Doe Tuesday", ["Jane Doe"]),
        ("von lupa am 26/10/13, 03:48", ["lupa"]),
        ("Jane Doe for The Lantern", ["Jane Doe"]),
        ("Jane Doe – Lantern Uplands", ["Jane Doe"]),
        ("von David Roe, LANTERN UPLANDS", ["David Roe"]),
        ("JANE DOE, JOHN ROE", ["Jane Doe", "John Roe"]),
        ("Jane Doe & John Roe + Ann Lee", ["Jane Doe", "John Roe", "Ann Lee"]),
        ("Anna Maria Nowak", ["Anna Maria Nowak"]),
        ("John E Smith", ["John E Smith"]),
        ("Marie-Ève Côté", ["Marie-Ève Côté"]),
        ("Ludwig van der Brug", ["Ludwig van der Brug"]),
        ("Иван Петров и Анна Смирнова", ["Иван Петров", "Анна Смирнова"]),
        ("王小明 李大同", ["王小明", "李大同"]),
        ("王小明、李大同", ["王小明", "李大同"]),
        ("홍길동", ["홍길동"]),
        ("أحمد علي و سارة حسن", ["أحمد علي", "سارة حسن"]),
        ("Lantern24 Redaktion", ["Lantern24 Redaktion"]),
        ("user12345", []),
        ("Jane Doe, MS, RDN", ["Jane Doe"]),
        ("Jane Doe, LAN", ["Jane Doe"]),
        ("Jane Doe, AP", ["Jane Doe", "AP"]),
        ("Jane Doe, AP Auto Writer", ["Jane Doe"]),
        ("Jane Doe, Guest Columnists", ["Jane Doe"]),
        ("The Author", []),
        ("Redacción: ANTONIO ROBLES", ["Antonio Robles"]),
        ("Редактор: Елин Димитров", ["Елин Димитров"]),
        ("/janedoe", []),
        ("lantern//now", []),
        ("em São Roque", []),
        ("Jane Doe writes for the paper about wells, ropes and mending. Based in Hollin, she has three dogs. " * 3, []),
        ("2 May 2020", []),
        ("<b>", []),
        ("", []),
    ],
)
def test_names_of_a_byline(byline: str, names: list[str]) -> None:
    assert split_names(byline) == names


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("Jane Doe", True),
        ("Ludwig van der Brug", True),
        ("王小明", True),
        ("Иван Петров", True),
        ("Jane", False),
        ("amw", False),
        ("ku Hollin", False),
        ("The Lantern", False),
        ("Der Brunnen", False),
        ("Lantern Media", False),
        ("Lantern Inc", False),
        ("Well Mended After A Long Night", False),
        ("Wells mended", False),
    ],
)
def test_a_person_s_full_name_is_told_from_signs_houses_and_headlines(name: str, full: bool) -> None:
    assert is_full(name) is full


@given(st.text(max_size=80))
def test_whatever_the_byline_what_comes_out_are_names(byline: str) -> None:
    for name in split_names(byline):
        assert is_name(name) or is_name(name.upper())
        assert name == name.strip()


# --- places ---


@pytest.mark.parametrize(
    ("html", "source", "names"),
    [
        (linked("Jane Doe"), "jsonld:author", ["Jane Doe"]),
        ("<meta name='dc.creator' content='Jane Doe'>", "meta:dc.creator", ["Jane Doe"]),
        ("<meta name='citation_author' content='Jane Doe'>", "meta:citation_author", ["Jane Doe"]),
        (
            "<meta name='twitter:label1' content='Verfasst von'><meta name='twitter:data1' content='Jane Doe'>",
            "meta:twitter:data1",
            ["Jane Doe"],
        ),
        (
            "<meta name='twitter:label2' content='Écrit par'><meta name='twitter:data2' content='Jane Doe'>",
            "meta:twitter:data2",
            ["Jane Doe"],
        ),
        ("<a rel='author' href='/x'>Jane Doe</a>", "byline:[rel~='author']", ["Jane Doe"]),
        ("<a href='/autor/jane-doe'>Jane Doe</a>", "byline:a[href*='/author/']", ["Jane Doe"]),
        ("<div class='byline'>By Jane Doe and John Roe</div>", "byline:[class*='byline' i]", ["Jane Doe", "John Roe"]),
        ("<h1>Well</h1><p>By Jane Doe | 3 May 2020</p>", "text", ["Jane Doe"]),
        ("<h1>Well</h1><p>3 May 2020 by Jane Doe</p>", "text", ["Jane Doe"]),
        ("<h1>Well</h1><p>Par <a>Chloé Dupré</a> <span>3 mai 2020</span></p>", "text", ["Chloé Dupré"]),
        ("<title>古井修好了</title><p>正文。</p><div>(责编：王小明、李大同)</div>", "text", ["王小明", "李大同"]),
        ("<title>古井修好了</title><p>正文。</p><span>\n 责任编辑： 王小明 \n</span>", "text", ["王小明"]),
        ("<p>责任编辑： 王小明</p>", "", []),
        (f"<h1>Well</h1><p>{PROSE} It was led by Jane Doe</p>", "", []),
        (f"<h1>Well</h1>{'<p>Line of the text</p>' * 30}<p>By Jane Doe</p>", "", []),
        ("<a href='https://commons.example/licenses/by/4.0/'>Open Licence</a>", "", []),
    ],
)
def test_where_names_stand(html: str, source: str, names: list[str]) -> None:
    found = credited_on(read(html))
    assert (found.source, found.authors) == (source, names)


def test_rules_of_the_outlet_come_first() -> None:
    rules = OutletRules(authors=".who")
    assert credited_on(read(linked("Jane Doe") + "<i class=who>By Ann Lee</i>", rules=rules)).source == "rules:authors"


def test_only_the_first_byline_s_elements_are_read() -> None:
    card = "<article class=card><div class=head><div><a rel=author>{}</a></div></div></article>"
    found = credited_on(read(card.format("Jane Doe") + card.format("John Roe")))
    assert found.authors == ["Jane Doe"]
    both = "<div class=head><span><a rel=author>Jane Doe</a></span><span><a rel=author>John Roe</a></span></div>"
    assert credited_on(read(both)).authors == ["Jane Doe", "John Roe"]


@pytest.mark.parametrize(
    ("html", "names"),
    [
        ("<div class=comments><b class=comment-author>John Roe</b></div>", []),
        ("<ol id=kommentare><li><b class=author>John Roe</b></ol>", []),
        ("<aside><b class=author>John Roe</b></aside><div><b class=author>Jane Doe</b></div>", ["Jane Doe"]),
        ("<div class=related-stories><i class=author>John Roe</i></div><p class=author>Jane Doe</p>", ["Jane Doe"]),
        # where nothing else is named, the margin is believed
        ("<div class=sidebar><b class=author>John Roe</b></div>", ["John Roe"]),
        ("<article class='comments-open'><b class=author>Jane Doe</b></article>", ["Jane Doe"]),
    ],
)
def test_commenters_are_no_authors_and_margins_come_last(html: str, names: list[str]) -> None:
    assert credited_on(read(html)).authors == names


def test_pieces_led_by_the_word_for_by_are_preferred_and_times_are_no_names() -> None:
    pieces = [("desk", "capital"), ("who", "von Jane Doe"), ("when", "3 Min")]
    page = "".join(f"<i class='author-{name}'>{text}</i>" for name, text in pieces)
    assert credited_on(read(f"<div class='author-line'>{page}</div>")).authors == ["Jane Doe"]
    assert credited_on(read("<div class=byline>Sat, 20 Dec, 2025 - 06:36</div>")).authors == []


# --- which source is believed ---


@pytest.mark.parametrize(
    ("found", "trust"),
    [
        (Credits(["jd"], ["jd"], "meta:author", None), SURE),
        (Credits(["Jane Doe"], ["Jane Doe"], "byline:x", None), FULL),
        (Credits(["jd"], ["jd"], "byline:x", None), SIGN),
        (Credits(["jd"], ["jd"], "text", None), NONE),
        (Credits([], ["dpa"], "jsonld:author", Told("Deutsche Presse-Agentur", "jsonld:author")), SURE),
        (Credits([], ["dpa"], "byline:x", Told("Deutsche Presse-Agentur", "byline:x")), FULL),
        (Credits([], ["The Lantern"], "jsonld:author", None), HOUSE),
        (Credits([], [], "text", None), NONE),
    ],
)
def test_how_far_a_source_is_believed(found: Credits, trust: int) -> None:
    assert trusted(found) == trust


@pytest.mark.parametrize(
    ("html", "authors", "signed", "source"),
    [
        # the site that signs itself gives way to a person's full name, not to a sign
        (linked("The Lantern") + "<b class=byline>Jane Doe</b>", ["Jane Doe"], ["Jane Doe"], "byline:[class*='byline' i]"),
        (linked("The Lantern") + "<b class=byline>jd</b>", [], ["The Lantern"], "jsonld:author"),
        (linked("lantern.example") + "<b class=byline>jd</b>", [], ["lantern.example"], "jsonld:author"),
        ("<b class=byline>jd</b>", ["jd"], ["jd"], "byline:[class*='byline' i]"),
        # services stay in what is signed, and are no people
        (linked("Jane Doe", "dpa"), ["Jane Doe"], ["Jane Doe", "dpa"], "jsonld:author"),
        (linked("dpa") + "<b class=byline>Jane Doe</b>", [], ["dpa"], "jsonld:author"),
        (linked("Jane Doe", "The Lantern"), ["Jane Doe"], ["Jane Doe", "The Lantern"], "jsonld:author"),
        (linked("Jane Doe, The Lantern"), ["Jane Doe"], ["Jane Doe"], "jsonld:author"),
        (linked("Upland Press GmbH") + "<b class=byline>Jane Doe</b>", ["Jane Doe"], ["Jane Doe"], "byline:[class*='byline' i]"),
        (linked("Upland Press GmbH"), ["Upland Press GmbH"], ["Upland Press GmbH"], "jsonld:author"),
        (linked("H&#233;l&egrave;ne Dupr&eacute;"), ["Hélène Dupré"], ["Hélène Dupré"], "jsonld:author"),
        (linked("jane@lantern.example") + "<b class=byline>Jane Doe</b>", ["Jane Doe"], ["Jane Doe"], "byline:[class*='byline' i]"),
        (linked("Jane Doe", "JANE DOE", "Jane  Doe"), ["Jane Doe"], ["Jane Doe"], "jsonld:author"),
        ("<p>Nobody", [], [], ""),
    ],
)
def test_the_best_source_and_everyone_who_signs(html: str, authors: list[str], signed: list[str], source: str) -> None:
    found = credited_on(read(html))
    assert (found.authors, [name.title() if name.isupper() and " " in name else name for name in found.signed], found.source) == (
        authors,
        signed,
        source,
    )


@pytest.mark.parametrize(
    "html",
    [
        linked(*["Jane Doe and John Roe, " * 50] * 200),
        "<meta name=author content='" + "Jane Doe, " * 30_000 + "'>",
        "<div class=author>" * 3000 + "Jane Doe",
        "<b class=author>Jane Doe</b>" * 10_000,
        "<h1>Well</h1>" + "<p>By Jane Doe and " * 5000,
        "<title>井</title>" + "<p>责任编辑：王小明" * 10_000,
    ],
    ids=["authors", "meta", "nested", "many", "lines", "editors"],
)
def test_a_hostile_page_of_authors_costs_no_quadratic_time(html: str) -> None:
    found = read(html)
    began = time.process_time()
    who = credited_on(found)
    people.agency(found, PROSE, None, who)
    assert time.process_time() - began < 1.5
    assert len(who.signed) <= 2 * people.MOST_SIGNERS


@pytest.mark.parametrize(
    "author", [7, None, True, {}, [], [[]], {"name": {}}, {"name": [None, 7]}, {"@id": "#nobody"}, "", " ", [{"url": "https://x.example"}]]
)
def test_broken_authors_are_nobody(author: object) -> None:
    node = json.dumps({"@type": "NewsArticle", "author": author})
    assert credited_on(read(f'<script type="application/ld+json">{node}</script>')).authors == []


def test_a_publisher_and_the_article_before_a_house_s_name_are_the_site_too() -> None:
    node = {"@type": "NewsArticle", "author": "Upland Post", "publisher": {"@type": "Organization", "name": "The Upland Post"}}
    found = credited_on(read(f'<script type="application/ld+json">{json.dumps(node)}</script>'))
    assert (found.authors, found.signed) == ([], ["Upland Post"])


def test_lists_of_all_contributors_are_cut() -> None:
    assert (
        len(credited_on(read(linked(*(f"Jane {chr(65 + n // 26)}{chr(97 + n % 26)}doe" for n in range(300))))).authors)
        == people.MOST_SIGNERS
    )


# --- agencies ---


@pytest.mark.parametrize(
    ("html", "body", "signature", "expected"),
    [
        (linked("Jane Doe", "dpa"), PROSE, None, Told("Deutsche Presse-Agentur", "jsonld:author")),
        (linked("Jane Doe") + "<b class=byline>By Jane Doe, AFP</b>", PROSE, None, Told("Agence France-Presse", "byline")),
        ("<p class=source>Reuters</p>", PROSE, None, Told("Reuters", "element")),
        ("<p>x", PROSE, "dpa/jd", Told("Deutsche Presse-Agentur", "signature")),
        ("<p>x", f"HOLLIN (Reuters) - {PROSE}", None, Told("Reuters", "text")),
        ("<p>x", PROSE, None, None),
    ],
)
def test_the_place_of_a_service(html: str, body: str, signature: str | None, expected: Told | None) -> None:
    assert people.agency(read(html), body, signature) == expected


def test_a_wire_service_s_own_page_is_its_own() -> None:
    wire = OutletProfile(outlet_id="w", name="Upland News", home="", is_agency=True)
    assert people.agency(signals.read("<p>x", URL, wire), PROSE) == Told("Upland News", "outlet")


def test_sources_are_read_no_further_than_needed() -> None:
    walk = bylines.sources(read(linked("Jane Doe")))
    assert next(walk) == ("jsonld:author", ["Jane Doe"])
    assert all(source.startswith(("meta:", "byline:", "text")) for source, _ in walk)
