"""Headlines by agreement of the places that give one, and the site's name and desks leaving them."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.records import OutletProfile, OutletRules
from transforms.extract import headlines, signals
from transforms.extract.headlines import candidates, elected, first_piece, headline, near, pieces, tight, without_site
from transforms.extract.signals import Signals, Told

URL = "https://lantern.example/town/well"
SITE = "<meta property=og:site_name content='The Lantern'>"
LINKED, SOCIAL, PRINTED, WINDOW = (
    "Well is mended in Hollin",
    "How a village saved its well",
    "Hollin mends its old well",
    "Hollin well news 2020",
)


def read(html: str, url: str = URL, outlet: OutletProfile | None = None, rules: OutletRules | None = None) -> Signals:
    return signals.read(html, url, outlet, rules)


def page(linked: str = "", social: str = "", printed: str = "", window: str = "") -> Signals:
    """A page that gives these headlines at these places."""
    node = json.dumps({"@type": "NewsArticle", "headline": linked})
    return read(
        SITE
        + (f'<script type="application/ld+json">{node}</script>' if linked else "")
        + (f'<meta property="og:title" content="{social}">' if social else "")
        + (f"<title>{window}</title>" if window else "")
        + (f"<h1>{printed}</h1>" if printed else "")
    )


# --- votes ---


@pytest.mark.parametrize(
    ("linked", "social", "printed", "window", "expected"),
    [
        # alone, JSON-LD is believed before the line for social media and the one for search engines
        (LINKED, SOCIAL, "", "", (LINKED, "jsonld:headline")),
        (LINKED, SOCIAL, "", WINDOW, (LINKED, "jsonld:headline")),
        (LINKED, "", "", WINDOW, (LINKED, "jsonld:headline")),
        ("", SOCIAL, "", WINDOW, (SOCIAL, "meta:og:title")),
        ("", "", "", WINDOW, (WINDOW, "title")),
        # what the page prints decides between the others
        (LINKED, SOCIAL, SOCIAL, "", (SOCIAL, "h1")),
        (LINKED, SOCIAL, LINKED, "", (LINKED, "jsonld:headline")),
        (LINKED, SOCIAL, SOCIAL, LINKED, (SOCIAL, "h1")),
        (LINKED, LINKED, "The well is mended in Hollin", "", (LINKED, "jsonld:headline")),
        # an h1 in the title's own words beats it where JSON-LD is silent
        ("", "Well is mended", "The well is mended now", "", ("The well is mended now", "h1")),
        ("", "Well is mended", "The well is mended now", "Well is mended", ("The well is mended now", "h1")),
    ],
)
def test_the_wording_with_most_votes_wins(linked: str, social: str, printed: str, window: str, expected: tuple[str, str]) -> None:
    assert headline(page(linked, social, printed, window)) == Told(*expected)


def test_the_same_wording_in_other_marks_and_case_is_one_wording() -> None:
    found = page("“Well” is mended", "WELL is mended!", SOCIAL + " well", "")
    assert headline(found).source == "jsonld:headline"
    assert len({headlines.folded(told.text) for told in candidates(found)}) == 2


def test_an_outlet_s_rule_is_above_all_votes() -> None:
    rules = OutletRules(headline=".big")
    found = read(f"{SITE}<meta property=og:title content='{SOCIAL}'><h1>{SOCIAL}</h1><b class=big>{PRINTED}</b>", rules=rules)
    assert headline(found) == Told(PRINTED, "rules:headline")


@pytest.mark.parametrize(
    ("printed", "social", "expected"),
    [
        ("Village life - Well is mended", "Well is mended", "Well is mended"),
        ("Well is mended | Villages", "Well is mended", "Well is mended"),
        # a kicker that nobody leaves out belongs to the headline
        ("Hollin: Well is mended", "Hollin: Well is mended", "Hollin: Well is mended"),
    ],
)
def test_a_longer_form_speaks_for_the_words_that_it_holds(printed: str, social: str, expected: str) -> None:
    metas = f"<meta property=og:title content='{social}'><meta name='twitter:title' content='{social}'>"
    found = read(f"{metas}<title>{social}</title><h1>{printed}</h1>")
    assert headline(found).text == expected


def test_kickered_metadata_are_not_beaten_by_a_bare_h1() -> None:
    assert headline(page("Hollin: Well is mended", "Hollin: Well is mended", "Well is mended")).text == "Hollin: Well is mended"


@pytest.mark.parametrize("label", ["News", "Ja!", "Logo"])
def test_labels_are_no_headlines_unless_nothing_else_is_there(label: str) -> None:
    assert elected([Told(label, "jsonld:headline"), Told(WINDOW, "title")]).text == WINDOW
    assert elected([Told(label, "h1")]).text == label
    assert elected([]) == Told("", "")


def test_texts_that_are_too_long_are_no_headlines() -> None:
    assert elected([Told("word " * 200, "jsonld:headline"), Told(WINDOW, "title")]).text == WINDOW


LONG = "The council of Hollin votes on Monday night to mend the old well of the village before the summer and its feast begin"


@pytest.mark.parametrize(
    ("linked", "social", "expected"),
    [
        (LONG[:100], LONG, LONG),
        ("Council of Hollin votes on Monday…", "Council of Hollin votes on Monday night", "Council of Hollin votes on Monday night"),
        ("Council of Hollin votes ...", "Council of Hollin votes on Monday night", "Council of Hollin votes on Monday night"),
        ("Council of Hollin votes", "Council of Hollin votes on Monday night", "Council of Hollin votes"),
        (LONG[:100], SOCIAL, LONG[:100]),
        ("What now…", "Council of Hollin votes", "What now…"),
    ],
)
def test_a_headline_that_machines_cut_is_read_where_it_is_whole(linked: str, social: str, expected: str) -> None:
    assert headline(page(linked, social)).text == expected


def test_the_site_s_name_is_no_headline_unless_it_is_all_there_is() -> None:
    assert headline(page("The Lantern", "The Lantern", PRINTED)).text == PRINTED
    assert headline(page("The Lantern", "", "", "The Lantern")).text == "The Lantern"


# --- the h1 ---


@pytest.mark.parametrize(
    ("tops", "wanted", "expected"),
    [
        (["Villages", "The old well is mended"], "Old well is mended", "The old well is mended"),
        (["The Lantern, paper for wells", "Well 31"], "Well 31 The Lantern, paper for wells", "The Lantern, paper for wells"),
        (["The Lantern, paper for wells", "Well no 31"], "Well no 31 The Lantern, paper for wells", "Well no 31"),
        (["Quite another story of today"], "Old well is mended", None),
        ([], "Old well is mended", None),
        (["Old well"], "", None),
    ],
)
def test_the_h1_that_is_the_page_s_title(tops: list[str], wanted: str, expected: str | None) -> None:
    assert near(tops, wanted) == expected


@pytest.mark.parametrize(
    ("h1", "found"),
    [
        ("<h1>Everything about the mending of wells</h1>", "Everything about the mending of wells"),
        ("<h1>EVERYTHING ABOUT MENDING</h1>", SOCIAL),
        ("<h1>Wells and ropes</h1>", SOCIAL),
        ("<h1>The Lantern</h1>", SOCIAL),
        ("<h1>Everything about the mending of wells</h1><h1>And much about ropes and hooks</h1>", SOCIAL),
        ("<h1></h1>", SOCIAL),
    ],
)
def test_the_only_h1_is_the_headline_in_other_words_if_it_is_no_label(h1: str, found: str) -> None:
    assert headline(read(f"{SITE}<meta property=og:title content='{SOCIAL}'>{h1}")).text == found


def test_the_site_s_name_as_h1_is_left_to_the_title() -> None:
    assert headline(read(f"{SITE}<title>The Lantern » Blog Archive » {PRINTED}</title><h1>The Lantern</h1>")).text == PRINTED


# --- cutting ---


@pytest.mark.parametrize(
    ("title", "cut"),
    [
        ("村の井戸が直った：ともしび新聞", "村の井戸が直った"),
        ("村の井戸が直った｜ともしび新聞", "村の井戸が直った"),
        ("古井修好了--时政--人民网", "古井修好了"),
        ("古井修好了_新华网", "古井修好了"),
        ("古井：修好了", "古井：修好了"),
        ("Well - mended", "Well - mended"),
        ("12:30", "12:30"),
        ("_新华网", "_新华网"),
    ],
)
def test_names_that_follow_without_a_blank(title: str, cut: str) -> None:
    outlet = OutletProfile(outlet_id="x", name="ともしび新聞", home="")
    found = without_site(title, read("", outlet=outlet))
    assert found == cut or (title.startswith("古井修好了--") and found == "古井修好了--时政")


def test_a_tight_name_must_be_known_or_be_called_like_a_paper() -> None:
    assert tight("古井修好了-村民", frozenset()) == "古井修好了-村民"
    assert tight("古井修好了-村民", frozenset({"村民"})) == "古井修好了"
    assert tight("古井修好了-村民报", frozenset()) == "古井修好了"
    assert tight("Well-mended", frozenset({"mended"})) == "Well-mended"


@pytest.mark.parametrize(
    "head",
    [
        "<meta property='article:section' content='Villages'>",
        '<script type="application/ld+json">{"@type": "Article", "articleSection": "Villages"}</script>',
        '<script type="application/ld+json">{"@type": "BreadcrumbList", "itemListElement": ["Home", "Villages"]}</script>',
    ],
)
def test_the_page_s_own_desk_leaves_the_title(head: str) -> None:
    assert without_site("Well is mended | Villages", read(head)) == "Well is mended"
    assert without_site("Well is mended – Villages | The Lantern", read(SITE + head)) == "Well is mended"
    assert without_site("Well is mended | Villages", read("")) == "Well is mended | Villages"


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("All is new in the month of May | Library and more", "All is new in the month of May"),
        ("All is new in May | Ropes | Library", "All is new in May | Ropes"),
        ("All new | Library and more", "All new | Library and more"),
        ("Villa Lantern - holidays by the river", "Villa Lantern - holidays by the river"),
    ],
)
def test_a_title_that_nothing_confirms_ends_at_its_last_bar(title: str, found: str) -> None:
    assert first_piece(title) == found
    assert headline(read(f"<title>{title}</title>", "https://x.example/")).text == found


def test_pieces_stand_on_both_sides_of_each_joint() -> None:
    assert list(pieces("A: b | c")) == ["A", "b | c", "A: b", "c"]
    assert list(pieces("no joint-here")) == []


@pytest.mark.parametrize("title", ["x | The Lantern" * 20_000, "：新华网" * 50_000, "a: " * 100_000, "<" * 200_000, " " * 200_000 + "x"])
def test_a_hostile_title_costs_no_quadratic_time(title: str) -> None:
    began = time.process_time()
    headline(read(f'{SITE}<meta property="og:title" content="{title}"><title>{title}</title><h1>{title}</h1>'))
    assert time.process_time() - began < 2.0


TEXTS = st.text(st.sampled_from("ab |:-–«»Well iß網"), max_size=30)


@given(TEXTS, TEXTS, TEXTS)
def test_the_headline_is_always_one_of_the_page_s_own(social: str, printed: str, window: str) -> None:
    found = page(social=social.replace('"', ""), printed=printed, window=window)
    told = headline(found)
    shown = [*found.content("og:title"), *found.tops, *found.window, ""]
    assert any(told.text in text for text in shown)
    assert told.text == told.text.strip()
    assert headline(found) == told
