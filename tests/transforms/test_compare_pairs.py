"""The pair model in the package: what it says of plain pairs, and that a score depends on nothing but its pair."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.compare import pairs, relation, weighing
from transforms.compare.evidence import stance, stance_by_words, verify, verify_by_words
from transforms.compare.pairs import COLUMNS, EVIDENCE, HEADS, RELATIONS, STANCES, PairModel, bearing, pair_model, scores
from transforms.compare.relation import read, relate
from transforms.compare.statement import Statement, english
from transforms.compare.steps import numbers, related

# Our own sentences, one event a block: (a, b, label).
GOLDEN = [
    ("The ferry sank off Tolmar with 40 people on board.", "Forty people were aboard the ferry that went down near Tolmar.", "same"),
    ("Velm's council voted on Monday to close the old harbour.", "The old harbour will be shut, the council of Velm decided.", "same"),
    ("The blaze killed 12 people in Karsk, officials said.", "Officials said the blaze in Karsk killed 31 people.", "number"),
    ("Sales at Orrin rose 4 percent in the second quarter.", "Orrin's second-quarter sales were up 9 percent.", "number"),
    ("The trial of the former minister opens on 4 March.", "The former minister goes on trial on 11 March.", "date"),
    ("The company reportedly bribed two judges.", "The company bribed two judges, prosecutors said.", "certainty"),
    ("The dam at Lunn may have been damaged by the quake.", "The quake damaged the dam at Lunn.", "certainty"),
]


@pytest.fixture(scope="module")
def loaded() -> PairModel:
    found = pair_model()
    assert found is not None
    return found


def test_each_head_is_a_distribution(loaded: PairModel) -> None:
    found = loaded.scores([(a, b) for a, b, _ in GOLDEN])
    assert found.shape == (len(GOLDEN), len(COLUMNS))
    assert found.dtype == np.float32
    for head in HEADS:
        assert np.allclose(found[:, head].sum(1), 1, atol=1e-5)


def test_the_heads_are_the_columns_in_their_order() -> None:
    assert [COLUMNS[head] for head in HEADS] == [RELATIONS, EVIDENCE, tuple(f"stance_{label}" for label in STANCES)]


def test_relations_do_not_depend_on_the_order_of_a_pair(loaded: PairModel) -> None:
    one, other = loaded.scores([("It rained in Velm.", "Velm was dry.")]), loaded.scores([("Velm was dry.", "It rained in Velm.")])
    assert np.array_equal(one[:, HEADS[0]], other[:, HEADS[0]])
    assert not np.array_equal(one[:, HEADS[1]], other[:, HEADS[1]])


def test_a_score_does_not_depend_on_what_else_is_asked(loaded: PairModel) -> None:
    alone = PairModel().scores([GOLDEN[2][:2]])[0]
    assert np.array_equal(alone, loaded.scores([one[:2] for one in GOLDEN])[2])


def test_no_pairs_have_no_scores(loaded: PairModel) -> None:
    assert loaded.scores([]).shape == (0, len(COLUMNS))


@pytest.mark.parametrize("text", ["", " \n", "\ud800", "漢字", "word " * 2000])
def test_odd_texts_are_scored(loaded: PairModel, text: str) -> None:
    assert np.isfinite(loaded.scores([(text, "The ferry sank."), ("The ferry sank.", text)])).all()


def test_without_weights_there_is_no_model(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr(pairs, "WEIGHTS", tmp_path)
    pair_model.cache_clear()
    try:
        assert pair_model() is None
        assert scores([("a", "b")]) is None
        a, b = read("The blaze killed 12 people."), read("The blaze killed 31 people.")
        assert (relate(a, b).label, relate(a, b).apart) == ("number", 0.0)
        assert relate(a, a).label == "same"
        assert verify("The dam was safe.", "The dam was not safe.") == verify_by_words("The dam was safe.", "The dam was not safe.")
        assert stance("The dam was safe.", "Dam safe: a hoax", "") == stance_by_words("The dam was safe.", "Dam safe: a hoax", "")
    finally:
        pair_model.cache_clear()


@pytest.mark.parametrize(("a", "b", "label"), GOLDEN)
def test_plain_pairs_have_their_label(a: str, b: str, label: str) -> None:
    assert relate(read(a), read(b)).label == label


@pytest.mark.parametrize(("a", "b", "label"), GOLDEN)
def test_the_label_does_not_depend_on_the_order(a: str, b: str, label: str) -> None:
    one, other = relate(read(a), read(b)), relate(read(b), read(a))
    assert (one.label, one.confidence, one.apart) == (other.label, other.confidence, other.apart)


@pytest.mark.parametrize("text", sorted({text for a, b, _ in GOLDEN for text in (a, b)}))
def test_a_statement_agrees_with_itself(text: str) -> None:
    verdict = relate(read(text), read(text))
    assert (verdict.label, verdict.reason) == ("same", "")
    assert verdict.apart < 0.5 < verdict.confidence


@settings(max_examples=40, deadline=None)
@given(*[st.sampled_from([text for a, b, _ in GOLDEN for text in (a, b)])] * 2)
def test_spans_lie_within_the_texts_and_differences_have_a_reason(a: str, b: str) -> None:
    verdict = relate(read(a), read(b))
    assert 0 <= verdict.a[0] <= verdict.a[1] <= len(a)
    assert 0 <= verdict.b[0] <= verdict.b[1] <= len(b)
    assert bool(verdict.reason) == (verdict.label != "same")
    assert 0 <= verdict.confidence <= 1
    assert 0 <= verdict.apart <= 1


def test_statements_on_two_things_are_apart() -> None:
    verdict = relate(read("The premier signed the treaty in Velm."), read("A bear was seen near the school on Friday."))
    assert verdict.label == "same"
    assert verdict.apart > 0.5 > verdict.confidence


def test_a_denial_around_a_content_counts_though_both_contents_are_alike() -> None:
    a = read("The minister took money from the builders of the stadium.")
    assert relate(a, replace(a, polarity="denies")).label == "contradicts"


def test_other_languages_are_left_to_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(weighing, "pair_model", forbidden)
    a, b = read("Bei dem Brand starben 12 Menschen.", language="de"), read("Bei dem Brand starben 31 Menschen.", language="de")
    assert relate(a, b).label == "number"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("The dam broke.", True), ("Dam breaks", True), ("Der Damm ist am Montag gebrochen.", False), ("La presa se rompió el lunes.", False)],
)
def test_english_is_known_by_its_grammar_words(text: str, expected: bool) -> None:
    assert english(text) is expected


@pytest.mark.parametrize(
    ("claim", "text", "label"),
    [
        ("Coffee cures colds.", "A trial found that coffee did not cure colds.", "denies"),
        ("The vaccine lowers the risk of stroke.", "Stroke risk was lower in people who had received the vaccine.", "supports"),
        ("Walnuts prevent diabetes.", "Walnuts are grown in Norland, and exports rose last year.", "neutral"),
    ],
)
def test_evidence_for_and_against(claim: str, text: str, label: str) -> None:
    assert verify(claim, text) == label


@pytest.mark.parametrize(
    ("claim", "title", "text", "label"),
    [
        ("A shark swam in the river Orr", "No, there is no shark in the Orr", "The picture is fake, police said on Monday.", "denies"),
        ("A shark swam in the river Orr", "Budget passed", "The council raised taxes after a long debate.", "unrelated"),
    ],
)
def test_stances(claim: str, title: str, text: str, label: str) -> None:
    assert stance(claim, title, text) == label


def test_weights_fit_the_features() -> None:
    table = weighing.weights()
    a = Statement("The dam broke.")
    of: weighing.Pairs
    for of in ("linked", "alone"):
        found = weighing.features(a, a, weighing.votes(a, a), of)
        assert found is not None
        assert {len(row) for row in table[of]["weights"]} == {len(found)}
        assert len(table[of]["weights"]) == len(table[of]["offsets"]) == len(RELATIONS)
    assert [len(table[head]) for head in ("evidence", "stance")] == [len(EVIDENCE), len(STANCES)]


@given(st.sampled_from(["alone", "linked"]), st.lists(st.floats(-6, 1), min_size=17, max_size=17))
def test_weighing_yields_a_distribution(of: weighing.Pairs, found: list[float]) -> None:
    chances = weighing.weigh(found if of == "alone" else found[:14], of)
    assert list(chances) == list(RELATIONS)
    assert math.isclose(sum(chances.values()), 1, abs_tol=1e-9)


def test_a_pair_alone_and_a_link_are_weighed_apart() -> None:
    a, b = read("Prices in the capital went up in May."), read("Prices in the capital went down in May.")
    alone, link = (relation.relations(a, b, {}, of) for of in ("alone", "linked"))
    assert alone is not None
    assert link is not None
    assert alone["contradicts"] > link["contradicts"]


@pytest.mark.parametrize(
    ("a", "b", "signs"),
    [
        ("Prices went up in May.", "Prices went down in May.", (True, False, False)),
        ("Prices went up and down.", "Prices went down.", (False, False, False)),
        ("The bill will pass.", "The bill will not pass.", (False, True, False)),
        ("He would not say no.", "He would say yes.", (False, False, False)),
        ("On Friday night Ann Rudd resigned.", "On Friday night Bob Lang resigned.", (False, False, True)),
        ("On Friday night Ann Rudd resigned.", "On Friday night Rudd resigned.", (False, False, False)),
    ],
)
def test_signs_of_a_difference(a: str, b: str, signs: tuple[bool, bool, bool]) -> None:
    assert weighing.signs(Statement(a), Statement(b)) == list(signs)
    assert weighing.signs(Statement(b), Statement(a)) == list(signs)


def test_opposites_are_pointed_at() -> None:
    a, b = "After the vote on Monday the shares of both banks rose.", "The shares of both banks fell after the vote on Monday."
    verdict = relate(read(a), read(b))
    assert (verdict.label, a[slice(*verdict.a)], b[slice(*verdict.b)], verdict.reason) == ("contradicts", "rose", "fell", "rose -> fell")


def test_ties_of_a_head_go_to_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weighing, "weights", lambda: {"evidence": [0.0, 0.0, 0.0]})
    assert weighing.choose("evidence", EVIDENCE, [0.25, 0.5, 0.25]) == "denies"
    assert weighing.choose("evidence", EVIDENCE, [0.4, 0.4, 0.2]) == "supports"


def test_the_step_names_the_label_for_two_things_and_keeps_the_spans() -> None:
    row = {"id": 1, "a": GOLDEN[2][0], "b": GOLDEN[2][1]}
    found = related(row, "other")
    assert found["label"] == "number"
    assert [row["a"][slice(*found["spans"][0])], row["b"][slice(*found["spans"][1])]] == ["12 people", "31 people"]
    assert related({"id": 2, "a": GOLDEN[0][0], "b": GOLDEN[6][0]}, "other") == {"id": 2, "label": "other"}


def test_numbers_are_told_apart() -> None:
    assert numbers({"id": 1, "a": GOLDEN[2][0], "b": GOLDEN[2][1]})["label"] == "differs"
    assert numbers({"id": 1, "a": GOLDEN[0][0], "b": GOLDEN[0][1]})["label"] == "compatible"


def test_the_table_of_weights_is_plain_data() -> None:
    assert json.loads(weighing.WEIGHTS.read_text("utf-8")) == weighing.weights()


FERRY = "The ferry sank off Tolmar with 40 people on board."


@pytest.mark.parametrize(
    ("text", "bears"),
    [
        ("Forty people were aboard the ferry that went down near Tolmar.", True),
        ("The ferry never sank, the company said.", True),  # against it
        ("The minister said that the ferry company had been warned twice.", False),
    ],
)
def test_a_text_bears_on_a_claim_that_it_supports_or_denies(text: str, bears: bool) -> None:
    found = bearing(FERRY, text)
    assert found is not None
    assert 0 <= found <= 1
    assert (found > 0.5) is bears


def test_what_bears_on_a_claim_knows_no_other_language() -> None:
    german = "Der Bürgermeister von Velm trat am Montag nach langem Streit über den Haushalt der Stadt zurück."
    assert bearing(FERRY, german) is None
    assert bearing(german, FERRY) is None


def test_without_a_model_nothing_is_known_to_bear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "pair_model", lambda: None)
    assert bearing(FERRY, "The mayor resigned.") is None
