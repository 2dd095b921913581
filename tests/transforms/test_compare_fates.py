"""People counted in two sentences: the dead are not the missing, unless something else is shared."""

import pytest

from transforms.compare.fates import fates, other_people

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
    assert fates("The hall was full.") == frozenset()
