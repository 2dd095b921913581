"""Names, roles and speakers part by part."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.claims import attribute
from transforms.claims.descriptions import dateline_end, telling
from transforms.claims.finder import segment
from transforms.claims.names import Cast, name_parts
from transforms.claims.roles import Nameless, head_of, is_silent, represented, role_fit, speaks_for
from transforms.claims.runs import runs, split_name
from transforms.claims.text import Token


def tokens(text: str) -> list[Token]:
    """The tokens of one sentence."""
    (sentence,) = segment(text, "en").sentences
    return sentence.tokens


def cast(text: str, language: str = "en") -> list[tuple[str, str]]:
    """Everybody who is named, with the kind."""
    return [(e.name, e.kind) for e in Cast(segment(text, language).sentences, german=language == "de").entities]


def names(text: str) -> list[str]:
    """The runs of capitals without their titles."""
    (sentence,) = segment(text, "en").sentences
    return [" ".join(t.text for t in sentence.tokens[run.name : run.end]) for run in runs(sentence, 0)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It was Ada Lee again.", ["Ada Lee"]),
        ("It was Mayor Ada Lee again.", ["Ada Lee"]),
        ("It was Ludwig van Brahm again.", ["Ludwig van Brahm"]),
        ("It was Hale & Sons again.", ["Hale & Sons"]),
        ("It was the Bank of Karsk again.", ["Bank of Karsk"]),
        ("It was the Minister of Health Ada Lee again.", ["Ada Lee"]),
        ("It was Ada Lee’s dog Rex again.", ["Ada Lee’s", "Rex"]),
        ("It was on Monday in May.", []),
        ("But it was late.", []),
        ("The bridge was shut.", []),
        ("It was Theresa May again.", ["Theresa May"]),
        ("It was Mrs May again.", ["May"]),
        ("It was in May that it broke.", []),
        ("It was in June Lake that it broke.", ["Lake"]),
        ("KARSK HERALD IS SHUT", ["KARSK HERALD IS SHUT"]),
    ],
)
def test_names_in_a_sentence(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We met Ada Lee.", [("Ada Lee", "person")]),
        ("We met Mayor Brisk Toll.", [("Brisk Toll", "person")]),
        ("We left Orva Water.", [("Orva Water", "organisation")]),
        ("We left the Karsk Institute.", [("Karsk Institute", "organisation")]),
        ("We left the Northern Ledger.", [("Northern Ledger", "organisation")]),
        ("We met Ada Lee and Ada Lee’s son.", [("Ada Lee", "person")]),
        ("We met Kim Jong-un and Kim Jong Un.", [("Kim Jong-un", "person")]),
        ("We met Ada Lee. Lee left. Mrs Lee came.", [("Ada Lee", "person")]),
        ("We met Ada Lee. We met Otto Lee.", [("Ada Lee", "person"), ("Otto Lee", "person")]),
        ("Nobody came.", []),
    ],
)
def test_everybody_is_introduced_once(text: str, expected: list[tuple[str, str]]) -> None:
    assert cast(text) == expected


def test_german_nouns_are_no_names() -> None:
    assert cast("Die Brücke und der Hafen sind zu. Bürgermeisterin Ada Brandt kam.", "de") == [("Ada Brandt", "person")]


@pytest.mark.parametrize(
    ("text", "name", "strange"),
    [
        ("We met Ada Lee, and Mayor Otto Vehl left.", "Ada Lee", {"mayor", "otto", "vehl"}),
        ("Mrs Mary Lee visited Mr Otto Vehl.", "Otto Vehl", {"mrs", "mary"}),
        ("The regulator ordered Lumo Works to stop.", "Lumo Works", {"regulator", "ordered"}),
        ("The mayor told Ada Lee to stop.", "Ada Lee", {"mayor", "told"}),
    ],
)
def test_the_role_of_one_is_not_that_of_the_next(text: str, name: str, strange: set[str]) -> None:
    roles = {e.name: e.roles for e in Cast(segment(text, "en").sentences).entities}[name]
    assert strange.isdisjoint(word for role in roles for word in role)


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        ("We met Ada Lee, the mayor of Karsk, today.", "Ada Lee", {"mayor", "karsk"}),
        ("The grid company Velnet Lund grew.", "Velnet Lund", {"grid", "company"}),
        ("Orva’s chief executive, Stefan Rusk, left.", "Stefan Rusk", {"orva", "chief", "executive"}),
        ("South Korean President Ada Lee left.", "Ada Lee", {"south", "korean", "president"}),
    ],
)
def test_titles_and_appositions_tell_the_role(text: str, name: str, role: set[str]) -> None:
    roles = {e.name: e.roles for e in Cast(segment(text, "en").sentences).entities}[name]
    assert role in roles


def test_homonyms_of_one_name_are_bounded() -> None:
    text = " ".join(f"We met {chr(65 + k % 26)}ab{chr(97 + k // 26)} Lee." for k in range(60))
    found = Cast(segment(text, "en").sentences)
    assert len(found.by_part["lee"]) <= 12


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Ada Lee’s", ["ada", "lee"]), ("Kim Jong-un", ["kim", "jong", "un"]), ("J. Lee", ["j", "lee"]), ("Brooks’", ["brooks"])],
)
def test_parts_of_a_name(text: str, expected: list[str]) -> None:
    assert split_name(tokens(text)) == expected


def test_parts_of_a_printed_name() -> None:
    assert name_parts("Kim Jong-un") == ["kim", "jong", "un"]


def test_one_country_has_one_name_in_a_description() -> None:
    assert telling(tokens("the American president")) == telling(tokens("the president of America")) == {"u.s.", "president"}


# --- roles ---


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("the mayor", "mayor"),
        ("the mayor of Karsk", "mayor"),
        ("a senior police officer in Karsk", "officer"),
        ("officials who left", "officials"),
        ("the company, a maker of pumps", "company"),
        ("der Sprecher der Stadt", "sprecher"),
        (", who", None),
    ],
)
def test_the_head_of_a_description(text: str, head: str | None) -> None:
    assert head_of(tokens(text)) == head


@pytest.mark.parametrize(
    ("role", "modifiers", "better_than_nothing"),
    [
        ({"south", "korean", "president"}, {"korean"}, True),
        ({"korea", "leader"}, {"korean"}, True),
        ({"french", "president"}, {"german"}, False),
        ({"mayor"}, {"former", "deputy"}, False),
    ],
)
def test_how_well_a_description_fits_a_role(role: set[str], modifiers: set[str], better_than_nothing: bool) -> None:
    assert (role_fit(frozenset(role), frozenset(modifiers)) > 0) is better_than_nothing


def test_a_role_of_another_country_never_fits() -> None:
    assert role_fit(frozenset({"french", "president"}), frozenset({"german"})) <= -2


@pytest.mark.parametrize(
    ("text", "expected"), [("a police spokeswoman", True), ("its spokesman", True), ("ein Sprecher", True), ("the speaker", False)]
)
def test_who_speaks_for_a_body(text: str, expected: bool) -> None:
    assert speaks_for(tokens(text)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a police spokeswoman", ["police"]),
        ("a foreign ministry spokesman", ["foreign", "ministry"]),
        ("a spokesman for the finance ministry", ["finance", "ministry"]),
        ("a spokesman", []),
        ("the ministry", ["ministry"]),
    ],
)
def test_the_body_behind_a_spokesman(text: str, expected: list[str]) -> None:
    assert [t.low for t in represented(tokens(text))] == expected


@pytest.mark.parametrize(("text", "expected"), [("we", True), ("They", True), ("they all", False), ("Lee", False)])
def test_silent_sources(text: str, expected: bool) -> None:
    assert is_silent(tokens(text)) is expected


def test_nothing_is_silent() -> None:
    assert is_silent([])


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("The report", "report", "document"),
        ("A report by the court", "A report by the court", "document"),
        ("the ministry", "ministry", "organisation"),
        ("a ministry", "a ministry", "unnamed"),
        ("Forecasters", "Forecasters", "unnamed"),
        ("Economists", "Economists", "unnamed"),
        ("Fishermen", "Fishermen", "unnamed"),
        ("Lumo", "Lumo", "organisation"),
        ("two men in masks", "two men in masks", "unnamed"),
        ("a police spokeswoman", "police", "organisation"),
        ("he", None, None),
    ],
)
def test_sources_without_a_name(text: str, name: str | None, kind: str | None) -> None:
    found = Nameless(text).speaker(tokens(text))
    assert (found.name, found.kind) == (name, kind)


def test_a_body_is_known_by_its_head_noun_later() -> None:
    text = "the finance ministry and the ministry"
    found, nameless = tokens(text), Nameless(text)
    assert [nameless.speaker(found[:3]).name, nameless.speaker(found[4:]).name] == ["finance ministry", "finance ministry"]


# --- speakers of whole texts ---


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Corvin Bank grew. Union leader Tom Adeyo left. The union said no.", "union"),
        ("The regulator ordered Lumo to stop. The regulator said no.", "regulator"),
        ("Amber Lines owns the ship. The coastguard said no.", "coastguard"),
        ("Amber Lines owns the ship. The company said no.", "Amber Lines"),
        ("Prime Minister Orla May left. May said no.", "Orla May"),
        ("We met Ada Lee and Otto Lee. Mrs Lee said no.", "Ada Lee"),
        ("Mayor Ada Lee left. The mayor said no.", "Ada Lee"),
        ("Ada Lee, a lawyer for Otto Vehl, said no.", "Ada Lee"),
        ("The lawyer of Otto Vehl said no.", "lawyer of Otto Vehl"),
        ("Otto Vehl’s sister said no.", "Otto Vehl’s sister"),
        ("The Bank of Karsk said no.", "Bank of Karsk"),
        ("A bank said no.", "A bank"),
        ("Police said no.", "Police"),
        ("She said no.", None),
        ("Sources close to Otto Vehl said no.", "Sources close to Otto Vehl"),
    ],
)
def test_the_last_speaker(text: str, speaker: str | None) -> None:
    assert attribute(text)[-1].speaker.name == speaker


def test_a_pronoun_does_not_reach_back_over_many_sentences() -> None:
    text = "Mayor Ada Lee left. " + "It rained all day long. " * 8 + "She said no."
    assert attribute(text)[-1].speaker.name is None


def test_a_woman_is_not_meant_by_he() -> None:
    found = attribute("Mrs Ada Lee met Mr Otto Vehl. He said yes. She said no.")
    assert [a.speaker.name for a in found] == ["Otto Vehl", "Ada Lee"]


def test_the_day_of_the_outer_statement_is_not_that_of_the_inner() -> None:
    text = "Otto Vehl met Ada Lee. “Lee told me that she will go,” Vehl said on Thursday."
    outer, inner = attribute(text, published=datetime(2018, 9, 21, tzinfo=UTC))
    assert str(outer.said_on) == "2018-09-20"
    assert inner.chain == ("Otto Vehl", "Ada Lee")
    assert inner.said_on is None


def test_the_day_inside_the_quotation_is_that_of_the_inner() -> None:
    text = "Otto Vehl met Ada Lee. “Lee told me on Monday that she will go,” Vehl said on Thursday."
    outer, inner = attribute(text, published=datetime(2018, 9, 21, tzinfo=UTC))
    assert (str(outer.said_on), str(inner.said_on)) == ("2018-09-20", "2018-09-17")


GIVEN = st.sampled_from(["Ada", "Otto", "Mary", "David"])
SURNAME = st.sampled_from(["Vehl", "Brask", "Lund", "Thorvald"])


@given(GIVEN, SURNAME, st.sampled_from(["", "Mayor ", "Professor ", "Foreign Minister "]))
def test_a_full_name_is_its_own_speaker(first: str, last: str, title: str) -> None:
    (found,) = attribute(f"{title}{first} {last} said that it was late.")
    assert (found.speaker.name, found.speaker.kind) == (f"{first} {last}", "person")


@given(
    GIVEN,
    SURNAME,
    st.sampled_from(["“It is late,” {} said.", "{} said it was late.", "According to {}, it was late.", "It was late, {} said."]),
)
def test_a_surname_means_the_person_named_before(first: str, last: str, form: str) -> None:
    found = attribute(f"{first} {last} left the room.\n\n{form.format(last)}")
    assert [a.speaker.name for a in found] == [f"{first} {last}"]


@pytest.mark.parametrize(
    ("text", "behind"),
    [
        ("KARSK (Meridian Wire) - A dam broke.", "A"),
        ("KARSK — A dam broke.", "A"),
        ("Port Easton (MW) – A dam broke.", "A"),
        ("The dam — it broke at night — was old.", None),
        ("A dam broke (in the night). Nobody slept – nobody at all.", None),
        ("A dam broke.", None),
    ],
)
def test_a_dateline_ends_at_its_dash(text: str, behind: str | None) -> None:
    found = segment(text, "en").sentences[0].tokens
    end = dateline_end(found)
    assert (found[end].text if end else None) == behind


def test_nobody_is_named_by_a_dateline() -> None:
    text = "KARSK (Meridian Wire) - A dam broke at night, the operator said. It denied that it had known."
    assert cast(text) == []


def test_who_says_something_is_no_apposition() -> None:
    text = "A dam has broken above Karsk, the civil protection agency said. Rescuers came. The agency said that they were late."
    assert "Karsk" not in {one.speaker.name for one in attribute(text)}
    assert attribute("It was Ada Lee, the governor, said the agency. The governor said no.")[-1].speaker.name == "Ada Lee"
