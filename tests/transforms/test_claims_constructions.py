"""Each construction of English attribution: who, by which words, said what."""

from __future__ import annotations

import pytest

from transforms.claims import Attribution, attribute


def told(text: str) -> list[tuple[str | None, str | None, str]]:
    """(source, cue, content) as printed."""

    def words(span: tuple[int, int] | None) -> str | None:
        return text[slice(*span)] if span else None

    return [(words(a.source), words(a.cue), " / ".join(text[slice(*piece)] for piece in a.content)) for a in attribute(text)]


def only(text: str) -> Attribution:
    """The one attribution of a text."""
    (found,) = attribute(text)
    return found


LENA = "Lena Ortiz"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“The bridge is closed,” Mayor Lena Ortiz said.", ("Mayor Lena Ortiz", "said", "“The bridge is closed,”")),
        ("“The bridge is closed,” said Lena Ortiz, the mayor.", ("Lena Ortiz, the mayor", "said", "“The bridge is closed,”")),
        ('"The bridge is closed," said local teacher Pia Wendel.', ("local teacher Pia Wendel", "said", '"The bridge is closed,"')),
        ("Lena Ortiz said: “The bridge is closed.”", (LENA, "said", "“The bridge is closed.”")),
        ("Lena Ortiz told reporters, “The bridge is closed.”", (LENA, "told", "“The bridge is closed.”")),
        ("“The bridge,” Lena Ortiz said, “is closed.”", (LENA, "said", "“The bridge,” / “is closed.”")),
        ("“It is closed,” Lena Ortiz said. “It stays so.”", (LENA, "said", "“It is closed,” / “It stays so.”")),
        ("“Is the bridge closed?” Lena Ortiz asked.", (LENA, "asked", "“Is the bridge closed?”")),
        ("‘The bridge is closed,’ Lena Ortiz said.", (LENA, "said", "‘The bridge is closed,’")),
        ("''The bridge is closed,'' Lena Ortiz said.", (LENA, "said", "''The bridge is closed,''")),
        ("“It is closed.\n\n“It stays so,” Lena Ortiz said.", (LENA, "said", "“It is closed. / “It stays so,”")),
    ],
)
def test_direct(text: str, expected: tuple[str, str, str]) -> None:
    assert told(text) == [expected]
    assert only(text).quote_type == "direct"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lena Ortiz said the bridge was “beyond repair” and old.", (LENA, "said", "the bridge was “beyond repair” and old")),
        ("The bridge is “beyond repair”, Lena Ortiz said.", (LENA, "said", "The bridge is “beyond repair”")),
        ("Lena Ortiz called the bridge “a grave danger”.", (LENA, "called", "the bridge “a grave danger”")),
    ],
)
def test_mixed(text: str, expected: tuple[str, str, str]) -> None:
    assert told(text) == [expected]
    assert only(text).quote_type == "mixed"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lena Ortiz said that the bridge was closed.", (LENA, "said", "that the bridge was closed")),
        ("Lena Ortiz said on Tuesday the bridge was closed.", (LENA, "said", "the bridge was closed")),
        ("Lena Ortiz said Tuesday that the bridge was closed.", (LENA, "said", "that the bridge was closed")),
        ("Lena Ortiz said in a statement that the bridge was closed.", (LENA, "said", "that the bridge was closed")),
        ("Lena Ortiz told the Karsk Herald in an interview that she had won.", (LENA, "told", "that she had won")),
        ("Lena Ortiz told him the bridge was closed.", (LENA, "told", "the bridge was closed")),
        ("The bridge is closed, Lena Ortiz said.", (LENA, "said", "The bridge is closed")),
        ("The bridge is closed, Lena Ortiz said on Monday after a visit.", (LENA, "said", "The bridge is closed")),
        ("The bridge is closed, Lena Ortiz said, because it cracked.", (LENA, "said", "The bridge is closed / because it cracked")),
        ("According to Lena Ortiz, the bridge is closed.", (LENA, "According to", "the bridge is closed")),
        ("The bridge is closed, according to Lena Ortiz.", (LENA, "according to", "The bridge is closed")),
        ("The bridge, according to Lena Ortiz, is closed.", (LENA, "according to", "The bridge / is closed")),
        ("According to Lena Ortiz, the mayor, it is closed.", ("Lena Ortiz, the mayor", "According to", "it is closed")),
        ("According to her, the bridge is closed.", ("her", "According to", "the bridge is closed")),
        ("Lena Ortiz denied that the bridge was closed.", (LENA, "denied", "that the bridge was closed")),
        ("Lena Ortiz expects the bridge to open soon.", (LENA, "expects", "the bridge to open soon")),
        ("Lena Ortiz promised to open the bridge.", (LENA, "promised", "to open the bridge")),
        ("Lena Ortiz accused the builders of using bad steel.", (LENA, "accused", "the builders of using bad steel")),
        ("Lena Ortiz asked whether the bridge was closed.", (LENA, "asked", "whether the bridge was closed")),
        ("Lena Ortiz went on to say that it was closed.", (LENA, "went on to say", "that it was closed")),
        ("Lena Ortiz said at least 12 people fled.", (LENA, "said", "at least 12 people fled")),
        ("Lena Ortiz said about 40 homes burned.", (LENA, "said", "about 40 homes burned")),
        ("Lena Ortiz said up to half of the town fled.", (LENA, "said", "up to half of the town fled")),
        ("However, Lena Ortiz said the bridge was closed.", (LENA, "said", "the bridge was closed")),
        ("On Thursday Lena Ortiz said the bridge was closed.", (LENA, "said", "the bridge was closed")),
        ("In a letter, Lena Ortiz said the bridge was closed.", (LENA, "said", "the bridge was closed")),
        ("The mayor, Lena Ortiz, said pensions would fall.", ("The mayor, Lena Ortiz,", "said", "pensions would fall")),
        ("Lena Ortiz, in a letter, said the bridge was closed.", (LENA, "said", "the bridge was closed")),
        ("Lena Ortiz, who said it was closed, left.", (LENA, "said", "it was closed")),
        ("Officials who saw the bridge said it was closed.", ("Officials who saw the bridge", "said", "it was closed")),
        ("The plan was criticised by Lena Ortiz.", (LENA, "was criticised", "The plan")),
    ],
)
def test_indirect(text: str, expected: tuple[str, str, str]) -> None:
    source, cue, content = expected
    assert told(text) == [(source.rstrip(","), cue, content)]
    assert only(text).quote_type == "indirect"


