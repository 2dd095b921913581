"""A page cut into segments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from transforms.extract.hints import BIT, hints
from transforms.extract.segments import MOST_SEGMENTS, PLACE_BIT, Cut, segments


def cut(html: str) -> Cut:
    root = LexborHTMLParser(html).body
    assert root is not None
    return segments(root)


def texts(html: str) -> list[str]:
    return [segment.text for segment in cut(html).segments]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>One<p>Two", ["One", "Two"]),
        ("One<br><br>Two", ["One", "Two"]),
        ("He came.<br>She left.", ["He came.", "She left."]),
        ("He came,<br>she left.", ["He came, she left."]),
        ("<div>Loose<p>Para</p>tail</div>", ["Loose", "Para", "tail"]),
        ("<p>a<!-- no -->b</p>", ["ab"]),
        ("<p>a<style>x</style><script>y</script><svg><text>z</text></svg>b</p>", ["ab"]),
        ("<div>z</div><noscript><p>x</p></noscript><template><p>x</p></template><p>y</p>", ["z", "y"]),
        ("<figure><img><figcaption>Cap</figcaption></figure><p>Text</p>", ["Cap", "Text"]),
        ("<p>&nbsp;\u200b</p>", []),
        ("<strong>Who?</strong><br>Me", ["Who?", "Me"]),
        ("<p>He said: <q>no</q>.</p>", ["He said: no."]),
        ("<x-card>In a card<p>Below</p></x-card>", ["In a card", "Below"]),
        ("<form><p>Whole pages are forms</p></form>", ["Whole pages are forms"]),
        ("", []),
    ],
)
def test_segments(html: str, expected: list[str]) -> None:
    assert texts(html) == expected


def test_links_and_bold_words_are_counted() -> None:
    (segment,) = cut("<p>See <a href=/x>the rope</a> of <b>Hollin</b></p>").segments
    assert (segment.tag, segment.linked, segment.links, segment.marked, segment.inner) == ("p", 8, 1, 6, 4)
    first, second = cut("<p><a>One</a></p><p>Two</p>").segments
    assert (first.linked, second.linked) == (3, 0)


def test_lines_after_a_break_say_so() -> None:
    assert [segment.broken for segment in cut("One.<br>Two.<p>Three.</p>").segments] == [False, True, False]


def test_places_are_inherited() -> None:
    made = cut("<article class=story-body><section id=comments hidden><a href=/x><div><div><p>Text</p></div></div></a></section></article>")
    element = made.elements[made.segments[0].element]
    assert element.tag == "p"
    assert element.hidden
    assert all(element.places & PLACE_BIT[tag] for tag in ("article", "section", "a", "p"))
    assert not element.places & PLACE_BIT["nav"]
    assert element.all & BIT["comment"]
    assert element.all & BIT["body"]
    assert not element.near & BIT["comment"]


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        ("articleBody", "body"), ("c-story__content", "body"), ("wp-caption-text", "caption"), ("js-related-links", "related"),
        ("newsletter-signup", "subscribe"), ("SocialShare", "social"), ("page-footer", "footer"), ("cookie-banner", "dialog"),
        ("kommentare", "comment"), ("site-nav", "menu"), ("author-bio", "bio"), ("liveblog", "live"), ("sr-only", "hidden"),
    ],
)  # fmt: skip
def test_names_hint_at_places(names: str, kind: str) -> None:
    assert hints(f"wide {names}") & BIT[kind]


def test_names_that_say_nothing_hint_at_nothing() -> None:
    assert hints("css-1q2w3e mt-4") == 0
    assert hints("") == 0


def test_segments_are_bounded() -> None:
    assert len(cut("<p>x" * (MOST_SEGMENTS + 50)).segments) == MOST_SEGMENTS


TREES = st.recursive(
    st.sampled_from(["one", "two words", "Three.", "<br>", " ", "<img>"]),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
        st.sampled_from(["p", "div", "a", "b", "span", "ul", "li", "table", "td", "script", "x-y", "button"]),
        st.lists(inner, max_size=4),
    ),
    max_leaves=15,
)


@given(TREES)
def test_elements_hold_their_segments(html: str) -> None:
    made = cut(html)
    for number, segment in enumerate(made.segments):
        at = segment.element
        while at >= 0:
            element = made.elements[at]
            assert element.number == at
            assert element.first <= number < element.last
            assert element.parent < at
            at = element.parent
    assert all(segment.text == segment.text.strip() != "" for segment in made.segments)
    assert all(segment.linked >= 0 for segment in made.segments)
