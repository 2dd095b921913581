"""Furniture by class and language, plain-text dumps of several shapes, and what holds for every page and every text."""

from __future__ import annotations

import contextlib
import re
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.errors import PageRejected
from ingest.records import Hint, OutletProfile
from transforms.extract import ExtractedPage, extract
from transforms.extract.blocks import Block
from transforms.extract.furniture import REFRAIN, Known, trim, unrepeated
from transforms.extract.lexicon import lexicon
from transforms.extract.page import MOST_TAGS
from transforms.extract.text import folded

URL = "https://upland.example/villages/well"
CAPTURED = datetime(2020, 6, 1, tzinfo=UTC)
ONE = "The council of Hollin voted on Monday night to mend the old well before the summer, the mayor said after the meeting."
TWO = "Each household pays nine crowns for the new rope, according to the treasurer, who had asked for a cheaper one of hemp."
THREE = "Supporters of the well had collected six hundred names and read them aloud in front of the hall for two long hours."


def page(*lines: str, head: str = "") -> ExtractedPage:
    html = "".join(f"<p>{line}</p>" for line in lines)
    return extract(f"<html><head>{head}<title>Well is mended</title></head><article><h1>Well is mended</h1>{html}</article>".encode(), URL)


def kept(*lines: str, known: Known | None = None) -> list[str]:
    return trim([Block("p", line) for line in lines], known or Known()).paragraphs


# --- furniture, one class of the lexicon after the other ---

FURNITURE = {
    "advertisement": [
        "Advertisement",
        "Werbung",
        "Publicité",
        "Publicidad",
        "Pubblicità",
        "Advertentie",
        "Reklama",
        "Реклама",
        "広告",
        "광고",
    ],
    "share": [
        "Share",
        "Teilen",
        "Partager",
        "Compartir",
        "Condividi",
        "Facebook Twitter WhatsApp",
        "Share on Facebook",
        "Drucken | Teilen",
    ],
    "continue": [
        "Continue reading",
        "Weiterlesen",
        "Lire la suite",
        "Seguir leyendo",
        "Article continues below advertisement",
        "Load more",
    ],
    "comments": ["View comments", "Leave a comment", "37 comments", "Comments (4)", "Read all comments"],
    "reading time": ["3 min read", "4 minute read", "2 min de lecture", "Lesezeit: 3 Minuten", "Reading time: 5 min"],
    "account": ["Sign in", "Log in to continue", "Please log in to comment on this", "You must confirm your public display name"],
    "media": ["Watch", "Gallery", "Open image in gallery", "View full image", "Image: Upland Times", "Foto: J. Doe", "Crédit photo : AFP"],
    "page": ["Back to top", "Nach oben", "Zum Inhalt", "Skip to main content", "Print this page", "Embed", "Thank you"],
    "rights": ["© 2020 Upland Times", "Copyright 2020, Upland Times", "All rights reserved."],
    "times": [
        "Updated on: 3 May 2020, 10:05",
        "Aktualisiert: 03.05.2020, 10:05 Uhr",
        "Publié le : 3 mai 2020 à 10h",
        "Monday, 4 May 2020",
        "03.05.2020 10:05",
    ],
    "external": [
        "Empfohlener redaktioneller Inhalt",
        "Externer Inhalt",
        "An dieser Stelle finden Sie einen externen Inhalt.",
        "Recommended content",
    ],
    "feedback": [
        "Was this article helpful to you?",
        "Hat Ihnen dieser Artikel gefallen?",
        "Spotted a mistake? Write to us.",
        "Enjoying this story?",
    ],
    "newsletter": ["Newsletter", "Sign up to our weekly newsletter", "To get more, subscribe to our free newsletter today"],
    "breaking": ["This is a breaking news story, more to follow.", "Breaking news: please refresh for updates"],
}
PROMPTS = {
    "en": [
        "Read more: How wells are dug",
        "Read also The rope of Hollin",
        "Related: Ropes",
        "Don't miss: Ropes",
        "You may also like",
        "Watch below",
    ],
    "de": ["Lesen Sie auch: Das Seil", "Mehr zum Thema: Brunnen", "Zum Artikel: Das Seil", "Abonnieren Sie uns", "Klicken Sie hier"],
    "fr": ["À lire aussi : La corde", "Lire aussi La corde", "Abonnez-vous pour la suite", "Cliquez ici"],
    "es": ["Lea también: La cuerda", "Te puede interesar: La cuerda", "Suscríbete ahora", "Haz clic aquí"],
    "it": ["Leggi anche: La corda", "Guarda anche il pozzo", "Iscriviti subito", "Clicca qui"],
    "other": [
        "Leia também: A corda",
        "Lees ook: Het touw",
        "Les også: Tauet",
        "Läs också: Repet",
        "Читайте также: Канат",
        "Baca juga: Tali",
    ],
    "ask": [
        "Sign up for the free briefing",
        "Get the best of Upland in your inbox",
        "Download our app",
        "Become a member",
        "Have your say",
        "Do you have a story for us",
        "Already a subscriber? Log in",
        "Follow Upland Times for more",
        "Contact her at jane@upland.example",
    ],
}


