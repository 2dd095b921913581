"""Reprints as newsrooms make them: how much of a text must be shared, what does not count as shared, and who is the origin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.ids import key
from transforms.compare.alignment import RUN, Text, passages
from transforms.compare.cluster import average_link
from transforms.compare.copies import COPY, LEAST_OWN, candidates, copy_groups, find_copies, find_spans, share
from transforms.compare.origin import origin
from transforms.records import ComparableArticle

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)

SENTENCES = [
    "The reservoir above Halden rose to its highest mark in forty years on Sunday night, the water board reported.",
    "Engineers opened all six gates of the spillway shortly before dawn and let the flood run into the lower valley.",
    "About nine hundred residents of three hamlets spent the night in gymnasiums and in the hall of the fire brigade.",
    "A temporary wall of sandbags held at the chemical works, whose owners had moved their stocks the day before.",
    "The railway between Halden and the coast stays shut because ballast was washed from under the sleepers.",
    "Meteorologists expect two dry days, after which another front will bring rain from the west.",
    "Farmers counted drowned sheep along the dykes and asked the ministry for help with fodder for the winter.",
    "Schools in the valley will open again as soon as the drinking water has been tested in the laboratory.",
]
FEED = " ".join(SENTENCES)
ELSE = (
    "For the people of the hamlets it was the second night on camp beds, and many had left home with nothing but a coat. "
    "In the gymnasium of the old school a choir sang until the lamps went out, while outside the volunteers filled one sack after another. "
    "A baker from the upper town brought four hundred rolls before sunrise and would not hear of being paid. "
    "Nobody here believes the water board any more, said an old man who has kept a diary of the river since he was a boy."
)


def article(
    name: str, body: str, *, hours: float = 0, headline: str = "", agency: str | None = None, wire: bool = False
) -> ComparableArticle:
    return ComparableArticle(
        article_id=key("article", name),
        outlet_id=name,
        published_at=NOON + timedelta(hours=hours),
        headline=headline or name,
        body=body,
        agency=agency,
        is_agency=wire,
    )


def labels(*articles: ComparableArticle) -> dict[str, str]:
    name = {one.article_id: one.outlet_id for one in articles}
    return {"-".join(sorted((name[pair.a], name[pair.b]))): pair.label for pair in find_copies(articles)}


def roles(*articles: ComparableArticle) -> dict[str, str]:
    name = {one.article_id: one.outlet_id for one in articles}
    return {name[row.article_id]: row.role for row in copy_groups(articles, find_copies(articles))}


EDITS: dict[str, Callable[[str], str]] = {
    "first half": lambda text: " ".join(SENTENCES[:4]),
    "last half": lambda text: " ".join(SENTENCES[4:]),
    "every other sentence": lambda text: " ".join(SENTENCES[::2]),
    "sentences turned round": lambda text: " ".join(reversed(SENTENCES)),
    "paragraphs": lambda text: "\n\n".join(SENTENCES),
    "new lead": lambda text: "Life in the valley has come to a halt. " + text,
    "lead and end changed": lambda text: f"Readers sent us pictures of the flood. {' '.join(SENTENCES[1:-1])} More on page seven.",
    "other figures": lambda text: text.replace("nine hundred", "870").replace("six gates", "five gates").replace("forty", "fifty"),
    "other tense": lambda text: text.replace("will open", "are to open").replace("expect", "expected").replace("stays", "stayed"),
    "house style": lambda text: text.replace("the", "THE").replace(",", " –"),
    "curly marks and accents": lambda text: text.replace("Halden", "Haldén’s"),
    "an interview in the middle": lambda text: f"{' '.join(SENTENCES[:4])} {ELSE} {' '.join(SENTENCES[4:])}",
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_an_edited_reprint_is_a_copy(edit: Callable[[str], str]) -> None:
    assert labels(article("wire", FEED), article("paper", edit(FEED))) == {"paper-wire": "copy"}


def test_more_of_the_shorter_text_is_a_higher_share() -> None:
    shares = []
    for kept in range(1, len(SENTENCES) + 1):
        mixed = f"{' '.join(SENTENCES[:kept])} {ELSE}"
        shares.append(share(Text(FEED), Text(mixed)))
    assert shares == sorted(shares)
    assert shares[0] < COPY < shares[-1] == 1.0


@pytest.mark.parametrize(("kept", "label"), [(0, None), (1, None), (2, "partial"), (5, "copy")])
def test_a_mash_up_is_partial_until_most_of_the_shorter_is_taken(kept: int, label: str | None) -> None:
    mixed = f"{ELSE[: len(ELSE) // 2]} {' '.join(SENTENCES[:kept])} {ELSE[len(ELSE) // 2 :]}"
    assert labels(article("wire", FEED), article("paper", mixed)).get("paper-wire") == label


def test_a_mash_up_of_two_wires_takes_from_both_and_joins_them_only_through_copies() -> None:
    mixed = article("mixed", f"{' '.join(SENTENCES[:3])} {ELSE[:250]}", hours=2)
    found = labels(article("one", FEED), article("two", ELSE), mixed)
    assert set(found) == {"mixed-one", "mixed-two"}
    assert "one-two" not in found


MARKS = [("“", "”"), ("„", "“"), ("„", "”"), ("«", "»"), ("»", "«"), ('"', '"')]


@pytest.mark.parametrize(("left", "right"), MARKS)
def test_a_shared_quotation_counts_for_nothing_in_any_marks(left: str, right: str) -> None:
    said = f"{left}{' '.join(SENTENCES[1:4])}{right}"
    one = article("one", f"{said} With these words the head of the water board closed a long evening in the crowded town hall.")
    two = article("two", f"Farmers listened in silence on Monday when the engineer read from a sheet. {said} Then they left.")
    assert labels(one, two) == {}


def test_quotations_of_several_people_in_common_are_no_copy() -> None:
    quotes = [f"“{sentence}”" for sentence in SENTENCES[:5]]
    one = " ".join(
        f"{quote} That is how the {who} saw it." for quote, who in zip(quotes, ["baker", "mayor", "smith", "nurse", "pilot"], strict=True)
    )
    two = " ".join(f"{quote} So {who} told us." for quote, who in zip(quotes, ["Arne", "Britta", "Carla", "Dora", "Emil"], strict=True))
    assert labels(article("one", one), article("two", two)) == {}


def test_the_same_headline_over_two_texts_is_no_copy() -> None:
    headline = "Reservoir above Halden at its highest mark in forty years"
    assert labels(article("one", FEED, headline=headline), article("two", ELSE, headline=headline)) == {}


def test_a_stock_phrase_is_no_copy() -> None:
    phrase = "did not immediately respond to a request for comment"
    one, two = f"{FEED} The owner {phrase}.", f"{ELSE} The board {phrase}."
    assert labels(article("one", one), article("two", two)) == {}


def test_furniture_in_very_many_texts_does_not_make_copies_of_them() -> None:
    letters = "abcdefghijklmnopqrst"
    texts = [" ".join(f"{letter}{other}x" for other in letters for _ in "12") for letter in letters]
    articles = [article(f"n{at}", f"{text} Sign up for our letter and never miss what matters.") for at, text in enumerate(texts)]
    assert find_copies(articles) == []


@pytest.mark.parametrize("words", range(1, RUN + 2))
def test_a_very_short_text_counts_as_one_of_forty_words(words: int) -> None:
    text = Text(" ".join(["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota"][:words]))
    assert share(text, text) == (words / LEAST_OWN if words >= RUN else 0.0)


@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=6), st.integers(0, 5))
def test_a_stretch_of_a_text_stands_in_it_whole(parts: list[str], cut: int) -> None:
    whole, stretch = Text(" ".join(parts)), Text(" ".join(parts[cut : cut + 3]))
    expected = len(stretch.words) / max(LEAST_OWN, len(stretch.words))
    assert share(whole, stretch) >= expected if stretch.body else share(whole, stretch) == 0.0


@given(st.text(max_size=80))
def test_case_and_white_space_make_no_other_words(text: str) -> None:
    plain = "".join(c for c in text if c.isascii())
    assert Text(plain).words == Text(plain.upper()).words == Text(f"  {plain}\t").words


@given(st.lists(st.sampled_from([*SENTENCES, "Quite another line."]), max_size=6), st.lists(st.sampled_from(SENTENCES), max_size=6))
def test_a_passage_reads_alike_in_both_texts(one: list[str], other: list[str]) -> None:
    a, b = Text(" ".join(one)), Text(" — ".join(other).upper())
    found = passages(a, b)
    for run in found:
        words = Text(a.body[slice(*run.a)]).words
        assert words == Text(b.body[slice(*run.b)]).words
        assert len(words) >= RUN
    assert bool(found) is bool(set(a.grams) & set(b.grams))


def test_the_passages_of_a_pair_are_told_with_their_places() -> None:
    mixed = f"{ELSE} {SENTENCES[0]} {SENTENCES[1]} Nobody slept. {SENTENCES[4]}"
    articles = [article("wire", FEED), article("paper", mixed)]
    pairs = find_copies(articles)
    body = {key("article", "wire"): FEED, key("article", "paper"): mixed}
    shown = [(body[row.a][row.a_start : row.a_end], body[row.b][row.b_start : row.b_end]) for row in find_spans(articles, pairs)]
    assert sorted(shown) == sorted((x, x) for x in (f"{SENTENCES[0]} {SENTENCES[1]}"[:-1], SENTENCES[4][:-1]))


def test_own_words_that_another_outlet_quotes_are_shared() -> None:
    quoting = f"{ELSE[:200]} The agency wrote: “{' '.join(SENTENCES[:4])}” That was all."
    assert labels(article("wire", " ".join(SENTENCES[:4])), article("paper", quoting)) == {"paper-wire": "copy"}


@pytest.mark.parametrize(("hours", "window", "found"), [(0, 0, True), (1, 0, False), (24, 1, True), (24.01, 1, False), (900, None, True)])
def test_the_window_is_closed_at_its_end(hours: float, window: int | None, found: bool) -> None:
    pair = [article("a", FEED), article("b", FEED, hours=hours)]
    assert bool(find_copies(pair, window_days=window)) is found


def test_a_pair_has_the_smaller_id_first_and_the_share_of_the_shorter() -> None:
    for names in ("ab", "ba", "xy", "yx"):
        (pair,) = find_copies([article(names[0], FEED), article(names[1], " ".join(SENTENCES[:4]), hours=1)])
        assert pair.a < pair.b
        assert pair.containment == 1.0


ORIGINS = [
    ("the wire service", {"wire": {"wire": True, "hours": 5}, "early": {}}, "wire"),
    ("the earlier of two wires", {"w1": {"wire": True, "hours": 2}, "w2": {"wire": True, "hours": 1}, "early": {}}, "w2"),
    ("the earliest paper", {"late": {"hours": 3}, "early": {"hours": 1}, "mid": {"hours": 2}}, "early"),
    ("an early paper over a later credit", {"late": {"hours": 3, "agency": "Meridian"}, "early": {}}, "early"),
    ("a credit at one time", {"plain": {}, "credit": {"agency": "Meridian"}}, "credit"),
    ("a wire over a credit", {"credit": {"agency": "Meridian"}, "wire": {"wire": True, "hours": 9}}, "wire"),
]


@pytest.mark.parametrize(("group", "first"), [case[1:] for case in ORIGINS], ids=[case[0] for case in ORIGINS])
def test_the_origin_of_a_group(group: dict[str, dict[str, object]], first: str) -> None:
    articles = [article(name, FEED, **more) for name, more in group.items()]  # type: ignore[arg-type]
    assert roles(*articles) == roles(*articles[::-1]) == {name: "origin" if name == first else "reprint" for name in group}
    assert origin(articles) == key("article", first)


def test_every_group_has_one_origin_and_an_article_alone_is_its_own() -> None:
    found = roles(
        article("wire", FEED, wire=True), article("a", FEED), article("b", f"{FEED} Yes."), article("c", ELSE), article("d", f"{ELSE} No.")
    )
    assert sorted(found.values()) == ["origin", "origin", "reprint", "reprint", "reprint"]
    assert roles(article("wire", FEED, wire=True)) == {"wire": "own"}
    assert roles() == {}


def test_a_chain_of_copies_is_one_group_though_its_ends_share_little() -> None:
    first, middle, last = SENTENCES[:4], SENTENCES[2:6], SENTENCES[4:8]
    articles = [article(name, " ".join(parts), hours=at) for at, (name, parts) in enumerate((("a", first), ("b", middle), ("c", last)))]
    assert labels(*articles) == {"a-b": "copy", "b-c": "copy"}
    assert roles(*articles) == {"a": "origin", "b": "reprint", "c": "reprint"}


def test_a_partial_pair_keeps_both_as_witnesses() -> None:
    mixed = f"{ELSE} {SENTENCES[0]} {SENTENCES[1]}"
    assert roles(article("wire", FEED, wire=True), article("own", mixed)) == {"wire": "own", "own": "own"}


def test_adding_an_article_of_another_event_changes_no_pair_and_no_group() -> None:
    articles = [article("a", FEED), article("b", FEED, hours=1), article("c", ELSE)]
    more = [*articles, article("d", "A short note on chess and on nothing else at all.")]
    assert find_copies(articles) == find_copies(more)
    assert copy_groups(articles, find_copies(articles)) == [
        row for row in copy_groups(more, find_copies(more)) if row.article_id != key("article", "d")
    ]


@given(st.lists(st.frozensets(st.integers(0, 40).map(lambda n: n * 4), max_size=6), max_size=8))
def test_candidates_are_the_pairs_with_two_sampled_grams_in_common(sketches: list[frozenset[int]]) -> None:
    expected = {(i, j) for j in range(len(sketches)) for i in range(j) if len(sketches[i] & sketches[j]) >= 2}
    assert candidates(sketches) == expected


@given(st.permutations(range(5)), st.lists(st.sampled_from([0.2, 0.45, 0.8]), min_size=10, max_size=10))
def test_average_link_with_a_high_threshold_leaves_singles_and_with_zero_edges_too(order: list[int], weights: list[float]) -> None:
    pairs = [(i, j) for j in range(5) for i in range(j)]
    edges = dict(zip(pairs, weights, strict=True))
    assert average_link(5, edges, 0.9) == [[node] for node in range(5)]
    assert average_link(5, edges, 0.1) == [list(range(5))]
    assert average_link(5, {pairs[at]: edges[pairs[at]] for at in order}, 1.1) == average_link(5, {}, 0.1)
