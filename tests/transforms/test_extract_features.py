"""What the selector sees of a segment."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from transforms.extract.context import context, trims
from transforms.extract.features import Page, features, shifted
from transforms.extract.furniture import Known
from transforms.extract.looks import ends_in_credit, is_idle
from transforms.extract.segments import Cut, segments
from transforms.extract.selector import columns, model, scored
from transforms.extract.text import folded

ONE = "The council of Hollin voted on Monday night to mend the old well before the summer, the mayor said after the meeting."
TWO = "Each household pays nine crowns for the new rope, according to the treasurer, who had asked for a cheaper one of hemp."
KNOWN = Known(headlines=["Well is mended"], standfirst="A rope for Hollin", authors=["Jane Doe"], captions=["The well at dawn"])


def cut(html: str) -> Cut:
    root = LexborHTMLParser(html).body
    assert root is not None
    return segments(root)


def table(html: str, known: Known = KNOWN, told: str = "") -> list[dict[str, float]]:
    names, rows, _ = features(cut(html), known, told)
    assert len(names) == len(set(names)), "a name stands for one column"
    return [dict(zip(names, map(float, row), strict=True)) for row in rows]


def column(html: str, name: str, **more: str) -> list[float]:
    return [row[name] for row in table(html, **more)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Advertisement", "furniture"), ("Read more: Ropes", "prompt"), ("Related stories", "closing"),
        ("Correction: It was nine.", "note"),
        ("(AP)", "signature"), ("Photo: J. Doe", "credit"), ("By John Roe", "byline"), ("4 May 2020", "dated"),
        ("Jane Doe is a reporter.", "bio"), ("By Jane Doe", "by_author"), ("Well is mended", "title"),
        ("A rope for Hollin", "summary"), ("The well at dawn", "caption"),
        ("At dawn (Lantern/O. Reyes)", "credit"),
    ],
)  # fmt: skip
def test_trims_are_asked(text: str, name: str) -> None:
    assert column(f"<p>{text}</p><p>{ONE}</p>", name)[0] > 0
    assert column(f"<p>{text}</p><p>{ONE}</p>", name)[1] == 0


def test_numbers_of_a_text() -> None:
    (row,) = table("<p>He said: “No, 12 times <b>no</b>!” <a href=/x>Really</a>?</p>")
    assert (row["words"], row["commas"], row["query"], row["links"], row["tag_p"]) == (7, 1, 1, 1, 1)
    assert row["linked"] == pytest.approx(6 / row["chars"])
    assert row["marked"] == pytest.approx(2 / row["chars"])
    assert column("<p>漢字の文章です。</p>", "wide")[0] > 0.8


def test_the_data_of_a_page_names_its_paragraphs() -> None:
    html = f"<p>{ONE}</p><p>{TWO}</p>"
    assert column(html, "linked_data", told=folded(ONE)) == [1, 0]
    assert column(html, "linked_data") == [-1, -1]


def test_copies_are_counted() -> None:
    html = f"<p>{ONE}</p><p>{TWO}</p><p>{ONE}</p>"
    assert column(html, "copies") == [2, 1, 2]
    assert column(html, "copied") == [0, 0, 1]


def test_places_and_containers() -> None:
    text = f"<main class=story-body><p>{ONE}</p><p>{TWO}</p></main>"
    html = f"<nav><p>Go on home now please</p></nav>{text}<p class=footer>Printed on paper here</p>"
    assert column(html, "in_nav") == [1, 0, 0, 0]
    assert column(html, "near_body") == [0, 1, 1, 0]
    assert column(html, "own_footer") == [0, 0, 0, 1]
    assert column(html, "inside_main") == [0, 1, 1, 0]
    assert column(html, "up1_prose_share")[1:3] == pytest.approx([1, 1])
    assert column(html, "group_size") == [1, 2, 2, 1]
    assert column(html, "since_prose")[3] == 1


def test_neighbours_are_beside() -> None:
    rows = table(f"<h2>One</h2><p>{ONE}</p><p>{TWO}</p>")
    assert [row["heading-1"] for row in rows] == [-1, 1, 0]
    assert [row["chars+1"] for row in rows] == [len(ONE), len(TWO), -1]
    assert [row["group-1"] for row in rows] == [0, 0, 1]


@pytest.mark.parametrize(
    ("html", "idle"),
    [
        ("<a href=/x>News</a>", True),
        ("<a href=/x>News of the week here</a>", False),
        ("<a href=/x>News</a> and more of it", False),
        ("News", False),
    ],
)
def test_menu_items_are_idle(html: str, idle: bool) -> None:
    (segment,) = cut(f"<p>{html}</p>").segments
    size, linked, blanks = ([float(number)] for number in (len(segment.text), segment.linked, segment.text.count(" ")))
    assert is_idle(np.array(size), np.array(linked), np.array(blanks)).tolist() == [idle]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("At dawn (AP Photo/J. Doe)", True), ("At dawn [Reuters]", True), ("At dawn (as ever)", False), ("(AP)", False), ("At dawn", False)],
)
def test_credits_at_the_end(text: str, is_one: bool) -> None:
    assert ends_in_credit(f"Long before. {text}") is (is_one or text == "(AP)")


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6), st.integers(-8, 8).filter(bool))
def test_shifts(values: list[float], offset: int) -> None:
    found = shifted(np.array(values), offset, -1)
    assert list(found) == [values[at + offset] if 0 <= at + offset < len(values) else -1 for at in range(len(values))]


PAGES = st.lists(
    st.tuples(
        st.sampled_from(["p", "div", "li", "h2", "td", "nav", "figure"]), st.sampled_from([ONE, TWO, "News", "x", "漢字。", "<a>Go</a>"])
    ),
    min_size=1,
    max_size=8,
).map(lambda parts: "".join(f"<{tag}>{text}</{tag}>" for tag, text in parts))


@settings(max_examples=25, deadline=None)
@given(PAGES)
def test_numbers_are_numbers_on_any_page(html: str) -> None:
    made = cut(html)
    names, rows, page = features(made, KNOWN)
    more = context(page, np.full(page.count, 0.5), KNOWN)
    assert rows.shape == (len(made.segments), len(names))
    assert np.isfinite(rows).all()
    assert np.isfinite(more.done()).all()
    assert not set(names) & set(more.names)
    scores = scored(made, KNOWN).scores
    assert ((scores >= 0) & (scores <= 1)).all()


def test_running_sums_are_sums_over_containers() -> None:
    page: Page = features(cut(f"<div><p>{ONE}</p><section><p>{TWO}</p></section></div><p>Go home</p>"), KNOWN)[2]
    tags = [element.tag for element in page.cut.elements]
    sums = dict(zip(tags, page.inside(page.chars), strict=True))
    assert sums["section"] == len(TWO)
    assert sums["div"] == len(ONE) + len(TWO)
    assert sums["body"] == len(ONE) + len(TWO) + len("Go home")
    assert tags[page.main] in {"div", "section", "body"}


def test_what_the_trims_would_do_is_a_column() -> None:
    page = features(cut(f"<p>{ONE}</p><p>Advertisement</p><p>{TWO}</p><p>Never asked about</p>"), KNOWN)[2]
    assert list(trims(page, np.array([0, 1, 2]), KNOWN)) == [1, 0, 1, -1]


def test_the_model_asks_for_columns_that_there_are() -> None:
    names, rows, page = features(cut(f"<p>{ONE}</p>"), KNOWN)
    more = context(page, np.zeros(1), KNOWN)
    assert set(model().first.names) <= set(names)
    assert set(model().second.names) <= {*names, *more.names}
    assert columns(model().first, names, rows, np.array([True])).shape == (1, len(model().first.names))
