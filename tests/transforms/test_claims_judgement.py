"""Polarity, certainty, negation: each word list has its table."""

from __future__ import annotations

import pytest

from transforms.claims import Attribution, attribute
from transforms.claims.judge import hedging, is_negated


def only(text: str) -> Attribution:
    """The one attribution of a text."""
    (found,) = attribute(text)
    return found


@pytest.mark.parametrize(
    ("cue", "polarity"),
    [
        ("said that it was late", "asserts"),
        ("confirmed that it was late", "asserts"),
        ("insisted that it was late", "asserts"),
        ("claimed that it was late", "asserts"),
        ("warned that it was late", "asserts"),
        ("believes that it is late", "asserts"),
        ("denied that it was late", "denies"),
        ("disputed that it was late", "denies"),
        ("rejected the plan", "denies"),
        ("dismissed the plan", "denies"),
        ("refused to go", "denies"),
        ("declined to comment", "denies"),
        ("expects the plan to fail", "expects"),
        ("predicted that it would fail", "expects"),
        ("hopes that it will work", "expects"),
        ("promised to go", "promises"),
        ("vowed that he would go", "promises"),
        ("threatened to go", "promises"),
        ("plans to go", "promises"),
        ("asked whether it was late", "questions"),
        ("wondered why it was late", "questions"),
        ("asked drivers to wait", "questions"),
        ("urged drivers to wait", "demands"),
        ("called for a vote", "demands"),
        ("asked for £3 million", "demands"),
        ("demanded that it be closed", "demands"),
        ("wants to go", "demands"),
        ("ordered drivers to wait", "demands"),
        ("praised the plan", "other"),
        ("criticised the plan", "other"),
        ("talked about the plan", "other"),
    ],
)
def test_the_polarity_of_a_verb(cue: str, polarity: str) -> None:
    assert only(f"Ada Lee {cue}.").polarity == polarity


@pytest.mark.parametrize(
    ("cue", "polarity"),
    [
        ("did not say that it was late", "other"),
        ("never said that it was late", "other"),
        ("did not confirm the plan", "other"),
        ("did not deny that it was late", "asserts"),
        ("did not reject the plan", "asserts"),
        ("does not think that it is late", "denies"),
        ("does not expect it to fail", "denies"),
        ("did not promise to go", "denies"),
    ],
)
def test_the_polarity_of_a_negated_verb(cue: str, polarity: str) -> None:
    assert only(f"Ada Lee {cue}.").polarity == polarity


@pytest.mark.parametrize(
    ("content", "polarity"),
    [
        ("the bridge should be closed", "demands"),
        ("the bridge must close", "demands"),
        ("the bridge ought to close", "demands"),
        ("the bridge must have closed", "asserts"),
        ("the bridge should have closed", "asserts"),
        ("the bridge should not have closed", "asserts"),
        ("the bridge is closed", "asserts"),
    ],
)
def test_a_demand_in_the_content(content: str, polarity: str) -> None:
    assert only(f"Ada Lee said {content}.").polarity == polarity


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("the bridge is closed", "certain"),
        ("the bridge may be closed", "hedged"),
        ("the bridge closed in May", "certain"),
        ("the bridge might be closed", "hedged"),
        ("the bridge is probably closed", "hedged"),
        ("the bridge appears closed", "hedged"),
        ("perhaps the bridge is closed", "hedged"),
        ("the bridge could be closed", "hedged"),
        ("the bridge could not be closed", "certain"),
        ("the alleged thief fled", "alleged"),
        ("the bridge was reportedly closed", "alleged"),
        ("the accused thief might flee", "alleged"),
        ("the bridge closes if it rains", "conditional"),
        ("unless it rains it might open", "conditional"),
        ("the bridge opens provided it is dry", "conditional"),
        ("the town plans to close it", "planned"),
        ("the bridge is due to open", "planned"),
        ("the bridge is set for a party", "planned"),
        ("the bridge was due to open", "certain"),
        ("the plant in Karsk is closed", "certain"),
        ("the plant is closed", "certain"),
        ("die Brücke ist wohl gesperrt", "hedged"),
        ("die Brücke könnte gesperrt sein", "hedged"),
        ("der mutmaßliche Dieb floh", "alleged"),
        ("der Dieb floh angeblich", "alleged"),
        ("die Brücke öffnet, falls es trocken ist", "conditional"),
        ("die Stadt plant eine Brücke", "planned"),
        ("die Stadt plant die Sperrung", "planned"),
        ("die Brücke ist gesperrt", "certain"),
        ("", "certain"),
    ],
)
def test_how_sure_a_content_is(words: str, expected: str) -> None:
    assert hedging(words) == expected


@pytest.mark.parametrize(
    ("text", "certainty"),
    [
        ("Ada Lee claims it is late.", "alleged"),
        ("Ada Lee reportedly said it was late.", "alleged"),
        ("Ada Lee allegedly asked for £3 million.", "alleged"),
        ("Ada Lee accused the builders of theft.", "alleged"),
        ("Ada Lee believes it is late.", "hedged"),
        ("Ada Lee expects it to fail.", "hedged"),
        ("Ada Lee vowed to go.", "planned"),
        ("Ada Lee is confident that it works.", "hedged"),
        ("Ada Lee said it was late.", "certain"),
        ("The bridge is reportedly closed.", "alleged"),
        ("The bridge seems to be closed.", "hedged"),
        ("The bridge is supposedly closed.", "alleged"),
    ],
)
def test_the_certainty_of_a_verb(text: str, certainty: str) -> None:
    assert only(text).certainty == certainty


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("it was not late", True),
        ("it wasn't late", True),
        ("it wasn’t late", True),
        ("it cannot be late", True),
        ("nobody came", True),
        ("no bus came", True),
        ("none came", True),
        ("neither came", True),
        ("he never came", True),
        ("no fewer than 20 came", False),
        ("no more than 20 came", False),
        ("no later than Friday", False),
        ("it was nothing but fog", False),
        ("it was not only late", False),
        ("it went to firms without staff", False),
        ("it was late", False),
        ("it was late, not early", False),
        ("the knot was late", False),
        ("a noted late bus", False),
        ("es war nicht spät", True),
        ("kein Bus kam", True),
        ("keiner kam", True),
        ("niemand kam", True),
        ("nichts kam", True),
        ("nicht nur der Bus kam", False),
        ("der Bus kam nie", True),
        ("der Bus kam spät", False),
        ("", False),
    ],
)
def test_negation(words: str, expected: bool) -> None:
    assert is_negated(words) is expected


def test_a_negation_far_behind_belongs_to_another_clause() -> None:
    assert not is_negated("the bridge " + "over the wide river " * 6 + "was not closed")


@pytest.mark.parametrize(
    ("text", "surer"),
    [
        ("Ada Lee said it was late. Ada Lee wants to go.", True),
        ("Ada Lee said it was late. The bridge is reportedly closed.", True),
        ("Ada Lee hopes that it rains. Ada Lee said it was late.", False),
    ],
)
def test_the_confidence_follows_the_verb(text: str, surer: bool) -> None:
    first, second = attribute(text)
    assert (first.confidence > second.confidence) is surer
