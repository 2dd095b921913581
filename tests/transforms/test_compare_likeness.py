"""Whether two sentences of a story state the same: what they share, with the encoder and without it, and which sentences are asked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.ids import key
from transforms.compare import likeness, reach, steps
from transforms.compare import told as telling
from transforms.compare.likeness import Likeness, cosines, grams, names, quoted
from transforms.compare.reach import ALONE, MAYBE, MOST, STATES, SURE, Found, Reach, Reaching, doubted, likelihood, score
from transforms.compare.steps import around
from transforms.compare.told import Saying, Told, lead, two_highest
from transforms.records import ClaimMention, Span

A, B, C = (key("article", name) for name in "abc")
STORY = [
    (A, "The council of Brunn voted 14 to 3 to close the old swimming pool."),
    (A, "“We can no longer pay for the heating,” said the treasurer, Ada Finn."),
    (A, "The pool was built in 1962 and leaks through the tiles of the deep end."),
    (B, "By 14 votes to 3, councillors in Brunn decided that the old swimming pool must close."),
    (B, "The treasurer said the heating could no longer be paid for."),
    (B, "Swimmers handed over a list with 2,000 names at the door."),
    (C, "Brunn is to lose its old swimming pool after a vote of the council."),
    (C, "A new car park was opened behind the station on the same day."),
]


def told(story: list[tuple[UUID, str]] = STORY) -> Told:
    return Told.of([Saying(article, tuple(text.split()), text) for article, text in story])


@pytest.fixture(params=["encoder", "words"])
def either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With the encoder and without."""
    if request.param == "words":
        monkeypatch.setattr(telling, "clause_encoder", lambda: None)
    return str(request.param)


def carriers(found: list[Reach], centre: int) -> dict[UUID, list[int]]:
    reach = next(one for one in found if one.centre == centre)
    by: dict[UUID, list[int]] = {}
    for one in reach.found:
        by.setdefault(one.article, []).append(one.clause)
    return by


def test_a_sentence_finds_who_else_states_it(either: str) -> None:
    found = list(Reaching(told()).reaches())
    assert 3 in carriers(found, 0)[B]
    assert 6 in carriers(found, 0)[C]
    assert carriers(found, 1)[B][0] == 4
    assert carriers(found, 5) == {B: [5]}
    assert carriers(found, 7) == {C: [7]}


def test_two_statements_of_one_thing_are_likelier_than_two_on_one_topic(either: str) -> None:
    pool = told().likeness
    assert pool.probability(0, 3, 0.1) > pool.probability(0, 5, 0.1)
    assert told().has_meanings == (either == "encoder")
    assert (pool.meaning is None) == (either == "words")
    assert pool.weights is (likeness.WORDS_ONLY if either == "words" else likeness.WEIGHTS)


def test_a_lead_over_the_next_sentence_speaks_for_a_pair() -> None:
    pool = Likeness([text for _, text in STORY])
    assert pool.probability(0, 3, 0.4) > pool.probability(0, 3, 0.0) > pool.probability(0, 3, -0.4)


def test_a_number_alone_is_no_shared_word() -> None:
    pair = Likeness(["12 people were injured by smoke", "12 trains were stopped at noon"])
    found = pair.features(0, 1, 0.0)
    assert (found["rarest"], found["second"], found["numbers"]) == (0.0, 0.0, 1.0)
    assert pair.probability(0, 1, 0.0) < STATES


def test_counts_of_one_thing_are_a_shared_word() -> None:
    said = ["At least 12 people died", "“We have 15 dead”"]
    plain, measured = Likeness(said), Likeness(said, [["#people"], ["#people"]])
    assert plain.features(0, 1, 0.0)["rarest"] == 0.0
    assert measured.features(0, 1, 0.0)["rarest"] > 0.0
    assert measured.probability(0, 1, 0.0) > plain.probability(0, 1, 0.0)


def test_features_are_what_both_sentences_hold() -> None:
    pair = Likeness(["“No comment on the levy,” Ada Finn said.", "Ada Finn would give “no comment on the levy”."])
    found = pair.features(0, 1, 0.0)
    assert found["quoted"] == 1.0
    assert found["names"] > 0
    assert found["second"] <= found["rarest"] <= 1.0
    assert set(found) == set(likeness.WEIGHTS)
    assert set(likeness.WORDS_ONLY) == set(found) - {"meaning"}


@pytest.mark.parametrize(
    ("text", "found"),
    [("said Ada Finn", {"ada", "finn"}), ("The mayor said", set()), ("Müller’s boat", {"muller"})],
)
def test_names(text: str, found: set[str]) -> None:
    assert names(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [("He called it “a costly mistake”.", {"cost", "mistak"}), ('"Costly" it was', {"cost"}), ("A costly mistake", set())],
)
def test_quoted(text: str, found: set[str]) -> None:
    assert quoted(text) == found


def test_grams_see_letters_not_marks() -> None:
    assert grams("Pool!") == grams("pool ")
    assert set(grams("ab")) == {"ab"}
    assert grams("pools")["pool"] == 1


