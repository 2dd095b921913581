"""Words passed on: who told the speaker."""

from __future__ import annotations

import pytest

from transforms.claims import attribute
from transforms.claims.origin import origin


@pytest.mark.parametrize(
    ("words", "by"),
    [
        ("“I got confirmation from the harbour office that it is late", "the harbour office"),
        ("I've heard from Ann Lee that it is late", "Ann Lee"),
        ("“We were told by the mayor's chief of staff that it is late", "the mayor's chief of staff"),
        ("he had just received word from Karsk that it is late", "Karsk"),
        ("I got confirmation that it is late", None),
        ("I got flowers from Ann Lee that were late", None),
        ("I heard from Ann Lee, and that is that", None),
        ("The mayor heard from Ann Lee that it is late", None),
    ],
)
def test_who_told_it(words: str, by: str | None) -> None:
    found = origin(words, ((0, len(words)),))
    assert (words[slice(*found)] if found else None) == by


@pytest.mark.parametrize(
    ("text", "chain"),
    [
        ("“I got confirmation from the harbour office that the pier is shut,” Ann Lee said.", ("Ann Lee", "harbour office")),
        ("Ann Lee said she had heard from Otto Brandt that the pier is shut.", ("Ann Lee", "Otto Brandt")),
        ("Ann Lee said she had heard from Lee that the pier is shut.", ()),
        ("It was said she had heard from Otto Brandt that the pier is shut.", ()),
        (
            "“We were told by Otto Brandt that the pier is shut,” Ann Lee said, via the Evening Gazette.",
            ("Evening Gazette", "Ann Lee", "Otto Brandt"),
        ),
    ],
)
def test_the_chain_ends_with_who_told_it(text: str, chain: tuple[str, ...]) -> None:
    assert attribute(text)[0].chain == chain
