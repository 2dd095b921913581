"""Training pairs of the pair model: edits change one fact, light edits none, and every written file has known labels."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from training.pairs.corpus import (
    AS_EVIDENCE,
    NONE,
    Example,
    edited,
    evidence,
    examples,
    fact_pair,
    facts,
    relation,
    relations,
    rows,
    stances,
    statements,
    unfolded,
)
from training.pairs.edits import Names, actor, certainty, contradiction, date, made, number, proper_names
from training.pairs.light import TABLE, add, cut, light, retype, spell, swap, turn
from transforms.compare.pairs import EVIDENCE, RELATIONS, STANCES

TEXTS = Path(__file__).parents[2] / "training" / "pairs" / "texts"
NAMES = Names(["Lucian Baar", "Ines Okafor", "Tolmar", "Karsk"])
A = "Mayor Hanna Brandt was told on 4 March that 12 buses had burned in Velm."
B = "Twelve buses, or 12 in digits, had burned by March 4, which Hanna Brandt was told in Velm."


def chance() -> random.Random:
    return random.Random(5)


def test_a_number_that_both_have_is_changed_in_one() -> None:
    new = number(A, B, chance())
    assert new is not None
    assert new != B
    assert "buses" in new


def test_a_number_that_only_one_has_is_left() -> None:
    assert number("No bus burned.", "There burned 14 buses.", chance()) is None


def test_a_date_becomes_another_of_its_kind() -> None:
    new = date("It closed on Monday.", "On Monday it closed.", chance())
    assert new is not None
    assert new.endswith("day it closed.")
    assert "Monday" not in new
    assert date("It closed on Monday.", "It closed.", chance()) is None


def test_a_name_becomes_another_of_as_many_words() -> None:
    assert actor(NAMES)("They met Hanna Brandt.", "In Velm they met Hanna Brandt.", chance()) in {
        "In Velm they met Lucian Baar.",
        "In Velm they met Ines Okafor.",
        "In Karsk they met Hanna Brandt.",
    }
    assert actor(NAMES)("They met.", "They met nobody.", chance()) is None


def test_a_hedge_is_added_where_neither_hedges() -> None:
    new = certainty("The dam has burst.", "The dam has burst.", chance())
    assert new not in {None, "The dam has burst."}
    assert certainty("The dam may burst.", "The dam has burst.", chance()) is None


def test_a_verb_is_negated_or_a_word_turned() -> None:
    assert contradiction("The dam was safe.", "The dam was safe.", random.Random(1)) in {
        "The dam was not safe.",
        "The dam was never safe.",
        "The dam wasn’t safe.",
        "The dam was dangerous.",
    }
    assert contradiction("It was not so.", "It was so.", chance()) is None


def test_edits_of_a_pair_bear_their_labels_and_change_one_text() -> None:
    found = list(made(A, B, NAMES, chance()))
    assert {label for _, _, label in found} <= set(RELATIONS)
    assert len(found) >= 3
    assert all((x in {A, B}) != (y in {A, B}) for x, y, _ in found)


def test_names_of_texts_are_collected_without_days() -> None:
    assert list(proper_names(["They met Hanna Brandt on Monday."]).pool) == ["Hanna Brandt"]


@pytest.mark.parametrize(
    ("step", "text", "new"),
    [
        (turn, "The bridge over the river Orr was closed, police said.", "Police said that the bridge over the river Orr was closed."),
        (retype, "He said “no” – twice.", 'He said "no" - twice.'),
        (spell, "Some three of four boats sank.", {"Some 3 of 4 boats sank.", "Some three of four boats sank."}),
        (cut, "The bridge was closed on Monday, which annoyed many drivers.", "The bridge was closed on Monday."),
        (turn, "Nobody was hurt.", "Nobody was hurt."),
    ],
)
def test_light_edits_keep_what_is_stated(step: object, text: str, new: str | set[str]) -> None:
    assert callable(step)
    assert step(text, random.Random(4)) in ({new} if isinstance(new, str) else new)


def test_a_detail_is_added_before_or_behind() -> None:
    found = {add("The bridge was closed.", random.Random(seed)) for seed in range(20)}
    assert len(found) > 5
    assert all("bridge was closed" in one for one in found)


def test_swapped_words_come_from_the_table() -> None:
    assert all(old and old != new for old, new in TABLE)
    assert {swap("Shares fell 4 percent.", random.Random(seed)) for seed in range(20)} == {
        "Shares fell 4 percent.",
        "Shares fell 4 per cent.",
    }


def test_light_edits_never_empty_a_text() -> None:
    assert all(len(light(B, random.Random(seed)).split()) >= 5 for seed in range(30))


def test_a_relation_is_evidence_too() -> None:
    assert relation("a", "b", "same") == Example("a", "b", 0, EVIDENCE.index("supports"))
    assert relation("a", "b", "certainty").evidence == NONE
    assert set(AS_EVIDENCE.values()) == set(EVIDENCE)


def test_written_pairs_are_read_in_either_order_and_files_can_be_held_out(tmp_path: Path) -> None:
    for name, text in (("w1-01", "x"), ("w1-02", "y")):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps({"a": text, "b": "z", "label": "other"}) + "\n")
    assert [row["a"] for row in rows(tmp_path, "w1")] == ["x", "y"]
    found = {(one.a, one.b) for seed in range(9) for one in relations(rows(tmp_path, "w1", ["w1-01"]), random.Random(seed))}
    assert found == {("y", "z"), ("z", "y")}


def test_supported_claims_with_a_changed_fact_are_denied() -> None:
    pair = {"claim": "The dam was safe.", "evidence": "The dam was safe, a study said.", "label": "supports"}
    found = list(evidence([pair], chance()))
    assert [EVIDENCE[one.evidence] for one in found] == ["supports", "denies"]


def test_stances_read_the_telling_sentence() -> None:
    pair = {"claim": "A shark swam in the Orr.", "title": "", "text": "It rained. No shark swam in the Orr.", "label": "denies"}
    (one,) = stances([pair])
    assert "No shark" in one.b
    assert STANCES[one.stance] == "denies"


def test_near_copies_mostly_say_the_same() -> None:
    pairs = [{"a": A, "b": B, "label": "other"}] * 40
    labels = [RELATIONS[one.relation] for one in edited(pairs, NAMES, chance())]
    assert 10 < labels.count("same") < 30
    assert 4 < len(labels) - labels.count("same") < labels.count("same")


EVENT = {
    "event": "blast",
    "facts": [
        {"same": ["a1", "a2", "a3"], "number": ["n"], "other": ["o1", "o2"]},
        {"same": ["b1", "b2", "b3"], "certainty": ["c"], "other": ["p"]},
    ],
}


def test_a_fact_gives_pairs_of_every_facet_and_of_its_neighbours() -> None:
    drawn = [one for seed in range(60) for one in facts([EVENT], NAMES, random.Random(seed))]
    found = {(frozenset({one.a, one.b}), RELATIONS[one.relation]) for one in drawn}
    assert {label for pair, label in found if "n" in pair and not pair & {"b1", "b2", "b3", "c", "p"}} == {"number"}
    assert {label for pair, label in found if pair <= {"a1", "a2", "a3"}} == {"same"}
    assert {label for pair, label in found if pair & {"a1", "a2", "a3"} and pair & {"b1", "b2", "b3"}} == {"other"}
    assert all(one.a != one.b for one in drawn)


def test_a_pair_of_a_fact_comes_in_either_order() -> None:
    found = {tuple(fact_pair(["x"], ["y"], "number", random.Random(seed))) for seed in range(9)}
    assert found == {("x", "y"), ("y", "x")}
    assert len({*fact_pair(["x", "y"], ["x", "y"], "same", chance())}) == 2


def test_all_that_is_stated_around_a_fact() -> None:
    assert statements({"same": ["x", "y"], "other": ["z"]}) == ["x", "y", "z"]


def test_grouped_lines_are_unfolded() -> None:
    claims = unfolded("verify", [{"evidence": "e", "supports": ["s"], "denies": [], "neutral": ["n", "m"]}])
    assert [(one["claim"], one["evidence"], one["label"]) for one in claims] == [
        ("s", "e", "supports"),
        ("n", "e", "neutral"),
        ("m", "e", "neutral"),
    ]
    (article,) = unfolded("stance", [{"claim": "c", "articles": [{"title": "t", "text": "x", "label": "denies"}]}])
    assert article == {"claim": "c", "title": "t", "text": "x", "label": "denies"}


def test_every_written_group_is_whole() -> None:
    told = [fact for event in rows(TEXTS, "facts") for fact in event["facts"]]
    assert len(told) > 5000
    assert all(len(set(fact["same"])) > 1 and set(fact) <= set(RELATIONS) for fact in told)
    assert all(text.strip() for fact in told for text in statements(fact))
    assert all(one["claim"] and one["label"] in EVIDENCE for one in unfolded("verify", rows(TEXTS, "claims")))
    assert all(one["claim"] and one["label"] in STANCES for one in unfolded("stance", rows(TEXTS, "rumours")))


def test_every_written_line_has_two_texts_and_a_known_label() -> None:
    relation_rows = rows(TEXTS, "w")
    assert all(row["a"] and row["b"] and row["a"] != row["b"] and row["label"] in RELATIONS for row in relation_rows)
    assert all(row["claim"] and row["evidence"] and row["label"] in EVIDENCE for row in rows(TEXTS, "verify"))
    assert all(row["claim"] and row["label"] in STANCES for row in rows(TEXTS, "stance"))
    assert len(relation_rows) > 2000


def test_examples_are_the_same_in_every_run(tmp_path: Path) -> None:
    lines = (TEXTS / "w1-01.jsonl").read_text("utf-8").splitlines()[:20]
    (tmp_path / "w1-01.jsonl").write_text("\n".join(lines), "utf-8")
    first, second = (examples(tmp_path, chance()) for _ in range(2))
    assert first == second
    assert len(first) > 40