@given(st.lists(st.dictionaries(st.sampled_from("abcdef"), st.floats(1, 5), max_size=4), min_size=1, max_size=6))
def test_cosines_lie_between_0_and_1_and_of_a_text_with_a_known_twin_is_1(bags: list[dict[str, float]]) -> None:
    found = cosines([*bags, *bags], dict.fromkeys("abcdef", 1.0))
    assert found.min() >= 0
    assert found.max() <= 1 + 1e-5
    assert np.allclose(found, found.T)
    for at, bag in enumerate(bags):
        assert found[at, at + len(bags)] == pytest.approx(1.0 if bag else 0.0, abs=1e-5)


def test_reprints_share_one_sentence_and_are_sure() -> None:
    story = told([*STORY, (C, STORY[1][1])])
    assert len(story.texts) == len(STORY)
    assert story.home[1] == A
    assert story.first(1) == [1]
    assert {one.article: one.likely for one in Reaching(story).reach(1).found}[C] == 1.0


def test_a_second_best_sentence_has_a_negative_lead() -> None:
    story = told()
    assert story.lead(0, 3, B) > 0 > story.lead(0, 5, B)


def test_no_more_than_some_sentences_of_an_article_are_asked() -> None:
    story = told([(A, STORY[0][1]), *((B, f"{STORY[0][1]} Part {word}.") for word in ("one", "two", "three", "four", "five", "six"))])
    found = Reaching(story).likely(0, B)
    assert len(found) == MOST
    assert [one.likely for one in found] == sorted((one.likely for one in found), reverse=True)


@pytest.mark.parametrize(
    ("found", "sureness"),
    [
        ([(A, 1.0)], ALONE),
        ([(A, 1.0), (B, 0.8)], 0.8),
        ([(A, 1.0), (B, 0.3), (B, 0.8), (C, 0.5)], 0.4),
    ],
)
def test_a_claim_is_as_sure_as_all_its_articles_together(found: list[tuple[UUID, float]], sureness: float) -> None:
    whole = Reach(0, tuple(Found(article, at, likely) for at, (article, likely) in enumerate(found)), frozenset())
    assert whole.sureness == pytest.approx(sureness)


def test_an_article_is_a_carrier_or_a_maybe_never_both() -> None:
    for one in Reaching(told()).reaches():
        assert not one.maybe & {found.article for found in one.found}
        assert all(found.likely >= STATES for found in one.found)
    assert MAYBE < STATES


words = st.lists(st.sampled_from(["pool", "vote", "Brunn", "14", "heating", "closed", "the"]), min_size=1, max_size=5).map(" ".join)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([A, B, C]), words), min_size=1, max_size=6))
def test_every_clause_reaches_at_least_itself(story: list[tuple[UUID, str]]) -> None:
    found = list(Reaching(told(story)).reaches())
    assert [one.centre for one in found] == list(range(len(told(story).clauses)))
    for one in found:
        assert any(member.clause == one.centre and member.likely == 1.0 for member in one.found)
        assert 0 <= one.sureness <= 1


@pytest.mark.parametrize(
    ("start", "sentence", "expected"),
    [(4, "It was so.", [4, 14]), (11, "It was so.", [4, 14]), (15, "It was so.", [15, 25]), (5, "elsewhere", [5, 6])],
)
def test_the_sentence_around_a_content(start: int, sentence: str, expected: list[int]) -> None:
    body = "Yes It was so. It was so."
    one = ClaimMention(
        mention_id=A,
        version_id=A,
        article_id=A,
        quote_type="statement",
        content=Span(start=start, end=start + 1),
        text=body[start : start + 1],
        sentence=sentence,
        confidence=1,
        method="test",
    )
    assert around(body, one) == expected


def test_a_cell_shows_whole_sentences_and_the_surest_claim_stands_first() -> None:
    texts = {article: " ".join(text for at, text in STORY if at == article) for article in (A, B, C)}
    articles = [
        {"id": name, "outlet": name, "published": "2026-03-02T12:00:00Z", "title": "Pool", "text": text}
        for name, text in zip("abc", texts.values(), strict=True)
    ]
    made: dict[str, Any] = steps.matrix({"story": "s", "articles": articles})
    for claim in made["claims"]:
        for name, cell in claim["cells"].items():
            text = next(one["text"] for one in articles if one["id"] == name)
            assert all(text[start - 1 : start] in {"", " "} and text[end - 1] in ".”" for start, end in cell["spans"])
    assert steps.matrix({"story": "s", "articles": articles[::-1]})["claims"] == made["claims"]
    assert any({"a", "b"} <= set(claim["cells"]) for claim in made["claims"])


class Judge:
    """A pair model that is as sure of every pair that the text bears on the claim, and remembers what it was asked."""

    def __init__(self, chance: float | None) -> None:
        self.chance, self.asked = chance, list[tuple[str, str]]()

    def bearing(self, claim: str, text: str) -> float | None:
        """Remember the pair."""
        self.asked.append((claim, text))
        return self.chance


