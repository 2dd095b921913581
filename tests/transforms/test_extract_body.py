"""The choice of the body: the outlet's rule, the scores, the vote and the stand-ins."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.records import OutletRules
from transforms.extract import body, fallback, signals
from transforms.extract.blocks import Block
from transforms.extract.body import OVERRULED, TRUSTED, TRUSTED_ON_TOP, Decision, decisions, doubt, kind, settled, shown, told
from transforms.extract.furniture import TOP, Known, trim
from transforms.extract.segments import segments
from transforms.extract.selector import Scored, scored

URL = "https://upland.example/villages/well"
ONE = "The council of Hollin voted on Monday night to mend the old well before the summer, the mayor said after the meeting."
TWO = "Each household pays nine crowns for the new rope, according to the treasurer, who had asked for a cheaper one of hemp."
THREE = "Supporters of the well had collected six hundred names and read them aloud in front of the hall for two long hours."
TEXT = "".join(f"<p>{line}</p>" for line in (ONE, TWO, THREE))
MENU = (
    "<nav><ul>" + "".join(f"<li><a href=/{name}>{name.title()}</a></li>" for name in ("news", "sport", "farm", "weather")) + "</ul></nav>"
)
PAGE = f"<title>Well is mended</title>{MENU}<article><h1>Well is mended</h1>{TEXT}</article><footer><p>Upland Times, Hollin</p></footer>"


def chosen(html: str, rules: OutletRules | None = None) -> list[str]:
    return [one.block.text for one in decisions(signals.read(html, URL, None, rules), Known(["Well is mended"])) if one.kept]


def linked(**facts: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **facts})}</script>'


def test_paragraphs_are_chosen_and_menus_are_not() -> None:
    assert [line for line in chosen(PAGE) if line in {ONE, TWO, THREE}] == [ONE, TWO, THREE]
    assert not {"News", "Sport", "Upland Times, Hollin"} & set(chosen(PAGE))


def test_every_block_has_a_decision_with_its_score_and_reason() -> None:
    made = decisions(signals.read(PAGE, URL), Known(["Well is mended"]))
    assert [one.block.text for one in made][:4] == ["News", "Sport", "Farm", "Weather"]
    assert all(0 <= one.score <= 1 for one in made)
    assert {one.reason for one in made} <= {"score", "vote"}
    assert all(one.score < 0.5 for one in made if one.block.text in {"News", "Sport"})


def test_rules_choose_the_body_and_cut_it() -> None:
    html = f"<p>{ONE}</p><div class=text><p>{TWO} {THREE} End.</p><p class=ad>Buy</p></div>"
    made = decisions(signals.read(html, URL, None, OutletRules(body=".text", remove=[".ad"])), Known())
    assert [(one.block.text, one.reason) for one in made] == [(f"{TWO} {THREE} End.", "rule")]


def test_rules_that_no_longer_fit_leave_the_choice_to_the_scores() -> None:
    assert chosen(PAGE, OutletRules(body=".text-of-2019")) == chosen(PAGE)


def test_what_the_rules_remove_is_no_block_at_all() -> None:
    html = PAGE.replace("</article>", f"<p class=box>{ONE} Twice.</p></article>")
    assert f"{ONE} Twice." in [one.block.text for one in decisions(signals.read(html, URL), Known())]
    found = decisions(signals.read(html, URL, None, OutletRules(remove=[".box"])), Known())
    assert f"{ONE} Twice." not in [one.block.text for one in found]


def test_pages_with_their_text_in_data_only_are_read_from_it() -> None:
    html = f"{linked(headline='Well is mended', articleBody=f'{ONE}{chr(10)}{TWO}')}<div id=app>Loading</div>"
    made = decisions(signals.read(html, URL), Known())
    assert [(one.block.text, one.reason) for one in made] == [(ONE, "fallback"), (TWO, "fallback")]


def test_an_empty_page_has_no_decisions() -> None:
    assert decisions(signals.read("", URL), Known()) == []


def test_a_vote_is_asked_for_only_in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def votes(_: object, found: list[object]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        asked.append(1)
        return np.ones(len(found))

    monkeypatch.setattr(fallback, "votes", votes)
    monkeypatch.setattr(body, "doubt", lambda _: 0.0)
    assert chosen(PAGE)[-3:] == [ONE, TWO, THREE]
    assert asked == []
    monkeypatch.setattr(body, "doubt", lambda _: 1.0)
    made = decisions(signals.read(PAGE, URL), Known())
    assert asked == [1]
    assert {one.reason for one in made} == {"vote"}
    assert all(one.score >= body.VOTE for one in made)


def test_huge_pages_are_not_read_a_second_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fallback, "votes", lambda *_: pytest.fail("asked"))
    monkeypatch.setattr(fallback, "extracted", lambda _: pytest.fail("asked"))
    monkeypatch.setattr(body, "doubt", lambda _: 1.0)
    page = replace(signals.read("<p>Short.</p>", URL), tags=signals.MOST_AFFORDABLE + 1)
    assert [one.block.text for one in decisions(page, Known())] == ["Short."]


@given(st.lists(st.floats(0, 1), min_size=2, max_size=2))
def test_doubt_is_the_share_that_is_probably_wrong(values: list[float]) -> None:
    tree = signals.read(f"<p>{ONE * 3}</p><p>{TWO * 3}</p>", URL).tree
    assert tree.body is not None
    page = scored(segments(tree.body), Known()).page
    scores = np.array(values)
    share = doubt(Scored(page, scores))
    sizes = [len(ONE * 3), len(TWO * 3)]
    known = sum(size for size, value in zip(sizes, values, strict=True) if value >= 0.5)
    wrong = sum(size * min(value, 1 - value) for size, value in zip(sizes, values, strict=True))
    assert share == pytest.approx(wrong / known if known else 1.0)


# --- after the trims ---


def decided(*rows: tuple[str, float]) -> list[Decision]:
    return [Decision(Block("p", text), score, kept=True, reason="score") for text, score in rows]


def left(made: list[Decision], reasons: list[str | None]) -> list[str]:
    return [one.block.text for one in settled(made, [one.kept for one in made], reasons) if one.kept]


def test_the_trims_have_their_way_with_low_scores() -> None:
    made = decided((ONE, 0.9), (TWO, 0.6), (THREE, 0.9))
    assert left(made, [None, "label", None]) == [ONE, THREE]
    assert [one.reason for one in settled(made, [True] * 3, [None, "label", None])] == ["score", "label", "score"]


@pytest.mark.parametrize("reason", sorted(OVERRULED))
def test_high_scores_stand_against_trims_by_place(reason: str) -> None:
    rows = [(f"{ONE} {number}", 0.99) for number in range(TOP)]
    made = decided(*rows, (TWO, TRUSTED + 0.01))
    assert left(made, [None] * TOP + [reason]) == [*(text for text, _ in rows), TWO]
    assert left(decided((TWO, TRUSTED + 0.01), (ONE, 0.9)), [reason, None]) == [ONE]
    assert left(decided((TWO, TRUSTED_ON_TOP), (ONE, 0.9)), [reason, None]) == [TWO, ONE]


@pytest.mark.parametrize(
    "line", ["By Jane Doe", "4 May 2020", "Advertisement", "Correction: It was nine crowns.", "Jane Doe is a reporter.", "A rope", "(AP)"]
)
def test_no_score_stands_against_trims_by_words(line: str) -> None:
    known = Known(headlines=["Well is mended"], authors=["Jane Doe"], captions=["A rope"])
    made = decided((ONE, 1.0), (line, 1.0))
    assert left(made, trim([one.block for one in made], known).reasons) == [ONE]


def test_no_score_stands_against_the_memory_of_the_outlet() -> None:
    assert left(decided((ONE, 1.0), (TWO, 1.0)), [None, "recurs"]) == [ONE]


def test_decisions_without_scores_follow_the_trims() -> None:
    assert left(body.kept([Block("p", ONE), Block("p", TWO)], "rule"), ["label", None]) == [TWO]


@given(st.lists(st.tuples(st.sampled_from([ONE, TWO, THREE]), st.booleans(), st.booleans()), max_size=8))
def test_each_reason_goes_to_its_own_block_among_equal_texts(rows: list[tuple[str, bool, bool]]) -> None:
    made = [Decision(Block("p", text), 0.6, kept, "score") for text, kept, _ in rows]
    reasons = [None if stays else "repeated" for _, kept, stays in rows if kept]
    assert left(made, reasons) == [text for text, kept, stays in rows if kept and stays]


# --- what a page says it is ---


@pytest.mark.parametrize(
    ("html", "number"),
    [
        (linked(**{"@type": "NewsArticle"}), 4),
        (linked(**{"@type": "LiveBlogPosting"}), 4),
        (linked(**{"@type": "ReportageNewsArticle"}), 4),
        (linked(**{"@type": "BlogPosting"}), 3),
        (linked(**{"@type": "Article"}), 2),
        ('<meta property="og:type" content="article">', 1),
        (linked(**{"@type": "WebPage"}), 0),
        ("<p>Nothing</p>", 0),
    ],
)
def test_kinds(html: str, number: int) -> None:
    assert kind(signals.read(html, URL)) == number


def test_the_text_in_data() -> None:
    assert told(signals.read(linked(articleBody=ONE), URL)) == ONE
    assert told(signals.read("<p>x</p>", URL)) == ""


# --- what the trims see ---


def test_the_trims_see_what_surrounds_the_text() -> None:
    lines = ["News", "Well is mended", "A rope for Hollin", "By Jane Doe", ONE, "Share", TWO, "(AP)", "Related stories"]
    made = [Decision(Block("p", line), 0.5, line in {ONE, TWO}, "score") for line in lines]
    seen = shown(made, Known(headlines=["Well is mended"], authors=["Jane Doe"]))
    assert [line for line, is_seen in zip(lines, seen, strict=True) if is_seen] == [*lines[1:5], TWO, "(AP)"]


def test_a_standfirst_that_was_kept_is_known_by_the_byline_below() -> None:
    lines = ["Well is mended", "A rope for Hollin will be bought.", "By Jane Doe", ONE]
    made = [Decision(Block("p", line), 0.5, line in lines[1::2], "score") for line in lines]
    assert shown(made, Known(headlines=["Well is mended"], authors=["Jane Doe"])) == [True] * 4


def test_where_nothing_is_kept_the_trims_see_nothing() -> None:
    assert shown([Decision(Block("p", ONE), 0.1, kept=False, reason="score")], Known()) == [False]
    assert shown([], Known()) == []
