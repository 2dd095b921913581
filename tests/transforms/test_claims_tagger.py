"""The shipped tagger from text to spans: hostile input, other scripts, borders of windows; and the steps before and behind it."""

from __future__ import annotations

import json
import unicodedata
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.claims.attributions import attribute
from transforms.claims.decoding import FORBIDDEN, best_paths, closed_steps, follows, marginals, normed, tags_of
from transforms.claims.learned import ODDS, calibration
from transforms.claims.tagger import GRAPH, STEPS, WEIGHTS, Tagger
from transforms.claims.text import Quotation
from transforms.claims.windows import CLS, FEATURES, LABELS, MAX_SUBWORDS, PLAIN, SEP, encoded, shape, state_of, windows
from transforms.claims.wordpiece import IDEOGRAPHS, MAX_LETTERS, UNKNOWN, Vocabulary, bare, pattern
from transforms.graphs import VOCABULARY as SHIPPED
from transforms.odds import odds

STORY = "“The river rose at night,” Mayor Ann Lee said on Monday. She denied that the dam was old.\n\n"


@pytest.fixture(scope="module")
def model() -> Tagger:
    """The tagger, loaded once."""
    return Tagger(WEIGHTS)


def told(model: Tagger, text: str) -> list[tuple[str, str]]:
    """Role and words of every span."""
    return [(tag.role, text[tag.start : tag.end]) for tag in model.tags(text)]


# --- spans ---


def test_spans_of_a_plain_story(model: Tagger) -> None:
    assert told(model, STORY) == [
        ("CNT", "The river rose at night"),
        ("SRC", "Mayor Ann Lee"),
        ("CUE", "said"),
        ("SRC", "She"),
        ("CUE", "denied"),
        ("CNT", "that the dam was old"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n\n",
        "\u200b\u200e\ufeff",
        "“”‘’\"'",
        "知事は橋は安全だと述べた。",
        "قال الوزير إن الجسر مغلق.",
        "המושל אמר שהגשר סגור.",
        "नदी में बाढ़ आई, मंत्री ने कहा।",
        "👩‍🚒👍🏽🇩🇪",
        "e\u0301" * 300,
        "\x00\x01\x02 said \x00",
        "https://a.example/" + "x" * 5000,
        "\ud83d",
    ],
    ids=["empty", "lines", "invisible", "marks", "ja", "ar", "he", "hi", "emoji", "accents", "control", "address", "half a pair"],
)
def test_no_text_breaks_it(model: Tagger, text: str) -> None:
    for tag in model.tags(text):
        assert 0 <= tag.start < tag.end <= len(text)
        assert 0 <= tag.sure <= 1


def test_spans_stand_in_order_and_share_nothing(model: Tagger) -> None:
    tags = model.tags(STORY * 40)
    assert len(tags) > 200
    assert all(a.end <= b.start for a, b in pairwise(tags))
    assert all(STORY[(tag.start % len(STORY))].strip() for tag in tags)


@pytest.mark.parametrize("copies", [3, 30])
def test_every_copy_of_a_paragraph_is_read(model: Tagger, copies: int) -> None:
    roles = [role for role, _ in told(model, STORY * copies)]
    assert roles.count("CUE") >= 2 * copies - 1


def test_a_quotation_longer_than_a_window_stays_one_span(model: Tagger) -> None:
    words = "the river rose and the road was lost and nobody came to help us " * 40
    text = f"“{words.strip()},” Mayor Ann Lee said."
    contents = [tag for tag in model.tags(text) if tag.role == "CNT"]
    assert sum(tag.end - tag.start for tag in contents) > 0.9 * len(words)
    assert len(contents) <= 4
    (item,) = attribute(text, language="en", method="model")
    assert (item.speaker.name, item.quote_type) == ("Ann Lee", "direct")


def test_invisible_characters_inside_words_change_no_span(model: Tagger) -> None:
    soft = STORY.replace("river", "ri\u00adver")
    assert [role for role, _ in told(model, soft)] == [role for role, _ in told(model, STORY)]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_composed_and_decomposed_letters_are_alike(model: Tagger, form: Any) -> None:
    text = unicodedata.normalize(form, "“It is late,” Zoë Łukić said. Café owner José Núñez denied it.")
    assert [unicodedata.normalize("NFC", words) for role, words in told(model, text) if role == "SRC"] == [
        "Zoë Łukić",
        "Café owner José Núñez",
    ]


# --- files ---


def test_the_files_fit_each_other(model: Tagger) -> None:
    assert {path.name for path in WEIGHTS.iterdir()} >= {GRAPH, STEPS, ODDS}
    assert model.steps.shape == (len(LABELS), len(LABELS))
    (piece,) = windows(encoded(STORY, model.vocabulary))
    assert model.scores(piece).shape == (len(piece.words), len(LABELS))
    assert max(model.vocabulary.ids.values()) > max(piece.ids)


def test_steps_forbid_what_the_scheme_forbids(model: Tagger) -> None:
    for i, before in enumerate(LABELS):
        for k, label in enumerate(LABELS):
            assert (model.steps[i, k] > FORBIDDEN / 2) is np.bool_(follows(before, label))


def test_the_calibration_is_finite_and_trusts_surer_tags_more() -> None:
    weights = json.loads((WEIGHTS / ODDS).read_text("utf-8"))
    assert set(weights) == {"bias", "cue", "content", "source", "sourceless", "inherited"}
    assert all(np.isfinite(value) for value in weights.values())
    assert calibration().cue > 0
    assert calibration().content > 0