@pytest.mark.parametrize(
    ("name", "line"), [(name, line) for group in (FURNITURE, PROMPTS) for name, lines in group.items() for line in lines]
)
def test_lines_of_furniture_go_out(name: str, line: str) -> None:
    assert kept(ONE, line, TWO, THREE) == [ONE, TWO, THREE], name


@pytest.mark.parametrize(
    "line",
    [
        "Werbung für das Seil hing an jeder Tür, sagte er.",
        "Shares of the rope maker fell by a tenth on Monday.",
        "Watch the water, she said, and you know the year.",
        "Related families share one well in Hollin.",
        "Copyright law was not on the agenda of the night.",
        "Thank you, he said, and left the hall.",
        "Contact with the village was lost at noon.",
        "Download speeds in Hollin are poor, he added.",
        "Foto und Film sind verboten, sagte der Wirt.",
        "Getting water takes an hour a day in the dry months.",
        "Lire est un plaisir, dit le maire.",
        "Leer es un placer, dijo el alcalde.",
        "Most people there read no paper at all.",
        "Support for the well grew in the spring.",
        "Three minutes later the rope broke.",
        "Sign language was used in the hall.",
        "Das Thema Wasser bleibt, sagte die Bürgermeisterin.",
        "Updated rules for wells are due in May.",
    ],
)
def test_sentences_that_begin_alike_stay(line: str) -> None:
    assert kept(ONE, line, TWO, THREE) == [ONE, line, TWO, THREE]


@pytest.mark.parametrize(
    "line",
    [
        "Related stories",
        "More on this story",
        "Latest news",
        "Ähnliche Artikel",
        "Kommentare (3)",
        "Quellen",
        "À lire aussi",
        "Commentaires",
        "Noticias relacionadas",
        "Articoli correlati",
        "Lees ook",
        "Läs mer",
        "Saiba mais",
        "Filed under: wells",
        "Leave a reply",
        "Trending now",
    ],
)
def test_nothing_follows_a_closing_line(line: str) -> None:
    assert kept(ONE, TWO, THREE, line, "A goose was found in the library. It had been there for days.") == [ONE, TWO, THREE]


@pytest.mark.parametrize(
    "note",
    [
        "CORRECTION: It was nine crowns.",
        "Correction (May 4, 2020): It was nine crowns.",
        "Editors’ note: the headline was changed.",
        "UPDATE: The rope has come.",
        "This story has been updated with the price.",
        "A previous version of this article misspelled the name of the treasurer.",
        "Anmerkung der Redaktion: Der Preis wurde berichtigt.",
        "In einer früheren Fassung hieß es zehn Kronen.",
        "Rectificatif : le prix est de neuf couronnes.",
        "Fe de erratas: son nueve coronas.",
        "Rättelse: det var nio kronor.",
    ],
)
@pytest.mark.parametrize("place", [0, 1, 3])
def test_notes_go_to_their_field_from_every_place(note: str, place: int) -> None:
    lines = [ONE, TWO, THREE]
    lines.insert(place, note)
    trimmed = trim([Block("p", line) for line in lines], Known())
    is_update = note.startswith(("UPDATE", "This story has been updated"))
    assert (trimmed.paragraphs, trimmed.updates if is_update else trimmed.notes) == ([ONE, TWO, THREE], [note])
    assert len(trimmed.notes) + len(trimmed.updates) == 1


