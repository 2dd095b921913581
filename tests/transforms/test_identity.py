"""Rules of identity: what an AMP address is, which addresses a page has, when two texts are one article."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.identity import (
    LEAST_GRAMS,
    REASONS,
    Alias,
    Known,
    Text,
    aliases_of,
    are_kin,
    goes_by,
    is_amp,
    is_same_text,
    joined,
)

NOON = datetime(2018, 9, 20, 12, tzinfo=UTC)
LONG = " ".join(f"word{number}" for number in range(LEAST_GRAMS + 20))
OTHER = " ".join(f"other{number}" for number in range(LEAST_GRAMS + 20))


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/news/1/amp",
        "https://a.example/news/1/amp/",
        "https://a.example/amp/news/1",
        "https://amp.a.example/news/1",
        "https://a.example/news/1.amp",
        "https://a.example/news/1.amp.html",
        "https://a.example/news/1-amp.html",
        "https://a.example/news/1?amp",
        "https://a.example/news/1?amp=1",
        "https://a.example/news/1?id=7&amp=1",
        "https://a.example/news/1?outputType=amp",
        "http://a.example:8080/n/AMP",
    ],
)
def test_an_amp_address_is_known_by_its_form(url: str) -> None:
    assert is_amp(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/news/lamp",
        "https://a.example/news/champ/1",
        "https://ampere.example/news/1",
        "https://a.example/amplifier/1",
        "https://a.example/news/1?camp=1",
        "https://a.example/news/1?ampere=1",
        "https://a.example/news/amp-hours-of-batteries",
    ],
)
def test_a_word_with_amp_in_it_is_no_amp_address(url: str) -> None:
    assert not is_amp(url)


PAGE = "https://herald.example/a"


@pytest.mark.parametrize(
    ("url", "final_url", "expected"),
    [
        (PAGE, PAGE, []),
        (PAGE, PAGE + "?utm_source=x#top", []),
        ("https://herald.example/old", PAGE, [Alias("https://herald.example/old", "redirect")]),
        ("https://herald.example/a/amp", "https://herald.example/a/amp", [Alias("https://herald.example/a/amp", "amp")]),
        ("https://herald.example/print/a", "https://herald.example/print/a", [Alias("https://herald.example/print/a", "canonical")]),
        ("https://www.herald.example/a", PAGE, [Alias("https://www.herald.example/a", "redirect")]),
        ("https://post.example/a", PAGE, []),
        ("https://post.example/a", "https://post.example/a", []),
        (PAGE, "not a URL", []),
    ],
)
def test_the_addresses_of_a_page(url: str, final_url: str, expected: list[Alias]) -> None:
    assert aliases_of(url, final_url, PAGE) == expected


def test_a_redirect_and_a_canonical_link_are_two_addresses() -> None:
    assert aliases_of("https://herald.example/x", "https://herald.example/y", PAGE) == [
        Alias("https://herald.example/y", "canonical"),
        Alias("https://herald.example/x", "redirect"),
    ]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Text(NOON, LONG), Text(NOON, LONG), True),
        (Text(NOON, LONG), Text(NOON, LONG + " and ten more words that came with the move of it"), True),
        (Text(NOON, LONG), Text(NOON + timedelta(seconds=1), LONG), False),
        (Text(None, LONG), Text(None, LONG), False),
        (Text(NOON, LONG), Text(NOON, OTHER), False),
        (Text(NOON, "too short"), Text(NOON, "too short"), False),
        (Text(NOON, LONG), Text(NOON, f"{LONG} {OTHER} {OTHER[::-1]}"), False),
        (Text(NOON, ""), Text(NOON, ""), False),
    ],
    ids=["equal", "revised", "another second", "no instant", "another text", "tiny", "a part of a longer one", "empty"],
)
def test_the_same_text(one: Text, other: Text, expected: bool) -> None:
    assert is_same_text(one, other) is expected
    assert is_same_text(other, one) is expected


def test_linked_texts_are_kin_by_instant_or_by_words() -> None:
    assert are_kin([Text(NOON, LONG)], [Text(NOON, OTHER)])
    assert are_kin([Text(None, LONG)], [Text(NOON, OTHER), Text(NOON, LONG)])
    assert not are_kin([Text(None, LONG)], [Text(None, OTHER)])
    assert not are_kin([], [Text(NOON, LONG)])
    assert not are_kin([Text(None, "")], [Text(None, "")])


TEXTS = st.lists(
    st.builds(Text, st.sampled_from([None, NOON, NOON + timedelta(1)]), st.sampled_from([LONG, OTHER, "short", ""])), max_size=4
)


@given(TEXTS, TEXTS, TEXTS)
def test_more_texts_never_end_kinship(one: list[Text], other: list[Text], more: list[Text]) -> None:
    assert are_kin(one, other) == are_kin(other, one)
    assert not are_kin(one, other) or are_kin([*more, *one], other)


IDS = st.integers(0, 9).map(lambda number: UUID(int=number))


@given(st.lists(st.tuples(IDS, IDS), max_size=12), st.randoms())
def test_sets_hang_together_in_whatever_order(pairs: list[tuple[UUID, UUID]], chance: object) -> None:
    found = {frozenset(group) for group in joined(pairs)}
    assert found == {frozenset(group) for group in joined(reversed([(b, a) for a, b in pairs]))}
    assert all(any({a, b} <= group for group in found) for a, b in pairs)
    assert sum(len(group) for group in found) == len({one for pair in pairs for one in pair})


def test_the_address_known_first_is_kept() -> None:
    early, late = Known(NOON, "https://a.example/z", UUID(int=2)), Known(NOON + timedelta(1), "https://a.example/a", UUID(int=1))
    assert goes_by([late, early]) == early
    assert goes_by([early, Known(NOON, "https://a.example/y", UUID(int=3))]).url == "https://a.example/y"


def test_an_amp_copy_outranks_other_reasons_in_the_alphabet() -> None:
    assert min(REASONS) == "amp"  # the load keeps the least reason of an address
    assert not any(re.search(r"\s", reason) for reason in REASONS)
