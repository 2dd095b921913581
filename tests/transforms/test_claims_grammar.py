"""Words and phrases around a cue: inflection, verb groups, noun phrases left and right, what may follow."""

from __future__ import annotations

import pytest

from transforms.claims.complements import Complements, fits
from transforms.claims.finder import segment
from transforms.claims.lexicon import Cue, english, inflect, read, wordlist
from transforms.claims.links import Place, link_of, sentence_end, span_of
from transforms.claims.phrases import is_auxiliary, is_name, left_phrase, plausible, right_phrase
from transforms.claims.text import Token
from transforms.claims.verbs import MAX_HITS, find_hits

IRREGULAR = read("en")["irregular"]


def tokens(text: str) -> list[Token]:
    """The tokens of one English sentence."""
    (sentence,) = segment(text, "en").sentences
    return sentence.tokens


def visible(found: list[Token]) -> list[bool]:
    """Which tokens stand outside quotation marks."""
    return [t.quote < 0 for t in found]


def printed(text: str, found: list[Token], stretch: tuple[int, int] | None) -> str | None:
    """Token indexes as words."""
    return text[found[stretch[0]].start : found[stretch[1] - 1].end] if stretch else None


def cue_of(form: str) -> Cue:
    """The first reading of a form as a single word."""
    return next(cue for rest, cue in english().cues[form] if not rest)


def at(found: list[Token], word: str) -> int:
    """Index of the first token with this word."""
    return next(i for i, t in enumerate(found) if t.low == word)


# --- lexicon ---


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("say", ["say", "says", "said", "saying"]),
        ("deny", ["deny", "denies", "denied", "denying"]),
        ("argue", ["argue", "argues", "argued", "arguing"]),
        ("stress", ["stress", "stresses", "stressed", "stressing"]),
        ("write", ["write", "writes", "wrote", "writing", "written"]),
        ("admit", ["admit", "admits", "admitted", "admitting"]),
        ("agree", ["agree", "agrees", "agreed", "agreeing"]),
        ("foresee", ["foresee", "foresees", "foresaw", "foreseeing", "foreseen"]),
        ("echo", ["echo", "echoes", "echoed", "echoing"]),
        ("reply", ["reply", "replies", "replied", "replying"]),
        ("relay", ["relay", "relays", "relayed", "relaying"]),
        ("urge", ["urge", "urges", "urged", "urging"]),
        ("slam", ["slam", "slams", "slammed", "slamming"]),
        ("refer", ["refer", "refers", "referred", "referring"]),
    ],
)
def test_inflection(verb: str, forms: list[str]) -> None:
    assert [form for _, form in inflect(verb, IRREGULAR)] == forms


def test_longer_cues_are_tried_before_shorter_ones() -> None:
    for found in english().cues.values():
        lengths = [len(rest) for rest, _ in found]
        assert lengths == sorted(lengths, reverse=True)


def test_weights_are_shares() -> None:
    assert all(0 < cue.weight <= 1 for found in english().cues.values() for _, cue in found)


def test_no_time_word_is_a_cue() -> None:
    assert not set(english().cues) & wordlist("times")


# --- verb groups ---


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("Lee said it was late.", ["said"]),
        ("Lee has never said it was late.", ["has never said"]),
        ("Lee did not deny that it was late.", ["did not deny"]),
        ("Lee went on to say that it was late.", ["went on to say"]),
        ("Lee came to say that it was late.", []),
        ("Lee is expected to go.", ["is expected"]),
        ("Lee pointed out that it was late.", ["pointed out"]),
        ("Lee called for a vote.", ["called for"]),
        ("The claims were wrong.", []),
        ("The United States and France met.", []),
        ("A reported plan failed.", []),
        ("Lee’s claims failed.", []),
        ("Lee claims it is late.", ["claims"]),
        ("They claim it is late.", ["claim"]),
        ("Lee heard a claim.", ["heard"]),
        ("Reports said it was late.", ["said"]),
        ("Reilly said it was late.", ["said"]),
        ("Officials reportedly said it was late.", ["reportedly said"]),
        ("Theresa May said it was late.", ["said"]),
        ("Lee may say it is late.", ["may say"]),
        ("Lee clearly and loudly said no.", ["loudly said"]),
        ("The mentioned bridge closed.", []),
    ],
)
def test_which_words_are_cues(text: str, hits: list[str]) -> None:
    found = tokens(text)
    assert [printed(text, found, (hit.start, hit.end)) for hit in find_hits(found, visible(found), english())] == hits


