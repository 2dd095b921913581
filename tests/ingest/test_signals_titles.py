"""Titles are sought at literal marks; that must find what trying the expression everywhere would."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest import signals

PIECES = [
    b"<title>", b"<TITLE x>", b"Storm", b"</title>", b"<h1 class=a>", b"</h1>", b'<meta property="og:title" content="x y">', b"\xff", b"<",
    b"<meta name='twitter:title' content='q'>",
    b'"headline": "z\\u00e9"', b"headline", b">", b" ", b'"', b'<p itemprop=headline content="k">',
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=20).map(b"".join))
def test_marks_find_what_the_expression_finds(body):
    assert [m.span() for m in signals._matches(body)] == [m.span() for m in signals._TITLES.finditer(body)]


def test_titles_of_a_page():
    body = b'<title>Storm &amp; flood - Paper</title><style>.headline{}</style><h1><b>Storm</b> &amp; flood</h1>{"headline": "Flut"}'
    assert signals.page_titles(body) == "stormfloodpaper\nstormflood\nflut"
    assert signals.page_titles(b"<p>text") is None


def test_a_page_full_of_marks_is_looked_at_in_few_places():
    for mark in signals.MARKS:
        assert len(list(signals._places(mark * 5000))) <= signals.MOST_PLACES * 2
