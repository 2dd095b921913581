"""Every value with its source: language by script and letters, lines near the headline, wrapped JSON-LD, the whole record's evidence."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from uuid import uuid4

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from ingest.records import Capture, Hint, OutletProfile
from transforms.extract import (
    ExtractedPage,
    address,
    extract,
    headlines,
    jsonld,
    language,
    metadata,
    people,
    signals,
    titles,
    wording,
)
from transforms.extract.nearby import after, lines_after
from transforms.extract.signals import Told
from transforms.pipeline import article_of, version_of
from transforms.records import ArticleVersion
from warehouse import tables

URL = "https://lantern.example/town/well"
CAPTURED = datetime(2020, 6, 1, tzinfo=UTC)
PROSE = "The council of Hollin voted on Monday night to mend the old well before the summer, the mayor said after the meeting. "


# --- language ---


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("古井修好了。", "zh"),
        ("村の井戸がようやく直った。", "ja"),
        ("コンピューター", "ja"),
        ("마을 우물이 고쳐졌다.", "ko"),
        ("ซ่อมบ่อน้ำแล้ว", "th"),
        ("Το πηγάδι επισκευάστηκε", "el"),
        ("הבאר תוקנה", "he"),
        ("কূপটি মেরামত করা হয়েছে", "bn"),
        ("கிணறு சரி செய்யப்பட்டது", "ta"),
        ("ჭა შეკეთდა", "ka"),
        ("ջրհորը վերանորոգվեց", "hy"),
        ("የውሃ ጉድጓዱ ተጠገነ", "am"),
    ],
)
def test_a_script_of_one_language_tells_it_in_a_few_words_whatever_is_declared(text: str, code: str) -> None:
    assert language.identified(text, Told("en", "html:lang")) == Told(code, "script")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Колодец починили до начала лета, сообщил мэр после заседания совета. " * 4, "ru"),
        ("تم إصلاح البئر القديمة قبل الصيف كما قال العمدة بعد اجتماع المجلس مساء الاثنين. " * 4, "ar"),
        ("परिषद ने सोमवार रात को पुराने कुएं की मरम्मत के लिए मतदान किया, महापौर ने बैठक के बाद कहा। " * 4, "hi"),
        (PROSE * 3, "en"),
        ("Der Rat hat am Montagabend beschlossen, den alten Brunnen noch vor dem Sommer zu reparieren. " * 3, "de"),
    ],
)
def test_other_scripts_are_told_by_their_words(text: str, code: str) -> None:
    assert language.identified(text, Told("sv", "html:lang")) == Told(code, "words")


@pytest.mark.parametrize(
    ("text", "declared", "found"),
    [
        ("Well mended.", Told("en-GB", "html:lang"), Told("en", "html:lang")),
        ("Колодец починили.", Told("uk", "meta:og:locale"), Told("uk", "meta:og:locale")),
        ("12:30, 4-2", Told("de", "html:lang"), Told("de", "html:lang")),
        ("", Told("de", "html:lang"), Told("de", "html:lang")),
        ("", None, None),
        ("12 345", None, None),
        ("Well mended by the council and the people of Hollin", Told("??", "html:lang"), Told("en", "words")),
        ("Xyzzy plugh frotz blorb rezrov gnusto. " * 9, Told("eo", "html:lang"), Told("eo", "html:lang")),
        ("Xyzzy plugh frotz", None, None),
        ("Xyzzy plugh frotz blorb rezrov gnusto. " * 9, Told("en", "html:lang"), Told("en", "html:lang")),
        ("古井修好了 https://lantern.example/xyzzy/plugh", None, Told("zh", "script")),
    ],
)
def test_short_texts_are_believed_less_than_the_page(text: str, declared: Told | None, found: Told | None) -> None:
    assert language.identified(text, declared) == found


def test_the_letters_decide_only_where_no_words_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "by_letters", lambda text: "zu")
    assert language.identified("Xyzzy plugh frotz blorb rezrov gnusto. " * 20, Told("en", "html:lang")) == Told("zu", "letters")
    assert language.identified(PROSE * 3, None) == Told("en", "words")


def test_every_language_of_the_word_list_is_normalised_and_has_words_of_its_own() -> None:
    own = {code for votes in wording.voters().values() if len(votes) == 1 for code, _ in votes}
    assert wording.known() == own
    assert all(language.normalised(code) == code for code in own)
    assert len(own) > 40


@pytest.mark.parametrize(
    ("text", "code", "is_sure"),
    [
        ("Byrådet vedtok mandag kveld å reparere brønnen, sa ordføreren etter møtet, og det ble ikke dyrt for noen av dem.", "no", True),
        ("Byrådet vedtog mandag at reparere den gamle brønd, siger borgmesteren efter mødet, hvor man også skal betale.", "da", True),
        ("Zastupitelstvo rozhodlo, že se stará studna opraví ještě před létem, a to podle starosty, který není proti.", "cs", True),
        ("Rada hlasovala za opravu starej studne pred letom, ktorú podľa starostu nie je možné odložiť, ale čo iba stojí.", "sk", True),
        ("Xyzzy", "", False),
        ("", "", False),
        ("12 34", "", False),
    ],
)  # fmt: skip
def test_near_languages_are_told_apart_by_their_words(text: str, code: str, is_sure: bool) -> None:
    told = wording.guess(text)
    assert (told.code, told.votes >= wording.CONFIRMED_VOTES) == (code, is_sure)
    assert not told.confirms("xx")
    assert told.confirms(code) is is_sure


@given(st.text(max_size=300))
def test_a_guess_is_in_bounds_and_the_same_again(text: str) -> None:
    told = wording.guess(text)
    assert told == wording.guess(text)
    assert told.code in wording.known() | {""}
    assert 0 <= told.share <= 1
    assert told.is_likely or not told.is_sure
    assert told.votes >= 0


def test_a_quotation_at_the_start_does_not_decide() -> None:
    german = "Der Rat hat am Montagabend beschlossen, den alten Brunnen noch vor dem Sommer zu reparieren. "
    assert language.identify(PROSE * 2 + german * 20, "en") == "de"


def test_a_name_in_another_script_does_not_decide() -> None:
    assert language.identify("The paper 朝日新聞 reported it. " + PROSE * 2) == "en"
    assert language.identify("公報「ひかり」" + "村民们修好了古老的水井，市长在会议之后说。" * 5) == "zh"


@given(st.text(max_size=2000))
def test_a_sample_is_short_and_of_the_text(text: str) -> None:
    sample = language.sampled(text)
    assert len(sample) <= language.SLICES * (language.SLICE + 1)
    assert set(sample) - {" "} <= set(text)
    assert language.by_script(sample) is None or language.by_script(sample) in language.SCRIPTS.values()


# --- lines near the headline ---


def lines(html: str, most: int = 40) -> list[str]:
    start = LexborHTMLParser(html).css_first("h1")
    assert start is not None
    return lines_after(start, most, 160)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<h1>A</h1><p>One</p><p>Two</p>", ["One", "Two"]),
        ("<div><div><h1>A</h1></div></div><ul><li>One</li><li>Two</ul>", ["One", "Two"]),
        ("<h1>A</h1><p>By <a>Jane Doe</a> <span>3 May</span></p>", ["By Jane Doe 3 May", "By", "Jane Doe", "3 May"]),
        ("<h1>A</h1>One<br>Two<hr>Three", ["One", "Two", "Three"]),
        ("<h1>A</h1><div>One<div>Two</div>Three</div>", ["One", "Two", "Three"]),
        ("<h1>A</h1><script>no()</script><style>b{}</style><p>One</p>", ["One"]),
        ("<h1>A <b>inside</b></h1><p>One</p>", ["One"]),
        ("<h1>A</h1><p> \n </p><p>\u200b</p><p>One</p>", ["One"]),
        (f"<h1>A</h1><p>{'long ' * 60}</p><p>One</p>", ["One"]),
        ("<p>Before</p><h1>A</h1>", []),
    ],
)
def test_lines_that_follow_a_headline(html: str, expected: list[str]) -> None:
    assert lines(html) == expected


def test_lines_are_read_only_as_far_as_asked() -> None:
    assert lines("<h1>A</h1>" + "<p>x</p>" * 100, most=3) == ["x"] * 3
    start = LexborHTMLParser("<h1>A</h1><p>One").css_first("h1")
    assert start is not None
    assert [node.tag for node in after(start)] == ["p", "-text"]


@pytest.mark.parametrize("html", ["<b>" * 9000 + "x", "<p>x</p>" * 20_000, "<i>x</i>" * 20_000])
def test_a_hostile_page_near_its_headline_costs_no_quadratic_time(html: str) -> None:
    began = time.process_time()
    lines("<h1>A</h1>" + html)
    assert time.process_time() - began < 1.0


def test_the_h1_most_like_the_page_s_title_is_the_headline() -> None:
    page = "<title>Well is mended</title><h1>Villages</h1><p>Menu</p><h1>Well is mended</h1><p>By Jane Doe</p><h1>More news</h1>"
    assert signals.read(page, URL).below_headline == ["By Jane Doe", "More news"]
    assert signals.read("<p>No headline</p><p>One</p>", URL).below_headline == ["No headline", "One"]


# --- links that stand alone ---


@pytest.mark.parametrize(
    ("html", "alone"),
    [
        ("<p><a>More about the wells of Hollin</a></p>", True),
        ("<li> <a>More about the wells of Hollin</a>\n</li>", True),
        ("<p><a>More about the wells of Hollin</a> and ropes</p>", False),
        ("<p>Read: <a>More about the wells of Hollin</a></p>", False),
        ("<p>Read <i></i><a>More about the wells of Hollin</a></p>", False),
        ("<p><a>More about the wells of Hollin</a><a>More about the ropes of Hollin</a></p>", False),
        ("<p><a>Wells</a></p>", False),
        ("<a>More about the wells of Hollin</a>", False),
    ],
)
def test_links_that_are_all_of_their_line(html: str, alone: bool) -> None:
    assert bool(signals.read(f"<section>{html}</section>", URL).links) is alone


@pytest.mark.parametrize("between", ["", " ", "<i></i>", "<div>", "<br><div>"])
def test_a_page_of_links_costs_no_quadratic_time(between: str) -> None:
    page = signals.read("<div>" + f"<a>More about the wells of Hollin</a>{between}" * 10_000 + "end", URL)
    began = time.process_time()
    assert page.links == frozenset()
    assert time.process_time() - began < 1.5


HOSTILE = {
    "nested bylines": "<div class=author>By Jane Doe " * 8_000,
    "nested times": "<article><time>x " * 8_000,
    "nested headlines": "<div itemprop=headline>Well is mended " * 8_000,
    "nested standfirsts": "<article><h1>A</h1>" + "<div class=standfirst>abc " * 8_000,
    "nested sources": "<p><span class=agency>Source: dpa " * 8_000,
    "metas": "<meta property=og:title content='Well | Lantern'><meta name=author content='Jane Doe'>" * 5_000,
    "sections": "<meta property=article:section content=Town>" * 8_000,
    "scripts": "<script>" + '"publishedAt": "soon", ' * 50_000 + "</script>",
}


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_metadata_of_a_hostile_page_cost_no_quadratic_time(kind: str) -> None:
    page = signals.read(HOSTILE[kind], URL)
    began = time.process_time()
    title, who = headlines.headline(page), people.credited_on(page)
    metadata.fields(page, PROSE, title, who, None, CAPTURED)
    assert titles.standfirst(page) is None or kind == "nested standfirsts"
    assert time.process_time() - began < 2.0


# --- JSON-LD around its braces ---


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1}', '<!-- {"a": 1} -->', '//<![CDATA[\n{"a": 1}\n//]]>', '// <!--\n{"a": 1}\n// -->', '{"a": 1};', ' {"a": 1,} ',
        '<![CDATA[{"a": 1}]]>', '{"a": 1}\n//-->', '\n\n{"a":\t1}\n;\n',
    ],
)  # fmt: skip
def test_json_in_every_wrapping(text: str) -> None:
    assert jsonld.loads(text) == {"a": 1}


@pytest.mark.parametrize("text", [";" * 500_000, " " * 500_000 + "x", "//" * 200_000, "{" * 100_000, "<!--" * 100_000])
def test_hostile_scripts_cost_no_quadratic_time(text: str) -> None:
    began = time.process_time()
    assert jsonld.loads(text) is None
    assert time.process_time() - began < 1.0


# --- other values ---


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ("<link rel=canonical href='/town/well-2'>", Told("https://lantern.example/town/well-2", "link:canonical")),
        ("<meta property='og:url' content='https://lantern.example/w'>", Told("https://lantern.example/w", "meta:og:url")),
        ("<link rel=canonical href='https://other.example/w'>", Told(URL, "url")),
        ("<link rel=canonical href='/'><link rel=canonical>", Told(URL, "url")),
    ],
)
def test_the_address_and_its_source(html: str, told: Told) -> None:
    assert address.named(signals.read(html, URL + "?utm_source=x")) == told


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ("<meta property='article:section' content='Villages'>", Told("Villages", "meta:article:section")),
        ("<i itemprop=articleSection>Villages</i>", Told("Villages", "microdata:articleSection")),
        ("<ul class=breadcrumb><li><a>Home</a><li><a>Villages</a></ul>", Told("Villages", "breadcrumb")),
        ("<p>x", Told("Town", "hint:section")),
    ],
)
def test_the_section_and_its_source(html: str, told: Told) -> None:
    assert titles.section(signals.read(html, URL, hint=Hint(source="feed", section="Town"))) == told


def test_a_standfirst_is_looked_for_in_the_headline_s_article() -> None:
    teaser = "<div class=standfirst>A teaser of another story altogether</div>"
    page = f"{teaser}<article><h1>Well</h1><p class=standfirst>It took three weeks and a rope.</p>"
    assert titles.standfirst(signals.read(page, URL)) == "It took three weeks and a rope."
    assert titles.standfirst(signals.read("<p class=standfirst>It took three weeks and a rope.</p><h1>Well</h1>", URL)) is not None


# --- the record ---

PAGE = f"""<html lang=en><head><title>Well is mended | The Lantern</title><meta property="og:site_name" content="The Lantern">
<meta name="author" content="Jane Doe, dpa"><meta property="article:section" content="Villages">
<meta property="article:published_time" content="2031-05-01T10:00Z"><meta name="pubdate" content="2020-05-02T10:00+02:00">
<meta property="article:modified_time" content="2020-05-03T10:00+02:00"><link rel="canonical" href="{URL}"></head>
<body><article><h1>Well is mended</h1><p>{PROSE * 2}</p><p>{PROSE * 2}</p></article></body></html>"""
EVIDENCE = {
    "headline": "h1",
    "authors": "meta:author",
    "section": "meta:article:section",
    "agency": "meta:author",
    "language": "words",
    "canonical_url": "link:canonical",
    "site_name": "meta:og:site_name",
    "published_at": "meta:pubdate",
    "modified_at": "meta:article:modified_time",
}


def page() -> ExtractedPage:
    return extract(PAGE.encode(), URL, captured_at=CAPTURED)


def version() -> ArticleVersion:
    now = CAPTURED
    capture = Capture(
        capture_id=uuid4(), batch_key="b", outlet_id="x", url=URL, final_url=URL, captured_at=now, first_seen_at=now, outcome="fetched",
        hint=Hint(source="file"),
    )  # fmt: skip
    found = page()
    return version_of(found, capture, article_of(found, capture))


def test_a_record_tells_where_each_value_was_found_and_what_was_refused() -> None:
    found = page()
    assert found.evidence == EVIDENCE
    assert found.refused == ["meta:article:published_time 2031-05-01T10:00Z: later than the capture"]
    assert (found.authors, found.signed, found.agency) == (["Jane Doe"], ["Jane Doe", "dpa"], "Deutsche Presse-Agentur")
    assert found.published_evidence == found.evidence["published_at"]


def test_a_bare_page_claims_no_source_for_what_it_has_not() -> None:
    found = extract(f"<p>{PROSE * 3}</p><p>{PROSE * 3}</p>".encode(), URL, captured_at=CAPTURED)
    assert found.evidence == {"language": "words", "canonical_url": "url"}
    assert (found.refused, found.signed) == ([], [])


def test_the_outlet_is_a_source_too() -> None:
    wire = OutletProfile(outlet_id="w", name="Upland News", home="", is_agency=True)
    assert extract(PAGE.encode(), URL, outlet=wire, captured_at=CAPTURED).evidence["agency"] == "outlet"


def test_the_warehouse_keeps_evidence_as_a_map() -> None:
    row = version()
    assert (row.evidence, row.refused, row.signed) == (EVIDENCE, page().refused, ["Jane Doe", "dpa"])
    with duckdb.connect() as con:
        con.register("landed", tables.to_arrow([row], tables.VERSION.schema))
        kept = con.execute("SELECT evidence, evidence['headline'], evidence['nothing'], refused[1], signed FROM landed").fetchone()
    assert kept == (EVIDENCE, "h1", None, page().refused[0], ["Jane Doe", "dpa"])


def test_the_same_bytes_give_the_same_evidence() -> None:
    assert page().model_dump_json() == page().model_dump_json()