@pytest.mark.parametrize(
    ("text", "passive", "negated", "participle"),
    [
        ("Lee said it was late.", False, False, False),
        ("Lee was told it was late.", True, False, False),
        ("Lee never said it was late.", False, True, False),
        ("Lee won’t say it is late.", False, True, False),
        ("Lee left, saying it was late.", False, False, True),
        ("Lee was saying it was late.", False, False, False),
        ("Lee has said it was late.", False, False, False),
        ("It has been said that it was late.", True, False, False),
    ],
)
def test_the_kind_of_a_verb_group(text: str, passive: bool, negated: bool, participle: bool) -> None:
    found = tokens(text)
    (hit,) = [h for h in find_hits(found, visible(found), english()) if h.cues[0].name in {"say", "tell"}]
    assert (hit.passive, hit.negated, hit.participle) == (passive, negated, participle)


def test_words_in_quotation_marks_are_no_cues() -> None:
    found = tokens("“He said it was late,” the note read.")
    assert "said" not in {found[hit.end - 1].low for hit in find_hits(found, visible(found), english())}


def test_the_cues_of_a_sentence_are_capped() -> None:
    found = tokens("Lee said " * 60 + "no.")
    assert len(find_hits(found, visible(found), english())) == MAX_HITS


# --- noun phrases ---


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Lee said no.", "Lee"),
        ("Mayor Ada Lee said no.", "Mayor Ada Lee"),
        ("The mayor of Karsk said no.", "The mayor of Karsk"),
        ("On Monday the mayor said no.", "the mayor"),
        ("In a letter Ada Lee said no.", "Ada Lee"),
        ("But the mayor said no.", "the mayor"),
        ("Meanwhile the mayor said no.", "the mayor"),
        ("Ada Lee, the mayor, said no.", "Ada Lee, the mayor,"),
        ("Ada Lee (the mayor) said no.", "Ada Lee"),
        ("Ada Lee, in a letter, said no.", "Ada Lee"),
        ("Ada Lee, speaking on Monday, said no.", "Ada Lee"),
        ("The men who saw it said no.", "who saw it"),
        ("Lee and Vehl said no.", "Lee and Vehl"),
        ("It rained and the mayor said no.", "the mayor"),
        ("It rained; the mayor said no.", "the mayor"),
        ("It rained, the mayor said no.", "the mayor"),
        ("Shares fell after the maker said no.", "the maker"),
        ("Shares fell before Lee said no.", "Lee"),
        ("Prime Minister Orla May said no.", "Prime Minister Orla May"),
        ("Two of the men said no.", "Two of the men"),
        ("Some said no.", "Some"),
        ("She said no.", "She"),
        ("Him said no.", None),
        ("Of said no.", None),
        ("The said no.", None),
    ],
)
def test_the_phrase_left_of_a_verb(text: str, source: str | None) -> None:
    found = tokens(text)
    assert printed(text, found, left_phrase(found, visible(found), at(found, "said"))) == source


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("“No,” said Lee.", "Lee"),
        ("“No,” said Ada Lee, the mayor of Karsk.", "Ada Lee, the mayor of Karsk"),
        ("“No,” said Ada Lee, who leads the town.", "Ada Lee, who leads the town"),
        ("“No,” said Ada Lee on Monday.", "Ada Lee on"),
        ("“No,” said the mayor, Ada Lee.", "the mayor, Ada Lee"),
        ("“No,” said she.", "she"),
        ("“No,” said Ada Lee; nobody heard.", "Ada Lee"),
        ("“No,” said Ada Lee, “never.”", "Ada Lee"),
        ("“No,” said Ada Lee because it rained.", "Ada Lee"),
        ("“No,” said.", None),
        ("“No,” said of.", None),
    ],
)
def test_the_phrase_right_of_a_verb(text: str, source: str | None) -> None:
    found = tokens(text)
    got = printed(text, found, right_phrase(found, visible(found), at(found, "said") + 1))
    assert got == (source.removesuffix(" on") if source else source)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Lee", True), ("the mayor", True), ("he", True), ("him", False), ("the", False), ("of", False), (", .", False), ("many", True)],
)
def test_what_may_be_a_speaker(text: str, expected: bool) -> None:
    assert plausible(tokens(text)) is expected


def test_an_object_pronoun_may_stand_behind_according_to() -> None:
    assert plausible(tokens("him"), objects=True)


@pytest.mark.parametrize(("text", "expected"), [("Lee", True), ("Monday", False), ("May", False), ("However", False), ("lee", False)])
def test_what_looks_like_a_name(text: str, expected: bool) -> None:
    assert is_name(tokens(text)[0]) is expected


@pytest.mark.parametrize(("text", "expected"), [("may", True), ("May", False), ("Was", True), ("lee", False)])
def test_what_is_an_auxiliary(text: str, expected: bool) -> None:
    assert is_auxiliary(tokens(text)[0]) is expected


