"""Where a sentence is cut into clauses, and where it is not."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.compare.clauses import CACHED, clauses


def cut(sentence: str) -> list[str]:
    return [sentence[start:end] for start, end in clauses(sentence)]


@pytest.mark.parametrize(
    "sentence",
    [
        "The council of Brunn closed the swimming pool, | and the mayor promised a new car park.",
        "The council closed the swimming pool | but kept the library and the town museum.",
        "The council closed the swimming pool, | which was built in 1962 by the water company.",
        "The mayor praised the swimming pool of Brunn, | where he learned to swim in 1962.",
        "The dam above Karsk broke on Sunday, | killing nine people in the valley.",
        "The dam above Karsk broke on Sunday, | flooded by three days of heavy rain.",
        "The dam above Karsk broke on Sunday | after the valves were opened by mistake.",
        "The dam above Karsk broke on Sunday, | as officials had expected since Friday.",
        "The dam above Karsk broke on Sunday; | nine people died in the valley below.",
        "The dam above Karsk broke on Sunday — | nine people died in the valley below.",
        "The dam above Karsk broke on Sunday, | with nine people killed in the valley.",
        "The dam above Karsk broke on Sunday | and killed nine people in the valley.",
        "Nine people died in the valley, | including three children from one family.",
        "Nine people died in Karsk | while the valley was being cleared, | and the mayor resigned within hours.",
    ],
)
def test_a_sentence_is_cut_where_a_clause_begins(sentence: str) -> None:
    assert cut(sentence.replace("| ", "")) == [piece.strip().rstrip(",;—").strip() for piece in sentence.split("|")]


@pytest.mark.parametrize(
    "sentence",
    [
        "The council of Brunn closed the swimming pool and the public library.",  # things are joined, not clauses
        "The dam broke on Sunday after the heavy rain of last week.",  # a preposition
        "As many as 300 people were taken to the sports hall in Dolna.",
        "It rained, and he left.",  # too little on both sides
        "Nine people died in the valley of the Orva, according to the provincial governor, Petra Halvik.",  # who says it
        "The governor of the province, Petra Halvik, who visited Karsk on Sunday",  # what the relative clause is about
        "Ottar Breck, the mayor of Brunn since 2015",  # no verb
        "She said that a report to which she contributed had warned of the spillway.",  # a preposition before the pronoun
        "The operator of the dam, Orva Water, denied that it had ignored a warning.",  # an apposition before the verb
        "The bill would be written by members being chosen from both chambers.",  # no finite verb behind the conjunction
        "Der Damm brach am Sonntag, neun Menschen starben, und der Bürgermeister trat zurück.",  # another language
        "",
        "?",
    ],
)
def test_it_stays_whole_where_none_begins(sentence: str) -> None:
    assert clauses(sentence) == ((0, len(sentence)),)


def test_sentences_that_a_quotation_holds_together_are_cut_too() -> None:
    said = "“The valves were opened by mistake on Friday. The alarm was never given to the valley,” the mayor said."
    assert cut(said) == [said]
    assert cut(f"{said[:-1]}, and the governor promised an inquiry into both.")[-1] == "and the governor promised an inquiry into both."


words = st.sampled_from(
    ["The", "dam", "broke", ",", "and", "which", "killed", "nine", "people", ";", "“", "”", "after", "Karsk", "-", "flooding", "said"]
)


@given(st.lists(words, max_size=25).map(" ".join))
def test_clauses_are_in_order_and_lose_nothing_but_marks(sentence: str) -> None:
    found = clauses(sentence)
    assert found == clauses(sentence)
    assert all(0 <= start <= end <= len(sentence) for start, end in found)
    assert all(before[1] <= behind[0] for before, behind in pairwise(found))
    kept = [word for start, end in found for word in sentence[start:end].split() if word.isalpha()]
    assert kept == [word for word in sentence.split() if word.isalpha()]


def test_clauses_of_a_story_are_remembered() -> None:
    clauses.cache_clear()
    for _ in range(3):
        cut("The dam above Karsk broke on Sunday; nine people died in the valley below.")
    assert clauses.cache_info().misses == 1
    assert clauses.cache_info().maxsize == CACHED


def test_a_dateline_is_in_no_clause() -> None:
    assert cut("KARSK (Meridian Wire) – The dam above the town broke, killing nine people in the valley.") == [
        "The dam above the town broke",
        "killing nine people in the valley.",
    ]
