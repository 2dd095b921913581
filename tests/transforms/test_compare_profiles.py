"""What tells an event: rarity of words, vectors of whole numbers, likeness; and that stories never depend on what else is compared."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.ids import key
from transforms.compare import profiles as module
from transforms.compare import stories
from transforms.compare.profiles import dot, encode, profiles, similarities, weighed
from transforms.compare.rarity import rarity
from transforms.compare.stories import LINK, components, find_links, find_stories
from transforms.encode import WIDTH
from transforms.records import ComparableArticle

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def article(name: str, body: str = "", *, hours: float = 0, language: str | None = "en", vector: bytes = b"") -> ComparableArticle:
    return ComparableArticle(
        article_id=key("article", name),
        outlet_id=name,
        published_at=NOON + timedelta(hours=hours),
        headline="",
        body=body,
        language=language,
        vector=vector,
    )


def pointing(*parts: int) -> bytes:
    return np.array([*parts, *[0] * (WIDTH - len(parts))], np.int8).tobytes()


def test_rare_words_weigh_more_than_common_ones_and_names_most() -> None:
    assert rarity("american") < rarity("polic") < rarity("volcano") < rarity("klint") == rarity("ostrow")
    assert rarity("american") > 0


def test_a_vector_is_whole_numbers_and_empty_text_has_none() -> None:
    vector = np.frombuffer(encode("Dam breaks", "Water flows."), np.int8)
    assert vector.shape == (WIDTH,)
    assert abs(float(np.linalg.norm(vector.astype(float))) - module.SCALE) < 2
    assert encode("", " ") == bytes(WIDTH)


def test_a_vector_that_is_given_is_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "encoder", lambda: pytest.fail("encoded anew"))
    assert profiles([article("a", vector=pointing(100))]).vectors is not None


def test_likeness_is_meaning_and_words() -> None:
    one, two = (article(name, "Quarry collapse at Brunn", vector=pointing(3, 4)) for name in "ab")
    assert similarities(profiles([one, two]), floor=0.1, days=1)[0, 1] == pytest.approx(1.0)
    other = article("b", "Cup final in Halden", vector=pointing(3, 4))
    assert similarities(profiles([one, other]), floor=0.1, days=1)[0, 1] == pytest.approx(module.MEANING)
    assert similarities(profiles([one, article("c", one.body, vector=pointing(4, -3))]), floor=0.1, days=1) == {}
    assert similarities(profiles([one, two.model_copy(update={"published_at": NOON + timedelta(days=2)})]), floor=0.1, days=1) == {}


def test_without_an_encoder_words_stand_for_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "encoder", lambda: None)
    found = profiles(
        [article("a", "Quarry collapse at Brunn"), article("b", "Quarry collapse at Brunn", hours=1), article("c", "Cup final")]
    )
    assert found.vectors is None
    (pair,) = similarities(found, floor=0.3, days=1).items()
    assert {found.articles[at].outlet_id for at in pair[0]} == {"a", "b"}
    assert pair[1] == 1.0


words = st.lists(st.sampled_from(["klint", "norden", "tram", "strike", "fire", "cup"]), max_size=6).map(" ".join)


@given(words, words)
def test_the_dot_product_is_the_same_both_ways(a: str, b: str) -> None:
    one, two = (weighed(module.bag(article("x", text))) for text in (a, b))
    assert dot(one, two) == dot(two, one)
    assert -1e-9 <= dot(one, two) <= 1 + 1e-9


EVENTS = ["Tram strike in Norden", "Dam breaks at Karsk", "Cup final in Halden"]


def archive(seed: int) -> list[ComparableArticle]:
    """Thirty articles on three events over three weeks, with vectors near their event's."""
    chance = random.Random(seed)
    made = []
    for number in range(30):
        event = chance.randrange(3)
        parts = [chance.randint(0, 45) for _ in range(3)]
        parts[event] += 60
        tail = " ".join(chance.choices(["Klint", "gate", "depot", "keeper", "rain", "mayor"], k=4))
        made.append(article(f"{number}", f"{EVENTS[event]}. {tail}", hours=chance.randint(0, 500), vector=pointing(*parts)))
    return made


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_the_stories_of_a_chain_of_links_are_the_same_alone_and_among_others(seed: int, chance: random.Random) -> None:
    articles = archive(seed)
    whole = {member.article_id: member.story_id for member in find_stories(articles, [], window_days=4)[1]}
    links = find_links(articles, window_days=4)
    place = {one.article_id: at for at, one in enumerate(articles)}
    parts = components(range(len(articles)), {}, [(place[link.a], place[link.b]) for link in links], LINK)
    for part in parts:
        alone = [articles[at] for at in part]
        chance.shuffle(alone)
        for member in find_stories(alone, [], window_days=4)[1]:
            assert whole[member.article_id] == member.story_id


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_links_looked_for_one_article_at_a_time_are_all_links(seed: int) -> None:
    articles = archive(seed)[:12]
    every = find_links(articles, window_days=4)
    by_one = {(link.a, link.b): link for one in articles for link in find_links(articles, window_days=4, only=frozenset([one.article_id]))}
    assert sorted(by_one) == [(link.a, link.b) for link in every]
    assert [by_one[link.a, link.b] for link in every] == every


def test_a_component_too_large_is_cut_by_a_higher_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stories, "MOST_LINKED", 2)
    edges = {(0, 1): 0.9, (1, 2): 0.43, (2, 3): 0.9}
    assert components(range(4), edges, [], LINK) == [[0, 1], [2, 3]]
    assert components(range(4), dict.fromkeys(edges, 1.0), [], LINK) == [[0, 1, 2, 3]]
    assert components(range(4), {}, [(0, 3)], LINK) == [[0, 3], [1], [2]]


@pytest.mark.parametrize("names", [["one"], ["one", "two", "three"]])
def test_copies_are_one_component_however_little_their_leads_share(names: list[str]) -> None:
    chained = list(zip(range(len(names)), range(1, len(names)), strict=False))
    assert components(range(len(names)), {}, chained, LINK) == [list(range(len(names)))]
