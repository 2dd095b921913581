"""Figures: what they measure, and when two of them can both hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.claims.numbers import numbers
from transforms.compare.figures import BEYOND, Figure, compatible, difference, figures, head, kinship, measures, settled
from transforms.compare.words import anchors, fold, term, terms
from transforms.records import NumberValue


def of(text: str, language: str | None = None) -> list[Figure]:
    return figures(text, numbers(text, language))


def one(text: str) -> Figure:
    (found,) = of(text)
    return found


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("$114 million", "$114.3 million"),
        ("12 people", "twelve people"),
        ("68 miles", "110 km"),
        ("about 30 houses", "32 houses"),
        ("at least 300 flights", "310 flights"),
        ("up to 50 firms", "49 firms"),
        ("more than 250 homes", "257 homes"),
        ("1.5 percent", "1.5%"),
        ("nearly 2,000 soldiers", "1,980 soldiers"),
        ("between 60 and 70 boats", "65 boats"),
        ("48 hours", "2 days"),
        ("0 cases", "0 cases"),
    ],
)
def test_rounding_bounds_and_units_make_no_difference(a: str, b: str) -> None:
    assert compatible(one(a), one(b))
    assert compatible(one(b), one(a))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("12 people", "15 people"),
        ("at least 27 soldiers", "at least 26 soldiers"),
        ("at least 280 flights", "312 flights"),
        ("$2.5 billion", "$1.8 billion"),
        ("75 percent", "76 percent"),
        ("between 60 and 70 boats", "75 boats"),
        ("about 30 houses", "40 houses"),
        ("14 cents", "12 cents"),
    ],
)
def test_values_that_can_not_both_hold(a: str, b: str) -> None:
    assert not compatible(one(a), one(b))
    assert not compatible(one(b), one(a))


@pytest.mark.parametrize(
    "text",
    [
        "The law of 1994 was changed",
        "Maria Lund, 36, won the race",
        "a 36-year-old teacher from Norden",
        "Flight 370 vanished",
        "Article 50 was invoked",
        "The trial opens on 4 March",
        "She was born on March 3rd",
        "It broke at 3 o’clock",
        "The vote is on the 2nd of May",
        "The ferry left at twenty to six",
        "Holm came to Tolmar at the age of 16",
    ],
)
def test_years_ages_and_labels_are_no_quantities(text: str) -> None:
    assert of(text) == []


def test_a_count_of_votes_is_no_time_of_day() -> None:
    assert len(of("The motion fell by twenty to six")) == 2


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("Twelve people are dead after the flood", "The flood left 15 dead", ("Twelve people", "15")),
        (
            "The damage amounts to about 25 million crowns",
            "The fire caused damage of 31 million crowns",
            ("25 million crowns", "31 million crowns"),
        ),
        ("Airlines cancelled at least 280 flights", "The airport has cancelled 312 flights", ("280", "312")),
        (
            "The party won 112 seats in the north and 40 seats abroad",
            "The party won 112 seats in the north and 44 seats abroad",
            ("40", "44"),
        ),
    ],
)
def test_the_figures_that_differ_are_found(a: str, b: str, expected: tuple[str, str]) -> None:
    found = difference(of(a), of(b))
    assert found is not None
    assert (found[0].words, found[1].words) == expected
    assert 0.5 <= found[2] <= 1.0


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("A ferry ran aground and 38 people were injured", "The ferry with 64 people on board ran aground"),
        ("The fire injured two firefighters", "Thanks went to the 140 firefighters at the fire"),
        ("Shares fell 3 percent in Oslo", "Shares fell 3 crowns in Oslo"),
        ("The bridge is 40 metres high", "The bridge cost 45 million crowns"),
        ("Three fires were put out, 20 houses burned", "20 houses burned in the fires"),
        ("Nobody knows the number", "Twelve people are dead"),
        ("He scored 20 goals for the club", "She wrote 25 letters to the club"),
    ],
)
def test_figures_of_other_things_do_not_differ(a: str, b: str) -> None:
    assert difference(of(a), of(b)) is None
    assert difference(of(b), of(a)) is None


def test_a_german_figure_is_compared_with_an_english_one_by_value() -> None:
    german, english = of("25,5 Millionen Kronen Schaden", "de"), of("damage of 25.5 million crowns")
    assert compatible(german[0], english[0])


def test_what_is_counted() -> None:
    tokens = [measures(numbers(text)) for text in ("12 dead", "15 bodies", "15 people", "3 percent", "280 flights", "no number")]
    assert tokens == [{"#people"}, {"#people"}, {"#people"}, {"#%"}, {"#flight"}, set()]
    assert head(NumberValue(value=3, unit="person", start=0, end=1)) == "people"


amounts = st.builds(
    lambda bound, value, what: f"{bound}{value} {what}",
    st.sampled_from(["", "about ", "at least ", "up to "]),
    st.integers(2, 99_999).filter(lambda value: not 1900 <= value < 2100),
    st.sampled_from(["flights", "houses", "people", "percent"]),
)


@given(amounts, amounts)
def test_compatibility_is_symmetric_and_a_figure_agrees_with_itself(a: str, b: str) -> None:
    assert compatible(one(a), one(a))
    assert compatible(one(a), one(b)) == compatible(one(b), one(a))
    forth, back = difference(of(a), of(b)), difference(of(b), of(a))
    assert (forth is None) == (back is None)


@pytest.mark.parametrize(
    ("a", "b", "fits"),
    [
        ("10 miles", "16 km", True),
        ("10 miles", "16.1 km", True),
        ("10 miles", "17 km", False),
        ("16 km", "17 km", False),
        ("16 km", "16.4 km", True),
        ("8 feet", "2.4 metres", True),
        ("8 feet", "2.6 metres", False),
        ("6 miles", "10 km", True),
        ("six miles", "ten km", False),
        ("100 kg", "0.1 tonnes", True),
    ],
)
def test_small_figures_are_exact_in_one_unit_and_rounded_across_units(a: str, b: str, fits: bool) -> None:
    (one,), (other,) = of(a), of(b)
    assert compatible(one, other) is fits
    assert compatible(other, one) is fits


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("114 million crowns", 0.5e6),
        ("114.3 million crowns", 0.05e6),
        ("1,200 jobs", 50),
        ("1,247 jobs", 0.5),
        ("42 boats", 0.0),
        ("4.2 percent", 0.05),
        ("1,000 houses", 50),
        ("twelve people", 0.0),
    ],
)
def test_rounding_is_read_from_the_digits_written(text: str, step: float) -> None:
    (found,) = of(text)
    assert found.step == pytest.approx(step)


@given(st.integers(100, 9_999), st.integers(1, 9))
def test_what_lies_well_beyond_rounding_and_bound_differs(value: int, tenths: int) -> None:
    apart = value + max(2, int(value * (0.1 + BEYOND + tenths / 10)))
    (one,), (other,) = of(f"{value:,} crates arrived"), of(f"{apart:,} crates arrived")
    assert not compatible(one, other)
    assert settled([one], [other]) == []


@given(st.integers(2, 90), st.integers(2, 90))
def test_two_exact_small_counts_are_compatible_only_if_equal(a: int, b: int) -> None:
    (one,), (other,) = of(f"{a} crates arrived"), of(f"{b} crates arrived")
    assert compatible(one, other) == (a == b)
    found = difference([one], [other])
    assert (found is not None) == (a != b and max(a, b) <= 3 * min(a, b))


@pytest.mark.parametrize(
    ("a", "b", "related"),
    [
        ("12 people were killed in the blast", "15 people were killed in the blast", True),
        ("12 people were killed in the blast", "15 people were arrested after the blast", False),
        ("The blast wrecked 12 cars", "The blast wrecked 15 shops", False),
        ("The loan of 12 million crowns", "A loan of 15 million euros", False),
        ("12 percent of voters", "15 voters", False),
    ],
)
def test_kin_figures_measure_one_thing(a: str, b: str, related: bool) -> None:
    assert (kinship(of(a)[0], of(b)[0]) > 0) is related


def test_the_figure_with_most_context_in_common_makes_the_difference() -> None:
    a = (
        "The yard built 300 ships for the navy. After a strike, a fire and two changes of owner the harbour of Karsk handled "
        "420 ships under foreign flags"
    )
    b = "The harbour of Karsk handled 510 ships under foreign flags"
    found = difference(of(a), of(b))
    assert found is not None
    assert (found[0].words, found[1].words) == ("420", "510")


@pytest.mark.parametrize(
    ("words", "stem"),
    [
        ("strikes striking strike", "strik"),
        ("cancelled cancel cancels", "cancel"),
        ("inspections inspected", "inspect"),
        ("Müller’s Muller", "mull"),
    ],
)
def test_forms_of_a_word_meet(words: str, stem: str) -> None:
    assert set(terms(words)) == {stem}


def test_grammar_words_are_no_terms_and_numbers_lose_their_separators() -> None:
    assert terms("the man who would not say so") == ["man"]
    assert term("1,200.5") == "12005"
    assert terms("") == []


def test_names_and_numbers_survive_translation() -> None:
    english = anchors("Mayor Edda Lund of Tolmar thanked the 140 firefighters")
    german = anchors("Bürgermeisterin Edda Lund aus Tolmar dankte den 140 Feuerwehrleuten")
    assert {"edda", "lund", "tolmar", "140"} <= set(english) & set(german)
    assert "thanked" not in english


@given(st.text(max_size=60))
def test_words_never_fail_and_folding_is_idempotent(text: str) -> None:
    assert all(terms(text)) or not terms(text)
    assert fold(fold(text)) == fold(text)