# --- what follows a cue ---


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("Lee said it was late.", "it was late."),
        ("Lee said that it was late.", "that it was late."),
        ("Lee said: “It is late.”", "“It is late.”"),
        ("Lee said, “It is late.”", "“It is late.”"),
        ("Lee said on Monday it was late.", "it was late."),
        ("Lee said late on Monday that it was late.", "that it was late."),
        ("Lee said in a speech that it was late.", "that it was late."),
        ("Lee said last week it was late.", "it was late."),
        ("Lee said, however, that it was late.", "that it was late."),
        ("Lee said, in a note to the king, “It is late.”", "“It is late.”"),
        ("Lee said, as always, nothing.", None),
        ("Lee said at least 3 were late.", "at least 3 were late."),
        ("Lee said between 3 and 5 were late.", "between 3 and 5 were late."),
        ("Lee said $3 was missing.", "$3 was missing."),
        ("Lee said.", None),
        ("Lee said,", None),
        ("Lee said in June.", None),
    ],
)
def test_where_a_content_begins(text: str, content: str | None) -> None:
    found = tokens(text)
    cue = cue_of("said")
    limit = len(found)
    complement = Complements(found, english()).find(cue, at(found, "said") + 1, limit, told=True)
    got = printed(text, found, (complement.start, limit)) if complement else None
    assert got in ({content} if content else {None, "."})


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("Lee told him it was late.", "it was late."),
        ("Lee told reporters it was late.", "it was late."),
        ("Lee told the paper that it was late.", "that it was late."),
        ("Lee told her brother it was late.", "brother it was late."),
        ("Lee told CNN’s Bo Vehl on Monday that it was late.", "that it was late."),
        ("Lee told reporters in Karsk: “It is late.”", "“It is late.”"),
        ("Lee told drivers to turn back.", "to turn back."),
        ("Lee told the men why it was late.", "why it was late."),
    ],
)
def test_the_hearer_is_no_part_of_the_content(text: str, content: str) -> None:
    found = tokens(text)
    cue = cue_of("told")
    complement = Complements(found, english()).find(cue, at(found, "told") + 1, len(found), told=True)
    assert complement is not None
    assert printed(text, found, (complement.start, len(found))) == content


@pytest.mark.parametrize(
    ("verb", "text", "expected"),
    [
        ("promised", "Lee promised to go.", True),
        ("said", "Lee said to go.", False),
        ("fears", "Lee fears that it is late.", True),
        ("fears", "Lee fears dogs.", False),
        ("asked", "Lee asked why it was late.", True),
        ("wants", "Lee wants to go.", True),
        ("wants", "Lee wants a dog.", False),
        ("knows", "Lee knows why it is late.", True),
        ("knows", "Lee knows dogs.", False),
    ],
)
def test_which_content_a_verb_takes(verb: str, text: str, expected: bool) -> None:
    found = tokens(text)
    cue = cue_of(verb)
    complement = Complements(found, english()).find(cue, at(found, verb) + 1, len(found), told=False)
    assert (complement is not None and fits(cue, complement)) is expected


def test_a_question_word_is_an_adjunct_unless_the_verb_is_negated() -> None:
    found = tokens("Lee said when asked that it was late.")
    reader, cue = Complements(found, english()), cue_of("said")
    plain = reader.find(cue, 2, len(found), told=False)
    negated = reader.find(cue, 2, len(found), told=False, negated=True)
    assert plain is not None
    assert negated is not None
    assert (found[plain.start].low, found[negated.start].low) == ("that", "when")


# --- links ---


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It was late.", "It was late"),
        ("It was late", "It was late"),
        ("It rose 3%.", "It rose 3%"),
        ("It was “late.”", "It was “late.”"),
        ("It was late ...", "It was late"),
        ("It was (late).", "It was (late)"),
    ],
)
def test_the_full_stop_is_no_part_of_a_content(text: str, words: str) -> None:
    found = tokens(text)
    assert text[: found[sentence_end(found) - 1].end] == words


@pytest.mark.parametrize(
    ("text", "words"), [(", it was late,", "it was late"), ("— late —", "late"), ("late!", "late!"), ("“late”", "“late”"), ("3%,", "3%")]
)
def test_spans_have_no_loose_punctuation(text: str, words: str) -> None:
    found = tokens(text)
    a, b = span_of(found, 0, len(found))
    assert text[a:b] == words


def test_a_link_without_a_source_has_none() -> None:
    found = tokens("reportedly late")
    made = link_of(cue_of("said"), Place(found, (0, 1), None), [(11, 15)])
    assert (made.source, made.cue_span, made.content) == (None, (0, 10), ((11, 15),))