@pytest.mark.parametrize(
    "bio",
    [
        "Jane Doe is a reporter in Hollin.",
        "Jane Doe, has covered wells since 2001.",
        "Jane Doe arbeitet seit 2001 im Hochland.",
        "Jane Doe est notre envoyée.",
    ],
)
def test_bios_go_from_the_end_only(bio: str) -> None:
    known = Known(authors=["Jane Doe"])
    assert kept(ONE, TWO, THREE, bio, known=known) == [ONE, TWO, THREE]
    assert kept(bio, ONE, TWO, THREE, ONE + TWO, TWO + THREE, known=known)[0] == bio
    assert kept(ONE, TWO, THREE, bio) == [ONE, TWO, THREE, *([] if "reporter" in bio else [bio])]


def test_every_agency_is_found_by_each_of_its_names() -> None:
    for alias, name in lexicon().agencies.items():
        assert folded(alias) == alias
        assert lexicon().agencies[folded(name)] == name


@given(st.lists(st.sampled_from([ONE, TWO, THREE, "“No.”", "Yes, she said."]), max_size=10))
def test_each_long_paragraph_stays_once_and_short_ones_as_often_as_said(lines: list[str]) -> None:
    found = [block.text for block in unrepeated([Block("p", line) for line in lines])]
    assert list(dict.fromkeys(found)) == list(dict.fromkeys(lines))
    assert all(found.count(line) == (1 if len(line) > 40 and lines.count(line) < REFRAIN else lines.count(line)) for line in set(lines))


# --- whole pages ---


def test_head_and_tail_of_a_page_go_out_in_one() -> None:
    found = page(
        "By Jane Doe",
        "4 May 2020",
        ONE,
        "Advertisement",
        TWO,
        "Read more: Ropes",
        THREE,
        "<b>Related stories</b>",
        "<a>A goose in town</a>",
    )
    assert (found.headline, found.body.split("\n\n")) == ("Well is mended", [ONE, TWO, THREE])


def test_the_description_is_a_standfirst_unless_it_opens_the_text() -> None:
    assert page(ONE, TWO, head=f'<meta name=description content="{ONE[:60]}…">').standfirst is None
    assert (
        page(ONE, TWO, head='<meta name=description content="A rope, a vote and a long night.">').standfirst
        == "A rope, a vote and a long night."
    )


def test_times_of_a_page_are_bounded_by_its_capture() -> None:
    html = f"<meta property=article:published_time content=2020-05-05T10:00Z><h1>Well is mended</h1><p>{ONE}</p><p>{TWO}</p>".encode()
    assert extract(html, URL, captured_at=CAPTURED).published_evidence == "meta:article:published_time"
    assert extract(html, URL, captured_at=datetime(2019, 1, 1, tzinfo=UTC)).published_at is None


def test_a_page_of_too_many_tags_is_no_article() -> None:
    with pytest.raises(PageRejected, match="tags"):
        extract(b"<p>word " * (MOST_TAGS + 1), URL)


# --- plain text ---

DUMP = """Home
Villages
Well is mended after a long night in Hollin
It took three weeks and a new rope.
By Jane Doe and John Roe
4 May 2020, 10:05
{text}
Advertisement
{more}
Related stories
A goose in town
"""


def dump(text: str, *, zone: str = "Europe/Madrid", hint: Hint | None = None, is_agency: bool = False) -> ExtractedPage:
    outlet = OutletProfile(outlet_id="upland", name="Upland Times", home="", timezone=zone, is_agency=is_agency)
    return extract(text.encode(), URL, content_type="text/plain; charset=utf-8", outlet=outlet, hint=hint, captured_at=CAPTURED)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\n\n", "\r", "  \n\t\n"])
