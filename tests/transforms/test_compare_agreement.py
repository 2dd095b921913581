"""Two sentences of one claim: what is shown as a difference once it is known that both state it, and where it stands in the bodies."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.ids import key
from transforms.compare import relation
from transforms.compare.agreement import Text, compared, in_body, sentence_start
from transforms.compare.pairs import RELATIONS
from transforms.compare.relation import DIFFERS, TWO_CLAIMS, linked, read
from transforms.records import ClaimMention, ComparableArticle, Span

A, B = "Twelve people were hurt in the blast at Orve.", "Fifteen people were hurt in the blast at Orve."
NOON = datetime(2018, 9, 20, 12, tzinfo=UTC)


def article(name: str, body: str, language: str = "en") -> ComparableArticle:
    return ComparableArticle(
        article_id=key("article", name), outlet_id=name, published_at=NOON, headline="Blast", body=body, language=language
    )


def mention(of: ComparableArticle, words: str, sentence: str, polarity: str = "asserts") -> ClaimMention:
    start = of.body.index(words)
    return ClaimMention(
        mention_id=key("mention", str(of.article_id), words),
        version_id=UUID(int=1),
        article_id=of.article_id,
        quote_type="indirect",
        content=Span(start=start, end=start + len(words)),
        text=words,
        sentence=sentence,
        polarity=polarity,
        confidence=0.9,
        method="m",
    )


def chances(**given: float) -> dict[str, float]:
    return dict.fromkeys(RELATIONS, 0.0) | given


# --- which difference is shown ---


@pytest.mark.parametrize(
    ("found", "label"),
    [
        (chances(same=0.9, number=0.1), "same"),
        (chances(same=0.35, number=0.05, other=0.6), "same"),  # an eighth of what is left
        (chances(same=0.2, number=0.15, other=0.65), "number"),  # .43
        (chances(same=0.5, number=0.2, date=0.15, actor=0.15), "number"),  # half, of several kinds
        (chances(other=1.0), "same"),  # nothing speaks for a difference
        (chances(number=0.15, other=0.85), "same"),  # the match itself is in doubt
        (chances(same=0.6, contradicts=0.4), "same"),  # too grave a word
        (chances(same=0.4, contradicts=0.6), "same"),  # and neither side says no
        (chances(same=0.25, contradicts=0.75), "contradicts"),
    ],
)
def test_that_both_state_one_claim_is_known(found: dict[str, float], label: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relation, "relations", lambda *_: found)
    assert linked(read(A), read(B)).label == label


def test_a_difference_shows_what_a_rule_points_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relation, "relations", lambda *_: chances(same=0.2, number=0.6, other=0.2))
    verdict = linked(read(A), read(B))
    assert (A[slice(*verdict.a)], B[slice(*verdict.b)]) == ("Twelve people", "Fifteen people")
    assert verdict.confidence == 0.75


@given(st.lists(st.floats(0.001, 1), min_size=7, max_size=7))
def test_a_label_is_confident_in_0_to_1_and_never_another_claim(weights: list[float]) -> None:
    found = {label: weight / sum(weights) for label, weight in zip(RELATIONS, weights, strict=True)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(relation, "relations", lambda *_: found)
        verdict = linked(read(A), read(B))
    assert 0 <= verdict.confidence <= 1
    differs = 1 - found["same"] / (1 - found["other"])  # the weights are never 0
    if verdict.label != "same":
        assert differs == pytest.approx(DIFFERS) or differs > DIFFERS
        assert found["other"] <= TWO_CLAIMS


def test_without_the_model_rules_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relation, "relations", lambda *_: None)
    assert linked(read(A), read(B)).label == "number"
    assert linked(read(A), read(A)).label == "same"


# --- where ---


def test_a_difference_outside_the_contents_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (article(name, f"Rain fell. {text} More follows.") for name, text in (("a", A), ("b", B)))
    monkeypatch.setattr(relation, "relations", lambda *_: chances(number=1.0))
    words = "were hurt in the blast at Orve"
    verdict, x, y = compared(mention(first, words, A), Text.of(first), mention(second, words, B), Text.of(second))
    assert verdict.label == "number"
    assert (first.body[x.start : x.end], second.body[y.start : y.end]) == ("Twelve people", "Fifteen people")


@pytest.mark.parametrize(
    ("clauses", "label"),
    [
        (("Twelve people were hurt", "the mayor resigned"), "number"),  # in the clause of one side
        (("the mayor resigned", "the mayor resigned"), "same"),  # of another claim
    ],
)
def test_a_difference_outside_the_clauses_is_of_another_claim(
    clauses: tuple[str, str], label: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relation, "relations", lambda *_: chances(number=1.0))
    sentences = [f"{people} people were hurt at Orve, and the mayor resigned." for people in ("Twelve", "Fifteen")]
    a, b = (article(name, text) for name, text in zip("ab", sentences, strict=True))
    first, second = (
        (at, at + len(words)) for at, words in ((text.find(words), words) for text, words in zip(sentences, clauses, strict=True))
    )
    found = compared(mention(a, a.body, a.body), Text.of(a), mention(b, b.body, b.body), Text.of(b), (first, second))
    assert found[0].label == label


def test_how_a_content_is_reported_comes_first() -> None:
    first, second = article("a", f"Police said that {A}"), article("b", f"Police denied that {A}")
    pair = mention(first, A, first.body), mention(second, A, second.body, "denies")
    verdict, x, y = compared(pair[0], Text.of(first), pair[1], Text.of(second))
    assert verdict.label == "contradicts"
    assert (first.body[x.start : x.end], second.body[y.start : y.end]) == (A, A)


def test_a_doubt_about_the_content_comes_after_what_the_sentences_differ_in(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = article("a", f"Police said: {A}"), article("b", f"Police expect: {B}")
    pair = mention(first, A, first.body), mention(second, B, second.body).model_copy(update={"certainty": "hedged"})
    for found, label in ((chances(number=1.0), "number"), (chances(same=1.0), "certainty")):
        monkeypatch.setattr(relation, "relations", lambda *_, found=found: found)
        assert compared(pair[0], Text.of(first), pair[1], Text.of(second))[0].label == label


def test_other_languages_are_compared_by_their_contents() -> None:
    first, second = "Zwölf Menschen wurden in Orve verletzt", "Fünfzehn Menschen wurden in Orve verletzt"
    a, b = article("a", f"Gestern: {first}.", "de"), article("b", f"Heute: {second}.", "de")
    pair = mention(a, first, a.body), mention(b, second, b.body)
    _, x, y = compared(pair[0], Text.of(a), pair[1], Text.of(b))
    assert pair[0].content.start <= x.start < x.end <= pair[0].content.end
    assert pair[1].content.start <= y.start < y.end <= pair[1].content.end


def test_a_sentence_that_the_body_does_not_hold_leaves_the_content(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relation, "relations", lambda *_: chances(contradicts=1.0))
    first, second = article("a", f"Then: {A}"), article("b", B)
    verdict, x, _ = compared(mention(first, A, "Twelve … were hurt"), Text.of(first), mention(second, B, B), Text.of(second))
    assert (verdict.label, verdict.reason) == ("contradicts", "Twelve -> Fifteen")
    assert first.body[x.start : x.end] == "Twelve"


@given(st.text("ab. ", max_size=20), st.text("ab. ", min_size=1, max_size=8), st.text("ab. ", max_size=20), st.integers(0, 7))
def test_the_sentence_around_a_content_is_found(before: str, sentence: str, after: str, at: int) -> None:
    body, content = before + sentence + after, len(before) + at % len(sentence)
    found = sentence_start(body, content, sentence)
    assert found is not None
    assert body[found : found + len(sentence)] == sentence
    assert found <= content < found + len(sentence)


def test_a_sentence_elsewhere_is_not_around_it() -> None:
    assert sentence_start("One. Two. Three.", 12, "One.") is None
    assert sentence_start("One.", 0, "Two.") is None


def test_a_discontinuous_content_is_shown_whole() -> None:
    one = mention(article("a", A), A, A).model_copy(update={"content": Span(start=0, end=10, extra=[(20, 30)])})
    assert in_body(one, (3, 5)) == one.content


def test_the_dead_are_not_set_against_the_missing_of_another_sentence() -> None:
    both = read("Governor Halvik put the number of dead at 12 and said that 31 people were missing.")
    assert [sorted(one.states) for one in both.figures] == [["dead"], ["missing"]]
    later = read("Nineteen people were still missing, down from 31 a day earlier, according to Governor Halvik.")
    assert "12" not in linked(both, later).reason
