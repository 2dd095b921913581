"""Tables for the small parts of extraction: titles, people, pictures, flags, address, language, JSON-LD, blocks."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.records import Hint, OutletProfile
from transforms.extract import address, captions, flags, headlines, jsonld, language, names, people, signals, titles
from transforms.extract.blocks import blocks
from transforms.extract.signals import Signals, Told
from transforms.extract.text import unescaped
from transforms.records import Caption

URL = "https://www.lantern.example/town/story"
NAMED = '<meta property="og:site_name" content="The Lantern">'


def word(told: Told | None) -> str | None:
    """The text without its source."""
    return told.text if told else None


def read(html: str, url: str = URL, outlet: OutletProfile | None = None, hint: Hint | None = None) -> Signals:
    return signals.read(html, url, outlet, None, hint)


def linked(*values: object) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(value)}</script>' for value in values)


# --- titles ---


@pytest.mark.parametrize(
    "title",
    [
        "Bread is short in town | The Lantern",
        "Bread is short in town - The Lantern",
        "Bread is short in town – Lantern",
        "Bread is short in town — THE LANTERN",
        "Bread is short in town · Lantern.example",
        "Bread is short in town :: The Lantern",
        "Bread is short in town // Lantern",
        "Bread is short in town|The Lantern",
        "Bread is short in town « The Lantern",
        "Bread is short in town | Lantern | The Lantern",
        "The Lantern | Bread is short in town",
        "The Lantern: Bread is short in town",
        "Lantern - Bread is short in town",
        "Bread is short in town",
    ],
)
def test_the_site_s_name_leaves_the_title(title: str) -> None:
    assert headlines.without_site(title, read(NAMED)) == "Bread is short in town"


@pytest.mark.parametrize(
    "title",
    [
        "Bread - and butter - is short",
        "Mayor: bread is short",
        "Bread | butter | salt",
        "A lantern is found in the well",
        "The Lantern",
        "Who lit the lantern of the town hall? - the question of a long summer",
    ],
)
def test_a_title_keeps_its_own_words(title: str) -> None:
    assert headlines.without_site(title, read(NAMED)) == title


def test_names_of_the_site_come_from_outlet_host_and_publisher() -> None:
    outlet = OutletProfile(outlet_id="x", name="Upland Times", home="")
    assert headlines.without_site("Well mended | Upland Times", read("", outlet=outlet)) == "Well mended"
    assert headlines.without_site("Well mended | Lantern", read("")) == "Well mended"
    page = linked({"@type": "Article", "publisher": {"@type": "Organization", "name": "Seaside Post"}})
    assert headlines.without_site("Well mended | Seaside Post", read(page)) == "Well mended"
    assert headlines.without_site("Well mended | 127", read("", "http://127.0.0.1:8801/x")) == "Well mended | 127"


@pytest.mark.parametrize(
    ("html", "name"),
    [
        (NAMED, "The Lantern"),
        ("<meta name=application-name content='Lantern App'>" + NAMED, "The Lantern"),
        ("<meta name=application-name content='Lantern'>", "Lantern"),
        (linked({"@type": "Article", "publisher": {"name": "Lantern Ltd"}}), "Lantern Ltd"),
        (linked({"@type": "Article", "publisher": "https://lantern.example/"}), None),
        ("<title>x</title>", None),
    ],
)
def test_site_names(html: str, name: str | None) -> None:
    assert word(read(html).site_name) == name


def article(headline: str) -> str:
    return linked({"@type": "NewsArticle", "headline": headline})


@pytest.mark.parametrize(
    ("html", "headline"),
    [
        # JSON-LD beats og:title, unless the page prints the other
        (article("Well is mended") + "<meta property=og:title content='Well is mended at last'>", "Well is mended"),
        (article("Teaser words") + "<meta property=og:title content='Well is mended at last'>", "Teaser words"),
        (article("Teaser words") + "<meta property=og:title content='Well is mended'><h1>Well is mended</h1>", "Well is mended"),
        (article("Well is mended") + "<h1>The old well is mended</h1>", "Well is mended"),
        (article("Tom &amp;amp; Ann &quot;mend&quot; the well"), 'Tom & Ann "mend" the well'),
        (article("Well <em>is</em> mended"), "Well is mended"),
        (linked({"@type": "Article", "name": "Well is mended"}), "Well is mended"),
        (linked({"@type": "WebPage", "name": "A page"}) + "<h1>Well is mended</h1>", "Well is mended"),
        # an h1 in other words than og:title is the printed headline, a quite different one the name of a section
        ("<meta property=og:title content='Well is mended'><h1>The well is mended now</h1>", "The well is mended now"),
        ("<meta property=og:title content='Well is mended'><h1>Town and country</h1>", "Well is mended"),
        ("<h1>Logo</h1><article><h1>Well is mended in Hollin</h1></article>", "Well is mended in Hollin"),
        ("<h1>Town</h1><title>Well is mended | Lantern</title>", "Well is mended"),
        ("<h1 itemprop=headline>Well is mended</h1><h1>Another long headline</h1>", "Well is mended"),
        ("<h1>Ja!</h1>", "Ja!"),
        ("<h1>" + "word " * 100 + "</h1><title>Well is mended</title>", "Well is mended"),
        ("<meta name='twitter:title' content='Well is mended'>", "Well is mended"),
        ("<h1>Well<br>is mended</h1>", "Well is mended"),
        ("<svg><title>Icon of a burger</title></svg>", "Icon of a burger"),
        ("<head><title>Well is mended</title></head><svg><title>Icon of a burger</title></svg>", "Well is mended"),
    ],
)
def test_headlines(html: str, headline: str) -> None:
    assert headlines.headline(read(html)).text == headline


STANDFIRST = "It took three weeks and a new rope."
LONG = "The council had met for three hours in the hall of Hollin before the rope was bought and the well was mended. " * 2


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (f"<p class=standfirst>{STANDFIRST}</p>", STANDFIRST),
        (f"<h1>x</h1><h2>{STANDFIRST}</h2>", STANDFIRST),
        (f"<div class='article-dek'>{STANDFIRST}</div>", STANDFIRST),
        (f"<p class='c-Vorspann'>{STANDFIRST}</p>", STANDFIRST),
        ("<p class=standfirst>Short.</p>", None),
        (f"<div class=standfirst><p>{STANDFIRST}</p><p>{STANDFIRST}</p></div>", None),
        (f"<meta name=description content='{STANDFIRST}'><div><p>{STANDFIRST}</p></div>", STANDFIRST),
        (f"<meta name=description content='{STANDFIRST}'><div><p>{STANDFIRST}</p><p>{LONG}</p></div>", None),
        (f"<meta name=description content='{STANDFIRST}'><div><p><em>{STANDFIRST}</em></p><p>{LONG}</p></div>", STANDFIRST),
        (f"<meta name=description content='{STANDFIRST}'><p>{LONG}</p>", None),
    ],
)
def test_standfirsts(html: str, expected: str | None) -> None:
    assert titles.standfirst(read(html)) == expected


@pytest.mark.parametrize(
    ("html", "section"),
    [
        ("<meta property='article:section' content='Town'>" + linked({"@type": "Article", "articleSection": "World"}), "Town"),
        (linked({"@type": "Article", "articleSection": ["World", "Asia"]}), "World"),
        (linked({"@type": "BreadcrumbList", "itemListElement": [{"item": {"name": "Home"}}, {"name": "Town"}]}), None),
        ("<ol class=Breadcrumbs><li><a>Home</a><li><a>Town</a></ol>", "Town"),
        ("<a rel='category tag'>Town</a>", "Town"),
        ("<meta property='article:section' content='" + "long " * 20 + "'>", None),
        ("<p>x", None),
    ],
)
def test_sections(html: str, section: str | None) -> None:
    assert word(titles.section(read(html))) == section


def test_the_source_s_section_is_the_last_resort() -> None:
    hint = Hint(source="feed", section="Sport")
    assert word(titles.section(read("<p>x", hint=hint))) == "Sport"
    assert word(titles.section(read("<meta name=section content=Town>", hint=hint))) == "Town"


def test_tags_are_split_shortened_and_bounded() -> None:
    assert titles.tags(read(linked({"@type": "Article", "keywords": ["Dam", "Flood | River", "x" * 50]}))) == ["Dam", "Flood", "River"]
    assert titles.tags(read("<meta property='article:tag' content='Dam'><meta property='article:tag' content='DAM; flood'>")) == [
        "Dam",
        "flood",
    ]
    assert len(titles.tags(read(f"<meta name=keywords content='{','.join(map(str, range(99)))}'>"))) == titles.MOST_TAGS
    assert titles.tags(read("<p>x")) == []


# --- people ---


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("Written by Jane Doe", ["Jane Doe"]),
        ("Text: Jane Doe", ["Jane Doe"]),
        ("Reported by Jane Doe, John Roe and Ann Lee", ["Jane Doe", "John Roe", "Ann Lee"]),
        ("Jane Doe & John Roe", ["Jane Doe", "John Roe"]),
        ("Jane Doe | John Roe", ["Jane Doe", "John Roe"]),
        ("Jane Doe • 5 min read", ["Jane Doe"]),
        ("Par Chloé Dupré et Marc Olivier", ["Chloé Dupré", "Marc Olivier"]),
        ("Por María Núñez y José Ruiz", ["María Núñez", "José Ruiz"]),
        ("Di Anna Bianchi e Luca Neri", ["Anna Bianchi", "Luca Neri"]),
        ("Ein Kommentar von Jörg Süßkind", ["Jörg Süßkind"]),
        ("Door Pieter van den Berg en Anne de Vries", ["Pieter van den Berg", "Anne de Vries"]),
        ("Af Søren Holm og Mette Krag", ["Søren Holm", "Mette Krag"]),
        ("Автор: Иван Петров", ["Иван Петров"]),
        ("By Jane Doe, Chief Correspondent", ["Jane Doe"]),
        ("Jane Doe, Redakteurin", ["Jane Doe"]),
        ("By Jane Doe @janedoe", ["Jane Doe"]),
        ("Jane Doe jane.doe@lantern.example", ["Jane Doe"]),
        ("Jane Doe [Hollin]", ["Jane Doe"]),
        ("By Jean-Luc O'Neill", ["Jean-Luc O'Neill"]),
        ("Ali", ["Ali"]),
        ("X", []),
        ("By", []),
        ("lantern.com", []),
        ("Published 3 May 2019", []),
        ("More from Jane Doe", []),
        ("Who wrote this?", []),
        ("One two three four five six seven", []),
        ("https://lantern.example/authors/jane-doe", []),
    ],
)
def test_names_of_a_byline(byline: str, names: list[str]) -> None:
    assert people.split_names(byline) == names


@pytest.mark.parametrize(("name", "shown"), [("JANE DOE", "Jane Doe"), ("KCNA", "KCNA"), ("AFP dpa", "AFP dpa"), ("Jane DOE", "Jane DOE")])
def test_names_in_capitals(name: str, shown: str) -> None:
    assert names.titled(name) == shown


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("Jane Doe", ["Jane Doe"]),
        ({"@type": "Person", "name": "Jane Doe"}, ["Jane Doe"]),
        ([{"@type": "Person", "name": "Jane Doe"}, {"@type": "Person", "name": "John Roe"}], ["Jane Doe", "John Roe"]),
        ({"@type": "Person", "name": ["Jane Doe", "John Roe"]}, ["Jane Doe", "John Roe"]),
        ([["Jane Doe"], [[{"name": "John Roe"}]]], ["Jane Doe", "John Roe"]),
        ({"@type": "Person", "name": "By Jane Doe and John Roe"}, ["Jane Doe", "John Roe"]),
        ([{"name": "Jane Doe"}, {"name": "JANE DOE"}], ["Jane Doe"]),
        ([{"name": "Jane Doe"}, {"name": "Reuters"}], ["Jane Doe"]),
        ({"@type": "Person", "url": "https://lantern.example/jane"}, []),
        ({"@type": "Organization", "name": "The Lantern"}, []),
        ({"@type": "Person", "name": {"@value": "Jane Doe"}}, []),
        (7, []),
        (None, []),
    ],
)
def test_authors_of_jsonld(author: object, names: list[str]) -> None:
    assert people.authors(read(NAMED + linked({"@type": "NewsArticle", "author": author}))) == names


@pytest.mark.parametrize(
    ("html", "names"),
    [
        (linked({"@type": "Article", "creator": "Jane Doe"}), ["Jane Doe"]),
        ("<meta name=author content='Jane Doe'><a rel=author>John Roe</a>", ["Jane Doe"]),
        ("<meta property='article:author' content='https://social.example/lantern'><a rel=author>John Roe</a>", ["John Roe"]),
        ("<meta name='twitter:label1' content='Written by'><meta name='twitter:data1' content='Jane Doe'>", ["Jane Doe"]),
        ("<meta name='twitter:label1' content='Est. reading time'><meta name='twitter:data1' content='Jane Doe'>", []),
        ("<div itemprop=author><span itemprop=name>Jane Doe</span> <b>of Hollin</b></div>", ["Jane Doe"]),
        ("<a href='/author/jane-doe'>Jane Doe</a>", ["Jane Doe"]),
        ("<span class='c-Byline'>By Jane Doe</span>", ["Jane Doe"]),
        ("<div class='author-bio'>Jane Doe</div>", []),
        ("<h1>A headline</h1><p>HOLLIN, 3 May. By Jane Doe and Ann Lee</p>", ["Jane Doe", "Ann Lee"]),
        ("<h1>A headline</h1><p>Passed by most members</p>", []),
        ("<a rel=author>The Lantern</a>", []),
        ("<a rel=author>The Lantern</a><a rel=author>Jane Doe</a>", ["Jane Doe"]),
    ],
)
def test_where_authors_stand(html: str, names: list[str]) -> None:
    assert people.authors(read(NAMED + html)) == names


@pytest.mark.parametrize(
    ("line", "service"),
    [
        ("Source: Reuters", "Reuters"),
        ("Quelle: dpa", "Deutsche Presse-Agentur"),
        ("Fuente: EFE", "EFE"),
        ("(AFP)", "Agence France-Presse"),
        ("dpa/abc", "Deutsche Presse-Agentur"),
        ("With files from The Canadian Press", "Canadian Press"),
        ("Mit Material der dpa", "Deutsche Presse-Agentur"),
        ("Source: Highland News", "Highland News"),
        ("Source: the ministry", None),
        ("Source: Reuters, own research and more of it", None),
    ],
)
def test_lines_that_name_a_supplier(line: str, service: str | None) -> None:
    assert people.supplier(line) == service


def test_the_site_supplies_itself_nothing() -> None:
    assert people.supplier("Source: The Lantern", read(NAMED)) is None


@pytest.mark.parametrize(
    ("bylines", "service"),
    [
        (["By Jane Doe, AP"], "Associated Press"),
        (["Jane Doe and AFP"], "Agence France-Presse"),
        (["Jane Doe (Reuters)"], "Reuters"),
        (["Von Jörg Süßkind, dpa"], "Deutsche Presse-Agentur"),
        (["Jane Doe", "Yonhap News Agency"], "Yonhap"),
        (["Jane Apson"], None),
        ([], None),
    ],
)
def test_agencies_in_bylines(bylines: list[str], service: str | None) -> None:
    assert people.signed(bylines) == service


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("Text.\n\nHe left. (Reuters)", "Reuters"),
        ("Text.\n\nHe left. – dpa", "Deutsche Presse-Agentur"),
        ("Text.\n\nHe left. [AFP/AP]", "Agence France-Presse"),
        ("Text (Reuters).\n\nHe left.", None),
        ("Text.\n\nHe left (on Monday)", None),
        ("BERLIN (dpa/lbn) - Text.", "Deutsche Presse-Agentur"),
    ],
)
def test_agencies_in_the_text(text: str, service: str | None) -> None:
    assert people.credited(text) == service


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("HOLLIN, Upland (AP) — The well", "HOLLIN, Upland"),
        ("NEW YORK, May 3 (Reuters) - The well", "NEW YORK"),
        ("ZÜRICH – Der Brunnen", "ZÜRICH"),
        ("L’AQUILA — Il pozzo", "L’AQUILA"),
        ("SAINT-DENIS (AFP) - Le puits", "SAINT-DENIS"),
        ("Hollin – The well", None),
        ("A – B", None),
        ("“HOLLIN — The well”", None),
        ("", None),
    ],
)
def test_datelines(text: str, place: str | None) -> None:
    assert people.dateline(text) == place


# --- pictures ---


@pytest.mark.parametrize(
    ("line", "text", "credit"),
    [
        ("The well. (AP Photo/J. Doe)", "The well.", "AP Photo/J. Doe"),
        ("The well. (Photo by Jane Doe)", "The well.", "Photo by Jane Doe"),
        ("Der Brunnen. Foto: Jörg Süßkind/dpa", "Der Brunnen.", "Jörg Süßkind/dpa"),
        ("Der Brunnen. Bild: Imago", "Der Brunnen.", "Imago"),
        ("Le puits. Crédit : AFP", "Le puits.", "AFP"),
        ("The well | Image: Lantern", "The well", "Lantern"),
        ("The well. Source: Ministry of Water", "The well.", "Ministry of Water"),
        ("The well. © Jane Doe", "The well.", "Jane Doe"),
        ("Photo: Jane Doe", "", "Jane Doe"),
        ("The well (built in 1903)", "The well (built in 1903)", None),
        ("He took a photo of the well", "He took a photo of the well", None),
        ("Picture of the well in May", "Picture of the well in May", None),
        ("Images of the well were shown.", "Images of the well were shown.", None),
        ("Source of the river Holl", "Source of the river Holl", None),
        ("The well stood dry. Image of a long summer.", "The well stood dry. Image of a long summer.", None),
        ("The well. Photo Jane Doe", "The well.", "Photo Jane Doe"),
        ("Photos by Jane Doe", "", "Jane Doe"),
        ("  The \n well  ", "The well", None),
    ],
)
def test_captions(line: str, text: str, credit: str | None) -> None:
    assert captions.split_credit(line) == Caption(text=text, credit=credit)


def test_no_words_no_caption() -> None:
    assert captions.split_credit(" \u200b ") is None


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<figure><figcaption>The well <small>Photo: J. Doe</small></figcaption></figure>", [("The well", "J. Doe")]),
        ("<figure><figcaption>The well <cite>©</cite></figcaption></figure>", [("The well ©", None)]),
        ("<p class=wp-caption-text>The well. (AFP)</p>", [("The well.", "AFP")]),
        ("<span class='img-caption'>The well</span><span class='img-caption'>The rope</span>", [("The well", None), ("The rope", None)]),
        (f"<figcaption>{LONG * 4}</figcaption>", []),
        ("<figcaption><span class=credit>AFP</span></figcaption>", []),
        ("<figcaption></figcaption>", []),
    ],
)
def test_captions_of_a_page(html: str, expected: list[tuple[str, str | None]]) -> None:
    assert [(caption.text, caption.credit) for caption in captions.captions(read(f"<main>{html}</main>"))] == expected


def test_a_gallery_is_bounded() -> None:
    html = "".join(f"<figcaption>Picture number {number}</figcaption>" for number in range(200))
    assert len(captions.captions(read(html))) == captions.MOST


# --- flags ---


@pytest.mark.parametrize(
    ("value", "is_cut"), [(False, True), ("False", True), ("no", True), (0, True), (True, False), ("true", False), ("yes", False)]
)
def test_access_as_jsonld_writes_it(value: object, is_cut: bool) -> None:
    page = read(linked({"@type": "NewsArticle", "isAccessibleForFree": value}) + "<div class=paywall></div>")
    assert flags.is_truncated(page, "A teaser…") is is_cut


@pytest.mark.parametrize(
    "mark", ["<div class=Paywall>", "<div id=paywall-1>", "<div data-paywall>", "<p class='subscriber-only-x'>", "<i class=regwall>"]
)
def test_a_paywall_cuts_short_texts_only(mark: str) -> None:
    assert flags.is_truncated(read(mark), "x" * (flags.TEASER - 1))
    assert not flags.is_truncated(read(mark), "x" * flags.TEASER)


@pytest.mark.parametrize("tier", ["locked", "PREMIUM", "metered-locked", "subscription"])
def test_tiers_that_cost(tier: str) -> None:
    assert flags.is_truncated(read(f"<meta property='article:content_tier' content={tier}>"), LONG)
    assert not flags.is_truncated(read("<meta property='article:content_tier' content=free>"), LONG)


@pytest.mark.parametrize(
    ("end", "is_cut"), [("...", True), ("… ", True), ("[…]", True), ("[...]", True), ("… he said.", False), ("..", False)]
)
def test_texts_that_break_off(end: str, is_cut: bool) -> None:
    assert flags.is_truncated(read("<p>"), "It was a long night" + end) is is_cut


TIMES = "<main><time>1</time><time>2</time></main>"


@pytest.mark.parametrize(
    ("path", "is_live"),
    [
        ("/live/town", False),
        ("/town/live-blog/x", True),
        ("/liveticker-well", True),
        ("/town/well-live-updates", True),
        ("/minuto-a-minuto/pozo", True),
        ("/en-direct/puits", True),
        ("/olive-news-x", False),
        ("/live-newspaper", False),
    ],
)
def test_addresses_of_live_texts(path: str, is_live: bool) -> None:
    assert flags.is_live(read(TIMES, f"https://lantern.example{path}")) is is_live
    assert not flags.is_live(read("<main><time>1</time></main>", f"https://lantern.example{path}"))


# --- address ---


@pytest.mark.parametrize(
    ("url", "html", "expected"),
    [
        ("https://lantern.example/amp/s", "<link rel=canonical href=/s>", "https://lantern.example/s"),
        ("https://amp.lantern.example/s", "<link rel=canonical href='https://www.lantern.example/s'>", "https://www.lantern.example/s"),
        ("https://lantern.example/s?amp=1", "<link rel='CANONICAL nofollow' href='../s'>", "https://lantern.example/s"),
        (
            "https://lantern.example/s",
            "<link rel=canonical href='//lantern.example/t?utm_medium=x&p=2#c'>",
            "https://lantern.example/t?p=2",
        ),
        ("https://lantern.example/s", "<meta property=og:url content='https://lantern.example/t'>", "https://lantern.example/t"),
        ("https://lantern.example/s", linked({"@type": "Article", "url": "https://lantern.example/t"}), "https://lantern.example/t"),
        (
            "https://lantern.example/s",
            "<link rel=canonical href='https://other.example.org/t'><meta property=og:url content=/t>",
            "https://lantern.example/t",
        ),
        ("https://lantern.example/s", "<link rel=canonical href='ftp://lantern.example/t'>", "https://lantern.example/s"),
        ("https://lantern.example/s", "<link rel=canonical href='http://[::bad'>", "https://lantern.example/s"),
        ("https://lantern.example/", "<link rel=canonical href='https://www.lantern.example/'>", "https://www.lantern.example/"),
        ("https://lantern.co.uk/s", "<link rel=canonical href='https://ledger.co.uk/s'>", "https://lantern.co.uk/s"),
        ("https://news.lantern.co.uk/s", "<link rel=canonical href='https://www.lantern.co.uk/s'>", "https://www.lantern.co.uk/s"),
        ("https://lantern.example/s?fbclid=1&id=4#x", "<p>", "https://lantern.example/s?id=4"),
        ("https://lantern.example/s", "<link rel=alternate href=/t><a rel=canonical href=/u>", "https://lantern.example/s"),
    ],
)
def test_canonical_addresses(url: str, html: str, expected: str) -> None:
    assert address.canonical_url(read(html, url)) == expected


# --- language ---

SENTENCES = {
    "en": "The old bridge over the river has been closed since the early morning, and nobody knows when it will open again. ",
    "de": "Die alte Brücke über den Fluss ist seit dem frühen Morgen gesperrt, und niemand weiß, wann sie wieder öffnet. ",
    "fr": "Le vieux pont sur la rivière est fermé depuis ce matin, et personne ne sait quand il sera rouvert au public. ",
    "es": "El viejo puente sobre el río está cerrado desde la madrugada y nadie sabe cuándo volverá a abrirse al público. ",
    "it": "Il vecchio ponte sul fiume è chiuso da questa mattina e nessuno sa quando sarà riaperto alla circolazione. ",
    "ru": "Старый мост через реку закрыт с раннего утра, и никто не знает, когда его снова откроют для движения. ",
    "ko": "강을 가로지르는 오래된 다리는 이른 아침부터 폐쇄되었으며 언제 다시 열릴지 아무도 모른다고 합니다. ",
    "ja": "川に架かる古い橋は早朝から閉鎖されており、いつ再開されるのか誰にも分かっていません。",
}


@pytest.mark.parametrize("code", SENTENCES)
def test_the_text_tells_its_language_whatever_the_page_says(code: str) -> None:
    assert language.identify(SENTENCES[code] * 6, "sv") == code


@pytest.mark.parametrize(
    ("html", "code"),
    [
        ("<html lang=de-AT><meta name=language content=en>", "de-AT"),
        ("<meta property=og:locale content=fr_FR>", "fr_FR"),
        ("<meta http-equiv=Content-Language content=es>", "es"),
        ("<html lang=''>", "pt"),
    ],
)
def test_declared_languages(html: str, code: str) -> None:
    assert language.declared(read(html, outlet=OutletProfile(outlet_id="x", name="X", home="", language="pt"))) == code


# --- JSON-LD ---

NODE = '{"@type":"NewsArticle","headline":"Well"}'


@pytest.mark.parametrize(
    "script",
    [
        f"<!--{NODE}-->",
        f"\n\t{NODE}",
        f"<![CDATA[{NODE}]]>",
        f"//<![CDATA[\r\n{NODE}\r\n//]]>",
        f"[{NODE},]",
        NODE.replace("}", ",\n}"),
        f"{NODE};;",
        f'{{"@graph":[{NODE}]}}',
        f'{{"a":{{"b":[[{{"@graph":{NODE}}}]]}}}}',
    ],
)
def test_jsonld_as_it_is_written(script: str) -> None:
    assert [node["headline"] for node in jsonld.nodes(jsonld.loads(script))] == ["Well"]


@pytest.mark.parametrize("script", ["", "null", "7", '"text"', "[]", "{}", "{'@type':'A'}", '{"@type":"A"', "undefined", "{" * 5000])
def test_scripts_without_an_object(script: str) -> None:
    assert list(jsonld.nodes(jsonld.loads(script))) == []


def test_one_broken_script_costs_only_itself() -> None:
    page = read('<script type="application/ld+json">{oops</script>' + linked({"@type": "Article", "headline": "Well"}))
    assert page.article["headline"] == "Well"


def test_a_graph_of_thousands_is_read_whole() -> None:
    graph = [{"@type": "Comment", "text": str(number)} for number in range(5_000)]
    page = read(linked({"@graph": [*graph, {"@type": "NewsArticle", "headline": "Well"}]}))
    assert (len(page.nodes), page.article["headline"]) == (5_001, "Well")


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("a", ["a"]),
        (" ", []),
        (["a", ["b", {"name": "c"}]], ["a", "b", "c"]),
        ({"name": "", "url": "u"}, ["u"]),
        ({"@id": "#x"}, ["#x"]),
        ({"name": {"name": "deep"}}, []),
        (True, []),
        (3.5, []),
    ],
)
def test_strings_of_a_value(value: object, texts: list[str]) -> None:
    assert jsonld.strings(value) == texts


@pytest.mark.parametrize(
    ("kinds", "chosen"),
    [
        (["WebPage", "NewsArticle"], "NewsArticle"),
        (["Review", "Article"], "Article"),
        (["ReportageNewsArticle", "WebPage"], "ReportageNewsArticle"),
        (["Recipe", "WebPage"], "WebPage"),
        (["SocialMediaPosting", "BlogPosting"], "BlogPosting"),
    ],
)
def test_full_article_types_come_first(kinds: list[str], chosen: str) -> None:
    assert jsonld.types(read(linked(*[{"@type": kind, "headline": kind} for kind in kinds])).article) == [chosen]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["@type", "@id", "@graph", "name", "author", "url"]), inner, max_size=4)
    ),
    max_leaves=15,
)


@given(JSON)
def test_any_json_is_walked(value: object) -> None:
    page = read(linked({"@type": "NewsArticle", "author": value, "headline": value, "publisher": value, "keywords": value}))
    assert all(name.strip() for name in people.authors(page))
    assert headlines.headline(page).text == headlines.headline(page).text.strip()
    assert all(titles.tags(page))


def test_markup_of_metadata_is_taken_off() -> None:
    assert unescaped("a &lt;b&gt;bold&lt;/b&gt; word, 3 < 4 > 2") == "a bold word, 3 < 4 > 2"


# --- blocks and the choice of the body ---


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>One<p>Two", ["One", "Two"]),
        ("One<br><br>Two", ["One", "Two"]),
        ("He came.<br>She left.", ["He came.", "She left."]),
        ("He came,<br>she left.", ["He came, she left."]),
        ("<div>Loose<p>Para</p>tail</div>", ["Loose", "Para", "tail"]),
        ("<table><tr><td>A</td><td>B</td></tr></table>", ["A", "B"]),
        ("<blockquote><p>Said</p></blockquote>", ["Said"]),
        ("<p>a<!-- no -->b</p>", ["ab"]),
        ("<p>a<style>x</style><script>y</script><svg><text>z</text></svg>b</p>", ["ab"]),
        ("<figure><img><figcaption>Cap</figcaption></figure><p>Text</p>", ["Text"]),
        ("<p>&nbsp;\u200b</p>", []),
        ("<p>one&shy;two&nbsp;three</p>", ["onetwo three"]),
        ("<pre>a\n\nb</pre>", ["a b"]),
        ("<ol><li>A<ul><li>B</li></ul></li></ol>", ["A", "B"]),
        ("<p>He said: <q>no</q>.</p>", ["He said: no."]),
        ("<strong>Who?</strong><br>Me", ["Who?", "Me"]),
        ("", []),
    ],
)
def test_blocks(html: str, expected: list[str]) -> None:
    assert [block.text for block in blocks(html)] == expected
