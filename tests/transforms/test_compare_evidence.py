"""Evidence and steps: what a text makes of a claim, rankings, cells of a matrix; and laws of the vectors and clusters below them."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.compare import steps
from transforms.compare.cluster import average_link
from transforms.compare.evidence import SAME, likeness
from transforms.compare.evidence import stance_by_words as stance
from transforms.compare.evidence import verify_by_words as verify
from transforms.compare.match import rank
from transforms.compare.vectors import alike, inverse_frequency, normalised
from transforms.compare.words import ENDINGS, SHORTEST_STEM, STOP, anchors, fold, term, terms, words

Row = dict[str, Any]
DRUG, MAYOR, ROBOT = "The drug lowers the risk of stroke", "The mayor resigned over the letter", "A robot built a bridge in Oslo"


@pytest.mark.parametrize(
    ("claim", "text", "expected"),
    [
        (DRUG, "The drug lowers the risk of stroke, not of cancer.", "supports"),
        (DRUG, "There is no evidence that the drug lowers the risk of stroke.", "denies"),
        (DRUG, "It is a myth that the drug lowers the risk of stroke.", "denies"),
        (DRUG, "The drug does not lower the risk of stroke.", "denies"),
        ("The drug does not lower the risk of stroke", "The drug did not lower the risk of stroke.", "supports"),
        ("The drug does not lower the risk of stroke", "The drug lowers the risk of stroke.", "denies"),
        ("No evidence shows that the drug lowers the risk", "There is no evidence that the drug lowers the risk.", "supports"),
        (MAYOR, "The mayor denied that he resigned over the letter.", "denies"),
        (MAYOR, "The mayor, who never smiled, resigned over the letter.", "supports"),
        (MAYOR, "The mayor read the letter on the radio.", "supports"),
        (MAYOR, "The mayor of Karsk went skiing.", "neutral"),
    ],
)
def test_what_a_sentence_makes_of_a_claim(claim: str, text: str, expected: str) -> None:
    assert verify(claim, text) == expected


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Robot built bridge in Oslo", "", "supports"),
        ("Robot did build it", "Snow fell on all roads.\nA robot built the bridge in Oslo.", "supports"),
        ("Did a robot build a bridge?", "It is claimed that a robot built a bridge in Oslo.", "reports"),
        ("Robot bridge in Oslo", "Snow fell on all the roads.", "reports"),
        ("City speaks", "The city denies that a robot built a bridge in Oslo.", "denies"),
        ("Police: bridge built by robot is not real", "There is no evidence that a robot built a bridge in Oslo.", "denies"),
        ("Robot bridge in Oslo", "A robot built the bridge in Oslo. Another tale, of a whale, is a hoax.", "supports"),
        ("Snow in Karsk", "Snow fell on all the roads.", "unrelated"),
    ],
)
def test_the_stance_of_an_article(title: str, text: str, expected: str) -> None:
    assert stance(ROBOT, title, text) == expected


def test_a_claim_that_itself_speaks_of_a_hoax_is_not_denied_by_the_word() -> None:
    claim = "The tale of the robot in Oslo is a hoax"
    assert stance(claim, "Tale of robot is a hoax", "The tale of the robot in Oslo is a hoax.") == "supports"


@given(st.permutations(["fire in the port", "fire at sea", "rain in the port", "snow"]))
def test_a_ranking_does_not_depend_on_the_order_of_the_documents(order: list[str]) -> None:
    found = rank({text: text for text in order}, {"q": "fire port"})["q"]
    assert found[0] == "fire in the port"
    assert found[-1] == "snow"
    assert rank({text: text for text in sorted(order)}, {"q": "fire port"})["q"] == found


def test_a_document_that_repeats_a_word_ranks_higher_but_never_above_two_words() -> None:
    documents = {"once": "fire rain snow wind", "often": "fire fire fire wind", "both": "fire port snow wind"}
    assert rank(documents, {"q": "fire port"})["q"] == ["both", "often", "once"]


@pytest.mark.parametrize(
    ("a", "b", "share"),
    [("fire port", "fire port", 1.0), ("fire port", "port fire", 1.0), ("fire fire", "fire", 2 / 3), ("fire", "rain", 0.0), ("", "", 0.0)],
)
def test_likeness_counts_words_with_their_repeats(a: str, b: str, share: float) -> None:
    assert likeness(a, b) == pytest.approx(share)


def test_the_filter_calls_sentences_the_same_from_the_threshold_on() -> None:
    rows = [steps.same({"id": "1", "a": "fire port mill rain", "b": b}) for b in ("fire port mill snow", "fire cup song film")]
    assert [row["same"] for row in rows] == [row["score"] >= SAME for row in rows] == [True, False]


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (None, steps.EPOCH),
        ("", steps.EPOCH),
        ("2026-03-02", datetime(2026, 3, 2, tzinfo=UTC)),
        ("2026-03-02T10:00:00+02:00", datetime(2026, 3, 2, 8, tzinfo=UTC)),
        ("2026-03-02T10:00:00", datetime(2026, 3, 2, 10, tzinfo=UTC)),
    ],
)
def test_moments_are_utc(published: str | None, expected: datetime) -> None:
    assert steps.moment(published) == expected
    assert steps.moment(published).tzinfo is not None


def row(name: str, text: str, **more: Any) -> Row:
    return {"id": name, "outlet": name, "published": "2026-03-02", "title": "Dam at Brunn", "text": text} | more


FLAT = "Vera Klint, the mayor, said that 12 people were rescued from the dam at Brunn on Sunday."
REST = "Music was heard from the square until late, and the baker gave away the bread that was left. " * 6


@pytest.mark.parametrize(
    ("other", "status"),
    [
        ("The mayor, Vera Klint, said that 12 people were rescued from the dam at Brunn on Sunday.", "attributes"),
        ("On Sunday 12 people were rescued from the dam at Brunn.", "states"),
        ("The mayor, Vera Klint, said that 17 people were rescued from the dam at Brunn on Sunday.", "differs"),
    ],
)
def test_a_cell_of_the_matrix_tells_what_an_article_makes_of_a_claim(other: str, status: str) -> None:
    told = steps.matrix({"story": "s", "articles": [row("a", FLAT), row("b", other)]})
    (claim,) = [one for one in told["claims"] if len(one["cells"]) == 2]
    assert claim["cells"]["a"]["status"] in {"attributes", status}
    assert status in {cell["status"] for cell in claim["cells"].values()}
    for name, text in (("a", FLAT), ("b", other)):
        assert ["rescued" in text[start:end] for start, end in claim["cells"][name]["spans"]] == [True]


@pytest.mark.parametrize(("text", "status"), [(REST, "silent"), ("Music was heard.", "unknown"), (f"{REST} {FLAT[:-11]}", None)])
def test_a_cell_of_an_article_that_leaves_the_claim_out(text: str, status: str | None) -> None:
    told = steps.matrix({"story": "s", "articles": [row("a", FLAT), row("b", FLAT), row("c", text)]})
    cells = next(one["cells"] for one in told["claims"] if {"a", "b"} <= set(one["cells"]))
    assert cells["c"]["status"] == (status or cells["a"]["status"])
    assert (cells["c"]["spans"] == []) is (status is not None)


def test_a_matrix_shows_claims_as_sentences_and_an_empty_story_has_none() -> None:
    claims = [one["claim"] for one in steps.matrix({"story": "s", "articles": [row("a", FLAT), row("b", FLAT)]})["claims"]]
    assert claims == ["12 people were rescued from the dam at Brunn on Sunday"]
    assert steps.matrix({"story": "s", "articles": []}) == {"story": "s", "claims": []}


def test_a_version_of_a_row_follows_its_text_only() -> None:
    one, other = steps.version(row("a", FLAT)), steps.version(row("a", FLAT, published="2026-03-03"))
    assert one.version_id == other.version_id
    assert steps.version(row("a", f"{FLAT} More.")).version_id != one.version_id
    assert steps.version(row("a", f"{FLAT} More.")).article_id == one.article_id


@pytest.mark.parametrize(
    ("a", "b", "label"),
    [
        ("The damage at the mill is 25 million crowns", "The damage at the mill is 25.4 million crowns", "compatible"),
        ("The damage at the mill is 25 million crowns", "The damage at the mill is 31 million crowns", "differs"),
        ("The damage at the mill is 25 million crowns", "The mill has 31 rooms", "other"),
        ("The mill of 1936 burned", "The mill of 1938 burned", "other"),
    ],
)
def test_numbers_of_a_pair(a: str, b: str, label: str) -> None:
    assert steps.numbers({"id": "1", "a": a, "b": b}) == steps.numbers({"id": "1", "a": b, "b": a}) == {"id": "1", "label": label}


@given(st.dictionaries(st.sampled_from("abcdef"), st.floats(0.01, 50), max_size=6), st.floats(0.1, 100))
def test_the_length_of_a_vector_is_one_whatever_its_scale(vector: dict[str, float], factor: float) -> None:
    unit, scaled = normalised(vector), normalised({word: weight * factor for word, weight in vector.items()})
    assert math.isclose(math.hypot(*unit.values()), 1.0 if vector else 0.0, abs_tol=1e-9)
    assert all(math.isclose(unit[word], scaled[word], rel_tol=1e-9) for word in vector)


bags = st.lists(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 5).map(float), max_size=5), max_size=7)


@given(bags, st.randoms(use_true_random=False))
def test_the_order_of_texts_changes_no_likeness(found: list[dict[str, float]], chance: Any) -> None:
    order = list(range(len(found)))
    chance.shuffle(order)
    calm, mixed = [normalised(bag) for bag in found], [normalised(found[at]) for at in order]
    pairs = {tuple(sorted((order[i], order[j]))): score for (i, j), score in alike(mixed, 0.05)}
    straight = dict(alike(calm, 0.05))
    assert set(pairs) == set(straight)
    assert all(math.isclose(pairs[pair], score) for pair, score in straight.items())


@given(bags)
def test_a_term_in_fewer_texts_never_weighs_less(found: list[dict[str, float]]) -> None:
    spread = {word: sum(word in bag for bag in found) for bag in found for word in bag}
    idf = inverse_frequency(found)
    assert all(idf[a] >= idf[b] for a in spread for b in spread if spread[a] <= spread[b])
    assert all(weight >= 1.0 for weight in idf.values())


graph = st.dictionaries(
    st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda pair: pair[0] < pair[1]), st.floats(0.05, 1.0), max_size=15
)


@given(graph, st.floats(0.1, 0.9), st.integers(1, 4))
def test_clusters_obey_the_limit_and_what_lies_together(edges: dict[tuple[int, int], float], threshold: float, most: int) -> None:
    groups = average_link(6, edges, threshold, may_join=lambda members: len(members) <= most)
    assert sorted(node for group in groups for node in group) == list(range(6))
    assert max(len(group) for group in groups) <= most
    assert [group[0] for group in groups] == sorted(group[0] for group in groups)
    joined = average_link(6, edges, threshold, together=[(0, 5), (5, 3)])
    assert {0, 3, 5} <= set(joined[0])


@given(st.text(max_size=40))
def test_stems_keep_four_letters_and_grammar_words_have_none(text: str) -> None:
    for word in words(text):
        stem = term(word)
        if stem and not word[0].isdigit():
            assert len(stem) >= min(SHORTEST_STEM, len(fold(word)))
            assert word.casefold() not in STOP


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_ending_is_cut_from_a_long_word_and_kept_on_a_short_one(ending: str) -> None:
    assert term(f"qwkt{ending}") == "qwkt"
    assert term(f"qk{ending}"[: SHORTEST_STEM - 1]) == f"qk{ending}"[: SHORTEST_STEM - 1]


def test_anchors_are_names_and_numbers_without_accents_days_and_single_digits() -> None:
    assert anchors("On Monday Zoë Müller’s team of 7 met 140 guests in Łódź") == ["zoe", "muller", "140", "łodz"]
    assert terms("Zoë Müller’s") == ["zoe", "mull"]
