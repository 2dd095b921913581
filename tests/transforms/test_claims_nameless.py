"""Sources without a name: head noun, body, how well a description fits a role; and what cue and words together say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.claims.attributions import attribute
from transforms.claims.finder import segment
from transforms.claims.judge import certainty, polarity
from transforms.claims.lexicon import Cue
from transforms.claims.links import Link
from transforms.claims.model import Speaker
from transforms.claims.roles import MISFIT, NOBODY, UNNAMED_CONFIDENCE, Nameless, head_of, is_silent, represented, role_fit, speaks_for
from transforms.claims.text import Token
from transforms.claims.turns import SAYS
from transforms.records import Certainty, Polarity


def tokens(words: str, language: str = "en") -> list[Token]:
    """The tokens of a source."""
    return segment(words, language).sentences[0].tokens


def speaker(words: str) -> Speaker:
    """Who a source is that names nobody."""
    return Nameless(words).speaker(tokens(words))


@pytest.mark.parametrize(
    ("words", "head"),
    [
        ("the ministry", "ministry"),
        ("the South Korean leader", "leader"),
        ("a study in the journal", "study"),
        ("the judge, who retired", "judge"),
        ("officials who asked not to be named", "officials"),
        ("ein Sprecher der Polizei", "sprecher"),
        ("a spokesman for the finance ministry", "spokesman"),
        ("a report published", "report"),
        ("a letter seen by reporters", "letter"),
        ("a statement issued late", "statement"),
        ("a newly published report", "report"),
        ("the retired judge", "judge"),
    ],
)
def test_the_head_of_a_source(words: str, head: str) -> None:
    assert head_of(tokens(words)) == head


@pytest.mark.parametrize("words", ["“", ", the", "of the town"])
def test_what_begins_with_no_noun_has_no_head(words: str) -> None:
    assert head_of(tokens(words)) is None


@pytest.mark.parametrize(
    ("words", "body"),
    [
        ("a police spokeswoman", "police"),
        ("a spokesman for the finance ministry", "finance ministry"),
        ("the spokeswoman of the northern water company", "northern water company"),
        ("a spokesman", ""),
    ],
)
def test_the_body_behind_who_speaks_for_it(words: str, body: str) -> None:
    inside = tokens(words)
    assert speaks_for(inside)
    assert " ".join(t.text for t in represented(inside)) == body


@pytest.mark.parametrize("words", ["the minister", "police", "a witness", "the speaker of the house"])
def test_others_speak_for_themselves(words: str) -> None:
    assert not speaks_for(tokens(words))


@pytest.mark.parametrize(
    ("words", "name", "kind"),
    [
        ("the ministry", "ministry", "organisation"),
        ("Ministry", "Ministry", "organisation"),
        ("a police spokeswoman", "police", "organisation"),
        ("a spokesman for the finance ministry", "finance ministry", "organisation"),
        ("the report", "report", "document"),
        ("a report published", "a report published", "document"),
        ("a study in the journal", "a study in the journal", "document"),
        ("officials", "officials", "unnamed"),
        ("Forecasters", "Forecasters", "unnamed"),
        ("a witness", "a witness", "unnamed"),
        ("two people familiar with the matter", "two people familiar with the matter", "unnamed"),
        ("Sources close to the talks", "Sources close to the talks", "unnamed"),
    ],
)
def test_a_nameless_speaker_is_printed_without_the_article(words: str, name: str, kind: str) -> None:
    assert speaker(words) == Speaker(name, kind, UNNAMED_CONFIDENCE)  # type: ignore[arg-type]


@pytest.mark.parametrize("word", ["they", "he", "it", "who"])
def test_a_lone_pronoun_names_nobody(word: str) -> None:
    assert is_silent(tokens(word))
    assert speaker(word) == NOBODY


def test_nothing_is_silent() -> None:
    assert is_silent([])
    assert Nameless("").speaker([]) == NOBODY


def test_a_body_is_called_later_as_it_was_told_in_full() -> None:
    text = "The finance ministry said it would pay. The ministry said more would follow."
    assert [item.speaker.name for item in attribute(text, language="en")] == ["finance ministry", "finance ministry"]


def test_two_bodies_of_one_kind_stay_apart() -> None:
    text = "The finance ministry said it would pay. The health ministry said it would not."
    assert [item.speaker.name for item in attribute(text, language="en")] == ["finance ministry", "health ministry"]


def test_one_ministry_that_is_only_one_of_many_is_no_body() -> None:
    assert speaker("one ministry").kind == "unnamed"


# --- roles ---


def role(words: str) -> frozenset[str]:
    return frozenset(words.split())


def test_a_role_that_shares_more_words_fits_better() -> None:
    minister = role("finance minister korean")
    fits = [role_fit(minister, role(words)) for words in ("finance korean", "finance", "", "health")]
    assert fits == sorted(fits, reverse=True)


def test_a_role_of_another_country_never_fits() -> None:
    assert role_fit(role("french president"), role("german")) == MISFIT
    assert role_fit(role("french president"), role("french")) > 0


def test_a_country_and_its_adjective_are_one() -> None:
    assert role_fit(role("korea leader"), role("korean")) > role_fit(role("leader"), role("korean"))


@given(st.sets(st.sampled_from(["finance", "health", "deputy", "french", "german", "korean", "former", "chief"]), max_size=4))
@settings(max_examples=40)
def test_no_role_fits_a_description_better_than_itself(words: set[str]) -> None:
    own = role_fit(frozenset(words), frozenset(words))
    for word in words:
        assert role_fit(frozenset(words - {word}), frozenset(words)) <= own


# --- in a text ---


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ("President Ann Lee left. The president said it was late.", ["Ann Lee"]),
        ("President Ann Lee met Mayor Tom Ray. The mayor said it was late.", ["Tom Ray"]),
        ("President Ann Lee met Mayor Tom Ray. “It is late,” said the president.", ["Ann Lee"]),
        ("Mayor Ann Lee met Tom Ray. She said it was late. He said it was not.", ["Ann Lee", "Tom Ray"]),
        ("Ann Lee’s lawyer, Tom Ray, said it was late.", ["Tom Ray"]),
        ("Ann Lee, who is mayor of Dorra, said it was late.", ["Ann Lee"]),
        ("Mr. Ray and Mrs. Ray fled. Mrs. Ray said it was late.", ["Ray"]),
        ("It is late, according to Ann Lee and to the police.", ["Ann Lee"]),
        ("They said it was late.", [None]),
    ],
)
def test_who_a_source_means(text: str, speakers: list[str | None]) -> None:
    assert [item.speaker.name for item in attribute(text, language="en")] == speakers


def test_a_full_name_is_surer_than_a_surname_and_that_than_a_role() -> None:
    text = "President Ann Lee said it rained. Lee said it froze. The president said it thawed. She said it snowed."
    full, short, office, pronoun = (item.speaker.confidence for item in attribute(text, language="en"))
    assert full > short > office > pronoun > 0


# --- what is said, by the cue and its words ---


def cue(name: str, polarity: Polarity, certainty: Certainty = "certain", lemma: str = "said") -> Cue:
    """A cue with this meaning."""
    return replace(SAYS, name=name, lemma=lemma, polarity=polarity, certainty=certainty)


def said(words: str, by: Cue, *, negated: bool = False) -> str:
    """The polarity of these words behind a cue."""
    return polarity(Link(by, (0, 1), None, ((2, 9),), negated=negated), words)


@pytest.mark.parametrize(
    ("words", "name", "plain", "negated", "expected"),
    [
        ("it rained", "say", "asserts", False, "asserts"),
        ("whether it rained", "say", "asserts", True, "other"),
        ("that it rained", "deny", "denies", True, "asserts"),
        ("that it rained", "think", "asserts", True, "denies"),
        ("to pay", "promise", "promises", True, "denies"),
        ("to pay", "ask", "questions", False, "demands"),
        ("why it rained", "ask", "questions", False, "questions"),
        ("to pay", "tell", "asserts", False, "demands"),
        ("“Why us?”", "say", "asserts", False, "questions"),
        ("why us?", "say", "asserts", False, "asserts"),
        ("it should rain", "say", "asserts", False, "demands"),
        ("it should have rained", "say", "asserts", False, "asserts"),
        ("they must go", "say", "asserts", False, "demands"),
        ("they must have gone", "say", "asserts", False, "asserts"),
        ("x" * 90 + " they must go", "say", "asserts", False, "asserts"),
        ("they must go", "warn", "expects", False, "expects"),
    ],
)
def test_polarity_of_cue_and_words(words: str, name: str, plain: Polarity, negated: bool, expected: str) -> None:
    assert said(words, cue(name, plain), negated=negated) == expected


def test_a_turn_of_a_conversation_asks_without_quotation_marks() -> None:
    assert said("Why us?", SAYS) == "questions"
    assert said("Why us? Because.", SAYS) == "asserts"


@pytest.mark.parametrize(
    ("verb", "words", "own", "expected"),
    [
        ("said", "it rained", "certain", "certain"),
        ("allegedly said", "it rained", "certain", "alleged"),
        ("said", "it may rain", "certain", "hedged"),
        ("said", "it rained in May", "certain", "certain"),
        ("said", "it would rain if it froze", "certain", "conditional"),
        ("said", "they plan to leave", "certain", "planned"),
        ("feared", "it rained", "hedged", "hedged"),
        ("feared", "it allegedly rained", "hedged", "hedged"),
    ],
)
def test_certainty_of_cue_and_words(verb: str, words: str, own: Certainty, expected: str) -> None:
    assert certainty(Link(cue("say", "asserts", own), (0, 1), None, ((2, 9),)), words, verb) == expected
