"""People counted in two sentences: the dead are not the missing, unless something else is shared."""

import pytest

from common.ids import key
from transforms.compare.fates import fates, other_people
from transforms.compare.reach import Reaching
from transforms.compare.told import Saying, Told

MISSING = "Petra Halvik said that 31 people could not be found."
DEAD = "Governor Petra Halvik said that 12 people were dead."


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (MISSING, DEAD),
        ("Nineteen people were still missing, according to Governor Petra Halvik.", DEAD),
        ("31 weitere würden vermisst, sagte Petra Halvik.", "Petra Halvik said that 12 people were dead."),
        ("Police said 14 people were hurt.", "Officers said 14 were evacuated."),
    ],
)
def test_other_fates_are_other_claims(a: str, b: str) -> None:
    assert other_people(a, b)
    assert other_people(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (DEAD, "15 bodies were found, the governor said."),  # one fate
        (DEAD, "Petra Halvik spoke in Karsk."),  # nobody is counted
        (DEAD, "Petra Halvik said that 12 people were dead and 31 missing."),  # both are told
        ("The flood left 12 people dead.", "The flood left 31 people missing."),  # a word that is no name is shared
        ("", DEAD),
    ],
)
def test_what_may_be_one_claim_is_left_to_the_likeness(a: str, b: str) -> None:
    assert not other_people(a, b)


def test_the_nearest_word_tells_the_fate() -> None:
    assert fates("She put the dead at 12 and said that 31 were missing.") == {"dead", "missing"}
    assert fates("He is accused of having murdered nine people.") == {"dead"}
    assert fates("The hall was full.") == frozenset()


@pytest.mark.parametrize("other", ["“Twelve people are dead,” Petra Halvik told reporters.", "Nineteen survivors sang."])
def test_a_clause_that_counts_the_missing_is_not_stated_by_who_counts_the_dead(other: str) -> None:
    both = "Governor Petra Halvik put the number of dead at 12 and said that 31 people were missing."
    story = Told.of([Saying(key("article", name), tuple(text.split()), text) for name, text in (("a", both), ("b", other))])
    missing = next(at for at, one in enumerate(story.clauses) if "missing" in one.text and "dead" not in one.text)
    assert Reaching(story).of_other_people(missing, len(story.clauses) - 1) == other.startswith("“Twelve")
    assert not Reaching(story).of_other_people(0, len(story.clauses) - 1)
