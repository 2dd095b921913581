from __future__ import annotations

import io
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from cli import report_view as view
from warehouse.report import Cell, Change, ClaimReport, StoryReport, StorySummary, marked

NOON = datetime(2018, 9, 20, 12, tzinfo=UTC)


def cell(outlet_id: str, status: str, sentence: str | None = None, reason: str | None = None) -> Cell:
    blank = dict.fromkeys(("words", "start", "end", "url", "headline", "published_at", "article_id", "mention_id"))
    return Cell.model_validate(
        {"outlet_id": outlet_id, "outlet": outlet_id, "status": status, "reason": reason, "sentence": sentence, **blank}
    )


def claim(*cells: Cell, changes: list[Change] | None = None, speaker: str | None = "Ada Lindqvist") -> ClaimReport:
    return ClaimReport(
        claim_id=UUID(int=1),
        claim="twelve people died",
        speaker=speaker,
        kind="number",
        witnesses="1 of 2",
        witness_count=1,
        witnesses_in_story=2,
        first_seen_at=NOON,
        first_outlet_id="herald",
        cells=list(cells),
        changes=changes or [],
    )


def report(*claims: ClaimReport, title: str = "Dam breaks") -> StoryReport:
    story = StorySummary(
        story_id=UUID(int=2),
        title=title,
        first_published_at=NOON,
        last_published_at=NOON,
        outlets=2,
        articles=2,
        witnesses=2,
        claims=len(claims),
        corroborated_claims=0,
        disputed_claims=0,
        outlet_ids=["herald", "valley-gazette"],
    )
    return StoryReport(story=story, claims=list(claims), sql="FROM marts.story_report('[x]')")


def printed(found: StoryReport, *, shown: int | None = 9, width: int = 100) -> str:
    stream = io.StringIO()
    view.print_report(found, shown=shown, console=Console(file=stream, width=width))
    return stream.getvalue()


def test_every_status_of_the_warehouse_has_a_sign_of_its_own() -> None:
    signs = [sign for sign, _ in view.SIGNS.values()]
    assert len(set(signs)) == len(signs)
    assert set(view.DIFFERS) < set(view.SIGNS)


@pytest.mark.parametrize("status", sorted(view.SIGNS))
def test_each_status_is_printed_as_its_sign(status: str) -> None:
    row = next(line for line in printed(report(claim(cell("herald", status)))).splitlines() if "twelve" in line)
    assert row.split()[-1] == view.SIGNS[status][0]


def test_an_outlet_without_a_cell_stays_empty() -> None:
    row = next(line for line in printed(report(claim(cell("valley-gazette", "says")))).splitlines() if "twelve" in line)
    assert row.rstrip().endswith("●")
    assert row.count("●") == 1


def test_equal_sentences_are_merged_and_the_difference_comes_first() -> None:
    sides = [
        cell("a", "says", "Twelve died."),
        cell("b", "reprints", "Twelve died."),
        cell("c", "says", "Twelve died."),
        cell("d", "number", "15 died.", "12 -> 15"),
        cell("e", "silent"),
    ]
    assert list(view._sides(claim(*sides))) == [
        ("number", "15 died.", ["d"]),
        ("says", "Twelve died.", ["a", "c"]),
        ("reprints", "Twelve died.", ["b"]),
    ]


def test_where_nobody_differs_there_is_no_such_part() -> None:
    assert "Where they differ" not in printed(report(claim(cell("herald", "says", "Twelve died."))))


def test_changes_within_an_outlet_stand_below_the_claim() -> None:
    changes = [
        Change(outlet_id="herald", changed_at=NOON, before="ten people died", after="twelve people died", url="https://a.example/"),
        Change(outlet_id="mirror", changed_at=NOON, before=None, after="twelve people died", url="https://b.example/"),
    ]
    shown = printed(report(claim(cell("herald", "says"), changes=changes)))
    assert "herald 20 Sep 12:00, before: ten people died" in shown
    assert "mirror 20 Sep 12:00, came in later" in shown


def test_an_article_that_is_gone_is_told_once() -> None:
    gone = cell("herald", "says", "Twelve died.").model_copy(update={"removed_at": NOON, "url": "https://a.example/1"})
    shown = printed(report(claim(gone, cell("mirror", "silent")), claim(gone)), width=200)
    assert shown.count("herald: removed since 20 Sep 2018 12:00 UTC: https://a.example/1") == 1
    assert shown.count("removed") == 1


def test_more_claims_are_told_and_markup_of_a_title_is_text() -> None:
    shown = printed(report(claim(), claim(), claim(), title="[red]Dam[/red] breaks"), shown=1)
    assert "2 more claims" in shown
    assert "[red]Dam[/red] breaks" in shown
    assert "marts.story_report('[x]')" in shown


def named(number: int, **words: str) -> ClaimReport:
    """A claim for which each outlet has these words."""
    cells = [cell(outlet, "says", text).model_copy(update={"words": text}) for outlet, text in words.items()]
    return claim(*cells).model_copy(update={"claim_id": UUID(int=number), "claim": f"claim {number}"})


def test_a_claim_that_shows_most_words_of_one_before_it_again_is_marked_and_left_to_all() -> None:
    first, second = named(1, a="Dam broke", b="Dam gave way", c="Dam is gone"), named(2, a="Dam broke", b="Dam gave way", c="Rain fell")
    third, empty = named(3, a="Rain began", b="Dam gave way", c="Rain fell"), named(4)
    claims = marked([first, second, third, empty])
    assert [one.repeats for one in claims] == [None, UUID(int=1), None, None]
    few, every = (printed(report(*claims), shown=shown) for shown in (9, None))
    assert ("claim 2" in few, "claim 2" in every) == (False, True)
    assert "1 more claims" in few
    assert "more claims" not in every


def test_a_claim_repeats_none_that_is_itself_left_out() -> None:
    chain = [named(1, a="x", b="y"), named(2, a="x", b="y", c="z"), named(3, c="z", d="w")]
    assert [one.repeats for one in marked(chain)] == [None, UUID(int=1), None]


@given(st.lists(st.from_regex(r"[a-z]{1,6}(-[a-z]{1,6}){0,2}", fullmatch=True), unique=True, max_size=30))
def test_codes_are_short_and_unique(outlets: list[str]) -> None:
    found = view.codes(outlets)
    assert list(found) == outlets
    assert len(set(found.values())) == len(outlets)


@given(st.text(max_size=300), st.integers(2, 80))
def test_shorten_is_one_line_within_the_length(text: str, length: int) -> None:
    line = view.shorten(text, length)
    assert len(line) <= length + 1
    assert line.split() == line.strip().split()