@given(st.floats(0, 1), st.floats(0, 1))
def test_odds_grow_with_the_share(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert odds(low) <= odds(high)
    assert odds(low) == pytest.approx(-odds(1 - low), abs=1e-6)


# --- subwords ---

VOCABULARY = Vocabulary(SHIPPED)


def words(text: str) -> list[str]:
    return [text[a:b] for (a, b), _ in VOCABULARY.words(text, 0, len(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lee’s “well-known” U.S. firm", ["Lee", "’", "s", "“", "well", "-", "known", "”", "U", ".", "S", ".", "firm"]),
        ("3,5% für Müller", ["3", ",", "5", "%", "für", "Müller"]),
        ("«Да», сказал он", ["«", "Да", "»", ",", "сказал", "он"]),
        ("東京 said", ["東", "京", "said"]),
        ("かな", ["かな"]),
        ("a…b—c", ["a", "…", "b", "—", "c"]),
        ("x@y.example #tag", ["x", "@", "y", ".", "example", "#", "tag"]),
        ("tab\tnew\nline\u00a0hard", ["tab", "new", "line", "hard"]),
        ("\u200b \ufeff", []),
        ("$5 €5", ["$", "5", "€5"]),
    ],
)
def test_words_and_marks(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(("letters", "known"), [(MAX_LETTERS, True), (MAX_LETTERS + 1, False)])
def test_how_long_a_word_may_be(letters: int, known: bool) -> None:
    assert (VOCABULARY.cut("a" * letters) != (UNKNOWN,)) is known


@pytest.mark.parametrize(("word", "plain"), [("ÄÖÜ", "aou"), ("İ", "i"), ("ﬁ", "ﬁ"), ("ß", "ß"), ("A\u0301", "a"), ("\x00\ufffd", "")])
def test_letters_without_accents(word: str, plain: str) -> None:
    assert bare(word) == plain


@given(st.text(max_size=30))
@settings(max_examples=60)
def test_the_plain_form_is_its_own_plain_form(word: str) -> None:
    assert bare(bare(word)) == bare(word)


@given(st.text(alphabet=f"ab1.,“” \n{IDEOGRAPHS[0]}{IDEOGRAPHS[2]}é", max_size=40))
@settings(max_examples=60)
def test_the_pattern_leaves_out_white_space_alone(text: str) -> None:
    assert "".join(pattern().findall(text)) == "".join(text.split())


# --- windows ---


@pytest.mark.parametrize(("at", "state"), [(0, 0), (4, 0), (5, 2), (6, 1), (9, 1), (10, 3), (11, 3)])
def test_states_around_a_quotation(at: int, state: int) -> None:
    assert state_of(at, Quotation(5, 12, (6, 10), closed=True)) == state


@pytest.mark.parametrize(("word", "kind"), [("É", 1), ("ÉTÉ", 2), ("ß", 0), ("中", 1), ("²", 3), ("½x", 0), ("a1", 0), ("1a", 3), ("-", 4)])
def test_shapes_in_any_script(word: str, kind: int) -> None:
    assert shape(word) == kind


@pytest.mark.parametrize("size", [1, 237, 238, 239, 240, 241, 500])
def test_no_window_is_longer_than_it_may_be(size: int) -> None:
    found = list(windows(encoded("river " * size, VOCABULARY)))
    assert sum(len(piece.words) for piece in found) == size
    for piece in found:
        assert piece.ids[0] == CLS
        assert piece.ids[-1] == SEP
        assert len(piece.ids) <= MAX_SUBWORDS + 1
        assert all(0 <= feature < FEATURES for feature in piece.features)


def test_typewriter_forms_keep_every_offset() -> None:
    assert all(len(chr(code).translate(PLAIN)) == 1 for code in PLAIN)


# --- decoding ---


def test_a_certain_path_is_found_and_sure() -> None:
    wanted = ["B-SRC>", "I-SRC>", "B-CUE", "B-CNT<", "I-CNT<", "O"]
    scores = np.full((len(wanted), len(LABELS)), -20, dtype=np.float32)
    for row, name in enumerate(wanted):
        scores[row, LABELS.index(name)] = 20
    (path,), (sure,) = best_paths([scores], closed_steps()), marginals([scores], closed_steps())
    assert [LABELS[label] for label in path] == wanted
    spans = [(0, 3), (4, 7), (8, 12), (13, 15), (16, 22), (22, 23)]
    tags = list(tags_of(spans, path, sure))
    assert [(tag.role, tag.towards, tag.start, tag.end, tag.words) for tag in tags] == [
        ("SRC", ">", 0, 7, 2),
        ("CUE", "", 8, 12, 1),
        ("CNT", "<", 13, 22, 2),
    ]
    assert all(tag.sure > 0.999 for tag in tags)


def test_a_forbidden_label_is_never_taken_however_high_its_score() -> None:
    scores = np.zeros((2, len(LABELS)), dtype=np.float32)
    scores[0, LABELS.index("O")] = 50
    scores[1, LABELS.index("I-CUE")] = 40
    assert LABELS[best_paths([scores], closed_steps())[0][1]] != "I-CUE"


@pytest.mark.parametrize("scale", [0.0, 1e-30, 1e4])
def test_probabilities_add_up_at_any_scale(scale: float) -> None:
    scores = (np.arange(3 * len(LABELS), dtype=np.float32).reshape(3, -1) % 7) * np.float32(scale)
    (found,) = marginals([scores], closed_steps())
    assert np.isfinite(found).all()
    assert found.sum(1) == pytest.approx(np.ones(3), abs=1e-4)


def test_nothing_is_divided_by_zero() -> None:
    assert np.isfinite(normed(np.zeros((2, 3)))).all()
