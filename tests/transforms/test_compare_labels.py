"""Labels on pairs of sentences as two newspapers would write them: what differs, in which words, and how the difference is told."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.compare.cues import DENIAL, HEDGE, NEGATION, governed
from transforms.compare.relation import by_rules
from transforms.compare.rules import AROUND, CONFIDENCE, DENIED, subject
from transforms.compare.statement import Statement, Verdict, names, overlap, read
from transforms.records import Certainty, Polarity

MONDAY = date(2026, 3, 2)


def verdict(a: str, b: str, *, language: str | None = None) -> Verdict:
    return by_rules(read(a, published=MONDAY, language=language), read(b, published=MONDAY, language=language))


@pytest.mark.parametrize(
    ("a", "b", "reason", "words"),
    [
        ("The flood killed 12 people", "The flood killed 15 people", "12 people -> 15 people", ("12 people", "15 people")),
        ("Twelve people are dead after the flood", "The flood left 15 dead", "Twelve people -> 15 dead", ("Twelve people", "15")),
        ("Fifteen villagers were hurt", "Twelve villagers were hurt", "Fifteen -> Twelve villagers", ("Fifteen", "Twelve")),
        ("The company cut 1,200 jobs", "The company cut 1,500 jobs", "1,200 -> 1,500 jobs", ("1,200", "1,500")),
        ("Airlines cancelled at least 280 flights", "Airlines cancelled 312 flights", "at least 280 -> 312 flights", ("280", "312")),
        ("Up to 40 houses were flooded", "52 houses were flooded", "at most 40 -> 52 houses", ("40", "52")),
        ("About 30 boats sank in the bay", "40 boats sank in the bay", "about 30 -> 40 boats", ("30", "40")),
        ("Prices rose by 4.2 percent", "Prices rose by 4.6 percent", "4.2 percent -> 4.6 percent", ("4.2 percent", "4.6 percent")),
        ("The tunnel is 4 kilometres long", "The tunnel is 6 km long", "4 kilometres -> 6 km", ("4 kilometres", "6 km")),
        ("The bank was fined €3 million", "The bank was fined €5 million", "€3 million -> €5 million", ("€3 million", "€5 million")),
    ],
)  # fmt: skip
def test_a_number_is_told_with_what_it_counts(a: str, b: str, reason: str, words: tuple[str, str]) -> None:
    found = verdict(a, b)
    assert (found.label, found.reason) == ("number", reason)
    assert (a[slice(*found.a)], b[slice(*found.b)]) == words


def test_a_german_number_is_told_with_the_noun_as_it_is_printed() -> None:
    found = verdict("Das Feuer zerstörte 12 Häuser", "Das Feuer zerstörte 15 Häuser", language="de")
    assert found.reason == "12 -> 15 Häuser"


@pytest.mark.parametrize("count", ["people", "villagers", "houses", "dead", "flights", "jobs", "ships", "boxes", "families"])
@pytest.mark.parametrize("shape", ["{} {} were counted in the port", "In the port there were {} {}"])
def test_no_reason_doubles_or_clips_a_noun(count: str, shape: str) -> None:
    found = verdict(shape.format(20, count), shape.format(34, count))
    assert found.label == "number"
    assert not re.search(r"\b(\w+) \1\b", found.reason)
    assert found.reason.endswith(count)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("The tunnel will be 10 miles long", "The tunnel will be 16 km long"),
        ("The tunnel is 4 kilometres long", "The tunnel is 4,000 metres long"),
        ("The wall is 6 feet high", "The wall is 1.8 metres high"),
        ("The fire burned 250 acres of forest", "The fire burned 100 hectares of forest"),
        ("The strike lasted 36 hours", "The strike lasted a day and a half"),
        ("The company cut about 1,200 jobs", "The company cut 1,247 jobs"),
        ("The council spent 1.25 million crowns on the park", "The park cost the council 1.3 million crowns"),
        ("A dozen boats sank in the bay", "Twelve boats sank in the bay"),
        ("More than 40 houses were flooded in Karsk", "42 houses were flooded in Karsk"),
        ("Unemployment fell to 4.2 percent", "Unemployment fell by 0.3 points"),
        ("38 people were hurt when the ferry hit the pier", "Four people died when the ferry hit the pier"),
        ("The blaze injured 12 firefighters", "The blaze killed 12 firefighters"),
        ("Of the 200 workers at the mill 40 were dismissed", "40 of 200 workers at the mill were dismissed"),
        ("The mayor, 61, opened the bridge", "The mayor, aged 62, opened the bridge"),
        ("The bridge of 1936 was closed", "The bridge was built in 1938 and closed"),
        ("The team won on 3 pitches", "The team won 14 medals"),
    ],
)
def test_rounding_units_parts_and_other_counts_are_no_other_number(a: str, b: str) -> None:
    assert verdict(a, b).label != "number"
    assert verdict(b, a).label != "number"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("The tunnel will be 10 miles long", "The tunnel will be 20 km long"),
        ("The wall is 6 feet high", "The wall is 2.4 metres high"),
        ("The strike lasted 36 hours", "The strike lasted 3 days"),
    ],
)
def test_a_difference_across_units_is_still_found(a: str, b: str) -> None:
    assert verdict(a, b).label == "number"


@pytest.mark.parametrize(
    ("a", "b", "reason", "words"),
    [
        ("The minister resigned on Monday", "The minister resigned on Sunday", "2026-03-02 -> 2026-03-01", ("Monday", "Sunday")),
        ("The trial opens in May 2026", "The trial opens in June 2026", "2026-05 -> 2026-06", ("May 2026", "June 2026")),
        (
            "The trial of Holm opens on 3 April 2026",
            "Holm goes on trial on April 4, 2026",
            "2026-04-03 -> 2026-04-04",
            ("3 April 2026", "April 4, 2026"),
        ),
    ],
)
def test_a_date_is_told_as_iso_and_shown_as_printed(a: str, b: str, reason: str, words: tuple[str, str]) -> None:
    found = verdict(a, b)
    assert (found.label, found.reason) == ("date", reason)
    assert (a[slice(*found.a)], b[slice(*found.b)]) == words


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("The trial opens on 3 April", "The trial opens on April 3"),
        ("The trial opens on 3 April", "The trial opens on 3 April 2026"),
        ("The trial opens on 3 April 2026", "The trial opens next month"),
        ("The trial opens on 3 April 2026", "Rain is forecast for 4 April 2026"),
        ("The minister resigned on Monday", "The minister resigned"),
    ],
)
def test_one_day_written_in_two_ways_and_days_of_other_things_are_no_difference(a: str, b: str) -> None:
    assert verdict(a, b).label == "same"


@pytest.mark.parametrize(
    ("unsure", "flat", "cue"),
    [
        ("The gunman apparently acted alone", "The gunman acted alone", "apparently"),
        ("The bridge may collapse this winter", "The bridge will collapse this winter", "may"),
        ("The crew is believed to have left the ship", "The crew has left the ship", "believed to"),
        ("The broker is accused of forging the letters", "The broker forged the letters", "accused of"),
        ("Der Täter handelte offenbar allein", "Der Täter handelte allein", "offenbar"),
        ("Möglicherweise brannte das Lager im Hafen", "Das Lager im Hafen brannte", "Möglicherweise"),
    ],
)
def test_a_hedge_is_shown_whichever_side_has_it(unsure: str, flat: str, cue: str) -> None:
    for a, b, at in ((unsure, flat, 0), (flat, unsure, 1)):
        found = verdict(a, b)
        assert (found.label, found.reason) == ("certainty", f"only one side says “{cue}”")
        place, whole = (found.a, found.b) if at == 0 else (found.b, found.a)
        assert unsure[slice(*place)] == cue
        assert whole == (0, len(flat))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("The gunman apparently acted alone", "The gunman probably acted alone"),
        ("The gunman may have acted alone", "Police think the gunman acted alone"),
        ("The bridge may collapse this winter", "The bridge could collapse this winter"),
        ("The fair in May drew crowds to Karsk", "The fair drew crowds to Karsk"),
        ("The suspected spy left Karsk by train", "A train from Karsk was late"),
    ],
)
def test_two_hedges_the_month_and_a_hedge_on_something_else_are_no_difference(a: str, b: str) -> None:
    assert verdict(a, b).label == "same"


@pytest.mark.parametrize(
    ("a", "b", "cue"),
    [
        ("The dam is not safe", "The dam is safe", "not"),
        ("The dam was never inspected", "The dam was inspected in spring", "never"),
        ("The mayor didn’t resign over the letter", "The mayor resigned over the letter", "didn’t"),
        ("The bank denied paying bribes to Holm", "The bank was paying bribes to Holm", "denied"),
        ("Der Damm ist nicht sicher gebaut", "Der Damm ist sicher gebaut", "nicht"),
    ],
)
def test_a_negation_of_what_the_other_states_contradicts(a: str, b: str, cue: str) -> None:
    for found, place in ((verdict(a, b), 0), (verdict(b, a), 1)):
        assert (found.label, found.reason) == ("contradicts", "only one side negates it")
        assert a[slice(*(found.a, found.b)[place])] == cue
        assert found.confidence == CONFIDENCE["contradicts"]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("The bank denied paying bribes", "The bank said it had not been paying bribes"),
        ("He denied the bank paid bribes", "She denied the bank paid bribes"),
        ("The dam is not safe", "The dam is unsafe"),
        ("The talks did not lead to a treaty", "The talks failed to lead to a treaty"),
        ("The mayor, who was not elected, opened the bridge in Karsk", "The mayor opened the bridge in Karsk"),
        ("The mayor opened the bridge, but the minister did not come", "The mayor opened the bridge"),
        ("Not only the mayor opened the bridge", "The mayor opened the bridge"),
        ("The mayor is no longer in office in Karsk", "The mayor is in office in Karsk for a last day"),
        ("There is no doubt that the dam is safe", "The dam is safe"),
        ("Der Bürgermeister trat nicht nur zurück", "Der Bürgermeister trat zurück"),
    ],
)
def test_denial_of_a_denial_and_a_not_about_something_else_do_not_contradict(a: str, b: str) -> None:
    assert verdict(a, b).label == "same"
    assert verdict(b, a).label == "same"


POLARITIES: list[tuple[Polarity, Polarity, str]] = [
    ("denies", "asserts", "contradicts"),
    ("asserts", "denies", "contradicts"),
    ("denies", "denies", "same"),
    ("asserts", "asserts", "same"),
    ("denies", "expects", "contradicts"),
    ("questions", "asserts", "same"),
]


@pytest.mark.parametrize(("left", "right", "label"), POLARITIES)
def test_only_a_denial_against_something_else_contradicts(left: Polarity, right: Polarity, label: str) -> None:
    text = "the bank had paid bribes to the brokers"
    found = by_rules(Statement(text, polarity=left), Statement(text, polarity=right))
    assert found.label == label
    if label == "contradicts":
        assert (found.confidence, found.reason) == (DENIED, "only one side denies it")
        assert found.a == found.b == (0, len(text))


def test_a_denial_concerns_its_first_words_not_an_aside_after_them() -> None:
    denier = Statement("forging letters, as the harbour office of Karsk in the north had said", polarity="denies")
    assert by_rules(denier, Statement("the harbour office of Karsk in the north burned")).label == "same"


CERTAINTIES: list[tuple[Certainty, Certainty, str]] = [
    ("hedged", "certain", "certainty"),
    ("certain", "alleged", "certainty"),
    ("hedged", "alleged", "same"),
    ("hedged", "planned", "same"),
    ("conditional", "alleged", "same"),
    ("certain", "certain", "same"),
    ("planned", "certain", "same"),
]


@pytest.mark.parametrize(("left", "right", "label"), CERTAINTIES)
def test_certainty_around_the_content(left: Certainty, right: Certainty, label: str) -> None:
    text = "the bank had paid bribes to the brokers"
    found = by_rules(Statement(text, certainty=left), Statement(text, certainty=right))
    assert found.label == label
    if label == "certainty":
        assert (found.reason, found.confidence) == (f"{left} -> {right}", AROUND)


def test_what_one_is_accused_of_and_what_is_said_of_him_are_equally_sure() -> None:
    text = "the bank had paid bribes to the brokers"
    accused = Statement(text, certainty="alleged", is_told=True)
    assert by_rules(accused, Statement(text, is_told=True)).label == "same"
    assert by_rules(accused, Statement(text)).label == "certainty"


BOTH = "Sarah Holm lost to Jana Berg. Berg thanked Holm."


@pytest.mark.parametrize(
    ("a", "b", "known", "label"),
    [
        ("Sarah Holm won the prize for fiction", "Jana Berg won the prize for fiction", BOTH, "actor"),
        ("Sarah Holm won the prize for fiction", "Jana Berg won the prize for fiction", "", "same"),
        ("Sarah Holm won the prize for fiction", "Holm won the prize for fiction", BOTH, "same"),
        ("Sarah Holm won the prize for fiction", "Jana Berg lost a glove in Karsk", BOTH, "same"),
        ("Sarah Holm won the prize for fiction from Jana Berg", "Jana Berg won the prize for fiction", BOTH, "same"),
        ("In Karsk Holm won the prize for fiction", "Jana Berg won the prize for fiction", BOTH, "same"),
    ],
)
def test_another_actor(a: str, b: str, known: str, label: str) -> None:
    left, right = (replace(read(text), names=names(known)) for text in (a, b))
    assert by_rules(left, right).label == by_rules(right, left).label == label


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Sarah Holm won", "Sarah Holm"),
        ("The deputy mayor, Lucian Baar, signed it", "Lucian Baar"),
        ("The prize went to Sarah Holm", None),
        ("For Sarah Holm it was late", None),
        ("In Karsk Holm won", None),
        ("But Holm won", "Holm"),
        ("The Karsk council met", "Karsk"),
        ("Yesterday evening at the town hall Holm won", None),
        ("nobody won", None),
        ("", None),
    ],
)
def test_the_subject_is_the_first_name_near_the_start(text: str, who: str | None) -> None:
    place = subject(text)
    assert (text[slice(*place)] if place else None) == who


@pytest.mark.parametrize(
    ("pattern", "a", "b", "found"),
    [
        (NEGATION, "The dam is not safe. The mayor left", "The mayor left", False),
        (NEGATION, "The dam is not safe", "A safe dam", True),
        (NEGATION, "The dam is not", "The dam is safe", False),
        (HEDGE, "In May the fair opened", "The fair opened", False),
        (HEDGE, "The fair may open", "The fair opens", True),
        (DENIAL, "The mayor denied, but the mayor left", "The mayor left", False),
    ],
)
def test_a_cue_governs_the_words_of_its_own_clause(pattern: re.Pattern[str], a: str, b: str, found: bool) -> None:
    assert (governed(pattern, Statement(a), Statement(b)) is not None) is found


def test_a_number_is_told_before_a_negation_and_a_negation_before_a_date() -> None:
    assert verdict("The dam did not break, 12 people were hurt", "The dam did break, 15 people were hurt").label == "number"
    assert verdict("The levy will not start on 1 July", "The levy will start on 1 October").label == "contradicts"


@given(st.sampled_from(["The dam is safe", "12 people died", "", "Nobody may enter"]), st.text(max_size=40))
def test_overlap_is_a_symmetric_share(a: str, b: str) -> None:
    x, y = Statement(a), Statement(b)
    assert overlap(x, y) == overlap(y, x)
    assert 0.0 <= overlap(x, y) <= 1.0
