"""Copies: reprints whole, cut and edited are found; two reports of one event, or of one speech, are not."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.ids import key
from transforms.compare.alignment import Text
from transforms.compare.cluster import average_link, union
from transforms.compare.copies import FIRST_FEW, MOST_POSTINGS, SAMPLE, candidates, copy_groups, find_copies, label, share, sketch
from transforms.records import ComparableArticle, CopyGroup

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

WIRE = (
    "A freight train left the rails near the village of Ostrow on Monday morning and blocked the line between the capital and the coast. "
    "Nobody was hurt, the railway company said, but eleven wagons loaded with grain overturned and spilled their cargo on both tracks. "
    "Repair crews began to lift the wagons with two cranes at noon and expected to need until the following evening. "
    "Passengers were taken by bus, and the company advised them to put off journeys that were not urgent. "
    "The cause was not known, although a driver reported a heavy blow shortly before the accident. "
    "Investigators of the transport ministry took samples from a rail that had been replaced only a month earlier."
)
OWN = (
    "Grain as far as the eye could see: eleven wagons lay beside the railway at Ostrow when the mayor arrived. "
    "She had been woken by the noise, she told reporters, and thought of an earthquake first. "
    "Trains to the coast will not run before Tuesday night, according to the railway company, which has hired buses. "
    "Whether the rail that was exchanged in February had a fault is what the ministry now wants to find out."
)
SPEECH = (
    "“We shall rebuild every single house that the water took from you, "
    "and we shall do it before the winter comes to this valley, whatever it costs.”"
)


def article(name: str, body: str, *, minutes: int = 0, agency: str | None = None, is_agency: bool = False) -> ComparableArticle:
    return ComparableArticle(
        article_id=key("article", name),
        outlet_id=name,
        published_at=NOON + timedelta(minutes=minutes),
        headline=name,
        body=body,
        agency=agency,
        is_agency=is_agency,
    )


def labels(*articles: ComparableArticle) -> dict[frozenset[str], str]:
    name = {one.article_id: one.outlet_id for one in articles}
    return {frozenset((name[pair.a], name[pair.b])): pair.label for pair in find_copies(articles)}


def edited(text: str) -> str:
    return text.replace("Nobody was hurt", "No one was injured").replace("at noon", "around midday").replace("two cranes", "three cranes")


@pytest.mark.parametrize(
    "reprint",
    [
        WIRE,
        edited(WIRE),
        " ".join(WIRE.split()[:60]),
        "OSTROW (Meridian) - " + WIRE,
        WIRE.upper(),
        WIRE.replace(" ", "\u00a0"),
        "Our region was cut off yesterday. " + WIRE + " More on our website, where readers have sent us pictures.",
    ],
    ids=["whole", "edited", "cut", "dateline", "capitals", "typography", "localised"],
)
def test_a_reprint_is_a_copy(reprint: str) -> None:
    assert labels(article("wire", WIRE), article("paper", reprint)) == {frozenset(("wire", "paper")): "copy"}


def test_an_independent_report_is_no_copy() -> None:
    assert labels(article("wire", WIRE), article("paper", OWN)) == {}


def test_a_shared_quotation_is_no_copy() -> None:
    one = article("one", f"The minister came by boat on Sunday. {SPEECH} Then he left again without taking questions from anyone.")
    two = article("two", f"In the valley they had waited for hours under umbrellas. {SPEECH} An old woman shook her head.")
    assert labels(one, two) == {}


def test_the_same_words_without_marks_are_partly_shared() -> None:
    bare = SPEECH.strip("“”")
    one = article("one", f"{OWN} {bare}")
    two = article("two", f"The minister came by boat on Sunday and met people whose houses are gone. {bare} {WIRE}")
    assert labels(one, two) == {frozenset(("one", "two")): "partial"}


def test_a_quotation_that_is_never_closed_swallows_one_paragraph_at_most() -> None:
    broken = f"“An opening mark without an end.\n{WIRE}"
    assert labels(article("wire", WIRE), article("paper", broken)) == {frozenset(("wire", "paper")): "copy"}


def test_pairs_further_apart_than_the_window_are_left_out() -> None:
    week = 7 * 24 * 60
    articles = [article("wire", WIRE), article("paper", WIRE, minutes=week)]
    assert find_copies(articles, window_days=6) == []
    assert len(find_copies(articles, window_days=7)) == 1


@pytest.mark.parametrize(
    ("part", "expected"), [(1.0, "copy"), (0.35, "copy"), (0.349, "partial"), (0.2, "partial"), (0.199, None), (0.0, None)]
)
def test_thresholds(part: float, expected: str | None) -> None:
    assert label(part) == expected


@pytest.mark.parametrize("text", ["", " \n ", "“Only a quotation.”"])
def test_a_text_without_words_of_its_own_shares_nothing(text: str) -> None:
    assert share(Text(text), Text(WIRE)) == 0.0
    assert labels(article("empty", text), article("wire", WIRE), article("void", text)) == {}


def test_grams_are_stable_between_processes() -> None:
    # CRC-32 (ISO 3309) of the folded words, whatever PYTHONHASHSEED is
    said = [f"a b c d {letter}{other}" for letter in "efghij" for other in "klmnop"]
    expected = [zlib.crc32(one.encode()) for one in said if zlib.crc32(one.encode()) % SAMPLE == 0]
    assert expected
    assert [gram for one in said for gram in sketch(Text(one.title()))] == expected


def test_a_gram_in_very_many_texts_joins_all_of_them_through_the_first_few() -> None:
    many = MOST_POSTINGS + 5
    pairs = candidates([[0, 4, 8]] * many)
    assert len(pairs) == MOST_POSTINGS * (MOST_POSTINGS - 1) // 2 + 5 * FIRST_FEW
    assert set(union(many, pairs)) == {0}


def test_one_sampled_gram_alone_is_no_candidate() -> None:
    assert candidates([[4, 1, 2], [4, 3, 5]]) == set()
    assert candidates([[4, 8], [4, 8]]) == {(0, 1)}


def roles(*articles: ComparableArticle) -> dict[str, str]:
    name = {one.article_id: one.outlet_id for one in articles}
    return {name[row.article_id]: row.role for row in copy_groups(articles, find_copies(articles))}


def test_the_wire_service_is_the_origin_even_if_it_is_seen_later() -> None:
    wire = article("wire", WIRE, minutes=30, is_agency=True)
    assert roles(wire, article("early", WIRE), article("own", OWN)) == {"wire": "origin", "early": "reprint", "own": "own"}


def test_without_a_wire_service_the_earliest_is_the_origin() -> None:
    assert roles(article("late", WIRE, minutes=5), article("early", WIRE)) == {"late": "reprint", "early": "origin"}


def test_at_one_time_the_article_with_an_agency_credit_is_the_origin() -> None:
    assert roles(article("plain", WIRE), article("credit", WIRE, agency="Meridian")) == {"plain": "reprint", "credit": "origin"}


def test_a_group_is_named_after_its_smallest_article() -> None:
    articles = [article("a", WIRE), article("b", edited(WIRE)), article("c", WIRE, minutes=3)]
    groups = {row.copy_group_id for row in copy_groups(articles, find_copies(articles))}
    assert groups == {key("copy_group", str(min(one.article_id for one in articles)))}


def test_a_mash_up_keeps_two_witnesses() -> None:
    half = " ".join(WIRE.split()[:30])
    mixed = article("mixed", f"{OWN} {half} {OWN.replace('Grain', 'Wheat').replace('woken', 'roused')}")
    articles = [article("wire", WIRE), mixed]
    assert set(labels(*articles).values()) == {"partial"}
    assert len({row.copy_group_id for row in copy_groups(articles, find_copies(articles))}) == 2


@given(st.permutations([("a", WIRE), ("b", edited(WIRE)), ("c", OWN), ("d", WIRE[:400]), ("e", OWN + WIRE)]))
def test_the_order_of_the_input_does_not_matter(order: list[tuple[str, str]]) -> None:
    articles = [article(name, body) for name, body in order]
    calm = sorted(articles, key=lambda one: one.outlet_id)
    assert find_copies(articles) == find_copies(calm)
    rows: list[list[CopyGroup]] = [sorted(copy_groups(x, find_copies(x)), key=lambda row: row.article_id) for x in (articles, calm)]
    assert rows[0] == rows[1]


@given(st.text("ab c.“”", max_size=200), st.text("ab c.“”", max_size=200))
def test_the_share_is_symmetric_and_a_share(a: str, b: str) -> None:
    assert share(Text(a), Text(b)) == share(Text(b), Text(a))
    assert 0.0 <= share(Text(a), Text(b)) <= 1.0


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20))
def test_union_names_each_node_after_the_smallest_it_reaches(pairs: list[tuple[int, int]]) -> None:
    homes = union(10, pairs)
    assert all(homes[a] == homes[b] for a, b in pairs)
    assert all(homes[home] == home and home <= node for node, home in enumerate(homes))


edges = st.dictionaries(
    st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] < pair[1]),
    st.sampled_from([0.1, 0.3, 0.5, 0.9]),
    max_size=20,
)


@given(edges, st.sampled_from([0.2, 0.4, 0.6]))
def test_average_link_is_a_partition_and_no_two_groups_are_close(found: dict[tuple[int, int], float], threshold: float) -> None:
    groups = average_link(8, found, threshold)
    assert sorted(node for group in groups for node in group) == list(range(8))
    for i, left in enumerate(groups):
        for right in groups[i + 1 :]:
            total = sum(found.get((min(a, b), max(a, b)), 0.0) for a in left for b in right)
            assert total / (len(left) * len(right)) < threshold + 1e-9


def test_average_link_obeys_what_must_and_what_may_not_be_together() -> None:
    close = {(0, 1): 0.9, (2, 3): 0.9}
    assert average_link(4, close, 0.5, together=[(1, 2)], may_join=lambda members: len(members) < 3) == [[0], [1, 2], [3]]
    assert average_link(3, {}, 0.5, together=[(0, 1), (1, 2)]) == [[0, 1, 2]]
