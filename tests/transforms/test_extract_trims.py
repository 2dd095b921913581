"""Furniture: what goes out of the body, where it goes, and what must stay."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from transforms.extract import signals
from transforms.extract.blocks import Block
from transforms.extract.furniture import Known, Trimmed, printed_notes, trim
from transforms.extract.lines import is_furniture, note_of
from transforms.extract.text import folded

FIRST = "The council voted on Monday night to keep the line open until the spring, the mayor said."
SECOND = "Each passenger costs the town nine crowns, according to the treasurer, who had asked for its end."
LAST = "Supporters had collected six thousand names and read them aloud in front of the hall for two hours."


def trimmed(*lines: str | Block, known: Known | None = None) -> Trimmed:
    return trim([line if isinstance(line, Block) else Block("p", line) for line in lines], known or Known())


@pytest.mark.parametrize(
    "line",
    [
        "Exit mobile version",
        "ADVERTISEMENT",
        "Anzeige",
        "READ MORE: What a loaf costs",
        "Read also: The bakers",
        "Lesen Sie auch: Das Brot",
        "Lire aussi : Le pain",
        "Lea también: El pan",
        "Leggi anche il pane",
        "Lees ook: brood",
        "Sign up to our free newsletter and never miss a story",
        "Share this article",
        "12 Comments",
        "5 min read",
        "Image: Lantern/O. Reyes",
        "© 2020 Paper. All rights reserved.",
        "Follow us on Twitter",
        "Follow the Lantern for the latest from your street.",
        "___",
        "Get the Lantern Morning in your inbox",
        "Download our app",
        "Home | World | Sport",
        "Published 3 May 2019 10:00",
        "You have read your free article of this month.",
        "Fehler gefunden? Jetzt melden.",
        "Click here to subscribe",
    ],
)
def test_furniture_goes_out_wherever_it_stands(line: str) -> None:
    assert trimmed(FIRST, line, SECOND, LAST).paragraphs == [FIRST, SECOND, LAST]


@pytest.mark.parametrize(
    "line",
    [
        "Advertisements for the new line were seen all over town, he said.",
        "Read the report: " + "that was her advice to the council, which has 300 pages of tables. " * 4 + "Nobody did.",
        "“Share the burden,” he said.",
        "Comments by the minister were not welcome.",
        "Related costs rose by 3 percent.",
        "Photo finish: Dale won.",
        "Updated figures are due in May.",
        "By noon the water had gone.",
        "Sport is good for you, the doctor said.",
        "The newsletter of the club sold out.",
    ],
)
def test_sentences_that_look_alike_stay(line: str) -> None:
    assert trimmed(FIRST, line, LAST).paragraphs == [FIRST, line, LAST]


def test_the_page_s_head_goes_out() -> None:
    known = Known(["Council keeps the old tram"], authors=["Hanna Quist"])
    found = trimmed(
        "Town",
        Block("h1", "Council keeps the old tram"),
        "It was a long night.",
        "By Hanna Quist",
        "3 May 2019, 10:00",
        FIRST,
        LAST,
        known=known,
    )
    assert found.paragraphs == [FIRST, LAST]
    assert found.standfirst == "It was a long night."


def test_a_dated_signature_below_the_text_makes_no_standfirst_of_it() -> None:
    found = trimmed(
        Block("h1", "Council keeps the old tram"), FIRST, SECOND, LAST, "Hollin, 3 May 2019", known=Known(["Council keeps the old tram"])
    )
    assert (found.paragraphs[:3], found.standfirst) == ([FIRST, SECOND, LAST], None)


def test_a_headline_with_its_kicker_goes_out() -> None:
    assert trimmed("Local politics Council keeps the old tram", FIRST, LAST, known=Known(["Council keeps the old tram"])).paragraphs == [
        FIRST,
        LAST,
    ]


def test_the_first_paragraph_stays_though_it_is_also_the_description() -> None:
    assert trimmed(FIRST, LAST, known=Known(description=FIRST)).paragraphs == [FIRST, LAST]
    assert trimmed(FIRST, SECOND, LAST, known=Known(standfirst=FIRST)).paragraphs == [SECOND, LAST]
    assert trimmed(Block("h2", FIRST), SECOND, LAST, known=Known(description=FIRST)).paragraphs == [SECOND, LAST]


def test_captions_go_out_wherever_they_stand() -> None:
    assert trimmed(FIRST, "The bridge at dawn", LAST, known=Known(captions=["The bridge at dawn."])).paragraphs == [FIRST, LAST]


def test_links_that_stand_alone_go_out_headings_and_sentences_stay() -> None:
    known = Known(links=frozenset({folded("Goose found in town library"), folded("He went home.")}))
    lines = [FIRST, Block("p", "Goose found in town library"), Block("p", "He went home."), LAST]
    assert trimmed(*lines, known=known).paragraphs == [FIRST, "He went home.", LAST]
    assert trimmed(FIRST, Block("h3", "Goose found in town library"), LAST, known=known).paragraphs == [
        FIRST,
        "Goose found in town library",
        LAST,
    ]


@pytest.mark.parametrize(
    "line", ["Related Articles", "Mehr zum Thema", "Comments", "About the author", "Tags: dam, river", "Sur le même sujet"]
)
def test_nothing_follows_a_closing_line_near_the_end(line: str) -> None:
    assert trimmed(FIRST, SECOND, LAST, line, "Goose found in library. It had been there for days.").paragraphs == [FIRST, SECOND, LAST]


def test_a_closing_word_early_on_is_a_subheading() -> None:
    assert trimmed("Short start.", Block("h2", "Background"), Block("h2", "Sources"), FIRST, SECOND, LAST).paragraphs[-1] == LAST


@pytest.mark.parametrize(
    "note",
    [
        "Correction: An earlier version gave the number as 14.",
        "This article was amended on 3 May to correct a name.",
        "Editor's note: The headline has been changed.",
        "Korrektur: In einer früheren Version hieß es 14.",
        "An earlier version of this story misstated the date.",
    ],
)
def test_notes_leave_the_body_for_their_field(note: str) -> None:
    found = trimmed(FIRST, LAST, note)
    assert (found.paragraphs, found.notes) == ([FIRST, LAST], [note])


def test_a_note_outside_the_text_is_found() -> None:
    note = "<div class='c-editors-note'><b>Editor’s note</b> <span>Correction: it was 14.</span></div>"
    html = note + "<p class='correction'>Nothing of the kind</p>"
    assert printed_notes(signals.read(html, "https://a.example/x")) == ["Correction: it was 14."]
    assert note_of("The minister’s correction came late.") is None


@pytest.mark.parametrize("line", ["dpa/abc", "MDR (dst)", "(Reuters)", "Source: Highland News", "With files from AP"])
def test_a_signature_leaves_the_end_of_the_body(line: str) -> None:
    found = trimmed(FIRST, LAST, line)
    assert (found.paragraphs, found.signature) == ([FIRST, LAST], line)


def test_bios_leave_the_end_of_the_body() -> None:
    known = Known(authors=["Ida Moreau"], sites=["The Lantern"])
    bios = ["Ida Moreau covers work and wages.", "Lantern is part of a family of papers."]
    assert trimmed(FIRST, LAST, *bios, known=known).paragraphs == [FIRST, LAST]
    assert trimmed(bios[0], FIRST, SECOND, LAST, *[SECOND + str(n) for n in range(9)], known=known).paragraphs[0] == bios[0]


def test_pull_quotes_and_second_copies_go_out() -> None:
    quote = "Each passenger costs the town nine crowns, according to the treasurer"
    assert trimmed(FIRST, quote, SECOND, LAST, FIRST).paragraphs == [FIRST, SECOND, LAST]
    assert trimmed(FIRST, "“No.”", SECOND, "“No.”", LAST).paragraphs == [FIRST, "“No.”", SECOND, "“No.”", LAST]


@example(["0"] * 6 + ["0?", "0", "0"], "0")
@given(st.lists(st.text(max_size=80), max_size=12), st.text(max_size=40))
def test_trims_only_take_away_and_never_leave_the_headline_on_top(lines: list[str], headline: str) -> None:
    found = trim([Block("p", line) for line in lines], Known([headline]))
    remaining = iter(lines)
    assert all(line in remaining for line in found.paragraphs)
    assert not folded(headline) or folded(headline) not in {folded(line) for line in found.paragraphs}


@given(st.text(max_size=300))
def test_every_line_is_judged(line: str) -> None:
    assert isinstance(is_furniture(Block("p", line)), bool)
