"""Tables of sentence ends, paragraphs, quotation marks and tokens, and their properties."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.claims.lexicon import english
from transforms.claims.text import MAX_TOKENS, Quotation, Token, paragraphs, plural, quotations, sentences, tokenise


def cut(text: str) -> list[str]:
    """The sentences of a text with the English verbs of saying, as words."""
    parts = paragraphs(text)
    return [text[s.start : s.end] for s in sentences(text, parts, quotations(text, parts), english().speech)]


def marks(text: str) -> list[Quotation]:
    """The quotations of a text."""
    return quotations(text, paragraphs(text))


def inner(text: str) -> list[str]:
    """What stands inside the marks."""
    return [text[slice(*q.inner)] for q in marks(text)]


def tokens(text: str) -> list[Token]:
    """The tokens of a text of one paragraph."""
    parts = paragraphs(text)
    return tokenise(text, *parts[0], quotations(text, parts), 0)[0]


def words(text: str) -> list[str]:
    """The tokens as printed."""
    return [token.text for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one", [(0, 3)]),
        ("one\ntwo", [(0, 3), (4, 7)]),
        ("one\n\ntwo", [(0, 3), (5, 8)]),
        ("  one  \n\t\n two", [(2, 5), (11, 14)]),
        ("one\r\n\r\ntwo", [(0, 3), (7, 10)]),
        ("\n\n\n", []),
        ("\u00a0\n\u00a0one\u00a0", [(3, 6)]),
    ],
)
def test_paragraphs_are_trimmed_stretches_between_line_breaks(text: str, expected: list[tuple[int, int]]) -> None:
    assert paragraphs(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dr. Amari met Prof. Lund at St. Olaf. They ate.", ["Dr. Amari met Prof. Lund at St. Olaf.", "They ate."]),
        ("Orva Inc. owns Tarn Ltd. of Karsk. Both fell.", ["Orva Inc. owns Tarn Ltd. of Karsk.", "Both fell."]),
        ("It opens on Jan. 5. Seats are free.", ["It opens on Jan. 5.", "Seats are free."]),
        ("It opens at 5 p.m. on Monday. Come early.", ["It opens at 5 p.m. on Monday.", "Come early."]),
        ("It opened at 5 p.m. The hall was full.", ["It opened at 5 p.m.", "The hall was full."]),
        ("Why? Because. Really!", ["Why?", "Because.", "Really!"]),
        ("What?! Nobody came.", ["What?!", "Nobody came."]),
        ("They waited… Nobody came.", ["They waited…", "Nobody came."]),
        ("They waited ... and left.", ["They waited ... and left."]),
        ("The net is karsk.example and it works. Try it.", ["The net is karsk.example and it works.", "Try it."]),
        ("It rose to 2.5. It fell to 1.5.", ["It rose to 2.5.", "It fell to 1.5."]),
        ("(It was late.) We left.", ["(It was late.)", "We left."]),
        ("It was late. (We left.)", ["It was late.", "(We left.)"]),
        ("It was late. 12 people left.", ["It was late.", "12 people left."]),
        ("the end. of the line", ["the end. of the line"]),
        ("A. B. Lund came.", ["A. B. Lund came."]),
        ("“Stop!” The crowd ran.", ["“Stop!”", "The crowd ran."]),
        ("“Stop!” the guard shouted. We ran.", ["“Stop!” the guard shouted.", "We ran."]),
        ("“Why?” Ada Brandt asked. Nobody knew.", ["“Why?” Ada Brandt asked.", "Nobody knew."]),
        ("“One. Two. Three.” That was all.", ["“One. Two. Three.”", "That was all."]),
        ("He called it “odd.” We left.", ["He called it “odd.”", "We left."]),
        ("Er kam am 3. Mai an. Es regnete.", ["Er kam am 3. Mai an.", "Es regnete."]),
        ("Er wurde 3. von allen. Es regnete.", ["Er wurde 3. von allen.", "Es regnete."]),
        ("Es kostet ca. 3 Mio. Euro. Das ist viel.", ["Es kostet ca. 3 Mio. Euro.", "Das ist viel."]),
        ("„Halt!“ Die Menge lief.", ["„Halt!“", "Die Menge lief."]),
        ("First line.\nSecond line.", ["First line.", "Second line."]),
    ],
)
def test_where_sentences_end(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“a” and “b”", ["a", "b"]),
        ("„a“ und „b“", ["a", "b"]),
        ("„a” und „b”", ["a", "b"]),
        ("«a» e «b»", ["a", "b"]),
        ("»a« und »b«", ["a", "b"]),
        ("”a” och ”b”", ["a", "b"]),
        ('"a" and "b"', ["a", "b"]),
        ("``a'' and ``b''", ["a", "b"]),
        ("‘a’ and ‘b’", ["a", "b"]),
        ("She said ‘the dog’s tail’ twice.", ["the dog’s tail"]),
        ("The teachers’ hall, the pupils’ yard.", []),
        ("the ’90s and the ’80s", []),
        ("rock 'n' roll is old", ["n"]),
        ("“a ‘b’ c”", ["a ‘b’ c"]),
        ("„a ‚b‘ c“", ["a ‚b‘ c"]),
        ("“never closed, ‘inner’ here", ["never closed, ‘inner’ here"]),
        ("“one” then “two", ["one", "two"]),
        ("He is 6'2\" tall", []),
        ("”", []),
        ("“", []),
        ("“”", [""]),
    ],
)
def test_every_pair_of_marks(text: str, expected: list[str]) -> None:
    assert inner(text) == expected


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("“a\n\n“b\n\n“c”", [(False, False), (False, True), (True, True)]),
        ("“a\n\nplain\n\n“c”", [(False, False), (True, False)]),
        ("“a”\n\n“b”", [(True, False), (True, False)]),
        ("«a\n\n«b»", [(False, False), (True, True)]),
        ("“a\n\nHe left “b”", [(False, False), (True, False)]),
        ('"a\n\n"b"', [(False, False), (True, True)]),
        ("„a\n\n„b“ c „d“", [(False, False), (True, True), (True, False)]),
    ],
)
def test_quotations_that_run_over_paragraphs(text: str, flags: list[tuple[bool, bool]]) -> None:
    assert [(q.closed, q.continues) for q in marks(text)] == flags


@pytest.mark.parametrize(
    ("text", "at", "expected"),
    [("workers’ hall", 7, True), ("workers’ Hall", 7, False), ("worker’ hall", 6, False), ("workers’", 7, False)],
)
def test_the_apostrophe_of_a_plural(text: str, at: int, expected: bool) -> None:
    assert plural(text, at) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("U.S. envoys", ["U.S.", "envoys"]),
        ("the U.S.’s envoys", ["the", "U.S.’s", "envoys"]),
        ("Lee’s dog", ["Lee’s", "dog"]),
        ("don't go", ["don't", "go"]),
        ("Jong-un left", ["Jong-un", "left"]),
        ("AT&T fell", ["AT&T", "fell"]),
        ("3,200.50 euros", ["3,200.50", "euros"]),
        ("at 10:30 today", ["at", "10:30", "today"]),
        ("the 21st day", ["the", "21st", "day"]),
        ("$4.5bn", ["$", "4.5bn"]),
        ("a—b", ["a", "—", "b"]),
        ("well-known, old", ["well-known", ",", "old"]),
        ("a.b.c. d", ["a.b.c.", "d"]),
        ("Mr. Lee", ["Mr.", "Lee"]),
        ("J. Lee", ["J.", "Lee"]),
        ("karsk.example/path", ["karsk.example", "/", "path"]),
        ("größte Brücke", ["größte", "Brücke"]),
        ("5,5-Prozent", ["5,5", "-", "Prozent"]),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_lower_case_forms_carry_one_kind_of_apostrophe() -> None:
    assert [t.low for t in tokens("Lee’s DON’T")] == ["lee's", "don't"]


def test_marks_are_no_quoted_words() -> None:
    found = tokens("He said “go” and ‘stay’.")
    assert [t.text for t in found if t.quoted] == ["go"]  # single marks quote only where there are no double ones
    assert [t.quote for t in found if t.mark] == [0, 0]


def test_sentences_know_their_paragraph() -> None:
    text = "One here. Two here.\n\nThree here."
    parts = paragraphs(text)
    assert [s.paragraph for s in sentences(text, parts, [])] == [0, 0, 1]


def test_a_quotation_of_many_sentences_is_one_sentence() -> None:
    text = f"“{'We go. ' * 30}We stay,” Lee said. Then he left."
    assert len(cut(text)) == 2


@given(st.integers(1, 4 * MAX_TOKENS))
def test_no_sentence_is_longer_than_the_limit(count: int) -> None:
    text = "word " * count
    parts = paragraphs(text)
    found = sentences(text, parts, [])
    assert sum(len(s.tokens) for s in found) == count
    assert all(len(s.tokens) <= MAX_TOKENS + 1 for s in found)


MARKED = st.text(alphabet="aZ .?!,s\n“”„‟«»\"'`‘’‚", max_size=160)


@given(MARKED)
def test_quotations_lie_in_order_inside_their_paragraphs(text: str) -> None:
    parts, found = paragraphs(text), marks(text)
    assert all(a.end <= b.start for a, b in pairwise(found))
    for q in found:
        assert q.start < q.inner[0] <= q.inner[1] <= q.end
        assert q.closed == (q.inner[1] < q.end)
        assert any(start <= q.start and q.end <= end for start, end in parts)


@given(MARKED)
def test_tokens_are_the_text_without_white_space(text: str) -> None:
    parts = paragraphs(text)
    for sentence in sentences(text, parts, quotations(text, parts), english().speech):
        assert all(text[t.start : t.end] == t.text for t in sentence.tokens)
        assert all(a.end <= b.start for a, b in pairwise(sentence.tokens))


@given(st.lists(st.sampled_from(["We go.", "Lee left!", "Why?", "Prices rose 3.5 percent."]), min_size=1, max_size=12))
def test_plain_sentences_come_back_as_they_were(pieces: list[str]) -> None:
    assert cut(" ".join(pieces)) == pieces


@given(st.lists(st.sampled_from(["We go. We stay.", "“Why?” Lee asked.", "“Open\n\n“and shut,” Lee said."]), min_size=1, max_size=6))
def test_paragraphs_do_not_touch_each_other(pieces: list[str]) -> None:
    """Sentences of a text are those of its parts, one after the other."""
    together = cut("\n\nPlain end.\n\n".join(pieces))
    assert together == [s for k, piece in enumerate(pieces) for s in ([*(["Plain end."] if k else []), *cut(piece)])]
