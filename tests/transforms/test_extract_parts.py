"""Single parts of extraction on small inputs: decoding, JSON-LD, people, headline, captions, address, language, flags."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.records import OutletProfile, OutletRules
from transforms.extract import address, captions, flags, headlines, jsonld, language, page, people, signals, titles
from transforms.extract.blocks import blocks
from transforms.extract.decode import decode
from transforms.extract.signals import Signals, Told
from transforms.extract.text import clean, folded, overlap, unescaped

URL = "https://www.paper.example/world/story"


def word(told: Told | None) -> str | None:
    """The text without its source."""
    return told.text if told else None


def read(html: str, url: str = URL) -> Signals:
    return signals.read(html, url)


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        ("Zürich – “hi”".encode(), None, "Zürich – “hi”"),
        ("Zürich – “hi”".encode("cp1252"), "text/html; charset=ISO-8859-1", "Zürich – “hi”"),
        (b'<meta charset="windows-1251">' + "Привет мир".encode("cp1251"), None, '<meta charset="windows-1251">Привет мир'),
        ("Zürich".encode(), "text/html; charset=iso-8859-1", "Zürich"),
        (b"\xef\xbb\xbfok", "text/html; charset=windows-1251", "ok"),
        ("Zürich".encode("utf-16"), None, "Zürich"),
        ("日本".encode("cp932"), "text/html; charset=Shift_JIS", "日本"),
        ("日本".encode("iso2022_jp"), "text/html; charset=ISO-2022-JP", "日本"),
        ("中文内容".encode("gb18030"), "text/html; charset=gb2312", "中文内容"),
        ("Zürich".encode("cp1252"), "text/html; charset=no-such-thing", "Zürich"),
        (("ü" * 40).encode() + b"\xff", None, "ü" * 40 + "\ufffd"),
    ],
)
def test_decoding(body: bytes, content_type: str | None, expected: str) -> None:
    assert decode(body, content_type) == expected


@given(st.binary(max_size=400), st.one_of(st.none(), st.text(max_size=40)))
def test_decoding_never_fails(body: bytes, content_type: str | None) -> None:
    decode(body, content_type).encode("utf-8")


def test_clean_text() -> None:
    assert clean("a\u00adb\u200b  c\n\td\x00\ufeff ") == "ab c d"
    assert unescaped("Tom &amp;amp; Co <b>now</b>") == "Tom & Co now"
    assert folded("Kim Jong-un’s!") == folded("kim jongun's")
    assert overlap("a b c", "A B d") == pytest.approx(2 / 3)
    assert overlap("", "a") == 0


@given(st.text())
def test_clean_is_idempotent_and_one_line(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert "\n" not in once


@pytest.mark.parametrize(
    "script",
    ['{"@type":"A",}', '<!-- {"@type":"A"} -->', '//<![CDATA[\n{"@type":"A"}\n//]]>', '{"@type":"A","t":"line\nbreak"}', '{"@type":"A"};'],
)
def test_broken_jsonld_is_still_read(script: str) -> None:
    assert [jsonld.types(node) for node in jsonld.nodes(jsonld.loads(script))] == [["A"]]


def test_hopeless_jsonld_is_no_jsonld() -> None:
    assert jsonld.loads("{oops") is None
    assert jsonld.loads("[" * 100_000) is None
    deep: object = {"@type": "A"}
    for _ in range(50):
        deep = [deep]
    assert list(jsonld.nodes(deep)) == []


def test_the_page_s_own_article_is_chosen_among_others() -> None:
    others = [
        {"@type": "NewsArticle", "headline": "Another story"},
        {"@type": "WebPage", "name": "Mine"},
        {"@type": "NewsArticle", "headline": "Mine"},
    ]
    html = f"<title>Mine</title><script type='application/ld+json'>{json.dumps(others)}</script>"
    assert read(html).article["headline"] == "Mine"


def test_references_in_a_graph_are_followed() -> None:
    graph = {"@graph": [{"@type": "Article", "author": {"@id": "#p"}}, {"@type": "Person", "@id": "#p", "name": "Jo Doe"}]}
    assert people.authors(read(f"<script type='application/ld+json'>{json.dumps(graph)}</script>")) == ["Jo Doe"]


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Jane Doe and John Roe", ["Jane Doe", "John Roe"]),
        ("Von Jörg Süßkind und Anna Maria Bach", ["Jörg Süßkind", "Anna Maria Bach"]),
        ("JANE DOE, Correspondent", ["Jane Doe"]),
        ("By: Jane Doe (jane@paper.example)", ["Jane Doe"]),
        ("Updated 3 hours ago", []),
        ("https://paper.example/jane", []),
        ("", []),
    ],
)
def test_names_of_a_byline(byline: str, names: list[str]) -> None:
    assert people.split_names(byline) == names


def test_the_site_and_agencies_are_no_authors() -> None:
    page = read('<meta property="og:site_name" content="Paper"><meta name="author" content="Paper"><a rel="author">Reuters</a>')
    assert people.authors(page) == []
    assert word(people.agency(page, "Text.")) == "Reuters"


@pytest.mark.parametrize(
    ("html", "body", "agency"),
    [
        ('<p class="source">dpa</p>', "Text.", "Deutsche Presse-Agentur"),
        ('<p class="agency-line">Highland News</p>', "Text.", "Highland News"),
        ("<p>x", "SEOUL (Reuters) - Text.", "Reuters"),
        ("<p>x", "OST (Highland News) - Text.", "Highland News"),
        ("<p>x", "Text. (AFP)", "Agence France-Presse"),
        ("<p>x", "Text (with a remark)", None),
        ('<meta name="author" content="dpa/AFP">', "Text.", "Deutsche Presse-Agentur"),
    ],
)
def test_agencies(html: str, body: str, agency: str | None) -> None:
    assert word(people.agency(read(html), body)) == agency


def test_an_organisation_that_signs_and_does_not_publish_is_an_agency() -> None:
    node = {"@type": "Article", "author": {"@type": "Organization", "name": "Highland News"}, "publisher": {"name": "Paper"}}
    assert word(people.agency(read(f"<script type='application/ld+json'>{json.dumps(node)}</script>"), "x")) == "Highland News"
    node["publisher"] = {"name": "Highland News"}
    assert word(people.agency(read(f"<script type='application/ld+json'>{json.dumps(node)}</script>"), "x")) is None


def test_a_wire_service_is_its_own_agency() -> None:
    wire = OutletProfile(outlet_id="w", name="Highland News", home="", is_agency=True)
    assert word(people.agency(signals.read("<p>x", URL, wire), "x")) == "Highland News"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("PYONGYANG (Reuters) - Kim said", "PYONGYANG"),
        ("SEOUL, Sept 20 (Yonhap) -- Moon said", "SEOUL"),
        ("Berlin (dpa) - Die Kanzlerin", "Berlin"),
        ("MEXICO CITY — The economy", "MEXICO CITY"),
        ("ALTMOOR. Die Brücke", "ALTMOOR"),
        ("The United States - which left - said", None),
        ("NATO said. It will", None),
        ("He came.", None),
    ],
)
def test_datelines(body: str, place: str | None) -> None:
    assert people.dateline(body) == place


@pytest.mark.parametrize(
    ("html", "headline"),
    [
        ("<title>Bread is short | Paper</title><h1>Paper</h1>", "Bread is short"),
        ("<title>Paper: Bread is short</title>", "Bread is short"),
        ("<title>Bread is short - World - Paper</title><h1>Bread is short in town</h1>", "Bread is short in town"),
        ('<meta property="og:title" content="Bread is short"><h1>Something else here</h1>', "Bread is short"),
        ("<p>nothing", ""),
    ],
)
def test_headlines(html: str, headline: str) -> None:
    assert headlines.headline(read(f'<meta property="og:site_name" content="Paper">{html}')).text == headline


def test_rules_name_headline_and_authors() -> None:
    rules = OutletRules(headline=".big", authors=".who")
    found = signals.read("<h1>Logo of paper</h1><b class=big>The headline</b><i class=who>By Jo Doe</i>", URL, None, rules)
    assert headlines.headline(found).text == "The headline"
    assert people.authors(found) == ["Jo Doe"]


def test_rules_are_chosen_by_date() -> None:
    turn = datetime(2020, 1, 1, tzinfo=UTC)
    old, new = OutletRules(valid_until=turn, body=".old"), OutletRules(valid_from=turn, body=".new")
    outlet = OutletProfile(outlet_id="x", name="X", home="", rules=[old, new])
    assert page.valid_rules(outlet, datetime(2019, 5, 5, tzinfo=UTC)) == old
    assert page.valid_rules(outlet, turn) == new
    assert page.valid_rules(outlet, None) == new
    assert page.valid_rules(None, turn) is None


def test_section_and_tags() -> None:
    crumbs = {"@type": "BreadcrumbList", "itemListElement": [{"name": "Home"}, {"name": "World"}]}
    assert word(titles.section(read(f"<script type='application/ld+json'>{json.dumps(crumbs)}</script>"))) == "World"
    assert word(titles.section(read('<meta property="article:section" content="https://paper.example/x">'))) is None
    assert titles.tags(read('<meta name="keywords" content="Dam, flood; dam, River">')) == ["Dam", "flood", "River"]


@pytest.mark.parametrize(
    ("line", "text", "credit"),
    [
        ("The bridge at dawn. (KCNA/via Reuters )", "The bridge at dawn.", "KCNA/via Reuters"),
        ("The bridge (left) at dawn", "The bridge (left) at dawn", None),
        ("The bridge at dawn. Photo: J. Doe", "The bridge at dawn.", "J. Doe"),
        ("The bridge at dawn | © AFP", "The bridge at dawn", "AFP"),
        ("The Workers’ Party (WPK).", "The Workers’ Party (WPK).", None),
        ("The bridge. [Reuters]", "The bridge.", "Reuters"),
    ],
)
def test_captions_and_credits(line: str, text: str, credit: str | None) -> None:
    caption = captions.split_credit(line)
    assert caption is not None
    assert (caption.text, caption.credit) == (text, credit)


def test_captions_come_from_the_article_only_and_once() -> None:
    html = (
        "<figure><figcaption>Teaser</figcaption></figure><article>"
        + 2 * "<figure><figcaption>Dam <span class=credit>AP</span></figcaption></figure>"
    )
    assert [(c.text, c.credit) for c in captions.captions(read(html + "</article>"))] == [("Dam", "AP")]


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("/world/story?utm_source=x", "https://www.paper.example/world/story"),
        ("https://m.paper.example/s", "https://m.paper.example/s"),
        ("https://aggregator.example.org/s", "https://www.paper.example/world/story"),
        ("https://www.paper.example/", "https://www.paper.example/world/story"),
        ("javascript:void(0)", "https://www.paper.example/world/story"),
        ("", "https://www.paper.example/world/story"),
    ],
)
def test_canonical_url_stays_on_the_site(link: str, expected: str) -> None:
    assert address.canonical_url(read(f'<link rel="canonical" href="{link}">', URL + "?fbclid=1#top")) == expected


def test_ports_keep_local_sites_apart() -> None:
    html = '<link rel="canonical" href="http://127.0.0.1:8801/a">'
    assert address.canonical_url(read(html, "http://127.0.0.1:8802/b")) == "http://127.0.0.1:8802/b"
    assert address.canonical_url(read(html, "http://127.0.0.1:8801/amp/a")) == "http://127.0.0.1:8801/a"


def test_language_codes() -> None:
    assert [language.normalised(code) for code in ("en-GB", "nb_NO", "zh-Hant", "", "x", None, "123")] == [
        "en",
        "no",
        "zh",
        None,
        None,
        None,
        None,
    ]
    assert language.identify("Die Brücke über den Fluss ist seit dem frühen Morgen gesperrt. " * 5, "en") == "de"
    assert language.identify("Ok.", "sv-SE") == "sv"
    assert language.identify("", None) is None


@pytest.mark.parametrize(
    ("html", "body", "truncated"),
    [
        ('<script type=\'application/ld+json\'>{"@type":"Article","isAccessibleForFree":false}</script>', "x" * 9000, True),
        ('<script type=\'application/ld+json\'>{"@type":"Article","isAccessibleForFree":true}</script><div class=paywall>', "x", False),
        ('<meta property="article:content_tier" content="locked">', "x" * 9000, True),
        ("<div class='paywall-offer'>", "A short teaser.", True),
        ("<div class='paywall-offer'>", "x" * 9000, False),
        ("<p>", "It breaks off in the mid…", True),
        ("<p>", "It ends.", False),
    ],
)
def test_cut_texts(html: str, body: str, truncated: bool) -> None:
    assert flags.is_truncated(read(html), body) is truncated


def test_live_blogs() -> None:
    assert flags.is_live(read('<script type=\'application/ld+json\'>{"@type":"LiveBlogPosting"}</script>'))
    times = "<article><time></time><time></time></article>"
    assert flags.is_live(read(times, "https://a.example/news/live-updates/x"))
    assert not flags.is_live(read(times, "https://a.example/news/alive/x"))


def test_blocks_of_a_fragment() -> None:
    html = "<h2>Head</h2><p>One <b>bold</b> word.<br>Next sentence</p><ul><li>Item</li></ul><div>Loose<script>x()</script> text</div>"
    assert [(b.tag, b.text) for b in blocks(html)] == [
        ("h2", "Head"), ("p", "One bold word."), ("p", "Next sentence"), ("li", "Item"), ("div", "Loose text"),
    ]  # fmt: skip
    assert [b.text for b in blocks("<p>hard<br>wrapped</p>")] == ["hard wrapped"]
    assert [b.text for b in blocks("<b>Title</b><br>by me")] == ["Title", "by me"]
    assert [b.text for b in blocks("<p>keep</p><p class=x>go</p>", [".x"])] == ["keep"]


def test_deep_nesting_does_not_break_the_walk() -> None:
    assert [b.text for b in blocks("<div>" * 200 + "deep" + "</div>" * 200)] == ["deep"]