@pytest.mark.parametrize(
    ("likely", "chance", "expected"),
    [
        (0.2, 0.5, 0.272),  # the model does not know
        (0.2, 0.1, 0.162),
        (0.2, 0.9, 0.419),
        (0.2, 0.0, 0.045),  # it is never quite sure
        (0.2, None, 0.2),  # it can't read them
        (0.9, 0.1, 0.9),
        (SURE, 0.1, SURE),
        (0.09, 0.9, 0.09),
    ],
)
def test_a_reading_makes_or_undoes_a_link_only_where_there_is_doubt(likely: float, chance: float | None, expected: float) -> None:
    assert doubted(likely, chance) == pytest.approx(expected, abs=0.001)


def test_the_more_a_sentence_bears_on_a_clause_the_better_the_score() -> None:
    scores = [score(0.5, chance) for chance in (0.0, 0.1, 0.5, 0.9, 1.0)]
    assert scores == sorted(scores)
    assert 0 < scores[0] < 0.1 < 0.5 < scores[-1] < 1  # the model alone can decide either way
    assert score(0.3, 0.9) < score(0.6, 0.9)


@given(st.floats(0, 1), st.floats(0, 1))
def test_an_unread_likelihood_is_worth_less_and_keeps_its_order(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= score(low) <= score(high) <= 1
    assert score(low) < low or low < 0.02


@pytest.mark.parametrize("chance", [0.02, 0.98])
def test_only_the_clause_that_shares_most_is_read_and_none_scores_better(chance: float, monkeypatch: pytest.MonkeyPatch) -> None:
    judge = Judge(chance)
    monkeypatch.setattr(reach, "bearing", judge.bearing)
    monkeypatch.setattr(reach, "READ", 0.0)
    monkeypatch.setattr(reach, "SURE", 1.0)
    monkeypatch.setattr(reach, "FLOOR", -1.0)
    shared = Reaching(told()).alike(0, B)
    found = Reaching(told()).likely(0, B)
    assert len(found) == 3
    assert judge.asked == [(STORY[0][1], STORY[3][1])]
    most = max(shared, key=lambda other: shared[other])
    assert {one.clause: one.score for one in found}[most] == score(shared[most], chance) == max(one.score for one in found)


def test_what_is_unlikely_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    judge = Judge(0.9)
    monkeypatch.setattr(reach, "bearing", judge.bearing)
    monkeypatch.setattr(reach, "READ", 1.0)
    found = Reaching(told()).likely(0, B)
    assert judge.asked == []
    assert all(one.score == pytest.approx(min(score(one.likely), found[0].score)) for one in found)


def test_clauses_are_numbered_in_the_order_of_the_sentences() -> None:
    story = told([(A, "The council of Brunn closed the pool, and the mayor promised a car park instead."), (B, "Velm was dry.")])
    assert [(one.sentence, one.nth, one.text) for one in story.clauses] == [
        (0, 0, "The council of Brunn closed the pool"),
        (0, 1, "and the mayor promised a car park instead."),
        (1, 0, "Velm was dry."),
    ]
    assert story.inside[A].tolist() == [0, 1]
    assert "pool" in story.clauses[0].stems
    assert "pool" not in story.clauses[1].stems


def test_a_clause_meets_the_part_of_a_sentence_that_says_the_same(either: str) -> None:
    both = "The council of Brunn closed the old swimming pool, and the mayor promised a car park behind the station."
    pool, park = "Brunn lost its old swimming pool to a decision of the council.", "A car park was promised by the mayor of Brunn."
    story = told([(A, both), (B, pool), (B, park), (C, "Nothing of this was known in Velm on the day of the fair.")])
    near = story.meanings
    assert near[0, 2] > near[0, 3]
    assert near[1, 3] > near[1, 2]
    assert story.clause_lead(0, 2, B) > 0 > story.clause_lead(0, 3, B)


def test_the_two_highest_and_what_a_number_is_above_the_other() -> None:
    two = two_highest(np.array([[0.2, 0.7, 0.5], [0.1, 0.0, 0.0]], np.float32))
    assert two.tolist() == [[pytest.approx(0.7), pytest.approx(0.5)], [pytest.approx(0.1), 0.0]]
    assert two_highest(np.array([[0.4]], np.float32)).tolist() == [[pytest.approx(0.4), 0.0]]
    assert lead(0.7, two[0]) == pytest.approx(0.2)
    assert lead(0.2, two[0]) == pytest.approx(-0.5)


@pytest.mark.parametrize("has_meanings", [True, False])
def test_what_two_clauses_share_makes_them_likelier(has_meanings: bool) -> None:
    little, much = {"lead": -0.2, "sentence": -3.0, "meaning": 0.1}, {"lead": 0.3, "sentence": 1.0, "meaning": 0.1}
    assert 0 < likelihood(little, has_meanings) < STATES < likelihood(much, has_meanings) < 1
    assert set(reach.WEIGHTS) == set(reach.WORDS_ONLY) == set(little)


def test_a_story_without_sentences_tells_nothing() -> None:
    empty = told([])
    assert not empty.has_meanings
    assert list(Reaching(empty).reaches()) == []
