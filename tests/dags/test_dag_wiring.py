from __future__ import annotations

import pytest

pytestmark = pytest.mark.airflow


def test_runs_that_a_person_starts_are_told_from_slots(in_airflow):
    found = in_airflow("by_hand.py")
    assert {name for name, by_hand in found.items() if by_hand} == {"manual", "backfill"}
    assert {"scheduled", "none"} <= set(found)