def test_a_dump_with_every_part_and_every_line_ending(ending: str) -> None:
    found = dump(ending.join(DUMP.format(text=f"{ONE} {TWO}", more=THREE).splitlines()))
    assert found.headline == "Well is mended after a long night in Hollin"
    assert (found.section, found.standfirst) == ("Villages", "It took three weeks and a new rope.")
    assert found.authors == ["Jane Doe", "John Roe"]
    assert found.body.split("\n\n") == [f"{ONE} {TWO}", THREE]
    assert found.published_at
    assert (found.published_at.isoformat(), found.published_evidence) == ("2020-05-04T10:05:00+02:00", "text")


@pytest.mark.parametrize(
    ("head", "headline", "section"),
    [
        ("", "", None),
        ("Well is mended", "Well is mended", None),
        ("Home\nNews\nWell is mended", "Well is mended", None),
        ("Villages\nThe old well of Hollin is mended", "The old well of Hollin is mended", "Villages"),
        ("The council met.\nWho pays for the new rope?", "Who pays for the new rope?", None),
        ("Nachrichten\nVillages\nThe old well of Hollin is mended", "The old well of Hollin is mended", "Villages"),
    ],
)
def test_heads_of_dumps(head: str, headline: str, section: str | None) -> None:
    found = dump(f"{head}\n{ONE} {TWO}\n{THREE}")
    assert (found.headline, found.body) == (headline, f"{ONE} {TWO}\n\n{THREE}")
    assert found.section == section


def test_a_source_lends_a_bare_dump_its_title_day_and_section() -> None:
    hint = Hint(source="file", title="Well is mended", section="Villages", published_at=datetime(2020, 5, 4, tzinfo=UTC))
    found = dump(f"{ONE} {TWO}", hint=hint)
    assert (found.headline, found.section, found.published_is_day) == ("Well is mended", "Villages", True)
    assert found.published_at
    assert found.published_at.isoformat() == "2020-05-04T00:00:00+02:00"


@pytest.mark.parametrize(
    ("line", "text", "credit"),
    [
        ("The well at dawn. (AP Photo/J. Doe)", "The well at dawn.", "AP Photo/J. Doe"),
        ("The well at dawn. Photo: Jane Doe", "The well at dawn.", "Jane Doe"),
        ("The well at dawn.\nPhoto: Jane Doe", "The well at dawn.", "Jane Doe"),
    ],
)
def test_captions_of_dumps_leave_the_text(line: str, text: str, credit: str) -> None:
    found = dump(f"The old well of Hollin is mended\n{line}\n{ONE} {TWO}\n{THREE}")
    assert [(caption.text, caption.credit) for caption in found.captions] == [(text, credit)]
    assert found.body == f"{ONE} {TWO}\n\n{THREE}"


@pytest.mark.parametrize(
    "line", ["Picture the well in a dry summer.", "Source after source fell dry that year.", "Photographs were not allowed."]
)
def test_paragraphs_of_dumps_that_begin_like_credits_stay(line: str) -> None:
    found = dump(f"The old well of Hollin is mended\n{ONE} {TWO}\n{line}\n{THREE}")
    assert found.body.split("\n\n")[1] == line
    assert found.captions == []


@pytest.mark.parametrize(
    ("text", "agency", "dateline"),
    [
        (f"HOLLIN (Reuters) - {ONE} {TWO}\n{THREE}", "Reuters", "HOLLIN"),
        (f"{ONE} {TWO}\n{THREE} (AFP)", "Agence France-Presse", None),
        (f"{ONE} {TWO}\n{THREE}\nSource: dpa", "Deutsche Presse-Agentur", None),
        (f"Well is mended\nBy Jane Doe, Reuters\n{ONE} {TWO}", "Reuters", None),
        (f"Well is mended\n{ONE} {TWO}", None, None),
    ],
)
def test_agencies_of_dumps(text: str, agency: str | None, dateline: str | None) -> None:
    found = dump(text)
    assert (found.agency, found.dateline) == (agency, dateline)
    assert "Reuters" not in found.authors
    assert dump(text, is_agency=True).agency == "Upland Times"