@pytest.mark.parametrize(
    ("text", "cue", "content"),
    [
        ("The bridge is expected to open in May.", "is expected", "The bridge / to open in May"),
        ("The bridge was said to be closed.", "was said", "The bridge / to be closed"),
        ("The bridge seems to be closed.", "seems", "The bridge / to be closed"),
        ("The bridge is reportedly closed.", "reportedly", "The bridge is / closed"),
    ],
)
def test_nobody_is_named(text: str, cue: str, content: str) -> None:
    assert told(text) == [(None, cue, content)]
    assert only(text).speaker.name is None


def test_a_second_verb_shares_the_source() -> None:
    text = "Lena Ortiz said the bridge was closed and promised to build a ferry."
    assert told(text) == [(LENA, "said", "the bridge was closed"), (LENA, "promised", "to build a ferry")]


def test_a_participle_shares_the_source() -> None:
    text = "Lena Ortiz said the bridge was closed, adding that a ferry would run."
    assert told(text) == [(LENA, "said", "the bridge was closed"), (LENA, "adding", "that a ferry would run")]
    plain, shared = attribute(text)
    assert shared.confidence < plain.confidence


def test_two_speakers_in_one_sentence() -> None:
    text = "Lena Ortiz said the bridge was closed, but Otto Vehl said it was open."
    assert told(text) == [(LENA, "said", "the bridge was closed"), ("Otto Vehl", "said", "it was open")]


@pytest.mark.parametrize(
    "text",
    [
        "“We are closed.” Lena Ortiz left the room.",
        "The claims were wrong. A report on the bridge is due.",
        "The United States and France signed it. The border states paid.",
        "A phone call and a new post report little.",
        "Her call came late; the reported loss was small.",
        "The bridge opened in 1932 and was painted twice.",
        "He worked hard to say nothing.",
        "",
        "“”",
    ],
)
def test_no_attribution(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "polarity", "certainty"),
    [
        ("Lena Ortiz said the bridge was closed.", "asserts", "certain"),
        ("Lena Ortiz said the bridge might be closed.", "asserts", "hedged"),
        ("Lena Ortiz said the bridge would close if it rained.", "asserts", "conditional"),
        ("Lena Ortiz said the bridge was due to open until May.", "asserts", "certain"),
        ("Lena Ortiz said the suspected thief had fled.", "asserts", "alleged"),
        ("Lena Ortiz claimed the bridge was closed.", "asserts", "alleged"),
        ("Lena Ortiz denied that the bridge was closed.", "denies", "certain"),
        ("Lena Ortiz did not deny that the bridge was closed.", "asserts", "certain"),
        ("Lena Ortiz did not say that the bridge was closed.", "other", "certain"),
        ("Lena Ortiz does not believe that the bridge is closed.", "denies", "hedged"),
        ("Lena Ortiz expects the bridge to open.", "expects", "hedged"),
        ("Lena Ortiz promised to open the bridge.", "promises", "planned"),
        ("Lena Ortiz urged drivers to turn back.", "demands", "certain"),
        ("Lena Ortiz said the bridge should be closed.", "demands", "certain"),
        ("Lena Ortiz said the bridge must have been closed.", "asserts", "certain"),
        ("Lena Ortiz asked why the bridge was closed.", "questions", "certain"),
        ("Lena Ortiz criticised the builders.", "other", "certain"),
        ("Lena Ortiz declined to say whether it was closed.", "denies", "certain"),
    ],
)
def test_polarity_and_certainty(text: str, polarity: str, certainty: str) -> None:
    found = only(text)
    assert (found.polarity, found.certainty) == (polarity, certainty)


@pytest.mark.parametrize(
    ("content", "negated"),
    [
        ("the bridge was not closed", True),
        ("nobody was hurt", True),
        ("it wasn’t closed", True),
        ("it was closed, not open", False),
        ("it was closed", False),
    ],
)
def test_negation_of_the_content(content: str, negated: bool) -> None:
    assert only(f"Lena Ortiz said that {content}.").is_negated is negated
