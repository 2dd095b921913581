"""Relations: which difference two statements have, which words show it, and what is no difference."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.compare import relation as module
from transforms.compare.relation import Statement, by_rules, names, read, statement
from transforms.compare.rules import CONFIDENCE
from transforms.records import ClaimMention, DateValue, Label, NumberValue, Span

PUBLISHED = date(2026, 3, 2)
NIL = UUID(int=0)


def relation(a: str, b: str) -> Label:
    return by_rules(read(a, published=PUBLISHED), read(b, published=PUBLISHED)).label


@pytest.mark.parametrize(
    ("a", "b", "label"),
    [
        ("Twelve people are dead after the flood at Karsk", "The flood at Karsk left 15 people dead", "number"),
        ("The company was sold for $2.5 billion in spring", "The company was sold for $1.8 billion", "number"),
        ("Tuition will rise to 5,247 crowns next term", "Tuition will rise to 4,794 crowns", "number"),
        ("The levy on fuel will be introduced on 1 October", "The levy on fuel takes effect on 1 July", "date"),
        ("The ship passed its last inspection on 12 March", "The ship was last inspected on 21 April", "date"),
        ("A welding torch allegedly set off the blaze at the works", "A welding torch set off the blaze at the works", "certainty"),
        ("Holm may have been one of the pioneers of the style", "Holm was one of the pioneers of the style", "certainty"),
        ("The factory reportedly employs children", "The factory employs children", "certainty"),
        ("The offer was final", "The offer was not final", "contradicts"),
        ("The ministry was involved in the sale of the harbour", "The ministry was not involved in the sale of the harbour", "contradicts"),
        ("Die Regierung plant ein Verbot des Streiks", "Die Regierung plant kein Verbot des Streiks", "contradicts"),
    ],
)
def test_one_thing_differs(a: str, b: str, label: Label) -> None:
    assert relation(a, b) == label
    assert relation(b, a) == label


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("The damage is 114 million crowns", "The damage is 114.3 million crowns"),
        ("More than 250 homes were destroyed by the fire", "The fire destroyed 257 homes"),
        ("Officials declined to comment on the raid", "Officials would not comment on the raid"),
        ("The firm had not yet said which plant will close", "The firm said which plant will close later"),
        ("The other 18 people in the building were not injured", "The other 18 people in the building escaped unharmed"),
        ("The fight began in May after the withdrawal", "The fight began after the withdrawal"),
        ("On Tuesday the minister flew to Oslo", "The minister flew to Oslo"),
        ("Production will start again in two weeks", "In two weeks production starts again"),
        ("The Hague court opened the trial", "The court in The Hague opened the trial"),
        ("", "Something was said"),
        ("", ""),
    ],
)
def test_other_words_are_no_difference(a: str, b: str) -> None:
    assert relation(a, b) == "same"
    assert relation(b, a) == "same"


def test_the_spans_hold_the_words_that_differ() -> None:
    a, b = "Airlines cancelled at least 280 flights on Monday", "On Monday the airport cancelled 312 flights"
    verdict = by_rules(read(a), read(b))
    assert (a[slice(*verdict.a)], b[slice(*verdict.b)]) == ("280", "312")
    assert "280" in verdict.reason
    assert "312" in verdict.reason


def test_the_span_of_a_hedge_is_the_hedge_and_the_other_side_is_shown_whole() -> None:
    a, b = "The torch allegedly set off the blaze", "The torch set off the blaze"
    verdict = by_rules(read(a), read(b))
    assert a[slice(*verdict.a)] == "allegedly"
    assert verdict.b == (0, len(b))
    assert "allegedly" in verdict.reason


def test_the_span_of_a_negation_is_the_negation() -> None:
    a, b = "The ministry was involved in the sale", "The ministry was not involved in the sale"
    assert b[slice(*by_rules(read(a), read(b)).b)] == "not"


ARTICLE = "Aldo Selm and his deputy, Lucian Baar, were in court. Baar kept silent."
SIGNED = "Selm signed the contract on the evening before the council met"
DEPUTY = "The deputy mayor, Lucian Baar, signed it the evening before the council met"


def test_another_actor_where_one_article_knows_both() -> None:
    a, b = replace(read(SIGNED), names=names(ARTICLE)), replace(read(DEPUTY), names=names(ARTICLE))
    verdict = by_rules(a, b)
    assert verdict.label == "actor"
    assert (SIGNED[slice(*verdict.a)], DEPUTY[slice(*verdict.b)]) == ("Selm", "Lucian Baar")
    assert verdict.reason == "Selm -> Lucian Baar"


def test_two_names_that_no_article_has_together_may_be_one_person() -> None:
    assert by_rules(read(SIGNED), read(DEPUTY)).label == "same"


@pytest.mark.parametrize(
    "other",
    ["Aldo Selm signed the contract on the evening before the council met", "He signed the contract on the evening before the council met"],
)
def test_a_longer_name_or_a_pronoun_is_no_other_actor(other: str) -> None:
    known = names(f"{ARTICLE} {other}")
    assert by_rules(replace(read(SIGNED), names=known), replace(read(other), names=known)).label == "same"


def test_who_denies_a_statement_contradicts_it_and_who_denies_its_negation_does_not() -> None:
    denies = Statement("that pensions would be cut by the government", polarity="denies")
    assert by_rules(denies, Statement("pensions will be cut by the government")).label == "contradicts"
    assert by_rules(denies, Statement("pensions will not be cut by the government")).label == "same"
    assert by_rules(denies, denies).label == "same"
    assert by_rules(denies, Statement("the strike hit the airport")).label == "same"


def test_a_hedge_outside_the_content_counts() -> None:
    hedged = Statement("to agree with the condition of the bank", certainty="hedged")
    assert by_rules(hedged, Statement("agreed with the condition of the bank")).label == "certainty"
    assert by_rules(hedged, Statement("agreed with the condition of the bank", certainty="planned")).label == "same"


def test_dates_of_other_precision_or_several_dates_are_not_compared() -> None:
    assert relation("The levy starts on 1 October", "The levy starts in July 2026") == "same"
    assert relation("The levy starts on 1 October or 1 November", "The levy starts on 1 July") == "same"
    assert relation("Spending will double in 2026", "Spending doubled in 2025") == "same"


def mention(text: str, start: int, **more: object) -> ClaimMention:
    return ClaimMention.model_validate(
        {
            "mention_id": NIL,
            "version_id": NIL,
            "article_id": NIL,
            "quote_type": "statement",
            "content": Span(start=start, end=start + len(text)),
            "text": text,
            "sentence": text,
            "confidence": 1.0,
            "method": "test",
            **more,
        }
    )


def test_offsets_of_a_mention_become_offsets_of_its_text() -> None:
    text = "12 people died on 3 March"
    number = NumberValue(value=12, what="people", start=100, end=102)
    day = DateValue(iso="2026-03-03", start=118, end=125)
    made = statement(mention(text, 100, numbers=[number], dates=[day]))
    assert text[made.numbers[0].start : made.numbers[0].end] == "12"
    assert text[made.dates[0].start : made.dates[0].end] == "3 March"


def test_a_discontinuous_content_is_read_again() -> None:
    content = Span(start=0, end=10, extra=[(30, 45)])
    made = statement(mention("We have … 15 dead here", 0, content=content, numbers=[NumberValue(value=15, start=30, end=32)]))
    assert [made.text[one.start : one.end] for one in made.numbers] == ["15"]


WORDS = """The mayor not never denied may allegedly 12 15 people dead on 3 March 5 April
    Selm Baar signed contract rose % no one council"""
sentences = st.lists(st.sampled_from(WORDS.split()), max_size=14).map(" ".join)


@given(sentences, sentences)
def test_relations_are_symmetric_deterministic_and_their_spans_lie_in_the_texts(a: str, b: str) -> None:
    x, y = read(a, published=PUBLISHED), read(b, published=PUBLISHED)
    there, back = by_rules(x, y), by_rules(y, x)
    assert there.label == back.label
    assert there == by_rules(x, y)
    assert 0 <= there.a[0] <= there.a[1] <= len(a)
    assert 0 <= there.b[0] <= there.b[1] <= len(b)
    assert 0 < there.confidence <= max(CONFIDENCE.values())


@given(sentences)
def test_a_statement_says_the_same_as_itself(text: str) -> None:
    assert by_rules(read(text), read(text)).label == "same"


REFUSED = ("The mayor will not resign over the flood.", "The mayor is to step down over the flood.")
OPPOSED = ("The council approved the new bridge.", "The council rejected the new bridge.")


@pytest.mark.parametrize(
    ("pair", "contradicts", "other", "label"),
    [
        (REFUSED, 0.6, 0.2, "contradicts"),
        (REFUSED, 0.3, 0.2, "same"),  # less than half of what is left
        (REFUSED, 0.35, 0.55, "same"),  # likelier two claims than one
        (OPPOSED, 0.5, 0.2, "same"),  # no word says no, so it takes more
        (OPPOSED, 0.6, 0.2, "contradicts"),
    ],
)
def test_a_contradiction_of_matched_sentences_needs_one_claim_and_more_where_no_word_says_no(
    monkeypatch: pytest.MonkeyPatch, pair: tuple[str, str], contradicts: float, other: float, label: str
) -> None:
    chances = {"same": 1 - contradicts - other, **dict.fromkeys(("number", "date", "actor", "certainty"), 0.0)}
    monkeypatch.setattr(module, "relations", lambda *_: {**chances, "contradicts": contradicts, "other": other})
    a, b = map(read, pair)
    assert (module.linked(a, b).label, module.linked(b, a).label) == (label, label)