@pytest.mark.parametrize("text", ["", "\n\n", "Home\nNews", "Well is mended\nBy Jane Doe", "Advertisement\n" * 30])
def test_a_dump_without_a_paragraph_is_rejected(text: str) -> None:
    with pytest.raises(PageRejected):
        dump(text)


# --- what holds for every page ---

SPICE = st.sampled_from(
    [
        "\r\n",
        "\n\n\n",
        "\x00",
        "\x07",
        "\x85",
        "\u2028",
        "\u200b",
        "\ufeff",
        "&#13;",
        "&#10;",
        "&nbsp;",
        "<br>",
        "<br><br>",
        " ",
        "…",
        ONE,
        TWO,
    ]
)
TAG = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<div>",
        "</div>",
        "<h1>",
        "</h1>",
        "<article>",
        "<table><tr><td>",
        "</table>",
        "<li>",
        "<pre>",
        "</pre>",
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "<title>",
        "</title>",
        "<figure><figcaption>",
        "</figure>",
        "<a href=x>",
        "</a>",
        "<",
        "&#",
    ]
)
SOUP = st.lists(SPICE | TAG | st.text(max_size=20), max_size=25).map("".join)
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\ufeff\ud800-\udfff]")


def well_formed(found: ExtractedPage) -> bool:
    lines = [found.headline, *filter(None, [found.standfirst, found.section, found.agency, found.dateline]), *found.authors, *found.tags]
    lines += [part for caption in found.captions for part in (caption.text, caption.credit or "")] + found.notes
    assert found.body == found.body.strip() != ""
    assert "\n\n\n" not in found.body
    assert "\n" not in found.body.replace("\n\n", "")
    assert not CONTROL.search(found.body)
    assert all(line == line.strip() and "\n" not in line and not CONTROL.search(line) for line in lines), lines
    assert ExtractedPage.model_validate_json(found.model_dump_json()) == found
    return True


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SOUP, SOUP)
def test_tag_soup_gives_a_well_formed_page_or_a_rejection(head: str, soup: str) -> None:
    html = f"<title>Well {head}</title><h1>Well {head}</h1>{soup}<p>{THREE}".encode("utf-8", "replace")
    with contextlib.suppress(PageRejected):
        assert well_formed(extract(html, URL))


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SOUP)
def test_any_dump_gives_a_well_formed_page_or_a_rejection(soup: str) -> None:
    with contextlib.suppress(PageRejected):
        assert well_formed(extract(f"{soup}\n{THREE} {TWO}".encode("utf-8", "replace"), URL, content_type="text/plain"))


METAS = st.sampled_from(
    ["og:title", "og:description", "article:published_time", "article:section", "author", "keywords", "og:url", "og:site_name", "date"]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(METAS, st.text(max_size=40) | SPICE.filter(lambda text: text not in {ONE, TWO})), max_size=6))
def test_any_metadata_gives_a_well_formed_page(metas: list[tuple[str, str]]) -> None:
    head = "".join(f'<meta property="{name}" content="{value.replace(chr(34), chr(39))}">' for name, value in metas)
    html = f"<html><head>{head}<title>Well is mended</title></head><body><h1>Well is mended</h1><p>{ONE}</p><p>{TWO}</p></body>"
    found = extract(html.encode("utf-8", "replace"), URL, captured_at=CAPTURED)
    assert well_formed(found)
    assert TWO in found.body
    assert found.canonical_url.startswith("https://upland.example/")
    assert found.published_at is None or found.published_at.tzinfo is not None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=200), st.sampled_from(["hex", "utf-7", "idna", "utf-16", "koi8-r", "undefined"]), st.booleans())
def test_any_bytes_under_any_label_give_a_well_formed_page_or_a_rejection(noise: bytes, label: str, plain: bool) -> None:
    body = b"<h1>Well is mended</h1><p>" + noise + b"</p><p>" + ONE.encode() + b"</p>"
    with contextlib.suppress(PageRejected):
        assert well_formed(extract(body, URL, content_type=f"text/{'plain' if plain else 'html'}; charset={label}"))
