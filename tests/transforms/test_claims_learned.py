"""From the tagger's spans to attributions, with tags that the tests mark: cues, quotation marks, confidence, and rules beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from tests.transforms.claims_marked import Scripted, marked
from transforms.claims import methods
from transforms.claims.attributions import attribute
from transforms.claims.decoding import Tag
from transforms.claims.finder import segment
from transforms.claims.learned import Calibration, calibration, learned_links
from transforms.claims.linker import Group
from transforms.claims.links import Link
from transforms.claims.model import LEARNED, METHOD, Attribution
from transforms.odds import odds

Found = Callable[..., tuple[str, list[Attribution]]]
NOON = datetime(2018, 9, 20, 12, tzinfo=UTC)


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Found:
    """The attributions of a marked text, as if the tagger had found the marks."""

    def read(marks: str, sure: float = 0.9) -> tuple[str, list[Attribution]]:
        text, tags = marked(marks, sure)
        monkeypatch.setattr(methods, "tagger", lambda _method: Scripted(tags))
        return text, attribute(text, published=NOON, language="en", method="model")

    return read


def links(marks: str) -> tuple[str, list[Link]]:
    text, tags = marked(marks)
    return text, learned_links(segment(text, "en"), Scripted(tags))  # type: ignore[arg-type]


def contents(marks: str) -> list[str]:
    text, made = links(marks)
    return [text[a:b] for a, b in made[0].content]


# --- contents ---


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ("“[C> It rained],” [S> Lee] [Q said].", ["“It rained,”"]),
        ("[S> Lee] [Q said] it was “[C< a disaster].”", ["“a disaster.”"]),
        ("[S> Lee] [Q said] [C< it was “a disaster].”", ["it was “a disaster.”"]),
        ("[S> Lee] [Q said] [C< it rained].", ["it rained"]),
        ("“[C> It rained],” [S> Lee] [Q said]. “[C< It froze].”", ["“It rained,”", "“It froze.”"]),
        ("“Well, [C> it rained],” [S> Lee] [Q said].", ["it rained,”"]),
        ("[C> World\n\nIt rained], [S> Lee] [Q says].", ["It rained"]),
        ("“[C> We saw it.]\n\n“[C> It rained],” [S> Lee] [Q said].", ["“We saw it.", "“It rained,”"]),
        ("[S> Lee] [Q said]: “[C< It rained.\n\nIt froze].”", ["“It rained.", "It froze"]),
    ],
)
def test_a_content_takes_in_its_quotation_marks_and_is_cut_at_line_breaks(marks: str, expected: list[str]) -> None:
    assert contents(marks) == expected


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ("KARSK, May 2 - [C> A dam broke], [S> police] [Q said].", ["A dam broke"]),
        ("[C> KARSK (Meridian Wire) - A dam broke], [S> police] [Q said].", ["A dam broke"]),
        ("[C> KARSK - and all of Orve - fled], [S> police] [Q said].", ["and all of Orve - fled"]),
        ("[C> In a research note early Tuesday], [S> Lee] [Q said] [C< the river rose].", ["the river rose"]),
        ("[C> During the briefing], [S> Lee] [Q said] [C< the river rose].", ["the river rose"]),
        ("[C> In a letter she took back, the river rose], [S> Lee] [Q said].", ["In a letter she took back, the river rose"]),
        ("[C> In a report], [S> Lee] [Q said].", ["In a report"]),
    ],
)
def test_dateline_and_occasion_are_no_part_of_what_was_said(found: Found, marks: str, expected: list[str]) -> None:
    text, items = found(marks)
    assert [text[a:b] for a, b in items[0].content] == expected


def test_the_day_of_the_occasion_is_the_day_of_the_words(found: Found) -> None:
    _, (item,) = found("[C> In a research note early Tuesday], [S> Lee] [Q said] [C< the river rose].")
    assert (item.said_on, item.dates) == (date(2018, 9, 18), [])


# --- cues ---


@pytest.mark.parametrize(
    ("marks", "polarity"),
    [
        ("[S> Lee] [Q said] [C< it rained].", "asserts"),
        ("[S> Lee] [Q denied] [C< that it rained].", "denies"),
        ("[S> Lee] [Q did not say] [C< whether it rained].", "other"),
        ("[S> Lee] [Q has vowed] [C< to mend the dam].", "promises"),
        ("[S> Lee] [Q expects] [C< rain].", "expects"),
        ("[S> Lee] [Q called for] [C< new elections].", "demands"),
        ("“[C> Why us]?” [S> Lee] [Q said].", "questions"),
        ("[C> It rained], [Q according to] [S< Lee].", "asserts"),
        ("[S> Lee] [Q loves] [C< the rain].", "other"),
        ("[S> Lee] [Q put it in a letter]: “[C< It rained].”", "asserts"),
        ("[S> Lee’s] [Q belief] [C< that it would rain] was shared.", "asserts"),
        ("[S> Lee] [Q said] of the dam, “[C< It held].”", "asserts"),
    ],
)
def test_polarity_of_what_the_tagger_finds(found: Found, marks: str, polarity: str) -> None:
    _, items = found(marks)
    assert [item.polarity for item in items] == [polarity]


def test_source_cue_and_method_are_kept(found: Found) -> None:
    text, (item,) = found("[S> The mayor of Dorra, Ann Lee,] [Q said on Monday] [C< it rained].")
    assert item.source is not None
    assert item.cue is not None
    assert (text[slice(*item.source)], text[slice(*item.cue)]) == ("The mayor of Dorra, Ann Lee,", "said on Monday")
    assert (item.speaker.name, item.said_on, item.method) == ("Ann Lee", date(2018, 9, 17), LEARNED)


def test_of_two_sources_the_nearer_is_taken() -> None:
    text, (link,) = links("[S> Lee], who rose early, and [S> May] [Q said] [C< it rained].")
    assert link.source is not None
    assert text[slice(*link.source)] == "May"


# --- confidence ---


def group(cue: float, content: float, source: float | None, *, inherited: bool = False) -> Group:
    sources = [Tag("SRC", ">", 0, 3, source)] if source is not None else []
    return Group(Tag("CUE", "", 4, 8, cue), sources, [Tag("CNT", "<", 9, 20, content)], inherited)


def test_surer_tags_give_more_confidence() -> None:
    low, high = calibration().confidence(group(0.6, 0.6, 0.6)), calibration().confidence(group(0.99, 0.99, 0.99))
    assert 0 < low < high < 1


def test_the_least_sure_content_counts() -> None:
    two = group(0.9, 0.9, 0.9)
    two.contents.append(Tag("CNT", "<", 30, 40, 0.4))
    assert calibration().confidence(two) == calibration().confidence(group(0.9, 0.4, 0.9))


def test_confidence_by_hand() -> None:
    plain = Calibration(bias=0.0, cue=1.0, content=0.0, source=0.0, sourceless=-1.0, inherited=-2.0)
    assert plain.confidence(group(0.5, 0.9, 0.9)) == 0.5
    assert plain.confidence(group(0.5, 0.9, None)) == 0.269
    assert plain.confidence(group(0.5, 0.9, 0.9, inherited=True)) == 0.119
    assert plain.confidence(group(0.8, 0.9, 0.9)) == 0.8


@pytest.mark.parametrize(("share", "value"), [(0.5, 0.0), (0.0, -6.9), (1.0, 6.9), (0.9, 2.2)])
def test_odds_stay_finite(share: float, value: float) -> None:
    assert odds(share) == pytest.approx(value, abs=0.05)


# --- beside the rules ---


def test_a_source_that_only_the_rules_found_is_taken_over(found: Found) -> None:
    text, (item,) = found("“[C> It rained],” [Q wrote] Lee. The dam held.")
    assert item.source is not None
    assert text[slice(*item.source)] == "Lee"


def test_a_sure_link_that_the_tagger_missed_is_added(found: Found) -> None:
    _, items = found("“It rained,” Lee said.\n\n[S> May] [Q denied] [C< that it froze].")
    assert [(item.speaker.name, item.method) for item in items] == [("Lee", METHOD), ("May", LEARNED)]


def test_a_weak_link_of_the_rules_is_not(found: Found) -> None:
    _, items = found("Lee hopes for rain.\n\n[S> May] [Q denied] [C< that it froze].")
    assert [item.speaker.name for item in items] == ["May"]


def test_a_link_that_shares_words_is_the_taggers(found: Found) -> None:
    text, (item,) = found("Lee, who heard it from May, [Q said] [C< it rained].")
    assert item.method == LEARNED
    assert text[item.content[0][0] : item.content[0][1]] == "it rained"


def test_speech_within_speech_is_nested(found: Found) -> None:
    _, items = found("[S> President Ann Lee] [Q said] [C< that Kim Doe had told her that the dam would hold].")
    assert [(item.speaker.name, item.chain, item.parent) for item in items] == [
        ("Ann Lee", (), None),
        ("Kim Doe", ("Ann Lee", "Kim Doe"), 0),
    ]


@pytest.mark.parametrize("words", ["as May says he is", "and May said that", "and May wants more of the money for the dam"])
def test_few_words_and_mere_wishes_inside_a_quotation_are_not_told_again(found: Found, words: str) -> None:
    _, items = found(f"“[C> He is as strong as ever, {words}],” [S> Ann Lee] [Q said].")
    assert [item.speaker.name for item in items] == ["Ann Lee"]


def test_turns_of_a_conversation_come_before_what_the_tagger_says(found: Found) -> None:
    _, items = found("HOST: Why?\n\n[S> LEE: The ministry] [Q refused] [C< it].\n\nHOST: Who?\n\nLEE: All of them.")
    assert [item.speaker.name for item in items] == ["HOST", "LEE", "HOST", "LEE"]


def test_who_passed_the_words_on_heads_the_chain(found: Found) -> None:
    _, (item,) = found("[S> Captain Niko Vale], via the Evening Gazette, [Q said] [C< that the judge guessed].")
    assert item.chain == ("Evening Gazette", "Niko Vale")


# --- which method ---


@pytest.mark.parametrize(("language", "text"), [("de", "Die Polizei teilte mit, dass zwölf fehlten."), ("fr", "« Il pleut », a dit Lee.")])
def test_other_languages_are_read_by_rules(monkeypatch: pytest.MonkeyPatch, language: str, text: str) -> None:
    monkeypatch.setattr(methods, "tagger", lambda _method: pytest.fail("asked the tagger"))
    assert attribute(text, language=language, method="model") == attribute(text, language=language, method="rules")


def test_rules_never_ask_the_tagger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(methods, "tagger", lambda _method: pytest.fail("asked the tagger"))
    assert attribute("Lee said it rained.", language="en", method="rules")


def test_without_a_file_of_weights_the_rules_read_english_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(methods, "tagger", lambda _method: None)
    text = "Lee said it rained. “And how,” she added."
    assert attribute(text, language="en", method="model") == attribute(text, language="en", method="rules")
